-- Findings that Azure made. temp.azure_now has the run and its mapping, temp.azure_text the reasons.
-- Every step is one pass over the states, or over the few kinds of states that there are: 100,000
-- rows never pass through C. Every statement is bounded by its input; joins go by a key.
--
-- What is a state: a row of Azure Policy with a definition and a resource (summaries and the counts
-- of $apply have neither), a Defender assessment, an assessment of a regulatory standard.

CREATE TEMP TABLE azure_state(
    record_id   INTEGER PRIMARY KEY,
    snapshot_id INTEGER NOT NULL,
    source      TEXT NOT NULL,
    subject     TEXT NOT NULL,   -- canonical id of what it speaks of
    key         TEXT NOT NULL,   -- canonical definition id; assessment type; standard/control/type
    initiative  TEXT NOT NULL,   -- canonical id; '' when it names none, as in all that follow
    reference   TEXT NOT NULL,
    groups      TEXT NOT NULL,   -- JSON array
    part        TEXT NOT NULL,
    stated_at   TEXT,
    moment      REAL,            -- of stated_at; null when that is no time
    word        TEXT NOT NULL,   -- what Azure said, lower case
    title       TEXT,
    severity    TEXT,
    definition  TEXT NOT NULL,   -- canonical id, when the row itself names it
    status      INTEGER NOT NULL,
    reason      TEXT,
    evidence    TEXT
);

INSERT INTO temp.azure_state
SELECT record_id, snapshot_id, 'policy-state', subject, definition,
       CASE WHEN initiative = '' THEN '' ELSE '/' || trim(lower(initiative), '/') END,
       lower(reference), groups,
       '/' || trim(lower(assignment), '/') || ' ' || lower(reference), at,
       julianday(at), word, NULL, NULL, definition,
       CASE WHEN word = 'compliant' AND compliant IS NOT 'false' THEN 1
            WHEN word = 'noncompliant' AND compliant IS NOT 'true' THEN 2
            WHEN word = 'exempt' THEN 7 ELSE 6 END,
       CASE WHEN word IN ('compliant', 'noncompliant')
                 AND compliant IS CASE word WHEN 'compliant' THEN 'false' ELSE 'true' END
            THEN (SELECT text FROM temp.azure_text WHERE name = 'azure-contradiction')
            WHEN word NOT IN ('compliant', 'noncompliant', 'exempt')
            THEN (SELECT replace(text, '{word}', substr(word, 1, 60)) FROM temp.azure_text
                   WHERE name = 'azure-undecided') END,
       NULL
  FROM (SELECT r.id AS record_id, e.snapshot_id, coalesce(r.scope, r.subject) AS subject,
               '/' || trim(lower(CASE json_type(b.body, '$.policyDefinitionId') WHEN 'text'
                    THEN json_extract(b.body, '$.policyDefinitionId') ELSE '' END), '/') AS definition,
               CASE json_type(b.body, '$.policySetDefinitionId') WHEN 'text'
                    THEN json_extract(b.body, '$.policySetDefinitionId') ELSE '' END AS initiative,
               CASE json_type(b.body, '$.policyDefinitionReferenceId') WHEN 'text'
                    THEN json_extract(b.body, '$.policyDefinitionReferenceId') ELSE '' END AS reference,
               CASE json_type(b.body, '$.policyDefinitionGroupNames') WHEN 'array'
                    THEN lower(json_extract(b.body, '$.policyDefinitionGroupNames')) ELSE '' END AS groups,
               CASE json_type(b.body, '$.policyAssignmentId') WHEN 'text'
                    THEN json_extract(b.body, '$.policyAssignmentId') ELSE '' END AS assignment,
               CASE json_type(b.body, '$.timestamp') WHEN 'text'
                    THEN json_extract(b.body, '$.timestamp') END AS at,
               CASE json_type(b.body, '$.complianceState') WHEN 'text'
                    THEN lower(json_extract(b.body, '$.complianceState')) ELSE '' END AS word,
               json_type(b.body, '$.isCompliant') AS compliant
          FROM evidence e
          CROSS JOIN record r ON r.evidence_id = e.id
          JOIN (SELECT id, CASE WHEN json_valid(body) THEN body ELSE '{}' END AS body FROM record) b
               ON b.id = r.id
         WHERE e.kind IN ('policy-state', 'mixed') AND r.kind = 'policy-state'
           AND (NOT json_valid(r.body)
                OR (json_type(b.body, '$.policyDefinitionId') IS NOT NULL
                    AND json_type(b.body, '$.resourceId') IS NOT NULL)));

-- The same policy, assignment and resource again: the newest row speaks, and names the others. Two
-- of one moment that differ leave it open.
CREATE TEMP TABLE azure_twin AS
SELECT record_id, first_value(record_id) OVER k AS best, row_number() OVER k AS place
  FROM temp.azure_state
 WHERE source = 'policy-state'
   AND (snapshot_id, subject, key, part) IN
       (SELECT snapshot_id, subject, key, part FROM temp.azure_state WHERE source = 'policy-state'
         GROUP BY 1, 2, 3, 4 HAVING count(*) > 1)
