-- The tables of a comparison (src/store/drift.h), in a database that has nothing else. Texts that are
-- not there are '' where they are part of a key.
CREATE TEMP TABLE drift_control(
    id         INTEGER PRIMARY KEY,
    benchmark  TEXT NOT NULL,
    control_id TEXT NOT NULL,
    ordinal    INTEGER NOT NULL, -- 0: not known
    word       TEXT NOT NULL,    -- NS of NS-2
    number     INTEGER NOT NULL, -- 2 of NS-2
    UNIQUE(benchmark, control_id)
);
CREATE TEMP TABLE drift_test(
    id      INTEGER PRIMARY KEY,
    control INTEGER NOT NULL,
    service TEXT NOT NULL,
    feature TEXT NOT NULL,
    rule    TEXT NOT NULL,
    source  TEXT NOT NULL,
    title   TEXT,
    UNIQUE(control, service, feature, rule, source)
);
CREATE TEMP TABLE drift_version(
    test    INTEGER NOT NULL,
    side    INTEGER NOT NULL,
    version TEXT,
    PRIMARY KEY(test, side)
) WITHOUT ROWID;
CREATE TEMP TABLE drift_subject(
    id     INTEGER PRIMARY KEY,
    key    TEXT NOT NULL UNIQUE,
    given  TEXT NOT NULL,
    type   TEXT,
    kind   TEXT,
    parent TEXT,
    scope  TEXT
);
CREATE INDEX temp.drift_subject_given ON drift_subject(given);
-- While a case is read: whose each record of a finding is. side -1: of no side.
CREATE TEMP TABLE drift_record(
    record  INTEGER NOT NULL,
    target  INTEGER NOT NULL,
    subject INTEGER NOT NULL,
    side    INTEGER NOT NULL,
    PRIMARY KEY(record, target)
) WITHOUT ROWID;
-- Subjects without an id of their own. They are named after where they stand, so that the same one has
-- another name when the export's folder has: subject is the one of drift_subject that it is taken for.
CREATE TEMP TABLE drift_nameless(
    side    INTEGER NOT NULL,
    key     TEXT NOT NULL,
    subject INTEGER NOT NULL,
    kind    TEXT NOT NULL,
    path    TEXT NOT NULL,
    pointer TEXT NOT NULL,
    PRIMARY KEY(side, key)
) WITHOUT ROWID;
CREATE INDEX temp.drift_nameless_subject ON drift_nameless(subject, side);
CREATE TEMP TABLE drift_there(
    side    INTEGER NOT NULL,
    subject INTEGER NOT NULL,
    PRIMARY KEY(side, subject)
) WITHOUT ROWID;
-- The sides of one finding lie side by side.
CREATE TEMP TABLE drift_finding(
    test    INTEGER NOT NULL,
    subject INTEGER NOT NULL,
    part    TEXT NOT NULL,
    side    INTEGER NOT NULL,
    status  INTEGER NOT NULL,
    raw     INTEGER NOT NULL,
    PRIMARY KEY(test, subject, part, side)
) WITHOUT ROWID;
CREATE TEMP TABLE drift_stood( -- how many findings of a test have which status
    test   INTEGER NOT NULL,
    side   INTEGER NOT NULL,
    status INTEGER NOT NULL,
    n      INTEGER NOT NULL,
    PRIMARY KEY(test, side, status)
) WITHOUT ROWID;
CREATE TEMP TABLE drift_list(
    side  INTEGER NOT NULL,
    kind  TEXT NOT NULL,
    scope TEXT NOT NULL,
    PRIMARY KEY(side, kind, scope)
) WITHOUT ROWID;
CREATE TEMP TABLE drift_file(
    side   INTEGER NOT NULL,
    path   TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    PRIMARY KEY(side, path, sha256)
) WITHOUT ROWID;
CREATE TEMP TABLE drift_decision(
    side INTEGER NOT NULL,
    kind TEXT NOT NULL,
    key  TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY(side, kind, key, body)
) WITHOUT ROWID;

-- What comparisons found.
CREATE TEMP TABLE drift_change(
    id         INTEGER PRIMARY KEY,
    from_side  INTEGER NOT NULL,
    to_side    INTEGER NOT NULL,
    test       INTEGER NOT NULL,
    subject    INTEGER NOT NULL,
    part       TEXT NOT NULL,
    before     INTEGER NOT NULL,
    after      INTEGER NOT NULL,
    raw_before INTEGER NOT NULL,
    raw_after  INTEGER NOT NULL,
    way        INTEGER NOT NULL -- 1: worse, 2: better, 3: otherwise
);
CREATE TEMP TABLE drift_lone( -- findings that only one of the two sides has
    from_side INTEGER NOT NULL,
    to_side   INTEGER NOT NULL,
    later     INTEGER NOT NULL, -- 1: the later one
    appeared  INTEGER NOT NULL, -- 1: of a resource that appeared
    test      INTEGER NOT NULL,
    raw       INTEGER NOT NULL,
    n         INTEGER NOT NULL
);
CREATE TEMP TABLE drift_moved(
    from_side INTEGER NOT NULL,
    to_side   INTEGER NOT NULL,
    move      INTEGER NOT NULL, -- drift_move
    subject   INTEGER NOT NULL
);
CREATE TEMP TABLE drift_item(
    from_side INTEGER NOT NULL,
    to_side   INTEGER NOT NULL,
    kind      TEXT,             -- of a decision; null: a file
    name      TEXT NOT NULL,
    change    TEXT NOT NULL,
    before    TEXT,
    after     TEXT
);
CREATE TEMP TABLE drift_pair(from_side INTEGER NOT NULL, to_side INTEGER NOT NULL);
CREATE TEMP TABLE drift_tally( -- what the changes of a control come to
    control     INTEGER NOT NULL,
    to_side     INTEGER NOT NULL,
    better      INTEGER NOT NULL,
    worse       INTEGER NOT NULL,
    new_fails   INTEGER NOT NULL,
    first_fails INTEGER NOT NULL,
    other       INTEGER NOT NULL,
    decided     INTEGER NOT NULL,
    fails_gone  INTEGER NOT NULL,
    only_before INTEGER NOT NULL,
    only_after  INTEGER NOT NULL,
    PRIMARY KEY(control, to_side)
) WITHOUT ROWID;
