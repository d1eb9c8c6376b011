-- The schema of case version 3, as it was: what migrations are tested with. Never changed.
--
-- The tables of a case, version 3. What is enduring comes first; what a map run makes comes after.
-- Triggers and views are in views.sql: they are made anew whenever an older case is migrated, and
-- migrate_N.sql brings the tables of version N-1 to those of version N. Times are RFC 3339 text in
-- UTC.

PRAGMA application_id = 0x45765043; -- "EvPC"
PRAGMA user_version = 3;

-- One state of the tenant, named by its label: collect runs with one label join.
CREATE TABLE snapshot(
    id           INTEGER PRIMARY KEY,
    label        TEXT NOT NULL UNIQUE,
    collected_at TEXT,            -- when the export was made; null when nothing says so
    imported_at  TEXT NOT NULL,
    tool_version TEXT NOT NULL,
    az_version   TEXT,
    period_start TEXT,            -- the period that the evidence is to speak of; null when
    period_end   TEXT,            -- nobody said
    role         TEXT NOT NULL DEFAULT 'tenant' -- 'engagement': no state of the tenant, but the files
        CHECK(role IN ('tenant', 'engagement')) -- of the engagement (below)
) STRICT;

-- Equal bytes are stored once. The row comes when all chunks are there, and seals them.
CREATE TABLE content(
    id     INTEGER PRIMARY KEY,
    sha256 BLOB NOT NULL UNIQUE CHECK(length(sha256) = 32),
    size   INTEGER NOT NULL
) STRICT;

