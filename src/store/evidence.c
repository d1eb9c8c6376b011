/*
 * Raw evidence and its records. Invariant: the chunks of a content, in order, are the bytes that
 * came in, and the content's row is written only after all of them; a file appears in the case
 * with all its records or not at all. Refuses to know what the bytes mean.
 */
#include "store/evidence.h"

#include "base/buf.h"
#include "base/member.h"

#include "base/text.h"
#include "port/digest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { CHUNK = 1 << 20, ANONYMOUS = 20 };

struct import {
    store *s;
    db *d;
    db_stmt *add_chunk, *find_content, *add_content, *find_evidence, *add_evidence, *add_record,
        *add_subject, *add_document, *member_file, *member_folder;
    digest *hash;
    const import_watch *watch;
    bool within, engagement;
    buf piece;
    int64_t snapshot;
    int64_t content; /* the id that this file's content will have */
    int64_t evidence;
    int64_t record;       /* the newest record's id */
    int64_t first_record; /* of this file */
    int64_t document;     /* ordinal of the document that is read */
    int64_t before;       /* the newest record before that document */
    uint64_t size, stored;
    uint64_t taken, expected; /* bytes of all files: for who watches */
    const char *path;         /* of the open file; borrowed; NULL: not told */
    const char *came;         /* import_file_came */
    buf origin; /* what the names of its records without an id begin with; empty: not asked */
    struct {
        int64_t content, evidence, record;
    } mark;
};

void import_free(import *i)
{
    if (i == NULL) {
        return;
    }
    db_stmt *all[] = {i->add_chunk,    i->find_content, i->add_content, i->find_evidence,
                      i->add_evidence, i->add_record,   i->add_subject, i->add_document,
                      i->member_file,  i->member_folder};
    for (size_t n = 0; n < sizeof all / sizeof all[0]; n++) {
        db_finalize(all[n]);
    }
    digest_free(i->hash);
    buf_reset(&i->piece);
    buf_reset(&i->origin);
    if (!i->within) {
        store_rollback(i->s);
    }
    free(i);
}

static evpack_status prepare(import *i, evpack_err *err)
{
    const struct {
        db_stmt **to;
        const char *sql;
    } all[] = {
        {&i->add_chunk, "INSERT INTO chunk(content_id, start, bytes) VALUES (?, ?, ?)"},
        {&i->find_content, "SELECT id FROM content WHERE sha256 = ?"},
        {&i->add_content, "INSERT INTO content(id, sha256, size) VALUES (?, ?, ?)"},
        {&i->find_evidence,
         "SELECT id FROM evidence WHERE snapshot_id = ? AND path = ? AND content_id = ?"},
        {&i->add_evidence,
         "INSERT INTO evidence(id, snapshot_id, content_id, path, member, kind, encoding, shape,"
         " completeness, records, reason, note, secrets)"
         " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, nullif(?, -1))"},
        {&i->add_record,
         "INSERT INTO record(id, evidence_id, kind, subject, id_given, type, name, scope, parent,"
         " complete, normalised, pointer, start, length, body, document)"
         " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"},
        {&i->add_document,
         "INSERT INTO document(evidence_id, ordinal, start, length, kind, shape, completeness,"
         " reason, records, stated, total, next, context)"
         " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, nullif(?, -1), nullif(?, -1), ?, ?)"},
        {&i->add_subject,
         "INSERT INTO subject(snapshot_id, subject, record_id, kind, complete)"
         " SELECT ?1, subject, id, kind, complete FROM record WHERE evidence_id = ?2"
         "  ORDER BY id"
         " ON CONFLICT(snapshot_id, subject) DO UPDATE SET record_id = excluded.record_id,"
         " kind = excluded.kind, complete = excluded.complete"
         " WHERE (?3, excluded.complete) >= ((SELECT e.completeness <> 'truncated' FROM record r"
         "   JOIN evidence e ON e.id = r.evidence_id WHERE r.id = subject.record_id), complete)"},
        {&i->member_file, "SELECT 1 FROM evidence WHERE snapshot_id = ? AND lower(member) = ?"},
        {&i->member_folder,
         "SELECT 1 FROM evidence WHERE snapshot_id = ?1"
         "   AND lower(member) > ?2 || '/' AND lower(member) < ?2 || '0' LIMIT 1"},
    };
    for (size_t n = 0; n < sizeof all / sizeof all[0]; n++) {
        EVPACK_TRY(db_prepare(i->d, all[n].sql, all[n].to, err));
    }
    return EVPACK_OK;
}