WINDOW k AS (PARTITION BY snapshot_id, subject, key, part
             ORDER BY moment DESC NULLS LAST, record_id DESC);
CREATE INDEX temp.azure_twin_best ON azure_twin(best, place);
UPDATE temp.azure_state SET
       evidence = (SELECT json_group_array(record_id) FROM (SELECT t.record_id FROM temp.azure_twin t
                    WHERE t.best = azure_state.record_id AND t.place BETWEEN 2 AND 21 ORDER BY t.place)),
       status = CASE WHEN same THEN status ELSE 6 END,
       reason = CASE WHEN same THEN reason ELSE
                (SELECT text FROM temp.azure_text WHERE name = 'azure-contradiction') END
  FROM (SELECT t.best, count(DISTINCT o.word || ' ' || o.status) = 1 AS same
          FROM temp.azure_twin t JOIN temp.azure_state o ON o.record_id = t.record_id
          JOIN temp.azure_state n ON n.record_id = t.best
         WHERE o.moment IS n.moment GROUP BY t.best) w
 WHERE w.best = azure_state.record_id;
DELETE FROM temp.azure_state WHERE record_id IN
    (SELECT record_id FROM temp.azure_twin WHERE record_id <> best);

-- A definition that a snapshot's own metadata ties to an assessment, with Azure's name and severity.
CREATE TEMP TABLE azure_metadata(snapshot_id INTEGER, assessment TEXT, definition TEXT, severity TEXT, title TEXT,
    PRIMARY KEY(snapshot_id, assessment)) WITHOUT ROWID;
INSERT OR IGNORE INTO temp.azure_metadata
SELECT s.snapshot_id, lower(r.name),
       CASE json_type(r.body, '$.properties.policyDefinitionId') WHEN 'text' THEN
            '/' || trim(lower(json_extract(r.body, '$.properties.policyDefinitionId')), '/') END,
       CASE json_type(r.body, '$.properties.severity') WHEN 'text' THEN
            lower(json_extract(r.body, '$.properties.severity')) END,
       CASE json_type(r.body, '$.properties.displayName') WHEN 'text' THEN
            json_extract(r.body, '$.properties.displayName') END
  FROM record r CROSS JOIN subject s ON s.snapshot_id = (SELECT snapshot_id FROM evidence WHERE id = r.evidence_id)
       AND s.subject = r.subject AND s.record_id = r.id AND s.kind <> 'template-resource'
 WHERE r.type = 'microsoft.security/assessmentmetadata' AND r.name IS NOT NULL AND json_valid(r.body);

INSERT INTO temp.azure_state
SELECT record_id, snapshot_id, 'defender-assessment', subject, key, '', '', '', '', at,
       julianday(at), word, title, severity, definition,
       CASE word WHEN 'healthy' THEN 1 WHEN 'unhealthy' THEN 2 WHEN 'notapplicable' THEN 4 ELSE 6 END,
       CASE WHEN word NOT IN ('healthy', 'unhealthy', 'notapplicable')
            THEN (SELECT replace(text, '{word}', substr(word, 1, 60)) FROM temp.azure_text
                   WHERE name = 'azure-undecided') END,
       NULL
  FROM (SELECT r.id AS record_id, s.snapshot_id,
               coalesce(nullif(substr(r.subject, 1,
                   instr(r.subject, '/providers/microsoft.security/assessments/') - 1), ''), '/') AS subject,
               substr(r.subject, instr(r.subject, '/providers/microsoft.security/assessments/') + 42) AS key,
               CASE json_type(b.body, '$.properties.status.statusChangeDate') WHEN 'text'
                    THEN json_extract(b.body, '$.properties.status.statusChangeDate') END AS at,
               CASE json_type(b.body, '$.properties.status.code') WHEN 'text'
                    THEN lower(json_extract(b.body, '$.properties.status.code')) ELSE '' END AS word,
               CASE json_type(b.body, '$.properties.displayName') WHEN 'text'
                    THEN json_extract(b.body, '$.properties.displayName') END AS title,
               CASE json_type(b.body, '$.properties.metadata.severity') WHEN 'text'
                    THEN lower(json_extract(b.body, '$.properties.metadata.severity')) END AS severity,
               CASE json_type(b.body, '$.properties.metadata.policyDefinitionId') WHEN 'text'
                    THEN '/' || trim(lower(json_extract(b.body, '$.properties.metadata.policyDefinitionId')), '/')
                    ELSE '' END AS definition
          FROM record r
          CROSS JOIN subject s ON s.snapshot_id = (SELECT snapshot_id FROM evidence WHERE id = r.evidence_id)
               AND s.subject = r.subject AND s.record_id = r.id AND s.kind <> 'template-resource'
          JOIN (SELECT id, CASE WHEN json_valid(body) THEN body ELSE '{}' END AS body FROM record) b
               ON b.id = r.id
         WHERE r.type = 'microsoft.security/assessments');

