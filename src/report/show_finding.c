/*
 * One finding on a terminal. Invariant: whatever the evidence holds is written visibly, and both
 * forms rest on the same rows. Refuses to know how a finding is found.
 */
#include "report/show_finding.h"

#include "base/visible.h"
#include "report/excerpt.h"
#include "store/findings_json.h"

#include <string.h>

enum { LABEL = 18 };

void show_text(const char *text, buf *out)
{
    visible_append(out, text, strlen(text), NULL, NULL);
}

void show_line(const term *t, const char *label, const char *value, buf *out)
{
    if (value == NULL) {
        return;
    }
    EVPACK_AUTO_VALUE(buf_reset) buf clean = {0};
    for (const char *line = value; line != NULL;) {
        const char *end = strchr(line, '\n');
        buf_clear(&clean);
        visible_append(&clean, line, end == NULL ? strlen(line) : (size_t)(end - line), NULL, NULL);
        if (clean.failed) {
            out->failed = true;
            return;
        }
        buf_puts(out, "  ");
        term_begin(t, TERM_DIM, out);
        buf_printf(out, "%-*s", LABEL - 2, line == value && label != NULL ? label : "");
        term_end(t, out);
        term_wrap(t, buf_str(&clean), clean.len, LABEL, out);
        line = end == NULL ? NULL : end + 1;
    }
}

static void put_key(buf *out, const char *name, const char *text)
{
    buf_printf(out, ",\"%s\":", name);
    buf_json_text(out, text);
}

/* Rows that the finding does not carry ----------------------------------------------------------
 */

static const char control_sql[] =
    "SELECT c.control_id, b.slug, c.title, c.domain, c.objective FROM control c"
    " JOIN benchmark b ON b.id = c.benchmark_id WHERE c.id = ?";
static const char rule_sql[] =
    "SELECT r.rule_id, r.version, r.title, r.severity, r.tests, r.absent, r.sql, r.path"
    " FROM rule r WHERE r.id = (SELECT rule_id FROM test WHERE id = ?)";
enum {
    RULE_ID,
    RULE_VERSION,
    RULE_TITLE,
    RULE_SEVERITY,
    RULE_TESTS,
    RULE_ABSENT,
    RULE_SQL,
    RULE_PATH
};

/* *row is NULL where there is none. */
static evpack_status one_row(const store *s, const char *sql, int64_t id, db_stmt **row,
                             evpack_err *err)
{
    EVPACK_AUTO(db_stmt) q = NULL;
    EVPACK_TRY(db_prepare(store_db(s), sql, &q, err));
    EVPACK_TRY(db_bind(q, err, "i", id));
    bool is = false;
    EVPACK_TRY(db_step(q, &is, err));
    *row = is ? EVPACK_MOVE(q) : NULL;
    return EVPACK_OK;
}

/* JSON ------------------------------------------------------------------------------------------
 */

static void put_columns(db_stmt *row, buf *out)
{
    static const char *const renamed[][2] = {
        {"control_id", "id"}, {"slug", "benchmark"}, {"rule_id", "id"}};
    for (int i = 0; i < db_columns(row); i++) {
        const char *name = db_column_name(row, i);
        for (size_t r = 0; r < sizeof renamed / sizeof renamed[0]; r++) {
            name = strcmp(name, renamed[r][0]) == 0 ? renamed[r][1] : name;
        }
        buf_printf(out, "%s\"%s\":", i == 0 ? "{" : ",", name);
        buf_json_text(out, db_text(row, i));
    }
    buf_putc(out, '}');
}

static evpack_status put_row(const store *s, const char *sql, int64_t id, buf *out, evpack_err *err)
{
    EVPACK_AUTO(db_stmt) row = NULL;
    EVPACK_TRY(one_row(s, sql, id, &row, err));
    if (row == NULL) {
        buf_puts(out, "null");
    } else {
        put_columns(row, out);
    }
    return EVPACK_OK;
}