static evpack_status same_collected(db_stmt *find, const import_options *o, evpack_err *err)
{
    const char *was = db_text(find, 1);
    if ((strcmp(db_text_or_empty(find, 2), "engagement") == 0) != o->engagement) {
        return evpack_fail(err, EVPACK_E_USAGE, "the label '%s' is that of %s of this case; %s",
                           o->label, o->engagement ? "a snapshot" : "the engagement",
                           o->engagement ? "its engagement needs a case of its own"
                                         : "give the snapshot another --snapshot label");
    }
    if (o->collected_at != NULL && was != NULL && strcmp(was, o->collected_at) != 0) {
        return evpack_fail(err, EVPACK_E_USAGE,
                           "snapshot '%s' was collected at %s, not at %s; give it another "
                           "--snapshot label",
                           o->label, was, o->collected_at);
    }
    return EVPACK_OK;
}

static evpack_status open_snapshot(import *i, const import_options *o, evpack_err *err)
{
    EVPACK_AUTO(db_stmt) find = NULL;
    EVPACK_TRY(db_prepare(i->d, "SELECT id, collected_at, role FROM snapshot WHERE label = ?",
                          &find, err));
    EVPACK_TRY(db_bind(find, err, "t", o->label));
    bool row = false;
    EVPACK_TRY(db_step(find, &row, err));
    EVPACK_AUTO(db_stmt) write = NULL;
    if (row) {
        i->snapshot = db_int(find, 0);
        EVPACK_TRY(same_collected(find, o, err));
        bool tell = o->collected_at != NULL && db_null(find, 1);
        db_reset(find);
        if (!tell) {
            return EVPACK_OK;
        }
        EVPACK_TRY(
            db_prepare(i->d, "UPDATE snapshot SET collected_at = ? WHERE id = ?", &write, err));
        EVPACK_TRY(db_bind(write, err, "ti", o->collected_at, i->snapshot));
        return db_run(write, err);
    }
    char now[TEXT_TIME];
    text_format_time(o->now, now);
    EVPACK_TRY(
        db_prepare(i->d,
                   "INSERT INTO snapshot(label, collected_at, imported_at, tool_version, role)"
                   " VALUES (?, ?, ?, '" EVPACK_VERSION "', ?)",
                   &write, err));
    EVPACK_TRY(db_bind(write, err, "tttt", o->label, o->collected_at, now,
                       o->engagement ? "engagement" : "tenant"));
    EVPACK_TRY(db_run(write, err));
    i->snapshot = db_last_id(i->d);
    return EVPACK_OK;
}

evpack_status import_begin(store *s, const import_options *options, import **out, evpack_err *err)
{
    EVPACK_AUTO(import) i = calloc(1, sizeof *i);
    if (i == NULL) {
        return evpack_oom(err);
    }
    i->s = s;
    i->d = store_db(s);
    i->watch = options->watch;
    i->within = options->within;
    i->engagement = options->engagement;
    if (!i->within) {
        EVPACK_TRY(store_begin(s, err));
    }
    EVPACK_TRY(digest_new(&i->hash, err));
    EVPACK_TRY(prepare(i, err));
    EVPACK_TRY(open_snapshot(i, options, err));
    EVPACK_TRY(db_value(i->d, "SELECT coalesce(max(id), 0) FROM evidence", &i->evidence, err));
    EVPACK_TRY(db_value(i->d, "SELECT coalesce(max(id), 0) FROM record", &i->record, err));
    EVPACK_TRY(db_value(i->d, "SELECT coalesce(max(id), 0) FROM content", &i->content, err));
    *out = EVPACK_MOVE(i);
    return EVPACK_OK;
}

