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
PRAGMA user_version = 2;
