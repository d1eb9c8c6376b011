-- Triggers and views of a case: what keeps it append-only, and what rules and reports read. They hold
-- no data, so a migration drops them all and runs this file again.

CREATE TRIGGER snapshot_keep BEFORE DELETE ON snapshot
    BEGIN SELECT RAISE(ABORT, 'a snapshot is never removed'); END;
CREATE TRIGGER snapshot_fixed BEFORE UPDATE ON snapshot
    WHEN NEW.id <> OLD.id OR NEW.label <> OLD.label OR NEW.imported_at <> OLD.imported_at
      OR NEW.tool_version <> OLD.tool_version OR NEW.role <> OLD.role
      OR (OLD.collected_at IS NOT NULL AND NEW.collected_at IS NOT OLD.collected_at)
    BEGIN SELECT RAISE(ABORT, 'a snapshot is never changed'); END;
CREATE TRIGGER content_keep BEFORE DELETE ON content
    BEGIN SELECT RAISE(ABORT, 'raw evidence is never removed'); END;
CREATE TRIGGER content_fixed BEFORE UPDATE ON content
    BEGIN SELECT RAISE(ABORT, 'raw evidence is never changed'); END;
-- Chunks may go only while their content row is not there: an import found the bytes again.
CREATE TRIGGER chunk_keep BEFORE DELETE ON chunk
    WHEN EXISTS (SELECT 1 FROM content WHERE id = OLD.content_id)
    BEGIN SELECT RAISE(ABORT, 'raw evidence is never removed'); END;
CREATE TRIGGER chunk_fixed BEFORE UPDATE ON chunk
    BEGIN SELECT RAISE(ABORT, 'raw evidence is never changed'); END;
CREATE TRIGGER chunk_sealed BEFORE INSERT ON chunk
    WHEN EXISTS (SELECT 1 FROM content WHERE id = NEW.content_id)
    BEGIN SELECT RAISE(ABORT, 'raw evidence is never added to'); END;
CREATE TRIGGER evidence_keep BEFORE DELETE ON evidence
    BEGIN SELECT RAISE(ABORT, 'raw evidence is never removed'); END;
CREATE TRIGGER evidence_fixed BEFORE UPDATE OF id, snapshot_id, content_id, path, kind, encoding, shape,
    completeness, records, reason, note, secrets ON evidence
    BEGIN SELECT RAISE(ABORT, 'raw evidence is never changed'); END;
-- In a package the newest engagement's files have the plain names: an older one's are set aside.
CREATE TRIGGER evidence_named BEFORE UPDATE OF member ON evidence
    WHEN (SELECT role FROM snapshot WHERE id = OLD.snapshot_id) IS NOT 'engagement'
    BEGIN SELECT RAISE(ABORT, 'raw evidence is never changed'); END;
CREATE TRIGGER record_keep BEFORE DELETE ON record
    WHEN EXISTS (SELECT 1 FROM evidence WHERE id = OLD.evidence_id)
    BEGIN SELECT RAISE(ABORT, 'records of evidence are never removed'); END;
CREATE TRIGGER record_fixed BEFORE UPDATE ON record
    BEGIN SELECT RAISE(ABORT, 'records of evidence are never changed'); END;
CREATE TRIGGER document_keep BEFORE DELETE ON document
    WHEN EXISTS (SELECT 1 FROM evidence WHERE id = OLD.evidence_id)
    BEGIN SELECT RAISE(ABORT, 'documents of evidence are never removed'); END;
CREATE TRIGGER document_fixed BEFORE UPDATE ON document
    BEGIN SELECT RAISE(ABORT, 'documents of evidence are never changed'); END;
CREATE TRIGGER secret_keep BEFORE DELETE ON secret
    WHEN EXISTS (SELECT 1 FROM evidence WHERE id = OLD.evidence_id)
    BEGIN SELECT RAISE(ABORT, 'what is known of secrets is never removed'); END;
CREATE TRIGGER secret_fixed BEFORE UPDATE ON secret
    BEGIN SELECT RAISE(ABORT, 'what is known of secrets is never changed'); END;
