-- Which page follows which, after ledger_pages.c read the links and the names. Each step is linear:
-- candidates are grouped before they are joined.

CREATE INDEX temp.ledger_page_answers ON ledger_page(answers, folder);
CREATE INDEX temp.ledger_page_family ON ledger_page(family, number);

-- The answers to one request: all over the snapshot, and folder by folder.
CREATE TEMP TABLE ledger_answer AS
SELECT p.answers, p.folder, min(p.n) AS n, count(DISTINCT d.content_id) AS contents
  FROM ledger_page p JOIN ledger_document d ON d.rowid = p.document
 WHERE p.answers IS NOT NULL
 GROUP BY p.answers, p.folder;
CREATE INDEX temp.ledger_answer_place ON ledger_answer(answers, folder);
CREATE TEMP TABLE ledger_only AS
SELECT a.answers, min(a.n) AS n FROM ledger_answer a
 GROUP BY a.answers HAVING count(a.folder) = 1 AND max(a.contents) = 1;
CREATE INDEX temp.ledger_only_answers ON ledger_only(answers);

UPDATE ledger_page SET how = 'request', next =
       coalesce((SELECT CASE WHEN a.contents = 1 THEN a.n END FROM ledger_answer a
                  WHERE a.answers = ledger_page.follows AND a.folder = ledger_page.folder),
                (SELECT o.n FROM ledger_only o WHERE o.answers = ledger_page.follows))
 WHERE more AND follows IS NOT NULL;
UPDATE ledger_page SET doubt = 1
 WHERE next IS NULL AND more
   AND EXISTS (SELECT a.n FROM ledger_answer a WHERE a.answers = ledger_page.follows);

-- Files whose names tell the same number of the same family: equal bytes are one.
CREATE TEMP TABLE ledger_place AS
SELECT p.family, p.number, min(p.n) AS n, count(DISTINCT d.content_id || ' ' || d.ordinal) AS contents
  FROM ledger_page p JOIN ledger_document d ON d.rowid = p.document
 GROUP BY p.family, p.number;
CREATE INDEX temp.ledger_place_name ON ledger_place(family, number);

CREATE TEMP TABLE ledger_next AS
SELECT a.n AS page, b.n AS next, da.evidence_id AS from_evidence, da.ordinal AS from_document,
       db.evidence_id, db.ordinal, a.scope,
       coalesce(da.total, -1) = coalesce(db.total, -2) AS same_total,
       length(a.list) > 0 AND (b.list IS NULL OR b.list = a.list) AS same_list
  FROM ledger_page a
 CROSS JOIN ledger_place p ON p.family = a.family AND p.number = a.number + 1 AND p.contents = 1
 CROSS JOIN ledger_page b ON b.n = p.n
 CROSS JOIN ledger_document da ON da.rowid = a.document
 CROSS JOIN ledger_document db ON db.rowid = b.document
 WHERE a.more AND a.next IS NULL AND NOT a.doubt AND b.answers IS NULL
   AND (db.kind = da.kind OR db.kind = 'empty' OR da.kind = 'empty');

CREATE INDEX temp.ledger_next_page ON ledger_next(page);
UPDATE ledger_page SET next = x.next, how = 'name'
  FROM ledger_next x
 WHERE x.page = ledger_page.n AND (x.same_list OR x.same_total)
   AND NOT EXISTS (SELECT r.id FROM main.record r
                    WHERE r.evidence_id = x.evidence_id AND r.document = x.ordinal
                      AND coalesce(x.scope, '') <> '' AND r.subject LIKE '/subscriptions/%'
                      AND substr(r.subject, 1, length(x.scope) + 1) <> x.scope || '/')
   AND (SELECT count(DISTINCT y.subject) = count(y.subject) FROM
           (SELECT r.subject FROM main.record r
             WHERE r.evidence_id = x.evidence_id AND r.document = x.ordinal
            UNION ALL
            SELECT r.subject FROM main.record r
             WHERE r.evidence_id = x.from_evidence AND r.document = x.from_document) y);
UPDATE ledger_page SET doubt = 1
 WHERE next IS NULL AND more
   AND EXISTS (SELECT p.n FROM ledger_place p
                WHERE p.family = ledger_page.family AND p.number = ledger_page.number + 1);