-- Bounded pieces, because one SQLite blob ends at 1 GB. start is the piece's byte offset.
CREATE TABLE chunk(
    id         INTEGER PRIMARY KEY,
    content_id INTEGER NOT NULL,
    start      INTEGER NOT NULL,
    bytes      BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX chunk_place ON chunk(content_id, start);

-- One raw file by its original path. member is its safe name in a package, below the snapshot.
CREATE TABLE evidence(
    id           INTEGER PRIMARY KEY,
    snapshot_id  INTEGER NOT NULL REFERENCES snapshot,
    content_id   INTEGER NOT NULL REFERENCES content,
    path         TEXT NOT NULL,
    member       TEXT NOT NULL,
    kind         TEXT NOT NULL,   -- a record kind, 'mixed', 'empty', 'error' or 'unrecognised'
    encoding     TEXT NOT NULL,   -- utf-8, utf-8-bom, utf-16le, utf-16be, utf-32le, utf-32be,
                                  -- windows-1252, binary
    shape        TEXT NOT NULL,   -- array, page, object, error, several (documents), none
    completeness TEXT NOT NULL CHECK(completeness IN
        ('whole', 'unstated', 'partial', 'summary', 'truncated', 'failed', 'unrecognised')),
    records      INTEGER NOT NULL,
    reason       TEXT,
    note         TEXT,            -- what was done to read it: lines passed over, colours left out
    secrets      INTEGER,         -- how many were found in it; null: nobody looked
    UNIQUE(snapshot_id, path, content_id)
) STRICT;
-- No two members differ in letter case alone: some file systems would make one file of them.
CREATE UNIQUE INDEX evidence_member ON evidence(snapshot_id, lower(member));

-- One JSON object in an evidence file, and where it is.
CREATE TABLE record(
    id           INTEGER PRIMARY KEY,
    evidence_id  INTEGER NOT NULL REFERENCES evidence DEFERRABLE INITIALLY DEFERRED,
    kind         TEXT NOT NULL,   -- a short stable word, from src/collect/shapes.json
    subject      TEXT NOT NULL,   -- canonical ARM id (lower case, one leading slash), or KIND:id
    id_given     TEXT,            -- the id as written
    type         TEXT,            -- ARM type in lower case
    name         TEXT,
    scope        TEXT,            -- canonical id that an extension resource or assignment applies to
    parent       TEXT,            -- canonical id of the resource that a child belongs to
    complete     INTEGER NOT NULL, -- 1: a full object; 0: a summary without its properties
    normalised   INTEGER NOT NULL, -- 1: body was brought to ARM shape; the raw bytes were not
    pointer      TEXT NOT NULL,   -- JSON Pointer (RFC 6901) in the document, '' for the document
    start        INTEGER NOT NULL, -- byte offset in the file
    length       INTEGER NOT NULL, -- bytes
    body         TEXT NOT NULL,   -- JSON in ARM shape, minified
    document     INTEGER NOT NULL DEFAULT 0 -- which document of the file, from 0
) STRICT;
CREATE INDEX record_evidence ON record(evidence_id);
CREATE INDEX record_type ON record(type); -- map finds the resources of a hundred services by it

-- One JSON document of an evidence file (most hold one) and what it says of its own completeness.
CREATE TABLE document(
    id           INTEGER PRIMARY KEY,
    evidence_id  INTEGER NOT NULL REFERENCES evidence DEFERRABLE INITIALLY DEFERRED,
    ordinal      INTEGER NOT NULL, -- from 0, in the file's order
    start        INTEGER NOT NULL, -- byte offset in the file
    length       INTEGER NOT NULL, -- bytes
    kind         TEXT NOT NULL,    -- as evidence.kind
    shape        TEXT NOT NULL,    -- as evidence.shape
    completeness TEXT NOT NULL,    -- as evidence.completeness: what the document alone says
    reason       TEXT,
    records      INTEGER NOT NULL,
    stated       INTEGER,          -- how many rows it says that it holds (count, @odata.count)
    total        INTEGER,          -- how many rows it says that there are (total_records)
    next         TEXT,             -- the nextLink or skip token: more rows follow elsewhere
    context      TEXT,             -- the request that it answers, where it says so
    UNIQUE(evidence_id, ordinal)
) STRICT;

-- A value in an evidence file, or in its name, that is a secret: where it is and of which kind, never
-- what it is. commitment is the HMAC-SHA-256 of its bytes under salt (src/store/secret.h).
CREATE TABLE secret(
    id           INTEGER PRIMARY KEY,
    evidence_id  INTEGER NOT NULL REFERENCES evidence DEFERRABLE INITIALLY DEFERRED,
    place        TEXT NOT NULL CHECK(place IN ('bytes', 'name')),
    kind         TEXT NOT NULL,    -- a stable code, from src/collect/secrets.json
    words        TEXT NOT NULL,    -- the same for people
    pointer      TEXT,             -- JSON Pointer (RFC 6901) of the value that it stands in, if known
    start        INTEGER NOT NULL, -- byte offset in the file, or in its name
    length       INTEGER NOT NULL, -- bytes
    encoding     INTEGER NOT NULL CHECK(encoding IN (0, 1, 2)), -- UTF-8, UTF-16LE, UTF-16BE
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

-- For each subject of a snapshot, the record that speaks for it: those of sound files before those of
-- truncated ones, full objects before summaries, later exports before earlier ones.
CREATE TABLE subject(
    snapshot_id INTEGER NOT NULL REFERENCES snapshot,
    subject     TEXT NOT NULL,
    record_id   INTEGER NOT NULL REFERENCES record DEFERRABLE INITIALLY DEFERRED,
    kind        TEXT NOT NULL,
    complete    INTEGER NOT NULL,
    PRIMARY KEY(snapshot_id, subject)
) STRICT, WITHOUT ROWID;
CREATE INDEX subject_kind ON subject(kind, record_id);
-- While a file is read its records wait for their evidence row, and SQLite then looks for the
-- children of every row that comes: without these two, each would be a walk over the whole table.
CREATE INDEX subject_record ON subject(record_id);
CREATE INDEX evidence_content ON evidence(content_id);

-- What each document says when the other files of its snapshot are read with it, and what says so.
-- Derived: made anew for the snapshot at the end of every collect. Older evidence has no row.
CREATE TABLE ledger(
    evidence_id  INTEGER NOT NULL REFERENCES evidence DEFERRABLE INITIALLY DEFERRED,
    document     INTEGER NOT NULL, -- ordinal; -1: the file as a whole
    completeness TEXT NOT NULL,    -- as evidence.completeness
    says         TEXT NOT NULL,    -- what says so
    command      TEXT,             -- of a file: the az command that printed it, where that is known,
    kind         TEXT,             -- the kind that this command lists,
    subject      TEXT,             -- and the canonical id that it was asked about
    PRIMARY KEY(evidence_id, document)
) STRICT, WITHOUT ROWID;
-- What an auditor should know of a snapshot as a whole. Derived, as ledger is.
CREATE TABLE ledger_note(
    id          INTEGER PRIMARY KEY,
    snapshot_id INTEGER NOT NULL REFERENCES snapshot,
    code        TEXT NOT NULL,     -- a short stable word
    subject     TEXT,              -- the id that it is about, as written
    text        TEXT NOT NULL,
    evidence    TEXT NOT NULL,     -- JSON array of at most ten evidence ids
    command     TEXT               -- the command that would close it
) STRICT;
CREATE INDEX ledger_note_snapshot ON ledger_note(snapshot_id, code);
-- Two complete records of one subject in a snapshot that differ. Derived, as ledger is.
CREATE TABLE dispute(
    snapshot_id INTEGER NOT NULL REFERENCES snapshot,
    record_id   INTEGER NOT NULL,  -- the one that speaks for the subject
    other_id    INTEGER NOT NULL,
    newer_id    INTEGER,           -- which of them is newer, when something says so
    members     TEXT NOT NULL,     -- what differs: JSON Pointers, separated by ', '
    PRIMARY KEY(record_id, other_id)
) STRICT, WITHOUT ROWID;

-- What the preparer decided: client, scope, parameters, exceptions, attestations (store/engagement.h).
-- The files are evidence of the one snapshot with role 'engagement'. Every version that was given
-- stays; the newest row holds.
CREATE TABLE engagement(
    id          INTEGER PRIMARY KEY,
    imported_at TEXT NOT NULL,
    evidence_id INTEGER NOT NULL REFERENCES evidence -- the engagement file itself
) STRICT;
-- Every file that it names, itself included.
CREATE TABLE engagement_file(
    engagement_id INTEGER NOT NULL REFERENCES engagement,
    evidence_id   INTEGER NOT NULL REFERENCES evidence,
    role          TEXT NOT NULL CHECK(role IN
        ('engagement', 'exceptions', 'attestations', 'assurance', 'attested')),
    PRIMARY KEY(engagement_id, evidence_id, role)
) STRICT, WITHOUT ROWID;
CREATE INDEX engagement_evidence ON engagement(evidence_id);
CREATE INDEX engagement_file_evidence ON engagement_file(evidence_id);

-- Who did what when. sha256 is that of line, which holds the sha256 of the line before it.
CREATE TABLE custody_event(
    id     INTEGER PRIMARY KEY,
    line   TEXT NOT NULL,         -- one JSON object, as it goes into custody-log.jsonl
    sha256 BLOB NOT NULL CHECK(length(sha256) = 32)
) STRICT;

-- The mapping that was used, with its digest and its files, so that a package can carry it.
CREATE TABLE mapping(
    id        INTEGER PRIMARY KEY,
    sha256    BLOB NOT NULL UNIQUE CHECK(length(sha256) = 32),
    origin    TEXT NOT NULL       -- 'built-in', or the folder's name
) STRICT;
CREATE TABLE mapping_file(
    mapping_id INTEGER NOT NULL REFERENCES mapping,
    path       TEXT NOT NULL,
    bytes      BLOB NOT NULL,
    PRIMARY KEY(mapping_id, path)
) STRICT;
CREATE TABLE benchmark(
    id         INTEGER PRIMARY KEY,
    mapping_id INTEGER NOT NULL REFERENCES mapping,
    slug       TEXT NOT NULL,     -- mcsb-v1
    title      TEXT NOT NULL,
    source     TEXT NOT NULL,
    source_date TEXT NOT NULL,
    preview    INTEGER NOT NULL DEFAULT 0, -- 1: it may change, and may be incomplete
    UNIQUE(mapping_id, slug)
) STRICT;
CREATE TABLE control(
    id           INTEGER PRIMARY KEY,
    benchmark_id INTEGER NOT NULL REFERENCES benchmark,
    ordinal      INTEGER NOT NULL,
    control_id   TEXT NOT NULL,   -- NS-2
    domain       TEXT NOT NULL,
    title        TEXT NOT NULL,
    objective    TEXT,            -- in our own words
    UNIQUE(benchmark_id, control_id)
) STRICT;
CREATE TABLE crosswalk(
    control_id INTEGER NOT NULL REFERENCES control,
    framework  TEXT NOT NULL,     -- cis-v7.1, cis-v8, nist-800-53-r4, pci-dss-3.2.1
    ordinal    INTEGER NOT NULL,
    ref        TEXT NOT NULL,
    PRIMARY KEY(control_id, framework, ordinal)
) STRICT, WITHOUT ROWID;
CREATE TABLE service(
    id          INTEGER PRIMARY KEY,
    mapping_id  INTEGER NOT NULL REFERENCES mapping,
    slug        TEXT NOT NULL,    -- azure-openai
    title       TEXT NOT NULL,
    source      TEXT NOT NULL,
    source_date TEXT NOT NULL,    -- the published baseline's date
    profile     TEXT NOT NULL,    -- JSON object: attribute -> value
    subjects    TEXT NOT NULL,    -- the SELECT that names its subjects
    UNIQUE(mapping_id, slug)
) STRICT;
CREATE TABLE rule(
    id         INTEGER PRIMARY KEY,
    mapping_id INTEGER NOT NULL REFERENCES mapping,
    rule_id    TEXT NOT NULL,
    version    TEXT NOT NULL,
    title      TEXT NOT NULL,
    severity   TEXT,
    tests      TEXT NOT NULL,     -- the exact property tested, in words
    absent     TEXT NOT NULL,     -- what absence means, and why
    observes   TEXT NOT NULL,     -- JSON array of pointers into the subject's body
    sql        TEXT NOT NULL,
    path       TEXT NOT NULL,
    UNIQUE(mapping_id, rule_id)
) STRICT;
CREATE TABLE feature(
    id             INTEGER PRIMARY KEY,
    service_id     INTEGER NOT NULL REFERENCES service,
    ordinal        INTEGER NOT NULL, -- the published order
    name           TEXT NOT NULL,    -- the published name
    control        INTEGER NOT NULL REFERENCES control,
    published_control_id TEXT NOT NULL,
    supported      TEXT NOT NULL CHECK(supported IN ('true', 'false', 'notapplicable')),
    enabled_by_default TEXT NOT NULL CHECK(enabled_by_default IN ('true', 'false', 'notapplicable')),
    responsibility INTEGER NOT NULL REFERENCES responsibility,
    rule_id        INTEGER REFERENCES rule,
    guidance       TEXT,             -- for manual findings: what to look at
    UNIQUE(service_id, ordinal),
    UNIQUE(service_id, control, name) -- a finding's id is made of them
) STRICT;
CREATE TABLE parameter_value(
    mapping_id INTEGER NOT NULL REFERENCES mapping,
    name       TEXT NOT NULL,
    value      TEXT NOT NULL,
    PRIMARY KEY(mapping_id, name)
) STRICT, WITHOUT ROWID;
-- A kind of evidence that a rule can need, and the az command that supplies it.
CREATE TABLE need(
    id         INTEGER PRIMARY KEY,
    mapping_id INTEGER NOT NULL REFERENCES mapping,
    kind       TEXT NOT NULL,
    what       TEXT NOT NULL,     -- in words
    command    TEXT NOT NULL,     -- with {id}, {name}, {group}, {subscription}
    UNIQUE(mapping_id, kind)
) STRICT;

-- Which controls a policy definition speaks to, as an initiative of the mapping says (policies/). A
-- row with no control: the initiative's control is none of the benchmark's.
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
-- How an initiative names its groups: what comes before a control's id.
CREATE TABLE policy_group(
    mapping_id   INTEGER NOT NULL REFERENCES mapping,
    prefix       TEXT NOT NULL,   -- lower case
    benchmark_id INTEGER NOT NULL REFERENCES benchmark,
    PRIMARY KEY(mapping_id, prefix, benchmark_id)
) STRICT, WITHOUT ROWID;
-- Which policy definition a Defender assessment belongs to.
CREATE TABLE assessment_policy(
    mapping_id INTEGER NOT NULL REFERENCES mapping,
    assessment TEXT NOT NULL,     -- the assessment's type: a GUID, lower case
    definition TEXT NOT NULL,     -- canonical id
    severity   TEXT,              -- lower case
    title      TEXT,
    PRIMARY KEY(mapping_id, assessment, definition)
) STRICT, WITHOUT ROWID;
-- The feature that a policy definition tests, too: the headers of rules, and policies/features.json.
CREATE TABLE policy_feature(
    mapping_id INTEGER NOT NULL REFERENCES mapping,
    definition TEXT NOT NULL,     -- canonical id
    feature_id INTEGER NOT NULL REFERENCES feature,
    why        TEXT NOT NULL,     -- where the tie comes from
    PRIMARY KEY(mapping_id, definition, feature_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE status(code INTEGER PRIMARY KEY, word TEXT NOT NULL UNIQUE) STRICT;
INSERT INTO status VALUES (1, 'pass'), (2, 'fail'), (3, 'inherited'), (4, 'notapplicable'),
                          (5, 'manual'), (6, 'unknown'), (7, 'exempt'), (8, 'error');
CREATE TABLE responsibility(code INTEGER PRIMARY KEY, word TEXT NOT NULL UNIQUE) STRICT;
INSERT INTO responsibility VALUES (1, 'customer'), (2, 'microsoft'), (3, 'shared'),
                                  (4, 'notapplicable');

-- One map run. Old runs stay; reports read the newest.
CREATE TABLE run(
    id           INTEGER PRIMARY KEY,
    mapping_id   INTEGER NOT NULL REFERENCES mapping,
    evaluated_at TEXT NOT NULL,
    tool_version TEXT NOT NULL,
    evidence     INTEGER NOT NULL, -- the newest evidence id that this run saw
    engagement_id INTEGER REFERENCES engagement -- the one that held; null: none
) STRICT;
-- The parameters that the run used: the mapping's, or what the engagement chose.
CREATE TABLE run_parameter(
    run_id  INTEGER NOT NULL REFERENCES run,
    name    TEXT NOT NULL,
    value   TEXT NOT NULL,
    chosen  INTEGER NOT NULL,     -- 1: by the engagement
    PRIMARY KEY(run_id, name)
) STRICT, WITHOUT ROWID;
-- Resources that the engagement leaves out: they have no findings, and are listed with the reason.
CREATE TABLE scoped_out(
    run_id    INTEGER NOT NULL REFERENCES run,
    record_id INTEGER NOT NULL,
    why       TEXT NOT NULL,      -- one sentence that names the line of the engagement
    PRIMARY KEY(run_id, record_id)
) STRICT, WITHOUT ROWID;
-- Resources whose tags nothing says while a tag decides: they stay in scope.
CREATE TABLE scope_open(
    run_id    INTEGER NOT NULL REFERENCES run,
    record_id INTEGER NOT NULL,
    why       TEXT NOT NULL,
    PRIMARY KEY(run_id, record_id)
) STRICT, WITHOUT ROWID;
-- What Azure tested: a policy definition, a Defender assessment, an assessment of a standard.
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
-- What Azure's findings are about, whether or not a record of it was exported.
CREATE TABLE target(
    id      INTEGER PRIMARY KEY,
    subject TEXT NOT NULL UNIQUE, -- canonical id
    type    TEXT                  -- ARM type in lower case
) STRICT;
-- One test of a run: a feature of a service, under a rule or under the baseline alone; or what Azure
-- tested, under one control (or none) in one service (or none). control, service_id and
-- responsibility are null where the feature says them: the view `tested` has them for all. Neither
-- feature nor policy: about the engagement's own files, or an exemption of Azure's.
CREATE TABLE test(
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
CREATE INDEX test_run ON test(run_id);
CREATE UNIQUE INDEX test_feature ON test(run_id, feature_id, source) WHERE policy_id IS NULL;
-- One statement about one subject. Everything that a test's findings share is in test.
CREATE TABLE finding(
    test_id   INTEGER NOT NULL,
    record_id INTEGER NOT NULL,   -- the subject's record; with a target: the record that says it
    status    INTEGER NOT NULL,
    reason    TEXT,
    need      TEXT,               -- the kind of evidence that is missing
    evidence  TEXT,               -- JSON array: record ids, {record, pointer, value}, or {file}: an
                                  -- evidence id, for a file as a whole
    target_id INTEGER,            -- the subject of a finding that Azure made
    part      TEXT,               -- tells several of one policy and subject apart: the assignment
    stated_at TEXT,               -- when Azure evaluated, as it wrote it
    raw       INTEGER,            -- the status before an exception or attestation; null: as status
    decided   INTEGER,            -- the record of the exception, exemption or attestation that decided
    PRIMARY KEY(test_id, record_id)
) STRICT, WITHOUT ROWID;
-- What became of each exception, attestation and exemption of Azure's in a run (map/decide.sql,
-- map/azure_exempt.sql). Times are as written.
CREATE TABLE decision(
    run_id     INTEGER NOT NULL REFERENCES run,
    record_id  INTEGER NOT NULL,
    kind       TEXT NOT NULL CHECK(kind IN ('exception', 'exemption', 'attestation')),
    key        TEXT NOT NULL,     -- its id; of an exemption the ARM id
    scope      TEXT NOT NULL,     -- where it holds, in words
    covers     TEXT NOT NULL,     -- which control, rule, feature or policy it names, in words
    who        TEXT,              -- the approver, or the reviewer with the role
    owner      TEXT,
    why        TEXT,              -- the reason, or what was looked at
    ticket     TEXT,
    since      TEXT,              -- granted, or reviewed
    until      TEXT,              -- null: without an end
    conclusion TEXT,              -- of an attestation; of an exemption the category
    state      TEXT NOT NULL CHECK(state IN
        ('expired', 'not-yet', 'unreadable', 'older', 'unmatched', 'in-force')),
    matched    INTEGER NOT NULL,  -- findings that it speaks of
    decided    INTEGER NOT NULL,  -- those that it decided
    note       TEXT,              -- what there is to know of it beside that
    PRIMARY KEY(run_id, record_id)
) STRICT, WITHOUT ROWID;
-- Where our rule, a policy state and an assessment could speak of one thing: what each said. A topic
-- is a feature that a rule decides, else a policy definition. *_status: the status code, 0 when its
-- statements differ; null when it said nothing. *_test and *_record name the finding that is shown.
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