CREATE TRIGGER engagement_keep BEFORE DELETE ON engagement
    BEGIN SELECT RAISE(ABORT, 'an engagement is never removed'); END;
CREATE TRIGGER engagement_fixed BEFORE UPDATE ON engagement
    BEGIN SELECT RAISE(ABORT, 'an engagement is never changed'); END;
CREATE TRIGGER engagement_file_keep BEFORE DELETE ON engagement_file
    BEGIN SELECT RAISE(ABORT, 'the files of an engagement are never removed'); END;
CREATE TRIGGER engagement_file_fixed BEFORE UPDATE ON engagement_file
    BEGIN SELECT RAISE(ABORT, 'the files of an engagement are never changed'); END;
CREATE TRIGGER sample_keep BEFORE DELETE ON sample
    BEGIN SELECT RAISE(ABORT, 'a sample is never removed'); END;
CREATE TRIGGER sample_fixed BEFORE UPDATE ON sample
    BEGIN SELECT RAISE(ABORT, 'a sample is never changed'); END;
CREATE TRIGGER sample_stratum_keep BEFORE DELETE ON sample_stratum
    BEGIN SELECT RAISE(ABORT, 'a sample is never cut'); END;
CREATE TRIGGER sample_stratum_fixed BEFORE UPDATE ON sample_stratum
    BEGIN SELECT RAISE(ABORT, 'a sample is never changed'); END;
CREATE TRIGGER sample_item_keep BEFORE DELETE ON sample_item
    BEGIN SELECT RAISE(ABORT, 'a sample is never cut'); END;
CREATE TRIGGER sample_item_fixed BEFORE UPDATE ON sample_item
    BEGIN SELECT RAISE(ABORT, 'a sample is never changed'); END;
CREATE TRIGGER custody_keep BEFORE DELETE ON custody_event
    BEGIN SELECT RAISE(ABORT, 'the custody log is never cut'); END;
CREATE TRIGGER custody_fixed BEFORE UPDATE ON custody_event
    BEGIN SELECT RAISE(ABORT, 'the custody log is never changed'); END;

-- INSERT OR REPLACE removes rows without a word to the triggers above.
CREATE TRIGGER snapshot_new BEFORE INSERT ON snapshot
    WHEN EXISTS (SELECT 1 FROM snapshot WHERE id = NEW.id OR label = NEW.label)
    BEGIN SELECT RAISE(ABORT, 'a snapshot is never replaced'); END;
CREATE TRIGGER content_new BEFORE INSERT ON content
    WHEN EXISTS (SELECT 1 FROM content WHERE id = NEW.id OR sha256 = NEW.sha256)
    BEGIN SELECT RAISE(ABORT, 'raw evidence is never replaced'); END;
CREATE TRIGGER chunk_new BEFORE INSERT ON chunk
    WHEN EXISTS (SELECT 1 FROM chunk WHERE id = NEW.id)
    BEGIN SELECT RAISE(ABORT, 'raw evidence is never replaced'); END;
CREATE TRIGGER evidence_new BEFORE INSERT ON evidence
    WHEN EXISTS (SELECT 1 FROM evidence WHERE id = NEW.id)
      OR EXISTS (SELECT 1 FROM evidence WHERE snapshot_id = NEW.snapshot_id
                    AND path = NEW.path AND content_id = NEW.content_id)
      OR EXISTS (SELECT 1 FROM evidence WHERE snapshot_id = NEW.snapshot_id
                    AND lower(member) = lower(NEW.member))
    BEGIN SELECT RAISE(ABORT, 'raw evidence is never replaced'); END;
CREATE TRIGGER record_new BEFORE INSERT ON record
    WHEN EXISTS (SELECT 1 FROM record WHERE id = NEW.id)
    BEGIN SELECT RAISE(ABORT, 'records of evidence are never replaced'); END;
CREATE TRIGGER document_new BEFORE INSERT ON document
    WHEN EXISTS (SELECT 1 FROM document WHERE id = NEW.id)
    BEGIN SELECT RAISE(ABORT, 'documents of evidence are never replaced'); END;
