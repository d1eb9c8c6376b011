-- What is granted at each scope, put into words once, because thousands of accounts share a scope.
-- scope is a canonical id, or '*' for the root and all management groups of the snapshot: where a
-- management group stands above a subscription is not in an export, so each is treated as standing
-- above every subscription of the snapshot. At most ten holders are named for each kind of grant;
-- the counts are of all. unresolved counts assignments of roles whose actions are not known.
WITH numbered AS (
SELECT snapshot_id, above, record_id,
       holder || ' (' || principal_type || ') as ' || role_label || ' at ' || level AS words,
       data_plane, broad, is_service_principal,
       row_number() OVER (PARTITION BY snapshot_id, above, data_plane IS 1
                          ORDER BY level, role_label, holder, record_id) AS data_n,
       row_number() OVER (PARTITION BY snapshot_id, above, broad IS 1
                          ORDER BY level, role_label, holder, record_id) AS broad_n,
       row_number() OVER (PARTITION BY snapshot_id, above, is_service_principal
                          ORDER BY level, role_label, holder, record_id) AS sp_n,
       row_number() OVER (PARTITION BY snapshot_id, above, data_plane IS NULL
                          ORDER BY level, role_label, holder, record_id) AS open_n,
       row_number() OVER (PARTITION BY snapshot_id, above
                          ORDER BY level, role_label, holder, record_id) AS n
  FROM role_grant),
ordered AS (SELECT * FROM numbered ORDER BY snapshot_id, above, n)
SELECT above AS scope, snapshot_id, count(record_id) AS grants,
       sum(data_plane IS 1) AS data_count,
       group_concat(CASE WHEN data_plane IS 1 AND data_n <= 10 THEN words END, '; ')
           || CASE WHEN sum(data_plane IS 1) > 10
                   THEN '; and ' || (sum(data_plane IS 1) - 10) || ' more' ELSE '' END
           AS data_words,
       group_concat(CASE WHEN data_plane IS 1 AND data_n <= 10 THEN record_id END, ',')
           AS data_records,
       sum(broad IS 1) AS broad_count,
       group_concat(CASE WHEN broad IS 1 AND broad_n <= 10 THEN words END, '; ')
           || CASE WHEN sum(broad IS 1) > 10
                   THEN '; and ' || (sum(broad IS 1) - 10) || ' more' ELSE '' END
           AS broad_words,
       group_concat(CASE WHEN broad IS 1 AND broad_n <= 10 THEN record_id END, ',')
           AS broad_records,
       sum(is_service_principal) AS sp_count,
       group_concat(CASE WHEN is_service_principal AND sp_n <= 10 THEN words END, '; ')
           || CASE WHEN sum(is_service_principal) > 10
                   THEN '; and ' || (sum(is_service_principal) - 10) || ' more' ELSE '' END
           AS sp_words,
       group_concat(CASE WHEN is_service_principal AND sp_n <= 10 THEN record_id END, ',')
           AS sp_records,
       sum(data_plane IS NULL) AS unresolved,
       group_concat(CASE WHEN data_plane IS NULL AND open_n <= 10 THEN words END, '; ')
           || CASE WHEN sum(data_plane IS NULL) > 10
                   THEN '; and ' || (sum(data_plane IS NULL) - 10) || ' more' ELSE '' END
           AS unresolved_words
  FROM ordered
 GROUP BY snapshot_id, above
