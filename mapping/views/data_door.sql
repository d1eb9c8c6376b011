-- What opens the data plane of AI accounts, search services, storage accounts and Machine Learning
-- workspaces beside roles, one row a resource. shut: 1 when keys do not, 0 when they do, NULL when it is not known. said
-- puts it into words (for ai and search, what disableLocalAuth is), need is what would tell. keyed_words
-- and keyed_records name the endpoints of a workspace that keys open.
WITH ordered AS (SELECT * FROM ml_endpoint ORDER BY snapshot_id, workspace, name, record_id),
told AS (
SELECT snapshot_id, workspace, sum(keyed IS 1) AS keyed,
       group_concat(CASE WHEN keyed = 1 THEN name END, ', ') AS keyed_words,
       group_concat(CASE WHEN keyed = 1 THEN record_id END, ',') AS keyed_records,
       max(keyed IS NULL) AS silent,
       max(kind = 'ml-online-endpoint' AND whole) AS online,
       max(kind = 'ml-online-endpoint' AND NOT whole) AS online_doubt,
       max(kind = 'ml-serverless-endpoint' AND whole) AS serverless,
       max(kind = 'ml-serverless-endpoint' AND NOT whole) AS serverless_doubt
  FROM ordered
 GROUP BY snapshot_id, workspace),
empty AS (
SELECT snapshot_id, subject, max(kind = 'ml-online-endpoint') AS online,
       max(kind = 'ml-serverless-endpoint') AS serverless
  FROM answer
 WHERE kind IN ('ml-online-endpoint', 'ml-serverless-endpoint')
   AND completeness = 'whole' AND records = 0
 GROUP BY snapshot_id, subject)
SELECT record_id,
       CASE WHEN complete = 1 AND odd_local_auth IS NULL THEN disable_local_auth IS 1 END AS shut,
       CASE WHEN complete = 0 THEN gap || ', so it is not known whether keys work beside roles.'
            WHEN odd_local_auth IS NOT NULL THEN
                'disableLocalAuth is ' || odd_local_auth || ', which is neither true nor false.'
            ELSE 'disableLocalAuth is ' || CASE WHEN disable_local_auth = 1 THEN 'true'
                 WHEN disable_local_auth IS NULL THEN 'not set' ELSE 'false' END END AS said,
       need, NULL AS keyed_words, NULL AS keyed_records
  FROM asset WHERE family IN ('ai', 'search')
UNION ALL
SELECT a.record_id,
       CASE WHEN a.complete = 1 AND s.odd_shared_key IS NULL
            THEN s.shared_key IS 0 AND (s.sftp IS NOT 1 OR s.local_users IS 0) END,
       CASE WHEN a.complete = 0 THEN a.gap || ', so it is not known whether keys work beside roles.'
            WHEN s.odd_shared_key IS NOT NULL THEN
                'allowSharedKeyAccess is ' || s.odd_shared_key || ', which is neither true nor false.'
            ELSE 'allowSharedKeyAccess is ' || CASE s.shared_key WHEN 1 THEN 'true' WHEN 0 THEN 'false'
                 ELSE 'not set' END
                 || CASE WHEN s.sftp IS 1 AND s.local_users IS NOT 0
                    THEN ', and SFTP lets local users in' ELSE '' END END,
       a.need, NULL, NULL
  FROM asset a
  JOIN storage_account s ON s.record_id = a.record_id
 WHERE a.family = 'storage'
UNION ALL
SELECT a.record_id,
       CASE WHEN t.keyed > 0 THEN 0
            WHEN t.silent OR t.online_doubt OR t.serverless_doubt THEN NULL
            WHEN (t.online OR e.online) AND (t.serverless OR e.serverless) THEN 1 END,
       CASE WHEN t.silent THEN 'Not every endpoint of the ' || a.noun || ' says whether a key opens it.'
            ELSE 'The export does not show every online and serverless endpoint of the ' || a.noun
                 || ', so it is not known whether keys open any.' END,
       'ml-endpoint', t.keyed_words, t.keyed_records
  FROM asset a
  LEFT JOIN told t ON t.snapshot_id = a.snapshot_id AND t.workspace = a.subject
  LEFT JOIN empty e ON e.snapshot_id = a.snapshot_id AND e.subject = a.subject
 WHERE a.family = 'ml'
