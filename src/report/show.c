/*
 * Finding what is to be shown, and showing a control or a resource. Invariant: what is named is one
 * thing or an error that names near ones; what a list leaves out is counted. Reads, never judges.
 */
#include "report/show.h"

#include "base/text.h"
#include "report/show_finding.h"
#include "store/findings_json.h"

#include <string.h>

enum { NEAR = 8, WHAT_MAX = 2048 };

typedef enum { SHOW_CONTROL, SHOW_SUBJECT, SHOW_FINDING } show_kind;

typedef struct {
    show_kind kind;
    int64_t control;
    char *subject; /* owned; canonical */
    char id[UUID_TEXT];
} target;

static void target_reset(target *t)
{
    free(t->subject);
}

typedef struct {
    store *s;
    const show_options *o;
    FILE *to;
    buf out;
    int64_t snapshots; /* of the tenant: of several, a line says its own */
} shower;

static void shower_reset(shower *w)
{
    buf_reset(&w->out);
}

static evpack_status flush(shower *w, evpack_err *err)
{
    EVPACK_TRY(buf_status(&w->out, err));
    if (w->out.len > 0 && fwrite(w->out.data, 1, w->out.len, w->to) != w->out.len) {
        return evpack_fail(err, EVPACK_E_IO, "the answer cannot be written");
    }
    buf_clear(&w->out);
    return EVPACK_OK;
}

/* What is meant ----------------------------------------------------------------------------------
 */

/* Of benchmarks that are not a preview first. Only those of the newest run. */
static const char control_sql[] =
    "SELECT c.id, c.control_id FROM control c JOIN benchmark b ON b.id = c.benchmark_id"
    " WHERE b.mapping_id = (SELECT mapping_id FROM run ORDER BY id DESC LIMIT 1)"
    " AND (lower(c.control_id) = ?1 OR lower(b.slug || ':' || c.control_id) = ?1)"
    " ORDER BY b.preview, b.slug LIMIT 1";
static const char subject_sql[] =
    "SELECT u.subject FROM snapshot n JOIN subject u ON u.snapshot_id = n.id"
    " WHERE u.subject IN (?1, ?2) UNION SELECT subject FROM target WHERE subject IN (?1, ?2)"
    " LIMIT 1";
static const char name_sql[] =
    "SELECT DISTINCT u.subject FROM subject u JOIN record r ON r.id = u.record_id"
    " WHERE lower(r.name) = ?1 ORDER BY 1 LIMIT ?2";
static const char near_sql[] =
    "SELECT * FROM (SELECT DISTINCT c.control_id FROM control c JOIN benchmark b ON b.id = "
    "c.benchmark_id"
    "  WHERE b.mapping_id = (SELECT mapping_id FROM run ORDER BY id DESC LIMIT 1)"
    "  AND (instr(lower(c.control_id), ?1) > 0 OR instr(?1, lower(c.control_id)) > 0"
    "       OR (length(?1) < 8 AND substr(lower(c.control_id), 1, 2) = substr(?1, 1, 2)))"
    "  ORDER BY b.preview, c.ordinal, c.control_id LIMIT ?2)"
    " UNION ALL SELECT * FROM (SELECT DISTINCT r.name FROM subject u"
    "  JOIN record r ON r.id = u.record_id WHERE length(?1) > 1"
    "  AND (instr(lower(r.name), ?1) > 0 OR (length(r.name) > 3 AND instr(?1, lower(r.name)) > 0))"
    "  ORDER BY 1 LIMIT ?2) LIMIT ?2";

static evpack_status find_control(store *s, const char *lower, target *t, bool *found,
                                  evpack_err *err)
{
    EVPACK_AUTO(db_stmt) q = NULL;
    EVPACK_TRY(db_prepare(store_db(s), control_sql, &q, err));
    EVPACK_TRY(db_bind(q, err, "t", lower));
    EVPACK_TRY(db_step(q, found, err));
    if (*found) {
        t->kind = SHOW_CONTROL;
        t->control = db_int(q, 0);
    }
    return EVPACK_OK;
}

static evpack_status keep_subject(target *t, const char *subject, evpack_err *err)
{
    t->kind = SHOW_SUBJECT;
    t->subject = strdup(subject);
    return t->subject == NULL ? evpack_oom(err) : EVPACK_OK;
}

