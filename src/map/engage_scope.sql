-- Which resources the engagement leaves out. temp.engage_now has the run, its mapping and the record
-- of the engagement; temp.engage_text the sentences. A scope that names a subscription, a group or a
-- resource names all below it, and so does a tag on a resource. Paths are looked up as ranges of the
-- subjects' index: ['/a', '/a0') holds '/a' and '/a/…', since '0' follows '/'.

CREATE TEMP TABLE engage_line(id INTEGER PRIMARY KEY, way TEXT, path TEXT, tag TEXT, value TEXT, why TEXT);
INSERT INTO temp.engage_line(way, path, tag, value, why)
SELECT w.way,
       lower(CASE WHEN x.subscription IS NOT NULL THEN '/subscriptions/' || x.subscription
                  ELSE coalesce(x.resource_group, x.resource) END),
       lower(x.tag), x.value,
       replace(replace(replace(replace(
           (SELECT text FROM temp.engage_text WHERE name = 'scope-excluded'),
           '{line}', '/scope/' || w.way || '/' || x.n), '{file}', now.path),
           '{what}', CASE WHEN x.subscription IS NOT NULL THEN 'subscription ' || x.subscription
                          WHEN x.resource_group IS NOT NULL THEN 'resource group ' || x.resource_group
                          WHEN x.resource IS NOT NULL THEN 'resource ' || x.resource
                          ELSE 'tag ' || x.tag || ' = ' || x.value END),
           '{why}', coalesce(' ("' || x.reason || '")', ''))
  FROM temp.engage_now now
  CROSS JOIN (SELECT 'include' AS way UNION ALL SELECT 'exclude') w
  CROSS JOIN (SELECT now.record_id, s.key AS way, l.key AS n, l.value ->> '$.subscription' AS subscription,
              l.value ->> '$.resource_group' AS resource_group, l.value ->> '$.resource' AS resource,
              l.value ->> '$.tag' AS tag, l.value ->> '$.value' AS value, l.value ->> '$.reason' AS reason
         FROM temp.engage_now now JOIN record r ON r.id = now.record_id
         JOIN json_each(r.body, '$.scope') s JOIN json_each(s.value) l) x
    ON x.way = w.way
 ORDER BY w.way, x.n;
CREATE TEMP TABLE engage_has AS
SELECT coalesce(max(way = 'include'), 0) AS include,
       coalesce(max(way = 'include' AND tag IS NOT NULL), 0) AS include_tag,
       coalesce(max(way = 'exclude' AND tag IS NOT NULL), 0) AS exclude_tag,
       count(*) AS lines FROM temp.engage_line;

-- What can be left out: what a baseline speaks of, what is a resource and no supporting evidence
-- (mapping/coverage.json), and what Azure's own results speak of.
CREATE TEMP TABLE engage_place(snapshot_id INTEGER, subject TEXT, record_id INTEGER, unknown INTEGER,
    PRIMARY KEY(snapshot_id, subject)) WITHOUT ROWID;
CREATE TEMP TABLE engage_word(type TEXT);
INSERT INTO temp.engage_word
WITH file AS MATERIALIZED (SELECT m.path, CAST(m.bytes AS TEXT) AS text FROM temp.engage_now now
  JOIN mapping_file m ON m.mapping_id = now.mapping
 WHERE m.path = 'coverage.json' OR m.path GLOB 'services/*.json')
SELECT lower(json_extract(w.value, '$.type')) FROM file f,
       json_each(CASE WHEN json_valid(f.text) THEN f.text END, '$.supporting') w
 WHERE f.path = 'coverage.json' AND w.type = 'object'
UNION SELECT lower(t.value) || '/*' FROM file f,
       json_each(CASE WHEN json_valid(f.text) THEN f.text END, '$.resource_types') t
 WHERE f.path <> 'coverage.json' AND t.type = 'text';
CREATE TEMP TABLE engage_type(type TEXT PRIMARY KEY) WITHOUT ROWID;
INSERT INTO temp.engage_type
SELECT type FROM (SELECT DISTINCT type FROM record WHERE type IS NOT NULL) r
 WHERE (SELECT lines FROM temp.engage_has) > 0
   AND NOT EXISTS (SELECT 1 FROM temp.engage_word w WHERE r.type GLOB w.type);
INSERT INTO temp.engage_place(snapshot_id, subject, record_id)
SELECT s.snapshot_id, s.subject, s.record_id
  FROM subject s JOIN record r ON r.id = s.record_id
 WHERE (SELECT lines FROM temp.engage_has) > 0 AND s.kind <> 'template-resource'
   AND (r.type IN (SELECT type FROM temp.engage_type)
        OR r.id IN (SELECT record_id FROM temp.member));
INSERT OR IGNORE INTO temp.engage_place(snapshot_id, subject, record_id)
SELECT o.snapshot_id, o.subject,
       (SELECT record_id FROM subject s WHERE s.snapshot_id = o.snapshot_id AND s.subject = o.subject
           AND s.kind <> 'template-resource')
  FROM (SELECT e.snapshot_id, coalesce(r.scope, r.subject) AS subject
          FROM evidence e JOIN record r ON r.evidence_id = e.id
         WHERE e.kind IN ('policy-state', 'mixed') AND r.kind = 'policy-state'
        UNION
        SELECT e.snapshot_id, coalesce(nullif(substr(r.subject, 1,
               instr(r.subject, '/providers/microsoft.security/') - 1), ''), '/')
          FROM record r JOIN evidence e ON e.id = r.evidence_id
         WHERE r.type = 'microsoft.security/assessments'
            OR r.type GLOB 'microsoft.security/regulatorycompliancestandards/*') o
 WHERE (SELECT lines FROM temp.engage_has) > 0;

