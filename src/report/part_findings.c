/*
 * Findings in full, one control at a time. Invariant: what is not shown is counted and said, with
 * the file that has it. Observed values and long names are quoted from the evidence, cut at a
 * length that is stated.
 */
#include "report/decisions.h"
#include "report/part.h"

#include <stdlib.h>
#include <string.h>

enum {
    INDENT = 10,
    LABEL_WIDTH = 56,
    VALUES_MOST = 8,
    PLACES_MOST = 4,
    VALUE_BYTES = 400,
    TEXT_BYTES = 2000,
    NAME_BYTES = 120
};

/* The findings of some statuses, as they come from their cursor. */
struct part_listing {
    part *p;
    const char *name; /* of their texts */
    unsigned statuses;
    findings *f;
    const finding_test *next; /* the test that comes; NULL: none */
    const model_control *control;
    int64_t total, shown; /* of that control */
    int64_t tests;        /* of that control that have findings, and wait */
    buf title;            /* of that control's list, until it is drawn above the first finding */
    buf said;             /* why the finding before is unknown, and what it needs */
};

static double inner_x(void)
{
    return INDENT + LABEL_WIDTH;
}

/* A label at the left and text beside it. Gives the y below both. */
static double labelled(part *p, double y, const char *label, layout_style style, const char *text)
{
    layout *l = p->l;
    double a = y;
    if (label != NULL) {
        a = layout_text(l, (layout_area){.x = INDENT, .y = y, .width = LABEL_WIDTH - 6},
                        STYLE_LABEL, label);
    }
    double b =
        layout_text(l, (layout_area){.x = inner_x(), .y = y, .width = layout_width(l) - inner_x()},
                    style, text);
    return a > b ? a : b;
}

static void put_value(part *p, const finding_value *v, buf *out)
{
    if (v->value.text == NULL) {
        buf_puts(out, texts_get(p->words, "common.absent"));
    } else {
        part_clip(p, v->value.text, v->value.len, VALUE_BYTES, out);
    }
    if (v->normalised) {
        buf_puts(out, "  (");
        buf_puts(out, texts_get(p->words, "finding.normalised"));
        buf_putc(out, ')');
    }
}

static double more_line(part *p, double y, size_t more)
{
    char n[TEXTS_NUMBER];
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    texts_fill(p->words, &b, "common.more_in", "n", texts_number((int64_t)more, n), "file",
               p->list_file, NULL);
    return labelled(p, y, NULL, STYLE_LABEL, buf_str(&b));
}

/* Pointer and value side by side; a long value goes below its pointer. */
static double one_value(part *p, double y, const finding_value *v)
{
    layout *l = p->l;
    const double width = layout_width(l) - inner_x();
    const double split = width * 0.52;
    EVPACK_AUTO_VALUE(buf_reset) buf value = {0};
    put_value(p, v, &value);
    bool beside = layout_text_width(l, STYLE_MONO, buf_str(&value)) <= 2 * (width - split);
    double a =
        layout_text(l, (layout_area){.x = inner_x(), .y = y, .width = beside ? split - 8 : width},
                    STYLE_MONO, v->pointer);
    if (!beside) {
        return layout_text(l, (layout_area){.x = inner_x() + 8, .y = a, .width = width - 8},
                           STYLE_MONO, buf_str(&value));
    }
    double b = layout_text(l, (layout_area){.x = inner_x() + split, .y = y, .width = width - split},
                           STYLE_MONO, buf_str(&value));
    return a > b ? a : b;
}

static bool is_absent(const finding_value *v)
{
    return v->value.text == NULL && !v->normalised;
}

/* Several that are not there share their lines. */
static double absent_values(part *p, double y, const finding *f, size_t shown)
{
    EVPACK_AUTO_VALUE(buf_reset) buf list = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    for (size_t i = 0; i < shown; i++) {
        if (is_absent(&f->values[i])) {
            buf_printf(&list, "%s%s", list.len > 0 ? ", " : "", f->values[i].pointer);
        }
    }
    texts_fill(p->words, &b, "finding.absent", "list", buf_str(&list), NULL);
    return labelled(p, y, NULL, STYLE_MONO, buf_str(&b));
}

