-- What holds of each document and of each file, and what says so. Runs after ledger_pages.c, which
-- spoke of the pages of longer lists.

UPDATE ledger_document SET
       held = CASE WHEN exit_code <> 0 AND held IN ('whole', 'unstated', 'summary') THEN 'partial'
                   WHEN part IS NOT NULL AND shape IN ('array', 'page')
                    AND held IN ('whole', 'unstated', 'summary') THEN 'partial'
                   WHEN shape = 'array' AND held = 'unstated' AND exit_code = 0 AND paged
                   THEN 'whole'
                   ELSE held END,
       says = CASE WHEN exit_code <> 0 AND held IN ('whole', 'unstated', 'summary')
                   THEN 'its command ended with exit code ' || exit_code
                   WHEN part IS NOT NULL AND shape IN ('array', 'page')
                    AND held IN ('whole', 'unstated', 'summary')
                   THEN 'its command asked for a part of the list (' || part || ')'
                   WHEN says IS NOT NULL THEN says
                   WHEN shape = 'array' AND held = 'unstated' AND exit_code = 0 AND paged
                   THEN 'its command ended well, and az follows the pages of a list by itself'
                       || CASE confirmed WHEN 1 THEN ' (so says a ledger whose SHA-256 was confirmed)'
                          ELSE ' (so says a ledger whose SHA-256 was not confirmed)' END
                   WHEN reason IS NOT NULL THEN reason
                   WHEN held = 'unstated' THEN 'nothing says whether the list is whole'
                   WHEN shape = 'page' AND held = 'whole' THEN 'it has no link to a further page'
                       || CASE WHEN total = records THEN ', and holds the ' || total
                           || ' rows that it says there are' ELSE '' END
                   WHEN shape = 'object' AND held = 'whole' THEN 'one object'
                   WHEN held = 'whole' THEN 'kept as it is'
                   ELSE held END;

-- The answer to a query of Resource Graph (it counts its rows) is whole for its query alone: a query
-- may ask for any part, and the answer does not say what was asked.
UPDATE ledger_document SET held = 'unstated',
       says = says || '; what its query left out, nothing says'
 WHERE held = 'whole' AND shape = 'page' AND total IS NOT NULL
   AND (stated IS NULL OR stated <= records);

-- What evpack plan's script wrote of its commands: every line that could be read is in collection.
UPDATE ledger_document SET
       held = CASE WHEN c.ended AND c.read = c.lines THEN 'whole' ELSE held END,
       says = 'a ledger of ' || c.read || CASE c.read WHEN 1 THEN ' command' ELSE ' commands' END
           || ' of an export'
           || CASE WHEN c.read < c.lines THEN '; ' || (c.lines - c.read)
                   || ' of its lines could not be read, and vouch for nothing' ELSE '' END
           || CASE WHEN c.ended THEN '' ELSE
              '; it stops before the plan''s end: the export was cut short, or lines are gone' END
  FROM (SELECT d.evidence_id, count(x.id) AS read, coalesce(max(x.line), 0) AS lines,
               coalesce(max(x.line * (x.plan IS 'end')) = max(x.line), 0) AS ended
          FROM ledger_document d LEFT JOIN main.collection x ON x.evidence_id = d.evidence_id
         WHERE d.kind = 'collection-ledger' GROUP BY d.evidence_id) c
 WHERE c.evidence_id = ledger_document.evidence_id;

INSERT INTO main.ledger(evidence_id, document, completeness, says)
SELECT evidence_id, ordinal, held, says FROM ledger_document;

-- A file is as whole as the worst of its documents, and never better than what was said of it when
-- it was cut off or could not be read, or when it holds objects one after the other: each is whole, and
-- nothing says that they are all.
CREATE TEMP TABLE ledger_rank(word TEXT PRIMARY KEY, rank INTEGER NOT NULL) WITHOUT ROWID;
INSERT INTO ledger_rank VALUES ('whole', 0), ('unstated', 1), ('summary', 2), ('partial', 3),
                               ('truncated', 4), ('failed', 5), ('unrecognised', 6);
INSERT INTO main.ledger(evidence_id, document, completeness, says, command, kind, subject)
SELECT w.evidence_id, -1,
       CASE WHEN o.rank > w.rank AND (e.completeness IN ('truncated', 'failed', 'unrecognised')
                 OR e.completeness = 'unstated' AND w.objects > 0)
            THEN e.completeness ELSE w.held END,
       CASE WHEN o.rank > w.rank AND (e.completeness IN ('truncated', 'failed', 'unrecognised')
                 OR e.completeness = 'unstated' AND w.objects > 0)
            THEN coalesce(e.reason, e.completeness)
            WHEN w.documents > 1 THEN 'document ' || (w.ordinal + 1) || ' of ' || w.documents || ': ' || w.says
            ELSE w.says END,
       w.command, w.asked, w.asked_about
  FROM (SELECT d.evidence_id, d.ordinal, d.held, d.says, d.command, d.asked, d.asked_about,
               max(r.rank) AS rank, count(d.ordinal) AS documents,
               count(d.ordinal) > 1 AND max(d.shape = 'object') AS objects
          FROM ledger_document d JOIN ledger_rank r ON r.word = d.held
         GROUP BY d.evidence_id) w
  JOIN main.evidence e ON e.id = w.evidence_id
  JOIN ledger_rank o ON o.word = e.completeness;
