/*
 * Sorting the records. Invariant: in each row the five parts add up to its records, and the rows to
 * the tenant's: what the engagement says is no record of the tenant's. What is supporting evidence
 * is the mapping's word (mapping/coverage.json): this file knows no type.
 */
#include "report/coverage.h"

/*
 * assessed: one test a service has a finding for every subject of it. A record that another speaks
 * for (two exports of one resource) is assessed when that other one is. types: whatever a baseline
 * speaks of; a child of such a type is evidence about its parent.
 */
static const char coverage_sql[] =
    "WITH now AS MATERIALIZED (SELECT id, mapping_id, evidence FROM run ORDER BY id DESC LIMIT 1),"
    " one AS (SELECT min(t.id) FROM now JOIN test t ON t.run_id = now.id"
    "   JOIN feature f ON f.id = t.feature_id WHERE t.source IN ('baseline', 'rule')"
    "   GROUP BY f.service_id),"
    " said AS MATERIALIZED (SELECT DISTINCT record_id FROM finding WHERE test_id IN one),"
    " file AS MATERIALIZED (SELECT path, CAST(bytes AS TEXT) AS text FROM now"
    "   JOIN mapping_file m ON m.mapping_id = now.mapping_id"
    "   WHERE path = 'coverage.json' OR path GLOB 'services/*.json'),"
    " covered AS MATERIALIZED (SELECT DISTINCT lower(t.value) AS type FROM file f,"
    "   json_each(CASE WHEN json_valid(f.text) THEN f.text END, '$.resource_types') t"
    "   WHERE f.path <> 'coverage.json' AND t.type = 'text'),"
    " word AS MATERIALIZED (SELECT s.key AS sort, lower(json_extract(w.value, '$.type')) AS type,"
    "   json_extract(w.value, '$.why') AS why"
    "   FROM file f, json_each(CASE WHEN json_valid(f.text) THEN f.text END) s,"
    "   json_each(s.value) w WHERE f.path = 'coverage.json' AND s.type = 'array'"
    "   AND w.type = 'object'),"
    " gone AS MATERIALIZED (SELECT record_id FROM scoped_out WHERE run_id = (SELECT id FROM now)),"
    " counted AS MATERIALIZED (SELECT nullif(r.type, CASE r.kind WHEN 'template-resource'"
    "   THEN r.type END) AS type, CASE r.kind WHEN 'template-resource' THEN r.kind"
    "   ELSE coalesce(r.type, r.kind) END AS name,"
    "   count(*) AS records,"
    "   coalesce(sum(e.id <= now.evidence AND s.record_id IN said), 0) AS assessed,"
    "   sum(e.id > now.evidence) AS unmapped,"
    "   coalesce(sum(e.id <= now.evidence AND s.record_id IN gone"
    "     AND s.record_id NOT IN said), 0) AS scoped_out"
    "   FROM now, record r JOIN evidence e ON e.id = r.evidence_id"
    "   JOIN snapshot sn ON sn.id = e.snapshot_id AND sn.role = 'tenant'"
    "   LEFT JOIN subject s ON s.snapshot_id = e.snapshot_id AND s.subject = r.subject"
    "   GROUP BY 1, 2)"
    " SELECT name, records, assessed, unmapped, type IS NULL"
    "   OR EXISTS (SELECT 1 FROM word w WHERE w.sort = 'supporting' AND c.type GLOB w.type)"
    "   OR EXISTS (SELECT 1 FROM covered v WHERE c.type GLOB v.type || '/*'),"
    "  (SELECT w.why FROM word w WHERE w.sort = 'not_covered' AND c.type GLOB w.type LIMIT 1),"
    "  scoped_out"
    " FROM counted c ORDER BY name";

void coverage_add(coverage_row *total, const coverage_row *row)
{
    total->records += row->records;
    total->assessed += row->assessed;
    total->supporting += row->supporting;
    total->not_covered += row->not_covered;
    total->scoped_out += row->scoped_out;
    total->unmapped += row->unmapped;
}

evpack_status coverage_read(const store *s, coverage_each each, void *ctx, bool *run,
                            evpack_err *err)
{
    int64_t runs = 0;
    EVPACK_TRY(db_value(store_db(s), "SELECT count(*) FROM run", &runs, err));
    *run = runs > 0;
    if (!*run) {
        return EVPACK_OK;
    }
    EVPACK_AUTO(db_stmt) rows = NULL;
    EVPACK_TRY(db_prepare(store_db(s), coverage_sql, &rows, err));
    for (bool more = true; more;) {
        EVPACK_TRY(db_step(rows, &more, err));
        if (!more) {
            break;
        }
        coverage_row one = {.type = db_text_or_empty(rows, 0),
                            .records = db_int(rows, 1),
                            .assessed = db_int(rows, 2),
                            .unmapped = db_int(rows, 3),
                            .scoped_out = db_int(rows, 6)};
        const int64_t rest = one.records - one.assessed - one.unmapped - one.scoped_out;
        if (db_int(rows, 4) != 0) {
            one.supporting = rest;
        } else {
            one.not_covered = rest;
            one.why = db_text(rows, 5);
        }
        EVPACK_TRY(each(ctx, &one, err));
    }
    return EVPACK_OK;
}
