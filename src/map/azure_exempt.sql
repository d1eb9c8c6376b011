-- Exemptions of Azure Policy in the snapshot: which states they cover, and whether they still hold
-- when the case is mapped. A state that says NonCompliant becomes exempt, and keeps fail as its raw
-- status; one that says Exempt stays so, unless every exemption seen for it has ended: then nobody
-- knows what holds. After azure_reconcile.sql, which compares what was tested. Findings of our own
-- rules are never touched: who may exempt in Azure has not approved an exception here.
--
-- An exemption covers a state of its assignment (and of its policyDefinitionReferenceIds, when it
-- names any) at its scope or below. That a management group stands above a resource is known from
-- the state (its managementGroupIds, or the group that the assignment belongs to) or from the
-- management groups of the snapshot.

CREATE TEMP TABLE azure_exemption(
    record_id   INTEGER PRIMARY KEY,
    snapshot_id INTEGER NOT NULL,
    id          TEXT NOT NULL,
    assignment  TEXT,            -- null: none that can be read
    scope       TEXT NOT NULL,   -- '': none that can be read
    category    TEXT NOT NULL,
    title       TEXT,
    expires     TEXT,            -- as written; null: never
    until       REAL,
    refs        TEXT,            -- JSON array, lower case; '[]': all. null: not readable
    selectors   TEXT,
    state       TEXT NOT NULL
);
INSERT INTO temp.azure_exemption
SELECT record_id, snapshot_id, id, '/' || trim(lower(assignment), '/'), scope, category, title,
       expires, until, refs, selectors,
       CASE WHEN assignment IS NULL OR scope = '' OR refs IS NULL
                 OR (expires IS NOT NULL AND until IS NULL) THEN 'unreadable'
            WHEN until <= at THEN 'expired' ELSE 'in-force' END
  FROM (SELECT *, CASE
               WHEN expires GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' THEN julianday(expires) + 1
               WHEN expires GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9][T ][0-9]*'
               THEN julianday(expires) END AS until
          FROM (SELECT r.id AS record_id, s.snapshot_id, r.subject AS id,
                       julianday((SELECT evaluated_at FROM run JOIN temp.azure_now n ON n.run = run.id)) AS at,
                       substr(r.subject, 1, max(0, instr(r.subject,
                           '/providers/microsoft.authorization/policyexemptions/') - 1)) AS scope,
                       CASE json_type(b.body, '$.properties.policyAssignmentId') WHEN 'text'
                            THEN json_extract(b.body, '$.properties.policyAssignmentId') END AS assignment,
                       CASE json_type(b.body, '$.properties.exemptionCategory') WHEN 'text'
                            THEN json_extract(b.body, '$.properties.exemptionCategory') ELSE '' END AS category,
                       CASE json_type(b.body, '$.properties.displayName') WHEN 'text'
                            THEN json_extract(b.body, '$.properties.displayName') END AS title,
                       -- What is no text cannot be read as a time, and is not "never".
                       CASE coalesce(json_type(b.body, '$.properties.expiresOn'), 'null')
                            WHEN 'null' THEN NULL WHEN 'text'
                            THEN json_extract(b.body, '$.properties.expiresOn') ELSE '' END AS expires,
                       CASE coalesce(json_type(b.body, '$.properties.policyDefinitionReferenceIds'), 'null')
                            WHEN 'null' THEN '[]' WHEN 'array'
                            THEN lower(json_extract(b.body, '$.properties.policyDefinitionReferenceIds')) END AS refs,
                       nullif(nullif(b.body -> '$.properties.resourceSelectors', 'null'), '[]') AS selectors
                  FROM subject s CROSS JOIN record r ON r.id = s.record_id
                  JOIN (SELECT id, CASE WHEN json_valid(body) THEN body ELSE '{}' END AS body FROM record) b
                       ON b.id = r.id
                 WHERE s.kind = 'policy-exemption'));
CREATE INDEX temp.azure_exemption_place ON azure_exemption(snapshot_id, assignment);

-- The states that an exemption can speak of.
CREATE TEMP TABLE azure_exemptible AS
SELECT s.record_id, s.snapshot_id, substr(s.part, 1, instr(s.part, ' ') - 1) AS assignment, s.subject,
       s.reference, s.status
  FROM temp.azure_state s
 WHERE s.source = 'policy-state' AND s.status IN (2, 7)
   AND (s.snapshot_id, substr(s.part, 1, instr(s.part, ' ') - 1)) IN
       (SELECT snapshot_id, assignment FROM temp.azure_exemption WHERE assignment IS NOT NULL);
