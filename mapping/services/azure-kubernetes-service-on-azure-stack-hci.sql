-- Which clusters the baseline for AKS on Azure Stack HCI speaks of: connected clusters of kind
-- ProvisionedCluster, and the provisioned clusters of earlier API versions.
SELECT record_id, 1 AS certain, NULL AS reason, NULL AS need
  FROM shared_type
 WHERE type = 'microsoft.kubernetes/connectedclusters' AND arm_kind = 'provisionedcluster'
UNION ALL
SELECT record_id, 1, NULL, NULL FROM shared_type
 WHERE type = 'microsoft.hybridcontainerservice/provisionedclusters'
