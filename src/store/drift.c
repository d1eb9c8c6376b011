/*
 * Filling the sides of a comparison, and comparing. Invariant: a finding is one row at each side
 * that has it, whatever the order in which the sides come. Refuses to know where they come from.
 */
#include "store/drift_private.h"

#include "store/script.h"

#include <stdlib.h>
#include <string.h>

static const char *const statements[DRIFT_STATEMENTS] = {
    [ADD_CONTROL] = "INSERT INTO drift_control(benchmark, control_id, ordinal, word, number)"
                    " VALUES (?, ?, ?, ?, ?)"
                    " ON CONFLICT DO UPDATE SET ordinal = max(ordinal, excluded.ordinal)",
    [FIND_CONTROL] = "SELECT id FROM drift_control WHERE benchmark = ? AND control_id = ?",
    [ADD_TEST] = "INSERT INTO drift_test(control, service, feature, rule, source, title)"
                 " VALUES (?, ?, ?, ?, ?, ?)",
    [FIND_TEST] = "SELECT id FROM drift_test WHERE control = ? AND service = ? AND feature = ?"
                  " AND rule = ? AND source = ?",
    [ADD_VERSION] = "INSERT OR IGNORE INTO drift_version VALUES (?, ?, ?)",
    [ADD_SUBJECT] = "INSERT INTO drift_subject(key, given, type, kind, parent, scope)"
                    " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
                    " type = coalesce(type, excluded.type), kind = coalesce(kind, excluded.kind),"
                    " parent = coalesce(parent, excluded.parent),"
                    " scope = coalesce(scope, excluded.scope)",
    [FIND_SUBJECT] = "SELECT id FROM drift_subject WHERE key = ?",
    [ADD_THERE] = "INSERT OR IGNORE INTO drift_there VALUES (?, ?)",
    [ADD_FINDING] = "INSERT OR IGNORE INTO drift_finding VALUES (?, ?, ?, ?, ?, ?)",
    [ADD_LIST] = "INSERT OR IGNORE INTO drift_list VALUES (?, ?, ?)",
    [ADD_FILE] = "INSERT OR IGNORE INTO drift_file VALUES (?, ?, ?)",
    [ADD_DECISION] = "INSERT OR IGNORE INTO drift_decision VALUES (?, ?, ?, ?)",
    [ADD_STOOD] = "INSERT INTO drift_stood VALUES (?, ?, ?, ?)"
                  " ON CONFLICT DO UPDATE SET n = n + excluded.n",
    [FIND_GIVEN] = "SELECT s.key FROM drift_subject s WHERE s.given = ? AND EXISTS"
                   " (SELECT 1 FROM drift_there t WHERE t.side = ? AND t.subject = s.id)"
                   " ORDER BY s.key LIMIT 1",
    [ADD_NAMELESS] = "INSERT OR IGNORE INTO drift_nameless VALUES (?, ?, ?, ?, ?, ?)",
};

void drift_free(drift *d)
{
    if (d != NULL) {
        for (int i = 0; i < DRIFT_STATEMENTS; i++) {
            db_finalize(d->add[i]);
        }
        db_close(d->d);
        arena_reset(&d->text);
        free(d->slots);
        free(d);
    }
}

evpack_status drift_new(drift **out, evpack_err *err)
{
    EVPACK_AUTO(drift) d = calloc(1, sizeof *d);
    if (d == NULL) {
        return evpack_oom(err);
    }
    d->slots = calloc(DRIFT_SLOTS, sizeof *d->slots);
    if (d->slots == NULL) {
        return evpack_oom(err);
    }
    EVPACK_TRY(db_open("the comparison", DB_MEMORY, &d->d, err));
    EVPACK_TRY(script_run(d->d, "src/store/drift.sql", err));
    for (int i = 0; i < DRIFT_STATEMENTS; i++) {
        EVPACK_TRY(db_prepare(d->d, statements[i], &d->add[i], err));
    }
    EVPACK_TRY(db_exec(d->d, "BEGIN", err)); /* else every row would be one */
    *out = EVPACK_MOVE(d);
    return EVPACK_OK;
}

int drift_sides(const drift *d)
{
    return d->count;
}

const drift_side *drift_side_at(const drift *d, int side)
{
    return &d->sides[side];
}

bool drift_other_mapping(const drift *d, int from, int to)
{
    const char *a = d->sides[from].mapping_sha256;
    const char *b = d->sides[to].mapping_sha256;
    return a == NULL || b == NULL || strcmp(a, b) != 0;
}

