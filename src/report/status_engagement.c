/*
 * The engagement in the state of a case. Invariant: both forms say the same; without an engagement
 * the text says nothing, and JSON null and empty lists.
 */
#include "report/status_engagement.h"

#include "report/status_totals.h"

#include "base/visible.h"
#include "report/engagement.h"

#include <string.h>

static void put_clean(const char *text, buf *line)
{
    visible_append(line, text, strlen(text), NULL, NULL);
}

evpack_status status_engagement_json(const store *s, buf *line, evpack_err *err)
{
    buf_puts(line, "\"engagement\":");
    EVPACK_TRY(engagement_json(s, line, err));
    buf_puts(line, ",\"parameters\":");
    EVPACK_TRY(engagement_parameters_json(s, line, err));
    buf_puts(line, ",\"scoped_out\":");
    EVPACK_TRY(engagement_left_json(s, false, 0, line, err));
    buf_puts(line, ",\"scope_open\":");
    EVPACK_TRY(engagement_left_json(s, true, 0, line, err));
    buf_putc(line, ',');
    return buf_status(line, err);
}

static evpack_status text_fact(void *ctx, const char *label, const char *value, evpack_err *err)
{
    buf *line = ctx;
    buf_printf(line, "  %-18s ", label == NULL ? "" : label);
    put_clean(value, line);
    buf_putc(line, '\n');
    return buf_status(line, err);
}

static evpack_status text_left(const store *s, bool open, unsigned shown, const term *t, buf *line,
                               evpack_err *err)
{
    EVPACK_AUTO(engagement_left) l = NULL;
    EVPACK_TRY(engagement_left_open(s, open, &l, err));
    const engagement_left_row *row = NULL;
    EVPACK_TRY(engagement_left_next(l, &row, err));
    uint64_t count = 0;
    for (; row != NULL; count++) {
        if (count == 0) {
            status_head(
                t, open ? "In scope, because nobody knows whether not" : "Left out of scope", line);
        }
        if (count < shown) {
            buf_puts(line, "  ");
            put_clean(row->subject, line);
            buf_puts(line, "\n    ");
            put_clean(row->why, line);
            buf_putc(line, '\n');
        }
        EVPACK_TRY(engagement_left_next(l, &row, err));
    }
    if (count > shown) {
        buf_printf(line, "  and %llu more; 'evpack status --json' has them all\n",
                   (unsigned long long)(count - shown));
    }
    return buf_status(line, err);
}

evpack_status status_engagement_text(const store *s, unsigned shown, const term *t, buf *line,
                                     evpack_err *err)
{
    EVPACK_AUTO(texts) words = NULL;
    EVPACK_TRY(texts_load(NULL, &words, err));
    EVPACK_AUTO_VALUE(buf_reset) buf facts = {0};
    EVPACK_TRY(engagement_facts(s, words, text_fact, &facts, err));
    if (facts.len > 0) {
        status_head(t, "Engagement", line);
        buf_puts(line, buf_str(&facts));
    }
    EVPACK_TRY(text_left(s, false, shown, t, line, err));
    EVPACK_TRY(text_left(s, true, shown, t, line, err));
    EVPACK_TRY(texts_status(words, err));
    return buf_status(line, err);
}
