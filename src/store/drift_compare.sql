-- Compares the newest pair of sides (drift_pair) with each other.
CREATE TEMP VIEW drift_now AS SELECT from_side, to_side FROM drift_pair ORDER BY rowid DESC LIMIT 1;

-- Paths without the folder that all files of the side lie in, when the two sides' folders differ.
CREATE TEMP TABLE drift_folder AS
SELECT f.side, min(CASE WHEN instr(f.path, '/') > 0 THEN substr(f.path, 1, instr(f.path, '/')) ELSE '' END)
           AS folder,
       count(DISTINCT CASE WHEN instr(f.path, '/') > 0 THEN substr(f.path, 1, instr(f.path, '/')) ELSE '' END)
           AS folders
  FROM drift_now p JOIN drift_file f ON f.side IN (p.from_side, p.to_side)
 GROUP BY f.side;
CREATE TEMP TABLE drift_cut AS
SELECT coalesce((SELECT count(DISTINCT folder) = 2 AND max(folders) = 1 AND min(folder) <> ''
                   FROM drift_folder), 0) AS cut;

-- What has no id is the same when it stands at the same place of the same file.
CREATE TEMP TABLE drift_same AS
SELECT min(earlier) AS earlier, later, key
  FROM (SELECT a.subject AS earlier, b.subject AS later, b.key AS key,
               count(*) OVER (PARTITION BY a.subject) AS times
          FROM drift_now p
          JOIN drift_cut c
          JOIN drift_nameless a ON a.side = p.from_side
          JOIN drift_nameless b ON b.side = p.to_side AND b.kind = a.kind AND b.pointer = a.pointer
               AND CASE WHEN c.cut THEN substr(b.path, instr(b.path, '/') + 1) ELSE b.path END
                   = CASE WHEN c.cut THEN substr(a.path, instr(a.path, '/') + 1) ELSE a.path END
         WHERE b.subject <> a.subject
           AND NOT EXISTS (SELECT 1 FROM drift_nameless o
                            WHERE o.side = p.to_side AND o.subject = a.subject))
 WHERE times = 1
 GROUP BY later HAVING count(*) = 1;
UPDATE OR IGNORE drift_finding
   SET subject = (SELECT earlier FROM drift_same WHERE later = drift_finding.subject)
 WHERE (test, subject) IN (SELECT t.id, s.later FROM drift_same s CROSS JOIN drift_test t)
   AND side = (SELECT to_side FROM drift_now);
UPDATE OR IGNORE drift_there SET subject = (SELECT earlier FROM drift_same WHERE later = drift_there.subject)
 WHERE side = (SELECT to_side FROM drift_now) AND subject IN (SELECT later FROM drift_same);
UPDATE drift_nameless
   SET subject = (SELECT s.earlier FROM drift_same s WHERE s.key = drift_nameless.key)
 WHERE side = (SELECT to_side FROM drift_now) AND key IN (SELECT key FROM drift_same);
DROP TABLE drift_same;

INSERT INTO drift_change(from_side, to_side, test, subject, part, before, after, raw_before, raw_after,
                         way)
SELECT (SELECT from_side FROM drift_now), (SELECT to_side FROM drift_now), a.test, a.subject, a.part,
       a.status, b.status, a.raw, b.raw,
       CASE WHEN a.raw = 1 AND b.raw = 2 THEN 1 WHEN a.raw = 2 AND b.raw = 1 THEN 2 ELSE 3 END
  FROM drift_finding a
  JOIN drift_finding b ON b.test = a.test AND b.subject = a.subject AND b.part = a.part
       AND b.side = (SELECT to_side FROM drift_now)
 WHERE +a.side = (SELECT from_side FROM drift_now) AND (a.status <> b.status OR a.raw <> b.raw);