CREATE INDEX temp.azure_exemptible_place ON azure_exemptible(snapshot_id, assignment, subject);

CREATE TEMP TABLE azure_covered(state INTEGER, exemption INTEGER, sure INTEGER,
    PRIMARY KEY(state, exemption)) WITHOUT ROWID;
INSERT OR IGNORE INTO temp.azure_covered
SELECT s.record_id, x.record_id, 1
  FROM temp.azure_exemption x
  CROSS JOIN temp.azure_exemptible s ON s.snapshot_id = x.snapshot_id AND s.assignment = x.assignment
       AND s.subject >= x.scope AND s.subject < x.scope || '0'
 WHERE x.scope <> '' AND (s.subject = x.scope OR substr(s.subject, length(x.scope) + 1, 1) = '/');

-- The management groups above a state.
CREATE TEMP TABLE azure_group_edge(snapshot_id INTEGER, below TEXT, above TEXT,
    PRIMARY KEY(snapshot_id, below, above)) WITHOUT ROWID;
INSERT OR IGNORE INTO temp.azure_group_edge
SELECT s.snapshot_id, s.subject, lower(json_extract(r.body, '$.properties.details.parent.id'))
  FROM subject s JOIN record r ON r.id = s.record_id
 WHERE s.kind = 'management-group' AND json_valid(r.body)
   AND json_type(r.body, '$.properties.details.parent.id') = 'text';
INSERT OR IGNORE INTO temp.azure_group_edge
SELECT s.snapshot_id, lower(json_extract(c.value, '$.id')),
       CASE c.path WHEN '$.properties.children' THEN s.subject
            ELSE lower(json_extract(r.body, substr(c.path, 1, length(c.path) - 9) || '.id')) END
  FROM subject s JOIN record r ON r.id = s.record_id
  JOIN json_tree(CASE WHEN json_valid(r.body) THEN r.body ELSE '{}' END, '$.properties.children') c
 WHERE s.kind = 'management-group' AND c.type = 'object' AND c.path LIKE '%.children'
   AND json_type(c.value, '$.id') = 'text'
   AND (c.path = '$.properties.children'
        OR json_type(r.body, substr(c.path, 1, length(c.path) - 9) || '.id') = 'text');
INSERT OR IGNORE INTO temp.azure_group_edge
SELECT s.snapshot_id, substr(s.subject, instr(s.subject, '/subscriptions/')),
       substr(s.subject, 1, instr(s.subject, '/subscriptions/') - 1)
  FROM subject s WHERE s.kind = 'management-group-subscription' AND instr(s.subject, '/subscriptions/') > 1;
CREATE TEMP TABLE azure_above(state INTEGER, above TEXT, PRIMARY KEY(state, above)) WITHOUT ROWID;
CREATE TEMP TABLE azure_under AS
SELECT s.record_id, s.snapshot_id, s.assignment,
       substr(s.subject, 1, instr(substr(s.subject, 16) || '/', '/') + 14) AS subscription, s.subject
  FROM temp.azure_exemptible s
 WHERE (s.snapshot_id, s.assignment) IN (SELECT snapshot_id, assignment FROM temp.azure_exemption
        WHERE scope GLOB '/providers/microsoft.management/managementgroups/?*');
INSERT OR IGNORE INTO temp.azure_above
SELECT u.record_id, substr(u.assignment, 1,
       instr(u.assignment, '/providers/microsoft.authorization/') - 1)
  FROM temp.azure_under u
 WHERE u.assignment GLOB '/providers/microsoft.management/managementgroups/?*/providers/microsoft.authorization/*';
INSERT OR IGNORE INTO temp.azure_above
SELECT u.record_id, '/providers/microsoft.management/managementgroups/' || lower(trim(m.value))
  FROM temp.azure_under u JOIN record r ON r.id = u.record_id
  JOIN json_each(CASE WHEN json_valid(r.body) AND json_type(r.body, '$.managementGroupIds') = 'text'
       THEN '[' || replace(json_quote(json_extract(r.body, '$.managementGroupIds')), ',', '","') || ']'
       ELSE '[]' END) m;
INSERT OR IGNORE INTO temp.azure_above
WITH RECURSIVE up(snapshot_id, subscription, above) AS (
    SELECT DISTINCT u.snapshot_id, u.subscription, e.above FROM temp.azure_under u
      JOIN temp.azure_group_edge e ON e.snapshot_id = u.snapshot_id AND e.below = u.subscription
     WHERE u.subject GLOB '/subscriptions/?*'
     UNION
    SELECT p.snapshot_id, p.subscription, e.above FROM up p
      JOIN temp.azure_group_edge e ON e.snapshot_id = p.snapshot_id AND e.below = p.above)
