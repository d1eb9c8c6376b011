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
    EVPACK_TRY(db_prepare(store_db(e->s), buf_str(&sql), &add, err));
    return db_run(add, err);
}

/* A service that says whom it speaks of. */
typedef struct {
    int64_t id;
    const char *slug, *subjects;
} speaker;

static evpack_status ask(const evaluation *e, const speaker *who, uint64_t ops, evpack_err *err)
{
    sandbox_options box = {
        .views = (const char *const *)e->views->at, .inserting = "member", .ops = ops};
    sandbox_on(e->s, &box);
    evpack_status status = add_members(e, who->id, who->subjects, err);
    sandbox_off(e->s);
    if (status == EVPACK_OK) {
        status = only_subjects(e, who->id, err);
    }
    if (status != EVPACK_OK) {
        (void)evpack_context(err, "the subjects of %s", who->slug);
        return members_is_mappings_fault(status) ? EVPACK_E_MAPPING : status;
    }
    return EVPACK_OK;
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

/* Read from the index alone: not one record is looked into. */
static const char by_type_sql[] = "INSERT INTO temp.member(service_id, record_id, certain)"
                                  " SELECT t.service_id, r.id, 1 FROM temp.member_type t"
                                  "  CROSS JOIN record r INDEXED BY record_type ON r.type = t.type"
                                  " WHERE r.id IN (SELECT record_id FROM subject) ORDER BY 1, 2";

static evpack_status by_type(const evaluation *e, evpack_err *err)
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
    EVPACK_TRY(db_run(types, err));
    return db_exec(d, by_type_sql, err);
}

evpack_status members_find(const evaluation *e, uint64_t ops, evpack_err *err)
{
    db *d = store_db(e->s);
    EVPACK_TRY(db_exec(d,
                       "DROP TABLE IF EXISTS temp.member;"
                       "CREATE TEMP TABLE member(service_id INTEGER NOT NULL,"
                       " record_id INTEGER NOT NULL, certain INTEGER NOT NULL, reason TEXT,"
                       " need TEXT, PRIMARY KEY(service_id, record_id)) WITHOUT ROWID",
                       err));
    EVPACK_TRY(by_type(e, err));
    EVPACK_AUTO(db_stmt) rest = NULL;
    EVPACK_TRY(db_prepare(d,
                          "SELECT id, slug, subjects FROM service WHERE mapping_id = ?"
                          " AND subjects <> ''"
                          " AND id NOT IN (SELECT service_id FROM temp.member_type) ORDER BY slug",
                          &rest, err));
    EVPACK_TRY(db_bind(rest, err, "i", e->mapping));
    for (bool row = true; row;) {
        EVPACK_TRY(db_step(rest, &row, err));
        if (row) {
            const speaker who = {db_int(rest, 0), db_text_or_empty(rest, 1),
                                 db_text_or_empty(rest, 2)};
            EVPACK_TRY(ask(e, &who, ops, err));
        }
    }
    return EVPACK_OK;
}
