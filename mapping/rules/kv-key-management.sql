-- id: kv-key-management
-- version: 1.0.0
-- title: The vault's keys expire, and cannot be purged
-- service: key-vault
-- control: DP-6
-- feature: Key Management in Azure Key Vault
-- severity: medium
-- needs: key-vault, key-vault-key
-- observes: /properties/enablePurgeProtection, /properties/enableSoftDelete
-- policy: 152b15f7-8e1f-4c1f-ab71-8c010ba5dbc0 (keys), 0b60c0b2-2dc2-4e1c-b5c9-abbed971de53 and
--   1e66c121-a66a-4b1f-9b83-0fd99bf0fc2d (vault)
-- tests: the vault has enablePurgeProtection true and enableSoftDelete not false, and each of its
--   keys that is enabled has an expiry date (properties.attributes.exp). One enabled key without an
--   expiry date fails; so does a vault whose keys can be purged, whatever they are. Whether a date is
--   near enough, and what rotates the key before it, is for a person to say.
--   A vault whose list of keys is empty passes by the vault alone.
-- absent: enablePurgeProtection absent or null means off: fail. enableSoftDelete absent or null means
--   on. exp absent or null means that the key never expires: fail. An empty list names no vault: it
--   counts only when its command vouches for it (view answer). No key exported, or a list of them
--   that nothing shows to be whole, is unknown where no other thing fails.
-- source: github.com/Azure/azure-policy, definitions 152b15f7-8e1f-4c1f-ab71-8c010ba5dbc0 1.0.2,
--   0b60c0b2-2dc2-4e1c-b5c9-abbed971de53 2.1.0 and 1e66c121-a66a-4b1f-9b83-0fd99bf0fc2d 3.1.0;
--   severity is ours
WITH ordered AS (SELECT * FROM key_vault_key ORDER BY snapshot_id, vault, name, record_id),
told AS (
SELECT snapshot_id, vault, count(record_id) AS keys, sum(enabled) AS enabled,
       sum(enabled AND expires IS NULL AND NOT unreadable) AS endless,
       group_concat(CASE WHEN enabled AND expires IS NULL AND NOT unreadable THEN name END, ', ')
           AS endless_words,
       group_concat(CASE WHEN enabled AND expires IS NULL AND NOT unreadable THEN record_id END,
                    ',') AS endless_records,
       group_concat(record_id, ',') AS records,
       min(whole) AS whole, max(unreadable) AS unreadable
  FROM ordered
 GROUP BY snapshot_id, vault),
joined AS (
SELECT a.record_id, a.need, a.complete, v.purge_protection, v.soft_delete, t.*,
       v.purge_protection IS 1 AND v.soft_delete IS NOT 0 AS kept,
       t.keys IS NULL AND n.evidence_id IS NOT NULL AS empty
  FROM asset a
  JOIN key_vault v ON v.record_id = a.record_id
  LEFT JOIN told t ON t.snapshot_id = a.snapshot_id AND t.vault = a.subject
  LEFT JOIN (SELECT snapshot_id, subject, min(evidence_id) AS evidence_id FROM answer
              WHERE kind = 'key-vault-key' AND completeness = 'whole' AND records = 0
              GROUP BY snapshot_id, subject) n
         ON n.snapshot_id = a.snapshot_id AND n.subject = a.subject
 WHERE a.family = 'vault')
SELECT record_id,
       CASE WHEN complete = 1 AND NOT kept THEN 'fail'
            WHEN endless > 0 THEN 'fail'
            WHEN complete = 1 AND empty THEN 'pass'
            WHEN complete = 0 OR keys IS NULL OR NOT whole OR unreadable THEN 'unknown'
            ELSE 'pass' END AS status,
       CASE WHEN complete = 0 THEN 'Only a summary of this vault was exported'
            ELSE 'The vault has purge protection '
                || CASE WHEN purge_protection IS 1 THEN 'on' WHEN purge_protection IS NULL
                   THEN 'off (not set)' ELSE 'off' END
                || ' and soft delete '
                || CASE WHEN soft_delete IS 1 THEN 'on' WHEN soft_delete IS NULL
                   THEN 'on (not set, which means on)' ELSE 'off' END END
           || CASE WHEN empty THEN '; it holds no key: their list was exported, and is empty.'
              WHEN keys IS NULL THEN '; its keys were not exported.'
              WHEN endless > 0 THEN '; of its exported keys, ' || endless
                   || CASE endless WHEN 1 THEN ' is enabled and never expires: '
                      ELSE ' are enabled and never expire: ' END || endless_words || '.'
              WHEN unreadable THEN '; not all of its exported keys can be read.'
              WHEN NOT whole THEN
                   '; each exported key that is enabled has an expiry date, and the export does not show that there are no others.'
              ELSE '; ' || CASE enabled WHEN 0 THEN 'none of its keys is enabled.'
                   WHEN 1 THEN 'its one enabled key has an expiry date.'
                   ELSE 'its ' || enabled || ' enabled keys have an expiry date.' END END AS reason,
       CASE WHEN complete = 1 AND NOT kept OR endless > 0 THEN NULL
            WHEN complete = 0 THEN need
            WHEN empty THEN NULL
            WHEN keys IS NULL OR NOT whole OR unreadable THEN 'key-vault-key' END AS need,
       CASE WHEN endless > 0 THEN '[' || endless_records || ']'
            WHEN keys <= 50 THEN '[' || records || ']' END AS evidence
  FROM joined
