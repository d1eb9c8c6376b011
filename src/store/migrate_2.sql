-- From version 1 to version 2: what a file says of its own completeness, document by document, and
-- how it was read. Older evidence has no rows in document; its own completeness still stands. Nobody
-- looked for secrets in it: evidence.secrets is null.

ALTER TABLE evidence ADD COLUMN note TEXT;
ALTER TABLE evidence ADD COLUMN secrets INTEGER;
ALTER TABLE record ADD COLUMN document INTEGER NOT NULL DEFAULT 0;
CREATE TABLE document(
    id           INTEGER PRIMARY KEY,
    evidence_id  INTEGER NOT NULL REFERENCES evidence DEFERRABLE INITIALLY DEFERRED,
    ordinal      INTEGER NOT NULL,
    start        INTEGER NOT NULL,
    length       INTEGER NOT NULL,
    kind         TEXT NOT NULL,
    shape        TEXT NOT NULL,
    completeness TEXT NOT NULL,
    reason       TEXT,
    records      INTEGER NOT NULL,
    stated       INTEGER,
    total        INTEGER,
    next         TEXT,
    context      TEXT,
    UNIQUE(evidence_id, ordinal)
) STRICT;
CREATE INDEX subject_record ON subject(record_id);
CREATE INDEX evidence_content ON evidence(content_id);
ALTER TABLE snapshot ADD COLUMN period_start TEXT;
ALTER TABLE snapshot ADD COLUMN period_end TEXT;
CREATE TABLE ledger(
    evidence_id  INTEGER NOT NULL REFERENCES evidence DEFERRABLE INITIALLY DEFERRED,
    document     INTEGER NOT NULL,
    completeness TEXT NOT NULL,
    says         TEXT NOT NULL,
    command      TEXT,
    kind         TEXT,
    subject      TEXT,
    PRIMARY KEY(evidence_id, document)
) STRICT, WITHOUT ROWID;
CREATE TABLE ledger_note(
    id          INTEGER PRIMARY KEY,
    snapshot_id INTEGER NOT NULL REFERENCES snapshot,
    code        TEXT NOT NULL,
    subject     TEXT,
    text        TEXT NOT NULL,
    evidence    TEXT NOT NULL,
    command     TEXT
) STRICT;
CREATE INDEX ledger_note_snapshot ON ledger_note(snapshot_id, code);
CREATE TABLE dispute(
    snapshot_id INTEGER NOT NULL REFERENCES snapshot,
    record_id   INTEGER NOT NULL,
    other_id    INTEGER NOT NULL,
    newer_id    INTEGER,
    members     TEXT NOT NULL,
    PRIMARY KEY(record_id, other_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE secret(
    id           INTEGER PRIMARY KEY,
    evidence_id  INTEGER NOT NULL REFERENCES evidence DEFERRABLE INITIALLY DEFERRED,
    place        TEXT NOT NULL CHECK(place IN ('bytes', 'name')),
    kind         TEXT NOT NULL,
    words        TEXT NOT NULL,
    pointer      TEXT,
    start        INTEGER NOT NULL,
    length       INTEGER NOT NULL,
    encoding     INTEGER NOT NULL CHECK(encoding IN (0, 1, 2)),
    salt         BLOB NOT NULL CHECK(length(salt) = 32),
    commitment   BLOB NOT NULL CHECK(length(commitment) = 32)
) STRICT;
CREATE INDEX secret_evidence ON secret(evidence_id, start);
-- What a ledger of an export says of its commands (store/collection.h), a row a line. evidence_id is
-- the ledger, output_id the file that the line vouches for. A row is derived from the ledger's bytes.
CREATE TABLE collection(
    id           INTEGER PRIMARY KEY,
    snapshot_id  INTEGER NOT NULL REFERENCES snapshot,
    evidence_id  INTEGER NOT NULL REFERENCES evidence,
    line         INTEGER NOT NULL, -- from 1
    plan         TEXT,             -- the command's id in plan.json
    kind         TEXT,             -- what the command lists or shows
    subject      TEXT,             -- canonical ARM id of what it was asked about; NULL: the tenant
    page         INTEGER NOT NULL, -- from 1; 0: not paged
    command      TEXT NOT NULL,
    arguments    TEXT NOT NULL,    -- JSON array of strings
    file         TEXT,             -- relative to the ledger's folder
    sha256       TEXT,             -- hex, as the ledger states it
    started      TEXT NOT NULL,
    ended        TEXT NOT NULL,
    exit_code    INTEGER,          -- NULL: not run
    error        TEXT,             -- what az said on standard error, also when it ended well
    permission   TEXT,             -- what was lacking, when az names it
    az_version   TEXT,
    account      TEXT,
    tenant       TEXT,
    subscription TEXT,
    note         TEXT,
    state        TEXT NOT NULL CHECK(state IN ('vouched', 'changed', 'missing', 'failed', 'none')),
    output_id    INTEGER REFERENCES evidence,
    UNIQUE(evidence_id, line)
) STRICT;
CREATE INDEX collection_output ON collection(output_id);
CREATE INDEX record_type ON record(type);
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
    PRIMARY KEY(mapping_id, prefix)
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
    CHECK(feature_id IS NOT NULL OR policy_id IS NOT NULL)
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
PRAGMA user_version = 2;
