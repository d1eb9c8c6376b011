-- The exceptions and attestations of the engagement that holds (view `engaged`), read once.
-- temp.decide_now has the run, its mapping and when it judges. A record that cannot be read decides
-- nothing, and is a finding about its file, as is one that has ended, has not begun or matches nothing.
--
-- A day without a time: what begins then begins with the day, what ends then ends with it (UTC). At
-- the moment of its end an exception or attestation no longer holds.

CREATE TEMP TABLE decide_item(
    record_id  INTEGER PRIMARY KEY,
    kind       TEXT NOT NULL,    -- exception, attestation
    key        TEXT NOT NULL,    -- its id in the file
    body       TEXT NOT NULL,
    control    TEXT, rule TEXT, service TEXT, feature TEXT, -- null: any
    low        TEXT,             -- canonical id at or below which it holds; null: by tag
    tag        TEXT, value TEXT, -- the name in lower case
    scope      TEXT NOT NULL,    -- in words
    covers     TEXT NOT NULL,    -- in words
    who        TEXT, owner TEXT, why TEXT, ticket TEXT,
    since_text TEXT, until_text TEXT,
    since      REAL, until REAL, -- Julian days; until null: without an end
    conclusion TEXT,
    state      TEXT NOT NULL,
    unknown    INTEGER NOT NULL DEFAULT 0, -- findings whose subject's tags nobody knows
    says       TEXT              -- what findings that it decides say
);

-- Each member that is a text, and no other.
CREATE TEMP TABLE decide_member(item INTEGER, name TEXT, value TEXT, PRIMARY KEY(item, name)) WITHOUT ROWID;
CREATE TEMP TABLE decide_record AS
SELECT record_id, kind, subject, CASE WHEN json_valid(body) AND json_type(body) = 'object' THEN body
       ELSE '{}' END AS body
  FROM engaged
 WHERE (kind = 'exception' AND role = 'exceptions') OR (kind = 'attestation' AND role = 'attestations')
 GROUP BY record_id;
INSERT OR IGNORE INTO temp.decide_member
SELECT r.record_id, m.key, m.value FROM temp.decide_record r CROSS JOIN json_each(r.body) m
 WHERE m.type = 'text' AND m.value <> '';
INSERT OR IGNORE INTO temp.decide_member
SELECT r.record_id, 'scope.' || m.key, m.value FROM temp.decide_record r CROSS JOIN json_each(r.body, '$.scope') m
 WHERE json_type(r.body, '$.scope') = 'object' AND m.type = 'text' AND (m.value <> '' OR m.key = 'value');
INSERT OR IGNORE INTO temp.decide_member
SELECT r.record_id, 'reviewer.' || m.key, m.value FROM temp.decide_record r CROSS JOIN json_each(r.body, '$.reviewer') m
 WHERE json_type(r.body, '$.reviewer') = 'object' AND m.type = 'text' AND m.value <> '';
-- Members of another type than text, where a text is meant: they are there, and nobody can read them.
CREATE TEMP TABLE decide_odd(item INTEGER PRIMARY KEY);
INSERT OR IGNORE INTO temp.decide_odd
SELECT r.record_id FROM temp.decide_record r CROSS JOIN json_each(r.body) m
 WHERE m.type <> 'text' AND m.key IN ('control', 'rule', 'service', 'feature', 'granted', 'expires',
       'reviewed_at', 'valid_until', 'conclusion')
UNION SELECT r.record_id FROM temp.decide_record r
 WHERE json_type(r.body, '$.scope') IS NOT 'object' OR 1 <>
       (SELECT count(*) FROM json_each(CASE json_type(r.body, '$.scope') WHEN 'object'
               THEN json_extract(r.body, '$.scope') ELSE '{}' END)
         WHERE key IN ('subscription', 'resource_group', 'resource', 'tag'));

INSERT INTO temp.decide_item(record_id, kind, key, body, control, rule, service, feature, low, tag,
    value, scope, covers, who, owner, why, ticket, since_text, until_text, conclusion, state)