static double observed(part *p, double y, const finding *f)
{
    if (f->value_count == 0) {
        return y;
    }
    (void)layout_text(p->l, (layout_area){.x = INDENT, .y = y, .width = LABEL_WIDTH - 6},
                      STYLE_LABEL, texts_get(p->words, "finding.observed"));
    const size_t shown = f->value_count < VALUES_MOST ? f->value_count : VALUES_MOST;
    size_t nothing = 0;
    for (size_t i = 0; i < shown; i++) {
        nothing += is_absent(&f->values[i]);
    }
    for (size_t i = 0; i < shown; i++) {
        if (nothing < 2 || !is_absent(&f->values[i])) {
            y = one_value(p, y, &f->values[i]);
        }
    }
    if (nothing >= 2) {
        y = absent_values(p, y, f, shown);
    }
    if (f->value_count > VALUES_MOST) {
        y = more_line(p, y, f->value_count - VALUES_MOST);
    }
    return y + 1.5;
}

static double places(part *p, double y, const finding *f)
{
    for (size_t i = 0; i < f->place_count && i < PLACES_MOST; i++) {
        const finding_place *place = &f->places[i];
        EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
        buf_puts(&b, place->path);
        if (*place->pointer != '\0') {
            buf_printf(&b, "#%s", place->pointer);
        }
        y = labelled(p, y, i == 0 ? texts_get(p->words, "finding.evidence") : NULL, STYLE_MONO,
                     buf_str(&b));
        char from[TEXTS_NUMBER];
        char to[TEXTS_NUMBER];
        buf_clear(&b);
        uint64_t last = place->start + (place->length > 0 ? place->length - 1 : 0);
        texts_fill(p->words, &b, "finding.bytes", "from", texts_number((int64_t)place->start, from),
                   "to", texts_number((int64_t)last, to), NULL);
        buf_printf(&b, "  ·  SHA-256 %.16s…", place->sha256);
        if (i == 0) {
            buf_printf(&b, "  ·  %s %s", texts_get(p->words, "finding.finding"), f->id);
        }
        y = labelled(p, y, NULL, STYLE_MONOSMALL, buf_str(&b)) + 1.5;
    }
    return f->place_count > PLACES_MOST ? more_line(p, y, f->place_count - PLACES_MOST) : y;
}

static double supply(part *p, double y, const finding *f, bool again)
{
    if (f->need == NULL) {
        return y;
    }
    if (!again) {
        y = labelled(p, y, texts_get(p->words, "finding.needs"), STYLE_CELL,
                     needs_what(p->needs, f->need));
    }
    EVPACK_AUTO_VALUE(buf_reset) buf command = {0};
    needs_command(p->needs, f->need, f->subject, &command);
    if (command.len > 0) {
        y = labelled(p, y, texts_get(p->words, "finding.command"), STYLE_MONO, buf_str(&command));
    }
    return y + 1.5;
}

/* Name and snapshot, id, reason. */
static double heading(part *p, const finding *f, bool again)
{
    enum { RIGHT = 130 };
    layout *l = p->l;
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    const char *name = f->subject_name == NULL ? f->subject_key : f->subject_name;
    part_clip(p, name, strlen(name), NAME_BYTES, &b);
    double y = layout_text(l, (layout_area){.x = INDENT, .width = layout_width(l) - INDENT - RIGHT},
                           STYLE_STRONG, buf_str(&b));
    buf_clear(&b);
    texts_fill(p->words, &b, "finding.snapshot", "label", f->snapshot, NULL);
    if (f->status == FINDING_EXEMPT || f->status == FINDING_ERROR) {
        buf_puts(&b, "  ·  ");
        buf_puts(&b, texts_word(p->words, "status", finding_status_word(f->status), "word"));
    }
    const char *status = finding_status_word(f->status);
    if (f->raw_status != NULL && strcmp(f->raw_status, status) != 0) {
        buf_puts(&b, "  ·  ");
        texts_fill(p->words, &b, "finding.raw_status", "status",
                   texts_word(p->words, "status", f->raw_status, "word"), NULL);
    }
    double right = layout_text(l, (layout_area){layout_width(l) - RIGHT, 1, RIGHT, ALIGN_RIGHT},
                               STYLE_LABEL, buf_str(&b));
    y = y > right ? y : right;
    buf_clear(&b);
    part_clip(p, f->subject, strlen(f->subject), TEXT_BYTES, &b);
    y = layout_text(l, (layout_area){.x = INDENT, .y = y, .width = layout_width(l) - INDENT},
                    STYLE_MONO, buf_str(&b));
    if (f->reason != NULL && !again) {
        buf_clear(&b);
        part_clip(p, f->reason, strlen(f->reason), TEXT_BYTES, &b);
        y = layout_text(l,
                        (layout_area){.x = INDENT, .y = y + 1.5, .width = layout_width(l) - INDENT},
                        STYLE_CELL, buf_str(&b));
    }
    return y + 3;
}

