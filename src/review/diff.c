/*
 * Sides for a comparison. Invariant: of a package no finding counts that data/findings.json does
 * not hold, and each that it holds of the snapshot is taken once. Refuses to know what changed.
 */
#include "review/diff.h"

#include "base/text.h"
#include "collect/arm.h"
#include "port/json.h"
#include "review/earlier.h"
#include "review/rebuild.h"
#include "review/recognise.h"

#include <stdio.h>
#include <string.h>

static const char findings_path[] = "data/findings.json";

/* The snapshot that is asked for, or the newest but `back`. */
static evpack_status choose(const store *s, const char *name, const char *label, size_t back,
                            int64_t *id, evpack_err *err)
{
    if (label != NULL) {
        return drift_find_snapshot(s, label, id, err);
    }
    drift_snapshots list;
    EVPACK_TRY(drift_list_snapshots(s, false, &list, err));
    if (list.count <= back) {
        return evpack_fail(err, EVPACK_E_USAGE,
                           back == 0 ? "%s: holds no snapshot of a tenant"
                                     : "%s: has one snapshot; collect another with --snapshot "
                                       "LABEL, or name two cases or packages",
                           name);
    }
    *id = list.at[list.count - 1 - back].id;
    return EVPACK_OK;
}

/* Findings that are there speak of what was there when the case was mapped. */
static evpack_status check_mapped(const store *s, int64_t snapshot, evpack_err *err)
{
    EVPACK_AUTO(db_stmt) q = NULL;
    bool row = false;
    EVPACK_TRY(db_prepare(store_db(s),
                          "SELECT max(id) > (SELECT coalesce(max(evidence), 0) FROM run"
                          "                   WHERE id = (SELECT max(id) FROM run))"
                          "  FROM evidence WHERE snapshot_id = ?",
                          &q, err));
    EVPACK_TRY(db_bind(q, err, "i", snapshot));
    EVPACK_TRY(db_step(q, &row, err));
    return db_int(q, 0) == 0
               ? EVPACK_OK
               : evpack_fail(err, EVPACK_E_CASE,
                             "%s: was not mapped since its evidence came; run 'evpack map' before "
                             "comparing",
                             store_path(s));
}

static evpack_status load_case(drift *d, const diff_source *from, int *side, evpack_err *err)
{
    EVPACK_AUTO(store) s = NULL;
    drift_loaded loaded = {0};
    EVPACK_TRY(store_open(from->path, STORE_READ, &s, err));
    EVPACK_TRY(store_begin_reading(s, err));
    EVPACK_TRY(choose(s, from->path, from->snapshot, 0, &loaded.snapshot, err));
    EVPACK_TRY(check_mapped(s, loaded.snapshot, err));
    EVPACK_TRY(drift_add_snapshot(d, s, loaded.snapshot, &loaded.side, err));
    EVPACK_TRY(drift_add_files(d, s, loaded.snapshot, loaded.side, err));
    *side = loaded.side;
    return drift_add_findings(d, s, &loaded, 1, err);
}

evpack_status diff_case(drift *d, const char *path, const char *from, const char *to,
                        evpack_err *err)
{
    EVPACK_AUTO(store) s = NULL;
    drift_loaded loaded[2] = {{0}};
    EVPACK_TRY(store_open(path, STORE_READ, &s, err));
    EVPACK_TRY(store_begin_reading(s, err));
    EVPACK_TRY(choose(s, path, to, 0, &loaded[1].snapshot, err));
    EVPACK_TRY(choose(s, path, from, 1, &loaded[0].snapshot, err));
    if (loaded[0].snapshot == loaded[1].snapshot) {
        return evpack_fail(err, EVPACK_E_USAGE,
                           "%s: expected two snapshots, --from and --to name one", path);
    }
    for (size_t i = 0; i < 2; i++) {
        EVPACK_TRY(check_mapped(s, loaded[i].snapshot, err));
        EVPACK_TRY(drift_add_snapshot(d, s, loaded[i].snapshot, &loaded[i].side, err));
        EVPACK_TRY(drift_add_files(d, s, loaded[i].snapshot, loaded[i].side, err));
    }
    EVPACK_TRY(drift_add_findings(d, s, loaded, 2, err));
    return drift_compare(d, loaded[0].side, loaded[1].side, err);
}

