-- Role assignments with what their role gives in each family of role_family: the exported definition
-- speaks first, then the table of built-in roles. data_plane and broad are NULL when neither knows the
-- role. holder and role_label are words for people. The parameter broad_roles (names or ids of roles)
-- says which are broad instead, where it is not empty.
WITH chosen AS MATERIALIZED (SELECT lower(item) AS item FROM parameter_item WHERE name = 'broad_roles')
SELECT f.family, g.record_id, g.snapshot_id, g.above, g.level, g.principal_type,
       coalesce(g.principal_name, p.name, g.principal, 'an unnamed principal') AS holder,
       coalesce(d.name, b.name, g.role_name, 'role ' || g.role) AS role_label,
       coalesce(d.data_plane, b.data_plane) AS data_plane,
       CASE WHEN NOT EXISTS (SELECT item FROM chosen) THEN coalesce(d.broad, b.broad)
            ELSE lower(coalesce(d.name, b.name, g.role_name, '')) IN (SELECT item FROM chosen)
                 OR g.role IN (SELECT item FROM chosen) END AS broad,
       lower(g.principal_type) = 'serviceprincipal' AS is_service_principal
  FROM role_assignment g
 CROSS JOIN role_family f
  LEFT JOIN (SELECT snapshot_id, role, family, max(name) AS name, max(data_plane) AS data_plane,
                    max(broad) AS broad
               FROM role_definition GROUP BY snapshot_id, role, family) d
         ON d.snapshot_id = g.snapshot_id AND d.role = g.role AND d.family = f.family
  LEFT JOIN role_builtin b ON b.role = g.role AND b.family = f.family
  LEFT JOIN (SELECT snapshot_id, principal, max(name) AS name
               FROM service_principal GROUP BY snapshot_id, principal) p
         ON p.snapshot_id = g.snapshot_id AND p.principal = g.principal
 WHERE g.complete = 1
