-- What the reports count, asked of the case's own tables: none of the program's views, so that both
-- would have to be wrong in the same way. `-- name: NAME` begins a query; f, before each, holds the
-- findings of the newest run with what their tests say.

-- name: findings
SELECT status, count(*) AS n FROM f GROUP BY status;

-- name: controls
SELECT f.control, b.slug AS benchmark, b.preview, c.control_id, c.title, c.domain, c.ordinal,
       f.status, count(*) AS n, sum(f.attested) AS attested
  FROM f LEFT JOIN control c ON c.id = f.control LEFT JOIN benchmark b ON b.id = c.benchmark_id
 GROUP BY f.control, f.status ORDER BY b.preview, b.slug, c.ordinal;

-- name: services
SELECT s.slug, s.title, f.status, count(*) AS n, sum(f.attested) AS attested
  FROM f LEFT JOIN service s ON s.id = f.service GROUP BY f.service, f.status;

-- name: responsibilities
SELECT r.word, f.status, count(*) AS n, sum(f.attested) AS attested
  FROM f LEFT JOIN responsibility r ON r.code = f.responsibility GROUP BY 1, 2;

-- name: domains
SELECT b.slug AS benchmark, b.preview, c.domain, f.status, count(*) AS n
  FROM f LEFT JOIN control c ON c.id = f.control LEFT JOIN benchmark b ON b.id = c.benchmark_id
 GROUP BY 1, 2, 3, 4;

-- name: matrix
SELECT f.control, c.control_id, b.slug AS benchmark, s.slug AS service, f.status, count(*) AS n
  FROM f LEFT JOIN control c ON c.id = f.control LEFT JOIN benchmark b ON b.id = c.benchmark_id
  LEFT JOIN service s ON s.id = f.service GROUP BY f.control, f.service, f.status;

-- name: sources
SELECT source, status, count(*) AS n FROM f GROUP BY 1, 2;

-- name: raw
SELECT raw, status, count(*) AS n FROM f GROUP BY 1, 2;

-- name: snapshots_of_findings
SELECT sn.label, f.status, count(*) AS n FROM f JOIN record r ON r.id = f.record_id
  JOIN evidence e ON e.id = r.evidence_id JOIN snapshot sn ON sn.id = e.snapshot_id GROUP BY 1, 2;

-- name: subscriptions_of_findings
SELECT CASE WHEN subject LIKE '/subscriptions/_%'
            THEN substr(subject, 16, instr(substr(subject, 16) || '/', '/') - 1) END AS subscription,
       status, count(*) AS n
  FROM (SELECT lower(coalesce(g.subject, r.subject)) AS subject, f.status FROM f
          JOIN record r ON r.id = f.record_id LEFT JOIN target g ON g.id = f.target_id)
 GROUP BY 1, 2;

-- name: resources
SELECT count(DISTINCT record_id) AS n FROM f WHERE feature_id IS NOT NULL AND policy_id IS NULL;

-- name: subjects
SELECT count(*) AS n
  FROM (SELECT DISTINCT e.snapshot_id, lower(coalesce(g.subject, r.subject)) FROM f
          JOIN record r ON r.id = f.record_id JOIN evidence e ON e.id = r.evidence_id
          LEFT JOIN target g ON g.id = f.target_id);

-- name: tested_controls
SELECT count(DISTINCT control) AS n FROM f;

-- name: populations
SELECT s.slug, s.title, s.source_date, count(DISTINCT CASE WHEN f.policy_id IS NULL
       AND f.feature_id IS NOT NULL THEN f.record_id END) AS resources, count(*) AS findings,
       (SELECT count(*) FROM feature fe WHERE fe.service_id = f.service) AS features
  FROM f LEFT JOIN service s ON s.id = f.service GROUP BY f.service;

-- name: idle_services
SELECT count(*) AS n FROM service s, newest
 WHERE s.mapping_id = newest.mapping_id AND s.id NOT IN (SELECT service FROM f WHERE service IS NOT NULL);

-- name: untested
SELECT c.control_id FROM control c JOIN benchmark b ON b.id = c.benchmark_id, newest
 WHERE b.mapping_id = newest.mapping_id AND NOT b.preview
   AND c.id NOT IN (SELECT control FROM f WHERE control IS NOT NULL) ORDER BY b.slug, c.ordinal;

-- name: snapshots
SELECT label, (SELECT count(*) FROM evidence e WHERE e.snapshot_id = sn.id) AS files,
       (SELECT count(*) FROM record r JOIN evidence e ON e.id = r.evidence_id
         WHERE e.snapshot_id = sn.id) AS records
  FROM snapshot sn WHERE role = 'tenant' ORDER BY id;

-- name: files
SELECT count(*) AS files, sum(c.size) AS bytes, sum((SELECT count(*) FROM record r
       WHERE r.evidence_id = e.id)) AS records
  FROM evidence e JOIN content c ON c.id = e.content_id;

