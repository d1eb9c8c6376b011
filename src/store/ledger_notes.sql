-- What an auditor should know of a snapshot as a whole. Runs last; ledger_document, ledger_other,
-- ledger_command and ledger_failure are there. Evidence is named by at most ten ids. Commands hold
-- only what may stand in single quotes in a shell.

-- Exports that failed, and lists that are not whole.
INSERT INTO main.ledger_note(snapshot_id, code, subject, text, evidence, command)
SELECT h.snapshot_id, 'export-failed', NULL, d.path || ': ' || d.says, json_array(d.evidence_id),
       d.command
  FROM ledger_here h, ledger_document d WHERE d.held = 'failed' ORDER BY d.path, d.ordinal;
INSERT INTO main.ledger_note(snapshot_id, code, subject, text, evidence, command)
SELECT h.snapshot_id, 'command-failed', NULL,
       'a command of the export failed'
           || coalesce(', for lack of the permission ' || f.permission, '')
           || coalesce(': ' || substr(trim(f.error), 1, 200), ''),
       json_array(f.evidence_id), f.command
  FROM ledger_here h, ledger_failure f ORDER BY f.rowid;
INSERT INTO main.ledger_note(snapshot_id, code, subject, text, evidence, command)
SELECT h.snapshot_id, 'list-partial', NULL, d.path || ': ' || d.says, json_array(d.evidence_id),
       CASE WHEN d.says GLOB '*' || 'are not in this file' || '*'
             AND (d.next GLOB 'https://management.azure.com/*'
                  OR d.next GLOB 'https://management.usgovcloudapi.net/*'
                  OR d.next GLOB 'https://management.chinacloudapi.cn/*'
                  OR d.next GLOB 'https://graph.microsoft.com/*')
             AND d.next NOT GLOB '*[^a-zA-Z0-9/:?&=%._~$+,;@!()-]*'
            THEN 'az rest --method get --url ''' || d.next || '''' END
  FROM ledger_here h, ledger_document d WHERE d.held IN ('partial', 'truncated')
 ORDER BY d.path, d.ordinal;
INSERT INTO main.ledger_note(snapshot_id, code, subject, text, evidence, command)
SELECT h.snapshot_id, 'list-unstated', NULL,
       CASE x.n WHEN 1 THEN 'one list is' ELSE x.n || ' lists are' END
           || ' of unknown completeness: nothing vouches for a bare array. The script of ''evpack plan'' writes a ledger that does.',
       x.ids, 'evpack plan'
  FROM ledger_here h,
       (SELECT count(*) AS n, (SELECT json_group_array(evidence_id) FROM
                  (SELECT DISTINCT evidence_id FROM ledger_document WHERE held = 'unstated'
                      AND shape = 'array' ORDER BY evidence_id LIMIT 10)) AS ids
          FROM ledger_document WHERE held = 'unstated' AND shape = 'array') x
 WHERE x.n > 0;
INSERT INTO main.ledger_note(snapshot_id, code, subject, text, evidence, command)
SELECT h.snapshot_id, 'inherited-left-out', NULL,
       d.path || ': az leaves out the assignments that are inherited from management groups',
       json_array(d.evidence_id),
       'az policy assignment list --disable-scope-strict-match -o json'
  FROM ledger_here h, ledger_document d
 WHERE d.kind = 'policy-assignment' AND d.shape = 'array'
   AND instr(coalesce(d.command, ''), '--disable-scope-strict-match') = 0
 ORDER BY d.path, d.ordinal;

-- What the ledgers of the export are worth, and where they do not go together.
INSERT INTO main.ledger_note(snapshot_id, code, subject, text, evidence, command)
SELECT h.snapshot_id, CASE f.confirmed WHEN 1 THEN 'ledger-confirmed' ELSE 'ledger-unconfirmed' END, NULL,
       e.path || CASE f.confirmed
           WHEN 1 THEN ': its SHA-256 is one that collect was told to expect'
           ELSE ': nobody confirmed its SHA-256 (collect --expect): what it vouches for is as trustworthy as whoever sent it' END,
       json_array(e.id), NULL
  FROM ledger_here h, ledger_confirmed f JOIN main.evidence e ON e.id = f.evidence_id
 ORDER BY f.confirmed, e.path, e.id;
INSERT INTO main.ledger_note(snapshot_id, code, subject, text, evidence, command)
SELECT h.snapshot_id, 'ledgers-disagree', NULL,
       e.path || ': lines of the ledgers that vouch for it name different commands, results or subjects;'
           || ' a confirmed ledger holds, else what says the least for the file',
       json_array(e.id), NULL
  FROM ledger_here h JOIN main.collection c ON c.snapshot_id = h.snapshot_id
  JOIN main.evidence e ON e.id = c.output_id
 GROUP BY e.id
HAVING count(DISTINCT json_array(c.command, c.arguments, c.exit_code, c.kind, c.subject)) > 1
 ORDER BY e.path, e.id;
INSERT INTO main.ledger_note(snapshot_id, code, subject, text, evidence, command)
SELECT h.snapshot_id, 'several-tenants', NULL,
       'the ledgers name ' || count(DISTINCT lower(c.tenant)) || ' tenants: what is asked once for all'
           || ' (Conditional Access, service principals, Customer Lockbox) speaks of one of them alone',
       (SELECT json_group_array(evidence_id) FROM (SELECT evidence_id FROM ledger_confirmed
                                                    ORDER BY evidence_id LIMIT 10)), NULL
  FROM ledger_here h JOIN main.collection c ON c.snapshot_id = h.snapshot_id
HAVING count(DISTINCT lower(c.tenant)) > 1;
INSERT INTO main.ledger_note(snapshot_id, code, subject, text, evidence, command)
SELECT h.snapshot_id, 'ledger-of-another-tenant', r.id_given,
       e.path || ' says that this subscription was exported from the tenant ' || min(c.tenant)
           || '; the list of subscriptions says ' || (r.body ->> '$.properties.tenantId'),
       json_array(e.id, r.evidence_id), NULL
  FROM ledger_here h JOIN main.collection c ON c.snapshot_id = h.snapshot_id
  JOIN main.evidence e ON e.id = c.evidence_id
  JOIN main.subject s ON s.snapshot_id = h.snapshot_id AND s.kind = 'subscription'
       AND s.subject = '/subscriptions/' || lower(c.subscription)
  JOIN main.record r ON r.id = s.record_id
 WHERE c.tenant IS NOT NULL AND json_type(r.body, '$.properties.tenantId') = 'text'
   AND lower(r.body ->> '$.properties.tenantId') <> lower(c.tenant)
 GROUP BY e.id, s.subject ORDER BY e.path, s.subject;

-- One name, several contents.
INSERT INTO main.ledger_note(snapshot_id, code, subject, text, evidence, command)
SELECT h.snapshot_id, 'bytes-differ', NULL,
       e.path || ': ' || count(*) || ' files of this name differ; which one holds is not known',
       (SELECT json_group_array(id) FROM (SELECT x.id FROM main.evidence x
           WHERE x.snapshot_id = h.snapshot_id AND x.path = e.path ORDER BY x.id LIMIT 10)), NULL
  FROM ledger_here h JOIN main.evidence e ON e.snapshot_id = h.snapshot_id
 GROUP BY e.path HAVING count(*) > 1 ORDER BY e.path;

-- Subscriptions that a list names and of which nothing was exported.
INSERT INTO main.ledger_note(snapshot_id, code, subject, text, evidence, command)
SELECT h.snapshot_id, 'subscription-without-exports', coalesce(r.id_given, s.subject),
       'subscription ' || coalesce(r.name || ' (' || substr(s.subject, 16) || ')',
                                   substr(s.subject, 16))
           || ' is listed, and nothing of it was exported',
       json_array(r.evidence_id),
       CASE WHEN s.subject NOT GLOB '*[^a-z0-9/-]*'
            THEN 'az resource list --subscription ' || substr(s.subject, 16) || ' -o json' END
  FROM ledger_here h
 CROSS JOIN main.subject s ON s.kind = 'subscription'
 CROSS JOIN main.record r ON r.id = s.record_id
 WHERE s.snapshot_id = h.snapshot_id
   AND NOT EXISTS (SELECT 1 FROM main.subject o WHERE o.snapshot_id = h.snapshot_id
                      AND o.subject > s.subject || '/' AND o.subject < s.subject || '0')
 ORDER BY s.subject;

-- Resource lists (rows without properties) against what was exported in full.
CREATE TEMP TABLE ledger_listed AS
SELECT r.evidence_id, r.document, r.subject, r.type, r.id_given, r.kind, s.complete AS covered,
       CASE WHEN instr(r.subject, '/resourcegroups/') > 0 THEN
            substr(r.subject, 1, instr(r.subject, '/resourcegroups/') + 15
                + instr(substr(r.subject, instr(r.subject, '/resourcegroups/') + 16) || '/', '/')
                - 1) END AS place,
       substr(r.subject, 1, 14 + instr(substr(r.subject, 16) || '/', '/')) AS subscription
  FROM ledger_here h
 CROSS JOIN (SELECT o.record_id FROM ledger_other o WHERE o.complete = 0
        UNION ALL
        SELECT s.record_id FROM ledger_here i JOIN main.subject s
            ON s.snapshot_id = i.snapshot_id AND s.complete = 0) x
 CROSS JOIN main.record r ON r.id = x.record_id
 CROSS JOIN main.subject s ON s.snapshot_id = h.snapshot_id AND s.subject = r.subject
 WHERE r.subject LIKE '/subscriptions/%/providers/%';
CREATE INDEX temp.ledger_listed_subject ON ledger_listed(subject);

INSERT INTO main.ledger_note(snapshot_id, code, subject, text, evidence, command)
SELECT h.snapshot_id, 'resource-without-detail', coalesce(max(l.id_given), l.subject),
       'a resource list names it, and no export has its properties',
       json_array(min(l.evidence_id)),
       CASE WHEN l.subject NOT GLOB '*[^a-zA-Z0-9/._() -]*'
            THEN 'az resource show --ids ''' || coalesce(max(l.id_given), l.subject) || ''' -o json' END
  FROM ledger_here h, ledger_listed l
 WHERE l.covered = 0
 GROUP BY l.subject ORDER BY l.subject;

-- A list claims the groups that it has rows of, and with rows of two groups the subscription; with
-- rows of one type alone it may be filtered, and claims that type alone. One that is not all there
-- claims nothing.
CREATE TEMP TABLE ledger_claim AS
WITH types AS (
SELECT l.evidence_id, l.document, CASE WHEN count(DISTINCT l.type) = 1 THEN max(l.type) ELSE '*' END AS type
  FROM ledger_listed l
  JOIN ledger_document d ON d.evidence_id = l.evidence_id AND d.ordinal = l.document
 WHERE d.held = 'summary' AND d.shape IN ('array', 'page')
 GROUP BY l.evidence_id, l.document)
SELECT DISTINCT l.place, t.type FROM ledger_listed l
  JOIN types t ON t.evidence_id = l.evidence_id AND t.document = l.document
 WHERE l.place IS NOT NULL
UNION
SELECT l.subscription, t.type FROM ledger_listed l
  JOIN types t ON t.evidence_id = l.evidence_id AND t.document = l.document
 GROUP BY l.evidence_id, l.document, l.subscription HAVING count(DISTINCT l.place) > 1;
CREATE INDEX temp.ledger_claim_place ON ledger_claim(place, type);

INSERT INTO main.ledger_note(snapshot_id, code, subject, text, evidence, command)
SELECT h.snapshot_id, 'detail-not-listed', coalesce(r.id_given, r.subject),
       'it was exported, and a resource list of its subscription or group does not name it: it came or went between the exports, or the list is not all',
       json_array(r.evidence_id), NULL
  FROM ledger_here h
 CROSS JOIN main.subject s ON s.snapshot_id = h.snapshot_id
 CROSS JOIN main.record r ON r.id = s.record_id
 WHERE EXISTS (SELECT 1 FROM ledger_claim) AND s.complete = 1
   AND s.subject LIKE '/subscriptions/%/resourcegroups/%/providers/%'
   AND NOT EXISTS (SELECT 1 FROM ledger_listed l WHERE l.subject = s.subject)
   AND s.kind <> 'template-resource' AND r.scope IS NULL AND r.parent IS NULL
   AND length(r.type) - length(replace(r.type, '/', '')) = 1
   AND EXISTS (SELECT 1 FROM ledger_claim c
                WHERE c.type IN ('*', r.type) AND c.place IN
                      (substr(s.subject, 1, 14 + instr(substr(s.subject, 16), '/')),
                       substr(s.subject, 1, instr(s.subject, '/providers/') - 1)))
 ORDER BY s.subject;

-- Resources that templates declare, by what their id ends with. A name in which an expression is
-- left over in braces (collect/template.h) is known to nobody before the deployment.
CREATE TEMP TABLE ledger_declared AS
WITH RECURSIVE told AS (
SELECT r.id, r.evidence_id, r.type, r.name, instr(r.name, '{') > 0 OR instr(r.name, '[') > 0 AS open
  FROM ledger_here h
 CROSS JOIN main.subject s ON s.kind = 'template-resource' AND s.snapshot_id = h.snapshot_id
 CROSS JOIN main.record r ON r.id = s.record_id
 WHERE r.type IS NOT NULL AND r.name IS NOT NULL),
step(id, tail, types, names) AS (
SELECT id, '/providers/' || substr(type, 1, instr(type || '/', '/') - 1),
       substr(type, instr(type || '/', '/') + 1) || '/', lower(name) || '/' FROM told WHERE NOT open
UNION ALL
SELECT id, tail || '/' || substr(types, 1, instr(types, '/') - 1) || '/'
           || substr(names, 1, instr(names, '/') - 1),
       substr(types, instr(types, '/') + 1), substr(names, instr(names, '/') + 1)
  FROM step WHERE length(types) > 1 AND length(names) > 1 AND length(tail) < 1000)
SELECT t.id, t.evidence_id, t.type, t.name, t.open, s.tail
  FROM told t LEFT JOIN step s ON s.id = t.id AND s.types = '' AND s.names = ''
 WHERE t.open OR s.tail IS NOT NULL;
-- What is there under any of these ends, if only in a resource list: that one has a note of its own.
CREATE TEMP TABLE ledger_known AS
SELECT DISTINCT substr(s.subject, instr(s.subject, '/providers/' || substr(r.type, 1, instr(r.type, '/'))))
           AS tail
  FROM ledger_here h
 CROSS JOIN main.subject s ON s.snapshot_id = h.snapshot_id
 CROSS JOIN main.record r ON r.id = s.record_id
 WHERE EXISTS (SELECT 1 FROM ledger_declared) AND s.kind <> 'template-resource'
   AND instr(r.type, '/') > 0;
CREATE INDEX temp.ledger_known_tail ON ledger_known(tail);
INSERT INTO main.ledger_note(snapshot_id, code, subject, text, evidence, command)
SELECT h.snapshot_id, 'template-not-exported', d.type || ' ' || d.name,
       'a template declares ' || d.name || ' (' || d.type
           || '), and no export of it is there: a template says what was asked for, not what is',
       json_array(min(d.evidence_id)), NULL
  FROM ledger_here h, ledger_declared d
 WHERE NOT d.open AND NOT EXISTS (SELECT 1 FROM ledger_known k WHERE k.tail = d.tail)
 GROUP BY d.type, lower(d.name) ORDER BY d.type, lower(d.name);
INSERT INTO main.ledger_note(snapshot_id, code, subject, text, evidence, command)
SELECT h.snapshot_id, 'template-name-open', NULL,
       e.path || ': ' || count(*) || CASE count(*) WHEN 1 THEN ' resource that it declares has a name'
           ELSE ' resources that it declares have names' END
           || ' that only a deployment decides; whether they were exported is not known',
       json_array(d.evidence_id), NULL
  FROM ledger_here h, ledger_declared d JOIN main.evidence e ON e.id = d.evidence_id
 WHERE d.open GROUP BY d.evidence_id ORDER BY e.path, d.evidence_id;

-- Exports that disagree.
INSERT INTO main.ledger_note(snapshot_id, code, subject, text, evidence, command)
SELECT h.snapshot_id, 'exports-disagree', coalesce(a.id_given, a.subject),
       ea.path || ' and ' || eb.path || ' differ in ' || d.members || '; '
           || CASE d.newer_id WHEN a.id THEN 'the newer one is ' || ea.path
              WHEN b.id THEN 'the newer one is ' || eb.path
              ELSE 'nothing says which one is newer' END,
       json_array(a.evidence_id, b.evidence_id), NULL
  FROM ledger_here h
 CROSS JOIN main.dispute d ON d.snapshot_id = h.snapshot_id
 CROSS JOIN main.record a ON a.id = d.record_id
 CROSS JOIN main.record b ON b.id = d.other_id
 CROSS JOIN main.evidence ea ON ea.id = a.evidence_id
 CROSS JOIN main.evidence eb ON eb.id = b.evidence_id
 ORDER BY a.subject, d.other_id;

-- Exports made outside of the period, and exports that nothing dates.
CREATE TEMP TABLE ledger_dated AS
SELECT e.id, e.path, coalesce(c.ended, n.collected_at) AS made, n.period_start, n.period_end
  FROM ledger_here h
  JOIN main.snapshot n ON n.id = h.snapshot_id
  JOIN main.evidence e ON e.snapshot_id = h.snapshot_id
  LEFT JOIN ledger_command c ON c.evidence_id = e.id
 WHERE n.period_start IS NOT NULL;
INSERT INTO main.ledger_note(snapshot_id, code, subject, text, evidence, command)
SELECT h.snapshot_id, x.code, NULL,
       CASE count(*) WHEN 1 THEN 'one file ' ELSE count(*) || ' files ' END
           || CASE x.code WHEN 'undated' THEN 'cannot be placed in the period: nothing says when it was exported (--collected-at, or the ledger of evpack plan)'
              WHEN 'before-period' THEN 'exported before the period ' || period_start || ' to ' || period_end || ' began; the oldest at ' || min(made)
              ELSE 'exported after the period ' || period_start || ' to ' || period_end || ' ended; the newest at ' || max(made) END,
       (SELECT json_group_array(id) FROM (SELECT y.id FROM ledger_dated y
           WHERE CASE WHEN y.made IS NULL THEN 'undated' WHEN y.made < y.period_start THEN 'before-period'
                      WHEN y.made > y.period_end THEN 'after-period' END = x.code
           ORDER BY y.id LIMIT 10)), NULL
  FROM ledger_here h,
       (SELECT *, CASE WHEN made IS NULL THEN 'undated' WHEN made < period_start THEN 'before-period'
                       WHEN made > period_end THEN 'after-period' END AS code FROM ledger_dated) x
 WHERE x.code IS NOT NULL
 GROUP BY x.code ORDER BY x.code;
