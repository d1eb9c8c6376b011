-- Exceptions: what fails and is covered becomes exempt, and keeps fail as its raw status: rules, policy
-- states, assessments and failed attestations alike. Of several in force the one that ends last decides
-- (then the first by id), and the others are named. Then what became of each exception and attestation.

INSERT INTO temp.decide_good
SELECT h.item, h.test_id, h.record_id,
       row_number() OVER (PARTITION BY h.test_id, h.record_id ORDER BY i.until DESC, i.key, i.record_id),
       count(*) OVER (PARTITION BY h.test_id, h.record_id)
  FROM temp.decide_item i CROSS JOIN temp.decide_hit h ON h.item = i.record_id
 WHERE i.kind = 'exception' AND i.state = 'in-force';
UPDATE finding SET status = 7, raw = 2, decided = w.item, reason = w.reason, evidence = w.evidence
  FROM (SELECT g.test_id, g.record_id, g.item,
               coalesce(coalesce(f.reason, t.reason) || ' ', '') || i.says
               || CASE WHEN g.many = 1 THEN '' ELSE coalesce((SELECT ' Also covered by ' || group_concat(
                      'exception ' || o.key || ' until ' || o.until_text, ', ') || '.'
                      FROM temp.decide_good b JOIN temp.decide_item o ON o.record_id = b.item
                     WHERE b.test_id = g.test_id AND b.record_id = g.record_id AND b.place BETWEEN 2 AND 21), '') END
               AS reason,
               (SELECT json_group_array(json(value)) FROM
                   (SELECT CASE type WHEN 'object' THEN value ELSE json_quote(value) END AS value
                      FROM json_each(CASE WHEN json_valid(f.evidence) THEN f.evidence ELSE '[]' END)
                    UNION ALL
                    SELECT b.item FROM temp.decide_good b
                     WHERE b.test_id = g.test_id AND b.record_id = g.record_id AND b.place <= 21)) AS evidence
          FROM temp.decide_good g
          CROSS JOIN temp.decide_item i ON i.record_id = g.item
          CROSS JOIN finding f ON f.test_id = g.test_id AND f.record_id = g.record_id
          JOIN test t ON t.id = g.test_id
         WHERE g.place = 1 AND i.kind = 'exception') w
 WHERE finding.test_id = w.test_id AND finding.record_id = w.record_id;

INSERT INTO decision(run_id, record_id, kind, key, scope, covers, who, owner, why, ticket, since, until,
    conclusion, state, matched, decided)
SELECT now.run, i.record_id, i.kind, i.key, i.scope, i.covers, i.who, i.owner, i.why, i.ticket, i.since_text,
       i.until_text, i.conclusion,
       CASE WHEN i.state <> 'in-force' THEN i.state WHEN h.n IS NULL THEN 'unmatched'
            WHEN g.n IS NULL THEN 'older' ELSE 'in-force' END,
       coalesce(h.n, 0), coalesce(d.n, 0)
  FROM temp.decide_now now CROSS JOIN temp.decide_item i
  LEFT JOIN (SELECT item, count(*) AS n FROM temp.decide_hit GROUP BY item) h ON h.item = i.record_id
  LEFT JOIN (SELECT item, count(*) AS n FROM temp.decide_good GROUP BY item) g ON g.item = i.record_id
  LEFT JOIN (SELECT item, count(*) AS n FROM temp.decide_good WHERE place = 1 GROUP BY item) d ON d.item = i.record_id;