int64_t import_snapshot(const import *i)
{
    return i->snapshot;
}

evpack_status import_file_begin(import *i, evpack_err *err)
{
    EVPACK_TRY(db_exec(i->d, "SAVEPOINT file", err));
    i->evidence++;
    i->content++;
    i->first_record = i->record + 1;
    i->document = 0;
    i->before = i->record;
    i->size = 0;
    i->stored = 0;
    i->path = NULL;
    buf_clear(&i->origin);
    buf_clear(&i->piece);
    return i->watch == NULL ? EVPACK_OK : i->watch->begin(i->watch->ctx, i, err);
}

int64_t import_evidence(const import *i)
{
    return i->evidence;
}

/* What may be shown of a text that is not the raw bytes; NULL stays NULL. */
static evpack_status clean(const import *i, const char **text, bool name, buf *out, evpack_err *err)
{
    if (i->watch == NULL || *text == NULL) {
        return EVPACK_OK;
    }
    EVPACK_TRY(i->watch->clean(i->watch->ctx, *text, name, out, err));
    EVPACK_TRY(buf_status(out, err));
    *text = buf_str(out);
    return EVPACK_OK;
}

static evpack_status store_chunk(import *i, const void *data, size_t len, evpack_err *err)
{
    EVPACK_TRY(db_bind(i->add_chunk, err, "iib", i->content, (int64_t)i->stored, data, len));
    EVPACK_TRY(db_run(i->add_chunk, err));
    i->stored += len;
    return EVPACK_OK;
}

void import_expect(import *i, uint64_t bytes)
{
    i->expected = bytes;
}

evpack_status import_bytes(import *i, const void *data, size_t len, evpack_err *err)
{
    digest_update(i->hash, data, len);
    if (i->watch != NULL) {
        EVPACK_TRY(i->watch->bytes(i->watch->ctx, data, len, err));
    }
    i->size += len;
    i->taken += len;
    progress_tell(store_watched(i->s), NULL, PROGRESS_BYTES, i->taken, i->expected);
    const char *p = data;
    while (len > 0) {
        size_t n = CHUNK - i->piece.len < len ? CHUNK - i->piece.len : len;
        if (n == CHUNK) {
            EVPACK_TRY(store_chunk(i, p, n, err));
        } else {
            buf_append(&i->piece, p, n);
            EVPACK_TRY(buf_status(&i->piece, err));
        }
        if (i->piece.len == CHUNK) {
            EVPACK_TRY(store_chunk(i, i->piece.data, CHUNK, err));
            buf_clear(&i->piece);
        }
        p += n;
        len -= n;
    }
    return EVPACK_OK;
}

void import_file_path(import *i, const char *path)
{
    i->path = path;
}

void import_file_came(import *i, const char *how)
{
    i->came = how;
}

/* The files of this path that the snapshot holds already: exports of the same command, one later.
 */
static evpack_status count_path(import *i, const char *path, int64_t *count, evpack_err *err)
{
    EVPACK_AUTO(db_stmt) q = NULL;
    EVPACK_TRY(db_prepare(i->d, "SELECT count(*) FROM evidence WHERE snapshot_id = ? AND path = ?",
                          &q, err));
    EVPACK_TRY(db_bind(q, err, "it", i->snapshot, path));
    bool row = false;
    EVPACK_TRY(db_step(q, &row, err));
    *count = row ? db_int(q, 0) : 0;
    return EVPACK_OK;
}

evpack_status import_anonymous(import *i, buf *out, evpack_err *err)
{
    if (i->origin.len == 0) {
        const char *path = i->path;
        EVPACK_AUTO_VALUE(buf_reset) buf shown = {0};
        EVPACK_TRY(clean(i, &path, false, &shown, err));
        int64_t before = 0;
        EVPACK_TRY(count_path(i, path == NULL ? "" : path, &before, err));
        buf_printf(&i->origin, "%s\n%lld\n", path == NULL ? "" : path, (long long)before);
    }
    const size_t len = i->origin.len;
    buf_printf(&i->origin, "%lld", (long long)(i->record + 1 - i->first_record));
    EVPACK_TRY(buf_status(&i->origin, err));
    char hex[DIGEST_HEX];
    EVPACK_TRY(digest_bytes_hex(i->origin.data, i->origin.len, hex, err));
    buf_truncate(&i->origin, len);
    buf_append(out, hex, ANONYMOUS);
    return buf_status(out, err);
}

