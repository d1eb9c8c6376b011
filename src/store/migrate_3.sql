-- From version 2 to 3: findings that Azure made, and the engagement. Afterwards the tables are those
-- of schema.sql.

-- Findings that Azure made: they need no feature, and their subject needs no record.
CREATE TABLE policy_claim(
    mapping_id INTEGER NOT NULL REFERENCES mapping,
    definition TEXT NOT NULL,     -- canonical id
    initiative TEXT NOT NULL,     -- canonical id
    version    TEXT NOT NULL,     -- the initiative's
    reference  TEXT,              -- its name for the policy
    title      TEXT,
    policy_version TEXT,
    effect     TEXT,              -- by default, in the initiative
    path       TEXT NOT NULL,     -- the mapping's file
    preview    INTEGER NOT NULL,  -- 1: asked only when no other file claims the policy
    control    INTEGER REFERENCES control
) STRICT;
CREATE INDEX policy_claim_definition ON policy_claim(mapping_id, definition);
CREATE TABLE policy_group(
    mapping_id   INTEGER NOT NULL REFERENCES mapping,
    prefix       TEXT NOT NULL,   -- lower case
    benchmark_id INTEGER NOT NULL REFERENCES benchmark,
    PRIMARY KEY(mapping_id, prefix, benchmark_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE assessment_policy(
    mapping_id INTEGER NOT NULL REFERENCES mapping,
    assessment TEXT NOT NULL,     -- the assessment's type: a GUID, lower case
    definition TEXT NOT NULL,     -- canonical id
    severity   TEXT,              -- lower case
    title      TEXT,
    PRIMARY KEY(mapping_id, assessment, definition)
) STRICT, WITHOUT ROWID;
CREATE TABLE policy_feature(
    mapping_id INTEGER NOT NULL REFERENCES mapping,
    definition TEXT NOT NULL,     -- canonical id
    feature_id INTEGER NOT NULL REFERENCES feature,
    why        TEXT NOT NULL,     -- where the tie comes from
    PRIMARY KEY(mapping_id, definition, feature_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE policy(
    id         INTEGER PRIMARY KEY,
    run_id     INTEGER NOT NULL REFERENCES run,
    source     TEXT NOT NULL,
    key        TEXT NOT NULL,     -- the definition's canonical id, or the assessment's type
    definition TEXT,              -- canonical id of the policy definition behind it, if known
    title      TEXT,
    version    TEXT,
    severity   TEXT,              -- Azure's own word, lower case
    claim      TEXT NOT NULL,     -- who ties it to its controls
    observes   TEXT NOT NULL,     -- JSON array of pointers into the record that says it
    UNIQUE(run_id, source, key, claim)
) STRICT;
CREATE TABLE target(
    id      INTEGER PRIMARY KEY,
    subject TEXT NOT NULL UNIQUE, -- canonical id
    type    TEXT                  -- ARM type in lower case
) STRICT;
CREATE TABLE test_2(
    id         INTEGER PRIMARY KEY,
    run_id     INTEGER NOT NULL REFERENCES run,
    feature_id INTEGER REFERENCES feature,
    rule_id    INTEGER REFERENCES rule,
    source     TEXT NOT NULL CHECK(source IN ('baseline', 'rule', 'policy-state',
        'policy-evaluation', 'defender-assessment', 'regulatory-compliance', 'attestation',
        'exception')),
    reason     TEXT,              -- for findings without a reason of their own
    policy_id  INTEGER REFERENCES policy,
    control    INTEGER REFERENCES control,
    service_id INTEGER REFERENCES service,
    responsibility INTEGER REFERENCES responsibility,
    CHECK(feature_id IS NOT NULL OR policy_id IS NOT NULL
          OR source IN ('exception', 'attestation'))
) STRICT;
INSERT INTO test_2(id, run_id, feature_id, rule_id, source, reason)
SELECT id, run_id, feature_id, rule_id, source, reason FROM test;
DROP TABLE test;
ALTER TABLE test_2 RENAME TO test;
CREATE INDEX test_run ON test(run_id);
CREATE UNIQUE INDEX test_feature ON test(run_id, feature_id, source) WHERE policy_id IS NULL;
ALTER TABLE finding ADD COLUMN target_id INTEGER;
ALTER TABLE finding ADD COLUMN part TEXT;
ALTER TABLE finding ADD COLUMN stated_at TEXT;
CREATE TABLE reconciled(
    id                INTEGER PRIMARY KEY,
    run_id            INTEGER NOT NULL REFERENCES run,
    snapshot_id       INTEGER NOT NULL REFERENCES snapshot,
    target_id         INTEGER NOT NULL REFERENCES target,
    control           INTEGER REFERENCES control,
    feature_id        INTEGER REFERENCES feature,
    definition        TEXT,
    title             TEXT,
    verdict           TEXT NOT NULL CHECK(verdict IN
        ('agree', 'disagree', 'rule-only', 'policy-only', 'assessment-only', 'undecided')),
    rule_status       INTEGER, rule_test INTEGER, rule_record INTEGER,
    policy_status     INTEGER, policy_test INTEGER, policy_record INTEGER, policy_at TEXT,
    assessment_status INTEGER, assessment_test INTEGER, assessment_record INTEGER,
    assessment_at     TEXT
) STRICT;
CREATE INDEX reconciled_run ON reconciled(run_id, verdict);

-- The engagement, and what it decides.
ALTER TABLE snapshot ADD COLUMN role TEXT NOT NULL DEFAULT 'tenant'
    CHECK(role IN ('tenant', 'engagement'));
CREATE TABLE engagement(
    id          INTEGER PRIMARY KEY,
    imported_at TEXT NOT NULL,
    evidence_id INTEGER NOT NULL REFERENCES evidence
) STRICT;
CREATE TABLE engagement_file(
    engagement_id INTEGER NOT NULL REFERENCES engagement,
    evidence_id   INTEGER NOT NULL REFERENCES evidence,
    role          TEXT NOT NULL CHECK(role IN
        ('engagement', 'exceptions', 'attestations', 'assurance', 'attested')),
    PRIMARY KEY(engagement_id, evidence_id, role)
) STRICT, WITHOUT ROWID;
CREATE INDEX engagement_evidence ON engagement(evidence_id);
CREATE INDEX engagement_file_evidence ON engagement_file(evidence_id);
ALTER TABLE run ADD COLUMN engagement_id INTEGER REFERENCES engagement;
CREATE TABLE run_parameter(
    run_id  INTEGER NOT NULL REFERENCES run,
    name    TEXT NOT NULL,
    value   TEXT NOT NULL,
    chosen  INTEGER NOT NULL,
    PRIMARY KEY(run_id, name)
) STRICT, WITHOUT ROWID;
INSERT INTO run_parameter(run_id, name, value, chosen)
SELECT r.id, p.name, p.value, 0 FROM run r JOIN parameter_value p ON p.mapping_id = r.mapping_id;
CREATE TABLE scoped_out(
    run_id    INTEGER NOT NULL REFERENCES run,
    record_id INTEGER NOT NULL,
    why       TEXT NOT NULL,
    PRIMARY KEY(run_id, record_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE scope_open(
    run_id    INTEGER NOT NULL REFERENCES run,
    record_id INTEGER NOT NULL,
    why       TEXT NOT NULL,
    PRIMARY KEY(run_id, record_id)
) STRICT, WITHOUT ROWID;
ALTER TABLE benchmark ADD COLUMN preview INTEGER NOT NULL DEFAULT 0;
ALTER TABLE finding ADD COLUMN raw INTEGER;
ALTER TABLE finding ADD COLUMN decided INTEGER;
CREATE TABLE decision(
    run_id     INTEGER NOT NULL REFERENCES run,
    record_id  INTEGER NOT NULL,
    kind       TEXT NOT NULL CHECK(kind IN ('exception', 'exemption', 'attestation')),
    key        TEXT NOT NULL,
    scope      TEXT NOT NULL,
    covers     TEXT NOT NULL,
    who        TEXT,
    owner      TEXT,
    why        TEXT,
    ticket     TEXT,
    since      TEXT,
    until      TEXT,
    conclusion TEXT,
    state      TEXT NOT NULL CHECK(state IN
        ('expired', 'not-yet', 'unreadable', 'older', 'unmatched', 'in-force')),
    matched    INTEGER NOT NULL,
    decided    INTEGER NOT NULL,
    note       TEXT,
    PRIMARY KEY(run_id, record_id)
) STRICT, WITHOUT ROWID;

PRAGMA user_version = 3;
