/*
 * Lines for bag-info.txt. Invariant: every value stands on its own line and shows as what it is.
 * Refuses to know what the other files of the package say.
 */
#include "package/baginfo.h"

#include "base/visible.h"
#include "report/engagement.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void baginfo_reset(baginfo *b)
{
    arena_reset(&b->text);
}

evpack_status baginfo_add(baginfo *b, const char *label, const char *value, evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf shown = {0};
    visible_append(&shown, value, strlen(value), NULL, NULL);
    EVPACK_TRY(buf_status(&shown, err));
    if (b->count == BAGINFO_MAX) {
        return evpack_fail(err, EVPACK_E_LIMIT, "more than %d lines for " BAG_INFO, BAGINFO_MAX);
    }
    b->at[b->count++] = (bag_field){label, arena_text(&b->text, buf_str(&shown))};
    return arena_status(&b->text, err);
}

evpack_status baginfo_number(baginfo *b, const char *label, uint64_t value, evpack_err *err)
{
    char text[24];
    (void)snprintf(text, sizeof text, "%" PRIu64, value);
    return baginfo_add(b, label, text, err);
}

evpack_status baginfo_place(baginfo *b, uint64_t sequence, const char *previous_sha256,
                            evpack_err *err)
{
    EVPACK_TRY(baginfo_number(b, BAG_SEQUENCE, sequence, err));
    return previous_sha256[0] == '\0' ? EVPACK_OK
                                      : baginfo_add(b, BAG_PREVIOUS, previous_sha256, err);
}

/* One line for each row of a query with one column. */
static evpack_status add_rows(baginfo *b, const store *s, const char *label, const char *sql,
                              int64_t most, evpack_err *err)
{
    EVPACK_AUTO(db_stmt) rows = NULL;
    EVPACK_TRY(db_prepare(store_db(s), sql, &rows, err));
    EVPACK_TRY(db_bind(rows, err, "i", most));
    for (bool row = true; row;) {
        EVPACK_TRY(db_step(rows, &row, err));
        if (row) {
            EVPACK_TRY(baginfo_add(b, label, db_text_or_empty(rows, 0), err));
        }
    }
    return EVPACK_OK;
}

#define SUBSCRIPTION "substr(subject, 16, instr(substr(subject, 16) || '/', '/') - 1)"
#define IN_SUBSCRIPTION " FROM subject WHERE subject LIKE '/subscriptions/_%'"

static const char scope_sql[] =
    "SELECT 'snapshots ' || (SELECT count(*) FROM snapshot WHERE role = 'tenant')"
    " || ', subscriptions ' || (SELECT count(DISTINCT " SUBSCRIPTION ")" IN_SUBSCRIPTION ")"
    " || ', left out ' || (SELECT count(*) FROM scoped_out"
    "   WHERE run_id = (SELECT max(id) FROM run))"
    " LIMIT ?";
static const char snapshots_sql[] = "SELECT coalesce(collected_at, 'undated') || ' ' || label"
                                    " FROM snapshot WHERE role = 'tenant' ORDER BY id LIMIT ?";
static const char subscriptions_sql[] =
    "SELECT DISTINCT " SUBSCRIPTION IN_SUBSCRIPTION " ORDER BY 1 LIMIT ?";
static const char period_sql[] = "SELECT min(period_start) || '/' || max(period_end) FROM snapshot"
                                 " WHERE role = 'tenant' HAVING count(period_start) > 0 LIMIT ?";

typedef struct {
    baginfo *b;
    bool period; /* the engagement says one */
} engaged;

static evpack_status add_engaged(void *ctx, const char *label, const char *value, evpack_err *err)
{
    engaged *e = ctx;
    e->period = e->period || strcmp(label, BAG_PERIOD) == 0;
    return baginfo_add(e->b, label, value, err);
}

evpack_status baginfo_scope(baginfo *b, const store *s, evpack_err *err)
{
    EVPACK_TRY(add_rows(b, s, "Evpack-Scope", scope_sql, 1, err));
    EVPACK_TRY(add_rows(b, s, "Evpack-Snapshot", snapshots_sql, BAGINFO_SNAPSHOTS, err));
    EVPACK_TRY(
        add_rows(b, s, "Evpack-Subscription", subscriptions_sql, BAGINFO_SUBSCRIPTIONS, err));
    engaged e = {.b = b};
    EVPACK_TRY(engagement_bag(s, add_engaged, &e, err));
    return e.period ? EVPACK_OK : add_rows(b, s, BAG_PERIOD, period_sql, 1, err);
}
