-- The blob and file services of storage accounts (their properties, not what they hold). account is
-- the canonical id of the account, part is blob or file. Flags are 1, 0, NULL (absent or null, which
-- means off), or 2 (neither true nor false). purgeable: allowPermanentDelete lets soft-deleted blobs be removed for good.
SELECT record_id, snapshot_id, parent AS account,
       CASE type WHEN 'microsoft.storage/storageaccounts/blobservices' THEN 'blob' ELSE 'file' END
           AS part,
       complete,
       CASE lower(coalesce(body -> '$.properties.deleteRetentionPolicy.enabled', 'null'))
            WHEN 'null' THEN NULL WHEN 'true' THEN 1 WHEN '"true"' THEN 1
            WHEN 'false' THEN 0 WHEN '"false"' THEN 0 ELSE 2 END AS blobs_kept,
       json_extract(body, '$.properties.deleteRetentionPolicy.days') AS blob_days,
       CASE lower(coalesce(body -> '$.properties.deleteRetentionPolicy.allowPermanentDelete', 'null'))
            WHEN 'null' THEN NULL WHEN 'true' THEN 1 WHEN '"true"' THEN 1
            WHEN 'false' THEN 0 WHEN '"false"' THEN 0 ELSE 2 END AS purgeable,
       CASE lower(coalesce(body -> '$.properties.containerDeleteRetentionPolicy.enabled', 'null'))
            WHEN 'null' THEN NULL WHEN 'true' THEN 1 WHEN '"true"' THEN 1
            WHEN 'false' THEN 0 WHEN '"false"' THEN 0 ELSE 2 END
           AS containers_kept,
       json_extract(body, '$.properties.containerDeleteRetentionPolicy.days') AS container_days,
       CASE lower(coalesce(body -> '$.properties.isVersioningEnabled', 'null'))
            WHEN 'null' THEN NULL WHEN 'true' THEN 1 WHEN '"true"' THEN 1
            WHEN 'false' THEN 0 WHEN '"false"' THEN 0 ELSE 2 END AS versions,
       CASE lower(coalesce(body -> '$.properties.restorePolicy.enabled', 'null'))
            WHEN 'null' THEN NULL WHEN 'true' THEN 1 WHEN '"true"' THEN 1
            WHEN 'false' THEN 0 WHEN '"false"' THEN 0 ELSE 2 END AS point_in_time,
       CASE lower(coalesce(body -> '$.properties.shareDeleteRetentionPolicy.enabled', 'null'))
            WHEN 'null' THEN NULL WHEN 'true' THEN 1 WHEN '"true"' THEN 1
            WHEN 'false' THEN 0 WHEN '"false"' THEN 0 ELSE 2 END AS shares_kept,
       json_extract(body, '$.properties.shareDeleteRetentionPolicy.days') AS share_days
  FROM resource
 WHERE kind IN ('storage-blob-service', 'storage-file-service')
   AND type IN ('microsoft.storage/storageaccounts/blobservices',
                'microsoft.storage/storageaccounts/fileservices')
