/*
 * Drawing. Invariant: the choice follows from the population's ids, the seed, the size and the
 * strata alone, by the method that the header states. Refuses to know what a reviewer makes of it.
 */
#include "review/sample.h"

#include "base/arena.h"
#include "base/text.h"
#include "base/visible.h"
#include "store/custody.h"
#include "store/drift.h"
#include "store/samples.h"
#include "store/script.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const strata_words[] = {[SAMPLE_PLAIN] = "none",
                                           [SAMPLE_BY_STATUS] = "status",
                                           [SAMPLE_BY_SUBSCRIPTION] = "subscription"};

/* The population, on disk. */
static const char table_sql[] =
    "CREATE TEMP TABLE sample_draw(finding_id TEXT PRIMARY KEY, rank BLOB NOT NULL,"
    " stratum TEXT NOT NULL, status TEXT NOT NULL, service TEXT, tested TEXT NOT NULL,"
    " source TEXT NOT NULL, subject TEXT NOT NULL, subject_key TEXT NOT NULL) WITHOUT ROWID";

typedef struct {
    store *s;
    const sample_options *o;
    arena text;
    int64_t snapshot;
    char label[256];
    const char *benchmark; /* that the control was found in */
    sample_share *strata;
    size_t strata_count;
    digest *hash;
    buf statuses;
} drawing;

static void drawing_reset(drawing *w)
{
    arena_reset(&w->text);
    free(w->strata);
    digest_free(w->hash);
    buf_reset(&w->statuses);
}

typedef struct {
    size_t at;
    int64_t remainder;
    const char *name;
} share_rest;

static int by_remainder(const void *a, const void *b)
{
    const share_rest *x = a;
    const share_rest *y = b;
    if (x->remainder != y->remainder) {
        return x->remainder < y->remainder ? 1 : -1;
    }
    return strcmp(x->name, y->name);
}

evpack_status sample_divide(sample_share *at, size_t count, int64_t n, evpack_err *err)
{
    int64_t left = n - (int64_t)count;
    int64_t others = -(int64_t)count;
    for (size_t i = 0; i < count; i++) {
        others += at[i].population;
        at[i].size = 1;
    }
    if (left <= 0 || others <= 0) {
        return EVPACK_OK;
    }
    share_rest *rest = calloc(count, sizeof *rest);
    if (rest == NULL) {
        return evpack_oom(err);
    }
    const int64_t spread = left;
    for (size_t i = 0; i < count; i++) {
        const int64_t product = spread * (at[i].population - 1);
        at[i].size += product / others;
        left -= product / others;
        rest[i] = (share_rest){i, product % others, at[i].name};
    }
    qsort(rest, count, sizeof *rest, by_remainder);
    for (size_t i = 0; i < (size_t)left && i < count; i++) {
        at[rest[i].at].size++;
    }
    free(rest);
    return EVPACK_OK;
}

static evpack_status check(const sample_options *o, evpack_err *err)
{
    const size_t len = o->seed == NULL ? 0 : strlen(o->seed);
    bool good = len > 0 && len <= SAMPLE_SEED_MAX && text_utf8_check(o->seed, len) == len;
    for (size_t i = 0; good && i < len;) {
        const size_t n = text_utf8_length(o->seed + i, len - i);
        good = visible_is(text_utf8_decode(o->seed + i, n));
        i += n;
    }
    if (!good) {
        return evpack_fail(err, EVPACK_E_USAGE,
                           "--seed: expected one line of 1 to %d bytes of text that shows",
                           SAMPLE_SEED_MAX);
    }
    if (o->size < 1 || o->size > SAMPLE_SIZE_MAX) {
        return evpack_fail(err, EVPACK_E_USAGE, "--size: expected 1 to %d", SAMPLE_SIZE_MAX);
    }
    return custody_check_words(o->by, o->reason, err);
}

