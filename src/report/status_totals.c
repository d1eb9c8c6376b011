/*
 * Rows of totals. Invariant: what goes into a pipe is the text alone, the same for every width and
 * locale; bars and colours only stand behind or around it.
 */
#include "report/status_totals.h"

#include "base/visible.h"
#include "report/coverage.h"

#include <stdio.h>
#include <string.h>

enum { TYPES_SHOWN = 12, BAR_MIN = 8, BAR_MAX = 40, PERCENT = 8 };

void status_head(const term *t, const char *text, buf *line)
{
    buf_putc(line, '\n');
    term_begin(t, TERM_BOLD, line);
    buf_puts(line, text);
    term_end(t, line);
    buf_putc(line, '\n');
}

void status_word(const term *t, const char *word, int columns, buf *line)
{
    term_begin(t, term_style_of(word), line);
    buf_printf(line, "%-*s", columns, word);
    term_end(t, line);
}

void status_bar(const term *t, const char *word, int64_t part, int64_t whole, unsigned columns,
                buf *line)
{
    if (t->width >= columns + PERCENT + BAR_MIN && whole > 0) {
        unsigned room = t->width - columns - PERCENT;
        double share = (double)part * 100 / (double)whole;
        buf_puts(line, "  ");
        term_begin(t, term_style_of(word), line);
        term_bar(t, (uint64_t)part, (uint64_t)whole, room < BAR_MAX ? room : BAR_MAX, line);
        term_end(t, line);
        /* Neither a few nor all but a few are rounded away. */
        buf_printf(line,
                   share > 0 && share < 1      ? " < 1 %%"
                   : share > 99 && share < 100 ? " >99 %%"
                                               : " %3.0f %%",
                   share);
    }
    buf_putc(line, '\n');
}

typedef struct {
    buf *line;
    coverage_row total;
    size_t rows;
} coverage_list;

static evpack_status text_type(void *ctx, const coverage_row *row, evpack_err *err)
{
    coverage_list *list = ctx;
    coverage_add(&list->total, row);
    if (row->not_covered > 0 && list->rows++ < TYPES_SHOWN) {
        buf_printf(list->line, "    %8lld  ", (long long)row->not_covered);
        visible_append(list->line, row->type, strlen(row->type), NULL, NULL);
        if (row->why != NULL) {
            buf_puts(list->line, ": ");
            visible_append(list->line, row->why, strlen(row->why), NULL, NULL);
        }
        buf_putc(list->line, '\n');
    }
    return buf_status(list->line, err);
}

static void text_part(const term *t, const char *word, int64_t n, int64_t all, buf *line)
{
    buf_printf(line, "  %-20s %10lld", word, (long long)n);
    status_bar(t, strcmp(word, "assessed") == 0 ? "pass" : word, n, all, 33, line);
}

evpack_status status_coverage_text(const store *s, const term *t, buf *line, evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf types = {0};
    coverage_list list = {.line = &types};
    bool run = false;
    EVPACK_TRY(coverage_read(s, text_type, &list, &run, err));
    if (!run) {
        return EVPACK_OK;
    }
    const int64_t all = list.total.records;
    char head[48];
    (void)snprintf(head, sizeof head, "Records (%lld)", (long long)all);
    status_head(t, head, line);
    text_part(t, "assessed", list.total.assessed, all, line);
    text_part(t, "supporting evidence", list.total.supporting, all, line);
    if (list.total.scoped_out > 0) {
        text_part(t, "left out of scope", list.total.scoped_out, all, line);
    }
    if (list.total.unmapped > 0) {
        text_part(t, "not mapped yet", list.total.unmapped, all, line);
    }
    text_part(t, "not covered", list.total.not_covered, all, line);
    buf_puts(line, buf_str(&types));
    if (list.rows > TYPES_SHOWN) {
        buf_printf(line, "    and %zu types more; 'evpack status --json' has them all\n",
                   list.rows - TYPES_SHOWN);
    }
    return buf_status(line, err);
}

static evpack_status count_findings(const store *s, int64_t *out, evpack_err *err)
{
    return db_value(store_db(s),
                    "SELECT count(*) FROM test t JOIN finding f ON f.test_id = t.id"
                    " WHERE t.run_id = (SELECT max(id) FROM run)",
                    out, err);
}

evpack_status status_findings_text(const store *s, const term *t, buf *line, evpack_err *err)
{
    EVPACK_AUTO(db_stmt) run = NULL;
    EVPACK_TRY(db_prepare(store_db(s), STATUS_RUN_SQL, &run, err));
    bool row = false;
    EVPACK_TRY(db_step(run, &row, err));
    if (!row) {
        buf_puts(line, "\nNo findings yet: run 'evpack map'.\n");
        return EVPACK_OK;
    }
    EVPACK_AUTO_VALUE(buf_reset) buf head = {0};
    buf_printf(&head, "Findings of the run at %s (mapping %s, SHA-256 %.16s…)",
               db_text_or_empty(run, 0), db_text_or_empty(run, 2), db_text_or_empty(run, 1));
    EVPACK_TRY(buf_status(&head, err));
    status_head(t, buf_str(&head), line);
    int64_t all = 0;
    if (t->width > 0) {
        EVPACK_TRY(count_findings(s, &all, err));
    }
    EVPACK_AUTO(db_stmt) rows = NULL;
    EVPACK_TRY(db_prepare(store_db(s), STATUS_FINDINGS_SQL, &rows, err));
    for (row = true; row;) {
        EVPACK_TRY(db_step(rows, &row, err));
        if (row) {
            const char *word = db_text_or_empty(rows, 0);
            buf_puts(line, "  ");
            status_word(t, word, 14, line);
            buf_printf(line, " %10lld", (long long)db_int(rows, 1));
            status_bar(t, word, db_int(rows, 1), all, 27, line);
        }
    }
    return EVPACK_OK;
}