-- A standard's assessment says how many resources passed, not which: its subject is the standard in
-- the subscription. Skipped and Unsupported say that nothing was judged: unknown.
INSERT INTO temp.azure_state
SELECT record_id, snapshot_id, 'regulatory-compliance', substr(id, 1, at_control - 1),
       substr(id, at_standard + 31), '', '', '', '', NULL, NULL, word, title, NULL, '',
       CASE WHEN word = 'passed' AND NOT failed THEN 1 WHEN word = 'failed' THEN 2 ELSE 6 END,
       CASE WHEN word = 'passed' AND failed
            THEN (SELECT text FROM temp.azure_text WHERE name = 'azure-contradiction')
            WHEN word NOT IN ('passed', 'failed')
            THEN (SELECT replace(text, '{word}', substr(word, 1, 60)) FROM temp.azure_text
                   WHERE name = 'azure-undecided') END,
       NULL
  FROM (SELECT r.id AS record_id, s.snapshot_id, r.subject AS id,
               instr(r.subject, '/regulatorycompliancestandards/') AS at_standard,
               instr(r.subject, '/regulatorycompliancecontrols/') AS at_control,
               CASE json_type(b.body, '$.properties.state') WHEN 'text'
                    THEN lower(json_extract(b.body, '$.properties.state')) ELSE '' END AS word,
               coalesce(json_type(b.body, '$.properties.failedResources') IN ('integer', 'real')
                        AND json_extract(b.body, '$.properties.failedResources') > 0, 0) AS failed,
               CASE json_type(b.body, '$.properties.description') WHEN 'text'
                    THEN json_extract(b.body, '$.properties.description') END AS title
          FROM record r
          CROSS JOIN subject s ON s.snapshot_id = (SELECT snapshot_id FROM evidence WHERE id = r.evidence_id)
               AND s.subject = r.subject AND s.record_id = r.id AND s.kind <> 'template-resource'
          JOIN (SELECT id, CASE WHEN json_valid(body) THEN body ELSE '{}' END AS body FROM record) b
               ON b.id = r.id
         WHERE r.type = 'microsoft.security/regulatorycompliancestandards/regulatorycompliancecontrols/regulatorycomplianceassessments'
           AND instr(r.subject, '/regulatorycompliancecontrols/') > instr(r.subject, '/regulatorycompliancestandards/'));

-- What the engagement leaves out (engage_scope.sql) has no findings. What a standard counts is the
-- subscription's. What is left out and not listed yet (only Azure's results speak of it, or it is a
-- subscription or group, which no baseline covers) is listed here: by its record, else by one of them.
CREATE TEMP TABLE azure_out(record_id INTEGER PRIMARY KEY, listed INTEGER, why TEXT NOT NULL);
INSERT INTO temp.azure_out
SELECT s.record_id, coalesce(o.record_id, min(s.record_id) OVER (PARTITION BY o.snapshot_id, o.subject)), o.why
  FROM temp.azure_state s CROSS JOIN temp.engage_out o ON o.snapshot_id = s.snapshot_id
       AND o.subject = CASE s.source WHEN 'regulatory-compliance' THEN coalesce(nullif(substr(s.subject, 1,
           instr(s.subject, '/providers/microsoft.security/') - 1), ''), '/') ELSE s.subject END;
INSERT OR IGNORE INTO scoped_out
SELECT now.run, o.listed, o.why FROM temp.azure_now now CROSS JOIN temp.azure_out o ORDER BY o.record_id;
DELETE FROM temp.azure_state WHERE record_id IN (SELECT record_id FROM temp.azure_out);

-- Kinds of states: what decides the controls. There are few, however many states there are.
CREATE TEMP TABLE azure_kind(id INTEGER PRIMARY KEY, snapshot_id INTEGER, source TEXT, key TEXT, initiative TEXT, reference TEXT,
    groups TEXT, named TEXT, severity TEXT, title TEXT, UNIQUE(snapshot_id, source, key, initiative, reference, groups, named));
INSERT INTO temp.azure_kind(snapshot_id, source, key, initiative, reference, groups, named, severity, title)
SELECT snapshot_id, source, key, initiative, reference, groups, definition, max(severity), max(title)
  FROM temp.azure_state GROUP BY 1, 2, 3, 4, 5, 6, 7 ORDER BY 1, 2, 3, 4, 5, 6, 7;

-- The definitions behind a kind. An assessment has several when the mapping says so.
CREATE TEMP TABLE azure_definition(kind_id INTEGER, definition TEXT, PRIMARY KEY(kind_id, definition)) WITHOUT ROWID;
INSERT OR IGNORE INTO temp.azure_definition
SELECT id, named FROM temp.azure_kind WHERE named <> '' UNION ALL
SELECT k.id, m.definition FROM temp.azure_kind k CROSS JOIN temp.azure_metadata m
    ON m.snapshot_id = k.snapshot_id AND m.assessment = CASE k.source WHEN 'defender-assessment' THEN k.key
       ELSE replace(substr(k.key, instr(k.key, '/regulatorycomplianceassessments/')),
                    '/regulatorycomplianceassessments/', '') END
 WHERE k.source <> 'policy-state' AND k.named = '' AND m.definition IS NOT NULL;
