-- id: storage-shared-key
-- version: 1.0.0
-- title: The account's keys, and signatures made with them, open nothing
-- service: storage
-- control: IM-1
-- feature: Local Authentication Methods for Data Plane Access
-- severity: high
-- needs: storage-account
-- observes: /properties/allowSharedKeyAccess, /properties/isSftpEnabled, /properties/isLocalUserEnabled
-- policy: 8c6a50c6-9ffd-4ae7-986f-5fa6111f9a54
-- tests: properties.allowSharedKeyAccess is false: pass. With SFTP on (isSftpEnabled true) and local
--   users not switched off (isLocalUserEnabled false), those sign in with passwords and keys of their
--   own, which the policy does not look at: manual. A classic storage account is manual.
-- absent: allowSharedKeyAccess absent or null means true: keys work, so fail, as in the policy.
--   Neither true nor false is unknown. isSftpEnabled absent or null means false.
-- source: github.com/Azure/azure-policy, definition 8c6a50c6-9ffd-4ae7-986f-5fa6111f9a54 2.0.0;
--   learn.microsoft.com/azure/storage/common/shared-key-authorization-prevent; severity is ours
SELECT a.record_id,
       CASE WHEN a.family = 'classic' THEN 'manual'
            WHEN a.complete = 0 OR s.odd_shared_key IS NOT NULL THEN 'unknown'
            WHEN s.shared_key IS NOT 0 THEN 'fail'
            WHEN s.sftp IS 1 AND s.local_users IS NOT 0 THEN 'manual'
            ELSE 'pass' END AS status,
       CASE WHEN a.family = 'classic' THEN
                'A classic storage account takes its keys alone: see who has them, and when it is migrated.'
            WHEN a.complete = 0 THEN
                'Only a summary of this storage account was exported, so its authentication settings are not known.'
            WHEN s.odd_shared_key IS NOT NULL THEN
                'allowSharedKeyAccess is ' || s.odd_shared_key || ', which is neither true nor false.'
            WHEN s.shared_key IS NOT 0 THEN 'allowSharedKeyAccess is '
                || CASE WHEN s.shared_key IS NULL THEN 'not set, which means true' ELSE 'true' END
                || ': the account''s keys, and signatures made with them, open its data.'
            WHEN s.sftp IS 1 AND s.local_users IS NOT 0 THEN
                'allowSharedKeyAccess is false, but SFTP is on: see which local users sign in with passwords or keys of their own.'
            ELSE 'allowSharedKeyAccess is false: only Microsoft Entra ID opens the data.' END
           AS reason,
       CASE WHEN a.family <> 'classic' AND (a.complete = 0 OR s.odd_shared_key IS NOT NULL)
            THEN a.need END AS need,
       NULL AS evidence
  FROM asset a
  LEFT JOIN storage_account s ON s.record_id = a.record_id
 WHERE a.family IN ('storage', 'classic')
