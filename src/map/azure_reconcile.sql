-- Where our rules, Azure Policy and Defender speak of one thing: the table reconciled. A topic is a
-- feature that a rule decides (every one that the policy is tied to); else the policy definition that a state and an assessment share. Only
-- pass and fail are statements that can agree or differ, and inherited where a rule says it, which
-- found that the customer switched nothing off (what the baseline alone inherits is no rule's word): an exemption, "not applicable" and unknown
-- leave it open. Where several assignments of one policy differ among themselves, that is a
-- disagreement, too; several assessments that belong to one policy are tests of their own. Standards' assessments name no resource, so they are not compared.

CREATE TEMP TABLE azure_word AS
SELECT e.snapshot_id, f.target_id, coalesce(t.control, 0) AS control,
       coalesce(fe.id, 0) AS feature_id,
       CASE WHEN fe.id IS NULL THEN coalesce(p.definition, p.key) ELSE '' END AS topic,
       t.source = 'policy-state' AS policy, p.definition, p.title, f.test_id, f.record_id, f.status,
       f.stated_at
  FROM temp.azure_now now
  CROSS JOIN test t ON t.run_id = now.run
  JOIN policy p ON p.id = t.policy_id
  CROSS JOIN finding f ON f.test_id = t.id
  JOIN record r ON r.id = f.record_id
  JOIN evidence e ON e.id = r.evidence_id
  JOIN temp.azure_place w ON w.record_id = f.record_id
  LEFT JOIN (temp.azure_tie y JOIN feature fe ON fe.id = y.feature_id AND fe.rule_id IS NOT NULL)
       ON y.kind_id = w.kind_id AND y.class_id = w.class_id AND y.control = coalesce(t.control, 0)
 WHERE t.source IN ('policy-state', 'defender-assessment');

-- The finding shown for a speaker, and its date, is one that failed, if any did; of several, the last by
-- test and record.
CREATE TEMP TABLE azure_topic AS
SELECT snapshot_id, target_id, control, feature_id, topic, max(definition) AS definition,
       max(title) AS title,
       CASE WHEN min(status) FILTER (WHERE policy) = max(status) FILTER (WHERE policy)
            THEN min(status) FILTER (WHERE policy)
            WHEN count(*) FILTER (WHERE policy) > 0 THEN 0 END AS policy_status,
       max((status = 2) * 4611686018427387904 + test_id * 4294967296 + record_id)
            FILTER (WHERE policy) AS policy_shown,
       CASE WHEN min(status) FILTER (WHERE NOT policy) = max(status) FILTER (WHERE NOT policy)
            THEN min(status) FILTER (WHERE NOT policy)
            WHEN count(*) FILTER (WHERE NOT policy) > 0 THEN 0 END AS assessment_status,
       max((status = 2) * 4611686018427387904 + test_id * 4294967296 + record_id)
            FILTER (WHERE NOT policy) AS assessment_shown,
       coalesce(max(status = 1) FILTER (WHERE policy), 0) AS policy_pass,
       coalesce(max(status = 2) FILTER (WHERE policy), 0) AS policy_fail,
       coalesce(max(status = 1) FILTER (WHERE NOT policy), 0) AS assessment_pass,
       coalesce(max(status = 2) FILTER (WHERE NOT policy), 0) AS assessment_fail
  FROM temp.azure_word
 GROUP BY 1, 2, 3, 4, 5;

INSERT INTO reconciled(run_id, snapshot_id, target_id, control, feature_id, definition, title, verdict,
    rule_status, rule_test, rule_record, policy_status, policy_test, policy_record, policy_at,
    assessment_status, assessment_test, assessment_record, assessment_at)
SELECT run, snapshot_id, target_id, nullif(control, 0), nullif(feature_id, 0), definition, title,
       CASE WHEN passes > 0 AND fails > 0 AND (decided >= 2 OR policy_pass + policy_fail = 2) THEN 'disagree'
            WHEN decided >= 2 THEN 'agree'
            WHEN rule_status IN (1, 2, 3) THEN 'rule-only'
            WHEN policy_pass + policy_fail > 0 THEN 'policy-only'
            WHEN assessment_pass + assessment_fail > 0 THEN 'assessment-only'
            ELSE 'undecided' END,
       rule_status, CASE WHEN rule_status IS NOT NULL THEN rule_test END,
       CASE WHEN rule_status IS NOT NULL THEN rule_record END,
       policy_status, (policy_shown & 4611686018427387903) >> 32, policy_shown & 4294967295,
       (SELECT f.stated_at FROM finding f
         WHERE f.test_id = (policy_shown & 4611686018427387903) >> 32 AND f.record_id = policy_shown & 4294967295),
       assessment_status, (assessment_shown & 4611686018427387903) >> 32,
       assessment_shown & 4294967295,
       (SELECT f.stated_at FROM finding f
         WHERE f.test_id = (assessment_shown & 4611686018427387903) >> 32 AND f.record_id = assessment_shown & 4294967295)
  FROM (SELECT *, coalesce(rule_status IN (1, 3), 0) + policy_pass + assessment_pass AS passes,
               coalesce(rule_status = 2, 0) + policy_fail + assessment_fail AS fails,
               coalesce(rule_status IN (1, 2, 3), 0) + (policy_pass OR policy_fail)
                   + (assessment_pass OR assessment_fail) AS decided
          FROM (SELECT w.*, now.run, tr.id AS rule_test, s.record_id AS rule_record,
                       (SELECT f.status FROM finding f
                         WHERE f.test_id = tr.id AND f.record_id = s.record_id) AS rule_status
                  FROM temp.azure_now now CROSS JOIN temp.azure_topic w
                  JOIN target g ON g.id = w.target_id
                  LEFT JOIN test tr ON tr.run_id = now.run AND tr.feature_id = w.feature_id
                       AND tr.source = 'rule' AND tr.policy_id IS NULL
                  LEFT JOIN subject s ON s.snapshot_id = w.snapshot_id AND s.subject = g.subject))
 ORDER BY snapshot_id, target_id, control, feature_id, topic;

-- What only our rules decided, where Azure could have: features that a policy tests, in snapshots
-- that hold any state at all.
CREATE TEMP TABLE azure_said(rule_test INTEGER, rule_record INTEGER, PRIMARY KEY(rule_test, rule_record)) WITHOUT ROWID;
INSERT OR IGNORE INTO temp.azure_said
SELECT q.rule_test, q.rule_record FROM temp.azure_now now JOIN reconciled q ON q.run_id = now.run
 WHERE q.rule_test IS NOT NULL AND q.rule_record IS NOT NULL;
CREATE TEMP TABLE azure_alone AS
SELECT e.snapshot_id, f.record_id, f.test_id, f.status, fe.id AS feature_id, fe.control
  FROM temp.azure_now now
  CROSS JOIN (SELECT 1 FROM temp.azure_word LIMIT 1) any -- no state: no finding is looked at
  CROSS JOIN test t ON t.run_id = now.run AND t.source = 'rule'
  JOIN feature fe ON fe.id = t.feature_id
  CROSS JOIN finding f ON f.test_id = t.id
  JOIN record r ON r.id = f.record_id
  JOIN evidence e ON e.id = r.evidence_id
 WHERE f.status IN (1, 2, 3)
   AND fe.id IN (SELECT feature_id FROM policy_feature WHERE mapping_id = now.mapping)
   AND e.snapshot_id IN (SELECT snapshot_id FROM temp.azure_word)
   AND NOT EXISTS (SELECT 1 FROM temp.azure_said a WHERE a.rule_test = f.test_id AND a.rule_record = f.record_id);
INSERT OR IGNORE INTO target(subject, type)
SELECT r.subject, r.type FROM temp.azure_alone a JOIN record r ON r.id = a.record_id ORDER BY r.subject;
INSERT INTO reconciled(run_id, snapshot_id, target_id, control, feature_id, verdict, rule_status,
    rule_test, rule_record)
SELECT now.run, a.snapshot_id, g.id, a.control, a.feature_id, 'rule-only', a.status, a.test_id, a.record_id
  FROM temp.azure_now now CROSS JOIN temp.azure_alone a JOIN record r ON r.id = a.record_id
  JOIN target g ON g.subject = r.subject
 ORDER BY a.test_id, a.record_id;
