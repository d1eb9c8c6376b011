/* seal/zipread: archives that say one thing here and another there, that claim too much, or that
 * were written by other rules. */
#include "seal/zipread.h"

#include "seal/names.h"
#include "seal/report.h"
#include "support.h"

#include <fcntl.h>
#include <string.h>
#include <zlib.h>

typedef struct {
    zip_member m;
    const char *packed;
} entry;

/* "hello" by fixed codes, and its CRC. */
#define HELLO "\xcb\x48\xcd\xc9\xc9\x07\x00"
static const entry good[] = {
    {{.name = "p/a", .size = 5, .packed = 7, .crc = 0x3610a686}, HELLO},
    {{.name = "p/b", .size = 5, .packed = 7, .crc = 0x3610a686}, HELLO},
};

/* Writes the members and their central directory; extra is put before the directory. */
static void build(const entry *entries, size_t count, const char *extra, buf *out)
{
    EVPACK_AUTO_VALUE(buf_reset) buf central = {0};
    for (size_t i = 0; i < count; i++) {
        zip_member m = entries[i].m;
        m.offset = out->len;
        zipform_put_local(out, &m);
        zipform_put_central(&central, &m);
        buf_append(out, entries[i].packed, 7);
    }
    buf_puts(out, extra);
    size_t offset = out->len;
    buf_append(out, central.data, central.len);
    zipform_put_end(out, count, offset, central.len);
}

static evpack_status read_members(zipread *r, unsigned char sha256[DIGEST_SIZE], evpack_err *err)
{
    for (;;) {
        const zip_member *m = NULL;
        EVPACK_TRY(zipread_next(r, &m, err));
        if (m == NULL) {
            return zipread_digest(r, sha256, err);
        }
        const void *data = NULL;
        size_t len = 0;
        do {
            EVPACK_TRY(zipread_data(r, &data, &len, err));
        } while (len > 0);
    }
}

static evpack_status read_all(const buf *bytes, unsigned char sha256[DIGEST_SIZE], seal_reason *why,
                              evpack_err *err)
{
    EVPACK_AUTO_FD fd = open(test_file("x.zip", buf_str(bytes), bytes->len), O_RDONLY | O_CLOEXEC);
    EVPACK_AUTO(zipread) r = NULL;
    EVPACK_TRY(zipread_open(fd, bytes->len, &r, err));
    evpack_status status = read_members(r, sha256, err);
    *why = zipread_fault(r);
    return status;
}

static void refused(const buf *bytes, evpack_status status, seal_reason why, const char *part)
{
    evpack_err err = {0};
    unsigned char sha256[DIGEST_SIZE];
    seal_reason got;
    FAILS(read_all(bytes, sha256, &got, &err), status, part);
    ck_assert_msg(got == why, "%s: expected %s, came %s", err.text, seal_reason_text(why),
                  seal_reason_text(got));
}

START_TEST(a_good_one_and_its_digest)
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    seal_reason why;
    unsigned char got[DIGEST_SIZE];
    unsigned char want[DIGEST_SIZE];
    build(good, 2, "", &b);
    OK(read_all(&b, got, &why, &err));
    OK(digest_bytes(b.data, b.len, want, &err));
    ck_assert_int_eq(memcmp(got, want, sizeof got), 0);
}
END_TEST