evpack_status show_control_json(const store *s, int64_t control, buf *out, evpack_err *err)
{
    return put_row(s, control_sql, control, out, err);
}

static void put_excerpt(const excerpt *e, const finding *f, size_t place, size_t value, buf *out)
{
    buf_puts(out, ",\"excerpt\":{\"why\":");
    buf_json_text(out, e->why);
    buf_printf(out, ",\"evidence\":%zu,\"pointer\":", place);
    buf_json_text(out, value < f->value_count ? f->values[value].pointer : NULL);
    put_key(out, "text", e->why == NULL ? buf_str(&e->text) : NULL);
    buf_printf(out,
               ",\"mark\":{\"start\":%zu,\"length\":%zu},\"cut\":%s,\"around\":%s,\"laid_out\":%s,"
               "\"masked\":%zu}",
               e->mark_start, e->mark_length, e->cut ? "true" : "false",
               e->around ? "true" : "false", e->laid_out ? "true" : "false", e->masked);
}

evpack_status show_finding_json(const store *s, const finding *f, buf *out, evpack_err *err)
{
    EVPACK_AUTO(findings_json) j = NULL;
    EVPACK_TRY(findings_json_new(&j, err));
    buf_puts(out, "\"finding\":");
    EVPACK_TRY(findings_json_put(j, f, out, err));
    buf_puts(out, ",\"control\":");
    EVPACK_TRY(show_control_json(s, f->test->control, out, err));
    buf_puts(out, ",\"rule\":");
    EVPACK_TRY(put_row(s, rule_sql, f->test->id, out, err));
    put_key(out, "guidance", f->test->guidance);
    EVPACK_AUTO_VALUE(excerpt_reset) excerpt e = {0};
    size_t place = 0;
    size_t value = 0;
    EVPACK_AUTO(excerpt_reader) reader = NULL;
    EVPACK_TRY(excerpt_reader_new(s, &reader, err));
    EVPACK_TRY(excerpt_finding(reader, f, NULL, &e, &place, &value, err));
    put_excerpt(&e, f, place, value, out);
    return buf_status(out, err);
}

/* Text ------------------------------------------------------------------------------------------
 */

static evpack_status text_control(const store *s, const finding *f, const term *t, buf *out,
                                  evpack_err *err)
{
    const finding_test *test = f->test;
    EVPACK_AUTO(db_stmt) row = NULL;
    EVPACK_TRY(one_row(s, control_sql, test->control, &row, err));
    if (row == NULL) {
        show_line(t, "control", "none: no benchmark of the mapping claims it", out);
        return EVPACK_OK;
    }
    EVPACK_AUTO_VALUE(buf_reset) buf line = {0};
    buf_printf(&line, "%s  %s", db_text_or_empty(row, 0), db_text_or_empty(row, 2));
    buf_printf(&line, "\n%s, %s", db_text_or_empty(row, 1), db_text_or_empty(row, 3));
    if (test->published_control_id != NULL) {
        buf_printf(&line, "\npublished in the service's baseline as %s",
                   test->published_control_id);
    }
    EVPACK_TRY(buf_status(&line, err));
    show_line(t, "control", buf_str(&line), out);
    show_line(t, "objective", db_text(row, 4), out);
    return EVPACK_OK;
}

static void text_service(const finding_test *test, const term *t, buf *out)
{
    EVPACK_AUTO_VALUE(buf_reset) buf line = {0};
    if (test->service != NULL) {
        buf_printf(&line, "%s (%s)", test->service_title == NULL ? "" : test->service_title,
                   test->service);
        if (test->source_date != NULL) {
            buf_printf(&line, ", baseline of %s", test->source_date);
        }
        show_line(t, "service", buf_str(&line), out);
    }
    show_line(t, test->policy != 0 ? "tested by Azure" : "feature", finding_tested(test), out);
    show_line(t, "responsibility", test->responsibility, out);
    show_line(t, "source", test->source, out);
}

