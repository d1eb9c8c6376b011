/*
 * Finding the subjects. Invariant: a member is a record that speaks for a subject, once a service.
 * Knows no service by name: types and SELECTs come from the mapping's files in the case.
 */
#include "map/members.h"

#include "store/sandbox.h"

evpack_status members_prepare_alone(const evaluation *e, const char *sql, db_stmt **out,
                                    evpack_err *err)
{
    EVPACK_AUTO(db_stmt) alone = NULL;
    EVPACK_TRY(db_prepare(store_db(e->s), sql, &alone, err));
    if (db_parameters(alone) > 0) {
        return evpack_fail(err, EVPACK_E_MAPPING,
                           "it has parameters (?, :name), which nobody sets");
    }
    *out = EVPACK_MOVE(alone);
    return EVPACK_OK;
}

bool members_is_mappings_fault(evpack_status status)
{
    return status == EVPACK_E_MAPPING || status == EVPACK_E_LIMIT;
}

evpack_status members_count(const evaluation *e, int64_t service, int64_t *all, int64_t *certain,
                            evpack_err *err)
{
    EVPACK_AUTO(db_stmt) count = NULL;
    EVPACK_TRY(db_prepare(store_db(e->s),
                          "SELECT count(*), coalesce(sum(certain <> 0), 0) FROM temp.member"
                          " WHERE service_id = ?",
                          &count, err));
    EVPACK_TRY(db_bind(count, err, "i", service));
    bool row = false;
    EVPACK_TRY(db_step(count, &row, err));
    *all = db_int(count, 0);
    *certain = db_int(count, 1);
    return EVPACK_OK;
}

/* A finding about a record that speaks for nothing would be in no report. */
static evpack_status only_subjects(const evaluation *e, int64_t service, evpack_err *err)
{
    EVPACK_AUTO(db_stmt) find = NULL;
    EVPACK_TRY(db_prepare(store_db(e->s),
                          "SELECT record_id FROM temp.member WHERE service_id = ?"
                          " AND record_id NOT IN (SELECT record_id FROM subject) LIMIT 1",
                          &find, err));
    EVPACK_TRY(db_bind(find, err, "i", service));
    bool row = false;
    EVPACK_TRY(db_step(find, &row, err));
    if (row) {
        return evpack_fail(err, EVPACK_E_MAPPING, "record_id %lld is no subject's",
                           (long long)db_int(find, 0));
    }
    return EVPACK_OK;
}

static evpack_status add_members(const evaluation *e, int64_t service, const char *subjects,
                                 evpack_err *err)
{
    EVPACK_AUTO(db_stmt) alone = NULL;
    EVPACK_TRY(members_prepare_alone(e, subjects, &alone, err));
    size_t len = 0;
    const char *text = db_sql(alone, &len);
    EVPACK_AUTO_VALUE(buf_reset) buf sql = {0};
    buf_printf(&sql,
               "INSERT INTO temp.member(service_id, record_id, certain, reason, need)"
               " SELECT %lld, record_id, certain, reason, need FROM (%.*s\n) ORDER BY record_id",
               (long long)service, (int)len, text);
    EVPACK_TRY(buf_status(&sql, err));
    EVPACK_AUTO(db_stmt) add = NULL;
    EVPACK_TRY(db_prepare_around(store_db(e->s), buf_str(&sql), &add, err));
    return db_run(add, err);
}

/* A service that says whom it speaks of. */
typedef struct {
    int64_t id;
    const char *slug, *subjects, *path;
} speaker;

#define OWN_TYPES                                                                         \
    "SELECT lower(t.value)"                                                               \
    " FROM (SELECT CAST(bytes AS TEXT) AS text FROM mapping_file WHERE mapping_id = ?1"   \
    "        AND path GLOB 'services/*.json') f, json_each(f.text, '$.resource_types') t" \
    " WHERE json_valid(f.text) AND json_extract(f.text, '$.slug') IS ?2 AND t.type = 'text'"
static const char own_types_sql[] = OWN_TYPES;

/* Whom the service would speak of cannot be told, so nobody may be left out: every resource of its
 * types, each with the fault as the reason why the test went wrong. */