static evpack_status find_subject(store *s, const char *given, const char *lower, target *t,
                                  bool *found, evpack_err *err)
{
    EVPACK_AUTO(db_stmt) q = NULL;
    EVPACK_TRY(db_prepare(store_db(s), subject_sql, &q, err));
    EVPACK_TRY(db_bind(q, err, "tt", given, lower));
    EVPACK_TRY(db_step(q, found, err));
    return *found ? keep_subject(t, db_text_or_empty(q, 0), err) : EVPACK_OK;
}

/* Appends the first column of the rows to a list; *count is how many there are, *first the first.
 */
static evpack_status list_rows(db_stmt *q, buf *list, buf *first, size_t *count, evpack_err *err)
{
    for (bool row = true; row;) {
        EVPACK_TRY(db_step(q, &row, err));
        if (row) {
            if (*count == 0) {
                buf_puts(first, db_text_or_empty(q, 0));
            }
            buf_puts(list, *count == 0 ? "" : ", ");
            buf_puts(list, db_text_or_empty(q, 0));
            (*count)++;
        }
    }
    EVPACK_TRY(buf_status(first, err));
    return buf_status(list, err);
}

static evpack_status find_name(store *s, const char *given, const char *lower, target *t,
                               bool *found, evpack_err *err)
{
    EVPACK_AUTO(db_stmt) q = NULL;
    EVPACK_AUTO_VALUE(buf_reset) buf list = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf first = {0};
    size_t count = 0;
    EVPACK_TRY(db_prepare(store_db(s), name_sql, &q, err));
    EVPACK_TRY(db_bind(q, err, "ti", lower, (int64_t)NEAR));
    EVPACK_TRY(list_rows(q, &list, &first, &count, err));
    *found = count > 0;
    if (count > 1) {
        return evpack_fail(err, EVPACK_E_USAGE,
                           "several resources have the name '%.100s'; name one by its id: %.700s%s",
                           given, buf_str(&list), count == NEAR ? ", …" : "");
    }
    return count == 1 ? keep_subject(t, buf_str(&first), err) : EVPACK_OK;
}

static bool is_hex(const char *text)
{
    return strspn(text, "0123456789abcdef-") == strlen(text);
}

static evpack_status not_found(store *s, const char *given, const char *lower, evpack_err *err)
{
    EVPACK_AUTO(db_stmt) q = NULL;
    EVPACK_AUTO_VALUE(buf_reset) buf list = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf first = {0};
    size_t count = 0;
    EVPACK_TRY(db_prepare(store_db(s), near_sql, &q, err));
    EVPACK_TRY(db_bind(q, err, "ti", lower, (int64_t)NEAR));
    EVPACK_TRY(list_rows(q, &list, &first, &count, err));
    const char *more = count > 0 ? "; near are: "
                       : is_hex(lower) && strlen(lower) < SHOW_ID_MIN
                           ? ": of a finding's id, 6 characters or more are needed"
                           : ": findings.csv ('evpack report') has every finding's id, control and "
                             "resource";
    return evpack_fail(err, EVPACK_E_USAGE,
                       "there is no control, resource or finding '%.200s'%s%.600s", given, more,
                       buf_str(&list));
}

static bool may_be_id(const char *text)
{
    size_t len = strlen(text);
    return len >= SHOW_ID_MIN && len < UUID_TEXT && is_hex(text);
}

static evpack_status find_id(store *s, const char *lower, target *t, bool *found, evpack_err *err)
{
    EVPACK_AUTO(findings) f = NULL;
    EVPACK_TRY(findings_open_id(s, lower, &f, err));
    EVPACK_AUTO_VALUE(buf_reset) buf list = {0};
    const finding *one = NULL;
    size_t count = 0;
    EVPACK_TRY(findings_next_of_all(f, &one, err));
    while (one != NULL && count < NEAR) {
        (void)snprintf(t->id, sizeof t->id, "%s", one->id);
        buf_printf(&list, "%s%s", count == 0 ? "" : ", ", one->id);
        count++;
        EVPACK_TRY(findings_next_of_all(f, &one, err));
    }
    t->kind = SHOW_FINDING;
    *found = count > 0;
    return count < 2 ? EVPACK_OK
                     : evpack_fail(err, EVPACK_E_USAGE, "several findings begin with '%s': %.700s",
                                   lower, buf_str(&list));
}