INSERT OR IGNORE INTO temp.azure_definition
SELECT k.id, a.definition FROM temp.azure_kind k CROSS JOIN temp.azure_now now
  JOIN assessment_policy a ON a.mapping_id = now.mapping
       AND a.assessment = CASE k.source WHEN 'defender-assessment' THEN k.key
       ELSE replace(substr(k.key, instr(k.key, '/regulatorycomplianceassessments/')),
                    '/regulatorycomplianceassessments/', '') END
 WHERE k.source <> 'policy-state' AND k.id NOT IN (SELECT kind_id FROM temp.azure_definition);

-- The benchmark's initiatives that the snapshots hold, and what they say of each definition: a null
-- control where they name it under no group of the benchmark's.
CREATE TEMP TABLE azure_member(snapshot_id INTEGER, initiative TEXT, version TEXT, definition TEXT, reference TEXT, control INTEGER);
INSERT INTO temp.azure_member
SELECT i.snapshot_id, i.subject, i.version,
       '/' || trim(lower(json_extract(p.value, '$.policyDefinitionId')), '/'),
       lower(coalesce(json_extract(p.value, '$.policyDefinitionReferenceId'), '')), c.id
  FROM (SELECT s.snapshot_id, s.subject, r.body,
               coalesce(CASE json_type(r.body, '$.properties.version') WHEN 'text'
                   THEN json_extract(r.body, '$.properties.version') END,
                   CASE json_type(r.body, '$.properties.metadata.version') WHEN 'text'
                   THEN json_extract(r.body, '$.properties.metadata.version') END, '') AS version
          FROM subject s JOIN record r ON r.id = s.record_id
         WHERE s.kind = 'policy-set-definition' AND s.complete AND json_valid(r.body)
           AND EXISTS (SELECT 1 FROM temp.azure_now now JOIN policy_group g ON g.mapping_id = now.mapping
                        WHERE instr(lower(r.body), g.prefix) > 0)) i
  JOIN json_each(i.body, '$.properties.policyDefinitions') p
  LEFT JOIN json_each(CASE WHEN p.type = 'object' AND json_type(p.value, '$.groupNames') = 'array'
                           THEN json_extract(p.value, '$.groupNames') ELSE '[null]' END) n
  -- Two benchmarks name their groups alike: the initiative tells which is meant.
  LEFT JOIN temp.azure_initiative b ON b.id = i.subject
  LEFT JOIN temp.azure_control c ON c.name = lower(n.value)
       AND CASE WHEN b.id IS NULL THEN c.first ELSE c.benchmark = b.benchmark END
 WHERE p.type = 'object' AND json_type(p.value, '$.policyDefinitionId') = 'text';
CREATE INDEX temp.azure_member_initiative ON azure_member(snapshot_id, initiative, definition, reference);
CREATE INDEX temp.azure_member_definition ON azure_member(snapshot_id, definition);

-- Who ties a kind to its controls. Each step asks only for kinds that the steps before left open.
CREATE TEMP TABLE azure_claim(kind_id INTEGER, control INTEGER, claim TEXT, PRIMARY KEY(kind_id, control));
CREATE TEMP TABLE azure_open(id INTEGER PRIMARY KEY);
INSERT INTO temp.azure_open SELECT id FROM temp.azure_kind;

-- 1. The benchmark as a regulatory standard names its control itself: LT.2 is LT-2.
INSERT OR IGNORE INTO temp.azure_claim
SELECT k.id, c.id, (SELECT text FROM temp.azure_text WHERE name = 'azure-claim-standard')
  FROM temp.azure_kind k JOIN temp.azure_control c
       ON c.name = c.prefix || replace(substr(substr(k.key, 65), 1,
          instr(substr(k.key, 65), '/') - 1), '.', '-') AND c.first
 WHERE k.source = 'regulatory-compliance'
   AND k.key LIKE 'microsoft-cloud-security-benchmark/regulatorycompliancecontrols/%';
DELETE FROM temp.azure_open WHERE id IN (SELECT kind_id FROM temp.azure_claim);
-- 2. The initiative that the state names, as it stands in the snapshot.
INSERT OR IGNORE INTO temp.azure_claim
SELECT k.id, m.control, replace(replace((SELECT text FROM temp.azure_text
           WHERE name = 'azure-claim-snapshot'), '{initiative}', m.initiative), '{version}', coalesce(nullif(m.version, ''), 'not stated'))
  FROM temp.azure_open o JOIN temp.azure_kind k ON k.id = o.id
  JOIN temp.azure_member m ON m.snapshot_id = k.snapshot_id AND m.initiative = k.initiative
       AND m.definition = k.key
 WHERE k.initiative <> '' AND (k.reference = '' OR m.reference = k.reference)
   AND (m.control IS NOT NULL OR m.initiative IN (SELECT id FROM temp.azure_initiative));
