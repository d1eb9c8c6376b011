-- From version 3 to 4: samples. Afterwards the tables are those of schema.sql.

CREATE TABLE sample(
    id                INTEGER PRIMARY KEY,
    run_id            INTEGER NOT NULL REFERENCES run,
    snapshot_id       INTEGER NOT NULL REFERENCES snapshot,
    benchmark         TEXT NOT NULL,
    control_id        TEXT NOT NULL,
    service           TEXT,             -- null: all
    statuses          TEXT NOT NULL,    -- words with commas, in the order of their codes
    strata            TEXT NOT NULL CHECK(strata IN ('none', 'status', 'subscription')),
    seed              TEXT NOT NULL,
    size              INTEGER NOT NULL, -- as it was asked for
    population        INTEGER NOT NULL, -- findings
    resources         INTEGER NOT NULL, -- subjects that they speak of
    population_sha256 BLOB NOT NULL CHECK(length(population_sha256) = 32),
    method            TEXT NOT NULL,    -- a short stable word
    drawn_at          TEXT NOT NULL,
    drawn_by          TEXT NOT NULL     -- as in the custody log; '': nobody said
) STRICT;
CREATE TABLE sample_stratum(
    sample_id  INTEGER NOT NULL REFERENCES sample,
    ordinal    INTEGER NOT NULL,
    name       TEXT NOT NULL,
    population INTEGER NOT NULL,
    size       INTEGER NOT NULL,
    PRIMARY KEY(sample_id, ordinal)
) STRICT, WITHOUT ROWID;
CREATE TABLE sample_item(
    sample_id  INTEGER NOT NULL REFERENCES sample,
    ordinal    INTEGER NOT NULL, -- the order in which it is shown, from 1
    finding_id TEXT NOT NULL,
    rank       BLOB NOT NULL CHECK(length(rank) = 32), -- SHA-256 of the seed, a newline and the id
    stratum    TEXT NOT NULL,
    status     TEXT NOT NULL,
    service    TEXT,
    tested     TEXT NOT NULL,    -- the feature, or what Azure tested
    source     TEXT NOT NULL,
    subject    TEXT NOT NULL,    -- as written
    PRIMARY KEY(sample_id, ordinal)
) STRICT, WITHOUT ROWID;

PRAGMA user_version = 4;