SELECT u.record_id, p.above FROM temp.azure_under u
  JOIN up p ON p.snapshot_id = u.snapshot_id AND p.subscription = u.subscription;
INSERT OR IGNORE INTO temp.azure_covered
SELECT u.record_id, x.record_id, 1
  FROM temp.azure_under u
  CROSS JOIN temp.azure_above a ON a.state = u.record_id
  CROSS JOIN temp.azure_exemption x ON x.snapshot_id = u.snapshot_id AND x.assignment = u.assignment
       AND x.scope = a.above;

-- Of some policies of an initiative only.
DELETE FROM temp.azure_covered WHERE NOT EXISTS
    (SELECT 1 FROM temp.azure_exemption x, temp.azure_exemptible s
      WHERE x.record_id = azure_covered.exemption AND s.record_id = azure_covered.state
        AND (x.refs IS NULL OR x.refs = '[]'
             OR s.reference IN (SELECT value FROM json_each(x.refs) WHERE type = 'text' AND value <> '')));
-- Of some resources only, by location or type. What cannot be told is neither: sure is null.
UPDATE temp.azure_covered SET sure =
    (SELECT CASE WHEN sum(hold = 1) > 0 THEN 1 WHEN sum(hold = 0) = count(*) THEN 0 END
       FROM (SELECT CASE WHEN sum(holds = 0) > 0 THEN 0 WHEN sum(holds = 1) = count(*) THEN 1 END AS hold
               FROM (SELECT place, CASE
                            WHEN given IS NULL OR given = '' THEN NULL
                            WHEN json_type(selector, '$.in') = 'array' THEN
                                 given IN (SELECT lower(replace(value, ' ', ''))
                                             FROM json_each(selector, '$.in') WHERE type = 'text')
                            WHEN json_type(selector, '$.notIn') = 'array' THEN
                                 given NOT IN (SELECT lower(replace(value, ' ', ''))
                                             FROM json_each(selector, '$.notIn') WHERE type = 'text')
                            END AS holds
                       FROM (SELECT z.key AS place, q.value AS selector,
                                    CASE WHEN q.type = 'object' THEN lower(replace(
                                    CASE CASE json_type(q.value, '$.kind') WHEN 'text'
                                              THEN lower(json_extract(q.value, '$.kind')) END
                                    WHEN 'resourcelocation' THEN json_extract(r.body, '$.resourceLocation')
                                    WHEN 'resourcetype' THEN json_extract(r.body, '$.resourceType') END,
                                    ' ', '')) END AS given
                               FROM (SELECT CASE WHEN json_valid(body) THEN body ELSE '{}' END AS body
                                       FROM record WHERE id = azure_covered.state) r
                               JOIN json_each(CASE WHEN json_type(x.selectors) = 'array' THEN x.selectors
                                                   ELSE '[0]' END) z
                               LEFT JOIN json_each(CASE WHEN z.type = 'object'
                                              AND json_type(z.value, '$.selectors') = 'array'
                                         THEN json_extract(z.value, '$.selectors') ELSE '[]' END) q))
              GROUP BY place))
  FROM temp.azure_exemption x
 WHERE x.record_id = azure_covered.exemption AND x.selectors IS NOT NULL;
DELETE FROM temp.azure_covered WHERE sure = 0;
-- Where Azure does not say Exempt itself, a doubt exempts nothing.
DELETE FROM temp.azure_covered WHERE sure IS NULL
   AND state IN (SELECT record_id FROM temp.azure_exemptible WHERE status = 2);

-- Which decides: one in force before others, then the one that ends last.
CREATE TEMP TABLE azure_deciding AS
SELECT state, exemption, others FROM
   (SELECT c.state, c.exemption,
           row_number() OVER w AS place,
           (SELECT json_group_array(o.exemption) FROM (SELECT o.exemption FROM temp.azure_covered o
             WHERE o.state = c.state AND o.exemption <> c.exemption ORDER BY 1 LIMIT 20) o) AS others
      FROM temp.azure_covered c JOIN temp.azure_exemption x ON x.record_id = c.exemption
    WINDOW w AS (PARTITION BY c.state ORDER BY x.state = 'in-force' DESC, x.until IS NULL DESC,
                 x.until DESC, x.id, x.record_id))
 WHERE place = 1;
CREATE UNIQUE INDEX temp.azure_deciding_state ON azure_deciding(state);