evpack_status drift_add_side(drift *d, const drift_side *one, int *side, evpack_err *err)
{
    if (d->count == DRIFT_SIDES) {
        return evpack_fail(err, EVPACK_E_LIMIT, "at most %d states are compared at once",
                           DRIFT_SIDES);
    }
    d->sides[d->count] = (drift_side){
        .label = arena_text(&d->text, one->label == NULL ? "" : one->label),
        .collected_at = arena_text(&d->text, one->collected_at),
        .evaluated_at = arena_text(&d->text, one->evaluated_at),
        .mapping_sha256 = arena_text(&d->text, one->mapping_sha256),
    };
    EVPACK_TRY(arena_status(&d->text, err));
    *side = d->count++;
    return EVPACK_OK;
}

evpack_status drift_set_run(drift *d, int side, const char *evaluated_at,
                            const char *mapping_sha256, evpack_err *err)
{
    d->sides[side].evaluated_at = arena_text(&d->text, evaluated_at);
    d->sides[side].mapping_sha256 = arena_text(&d->text, mapping_sha256);
    return arena_status(&d->text, err);
}

evpack_status drift_find_given(drift *d, int side, const char *given, buf *out, bool *there,
                               evpack_err *err)
{
    db_stmt *q = d->add[FIND_GIVEN];
    EVPACK_TRY(db_bind(q, err, "ti", given, (int64_t)side));
    EVPACK_TRY(db_step(q, there, err));
    buf_clear(out);
    if (*there) {
        buf_puts(out, db_text_or_empty(q, 0));
        db_reset(q); /* a row that is still read would lock its table */
    }
    return buf_status(out, err);
}

static const char *key(const char *text)
{
    return text == NULL ? "" : text;
}

/* The first integer of a row that is there. */
static evpack_status found(db_stmt *s, bool *row, int64_t *out, evpack_err *err)
{
    EVPACK_TRY(db_step(s, row, err));
    if (*row) {
        *out = db_int(s, 0);
        db_reset(s);
    }
    return EVPACK_OK;
}

static evpack_status add_control(drift *d, const drift_tested *t, int64_t *id, evpack_err *err)
{
    const char *name = key(t->control_id);
    const char *dash = strrchr(name, '-');
    const size_t word = dash == NULL ? strlen(name) : (size_t)(dash - name);
    const int64_t number = dash == NULL ? 0 : strtoll(dash + 1, NULL, 10);
    bool row = false;
    EVPACK_TRY(db_bind(d->add[ADD_CONTROL], err, "ttiTi", key(t->benchmark), name, t->ordinal, name,
                       word, number));
    EVPACK_TRY(db_run(d->add[ADD_CONTROL], err));
    EVPACK_TRY(db_bind(d->add[FIND_CONTROL], err, "tt", key(t->benchmark), name));
    return found(d->add[FIND_CONTROL], &row, id, err);
}

evpack_status drift_add_test(drift *d, int side, const drift_tested *t, int64_t *id,
                             evpack_err *err)
{
    int64_t control = 0;
    bool row = false;
    EVPACK_TRY(add_control(d, t, &control, err));
    EVPACK_TRY(db_bind(d->add[FIND_TEST], err, "itttt", control, key(t->service), key(t->feature),
                       key(t->rule), key(t->source)));
    EVPACK_TRY(found(d->add[FIND_TEST], &row, id, err));
    if (!row) {
        EVPACK_TRY(db_bind(d->add[ADD_TEST], err, "ittttt", control, key(t->service),
                           key(t->feature), key(t->rule), key(t->source), t->title));
        EVPACK_TRY(db_run(d->add[ADD_TEST], err));
        *id = db_last_id(d->d);
    }
    EVPACK_TRY(db_bind(d->add[ADD_VERSION], err, "iit", *id, (int64_t)side, t->version));
    return db_run(d->add[ADD_VERSION], err);
}

evpack_status drift_add_subject(drift *d, int side, const drift_subject *one, bool there,
                                int64_t *id, evpack_err *err)
{
    bool row = false;
    EVPACK_TRY(db_bind(d->add[FIND_SUBJECT], err, "t", one->key));
    EVPACK_TRY(found(d->add[FIND_SUBJECT], &row, id, err));
    if (!row || there) {
        EVPACK_TRY(db_bind(d->add[ADD_SUBJECT], err, "tttttt", one->key,
                           one->given == NULL ? one->key : one->given, one->type, one->kind,
                           one->parent, one->scope));
        EVPACK_TRY(db_run(d->add[ADD_SUBJECT], err));
        EVPACK_TRY(db_bind(d->add[FIND_SUBJECT], err, "t", one->key));
        EVPACK_TRY(found(d->add[FIND_SUBJECT], &row, id, err));
    }
    if (!there) {
        return EVPACK_OK;
    }
    EVPACK_TRY(db_bind(d->add[ADD_THERE], err, "ii", (int64_t)side, *id));
    return db_run(d->add[ADD_THERE], err);
}