evpack_status import_record(import *i, const import_record_row *r, evpack_err *err)
{
    i->record++;
    EVPACK_TRY(db_bind(i->add_record, err, "iitttttttiitiiTi", i->record, i->evidence, r->kind,
                       r->subject, r->id_given, r->type, r->name, r->scope, r->parent,
                       (int64_t)r->complete, (int64_t)r->normalised, r->pointer, (int64_t)r->start,
                       (int64_t)r->length, r->body, r->body_len, i->document));
    return db_run(i->add_record, err);
}

evpack_status import_document(import *i, const import_document_row *r, evpack_err *err)
{
    EVPACK_TRY(db_bind(i->add_document, err, "iiiittttiiitt", i->evidence, i->document,
                       (int64_t)r->start, (int64_t)r->length, r->kind, r->shape, r->completeness,
                       r->reason, (int64_t)r->records, r->stated, r->total, r->next, r->context));
    i->document++;
    i->before = i->record;
    return db_run(i->add_document, err);
}

static evpack_status run_with_id(import *i, const char *sql, int64_t id, evpack_err *err)
{
    EVPACK_AUTO(db_stmt) s = NULL;
    EVPACK_TRY(db_prepare(i->d, sql, &s, err));
    EVPACK_TRY(db_bind(s, err, "i", id));
    return db_run(s, err);
}

static evpack_status write_rows(db_stmt *chunks, evidence_write write, void *ctx, evpack_err *err)
{
    for (bool row = true; row;) {
        EVPACK_TRY(db_step(chunks, &row, err));
        if (row) {
            size_t len = 0;
            const void *bytes = db_bytes(chunks, 0, &len);
            EVPACK_TRY(write(ctx, bytes, len, err));
        }
    }
    return EVPACK_OK;
}

evpack_status import_reread(import *i, evidence_write write, void *ctx, evpack_err *err)
{
    EVPACK_AUTO(db_stmt) chunks = NULL;
    EVPACK_TRY(db_prepare(i->d, "SELECT bytes FROM chunk WHERE content_id = ? ORDER BY start",
                          &chunks, err));
    EVPACK_TRY(db_bind(chunks, err, "i", i->content));
    EVPACK_TRY(write_rows(chunks, write, ctx, err));
    return write(ctx, buf_str(&i->piece), i->piece.len, err);
}

evpack_status import_forget_records(import *i, evpack_err *err)
{
    EVPACK_TRY(run_with_id(i, "DELETE FROM record WHERE evidence_id = ?", i->evidence, err));
    EVPACK_TRY(run_with_id(i, "DELETE FROM document WHERE evidence_id = ?", i->evidence, err));
    i->record = i->first_record - 1;
    i->before = i->record;
    i->document = 0;
    return EVPACK_OK;
}

evpack_status import_forget_document(import *i, evpack_err *err)
{
    EVPACK_TRY(run_with_id(i, "DELETE FROM record WHERE id > ?", i->before, err));
    i->record = i->before;
    return EVPACK_OK;
}

/* The content with these bytes: an older one, or the one that is sealed now. */
static evpack_status seal_content(import *i, const unsigned char *sha, int64_t *content,
                                  bool *shared, evpack_err *err)
{
    bool row = false;
    EVPACK_TRY(db_bind(i->find_content, err, "b", sha, (size_t)DIGEST_SIZE));
    EVPACK_TRY(db_step(i->find_content, &row, err));
    *shared = row;
    if (row) {
        *content = db_int(i->find_content, 0);
        db_reset(i->find_content);
        EVPACK_TRY(run_with_id(i, "DELETE FROM chunk WHERE content_id = ?", i->content, err));
        i->content--;
        return EVPACK_OK;
    }
    *content = i->content;
    EVPACK_TRY(db_bind(i->add_content, err, "ibi", i->content, sha, (size_t)DIGEST_SIZE,
                       (int64_t)i->size));
    return db_run(i->add_content, err);
}

