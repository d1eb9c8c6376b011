/*
 * Any bytes as an export, through all of collect's reading of one file into a case. What must hold:
 * the bytes read back are the bytes that came; what the file is said to be is one of the words that
 * there are, with a reason where something is missing; as many records are there as are stated, and
 * each lies in the file and has a body that is strict JSON. The case is one transaction that never
 * ends, each input a part of it that is undone.
 */
#include "base/jscan.h"
#include "base/text.h"
#include "collect/document.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct {
    const uint8_t *data;
    size_t size, at;
} bytes;

/* As long as the program. */
static store *its_case;
static import *into;
static shapes *table;
static char folder[128];
static char its_path[sizeof folder + 16];

static void stop(const char *what, const char *text)
{
    (void)fprintf(stderr, "%s: %s\n", what, text);
    abort();
}

static void ok(evpack_status status, const evpack_err *err)
{
    if (status != EVPACK_OK) {
        stop("expected ok", err->text);
    }
}

static void must(bool held, const char *what)
{
    if (!held) {
        stop("expected", what);
    }
}

static void leave(void)
{
    import_free(into);
    store_close(its_case);
    (void)unlink(its_path);
    shapes_free(table);
    (void)rmdir(folder);
}

static void enter(void)
{
    evpack_err err = {0};
    const char *base = getenv("TMPDIR");
    (void)snprintf(folder, sizeof folder, "%.80s/evpack-fuzz-XXXXXX", base == NULL ? "/tmp" : base);
    must(mkdtemp(folder) != NULL, "a folder in TMPDIR");
    (void)snprintf(its_path, sizeof its_path, "%s/case.db", folder);
    const import_options options = {.label = "fuzz"};
    ok(shapes_load(&table, &err), &err);
    /* Made and committed first: undoing a part of the transaction that made the tables would have
     * SQLite read them anew each time. */
    ok(store_open(its_path, STORE_CREATE, &its_case, &err), &err);
    ok(store_commit(its_case, &err), &err);
    ok(import_begin(its_case, &options, &into, &err), &err);
    (void)atexit(leave);
}

static evpack_status read_bytes(void *ctx, void *data, size_t len, size_t *got, evpack_err *err)
{
    (void)err;
    bytes *b = ctx;
    *got = b->size - b->at < len ? b->size - b->at : len;
    memcpy(data, b->data + b->at, *got);
    b->at += *got;
    return EVPACK_OK;
}

static evpack_status compare(void *ctx, const void *data, size_t len, evpack_err *err)
{
    (void)err;
    bytes *b = ctx;
    must(len <= b->size - b->at && memcmp(b->data + b->at, data, len) == 0, "the same bytes back");
    b->at += len;
    return EVPACK_OK;
}

static bool is_word(const char *word, const char *const *words)
{
    for (; *words != NULL; words++) {
        if (strcmp(word, *words) == 0) {
            return true;
        }
    }
    return false;
}

static void check_words(const char *completeness, const char *reason)
{
    static const char *const all[] = {"whole",     "unstated", "partial",      "summary",
                                      "truncated", "failed",   "unrecognised", NULL};
    static const char *const wanting[] = {"partial", "truncated", "failed", "unrecognised", NULL};
    must(is_word(completeness, all), "a completeness that there is");
    must(!is_word(completeness, wanting) || reason[0] != '\0', "a reason");
    must(text_utf8_check(reason, strlen(reason)) == strlen(reason), "a reason in UTF-8");
}

/* What the case says of the file, and of each document in it. */
static void check_said(int64_t evidence, size_t size, uint64_t count)
{
    evpack_err err = {0};
    EVPACK_AUTO(db_stmt) rows = NULL;
    ok(db_prepare(store_db(its_case),
                  "SELECT completeness, reason, kind, 0, 0, records, 1, encoding FROM evidence"
                  " WHERE id = ?1 UNION ALL"
                  " SELECT completeness, reason, kind, start, length, records, 0, 'x' FROM document"
                  " WHERE evidence_id = ?1",
                  &rows, &err),
       &err);
    ok(db_bind(rows, &err, "i", evidence), &err);
    uint64_t sum = 0;
    for (bool row = true; row;) {
        ok(db_step(rows, &row, &err), &err);
        if (!row) {
            break;
        }
        check_words(db_text_or_empty(rows, 0), db_text_or_empty(rows, 1));
        must(db_text_or_empty(rows, 2)[0] != '\0', "a kind");
        must(db_text_or_empty(rows, 7)[0] != '\0', "an encoding");
        uint64_t start = (uint64_t)db_int(rows, 3);
        must(start <= size && (uint64_t)db_int(rows, 4) <= size - start, "a document in the file");
        bool whole_file = db_int(rows, 6) != 0;
        must(!whole_file || (uint64_t)db_int(rows, 5) == count, "the records that are stated");
        sum += whole_file ? 0 : (uint64_t)db_int(rows, 5);
    }
    must(sum == count, "the records of its documents");
}

static void check_records(const document_result *r, int64_t evidence, size_t size)
{
    evpack_err err = {0};
    EVPACK_AUTO(db_stmt) rows = NULL;
    ok(db_prepare(store_db(its_case),
                  "SELECT start, length, body, e.records, r.subject FROM evidence e"
                  " LEFT JOIN record r ON r.evidence_id = e.id WHERE e.id = ?",
                  &rows, &err),
       &err);
    ok(db_bind(rows, &err, "i", evidence), &err);
    uint64_t found = 0;
    for (bool row = true; row;) {
        ok(db_step(rows, &row, &err), &err);
        if (!row) {
            break;
        }
        must((uint64_t)db_int(rows, 3) == r->stored.records, "the records that are stated");
        if (db_null(rows, 0)) {
            continue;
        }
        found++;
        size_t len = 0;
        const void *body = db_bytes(rows, 2, &len);
        uint64_t start = (uint64_t)db_int(rows, 0);
        must(start <= size && (uint64_t)db_int(rows, 1) <= size - start, "a record in the file");
        must(len > 0 && db_text_or_empty(rows, 4)[0] != '\0', "a body and a subject");
        ok(jscan_check(body, len, &err), &err);
    }
    must(found == r->stored.records, "as many records as are stated");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (into == NULL) {
        enter();
    }
    evpack_err err = {0};
    document_result result;
    bytes in = {data, size, 0};
    const document_source source = {read_bytes, &in};
    ok(import_mark(into, &err), &err);
    ok(document_import_from(into, table, &source, "f.json", &result, &err), &err);
    must(in.at == size && result.stored.size == size, "every byte read");
    int64_t evidence = 0;
    ok(db_value(store_db(its_case), "SELECT max(id) FROM evidence", &evidence, &err), &err);
    bytes back = {data, size, 0};
    ok(evidence_read(its_case, evidence, compare, &back, &err), &err);
    must(back.at == size, "every byte back");
    check_said(evidence, size, result.stored.records);
    check_records(&result, evidence, size);
    ok(import_settle(into, false, &err), &err);
    return 0;
}