/* A package that is laid open. */
typedef struct {
    received *r;
    store *s;
    earlier *e;
    buf name, text, key;
} opened;

static void opened_reset(opened *o)
{
    earlier_free(o->e);
    store_close(o->s);
    received_free(o->r);
    buf_reset(&o->name);
    buf_reset(&o->text);
    buf_reset(&o->key);
}

static evpack_status path_of(opened *o, const char *folder, const char *name, const char **out,
                             evpack_err *err)
{
    buf_clear(&o->name);
    buf_printf(&o->name, "%s/%s", folder, name);
    EVPACK_TRY(buf_status(&o->name, err));
    *out = buf_str(&o->name);
    return EVPACK_OK;
}

static evpack_status make_case(opened *o, const char *folder, evpack_err *err)
{
    const char *path = NULL;
    const rebuild_options options = {.scratch = folder, .now = text_now()};
    rebuild_totals totals;
    EVPACK_TRY(path_of(o, folder, "case.db", &path, err));
    EVPACK_TRY(store_open(path, STORE_CREATE, &o->s, err));
    EVPACK_TRY(store_begin(o->s, err));
    EVPACK_TRY(rebuild_case(o->s, o->r, &options, &totals, err));
    return store_commit(o->s, err);
}

static evpack_status open_findings(opened *o, const char *folder, evpack_err *err)
{
    if (received_find(o->r, findings_path) == NULL) {
        return evpack_fail(err, EVPACK_E_NO, "%s is not there: there is nothing to compare",
                           findings_path);
    }
    EVPACK_AUTO_FD fd = -1;
    const char *table = NULL;
    EVPACK_TRY(received_file_open(o->r, findings_path, &fd, err));
    EVPACK_TRY(path_of(o, folder, "earlier.db", &table, err));
    return earlier_open(fd, table, &o->e, err) == EVPACK_OK
               ? EVPACK_OK
               : evpack_context(err, "%s", findings_path);
}

static int status_of(const json *root, const char *name)
{
    const char *word = json_get_string(root, name);
    for (int i = 1; word != NULL && i < FINDING_STATUSES; i++) {
        if (strcmp(word, finding_status_word(i)) == 0) {
            return i;
        }
    }
    return 0;
}

/* The canonical form of a finding's subject: of an ARM id its own, else the one that the evidence
 * has. */
static evpack_status subject_of(drift *d, opened *o, const json *root, int side, int64_t *id,
                                evpack_err *err)
{
    const char *given = json_get_string(root, "subject");
    given = given == NULL ? "" : given;
    drift_subject one = {.key = given, .given = given};
    bool known = true;
    buf_clear(&o->key);
    if (arm_is_id(given)) {
        arm_canonical(given, &o->key);
    } else {
        EVPACK_TRY(drift_find_given(d, side, given, &o->key, &known, err));
    }
    EVPACK_TRY(buf_status(&o->key, err));
    one.key = known ? buf_str(&o->key) : given;
    one.type = json_get_string(root, "subject_type");
    return drift_add_subject(d, side, &one, false, id, err);
}

static evpack_status add_finding(drift *d, opened *o, const json *root, int side, evpack_err *err)
{
    const char *feature = json_get_string(root, "feature");
    const char *policy = json_get_string(root, "policy_title");
    const char *rule = json_get_string(root, "rule_id");
    const drift_tested tested = {.benchmark = json_get_string(root, "benchmark"),
                                 .control_id = json_get_string(root, "control_id"),
                                 .service = json_get_string(root, "service"),
                                 .feature = feature,
                                 .rule = rule,
                                 .source = json_get_string(root, "source"),
                                 .title = policy != NULL    ? policy
                                          : feature != NULL ? feature
                                                            : rule,
                                 .version = json_get_string(root, "rule_version")};
    drift_finding one = {.part = json_get_string(root, "part"),
                         .status = status_of(root, "status"),
                         .raw = status_of(root, "raw_status")};
    if (one.status == 0 || one.raw == 0) {
        return evpack_fail(err, EVPACK_E_NO, "its status or raw_status is none that a finding has");
    }
    bool twice = false;
    EVPACK_TRY(drift_add_test(d, side, &tested, &one.test, err));
    EVPACK_TRY(subject_of(d, o, root, side, &one.subject, err));
    EVPACK_TRY(drift_add_finding(d, side, &one, &twice, err));
    return twice ? evpack_fail(err, EVPACK_E_NO, "another finding speaks of the same") : EVPACK_OK;
}

