/*
 * Sides from a case. Invariant: a finding is taken for a side only when the evidence that it rests
 * on is of that side's snapshot; what is about the engagement itself is of none. Refuses to know
 * what is made of the comparison.
 */
#include "store/drift_private.h"

#include "base/embed.h"

#include <stdio.h>
#include <string.h>

static const char snapshots_sql[] =
    "SELECT id, label FROM snapshot s WHERE role = 'tenant' AND (NOT ?1 OR coalesce("
    "       (SELECT min(id) FROM evidence e WHERE e.snapshot_id = s.id)"
    "       <= (SELECT evidence FROM run ORDER BY id DESC LIMIT 1), 1))"
    " ORDER BY coalesce(collected_at, imported_at) DESC, id DESC";

static const char side_sql[] =
    "SELECT s.label, s.collected_at, r.evaluated_at, lower(hex(m.sha256))"
    "  FROM snapshot s LEFT JOIN run r ON r.id = (SELECT max(id) FROM run)"
    "  LEFT JOIN mapping m ON m.id = r.mapping_id"
    " WHERE s.id = ?";

static const char tests_sql[] =
    "SELECT t.id, b.slug, c.control_id, s.slug, fe.name, coalesce(ru.rule_id, p.key), t.source,"
    "       CASE WHEN p.id IS NULL THEN fe.name ELSE coalesce(p.title, p.key) END,"
    "       c.ordinal, coalesce(ru.version, p.version), p.id IS NOT NULL"
    "  FROM tested t"
    "  LEFT JOIN feature fe ON fe.id = t.feature_id"
    "  LEFT JOIN control c ON c.id = t.control"
    "  LEFT JOIN benchmark b ON b.id = c.benchmark_id"
    "  LEFT JOIN service s ON s.id = t.service_id"
    "  LEFT JOIN rule ru ON ru.id = t.rule_id"
    "  LEFT JOIN policy p ON p.id = t.policy_id"
    " WHERE t.run_id = (SELECT max(id) FROM run)"
    " ORDER BY t.id";

static const char findings_sql[] = "SELECT record_id, coalesce(target_id, 0), part, status, raw"
                                   "  FROM finding WHERE test_id = ? ORDER BY record_id";

static const char record_sql[] =
    "SELECT coalesce(g.subject, r.subject), CASE WHEN g.id IS NULL THEN r.id_given END,"
    "       CASE WHEN g.id IS NULL THEN r.type ELSE g.type END, e.snapshot_id"
    "  FROM record r JOIN evidence e ON e.id = r.evidence_id"
    "  LEFT JOIN target g ON g.id = ?2"
    " WHERE r.id = ?1";

/* As import_anonymous names them. */
static const char nameless_sql[] =
    "SELECT s.subject, r.kind, e.path, r.pointer FROM subject s JOIN record r ON r.id = s.record_id"
    "  JOIN evidence e ON e.id = r.evidence_id"
    " WHERE s.snapshot_id = ? AND length(s.subject) = length(r.kind) + 21 AND r.id_given IS NULL"
    "   AND substr(s.subject, 1, length(r.kind) + 1) = r.kind || ':'"
    "   AND substr(s.subject, -20) NOT GLOB '*[^0-9a-f]*'";

evpack_status drift_list_snapshots(const store *s, bool mapped, drift_snapshots *out,
                                   evpack_err *err)
{
    EVPACK_AUTO(db_stmt) q = NULL;
    *out = (drift_snapshots){0};
    EVPACK_TRY(db_prepare(store_db(s), snapshots_sql, &q, err));
    EVPACK_TRY(db_bind(q, err, "i", (int64_t)mapped));
    for (bool row = true; row;) {
        EVPACK_TRY(db_step(q, &row, err));
        if (row && out->count < DRIFT_SIDES) {
            drift_snapshot *one = &out->at[out->count++];
            one->id = db_int(q, 0);
            (void)snprintf(one->label, sizeof one->label, "%s", db_text_or_empty(q, 1));
        }
        out->total += row;
    }
    for (size_t i = 0; i < out->count / 2; i++) {
        const drift_snapshot one = out->at[i];
        out->at[i] = out->at[out->count - 1 - i];
        out->at[out->count - 1 - i] = one;
    }
    return EVPACK_OK;
}

