/*
 * Manual work under a control, by feature: how many resources, and what to look at. Features of
 * several services that ask for the same stand together, with each service and its number.
 * Invariant: every manual finding is counted in exactly one block.
 */
#include "report/model_scope.h"
#include "report/part.h"

#include <stdlib.h>
#include <string.h>

enum { TEXT_BYTES = 2000, INDENT = 10, RIGHT = 80, PAD = 4 };

/* One feature of one service that has manual findings. Texts live in the control's arena. */
typedef struct {
    const char *feature, *look, *service;
    const char *date; /* of the baseline, when it alone says so; NULL: a rule does */
    int64_t count;
    bool drawn;
} work;

/* The features of one control, in the order of their services. */
typedef struct {
    part *p;
    arena text;
    work *at;
    size_t count;
} works;

static bool asks_the_same(const work *a, const work *b)
{
    return strcmp(a->feature, b->feature) == 0 && strcmp(a->look, b->look) == 0;
}

/* "Key Vault (119; 2022-09-12)": how many, unless the service is alone, and the date. */
static void put_service(const work *one, bool alone, buf *out)
{
    char number[TEXTS_NUMBER];
    buf_puts(out, one->service);
    if (alone && one->date == NULL) {
        return;
    }
    buf_printf(out, " (%s%s%s)", alone ? "" : texts_number(one->count, number),
               alone || one->date == NULL ? "" : "; ", one->date == NULL ? "" : one->date);
}

/* The services that ask for the same, with commas between. Gives the sum of their resources. */
static int64_t services_of(works *w, size_t from, buf *out)
{
    int64_t sum = 0;
    size_t n = 0;
    for (size_t i = from; i < w->count; i++) {
        n += asks_the_same(&w->at[i], &w->at[from]);
    }
    for (size_t i = from; i < w->count; i++) {
        work *one = &w->at[i];
        if (!asks_the_same(one, &w->at[from])) {
            continue;
        }
        buf_puts(out, sum > 0 ? ", " : "");
        put_service(one, n == 1, out);
        sum += one->count;
        one->drawn = true;
    }
    return sum;
}

static void draw(works *w, size_t i)
{
    part *p = w->p;
    layout *l = p->l;
    const work *one = &w->at[i];
    char n[TEXTS_NUMBER];
    EVPACK_AUTO_VALUE(buf_reset) buf services = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    int64_t count = services_of(w, i, &services);
    texts_fill(p->words, &b, count == 1 ? "manual.resource" : "manual.resources", "n",
               texts_number(count, n), NULL);
    layout_begin(l);
    (void)layout_text(l, (layout_area){layout_width(l) - RIGHT, PAD, RIGHT, ALIGN_RIGHT},
                      STYLE_LABEL, buf_str(&b));
    double width = layout_width(l) - INDENT - RIGHT - 6;
    double y = layout_text(l, (layout_area){.x = INDENT, .y = PAD, .width = width}, STYLE_CELLBOLD,
                           one->feature);
    y = layout_text(l, (layout_area){.x = INDENT, .y = y, .width = width}, STYLE_LABEL,
                    buf_str(&services));
    if (*one->look != '\0') {
        buf_clear(&b);
        part_cut(p, one->look, TEXT_BYTES, &b);
        y = layout_text(l, (layout_area){.x = INDENT, .y = y, .width = layout_width(l) - INDENT},
                        STYLE_CELL, buf_str(&b));
    }
    layout_fill(l, (pdf_box){0, PAD, 2.2, y - PAD}, layout_status_colour(l, FINDING_MANUAL));
    layout_rule(l, INDENT, y + PAD, layout_width(l) - INDENT, 0.35,
                layout_colour_of(l, COLOUR_RULE));
    layout_end(l, y + PAD, 0);
}

/* Draws what is gathered, and begins anew. */
static evpack_status draw_all(works *w, evpack_err *err)
{
    EVPACK_TRY(arena_status(&w->text, err));
    for (size_t i = 0; i < w->count; i++) {
        if (!w->at[i].drawn) {
            draw(w, i);
        }
    }
    arena_reset(&w->text);
    w->at = NULL;
    w->count = 0;
    return EVPACK_OK;
}

static evpack_status gather(works *w, findings *f, const finding_test *t, evpack_err *err)
{
    const model_test *counted = model_find_test(w->p->m, t->id);
    int64_t count = counted == NULL ? 0 : counted->counts.of[FINDING_MANUAL];
    if (count == 0) {
        return EVPACK_OK;
    }
    const finding *first = NULL;
    const char *look = t->guidance;
    work *one = model_push(&w->text, &w->at, &w->count, sizeof *one);
    if (one == NULL) {
        return evpack_oom(err);
    }
    *one = (work){.feature = arena_text(&w->text, decisions_tested(w->p->words, t)),
                  .service = arena_text(&w->text, t->service_title == NULL ? "" : t->service_title),
                  .date = t->rule_id == NULL ? arena_text(&w->text, t->source_date) : NULL,
                  .count = count};
    if (t->feature_id == 0) { /* each is in the sections of exceptions and attestations */
        look = texts_get(w->p->words, "decided.look");
    } else if (look == NULL) { /* a rule may say it instead */
        EVPACK_TRY(findings_next(f, &first, err));
        look = first == NULL ? NULL : first->reason;
    }
    one->look = arena_text(&w->text, look == NULL ? "" : look);
    return EVPACK_OK;
}

struct part_works {
    works w;
    findings *f;
    const finding_test *next;
};

evpack_status part_works_open(part *p, part_works **out, evpack_err *err)
{
    EVPACK_AUTO(part_works) k = calloc(1, sizeof *k);
    if (k == NULL) {
        return evpack_oom(err);
    }
    k->w.p = p;
    EVPACK_TRY(findings_open(p->s, FINDINGS_ONLY(FINDING_MANUAL), 1, &k->f, err));
    EVPACK_TRY(findings_next_test(k->f, &k->next, err));
    *out = EVPACK_MOVE(k);
    return EVPACK_OK;
}

void part_works_close(part_works *k)
{
    if (k != NULL) {
        findings_close(k->f);
        arena_reset(&k->w.text);
        free(k);
    }
}

evpack_status part_works_control(part_works *k, const model_control *c, evpack_err *err)
{
    enum { KEEP = 90 };
    part *p = k->w.p;
    if (c->counts.of[FINDING_MANUAL] > 0) {
        char n[TEXTS_NUMBER];
        EVPACK_AUTO_VALUE(buf_reset) buf title = {0};
        texts_fill(p->words, &title, "manual.heading", "n",
                   texts_number(c->counts.of[FINDING_MANUAL], n), NULL);
        layout_heading(p->l, buf_str(&title), KEEP, false);
    }
    while (k->next != NULL && k->next->control == c->id) {
        EVPACK_TRY(gather(&k->w, k->f, k->next, err));
        EVPACK_TRY(findings_next_test(k->f, &k->next, err));
    }
    return draw_all(&k->w, err);
}
