/*
 * Repeating a package's test. Invariant: nothing of a package that is not verified is run, and the
 * findings that are compared were made from raw evidence alone. Refuses to know how differences
 * are shown.
 */
#include "review/reperform.h"

#include "base/text.h"
#include "map/map.h"
#include "review/rebuild.h"

#include <stdio.h>
#include <string.h>

static const char findings_path[] = "data/findings.json";

typedef struct {
    const reperform_options *o;
    reperform_result *result;
    received *r;
    earlier *e;
    store *s;
    buf name; /* a path in the scratch folder */
} repeating;

static void repeating_reset(repeating *p)
{
    store_close(p->s);
    earlier_free(p->e);
    received_free(p->r);
    buf_reset(&p->name);
}

static void step(const repeating *p, const char *what)
{
    if (p->o->step != NULL) {
        p->o->step(p->o->ctx, what);
    }
}

/* A path in the scratch folder; borrowed until the next call. */
static evpack_status path_of(repeating *p, const char *name, const char **path, evpack_err *err)
{
    buf_clear(&p->name);
    buf_printf(&p->name, "%s/%s", p->o->scratch, name);
    EVPACK_TRY(buf_status(&p->name, err));
    *path = buf_str(&p->name);
    return EVPACK_OK;
}

static evpack_status open_package(repeating *p, evpack_err *err)
{
    step(p, "verifying");
    const received_options how = {
        .folder = p->o->scratch, .verify = p->o->verify, .report = p->o->report, .findings = true};
    EVPACK_TRY(received_open(p->o->path, &how, &p->r, err));
    reperform_result *result = p->result;
    (void)snprintf(result->package_id, sizeof result->package_id, "%s", received_id(p->r));
    result->redacted = received_redacted(p->r);
    result->withheld = received_withheld(p->r);
    return EVPACK_OK;
}

static evpack_status read_findings(repeating *p, evpack_err *err)
{
    step(p, "reading its findings");
    if (received_find(p->r, findings_path) == NULL) {
        return evpack_fail(err, EVPACK_E_NO, "%s is not there: there is nothing to compare with",
                           findings_path);
    }
    EVPACK_AUTO_FD fd = -1;
    const char *table = NULL;
    EVPACK_TRY(received_file_open(p->r, findings_path, &fd, err));
    EVPACK_TRY(path_of(p, "earlier.db", &table, err));
    if (earlier_open(fd, table, &p->e, err) != EVPACK_OK) {
        return evpack_context(err, "%s", findings_path);
    }
    p->result->head = *earlier_head_of(p->e);
    return EVPACK_OK;
}

/* The time that the package's run states, once in each of two places. */
static evpack_status find_time(const repeating *p, int64_t *at, evpack_err *err)
{
    if (p->o->at_given) {
        *at = p->o->at;
        return EVPACK_OK;
    }
    const char *info = received_info(p->r, "Evpack-Evaluated-At");
    const char *head = earlier_head_of(p->e)->evaluated_at;
    if (info == NULL || strcmp(info, head) != 0 || text_parse_time(head, at, NULL) != EVPACK_OK) {
        return evpack_fail(err, EVPACK_E_NO,
                           "bag-info.txt says that it was evaluated at '%s', %s '%s': expected one "
                           "time",
                           info == NULL ? "" : info, findings_path, head);
    }
    return EVPACK_OK;
}

static evpack_status rebuild(repeating *p, evpack_err *err)
{
    step(p, "making the case again");
    const char *path = NULL;
    EVPACK_TRY(path_of(p, "case.db", &path, err));
    EVPACK_TRY(store_open(path, STORE_CREATE, &p->s, err));
    store_watch(p->s, p->o->watch);
    const rebuild_options options = {.scratch = p->o->scratch, .now = text_now()};
    rebuild_totals totals;
    EVPACK_TRY(store_begin(p->s, err));
    EVPACK_TRY(rebuild_case(p->s, p->r, &options, &totals, err));
    return store_commit(p->s, err);
}

static evpack_status run_mapping(repeating *p, evpack_err *err)
{
    step(p, "running the mapping");
    const char *own = NULL;
    EVPACK_TRY(path_of(p, "data/mapping", &own, err));
    map_options options = {.folder = p->o->mapping == NULL ? own : p->o->mapping,
                           .fault = p->o->fault,
                           .fault_ctx = p->o->ctx};
    map_totals totals;
    EVPACK_TRY(find_time(p, &options.at, err));
    text_format_time(options.at, p->result->evaluated_at);
    EVPACK_TRY(map_run(p->s, &options, &totals, err));
    p->result->broken = totals.broken;
    memcpy(p->result->mapping_sha256, totals.mapping_sha256, sizeof p->result->mapping_sha256);
    const char *named = received_info(p->r, "Evpack-Mapping-SHA256");
    p->result->other_mapping = p->o->mapping == NULL &&
                               (named == NULL || strcmp(named, totals.mapping_sha256) != 0 ||
                                strcmp(p->result->head.mapping_sha256, totals.mapping_sha256) != 0);
    int64_t subjects = 0;
    EVPACK_TRY(db_value(store_db(p->s),
                        "SELECT count(DISTINCT coalesce(-target_id, record_id)) FROM finding"
                        " WHERE test_id IN (SELECT id FROM test WHERE run_id ="
                        " (SELECT max(id) FROM run))",
                        &subjects, err));
    p->result->subjects = (uint64_t)subjects;
    return EVPACK_OK;
}

static evpack_status compare(repeating *p, evpack_err *err)
{
    step(p, "comparing");
    const char *table = NULL;
    EVPACK_TRY(path_of(p, "changes.db", &table, err));
    const compare_options options = {.package = p->r,
                                     .another_time = p->o->at_given,
                                     .table = table,
                                     .difference = p->o->difference,
                                     .change = p->o->change,
                                     .ctx = p->o->ctx};
    return compare_findings(p->s, p->e, &options, &p->result->found, err);
}

bool reperform_identical(const reperform_result *result)
{
    const compare_totals *f = &result->found;
    return f->changed == 0 && f->added == 0 && f->removed == 0 && !result->other_mapping;
}

evpack_status reperform(const reperform_options *options, reperform_result *result, evpack_err *err)
{
    *result = (reperform_result){0};
    EVPACK_AUTO_VALUE(repeating_reset) repeating p = {.o = options, .result = result};
    EVPACK_TRY(open_package(&p, err));
    EVPACK_TRY(read_findings(&p, err));
    EVPACK_TRY(rebuild(&p, err));
    EVPACK_TRY(run_mapping(&p, err));
    return compare(&p, err);
}