evpack_status drift_find_snapshot(const store *s, const char *label, int64_t *id, evpack_err *err)
{
    EVPACK_AUTO(db_stmt) q = NULL;
    bool row = false;
    EVPACK_TRY(db_prepare(store_db(s),
                          "SELECT id FROM snapshot WHERE label = ? AND role = 'tenant'", &q, err));
    EVPACK_TRY(db_bind(q, err, "t", label));
    EVPACK_TRY(db_step(q, &row, err));
    if (!row) {
        return evpack_fail(err, EVPACK_E_USAGE,
                           "%s: has no snapshot '%.200s'; 'evpack status' "
                           "lists them",
                           store_path(s), label);
    }
    *id = db_int(q, 0);
    db_reset(q);
    return EVPACK_OK;
}

/* Takes a row that a statement about a snapshot stands on. */
typedef evpack_status (*row_told)(drift *d, int side, db_stmt *row, evpack_err *err);
typedef struct {
    const char *sql;
    row_told told;
} row_source;
static evpack_status each_row(drift *d, const store *s, row_source from, int64_t snapshot, int side,
                              evpack_err *err)
{
    EVPACK_AUTO(db_stmt) q = NULL;
    EVPACK_TRY(db_prepare(store_db(s), from.sql, &q, err));
    if (db_parameters(q) == 1) {
        EVPACK_TRY(db_bind(q, err, "i", snapshot));
    }
    for (bool row = true; row;) {
        EVPACK_TRY(db_step(q, &row, err));
        if (row) {
            EVPACK_TRY(from.told(d, side, q, err));
        }
    }
    return EVPACK_OK;
}

static evpack_status told_subject(drift *d, int side, db_stmt *q, evpack_err *err)
{
    const drift_subject one = {.key = db_text_or_empty(q, 0),
                               .given = db_text(q, 1),
                               .type = db_text(q, 2),
                               .kind = db_text_or_empty(q, 3),
                               .parent = db_text(q, 4),
                               .scope = db_text(q, 5)};
    int64_t id = 0;
    return drift_add_subject(d, side, &one, true, &id, err);
}

static evpack_status told_nameless(drift *d, int side, db_stmt *q, evpack_err *err)
{
    const drift_place at = {db_text_or_empty(q, 1), db_text_or_empty(q, 2), db_text_or_empty(q, 3)};
    return drift_add_nameless(d, side, db_text_or_empty(q, 0), &at, err);
}

static evpack_status told_list(drift *d, int side, db_stmt *q, evpack_err *err)
{
    return drift_add_list(d, side, db_text_or_empty(q, 0), db_text_or_empty(q, 1), err);
}

static evpack_status told_file(drift *d, int side, db_stmt *q, evpack_err *err)
{
    return drift_add_file(d, side, db_text_or_empty(q, 0), db_text_or_empty(q, 1), err);
}

static evpack_status told_decision(drift *d, int side, db_stmt *q, evpack_err *err)
{
    return drift_add_decision(d, side, db_text_or_empty(q, 0), db_text_or_empty(q, 1),
                              db_text_or_empty(q, 2), err);
}

static evpack_status built_in(const char *name, const char **sql, evpack_err *err)
{
    const embed_file *file = embed_find(name);
    if (file == NULL) {
        return evpack_fail(err, EVPACK_E_INTERNAL, "%s is not built in", name);
    }
    *sql = (const char *)file->data;
    return EVPACK_OK;
}

