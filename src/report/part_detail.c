/*
 * Control by control: what the control is for, who is responsible, what was tested and on how many
 * resources, with which result, and what needs a look. Invariant: the counts below a control's
 * title are the model's, the rows of its tests add up to them, and what a cap leaves out is
 * counted.
 */
#include "report/decisions.h"
#include "report/part.h"

#include <stdio.h>
#include <string.h>

enum { LABEL_WIDTH = 84, PLACES_MOST = 6, DECISIONS_MOST = 12, NAME_BYTES = 200 };

typedef struct {
    part *p;
    part_listing *failed, *unknown, *other;
    part_works *works;
} detail;

static void detail_close(detail *d)
{
    part_listing_close(d->failed);
    part_listing_close(d->unknown);
    part_listing_close(d->other);
    part_works_close(d->works);
}

/* A label at the left and what it says beside it; nothing when nothing is said. */
static void fact(part *p, const char *name, const char *text)
{
    layout *l = p->l;
    if (text == NULL || *text == '\0') {
        return;
    }
    layout_begin(l);
    double a = layout_text(l, (layout_area){.y = 1, .width = LABEL_WIDTH - 8}, STYLE_LABEL,
                           part_text(p, "control", name));
    double b =
        layout_text(l, (layout_area){.x = LABEL_WIDTH, .width = layout_width(l) - LABEL_WIDTH},
                    STYLE_CELL, text);
    layout_end(l, (a > b ? a : b) + 2.5, 0);
}

/* Whether anything but the published baseline speaks of the control. */
static bool was_tested(const model *m, int64_t control)
{
    for (size_t i = 0; i < m->test_count; i++) {
        if (m->tests[i].control == control && !m->tests[i].baseline) {
            return true;
        }
    }
    return false;
}

/* Nothing was tested, and nothing wants a look: all of it is the baseline's word. */
static bool is_quiet(const model *m, const model_control *c)
{
    return c->counts.total ==
               c->counts.of[FINDING_INHERITED] + c->counts.of[FINDING_NOTAPPLICABLE] &&
           !was_tested(m, c->id);
}

static void title_bar(part *p, const model_control *c)
{
    enum { PAD = 5, BEFORE = 16 };
    const double keep = is_quiet(p->m, c) ? 120 : 190;
    layout *l = p->l;
    EVPACK_AUTO_VALUE(buf_reset) buf title = {0};
    if (c->id == 0) {
        buf_puts(&title, texts_get(p->words, "controls.none"));
    } else {
        buf_printf(&title, "%s  %s", c->control_id, c->title);
    }
    if (layout_room(l) < keep) {
        layout_new_page(l);
    }
    layout_space(l, BEFORE);
    layout_mark(l, buf_str(&title));
    const layout_area area = {.x = 8, .y = PAD, .width = layout_width(l) - 16};
    layout_begin(l); /* composed twice: the panel lies below the text, and is as high as it */
    double y = layout_text(l, area, STYLE_H2, buf_str(&title)) + PAD;
    layout_begin(l);
    layout_fill(l, (pdf_box){0, 0, layout_width(l), y}, layout_colour_of(l, COLOUR_PANEL));
    layout_fill(l, (pdf_box){0, 0, 2.5, y}, layout_colour_of(l, COLOUR_ACCENT));
    (void)layout_text(l, area, STYLE_H2, buf_str(&title));
    part_control_anchor(p, c->id);
    layout_end(l, y, keep - 30);
    layout_space(l, 6);
}

static void responsibility(part *p, const model_control *c)
{
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    for (int code = 1; code <= MODEL_RESPONSIBILITIES; code++) {
        const int of = code % MODEL_RESPONSIBILITIES; /* nobody's last */
        int64_t n = 0;
        for (size_t i = 0; i < p->m->test_count; i++) {
            const model_test *t = &p->m->tests[i];
            n += t->control == c->id && t->responsibility == of ? t->counts.total : 0;
        }
        char number[TEXTS_NUMBER];
        if (n > 0) {
            buf_puts(&b, b.len > 0 ? ", " : "");
            texts_fill(p->words, &b, n == 1 ? "control.share_one" : "control.share", "word",
                       texts_word(p->words, "responsibility",
                                  of == 0 ? "none" : model_responsibility_word(of), "word"),
                       "n", texts_number(n, number), NULL);
        }
    }
    fact(p, "responsibility", buf_str(&b));
}

static bool speaks_of(const model *m, int64_t control, int64_t service)
{
    for (size_t i = 0; i < m->test_count; i++) {
        if (m->tests[i].control == control && m->tests[i].service == service) {
            return true;
        }
    }
    return false;
}

