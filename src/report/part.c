/*
 * What the parts of the PDF share. Invariant: a bar's segments are in the legend's order, and no
 * status that occurs is too thin to see.
 */
#include "report/part.h"

#include "base/text.h"
#include "report/decisions.h"

#include <stdio.h>
#include <string.h>

const char *part_key(part *p, const char *section, const char *name)
{
    (void)snprintf(p->key, sizeof p->key, "%s.%s", section, name);
    return p->key;
}

const char *part_text(part *p, const char *section, const char *name)
{
    return texts_get(p->words, part_key(p, section, name));
}

void part_number_line(part *p, layout_style style, const char *key, int64_t n, double after)
{
    char number[TEXTS_NUMBER];
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    texts_fill(p->words, &b, key, "n", texts_number(n, number), NULL);
    layout_paragraph(p->l, style, buf_str(&b), after);
}

void part_rest(part *p, const char *key, int64_t n)
{
    if (n > 0) {
        layout_space(p->l, 4);
        part_number_line(p, STYLE_NOTE, key, n, 0);
    }
}

void part_put_counts(part *p, const model_counts *counts, buf *out)
{
    size_t n = 0;
    const int *order = layout_status_order(p->l, &n);
    const char *between = "";
    for (size_t i = 0; i < n; i++) {
        char number[TEXTS_NUMBER];
        if (counts->of[order[i]] > 0) {
            buf_printf(out, "%s%s %s", between, texts_number(counts->of[order[i]], number),
                       texts_word(p->words, "in_words", finding_status_word(order[i]), ""));
            between = ", ";
        }
    }
}

void part_paragraph(part *p, layout_style style, const char *key, double after)
{
    layout_paragraph(p->l, style, texts_get(p->words, key), after);
}

void part_number(part *p, layout_area area, bool bold, int64_t n)
{
    const layout_style styles[] = {bold ? STYLE_CELLBOLD : STYLE_CELL, STYLE_LABEL,
                                   STYLE_MONOSMALL};
    const size_t last = sizeof styles / sizeof styles[0] - 1;
    char text[TEXTS_NUMBER];
    (void)texts_number(n, text);
    size_t i = 0;
    double width = layout_text_width(p->l, styles[0], text);
    while (i < last && width > area.width - 2) {
        width = layout_text_width(p->l, styles[++i], text);
    }
    if (width > area.width) { /* rather into the gap before it than over two lines */
        area.x -= width + 0.1 - area.width;
        area.width = width + 0.1;
    }
    (void)layout_text(p->l, area, styles[i], n == 0 && !bold ? "·" : text);
}

void part_bar(part *p, pdf_box box, const model_counts *counts)
{
    const double gap = 0.7;
    const double least = 1.4;
    layout_fill(p->l, box, layout_colour_of(p->l, COLOUR_LIGHT));
    if (counts->total == 0) {
        return;
    }
    size_t n = 0;
    const int *order = layout_status_order(p->l, &n);
    /* What thin segments get beyond their share is taken from the thick ones. */
    double spare = 0;
    double thick = 0;
    for (size_t i = 0; i < n; i++) {
        double share = box.width * (double)counts->of[order[i]] / (double)counts->total;
        if (counts->of[order[i]] > 0 && share < least) {
            spare += least - share;
        } else {
            thick += share;
        }
    }
    double x = box.x;
    for (size_t i = 0; i < n; i++) {
        if (counts->of[order[i]] == 0) {
            continue;
        }
        double share = box.width * (double)counts->of[order[i]] / (double)counts->total;
        double width = share < least ? least : share - spare * share / thick;
        double right = x + width;
        double drawn = right < box.x + box.width - 0.1 ? width - gap : width;
        layout_fill(p->l, (pdf_box){x, box.y, drawn, box.height},
                    layout_status_colour(p->l, order[i]));
        if (drawn < width) {
            layout_fill(p->l, (pdf_box){x + drawn, box.y, gap, box.height}, 0xffffff);
        }
        x = right;
    }
}

