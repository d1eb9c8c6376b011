/*
 * Running the rules. Invariant: after it, each service's subjects and each of its features have
 * exactly one finding, and what a rule may not do it did not. A rule is evaluated inside an
 * INSERT … SELECT: two million findings never pass through C.
 */
#include "map/evaluate.h"

#include "store/sandbox.h"

#include <stdlib.h>
#include <string.h>

/* Thousands of SQLite instructions: a floor, and more for each subject of the case. */
enum { RULE_OPS = 500000, RULE_OPS_EACH = 20 };

enum {
    ST_PASS = 1,
    ST_FAIL,
    ST_INHERITED,
    ST_NOTAPPLICABLE,
    ST_MANUAL,
    ST_UNKNOWN,
    ST_EXEMPT,
    ST_ERROR
};

typedef struct {
    int64_t id, rule; /* rule 0: none */
    const char *supported, *responsibility, *guidance, *date;
    const char *rule_id, *rule_path, *sql;
} feature;

static const char *reason_text(const evaluation *e, const char *name)
{
    const char *text = json_get_string(e->reasons, name);
    return text == NULL ? name : text;
}

/* Replaces {date} and {rule}. */
static void fill(const char *text, const feature *f, buf *out)
{
    while (*text != '\0') {
        if (strncmp(text, "{date}", 6) == 0) {
            buf_puts(out, f->date);
            text += 6;
        } else if (strncmp(text, "{rule}", 6) == 0) {
            buf_puts(out, f->rule_id == NULL ? "" : f->rule_id);
            text += 6;
        } else {
            buf_putc(out, *text++);
        }
    }
}

static evpack_status add_test(const evaluation *e, const feature *f, bool by_rule,
                              const char *reason, int64_t *test, evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf filled = {0};
    if (reason != NULL) {
        fill(reason, f, &filled);
        EVPACK_TRY(buf_status(&filled, err));
    }
    EVPACK_AUTO(db_stmt) add = NULL;
    EVPACK_TRY(db_prepare(store_db(e->s),
                          "INSERT INTO test(run_id, feature_id, rule_id, source, reason)"
                          " VALUES (?1, ?2, nullif(?3, 0), ?4, ?5)",
                          &add, err));
    EVPACK_TRY(db_bind(add, err, "iiitt", e->run, f->id, by_rule ? f->rule : (int64_t)0,
                       by_rule ? "rule" : "baseline", reason == NULL ? NULL : buf_str(&filled)));
    EVPACK_TRY(db_run(add, err));
    *test = db_last_id(store_db(e->s));
    return EVPACK_OK;
}

/* One status for every certain subject of the service that has no finding of this test yet. */
static evpack_status same_for_all(const evaluation *e, int64_t test, int64_t service, int status,
                                  const char *reason, evpack_err *err)
{
    EVPACK_AUTO(db_stmt) add = NULL;
    EVPACK_TRY(db_prepare(store_db(e->s),
                          "INSERT OR IGNORE INTO finding(test_id, record_id, status, reason)"
                          " SELECT ?1, record_id, ?3, ?4 FROM temp.member"
                          "  WHERE service_id = ?2 AND certain <> 0 ORDER BY record_id",
                          &add, err));
    EVPACK_TRY(db_bind(add, err, "iiit", test, service, (int64_t)status, reason));
    return db_run(add, err);
}

static evpack_status uncertain(const evaluation *e, int64_t test, int64_t service, evpack_err *err)
{
    EVPACK_AUTO(db_stmt) add = NULL;
    EVPACK_TRY(db_prepare(store_db(e->s),
                          "INSERT INTO finding(test_id, record_id, status, reason, need)"
                          " SELECT ?1, record_id, 6, reason, need FROM temp.member"
                          "  WHERE service_id = ?2 AND certain = 0",
                          &add, err));
    EVPACK_TRY(db_bind(add, err, "ii", test, service));
    return db_run(add, err);
}

static evpack_status count_members(const evaluation *e, int64_t service, int64_t *certain,
                                   evpack_err *err)
{
    EVPACK_AUTO(db_stmt) count = NULL;
    EVPACK_TRY(db_prepare(store_db(e->s),
                          "SELECT count(*) FROM temp.member WHERE service_id = ? AND certain <> 0",
                          &count, err));
    EVPACK_TRY(db_bind(count, err, "i", service));
    bool row = false;
    EVPACK_TRY(db_step(count, &row, err));
    *certain = db_int(count, 0);
    return EVPACK_OK;
}

