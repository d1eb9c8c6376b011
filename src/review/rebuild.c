/*
 * Rebuilding the snapshots. Invariant: what comes into the case has the SHA-256 that the package's
 * manifest and index say, and nothing comes that the index does not list. Refuses to know who
 * sealed the package.
 */
#include "review/rebuild.h"

#include "base/file.h"
#include "base/text.h"
#include "collect/archive.h"
#include "collect/guard.h"
#include "review/prior.h"
#include "review/rebuild_engagement.h"
#include "store/custody.h"
#include "store/engagement.h"
#include "store/ledger.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

typedef struct {
    const char *label;
    const char *period; /* NULL: none */
    int64_t id;
    collect_totals totals;
} snapshot_of;

typedef struct {
    store *s;
    const received *r;
    const rebuild_options *o;
    shapes *table;
    guard *guard;
    import *into;      /* the snapshot that is open; NULL: none */
    const char *label; /* its label */
    snapshot_of *now;  /* and its totals */
    snapshot_of *at;
    size_t count;
    size_t expected; /* ledgers that the sender had confirmed */
} rebuild;

static void rebuild_reset(rebuild *b)
{
    import_free(b->into);
    guard_free(b->guard);
    shapes_free(b->table);
    free(b->at);
}

static void tell(rebuild *b, const char *path, const document_result *result, const char *skipped)
{
    if (b->o->each == NULL) {
        return;
    }
    EVPACK_AUTO_VALUE(buf_reset) buf name = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf reason = {0};
    evpack_err ignored = {0};
    document_result clean = {0};
    if (result != NULL) {
        clean = *result;
        const bool shown =
            guard_show(b->guard, result->says.reason, &reason, &ignored) == EVPACK_OK;
        (void)snprintf(clean.says.reason, sizeof clean.says.reason, "%s",
                       shown ? buf_str(&reason) : "?");
    }
    const bool shown = guard_show(b->guard, path, &name, &ignored) == EVPACK_OK;
    b->o->each(b->o->ctx, shown ? buf_str(&name) : "?", result == NULL ? NULL : &clean, skipped);
}

static void count(rebuild *b, const char *path, const document_result *result)
{
    collect_totals *t = &b->now->totals;
    t->files++;
    t->already += result->stored.already;
    t->bytes += result->stored.size;
    t->records += result->stored.already ? 0 : result->stored.records;
    t->secrets += result->stored.secrets;
    t->with_secrets += result->stored.secrets > 0;
    t->unrecognised += strcmp(result->says.completeness, "unrecognised") == 0;
    tell(b, path, result, NULL);
}

/* Of an archive that is looked into again: each member has a row of its own, and was told then. */
static void on_member(void *ctx, const char *path, const document_result *result,
                      const char *skipped)
{
    (void)ctx;
    (void)path;
    (void)result;
    (void)skipped;
}

/* Evidence that came after the one of that id: all of it must be in the index. */
static evpack_status check_new(rebuild *b, int64_t after, const char *archive, evpack_err *err)
{
    EVPACK_AUTO(db_stmt) rows = NULL;
    EVPACK_TRY(db_prepare(store_db(b->s),
                          "SELECT e.path, lower(hex(c.sha256)) FROM evidence e"
                          " JOIN content c ON c.id = e.content_id WHERE e.id > ? ORDER BY e.id",
                          &rows, err));
    EVPACK_TRY(db_bind(rows, err, "i", after));
    for (bool row = true; row;) {
        EVPACK_TRY(db_step(rows, &row, err));
        if (row && index_find_original(received_index(b->r), b->label, db_text_or_empty(rows, 0),
                                       db_text_or_empty(rows, 1)) == NULL) {
            return evpack_fail(err, EVPACK_E_NO, "%s holds %s, which " INDEX_PATH " does not list",
                               archive, db_text_or_empty(rows, 0));
        }
    }
    return EVPACK_OK;
}