static evpack_status by_types_after_all(const evaluation *e, const speaker *who, evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf reason = {0};
    EVPACK_AUTO(db_stmt) types = NULL;
    EVPACK_TRY(db_prepare(store_db(e->s), own_types_sql, &types, err));
    EVPACK_TRY(db_bind(types, err, "it", e->mapping, who->slug));
    bool row = false;
    EVPACK_TRY(db_step(types, &row, err));
    const map_fault *fault = faults_of(e->faults, who->path);
    buf_puts(&reason, "mapping/");
    if (fault != NULL) {
        faults_say(fault, &reason);
    } else {
        buf_puts(&reason, who->path);
    }
    EVPACK_TRY(buf_status(&reason, err));
    if (!row) { /* without types nobody knows who is left out */
        return evpack_fail(err, EVPACK_E_MAPPING, "%s; the service has no resource_types to go by",
                           buf_str(&reason));
    }
    EVPACK_AUTO(db_stmt) forget = NULL;
    EVPACK_TRY(
        db_prepare(store_db(e->s), "DELETE FROM temp.member WHERE service_id = ?", &forget, err));
    EVPACK_TRY(db_bind(forget, err, "i", who->id));
    EVPACK_TRY(db_run(forget, err));
    EVPACK_AUTO(db_stmt) add = NULL;
    EVPACK_TRY(db_prepare(store_db(e->s),
                          "INSERT INTO temp.member(service_id, record_id, certain, reason, status)"
                          " SELECT ?3, record_id, 0, ?4, 8 FROM resource WHERE type IN (" OWN_TYPES
                          ")"
                          " ORDER BY record_id",
                          &add, err));
    EVPACK_TRY(db_bind(add, err, "itit", e->mapping, who->slug, who->id, buf_str(&reason)));
    return db_run(add, err);
}

static evpack_status ask(const evaluation *e, const speaker *who, evpack_err *err)
{
    sandbox_options box = {.views = (const char *const *)e->views->at, .inserting = "member"};
    bounds_apply(e->s, &e->bounds, BOUNDS_SUBJECTS, &box);
    sandbox_on(e->s, &box);
    evpack_err fault = {0};
    evpack_status status = add_members(e, who->id, who->subjects, &fault);
    int at = db_fault_at(store_db(e->s));
    sandbox_off(e->s);
    if (status == EVPACK_OK) {
        status = only_subjects(e, who->id, &fault);
    }
    if (status == EVPACK_OK) {
        return EVPACK_OK;
    }
    if (!members_is_mappings_fault(status)) {
        return evpack_fail(err, status, "the subjects of %s: %s", who->slug, fault.text);
    }
    EVPACK_TRY(faults_add(e->faults, faults_sql_place(who->path, who->subjects, at, fault.text),
                          fault.text, err));
    if (!db_in_transaction(store_db(e->s))) {
        e->faults->again = true;
        return evpack_fail(err, EVPACK_E_LIMIT, "%s: %s", who->path, fault.text);
    }
    return by_types_after_all(e, who, err);
}

/* The types of the services that have every resource of them; what stands in a file that SQLite
 * does not take for JSON is asked by its SELECT, which says the same. */
static const char types_sql[] =
    "WITH file AS MATERIALIZED (SELECT json_extract(text, '$.slug') AS slug,"
    "  json_extract(text, '$.resource_types') AS types"
    "  FROM (SELECT CAST(bytes AS TEXT) AS text FROM mapping_file"
    "         WHERE mapping_id = ?1 AND path GLOB 'services/*.json')"
    "  WHERE CASE WHEN json_valid(text) THEN json_type(text, '$.subjects') IS NULL"
    "         AND json_type(text, '$.resource_types') IS 'array' END)"
    " INSERT OR IGNORE INTO temp.member_type(type, service_id)"
    " SELECT lower(t.value), s.id FROM file f JOIN service s ON s.slug = f.slug"
    " JOIN json_each(f.types) t WHERE s.mapping_id = ?1 AND t.type = 'text'";

/* Read from indexes alone: not one record is looked into. What a template declares is no resource.
 */
static const char by_type_sql[] =
    "INSERT INTO temp.member(service_id, record_id, certain)"
    " SELECT t.service_id, r.id, 1 FROM temp.member_type t"
    "  CROSS JOIN record r INDEXED BY record_type ON r.type = t.type"
    " WHERE r.id IN (SELECT record_id FROM subject WHERE kind <> 'template-resource')"
    "   AND (?1 OR r.id NOT IN (SELECT b.id FROM evidence e JOIN record b ON b.evidence_id = e.id"
    "                            WHERE e.completeness = 'truncated')) ORDER BY 1, 2";

static evpack_status find_types(const evaluation *e, evpack_err *err)
{
    db *d = store_db(e->s);
    EVPACK_TRY(db_exec(d,
                       "DROP TABLE IF EXISTS temp.member_type;"
                       "CREATE TEMP TABLE member_type(type TEXT NOT NULL,"
                       " service_id INTEGER NOT NULL, PRIMARY KEY(type, service_id)) WITHOUT ROWID",
                       err));
    EVPACK_AUTO(db_stmt) types = NULL;
    EVPACK_TRY(db_prepare(d, types_sql, &types, err));
    EVPACK_TRY(db_bind(types, err, "i", e->mapping));
    return db_run(types, err);
}

/* broken_off: also what stands in truncated files. */
static evpack_status by_type(const evaluation *e, bool broken_off, evpack_err *err)
{
    EVPACK_AUTO(db_stmt) add = NULL;
    EVPACK_TRY(db_prepare(store_db(e->s), by_type_sql, &add, err));
    EVPACK_TRY(db_bind(add, err, "i", (int64_t)broken_off));
    return db_run(add, err);
}