static void text_status(const finding *f, const term *t, buf *out)
{
    EVPACK_AUTO_VALUE(buf_reset) buf line = {0};
    const char *word = finding_status_word(f->status);
    buf_puts(&line, word);
    if (strcmp(word, f->raw_status) != 0) {
        buf_printf(&line, "; the test itself says %s", f->raw_status);
    }
    if (f->decision != NULL) {
        buf_printf(&line, "\ndecided by %s", f->decided_by == NULL ? f->decision : f->decided_by);
    }
    show_line(t, "status", buf_str(&line), out);
    show_line(t, "reason", f->reason, out);
    show_line(t, "needs", f->need, out);
    show_line(t, "look at", f->test->guidance, out);
}

static void text_subject(const finding *f, const term *t, buf *out)
{
    EVPACK_AUTO_VALUE(buf_reset) buf line = {0};
    show_line(t, "subject", f->subject, out);
    show_line(t, "type", f->subject_type, out);
    buf_printf(&line, "%s, collected %s", f->snapshot == NULL ? "" : f->snapshot,
               f->collected_at == NULL ? "at a time that nothing states" : f->collected_at);
    show_line(t, "snapshot", buf_str(&line), out);
    show_line(t, "evaluated at", f->test->evaluated_at, out);
}

enum { VALUE_SHOWN = 600 };

static void text_observed(const finding *f, const term *t, buf *out)
{
    for (size_t i = 0; i < f->value_count; i++) {
        EVPACK_AUTO_VALUE(buf_reset) buf line = {0};
        const finding_value *v = &f->values[i];
        buf_puts(&line, v->pointer);
        if (v->value.text == NULL) {
            buf_puts(&line, " is not there");
        } else {
            size_t len = v->value.len < VALUE_SHOWN ? v->value.len : VALUE_SHOWN;
            buf_puts(&line, " = ");
            buf_append(&line, v->value.text, len);
            buf_puts(&line, len < v->value.len ? "…" : "");
        }
        show_line(t, i == 0 ? "observed" : NULL, buf_str(&line), out);
    }
}

static void text_places(const finding *f, const term *t, buf *out)
{
    for (size_t i = 0; i < f->place_count; i++) {
        const finding_place *p = &f->places[i];
        EVPACK_AUTO_VALUE(buf_reset) buf line = {0};
        /* First and last byte, as the PDF says them. */
        const uint64_t last = p->start + (p->length > 0 ? p->length - 1 : 0);
        buf_printf(&line, "%s\ncollected from %s\nbytes %llu to %llu%s%s\nSHA-256 %s", p->path,
                   p->original, (unsigned long long)p->start, (unsigned long long)last,
                   p->pointer[0] == '\0' ? "" : ", at ", p->pointer, p->sha256);
        show_line(t, i == 0 ? "evidence" : NULL, buf_str(&line), out);
    }
}

/* The excerpt's lines; what is marked has a '>' before its line, and stands out where it can. */
static void text_excerpt(const excerpt *e, const term *t, buf *out)
{
    const char *text = buf_str(&e->text);
    const size_t end = e->mark_start + e->mark_length;
    for (size_t at = 0; at < e->text.len;) {
        const char *nl = memchr(text + at, '\n', e->text.len - at);
        size_t stop = nl == NULL ? e->text.len : (size_t)(nl - text);
        bool marked = (e->mark_start <= stop && end > at) || e->mark_start == at;
        size_t from = e->mark_start < at ? at : e->mark_start < stop ? e->mark_start : stop;
        size_t to = end < from ? from : end < stop ? end : stop;
        buf_puts(out, marked ? "  > " : "  | ");
        buf_append(out, text + at, from - at);
        if (to > from) {
            term_begin(t, TERM_BOLD, out);
            buf_append(out, text + from, to - from);
            term_end(t, out);
        }
        buf_append(out, text + to, stop - to);
        buf_putc(out, '\n');
        at = stop + 1;
    }
}

