/*
 * Telling what a comparison found. Invariant: totals count what the lists hold, whatever their
 * limits. Refuses to know how it is shown.
 */
#include "store/drift_private.h"

#include "store/findings_private.h"

#include <string.h>

const char *drift_verdict_word(drift_verdict verdict)
{
    static const char *const words[] = {[DRIFT_SAME] = "same",
                                        [DRIFT_BETTER] = "better",
                                        [DRIFT_WORSE] = "worse",
                                        [DRIFT_MIXED] = "mixed",
                                        [DRIFT_OTHER] = "other"};
    return words[verdict];
}

const char *drift_move_word(drift_move move)
{
    static const char *const words[DRIFT_MOVES] = {[DRIFT_APPEARED] = "appeared",
                                                   [DRIFT_FIRST_SEEN] = "first_seen",
                                                   [DRIFT_GONE] = "gone",
                                                   [DRIFT_NOT_SEEN] = "not_seen"};
    return words[move];
}

drift_verdict drift_judge(const drift_numbers *n)
{
    const bool better = n->better > 0;
    const bool worse = n->worse + n->new_fails > 0;
    if (better || worse) {
        return better && worse ? DRIFT_MIXED : better ? DRIFT_BETTER : DRIFT_WORSE;
    }
    return n->other + n->first_fails + n->fails_gone > 0 ? DRIFT_OTHER : DRIFT_SAME;
}

static const char *set(const char *text)
{
    return text == NULL || text[0] == '\0' ? NULL : text;
}

/* The control whose findings a control's row stands for. */
static evpack_status stood(db_stmt *q, int64_t control, int64_t at[][FINDING_STATUSES], bool *any,
                           evpack_err *err)
{
    *any = false;
    EVPACK_TRY(db_bind(q, err, "i", control));
    for (bool row = true; row;) {
        EVPACK_TRY(db_step(q, &row, err));
        if (row) {
            at[db_int(q, 0)][db_int(q, 1)] = db_int(q, 2);
            *any = true;
        }
    }
    return EVPACK_OK;
}

static void read_numbers(db_stmt *q, int from, drift_numbers *n)
{
    int64_t *const into[] = {&n->better,      &n->worse,       &n->new_fails,
                             &n->first_fails, &n->other,       &n->decided,
                             &n->fails_gone,  &n->only_before, &n->only_after};
    for (size_t i = 0; i < sizeof into / sizeof into[0]; i++) {
        *into[i] = db_int(q, from + (int)i);
    }
}

static const char controls_sql[] =
    "SELECT c.id, c.benchmark, c.control_id, total(t.better), total(t.worse), total(t.new_fails),"
    "       total(t.first_fails),"
    "       total(t.other), total(t.decided), total(t.fails_gone), total(t.only_before),"
    "       total(t.only_after)"
    "  FROM drift_control c"
    "  LEFT JOIN drift_tally t ON t.control = c.id AND (?1 < 0 OR t.to_side = ?1)"
    " GROUP BY c.id"
    " ORDER BY c.control_id = '', c.benchmark, c.ordinal, c.word, c.number, c.control_id";

evpack_status drift_each_control(drift *d, int to, drift_told_control told, void *ctx,
                                 evpack_err *err)
{
    EVPACK_AUTO(db_stmt) q = NULL;
    EVPACK_AUTO(db_stmt) at = NULL;
    EVPACK_TRY(drift_tally(d, err));
    EVPACK_TRY(db_prepare(d->d, controls_sql, &q, err));
    EVPACK_TRY(db_prepare(d->d,
                          "SELECT s.side, s.status, sum(s.n) FROM drift_test t"
                          " JOIN drift_stood s ON s.test = t.id"
                          " WHERE t.control = ? GROUP BY s.side, s.status",
                          &at, err));
    EVPACK_TRY(db_bind(q, err, "i", (int64_t)to));
    for (bool row = true; row;) {
        EVPACK_TRY(db_step(q, &row, err));
        if (!row) {
            break;
        }
        int64_t counts[DRIFT_SIDES][FINDING_STATUSES] = {0};
        bool any = false;
        EVPACK_TRY(stood(at, db_int(q, 0), counts, &any, err));
        drift_control one = {.benchmark = set(db_text(q, 1)),
                             .control_id = set(db_text(q, 2)),
                             .at = (const int64_t(*)[FINDING_STATUSES])counts};
        read_numbers(q, 3, &one.n);
        if (any) {
            EVPACK_TRY(told(ctx, &one, err));
        }
    }
    return EVPACK_OK;
}

