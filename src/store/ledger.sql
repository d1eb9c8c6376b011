-- The documents of one snapshot, to be read together: begun by ledger.c, which names the snapshot in
-- ledger_here and what ran in ledger_command. Everything here is temporary.

CREATE TEMP TABLE ledger_document AS
SELECT e.id AS evidence_id, coalesce(d.ordinal, 0) AS ordinal, e.content_id, e.path,
       coalesce(d.kind, e.kind) AS kind, coalesce(d.shape, e.shape) AS shape,
       coalesce(d.completeness, e.completeness) AS completeness,
       CASE WHEN d.id IS NULL THEN e.reason ELSE d.reason END AS reason, coalesce(d.records, e.records) AS records,
       d.stated, d.total, d.next, coalesce(d.context, c.request) AS context,
       coalesce(d.completeness, e.completeness) AS held, CAST(NULL AS TEXT) AS says,
       c.exit_code, c.part, c.paged, c.command, c.kind AS asked, c.subject AS asked_about, c.confirmed
  FROM main.evidence e
  LEFT JOIN main.document d ON d.evidence_id = e.id
  LEFT JOIN ledger_command c ON c.evidence_id = e.id
 WHERE e.snapshot_id = (SELECT snapshot_id FROM ledger_here)
 ORDER BY e.id, d.ordinal;

-- Only these can have a place among pages. `more`: it is partial for nothing but what follows.
CREATE TEMP TABLE ledger_page(
    n          INTEGER PRIMARY KEY, -- from 1, without gaps
    document   INTEGER NOT NULL,    -- rowid in ledger_document
    more       INTEGER NOT NULL,
    usable     INTEGER NOT NULL,
    follows    TEXT,                -- the request of the next page
    list       TEXT,                -- the path of that request
    scope      TEXT,                -- what the rows of that list lie below
    answers    TEXT,                -- the request that this page answers
    onward     INTEGER NOT NULL DEFAULT 0, -- what it answers asks for a later page
    folder     TEXT NOT NULL,
    family     TEXT NOT NULL, -- the name without its page number, with the folder
    number     INTEGER,
    numbered   INTEGER,
    next       INTEGER,             -- n of the page that follows
    doubt      INTEGER NOT NULL DEFAULT 0, -- more than one file could be it
    how        TEXT
);