static void population(part *p, const model_control *c)
{
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    for (size_t i = 0; i < p->m->service_count; i++) {
        const model_service *v = &p->m->services[i];
        char n[TEXTS_NUMBER];
        if (v->id != 0 && v->resources > 0 && speaks_of(p->m, c->id, v->id)) {
            buf_puts(&b, b.len > 0 ? ", " : "");
            buf_printf(&b, "%s %s", v->title, texts_number(v->resources, n));
        }
    }
    fact(p, "population", b.len > 0 ? buf_str(&b) : texts_get(p->words, "control.population_none"));
}

static void result(part *p, const model_control *c)
{
    layout *l = p->l;
    const double width = layout_width(l) - LABEL_WIDTH;
    char n[TEXTS_NUMBER];
    EVPACK_AUTO_VALUE(buf_reset) buf counts = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    part_put_counts(p, &c->counts, &counts);
    texts_fill(p->words, &b, c->counts.total == 1 ? "control.result_one" : "control.result_all",
               "n", texts_number(c->counts.total, n), "counts", buf_str(&counts), NULL);
    if (is_quiet(p->m, c)) { /* a bar of one grey says nothing, and no file was read for it */
        buf_puts(&b, texts_get(p->words, "control.quiet"));
        fact(p, "result", buf_str(&b));
        return;
    }
    layout_begin(l);
    (void)layout_text(l, (layout_area){.y = 1, .width = LABEL_WIDTH - 8}, STYLE_LABEL,
                      texts_get(p->words, "control.result"));
    part_bar(p, (pdf_box){LABEL_WIDTH, 2.5, width, 7}, &c->counts);
    double y = layout_text(l, (layout_area){.x = LABEL_WIDTH, .y = 11.5, .width = width},
                           STYLE_CELL, buf_str(&b));
    layout_end(l, y + 2.5, 0);
}

static const char decided_sql[] =
    "SELECT d.kind, d.key, d.state, count(*) FROM tested t JOIN finding f ON f.test_id = t.id"
    " JOIN decision d ON d.record_id = f.decided AND d.run_id = t.run_id"
    " WHERE t.run_id = (SELECT max(id) FROM run) AND t.control IS ?1 AND f.decided IS NOT NULL"
    " GROUP BY d.record_id ORDER BY d.kind DESC, d.key";

static const char *last_part(const char *id)
{
    const char *slash = strrchr(id, '/'); /* an exemption's id is an ARM id */
    return slash == NULL ? id : slash + 1;
}

static evpack_status decided(part *p, const model_control *c, evpack_err *err)
{
    if (p->m->decided.total == 0) {
        return EVPACK_OK;
    }
    EVPACK_AUTO(db_stmt) rows = NULL;
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    EVPACK_TRY(db_prepare(store_db(p->s), decided_sql, &rows, err));
    EVPACK_TRY(c->id == 0 ? db_bind(rows, err, "n") : db_bind(rows, err, "i", c->id));
    int64_t n = 0;
    for (bool row = true; row;) {
        EVPACK_TRY(db_step(rows, &row, err));
        if (row && n++ < DECISIONS_MOST) {
            char number[TEXTS_NUMBER];
            EVPACK_AUTO_VALUE(buf_reset) buf key = {0};
            const char *id = last_part(db_text_or_empty(rows, 1));
            part_cut(p, id, NAME_BYTES, &key);
            buf_puts(&b, b.len > 0 ? "; " : "");
            texts_fill(p->words, &b, "control.decision", "kind",
                       texts_word(p->words, "decision_kind", db_text_or_empty(rows, 0), ""), "key",
                       buf_str(&key), "n", texts_number(db_int(rows, 3), number), NULL);
        }
    }
    if (n > DECISIONS_MOST) {
        char number[TEXTS_NUMBER];
        buf_putc(&b, ' ');
        texts_fill(p->words, &b, "common.more", "n", texts_number(n - DECISIONS_MOST, number),
                   NULL);
    }
    fact(p, "decided", buf_str(&b));
    return buf_status(&b, err);
}

/* The records of a file stand together, so its first finding is found in its range of ids: a walk
 * over the findings would read every record of the case for each control. */
static const char files_sql[] =
    "SELECT sn.label || '/' || e.path FROM evidence e JOIN snapshot sn ON sn.id = e.snapshot_id"
    " JOIN (SELECT evidence_id, min(id) AS low, max(id) AS high FROM record GROUP BY 1) x"
    "   ON x.evidence_id = e.id"
    " WHERE EXISTS (SELECT 1 FROM tested t CROSS JOIN finding f"
    "     ON f.test_id = t.id AND f.record_id BETWEEN x.low AND x.high"
    "   JOIN record r ON r.id = f.record_id AND r.evidence_id = e.id"
    "   WHERE t.run_id = (SELECT max(id) FROM run) AND t.control IS ?1)"
    " ORDER BY sn.id, e.path";

