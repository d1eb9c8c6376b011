/*
 * Tables. Invariant: a row has the head of its columns above it on the same page. Knows nothing of
 * what the cells say.
 */
#include "report/table.h"

#include <string.h>

enum { GAP = 8, PAD = 3 };

static layout_style style_of(const char *name)
{
    static const struct {
        const char *name;
        layout_style style;
    } styles[] = {{"mono", STYLE_MONO},
                  {"monosmall", STYLE_MONOSMALL},
                  {"cellbold", STYLE_CELLBOLD},
                  {"label", STYLE_LABEL}};
    for (size_t i = 0; name != NULL && i < sizeof styles / sizeof styles[0]; i++) {
        if (strcmp(styles[i].name, name) == 0) {
            return styles[i].style;
        }
    }
    return STYLE_CELL;
}

/* Numbers stand at their column's edge, but not against text in the next one. */
static void set_apart(table *t)
{
    for (size_t i = 0; i + 1 < t->count; i++) {
        bool apart = t->at[i].align == ALIGN_RIGHT && t->at[i + 1].align == ALIGN_LEFT;
        t->at[i].width -= apart ? 2 * GAP : 0;
    }
}

evpack_status table_open(layout *l, const char *name, table *out, evpack_err *err)
{
    *out = (table){.l = l};
    double x = 0;
    const json *columns = json_get(layout_data(l, "tables"), name);
    for (const json *c = json_first(columns); c != NULL && out->count < TABLE_COLUMNS;
         c = json_next(c)) {
        double width = json_number(json_get(c, "width")) * layout_width(l);
        const char *align = json_get_string(c, "align");
        size_t i = out->count++;
        bool right = align != NULL && strcmp(align, "right") == 0;
        out->at[i] = (layout_area){.x = x,
                                   .y = PAD,
                                   .width = width - (right ? 0 : GAP),
                                   .align = right ? ALIGN_RIGHT : ALIGN_LEFT};
        out->style[i] = style_of(json_get_string(c, "style"));
        x += width;
    }
    set_apart(out);
    if (out->count == 0) {
        return evpack_fail(err, EVPACK_E_INTERNAL,
                           "reports/summary.layout.json: the table '%s' is not there", name);
    }
    return EVPACK_OK;
}

void table_head(const table *t, texts *words, const char *heads_key)
{
    layout_begin(t->l);
    double bottom = 0;
    const json *head = json_first(texts_node(words, heads_key));
    for (size_t i = 0; i < t->count && head != NULL; i++, head = json_next(head)) {
        const char *text = json_string(head);
        double y = layout_text(t->l, t->at[i], STYLE_HEAD, text == NULL ? "" : text);
        bottom = y > bottom ? y : bottom;
    }
    layout_rule(t->l, 0, bottom + 2, layout_width(t->l), 0.8,
                layout_colour_of(t->l, COLOUR_STRONG_RULE));
    layout_end_header(t->l, bottom + 4, 40);
}

double table_row(const table *t, const char *const *cells)
{
    layout_begin(t->l);
    double bottom = 0;
    for (size_t i = 0; i < t->count; i++) {
        if (cells[i] != NULL) {
            double y = layout_text(t->l, t->at[i], t->style[i], cells[i]);
            bottom = y > bottom ? y : bottom;
        }
    }
    return bottom + PAD;
}

void table_row_end(const table *t, double height)
{
    layout_rule(t->l, 0, height, layout_width(t->l), 0.35, layout_colour_of(t->l, COLOUR_RULE));
    layout_end(t->l, height, 0);
}

void table_put(const table *t, const char *const *cells)
{
    table_row_end(t, table_row(t, cells));
}

void table_end(const table *t)
{
    layout_drop_header(t->l);
}
