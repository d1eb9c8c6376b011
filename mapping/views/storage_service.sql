-- The blob and file services of storage accounts (their properties, not what they hold). account is
-- the canonical id of the account, part is blob or file. Flags are 1, 0, or NULL (absent or null,
-- which means off). purgeable: allowPermanentDelete lets soft-deleted blobs be removed for good.
SELECT record_id, snapshot_id, parent AS account,
       CASE type WHEN 'microsoft.storage/storageaccounts/blobservices' THEN 'blob' ELSE 'file' END
           AS part,
       complete,
       json_extract(body, '$.properties.deleteRetentionPolicy.enabled') AS blobs_kept,
       json_extract(body, '$.properties.deleteRetentionPolicy.days') AS blob_days,
       json_extract(body, '$.properties.deleteRetentionPolicy.allowPermanentDelete') AS purgeable,
       json_extract(body, '$.properties.containerDeleteRetentionPolicy.enabled')
           AS containers_kept,
       json_extract(body, '$.properties.containerDeleteRetentionPolicy.days') AS container_days,
       json_extract(body, '$.properties.isVersioningEnabled') AS versions,
       json_extract(body, '$.properties.restorePolicy.enabled') AS point_in_time,
       json_extract(body, '$.properties.shareDeleteRetentionPolicy.enabled') AS shares_kept,
       json_extract(body, '$.properties.shareDeleteRetentionPolicy.days') AS share_days
  FROM resource
 WHERE kind IN ('storage-blob-service', 'storage-file-service')
   AND type IN ('microsoft.storage/storageaccounts/blobservices',
                'microsoft.storage/storageaccounts/fileservices')
