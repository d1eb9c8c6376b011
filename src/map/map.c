/*
 * A map run from end to end. Invariant: a run row never stands without its findings. Refuses to
 * know what any rule tests.
 */
#include "map/map.h"

#include "base/text.h"
#include "map/azure.h"
#include "map/catalogue.h"
#include "map/check.h"
#include "map/decide.h"
#include "map/engage.h"
#include "map/evaluate.h"
#include "map/headers.h"
#include "map/rule.h"
#include "port/digest.h"
#include "store/custody.h"
#include "store/ledger.h"

#include <string.h>

static evpack_status add_run(store *s, int64_t mapping, int64_t at, int64_t *run, evpack_err *err)
{
    char text[TEXT_TIME];
    text_format_time(at, text);
    EVPACK_AUTO(db_stmt) add = NULL;
    EVPACK_TRY(db_prepare(store_db(s),
                          "INSERT INTO run(mapping_id, evaluated_at, tool_version, evidence)"
                          " SELECT ?, ?, '" EVPACK_VERSION "', coalesce(max(id), 0) FROM evidence",
                          &add, err));
    EVPACK_TRY(db_bind(add, err, "it", mapping, text));
    EVPACK_TRY(db_run(add, err));
    *run = db_last_id(store_db(s));
    EVPACK_AUTO(db_stmt) parameters = NULL;
    EVPACK_TRY(db_prepare(store_db(s),
                          "INSERT INTO run_parameter SELECT ?, name, value, 0 FROM parameter_value"
                          " WHERE mapping_id = ?",
                          &parameters, err));
    EVPACK_TRY(db_bind(parameters, err, "ii", *run, mapping));
    return db_run(parameters, err);
}

/* One pass without sorting: there are two million findings. A status that is none counts as error.
 */
static evpack_status count(store *s, map_totals *totals, evpack_err *err)
{
    EVPACK_AUTO(db_stmt) sum = NULL;
    EVPACK_TRY(db_prepare(store_db(s),
                          "SELECT count(*), count(*) FILTER (WHERE f.status = 1),"
                          " count(*) FILTER (WHERE f.status = 2),"
                          " count(*) FILTER (WHERE f.status = 3),"
                          " count(*) FILTER (WHERE f.status = 4),"
                          " count(*) FILTER (WHERE f.status = 5),"
                          " count(*) FILTER (WHERE f.status = 6),"
                          " count(*) FILTER (WHERE f.status = 7)"
                          " FROM test t JOIN finding f ON f.test_id = t.id WHERE t.run_id = ?",
                          &sum, err));
    EVPACK_TRY(db_bind(sum, err, "i", totals->run));
    bool row = false;
    EVPACK_TRY(db_step(sum, &row, err));
    totals->findings = (uint64_t)db_int(sum, 0);
    uint64_t rest = totals->findings;
    for (int status = 1; status < 8; status++) {
        totals->by_status[status] = (uint64_t)db_int(sum, status);
        rest -= totals->by_status[status];
    }
    totals->by_status[8] = rest;
    return EVPACK_OK;
}

static evpack_status log_it(store *s, const map_options *o, const map_totals *t, evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf detail = {0};
    buf_printf(&detail, "{\"run\":%lld,\"mapping_sha256\":\"%s\",\"findings\":%llu}",
               (long long)t->run, t->mapping_sha256, (unsigned long long)t->findings);
    EVPACK_TRY(buf_status(&detail, err));
    custody_event event = {
        .event = "map", .by = o->by, .reason = o->reason, .detail = buf_str(&detail), .at = o->at};
    return custody_add(s, &event, err);
}

static evpack_status load_reasons(const mapping_files *files, json_doc **out, evpack_err *err)
{
    static const char *const names[] = {"inherited", "unsupported", "notapplicable", "manual",
                                        "silent",    "badstatus",   "badevidence"};
    const mapping_file *texts = mapping_files_find(files, "reasons.json");
    if (texts == NULL) {
        return evpack_fail(err, EVPACK_E_MAPPING, "the mapping has no reasons.json");
    }
    EVPACK_TRY(faults_parse(texts, out, err));
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (json_get_string(json_root(*out), names[i]) == NULL) {
            return evpack_fail(err, EVPACK_E_MAPPING,
                               "reasons.json: expected a string in member %s", names[i]);
        }
    }
    return EVPACK_OK;
}

