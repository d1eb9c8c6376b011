/*
 * A package that changes while it is verified. The linker puts us between the verifier and each of
 * its readings (--wrap=pread for P.zip, --wrap=file_read_fd for a folder), so that a change comes
 * at every moment there is, and always at the same one. What was read decides: yes only when every
 * byte that the verifier was given was the sealed one; whatever lies there before or after.
 */
#include "memory.h"

#include "base/file.h"
#include "base/text.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>

static fixture_key rsa; /* its signatures have one length, so two packages can too */

/* What is watched: a file's good bytes, and how often it was read. */
static struct {
    const memory_package *zip;
    size_t calls;
    size_t at;                  /* before which call the change comes */
    size_t until;               /* before which it is taken back */
    void (*change)(bool there); /* NULL: none */
    bool spoilt;                /* other bytes than the good ones were read */
} watch;

static void before_reading(void)
{
    if (watch.change != NULL && watch.calls == watch.at) {
        watch.change(true);
    }
    if (watch.change != NULL && watch.calls == watch.until) {
        watch.change(false);
    }
    watch.calls++;
}

ssize_t __real_pread(int fd, void *data, size_t len, off_t at);
ssize_t __wrap_pread(int fd, void *data, size_t len, off_t at);
ssize_t __wrap_pread(int fd, void *data, size_t len, off_t at)
{
    before_reading();
    ssize_t got = __real_pread(fd, data, len, at);
    if (watch.zip != NULL) {
        const buf *good = &watch.zip->good;
        size_t from = (size_t)at;
        watch.spoilt |= got <= 0 || from + (size_t)got > good->len ||
                        memcmp(good->data + from, data, (size_t)got) != 0;
    }
    return got;
}

static size_t flipped;

static void flip(bool there)
{
    unsigned char c = (unsigned char)watch.zip->good.data[flipped];
    memory_put_byte(watch.zip, flipped, there ? (unsigned char)(c ^ 1) : c);
}

static buf other;

static void swap(bool there)
{
    const buf *b = there ? &other : &watch.zip->good;
    memory_put(watch.zip, b->data, b->len);
}

static void cut(bool there)
{
    const buf *b = &watch.zip->good;
    memory_put(watch.zip, b->data, there ? b->len / 2 : b->len);
}

static void grow(bool there)
{
    const buf *b = &watch.zip->good;
    memory_put(watch.zip, b->data, b->len);
    if (there) {
        memory_put_byte(watch.zip, b->len, 'x');
    }
}

/* One verification, with the change before reading number at, until before number until. */
static void judge(const memory_package *p, size_t at, size_t until, const char *what)
{
    evpack_err err = {0};
    seal_report r;
    seal_options options = {.trust = p->trust, .now = text_now(), .signature = p->sig_path};
    memory_put(p, p->good.data, p->good.len);
    watch.calls = 0;
    watch.at = at;
    watch.until = until;
    watch.spoilt = false;
    evpack_status status = seal_verify(p->zip_path, &options, &r, &err);
    watch.spoilt |= lseek(p->zip, 0, SEEK_END) != (off_t)p->good.len; /* it grew, and stayed so */
    ck_assert_msg((r.verdict == SEAL_VERIFIED) == !watch.spoilt,
                  "%s before reading %zu until %zu: expected %s, came %s %s", what, at, until,
                  watch.spoilt ? "no" : "yes", seal_verdict_text(r.verdict), r.reasons[0].code);
    ck_assert_msg(r.verdict == SEAL_UNDECIDED ? status == EVPACK_E_IO : status == EVPACK_OK,
                  "%s before reading %zu: came %s", what, at, err.text);
}

/* Readings of one verification, and how many of them are the first pass's. */
static size_t readings(const memory_package *p, size_t *first)
{
    watch.change = NULL;
    judge(p, 0, 0, "nothing");
    *first = (p->good.len + 256 * 1024 - 1) / (256 * 1024);
    ck_assert_uint_gt(watch.calls, *first);
    return watch.calls;
}

static void every_moment(const memory_package *p, size_t count)
{
    static const struct {
        const char *what;
        void (*change)(bool there);
    } changes[] = {{"a bit", flip}, {"another package", swap}, {"half of it", cut}, {"more", grow}};
    for (size_t c = 0; c < sizeof changes / sizeof changes[0]; c++) {
        watch.change = changes[c].change;
        for (size_t k = 0; k < 7; k++) {
            flipped = (p->good.len - 1) / 6 * k;
            for (size_t at = 0; at <= count; at++) {
                for (size_t until = at + 1; until <= count + 1; until++) {
                    judge(p, at, until, changes[c].what);
                }
            }
            if (watch.change != flip) {
                break;
            }
        }
    }
}

