/*
 * The model. Invariant: every total is a count over the run's findings, made once, and each finding
 * is in exactly one row of each table. Knows nothing of pages.
 */
#include "report/model.h"

#include "base/buf.h"
#include "report/model_scope.h"

#include <stdlib.h>
#include <string.h>

const char *model_responsibility_word(int code)
{
    static const char *const words[MODEL_RESPONSIBILITIES] = {"", "customer", "microsoft", "shared",
                                                              "notapplicable"};
    return code > 0 && code < MODEL_RESPONSIBILITIES ? words[code] : "";
}

const char *model_severity_word(model_severity severity)
{
    static const char *const words[MODEL_SEVERITIES] = {"high", "medium", "low", "none"};
    return words[severity];
}

void model_free(model *m)
{
    if (m != NULL) {
        arena_reset(&m->text);
        free(m);
    }
}

void *model_push(arena *a, void *array, size_t *count, size_t size)
{
    void *at = NULL;
    memcpy(&at, array, sizeof at);
    if ((*count & (*count - 1)) == 0) { /* 0 or a power of two: full */
        char *grown = arena_alloc(a, (*count == 0 ? 1 : *count * 2) * size);
        if (grown == NULL) {
            return NULL;
        }
        if (*count > 0) {
            memcpy(grown, at, *count * size);
        }
        at = grown;
        memcpy(array, &at, sizeof at);
    }
    return (char *)at + (*count)++ * size;
}

void model_add(model_counts *to, const model_counts *from)
{
    for (int i = 0; i < FINDING_STATUSES; i++) {
        to->of[i] += from->of[i];
        to->attested[i] += from->attested[i];
    }
    to->total += from->total;
}

int64_t model_count_of(const model_counts *counts, unsigned statuses)
{
    int64_t n = 0;
    for (int k = 1; k < FINDING_STATUSES; k++) {
        n += (statuses & FINDINGS_ONLY(k)) != 0 ? counts->of[k] : 0;
    }
    return n;
}

static evpack_status load_run(const store *s, model *m, evpack_err *err)
{
    EVPACK_AUTO(db_stmt) run = NULL;
    EVPACK_TRY(db_prepare(store_db(s),
                          "SELECT run.evaluated_at, run.tool_version, lower(hex(m.sha256)),"
                          " m.origin, b.title, b.source, b.source_date FROM run"
                          " JOIN mapping m ON m.id = run.mapping_id"
                          " LEFT JOIN benchmark b ON b.mapping_id = m.id"
                          " ORDER BY run.id DESC, b.preview, b.slug LIMIT 1",
                          &run, err));
    bool row = false;
    EVPACK_TRY(db_step(run, &row, err));
    if (!row) {
        return evpack_fail(err, EVPACK_E_CASE, "there is no map run in the case");
    }
    const char **const fields[] = {&m->evaluated_at,   &m->tool_version, &m->mapping_sha256,
                                   &m->mapping_origin, &m->benchmark,    &m->benchmark_source,
                                   &m->benchmark_date};
    for (int i = 0; i < (int)(sizeof fields / sizeof fields[0]); i++) {
        *fields[i] = arena_text(&m->text, db_text_or_empty(run, i));
    }
    return EVPACK_OK;
}

/* One row a test with its counts by status: the only pass over the findings. */
static const char tests_sql[] =
    "SELECT t.id, t.control, t.service_id, t.feature_id, t.responsibility, count(*),"
    " sum(f.status = 1), sum(f.status = 2), sum(f.status = 3), sum(f.status = 4),"
    " sum(f.status = 5), sum(f.status = 6), sum(f.status = 7), sum(f.status = 8),"
    " t.policy_id IS NOT NULL, t.source = 'attestation' AND t.feature_id IS NOT NULL"
    " FROM tested t CROSS JOIN finding f ON f.test_id = t.id"
    " WHERE t.run_id = (SELECT max(id) FROM run) GROUP BY t.id ORDER BY t.id";

