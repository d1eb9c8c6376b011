/*
 * Putting evidence into a case. An import is one transaction: it ends with import_commit, and
 * everything it did is undone by import_free without it.
 *
 * For each file: import_file_begin, then its bytes in any pieces (import_bytes) and its records
 * (import_record) in any order, then import_file_end. Bytes are stored unchanged, in chunks of at
 * most 1 MiB, and once for equal contents.
 */
#ifndef EVPACK_STORE_EVIDENCE_H
#define EVPACK_STORE_EVIDENCE_H

#include "base/buf.h"
#include "store/store.h"

/* A longer safe name in a package is hashed (base/member.h). */
enum { EVIDENCE_MEMBER_MAX = 120 };

typedef struct import import;

/*
 * Who watches what goes into the case, so that secrets stay in the raw bytes alone. begin, bytes
 * and end are called for each file; end when all its bytes and records are there, and its row is
 * not: *secrets is how many were found. clean appends text to *out as it may be shown; name says
 * that it is the file's path.
 */
typedef struct {
    evpack_status (*begin)(void *ctx, import *i, evpack_err *err);
    evpack_status (*bytes)(void *ctx, const void *data, size_t len, evpack_err *err);
    evpack_status (*clean)(void *ctx, const char *text, bool name, buf *out, evpack_err *err);
    evpack_status (*end)(void *ctx, uint64_t *secrets, evpack_err *err);
    void *ctx;
} import_watch;

typedef struct {
    const char *label;         /* the snapshot's */
    const char *collected_at;  /* RFC 3339, or NULL when nothing says so */
    int64_t now;               /* for imported_at */
    const import_watch *watch; /* borrowed; NULL: nobody looks for secrets, and that is kept */
    bool within;     /* a transaction is open, and stays the caller's to commit or to undo */
    bool engagement; /* the files of an engagement: no state of the tenant, and no subjects */
} import_options;

/* All text is borrowed during the call. */
typedef struct {
    const char *kind;
    const char *subject;  /* canonical ARM id, or "KIND:id" (import_anonymous where it has none) */
    const char *id_given; /* NULL: none */
    const char *type;     /* NULL: none */
    const char *name;
    const char *scope;
    const char *parent;
    bool complete;
    bool normalised;
    const char *pointer;
    uint64_t start, length;
    const char *body;
    size_t body_len;
} import_record_row;

/* One JSON document of the file. Numbers that it does not state are -1, texts NULL. */
typedef struct {
    uint64_t start, length; /* bytes in the file */
    const char *kind, *shape, *completeness;
    const char *reason;
    uint64_t records;
    int64_t stated, total;
    const char *next, *context;
} import_document_row;

typedef struct {
    const char *path; /* as the collector names it; need not be UTF-8 */
    const char *kind;
    const char *encoding;
    const char *shape;
    const char *completeness;
    const char *reason; /* NULL: none */
    const char *note;   /* NULL: none */
} import_file_row;

typedef struct {
    bool already; /* this path with these bytes was there: nothing was added */
    bool shared;  /* the bytes were there under another name: stored once */
    char sha256[65];
    uint64_t size;
    uint64_t records;
    uint64_t secrets; /* found in it by the watch */
    int64_t evidence; /* its id, or that of the one that was there */
} import_file_result;

/* Begins the transaction. A snapshot of that label that has another collected_at, or is the
 * engagement's when this is not, is refused. */
evpack_status import_begin(store *s, const import_options *options, import **out,
                           evpack_err *err) EVPACK_MUST_USE;
/* How many bytes are to come, for who watches the store; never a bound. */
void import_expect(import *i, uint64_t bytes);
/* The snapshot's id. */
int64_t import_snapshot(const import *i);
evpack_status import_file_begin(import *i, evpack_err *err) EVPACK_MUST_USE;
evpack_status import_bytes(import *i, const void *data, size_t len,
                           evpack_err *err) EVPACK_MUST_USE;
/* The id that the open file will have. */
int64_t import_evidence(const import *i);
/* The path that the open file will have, for import_anonymous; borrowed until its end. */
void import_file_path(import *i, const char *path);
/* What the note of the next file begins with (NULL: nothing): how it came, where not as it was
 * exported. Borrowed until that file's end. */
void import_file_came(import *i, const char *how);
/* Appends a name for a record without an id, which is about to be added: hexadecimal digits, of the
 * file's path, how many files of that path the snapshot held before, and the record's place among
 * the file's records. So the same export gives the same names, whatever was collected before it. */
evpack_status import_anonymous(import *i, buf *out, evpack_err *err) EVPACK_MUST_USE;
evpack_status import_record(import *i, const import_record_row *row,
                            evpack_err *err) EVPACK_MUST_USE;
/* Ends a document: the records since the one before, or since import_file_begin, are its own. */
evpack_status import_document(import *i, const import_document_row *row,
                              evpack_err *err) EVPACK_MUST_USE;
/* Reads back the bytes of the open file, in order. */
typedef evpack_status (*evidence_write)(void *ctx, const void *data, size_t len, evpack_err *err);
evpack_status import_reread(import *i, evidence_write write, void *ctx,
                            evpack_err *err) EVPACK_MUST_USE;
/* Forgets the records and documents since import_file_begin; the bytes stay. */
evpack_status import_forget_records(import *i, evpack_err *err) EVPACK_MUST_USE;
/* Forgets the records since the last import_document, or since import_file_begin. */
evpack_status import_forget_document(import *i, evpack_err *err) EVPACK_MUST_USE;
evpack_status import_file_end(import *i, const import_file_row *row, import_file_result *result,
                              evpack_err *err) EVPACK_MUST_USE;
/* Between files: import_settle keeps the files since the mark, or undoes them all. */
evpack_status import_mark(import *i, evpack_err *err) EVPACK_MUST_USE;
evpack_status import_settle(import *i, bool keep, evpack_err *err) EVPACK_MUST_USE;
evpack_status import_commit(import *i, evpack_err *err) EVPACK_MUST_USE;
void import_free(import *i);
EVPACK_DEFINE_CLEANUP(import, import_free)

/* Reads a stored file in order: write is called with each chunk. */
evpack_status evidence_read(store *s, int64_t evidence_id, evidence_write write, void *ctx,
                            evpack_err *err) EVPACK_MUST_USE;

#endif
