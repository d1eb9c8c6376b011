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
PRAGMA user_version = 2;