static evpack_status load_tests(const store *s, model *m, evpack_err *err)
{
    EVPACK_AUTO(db_stmt) rows = NULL;
    EVPACK_TRY(db_prepare(store_db(s), tests_sql, &rows, err));
    for (bool row = true; row;) {
        EVPACK_TRY(db_step(rows, &row, err));
        if (!row) {
            break;
        }
        model_test *t = model_push(&m->text, &m->tests, &m->test_count, sizeof *t);
        if (t == NULL) {
            return evpack_oom(err);
        }
        t->id = db_int(rows, 0);
        t->control = db_int(rows, 1);
        t->service = db_int(rows, 2);
        t->feature = db_int(rows, 3);
        t->responsibility = (int)db_int(rows, 4);
        t->counts.total = db_int(rows, 5);
        for (int i = 1; i < FINDING_STATUSES; i++) {
            t->counts.of[i] = db_int(rows, 5 + i);
        }
        t->azure = db_int(rows, 5 + FINDING_STATUSES) != 0;
        if (db_int(rows, 6 + FINDING_STATUSES) != 0) {
            memcpy(t->counts.attested, t->counts.of, sizeof t->counts.attested);
        }
        model_add(&m->total, &t->counts);
        if (t->responsibility >= 0 && t->responsibility < MODEL_RESPONSIBILITIES) {
            model_add(&m->by_responsibility[t->responsibility], &t->counts);
        }
    }
    return EVPACK_OK;
}

static model_severity severity_of(const char *word)
{
    static const struct {
        const char *word;
        model_severity is;
    } words[] = {{"critical", SEVERITY_HIGH},
                 {"high", SEVERITY_HIGH},
                 {"medium", SEVERITY_MEDIUM},
                 {"low", SEVERITY_LOW},
                 {"informational", SEVERITY_LOW}};
    for (size_t i = 0; word != NULL && i < sizeof words / sizeof words[0]; i++) {
        if (strcmp(word, words[i].word) == 0) {
            return words[i].is;
        }
    }
    return SEVERITY_NONE;
}

static evpack_status load_severities(const store *s, model *m, evpack_err *err)
{
    EVPACK_AUTO(db_stmt) rows = NULL;
    EVPACK_TRY(db_prepare(store_db(s),
                          "SELECT t.id, coalesce(ru.severity, p.severity), t.source = 'baseline'"
                          " FROM test t"
                          " LEFT JOIN rule ru ON ru.id = t.rule_id"
                          " LEFT JOIN policy p ON p.id = t.policy_id"
                          " WHERE t.run_id = (SELECT max(id) FROM run) ORDER BY t.id",
                          &rows, err));
    size_t i = 0; /* both in the order of the ids */
    for (bool row = true; row;) {
        EVPACK_TRY(db_step(rows, &row, err));
        while (row && i < m->test_count && m->tests[i].id < db_int(rows, 0)) {
            m->tests[i++].severity = SEVERITY_NONE;
        }
        if (row && i < m->test_count && m->tests[i].id == db_int(rows, 0)) {
            m->tests[i].baseline = db_int(rows, 2) != 0;
            m->tests[i++].severity = severity_of(db_text(rows, 1));
        }
    }
    return EVPACK_OK;
}

static const char controls_sql[] =
    "SELECT c.id, c.control_id,"
    " CASE WHEN b.preview THEN c.title || ' (' || b.slug || ', preview)' ELSE c.title END, "
    "c.domain,"
    " (SELECT group_concat(p, ', ') FROM (SELECT DISTINCT fe.published_control_id AS p"
    "    FROM test t JOIN feature fe ON fe.id = t.feature_id"
    "   WHERE t.run_id = (SELECT max(id) FROM run) AND fe.control = c.id"
    "     AND fe.published_control_id <> c.control_id ORDER BY 1)), b.preview, c.objective,"
    " (SELECT group_concat(line, '; ') FROM (SELECT x.framework || ' ' ||"
    "    (SELECT group_concat(ref, ', ') FROM (SELECT ref FROM crosswalk y"
    "      WHERE y.control_id = c.id AND y.framework = x.framework ORDER BY y.ordinal)) AS line"
    "   FROM crosswalk x WHERE x.control_id = c.id GROUP BY x.framework ORDER BY x.framework)),"
    " b.slug"
    " FROM control c JOIN benchmark b ON b.id = c.benchmark_id"
    " WHERE b.mapping_id = (SELECT mapping_id FROM run ORDER BY id DESC LIMIT 1)"
    /* Of a preview only what findings stand under. */
    "   AND (NOT b.preview OR EXISTS (SELECT 1 FROM test t WHERE t.control = c.id"
    "     AND t.run_id = (SELECT max(id) FROM run)))"
    " ORDER BY b.preview, b.slug, c.ordinal, c.id";