static evpack_status import_archive(rebuild *b, int fd, const index_row *row,
                                    document_result *result, evpack_err *err)
{
    int64_t newest = 0;
    EVPACK_TRY(db_value(store_db(b->s), "SELECT coalesce(max(id), 0) FROM evidence", &newest, err));
    const archive_import_into to = {b->into, b->table, on_member, b};
    EVPACK_TRY(archive_import(&to, fd, row->original, result, err));
    return check_new(b, newest, row->member, err);
}

static evpack_status import_row(rebuild *b, const index_row *row, evpack_err *err)
{
    EVPACK_AUTO_FD fd = -1;
    EVPACK_TRY(received_file_open(b->r, row->member, &fd, err));
    EVPACK_AUTO_VALUE(buf_reset) buf came = {0};
    if (row->redacted_sha256 != NULL) {
        buf_printf(&came, "a redacted copy, from package %s: the original had SHA-256 %s",
                   received_id(b->r), row->sha256);
        EVPACK_TRY(buf_status(&came, err));
        import_file_came(b->into, buf_str(&came));
    }
    bool archive = false;
    EVPACK_TRY(archive_looks_so(fd, &archive, err));
    /* Standard input is not looked into. */
    archive = archive && strcmp(row->original, "stdin.json") != 0;
    document_result result;
    EVPACK_TRY(archive ? import_archive(b, fd, row, &result, err)
                       : document_import(b->into, b->table, fd, row->original, &result, err));
    import_file_came(b->into, NULL);
    const char *want = row->redacted_sha256 != NULL ? row->redacted_sha256 : row->sha256;
    if (strcmp(result.stored.sha256, want) != 0) {
        return evpack_fail(err, EVPACK_E_NO, "it was changed while it was read");
    }
    count(b, row->original, &result);
    return EVPACK_OK;
}

static snapshot_of *find_snapshot(rebuild *b, const char *label)
{
    for (size_t i = 0; i < b->count; i++) {
        if (strcmp(b->at[i].label, label) == 0) {
            return &b->at[i];
        }
    }
    return NULL;
}

/* Makes the row's snapshot the one that files go into. */
static evpack_status open_snapshot(rebuild *b, const index_row *row, evpack_err *err)
{
    if (b->label != NULL && strcmp(b->label, row->snapshot) == 0) {
        return EVPACK_OK;
    }
    import_free(EVPACK_MOVE(b->into));
    const import_options with = {.label = row->snapshot,
                                 .collected_at = row->collected_at,
                                 .now = b->o->now,
                                 .watch = guard_watch(b->guard),
                                 .within = true};
    EVPACK_TRY(import_begin(b->s, &with, &b->into, err));
    b->label = row->snapshot;
    b->now = find_snapshot(b, row->snapshot);
    if (b->now != NULL) {
        return EVPACK_OK;
    }
    if (collect_check_label(row->snapshot, err) != EVPACK_OK) {
        return evpack_fail(err, EVPACK_E_NO, "%s: '%s' cannot be a snapshot's label", INDEX_PATH,
                           row->snapshot);
    }
    if (b->count == REBUILD_SNAPSHOTS_MAX) {
        return evpack_fail(err, EVPACK_E_NO, "%s: it has more than %d snapshots", INDEX_PATH,
                           REBUILD_SNAPSHOTS_MAX);
    }
    b->now = &b->at[b->count++];
    *b->now = (snapshot_of){
        .label = row->snapshot, .period = row->period, .id = import_snapshot(b->into)};
    return EVPACK_OK;
}

static evpack_status import_rows(rebuild *b, evpack_err *err)
{
    const evidence_index *x = received_index(b->r);
    for (size_t i = 0; i < index_count(x); i++) {
        const index_row *row = index_at(x, i);
        if (strcmp(row->snapshot, ENGAGEMENT_LABEL) == 0) {
            continue;
        }
        EVPACK_TRY(open_snapshot(b, row, err));
        if (row->withheld) {
            b->now->totals.skipped++;
            tell(b, row->original, NULL, "withheld by the sender: it is not in the package");
        } else if (import_row(b, row, err) != EVPACK_OK) {
            return evpack_context(err, "%s", row->member);
        }
    }
    import_free(EVPACK_MOVE(b->into));
    return EVPACK_OK;
}

