/*
 * Reading the layout's numbers. Invariant: no number of the layout has a default in C, and none
 * that comes from a template can make a page without room. Knows nothing of pages.
 */
#include "report/layout_config.h"

#include "port/json.h"

#include <string.h>

typedef struct {
    const report_template *from;
    const json *root;
    layout_config *out;
} reader;

/* group may be "". */
static evpack_status lacks(const reader *r, const char *group, const char *name, evpack_err *err)
{
    const embed_file *file = report_template_file(r->from, "summary.layout.json");
    const bool own = r->from != NULL && report_template_file(NULL, "summary.layout.json") != file;
    return evpack_fail(err, own ? EVPACK_E_INPUT : EVPACK_E_INTERNAL,
                       "%s: '%.60s%s%.60s' is not there or not usable",
                       file == NULL ? "" : file->name, group, *group == '\0' ? "" : ".", name);
}

static bool number(const json *node, const char *name, double most, double *out)
{
    const json *value = json_get(node, name);
    if (!json_is_number(value) || !(json_number(value) >= 0 && json_number(value) <= most)) {
        return false;
    }
    *out = json_number(value);
    return true;
}

/* Six hex digits. */
static bool colour(const json *node, const char *name, uint32_t *out)
{
    const char *text = json_get_string(node, name);
    if (text == NULL || strlen(text) != 6 || strspn(text, "0123456789abcdefABCDEF") != 6) {
        return false;
    }
    *out = (uint32_t)strtoul(text, NULL, 16);
    return true;
}

static evpack_status face(const reader *r, const char *name, layout_face *out, evpack_err *err)
{
    enum { LARGEST = 72 };
    static const char *const fonts[PDF_FONTS] = {"sans", "bold", "mono"};
    const json *node = json_get(json_get(r->root, "styles"), name);
    const char *font = json_get_string(node, "font");
    int which = 0;
    while (font != NULL && which < PDF_FONTS && strcmp(font, fonts[which]) != 0) {
        which++;
    }
    if (font == NULL || which == PDF_FONTS) {
        return lacks(r, "styles", name, err);
    }
    out->face.font = (pdf_font)which;
    const bool good = number(node, "size", LARGEST, &out->face.size) &&
                      number(node, "leading", 2 * LARGEST, &out->leading) &&
                      colour(node, "colour", &out->face.colour) && out->face.size >= 1 &&
                      out->leading >= out->face.size;
    return good ? EVPACK_OK : lacks(r, "styles", name, err);
}

static evpack_status statuses(const reader *r, evpack_err *err)
{
    layout_config *out = r->out;
    const json *colours = json_get(r->root, "status_colours");
    for (int i = 1; i < FINDING_STATUSES; i++) {
        if (!colour(colours, finding_status_word(i), &out->statuses[i])) {
            return lacks(r, "status_colours", finding_status_word(i), err);
        }
    }
    const json *order = json_get(r->root, "status_order");
    unsigned seen = 0;
    for (const json *e = json_first(order); e != NULL; e = json_next(e)) {
        const char *word = json_string(e);
        for (int i = 1; word != NULL && i < FINDING_STATUSES; i++) {
            if (strcmp(word, finding_status_word(i)) == 0 && (seen & FINDINGS_ONLY(i)) == 0) {
                seen |= FINDINGS_ONLY(i);
                out->order[out->order_count++] = i;
            }
        }
    }
    return seen == FINDINGS_ALL && json_count(order) == out->order_count
               ? EVPACK_OK
               : lacks(r, "", "status_order", err);
}

/* The size that was asked for, else the layout's own. */
static evpack_status page(const reader *r, evpack_err *err)
{
    layout_config *out = r->out;
    const json *node = json_get(r->root, "page");
    const char *wish = report_template_page(r->from);
    const char *name = wish != NULL ? wish : json_get_string(node, "size");
    const json *size = name == NULL ? NULL : json_get(json_get(r->root, "sizes"), name);
    if (size == NULL) {
        return lacks(r, "page", "size", err);
    }
    if (!number(size, "width", LAYOUT_MOST, &out->width) ||
        !number(size, "height", LAYOUT_MOST, &out->height)) {
        return lacks(r, "sizes", name, err);
    }
    const struct {
        const char *name;
        double *to;
    } margins[] = {{"left", &out->left},     {"right", &out->right}, {"top", &out->top},
                   {"bottom", &out->bottom}, {"head", &out->head},   {"foot", &out->foot}};
    for (size_t i = 0; i < sizeof margins / sizeof margins[0]; i++) {
        if (!number(node, margins[i].name, LAYOUT_MOST, margins[i].to)) {
            return lacks(r, "page", margins[i].name, err);
        }
    }
    const bool room = out->width - out->left - out->right >= LAYOUT_LEAST &&
                      out->height - out->top - out->bottom >= LAYOUT_LEAST;
    return room ? EVPACK_OK : lacks(r, "page", "(the room between the margins)", err);
}

static evpack_status logo(const reader *r, evpack_err *err)
{
    layout_config *out = r->out;
    const json *node = json_get(r->root, "logo");
    const bool good =
        number(node, "width", out->width - out->left - out->right, &out->logo_width) &&
        number(node, "height", out->top, &out->logo_height) &&
        number(node, "after", out->top - out->logo_height, &out->logo_after);
    return good ? EVPACK_OK : lacks(r, "", "logo", err);
}

/* Shares of the width. */
static evpack_status tables(const reader *r, evpack_err *err)
{
    const json *all = json_get(r->root, "tables");
    for (const json *t = json_first(all); t != NULL; t = json_next(t)) {
        double sum = 0;
        for (const json *c = json_first(t); c != NULL; c = json_next(c)) {
            double width = 0;
            sum += number(c, "width", 1, &width) && width > 0 ? width : 2;
        }
        if (sum > 1.001) {
            return lacks(r, "tables", json_name(t), err);
        }
    }
    return EVPACK_OK;
}

static evpack_status read_all(const reader *r, evpack_err *err)
{
    EVPACK_TRY(page(r, err));
#define LAYOUT_NAME(code, name) [code] = (name),
    static const char *const style_names[] = {LAYOUT_STYLES_LIST(LAYOUT_NAME)};
    static const char *const colour_names[] = {LAYOUT_COLOURS_LIST(LAYOUT_NAME)};
#undef LAYOUT_NAME
    for (int i = 0; i < LAYOUT_STYLES; i++) {
        EVPACK_TRY(face(r, style_names[i], &r->out->faces[i], err));
    }
    for (int i = 0; i < LAYOUT_COLOURS; i++) {
        if (!colour(json_get(r->root, "colours"), colour_names[i], &r->out->colours[i])) {
            return lacks(r, "colours", colour_names[i], err);
        }
    }
    EVPACK_TRY(logo(r, err));
    EVPACK_TRY(tables(r, err));
    return statuses(r, err);
}

evpack_status layout_config_load(const report_template *t, layout_config *out, evpack_err *err)
{
    EVPACK_AUTO(json_doc) doc = NULL;
    EVPACK_TRY(report_template_layout(t, &doc, err));
    *out = (layout_config){0};
    const reader r = {.from = t, .root = json_root(doc), .out = out};
    EVPACK_TRY(read_all(&r, err));
    out->doc = EVPACK_MOVE(doc);
    return EVPACK_OK;
}