-- Which lines name it. Tag names are compared without regard to letter case, values with it.
CREATE TEMP TABLE engage_hit(line INTEGER, snapshot_id INTEGER, subject TEXT,
    PRIMARY KEY(line, snapshot_id, subject)) WITHOUT ROWID;
INSERT INTO temp.engage_hit
SELECT l.id, p.snapshot_id, p.subject
  FROM temp.engage_line l CROSS JOIN snapshot sn
  CROSS JOIN temp.engage_place p ON p.snapshot_id = sn.id AND p.subject >= l.path
       AND p.subject < l.path || '0'
 WHERE l.path IS NOT NULL AND substr(p.subject, length(l.path) + 1, 1) IN ('', '/');

-- Tags are known of a full object and of whatever has the member: what was chosen from a query's
-- columns (a row of Resource Graph) and a summary without it say nothing.
CREATE TEMP TABLE engage_tag(name TEXT, value TEXT, snapshot_id INTEGER, subject TEXT);
INSERT INTO temp.engage_tag
SELECT lower(t.key), t.value, p.snapshot_id, p.subject
  FROM temp.engage_place p JOIN record r ON r.id = p.record_id
  JOIN json_each(CASE WHEN json_valid(r.body) THEN r.body END, '$.tags') t
 WHERE (SELECT include_tag + exclude_tag FROM temp.engage_has) > 0 AND t.type = 'text'
   AND lower(t.key) IN (SELECT tag FROM temp.engage_line);
INSERT OR IGNORE INTO temp.engage_hit
SELECT l.id, t.snapshot_id, t.subject
  FROM temp.engage_line l JOIN temp.engage_tag t ON t.name = l.tag AND t.value = l.value;
INSERT OR IGNORE INTO temp.engage_hit
SELECT l.id, p.snapshot_id, p.subject
  FROM temp.engage_line l JOIN temp.engage_tag t ON t.name = l.tag AND t.value = l.value
  CROSS JOIN temp.engage_place p ON p.snapshot_id = t.snapshot_id
       AND p.subject > t.subject || '/' AND p.subject < t.subject || '0';
UPDATE temp.engage_place SET unknown = 1
 WHERE (SELECT include_tag + exclude_tag FROM temp.engage_has) > 0
   AND coalesce((SELECT NOT json_valid(r.body) OR (json_type(r.body, '$.tags') IS NULL
            AND (r.complete = 0 OR r.pointer GLOB '/data/*'))
         FROM record r WHERE r.id = engage_place.record_id), 1);
UPDATE temp.engage_place SET unknown = 1
 WHERE unknown IS NULL AND EXISTS (SELECT 1 FROM temp.engage_place WHERE unknown = 1)
   AND (snapshot_id, subject) IN (SELECT p.snapshot_id, p.subject
         FROM temp.engage_place u CROSS JOIN temp.engage_place p ON p.snapshot_id = u.snapshot_id
              AND p.subject > u.subject || '/' AND p.subject < u.subject || '0'
        WHERE u.unknown = 1);

-- engage_out is there, and empty.
INSERT INTO temp.engage_out
SELECT p.snapshot_id, p.subject, p.record_id, l.why
  FROM (SELECT h.snapshot_id, h.subject, min(h.line) AS line FROM temp.engage_hit h
          JOIN temp.engage_line l ON l.id = h.line WHERE l.way = 'exclude' GROUP BY 1, 2) x
  JOIN temp.engage_line l ON l.id = x.line
  JOIN temp.engage_place p ON p.snapshot_id = x.snapshot_id AND p.subject = x.subject;
INSERT OR IGNORE INTO temp.engage_out
SELECT p.snapshot_id, p.subject, p.record_id,
       replace((SELECT text FROM temp.engage_text WHERE name = 'scope-not-included'), '{file}', now.path)
  FROM temp.engage_now now CROSS JOIN temp.engage_has has CROSS JOIN temp.engage_place p
 WHERE has.include AND NOT (has.include_tag AND p.unknown IS 1)
   AND (p.snapshot_id, p.subject) NOT IN (SELECT h.snapshot_id, h.subject FROM temp.engage_hit h
        JOIN temp.engage_line l ON l.id = h.line WHERE l.way = 'include');

INSERT INTO scoped_out
SELECT now.run, o.record_id, o.why FROM temp.engage_now now CROSS JOIN temp.engage_out o
 WHERE o.record_id IS NOT NULL
   AND (o.record_id IN (SELECT record_id FROM temp.member)
        OR (SELECT type FROM record WHERE id = o.record_id) IN (SELECT type FROM temp.engage_type))
 ORDER BY o.record_id;
DELETE FROM temp.member WHERE record_id IN (SELECT record_id FROM temp.engage_out);
INSERT INTO scope_open
SELECT now.run, p.record_id,
       replace((SELECT text FROM temp.engage_text WHERE name = 'scope-open'), '{file}', now.path)
  FROM temp.engage_now now CROSS JOIN temp.engage_has has CROSS JOIN temp.engage_place p
 WHERE p.unknown = 1 AND p.record_id IS NOT NULL
   AND (has.exclude_tag OR (p.snapshot_id, p.subject) NOT IN (SELECT h.snapshot_id, h.subject
        FROM temp.engage_hit h JOIN temp.engage_line l ON l.id = h.line WHERE l.way = 'include'))
   AND (p.snapshot_id, p.subject) NOT IN (SELECT snapshot_id, subject FROM temp.engage_out)
 ORDER BY p.record_id;
