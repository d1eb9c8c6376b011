-- Role definitions that were exported, one row for each family of role_family. role is the GUID that
-- assignments name. data_plane: one of the role's permissions has a data action of the family's provider
-- (or of everything) that its notDataActions do not take away whole; for ml, see role_family. broad: the
-- role manages resources of the family, lists or makes their keys, or says who has access, and its
-- notActions do not take that away. Both are NULL when the permissions were not exported or cannot be
-- read. In a pattern, a star stands for anything, as in Azure.
WITH taken AS (
SELECT record_id, snapshot_id, subject, name, body,
       CASE json_type(body, '$.properties.permissions') WHEN 'array'
            THEN json_extract(body, '$.properties.permissions') END AS permissions
  FROM resource
 WHERE kind = 'role-definition'),
checked AS (
SELECT *, permissions IS NOT NULL
       AND NOT EXISTS (SELECT p.key FROM json_each(permissions) p WHERE p.type <> 'object')
       AND NOT EXISTS (SELECT m.key
                         FROM json_each(permissions) p,
                              json_each(CASE p.type WHEN 'object' THEN p.value ELSE '{}' END) m
                        WHERE m.key IN ('actions', 'notActions', 'dataActions', 'notDataActions')
                          AND (m.type NOT IN ('array', 'null')
                               OR EXISTS (SELECT w.key
                                            FROM json_each(CASE m.type WHEN 'array' THEN m.value
                                                           ELSE '[]' END) w
                                           WHERE w.type <> 'text'))) AS readable
  FROM taken),
weighed AS (
SELECT c.record_id, c.snapshot_id, c.subject, c.name, c.body, c.readable, f.family,
       CASE WHEN NOT c.readable THEN NULL
            WHEN json_array_length(f.use_deeds) = 0 THEN
         EXISTS (SELECT d.value
                   FROM json_each(c.permissions) p, json_each(p.value, '$.dataActions') d
                  WHERE (d.value IN ('*', '*/*') OR d.value LIKE '*/%'
                         OR lower(d.value) LIKE substr(f.provider, 1, instr(f.provider, '/')) || '%')
                    AND NOT EXISTS (SELECT n.value FROM json_each(p.value, '$.notDataActions') n
                                     WHERE lower(d.value) GLOB lower(n.value)
                                        OR f.provider || '/~/~' GLOB lower(n.value)))
            ELSE
         EXISTS (SELECT d.value
                   FROM json_each(c.permissions) p, json_each(p.value, '$.actions') d,
                        json_each(f.use_deeds) t
                  WHERE t.value GLOB lower(d.value)
                    AND NOT EXISTS (SELECT n.value FROM json_each(p.value, '$.notActions') n
                                     WHERE t.value GLOB lower(n.value))) END AS used,
       CASE WHEN c.readable THEN
         EXISTS (SELECT d.value
                   FROM json_each(c.permissions) p, json_each(p.value, '$.actions') d,
                        json_each(f.broad_deeds) t
                  WHERE t.value GLOB lower(d.value)
                    AND NOT EXISTS (SELECT n.value FROM json_each(p.value, '$.notActions') n
                                     WHERE t.value GLOB lower(n.value))) END AS broad
  FROM checked c
 CROSS JOIN role_family f)
SELECT family, record_id, snapshot_id, subject,
       lower(coalesce(nullif(json_extract(body, '$.name'), ''), subject)) AS role,
       coalesce(json_extract(body, '$.properties.roleName'), name) AS name,
       json_extract(body, '$.properties.type') AS role_type,
       CASE family WHEN 'ml' THEN used AND NOT broad ELSE used END AS data_plane, broad
  FROM weighed
