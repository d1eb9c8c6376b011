-- From the published tables to service files. Run by make.sh, which makes the tables: published
-- (one row a row of a workbook), profile, meant (which control a feature belongs to), control (the
-- benchmark's ids and titles), service (services.tsv), page and difference (the two AI pages).
-- Prints FILE <tab> LINE, sorted by file and line.

-- A control id that is missing is the one that the feature stands under everywhere else.
CREATE TABLE sound AS
SELECT p.*, p.control_id = '' AS no_control,
       CASE WHEN p.control_id <> '' THEN p.control_id ELSE
            (SELECT q.control_id FROM published q
              WHERE q.feature_name = p.feature_name AND q.control_id <> ''
              GROUP BY q.control_id ORDER BY count(*) DESC LIMIT 1) END AS control,
       CASE p.responsibility WHEN 'Customer' THEN 1 WHEN 'Shared' THEN 2 WHEN 'Microsoft' THEN 3
            ELSE 4 END AS burden
  FROM published p;

-- One feature each: the rows that speak of it, and the reading that is followed.
CREATE TABLE feature AS
SELECT g.*, CASE WHEN supported IN ('True', 'No Related Feature')
                 THEN CASE least WHEN 1 THEN 'customer' WHEN 2 THEN 'shared'
                                 WHEN 3 THEN 'microsoft' ELSE 'notapplicable' END
                 ELSE CASE most WHEN 1 THEN 'customer' WHEN 2 THEN 'shared'
                                WHEN 3 THEN 'microsoft' ELSE 'notapplicable' END
                 END AS responsibility,
       CASE WHEN f.mcsb IS NOT NULL AND f.published = g.control THEN f.mcsb ELSE g.control END
           AS meant
  FROM (SELECT service_slug, control, max(control_title) AS control_title, feature_name, supported, enabled_by_default,
               min(burden) AS least, max(burden) AS most, count(*) AS n, min(row) AS ordinal,
               max(no_control) AS no_control,
               '[' || group_concat(row, ', ') || ']' AS rows,
               json_group_array(coalesce(nullif(control_id, ''), '(no control id)') || ' / '
                   || supported || ' / ' || enabled_by_default || ' / ' || responsibility) AS readings
          FROM (SELECT * FROM sound ORDER BY service_slug, row)
         GROUP BY service_slug, control, feature_name) g
  LEFT JOIN meant f ON f.feature_name = g.feature_name;

CREATE TABLE resolution(rule, service_slug, rows, feature_name, published, used, ordinal);
CREATE TABLE ruled AS
SELECT 'control-missing' AS rule, 1 AS rank, * FROM feature WHERE no_control
UNION ALL SELECT 'row-repeated', 2, * FROM feature
 WHERE n > 1 AND least = most AND supported <> 'No Related Feature'
UNION ALL SELECT 'unsupported-is-nobodys', 2, * FROM feature
 WHERE n > 1 AND least <> most AND supported IN ('False', 'Not Applicable')
UNION ALL SELECT 'more-for-the-customer', 2, * FROM feature
 WHERE n > 1 AND least <> most AND supported = 'True'
UNION ALL SELECT 'guidance-only', 3, * FROM feature WHERE supported = 'No Related Feature'
UNION ALL SELECT 'off-but-microsofts', 3, * FROM feature
 WHERE n = 1 AND enabled_by_default = 'False' AND least = 3
UNION ALL SELECT 'control-meant', 4, * FROM feature WHERE meant <> control;

INSERT INTO resolution
SELECT rule, service_slug, rows, feature_name, readings,
       CASE rule WHEN 'control-missing' THEN control
                 WHEN 'control-meant' THEN meant
                 ELSE supported || ' / ' || enabled_by_default || ' / ' || responsibility END,
       ordinal
  FROM ruled WHERE service_slug NOT IN (SELECT service_slug FROM page);
INSERT INTO resolution
SELECT 'title-differs', p.service_slug, '[' || p.row || ']', p.feature_name,
       json_array(p.control_title, c.title), c.title, p.row
  FROM published p JOIN control c ON c.control_id = p.control_id
 WHERE p.control_title <> c.title
   AND NOT EXISTS (SELECT 1 FROM page a WHERE a.service_slug = p.service_slug);

-- The two AI baselines follow the page, which is newer than the workbook.
INSERT INTO resolution
SELECT 'page-over-workbook', p.service_slug, '[' || p.row || ']', p.feature_name,
       json_array(p.control_id || ' / ' || p.supported || ' / ' || p.enabled_by_default || ' / '
                  || p.responsibility || ' (workbook)',
                  coalesce(a.control_id || ' / ' || a.supported || ' / ' || a.enabled_by_default
                           || ' / ' || a.responsibility || ' (page)', 'not on the page')),
       CASE WHEN a.feature_name IS NULL THEN 'no feature'
            ELSE a.supported || ' / ' || a.enabled_by_default || ' / ' || a.responsibility END, p.row
  FROM published p
  LEFT JOIN page a ON a.service_slug = p.service_slug AND a.feature_name = p.feature_name
 WHERE p.service_slug IN (SELECT service_slug FROM page)
   AND (a.feature_name IS NULL OR a.supported <> p.supported
        OR a.enabled_by_default <> p.enabled_by_default OR a.responsibility <> p.responsibility);
INSERT INTO resolution
SELECT 'page-over-workbook', d.service_slug, '[' || p.row || ']', d.feature,
       json_array(d.workbook || ' (workbook)', d.page || ' (page)'), d.page, p.row
  FROM difference d JOIN published p ON p.service_slug = d.service_slug AND p.feature_name = d.feature
 WHERE d.field = 'control_title';
INSERT INTO resolution
SELECT 'page-over-workbook', d.service_slug, '[]', d.feature,
       json_array(d.workbook || ' (workbook)', d.page || ' (page)'), d.page, 0
  FROM difference d WHERE d.control_id = 'profile';
INSERT INTO resolution
SELECT 'title-differs', a.service_slug, '[' || p.row || ']', a.feature_name,
       json_array(a.control_title, c.title), c.title, p.row
  FROM page a JOIN control c ON c.control_id = a.control_id
  JOIN published p ON p.service_slug = a.service_slug AND p.feature_name = a.feature_name
 WHERE a.control_title <> c.title AND a.control_id NOT IN (SELECT published FROM meant WHERE mcsb <> published);
INSERT INTO resolution
SELECT 'control-meant', a.service_slug, '[' || p.row || ']', a.feature_name,
       json_array(a.control_id || ' / ' || a.supported || ' / ' || a.enabled_by_default || ' / '
                  || a.responsibility), m.mcsb, p.row
  FROM page a JOIN meant m ON m.feature_name = a.feature_name AND m.mcsb <> m.published
  JOIN published p ON p.service_slug = a.service_slug AND p.feature_name = a.feature_name;

CREATE TABLE line(file, section, ordinal, text);
-- Rows of a list with commas between them.
INSERT INTO line
SELECT 'services/' || service_slug || '.json', 3, ordinal,
       '    {"control": ' || json_quote(meant)
       || CASE WHEN meant <> control THEN ', "published_control": ' || json_quote(control) ELSE '' END
       || CASE WHEN meant <> control OR f.control_title NOT IN ('', c.title)
               THEN ', "published_title": ' || json_quote(f.control_title) ELSE '' END
       || ', "name": ' || json_quote(feature_name)
       || ', "supported": ' || CASE supported WHEN 'True' THEN 'true' WHEN 'False' THEN 'false' ELSE 'null' END
       || ', "enabled_by_default": ' || CASE enabled_by_default WHEN 'True' THEN 'true' WHEN 'False' THEN 'false' ELSE 'null' END
       || ', "responsibility": ' || json_quote(responsibility)
       || CASE WHEN EXISTS (SELECT 1 FROM ruled r WHERE r.rule = 'off-but-microsofts'
                               AND r.service_slug = f.service_slug AND r.ordinal = f.ordinal)
               THEN ', "guidance": "Microsoft''s responsibility under the service baseline of {date}, which also says that the feature is off by default: see whether it is on. Not evidenced here: no assurance report of the provider is attached."'
               ELSE '' END
       || coalesce((SELECT ', "resolved": ' || json_quote(group_concat(rule, ', ')) FROM
              (SELECT rule FROM ruled r WHERE r.service_slug = f.service_slug
                  AND r.ordinal = f.ordinal AND rule <> 'control-meant' ORDER BY rank)
              HAVING count(*) > 0), '')
       || '}' || CASE WHEN lead(1) OVER (PARTITION BY service_slug ORDER BY ordinal) THEN ',' ELSE '' END
  FROM feature f JOIN control c ON c.control_id = f.control;
INSERT INTO line
SELECT 'services/' || s.service_slug || '.json', 1, 0,
       '{' || char(10)
       || '  "slug": ' || json_quote(s.service_slug) || ',' || char(10)
       || '  "title": ' || json_quote(p.service_title) || ',' || char(10)
       || '  "source": ' || json_quote('Azure security baseline for ' || p.service_title
              || ' (Microsoft cloud security benchmark v1), from the workbook that Microsoft publishes for it,'
              || ' github.com/MicrosoftDocs/SecurityBenchmarks. Rows that contradict each other or the'
              || ' benchmark are resolved in baseline-resolutions.json.') || ',' || char(10)
       || '  "source_date": ' || json_quote(p.snapshot_date) || ',' || char(10)
       || '  "resource_types": ' || CASE s.types WHEN '-' THEN '[]'
              ELSE '["' || replace(s.types, ' ', '", "') || '"]' END || ',' || char(10)
       || CASE s.subjects WHEN '-' THEN '' ELSE '  "subjects": ' || json_quote(s.subjects) || ',' || char(10) END
       || CASE WHEN s.types = '-' THEN '  "no_resources": ' || json_quote(s.why) || ',' || char(10)
               WHEN s.why <> '-' THEN '  "resources": ' || json_quote(s.why) || ',' || char(10)
               ELSE '' END
       || '  "profile": {' || (SELECT group_concat(json_quote(attribute) || ': ' || json_quote(value), ', ')
              FROM (SELECT * FROM profile q WHERE q.service_slug = s.service_slug ORDER BY q.rowid))
       || '},' || char(10) || '  "features": ['
  FROM service s JOIN (SELECT DISTINCT service_slug, service_title, snapshot_date FROM published) p
       ON p.service_slug = s.service_slug;
INSERT INTO line SELECT 'services/' || service_slug || '.json', 9, 0, '  ]' || char(10) || '}' FROM service;
DELETE FROM line WHERE file IN (SELECT DISTINCT 'services/' || service_slug || '.json' FROM page);

INSERT INTO line
SELECT 'resolutions', 1, row_number() OVER (ORDER BY rule, service_slug, ordinal, published),
       '    {"rule": ' || json_quote(rule) || ', "service": ' || json_quote(service_slug)
       || ', "source_rows": ' || rows || ', "feature": ' || json_quote(feature_name)
       || ', "published": ' || published || ', "used": ' || json_quote(used) || '}'
       || CASE WHEN lead(1) OVER (ORDER BY rule, service_slug, ordinal, published) THEN ',' ELSE '' END
  FROM resolution;

SELECT file, text FROM line ORDER BY file, section, ordinal;