CREATE TEMP TABLE azure_ruling(state INTEGER PRIMARY KEY, status INTEGER, raw INTEGER, decided INTEGER,
    reason TEXT, evidence TEXT);
INSERT INTO temp.azure_ruling
SELECT s.record_id,
       CASE WHEN x.record_id IS NULL OR x.state = 'in-force' THEN 7 ELSE 6 END,
       CASE s.status WHEN 2 THEN 2 ELSE 6 END,
       CASE x.state WHEN 'in-force' THEN x.record_id END,
       replace(replace((SELECT text FROM temp.azure_text WHERE name = CASE
               WHEN x.record_id IS NULL THEN 'azure-exempt-unseen'
               WHEN x.state <> 'in-force' THEN 'azure-exempt-ended'
               WHEN s.status = 2 THEN 'azure-exempt-failed' ELSE 'azure-exempt' END),
           '{category}', substr(coalesce(x.category, ''), 1, 60)),
           '{expires}', coalesce(substr(x.expires, 1, 40), '-')),
       CASE WHEN x.record_id IS NULL THEN s.evidence ELSE
           (SELECT json_group_array(value) FROM
               (SELECT value FROM json_each(coalesce(s.evidence, '[]')) UNION ALL SELECT x.record_id
                UNION ALL SELECT value FROM json_each(d.others))) END
  FROM temp.azure_state s
  LEFT JOIN temp.azure_deciding d ON d.state = s.record_id
  LEFT JOIN temp.azure_exemption x ON x.record_id = d.exemption
 WHERE s.source = 'policy-state'
   AND (s.status = 7 OR (s.status = 2 AND x.state = 'in-force'));
UPDATE finding SET status = w.status, raw = CASE w.status WHEN 7 THEN w.raw END, decided = w.decided,
       reason = w.reason, evidence = w.evidence
  FROM (SELECT c.test_id, p.record_id, g.status, g.raw, g.decided, g.reason, g.evidence
          FROM temp.azure_ruling g CROSS JOIN temp.azure_place p ON p.record_id = g.state
          CROSS JOIN temp.azure_cell c ON c.kind_id = p.kind_id AND c.class_id = p.class_id) w
 WHERE finding.test_id = w.test_id AND finding.record_id = w.record_id;

-- What became of each exemption.
INSERT INTO decision(run_id, record_id, kind, key, scope, covers, why, until, conclusion, state,
    matched, decided, note)
SELECT now.run, x.record_id, 'exemption', x.id, x.scope,
       coalesce(x.assignment, '') || CASE WHEN x.refs = '[]' THEN '' ELSE coalesce(' ' || substr(x.refs, 1, 400), '') END,
       x.title, x.expires, nullif(x.category, ''),
       CASE WHEN x.state = 'in-force' AND matched = 0 THEN 'unmatched' ELSE x.state END, matched,
       (SELECT count(*) FROM temp.azure_ruling g WHERE g.decided = x.record_id),
       (SELECT text FROM temp.azure_text WHERE name = 'azure-exemption-selectors'
         AND x.selectors IS NOT NULL)
  FROM temp.azure_now now CROSS JOIN
       (SELECT x.*, (SELECT count(*) FROM temp.azure_covered c WHERE c.exemption = x.record_id) AS matched
          FROM temp.azure_exemption x) x;
-- One that has ended excuses nothing; where something still needs it, that is a fault by itself.
INSERT INTO test(run_id, source)
SELECT now.run, 'exception' FROM temp.azure_now now
 WHERE EXISTS (SELECT 1 FROM temp.azure_exemption WHERE state <> 'in-force');
INSERT INTO finding(test_id, record_id, status, reason)
SELECT t.id, x.record_id, CASE WHEN x.state = 'expired' AND n.matched > 0 THEN 2 ELSE 5 END,
       replace(replace((SELECT text FROM temp.azure_text WHERE name = CASE
           WHEN x.state = 'unreadable' THEN 'azure-exemption-unreadable'
           WHEN n.matched > 0 THEN 'azure-exemption-expired' ELSE 'azure-exemption-idle' END),
           '{n}', n.matched), '{expires}', coalesce(substr(x.expires, 1, 40), '-'))
  FROM temp.azure_now now
  CROSS JOIN test t ON t.run_id = now.run AND t.source = 'exception'
  CROSS JOIN temp.azure_exemption x
  JOIN decision n ON n.run_id = now.run AND n.record_id = x.record_id
 WHERE x.state <> 'in-force' ORDER BY x.record_id;
