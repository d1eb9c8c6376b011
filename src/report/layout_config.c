/*
 * Reading the layout's numbers. Invariant: no number of the layout has a default in C. Knows
 * nothing of pages.
 */
#include "report/layout_config.h"

#include "base/embed.h"
#include "port/json.h"

#include <string.h>

static const char file_name[] = "reports/summary.layout.json";

static evpack_status lacks(const char *what, evpack_err *err)
{
    return evpack_fail(err, EVPACK_E_INTERNAL, "%s: '%s' is not there or not usable", file_name,
                       what);
}

static evpack_status number(const json *node, const char *name, double *out, evpack_err *err)
{
    const json *value = json_get(node, name);
    if (!json_is_number(value)) {
        return lacks(name, err);
    }
    *out = json_number(value);
    return EVPACK_OK;
}

/* Six hex digits. */
static evpack_status colour(const json *node, const char *name, uint32_t *out, evpack_err *err)
{
    const char *text = json_get_string(node, name);
    char *end = NULL;
    unsigned long value = text == NULL ? 0 : strtoul(text, &end, 16);
    if (text == NULL || strlen(text) != 6 || *end != '\0') {
        return lacks(name, err);
    }
    *out = (uint32_t)value;
    return EVPACK_OK;
}

static evpack_status face(const json *styles, const char *name, layout_face *out, evpack_err *err)
{
    static const char *const fonts[PDF_FONTS] = {"sans", "bold", "mono"};
    const json *node = json_get(styles, name);
    const char *font = json_get_string(node, "font");
    int which = 0;
    while (font != NULL && which < PDF_FONTS && strcmp(font, fonts[which]) != 0) {
        which++;
    }
    if (font == NULL || which == PDF_FONTS) {
        return lacks(name, err);
    }
    out->face.font = (pdf_font)which;
    EVPACK_TRY(number(node, "size", &out->face.size, err));
    EVPACK_TRY(number(node, "leading", &out->leading, err));
    return colour(node, "colour", &out->face.colour, err);
}

static evpack_status statuses(const json *root, layout_config *out, evpack_err *err)
{
    const json *colours = json_get(root, "status_colours");
    for (int i = 1; i < FINDING_STATUSES; i++) {
        EVPACK_TRY(colour(colours, finding_status_word(i), &out->statuses[i], err));
    }
    for (const json *e = json_first(json_get(root, "status_order")); e != NULL; e = json_next(e)) {
        const char *word = json_string(e);
        for (int i = 1; word != NULL && i < FINDING_STATUSES; i++) {
            if (strcmp(word, finding_status_word(i)) == 0 &&
                out->order_count < FINDING_STATUSES - 1) {
                out->order[out->order_count++] = i;
            }
        }
    }
    return out->order_count == FINDING_STATUSES - 1 ? EVPACK_OK : lacks("status_order", err);
}

static evpack_status read_all(const json *root, layout_config *out, evpack_err *err)
{
    const json *page = json_get(root, "page");
    const struct {
        const char *name;
        double *to;
    } sizes[] = {{"width", &out->width}, {"height", &out->height}, {"left", &out->left},
                 {"right", &out->right}, {"top", &out->top},       {"bottom", &out->bottom},
                 {"head", &out->head},   {"foot", &out->foot}};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        EVPACK_TRY(number(page, sizes[i].name, sizes[i].to, err));
    }
#define LAYOUT_NAME(code, name) [code] = (name),
    static const char *const style_names[] = {LAYOUT_STYLES_LIST(LAYOUT_NAME)};
    static const char *const colour_names[] = {LAYOUT_COLOURS_LIST(LAYOUT_NAME)};
#undef LAYOUT_NAME
    for (int i = 0; i < LAYOUT_STYLES; i++) {
        EVPACK_TRY(face(json_get(root, "styles"), style_names[i], &out->faces[i], err));
    }
    for (int i = 0; i < LAYOUT_COLOURS; i++) {
        EVPACK_TRY(colour(json_get(root, "colours"), colour_names[i], &out->colours[i], err));
    }
    return statuses(root, out, err);
}

evpack_status layout_config_load(layout_config *out, evpack_err *err)
{
    const embed_file *file = embed_find(file_name);
    if (file == NULL) {
        return evpack_fail(err, EVPACK_E_INTERNAL, "%s is not built in", file_name);
    }
    *out = (layout_config){0};
    EVPACK_TRY(json_parse((const char *)file->data, file->len, false, &out->doc, err));
    return read_all(json_root(out->doc), out, err);
}
