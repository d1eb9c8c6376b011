-- What a snapshot (?1) holds of the tenant: all subjects but those that only speak of others, or of a
-- moment: assessments, states, usage, events, catalogues.
SELECT s.subject, r.id_given, r.type, s.kind, r.parent, r.scope
  FROM subject s
  JOIN record r ON r.id = s.record_id
 WHERE s.snapshot_id = ?1
   AND s.kind NOT IN (
       'template-resource', 'template-parameters', 'policy-state', 'policy-state-count',
       'policy-summary', 'policy-event', 'policy-metadata', 'defender-assessment',
       'defender-sub-assessment', 'defender-assessment-metadata', 'regulatory-standard',
       'regulatory-control', 'regulatory-assessment', 'secure-score', 'secure-score-control',
       'advisor-recommendation', 'advisor-score', 'activity-log-event', 'resource-change',
       'resource-health', 'service-health-event', 'security-alert', 'security-task',
       'security-location', 'alert', 'provider-operation', 'resource-provider', 'location',
       'cognitive-model', 'cognitive-sku', 'cognitive-usage', 'diagnostic-category',
       'arm-deployment', 'arm-deployment-operation', 'graph-query', 'managed-hsm-region',
       'tag-set', 'ml-job')
