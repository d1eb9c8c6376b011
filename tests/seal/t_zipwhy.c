/* seal/zipwhy: which record of the directory is the wrong one, and how. */
#include "seal/zipwhy.h"

#include "seal/report.h"
#include "support.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

/* "hello" by fixed codes. */
#define HELLO "\xcb\x48\xcd\xc9\xc9\x07\x00"
enum { MEMBERS = 2, ENTRY = 49 }; /* bytes of a central entry */

typedef struct {
    buf bytes;
    size_t central; /* where the directory begins */
} archive;

static void build(archive *a)
{
    EVPACK_AUTO_VALUE(buf_reset) buf central = {0};
    for (size_t i = 0; i < MEMBERS; i++) {
        zip_member m = {.name = "p/a", .size = 5, .packed = 7, .crc = 0x3610a686};
        m.name[2] = (char)('a' + i);
        m.offset = a->bytes.len;
        zipform_put_local(&a->bytes, &m);
        zipform_put_central(&central, &m);
        buf_append(&a->bytes, HELLO, 7);
    }
    a->central = a->bytes.len;
    buf_append(&a->bytes, central.data, central.len);
    ck_assert_uint_eq(central.len, MEMBERS * ENTRY);
    zipform_put_end(&a->bytes, MEMBERS, a->central, central.len);
}

static void told(const archive *a, seal_reason want, const char *what)
{
    EVPACK_AUTO_FD fd = open(test_file("x.zip", a->bytes.data, a->bytes.len), O_RDONLY | O_CLOEXEC);
    seal_reason got = zipwhy(fd, a->bytes.len, a->central);
    ck_assert_msg(got == want, "%s: expected %s, came %s", what, seal_reason_text(want),
                  seal_reason_text(got));
}

/* One byte of the second central entry, or (place from 100 on) of the end record. */
START_TEST(one_byte)
{
    static const struct {
        size_t at;
        seal_reason why;
    } rows[] = {
        {0, SEAL_ZIP_GAP},           {4, SEAL_ZIP_VERSION},       {6, SEAL_ZIP_VERSION},
        {8, SEAL_ZIP_ENCRYPTED},     {9, SEAL_ZIP_FLAGS},         {10, SEAL_ZIP_METHOD},
        {12, SEAL_ZIP_TIME},         {14, SEAL_ZIP_TIME},         {16, SEAL_ZIP_FACES_DIFFER},
        {20, SEAL_ZIP_FACES_DIFFER}, {24, SEAL_ZIP_FACES_DIFFER}, {28, SEAL_ZIP_FACES_DIFFER},
        {30, SEAL_ZIP_EXTRA_FIELD},  {32, SEAL_ZIP_COMMENT},      {34, SEAL_ZIP_DISK},
        {36, SEAL_ZIP_ATTRIBUTES},   {38, SEAL_ZIP_ATTRIBUTES},   {42, SEAL_ZIP_OFFSET},
        {46, SEAL_ZIP_FACES_DIFFER}, {100, SEAL_ZIP_GAP},         {104, SEAL_ZIP_DISK},
        {106, SEAL_ZIP_DISK},        {108, SEAL_ZIP_END_RECORD},  {110, SEAL_ZIP_END_RECORD},
        {112, SEAL_ZIP_END_RECORD},  {116, SEAL_ZIP_END_RECORD},  {120, SEAL_ZIP_COMMENT}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        EVPACK_AUTO_VALUE(buf_reset) buf owner = {0};
        archive a = {0};
        build(&a);
        owner = a.bytes;
        size_t entry = a.central + ENTRY;
        size_t at = rows[i].at < 100 ? entry + rows[i].at : entry + ENTRY + rows[i].at - 100;
        a.bytes.data[at] = (char)(a.bytes.data[at] ^ 1);
        char what[32];
        (void)snprintf(what, sizeof what, "byte %zu", rows[i].at);
        told(&a, rows[i].why, what);
    }
}
END_TEST

/* Entries that are moved, gone, or too many. */
START_TEST(entries)
{
    EVPACK_AUTO_VALUE(buf_reset) buf first = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf second = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf end = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf owner = {0};
    archive a = {0};
    build(&a);
    buf_append(&first, a.bytes.data + a.central, ENTRY);
    buf_append(&second, a.bytes.data + a.central + ENTRY, ENTRY);
    buf_append(&end, a.bytes.data + a.central + 2 * (size_t)ENTRY, 22);
    EVPACK_AUTO_VALUE(buf_reset) buf other = {0};
    buf_append(&other, first.data, first.len);
    other.data[48] = 'z';
    EVPACK_AUTO_VALUE(buf_reset) buf away = {0};
    buf_append(&away, other.data, other.len);
    away.data[44] = 1;
    const struct {
        const buf *put[3];
        seal_reason why;
        const char *what;
    } rows[] = {{{&second, &first}, SEAL_ZIP_ORDER, "swapped"},
                {{&first}, SEAL_ZIP_ORDER, "the second is gone"},
                {{&first, &first}, SEAL_ZIP_ORDER, "the first for the second"},
                {{&first, &second, &second}, SEAL_ZIP_DUPLICATE, "the second twice"},
                {{&first, &second, &other}, SEAL_ZIP_OVERLAP, "another name for the first"},
                {{&first, &second, &away}, SEAL_ZIP_ORDER, "one that points nowhere"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        buf_truncate(&a.bytes, a.central);
        for (size_t k = 0; k < 3 && rows[i].put[k] != NULL; k++) {
            buf_append(&a.bytes, rows[i].put[k]->data, rows[i].put[k]->len);
        }
        buf_append(&a.bytes, end.data, end.len);
        told(&a, rows[i].why, rows[i].what);
    }
    owner = a.bytes;
}
END_TEST

START_TEST(what_follows)
{
    EVPACK_AUTO_VALUE(buf_reset) buf owner = {0};
    archive a = {0};
    build(&a);
    size_t whole = a.bytes.len;
    buf_putc(&a.bytes, 'x');
    told(&a, SEAL_ZIP_TRAILING_BYTES, "a byte more");
    buf_append(&a.bytes, a.bytes.data + whole - 22, 22);
    told(&a, SEAL_ZIP_END_RECORD, "a second end record");
    for (size_t len = a.central; len < whole; len++) {
        buf_truncate(&a.bytes, len);
        told(&a, SEAL_ZIP_TRUNCATED, "cut");
    }
    owner = a.bytes;
}
END_TEST

/* An end record of ZIP64 for two members. */
START_TEST(needless_zip64)
{
    EVPACK_AUTO_VALUE(buf_reset) buf owner = {0};
    archive a = {0};
    build(&a);
    buf_truncate(&a.bytes, a.bytes.len - 22);
    zipform_put_end(&a.bytes, 65535, a.central, MEMBERS * ENTRY);
    told(&a, SEAL_ZIP_ZIP64, "an end record of ZIP64");
    owner = a.bytes;
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {one_byte, entries, what_follows, needless_zip64, NULL};
    return test_main(test_suite("seal/zipwhy", tests));
}
