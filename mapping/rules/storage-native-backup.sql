-- id: storage-native-backup
-- version: 1.1.0
-- title: What is deleted from the account can be brought back
-- service: storage
-- control: BR-1
-- feature: Service Native Backup Capability
-- severity: medium
-- needs: storage-service
-- observes: none
-- policy: none
-- tests: the properties of the service that holds the account's data. Blobs: deleteRetentionPolicy
--   and containerDeleteRetentionPolicy of blobServices/default both have enabled true. Files (kind
--   FileStorage): shareDeleteRetentionPolicy of fileServices/default has enabled true. The reason also
--   tells of versioning and point-in-time restore, which no policy asks for. Whether the days suffice,
--   and whether a copy outside the account is needed, is for a person to say. A classic storage
--   account is manual.
-- absent: a retention policy that is absent or null, or whose enabled is, is off: fail. The service's
--   properties not exported, or only as a summary, are unknown, and so is an enabled that is neither true
--   nor false, where no other is off.
-- source: learn.microsoft.com/azure/storage/blobs/soft-delete-blob-overview and
--   soft-delete-container-overview, azure/storage/files/storage-files-prevent-file-share-deletion;
--   severity is ours
WITH judged AS (
SELECT a.record_id, a.family, s.main_service AS part, p.*, p.record_id AS service_record,
       CASE WHEN a.family = 'classic' THEN 'manual'
            WHEN p.record_id IS NULL OR p.complete = 0 THEN 'unknown'
            WHEN s.main_service = 'file' AND p.shares_kept IS 1 THEN 'pass'
            WHEN s.main_service = 'blob' AND p.blobs_kept IS 1 AND p.containers_kept IS 1
            THEN 'pass'
            WHEN s.main_service = 'file' AND p.shares_kept IS 2
              OR s.main_service = 'blob' AND p.blobs_kept > 0 AND p.containers_kept > 0
            THEN 'unknown' ELSE 'fail' END AS status
  FROM asset a
  LEFT JOIN storage_account s ON s.record_id = a.record_id
  LEFT JOIN storage_service p ON p.snapshot_id = a.snapshot_id AND p.account = a.subject
        AND p.part = s.main_service
 WHERE a.family IN ('storage', 'classic'))
SELECT record_id, status,
       CASE WHEN family = 'classic' THEN
                'No rule reads the settings of a classic storage account: see how deleted data comes back.'
            WHEN service_record IS NULL THEN
                'The properties of this storage account''s ' || part || ' service were not exported.'
            WHEN complete = 0 THEN
                'Only a summary of this storage account''s ' || part || ' service was exported.'
            WHEN part = 'file' THEN 'Soft delete of shares is '
                || CASE WHEN shares_kept IS 1 THEN 'on' || coalesce(' (' || share_days || ' days)', '')
                   WHEN shares_kept IS NULL THEN 'off (not set)'
                   WHEN shares_kept = 2 THEN 'neither true nor false' ELSE 'off' END || '.'
            ELSE 'Soft delete of blobs is '
                || CASE WHEN blobs_kept IS 1 THEN 'on' || coalesce(' (' || blob_days || ' days)', '')
                   WHEN blobs_kept IS NULL THEN 'off (not set)'
                   WHEN blobs_kept = 2 THEN 'neither true nor false' ELSE 'off' END
                || ', of containers '
                || CASE WHEN containers_kept IS 1
                   THEN 'on' || coalesce(' (' || container_days || ' days)', '')
                   WHEN containers_kept IS NULL THEN 'off (not set)'
                   WHEN containers_kept = 2 THEN 'neither true nor false' ELSE 'off' END
                || '; versioning is ' || CASE WHEN versions IS 1 THEN 'on' ELSE 'off' END
                || ', point-in-time restore ' || CASE WHEN point_in_time IS 1 THEN 'on' ELSE 'off' END
                || CASE WHEN purgeable IS 1
                   THEN '. Beware: allowPermanentDelete lets deleted blobs be removed for good.'
                   ELSE '.' END END AS reason,
       CASE WHEN status = 'unknown' THEN 'storage-service' END AS need,
       CASE WHEN service_record IS NOT NULL THEN '[' || service_record || ']' END AS evidence
  FROM judged
