/*
 * Running the rules. Invariant: after it, each service's subjects and each of its features have
 * exactly one finding, and what a rule may not do it did not. A rule is evaluated inside an
 * INSERT … SELECT: two million findings never pass through C.
 */
#include "map/evaluate.h"

#include "map/engage.h"
#include "map/members.h"
#include "store/sandbox.h"

#include <string.h>

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
    EVPACK_AUTO(db_stmt) add = NULL;
    EVPACK_TRY(db_prepare(store_db(e->s),
                          "INSERT INTO test(run_id, feature_id, rule_id, source, reason)"
                          " VALUES (?1, ?2, nullif(?3, 0), ?4, ?5)",
                          &add, err));
    EVPACK_TRY(db_bind(add, err, "iiitt", e->run, f->id, by_rule ? f->rule : (int64_t)0,
                       by_rule ? "rule" : "baseline", reason));
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
                          " SELECT ?1, record_id, coalesce(status, 6), reason, need"
                          " FROM temp.member WHERE service_id = ?2 AND certain = 0",
                          &add, err));
    EVPACK_TRY(db_bind(add, err, "ii", test, service));
    return db_run(add, err);
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

static evpack_status check_rule(const evaluation *e, const feature *f, db_stmt **out,
                                evpack_err *err)
{
    EVPACK_AUTO(db_stmt) alone = NULL;
    EVPACK_TRY(members_prepare_alone(e, f->sql, &alone, err));
    if (!db_readonly(alone) || !rule_columns(alone)) {
        return evpack_fail(err, EVPACK_E_MAPPING,
                           "expected one SELECT of record_id, status, reason, need, evidence");
    }
    *out = EVPACK_MOVE(alone);
    return EVPACK_OK;
}

/* A rule may answer a feature that is Microsoft's: it then says whether the customer switched it
 * off. That it did not is no proof that Microsoft does its part, so what such a rule passes is
 * inherited. */
static bool is_microsofts(const feature *f)
{
    return strcmp(f->responsibility, "microsoft") == 0;
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
    EVPACK_AUTO_VALUE(buf_reset) buf rest = {0};
    if (is_microsofts(f)) {
        const char *tested = json_get_string(e->reasons, "inherited-tested");
        buf_putc(&rest, ' ');
        fill(tested != NULL ? tested : reason_text(e, "inherited"), f, &rest);
    }
    EVPACK_AUTO_VALUE(buf_reset) buf sql = {0};
    buf_printf(&sql,
               "INSERT INTO finding(test_id, record_id, status, reason, need, evidence)\n"
               "SELECT ?1, m.record_id,\n"
               " CASE r.status WHEN 'pass' THEN ?4 WHEN 'fail' THEN 2 WHEN 'notapplicable' THEN 4\n"
               "  WHEN 'manual' THEN 5 WHEN 'unknown' THEN 6 ELSE 8 END,\n"
               " CASE WHEN ?4 = 3 AND r.status = 'pass' AND typeof(r.reason) = 'text'\n"
               "  THEN r.reason || ?5\n"
               "  WHEN r.status IN ('pass', 'fail', 'notapplicable', 'manual', 'unknown')\n"
               "  THEN r.reason ELSE ?3 END, r.need, r.evidence\n"
               "FROM temp.member m CROSS JOIN (%.*s\n) r ON r.record_id = m.record_id\n"
               "WHERE m.service_id = ?2 AND m.certain <> 0",
               (int)len, text);
    EVPACK_TRY(buf_status(&sql, err));
    EVPACK_TRY(buf_status(&bad, err));
    EVPACK_TRY(buf_status(&rest, err));
    EVPACK_AUTO(db_stmt) run = NULL;
    EVPACK_TRY(db_prepare_around(store_db(e->s), buf_str(&sql), &run, err));
    EVPACK_TRY(db_bind(run, err, "iitit", test, service, buf_str(&bad),
                       (int64_t)(is_microsofts(f) ? ST_INHERITED : ST_PASS), buf_str(&rest)));
    evpack_status status = db_run(run, err);
    if (status == EVPACK_E_MAPPING && strncmp(err->text, "UNIQUE", 6) == 0) {
        return evpack_fail(err, status, "it names a subject twice");
    }
    return status;
}