evpack_status drift_add_snapshot(drift *d, const store *s, int64_t snapshot, int *side,
                                 evpack_err *err)
{
    EVPACK_AUTO(db_stmt) q = NULL;
    bool row = false;
    EVPACK_TRY(db_prepare(store_db(s), side_sql, &q, err));
    EVPACK_TRY(db_bind(q, err, "i", snapshot));
    EVPACK_TRY(db_step(q, &row, err));
    const drift_side one = {.label = db_text(q, 0),
                            .collected_at = db_text(q, 1),
                            .evaluated_at = db_text(q, 2),
                            .mapping_sha256 = db_text(q, 3)};
    EVPACK_TRY(drift_add_side(d, &one, side, err));
    const char *subjects = NULL;
    const char *lists = NULL;
    EVPACK_TRY(built_in("src/store/drift_subjects.sql", &subjects, err));
    EVPACK_TRY(built_in("src/store/drift_lists.sql", &lists, err));
    EVPACK_TRY(each_row(d, s, (row_source){subjects, told_subject}, snapshot, *side, err));
    EVPACK_TRY(each_row(d, s, (row_source){lists, told_list}, snapshot, *side, err));
    EVPACK_TRY(each_row(d, s, (row_source){nameless_sql, told_nameless}, snapshot, *side, err));
    static const char decisions[] = "SELECT kind, subject, body FROM engaged"
                                    " WHERE kind IN ('exception', 'attestation')";
    return each_row(d, s, (row_source){decisions, told_decision}, snapshot, *side, err);
}

evpack_status drift_add_files(drift *d, const store *s, int64_t snapshot, int side, evpack_err *err)
{
    static const char files[] = "SELECT e.path, lower(hex(c.sha256)) FROM evidence e"
                                " JOIN content c ON c.id = e.content_id WHERE e.snapshot_id = ?";
    return each_row(d, s, (row_source){files, told_file}, snapshot, side, err);
}

typedef struct {
    drift *d;
    const drift_loaded *loaded;
    size_t count;
    db_stmt *findings, *record; /* of the case */
    db_stmt *known, *learn;     /* of the comparison */
} loading;

static void loading_reset(loading *l)
{
    db_finalize(l->findings);
    db_finalize(l->record);
    db_finalize(l->known);
    db_finalize(l->learn);
}

static int side_of(const loading *l, int64_t snapshot)
{
    for (size_t i = 0; i < l->count; i++) {
        if (l->loaded[i].snapshot == snapshot) {
            return l->loaded[i].side;
        }
    }
    return -1;
}

/* Whose a finding is: the subject of its record, or the target that the record speaks of. */
static evpack_status learn(loading *l, int64_t record, int64_t target, int64_t *subject, int *side,
                           evpack_err *err)
{
    bool row = false;
    EVPACK_TRY(db_bind(l->record, err, "ii", record, target));
    EVPACK_TRY(db_step(l->record, &row, err));
    if (!row) {
        return evpack_fail(err, EVPACK_E_CASE, "a finding's record %lld is not there",
                           (long long)record);
    }
    *side = side_of(l, db_int(l->record, 3));
    *subject = 0;
    if (*side >= 0) {
        const drift_subject one = {.key = db_text_or_empty(l->record, 0),
                                   .given = db_text(l->record, 1),
                                   .type = db_text(l->record, 2)};
        EVPACK_TRY(drift_add_subject(l->d, *side, &one, false, subject, err));
    }
    db_reset(l->record);
    EVPACK_TRY(db_bind(l->learn, err, "iiii", record, target, *subject, (int64_t)*side));
    return db_run(l->learn, err);
}

static evpack_status whose(loading *l, int64_t record, int64_t target, int64_t *subject, int *side,
                           evpack_err *err)
{
    bool row = false;
    EVPACK_TRY(db_bind(l->known, err, "ii", record, target));
    EVPACK_TRY(db_step(l->known, &row, err));
    if (!row) {
        return learn(l, record, target, subject, side, err);
    }
    *subject = db_int(l->known, 0);
    *side = (int)db_int(l->known, 1);
    db_reset(l->known);
    return EVPACK_OK;
}

/* As findings.c has it: of exempt findings of older cases it is not stored. */
static int raw_of(db_stmt *q, int status, bool azure)
{
    if (!db_null(q, 4)) {
        return (int)db_int(q, 4);
    }
    return status != FINDING_EXEMPT ? status : azure ? FINDING_UNKNOWN : FINDING_FAIL;
}

