-- id: ml-key-vault-credentials
-- version: 1.0.0
-- title: The workspace keeps the credentials of its connections in a key vault of the customer
-- service: machine-learning-service
-- control: IM-8
-- feature: Service Credential and Secrets Support Integration and Storage in Azure Key Vault
-- severity: low
-- needs: ml-workspace
-- observes: /properties/keyVault, /properties/hubResourceId
-- policy: none
-- tests: properties.keyVault names a key vault: the workspace keeps the credentials of its datastores
--   and connections there. A project of AI Foundry has the vault of its hub. Whether code and jobs
--   carry credentials of their own is in no export: the reason says so. A registry keeps none: manual.
-- absent: keyVault absent or null in a complete object means that Microsoft keeps them, in a vault of
--   its own (a hub may be made so): manual, because a person must say whether that is wanted. A hub
--   that was not exported, or is not named, is unknown.
-- source: learn.microsoft.com/azure/machine-learning/concept-workspace and the Azure security
--   baseline; severity is ours
SELECT w.record_id,
       CASE WHEN w.gap IS NOT NULL THEN 'unknown' WHEN w.vault IS NOT NULL THEN 'pass'
            ELSE 'manual' END AS status,
       CASE WHEN w.gap IS NOT NULL THEN w.gap || ', so its key vault is not known.'
            WHEN w.vault IS NOT NULL THEN
                'keyVault is ' || w.vault || CASE WHEN w.hub_record IS NOT NULL THEN ' (of the hub)' ELSE '' END
                || ': credentials of datastores and connections are kept there. Credentials in code are not looked at.'
            ELSE 'keyVault is not set, so Microsoft keeps the credentials of this ' || w.noun
                || ' in a vault of its own: see whether that is wanted.' END AS reason,
       CASE WHEN w.gap IS NOT NULL THEN 'ml-workspace' END AS need,
       '[' || CASE WHEN w.hub_record IS NULL THEN v.records
              ELSE w.hub_record || coalesce(',' || v.records, '') END || ']' AS evidence
  FROM ml_workspace w
  LEFT JOIN (SELECT snapshot_id, subject, group_concat(record_id, ',') AS records
               FROM (SELECT * FROM key_vault ORDER BY snapshot_id, subject, record_id)
              GROUP BY snapshot_id, subject) v
         ON v.snapshot_id = w.snapshot_id AND v.subject = w.vault
UNION ALL
SELECT record_id, 'manual',
       'A registry has no key vault: see which credentials its models and environments carry.', NULL, NULL
  FROM asset WHERE family = 'registry'