-- name: evidence
SELECT sn.label AS snapshot, e.path, e.member, lower(hex(c.sha256)) AS sha256, c.size,
       (SELECT count(*) FROM record r WHERE r.evidence_id = e.id) AS records
  FROM evidence e JOIN content c ON c.id = e.content_id JOIN snapshot sn ON sn.id = e.snapshot_id
 ORDER BY e.id;

-- name: completeness
SELECT coalesce(l.completeness, e.completeness) AS completeness, count(*) AS files,
       sum((SELECT count(*) FROM record r WHERE r.evidence_id = e.id)) AS records
  FROM evidence e JOIN snapshot sn ON sn.id = e.snapshot_id AND sn.role = 'tenant'
  LEFT JOIN ledger l ON l.evidence_id = e.id AND l.document = -1 GROUP BY 1;

-- name: kinds
SELECT CASE s.kind WHEN 'arm-resource' THEN coalesce(r.type, s.kind) ELSE s.kind END AS kind,
       count(*) AS objects, sum(NOT s.complete) AS summaries,
       sum(s.record_id IN (SELECT record_id FROM f WHERE feature_id IS NOT NULL
                              AND policy_id IS NULL)) AS assessed
  FROM subject s JOIN record r ON r.id = s.record_id GROUP BY 1;

-- name: subscriptions
SELECT substr(subject, 16, instr(substr(subject, 16) || '/', '/') - 1) AS subscription,
       count(*) AS n
  FROM subject WHERE subject LIKE '/subscriptions/_%' GROUP BY 1;

-- name: coverage
SELECT count(*) AS records,
       sum(seen AND said) AS assessed, sum(seen AND gone AND NOT said) AS scoped_out,
       sum(NOT seen) AS unmapped
  FROM (SELECT e.id <= newest.evidence AS seen,
               coalesce(s.record_id IN (SELECT record_id FROM f WHERE source IN ('baseline', 'rule')), 0)
                   AS said,
               coalesce(s.record_id IN (SELECT record_id FROM scoped_out o
                                         WHERE o.run_id = newest.id), 0) AS gone
          FROM newest, record r JOIN evidence e ON e.id = r.evidence_id
          JOIN snapshot sn ON sn.id = e.snapshot_id AND sn.role = 'tenant'
          LEFT JOIN subject s ON s.snapshot_id = sn.id AND s.subject = r.subject);

-- name: record_types
SELECT CASE r.kind WHEN 'template-resource' THEN r.kind ELSE coalesce(r.type, r.kind) END AS type,
       count(*) AS n
  FROM record r JOIN evidence e ON e.id = r.evidence_id
  JOIN snapshot sn ON sn.id = e.snapshot_id AND sn.role = 'tenant' GROUP BY 1;

-- name: gaps
SELECT f.need, count(*) AS findings, count(DISTINCT f.record_id) AS subjects,
       (SELECT what FROM need n, newest
         WHERE n.mapping_id = newest.mapping_id AND n.kind = f.need) AS what
  FROM f WHERE f.status = 'unknown' AND f.need IS NOT NULL GROUP BY 1;

-- name: needs
SELECT kind FROM need n, newest WHERE n.mapping_id = newest.mapping_id;

-- name: notes
SELECT code, count(*) AS n FROM ledger_note GROUP BY 1;

-- name: reconciled
SELECT verdict, count(*) AS n FROM reconciled q, newest WHERE q.run_id = newest.id GROUP BY 1;

-- name: decisions
SELECT kind, state, count(*) AS n, sum(matched) AS matched, sum(decided) AS decided
  FROM decision d, newest WHERE d.run_id = newest.id GROUP BY 1, 2;

-- name: decision_rows
SELECT kind, key, state, matched, decided, note FROM decision d, newest WHERE d.run_id = newest.id;

-- name: excused
SELECT (SELECT count(*) FROM f WHERE status = 'exempt' AND policy_id IS NULL
           AND decided IN (SELECT record_id FROM decision d, newest
                            WHERE d.run_id = newest.id AND d.kind = 'exception'))
       + (SELECT count(*) FROM f WHERE status = 'exempt' AND policy_id IS NOT NULL
             AND decided IN (SELECT record_id FROM decision d, newest
                              WHERE d.run_id = newest.id AND d.kind = 'exception')) AS exceptions,
       (SELECT count(*) FROM f WHERE status = 'exempt' AND policy_id IS NOT NULL
           AND coalesce(decided NOT IN (SELECT record_id FROM decision d, newest
                            WHERE d.run_id = newest.id AND d.kind = 'exception'), 1)) AS exemptions;

-- name: attested
SELECT status, count(*) AS n FROM f WHERE attested GROUP BY 1;

-- name: left
SELECT (SELECT count(*) FROM scoped_out o, newest WHERE o.run_id = newest.id) AS out,
       (SELECT count(*) FROM scope_open o, newest WHERE o.run_id = newest.id) AS open;