/* The services that say in SQL whom they speak of: of what the view `resource` shows. */
static evpack_status by_select(const evaluation *e, evpack_err *err)
{
    EVPACK_AUTO(db_stmt) rest = NULL;
    EVPACK_TRY(db_prepare(store_db(e->s),
                          "SELECT s.id, s.slug, s.subjects, coalesce((SELECT coalesce("
                          "   'services/' || json_extract(f.text, '$.subjects'), f.path)"
                          "   FROM (SELECT path, CAST(bytes AS TEXT) AS text FROM mapping_file"
                          "          WHERE mapping_id = ?1 AND path GLOB 'services/*.json') f"
                          "   WHERE json_valid(f.text)"
                          "     AND json_extract(f.text, '$.slug') IS s.slug LIMIT 1),"
                          "  'services/' || s.slug || '.json')"
                          " FROM service s WHERE s.mapping_id = ?1 AND s.subjects <> ''"
                          " AND s.id NOT IN (SELECT service_id FROM temp.member_type)"
                          " ORDER BY s.slug",
                          &rest, err));
    EVPACK_TRY(db_bind(rest, err, "i", e->mapping));
    for (bool row = true; row;) {
        EVPACK_TRY(db_step(rest, &row, err));
        if (row) {
            const speaker who = {db_int(rest, 0), db_text_or_empty(rest, 1),
                                 db_text_or_empty(rest, 2), db_text_or_empty(rest, 3)};
            EVPACK_TRY(faults_of(e->faults, who.path) != NULL ? by_types_after_all(e, &who, err)
                                                              : ask(e, &who, err));
        }
    }
    return EVPACK_OK;
}

/* Whom nobody is sure of: the kind of evidence that would tell is that of the record, or else the
 * resource itself. */
static evpack_status mark_uncertain(const evaluation *e, evpack_err *err)
{
    const char *reason = json_get_string(e->reasons, "truncated");
    EVPACK_AUTO(db_stmt) mark = NULL;
    EVPACK_TRY(db_prepare(store_db(e->s),
                          "UPDATE temp.member SET certain = 0, reason = ?1, need = coalesce("
                          "  (SELECT n.kind FROM need n JOIN record r ON r.kind = n.kind"
                          "    WHERE n.mapping_id = ?2 AND r.id = member.record_id),"
                          "  (SELECT kind FROM need WHERE mapping_id = ?2 AND kind = 'resource'))",
                          &mark, err));
    EVPACK_TRY(db_bind(mark, err, "ti", reason == NULL ? "truncated" : reason, e->mapping));
    return db_run(mark, err);
}

/* Subjects of which only an export that broke off tells: each feature of theirs is unknown. Who
 * they are is asked of everything; what was found of the others before that stays. */
static evpack_status add_truncated(const evaluation *e, evpack_err *err)
{
    db *d = store_db(e->s);
    EVPACK_AUTO_VALUE(view_names_reset) view_names all = {0};
    EVPACK_TRY(db_exec(d,
                       "CREATE TEMP TABLE sound AS SELECT * FROM temp.member;"
                       "DELETE FROM temp.member;"
                       "CREATE TEMP VIEW resource AS SELECT * FROM main.speaking"
                       " WHERE kind <> 'template-resource'",
                       err));
    EVPACK_TRY(views_install(e->s, e->files, &e->bounds, e->faults, &all, err));
    EVPACK_TRY(by_type(e, true, err));
    EVPACK_TRY(by_select(e, err));
    EVPACK_TRY(db_exec(d,
                       "DROP VIEW temp.resource;"
                       "DELETE FROM temp.member WHERE record_id NOT IN (SELECT r.id FROM record r"
                       "  JOIN evidence e ON e.id = r.evidence_id"
                       "  WHERE e.completeness = 'truncated')",
                       err));
    EVPACK_TRY(mark_uncertain(e, err));
    EVPACK_TRY(
        db_exec(d, "INSERT INTO temp.member SELECT * FROM temp.sound; DROP TABLE temp.sound", err));
    view_names_reset(&all);
    return views_install(e->s, e->files, &e->bounds, e->faults, &all, err);
}

evpack_status members_find(const evaluation *e, evpack_err *err)
{
    db *d = store_db(e->s);
    EVPACK_TRY(
        db_exec(d,
                "DROP TABLE IF EXISTS temp.member; DROP TABLE IF EXISTS temp.sound;"
                "DROP VIEW IF EXISTS temp.resource;"
                "CREATE TEMP TABLE member(service_id INTEGER NOT NULL,"
                " record_id INTEGER NOT NULL, certain INTEGER NOT NULL, reason TEXT,"
                " need TEXT, status INTEGER, PRIMARY KEY(service_id, record_id)) WITHOUT ROWID",
                err));
    EVPACK_TRY(find_types(e, err));
    EVPACK_TRY(by_type(e, false, err));
    EVPACK_TRY(by_select(e, err));
    int64_t truncated = 0;
    EVPACK_TRY(db_value(d,
                        "SELECT count(*) FROM evidence WHERE completeness = 'truncated'"
                        " AND records > 0",
                        &truncated, err));
    return truncated > 0 ? add_truncated(e, err) : EVPACK_OK;
}
