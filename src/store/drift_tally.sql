-- Counts the changes of each control, for each comparison (src/store/drift.h says what better means).
DELETE FROM drift_tally;
INSERT INTO drift_tally
SELECT control, to_side, sum(better), sum(worse), sum(new_fails), sum(first_fails), sum(other), sum(decided),
       sum(fails_gone), sum(only_before), sum(only_after)
  FROM (SELECT t.control, c.to_side, c.way = 2 AS better, c.way = 1 AS worse, 0 AS new_fails, 0 AS first_fails,
               c.way = 3 AS other, c.way = 3 AND c.raw_before = c.raw_after AS decided,
               0 AS fails_gone, 0 AS only_before, 0 AS only_after
          FROM drift_change c JOIN drift_test t ON t.id = c.test
        UNION ALL
        SELECT t.control, l.to_side, 0, 0, (l.appeared AND l.raw = 2) * l.n,
               (l.later AND NOT l.appeared AND l.raw = 2) * l.n, 0, 0,
               (NOT l.later AND l.raw = 2) * l.n, (NOT l.later) * l.n, l.later * l.n
          FROM drift_lone l JOIN drift_test t ON t.id = l.test)
 GROUP BY control, to_side;