static evpack_status resolve(store *s, const char *given, target *t, evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf lower = {0};
    size_t len = strlen(given);
    while (len > 1 && given[0] == '/' && given[len - 1] == '/') {
        len--;
    }
    if (len == 0 || len > WHAT_MAX) {
        return evpack_fail(err, EVPACK_E_USAGE, "expected a control, a resource or a finding");
    }
    buf_append(&lower, given, len);
    EVPACK_TRY(buf_status(&lower, err));
    text_lower_bytes(lower.data, lower.len);
    bool found = false;
    EVPACK_TRY(find_control(s, buf_str(&lower), t, &found, err));
    if (!found) {
        EVPACK_TRY(find_subject(s, given, buf_str(&lower), t, &found, err));
    }
    if (!found && may_be_id(buf_str(&lower))) {
        EVPACK_TRY(find_id(s, buf_str(&lower), t, &found, err));
    }
    if (!found) {
        EVPACK_TRY(find_name(s, given, buf_str(&lower), t, &found, err));
    }
    return found ? EVPACK_OK : not_found(s, given, buf_str(&lower), err);
}

/* Lists of findings ------------------------------------------------------------------------------
 */

typedef struct {
    uint64_t of[FINDING_STATUSES], all, shown;
    bool by_subject; /* all are about one: the control is said, not the subject */
} tally;

static const char subject_head[] = "  STATUS         FINDING   CONTROL  WHAT WAS TESTED\n";
static const char control_head[] = "  STATUS         FINDING   RESOURCE, WHAT WAS TESTED\n";

static void list_line(shower *w, const finding *f, const tally *n)
{
    const term *t = &w->o->look;
    const char *word = finding_status_word(f->status);
    EVPACK_AUTO_VALUE(buf_reset) buf rest = {0};
    if (n->by_subject) {
        const char *control = f->test->control_id == NULL ? "-" : f->test->control_id;
        buf_printf(&rest, "%-8s ", control);
    } else {
        show_text(f->subject_name == NULL ? f->subject : f->subject_name, &rest);
        buf_puts(&rest, ", ");
    }
    if (w->snapshots > 1 && f->snapshot != NULL) {
        show_text(f->snapshot, &rest);
        buf_puts(&rest, ", ");
    }
    if (!n->by_subject) {
        show_text(f->test->service == NULL ? "" : f->test->service, &rest);
        buf_puts(&rest, ": ");
    }
    show_text(finding_tested(f->test), &rest);
    size_t fit = t->width == 0 ? rest.len : term_fit(buf_str(&rest), rest.len, t->width - 27);
    buf_puts(&w->out, "  ");
    term_begin(t, term_style_of(word), &w->out);
    buf_printf(&w->out, "%-14s", word);
    term_end(t, &w->out);
    buf_printf(&w->out, " %.8s  %.*s\n", f->id, (int)fit, buf_str(&rest));
    w->out.failed = w->out.failed || rest.failed;
}

static evpack_status list_one(shower *w, const finding *f, findings_json *j, tally *n,
                              evpack_err *err)
{
    n->all++;
    if (!w->o->all && n->shown >= SHOW_CAP) {
        return EVPACK_OK;
    }
    if (j != NULL) {
        buf_puts(&w->out, n->shown == 0 ? "\n" : ",\n");
        EVPACK_TRY(findings_json_put(j, f, &w->out, err));
    } else {
        if (n->shown == 0) {
            buf_printf(&w->out, "\n%s", n->by_subject ? subject_head : control_head);
        }
        list_line(w, f, n);
    }
    n->shown++;
    return flush(w, err);
}

/* One walk over the findings of these statuses under the control, or about the subject. */
static evpack_status list_walk(shower *w, const target *t, unsigned statuses, findings_json *j,
                               tally *n, evpack_err *err)
{
    EVPACK_AUTO(findings) f = NULL;
    if (t->kind == SHOW_SUBJECT) {
        EVPACK_TRY(findings_open_subject(w->s, t->subject, &f, err));
    } else {
        EVPACK_TRY(findings_open(w->s, statuses, w->o->all ? 0 : SHOW_CAP, &f, err));
    }
    const finding_test *test = NULL;
    EVPACK_TRY(findings_next_test(f, &test, err));
    for (; test != NULL && (w->o->all || n->shown < SHOW_CAP);) {
        const finding *one = NULL;
        const bool wanted = t->kind == SHOW_SUBJECT || test->control == t->control;
        if (wanted) {
            EVPACK_TRY(findings_next(f, &one, err));
        }
        while (one != NULL) {
            if ((statuses & FINDINGS_ONLY(one->status)) != 0) {
                EVPACK_TRY(list_one(w, one, j, n, err));
            }
            EVPACK_TRY(findings_next(f, &one, err));
        }
        EVPACK_TRY(findings_next_test(f, &test, err));
    }
    return EVPACK_OK;
}

