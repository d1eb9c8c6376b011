-- Attestations: a manual finding becomes one of source attestation, under a test of its own with the
-- feature of the old one, so that each resource and feature still has a finding. Only manual: what was
-- tested and failed, or could not be decided for want of evidence, no statement turns into a pass.
--
-- An attestation with an end holds until then. One without speaks of what was there when it was made,
-- so it must not be older than the snapshot (of one day counts, where only a day is given); a snapshot
-- that does not say when it was made is as old as its import may be. Where valid ones differ, fail
-- wins: it is to be taken back, or to end, before a pass can hold. Of several the newest speaks.

INSERT INTO temp.decide_good
SELECT h.item, h.test_id, h.record_id,
       row_number() OVER (PARTITION BY h.test_id, h.record_id
                          ORDER BY i.conclusion = 'fail' DESC, i.since DESC, i.key, i.record_id),
       count(*) OVER (PARTITION BY h.test_id, h.record_id)
  FROM temp.decide_item i
  CROSS JOIN temp.decide_hit h ON h.item = i.record_id
  JOIN record r ON r.id = h.record_id
  JOIN evidence e ON e.id = r.evidence_id
  JOIN snapshot sn ON sn.id = e.snapshot_id
 WHERE i.kind = 'attestation' AND i.state = 'in-force'
   AND (i.until IS NOT NULL
        OR i.since >= CASE length(i.since_text) WHEN 10 THEN julianday(date(coalesce(sn.collected_at, sn.imported_at)))
                      ELSE julianday(coalesce(sn.collected_at, sn.imported_at)) END);

INSERT INTO test(run_id, feature_id, rule_id, source)
SELECT now.run, t.feature_id, max(t.rule_id), 'attestation'
  FROM temp.decide_now now CROSS JOIN (SELECT DISTINCT test_id FROM temp.decide_good) g
  JOIN test t ON t.id = g.test_id
 GROUP BY t.feature_id ORDER BY t.feature_id;
INSERT INTO finding(test_id, record_id, status, reason, evidence, raw, decided)
SELECT n.id, g.record_id, CASE i.conclusion WHEN 'pass' THEN 1 ELSE 2 END,
       i.says || CASE WHEN g.many = 1 THEN '' ELSE coalesce((SELECT ' Others: ' || group_concat(
              o.conclusion || ' by attestation of ' || o.who || ' on ' || o.since_text || ' (' || o.key || ')', '; ') || '.'
              FROM temp.decide_good b JOIN temp.decide_item o ON o.record_id = b.item
             WHERE b.test_id = g.test_id AND b.record_id = g.record_id AND b.place BETWEEN 2 AND 21), '') END
           || coalesce(' Before it: ' || coalesce(f.reason, t.reason), ''),
       (SELECT json_group_array(json(value)) FROM
           (SELECT value FROM (SELECT CASE type WHEN 'object' THEN value ELSE json_quote(value) END AS value
                                 FROM json_each(CASE WHEN json_valid(f.evidence) THEN f.evidence ELSE '[]' END))
            UNION ALL
            SELECT b.item FROM temp.decide_good b
             WHERE b.test_id = g.test_id AND b.record_id = g.record_id AND b.place <= 21
            UNION ALL
            SELECT json_object('file', l.evidence_id) FROM temp.decide_good b
              JOIN temp.decide_file l ON l.item = b.item AND l.evidence_id IS NOT NULL AND l.place < 20
             WHERE b.test_id = g.test_id AND b.record_id = g.record_id AND b.place <= 21)),
       5, g.item
  FROM temp.decide_good g
  JOIN temp.decide_item i ON i.record_id = g.item
  JOIN test t ON t.id = g.test_id
  JOIN finding f ON f.test_id = g.test_id AND f.record_id = g.record_id
  JOIN temp.decide_now now
  JOIN test n ON n.run_id = now.run AND n.feature_id = t.feature_id AND n.source = 'attestation'
 WHERE g.place = 1;
DELETE FROM finding WHERE (test_id, record_id) IN (SELECT test_id, record_id FROM temp.decide_good WHERE place = 1);