-- What there is to know of each, beside its members.
CREATE TEMP TABLE decide_note(item INTEGER PRIMARY KEY, text TEXT NOT NULL);
INSERT INTO temp.decide_note
SELECT i.record_id, trim(CASE d.state
       WHEN 'unreadable' THEN 'It cannot be read: it needs a scope, ' || CASE i.kind WHEN 'exception'
            THEN 'a control or a rule, an approver and when it was granted and expires.'
            ELSE 'a control, service or feature, a reviewer, when it was reviewed and a conclusion.' END
       WHEN 'expired' THEN 'It ended (' || i.until_text || ') and decides nothing.'
            || CASE WHEN d.matched = 0 THEN '' WHEN i.kind = 'exception'
                    THEN ' What it covered still fails: ' || d.matched || CASE d.matched WHEN 1 THEN ' finding.' ELSE ' findings.' END
                    ELSE ' What it spoke of is manual again: ' || d.matched || CASE d.matched WHEN 1 THEN ' finding.' ELSE ' findings.' END END
       WHEN 'not-yet' THEN 'It ' || CASE i.kind WHEN 'exception' THEN 'was granted' ELSE 'was reviewed' END || ' later ('
            || i.since_text || ') than this evaluation, and decides nothing yet.'
            || CASE WHEN d.matched = 0 THEN '' ELSE ' Findings that it speaks of: ' || d.matched || '.' END
       WHEN 'older' THEN 'It was made (' || i.since_text || ') before the snapshot that it speaks of, and names no end'
            || ' until which it holds, so it decides nothing. Findings that it speaks of: ' || d.matched || '.'
       WHEN 'unmatched' THEN CASE
            WHEN NOT EXISTS (SELECT 1 FROM temp.decide_tested t
                 WHERE (i.control IS NULL OR i.control = t.control OR i.control = t.published)
                   AND (i.rule IS NULL OR i.rule = t.rule) AND (i.service IS NULL OR i.service = t.service)
                   AND (i.feature IS NULL OR i.feature = t.feature))
            THEN 'It matches nothing: no test of this run is of ' || i.covers || '.'
            WHEN i.low IS NOT NULL AND NOT EXISTS (SELECT 1 FROM snapshot sn CROSS JOIN subject s
                 ON s.snapshot_id = sn.id AND s.subject >= i.low AND s.subject < i.low || '0'
                 WHERE sn.role = 'tenant' AND (s.subject = i.low OR substr(s.subject, length(i.low) + 1, 1) = '/'))
              AND NOT EXISTS (SELECT 1 FROM target g WHERE g.subject >= i.low AND g.subject < i.low || '0'
                   AND (g.subject = i.low OR substr(g.subject, length(i.low) + 1, 1) = '/'))
            THEN 'It matches nothing: the case holds nothing at or below its scope.'
            WHEN i.kind = 'exception' THEN 'It matches nothing: no test that it names fails in its scope.'
            ELSE 'It matches nothing: no finding that it speaks of is manual.' END
       ELSE CASE WHEN d.decided = 0 THEN 'Others decide what it covers.' ELSE '' END END
       || CASE WHEN i.unknown = 0 THEN '' ELSE ' Tags that nobody knows match nothing (no complete record of the'
            || ' resource): ' || i.unknown || CASE i.unknown WHEN 1 THEN ' finding.' ELSE ' findings.' END END
       || coalesce((SELECT ' Not in the case: ' || group_concat(path, ', ') || '.' FROM temp.decide_file
                     WHERE item = i.record_id AND evidence_id IS NULL), ''))
  FROM temp.decide_now now CROSS JOIN temp.decide_item i
  JOIN decision d ON d.run_id = now.run AND d.record_id = i.record_id;
UPDATE decision SET note = nullif(n.text, '') FROM temp.decide_note n, temp.decide_now now
 WHERE decision.run_id = now.run AND decision.record_id = n.item;

-- Findings about the files themselves. An exception that has ended while its test still fails is a
-- fault of how exceptions are kept; what only wants a look is manual. None of them is a pass: that an
-- exception is in order says nothing of the control.
CREATE TEMP TABLE decide_fault(item INTEGER PRIMARY KEY, source TEXT, control INTEGER, status INTEGER, reason TEXT);
INSERT INTO temp.decide_fault
SELECT d.record_id, d.kind,
       (SELECT min(c.id) FROM control c JOIN benchmark b ON b.id = c.benchmark_id
         WHERE b.mapping_id = now.mapping AND c.control_id = i.control),
       CASE WHEN d.kind = 'exception' AND d.state = 'expired' AND d.matched > 0 THEN 2 ELSE 5 END,
       CASE d.kind WHEN 'exception' THEN 'Exception ' ELSE 'Attestation ' END || d.key || ' ('
       || d.scope || CASE d.covers WHEN '' THEN '' ELSE '; ' || d.covers END || '). ' || coalesce(d.note, '')
  FROM temp.decide_now now CROSS JOIN decision d ON d.run_id = now.run
  JOIN temp.decide_item i ON i.record_id = d.record_id
 WHERE d.state <> 'in-force';
INSERT INTO test(run_id, source, control)
SELECT DISTINCT now.run, f.source, f.control FROM temp.decide_now now CROSS JOIN temp.decide_fault f
 WHERE NOT EXISTS (SELECT 1 FROM test t WHERE t.run_id = now.run AND t.source = f.source
                    AND t.feature_id IS NULL AND t.policy_id IS NULL AND t.control IS f.control)
 ORDER BY f.source, f.control;
INSERT INTO finding(test_id, record_id, status, reason)
SELECT t.id, f.item, f.status, f.reason
  FROM temp.decide_now now CROSS JOIN temp.decide_fault f
  JOIN test t ON t.run_id = now.run AND t.source = f.source AND t.feature_id IS NULL
       AND t.policy_id IS NULL AND t.control IS f.control
 ORDER BY t.id, f.item;