static const char changes_sql[] =
    "SELECT c.from_side, c.to_side, k.benchmark, k.control_id, t.service, t.feature, t.rule,"
    "       t.source, t.title, s.given, s.type, c.before, c.after, c.raw_before, c.raw_after,"
    "       va.version, vb.version, coalesce(na.key, s.key), coalesce(nb.key, s.key), c.part"
    "  FROM drift_change c"
    "  JOIN drift_test t ON t.id = c.test"
    "  JOIN drift_control k ON k.id = t.control"
    "  JOIN drift_subject s ON s.id = c.subject"
    "  LEFT JOIN drift_version va ON va.test = c.test AND va.side = c.from_side"
    "  LEFT JOIN drift_version vb ON vb.test = c.test AND vb.side = c.to_side"
    "  LEFT JOIN drift_nameless na ON na.subject = c.subject AND na.side = c.from_side"
    "  LEFT JOIN drift_nameless nb ON nb.subject = c.subject AND nb.side = c.to_side"
    " WHERE ?1 IS NULL OR k.control_id = ?1"
    " ORDER BY c.way, c.to_side DESC, k.control_id = '', k.benchmark, k.ordinal, k.word, k.number,"
    "          k.control_id, t.service, t.title, t.rule, t.source, s.key, c.part"
    " LIMIT ?2";

/* The finding's id at a side, where its subject's key stands in that column, as findings.h has it.
 */
static evpack_status name_it(const drift *d, db_stmt *q, int side, int subject, uuid_maker *uuids,
                             char out[UUID_TEXT], evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf name = {0};
    for (int i = 2; i < 8; i++) { /* benchmark … source */
        findings_id_part(&name, set(db_text(q, i)));
    }
    findings_id_part(&name, d->sides[side].label);
    findings_id_part(&name, db_text_or_empty(q, subject));
    if (set(db_text(q, 19)) != NULL) {
        findings_id_part(&name, db_text(q, 19));
    }
    buf_putc(&name, ']');
    EVPACK_TRY(buf_status(&name, err));
    return uuid_make(uuids, name.data, name.len, out, err);
}

evpack_status drift_each_change(drift *d, const drift_pick *pick, drift_told_change told, void *ctx,
                                evpack_err *err)
{
    EVPACK_AUTO(db_stmt) q = NULL;
    EVPACK_AUTO(uuid_maker) uuids = NULL;
    EVPACK_TRY(uuid_maker_new(&uuids, err));
    EVPACK_TRY(db_prepare(d->d, changes_sql, &q, err));
    EVPACK_TRY(db_bind(q, err, "ti", pick->control_id, pick->limit > 0 ? pick->limit : -1));
    for (bool row = true; row;) {
        EVPACK_TRY(db_step(q, &row, err));
        if (!row) {
            break;
        }
        drift_change one = {.from = (int)db_int(q, 0), .to = (int)db_int(q, 1)};
        const char **const texts[] = {&one.benchmark, &one.control_id, &one.service,
                                      &one.feature,   &one.rule,       &one.source,
                                      &one.title,     &one.subject,    &one.type};
        for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
            *texts[i] = set(db_text(q, 2 + (int)i));
        }
        one.before = (int)db_int(q, 11);
        one.after = (int)db_int(q, 12);
        one.raw_before = (int)db_int(q, 13);
        one.raw_after = (int)db_int(q, 14);
        one.version_before = db_text(q, 15);
        one.version_after = db_text(q, 16);
        EVPACK_TRY(name_it(d, q, one.from, 17, uuids, one.before_id, err));
        EVPACK_TRY(name_it(d, q, one.to, 18, uuids, one.after_id, err));
        EVPACK_TRY(told(ctx, &one, err));
    }
    return EVPACK_OK;
}