static evpack_status text_evidence(const store *s, const finding *f, const term *t, buf *out,
                                   evpack_err *err)
{
    EVPACK_AUTO_VALUE(excerpt_reset) excerpt e = {0};
    size_t place = 0;
    size_t value = 0;
    excerpt_limits limits = {.width = t->width > 8 ? t->width - 6 : 0};
    EVPACK_AUTO(excerpt_reader) reader = NULL;
    EVPACK_TRY(excerpt_reader_new(s, &reader, err));
    EVPACK_TRY(excerpt_finding(reader, f, &limits, &e, &place, &value, err));
    buf_puts(out, "\nThe evidence");
    if (place < f->place_count) {
        buf_puts(out, ", ");
        show_text(f->places[place].original, out);
    }
    buf_puts(out, e.laid_out ? ", laid out on lines" : "");
    if (e.why != NULL) {
        buf_printf(out, "\n  no excerpt: %s\n", e.why);
        return EVPACK_OK;
    }
    if (e.around && value < f->value_count) {
        buf_puts(out, "\n  ");
        show_text(f->values[value].pointer, out);
        buf_puts(out, " is not there; marked is what would hold it");
    }
    buf_putc(out, '\n');
    text_excerpt(&e, t, out);
    buf_puts(out, e.cut ? "  and more lines of it\n" : "");
    return EVPACK_OK;
}

static evpack_status text_rule(const store *s, const finding *f, const show_options *o, buf *out,
                               evpack_err *err)
{
    const term *t = &o->look;
    EVPACK_AUTO(db_stmt) row = NULL;
    EVPACK_TRY(one_row(s, rule_sql, f->test->id, &row, err));
    if (row == NULL) {
        return EVPACK_OK;
    }
    EVPACK_AUTO_VALUE(buf_reset) buf line = {0};
    buf_printf(&line, "%s, version %s\n%s", db_text_or_empty(row, RULE_ID),
               db_text_or_empty(row, RULE_VERSION), db_text_or_empty(row, RULE_TITLE));
    buf_puts(out, "\nThe test\n");
    show_line(t, "rule", buf_str(&line), out);
    show_line(t, "severity", db_text(row, RULE_SEVERITY), out);
    show_line(t, "tests", db_text(row, RULE_TESTS), out);
    show_line(t, "absent means", db_text(row, RULE_ABSENT), out);
    show_line(t, "file", db_text(row, RULE_PATH), out);
    if (!o->sql) {
        show_line(t, "SQL", "--sql shows it", out);
        return buf_status(&line, err);
    }
    buf_putc(out, '\n');
    for (const char *sql = db_text_or_empty(row, RULE_SQL); *sql != '\0';) {
        size_t len = strcspn(sql, "\n");
        buf_puts(out, "    ");
        visible_append(out, sql, len, NULL, NULL);
        buf_putc(out, '\n');
        sql += len + (sql[len] == '\n');
    }
    return buf_status(&line, err);
}

evpack_status show_finding_text(const store *s, const finding *f, const show_options *options,
                                buf *out, evpack_err *err)
{
    const term *t = &options->look;
    const char *word = finding_status_word(f->status);
    term_begin(t, term_style_of(word), out);
    for (const char *c = word; *c != '\0'; c++) {
        buf_putc(out, (char)(*c >= 'a' && *c <= 'z' ? *c - 'a' + 'A' : *c));
    }
    term_end(t, out);
    buf_puts(out, "  ");
    show_text(f->test->control_id == NULL ? "no control" : f->test->control_id, out);
    buf_puts(out, "  ");
    show_text(finding_tested(f->test), out);
    buf_putc(out, '\n');
    show_line(t, "finding", f->id, out);
    EVPACK_TRY(text_control(s, f, t, out, err));
    text_service(f->test, t, out);
    text_status(f, t, out);
    text_subject(f, t, out);
    text_observed(f, t, out);
    text_places(f, t, out);
    EVPACK_TRY(text_evidence(s, f, t, out, err));
    EVPACK_TRY(text_rule(s, f, options, out, err));
    return buf_status(out, err);
}
