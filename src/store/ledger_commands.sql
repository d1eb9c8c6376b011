-- The collection ledgers of the snapshot (table collection, store/collection.h), and whether their
-- SHA-256 came to a preparer by another way (collect --expect, kept in the custody log). Any other is
-- as trustworthy as whoever sent it.
INSERT INTO ledger_confirmed(evidence_id, confirmed)
SELECT e.id, EXISTS (SELECT 1 FROM main.custody_event v, json_each(v.line, '$.detail.expected') x
                      WHERE v.line ->> '$.event' = 'collect' AND v.line ->> '$.detail.snapshot' = n.label
                        AND x.value = lower(hex(k.sha256)))
  FROM ledger_here h JOIN main.snapshot n ON n.id = h.snapshot_id
  JOIN main.evidence e ON e.snapshot_id = n.id AND e.kind = 'collection-ledger'
  JOIN main.content k ON k.id = e.content_id;

-- What ran. Only a line that states the very SHA-256 of a file speaks for that file. Of several lines
-- that speak for one, a confirmed ledger's holds, and among equals what says the least for the file.
INSERT OR REPLACE INTO ledger_command(evidence_id, command, exit_code, part, paged, request, kind,
                                      subject, ended, confirmed)
SELECT c.output_id,
       c.command || coalesce((SELECT group_concat(word, '') FROM
           (SELECT ' ' || a.value AS word FROM json_each(c.arguments) a
             ORDER BY CAST(a.key AS INTEGER))), ''),
       c.exit_code,
       (SELECT substr(a.value, 1, instr(a.value || '=', '=') - 1) FROM json_each(c.arguments) a
         WHERE substr(a.value, 1, instr(a.value || '=', '=') - 1) IN
               ('--query', '--max-items', '--first', '--skip', '--top', '--filter', '--tag',
                '--resource-type', '--num-results', '--offset', '--max-events')
         LIMIT 1) AS part,
       c.command = 'az' AND json_extract(c.arguments, '$[0]') <> 'rest',
       (SELECT b.value FROM json_each(c.arguments) a
          JOIN json_each(c.arguments) b ON CAST(b.key AS INTEGER) = CAST(a.key AS INTEGER) + 1
         WHERE a.value IN ('--url', '--uri', '-u') LIMIT 1),
       c.kind, c.subject, c.ended, coalesce(f.confirmed, 0)
  FROM main.collection c
  LEFT JOIN ledger_confirmed f ON f.evidence_id = c.evidence_id
  JOIN main.evidence e ON e.id = c.output_id
  JOIN main.content k ON k.id = e.content_id AND lower(hex(k.sha256)) = lower(c.sha256)
 WHERE c.snapshot_id = (SELECT snapshot_id FROM ledger_here) AND json_valid(c.arguments)
 ORDER BY coalesce(f.confirmed, 0), c.exit_code IS NOT 0, part IS NOT NULL, c.id;
INSERT INTO ledger_failure(evidence_id, command, error, permission)
SELECT c.evidence_id,
       c.command || coalesce((SELECT group_concat(word, '') FROM
           (SELECT ' ' || a.value AS word FROM json_each(c.arguments) a
             ORDER BY CAST(a.key AS INTEGER))), ''), c.error, c.permission
  FROM main.collection c
 WHERE c.snapshot_id = (SELECT snapshot_id FROM ledger_here) AND json_valid(c.arguments)
   AND c.exit_code IS NOT 0
 ORDER BY c.id;