static bool rule_columns(const db_stmt *select)
{
    static const char *const names[] = {"record_id", "status", "reason", "need", "evidence"};
    const int n = sizeof names / sizeof names[0];
    if (db_columns(select) != n) {
        return false;
    }
    for (int i = 0; i < n; i++) {
        if (strcmp(db_column_name(select, i), names[i]) != 0) {
            return false;
        }
    }
    return true;
}

/* Text that comes alone must be one SELECT without parameters; what it is wrapped in comes after.
 */
static evpack_status prepare_alone(const evaluation *e, const char *sql, db_stmt **out,
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

static evpack_status check_rule(const evaluation *e, const feature *f, db_stmt **out,
                                evpack_err *err)
{
    EVPACK_AUTO(db_stmt) alone = NULL;
    EVPACK_TRY(prepare_alone(e, f->sql, &alone, err));
    if (!db_readonly(alone) || !rule_columns(alone)) {
        return evpack_fail(err, EVPACK_E_MAPPING,
                           "expected one SELECT of record_id, status, reason, need, evidence");
    }
    *out = EVPACK_MOVE(alone);
    return EVPACK_OK;
}

/* box is the sandbox that is on: only once the rule was checked alone may its wrapping join. */
static evpack_status run_rule(const evaluation *e, const feature *f, int64_t test, int64_t service,
                              sandbox_options *box, evpack_err *err)
{
    EVPACK_AUTO(db_stmt) alone = NULL;
    EVPACK_TRY(check_rule(e, f, &alone, err));
    size_t len = 0;
    const char *text = db_sql(alone, &len);
    box->joining = "member";
    EVPACK_AUTO_VALUE(buf_reset) buf bad = {0};
    fill(reason_text(e, "badstatus"), f, &bad);
    EVPACK_AUTO_VALUE(buf_reset) buf sql = {0};
    buf_printf(&sql,
               "INSERT INTO finding(test_id, record_id, status, reason, need, evidence)\n"
               "SELECT ?1, m.record_id,\n"
               " CASE r.status WHEN 'pass' THEN 1 WHEN 'fail' THEN 2 WHEN 'notapplicable' THEN 4\n"
               "  WHEN 'manual' THEN 5 WHEN 'unknown' THEN 6 ELSE 8 END,\n"
               " CASE WHEN r.status IN ('pass', 'fail', 'notapplicable', 'manual', 'unknown')\n"
               "  THEN r.reason ELSE ?3 END, r.need, r.evidence\n"
               "FROM temp.member m CROSS JOIN (%.*s\n) r ON r.record_id = m.record_id\n"
               "WHERE m.service_id = ?2 AND m.certain <> 0",
               (int)len, text);
    EVPACK_TRY(buf_status(&sql, err));
    EVPACK_TRY(buf_status(&bad, err));
    EVPACK_AUTO(db_stmt) run = NULL;
    EVPACK_TRY(db_prepare(store_db(e->s), buf_str(&sql), &run, err));
    EVPACK_TRY(db_bind(run, err, "iit", test, service, buf_str(&bad)));
    evpack_status status = db_run(run, err);
    if (status == EVPACK_E_MAPPING && strncmp(err->text, "UNIQUE", 6) == 0) {
        return evpack_fail(err, status, "it names a subject twice");
    }
    return status;
}

void rule_faults_reset(rule_faults *faults)
{
    for (size_t i = 0; i < faults->count; i++) {
        free(faults->at[i].rule);
        free(faults->at[i].text);
    }
    free(faults->at);
    *faults = (rule_faults){0};
}

static const char *fault_of(const rule_faults *faults, const char *rule)
{
    for (size_t i = 0; i < faults->count; i++) {
        if (strcmp(faults->at[i].rule, rule) == 0) {
            return faults->at[i].text;
        }
    }
    return NULL;
}

static evpack_status give_up(rule_faults *faults, const char *rule, const char *text,
                             evpack_err *err)
{
    void *more = realloc(faults->at, (faults->count + 1) * sizeof *faults->at);
    if (more == NULL) {
        return evpack_oom(err);
    }
    faults->at = more;
    faults->at[faults->count].rule = strdup(rule);
    faults->at[faults->count].text = strdup(text);
    faults->count++;
    if (faults->at[faults->count - 1].rule == NULL || faults->at[faults->count - 1].text == NULL) {
        faults->count--;
        return evpack_oom(err);
    }
    return EVPACK_OK;
}

static uint64_t rule_ops(const evaluation *e)
{
    return e->rule_ops != 0 ? e->rule_ops : RULE_OPS + (uint64_t)e->subjects * RULE_OPS_EACH;
}

/* What a mapping can cause is the rule's own fault; the rest ends the run. */
static bool is_rules_fault(evpack_status status)
{
    return status == EVPACK_E_MAPPING || status == EVPACK_E_LIMIT;
}

/* One rule's run over one service. */
typedef struct {
    int64_t test, service, subjects;
    int64_t said; /* subjects that the rule spoke of; -1: it failed */
    evpack_err fault;
} trial;

/*
 * The rule in its sandbox. A statement that fails undoes what it wrote, and nothing else; but one
 * that is stopped at its bound takes the transaction with it, so the run begins anew without it.
 */
static evpack_status try_rule(evaluation *e, const feature *f, trial *t, evpack_err *err)
{
    sandbox_options box = {
        .views = (const char *const *)e->views->at, .inserting = "finding", .ops = rule_ops(e)};
    sandbox_on(e->s, &box);
    evpack_status status = run_rule(e, f, t->test, t->service, &box, &t->fault);
    sandbox_off(e->s);
    t->said = status == EVPACK_OK ? db_changes(store_db(e->s)) : -1;
    if (status == EVPACK_OK) {
        return EVPACK_OK;
    }
    if (!is_rules_fault(status)) {
        return evpack_fail(err, status, "%s: %s", f->rule_path, t->fault.text);
    }
    (void)evpack_context(&t->fault, "mapping/%s", f->rule_path);
    if (!db_in_transaction(store_db(e->s))) {
        EVPACK_TRY(give_up(e->given_up, f->rule_id, t->fault.text, err));
        e->given_up->again = true;
        return evpack_fail(err, EVPACK_E_LIMIT, "%s", t->fault.text);
    }
    return EVPACK_OK;
}

/* A mapping from outside may name evidence that no report could follow: those findings are errors.
 * Our own rules name records that they read; a test runs them all. */
static evpack_status check_evidence(const evaluation *e, const feature *f, int64_t test,
                                    evpack_err *err)
{
    if (strcmp(e->files->origin, "built-in") == 0) {
        return EVPACK_OK;
    }
    EVPACK_AUTO_VALUE(buf_reset) buf reason = {0};
    fill(reason_text(e, "badevidence"), f, &reason);
    EVPACK_TRY(buf_status(&reason, err));
    EVPACK_AUTO(db_stmt) mark = NULL;
    EVPACK_TRY(
        db_prepare(store_db(e->s),
                   "UPDATE finding SET status = 8, reason = ?2, need = NULL, evidence = NULL"
                   " WHERE test_id = ?1 AND evidence IS NOT NULL AND"
                   "  CASE WHEN NOT json_valid(evidence) THEN 1"
                   "       WHEN json_type(evidence) <> 'array' THEN 1"
                   "       ELSE EXISTS (SELECT 1 FROM json_each(evidence) j"
                   "         LEFT JOIN record r ON r.id = CASE j.type WHEN 'integer' THEN j.value"
                   "           WHEN 'object' THEN json_extract(j.value, '$.record') END"
                   "         WHERE r.id IS NULL) END",
                   &mark, err));
    EVPACK_TRY(db_bind(mark, err, "it", test, buf_str(&reason)));
    return db_run(mark, err);
}

static evpack_status by_rule(evaluation *e, const feature *f, int64_t service, int64_t subjects,
                             evpack_err *err)
{
    int64_t test = 0;
    EVPACK_TRY(add_test(e, f, true, NULL, &test, err));
    EVPACK_TRY(uncertain(e, test, service, err));
    trial t = {.test = test, .service = service, .subjects = subjects, .said = -1};
    const char *text = fault_of(e->given_up, f->rule_id);
    if (text == NULL) {
        EVPACK_TRY(try_rule(e, f, &t, err));
        text = t.fault.text;
    }
    if (t.said < 0) {
        e->broken++;
        return same_for_all(e, test, service, ST_ERROR, text, err);
    }
    EVPACK_TRY(check_evidence(e, f, test, err));
    if (t.said == subjects) {
        return EVPACK_OK;
    }
    EVPACK_AUTO_VALUE(buf_reset) buf silent = {0};
    fill(reason_text(e, "silent"), f, &silent);
    EVPACK_TRY(buf_status(&silent, err));
    return same_for_all(e, test, service, ST_ERROR, buf_str(&silent), err);
}

static evpack_status by_baseline(const evaluation *e, const feature *f, int64_t service,
                                 evpack_err *err)
{
    const char *reason = reason_text(e, "manual");
    int status = ST_MANUAL;
    if (strcmp(f->responsibility, "notapplicable") == 0 || strcmp(f->supported, "true") != 0) {
        status = ST_NOTAPPLICABLE;
        reason =
            reason_text(e, strcmp(f->supported, "false") == 0 ? "unsupported" : "notapplicable");
    } else if (strcmp(f->responsibility, "microsoft") == 0) {
        status = ST_INHERITED;
        reason = reason_text(e, "inherited");
    } else if (f->guidance != NULL) {
        reason = f->guidance;
    }
    int64_t test = 0;
    EVPACK_TRY(add_test(e, f, false, reason, &test, err));
    EVPACK_TRY(uncertain(e, test, service, err));
    return same_for_all(e, test, service, status, NULL, err);
}

static evpack_status evaluate_service(evaluation *e, int64_t service, evpack_err *err)
{
    int64_t subjects = 0;
    EVPACK_TRY(count_members(e, service, &subjects, err));
    EVPACK_AUTO(db_stmt) features = NULL;
    EVPACK_TRY(db_prepare(store_db(e->s),
                          "SELECT f.id, coalesce(f.rule_id, 0), f.supported, re.word, f.guidance,"
                          " s.source_date, r.rule_id, r.path, r.sql FROM feature f"
                          " JOIN service s ON s.id = f.service_id"
                          " JOIN responsibility re ON re.code = f.responsibility"
                          " LEFT JOIN rule r ON r.id = f.rule_id"
                          " WHERE f.service_id = ? ORDER BY f.ordinal",
                          &features, err));
    EVPACK_TRY(db_bind(features, err, "i", service));
    for (bool row = true; row;) {
        EVPACK_TRY(db_step(features, &row, err));
        if (!row) {
            break;
        }
        const feature f = {.id = db_int(features, 0),
                           .rule = db_int(features, 1),
                           .supported = db_text_or_empty(features, 2),
                           .responsibility = db_text_or_empty(features, 3),
                           .guidance = db_text(features, 4),
                           .date = db_text_or_empty(features, 5),
                           .rule_id = db_text(features, 6),
                           .rule_path = db_text(features, 7),
                           .sql = db_text(features, 8)};
        EVPACK_TRY(f.rule == 0 ? by_baseline(e, &f, service, err)
                               : by_rule(e, &f, service, subjects, err));
    }
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
    EVPACK_TRY(prepare_alone(e, subjects, &alone, err));
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

/* Who the subjects of a service are. A broken subjects file ends the run: all would hang on it. */
static evpack_status find_members(const evaluation *e, int64_t service, const char *slug,
                                  const char *subjects, evpack_err *err)
{
    sandbox_options box = {
        .views = (const char *const *)e->views->at, .inserting = "member", .ops = 2 * rule_ops(e)};
    sandbox_on(e->s, &box);
    evpack_status status = add_members(e, service, subjects, err);
    sandbox_off(e->s);
    if (status == EVPACK_OK) {
        status = only_subjects(e, service, err);
    }
    if (status != EVPACK_OK) {
        (void)evpack_context(err, "the subjects of %s", slug);
        return is_rules_fault(status) ? EVPACK_E_MAPPING : status;
    }
    return EVPACK_OK;
}

/* Runs act for each service of the mapping. */
static evpack_status
each_service(evaluation *e, evpack_status (*act)(evaluation *e, db_stmt *service, evpack_err *err),
             evpack_err *err)
{
    EVPACK_AUTO(db_stmt) services = NULL;
    EVPACK_TRY(db_prepare(store_db(e->s),
                          "SELECT id, slug, subjects FROM service WHERE mapping_id = ?"
                          " ORDER BY slug",
                          &services, err));
    EVPACK_TRY(db_bind(services, err, "i", e->mapping));
    for (bool row = true; row;) {
        EVPACK_TRY(db_step(services, &row, err));
        if (row) {
            EVPACK_TRY(act(e, services, err));
        }
    }
    return EVPACK_OK;
}

static evpack_status members_of(evaluation *e, db_stmt *service, evpack_err *err)
{
    return find_members(e, db_int(service, 0), db_text_or_empty(service, 1),
                        db_text_or_empty(service, 2), err);
}

static evpack_status findings_of(evaluation *e, db_stmt *service, evpack_err *err)
{
    return evaluate_service(e, db_int(service, 0), err);
}

/* Subjects of which only an export that broke off tells: each feature of theirs is unknown. Who
 * they are is asked of everything; what was found of the others before that stays. */
static evpack_status truncated_members(evaluation *e, evpack_err *err)
{
    db *d = store_db(e->s);
    EVPACK_AUTO_VALUE(view_names_reset) view_names all = {0};
    EVPACK_TRY(db_exec(d,
                       "CREATE TEMP TABLE sound AS SELECT * FROM temp.member;"
                       "DELETE FROM temp.member;"
                       "CREATE TEMP VIEW resource AS SELECT * FROM main.speaking",
                       err));
    EVPACK_TRY(views_install(e->s, e->files, e->rule_ops, &all, err));
    EVPACK_TRY(each_service(e, members_of, err));
    EVPACK_TRY(db_exec(d,
                       "DROP VIEW temp.resource;"
                       "DELETE FROM temp.member WHERE record_id NOT IN (SELECT r.id FROM record r"
                       "  JOIN evidence e ON e.id = r.evidence_id"
                       "  WHERE e.completeness = 'truncated')",
                       err));
    EVPACK_AUTO(db_stmt) mark = NULL;
    EVPACK_TRY(db_prepare(d,
                          "UPDATE temp.member SET certain = 0, reason = ?1, need = (SELECT n.kind"
                          "  FROM need n JOIN record r ON r.kind = n.kind"
                          "  WHERE n.mapping_id = ?2 AND r.id = member.record_id)",
                          &mark, err));
    EVPACK_TRY(db_bind(mark, err, "ti", reason_text(e, "truncated"), e->mapping));
    EVPACK_TRY(db_run(mark, err));
    EVPACK_TRY(
        db_exec(d, "INSERT INTO temp.member SELECT * FROM temp.sound; DROP TABLE temp.sound", err));
    view_names_reset(&all);
    return views_install(e->s, e->files, e->rule_ops, &all, err);
}

evpack_status evaluate_all(evaluation *e, evpack_err *err)
{
    db *d = store_db(e->s);
    EVPACK_TRY(db_exec(d,
                       "DROP TABLE IF EXISTS temp.member; DROP TABLE IF EXISTS temp.sound;"
                       "DROP VIEW IF EXISTS temp.resource;"
                       "CREATE TEMP TABLE member(service_id INTEGER NOT NULL,"
                       " record_id INTEGER NOT NULL, certain INTEGER NOT NULL, reason TEXT,"
                       " need TEXT, PRIMARY KEY(service_id, record_id)) WITHOUT ROWID",
                       err));
    EVPACK_TRY(db_value(d, "SELECT count(*) FROM subject", &e->subjects, err));
    EVPACK_TRY(each_service(e, members_of, err));
    int64_t truncated = 0;
    EVPACK_TRY(db_value(d,
                        "SELECT count(*) FROM evidence WHERE completeness = 'truncated'"
                        " AND records > 0",
                        &truncated, err));
    if (truncated > 0) {
        EVPACK_TRY(truncated_members(e, err));
    }
    return each_service(e, findings_of, err);
}