-- Which lists would hold a subject: of its subscription, of its group, of what it belongs to; of all,
-- when it lies in no subscription.
INSERT INTO drift_moved
SELECT m.from_side, m.to_side,
       CASE WHEN later THEN 0 ELSE 2 END +
       NOT EXISTS (SELECT 1 FROM drift_list l
                    WHERE l.side = m.other AND l.kind = m.kind
                      AND l.scope IN (coalesce(m.parent, '-'), coalesce(m.own, '-'), m.subscription, m.grouped)),
       m.subject
  FROM (SELECT p.from_side, p.to_side, t.side = p.to_side AS later,
               p.from_side + p.to_side - t.side AS other, t.subject, s.kind, s.parent, s.scope AS own,
               CASE WHEN substr(s.key, 1, 15) = '/subscriptions/'
                    THEN '/subscriptions/' || substr(substr(s.key, 16) || '/', 1, instr(substr(s.key, 16) || '/', '/') - 1)
                    ELSE '' END AS subscription,
               CASE WHEN substr(s.key, 1, 15) = '/subscriptions/' AND instr(s.key, '/resourcegroups/') > 0
                    THEN substr(s.key, 1, instr(s.key, '/resourcegroups/') + 15) ||
                         substr(substr(s.key, instr(s.key, '/resourcegroups/') + 16) || '/', 1,
                                instr(substr(s.key, instr(s.key, '/resourcegroups/') + 16) || '/', '/') - 1)
                    ELSE '-' END AS grouped
          FROM drift_now p
          JOIN drift_there t ON t.side IN (p.from_side, p.to_side)
          JOIN drift_subject s ON s.id = t.subject
         WHERE NOT EXISTS (SELECT 1 FROM drift_there o
                            WHERE o.subject = t.subject AND o.side = p.from_side + p.to_side - t.side)) m;

INSERT INTO drift_lone
SELECT (SELECT from_side FROM drift_now), (SELECT to_side FROM drift_now),
       a.side = (SELECT to_side FROM drift_now),
       a.side = (SELECT to_side FROM drift_now) AND a.subject IN
           (SELECT m.subject FROM drift_moved m
             WHERE m.to_side = (SELECT to_side FROM drift_now) AND m.move = 0
               AND m.from_side = (SELECT from_side FROM drift_now)),
       a.test, a.raw, count(*)
  FROM drift_finding a
 WHERE +a.side IN ((SELECT from_side FROM drift_now), (SELECT to_side FROM drift_now))
   AND NOT EXISTS (SELECT 1 FROM drift_finding b
                    WHERE b.test = a.test AND b.subject = a.subject AND b.part = a.part
                      AND b.side = (SELECT from_side + to_side FROM drift_now) - a.side)
 GROUP BY 3, 4, 5, 6;

CREATE TEMP TABLE drift_path AS
SELECT side, path, group_concat(sha256, ' ') AS sha256
  FROM (SELECT f.side,
               CASE WHEN (SELECT cut FROM drift_cut)
                    THEN substr(f.path, instr(f.path, '/') + 1) ELSE f.path END AS path, f.sha256
          FROM drift_now p JOIN drift_file f ON f.side IN (p.from_side, p.to_side)
         ORDER BY 1, 2, 3)
 GROUP BY side, path;
CREATE INDEX temp.drift_path_side ON drift_path(path, side);
INSERT INTO drift_item
SELECT p.from_side, p.to_side, NULL, a.path, CASE WHEN b.path IS NULL THEN 'not there' ELSE 'changed' END,
       a.sha256, b.sha256
  FROM drift_now p
  JOIN drift_path a ON a.side = p.from_side
  LEFT JOIN drift_path b ON b.path = a.path AND b.side = p.to_side
 WHERE b.sha256 IS NOT a.sha256
UNION ALL
SELECT p.from_side, p.to_side, NULL, b.path, 'new', NULL, b.sha256
  FROM drift_now p
  JOIN drift_path b ON b.side = p.to_side
 WHERE NOT EXISTS (SELECT 1 FROM drift_path a WHERE a.path = b.path AND a.side = p.from_side);
DROP TABLE drift_path;
DROP TABLE drift_folder;
DROP TABLE drift_cut;

CREATE TEMP TABLE drift_said AS
SELECT side, kind, key, group_concat(body, ' ') AS body
  FROM (SELECT d.* FROM drift_now p JOIN drift_decision d ON d.side IN (p.from_side, p.to_side)
         ORDER BY d.side, d.kind, d.key, d.body)
 GROUP BY side, kind, key;
INSERT INTO drift_item
SELECT p.from_side, p.to_side, a.kind, a.key, CASE WHEN b.key IS NULL THEN 'not there' ELSE 'changed' END,
       NULL, NULL
  FROM drift_now p
  JOIN drift_said a ON a.side = p.from_side
  LEFT JOIN drift_said b ON b.kind = a.kind AND b.key = a.key AND b.side = p.to_side
 WHERE b.body IS NOT a.body
UNION ALL
SELECT p.from_side, p.to_side, b.kind, b.key, 'new', NULL, NULL
  FROM drift_now p
  JOIN drift_said b ON b.side = p.to_side
 WHERE NOT EXISTS (SELECT 1 FROM drift_said a
                    WHERE a.kind = b.kind AND a.key = b.key AND a.side = p.from_side);
DROP TABLE drift_said;
DROP VIEW drift_now;