/* What wants a look comes first. */
static evpack_status list_all(shower *w, const target *t, findings_json *j, tally *n,
                              evpack_err *err)
{
    const unsigned first = FINDINGS_ONLY(FINDING_FAIL) | FINDINGS_ONLY(FINDING_ERROR);
    const unsigned then = FINDINGS_ONLY(FINDING_UNKNOWN) | FINDINGS_ONLY(FINDING_MANUAL) |
                          FINDINGS_ONLY(FINDING_EXEMPT);
    const unsigned groups[] = {first, then, FINDINGS_ALL & ~(first | then)};
    for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++) {
        EVPACK_TRY(list_walk(w, t, groups[i], j, n, err));
    }
    return EVPACK_OK;
}

static const char control_counts_sql[] =
    "SELECT f.status, count(*) FROM tested t JOIN finding f ON f.test_id = t.id"
    " WHERE t.run_id = (SELECT max(id) FROM run) AND t.control = ? GROUP BY 1";
static const char subject_counts_sql[] =
    "SELECT f.status, count(*) FROM test t JOIN finding f ON f.test_id = t.id"
    " WHERE t.run_id = (SELECT max(id) FROM run)"
    " AND (f.target_id = (SELECT id FROM target WHERE subject = ?1)"
    "      OR (f.target_id IS NULL AND f.record_id IN (SELECT u.record_id FROM snapshot n"
    "          JOIN subject u ON u.snapshot_id = n.id AND u.subject = ?1))) GROUP BY 1";

static evpack_status count(shower *w, const target *t, tally *n, evpack_err *err)
{
    EVPACK_AUTO(db_stmt) q = NULL;
    bool control = t->kind == SHOW_CONTROL;
    EVPACK_TRY(
        db_prepare(store_db(w->s), control ? control_counts_sql : subject_counts_sql, &q, err));
    if (control) {
        EVPACK_TRY(db_bind(q, err, "i", t->control));
    } else {
        EVPACK_TRY(db_bind(q, err, "t", t->subject));
    }
    for (bool row = true; row;) {
        EVPACK_TRY(db_step(q, &row, err));
        int64_t status = row ? db_int(q, 0) : 0;
        if (status > 0 && status < FINDING_STATUSES) {
            n->of[status] = (uint64_t)db_int(q, 1);
            n->of[0] += n->of[status];
        }
    }
    return EVPACK_OK;
}

static void put_counts(shower *w, const tally *n)
{
    buf_printf(&w->out, ",\"counts\":{");
    for (int i = 1, any = 0; i < FINDING_STATUSES; i++) {
        if (n->of[i] > 0) {
            buf_printf(&w->out, "%s\"%s\":%llu", any++ == 0 ? "" : ",", finding_status_word(i),
                       (unsigned long long)n->of[i]);
        }
    }
    buf_puts(&w->out, "},\"findings\":[");
}

static void text_counts(shower *w, const tally *n)
{
    const term *t = &w->o->look;
    buf_printf(&w->out, "\n%llu finding%s", (unsigned long long)n->of[0], n->of[0] == 1 ? "" : "s");
    for (int i = 1, any = 0; i < FINDING_STATUSES; i++) {
        if (n->of[i] > 0) {
            const char *word = finding_status_word(i);
            buf_puts(&w->out, any++ == 0 ? ": " : ", ");
            term_begin(t, term_style_of(word), &w->out);
            buf_printf(&w->out, "%llu %s", (unsigned long long)n->of[i], word);
            term_end(t, &w->out);
        }
    }
    buf_putc(&w->out, '\n');
}

