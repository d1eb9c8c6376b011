/*
 * Rebuilding engagements. Invariant: every file of the snapshot `engagement` that the package holds
 * is in the case afterwards, and the engagement that held is the newest. Refuses to know what the
 * decisions are.
 */
#include "review/rebuild_engagement.h"

#include "base/file.h"
#include "base/member.h"
#include "base/text.h"
#include "store/engagement.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static const char top[] = "data/evidence/" ENGAGEMENT_LABEL "/";

typedef struct {
    store *s;
    const received *r;
    const char *scratch;
    const engagement_options *o;
    rebuild_engaged_totals *totals;
    unsigned layouts; /* folders that were made */
    const char *note; /* of the files that are without a meaning */
} engaging;

static bool is_engaged(const index_row *row)
{
    return strcmp(row->snapshot, ENGAGEMENT_LABEL) == 0;
}

/* Whether every part of a path names something below the folder. */
static bool stays_below(const char *path)
{
    for (const char *part = path;;) {
        const size_t len = strcspn(part, "/");
        if (len == 0 || (len == 1 && part[0] == '.') || (len == 2 && strncmp(part, "..", 2) == 0)) {
            return false;
        }
        if (part[len] == '\0') {
            return true;
        }
        part += len + 1;
    }
}

static bool has_plain_name(const index_row *row)
{
    EVPACK_AUTO_VALUE(buf_reset) buf plain = {0};
    buf_puts(&plain, top);
    member_escape(row->original, &plain);
    return !plain.failed && strcmp(buf_str(&plain), row->member) == 0;
}

/* Puts a file at its original path below the folder, unless another is in its way. */
static evpack_status lay(const engaging *e, const char *folder, const index_row *row,
                         evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf from = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf to = {0};
    buf_printf(&from, "%s/%s", received_folder(e->r), row->member);
    buf_printf(&to, "%s/%s", folder, row->original);
    EVPACK_TRY(buf_status(&from, err));
    EVPACK_TRY(buf_status(&to, err));
    for (char *slash = to.data + strlen(folder) + 1; (slash = strchr(slash, '/')) != NULL;
         *slash++ = '/') {
        *slash = '\0';
        if (mkdir(to.data, 0700) != 0 && errno != EEXIST && errno != ENOTDIR) {
            return evpack_fail(err, EVPACK_E_IO, "%s: cannot be made: %s", to.data,
                               strerror(errno));
        }
    }
    if (link(buf_str(&from), buf_str(&to)) != 0 && errno != EEXIST && errno != ENOTDIR) {
        return evpack_fail(err, EVPACK_E_IO, "%s: cannot be made: %s", buf_str(&to),
                           strerror(errno));
    }
    return EVPACK_OK;
}

/* The files as they lay when this engagement was given: of each name the plain one when it holds,
 * then those that came last before the next engagement. */
static evpack_status lay_out(engaging *e, const index_row *which, uint64_t before, bool holds,
                             buf *folder, evpack_err *err)
{
    const evidence_index *x = received_index(e->r);
    buf_printf(folder, "%s/engagement-%u", e->scratch, ++e->layouts);
    EVPACK_TRY(buf_status(folder, err));
    if (mkdir(buf_str(folder), 0700) != 0) {
        return evpack_fail(err, EVPACK_E_IO, "%s: cannot be made: %s", buf_str(folder),
                           strerror(errno));
    }
    EVPACK_TRY(lay(e, buf_str(folder), which, err));
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = index_count(x); i-- > 0;) { /* the first that lies there stays */
            const index_row *row = index_at(x, i);
            if (is_engaged(row) && !row->withheld && row->order <= before &&
                (pass == 1 || (holds && has_plain_name(row)))) {
                EVPACK_TRY(lay(e, buf_str(folder), row, err));
            }
        }
    }
    return EVPACK_OK;
}