/* One rule's run over one service. */
typedef struct {
    int64_t test, service, subjects;
    int64_t said; /* subjects that the rule spoke of; -1: it failed */
    int fault_at; /* in its text, where that is known */
    evpack_err fault;
} trial;

/* That a view is not there is the view's fault: its own is said, too. */
static void blame_view(const evaluation *e, buf *text)
{
    static const char gone[] = "no such table: ";
    const char *at = strstr(buf_str(text), gone);
    EVPACK_AUTO_VALUE(buf_reset) buf path = {0};
    buf_printf(&path, "views/%s.sql", at == NULL ? "" : at + strlen(gone));
    const map_fault *view = faults_of(e->faults, buf_str(&path));
    if (view != NULL) {
        buf_puts(text, " (mapping/");
        faults_say(view, text);
        buf_putc(text, ')');
    }
}

static evpack_status add_fault(evaluation *e, const feature *f, const trial *t, evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    buf_puts(&text, t->fault.text);
    blame_view(e, &text);
    EVPACK_TRY(buf_status(&text, err));
    return faults_add(e->faults, faults_sql_place(f->rule_path, f->sql, t->fault_at, t->fault.text),
                      buf_str(&text), err);
}

/*
 * The rule in its sandbox. A statement that fails undoes what it wrote, and nothing else; but one
 * that is stopped at its bound takes the transaction with it, so the run begins anew without it.
 */
static evpack_status try_rule(evaluation *e, const feature *f, trial *t, evpack_err *err)
{
    sandbox_options box = {.views = (const char *const *)e->views->at, .inserting = "finding"};
    bounds_apply(e->s, &e->bounds, BOUNDS_RULE, &box);
    sandbox_on(e->s, &box);
    evpack_status status = run_rule(e, f, t->test, t->service, &box, &t->fault);
    t->fault_at = db_fault_at(store_db(e->s));
    sandbox_off(e->s);
    t->said = status == EVPACK_OK ? db_changes(store_db(e->s)) : -1;
    if (status == EVPACK_OK) {
        return EVPACK_OK;
    }
    if (!members_is_mappings_fault(status)) {
        return evpack_fail(err, status, "%s: %s", f->rule_path, t->fault.text);
    }
    EVPACK_TRY(add_fault(e, f, t, err));
    if (!db_in_transaction(store_db(e->s))) {
        e->faults->again = true;
        return evpack_fail(err, EVPACK_E_LIMIT, "%s: %s", f->rule_path, t->fault.text);
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
    const map_fault *fault = faults_of(e->faults, f->rule_path);
    if (fault == NULL) {
        EVPACK_TRY(try_rule(e, f, &t, err));
        fault = t.said < 0 ? faults_of(e->faults, f->rule_path) : NULL;
    }
    if (t.said < 0) {
        EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
        buf_puts(&text, "mapping/");
        if (fault != NULL) {
            faults_say(fault, &text);
        } else { /* there are more faults than are kept */
            buf_printf(&text, "%s: %s", f->rule_path, t.fault.text);
        }
        EVPACK_TRY(buf_status(&text, err));
        e->broken++;
        return same_for_all(e, test, service, ST_ERROR, buf_str(&text), err);
    }
    EVPACK_TRY(check_evidence(e, f, test, err));
    if (t.said == subjects) {
        return EVPACK_OK;
    }
    EVPACK_AUTO_VALUE(buf_reset) buf silent = {0};
    fill(reason_text(e, "silent"), f, &silent);
    const fault_place select = faults_sql_place(f->rule_path, f->sql, -1, "");
    buf_printf(&silent, " (mapping/%s:%u:%u)", f->rule_path, select.line, select.column);
    EVPACK_TRY(buf_status(&silent, err));
    return same_for_all(e, test, service, ST_ERROR, buf_str(&silent), err);
}

/* What the baseline alone says of a feature: status, and the reason in words. */
static int baseline_says(const evaluation *e, const feature *f, buf *reason)
{
    bool asks =
        strcmp(f->responsibility, "customer") == 0 || strcmp(f->responsibility, "shared") == 0;
    if (strcmp(f->responsibility, "notapplicable") == 0 || strcmp(f->supported, "false") == 0 ||
        (strcmp(f->supported, "true") != 0 && !asks)) {
        fill(reason_text(e, strcmp(f->supported, "false") == 0 ? "unsupported" : "notapplicable"),
             f, reason);
        return ST_NOTAPPLICABLE;
    }
    if (!asks) {
        fill(f->guidance != NULL ? f->guidance : reason_text(e, "inherited"), f, reason);
        return ST_INHERITED;
    }
    bool shared =
        strcmp(f->responsibility, "shared") == 0 && json_get_string(e->reasons, "shared") != NULL;
    fill(reason_text(e, shared ? "shared" : "manual"), f, reason);
    if (f->guidance != NULL) {
        buf_putc(reason, ' ');
        fill(f->guidance, f, reason);
    }
    return ST_MANUAL;
}

static evpack_status by_baseline(const evaluation *e, const feature *f, int64_t service,
                                 evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf reason = {0};
    int status = baseline_says(e, f, &reason);
    EVPACK_TRY(buf_status(&reason, err));
    int64_t test = 0;
    EVPACK_TRY(add_test(e, f, false, buf_str(&reason), &test, err));
    EVPACK_TRY(uncertain(e, test, service, err));
    return same_for_all(e, test, service, status, NULL, err);
}

static evpack_status evaluate_service(evaluation *e, int64_t service, evpack_err *err)
{
    int64_t all = 0;
    int64_t certain = 0;
    EVPACK_TRY(members_count(e, service, &all, &certain, err));
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
        progress_tell(store_watched(e->s), NULL, PROGRESS_TESTS, ++e->told, e->expected);
        if (f.rule != 0) { /* with no subject too: a rule that is broken is heard of */
            EVPACK_TRY(by_rule(e, &f, service, certain, err));
        } else if (all > 0) {
            EVPACK_TRY(by_baseline(e, &f, service, err));
        }
    }
    return EVPACK_OK;
}