DELETE FROM temp.azure_open WHERE id IN (SELECT kind_id FROM temp.azure_claim);
-- 3. The groups that the state itself names.
INSERT OR IGNORE INTO temp.azure_claim
SELECT k.id, c.id, (SELECT text FROM temp.azure_text WHERE name = 'azure-claim-row')
  FROM temp.azure_open o JOIN temp.azure_kind k ON k.id = o.id
  JOIN json_each(CASE WHEN k.groups = '' THEN '[]' ELSE k.groups END) n
  LEFT JOIN temp.azure_initiative b ON b.id = k.initiative
  JOIN temp.azure_control c ON c.name = n.value
       AND CASE WHEN b.id IS NULL THEN c.first ELSE c.benchmark = b.benchmark END;
DELETE FROM temp.azure_open WHERE id IN (SELECT kind_id FROM temp.azure_claim);
-- 4. Another initiative of the benchmark in the snapshot. That of a preview is asked after all others,
-- and one that is not the benchmark's own last of all: anybody may write one that names its groups, and
-- a state that does not name it owes it nothing.
INSERT OR IGNORE INTO temp.azure_claim
SELECT o.id, m.control, replace(replace((SELECT text FROM temp.azure_text
           WHERE name = 'azure-claim-snapshot'), '{initiative}', m.initiative), '{version}', coalesce(nullif(m.version, ''), 'not stated'))
  FROM temp.azure_open o JOIN temp.azure_kind k ON k.id = o.id
  JOIN temp.azure_definition d ON d.kind_id = o.id
  JOIN temp.azure_member m ON m.snapshot_id = k.snapshot_id AND m.definition = d.definition
 WHERE m.control IS NOT NULL AND m.initiative IN (SELECT id FROM temp.azure_initiative WHERE NOT preview)
 ORDER BY m.initiative;
DELETE FROM temp.azure_open WHERE id IN (SELECT kind_id FROM temp.azure_claim);
-- 5. The mapping: the initiative that the state names; any that is no preview.
CREATE TEMP TABLE azure_rank(kind_id INTEGER PRIMARY KEY, rank INTEGER);
INSERT INTO temp.azure_rank
SELECT o.id, min(CASE WHEN m.initiative = k.initiative THEN 0 WHEN NOT m.preview THEN 1 ELSE 2 END)
  FROM temp.azure_open o JOIN temp.azure_kind k ON k.id = o.id
  JOIN temp.azure_definition d ON d.kind_id = o.id CROSS JOIN temp.azure_now now
  JOIN policy_claim m ON m.mapping_id = now.mapping AND m.definition = d.definition
 WHERE m.control IS NOT NULL GROUP BY o.id;
INSERT OR IGNORE INTO temp.azure_claim
SELECT k.id, m.control, replace(replace((SELECT text FROM temp.azure_text
           WHERE name = 'azure-claim-mapping'), '{path}', m.path), '{version}', m.version)
  FROM temp.azure_rank w JOIN temp.azure_kind k ON k.id = w.kind_id
  JOIN temp.azure_definition d ON d.kind_id = k.id CROSS JOIN temp.azure_now now
  JOIN policy_claim m ON m.mapping_id = now.mapping AND m.definition = d.definition
 WHERE m.control IS NOT NULL
   AND w.rank < 2 AND k.id IN (SELECT id FROM temp.azure_open)
   AND w.rank = CASE WHEN m.initiative = k.initiative THEN 0 WHEN NOT m.preview THEN 1 ELSE 2 END
 ORDER BY m.path;
DELETE FROM temp.azure_open WHERE id IN (SELECT kind_id FROM temp.azure_claim);
-- 6. A preview, in the snapshot or in the mapping; any other initiative in the snapshot.
INSERT OR IGNORE INTO temp.azure_claim
SELECT o.id, m.control, replace(replace((SELECT text FROM temp.azure_text
           WHERE name = 'azure-claim-snapshot'), '{initiative}', m.initiative), '{version}', coalesce(nullif(m.version, ''), 'not stated'))
  FROM temp.azure_open o JOIN temp.azure_kind k ON k.id = o.id
  JOIN temp.azure_definition d ON d.kind_id = o.id
  JOIN temp.azure_member m ON m.snapshot_id = k.snapshot_id AND m.definition = d.definition
 WHERE m.control IS NOT NULL AND m.initiative IN (SELECT id FROM temp.azure_initiative WHERE preview)
 ORDER BY m.initiative;