static evpack_status import_one(engaging *e, const index_row *which, uint64_t before, bool holds,
                                evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf path = {0};
    EVPACK_TRY(lay_out(e, which, before, holds, &path, err));
    buf_printf(&path, "/%s", which->original);
    EVPACK_TRY(buf_status(&path, err));
    EVPACK_AUTO(engagement) g = NULL;
    evpack_status status = engagement_read(buf_str(&path), &g, err);
    if (status == EVPACK_E_MEMORY) {
        return status;
    }
    if (status != EVPACK_OK && !holds) {
        return EVPACK_OK;
    }
    if (status != EVPACK_OK) {
        err->code = EVPACK_E_NO;
        return evpack_context(err, "%s: the engagement cannot be read again", which->member);
    }
    e->totals->exceptions = g->exceptions;
    e->totals->attestations = g->attestations;
    e->totals->assurance = g->assurance;
    status = engagement_import(e->s, g, e->o, err);
    err->code = status == EVPACK_E_INPUT ? EVPACK_E_NO : status;
    return err->code;
}

/* The one that holds, as the package says. */
static evpack_status find_held(const engaging *e, const index_row **held, evpack_err *err)
{
    const char *path = received_info(e->r, "Evpack-Engagement");
    *held = path == NULL ? NULL : index_find(received_index(e->r), path);
    if (path != NULL && (*held == NULL || (*held)->withheld || !is_engaged(*held))) {
        return evpack_fail(err, EVPACK_E_NO,
                           "bag-info.txt names the engagement %s, which is not there", path);
    }
    return EVPACK_OK;
}

static evpack_status import_all(engaging *e, evpack_err *err)
{
    const evidence_index *x = received_index(e->r);
    const index_row *held = NULL;
    EVPACK_TRY(find_held(e, &held, err));
    const index_row *last = NULL;
    for (size_t i = 0; i < index_count(x) && index_ordered(x); i++) {
        const index_row *row = index_at(x, i);
        if (!is_engaged(row) || row->withheld || strcmp(row->kind, "engagement") != 0) {
            continue;
        }
        if (last != NULL && last != held) {
            EVPACK_TRY(import_one(e, last, row->order - 1, false, err));
        }
        last = row;
    }
    if (last != NULL && last != held) {
        EVPACK_TRY(import_one(e, last, UINT64_MAX, false, err));
    }
    return held == NULL ? EVPACK_OK : import_one(e, held, UINT64_MAX, true, err);
}

static evpack_status is_in_case(const engaging *e, const index_row *row, bool *yes, evpack_err *err)
{
    EVPACK_AUTO(db_stmt) find = NULL;
    EVPACK_TRY(db_prepare(store_db(e->s),
                          "SELECT 1 FROM evidence e JOIN snapshot s ON s.id = e.snapshot_id"
                          " JOIN content c ON c.id = e.content_id"
                          " WHERE s.label = '" ENGAGEMENT_LABEL "' AND e.path = ?"
                          " AND lower(hex(c.sha256)) = ?",
                          &find, err));
    EVPACK_TRY(db_bind(find, err, "tt", row->original,
                       row->redacted_sha256 != NULL ? row->redacted_sha256 : row->sha256));
    return db_step(find, yes, err);
}

/* A file that no engagement named again: its bytes. */
static evpack_status keep(engaging *e, import *into, const index_row *row, evpack_err *err)
{
    enum { BLOCK = 64 << 10 };
    EVPACK_AUTO_FD fd = -1;
    EVPACK_TRY(received_file_open(e->r, row->member, &fd, err));
    EVPACK_TRY(import_file_begin(into, err));
    char block[BLOCK];
    for (size_t got = BLOCK; got == BLOCK;) {
        EVPACK_TRY(file_read_fd(fd, block, BLOCK, &got, err));
        EVPACK_TRY(import_bytes(into, block, got, err));
    }
    const import_file_row kept = {.path = row->original,
                                  .kind = "attachment",
                                  .encoding = "binary",
                                  .shape = "none",
                                  .completeness = "whole",
                                  .note = e->note};
    import_file_result result;
    return import_file_end(into, &kept, &result, err);
}