/* Whether a statement of (snapshot, name) finds a row for the first len bytes of member. */
static evpack_status finds(import *i, db_stmt *find, const char *lower, size_t len, bool *yes,
                           evpack_err *err)
{
    EVPACK_TRY(db_bind(find, err, "iT", i->snapshot, lower, len));
    EVPACK_TRY(db_step(find, yes, err));
    db_reset(find);
    return EVPACK_OK;
}

/* Whether a name meets another when letter case is ignored: a file of that name, a file where this
 * one needs a folder, or a folder of that name. */
static evpack_status is_taken(import *i, const char *member, bool *taken, evpack_err *err)
{
    EVPACK_AUTO_CHARS lower = strdup(member);
    if (lower == NULL) {
        return evpack_oom(err);
    }
    size_t len = strlen(lower);
    text_lower_bytes(lower, len);
    EVPACK_TRY(finds(i, i->member_file, lower, len, taken, err));
    for (const char *p = strchr(lower, '/'); p != NULL && !*taken; p = strchr(p + 1, '/')) {
        EVPACK_TRY(finds(i, i->member_file, lower, (size_t)(p - lower), taken, err));
    }
    return *taken ? EVPACK_OK : finds(i, i->member_folder, lower, len, taken, err);
}

/* The file's name in a package, below its snapshot's folder: base/member.h has the scheme. */
static evpack_status member_name(import *i, const char *path, const char *sha, buf *out,
                                 evpack_err *err)
{
    member_escape(path, out);
    EVPACK_TRY(buf_status(out, err));
    bool taken = false;
    EVPACK_TRY(is_taken(i, buf_str(out), &taken, err));
    if (!taken && out->len <= EVIDENCE_MEMBER_MAX) {
        return EVPACK_OK;
    }
    EVPACK_AUTO_VALUE(buf_reset) buf both = {0};
    buf_printf(&both, "%s\n%s\n", path, sha);
    EVPACK_TRY(buf_status(&both, err));
    char hash[DIGEST_HEX];
    EVPACK_TRY(digest_bytes_hex(both.data, both.len, hash, err));
    buf_clear(out);
    member_escape_hashed(path, hash, out);
    EVPACK_TRY(buf_status(out, err));
    EVPACK_TRY(is_taken(i, buf_str(out), &taken, err));
    return taken ? evpack_fail(err, EVPACK_E_INTERNAL, "two files have the name %s in a package",
                               buf_str(out))
                 : EVPACK_OK;
}

static evpack_status already_there(import *i, const char *path, int64_t content,
                                   import_file_result *result, evpack_err *err)
{
    EVPACK_TRY(db_bind(i->find_evidence, err, "iti", i->snapshot, path, content));
    EVPACK_TRY(db_step(i->find_evidence, &result->already, err));
    result->evidence = result->already ? db_int(i->find_evidence, 0) : result->evidence;
    db_reset(i->find_evidence);
    return EVPACK_OK;
}

static evpack_status undo_file(import *i, evpack_err *err)
{
    i->evidence--;
    i->record = i->first_record - 1;
    return db_exec(i->d, "ROLLBACK TO file; RELEASE file", err);
}

