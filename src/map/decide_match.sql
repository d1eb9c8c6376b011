-- Which findings the items of one kind speak of: temp.decide_now.kind. Of exceptions those that fail,
-- whoever tested; of attestations the manual ones of our own tests. Every join goes by a key, so that
-- the work is bounded by what matches.

DELETE FROM temp.decide_tested;
DELETE FROM temp.decide_test;
DELETE FROM temp.decide_azure;
DELETE FROM temp.decide_bearer;
DELETE FROM temp.decide_tag;
DELETE FROM temp.decide_known;

INSERT INTO temp.decide_tested
SELECT t.id, p.id IS NOT NULL, c.control_id, fe.published_control_id, coalesce(ru.rule_id, p.key), s.slug,
       lower(fe.name)
  FROM temp.decide_now now
  CROSS JOIN tested t ON t.run_id = now.run
  LEFT JOIN feature fe ON fe.id = t.feature_id
  LEFT JOIN control c ON c.id = t.control
  LEFT JOIN service s ON s.id = t.service_id
  LEFT JOIN rule ru ON ru.id = t.rule_id
  LEFT JOIN policy p ON p.id = t.policy_id
 WHERE CASE now.kind WHEN 'attestation' THEN t.source IN ('baseline', 'rule')
            ELSE t.source <> 'exception' AND (t.feature_id IS NOT NULL OR t.policy_id IS NOT NULL) END;
INSERT INTO temp.decide_test
SELECT i.record_id, t.test_id, t.azure
  FROM temp.decide_now now CROSS JOIN temp.decide_tested t CROSS JOIN temp.decide_item i
 WHERE i.kind = now.kind AND i.state <> 'unreadable'
   AND (i.control IS NULL OR i.control = t.control OR i.control = t.published)
   AND (i.rule IS NULL OR i.rule = t.rule)
   AND (i.service IS NULL OR i.service = t.service)
   AND (i.feature IS NULL OR i.feature = t.feature);

-- By place: our own findings, whose subject is their record's.
INSERT OR IGNORE INTO temp.decide_hit
SELECT i.record_id, p.test_id, f.record_id
  FROM temp.decide_now now
  CROSS JOIN temp.decide_item i ON i.kind = now.kind AND i.low IS NOT NULL AND i.state <> 'unreadable'
  CROSS JOIN snapshot sn ON sn.role = 'tenant'
  CROSS JOIN subject s ON s.snapshot_id = sn.id AND s.subject >= i.low AND s.subject < i.low || '0'
  CROSS JOIN temp.decide_test p ON p.item = i.record_id AND p.azure = 0
  CROSS JOIN finding f ON f.test_id = p.test_id AND f.record_id = s.record_id
 WHERE (s.subject = i.low OR substr(s.subject, length(i.low) + 1, 1) = '/')
   AND f.status = CASE now.kind WHEN 'attestation' THEN 5 ELSE 2 END;

-- And those that Azure made, whose subject is their target; an exemption of Azure's takes none away.
INSERT OR IGNORE INTO temp.decide_azure
SELECT f.test_id, f.record_id, g.subject, e.snapshot_id
  FROM (SELECT DISTINCT test_id FROM temp.decide_test WHERE azure) p
  CROSS JOIN finding f ON f.test_id = p.test_id
  JOIN target g ON g.id = f.target_id
  JOIN record r ON r.id = f.record_id
  JOIN evidence e ON e.id = r.evidence_id
 WHERE f.status = 2 OR (f.status = 7 AND f.raw = 2);
INSERT OR IGNORE INTO temp.decide_hit
SELECT i.record_id, a.test_id, a.record_id
  FROM temp.decide_now now
  CROSS JOIN temp.decide_item i ON i.kind = now.kind AND i.low IS NOT NULL AND i.state <> 'unreadable'
  CROSS JOIN temp.decide_azure a ON a.subject >= i.low AND a.subject < i.low || '0'
  CROSS JOIN temp.decide_test p ON p.item = i.record_id AND p.azure = 1 AND p.test_id = a.test_id
 WHERE a.subject = i.low OR substr(a.subject, length(i.low) + 1, 1) = '/';

-- By tag: those of the subject's own complete record, which names have in any case, values as written.
INSERT OR IGNORE INTO temp.decide_bearer
SELECT f.test_id, f.record_id, f.record_id
  FROM temp.decide_now now
  CROSS JOIN (SELECT DISTINCT p.test_id FROM temp.decide_item i JOIN temp.decide_test p ON p.item = i.record_id
               WHERE i.tag IS NOT NULL AND p.azure = 0) p
  CROSS JOIN finding f ON f.test_id = p.test_id
 WHERE f.status = CASE now.kind WHEN 'attestation' THEN 5 ELSE 2 END;
INSERT OR IGNORE INTO temp.decide_bearer
SELECT a.test_id, a.record_id, (SELECT s.record_id FROM subject s
        WHERE s.snapshot_id = a.snapshot_id AND s.subject = a.subject)
  FROM temp.decide_azure a
 WHERE a.test_id IN (SELECT p.test_id FROM temp.decide_item i JOIN temp.decide_test p ON p.item = i.record_id
                      WHERE i.tag IS NOT NULL);
INSERT OR IGNORE INTO temp.decide_known
SELECT r.id FROM (SELECT DISTINCT bearer FROM temp.decide_bearer) b CROSS JOIN record r ON r.id = b.bearer
 WHERE r.complete AND json_valid(r.body) AND coalesce(json_type(r.body, '$.tags'), 'null') IN ('null', 'object');
INSERT OR IGNORE INTO temp.decide_tag
SELECT k.bearer, lower(t.key), t.value
  FROM temp.decide_known k CROSS JOIN record r ON r.id = k.bearer
  JOIN json_each(r.body, '$.tags') t
 WHERE json_type(r.body, '$.tags') = 'object' AND t.type = 'text'
   AND lower(t.key) IN (SELECT tag FROM temp.decide_item WHERE tag IS NOT NULL);
INSERT OR IGNORE INTO temp.decide_hit
SELECT i.record_id, b.test_id, b.record_id
  FROM temp.decide_now now
  CROSS JOIN temp.decide_item i ON i.kind = now.kind AND i.tag IS NOT NULL AND i.state <> 'unreadable'
  CROSS JOIN temp.decide_test p ON p.item = i.record_id
  CROSS JOIN temp.decide_bearer b ON b.test_id = p.test_id
  JOIN temp.decide_tag t ON t.bearer = b.bearer AND t.name = i.tag AND t.value = i.value;
UPDATE temp.decide_item SET unknown =
    (SELECT count(*) FROM temp.decide_test p JOIN temp.decide_bearer b ON b.test_id = p.test_id
      WHERE p.item = decide_item.record_id
        AND (b.bearer IS NULL OR b.bearer NOT IN (SELECT bearer FROM temp.decide_known)))
 WHERE tag IS NOT NULL AND kind = (SELECT kind FROM temp.decide_now);