/* Composes the block of a finding, and gives its height. again: it says for the same reason that
 * the same is needed as the one before it. */
static double compose(part *p, const finding *f, bool again)
{
    layout *l = p->l;
    layout_begin(l);
    double y = heading(p, f, again);
    y = observed(p, y, f);
    y = supply(p, y, f, again);
    y = places(p, y, f);
    layout_fill(l, (pdf_box){0, 1, 2.2, y - 2}, layout_status_colour(l, f->status));
    layout_rule(l, INDENT, y + 3.5, layout_width(l) - INDENT, 0.35,
                layout_colour_of(l, COLOUR_RULE));
    return y + 4;
}

static void draw_finding(part *p, const finding *f, bool again)
{
    double height = compose(p, f, again);
    layout_end(p->l, height, 0);
    layout_space(p->l, 5);
}

/* Feature and service; which rule or baseline says it. */
static void test_lines(part *p, const finding_test *t, int64_t shown, int64_t all)
{
    layout *l = p->l;
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    if (t->service_title != NULL || t->policy != 0) {
        buf_puts(&b, t->service_title == NULL ? texts_get(p->words, "breakdown.no_service")
                                              : t->service_title);
        buf_puts(&b, "  ·  ");
    }
    if (strcmp(t->source, "attestation") == 0 || strcmp(t->source, "exception") == 0) {
        buf_puts(&b, texts_word(p->words, "source", t->source, ""));
    } else if (t->policy != 0) {
        buf_printf(&b, "%s %s", texts_word(p->words, "source", t->source, ""), t->rule_id);
    } else if (t->rule_id != NULL) {
        texts_fill(p->words, &b, "finding.rule", "rule", t->rule_id, "version", t->rule_version,
                   NULL);
    } else {
        texts_fill(p->words, &b, "finding.baseline", "date", t->source_date, NULL);
    }
    if (t->severity != NULL) {
        buf_puts(&b, "  ·  ");
        texts_fill(p->words, &b, "finding.severity", "severity", t->severity, NULL);
    }
    buf_puts(&b, "  ·  ");
    texts_fill(p->words, &b, "finding.responsibility", "word",
               texts_word(p->words, "responsibility",
                          t->responsibility == NULL ? "none" : t->responsibility, "word"),
               NULL);
    if (t->published_control_id != NULL) {
        buf_puts(&b, "  ·  ");
        texts_fill(p->words, &b, "common.published_as", "id", t->published_control_id, NULL);
    }
    enum { RIGHT = 90 };
    EVPACK_AUTO_VALUE(buf_reset) buf count = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf tested = {0};
    part_put_tested(p, t, &tested);
    char n[2][TEXTS_NUMBER];
    texts_fill(p->words, &count,
               shown < all ? "finding.shown_cap"
               : all == 1  ? "finding.shown_one"
                           : "finding.shown",
               "n", texts_number(all, n[0]), "shown", texts_number(shown, n[1]), NULL);
    layout_space(l, 3);
    layout_begin(l);
    (void)layout_text(l, (layout_area){layout_width(l) - RIGHT, 1, RIGHT, ALIGN_RIGHT}, STYLE_LABEL,
                      buf_str(&count));
    double y = layout_text(l, (layout_area){.width = layout_width(l) - RIGHT - 6}, STYLE_H3,
                           buf_str(&tested));
    y = layout_text(l, (layout_area){.y = y, .width = layout_width(l)}, STYLE_LABEL, buf_str(&b));
    layout_end(l, y + 5, 0);
}

/* How many of a test's findings are shown: each test of the control has its share of what the cap
 * leaves, so that a test with many does not hide the others. */
static int64_t share_of(const part_listing *k, int64_t all)
{
    int64_t room = k->p->options->cap - k->shown;
    int64_t share = k->tests > 0 ? (room + k->tests - 1) / k->tests : room;
    return all < share ? all : share;
}

/* Whether an unknown finding has the reason of the one before it, which stands above on the page.
 */
