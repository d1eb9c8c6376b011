#!/bin/sh
# benchmark.sh TABLES OUT: makes OUT/benchmarks/mcsb-v2.json from mcsb-v2-controls.csv in the folder
# TABLES. Version 2 is a preview, and what is published of it is incomplete: where no title is
# known, the control says so and names that of version 1. Objectives are our own words: those in
# objectives_v2.tsv where the title says something else than version 1's, else version 1's, and
# marked as that where the title is not known. Not needed for a build: it was run once, what it
# made is in the tree, and a test runs it again and compares. Wants sqlite3.
set -eu
tables=${1:?usage: benchmark.sh TABLES OUT}
out=${2:?usage: benchmark.sh TABLES OUT}
here=$(dirname "$0")
mkdir -p "$out/benchmarks"
sqlite3 -batch -bail :memory: <<END >"$out/benchmarks/mcsb-v2.json"
.import --csv "$tables/mcsb-v2-controls.csv" control
CREATE TABLE own(control_id TEXT PRIMARY KEY, objective TEXT NOT NULL);
.mode tabs
.import "$here/objectives_v2.tsv" own
.mode list
CREATE TABLE v1(control_id TEXT PRIMARY KEY, objective TEXT NOT NULL);
INSERT INTO v1
SELECT c.value ->> 'id', c.value ->> 'objective'
  FROM json_each(readfile('$here/../../../mapping/benchmarks/mcsb-v1.json'), '\$.controls') AS c;
CREATE TABLE objective(control_id TEXT PRIMARY KEY, objective TEXT NOT NULL);
INSERT INTO objective
SELECT control_id, coalesce(own.objective,
       CASE WHEN title = '' THEN 'In v1: ' ELSE '' END || v1.objective)
  FROM control LEFT JOIN own USING (control_id) LEFT JOIN v1 USING (control_id);
SELECT '{' || char(10)
    || '  "slug": "mcsb-v2",' || char(10)
    || '  "title": "Microsoft cloud security benchmark v2 (preview)",' || char(10)
    || '  "source": "Control ids as the groups of the initiative MCSBv2 (1.3.0-preview) and Microsoft''s pages have them; titles and CIS v8.1 ids where they could be read. Objectives are in our own words.",' || char(10)
    || '  "source_date": "2026-11",' || char(10)
    || '  "preview": true,' || char(10)
    || '  "note": "A preview, and incomplete here: ' || sum(title = '') || ' of ' || count(*) || ' controls have no title that we know, and ' || sum(cis_v8_1_ids = '') || ' no CIS v8.1 ids. Service baselines are published for v1 alone, so only findings that Azure made stand under these controls.",' || char(10)
    || '  "controls": ['
  FROM control;
SELECT '    {"id": ' || json_quote(control_id) || ', "domain": ' || json_quote(domain)
    || ', "title": ' || json_quote(CASE WHEN title <> '' THEN title
           ELSE 'Title not known' || CASE WHEN v1_title = '' THEN '' ELSE '; in v1: ' || v1_title END END)
    || CASE WHEN title = '' THEN '' ELSE ', "title_confidence": ' || json_quote(title_confidence) END
    || ', "objective": ' || json_quote(objective)
    || CASE WHEN cis_v8_1_ids = '' THEN ''
       ELSE ', "crosswalk": {"cis-v8.1": ["' || replace(cis_v8_1_ids, ';', '", "') || '"]}' END
    || '}' || CASE WHEN lead(control.rowid) OVER w IS NULL THEN '' ELSE ',' END
  FROM control JOIN objective USING (control_id)
  WINDOW w AS (ORDER BY control.rowid) ORDER BY control.rowid;
SELECT '  ]' || char(10) || '}';
END