DELETE FROM temp.azure_open WHERE id IN (SELECT kind_id FROM temp.azure_claim);
INSERT OR IGNORE INTO temp.azure_claim
SELECT k.id, m.control, replace(replace((SELECT text FROM temp.azure_text
           WHERE name = 'azure-claim-mapping'), '{path}', m.path), '{version}', m.version)
  FROM temp.azure_rank w JOIN temp.azure_kind k ON k.id = w.kind_id
  JOIN temp.azure_definition d ON d.kind_id = k.id CROSS JOIN temp.azure_now now
  JOIN policy_claim m ON m.mapping_id = now.mapping AND m.definition = d.definition
 WHERE m.control IS NOT NULL
   AND w.rank = 2 AND k.id IN (SELECT id FROM temp.azure_open)
   AND w.rank = CASE WHEN m.initiative = k.initiative THEN 0 WHEN NOT m.preview THEN 1 ELSE 2 END
 ORDER BY m.path;
DELETE FROM temp.azure_open WHERE id IN (SELECT kind_id FROM temp.azure_claim);
INSERT OR IGNORE INTO temp.azure_claim
SELECT o.id, m.control, replace(replace((SELECT text FROM temp.azure_text
           WHERE name = 'azure-claim-snapshot'), '{initiative}', m.initiative), '{version}', coalesce(nullif(m.version, ''), 'not stated'))
  FROM temp.azure_open o JOIN temp.azure_kind k ON k.id = o.id
  JOIN temp.azure_definition d ON d.kind_id = o.id
  JOIN temp.azure_member m ON m.snapshot_id = k.snapshot_id AND m.definition = d.definition
 WHERE m.control IS NOT NULL
 ORDER BY m.initiative;
DELETE FROM temp.azure_open WHERE id IN (SELECT kind_id FROM temp.azure_claim);
-- A group of the initiative that is no control of the benchmark's adds nothing beside one that is.
DELETE FROM temp.azure_claim WHERE control IS NULL
   AND kind_id IN (SELECT kind_id FROM temp.azure_claim WHERE control IS NOT NULL);
DELETE FROM temp.azure_claim WHERE control IS NULL AND rowid NOT IN
   (SELECT min(rowid) FROM temp.azure_claim WHERE control IS NULL GROUP BY kind_id);
-- 7. Nobody.
INSERT INTO temp.azure_claim
SELECT id, NULL, (SELECT text FROM temp.azure_text WHERE name = 'azure-claim-none') FROM temp.azure_open;

-- What the states speak of, with its type: what follows the last "providers" is namespace/type/name.
CREATE TEMP TABLE azure_subject(snapshot_id INTEGER, subject TEXT, target_id INTEGER, record_id INTEGER, services TEXT,
    PRIMARY KEY(snapshot_id, subject)) WITHOUT ROWID;
INSERT INTO temp.azure_subject(snapshot_id, subject)
SELECT DISTINCT snapshot_id, subject FROM temp.azure_state;
UPDATE temp.azure_subject SET record_id =
    (SELECT record_id FROM subject s WHERE s.snapshot_id = azure_subject.snapshot_id
        AND s.subject = azure_subject.subject);
INSERT INTO target(subject, type)
SELECT a.subject, CASE
       WHEN a.record_id IS NOT NULL THEN (SELECT type FROM record WHERE id = a.record_id)
       WHEN a.subject GLOB '/subscriptions/*' AND a.subject NOT GLOB '/subscriptions/*/*'
       THEN 'microsoft.resources/subscriptions'
       WHEN a.subject GLOB '/subscriptions/*/resourcegroups/*'
            AND a.subject NOT GLOB '/subscriptions/*/resourcegroups/*/*'
       THEN 'microsoft.resources/resourcegroups'
       WHEN instr(a.subject, '/providers/') > 0 AND length(a.subject) < 4096 THEN
       (WITH part AS MATERIALIZED (SELECT key, value FROM json_each(
               '[' || replace(json_quote(substr(a.subject, 2)), '/', '","') || ']'))
        SELECT group_concat(value, '/') FROM (SELECT p.value FROM part p,
               (SELECT max(key) AS at FROM part WHERE value = 'providers') l
         WHERE p.key = l.at + 1 OR (p.key > l.at + 1 AND (p.key - l.at) % 2 = 0) ORDER BY p.key)) END
  FROM (SELECT subject, max(record_id) AS record_id FROM temp.azure_subject GROUP BY subject) a
 WHERE NOT EXISTS (SELECT 1 FROM target t WHERE t.subject = a.subject)
 ORDER BY a.subject;
CREATE INDEX temp.azure_member_record ON member(record_id);
-- The services that assess it, or would if it had been exported: an account can be of two.
UPDATE temp.azure_subject SET
    target_id = (SELECT id FROM target t WHERE t.subject = azure_subject.subject),
    services = coalesce(CASE WHEN record_id IS NOT NULL THEN
        (SELECT group_concat(service_id) FROM (SELECT m.service_id FROM temp.member m
          WHERE m.record_id = azure_subject.record_id AND m.certain <> 0 ORDER BY 1))
      ELSE (SELECT group_concat(service_id) FROM (SELECT m.service_id
              FROM target t JOIN temp.member_type m ON m.type = t.type
             WHERE t.subject = azure_subject.subject ORDER BY 1)) END, '');
