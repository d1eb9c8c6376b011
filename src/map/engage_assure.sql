-- What the provider's assurance reports say of findings that are inherited: each names the reports
-- whose period covers the export, or says why none does. Nothing becomes a pass: nobody tested.
-- temp.engage_now and engage_text as in engage_scope.sql.

CREATE TEMP TABLE engage_report AS
SELECT record_id, name || ' (' || standard || ', ' || since || ' to ' || until || ', file ' || file || ')' AS words,
       julianday(since) AS begins,
       julianday(until || CASE WHEN length(until) = 10 THEN 'T23:59:59Z' ELSE '' END) AS ends,
       services, controls
  FROM (SELECT record_id, '"' || (body ->> '$.name') || '"' AS name, body ->> '$.standard' AS standard,
               body ->> '$.period.start' AS since, body ->> '$.period.end' AS until,
               body ->> '$.file' AS file, body -> '$.services' AS services, body -> '$.controls' AS controls
          FROM engaged WHERE kind = 'assurance-report' ORDER BY record_id);

-- The tests that gave inherited findings, in each snapshot.
CREATE TEMP TABLE engage_test AS
SELECT t.id AS test_id, sn.id AS snapshot_id, sn.collected_at AS at, s.slug AS service, s.source_date AS date,
       c.control_id AS control, fe.published_control_id AS published
  FROM temp.engage_now now JOIN test t ON t.run_id = now.run AND t.source = 'baseline'
  JOIN feature fe ON fe.id = t.feature_id JOIN service s ON s.id = fe.service_id
  JOIN control c ON c.id = fe.control CROSS JOIN snapshot sn
 WHERE sn.role = 'tenant' AND EXISTS (SELECT 1 FROM finding f WHERE f.test_id = t.id AND f.status = 3);

CREATE TEMP TABLE engage_answer(test_id INTEGER, snapshot_id INTEGER, reason TEXT, evidence TEXT,
    PRIMARY KEY(test_id, snapshot_id)) WITHOUT ROWID;
INSERT INTO temp.engage_answer
SELECT test_id, snapshot_id,
       replace(CASE WHEN covering IS NOT NULL THEN replace(
            (SELECT text FROM temp.engage_text WHERE name = 'assured'), '{reports}', covering)
       ELSE replace((SELECT text FROM temp.engage_text WHERE name = 'assured-not'), '{why}',
            CASE WHEN speaking IS NULL THEN
                 (SELECT text FROM temp.engage_text WHERE name = 'assured-other')
                 WHEN at IS NULL THEN
                 (SELECT text FROM temp.engage_text WHERE name = 'assured-undated')
                 ELSE replace(replace((SELECT text FROM temp.engage_text WHERE name = 'assured-period'),
                      '{reports}', speaking), '{at}', at) END) END, '{date}', date),
       evidence
  FROM (SELECT t.*, group_concat(r.words, ', ') AS speaking,
               group_concat(CASE WHEN r.covers THEN r.words END, ', ') AS covering,
               '[' || group_concat(CASE WHEN r.covers THEN r.record_id END) || ']' AS evidence
          FROM temp.engage_test t
          LEFT JOIN (SELECT t.test_id, t.snapshot_id, r.record_id, r.words,
                            coalesce(julianday(t.at) BETWEEN r.begins AND r.ends, 0) AS covers
                       FROM temp.engage_test t CROSS JOIN temp.engage_report r
                      WHERE (r.services IS NULL
                             OR t.service IN (SELECT value FROM json_each(r.services)))
                        AND (r.controls IS NULL
                             OR t.control IN (SELECT value FROM json_each(r.controls))
                             OR t.published IN (SELECT value FROM json_each(r.controls)))
                      ORDER BY t.test_id, t.snapshot_id, r.record_id) r
                 ON r.test_id = t.test_id AND r.snapshot_id = t.snapshot_id
         GROUP BY t.test_id, t.snapshot_id);

-- The same for all snapshots: said once, at the test.
CREATE TEMP TABLE engage_same AS
SELECT test_id, min(reason) AS reason FROM temp.engage_answer
 GROUP BY test_id HAVING count(DISTINCT reason) = 1;
UPDATE test SET reason = a.reason FROM temp.engage_same a WHERE test.id = a.test_id;
UPDATE finding SET evidence = a.evidence,
       reason = CASE WHEN a.test_id IN (SELECT test_id FROM temp.engage_same) THEN finding.reason
                     ELSE a.reason END
  FROM temp.engage_answer a
 WHERE finding.test_id = a.test_id AND finding.status = 3
   AND (a.evidence IS NOT NULL OR a.test_id NOT IN (SELECT test_id FROM temp.engage_same))
   AND a.snapshot_id = (SELECT e.snapshot_id FROM record r JOIN evidence e ON e.id = r.evidence_id
                         WHERE r.id = finding.record_id);