START_TEST(a_small_package)
{
    memory_package p;
    memory_seal(test_path("P.zip"), &rsa, "x", 1);
    memory_seal(test_path("Q.zip"), &rsa, "y", 1);
    memory_open(&p, test_path("P.zip"), &rsa);
    test_read(test_path("Q.zip"), &other);
    watch.zip = &p;
    size_t first = 0;
    size_t count = readings(&p, &first);
    every_moment(&p, count);
    /* The whole of the other one, which its signer signed as well, in the second pass. */
    watch.change = swap;
    seal_report r;
    evpack_err err = {0};
    seal_options options = {.trust = p.trust, .now = text_now(), .signature = p.sig_path};
    memory_put(&p, p.good.data, p.good.len);
    watch.calls = 0;
    watch.at = first;
    watch.until = count + 1;
    OK(seal_verify(p.zip_path, &options, &r, &err));
    ck_assert_int_eq(r.verdict, SEAL_NOT_VERIFIED);
    ck_assert_str_eq(r.reasons[0].code, "changed-while-read");
    watch.zip = NULL;
    watch.change = NULL;
    buf_reset(&other);
    memory_close(&p);
}
END_TEST

/* Read in many pieces by both passes. */
START_TEST(a_larger_package)
{
    memory_package p;
    EVPACK_AUTO_VALUE(buf_reset) buf noise = {0};
    uint32_t x = 1;
    for (size_t i = 0; i < 700000; i++) {
        x = x * 1664525 + 1013904223;
        buf_putc(&noise, (char)(x >> 24));
    }
    memory_seal(test_path("P.zip"), &rsa, noise.data, noise.len);
    noise.data[noise.len / 2] ^= 1;
    memory_seal(test_path("Q.zip"), &rsa, noise.data, noise.len);
    memory_open(&p, test_path("P.zip"), &rsa);
    test_read(test_path("Q.zip"), &other);
    watch.zip = &p;
    size_t first = 0;
    size_t count = readings(&p, &first);
    ck_assert_uint_ge(count, 8);
    every_moment(&p, count);
    watch.zip = NULL;
    watch.change = NULL;
    buf_reset(&other);
    memory_close(&p);
}
END_TEST

/* A folder: the manifest is read twice, for its digest and for its lines. */
static struct {
    bool on;
    size_t calls, at;
    const buf *manifest;
    size_t seen[8]; /* the readings that gave the manifest */
    size_t seen_count;
} listing;

static void add_unlisted(void)
{
    EVPACK_AUTO_VALUE(buf_reset) buf more = {0};
    unsigned char sha256[DIGEST_SIZE];
    evpack_err err = {0};
    OK(digest_bytes("", 0, sha256, &err));
    buf_append(&more, listing.manifest->data, listing.manifest->len);
    bag_manifest_put(&more, sha256, "data/z");
    (void)test_file("P/data/z", "", 0);
    (void)test_file("P/" BAG_MANIFEST, more.data, more.len);
}

evpack_status __real_file_read_fd(int fd, void *data, size_t len, size_t *got, evpack_err *err);
evpack_status __wrap_file_read_fd(int fd, void *data, size_t len, size_t *got, evpack_err *err);
evpack_status __wrap_file_read_fd(int fd, void *data, size_t len, size_t *got, evpack_err *err)
{
    if (!listing.on) {
        return __real_file_read_fd(fd, data, len, got, err);
    }
    if (listing.calls++ == listing.at) {
        listing.on = false;
        add_unlisted();
        listing.on = true;
    }
    evpack_status status = __real_file_read_fd(fd, data, len, got, err);
    if (*got >= listing.manifest->len && listing.seen_count < 8 &&
        memcmp(data, listing.manifest->data, listing.manifest->len) == 0) {
        listing.seen[listing.seen_count++] = listing.calls - 1;
    }
    return status;
}

START_TEST(a_folder)
{
    EVPACK_AUTO(pki_signer) signer = fixture_signer(&rsa);
    EVPACK_AUTO(pki_trust) trust = fixture_trust(&rsa);
    raw_package raw;
    raw_default(&raw, signer);
    listing.manifest = raw_data(&raw, BAG_MANIFEST);
    size_t between = 0;
    for (size_t at = 0;; at++) {
        (void)unlink(test_path("P/data/z"));
        const char *path = raw_unpack(&raw, "P");
        listing.calls = 0;
        listing.at = at;
        listing.seen_count = 0;
        listing.on = true;
        seal_report r;
        seal_verdict verdict = fixture_verify(path, trust, &r);
        listing.on = false;
        if (listing.calls <= at) { /* it was verified before the change came */
            ck_assert_int_eq(verdict, SEAL_VERIFIED);
            ck_assert_uint_eq(listing.seen_count, 2);
            break;
        }
        ck_assert_msg(verdict == SEAL_NOT_VERIFIED,
                      "changed before reading %zu: expected no, came %s", at,
                      seal_verdict_text(verdict));
        between += strcmp(r.reasons[0].code, "changed-while-read") == 0;
    }
    ck_assert_msg(between > 0, "expected changed-while-read at some moment");
    raw_free(&raw);
}
END_TEST

int main(void)
{
    fixture_make_key(PKI_RSA_3072, &rsa);
    const TTest *const tests[] = {a_small_package, a_larger_package, a_folder, NULL};
    return test_main(test_suite("seal/changing", tests));
}
