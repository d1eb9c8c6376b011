/*
 * Completeness, gaps, files and custody of the page. Invariant: a list that is cut carries its true
 * length. Knows nothing of how it is shown.
 */
#include "report/island_backing.h"

#include "report/files.h"
#include "store/gaps.h"

#include <string.h>

/* [ or ,[ before a row. */
static void row_open(buf *b)
{
    buf_puts(b, b->len > 0 && b->data[b->len - 1] == ']' ? ",\n[" : "\n[");
}

static void text(buf *b, const char *value)
{
    if (b->data[b->len - 1] != '[') {
        buf_putc(b, ',');
    }
    buf_json_text(b, value);
}

static void number(buf *b, int64_t n)
{
    buf_printf(b, ",%lld", (long long)n);
}

static void population(island *i)
{
    const model *m = i->from->m;
    buf *b = &i->b;
    buf_printf(b, ",\"kinds\":{\"total\":%lld,\"rows\":[", (long long)m->kind_total);
    for (size_t k = 0; k < m->kind_count; k++) {
        row_open(b);
        text(b, m->kinds[k].kind);
        number(b, m->kinds[k].objects);
        number(b, m->kinds[k].summaries);
        number(b, m->kinds[k].assessed);
        buf_putc(b, ']');
    }
    buf_puts(b, "]},\"completeness\":[");
    for (size_t k = 0; k < m->completeness_count; k++) {
        row_open(b);
        text(b, m->completeness[k].word);
        number(b, m->completeness[k].files);
        number(b, m->completeness[k].records);
        buf_putc(b, ']');
    }
    buf_puts(b, "],\"subscriptions\":[");
    for (size_t k = 0; k < m->subscription_count; k++) {
        row_open(b);
        text(b, m->subscriptions[k].id);
        text(b, m->subscriptions[k].name);
        buf_putc(b, ']');
    }
    buf_puts(b, "],\"untested\":[");
    for (size_t k = 0; k < m->untested_count; k++) {
        text(b, m->untested[k]);
    }
    buf_putc(b, ']');
}

static evpack_status gap_rows(island *i, evpack_err *err)
{
    const model *m = i->from->m;
    buf *b = &i->b;
    int64_t total = 0;
    int64_t waiting = 0;
    for (size_t k = 0; k < m->gap_count; k++) {
        total += m->gaps[k].subjects;
        waiting += m->gaps[k].findings;
    }
    buf_printf(b, ",\"gaps\":{\"total\":%lld,\"findings\":%lld,\"kinds\":[", (long long)total,
               (long long)waiting);
    for (size_t k = 0; k < m->gap_count; k++) {
        const model_gap *one = &m->gaps[k];
        row_open(b);
        text(b, one->what);
        number(b, one->findings);
        number(b, one->subjects);
        buf_puts(b, ",[");
        for (size_t c = 0; c < one->command_count; c++) {
            text(b, one->commands[c]);
        }
        buf_puts(b, one->more_commands ? "],1]" : "],0]");
    }
    buf_puts(b, "],\"rows\":[");
    EVPACK_AUTO(gaps) g = NULL;
    EVPACK_TRY(gaps_open(i->from->s, &g, err));
    gap now;
    bool more = false;
    EVPACK_TRY(gaps_next(g, &now, &more, err));
    for (int64_t shown = 0; more && shown < island_list(i); shown++) {
        row_open(b);
        text(b, now.subject);
        text(b, now.what);
        number(b, now.findings);
        text(b, now.command);
        buf_putc(b, ']');
        EVPACK_TRY(gaps_next(g, &now, &more, err));
    }
    buf_puts(b, "]}");
    island_flush(i, b);
    return EVPACK_OK;
}

static evpack_status note_rows(island *i, evpack_err *err)
{
    buf *b = &i->b;
    int64_t total = 0;
    EVPACK_TRY(db_value(store_db(i->from->s), "SELECT count(*) FROM ledger_note", &total, err));
    buf_printf(b, ",\"notes\":{\"total\":%lld,\"rows\":[", (long long)total);
    EVPACK_AUTO(db_stmt) rows = NULL;
    EVPACK_TRY(db_prepare(store_db(i->from->s),
                          "SELECT sn.label, n.subject, n.text, n.command FROM ledger_note n"
                          "  JOIN snapshot sn ON sn.id = n.snapshot_id"
                          " ORDER BY sn.id, n.code, n.id LIMIT ?",
                          &rows, err));
    EVPACK_TRY(db_bind(rows, err, "i", island_list(i)));
    bool row = false;
    EVPACK_TRY(db_step(rows, &row, err));
    while (row) {
        row_open(b);
        for (int k = 0; k < 4; k++) {
            text(b, db_text(rows, k));
        }
        buf_putc(b, ']');
        EVPACK_TRY(db_step(rows, &row, err));
    }
    buf_puts(b, "]}");
    island_flush(i, b);
    return EVPACK_OK;
}