/* The rest of import_file_end: row holds nothing that may not be shown. */
static evpack_status end_file(import *i, const import_file_row *row, int64_t secrets,
                              import_file_result *result, evpack_err *err)
{
    if (i->piece.len > 0) {
        EVPACK_TRY(store_chunk(i, i->piece.data, i->piece.len, err));
        buf_clear(&i->piece);
    }
    unsigned char sha[DIGEST_SIZE];
    EVPACK_TRY(digest_final(i->hash, sha, err));
    *result = (import_file_result){.size = i->size,
                                   .records = (uint64_t)(i->record - i->first_record + 1),
                                   .evidence = i->evidence};
    text_hex(sha, sizeof sha, result->sha256);
    int64_t content = 0;
    EVPACK_TRY(seal_content(i, sha, &content, &result->shared, err));
    if (result->shared) {
        EVPACK_TRY(already_there(i, row->path, content, result, err));
        if (result->already) {
            return undo_file(i, err);
        }
    }
    EVPACK_AUTO_VALUE(buf_reset) buf member = {0};
    EVPACK_TRY(member_name(i, row->path, result->sha256, &member, err));
    EVPACK_TRY(db_bind(i->add_evidence, err,
                       "iiitttttti"
                       "tti",
                       i->evidence, i->snapshot, content, row->path, buf_str(&member), row->kind,
                       row->encoding, row->shape, row->completeness, (int64_t)result->records,
                       row->reason, row->note, secrets));
    EVPACK_TRY(db_run(i->add_evidence, err));
    if (!i->engagement) {
        EVPACK_TRY(db_bind(i->add_subject, err, "iii", i->snapshot, i->evidence,
                           (int64_t)(strcmp(row->completeness, "truncated") != 0)));
        EVPACK_TRY(db_run(i->add_subject, err));
    }
    return db_exec(i->d, "RELEASE file", err);
}

evpack_status import_file_end(import *i, const import_file_row *row, import_file_result *result,
                              evpack_err *err)
{
    import_file_row shown = *row;
    EVPACK_AUTO_VALUE(buf_reset) buf path = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf reason = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf note = {0};
    EVPACK_TRY(clean(i, &shown.path, true, &path, err));
    uint64_t secrets = 0;
    if (i->watch != NULL) {
        EVPACK_TRY(i->watch->end(i->watch->ctx, &secrets, err));
    }
    EVPACK_TRY(clean(i, &shown.reason, false, &reason, err));
    EVPACK_TRY(clean(i, &shown.note, false, &note, err));
    EVPACK_AUTO_VALUE(buf_reset) buf came = {0};
    if (i->came != NULL) {
        buf_printf(&came, "%s%s%s", i->came, shown.note == NULL ? "" : "; ",
                   shown.note == NULL ? "" : shown.note);
        EVPACK_TRY(buf_status(&came, err));
        shown.note = buf_str(&came);
        i->came = NULL;
    }
    EVPACK_TRY(end_file(i, &shown, i->watch == NULL ? -1 : (int64_t)secrets, result, err));
    result->secrets = secrets;
    return EVPACK_OK;
}

evpack_status import_mark(import *i, evpack_err *err)
{
    i->mark.content = i->content;
    i->mark.evidence = i->evidence;
    i->mark.record = i->record;
    return db_exec(i->d, "SAVEPOINT mark", err);
}

evpack_status import_settle(import *i, bool keep, evpack_err *err)
{
    if (keep) {
        return db_exec(i->d, "RELEASE mark", err);
    }
    i->content = i->mark.content;
    i->evidence = i->mark.evidence;
    i->record = i->mark.record;
    /* A file that was being read ends with it: its digest begins anew. */
    unsigned char ignored[DIGEST_SIZE];
    EVPACK_TRY(digest_final(i->hash, ignored, err));
    buf_clear(&i->piece);
    return db_exec(i->d, "ROLLBACK TO mark; RELEASE mark", err);
}

evpack_status import_commit(import *i, evpack_err *err)
{
    return store_commit(i->s, err);
}

evpack_status evidence_read(store *s, int64_t evidence_id, evidence_write write, void *ctx,
                            evpack_err *err)
{
    EVPACK_AUTO(db_stmt) chunks = NULL;
    EVPACK_TRY(db_prepare(store_db(s),
                          "SELECT c.bytes FROM evidence e JOIN chunk c USING(content_id)"
                          " WHERE e.id = ? ORDER BY c.start",
                          &chunks, err));
    EVPACK_TRY(db_bind(chunks, err, "i", evidence_id));
    return write_rows(chunks, write, ctx, err);
}