DROP INDEX temp.azure_member_record;
CREATE TEMP TABLE azure_class(id INTEGER PRIMARY KEY, services TEXT UNIQUE);
INSERT INTO temp.azure_class(services)
SELECT DISTINCT services FROM temp.azure_subject ORDER BY services;
CREATE TEMP TABLE azure_service(class_id INTEGER, service_id INTEGER, PRIMARY KEY(class_id, service_id)) WITHOUT ROWID;
INSERT INTO temp.azure_service
SELECT c.id, j.value FROM temp.azure_class c JOIN json_each('[' || c.services || ']') j;

-- What was tested.
INSERT INTO policy(run_id, source, key, definition, title, version, severity, claim, observes)
SELECT now.run, k.source, k.key,
       max((SELECT min(d.definition) FROM temp.azure_definition d WHERE d.kind_id = k.id)),
       max(coalesce(
           (SELECT CASE json_type(r.body, '$.properties.displayName') WHEN 'text'
                   THEN json_extract(r.body, '$.properties.displayName') END
              FROM subject s JOIN record r ON r.id = s.record_id
             WHERE s.snapshot_id = k.snapshot_id AND s.subject = k.key AND json_valid(r.body)),
           k.title,
           (SELECT title FROM temp.azure_metadata m WHERE m.snapshot_id = k.snapshot_id AND m.assessment = k.key),
           (SELECT max(title) FROM policy_claim m WHERE m.mapping_id = now.mapping AND m.definition = k.key),
           (SELECT max(title) FROM assessment_policy m WHERE m.mapping_id = now.mapping AND m.assessment = k.key))),
       max((SELECT CASE json_type(r.body, '$.properties.metadata.version') WHEN 'text'
                   THEN json_extract(r.body, '$.properties.metadata.version') END
              FROM subject s JOIN record r ON r.id = s.record_id
             WHERE s.snapshot_id = k.snapshot_id AND s.subject = k.key AND json_valid(r.body))),
       max(CASE k.source WHEN 'policy-state' THEN NULL ELSE coalesce(k.severity,
           (SELECT severity FROM temp.azure_metadata m WHERE m.snapshot_id = k.snapshot_id AND m.assessment = k.key)) END),
       c.claim,
       CASE k.source
         WHEN 'policy-state' THEN '["/complianceState","/timestamp","/policyAssignmentId"]'
         WHEN 'defender-assessment' THEN '["/properties/status/code","/properties/status/cause","/properties/status/statusChangeDate"]'
         ELSE '["/properties/state","/properties/passedResources","/properties/failedResources","/properties/skippedResources"]' END
  FROM temp.azure_now now CROSS JOIN temp.azure_kind k
  JOIN (SELECT DISTINCT kind_id, claim FROM temp.azure_claim) c ON c.kind_id = k.id
 GROUP BY k.source, k.key, c.claim ORDER BY k.source, k.key, c.claim;

-- Each state's kind, subject and services, as numbers.
CREATE TEMP TABLE azure_place(record_id INTEGER PRIMARY KEY, kind_id INTEGER, target_id INTEGER, class_id INTEGER);
INSERT INTO temp.azure_place
SELECT s.record_id, k.id, a.target_id, c.id
  FROM temp.azure_state s
  CROSS JOIN temp.azure_kind k ON k.snapshot_id = s.snapshot_id AND k.source = s.source AND k.key = s.key
       AND k.initiative = s.initiative AND k.reference = s.reference AND k.groups = s.groups
       AND k.named = s.definition
  CROSS JOIN temp.azure_subject a ON a.snapshot_id = s.snapshot_id AND a.subject = s.subject
  CROSS JOIN temp.azure_class c ON c.services = a.services;

-- Tests: what was tested, under one control, in one service. 0 stands for none. Of several services
-- the first counts in which the policy is tied to a feature.
CREATE TEMP TABLE azure_cell(kind_id INTEGER, control INTEGER, class_id INTEGER, policy_id INTEGER,
    feature_id INTEGER, service_id INTEGER, responsibility INTEGER, test_id INTEGER,
    PRIMARY KEY(kind_id, class_id, control)) WITHOUT ROWID;
INSERT INTO temp.azure_cell(kind_id, control, class_id, policy_id)
SELECT c.kind_id, coalesce(c.control, 0), v.class_id, p.id
  FROM temp.azure_now now
  CROSS JOIN (SELECT DISTINCT kind_id, class_id FROM temp.azure_place) v
  JOIN temp.azure_claim c ON c.kind_id = v.kind_id
  JOIN temp.azure_kind k ON k.id = c.kind_id
  JOIN policy p ON p.run_id = now.run AND p.source = k.source AND p.key = k.key AND p.claim = c.claim;
