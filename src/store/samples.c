/*
 * Samples. Invariant: what is told is what was added. Refuses to know how a sample is drawn.
 */
#include "store/samples.h"

#include "store/findings.h"

bool samples_all_statuses(const sample_row *row)
{
    int commas = 0;
    for (const char *at = row->statuses; *at != '\0'; at++) {
        commas += *at == ',';
    }
    return commas == FINDING_STATUSES - 2;
}

evpack_status samples_add(store *s, const sample_row *row, int64_t *id, evpack_err *err)
{
    EVPACK_AUTO(db_stmt) add = NULL;
    EVPACK_TRY(db_prepare(store_db(s),
                          "INSERT INTO sample(run_id, snapshot_id, benchmark, control_id, service,"
                          " statuses, strata, seed, size, population, resources,"
                          " population_sha256, method, drawn_at, drawn_by)"
                          " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                          &add, err));
    EVPACK_TRY(db_bind(add, err, "iittttttiiibttt", row->run, row->snapshot, row->benchmark,
                       row->control_id, row->service, row->statuses, row->strata, row->seed,
                       row->size, row->population, row->resources, row->population_sha256,
                       (size_t)DIGEST_SIZE, row->method, row->drawn_at, row->drawn_by));
    EVPACK_TRY(db_run(add, err));
    *id = db_last_id(store_db(s));
    return EVPACK_OK;
}

evpack_status samples_add_stratum(store *s, int64_t sample, int64_t ordinal,
                                  const sample_stratum *one, evpack_err *err)
{
    EVPACK_AUTO(db_stmt) add = NULL;
    EVPACK_TRY(
        db_prepare(store_db(s), "INSERT INTO sample_stratum VALUES (?, ?, ?, ?, ?)", &add, err));
    EVPACK_TRY(db_bind(add, err, "iitii", sample, ordinal, one->name, one->population, one->size));
    return db_run(add, err);
}

evpack_status samples_add_item(store *s, int64_t sample, const sample_item *one, evpack_err *err)
{
    EVPACK_AUTO(db_stmt) add = NULL;
    EVPACK_TRY(db_prepare(
        store_db(s), "INSERT INTO sample_item VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", &add, err));
    EVPACK_TRY(db_bind(add, err, "iitbtttttt", sample, one->ordinal, one->finding_id, one->rank,
                       (size_t)DIGEST_SIZE, one->stratum, one->status, one->service, one->tested,
                       one->source, one->subject));
    return db_run(add, err);
}

static const char rows_sql[] =
    "SELECT p.id, p.run_id, p.snapshot_id, n.label, n.collected_at, p.benchmark, p.control_id,"
    "       p.service, p.statuses, p.strata, p.seed, p.method, p.size, p.population, p.resources,"
    "       (SELECT count(*) FROM sample_item i WHERE i.sample_id = p.id), p.drawn_at, p.drawn_by,"
    "       r.evaluated_at, p.run_id < (SELECT max(id) FROM run), p.population_sha256"
    "  FROM sample p"
    "  JOIN snapshot n ON n.id = p.snapshot_id"
    "  JOIN run r ON r.id = p.run_id"
    " ORDER BY p.id";

evpack_status samples_each(const store *s, samples_told told, void *ctx, evpack_err *err)
{
    EVPACK_AUTO(db_stmt) q = NULL;
    EVPACK_TRY(db_prepare(store_db(s), rows_sql, &q, err));
    for (bool row = true; row;) {
        EVPACK_TRY(db_step(q, &row, err));
        if (!row) {
            break;
        }
        size_t len = 0;
        const sample_row one = {.id = db_int(q, 0),
                                .run = db_int(q, 1),
                                .snapshot = db_int(q, 2),
                                .label = db_text_or_empty(q, 3),
                                .collected_at = db_text(q, 4),
                                .benchmark = db_text_or_empty(q, 5),
                                .control_id = db_text_or_empty(q, 6),
                                .service = db_text(q, 7),
                                .statuses = db_text_or_empty(q, 8),
                                .strata = db_text_or_empty(q, 9),
                                .seed = db_text_or_empty(q, 10),
                                .method = db_text_or_empty(q, 11),
                                .size = db_int(q, 12),
                                .population = db_int(q, 13),
                                .resources = db_int(q, 14),
                                .items = db_int(q, 15),
                                .drawn_at = db_text_or_empty(q, 16),
                                .drawn_by = db_text_or_empty(q, 17),
                                .evaluated_at = db_text_or_empty(q, 18),
                                .older = db_int(q, 19) != 0,
                                .population_sha256 = db_bytes(q, 20, &len)};
        EVPACK_TRY(told(ctx, &one, err));
    }
    return EVPACK_OK;
}

evpack_status samples_each_stratum(const store *s, int64_t sample, samples_told_stratum told,
                                   void *ctx, evpack_err *err)
{
    EVPACK_AUTO(db_stmt) q = NULL;
    EVPACK_TRY(db_prepare(store_db(s),
                          "SELECT name, population, size FROM sample_stratum WHERE sample_id = ?"
                          " ORDER BY ordinal",
                          &q, err));
    EVPACK_TRY(db_bind(q, err, "i", sample));
    for (bool row = true; row;) {
        EVPACK_TRY(db_step(q, &row, err));
        if (row) {
            const sample_stratum one = {db_text_or_empty(q, 0), db_int(q, 1), db_int(q, 2)};
            EVPACK_TRY(told(ctx, &one, err));
        }
    }
    return EVPACK_OK;
}

evpack_status samples_each_item(const store *s, int64_t sample, samples_told_item told, void *ctx,
                                evpack_err *err)
{
    EVPACK_AUTO(db_stmt) q = NULL;
    EVPACK_TRY(db_prepare(store_db(s),
                          "SELECT ordinal, finding_id, rank, stratum, status, service, tested,"
                          " source, subject FROM sample_item WHERE sample_id = ? ORDER BY ordinal",
                          &q, err));
    EVPACK_TRY(db_bind(q, err, "i", sample));
    for (bool row = true; row;) {
        EVPACK_TRY(db_step(q, &row, err));
        if (!row) {
            break;
        }
        size_t len = 0;
        const sample_item one = {.ordinal = db_int(q, 0),
                                 .finding_id = db_text_or_empty(q, 1),
                                 .rank = db_bytes(q, 2, &len),
                                 .stratum = db_text_or_empty(q, 3),
                                 .status = db_text_or_empty(q, 4),
                                 .service = db_text(q, 5),
                                 .tested = db_text_or_empty(q, 6),
                                 .source = db_text_or_empty(q, 7),
                                 .subject = db_text_or_empty(q, 8)};
        EVPACK_TRY(told(ctx, &one, err));
    }
    return EVPACK_OK;
}

evpack_status samples_count(const store *s, int64_t *out, evpack_err *err)
{
    return db_value(store_db(s), "SELECT count(*) FROM sample", out, err);
}
