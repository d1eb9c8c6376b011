/*
 * The page that people sign: who prepared and reviewed the paper, and what management asserts of
 * the evidence. Invariant: nothing is filled in for anybody but what the engagement states. A
 * signed page is no signature over the package, and says so.
 */
#include "report/part.h"

/* A label above a line of its own. Gives the y below both. */
static double blank(part *p, double x, double y, double width, const char *label)
{
    enum { LINE = 25 };
    layout *l = p->l;
    layout_rule(l, x, y + LINE, width, 0.5, layout_colour_of(l, COLOUR_STRONG_RULE));
    return layout_text(l, (layout_area){.x = x, .y = y + LINE + 2, .width = width}, STYLE_LABEL,
                       label);
}

/* The fields of one person: what is written by hand, two to a line. */
static void person(part *p, const json *e)
{
    enum { GAP = 24, KEEP = 60 };
    layout *l = p->l;
    const double width = (layout_width(l) - GAP) / 2;
    const char *title = json_get_string(e, "title");
    const char *text = json_get_string(e, "text");
    layout_heading(l, title == NULL ? "" : title, 110, false);
    if (text != NULL) {
        layout_paragraph(l, STYLE_BODY, text, 2);
    }
    layout_begin(l);
    double y = 0;
    double below = 0;
    size_t i = 0;
    for (const json *f = json_first(texts_node(p->words, "sign.fields")); f != NULL;
         f = json_next(f), i++) {
        const char *label = json_string(f);
        const double x = i % 2 == 0 ? 0 : width + GAP;
        below = blank(p, x, y, width, label == NULL ? "" : label);
        y = i % 2 == 0 ? y : below;
    }
    layout_end(l, below + 4, 0);
}

evpack_status part_sign(part *p, evpack_err *err)
{
    (void)err;
    part_fresh_page(p);
    layout_section(p->l, texts_get(p->words, "sign.title"), KEEP_SECTION);
    part_paragraph(p, STYLE_BODY, "sign.intro", 2);
    for (const json *e = json_first(texts_node(p->words, "sign.people")); e != NULL;
         e = json_next(e)) {
        person(p, e);
    }
    layout_heading(p->l, texts_get(p->words, "sign.assertion_title"), 200, false);
    for (const json *e = json_first(texts_node(p->words, "sign.assertion")); e != NULL;
         e = json_next(e)) {
        layout_paragraph(p->l, STYLE_BODY, json_string(e), 4);
    }
    person(p, texts_node(p->words, "sign.management"));
    layout_space(p->l, 10);
    part_paragraph(p, STYLE_NOTE, "sign.note", 0);
    return EVPACK_OK;
}