/*
 * SQLite takes what it has not counted to be few rows, and joins them by reading all of a table
 * each time. So the views' tables are counted, and subjects are said to be a million: then it makes
 * an index for what they are joined with, whatever the case's size, and work grows as the case
 * does.
 */
static evpack_status count_rows(db *d, evpack_err *err)
{
    return db_exec(d,
                   "ANALYZE temp;"
                   "DELETE FROM temp.sqlite_stat1 WHERE tbl = 'member';"
                   "INSERT INTO temp.sqlite_stat1 VALUES('member', 'member', '1000000 1000000 1');"
                   "ANALYZE temp.sqlite_schema",
                   err);
}

/* For who watches. */
static evpack_status count_features(evaluation *e, evpack_err *err)
{
    EVPACK_AUTO(db_stmt) q = NULL;
    EVPACK_TRY(db_prepare(store_db(e->s),
                          "SELECT count(*) FROM feature f JOIN service s ON s.id = f.service_id"
                          " WHERE s.mapping_id = ?",
                          &q, err));
    EVPACK_TRY(db_bind(q, err, "i", e->mapping));
    bool row = false;
    EVPACK_TRY(db_step(q, &row, err));
    e->expected = row ? (uint64_t)db_int(q, 0) : 0;
    return EVPACK_OK;
}

evpack_status evaluate_all(evaluation *e, evpack_err *err)
{
    db *d = store_db(e->s);
    EVPACK_TRY(members_find(e, err));
    EVPACK_TRY(engage_scope(e, err));
    EVPACK_TRY(count_rows(d, err));
    if (store_watched(e->s) != NULL) {
        EVPACK_TRY(count_features(e, err));
    }
    EVPACK_AUTO(db_stmt) services = NULL;
    EVPACK_TRY(
        db_prepare(d, "SELECT id FROM service WHERE mapping_id = ? ORDER BY slug", &services, err));
    EVPACK_TRY(db_bind(services, err, "i", e->mapping));
    for (bool row = true; row;) {
        EVPACK_TRY(db_step(services, &row, err));
        if (row) {
            EVPACK_TRY(evaluate_service(e, db_int(services, 0), err));
        }
    }
    return EVPACK_OK;
}