static evpack_status load_findings(drift *d, opened *o, int side, evpack_err *err)
{
    const char *label = drift_side_at(d, side)->label;
    for (uint64_t n = 1; n <= earlier_count(o->e); n++) {
        EVPACK_AUTO(json_doc) doc = NULL;
        EVPACK_TRY(earlier_text(o->e, n, &o->text, err));
        EVPACK_TRY(json_parse(buf_str(&o->text), o->text.len, false, &doc, err));
        const json *root = json_root(doc);
        const char *snapshot = json_get_string(root, "snapshot");
        if (snapshot == NULL || strcmp(snapshot, label) != 0) {
            continue;
        }
        if (add_finding(d, o, root, side, err) != EVPACK_OK) {
            const char *id = json_get_string(root, "id");
            return evpack_context(err, "%s: finding %.40s", findings_path, id == NULL ? "" : id);
        }
    }
    return EVPACK_OK;
}

static evpack_status load_files(drift *d, const opened *o, int side, evpack_err *err)
{
    const evidence_index *index = received_index(o->r);
    const char *label = drift_side_at(d, side)->label;
    for (size_t i = 0; i < index_count(index); i++) {
        const index_row *row = index_at(index, i);
        if (strcmp(row->snapshot, label) == 0) {
            EVPACK_TRY(drift_add_file(d, side, row->original, row->sha256, err));
        }
    }
    return EVPACK_OK;
}

static evpack_status load_opened(drift *d, opened *o, const diff_source *from, int *side,
                                 evpack_err *err)
{
    EVPACK_TRY(open_findings(o, from->folder, err));
    EVPACK_TRY(make_case(o, from->folder, err));
    int64_t snapshot = 0;
    EVPACK_TRY(choose(o->s, "the package", from->snapshot, 0, &snapshot, err));
    EVPACK_TRY(drift_add_snapshot(d, o->s, snapshot, side, err));
    const earlier_head *head = earlier_head_of(o->e);
    EVPACK_TRY(drift_set_run(d, *side, head->evaluated_at[0] == '\0' ? NULL : head->evaluated_at,
                             head->mapping_sha256[0] == '\0' ? NULL : head->mapping_sha256, err));
    EVPACK_TRY(load_files(d, o, *side, err));
    return load_findings(d, o, *side, err);
}

static evpack_status load_package(drift *d, const diff_source *from, int *side, diff_origin *origin,
                                  evpack_err *err)
{
    EVPACK_AUTO_VALUE(opened_reset) opened o = {0};
    const received_options how = {
        .folder = from->folder, .verify = from->verify, .report = from->report, .findings = true};
    EVPACK_TRY(received_open(from->path, &how, &o.r, err));
    (void)snprintf(origin->package_id, sizeof origin->package_id, "%s", received_id(o.r));
    origin->redacted = received_redacted(o.r);
    origin->withheld = received_withheld(o.r);
    origin->checked = from->verify != NULL;
    return load_opened(d, &o, from, side, err) == EVPACK_OK ? EVPACK_OK
                                                            : evpack_context(err, "%s", from->path);
}

evpack_status diff_load(drift *d, const diff_source *from, int *side, diff_origin *origin,
                        evpack_err *err)
{
    *origin = (diff_origin){0};
    EVPACK_TRY(recognise_package(from->path, &origin->package, err));
    if (origin->package) {
        return load_package(d, from, side, origin, err);
    }
    return load_case(d, from, side, err);
}