evpack_status drift_each_moved(drift *d, drift_move move, int64_t limit, drift_told_moved told,
                               void *ctx, evpack_err *err)
{
    EVPACK_AUTO(db_stmt) q = NULL;
    EVPACK_TRY(db_prepare(d->d,
                          "SELECT m.from_side, m.to_side, s.given, s.type, s.kind"
                          "  FROM drift_moved m JOIN drift_subject s ON s.id = m.subject"
                          " WHERE m.move = ? ORDER BY m.to_side DESC, s.key LIMIT ?",
                          &q, err));
    EVPACK_TRY(db_bind(q, err, "ii", (int64_t)move, limit > 0 ? limit : -1));
    for (bool row = true; row;) {
        EVPACK_TRY(db_step(q, &row, err));
        if (row) {
            const drift_moved one = {.from = (int)db_int(q, 0),
                                     .to = (int)db_int(q, 1),
                                     .subject = db_text_or_empty(q, 2),
                                     .type = db_text(q, 3),
                                     .kind = db_text(q, 4)};
            EVPACK_TRY(told(ctx, &one, err));
        }
    }
    return EVPACK_OK;
}

static evpack_status each_item(drift *d, const char *sql, int64_t limit, drift_told_item told,
                               void *ctx, evpack_err *err)
{
    EVPACK_AUTO(db_stmt) q = NULL;
    EVPACK_TRY(db_prepare(d->d, sql, &q, err));
    EVPACK_TRY(db_bind(q, err, "i", limit > 0 ? limit : -1));
    for (bool row = true; row;) {
        EVPACK_TRY(db_step(q, &row, err));
        if (row) {
            const drift_item one = {.from = (int)db_int(q, 0),
                                    .to = (int)db_int(q, 1),
                                    .kind = db_text(q, 2),
                                    .name = db_text_or_empty(q, 3),
                                    .change = db_text_or_empty(q, 4),
                                    .before = db_text(q, 5),
                                    .after = db_text(q, 6)};
            EVPACK_TRY(told(ctx, &one, err));
        }
    }
    return EVPACK_OK;
}

evpack_status drift_each_file(drift *d, int64_t limit, drift_told_item told, void *ctx,
                              evpack_err *err)
{
    return each_item(d,
                     "SELECT * FROM drift_item WHERE kind IS NULL"
                     " ORDER BY to_side DESC, name LIMIT ?",
                     limit, told, ctx, err);
}

evpack_status drift_each_decision(drift *d, int64_t limit, drift_told_item told, void *ctx,
                                  evpack_err *err)
{
    return each_item(d,
                     "SELECT * FROM drift_item WHERE kind IS NOT NULL"
                     " ORDER BY to_side DESC, kind, name LIMIT ?",
                     limit, told, ctx, err);
}

evpack_status drift_count(drift *d, drift_totals *out, evpack_err *err)
{
    EVPACK_AUTO(db_stmt) q = NULL;
    bool row = false;
    *out = (drift_totals){0};
    EVPACK_TRY(drift_tally(d, err));
    EVPACK_TRY(db_prepare(
        d->d,
        "SELECT total(better), total(worse), total(new_fails), total(first_fails), total(other),"
        " total(decided), total(fails_gone), total(only_before),"
        " total(only_after) FROM drift_tally",
        &q, err));
    EVPACK_TRY(db_step(q, &row, err));
    read_numbers(q, 0, &out->n);
    db_reset(q);
    out->changed = out->n.better + out->n.worse + out->n.other;
    EVPACK_TRY(
        db_value(d->d, "SELECT count(*) FROM drift_item WHERE kind IS NULL", &out->files, err));
    EVPACK_TRY(db_value(d->d, "SELECT count(*) FROM drift_item WHERE kind IS NOT NULL",
                        &out->decisions, err));
    EVPACK_TRY(db_value(d->d,
                        "SELECT count(DISTINCT a.test) FROM drift_pair p"
                        " JOIN drift_version a ON a.side = p.from_side"
                        " JOIN drift_version b ON b.test = a.test AND b.side = p.to_side"
                        " WHERE a.version IS NOT b.version",
                        &out->versions, err));
    EVPACK_AUTO(db_stmt) moves = NULL;
    EVPACK_TRY(
        db_prepare(d->d, "SELECT move, count(*) FROM drift_moved GROUP BY move", &moves, err));
    for (row = true; row;) {
        EVPACK_TRY(db_step(moves, &row, err));
        if (row) {
            out->moved[db_int(moves, 0)] = db_int(moves, 1);
        }
    }
    return EVPACK_OK;
}