static evpack_status keep_rest(engaging *e, evpack_err *err)
{
    const evidence_index *x = received_index(e->r);
    const import_options with = {.label = ENGAGEMENT_LABEL,
                                 .now = e->o->now,
                                 .watch = e->o->watch,
                                 .within = true,
                                 .engagement = true};
    EVPACK_AUTO(import) into = NULL;
    EVPACK_TRY(import_begin(e->s, &with, &into, err));
    for (size_t i = 0; i < index_count(x); i++) {
        const index_row *row = index_at(x, i);
        bool there = true;
        if (is_engaged(row) && !row->withheld) {
            EVPACK_TRY(is_in_case(e, row, &there, err));
        }
        if (!there) {
            EVPACK_TRY(keep(e, into, row, err));
        }
    }
    return EVPACK_OK;
}

/* What the case's owner decided stays: no package replaces it unasked. */
static evpack_status check_given(const engaging *e, evpack_err *err)
{
    const evidence_index *x = received_index(e->r);
    const index_row *held = NULL;
    EVPACK_TRY(find_held(e, &held, err));
    bool brings = false;
    for (size_t i = 0; i < index_count(x) && !brings; i++) {
        const index_row *row = index_at(x, i);
        brings = is_engaged(row) && !row->withheld && strcmp(row->kind, "engagement") == 0;
    }
    engagement_held own;
    EVPACK_TRY(engagement_find(e->s, &own, err));
    if (!brings || own.id == 0 || (held != NULL && strcmp(held->sha256, own.sha256) == 0)) {
        return EVPACK_OK;
    }
    EVPACK_AUTO(db_stmt) from = NULL;
    EVPACK_TRY(
        db_prepare(store_db(e->s),
                   "SELECT line ->> '$.detail.package' FROM custody_event"
                   " WHERE line ->> '$.event' = 'collect'"
                   " AND line ->> '$.detail.engagement' IS NOT NULL ORDER BY id DESC LIMIT 1",
                   &from, err));
    bool row = false;
    EVPACK_TRY(db_step(from, &row, err));
    return row && db_text(from, 0) != NULL
               ? EVPACK_OK /* a package brought that one, too */
               : evpack_fail(err, EVPACK_E_USAGE,
                             "the package brings an engagement, and another was given for this "
                             "case: --keep-engagement goes on with the one of the case, or collect "
                             "the package into a case of its own");
}

static void count_each(void *ctx, const char *path, const document_result *result)
{
    const engaging *e = ctx;
    e->totals->secrets += result->stored.secrets;
    e->totals->with_secrets += result->stored.secrets > 0;
    if (e->o->each != NULL) {
        e->o->each(e->o->ctx, path, result);
    }
}

evpack_status rebuild_engagement(store *s, const received *r, const char *scratch, bool keep,
                                 const engagement_options *options, rebuild_engaged_totals *totals,
                                 evpack_err *err)
{
    *totals = (rebuild_engaged_totals){0};
    engaging e = {.s = s,
                  .r = r,
                  .scratch = scratch,
                  .o = options,
                  .totals = totals,
                  .note = keep ? "of a received package's engagement, which decides nothing here"
                               : "of an engagement that another replaced"};
    for (size_t i = 0; i < index_count(received_index(r)); i++) {
        const index_row *row = index_at(received_index(r), i);
        if (is_engaged(row) && !stays_below(row->original)) {
            return evpack_fail(err, EVPACK_E_NO,
                               "%s: its original path does not stay below the engagement's folder",
                               row->member);
        }
        totals->files += is_engaged(row) && !row->withheld;
        totals->withheld += is_engaged(row) && row->withheld;
    }
    if (totals->files == 0 && received_info(r, "Evpack-Engagement") == NULL) {
        return EVPACK_OK;
    }
    engagement_options counting = *options;
    engaging outer = e; /* who is told besides */
    counting.each = count_each;
    counting.ctx = &outer;
    e.o = &counting;
    if (!keep) {
        EVPACK_TRY(check_given(&e, err));
        EVPACK_TRY(import_all(&e, err));
    }
    return keep_rest(&e, err);
}
