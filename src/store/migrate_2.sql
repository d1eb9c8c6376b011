-- From version 1 to version 2: what a file says of its own completeness, document by document, and
-- how it was read. Older evidence has no rows in document; its own completeness still stands.

ALTER TABLE evidence ADD COLUMN note TEXT;
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