/* What follows from all files of a snapshot ------------------------------------------------------
 */

typedef struct {
    char **at;
    size_t count;
} expected_list;

static void expected_reset(expected_list *l)
{
    for (size_t i = 0; i < l->count; i++) {
        free(l->at[i]);
    }
    free(l->at);
}

static evpack_status add_expected(void *ctx, const char *sha256, evpack_err *err)
{
    enum { EXPECTED_MAX = 4096 }; /* of a log that nobody need believe */
    expected_list *l = ctx;
    for (size_t i = 0; i < l->count; i++) {
        if (strcmp(l->at[i], sha256) == 0) {
            return EVPACK_OK;
        }
    }
    if (l->count == EXPECTED_MAX) {
        return evpack_fail(err, EVPACK_E_NO, "its custody log expects more than %d ledgers",
                           EXPECTED_MAX);
    }
    char **more = realloc(l->at, (l->count + 1) * sizeof *more);
    if (more == NULL) {
        return evpack_oom(err);
    }
    l->at = more;
    l->at[l->count] = strdup(sha256);
    return l->at[l->count++] == NULL ? evpack_oom(err) : EVPACK_OK;
}

/* A `collect` as of the files themselves: the completeness ledger reads what was expected. */
static evpack_status log_snapshot(const rebuild *b, const snapshot_of *n, const expected_list *l,
                                  evpack_err *err)
{
    const collect_totals *t = &n->totals;
    EVPACK_AUTO_VALUE(buf_reset) buf detail = {0};
    buf_puts(&detail, "{\"snapshot\":");
    buf_json_text(&detail, n->label);
    buf_puts(&detail, ",\"package\":");
    buf_json_text(&detail, received_id(b->r));
    buf_printf(&detail,
               ",\"files\":%" PRIu64 ",\"already\":%" PRIu64 ",\"bytes\":%" PRIu64
               ",\"records\":%" PRIu64 ",\"secrets\":%" PRIu64 ",\"ledgers\":%" PRIu64
               ",\"expected\":[",
               t->files, t->already, t->bytes, t->records, t->secrets, t->ledgers.ledgers);
    for (size_t i = 0; i < l->count; i++) {
        buf_printf(&detail, "%s\"%s\"", i == 0 ? "" : ",", l->at[i]);
    }
    buf_puts(&detail, "]}");
    EVPACK_TRY(buf_status(&detail, err));
    const custody_event event = {.event = "collect",
                                 .by = b->o->by,
                                 .reason = b->o->reason,
                                 .detail = buf_str(&detail),
                                 .at = b->o->now};
    return custody_add(b->s, &event, err);
}

/* The case's own period is not replaced: what it says of gaps in the evidence hangs on it. */
static evpack_status set_period(rebuild *b, const snapshot_of *n, evpack_err *err)
{
    static const char sql[] = "SELECT period_start || '/' || period_end FROM snapshot WHERE id = ?"
                              " AND period_start IS NOT NULL";
    if (n->period == NULL) {
        return EVPACK_OK;
    }
    EVPACK_AUTO(db_stmt) before = NULL;
    EVPACK_TRY(db_prepare(store_db(b->s), sql, &before, err));
    EVPACK_TRY(db_bind(before, err, "i", n->id));
    bool was = false;
    EVPACK_TRY(db_step(before, &was, err));
    EVPACK_AUTO_CHARS own = was ? strdup(db_text_or_empty(before, 0)) : NULL;
    if (was && own == NULL) {
        return evpack_oom(err);
    }
    db_reset(before);
    if (ledger_set_period(b->s, n->id, n->period, err) != EVPACK_OK) {
        return evpack_fail(err, EVPACK_E_NO, "%s: '%.60s' is not a period", INDEX_PATH, n->period);
    }
    if (!was) {
        return EVPACK_OK;
    }
    EVPACK_TRY(db_bind(before, err, "i", n->id));
    EVPACK_TRY(db_step(before, &was, err));
    return strcmp(own, db_text_or_empty(before, 0)) == 0
               ? EVPACK_OK
               : evpack_fail(err, EVPACK_E_USAGE,
                             "snapshot '%s' has the period %s in the case, and %s in the package: "
                             "collect the package into a case of its own",
                             n->label, own, db_text_or_empty(before, 0));
}

