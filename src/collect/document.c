/*
 * Reading one file. Invariant: its bytes reach the store before anything looks at them, whatever
 * they are; its records reach the case only when the whole file was read and is sound. It is read
 * once; only an object that looked like a page and is not is looked at again, in the store.
 */
#include "collect/document.h"

#include "base/file.h"
#include "collect/collection.h"
#include "collect/cut.h"

#include <stdio.h>
#include <string.h>

enum { BLOCK = 256 << 10 };

/* The encoding that the first bytes show, and how many of them are a byte order mark. */
static const char *sniff(const unsigned char *p, size_t len, uint64_t *mark)
{
    *mark = 0;
    if (len >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0) {
        *mark = 3;
        return "utf-8-bom";
    }
    bool four = len >= 4;
    if (len >= 2 && ((p[0] == 0xff && p[1] == 0xfe) ||
                     (four && p[0] != 0 && p[1] == 0 && p[2] != 0 && p[3] == 0))) {
        return "utf-16le";
    }
    if (len >= 2 && ((p[0] == 0xfe && p[1] == 0xff) ||
                     (four && p[0] == 0 && p[1] != 0 && p[2] == 0 && p[3] != 0))) {
        return "utf-16be";
    }
    return len > 0 && memchr(p, '\0', len) != NULL ? "binary" : "utf-8";
}

typedef struct {
    cut *cutter;
    uint64_t skip; /* the byte order mark, when it is read again */
} refeed;

static evpack_status on_reread(void *ctx, const void *data, size_t len, evpack_err *err)
{
    refeed *f = ctx;
    size_t skip = f->skip < len ? (size_t)f->skip : len;
    f->skip -= skip;
    return cut_feed(f->cutter, (const char *)data + skip, len - skip, err);
}

/* A resource with a "value" array of its own was taken for a page: cut it again as one object. */
static evpack_status as_object(records *r, cut_result *cut_out, evpack_err *err)
{
    EVPACK_TRY(records_forget(r, err));
    cut_listener listener = {records_element, r};
    EVPACK_AUTO(cut) again = NULL;
    EVPACK_TRY(cut_new(&listener, true, &again, err));
    refeed feed = {again, r->shift};
    EVPACK_TRY(import_reread(r->into, on_reread, &feed, err));
    EVPACK_TRY(cut_finish(again, cut_out, err));
    cut_out->envelope = NULL;
    cut_out->envelope_len = 0;
    return EVPACK_OK;
}

/* Reads, stores and cuts; utf8 says whether the text can be read at all. */
static evpack_status stream(records *r, cut *cutter, const document_source *from,
                            document_result *out, evpack_err *err)
{
    static const size_t block_size = BLOCK;
    EVPACK_AUTO_CHARS block = malloc(block_size);
    if (block == NULL) {
        return evpack_oom(err);
    }
    bool first = true;
    for (size_t got = block_size; got == block_size; first = false) {
        EVPACK_TRY(from->read(from->ctx, block, block_size, &got, err));
        EVPACK_TRY(import_bytes(r->into, block, got, err));
        r->read += got;
        size_t skip = 0;
        if (first) {
            (void)snprintf(out->encoding, sizeof out->encoding, "%s",
                           sniff((const unsigned char *)block, got, &r->shift));
            skip = (size_t)r->shift;
            out->ledger = collection_looks_so(block + skip, got - skip);
        }
        if (!out->ledger) {
            EVPACK_TRY(cut_feed(cutter, block + skip, got - skip, err));
        }
    }
    return EVPACK_OK;
}