evpack_status drift_add_nameless(drift *d, int side, const char *name, const drift_place *at,
                                 evpack_err *err)
{
    int64_t id = 0;
    EVPACK_TRY(drift_add_subject(d, side, &(drift_subject){.key = name}, false, &id, err));
    EVPACK_TRY(db_bind(d->add[ADD_NAMELESS], err, "itittt", (int64_t)side, name, id, at->kind,
                       at->path, at->pointer));
    return db_run(d->add[ADD_NAMELESS], err);
}

static evpack_status flush(drift *d, drift_slot *slot, evpack_err *err)
{
    for (int64_t side = 0; side < DRIFT_SIDES; side++) {
        for (int64_t status = 0; status < FINDING_STATUSES; status++) {
            if (slot->n[side][status] > 0) {
                EVPACK_TRY(db_bind(d->add[ADD_STOOD], err, "iiii", slot->test, side, status,
                                   slot->n[side][status]));
                EVPACK_TRY(db_run(d->add[ADD_STOOD], err));
            }
        }
    }
    *slot = (drift_slot){0};
    return EVPACK_OK;
}

static evpack_status stand(drift *d, int side, const drift_finding *one, evpack_err *err)
{
    drift_slot *slot = &d->slots[(uint64_t)one->test % DRIFT_SLOTS];
    if (slot->test != one->test) {
        EVPACK_TRY(flush(d, slot, err));
        slot->test = one->test;
    }
    slot->n[side][one->status]++;
    return EVPACK_OK;
}

evpack_status drift_add_finding(drift *d, int side, const drift_finding *one, bool *twice,
                                evpack_err *err)
{
    if (one->status <= 0 || one->status >= FINDING_STATUSES) {
        return evpack_fail(err, EVPACK_E_INTERNAL, "there is no status %d", one->status);
    }
    EVPACK_TRY(db_bind(d->add[ADD_FINDING], err, "iitiii", one->test, one->subject, key(one->part),
                       (int64_t)side, (int64_t)one->status, (int64_t)one->raw));
    EVPACK_TRY(db_run(d->add[ADD_FINDING], err));
    *twice = db_changes(d->d) == 0;
    return *twice ? EVPACK_OK : stand(d, side, one, err);
}

evpack_status drift_add_list(drift *d, int side, const char *kind, const char *scope,
                             evpack_err *err)
{
    EVPACK_TRY(db_bind(d->add[ADD_LIST], err, "itt", (int64_t)side, kind, scope));
    return db_run(d->add[ADD_LIST], err);
}

evpack_status drift_add_file(drift *d, int side, const char *path, const char *sha256,
                             evpack_err *err)
{
    EVPACK_TRY(db_bind(d->add[ADD_FILE], err, "itt", (int64_t)side, path, sha256));
    return db_run(d->add[ADD_FILE], err);
}

evpack_status drift_add_decision(drift *d, int side, const char *kind, const char *name,
                                 const char *body, evpack_err *err)
{
    EVPACK_TRY(db_bind(d->add[ADD_DECISION], err, "ittt", (int64_t)side, kind, name, body));
    return db_run(d->add[ADD_DECISION], err);
}

evpack_status drift_compare(drift *d, int from, int to, evpack_err *err)
{
    EVPACK_AUTO(db_stmt) pair = NULL;
    EVPACK_TRY(db_prepare(d->d, "INSERT INTO drift_pair VALUES (?, ?)", &pair, err));
    EVPACK_TRY(db_bind(pair, err, "ii", (int64_t)from, (int64_t)to));
    EVPACK_TRY(db_run(pair, err));
    d->tallied = false;
    return script_run(d->d, "src/store/drift_compare.sql", err);
}

evpack_status drift_tally(drift *d, evpack_err *err)
{
    for (size_t i = 0; i < DRIFT_SLOTS; i++) {
        EVPACK_TRY(flush(d, &d->slots[i], err));
    }
    if (d->tallied) {
        return EVPACK_OK;
    }
    EVPACK_TRY(script_run(d->d, "src/store/drift_tally.sql", err));
    d->tallied = true;
    return EVPACK_OK;
}
