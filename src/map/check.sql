-- The references between the files of a mapping: a row a fault (path, line or null, JSON Pointer or
-- null, text). temp.check_file has the files (text null: no JSON), temp.check_rule the rules'
-- headers. One statement; every file it reads has passed its schema.
WITH
 bench AS MATERIALIZED (SELECT path, json_extract(text, '$.slug') AS slug,
        coalesce(json_extract(text, '$.preview'), 0) AS preview, text
   FROM temp.check_file WHERE path GLOB 'benchmarks/*.json' AND text IS NOT NULL),
 first AS MATERIALIZED (SELECT slug FROM bench ORDER BY preview, slug LIMIT 1),
 control AS MATERIALIZED (SELECT b.slug AS benchmark, b.path, c.key AS at, json_extract(c.value, '$.id') AS id
   FROM bench b, json_each(b.text, '$.controls') c),
 service AS MATERIALIZED (SELECT path, json_extract(text, '$.slug') AS slug,
        coalesce(json_extract(text, '$.benchmark'), (SELECT slug FROM first)) AS benchmark,
        json_extract(text, '$.subjects') AS subjects, text
   FROM temp.check_file WHERE path GLOB 'services/*.json' AND text IS NOT NULL),
 feature AS MATERIALIZED (SELECT s.slug AS service, s.benchmark, s.path, f.key AS at,
        json_extract(f.value, '$.control') AS control, json_extract(f.value, '$.name') AS name
   FROM service s, json_each(s.text, '$.features') f),
 need AS MATERIALIZED (SELECT f.path, n.key AS at, json_extract(n.value, '$.kind') AS kind
   FROM temp.check_file f, json_each(f.text) n WHERE f.path GLOB 'needs*.json' AND f.text IS NOT NULL),
 policies AS MATERIALIZED (SELECT path, text, json_extract(text, '$.benchmark') AS benchmark,
        json_type(text, '$.initiative') IS NOT NULL AS initiative
   FROM temp.check_file WHERE path GLOB 'policies/*.json' AND text IS NOT NULL)