-- name: manual
SELECT f.control, c.control_id, coalesce(fe.name, p.title, p.key) AS feature, s.title AS service,
       count(*) AS n
  FROM f LEFT JOIN control c ON c.id = f.control LEFT JOIN feature fe ON fe.id = f.feature_id
  LEFT JOIN policy p ON p.id = f.policy_id LEFT JOIN service s ON s.id = f.service
 WHERE f.status = 'manual' GROUP BY f.test_id;

-- name: custody
SELECT count(*) AS n FROM custody_event
 WHERE id <= (SELECT max(id) FROM custody_event WHERE json_extract(line, '$.event') <> 'package');

-- name: mapping
SELECT lower(hex(m.sha256)) AS sha256, newest.evaluated_at
  FROM newest JOIN mapping m ON m.id = newest.mapping_id;

-- name: failed_tests
SELECT c.control_id, f.test_id, count(*) AS n
  FROM f LEFT JOIN control c ON c.id = f.control WHERE f.status = 'fail' GROUP BY f.test_id;

-- name: severities
SELECT c.control_id, c.title, b.slug AS benchmark, b.preview, c.ordinal,
       sum(f.severity IN ('critical', 'high')) AS high, sum(f.severity = 'medium') AS medium,
       sum(f.severity IN ('low', 'informational')) AS low,
       sum(f.severity NOT IN ('critical', 'high', 'medium', 'low', 'informational')) AS none,
       count(*) AS n
  FROM f JOIN control c ON c.id = f.control JOIN benchmark b ON b.id = c.benchmark_id
 WHERE f.status = 'fail' GROUP BY f.control
 ORDER BY high DESC, medium DESC, low DESC, none DESC, b.preview, b.slug, c.ordinal;

-- name: control_responsibilities
SELECT f.control, r.word, count(*) AS n
  FROM f LEFT JOIN responsibility r ON r.code = f.responsibility GROUP BY 1, 2 ORDER BY r.code;

-- name: control_services
SELECT DISTINCT f.control, s.slug, s.title FROM f JOIN service s ON s.id = f.service ORDER BY s.slug;

-- name: control_decisions
SELECT f.control, d.kind, d.key, count(*) AS n
  FROM f JOIN newest JOIN decision d ON d.record_id = f.decided AND d.run_id = newest.id
 GROUP BY 1, d.record_id;

-- name: ledgers
SELECT sn.label, (SELECT count(*) FROM ledger_note l WHERE l.snapshot_id = sn.id
                    AND l.code IN ('ledger-confirmed', 'ledger-unconfirmed')) AS n,
       (SELECT count(*) FROM ledger_note l WHERE l.snapshot_id = sn.id
           AND l.code = 'ledger-confirmed') AS confirmed
  FROM snapshot sn WHERE sn.role = 'tenant';

-- name: benchmark
SELECT b.title FROM benchmark b, newest WHERE b.mapping_id = newest.mapping_id
 ORDER BY b.preview, b.slug LIMIT 1;

-- name: drift_controls
SELECT b.slug AS benchmark, c.control_id, sn.label, f.status, count(*) AS n FROM f
  JOIN record r ON r.id = f.record_id JOIN evidence e ON e.id = r.evidence_id
  JOIN snapshot sn ON sn.id = e.snapshot_id AND sn.role = 'tenant'
  LEFT JOIN control c ON c.id = f.control LEFT JOIN benchmark b ON b.id = c.benchmark_id
 GROUP BY f.control, sn.id, f.status ORDER BY f.control IS NULL, b.preview, b.slug, c.ordinal, sn.id;

-- Of two snapshots: the files that one has and the other has not, or with other bytes.
-- name: drift_files
SELECT count(*) AS n
  FROM (SELECT path FROM (SELECT DISTINCT e.path, e.snapshot_id, e.content_id FROM evidence e
                            JOIN snapshot sn ON sn.id = e.snapshot_id AND sn.role = 'tenant')
         GROUP BY path HAVING count(DISTINCT snapshot_id) = 1 OR count(DISTINCT content_id) > 1);

-- Of two snapshots: what was tested about one resource in both, with another answer.
-- name: drift_changes
SELECT count(*) AS n
  FROM (SELECT min(f.raw) AS least, max(f.raw) AS most, count(DISTINCT e.snapshot_id) AS snapshots
          FROM f JOIN record r ON r.id = f.record_id JOIN evidence e ON e.id = r.evidence_id
          JOIN snapshot sn ON sn.id = e.snapshot_id AND sn.role = 'tenant'
          LEFT JOIN target g ON g.id = f.target_id LEFT JOIN policy po ON po.id = f.policy_id
         GROUP BY f.control, f.service, f.feature_id, po.key, coalesce(g.subject, r.subject))
 WHERE snapshots = 2 AND least <> most;