static evpack_status list(shower *w, const target *t, evpack_err *err)
{
    tally n = {.by_subject = t->kind == SHOW_SUBJECT};
    EVPACK_TRY(count(w, t, &n, err));
    if (!w->o->json) {
        text_counts(w, &n);
        EVPACK_TRY(list_all(w, t, NULL, &n, err));
        if (n.of[0] > n.shown) {
            buf_printf(&w->out, "  and %llu more; --all lists them\n",
                       (unsigned long long)(n.of[0] - n.shown));
        }
        return flush(w, err);
    }
    EVPACK_AUTO(findings_json) j = NULL;
    EVPACK_TRY(findings_json_new(&j, err));
    put_counts(w, &n);
    EVPACK_TRY(list_all(w, t, j, &n, err));
    buf_printf(&w->out, "],\"more\":%llu", (unsigned long long)(n.of[0] - n.shown));
    return flush(w, err);
}

/* The three -------------------------------------------------------------------------------------
 */

static evpack_status show_control(shower *w, const target *t, evpack_err *err)
{
    if (w->o->json) {
        buf_puts(&w->out, "\"kind\":\"control\",\"control\":");
        EVPACK_TRY(show_control_json(w->s, t->control, &w->out, err));
        return list(w, t, err);
    }
    EVPACK_AUTO(db_stmt) q = NULL;
    EVPACK_TRY(db_prepare(store_db(w->s),
                          "SELECT c.control_id, c.title, b.title, c.domain, c.objective"
                          " FROM control c JOIN benchmark b ON b.id = c.benchmark_id"
                          " WHERE c.id = ?",
                          &q, err));
    EVPACK_TRY(db_bind(q, err, "i", t->control));
    bool row = false;
    EVPACK_TRY(db_step(q, &row, err));
    term_begin(&w->o->look, TERM_BOLD, &w->out);
    show_text(row ? db_text_or_empty(q, 0) : "", &w->out);
    buf_puts(&w->out, "  ");
    show_text(row ? db_text_or_empty(q, 1) : "", &w->out);
    term_end(&w->o->look, &w->out);
    buf_putc(&w->out, '\n');
    if (row) {
        show_line(&w->o->look, "benchmark", db_text(q, 2), &w->out);
        show_line(&w->o->look, "domain", db_text(q, 3), &w->out);
        show_line(&w->o->look, "objective", db_text(q, 4), &w->out);
    }
    return list(w, t, err);
}

static const char records_sql[] =
    "SELECT n.label, 'data/evidence/' || n.label || '/' || e.member AS path,"
    " e.path AS original_path, r.pointer, r.start, r.length, r.type, r.kind,"
    " lower(hex(c.sha256)) AS sha256, r.id_given FROM snapshot n"
    " JOIN subject u ON u.snapshot_id = n.id AND u.subject = ?"
    " JOIN record r ON r.id = u.record_id JOIN evidence e ON e.id = r.evidence_id"
    " JOIN content c ON c.id = e.content_id ORDER BY n.id";
enum {
    AT_LABEL,
    AT_PATH,
    AT_ORIGINAL,
    AT_POINTER,
    AT_START,
    AT_LENGTH,
    AT_TYPE,
    AT_KIND,
    AT_SHA256,
    AT_GIVEN
};

static void record_json(db_stmt *q, bool first, buf *out)
{
    static const struct {
        const char *name;
        int column;
    } texts[] = {{"snapshot", AT_LABEL},
                 {"id", AT_GIVEN},
                 {"type", AT_TYPE},
                 {"kind", AT_KIND},
                 {"sha256", AT_SHA256},
                 {"path", AT_PATH},
                 {"original_path", AT_ORIGINAL},
                 {"pointer", AT_POINTER}};
    buf_puts(out, first ? "{" : ",{");
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        buf_printf(out, "%s\"%s\":", i == 0 ? "" : ",", texts[i].name);
        buf_json_text(out, db_text(q, texts[i].column));
    }
    buf_printf(out, ",\"offset\":%lld,\"length\":%lld}", (long long)db_int(q, AT_START),
               (long long)db_int(q, AT_LENGTH));
}