SELECT path, NULL, '/slug', 'two benchmarks have the slug ''' || slug || ''', expected one: rename one'
  FROM bench b WHERE EXISTS (SELECT 1 FROM bench o WHERE o.slug = b.slug AND o.path < b.path)
UNION ALL
SELECT path, NULL, '/controls/' || at || '/id', 'control ''' || id || ''' stands twice, expected once: take one away'
  FROM control c WHERE EXISTS (SELECT 1 FROM control o WHERE o.path = c.path AND o.id = c.id AND o.at < c.at)
UNION ALL
SELECT path, NULL, '/slug', 'two services have the slug ''' || slug || ''', expected one: rename one'
  FROM service s WHERE EXISTS (SELECT 1 FROM service o WHERE o.slug = s.slug AND o.path < s.path)
UNION ALL
SELECT path, NULL, '/benchmark', 'there is no benchmark ''' || benchmark || ''', expected the slug of one in benchmarks/'
  FROM service WHERE json_type(text, '$.benchmark') IS NOT NULL AND benchmark NOT IN (SELECT slug FROM bench)
UNION ALL
SELECT path, NULL, '/subjects', 'there is no services/' || subjects || ', expected the file that names the subjects'
  FROM service WHERE subjects IS NOT NULL
   AND 'services/' || subjects NOT IN (SELECT path FROM temp.check_file)
UNION ALL
SELECT path, NULL, '/features/' || at || '/control', 'there is no control ''' || control || ''' in ' || benchmark
       || ', expected one that the benchmark has'
  FROM feature f WHERE benchmark IN (SELECT slug FROM bench)
   AND NOT EXISTS (SELECT 1 FROM control c WHERE c.benchmark = f.benchmark AND c.id = f.control)
UNION ALL
SELECT path, NULL, '/features/' || at || '/name', 'feature ''' || name || ''' stands twice under ' || control
       || ', expected once: take one away'
  FROM (SELECT *, row_number() OVER (PARTITION BY path, control, name ORDER BY at) AS place FROM feature)
 WHERE place > 1
UNION ALL
SELECT path, NULL, '/' || at || '/kind', 'kind ''' || kind || ''' stands twice, expected once: take one away'
  FROM (SELECT *, row_number() OVER (PARTITION BY kind ORDER BY path, at) AS place FROM need) WHERE place > 1
UNION ALL
SELECT f.path, NULL, '/' || replace(replace(g.key, '~', '~0'), '/', '~1'),
       'no service has the feature ''' || g.key || ''', expected a published feature name'
  FROM temp.check_file f, json_each(f.text) g
 WHERE f.path = 'guidance.json' AND f.text IS NOT NULL AND g.key NOT IN (SELECT name FROM feature)
UNION ALL
SELECT p.path, NULL, '/benchmark', 'there is no benchmark ''' || p.benchmark
       || ''', expected the slug of one in benchmarks/'
  FROM policies p WHERE p.initiative AND p.benchmark NOT IN (SELECT slug FROM bench)
UNION ALL
SELECT p.path, NULL, '/policies/' || d.key || '/controls/' || c.key, 'there is no control ''' || c.value || ''' in '
       || p.benchmark || ', expected one that the benchmark has'
  FROM policies p, json_each(p.text, '$.policies') d, json_each(d.value, '$.controls') c
 WHERE p.initiative AND p.benchmark IN (SELECT slug FROM bench)
   AND NOT EXISTS (SELECT 1 FROM control o WHERE o.benchmark = p.benchmark AND o.id = c.value)
UNION ALL
SELECT p.path, NULL, '/policies/' || d.key || '/services/' || s.key, 'there is no feature '''
       || json_extract(d.value, '$.feature') || ''' under ' || json_extract(d.value, '$.control') || ' in '
       || s.value || ', expected one that the service has'
  FROM policies p, json_each(p.text, '$.policies') d, json_each(d.value, '$.services') s
 WHERE NOT p.initiative
   AND NOT EXISTS (SELECT 1 FROM feature f WHERE f.service = s.value
                    AND f.control = json_extract(d.value, '$.control') AND f.name = json_extract(d.value, '$.feature'))
UNION ALL
SELECT f.path, NULL, '/commands/' || c.key || '/supplies/' || n.key, 'no need of needs.json has the kind '''
       || n.value || ''', expected one of them'
  FROM temp.check_file f, json_each(f.text, '$.commands') c, json_each(c.value, '$.supplies') n
 WHERE f.path = 'plan.json' AND f.text IS NOT NULL AND n.value NOT IN (SELECT kind FROM need)
UNION ALL
SELECT f.path, NULL, '/rows/' || r.key || '/rule', 'no rule of this file has the id ''' || json_extract(r.value, '$.rule')
       || ''', expected one of ''rules'''
  FROM temp.check_file f, json_each(f.text, '$.rows') r
 WHERE f.path = 'baseline-resolutions.json' AND f.text IS NOT NULL
   AND json_extract(r.value, '$.rule') NOT IN
       (SELECT json_extract(u.value, '$.id') FROM json_each(f.text, '$.rules') u)
UNION ALL
SELECT f.path, NULL, '/rows/' || r.key || '/service', 'there is no service ''' || json_extract(r.value, '$.service')
       || ''', expected the slug of one in services/'
  FROM temp.check_file f, json_each(f.text, '$.rows') r
 WHERE f.path = 'baseline-resolutions.json' AND f.text IS NOT NULL
   AND json_extract(r.value, '$.service') NOT IN (SELECT slug FROM service)
UNION ALL
SELECT path, line, NULL, 'the id is ''' || value || ''', expected the file''s name: '
       || replace(substr(path, 7), '.sql', '')
  FROM temp.check_rule WHERE key = 'id' AND value <> '' AND path <> 'rules/' || value || '.sql'
UNION ALL
SELECT path, line, NULL, 'severity ''' || value || ''', expected high, medium or low'
  FROM temp.check_rule WHERE key = 'severity' AND value NOT IN ('high', 'medium', 'low')
UNION ALL
SELECT r.path, r.line, NULL, 'no need of needs.json has the kind ''' || n.value || ''', expected one of them'
  FROM temp.check_rule r, json_each(r.list) n
 WHERE r.key = 'needs' AND r.value <> '' AND n.value <> 'none' AND n.value NOT IN (SELECT kind FROM need)
UNION ALL
SELECT r.path, r.line, NULL, '''' || o.value || ''' is no JSON Pointer, expected one that begins with /'
  FROM temp.check_rule r, json_each(r.list) o
 WHERE r.key = 'observes' AND r.value NOT IN ('', 'none') AND substr(o.value, 1, 1) <> '/'