static evpack_status tell_faults(const map_options *o, map_faults *faults, evpack_err *err)
{
    faults_sort(faults);
    for (size_t i = 0; o->fault != NULL && i < faults->count; i++) {
        EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
        faults_say(&faults->at[i], &text);
        EVPACK_TRY(buf_status(&text, err));
        o->fault(o->fault_ctx, buf_str(&text));
    }
    return EVPACK_OK;
}

/* Says where the mapping is at fault, when a look at all of it tells more than the loader did. */
static evpack_status refuse(const char *folder, evpack_err *err)
{
    EVPACK_AUTO_VALUE(faults_reset) map_faults faults = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf first = {0};
    evpack_err ignored = {0};
    size_t files = 0;
    if (map_check(folder, &faults, &files, &ignored) == EVPACK_OK && faults.count > 0) {
        faults_say(&faults.at[0], &first);
        if (!first.failed && strstr(err->text, buf_str(&first)) == NULL) {
            const evpack_err was = *err;
            return evpack_fail(err, EVPACK_E_MAPPING,
                               "%s: %.400s; 'evpack map --check' says: %.400s", folder, was.text,
                               buf_str(&first));
        }
    }
    return evpack_context(err, "%s", folder);
}

static evpack_status run_all(store *s, const mapping_files *files, const map_options *o,
                             const map_bounds *bounds, map_faults *faults, map_totals *totals,
                             evpack_err *err)
{
    EVPACK_AUTO(json_doc) reasons = NULL;
    EVPACK_TRY(load_reasons(files, &reasons, err));
    int64_t mapping = 0;
    EVPACK_TRY(store_begin(s, err));
    EVPACK_TRY(catalogue_store(s, files, &mapping, err));
    EVPACK_TRY(add_run(s, mapping, o->at, &totals->run, err));
    EVPACK_AUTO_VALUE(view_names_reset) view_names views = {0};
    EVPACK_TRY(headers_judge(s, files, mapping, faults, err));
    EVPACK_TRY(views_install(s, files, bounds, faults, &views, err));
    evaluation e = {.s = s,
                    .files = files,
                    .views = &views,
                    .reasons = json_root(reasons),
                    .mapping = mapping,
                    .run = totals->run,
                    .bounds = *bounds,
                    .faults = faults};
    EVPACK_TRY(engage_parameters(&e, err));
    EVPACK_TRY(evaluate_all(&e, err));
    views_drop(s, &views);
    EVPACK_TRY(ledger_settle(s, totals->run, err));
    EVPACK_TRY(azure_evaluate(&e, err)); /* compares with what the rules say in the end */
    EVPACK_TRY(engage_assure(&e, err));
    EVPACK_TRY(decide_findings(&e, err)); /* after it: disagreements are about what was tested */
    totals->broken = e.broken;
    EVPACK_TRY(count(s, totals, err));
    EVPACK_TRY(log_it(s, o, totals, err));
    return store_commit(s, err);
}

evpack_status map_run(store *s, const map_options *options, map_totals *totals, evpack_err *err)
{
    *totals = (map_totals){0};
    evpack_err own = {0};
    err = err == NULL ? &own : err; /* the room looks into it */
    EVPACK_TRY(custody_check_words(options->by, options->reason, err));
    EVPACK_AUTO_VALUE(mapping_files_reset) mapping_files files = {0};
    EVPACK_TRY(mapping_files_load(options->folder, &files, err));
    text_hex(files.sha256, DIGEST_SIZE, totals->mapping_sha256);
    EVPACK_AUTO_VALUE(faults_reset) map_faults faults = {0};
    map_bounds bounds = {.ops = options->rule_ops, .cpu_ms = options->rule_ms};
    EVPACK_TRY(bounds_begin(s, options->run_ms, &bounds, err));
    evpack_status status = EVPACK_OK;
    /* Each time without one file more, and all together within the time of one run: it ends. */
    do {
        faults.again = false;
        *err = (evpack_err){0};
        status = run_all(s, &files, options, &bounds, &faults, totals, err);
        if (status != EVPACK_OK) {
            store_rollback(s);
        }
    } while (faults.again && !faults.more);
    EVPACK_TRY(tell_faults(options, &faults, err));
    return status == EVPACK_E_MAPPING && options->folder != NULL ? refuse(options->folder, err)
                                                                 : status;
}