static void record_text(shower *w, db_stmt *q, bool first)
{
    const term *t = &w->o->look;
    if (first) {
        const char *type = db_text(q, AT_TYPE);
        show_line(t, "id", db_text(q, AT_GIVEN), &w->out);
        show_line(t, "type", type == NULL ? db_text(q, AT_KIND) : type, &w->out);
    }
    const int64_t length = db_int(q, AT_LENGTH);
    EVPACK_AUTO_VALUE(buf_reset) buf line = {0};
    buf_printf(&line, "%s\nbytes %lld to %lld%s%s\nSHA-256 %s", db_text_or_empty(q, AT_PATH),
               (long long)db_int(q, AT_START),
               (long long)(db_int(q, AT_START) + (length > 0 ? length - 1 : 0)),
               db_text_or_empty(q, AT_POINTER)[0] == '\0' ? "" : ", at ",
               db_text_or_empty(q, AT_POINTER), db_text_or_empty(q, AT_SHA256));
    show_line(t, "snapshot", db_text(q, AT_LABEL), &w->out);
    show_line(t, "evidence", buf_str(&line), &w->out);
    w->out.failed = w->out.failed || line.failed;
}

static evpack_status show_subject(shower *w, const target *t, evpack_err *err)
{
    if (w->o->json) {
        buf_puts(&w->out, "\"kind\":\"resource\",\"subject\":");
        buf_json_text(&w->out, t->subject);
        buf_puts(&w->out, ",\"records\":[");
    } else {
        term_begin(&w->o->look, TERM_BOLD, &w->out);
        const char *name = strrchr(t->subject, '/');
        show_text(name == NULL ? t->subject : name + 1, &w->out);
        term_end(&w->o->look, &w->out);
        buf_putc(&w->out, '\n');
    }
    EVPACK_AUTO(db_stmt) q = NULL;
    EVPACK_TRY(db_prepare(store_db(w->s), records_sql, &q, err));
    EVPACK_TRY(db_bind(q, err, "t", t->subject));
    size_t n = 0;
    for (bool row = true; row;) {
        EVPACK_TRY(db_step(q, &row, err));
        if (row && w->o->json) {
            record_json(q, n++ == 0, &w->out);
        } else if (row) {
            record_text(w, q, n++ == 0);
        }
    }
    if (w->o->json) {
        buf_putc(&w->out, ']');
    } else if (n == 0) {
        show_line(&w->o->look, "id", t->subject, &w->out);
        show_line(&w->o->look, "evidence",
                  "no record of it was exported: only Azure's own results name it", &w->out);
    }
    return list(w, t, err);
}

static evpack_status show_finding(shower *w, const target *t, evpack_err *err)
{
    EVPACK_AUTO(findings) f = NULL;
    EVPACK_TRY(findings_open_id(w->s, t->id, &f, err));
    const finding *one = NULL;
    EVPACK_TRY(findings_next_of_all(f, &one, err));
    if (one == NULL) {
        return evpack_fail(err, EVPACK_E_CASE, "the finding %s is not there any more", t->id);
    }
    if (!w->o->json) {
        return show_finding_text(w->s, one, w->o, &w->out, err);
    }
    buf_puts(&w->out, "\"kind\":\"finding\",");
    return show_finding_json(w->s, one, &w->out, err);
}

evpack_status show_write(store *s, const show_options *options, FILE *out, evpack_err *err)
{
    EVPACK_TRY(store_begin_reading(s, err));
    int64_t runs = 0;
    EVPACK_TRY(db_value(store_db(s), "SELECT count(*) FROM run", &runs, err));
    if (runs == 0) {
        return evpack_fail(err, EVPACK_E_CASE, "%s was not mapped: run 'evpack map' first",
                           store_path(s));
    }
    EVPACK_AUTO_VALUE(target_reset) target t = {0};
    EVPACK_TRY(resolve(s, options->what, &t, err));
    EVPACK_AUTO_VALUE(shower_reset) shower w = {.s = s, .o = options, .to = out};
    EVPACK_TRY(db_value(store_db(s), "SELECT count(*) FROM snapshot WHERE role = 'tenant'",
                        &w.snapshots, err));
    if (options->json) {
        buf_puts(&w.out, "{\"evpack\":{\"version\":\"" EVPACK_VERSION "\"},");
    }
    EVPACK_TRY(t.kind == SHOW_CONTROL   ? show_control(&w, &t, err)
               : t.kind == SHOW_SUBJECT ? show_subject(&w, &t, err)
                                        : show_finding(&w, &t, err));
    buf_puts(&w.out, options->json ? "}\n" : "");
    return flush(&w, err);
}