static evpack_status load_test(loading *l, int64_t test, const drift_tested *tested, bool azure,
                               evpack_err *err)
{
    int64_t ids[DRIFT_SIDES] = {0}; /* the test, once it is known at the side */
    EVPACK_TRY(db_bind(l->findings, err, "i", test));
    for (bool row = true; row;) {
        EVPACK_TRY(db_step(l->findings, &row, err));
        if (!row) {
            break;
        }
        drift_finding one = {.part = db_text(l->findings, 2),
                             .status = (int)db_int(l->findings, 3)};
        int side = -1;
        EVPACK_TRY(
            whose(l, db_int(l->findings, 0), db_int(l->findings, 1), &one.subject, &side, err));
        if (side < 0) {
            continue;
        }
        if (ids[side] == 0) {
            EVPACK_TRY(drift_add_test(l->d, side, tested, &ids[side], err));
        }
        one.test = ids[side];
        one.raw = raw_of(l->findings, one.status, azure);
        bool twice = false;
        EVPACK_TRY(drift_add_finding(l->d, side, &one, &twice, err));
        if (twice) {
            return evpack_fail(err, EVPACK_E_CASE,
                               "two findings of one snapshot speak of the same: record %lld",
                               (long long)db_int(l->findings, 0));
        }
    }
    return EVPACK_OK;
}

evpack_status drift_add_findings(drift *d, const store *s, const drift_loaded *loaded, size_t count,
                                 evpack_err *err)
{
    EVPACK_AUTO(db_stmt) tests = NULL;
    EVPACK_AUTO_VALUE(loading_reset) loading l = {.d = d, .loaded = loaded, .count = count};
    EVPACK_TRY(db_exec(d->d, "DELETE FROM drift_record", err)); /* ids are of one case */
    EVPACK_TRY(db_prepare(d->d,
                          "SELECT subject, side FROM drift_record"
                          " WHERE record = ? AND target = ?",
                          &l.known, err));
    EVPACK_TRY(db_prepare(d->d, "INSERT INTO drift_record VALUES (?, ?, ?, ?)", &l.learn, err));
    EVPACK_TRY(db_prepare(store_db(s), findings_sql, &l.findings, err));
    EVPACK_TRY(db_prepare(store_db(s), record_sql, &l.record, err));
    EVPACK_TRY(db_prepare(store_db(s), tests_sql, &tests, err));
    for (bool row = true; row;) {
        EVPACK_TRY(db_step(tests, &row, err));
        if (row) {
            const drift_tested one = {.benchmark = db_text(tests, 1),
                                      .control_id = db_text(tests, 2),
                                      .service = db_text(tests, 3),
                                      .feature = db_text(tests, 4),
                                      .rule = db_text(tests, 5),
                                      .source = db_text(tests, 6),
                                      .title = db_text(tests, 7),
                                      .ordinal = db_int(tests, 8),
                                      .version = db_text(tests, 9)};
            EVPACK_TRY(load_test(&l, db_int(tests, 0), &one, db_int(tests, 10) != 0, err));
        }
    }
    return EVPACK_OK;
}

evpack_status drift_of_case(const store *s, int most, drift **out, evpack_err *err)
{
    EVPACK_AUTO(drift) d = NULL;
    drift_snapshots list;
    drift_loaded loaded[DRIFT_SIDES];
    EVPACK_TRY(drift_new(&d, err));
    EVPACK_TRY(drift_list_snapshots(s, true, &list, err));
    const size_t skip = list.count > (size_t)most ? list.count - (size_t)most : 0;
    size_t count = 0;
    for (size_t i = skip; i < list.count && list.count >= 2; i++, count++) {
        loaded[count].snapshot = list.at[i].id;
        EVPACK_TRY(drift_add_snapshot(d, s, list.at[i].id, &loaded[count].side, err));
        EVPACK_TRY(drift_add_files(d, s, list.at[i].id, loaded[count].side, err));
    }
    if (count >= 2) {
        EVPACK_TRY(drift_add_findings(d, s, loaded, count, err));
    }
    for (size_t i = 1; i < count; i++) {
        EVPACK_TRY(drift_compare(d, (int)i - 1, (int)i, err));
    }
    *out = EVPACK_MOVE(d);
    return EVPACK_OK;
}