CREATE TRIGGER secret_new BEFORE INSERT ON secret
    WHEN EXISTS (SELECT 1 FROM secret WHERE id = NEW.id)
    BEGIN SELECT RAISE(ABORT, 'what is known of secrets is never replaced'); END;
CREATE TRIGGER engagement_new BEFORE INSERT ON engagement
    WHEN EXISTS (SELECT 1 FROM engagement WHERE id = NEW.id)
    BEGIN SELECT RAISE(ABORT, 'an engagement is never replaced'); END;
CREATE TRIGGER sample_new BEFORE INSERT ON sample
    WHEN EXISTS (SELECT 1 FROM sample WHERE id = NEW.id)
    BEGIN SELECT RAISE(ABORT, 'a sample is never replaced'); END;
CREATE TRIGGER sample_stratum_new BEFORE INSERT ON sample_stratum
    WHEN EXISTS (SELECT 1 FROM sample_stratum WHERE sample_id = NEW.sample_id AND ordinal = NEW.ordinal)
    BEGIN SELECT RAISE(ABORT, 'a sample is never replaced'); END;
CREATE TRIGGER sample_item_new BEFORE INSERT ON sample_item
    WHEN EXISTS (SELECT 1 FROM sample_item WHERE sample_id = NEW.sample_id AND ordinal = NEW.ordinal)
    BEGIN SELECT RAISE(ABORT, 'a sample is never replaced'); END;
CREATE TRIGGER custody_new BEFORE INSERT ON custody_event
    WHEN EXISTS (SELECT 1 FROM custody_event WHERE id = NEW.id)
    BEGIN SELECT RAISE(ABORT, 'the custody log is never replaced'); END;

-- What rules and mapping views may read ------------------------------------------------------

-- The record that speaks for each subject. source_* say what the document it stands in is, read with
-- the other files of its snapshot.
CREATE VIEW speaking AS
SELECT s.record_id, s.snapshot_id, s.subject, s.kind, r.id_given, r.type, r.name,
       r.scope, r.parent, r.complete, r.normalised, r.body, r.evidence_id,
       e.shape AS source_shape,
       CASE e.completeness WHEN 'truncated' THEN 'truncated'
            ELSE coalesce(l.completeness, e.completeness) END AS source_completeness
  FROM subject s
  JOIN record r ON r.id = s.record_id
  JOIN evidence e ON e.id = r.evidence_id
  LEFT JOIN ledger l ON l.evidence_id = r.evidence_id AND l.document = r.document;

-- The same without what stands in truncated files: rules and mapping views read this, so that
-- nothing rests on an export that broke off, and without what templates declare: that is no state of
-- anything. Findings about subjects of truncated files are unknown (map/members).
CREATE VIEW resource AS
SELECT * FROM speaking
 WHERE source_completeness <> 'truncated' AND kind <> 'template-resource';

-- Every record of sound files, also those that another speaks for in `resource`: for seeing that
-- exports disagree.
CREATE VIEW exported AS
SELECT r.id AS record_id, e.snapshot_id, r.subject, r.kind, r.complete, r.body, r.evidence_id, e.path
  FROM record r
  JOIN evidence e ON e.id = r.evidence_id
 WHERE e.completeness <> 'truncated'
   AND e.snapshot_id NOT IN (SELECT id FROM snapshot WHERE role <> 'tenant');

-- What was exported: one row a raw file. completeness is what holds when the other files of the
-- snapshot are read with it; command is the az command that printed it, where that is known.
CREATE VIEW source AS
SELECT e.id AS evidence_id, e.snapshot_id, e.path,
       CASE e.kind WHEN 'empty' THEN coalesce(l.kind, 'empty') ELSE e.kind END AS kind, e.shape,
       coalesce(l.completeness, e.completeness) AS completeness, e.records,
       coalesce(l.says, e.reason) AS reason, l.command
  FROM evidence e
  LEFT JOIN ledger l ON l.evidence_id = e.id AND l.document = -1
 WHERE e.snapshot_id NOT IN (SELECT id FROM snapshot WHERE role <> 'tenant');

