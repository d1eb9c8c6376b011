/*
 * Redactions: which values the case takes for secrets, where they stand, what became of them in the
 * package, and how that can be proved. Invariant: no value is shown, only its kind and place; what
 * the cap leaves out is counted.
 */
#include "report/part.h"
#include "store/secret.h"

#include <string.h>

enum { PATH_BYTES = 300 };

static const char secrets_sql[] =
    "SELECT sn.label, e.path, x.words, x.place, x.pointer, x.start, x.length,"
    " lower(hex(x.commitment)), e.id"
    " FROM secret x JOIN evidence e ON e.id = x.evidence_id"
    " JOIN snapshot sn ON sn.id = e.snapshot_id ORDER BY sn.id, e.path, x.start, x.id LIMIT ?1";
enum { S_LABEL, S_PATH, S_WORDS, S_PLACE, S_POINTER, S_START, S_LENGTH, S_COMMITMENT, S_FILE };

/* What became of it, in its file or in that file's name: its text's key. */
static const char *fate(part *p, int64_t file, bool name)
{
    report_redacted r = {0};
    if (name) { /* the case itself keeps a marker in its place */
        return "redacted.replaced";
    }
    if (p->options->package_id == NULL) {
        return "redacted.no_package";
    }
    if (p->options->redacted == NULL || !p->options->redacted(p->options->redacted_ctx, file, &r)) {
        return "redacted.kept";
    }
    return r.withheld ? "redacted.withheld" : "redacted.replaced";
}

static void put_row(part *p, const table *t, db_stmt *row)
{
    char n[2][TEXTS_NUMBER];
    const char *const none[TABLE_COLUMNS] = {0};
    const char *path = db_text_or_empty(row, S_PATH);
    const char *pointer = db_text(row, S_POINTER);
    EVPACK_AUTO_VALUE(buf_reset) buf file = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf place = {0};
    buf_printf(&file, "%s/", db_text_or_empty(row, S_LABEL));
    part_cut(p, path, PATH_BYTES, &file);
    if (pointer != NULL) {
        buf_putc(&file, '#');
        part_cut(p, pointer, PATH_BYTES, &file);
    }
    bool name = strcmp(db_text_or_empty(row, S_PLACE), "name") == 0;
    texts_fill(p->words, &place, name ? "redacted.in_name" : "redacted.in_bytes", "start",
               texts_number(db_int(row, S_START), n[0]), "length",
               texts_number(db_int(row, S_LENGTH), n[1]), NULL);
    const double pad = table_row(t, none);
    layout_area where = t->at[0];
    where.y = layout_text(p->l, where, STYLE_MONO, buf_str(&file));
    where.y = layout_text(p->l, where, STYLE_LABEL, buf_str(&place));
    where.width = layout_width(p->l);
    const double a = layout_text(p->l, t->at[1], STYLE_CELL, db_text_or_empty(row, S_WORDS));
    const double b = layout_text(p->l, t->at[2], STYLE_CELL,
                                 texts_get(p->words, fate(p, db_int(row, S_FILE), name)));
    where.y = where.y > a ? where.y : a;
    where.y = where.y > b ? where.y : b;
    EVPACK_AUTO_VALUE(buf_reset) buf proof = {0};
    texts_fill(p->words, &proof, "redacted.commitment", "hex", db_text_or_empty(row, S_COMMITMENT),
               NULL);
    where.y = layout_text(p->l, where, STYLE_MONOSMALL, buf_str(&proof));
    table_row_end(t, where.y + pad);
}

static evpack_status list(part *p, int64_t total, evpack_err *err)
{
    table t;
    EVPACK_AUTO(db_stmt) rows = NULL;
    EVPACK_TRY(db_prepare(store_db(p->s), secrets_sql, &rows, err));
    EVPACK_TRY(db_bind(rows, err, "i", p->options->cap));
    EVPACK_TRY(table_open(p->l, "redacted", &t, err));
    table_head(&t, p->words, "redacted.columns");
    int64_t shown = 0;
    for (bool row = true; row;) {
        EVPACK_TRY(db_step(rows, &row, err));
        if (row) {
            put_row(p, &t, rows);
            shown++;
        }
    }
    table_end(&t);
    part_rest(p, "redacted.rest", total - shown);
    layout_space(p->l, 6);
    part_paragraph(p, STYLE_BODY, "redacted.proof", 0);
    return EVPACK_OK;
}

static const char received_sql[] =
    "SELECT line ->> '$.detail.package_id', line ->> '$.detail.redacted',"
    " line ->> '$.detail.withheld' FROM custody_event"
    " WHERE line ->> '$.event' = 'receive' ORDER BY id LIMIT ?1";

/* Evidence that came out of packages may have been redacted before it came. */
static evpack_status received(part *p, evpack_err *err)
{
    EVPACK_AUTO(db_stmt) rows = NULL;
    EVPACK_TRY(db_prepare(store_db(p->s), received_sql, &rows, err));
    EVPACK_TRY(db_bind(rows, err, "i", p->options->cap));
    for (bool row = true; row;) {
        EVPACK_TRY(db_step(rows, &row, err));
        if (row) {
            char n[2][TEXTS_NUMBER];
            EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
            texts_fill(p->words, &b, "redacted.received", "id", db_text_or_empty(rows, 0),
                       "redacted", texts_number(db_int(rows, 1), n[0]), "withheld",
                       texts_number(db_int(rows, 2), n[1]), NULL);
            layout_paragraph(p->l, STYLE_BODY, buf_str(&b), 4);
        }
    }
    return EVPACK_OK;
}

evpack_status part_redacted(part *p, evpack_err *err)
{
    secret_totals totals = {0};
    char n[2][TEXTS_NUMBER];
    EVPACK_TRY(secret_count(p->s, &totals, err));
    layout_section(p->l, texts_get(p->words, "redacted.title"), KEEP_SECTION);
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    texts_fill(p->words, &b, totals.secrets == 0 ? "redacted.none" : "redacted.intro", "n",
               texts_number(totals.secrets, n[0]), "files", texts_number(totals.files, n[1]), NULL);
    layout_paragraph(p->l, STYLE_BODY, buf_str(&b), 6);
    if (totals.unseen > 0) {
        part_number_line(p, STYLE_BODY, "redacted.unseen", totals.unseen, 6);
    }
    EVPACK_TRY(received(p, err));
    return totals.secrets == 0 ? EVPACK_OK : list(p, totals.secrets, err);
}
