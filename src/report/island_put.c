/*
 * JSON into the page. Invariant: between a block's tags stands no '<', whatever the evidence holds.
 * Knows nothing of what the members mean.
 */
#include "report/island_put.h"

#include <stdlib.h>
#include <string.h>

void island_reset(island *i)
{
    needs_free(i->needs);
    free(i->tests);
    for (size_t k = 0; k < i->label_count; k++) {
        free(i->labels[k]);
    }
    free(i->labels);
    buf_reset(&i->b);
}

int64_t island_list(const island *i)
{
    const int64_t cap = i->from->options->html_cap;
    return cap > 0 && cap < ISLAND_LIST ? cap : ISLAND_LIST;
}

evpack_status island_label(island *i, const char *label, evpack_err *err)
{
    char **grown = realloc(i->labels, (i->label_count + 1) * sizeof *grown);
    i->labels = grown == NULL ? i->labels : grown;
    char *own = grown == NULL ? NULL : strdup(label);
    if (own == NULL) {
        return evpack_oom(err);
    }
    i->labels[i->label_count++] = own;
    return EVPACK_OK;
}

void island_string(buf *b, const char *text)
{
    buf_json_string(b, text, strlen(text));
}

void island_name(buf *b, const char *name)
{
    bool first = b->len > 0 && b->data[b->len - 1] == '{';
    buf_printf(b, "%s\"%s\":", first ? "" : ",", name);
}

void island_member(buf *b, const char *name, const char *text)
{
    if (text != NULL) {
        island_name(b, name);
        island_string(b, text);
    }
}

void island_number(buf *b, const char *name, int64_t n)
{
    island_name(b, name);
    buf_printf(b, "%lld", (long long)n);
}

void island_flush(island *i, buf *b)
{
    buf *to = &i->from->out->b;
    const char *p = b->data;
    size_t left = b->len;
    while (left > 0) {
        const char *hit = memchr(p, '<', left);
        size_t n = hit == NULL ? left : (size_t)(hit - p);
        buf_append(to, p, n);
        p += n;
        left -= n;
        if (hit != NULL) {
            buf_puts(to, "\\u003c");
            p++;
            left--;
        }
    }
    to->failed = to->failed || b->failed;
    buf_clear(b);
    report_out_some(i->from->out);
}

void island_block(island *i, const char *kind, const char *name)
{
    buf_printf(&i->from->out->b, "<script type=\"application/json\" %s=\"%s\">", kind, name);
}

void island_block_end(island *i)
{
    buf_puts(&i->from->out->b, "</script>\n");
}