static evpack_status evidence(part *p, const model_control *c, evpack_err *err)
{
    EVPACK_AUTO(db_stmt) rows = NULL;
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    EVPACK_TRY(db_prepare(store_db(p->s), files_sql, &rows, err));
    EVPACK_TRY(c->id == 0 ? db_bind(rows, err, "n") : db_bind(rows, err, "i", c->id));
    int64_t n = 0;
    for (bool row = true; row;) {
        EVPACK_TRY(db_step(rows, &row, err));
        if (row && n++ < PLACES_MOST) {
            const char *path = db_text_or_empty(rows, 0);
            buf_puts(&b, b.len > 0 ? ", " : "");
            part_cut(p, path, NAME_BYTES, &b);
        }
    }
    if (n > PLACES_MOST) {
        char number[TEXTS_NUMBER];
        buf_putc(&b, ' ');
        texts_fill(p->words, &b, "common.more", "n", texts_number(n - PLACES_MOST, number), NULL);
    }
    fact(p, "evidence", buf_str(&b));
    return buf_status(&b, err);
}

static const char tests_sql[] =
    "SELECT t.id, t.source, coalesce(ru.title, p.title, fe.name), coalesce(ru.rule_id, p.key),"
    " coalesce(ru.version, p.version), s.title, ru.sql, fe.name"
    " FROM tested t LEFT JOIN feature fe ON fe.id = t.feature_id"
    " LEFT JOIN rule ru ON ru.id = t.rule_id LEFT JOIN policy p ON p.id = t.policy_id"
    " LEFT JOIN service s ON s.id = t.service_id"
    " WHERE t.run_id = (SELECT max(id) FROM run) AND t.control IS ?1 AND t.source <> 'baseline'"
    " ORDER BY t.source <> 'rule', t.source, s.slug, fe.ordinal, t.id";
enum { T_ID, T_SOURCE, T_TITLE, T_RULE, T_VERSION, T_SERVICE, T_SQL, T_FEATURE };

/* What the header of a rule says that it needs: kinds of evidence, with commas. */
static void put_needs(part *p, const char *sql, buf *out)
{
    static const char key[] = "-- needs: ";
    const char *at = sql == NULL ? NULL : strstr(sql, key);
    if (at != NULL) {
        at += sizeof key - 1;
        buf_printf(out, "  ·  %s ", texts_get(p->words, "control.needs"));
        buf_append(out, at, strcspn(at, "\r\n"));
    }
}

/* Numbers in the last columns: fail, unknown, pass, manual, and all others together. */
static void put_numbers(part *p, const table *t, const model_counts *c, bool bold)
{
    const int64_t of[] = {c->of[FINDING_FAIL], c->of[FINDING_UNKNOWN], c->of[FINDING_PASS],
                          c->of[FINDING_MANUAL],
                          c->total - c->of[FINDING_FAIL] - c->of[FINDING_UNKNOWN] -
                              c->of[FINDING_PASS] - c->of[FINDING_MANUAL]};
    for (size_t i = 0; i < sizeof of / sizeof of[0]; i++) {
        part_number(p, t->at[i + 2], bold, of[i]);
    }
}

static void test_row(part *p, const table *t, db_stmt *row, const model_counts *counts)
{
    const char *const none[TABLE_COLUMNS] = {0};
    const char *title = db_text(row, T_TITLE);
    const bool rule = strcmp(db_text_or_empty(row, T_SOURCE), "rule") == 0;
    EVPACK_AUTO_VALUE(buf_reset) buf name = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf id = {0};
    const char *key = db_text_or_empty(row, T_RULE);
    const char *slash = strrchr(key, '/');
    if (title == NULL && *key != '\0') {
        texts_fill(p->words, &name, "finding.untitled", "name", slash == NULL ? key : slash + 1,
                   NULL);
    } else if (title == NULL) { /* findings about the files of exceptions and attestations */
        buf_puts(&name, texts_word(p->words, "itself", db_text_or_empty(row, T_SOURCE), ""));
    } else {
        part_cut(p, title, NAME_BYTES, &name);
    }
    buf_puts(&id, texts_word(p->words, "source", db_text_or_empty(row, T_SOURCE), ""));
    if (rule) {
        buf_printf(&id, " %s %s", db_text_or_empty(row, T_RULE), db_text_or_empty(row, T_VERSION));
        put_needs(p, db_text(row, T_SQL), &id);
    }
    const double pad = table_row(t, none);
    layout_area what = t->at[0];
    what.y = layout_text(p->l, what, STYLE_CELL, buf_str(&name));
    what.y = layout_text(p->l, what, STYLE_LABEL, buf_str(&id));
    const double b = layout_text(p->l, t->at[1], STYLE_CELL, db_text_or_empty(row, T_SERVICE));
    put_numbers(p, t, counts, false);
    table_row_end(t, (b > what.y ? b : what.y) + pad);
}

