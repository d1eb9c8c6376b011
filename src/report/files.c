/*
 * Listing raw files. Invariant: every file of the case comes once, in an order that no import order
 * changes. Knows nothing of formats.
 */
#include "report/files.h"

#include <stdlib.h>

struct report_files {
    db_stmt *rows;
    report_file now;
};

static const char files_sql[] =
    "SELECT e.path, 'data/evidence/' || sn.label || '/' || e.member, sn.label, "
    "lower(hex(c.sha256)),"
    "       CASE e.kind WHEN 'empty' THEN coalesce(l.kind, 'empty') ELSE e.kind END,"
    "       e.encoding, e.shape, coalesce(l.completeness, e.completeness),"
    "       CASE WHEN l.completeness IS NOT NULL AND l.completeness <> e.completeness"
    "            THEN coalesce(l.says, e.reason) ELSE e.reason END, c.size,"
    "       e.records, e.id, row_number() OVER (ORDER BY e.id), sn.collected_at,"
    "       sn.period_start || '/' || sn.period_end"
    "  FROM evidence e"
    "  LEFT JOIN ledger l ON l.evidence_id = e.id AND l.document = -1"
    "  JOIN content c ON c.id = e.content_id"
    "  JOIN snapshot sn ON sn.id = e.snapshot_id"
    " ORDER BY sn.label, e.member";

void report_files_free(report_files *f)
{
    if (f != NULL) {
        db_finalize(f->rows);
        free(f);
    }
}

evpack_status report_files_open(const store *s, report_files **out, evpack_err *err)
{
    EVPACK_AUTO(report_files) f = calloc(1, sizeof *f);
    if (f == NULL) {
        return evpack_oom(err);
    }
    EVPACK_TRY(db_prepare(store_db(s), files_sql, &f->rows, err));
    *out = EVPACK_MOVE(f);
    return EVPACK_OK;
}

evpack_status report_files_next(report_files *f, const report_file **out, evpack_err *err)
{
    *out = NULL;
    bool row = false;
    EVPACK_TRY(db_step(f->rows, &row, err));
    if (!row) {
        return EVPACK_OK;
    }
    f->now = (report_file){.original = db_text_or_empty(f->rows, 0),
                           .path = db_text_or_empty(f->rows, 1),
                           .snapshot = db_text_or_empty(f->rows, 2),
                           .sha256 = db_text_or_empty(f->rows, 3),
                           .kind = db_text_or_empty(f->rows, 4),
                           .encoding = db_text_or_empty(f->rows, 5),
                           .shape = db_text_or_empty(f->rows, 6),
                           .completeness = db_text_or_empty(f->rows, 7),
                           .reason = db_text(f->rows, 8),
                           .size = db_int(f->rows, 9),
                           .records = db_int(f->rows, 10),
                           .evidence_id = db_int(f->rows, 11),
                           .order = db_int(f->rows, 12),
                           .collected_at = db_text(f->rows, 13),
                           .period = db_text(f->rows, 14)};
    *out = &f->now;
    return EVPACK_OK;
}
