/*
 * Fuzzes the reading of an export's ledger (collection.jsonl). Invariants: what is kept of a line
 * is sound JSON and UTF-8, a file is vouched for only by a line that ended well and states its
 * SHA-256, and what a ledger says is never an error of evpack's.
 */
#include "collect/collection.h"

#include "base/jscan.h"
#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char path[64] = "/tmp/fuzz_collection.XXXXXX";
static store *s;

static void must(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void close_case(void)
{
    store_close(s);
    (void)unlink(path);
}

/* One case for all inputs: each is rolled back. */
static void open_case(void)
{
    evpack_err err = {0};
    int fd = mkstemp(path);
    must(fd >= 0 && close(fd) == 0 && unlink(path) == 0);
    must(store_open(path, STORE_CREATE, &s, &err) == EVPACK_OK);
    must(store_begin(s, &err) == EVPACK_OK && store_commit(s, &err) == EVPACK_OK);
    must(atexit(close_case) == 0);
}

static void put(import *i, const char *name, const void *bytes, size_t len, const char *kind)
{
    evpack_err err = {0};
    import_file_result result;
    const import_file_row row = {.path = name,
                                 .kind = kind,
                                 .encoding = "utf-8",
                                 .shape = "array",
                                 .completeness = "unstated"};
    must(import_file_begin(i, &err) == EVPACK_OK);
    must(import_bytes(i, bytes, len, &err) == EVPACK_OK);
    must(import_file_end(i, &row, &result, &err) == EVPACK_OK);
}

static void said(void *ctx, const char *text)
{
    size_t *count = ctx;
    must(++*count <= COLLECTION_TOLD_MAX + 1);
    must(text_utf8_check(text, strlen(text)) == strlen(text));
}

static void check_rows(void)
{
    evpack_err err = {0};
    int64_t wrong = 0;
    must(db_value(store_db(s),
                  "SELECT count(*) FROM collection c LEFT JOIN evidence e ON e.id = c.output_id"
                  " LEFT JOIN content t ON t.id = e.content_id"
                  " WHERE json_valid(arguments) = 0 OR page < 0"
                  " OR (c.state = 'vouched' AND (exit_code IS NOT 0 OR lower(hex(t.sha256)) IS NOT "
                  "c.sha256))"
                  " OR (c.state = 'failed') <> (exit_code IS NOT 0)"
                  " OR (output_id IS NOT NULL AND lower(hex(t.sha256)) IS NOT c.sha256)",
                  &wrong, &err) == EVPACK_OK);
    must(wrong == 0);
    must(db_value(store_db(s),
                  "SELECT count(*) FROM evidence e WHERE e.completeness = 'whole' AND NOT EXISTS"
                  " (SELECT 1 FROM collection c WHERE c.output_id = e.id AND c.state = 'vouched')",
                  &wrong, &err) == EVPACK_OK);
    must(wrong == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    evpack_err err = {0};
    size_t count = 0;
    collection_totals totals;
    if (s == NULL) {
        open_case();
    }
    const import_options options = {.label = "a", .now = 1795334400};
    EVPACK_AUTO(import) i = NULL;
    must(import_begin(s, &options, &i, &err) == EVPACK_OK);
    put(i, "x/list.json", "[]", 2, "empty");
    put(i, "y/list.json", "[ ]", 3, "empty");
    put(i, "x/collection.jsonl", data, size, "collection-ledger");
    const collection_options read = {.say = said, .ctx = &count};
    must(collection_read(s, import_snapshot(i), &read, &totals, &err) == EVPACK_OK);
    must(totals.ledgers == 1);
    check_rows();
    return 0;
}