static evpack_status choose_snapshot(drawing *w, evpack_err *err)
{
    drift_snapshots list;
    int64_t runs = 0;
    EVPACK_TRY(db_value(store_db(w->s), "SELECT count(*) FROM run", &runs, err));
    if (runs == 0) {
        return evpack_fail(err, EVPACK_E_CASE,
                           "%s: was not mapped yet; run 'evpack map' before sampling",
                           store_path(w->s));
    }
    if (w->o->snapshot != NULL) {
        EVPACK_TRY(drift_find_snapshot(w->s, w->o->snapshot, &w->snapshot, err));
        (void)snprintf(w->label, sizeof w->label, "%s", w->o->snapshot);
        return EVPACK_OK;
    }
    EVPACK_TRY(drift_list_snapshots(w->s, true, &list, err));
    if (list.count == 0) {
        return evpack_fail(err, EVPACK_E_USAGE, "%s: holds no snapshot of a tenant",
                           store_path(w->s));
    }
    w->snapshot = list.at[list.count - 1].id;
    (void)snprintf(w->label, sizeof w->label, "%s", list.at[list.count - 1].label);
    return EVPACK_OK;
}

static evpack_status add(drawing *w, db_stmt *into, const finding *f, evpack_err *err)
{
    static const char none[] = "(none)";
    const char *stratum = "all";
    if (w->o->strata == SAMPLE_BY_STATUS) {
        stratum = finding_status_word(f->status);
    } else if (w->o->strata == SAMPLE_BY_SUBSCRIPTION) {
        stratum = f->subscription == NULL ? none : f->subscription;
    }
    unsigned char rank[DIGEST_SIZE];
    digest_update(w->hash, w->o->seed, strlen(w->o->seed));
    digest_update(w->hash, "\n", 1);
    digest_update(w->hash, f->id, strlen(f->id));
    EVPACK_TRY(digest_final(w->hash, rank, err));
    EVPACK_TRY(db_bind(into, err, "tbttttttt", f->id, rank, sizeof rank, stratum,
                       finding_status_word(f->status), f->test->service, finding_tested(f->test),
                       f->test->source, f->subject, f->subject_key));
    return db_run(into, err);
}

/* Whether a test is of the population; the first benchmark that has the control is taken. */
static bool wanted(drawing *w, const finding_test *t)
{
    if (t->control_id == NULL || strcmp(t->control_id, w->o->control_id) != 0 ||
        (w->o->benchmark != NULL && strcmp(t->benchmark, w->o->benchmark) != 0)) {
        return false;
    }
    if (w->benchmark == NULL) {
        w->benchmark = arena_text(&w->text, t->benchmark);
    }
    return strcmp(w->benchmark, t->benchmark) == 0 &&
           (w->o->service == NULL ||
            (t->service != NULL && strcmp(t->service, w->o->service) == 0));
}

static evpack_status gather(drawing *w, evpack_err *err)
{
    EVPACK_AUTO(findings) f = NULL;
    EVPACK_AUTO(db_stmt) into = NULL;
    const finding_test *t = NULL;
    EVPACK_TRY(findings_open(w->s, w->o->statuses, 0, &f, err));
    EVPACK_TRY(db_prepare(
        store_db(w->s), "INSERT INTO sample_draw VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", &into, err));
    EVPACK_TRY(findings_next_test(f, &t, err));
    while (t != NULL) {
        const finding *one = NULL;
        while (wanted(w, t)) {
            EVPACK_TRY(findings_next(f, &one, err));
            if (one == NULL) {
                break;
            }
            if (strcmp(one->snapshot, w->label) == 0) {
                EVPACK_TRY(add(w, into, one, err));
            }
        }
        EVPACK_TRY(findings_next_test(f, &t, err));
    }
    return arena_status(&w->text, err);
}

static evpack_status digest_population(drawing *w, unsigned char out[DIGEST_SIZE], evpack_err *err)
{
    EVPACK_AUTO(db_stmt) q = NULL;
    EVPACK_TRY(db_prepare(store_db(w->s), "SELECT finding_id FROM sample_draw ORDER BY finding_id",
                          &q, err));
    for (bool row = true; row;) {
        EVPACK_TRY(db_step(q, &row, err));
        if (row) {
            const char *id = db_text_or_empty(q, 0);
            digest_update(w->hash, id, strlen(id));
            digest_update(w->hash, "\n", 1);
        }
    }
    return digest_final(w->hash, out, err);
}

