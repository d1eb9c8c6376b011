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
PRAGMA user_version = 2;
