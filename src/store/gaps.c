/*
 * Gaps. Invariant: what a gap says is what the findings that wait for it say. Knows nothing of what
 * the kinds mean; commands are filled in by store/needs.
 */
#include "store/gaps.h"

#include "store/needs.h"

#include <stdlib.h>
#include <string.h>

struct gaps {
    db_stmt *rows;
    needs *needs;
    buf command;
};

void gaps_free(gaps *g)
{
    if (g != NULL) {
        db_finalize(g->rows);
        needs_free(g->needs);
        buf_reset(&g->command);
        free(g);
    }
}

evpack_status gaps_open(const store *s, gaps **out, evpack_err *err)
{
    EVPACK_AUTO(gaps) g = calloc(1, sizeof *g);
    if (g == NULL) {
        return evpack_oom(err);
    }
    EVPACK_TRY(needs_load(s, &g->needs, err));
    EVPACK_TRY(db_prepare(store_db(s),
                          "SELECT sn.label, coalesce(r.id_given, r.subject), f.need, f.findings"
                          " FROM (SELECT f.record_id, f.need, count(*) AS findings FROM test t"
                          "        JOIN finding f ON f.test_id = t.id"
                          "        WHERE t.run_id = (SELECT max(id) FROM run) AND f.status = 6"
                          "          AND f.need IS NOT NULL GROUP BY f.record_id, f.need) f"
                          " JOIN record r ON r.id = f.record_id"
                          " JOIN evidence e ON e.id = r.evidence_id"
                          " JOIN snapshot sn ON sn.id = e.snapshot_id"
                          " ORDER BY sn.label, r.subject, f.need",
                          &g->rows, err));
    *out = EVPACK_MOVE(g);
    return EVPACK_OK;
}

evpack_status gaps_next(gaps *g, gap *out, bool *more, evpack_err *err)
{
    EVPACK_TRY(db_step(g->rows, more, err));
    if (!*more) {
        return EVPACK_OK;
    }
    buf_clear(&g->command);
    const char *kind = db_text_or_empty(g->rows, 2);
    needs_command(g->needs, kind, db_text_or_empty(g->rows, 1), &g->command);
    EVPACK_TRY(buf_status(&g->command, err));
    *out = (gap){.snapshot = db_text_or_empty(g->rows, 0),
                 .subject = db_text_or_empty(g->rows, 1),
                 .need = kind,
                 .what = needs_what(g->needs, kind),
                 .command = buf_str(&g->command),
                 .findings = db_int(g->rows, 3)};
    return EVPACK_OK;
}