static evpack_status read_strata(drawing *w, evpack_err *err)
{
    EVPACK_AUTO(db_stmt) q = NULL;
    w->strata = calloc(SAMPLE_STRATA_MAX, sizeof *w->strata);
    if (w->strata == NULL) {
        return evpack_oom(err);
    }
    EVPACK_TRY(db_prepare(store_db(w->s),
                          "SELECT stratum, count(*) FROM sample_draw GROUP BY stratum"
                          " ORDER BY stratum",
                          &q, err));
    for (bool row = true; row;) {
        EVPACK_TRY(db_step(q, &row, err));
        if (row && w->strata_count == SAMPLE_STRATA_MAX) {
            return evpack_fail(err, EVPACK_E_LIMIT, "more than %d strata", SAMPLE_STRATA_MAX);
        }
        if (row) {
            w->strata[w->strata_count++] =
                (sample_share){arena_text(&w->text, db_text_or_empty(q, 0)), db_int(q, 1), 0};
        }
    }
    return arena_status(&w->text, err);
}

static evpack_status add_items(drawing *w, int64_t sample, evpack_err *err)
{
    EVPACK_AUTO(db_stmt) q = NULL;
    int64_t ordinal = 0;
    EVPACK_TRY(db_prepare(store_db(w->s),
                          "SELECT finding_id, rank, stratum, status, service, tested, source,"
                          " subject FROM sample_draw WHERE stratum = ? ORDER BY rank LIMIT ?",
                          &q, err));
    for (size_t i = 0; i < w->strata_count; i++) {
        const sample_share *share = &w->strata[i];
        const sample_stratum stratum = {share->name, share->population, share->size};
        EVPACK_TRY(samples_add_stratum(w->s, sample, (int64_t)i + 1, &stratum, err));
        EVPACK_TRY(db_bind(q, err, "ti", share->name, share->size));
        for (bool row = true; row;) {
            EVPACK_TRY(db_step(q, &row, err));
            if (!row) {
                break;
            }
            size_t len = 0;
            const sample_item one = {.ordinal = ++ordinal,
                                     .finding_id = db_text_or_empty(q, 0),
                                     .rank = db_bytes(q, 1, &len),
                                     .stratum = db_text_or_empty(q, 2),
                                     .status = db_text_or_empty(q, 3),
                                     .service = db_text(q, 4),
                                     .tested = db_text_or_empty(q, 5),
                                     .source = db_text_or_empty(q, 6),
                                     .subject = db_text_or_empty(q, 7)};
            EVPACK_TRY(samples_add_item(w->s, sample, &one, err));
        }
    }
    return EVPACK_OK;
}

static void put(buf *b, const char *name, const char *text)
{
    buf_printf(b, ",\"%s\":", name);
    buf_json_text(b, text);
}

static evpack_status log_it(drawing *w, const sample_row *row, int64_t id, evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf detail = {0};
    char sha256[DIGEST_HEX];
    text_hex(row->population_sha256, DIGEST_SIZE, sha256);
    buf_printf(&detail, "{\"sample\":%lld", (long long)id);
    put(&detail, "benchmark", row->benchmark);
    put(&detail, "control_id", row->control_id);
    put(&detail, "service", row->service);
    put(&detail, "snapshot", w->label);
    put(&detail, "statuses", row->statuses);
    put(&detail, "strata", row->strata);
    put(&detail, "method", row->method);
    put(&detail, "seed", row->seed);
    buf_printf(&detail, ",\"size\":%lld,\"population\":%lld", (long long)row->size,
               (long long)row->population);
    put(&detail, "population_sha256", sha256);
    buf_putc(&detail, '}');
    EVPACK_TRY(buf_status(&detail, err));
    const custody_event event = {.event = "sample",
                                 .by = w->o->by,
                                 .reason = w->o->reason,
                                 .detail = buf_str(&detail),
                                 .at = w->o->now};
    return custody_add(w->s, &event, err);
}