START_TEST(bent_members)
{
    static const struct {
        entry e;
        evpack_status status;
        seal_reason why;
        const char *part;
    } rows[] = {
        {{{.name = "p/a", .size = 4, .packed = 7, .crc = 0x3610a686}, HELLO},
         EVPACK_E_INPUT,
         SEAL_ZIP_SIZE,
         "longer than it says"},
        {{{.name = "p/a", .size = 6, .packed = 7, .crc = 0x3610a686}, HELLO},
         EVPACK_E_INPUT,
         SEAL_ZIP_SIZE,
         "shorter than it says"},
        {{{.name = "p/a", .size = 5, .packed = 7, .crc = 0x3610a687}, HELLO},
         EVPACK_E_INPUT,
         SEAL_ZIP_CRC,
         "its CRC"},
        {{{.name = "p/a", .size = 5, .packed = 6, .crc = 0x3610a686}, HELLO},
         EVPACK_E_INPUT,
         SEAL_ZIP_DEFLATE,
         "does not end where it says"},
        {{{.name = "p/a", .size = 5, .packed = 8, .crc = 0x3610a686}, HELLO},
         EVPACK_E_INPUT,
         SEAL_ZIP_DEFLATE,
         "does not end where it says"},
        {{{.name = "p/a", .size = 5, .packed = 70000, .crc = 0x3610a686}, HELLO},
         EVPACK_E_INPUT,
         SEAL_ZIP_SIZE,
         "longer than the file"},
        {{{.name = "p/a", .size = 9000, .packed = 7, .crc = 0x3610a686}, HELLO},
         EVPACK_E_INPUT,
         SEAL_ZIP_RATIO,
         "larger than its compressed data can be"},
        {{{.name = "p/a", .size = 5, .packed = 7, .crc = 0x3610a686},
          "\xff\xff\xff\xff\xff\xff\xff"},
         EVPACK_E_INPUT,
         SEAL_ZIP_DEFLATE,
         "is damaged"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
        build(&rows[i].e, 1, "", &b);
        refused(&b, rows[i].status, rows[i].why, rows[i].part);
    }
}
END_TEST

START_TEST(bytes_in_between)
{
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    build(good, 2, "x", &b);
    refused(&b, EVPACK_E_INPUT, SEAL_ZIP_GAP, "no record of a ZIP file begins here");
    buf_clear(&b);
    buf_puts(&b, "#!/bin/sh\n");
    build(good, 2, "", &b);
    refused(&b, EVPACK_E_INPUT, SEAL_ZIP_LEADING_BYTES, "at byte 0: no record");
    buf_clear(&b);
    build(good, 2, "", &b);
    buf_putc(&b, 'x');
    refused(&b, EVPACK_E_INPUT, SEAL_ZIP_TRAILING_BYTES, "or bytes follow it");
    buf_clear(&b);
    refused(&b, EVPACK_E_INPUT, SEAL_ZIP_TRUNCATED, "the file ends where a record should begin");
    build(NULL, 0, "", &b);
    refused(&b, EVPACK_E_INPUT, SEAL_ZIP_END_RECORD,
            "no record"); /* an empty archive is no package */
}
END_TEST

/* The members say one thing and the central directory another: two faces. */
START_TEST(two_faces)
{
    static const seal_reason why[] = {SEAL_ZIP_FACES_DIFFER, SEAL_ZIP_FACES_DIFFER,
                                      SEAL_ZIP_FACES_DIFFER, SEAL_ZIP_OFFSET, SEAL_ZIP_ATTRIBUTES};
    for (int which = 0; which < 5; which++) {
        EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
        EVPACK_AUTO_VALUE(buf_reset) buf central = {0};
        zip_member m = good[0].m;
        zipform_put_local(&b, &m);
        buf_append(&b, HELLO, 7);
        size_t offset = b.len;
        if (which == 0) {
            m.name[2] = 'z';
        }
        m.size += which == 1;
        m.crc += which == 2;
        m.offset += which == 3;
        zipform_put_central(&central, &m);
        if (which == 4) {
            central.data[38] = (char)0x10; /* external attributes: a folder */
        }
        buf_append(&b, central.data, central.len);
        zipform_put_end(&b, 1, offset, central.len);
        refused(&b, EVPACK_E_INPUT, why[which], "does not say what the members say");
    }
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    build(good, 2, "", &b);
    b.data[b.len - 14]--; /* the count */
    refused(&b, EVPACK_E_INPUT, SEAL_ZIP_END_RECORD, "the end record is not the one");
}
END_TEST

START_TEST(too_many)
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    for (size_t i = 0; i <= NAMES_FILES_MAX; i++) {
        zipform_put_local(&b, &good[0].m);
        buf_append(&b, HELLO, 7);
    }
    refused(&b, EVPACK_E_LIMIT, SEAL_ZIP_TOO_LARGE, "more than 200000 members");
    ck_assert_int_eq(err.code, EVPACK_OK);
}
END_TEST

START_TEST(a_file_that_shrinks)
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    build(good, 2, "", &b);
    EVPACK_AUTO_FD fd = open(test_file("x.zip", b.data, b.len), O_RDONLY | O_CLOEXEC);
    EVPACK_AUTO(zipread) r = NULL;
    OK(zipread_open(fd, b.len + 1, &r, &err));
    const zip_member *m = NULL;
    OK(zipread_next(r, &m, &err));
    FAILS(zipread_next(r, &m, &err), EVPACK_E_INTERNAL, "was not read to its end");
    const void *data = NULL;
    size_t len = 0;
    do {
        OK(zipread_data(r, &data, &len, &err));
    } while (len > 0);
    OK(zipread_next(r, &m, &err));
    do {
        OK(zipread_data(r, &data, &len, &err));
    } while (len > 0);
    FAILS(zipread_next(r, &m, &err), EVPACK_E_IO, "became shorter");
}
END_TEST

/*
 * A member of more than 4 GiB, in ZIP64, without the time that compressing it would take: zeros are
 * compressed once, to a byte border, and that is repeated. Only with EVPACK_SLOW=1.
 */
START_TEST(a_large_member)
{
    enum { CHUNK = 16 * 1024 * 1024, COUNT = 260 };
    if (getenv("EVPACK_SLOW") == NULL) {
        return; /* ten seconds */
    }
    evpack_err err = {0};
    uLong crc = 0;
    EVPACK_AUTO_CHARS zeros = calloc(1, CHUNK);
    EVPACK_AUTO_CHARS packed = malloc(CHUNK);
    z_stream z = {0};
    ck_assert_int_eq(deflateInit2(&z, 6, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY), Z_OK);
    z.next_in = (Bytef *)zeros;
    z.avail_in = CHUNK;
    z.next_out = (Bytef *)packed;
    z.avail_out = CHUNK;
    ck_assert_int_eq(deflate(&z, Z_FULL_FLUSH), Z_OK);
    size_t len = CHUNK - z.avail_out;
    (void)deflateEnd(&z);
    uLong one = crc32_z(0, (Bytef *)zeros, CHUNK);
    for (int i = 0; i < COUNT; i++) {
        crc = crc32_combine(crc, one, CHUNK);
    }
    zip_member m = {.name = "p/zeros",
                    .size = (uint64_t)CHUNK * COUNT,
                    .packed = (uint64_t)len * COUNT + 2,
                    .crc = (uint32_t)crc};
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    zipform_put_local(&b, &m);
    for (int i = 0; i < COUNT; i++) {
        buf_append(&b, packed, len);
    }
    buf_append(&b, "\x03\x00", 2);
    size_t offset = b.len;
    zipform_put_central(&b, &m);
    zipform_put_end(&b, 1, offset, b.len - offset);
    unsigned char sha256[DIGEST_SIZE];
    seal_reason why;
    OK(read_all(&b, sha256, &why, &err));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {a_good_one_and_its_digest,
                                  bent_members,
                                  bytes_in_between,
                                  two_faces,
                                  too_many,
                                  a_file_that_shrinks,
                                  a_large_member,
                                  NULL};
    return test_main(test_suite("seal/zipread", tests));
}
