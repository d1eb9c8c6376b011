-- id: ai-key-vault-credentials
-- version: 1.0.0
-- title: Credentials of the service are kept in Key Vault
-- service: azure-openai, cognitive-services
-- control: IM-8
-- feature: Service Credential and Secrets Support Integration and Storage in Azure Key Vault
-- severity: low
-- needs: key-vault
-- observes: none
-- policy: none
-- tests: nothing that a machine could decide: where an application keeps the account's key is not
--   in any export. The rule names the key vaults of the snapshot, so that a person knows where to
--   ask. With disableLocalAuth true there is no key to keep: see local-authentication.
-- absent: no key vault in the snapshot does not mean that there is none.
-- source: learn.microsoft.com/azure/ai-services/use-key-vault; severity is ours
WITH numbered AS (
SELECT snapshot_id, record_id, name,
       row_number() OVER (PARTITION BY snapshot_id ORDER BY name, record_id) AS n
  FROM key_vault),
ordered AS (SELECT * FROM numbered ORDER BY snapshot_id, n),
told AS (
SELECT snapshot_id, count(record_id) AS vaults,
       group_concat(CASE WHEN n <= 10 THEN name END, ', ') AS names,
       group_concat(CASE WHEN n <= 10 THEN record_id END, ',') AS records
  FROM ordered GROUP BY snapshot_id)
SELECT a.record_id, 'manual' AS status,
       CASE WHEN t.vaults IS NULL THEN
                'No key vault was exported: see where the applications keep the keys of this account.'
            ELSE 'See whether the applications keep the keys of this account in a key vault; the snapshot has '
                || t.vaults || ' (' || t.names || CASE WHEN t.vaults > 10 THEN ', ...' ELSE '' END
                || ').' END AS reason,
       NULL AS need,
       CASE WHEN t.vaults IS NOT NULL THEN '[' || t.records || ']' END AS evidence
  FROM account a
  LEFT JOIN told t ON t.snapshot_id = a.snapshot_id