-- Baselines are of one benchmark. A control of another one is the same where id and title are.
CREATE TEMP TABLE azure_alike(control INTEGER, feature_control INTEGER, PRIMARY KEY(control, feature_control)) WITHOUT ROWID;
INSERT INTO temp.azure_alike
SELECT c.id, o.id FROM temp.azure_now now JOIN benchmark b ON b.mapping_id = now.mapping
  JOIN control c ON c.benchmark_id = b.id
  JOIN control o ON o.control_id = c.control_id AND (o.id = c.id OR o.title = c.title)
  JOIN benchmark p ON p.id = o.benchmark_id AND p.mapping_id = now.mapping
 WHERE EXISTS (SELECT 1 FROM feature WHERE control = o.id);
-- The features that a policy tests, too: there may be several, and the first is the finding's.
CREATE TEMP TABLE azure_tie(kind_id INTEGER, class_id INTEGER, control INTEGER, feature_id INTEGER,
    PRIMARY KEY(kind_id, class_id, control, feature_id)) WITHOUT ROWID;
INSERT OR IGNORE INTO temp.azure_tie
SELECT c.kind_id, c.class_id, c.control, fe.id
  FROM temp.azure_now now CROSS JOIN temp.azure_cell c
  JOIN temp.azure_definition d ON d.kind_id = c.kind_id
  JOIN policy_feature f ON f.mapping_id = now.mapping AND f.definition = d.definition
  JOIN feature fe ON fe.id = f.feature_id
  JOIN temp.azure_alike l ON l.control = c.control AND l.feature_control = fe.control
  JOIN temp.azure_service v ON v.class_id = c.class_id AND v.service_id = fe.service_id;
UPDATE temp.azure_cell SET
    feature_id = coalesce((SELECT min(t.feature_id) FROM temp.azure_tie t
       WHERE t.kind_id = azure_cell.kind_id AND t.class_id = azure_cell.class_id
         AND t.control = azure_cell.control), 0),
    -- What does not apply says nothing of who is responsible for what Azure could test.
    responsibility = coalesce((SELECT CASE WHEN count(DISTINCT nullif(fe.responsibility, 4)) <= 1
                                           THEN min(fe.responsibility) END
        FROM temp.azure_alike l JOIN feature fe ON fe.control = l.feature_control
        JOIN temp.azure_service v ON v.service_id = fe.service_id
       WHERE v.class_id = azure_cell.class_id AND l.control = azure_cell.control), 0);
UPDATE temp.azure_cell SET service_id = coalesce(
    (SELECT service_id FROM feature WHERE id = azure_cell.feature_id),
    (SELECT CASE WHEN count(*) = 1 THEN max(service_id) END FROM temp.azure_service v
      WHERE v.class_id = azure_cell.class_id), 0);
CREATE TEMP TABLE azure_test(policy_id INTEGER, control INTEGER, service_id INTEGER, feature_id INTEGER,
    responsibility INTEGER, id INTEGER,
    PRIMARY KEY(policy_id, control, service_id, feature_id, responsibility)) WITHOUT ROWID;
INSERT OR IGNORE INTO temp.azure_test(policy_id, control, service_id, feature_id, responsibility)
SELECT policy_id, control, service_id, feature_id, responsibility FROM temp.azure_cell;
UPDATE temp.azure_test SET id = n.made FROM
    (SELECT t.*, (SELECT coalesce(max(id), 0) FROM test) + row_number() OVER
                (ORDER BY t.policy_id, t.control, t.service_id, t.feature_id, t.responsibility) AS made
       FROM temp.azure_test t) n
 WHERE n.policy_id = azure_test.policy_id AND n.control = azure_test.control
   AND n.service_id = azure_test.service_id AND n.feature_id = azure_test.feature_id
   AND n.responsibility = azure_test.responsibility;
INSERT INTO test(id, run_id, feature_id, source, reason, policy_id, control, service_id, responsibility)
SELECT t.id, now.run, nullif(t.feature_id, 0), p.source,
       replace((SELECT text FROM temp.azure_text WHERE name = 'azure-' || p.source), '{claim}', p.claim),
       p.id, nullif(t.control, 0), nullif(t.service_id, 0), nullif(t.responsibility, 0)
  FROM temp.azure_test t CROSS JOIN temp.azure_now now JOIN policy p ON p.id = t.policy_id
 ORDER BY t.id;
UPDATE temp.azure_cell SET test_id = (SELECT id FROM temp.azure_test t WHERE t.policy_id = azure_cell.policy_id
    AND t.control = azure_cell.control AND t.service_id = azure_cell.service_id
    AND t.feature_id = azure_cell.feature_id AND t.responsibility = azure_cell.responsibility);

INSERT INTO finding(test_id, record_id, status, reason, evidence, target_id, part, stated_at)
SELECT w.test_id, s.record_id, s.status, s.reason, s.evidence, w.target_id, nullif(s.part, ''), s.stated_at
  FROM (SELECT c.test_id, p.record_id, p.target_id FROM temp.azure_place p
          CROSS JOIN temp.azure_cell c ON c.kind_id = p.kind_id AND c.class_id = p.class_id
         ORDER BY 1, 2) w
  CROSS JOIN temp.azure_state s ON s.record_id = w.record_id;
