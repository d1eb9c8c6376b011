/*
 * Running decide*.sql. Invariant: without an engagement nothing is touched, and what is kept in
 * temp is gone afterwards. Knows no exception: the files say what becomes of them.
 */
#include "map/decide.h"

#include "base/embed.h"

static evpack_status run_file(db *d, const char *name, evpack_err *err)
{
    const embed_file *file = embed_find(name);
    if (file == NULL) {
        return evpack_fail(err, EVPACK_E_INTERNAL, "%s is not built in", name);
    }
    return db_exec(d, (const char *)file->data, err);
}

static evpack_status drop_tables(db *d, evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf drops = {0};
    EVPACK_AUTO(db_stmt) names = NULL;
    EVPACK_TRY(db_prepare(d,
                          "SELECT printf('DROP TABLE temp.\"%w\";', name) FROM sqlite_temp_schema"
                          " WHERE type = 'table' AND name GLOB 'decide_*'",
                          &names, err));
    for (bool row = true; row;) {
        EVPACK_TRY(db_step(names, &row, err));
        if (row) {
            buf_puts(&drops, db_text_or_empty(names, 0));
        }
    }
    EVPACK_TRY(buf_status(&drops, err));
    return db_exec(d, buf_str(&drops), err);
}

static evpack_status set_up(const evaluation *e, db *d, evpack_err *err)
{
    EVPACK_TRY(drop_tables(d, err)); /* of a run that broke off */
    EVPACK_TRY(db_exec(d,
                       "CREATE TEMP TABLE decide_now(run INTEGER, mapping INTEGER, at REAL,"
                       " kind TEXT)",
                       err));
    EVPACK_AUTO(db_stmt) now = NULL;
    EVPACK_TRY(db_prepare(d,
                          "INSERT INTO temp.decide_now SELECT id, mapping_id,"
                          " julianday(evaluated_at), '' FROM run WHERE id = ?",
                          &now, err));
    EVPACK_TRY(db_bind(now, err, "i", e->run));
    return db_run(now, err);
}

static evpack_status match(db *d, const char *kind, evpack_err *err)
{
    EVPACK_AUTO(db_stmt) turn = NULL;
    EVPACK_TRY(db_prepare(d, "UPDATE temp.decide_now SET kind = ?", &turn, err));
    EVPACK_TRY(db_bind(turn, err, "t", kind));
    EVPACK_TRY(db_run(turn, err));
    return run_file(d, "src/map/decide_match.sql", err);
}

static evpack_status decide(db *d, evpack_err *err)
{
    EVPACK_TRY(run_file(d, "src/map/decide.sql", err));
    EVPACK_TRY(match(d, "attestation", err));
    EVPACK_TRY(run_file(d, "src/map/decide_attest.sql", err));
    EVPACK_TRY(match(d, "exception", err)); /* also of what was attested to fail */
    return run_file(d, "src/map/decide_except.sql", err);
}

evpack_status decide_findings(const evaluation *e, evpack_err *err)
{
    db *d = store_db(e->s);
    int64_t any = 0;
    EVPACK_TRY(db_value(d,
                        "SELECT EXISTS (SELECT 1 FROM engaged"
                        " WHERE kind IN ('exception', 'attestation'))",
                        &any, err));
    if (any == 0) {
        return EVPACK_OK;
    }
    EVPACK_TRY(set_up(e, d, err));
    if (decide(d, err) != EVPACK_OK) {
        return evpack_context(err, "what the engagement decides");
    }
    return drop_tables(d, err);
}