static evpack_status finish_snapshot(rebuild *b, snapshot_of *n, evpack_err *err)
{
    const collection_options ledgers = {.say = b->o->say, .ctx = b->o->ctx};
    EVPACK_TRY(collection_read(b->s, n->id, &ledgers, &n->totals.ledgers, err));
    EVPACK_TRY(set_period(b, n, err));
    EVPACK_AUTO_VALUE(expected_reset) expected_list expected = {0};
    if (received_signer(b->r) != NULL) { /* else anybody can have written that log */
        EVPACK_TRY(prior_each_expected(b->r, n->label, add_expected, &expected, err));
    }
    b->expected += expected.count;
    EVPACK_TRY(log_snapshot(b, n, &expected, err));
    return ledger_rebuild(b->s, n->id, err);
}

static void add_totals(rebuild_totals *to, const snapshot_of *n)
{
    const collect_totals *t = &n->totals;
    collect_totals *all = &to->all;
    to->snapshots++;
    all->files += t->files;
    all->already += t->already;
    all->bytes += t->bytes;
    all->records += t->records;
    all->unrecognised += t->unrecognised;
    all->skipped += t->skipped;
    all->secrets += t->secrets;
    all->with_secrets += t->with_secrets;
    all->ledgers.ledgers += t->ledgers.ledgers;
    all->ledgers.lines += t->ledgers.lines;
    all->ledgers.vouched += t->ledgers.vouched;
    all->ledgers.changed += t->ledgers.changed;
    all->ledgers.missing += t->ledgers.missing;
    all->ledgers.failed += t->ledgers.failed;
    all->ledgers.unread += t->ledgers.unread;
}

/* The engagement's files ------------------------------------------------------------------------
 */

static void on_engaged(void *ctx, const char *path, const document_result *result)
{
    tell(ctx, path, result, NULL);
}

static evpack_status rebuild_engaged(rebuild *b, rebuild_totals *totals, evpack_err *err)
{
    const engagement_options with = {.now = b->o->now,
                                     .by = b->o->by,
                                     .reason = b->o->reason,
                                     .package = received_id(b->r),
                                     .watch = guard_watch(b->guard),
                                     .within = true,
                                     .each = on_engaged,
                                     .ctx = b};
    rebuild_engaged_totals t = {0};
    EVPACK_TRY(
        rebuild_engagement(b->s, b->r, b->o->scratch, b->o->keep_engagement, &with, &t, err));
    totals->all.engagement.files = t.files;
    totals->all.engagement.exceptions = t.exceptions;
    totals->all.engagement.attestations = t.attestations;
    totals->all.engagement.assurance = t.assurance;
    totals->all.secrets += t.secrets;
    totals->all.with_secrets += t.with_secrets;
    totals->all.skipped += t.withheld;
    return EVPACK_OK;
}

evpack_status rebuild_case(store *s, const received *r, const rebuild_options *options,
                           rebuild_totals *totals, evpack_err *err)
{
    *totals = (rebuild_totals){0};
    EVPACK_AUTO_VALUE(rebuild_reset) rebuild b = {.s = s, .r = r, .o = options};
    b.at = calloc(REBUILD_SNAPSHOTS_MAX, sizeof *b.at);
    if (b.at == NULL) {
        return evpack_oom(err);
    }
    EVPACK_TRY(shapes_load(&b.table, err));
    const guard_listener listener = {options->secret, options->ctx};
    EVPACK_TRY(guard_new(s, &listener, &b.guard, err));
    EVPACK_TRY(import_rows(&b, err));
    for (size_t i = 0; i < b.count; i++) {
        EVPACK_TRY(finish_snapshot(&b, &b.at[i], err));
        add_totals(totals, &b.at[i]);
    }
    totals->expected = b.expected;
    return rebuild_engaged(&b, totals, err);
}
