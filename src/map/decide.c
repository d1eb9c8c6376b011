/*
 * Running decide*.sql. Invariant: without an engagement nothing is touched, and what is kept in
 * temp is gone afterwards. Knows no exception: the files say what becomes of them.
 */
#include "map/decide.h"

#include "store/script.h"

static evpack_status set_up(const evaluation *e, db *d, evpack_err *err)
{
    EVPACK_TRY(script_drop(d, "decide", err)); /* of a run that broke off */
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
    return script_run(d, "src/map/decide_match.sql", err);
}

static evpack_status decide(db *d, evpack_err *err)
{
    EVPACK_TRY(script_run(d, "src/map/decide.sql", err));
    EVPACK_TRY(match(d, "attestation", err));
    EVPACK_TRY(script_run(d, "src/map/decide_attest.sql", err));
    EVPACK_TRY(match(d, "exception", err)); /* also of what was attested to fail */
    return script_run(d, "src/map/decide_except.sql", err);
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
    return script_drop(d, "decide", err);
}