static evpack_status keep(drawing *w, const unsigned char population[DIGEST_SIZE], int64_t total,
                          int64_t *id, evpack_err *err)
{
    char at[TEXT_TIME];
    int64_t run = 0;
    int64_t resources = 0;
    text_format_time(w->o->now, at);
    EVPACK_TRY(db_value(store_db(w->s), "SELECT max(id) FROM run", &run, err));
    EVPACK_TRY(db_value(store_db(w->s), "SELECT count(DISTINCT subject_key) FROM sample_draw",
                        &resources, err));
    for (int i = 1; i < FINDING_STATUSES; i++) {
        if ((w->o->statuses & FINDINGS_ONLY(i)) != 0) {
            buf_printf(&w->statuses, "%s%s", w->statuses.len > 0 ? "," : "",
                       finding_status_word(i));
        }
    }
    EVPACK_TRY(buf_status(&w->statuses, err));
    const sample_row row = {.run = run,
                            .snapshot = w->snapshot,
                            .benchmark = w->benchmark,
                            .control_id = w->o->control_id,
                            .service = w->o->service,
                            .statuses = buf_str(&w->statuses),
                            .strata = strata_words[w->o->strata],
                            .seed = w->o->seed,
                            .method = SAMPLE_METHOD,
                            .size = w->o->size,
                            .population = total,
                            .resources = resources,
                            .population_sha256 = population,
                            .drawn_at = at,
                            .drawn_by = w->o->by == NULL ? "" : w->o->by};
    EVPACK_TRY(samples_add(w->s, &row, id, err));
    EVPACK_TRY(add_items(w, *id, err));
    return log_it(w, &row, *id, err);
}

static evpack_status draw(drawing *w, int64_t *id, evpack_err *err)
{
    unsigned char population[DIGEST_SIZE];
    int64_t total = 0;
    EVPACK_TRY(choose_snapshot(w, err));
    EVPACK_TRY(script_drop(store_db(w->s), "sample", err));
    EVPACK_TRY(db_exec(store_db(w->s), table_sql, err));
    EVPACK_TRY(gather(w, err));
    EVPACK_TRY(digest_population(w, population, err));
    EVPACK_TRY(read_strata(w, err));
    for (size_t i = 0; i < w->strata_count; i++) {
        total += w->strata[i].population;
    }
    if (total == 0) {
        return evpack_fail(err, EVPACK_E_USAGE,
                           "the snapshot '%s' has no finding under %s%s%s with these statuses%s",
                           w->label, w->o->control_id, w->o->benchmark == NULL ? "" : " of ",
                           w->o->benchmark == NULL ? "" : w->o->benchmark,
                           w->o->service == NULL ? "" : " and this service");
    }
    if (w->o->size < (int64_t)w->strata_count) {
        return evpack_fail(err, EVPACK_E_USAGE,
                           "--size %lld is less than the %zu strata, each of which gives one",
                           (long long)w->o->size, w->strata_count);
    }
    EVPACK_TRY(
        sample_divide(w->strata, w->strata_count, w->o->size < total ? w->o->size : total, err));
    return keep(w, population, total, id, err);
}

evpack_status sample_draw(store *s, const sample_options *options, int64_t *id, evpack_err *err)
{
    EVPACK_AUTO_VALUE(drawing_reset) drawing w = {.s = s, .o = options};
    EVPACK_TRY(check(options, err));
    EVPACK_TRY(digest_new(&w.hash, err));
    EVPACK_TRY(store_begin(s, err));
    evpack_status status = draw(&w, id, err);
    if (status == EVPACK_OK) {
        status = store_commit(s, err);
    }
    if (status != EVPACK_OK) {
        store_rollback(s);
    }
    return status;
}