static void file_row(island *i, const report_file *f, const report_redacted *copy)
{
    buf *b = &i->b;
    row_open(b);
    text(b, f->path);
    /* data/evidence/SNAPSHOT/ is ours; what follows is the original path unless it was escaped. */
    const char *tail = f->path + strlen("data/evidence/") + strlen(f->snapshot) + 1;
    text(b, strcmp(tail, f->original) == 0 ? NULL : f->original);
    text(b, f->sha256);
    text(b, f->kind);
    text(b, f->completeness);
    number(b, f->records);
    number(b, f->size);
    text(b, f->reason);
    text(b, copy == NULL || copy->withheld ? NULL : copy->sha256);
    buf_putc(b, ']');
    island_flush(i, b);
}

/* The first files; all are asked whether they are in the package as they are. */
static evpack_status file_rows(island *i, evpack_err *err)
{
    const report_options *o = i->from->options;
    int64_t redacted = 0;
    int64_t withheld = 0;
    int64_t shown = 0;
    EVPACK_AUTO_VALUE(buf_reset) buf left_out = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf copies = {0};
    buf *b = &i->b;
    buf_printf(b, ",\"files\":{\"total\":%lld,\"rows\":[", (long long)i->from->m->files);
    island_flush(i, b);
    EVPACK_AUTO(report_files) files = NULL;
    EVPACK_TRY(report_files_open(i->from->s, &files, err));
    const report_file *f = NULL;
    EVPACK_TRY(report_files_next(files, &f, err));
    while (f != NULL && (o->redacted != NULL || shown < o->index_cap)) {
        report_redacted copy = {0};
        bool changed = o->redacted != NULL && o->redacted(o->redacted_ctx, f->evidence_id, &copy);
        if (changed) {
            int64_t *n = copy.withheld ? &withheld : &redacted;
            buf *paths = copy.withheld ? &left_out : &copies;
            buf_puts(paths, (*n)++ > 0 ? "," : "");
            island_string(paths, f->path);
        }
        if (shown < o->index_cap) {
            buf_puts(b, shown > 0 ? "," : "");
            file_row(i, f, changed ? &copy : NULL);
            shown++;
        }
        EVPACK_TRY(report_files_next(files, &f, err));
    }
    buf_puts(b, "]}");
    if (redacted + withheld > 0) {
        buf_printf(b, ",\"redacted\":{\"files\":%lld,\"withheld\":%lld}", (long long)redacted,
                   (long long)withheld);
        buf_printf(b, ",\"withheld\":[%s]", buf_str(&left_out));
        buf_printf(b, ",\"copies\":[%s]", buf_str(&copies));
        EVPACK_TRY(buf_status(&left_out, err));
        return buf_status(&copies, err);
    }
    return EVPACK_OK;
}

static void custody(island *i)
{
    const model *m = i->from->m;
    buf *b = &i->b;
    buf_printf(b, ",\"custody\":{\"total\":%lld,\"rows\":[", (long long)m->event_total);
    for (size_t k = 0; k < m->event_count; k++) {
        const model_event *e = &m->events[k];
        const char *const cells[] = {e->at, e->event, e->by, e->reason, e->detail, e->sha256};
        row_open(b);
        for (size_t c = 0; c < sizeof cells / sizeof cells[0]; c++) {
            text(b, cells[c]);
        }
        buf_putc(b, ']');
    }
    buf_puts(b, "]}");
    island_flush(i, b);
}

evpack_status island_backing(island *i, evpack_err *err)
{
    population(i);
    EVPACK_TRY(gap_rows(i, err));
    EVPACK_TRY(note_rows(i, err));
    EVPACK_TRY(file_rows(i, err));
    custody(i);
    return EVPACK_OK;
}