/* The sum of all tests under a control or, with service, of a service. 0: those that have none. */
static model_counts sum_of(const model *m, int64_t id, bool service)
{
    model_counts counts = {0};
    for (size_t i = 0; i < m->test_count; i++) {
        if ((service ? m->tests[i].service : m->tests[i].control) == id) {
            model_add(&counts, &m->tests[i].counts);
        }
    }
    return counts;
}

static void fail_by_severity(const model *m, model_control *c)
{
    for (size_t i = 0; i < m->test_count; i++) {
        if (m->tests[i].control == c->id) {
            c->failed[m->tests[i].severity] += m->tests[i].counts.of[FINDING_FAIL];
        }
    }
}

/* Findings that Azure made under no control of the benchmark, and those about exceptions that name
 * none: a row of their own, after the others. */
static evpack_status add_no_control(model *m, evpack_err *err)
{
    const model_counts counts = sum_of(m, 0, false);
    if (counts.total == 0) {
        return EVPACK_OK;
    }
    model_control *c = model_push(&m->text, &m->controls, &m->control_count, sizeof *c);
    if (c == NULL) {
        return evpack_oom(err);
    }
    *c = (model_control){
        .benchmark = "", .control_id = "", .title = "", .domain = "", .counts = counts};
    fail_by_severity(m, c);
    return EVPACK_OK;
}

static evpack_status load_controls(const store *s, model *m, evpack_err *err)
{
    EVPACK_AUTO(db_stmt) rows = NULL;
    EVPACK_TRY(db_prepare(store_db(s), controls_sql, &rows, err));
    for (bool row = true; row;) {
        EVPACK_TRY(db_step(rows, &row, err));
        if (!row) {
            break;
        }
        const model_counts counts = sum_of(m, db_int(rows, 0), false);
        if (counts.total == 0 && db_int(rows, 5) != 0) {
            continue; /* a preview's id may be one of the benchmark's, too */
        }
        if (counts.total == 0) {
            const char **id = model_push(&m->text, &m->untested, &m->untested_count, sizeof *id);
            if (id == NULL) {
                return evpack_oom(err);
            }
            *id = arena_text(&m->text, db_text_or_empty(rows, 1));
            continue;
        }
        model_control *c = model_push(&m->text, &m->controls, &m->control_count, sizeof *c);
        if (c == NULL) {
            return evpack_oom(err);
        }
        *c = (model_control){.id = db_int(rows, 0),
                             .benchmark = arena_text(&m->text, db_text_or_empty(rows, 8)),
                             .control_id = arena_text(&m->text, db_text_or_empty(rows, 1)),
                             .title = arena_text(&m->text, db_text_or_empty(rows, 2)),
                             .domain = arena_text(&m->text, db_text_or_empty(rows, 3)),
                             .published = arena_text(&m->text, db_text(rows, 4)),
                             .objective = arena_text(&m->text, db_text(rows, 6)),
                             .crosswalk = arena_text(&m->text, db_text(rows, 7)),
                             .preview = db_int(rows, 5) != 0,
                             .counts = counts};
        fail_by_severity(m, c);
    }
    return add_no_control(m, err);
}

static const char services_sql[] =
    "SELECT id, slug, title, source_date,"
    " (SELECT count(*) FROM feature fe WHERE fe.service_id = s.id) FROM service s"
    " WHERE mapping_id = (SELECT mapping_id FROM run ORDER BY id DESC LIMIT 1) ORDER BY slug";

/* Findings that Azure made about what no one baseline speaks of, and those about the files of
 * exceptions and attestations. */
static evpack_status add_no_service(model *m, evpack_err *err)
{
    const model_counts counts = sum_of(m, 0, true);
    if (counts.total == 0) {
        return EVPACK_OK;
    }
    model_service *v = model_push(&m->text, &m->services, &m->service_count, sizeof *v);
    if (v == NULL) {
        return evpack_oom(err);
    }
    *v = (model_service){.slug = "", .title = "", .source_date = "", .counts = counts};
    return EVPACK_OK;
}

/* Our own findings of a feature: what was attested stands under a test of its own. */
static int64_t of_feature(const model *m, int64_t feature)
{
    int64_t n = 0;
    for (size_t i = 0; i < m->test_count; i++) {
        n += m->tests[i].feature == feature && !m->tests[i].azure ? m->tests[i].counts.total : 0;
    }
    return n;
}

/* Each feature has a finding for every resource of its service, so the feature with most findings
 * has them all; the ids of its tests go into largest. 0 when the service has no test of ours. */
