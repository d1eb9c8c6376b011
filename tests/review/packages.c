/* Packages for the tests. Invariant: what a row does not state is true of its text. */
#include "review/packages.h"

#include "port/digest.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

void fixture_header(buf *out)
{
    buf_puts(out, "\xef\xbb\xbforiginal_path,member,snapshot,sha256,size,kind,encoding,shape,"
                  "completeness,records,reason,redacted,redacted_sha256,redacted_size,order,"
                  "collected_at,period\r\n");
}

void fixture_index_row(buf *out, const fixture_row *row, size_t n)
{
    evpack_err err = {0};
    const char *text = row->text == NULL ? "[]" : row->text;
    const char *snapshot = row->snapshot == NULL ? "q4" : row->snapshot;
    char sha256[DIGEST_HEX];
    OK(digest_bytes_hex(text, strlen(text), sha256, &err));
    buf_puts(out, row->original);
    if (row->member != NULL) {
        buf_printf(out, ",%s", row->member);
    } else {
        buf_printf(out, ",data/evidence/%s/%s", snapshot, row->original);
    }
    const bool redacted = row->redacted != NULL && strcmp(row->redacted, "redacted") == 0;
    buf_printf(out, ",%s,%s,%zu,%s,utf-8,array,unstated,0,,%s,%s,", snapshot,
               row->sha256 != NULL ? row->sha256 : sha256, strlen(text),
               row->kind == NULL ? "empty" : row->kind, row->redacted == NULL ? "" : row->redacted,
               redacted ? sha256 : "");
    if (redacted) {
        buf_printf(out, "%zu", strlen(text));
    }
    if (row->order != NULL) {
        buf_printf(out, ",%s", row->order);
    } else {
        buf_printf(out, ",%zu", n + 1);
    }
    buf_printf(out, ",%s,\r\n", row->collected_at == NULL ? "" : row->collected_at);
}

void fixture_insert(raw_package *raw, const char *path, const char *text)
{
    size_t at = 1;
    while (at < raw->count && bag_is_payload(raw->parts[at].path) == bag_is_payload(path) &&
           strcmp(raw->parts[at].path, path) < 0) {
        at++;
    }
    raw_insert(raw, at, path, text);
}

void fixture_received_of(raw_package *raw, const fixture_row *rows, size_t count,
                         const pki_signer *signer)
{
    raw_default(raw, signer);
    raw_remove(raw, "data/empty");
    raw_remove(raw, "data/evidence/base/accounts.json");
    EVPACK_AUTO_VALUE(buf_reset) buf index = {0};
    fixture_header(&index);
    for (size_t i = 0; i < count; i++) {
        fixture_index_row(&index, &rows[i], i);
    }
    fixture_insert(raw, INDEX_PATH, buf_str(&index));
    for (size_t i = 0; i < count; i++) {
        const fixture_row *row = &rows[i];
        char path[256];
        (void)snprintf(path, sizeof path, "data/evidence/%s/%s",
                       row->snapshot == NULL ? "q4" : row->snapshot, row->original);
        if (row->redacted == NULL || strcmp(row->redacted, "withheld") != 0) {
            fixture_insert(raw, row->member == NULL ? path : row->member,
                           row->text == NULL ? "[]" : row->text);
        }
    }
    raw_reseal(raw, signer);
}

void fixture_received(raw_package *raw, const pki_signer *signer)
{
    static const fixture_row rows[] = {
        {.original = "a.json", .snapshot = "q3", .collected_at = "2026-09-30T06:00:00Z"},
        {.original = "a.json", .text = "[{\"name\":\"a\"}]"},
        {.original = "b.json", .text = "[1]"}};
    fixture_received_of(raw, rows, 3, signer);
}

const char *fixture_folder(const char *name)
{
    const char *path = test_path(name);
    ck_assert_msg(mkdir(path, 0700) == 0, "expected to make %s", path);
    return path;
}

evpack_status fixture_open(const char *path, received **out, evpack_err *err)
{
    static unsigned n;
    char name[32];
    (void)snprintf(name, sizeof name, "open-%u", n++);
    const received_options how = {.folder = fixture_folder(name), .findings = true};
    return received_open(path, &how, out, err);
}