-- What was asked of az, and answered: kind is what the command lists or shows, subject the resource
-- that it was asked about (null: the subscription or tenant). Where completeness is whole, what the
-- answer does not hold is not there, even when it is empty.
CREATE VIEW answer AS
SELECT e.snapshot_id, e.id AS evidence_id, l.kind, l.subject, l.completeness, e.records,
       l.command
  FROM ledger l
  JOIN evidence e ON e.id = l.evidence_id
 WHERE l.document = -1 AND l.kind IS NOT NULL;

-- The parameters of the newest run: the mapping's, or what the engagement chose instead. The inner
-- WHERE reads a column: for a table of which none but the rowid is read, SQLite does not tell the
-- sandbox through which view.
CREATE VIEW parameter AS
SELECT name, value FROM run_parameter
 WHERE run_id = (SELECT id FROM run WHERE mapping_id > 0 ORDER BY id DESC LIMIT 1);

-- The engagement that holds: its own record and those of its exceptions, attestations and assurance
-- reports, by the file that says them. No view for rules: an engagement decides about findings only.
CREATE VIEW engaged AS
SELECT r.id AS record_id, g.id AS engagement_id, f.role, r.kind, r.subject, r.name, r.body, r.pointer,
       r.start, r.length, r.evidence_id, e.path
  FROM engagement g
  JOIN engagement_file f ON f.engagement_id = g.id
       AND f.role IN ('engagement', 'exceptions', 'attestations')
  JOIN record r ON r.evidence_id = f.evidence_id
  JOIN evidence e ON e.id = r.evidence_id
 WHERE g.id = (SELECT max(id) FROM engagement)
   AND r.kind IN ('engagement', 'exception', 'attestation', 'assurance-report');

-- The custody log as a package holds it: it ends before the package events at its end, so that
-- packaging the same case again gives the same package. The first "event" of a line is its own; the
-- JSON functions may not be called in a view of a database that is not trusted.
CREATE VIEW custody_sealed AS
SELECT id, line, sha256 FROM custody_event
 WHERE id <= (SELECT max(id) FROM custody_event
               WHERE substr(line, instr(line, ',"event":"') + 10, 9) <> 'package",');

-- What reports read --------------------------------------------------------------------------

-- Tests, each with the control, service and responsibility that it itself or its feature says. What Azure
-- tested names its control itself: it may be another benchmark's, which the feature shares.
CREATE VIEW tested AS
SELECT t.id, t.run_id, t.feature_id, t.rule_id, t.source, t.reason, t.policy_id,
       coalesce(t.control, fe.control) AS control,
       coalesce(fe.service_id, t.service_id) AS service_id,
       coalesce(fe.responsibility, t.responsibility) AS responsibility
  FROM test t LEFT JOIN feature fe ON fe.id = t.feature_id;