/* Appends at most so many bytes of whole characters. Gives how many are left. */
static int64_t put_start(const char *text, size_t len, size_t most, buf *out)
{
    size_t cut = len <= most ? len : 0;
    while (cut < len && cut < most) {
        size_t n = text_utf8_length(text + cut, len - cut);
        n = n == 0 ? 1 : n;
        if (cut + n > most) {
            break;
        }
        cut += n;
    }
    buf_append(out, text, cut);
    return (int64_t)(len - cut);
}

void part_clip(part *p, const char *text, size_t len, size_t most, buf *out)
{
    const int64_t left = put_start(text, len, most, out);
    char n[TEXTS_NUMBER];
    if (left > 0) {
        texts_fill(p->words, out, "common.clipped", "n", texts_number(left, n), "file",
                   p->list_file, NULL);
    }
}

void part_cut(part *p, const char *text, size_t most, buf *out)
{
    const int64_t left = put_start(text, strlen(text), most, out);
    char n[TEXTS_NUMBER];
    if (left > 0) {
        texts_fill(p->words, out, "common.cut", "n", texts_number(left, n), NULL);
    }
}

void part_put_tested(part *p, const finding_test *t, buf *out)
{
    const char *name = decisions_tested(p->words, t);
    const char *slash = t->policy != 0 && t->rule_title == NULL ? strrchr(name, '/') : NULL;
    if (slash == NULL) {
        buf_puts(out, name);
    } else {
        texts_fill(p->words, out, "finding.untitled", "name", slash + 1, NULL);
    }
}

const char *part_service_title(part *p, const char *slug)
{
    for (size_t i = 0; i < p->m->service_count; i++) {
        const model_service *v = &p->m->services[i];
        if (v->id != 0 && strcmp(v->slug, slug) == 0) {
            return v->title;
        }
    }
    return slug;
}

void part_put_domain(part *p, const model_control *c, buf *out)
{
    if (!c->preview) {
        buf_puts(out, c->id == 0 ? texts_get(p->words, "controls.none") : c->domain);
    } else {
        texts_fill(p->words, out, "controls.preview", "domain", c->domain, "benchmark",
                   c->benchmark, NULL);
    }
}

void part_control_anchor(part *p, int64_t control)
{
    char name[40];
    (void)snprintf(name, sizeof name, "control-%lld", (long long)control);
    layout_anchor(p->l, name);
}

void part_control_link(part *p, pdf_box area, int64_t control)
{
    char name[40];
    (void)snprintf(name, sizeof name, "control-%lld", (long long)control);
    layout_link(p->l, area, name);
}

void part_fresh_page(part *p)
{
    const double at = layout_top(p->l);
    layout_space(p->l, 1); /* which a page's top swallows */
    if (layout_top(p->l) > at) {
        layout_new_page(p->l);
    }
}

void part_fit(part *p, layout_style style, const char *text, double width, buf *out)
{
    enum { MOST = 300 }; /* no line holds more, and each step measures again */
    const size_t start = out->len;
    const size_t whole = strlen(text);
    size_t len = whole;
    while (len > MOST || (len < whole && ((unsigned char)text[len] & 0xc0U) == 0x80U)) {
        len = len > MOST ? MOST : len - 1;
    }
    buf_append(out, text, len);
    while (len > 0 && !out->failed && layout_text_width(p->l, style, out->data + start) > width) {
        do {
            len--;
        } while (len > 0 && ((unsigned char)text[len] & 0xc0U) == 0x80U);
        out->len = start;
        buf_append(out, text, len);
        buf_puts(out, "…");
    }
}

const char *part_time(part *p, const char *rfc3339)
{
    if (rfc3339 == NULL) {
        return texts_get(p->words, "common.not_stated");
    }
    char *to = p->times[p->next_time++ % 4];
    return texts_time(rfc3339, to);
}
