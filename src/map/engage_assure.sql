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
SELECT t.id AS test_id, sn.id AS snapshot_id, sn.collected_at AS at, s.slug AS service,
       c.control_id AS control, fe.published_control_id AS published
  FROM temp.engage_now now JOIN test t ON t.run_id = now.run AND t.source IN ('baseline', 'rule')
  JOIN feature fe ON fe.id = t.feature_id JOIN service s ON s.id = fe.service_id
  JOIN control c ON c.id = fe.control CROSS JOIN snapshot sn
 WHERE sn.role = 'tenant' AND EXISTS (SELECT 1 FROM finding f WHERE f.test_id = t.id AND f.status = 3);

CREATE TEMP TABLE engage_answer(test_id INTEGER, snapshot_id INTEGER, reason TEXT, evidence TEXT,
    PRIMARY KEY(test_id, snapshot_id)) WITHOUT ROWID;
INSERT INTO temp.engage_answer
SELECT test_id, snapshot_id,
       CASE WHEN covering IS NOT NULL THEN replace(
            (SELECT text FROM temp.engage_text WHERE name = 'assured'), '{reports}', covering)
       ELSE replace((SELECT text FROM temp.engage_text WHERE name = 'assured-not'), '{why}',
            CASE WHEN speaking IS NULL THEN
                 (SELECT text FROM temp.engage_text WHERE name = 'assured-other')
                 WHEN at IS NULL THEN
                 (SELECT text FROM temp.engage_text WHERE name = 'assured-undated')
                 ELSE replace(replace((SELECT text FROM temp.engage_text WHERE name = 'assured-period'),
                      '{reports}', speaking), '{at}', at) END) END,
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

-- It takes the place of the sentence that no report is attached. Where it is the same for all
-- snapshots, and the reason is the test's, it is said once, at the test.
CREATE TEMP TABLE engage_same AS
SELECT test_id, min(reason) AS reason FROM temp.engage_answer
 GROUP BY test_id HAVING count(DISTINCT reason) = 1;
CREATE TEMP TABLE engage_none AS
SELECT text AS none FROM temp.engage_text WHERE name = 'unassured';
UPDATE finding SET evidence = CASE WHEN a.evidence IS NULL THEN finding.evidence
                     WHEN json_valid(finding.evidence) AND json_array_length(finding.evidence) > 0
                     THEN substr(trim(finding.evidence), 1, length(trim(finding.evidence)) - 1) || ','
                          || substr(a.evidence, 2)
                     ELSE a.evidence END,
       reason = CASE WHEN finding.reason IS NULL AND a.same THEN NULL
                     WHEN instr(coalesce(finding.reason, a.shared), n.none) > 0
                     THEN replace(coalesce(finding.reason, a.shared), n.none, a.reason)
                     ELSE coalesce(finding.reason, a.shared, '') || ' ' || a.reason END
  FROM (SELECT a.*, t.reason AS shared, t.source, a.test_id IN (SELECT test_id FROM temp.engage_same) AS same
          FROM temp.engage_answer a JOIN test t ON t.id = a.test_id) a
  CROSS JOIN temp.engage_none n
 WHERE finding.test_id = a.test_id AND finding.status = 3
   AND (a.evidence IS NOT NULL OR a.source = 'rule' OR NOT a.same)
   AND a.snapshot_id = (SELECT e.snapshot_id FROM record r JOIN evidence e ON e.id = r.evidence_id
                         WHERE r.id = finding.record_id);
UPDATE test SET reason = CASE WHEN instr(test.reason, n.none) > 0 THEN replace(test.reason, n.none, a.reason)
                              ELSE test.reason || ' ' || a.reason END
  FROM temp.engage_same a CROSS JOIN temp.engage_none n
 WHERE test.id = a.test_id AND test.reason IS NOT NULL;