-- Findings of the newest run with everything that they share. What Azure tested stands where a
-- rule's id, version and title stand.
CREATE VIEW finding_row AS
SELECT f.test_id, f.record_id, t.run_id, st.word AS status, f.status AS status_code,
       b.slug AS benchmark, c.control_id, c.ordinal AS control_ordinal, c.domain,
       c.title AS control_title,
       CASE WHEN fe.published_control_id <> c.control_id THEN fe.published_control_id END
           AS published_control_id,
       s.slug AS service, s.title AS service_title, s.source_date, fe.id AS feature_id,
       fe.name AS feature, fe.ordinal AS feature_ordinal, fe.guidance, re.word AS responsibility,
       coalesce(ru.rule_id, p.key) AS rule_id, coalesce(ru.version, p.version) AS rule_version,
       coalesce(ru.title, p.title) AS rule_title, coalesce(ru.severity, p.severity) AS severity,
       ru.observes, t.source, coalesce(f.reason, t.reason) AS reason, f.need, f.evidence,
       r.kind, coalesce(g.subject, r.id_given, r.subject) AS subject,
       coalesce(g.subject, r.subject) AS subject_key,
       CASE WHEN g.id IS NULL THEN r.type ELSE g.type END AS subject_type,
       CASE WHEN g.id IS NULL THEN r.name END AS subject_name, r.pointer, r.start, r.length,
       r.normalised, r.body, r.evidence_id, sn.label AS snapshot, sn.collected_at,
       run.evaluated_at, f.stated_at, p.claim, coalesce(sr.word, st.word) AS raw_status, f.decided,
       d.kind AS decision, coalesce(d.id_given, d.subject) AS decided_by
  FROM run
  JOIN tested t ON t.run_id = run.id
  JOIN finding f ON f.test_id = t.id
  JOIN status st ON st.code = f.status
  JOIN record r ON r.id = f.record_id
  JOIN evidence e ON e.id = r.evidence_id
  JOIN snapshot sn ON sn.id = e.snapshot_id
  LEFT JOIN feature fe ON fe.id = t.feature_id
  LEFT JOIN responsibility re ON re.code = t.responsibility
  LEFT JOIN control c ON c.id = t.control
  LEFT JOIN benchmark b ON b.id = c.benchmark_id
  LEFT JOIN service s ON s.id = t.service_id
  LEFT JOIN rule ru ON ru.id = t.rule_id
  LEFT JOIN policy p ON p.id = t.policy_id
  LEFT JOIN target g ON g.id = f.target_id
  LEFT JOIN status sr ON sr.code = f.raw
  LEFT JOIN record d ON d.id = f.decided
 WHERE run.id = (SELECT max(id) FROM run);

-- Exceptions, attestations and Azure's exemptions in the newest run: what wants a look comes first.
CREATE VIEW decisions AS
SELECT d.*, r.pointer, r.start, r.length, r.evidence_id, e.path, sn.label AS snapshot,
       CASE d.state WHEN 'expired' THEN 1 WHEN 'not-yet' THEN 2 WHEN 'unreadable' THEN 3
            WHEN 'older' THEN 4 WHEN 'unmatched' THEN 5 ELSE 6 END AS ordinal
  FROM decision d
  JOIN record r ON r.id = d.record_id
  JOIN evidence e ON e.id = r.evidence_id
  JOIN snapshot sn ON sn.id = e.snapshot_id
 WHERE d.run_id = (SELECT max(id) FROM run);

-- What our rule, Azure Policy and Defender said of one thing, side by side, in the newest run. A
-- status 'mixed': several statements of one speaker differ.
CREATE VIEW reconciliation AS
SELECT q.id, sn.label AS snapshot, g.subject, g.type AS subject_type, c.control_id,
       s.slug AS service, fe.name AS feature, coalesce(q.title, q.definition) AS topic, q.definition AS policy_definition,
       q.verdict,
       ru.rule_id, CASE q.rule_status WHEN 0 THEN 'mixed' ELSE
           (SELECT word FROM status WHERE code = q.rule_status) END AS rule_status,
       CASE WHEN q.rule_status IS NOT NULL THEN sn.collected_at END AS rule_at,
       pp.key AS policy_id, CASE q.policy_status WHEN 0 THEN 'mixed' ELSE
           (SELECT word FROM status WHERE code = q.policy_status) END AS policy_status,
       q.policy_at,
       pa.key AS assessment_id, CASE q.assessment_status WHEN 0 THEN 'mixed' ELSE
           (SELECT word FROM status WHERE code = q.assessment_status) END AS assessment_status,
       q.assessment_at
  FROM reconciled q
  JOIN snapshot sn ON sn.id = q.snapshot_id
  JOIN target g ON g.id = q.target_id
  LEFT JOIN control c ON c.id = q.control
  LEFT JOIN feature fe ON fe.id = q.feature_id
  LEFT JOIN service s ON s.id = fe.service_id
  LEFT JOIN test tr ON tr.id = q.rule_test
  LEFT JOIN rule ru ON ru.id = tr.rule_id
  LEFT JOIN test tp ON tp.id = q.policy_test
  LEFT JOIN policy pp ON pp.id = tp.policy_id
  LEFT JOIN test ta ON ta.id = q.assessment_test
  LEFT JOIN policy pa ON pa.id = ta.policy_id
 WHERE q.run_id = (SELECT max(id) FROM run);