static bool says_the_same(part_listing *k, const finding *f)
{
    EVPACK_AUTO_VALUE(buf_reset) buf now = {0};
    buf_printf(&now, "%s|%s", f->need == NULL ? "" : f->need, f->reason == NULL ? "" : f->reason);
    const bool same = f->status == FINDING_UNKNOWN && now.len > 0 &&
                      strcmp(buf_str(&now), buf_str(&k->said)) == 0;
    buf_clear(&k->said);
    buf_puts(&k->said, buf_str(&now));
    return same;
}

/* The headings of a test stand with its first finding on one page. */
static void begin_test(part_listing *k, const finding *first, int64_t share, int64_t all)
{
    enum { TITLE = 36, TEST_LINES = 50 };
    part *p = k->p;
    const double needed = compose(p, first, false) + TEST_LINES + (k->title.len > 0 ? TITLE : 0);
    if (needed > layout_room(p->l)) {
        layout_new_page(p->l);
    }
    if (k->title.len > 0) {
        layout_heading(p->l, k->title.data, 0, false);
        buf_clear(&k->title);
    }
    test_lines(p, k->next, share, all);
}

static evpack_status list_test(part_listing *k, evpack_err *err)
{
    part *p = k->p;
    const model_test *counted = model_find_test(p->m, k->next->id);
    const int64_t all = counted == NULL ? 0 : model_count_of(&counted->counts, k->statuses);
    const int64_t share = share_of(k, all);
    k->tests -= all > 0;
    const finding *one = NULL;
    buf_clear(&k->said);
    for (int64_t i = 0; i < share; i++) {
        EVPACK_TRY(findings_next(k->f, &one, err));
        if (one == NULL) {
            break;
        }
        if (i == 0) {
            begin_test(k, one, share, all);
        }
        const bool again = says_the_same(k, one) && compose(p, one, true) <= layout_room(p->l);
        draw_finding(p, one, again);
        k->shown++;
    }
    return EVPACK_OK;
}

/* What the cap left out. */
static void close_control(part_listing *k)
{
    int64_t rest = k->total - k->shown;
    if (rest <= 0) {
        return;
    }
    char n[TEXTS_NUMBER];
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    texts_fill(k->p->words, &b, rest == 1 ? "finding.rest_one" : "finding.rest", "n",
               texts_number(rest, n), "file", k->p->list_file, NULL);
    layout_paragraph(k->p->l, STYLE_STRONG, buf_str(&b), 6);
}

static void begin_control(part_listing *k, const model_control *c)
{
    k->control = c;
    k->shown = 0;
    k->tests = 0;
    k->total = model_count_of(&c->counts, k->statuses);
    for (size_t i = 0; i < k->p->m->test_count; i++) {
        const model_test *t = &k->p->m->tests[i];
        k->tests += t->control == c->id && model_count_of(&t->counts, k->statuses) > 0;
    }
}

evpack_status part_listing_control(part_listing *k, const model_control *c, evpack_err *err)
{
    begin_control(k, c);
    buf_clear(&k->title);
    if (k->total > 0) {
        char n[TEXTS_NUMBER];
        texts_fill(k->p->words, &k->title, part_key(k->p, k->name, "heading"), "n",
                   texts_number(k->total, n), NULL);
        EVPACK_TRY(buf_status(&k->title, err));
    }
    while (k->next != NULL && k->next->control == c->id) {
        EVPACK_TRY(list_test(k, err));
        EVPACK_TRY(findings_next_test(k->f, &k->next, err));
    }
    close_control(k);
    return EVPACK_OK;
}

evpack_status part_listing_open(part *p, const char *name, unsigned statuses, part_listing **out,
                                evpack_err *err)
{
    EVPACK_AUTO(part_listing) k = calloc(1, sizeof *k);
    if (k == NULL) {
        return evpack_oom(err);
    }
    k->p = p;
    k->name = name;
    k->statuses = statuses;
    EVPACK_TRY(findings_open(p->s, statuses, p->options->cap, &k->f, err));
    EVPACK_TRY(findings_next_test(k->f, &k->next, err));
    *out = EVPACK_MOVE(k);
    return EVPACK_OK;
}

void part_listing_close(part_listing *k)
{
    if (k != NULL) {
        findings_close(k->f);
        buf_reset(&k->title);
        buf_reset(&k->said);
        free(k);
    }
}
