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
                   WHEN reason IS NOT NULL THEN reason
                   WHEN held = 'unstated' THEN 'nothing says whether the list is whole'
                   WHEN shape = 'page' AND held = 'whole' THEN 'it has no link to a further page'
                       || CASE WHEN total = records THEN ', and holds the ' || total
                           || ' rows that it says there are' ELSE '' END
                   WHEN shape = 'object' AND held = 'whole' THEN 'one object'
                   WHEN held = 'whole' THEN 'kept as it is'
                   ELSE held END;

INSERT INTO main.ledger(evidence_id, document, completeness, says)
SELECT evidence_id, ordinal, held, says FROM ledger_document;

-- A file is as whole as the worst of its documents, and never better than what was said of it when
-- it was cut off or could not be read.
CREATE TEMP TABLE ledger_rank(word TEXT PRIMARY KEY, rank INTEGER NOT NULL) WITHOUT ROWID;
INSERT INTO ledger_rank VALUES ('whole', 0), ('unstated', 1), ('summary', 2), ('partial', 3),
                               ('truncated', 4), ('failed', 5), ('unrecognised', 6);
INSERT INTO main.ledger(evidence_id, document, completeness, says, command, kind, subject)
SELECT w.evidence_id, -1,
       CASE WHEN e.completeness IN ('truncated', 'failed', 'unrecognised') AND o.rank > w.rank
            THEN e.completeness ELSE w.held END,
       CASE WHEN e.completeness IN ('truncated', 'failed', 'unrecognised') AND o.rank > w.rank
            THEN coalesce(e.reason, e.completeness)
            WHEN w.documents > 1 THEN 'document ' || (w.ordinal + 1) || ' of ' || w.documents || ': ' || w.says
            ELSE w.says END,
       w.command, w.asked, w.asked_about
  FROM (SELECT d.evidence_id, d.ordinal, d.held, d.says, d.command, d.asked, d.asked_about,
               max(r.rank) AS rank, count(d.ordinal) AS documents
          FROM ledger_document d JOIN ledger_rank r ON r.word = d.held
         GROUP BY d.evidence_id) w
  JOIN main.evidence e ON e.id = w.evidence_id
  JOIN ledger_rank o ON o.word = e.completeness;
