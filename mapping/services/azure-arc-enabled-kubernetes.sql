-- Which connected clusters the Azure Arc-enabled Kubernetes baseline speaks of: all but those of kind
-- ProvisionedCluster, which AKS on Azure Stack HCI made. Clusters connected by their owner have no
-- kind, so absence in a complete object says so; a summary lists the kind as well.
SELECT record_id, 1 AS certain, NULL AS reason, NULL AS need
  FROM shared_type
 WHERE type = 'microsoft.kubernetes/connectedclusters' AND arm_kind IS NOT 'provisionedcluster'