SELECT r.record_id, r.kind, coalesce(a.id, substr(r.subject, instr(r.subject, ':') + 1)), r.body,
       upper(a.control), lower(a.rule), lower(a.service), lower(a.feature),
       CASE WHEN a.subscription IS NOT NULL AND instr(a.subscription, '/') = 0
            THEN '/subscriptions/' || lower(a.subscription)
            WHEN lower(a.resource_group) GLOB '/subscriptions/?*/resourcegroups/?*'
            THEN '/' || trim(lower(a.resource_group), '/')
            WHEN instr(lower(a.resource), '/providers/') > 0 THEN '/' || trim(lower(a.resource), '/') END,
       CASE WHEN a.value IS NOT NULL THEN lower(a.tag) END, CASE WHEN a.tag IS NOT NULL THEN a.value END,
       coalesce('subscription ' || a.subscription, 'resource group ' || a.resource_group,
                'resource ' || a.resource, 'tag ' || a.tag || ' = ' || coalesce(a.value, ''), ''),
       substr(coalesce(', ' || a.control, '') || coalesce(', rule ' || a.rule, '')
           || coalesce(', ' || a.service, '') || coalesce(', ' || a.feature, ''), 3),
       coalesce(a.approver, a.reviewer || coalesce(' (' || a.role || ')', '')), a.owner,
       CASE r.kind WHEN 'exception' THEN a.reason ELSE a.looked_at END, a.ticket,
       CASE r.kind WHEN 'exception' THEN a.granted ELSE a.reviewed_at END,
       CASE r.kind WHEN 'exception' THEN a.expires ELSE a.valid_until END,
       CASE r.kind WHEN 'attestation' THEN a.conclusion END, 'in-force'
  FROM temp.decide_record r
  JOIN (SELECT item,
               max(value) FILTER (WHERE name = 'id') AS id,
               max(value) FILTER (WHERE name = 'control') AS control,
               max(value) FILTER (WHERE name = 'rule') AS rule,
               max(value) FILTER (WHERE name = 'service') AS service,
               max(value) FILTER (WHERE name = 'feature') AS feature,
               max(value) FILTER (WHERE name = 'scope.subscription') AS subscription,
               max(value) FILTER (WHERE name = 'scope.resource_group') AS resource_group,
               max(value) FILTER (WHERE name = 'scope.resource') AS resource,
               max(value) FILTER (WHERE name = 'scope.tag') AS tag,
               max(value) FILTER (WHERE name = 'scope.value') AS value,
               max(value) FILTER (WHERE name = 'approver') AS approver,
               max(value) FILTER (WHERE name = 'owner') AS owner,
               max(value) FILTER (WHERE name = 'reason') AS reason,
               max(value) FILTER (WHERE name = 'ticket') AS ticket,
               max(value) FILTER (WHERE name = 'granted') AS granted,
               max(value) FILTER (WHERE name = 'expires') AS expires,
               max(value) FILTER (WHERE name = 'reviewer.name') AS reviewer,
               max(value) FILTER (WHERE name = 'reviewer.role') AS role,
               max(value) FILTER (WHERE name = 'reviewed_at') AS reviewed_at,
               max(value) FILTER (WHERE name = 'valid_until') AS valid_until,
               max(value) FILTER (WHERE name = 'looked_at') AS looked_at,
               max(value) FILTER (WHERE name = 'conclusion') AS conclusion
          FROM (SELECT item, name, value FROM temp.decide_member
                UNION ALL SELECT record_id, '', '' FROM temp.decide_record) GROUP BY item) a
       ON a.item = r.record_id;
UPDATE temp.decide_item SET
    since = CASE WHEN since_text GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'
                   OR since_text GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9]*'
                 THEN julianday(since_text) END,
    until = CASE WHEN until_text GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' THEN julianday(until_text) + 1
                 WHEN until_text GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9]*'
                 THEN julianday(until_text) END;
