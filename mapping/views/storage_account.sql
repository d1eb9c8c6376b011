-- Storage accounts. Flags are 1, 0 (present, and not true) or NULL (absent or null); sftp and local_users
-- are 0 only when they say false, since what cannot be read may be on. shared_key_word
-- is what allowSharedKeyAccess says when that is neither true nor false. tier_kind is ARM's kind
-- (StorageV2, BlobStorage, FileStorage, …), lowest_tls its minimumTlsVersion, main_service the part that holds its data by that kind.
SELECT record_id, snapshot_id, subject, coalesce(name, id_given, subject) AS name, complete,
       nullif(trim(json_extract(body, '$.kind')), '') AS tier_kind,
       CASE lower(trim(json_extract(body, '$.kind'))) WHEN 'filestorage' THEN 'file' ELSE 'blob' END
           AS main_service,
       CASE WHEN coalesce(body -> '$.properties.allowSharedKeyAccess', 'null') = 'null' THEN NULL
            WHEN lower(body -> '$.properties.allowSharedKeyAccess') IN ('true', '"true"') THEN 1
            WHEN lower(body -> '$.properties.allowSharedKeyAccess') IN ('false', '"false"') THEN 0
            END AS shared_key,
       CASE WHEN lower(coalesce(body -> '$.properties.allowSharedKeyAccess', 'null'))
                 NOT IN ('null', 'true', '"true"', 'false', '"false"')
            THEN substr(body -> '$.properties.allowSharedKeyAccess', 1, 60) END AS odd_shared_key,
       CASE WHEN coalesce(body -> '$.properties.isLocalUserEnabled', 'null') = 'null' THEN NULL
            ELSE lower(body -> '$.properties.isLocalUserEnabled') NOT IN ('false', '"false"') END
           AS local_users,
       CASE WHEN coalesce(body -> '$.properties.isSftpEnabled', 'null') = 'null' THEN NULL
            ELSE lower(body -> '$.properties.isSftpEnabled') NOT IN ('false', '"false"') END AS sftp,
       CASE WHEN coalesce(body -> '$.properties.allowBlobPublicAccess', 'null') = 'null' THEN NULL
            ELSE lower(body -> '$.properties.allowBlobPublicAccess') IN ('true', '"true"') END
           AS anonymous_blobs,
       CASE WHEN coalesce(body -> '$.properties.supportsHttpsTrafficOnly', 'null') = 'null' THEN NULL
            WHEN lower(body -> '$.properties.supportsHttpsTrafficOnly') IN ('true', '"true"') THEN 1
            WHEN lower(body -> '$.properties.supportsHttpsTrafficOnly') IN ('false', '"false"') THEN 0
            END AS https_only,
       CASE WHEN lower(coalesce(body -> '$.properties.supportsHttpsTrafficOnly', 'null'))
                 NOT IN ('null', 'true', '"true"', 'false', '"false"')
            THEN substr(body -> '$.properties.supportsHttpsTrafficOnly', 1, 60) END AS odd_https_only,
       CASE json_type(body, '$.properties.minimumTlsVersion') WHEN 'null' THEN NULL
            ELSE nullif(substr(trim(body ->> '$.properties.minimumTlsVersion'), 1, 60), '') END
           AS lowest_tls
  FROM resource
 WHERE kind = 'storage-account'