static int64_t largest_feature(const model *m, int64_t service, buf *largest)
{
    int64_t most = 0;
    int64_t feature = 0;
    for (size_t i = 0; i < m->test_count; i++) {
        const model_test *t = &m->tests[i];
        if (t->service != service || t->azure || t->feature == feature || t->counts.total == 0) {
            continue;
        }
        int64_t n = of_feature(m, t->feature);
        feature = n > most ? t->feature : feature;
        most = n > most ? n : most;
    }
    for (size_t i = 0; i < m->test_count && most > 0; i++) {
        const model_test *t = &m->tests[i];
        if (t->feature == feature && !t->azure) {
            buf_printf(largest, "%s%lld", largest->len > 0 ? "," : "", (long long)t->id);
        }
    }
    return most;
}

static evpack_status load_services(const store *s, model *m, buf *largest, evpack_err *err)
{
    EVPACK_AUTO(db_stmt) rows = NULL;
    EVPACK_TRY(db_prepare(store_db(s), services_sql, &rows, err));
    for (bool row = true; row;) {
        EVPACK_TRY(db_step(rows, &row, err));
        if (!row) {
            break;
        }
        const model_counts counts = sum_of(m, db_int(rows, 0), true);
        if (counts.total == 0) {
            m->idle_services++;
            continue;
        }
        model_service *v = model_push(&m->text, &m->services, &m->service_count, sizeof *v);
        if (v == NULL) {
            return evpack_oom(err);
        }
        *v = (model_service){.id = db_int(rows, 0),
                             .slug = arena_text(&m->text, db_text_or_empty(rows, 1)),
                             .title = arena_text(&m->text, db_text_or_empty(rows, 2)),
                             .source_date = arena_text(&m->text, db_text_or_empty(rows, 3)),
                             .features = db_int(rows, 4),
                             .resources = largest_feature(m, db_int(rows, 0), largest),
                             .counts = counts};
    }
    return add_no_service(m, err);
}

static evpack_status count_record(void *ctx, const coverage_row *row, evpack_err *err)
{
    (void)err;
    coverage_add(ctx, row);
    return EVPACK_OK;
}

static evpack_status count_resources(const store *s, const char *tests, model *m, evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf sql = {0};
    buf_printf(&sql, "SELECT count(DISTINCT record_id) FROM finding WHERE test_id IN (%s)", tests);
    EVPACK_TRY(buf_status(&sql, err));
    return db_value(store_db(s), buf_str(&sql), &m->resources, err);
}

static evpack_status load(const store *s, model *m, evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf tests = {0};
    EVPACK_TRY(load_run(s, m, err));
    EVPACK_TRY(load_tests(s, m, err));
    EVPACK_TRY(load_severities(s, m, err));
    EVPACK_TRY(decisions_count(s, &m->decided, err));
    EVPACK_TRY(load_controls(s, m, err));
    EVPACK_TRY(load_services(s, m, &tests, err));
    EVPACK_TRY(buf_status(&tests, err));
    EVPACK_TRY(count_resources(s, buf_str(&tests), m, err));
    EVPACK_TRY(model_load_scope(s, buf_str(&tests), m, err));
    bool run = false;
    EVPACK_TRY(coverage_read(s, count_record, &m->coverage, &run, err));
    return arena_status(&m->text, err);
}

evpack_status model_load(const store *s, model **out, evpack_err *err)
{
    model *m = calloc(1, sizeof *m);
    if (m == NULL) {
        return evpack_oom(err);
    }
    evpack_status status = load(s, m, err);
    if (status != EVPACK_OK) {
        model_free(m);
        return status;
    }
    *out = m;
    return EVPACK_OK;
}

const model_test *model_find_test(const model *m, int64_t id)
{
    size_t low = 0; /* tests are in the order of their ids */
    size_t high = m->test_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (m->tests[middle].id == id) {
            return &m->tests[middle];
        }
        if (m->tests[middle].id < id) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return NULL;
}

size_t model_tested_controls(const model *m)
{
    return m->control_count > 0 && m->controls[m->control_count - 1].id == 0 ? m->control_count - 1
                                                                             : m->control_count;
}

const model_control *model_find_control(const model *m, int64_t id)
{
    for (size_t i = 0; i < m->control_count; i++) {
        if (m->controls[i].id == id) {
            return &m->controls[i];
        }
    }
    return NULL;
}
