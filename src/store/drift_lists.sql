-- The whole lists of a snapshot (?1), with the scope that each is of. A file alone does not say of what
-- it is a list; the line of an export's ledger that vouches for it does. A command that was asked
-- about one resource lists what belongs to that, one with a subscription what lies in it, and one with
-- neither what lies in none. What was asked with a filter is no list of the whole scope.
SELECT l.kind,
       CASE WHEN c.subject IS NOT NULL THEN c.subject
            WHEN c.subscription IS NOT NULL THEN '/subscriptions/' || lower(c.subscription)
            ELSE '' END
  FROM evidence e
  JOIN ledger l ON l.evidence_id = e.id AND l.document = -1
  JOIN collection c ON c.output_id = e.id AND c.state = 'vouched'
 WHERE e.snapshot_id = ?1 AND l.completeness = 'whole' AND l.kind IS NOT NULL
   AND c.kind = l.kind AND c.plan IS NOT NULL AND e.shape IN ('array', 'page')
   AND json_valid(c.arguments)
   AND NOT EXISTS (SELECT 1 FROM json_each(c.arguments) a
                    WHERE instr(lower(a.value), '$filter=') > 0
                       OR substr(a.value, 1, instr(a.value || '=', '=') - 1)
                          IN ('--filter', '--query', '--assignee', '--tag', '--resource-type', '--max-items'))
   AND (c.subject IS NOT NULL OR NOT EXISTS
        (SELECT 1 FROM json_each(c.arguments) a
          WHERE substr(a.value, 1, instr(a.value || '=', '=') - 1) IN ('-g', '--resource-group', '--scope')))