static void sum_row(part *p, const table *t, const char *key, const model_counts *counts, bool bold)
{
    const char *const none[TABLE_COLUMNS] = {0};
    if (counts->total == 0) {
        return;
    }
    const double pad = table_row(t, none);
    layout_area what = t->at[0];
    what.width = t->at[1].x + t->at[1].width - what.x;
    double y =
        layout_text(p->l, what, bold ? STYLE_CELLBOLD : STYLE_CELL, texts_get(p->words, key));
    put_numbers(p, t, counts, bold);
    table_row_end(t, y + pad);
}

static void take(model_counts *from, const model_counts *n)
{
    for (int i = 1; i < FINDING_STATUSES; i++) {
        from->of[i] -= n->of[i];
    }
    from->total -= n->total;
}

/* Each test that was made, then what the cap left out, then what only the baseline speaks of. */
static evpack_status tests(part *p, const model_control *c, evpack_err *err)
{
    table t;
    EVPACK_AUTO(db_stmt) rows = NULL;
    layout_heading(p->l, texts_get(p->words, "control.tests_title"), 70, false);
    EVPACK_TRY(db_prepare(store_db(p->s), tests_sql, &rows, err));
    EVPACK_TRY(c->id == 0 ? db_bind(rows, err, "n") : db_bind(rows, err, "i", c->id));
    EVPACK_TRY(table_open(p->l, "tests", &t, err));
    table_head(&t, p->words, "control.tests_columns");
    model_counts rest = {0};
    model_counts baseline = c->counts;
    int64_t shown = 0;
    for (bool row = true; row;) {
        EVPACK_TRY(db_step(rows, &row, err));
        const model_test *counted = row ? model_find_test(p->m, db_int(rows, T_ID)) : NULL;
        if (counted == NULL) {
            continue; /* a test without a finding: what it is about was decided otherwise */
        }
        take(&baseline, &counted->counts);
        if (shown++ < p->options->cap) {
            test_row(p, &t, rows, &counted->counts);
        } else {
            model_add(&rest, &counted->counts);
        }
    }
    sum_row(p, &t, "control.tests_rest", &rest, false);
    sum_row(p, &t, "control.tests_baseline", &baseline, false);
    sum_row(p, &t, "common.total", &c->counts, true);
    table_end(&t);
    return EVPACK_OK;
}

static evpack_status one_control(detail *d, const model_control *c, evpack_err *err)
{
    part *p = d->p;
    EVPACK_AUTO_VALUE(buf_reset) buf published = {0};
    title_bar(p, c);
    fact(p, "objective", c->objective);
    if (c->published != NULL) {
        texts_fill(p->words, &published, "common.published_as", "id", c->published, NULL);
        fact(p, "published", buf_str(&published));
    }
    fact(p, "crosswalk", c->crosswalk);
    responsibility(p, c);
    population(p, c);
    result(p, c);
    EVPACK_TRY(decided(p, c, err));
    if (!is_quiet(p->m, c)) {
        EVPACK_TRY(evidence(p, c, err));
    }
    if (was_tested(p->m, c->id)) {
        EVPACK_TRY(tests(p, c, err));
    }
    EVPACK_TRY(part_listing_control(d->failed, c, err));
    EVPACK_TRY(part_listing_control(d->unknown, c, err));
    EVPACK_TRY(part_listing_control(d->other, c, err));
    return part_works_control(d->works, c, err);
}

evpack_status part_detail(part *p, evpack_err *err)
{
    part_fresh_page(p);
    layout_section(p->l, texts_get(p->words, "control.title"), KEEP_SECTION);
    if (p->m->control_count == 0) {
        part_paragraph(p, STYLE_BODY, "control.empty", 0);
        return EVPACK_OK;
    }
    part_paragraph(p, STYLE_BODY, "control.intro", 4);
    EVPACK_AUTO_VALUE(detail_close) detail d = {.p = p};
    EVPACK_TRY(part_listing_open(p, "failed", FINDINGS_ONLY(FINDING_FAIL), &d.failed, err));
    EVPACK_TRY(part_listing_open(p, "unknown", FINDINGS_ONLY(FINDING_UNKNOWN), &d.unknown, err));
    EVPACK_TRY(part_listing_open(
        p, "other", FINDINGS_ONLY(FINDING_EXEMPT) | FINDINGS_ONLY(FINDING_ERROR), &d.other, err));
    EVPACK_TRY(part_works_open(p, &d.works, err));
    for (size_t i = 0; i < p->m->control_count; i++) {
        EVPACK_TRY(one_control(&d, &p->m->controls[i], err));
    }
    return EVPACK_OK;
}
