/*
 * Rows of engagements. Invariant: an engagement has its own file among its files. Refuses to know
 * what is in them.
 */
#include "store/engagement.h"

#include "base/text.h"

#include <stdio.h>

evpack_status engagement_add(store *s, int64_t evidence, int64_t now, int64_t *id, evpack_err *err)
{
    char at[TEXT_TIME];
    text_format_time(now, at);
    EVPACK_AUTO(db_stmt) add = NULL;
    EVPACK_TRY(db_prepare(
        store_db(s), "INSERT INTO engagement(imported_at, evidence_id) VALUES (?, ?)", &add, err));
    EVPACK_TRY(db_bind(add, err, "ti", at, evidence));
    EVPACK_TRY(db_run(add, err));
    *id = db_last_id(store_db(s));
    return engagement_add_file(s, *id, evidence, "engagement", err);
}

evpack_status engagement_add_file(store *s, int64_t engagement, int64_t evidence, const char *role,
                                  evpack_err *err)
{
    EVPACK_AUTO(db_stmt) add = NULL;
    EVPACK_TRY(db_prepare(store_db(s),
                          "INSERT INTO engagement_file VALUES (?, ?, ?)"
                          " ON CONFLICT DO NOTHING",
                          &add, err));
    EVPACK_TRY(db_bind(add, err, "iit", engagement, evidence, role));
    return db_run(add, err);
}

evpack_status engagement_find(const store *s, engagement_held *out, evpack_err *err)
{
    *out = (engagement_held){0};
    EVPACK_AUTO(db_stmt) find = NULL;
    EVPACK_TRY(db_prepare(store_db(s),
                          "SELECT g.id, lower(hex(c.sha256)) FROM engagement g"
                          " JOIN evidence e ON e.id = g.evidence_id"
                          " JOIN content c ON c.id = e.content_id ORDER BY g.id DESC LIMIT 1",
                          &find, err));
    bool row = false;
    EVPACK_TRY(db_step(find, &row, err));
    if (row) {
        out->id = db_int(find, 0);
        (void)snprintf(out->sha256, sizeof out->sha256, "%s", db_text_or_empty(find, 1));
    }
    return EVPACK_OK;
}