UPDATE temp.decide_item SET state = CASE
    WHEN record_id IN (SELECT item FROM temp.decide_odd) OR (low IS NULL AND tag IS NULL)
         OR since IS NULL OR who IS NULL OR (until IS NULL AND until_text IS NOT NULL) THEN 'unreadable'
    WHEN kind = 'exception' AND (until IS NULL OR (control IS NULL AND rule IS NULL)) THEN 'unreadable'
    WHEN kind = 'attestation' AND (coalesce(conclusion, '') NOT IN ('pass', 'fail')
         OR (control IS NULL AND service IS NULL AND feature IS NULL)) THEN 'unreadable'
    WHEN until <= (SELECT at FROM temp.decide_now) THEN 'expired'
    WHEN since > (SELECT at FROM temp.decide_now) THEN 'not-yet'
    ELSE 'in-force' END;

-- The files that an attestation names, where they are in the case.
CREATE TEMP TABLE decide_file(item INTEGER, place INTEGER, path TEXT, evidence_id INTEGER,
    PRIMARY KEY(item, place)) WITHOUT ROWID;
INSERT INTO temp.decide_file
SELECT i.record_id, m.key, m.value,
       (SELECT max(e.id) FROM engagement_file f JOIN evidence e ON e.id = f.evidence_id
         WHERE f.engagement_id = (SELECT max(id) FROM engagement) AND f.role = 'attested'
           AND e.path = m.value)
  FROM temp.decide_item i
  JOIN json_each(CASE json_type(i.body, '$.evidence') WHEN 'array'
                 THEN json_extract(i.body, '$.evidence') ELSE '[]' END) m
 WHERE i.kind = 'attestation' AND m.type = 'text';

-- Whole sentences: what was written ends with a full stop, or gets one.
UPDATE temp.decide_item SET why = substr(why, 1, 2000) || CASE WHEN substr(why, -1) IN ('.', '!', '?')
       AND length(why) <= 2000 THEN '' ELSE '.' END WHERE why IS NOT NULL;
UPDATE temp.decide_item SET says = CASE kind
    WHEN 'exception' THEN
        'Exempt until ' || until_text || ': exception ' || key || ', approved by ' || who || ' on '
        || since_text || coalesce(', ticket ' || ticket, '') || coalesce(': ' || why, '.')
    ELSE CASE conclusion WHEN 'pass' THEN 'Pass' ELSE 'Fail' END || ' by attestation of ' || who || ' on '
        || since_text || ' (' || key || ')' || coalesce(', who looked at: ' || why, '.')
        || coalesce((SELECT ' Files: ' || group_concat(path || CASE WHEN evidence_id IS NULL
                                THEN ' (not in the case)' ELSE '' END, ', ') || '.'
                       FROM (SELECT path, evidence_id FROM temp.decide_file
                              WHERE item = decide_item.record_id ORDER BY place LIMIT 20)), '') END
 WHERE state = 'in-force';

-- Which findings each speaks of, whether or not it is in force: decide_match.sql fills it.
CREATE TEMP TABLE decide_hit(item INTEGER, test_id INTEGER, record_id INTEGER,
    PRIMARY KEY(item, test_id, record_id)) WITHOUT ROWID;
CREATE TEMP TABLE decide_good(item INTEGER, test_id INTEGER, record_id INTEGER, place INTEGER, many INTEGER,
    PRIMARY KEY(test_id, record_id, place)) WITHOUT ROWID;
CREATE TEMP TABLE decide_tested(test_id INTEGER PRIMARY KEY, azure INTEGER, control TEXT, published TEXT,
    rule TEXT, service TEXT, feature TEXT);
CREATE TEMP TABLE decide_test(item INTEGER, test_id INTEGER, azure INTEGER,
    PRIMARY KEY(item, azure, test_id)) WITHOUT ROWID;
CREATE TEMP TABLE decide_azure(test_id INTEGER, record_id INTEGER, subject TEXT, snapshot_id INTEGER,
    PRIMARY KEY(test_id, record_id)) WITHOUT ROWID;
CREATE INDEX temp.decide_azure_subject ON decide_azure(subject);
CREATE TEMP TABLE decide_bearer(test_id INTEGER, record_id INTEGER, bearer INTEGER,
    PRIMARY KEY(test_id, record_id)) WITHOUT ROWID;
CREATE TEMP TABLE decide_tag(bearer INTEGER, name TEXT, value TEXT, PRIMARY KEY(bearer, name, value)) WITHOUT ROWID;
CREATE TEMP TABLE decide_known(bearer INTEGER PRIMARY KEY);