static evpack_status read_in(records *r, const document_source *from, const char *path,
                             document_result *out, evpack_err *err)
{
    cut_listener listener = {records_element, r};
    EVPACK_AUTO(cut) cutter = NULL;
    EVPACK_TRY(cut_new(&listener, false, &cutter, err));
    EVPACK_TRY(stream(r, cutter, from, out, err));
    cut_result c;
    EVPACK_TRY(cut_finish(cutter, &c, err));
    if (c.fault.what == NULL && c.shape == CUT_PAGE) {
        EVPACK_AUTO(json_doc) envelope = NULL;
        EVPACK_TRY(json_parse(c.envelope, c.envelope_len, true, &envelope, err));
        (void)records_note_twice(r, "", json_root(envelope));
        if (json_get_string(json_root(envelope), "id") != NULL) {
            EVPACK_TRY(as_object(r, &c, err));
        }
    }
    if ((c.fault.what != NULL || r->ambiguous) && r->records > 0) {
        EVPACK_TRY(import_forget_records(r->into, err));
    }
    EVPACK_TRY(judge_document(r, &c, &out->says, err));
    if (out->ledger) { /* it is read when all that it names is there */
        c.fault.what = NULL;
        judge_say(&out->says, "collection-ledger", "unstated", "");
        out->says.shape = "none";
    }
    if (c.fault.what != NULL && strcmp(c.fault.what, "not UTF-8") == 0 &&
        strcmp(out->encoding, "utf-8") == 0) {
        (void)snprintf(out->encoding, sizeof out->encoding, "binary");
    }
    if (c.fault.what != NULL && strncmp(out->encoding, "utf-16", 6) == 0) {
        judge_say(&out->says, "unrecognised", "unrecognised",
                  "UTF-16 text, which this version does not read: save it as UTF-8");
    }
    const char *reason = out->says.reason[0] == '\0' ? NULL : out->says.reason;
    const import_document_row only = {.start = r->shift,
                                      .length = r->read - r->shift,
                                      .kind = out->says.kind,
                                      .shape = out->says.shape,
                                      .completeness = out->says.completeness,
                                      .reason = reason,
                                      .records = r->records,
                                      .stated = -1,
                                      .total = -1};
    EVPACK_TRY(import_document(r->into, &only, err));
    const import_file_row row = {.path = path,
                                 .kind = out->says.kind,
                                 .encoding = out->encoding,
                                 .shape = out->says.shape,
                                 .completeness = out->says.completeness,
                                 .reason = reason};
    return import_file_end(r->into, &row, &out->stored, err);
}

evpack_status document_import_from(import *into, const shapes *table, const document_source *source,
                                   const char *path, document_result *result, evpack_err *err)
{
    *result = (document_result){0};
    records r = {.into = into, .table = table};
    EVPACK_TRY(import_file_begin(into, err));
    evpack_status status = read_in(&r, source, path, result, err);
    records_reset(&r);
    return status;
}

static evpack_status read_from_fd(void *ctx, void *data, size_t len, size_t *got, evpack_err *err)
{
    const int *fd = ctx;
    return file_read_fd(*fd, data, len, got, err);
}

evpack_status document_import(import *into, const shapes *table, int fd, const char *path,
                              document_result *result, evpack_err *err)
{
    const document_source source = {read_from_fd, &fd};
    return document_import_from(into, table, &source, path, result, err);
}

evpack_status document_keep(import *into, int fd, const char *path, const char *reason,
                            document_result *result, evpack_err *err)
{
    *result = (document_result){.encoding = "binary"};
    judge_say(&result->says, "archive", reason == NULL ? "whole" : "unrecognised",
              reason == NULL ? "" : reason);
    EVPACK_TRY(import_file_begin(into, err));
    EVPACK_AUTO_CHARS block = malloc(BLOCK);
    if (block == NULL) {
        return evpack_oom(err);
    }
    for (size_t got = BLOCK; got == BLOCK;) {
        EVPACK_TRY(file_read_fd(fd, block, BLOCK, &got, err));
        EVPACK_TRY(import_bytes(into, block, got, err));
    }
    const import_file_row row = {.path = path,
                                 .kind = result->says.kind,
                                 .encoding = result->encoding,
                                 .shape = "none",
                                 .completeness = result->says.completeness,
                                 .reason =
                                     result->says.reason[0] == '\0' ? NULL : result->says.reason};
    return import_file_end(into, &row, &result->stored, err);
}
