-- What ran, from the collection ledgers of the snapshot (table collection, store/collection.h). Only
-- a line that states the very SHA-256 of a file speaks for that file.
INSERT OR REPLACE INTO ledger_command(evidence_id, command, exit_code, part, paged, request, kind,
                                      subject, ended)
SELECT c.output_id,
       c.command || coalesce((SELECT group_concat(word, '') FROM
           (SELECT ' ' || a.value AS word FROM json_each(c.arguments) a
             ORDER BY CAST(a.key AS INTEGER))), ''),
       c.exit_code,
       (SELECT substr(a.value, 1, instr(a.value || '=', '=') - 1) FROM json_each(c.arguments) a
         WHERE substr(a.value, 1, instr(a.value || '=', '=') - 1) IN
               ('--query', '--max-items', '--first', '--skip', '--top', '--filter', '--tag',
                '--resource-type', '--num-results', '--offset', '--max-events')
         LIMIT 1),
       json_extract(c.arguments, '$[0]') <> 'rest',
       (SELECT b.value FROM json_each(c.arguments) a
          JOIN json_each(c.arguments) b ON CAST(b.key AS INTEGER) = CAST(a.key AS INTEGER) + 1
         WHERE a.value IN ('--url', '--uri', '-u') LIMIT 1),
       c.kind, c.subject, c.ended
  FROM main.collection c
  JOIN main.evidence e ON e.id = c.output_id
  JOIN main.content k ON k.id = e.content_id AND lower(hex(k.sha256)) = lower(c.sha256)
 WHERE c.snapshot_id = (SELECT snapshot_id FROM ledger_here) AND json_valid(c.arguments)
 ORDER BY c.id;
INSERT INTO ledger_failure(evidence_id, command, error, permission)
SELECT c.evidence_id,
       c.command || coalesce((SELECT group_concat(word, '') FROM
           (SELECT ' ' || a.value AS word FROM json_each(c.arguments) a
             ORDER BY CAST(a.key AS INTEGER))), ''), c.error, c.permission
  FROM main.collection c
 WHERE c.snapshot_id = (SELECT snapshot_id FROM ledger_here) AND json_valid(c.arguments)
   AND c.exit_code IS NOT 0
 ORDER BY c.id;
