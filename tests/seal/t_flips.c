/*
 * P.zip, changed in every way that a loop can think of, with the old outer signature and with one
 * that its own signer made anew, so that the grammar, the signature inside and the manifests must
 * find it: every bit of the smallest package, every length, ten thousand random splices; and a
 * sample of the same on the package of a whole tenant. The answer is always no, the memory stays
 * within a cap. Under AddressSanitizer a sample of all.
 *
 * The splices follow from a seed, which is printed; EVPACK_SEED gives another.
 */
#include "memory.h"

#include "collect/collect.h"
#include "map/map.h"
#include "package/package.h"
#include "seal/zipread.h"
#include "seal/zipwrite.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#ifdef __SANITIZE_ADDRESS__
enum { STEP = 23, SPLICES = 500, SAMPLE = 20, LARGE_SPLICES = 20 };
#else
enum { STEP = 1, SPLICES = 10000, SAMPLE = 100, LARGE_SPLICES = 100 };
#endif

enum { PEAK_MAX = 32 * 1024 }; /* KiB: what verifying may add to the process */

static fixture_key p256;
static uint64_t seed;

/* xorshift64*: the same numbers everywhere. */
static uint64_t draw(uint64_t below)
{
    seed ^= seed >> 12;
    seed ^= seed << 25;
    seed ^= seed >> 27;
    return (seed * UINT64_C(2685821657736338717) >> 16) % below;
}

/* code: how the first reason's word begins. */
static void no(const memory_package *p, const char *code, const char *what, size_t at)
{
    seal_report r;
    ck_assert_msg(memory_verify(p, &r) == SEAL_NOT_VERIFIED, "%s %zu: expected no, came %s", what,
                  at, seal_verdict_text(r.verdict));
    ck_assert_msg(strncmp(r.reasons[0].code, code, strlen(code)) == 0,
                  "%s %zu: expected %s, came %s: %s", what, at, code, r.reasons[0].code,
                  r.reasons[0].text);
}

static void within_the_cap(long before)
{
#ifndef __SANITIZE_ADDRESS__
    long grown = memory_peak() - before;
    ck_assert_msg(grown <= PEAK_MAX, "expected at most %d KiB more, came %ld", PEAK_MAX, grown);
#else
    (void)before;
#endif
}

static void small(memory_package *p)
{
    memory_seal(test_path("P.zip"), &p256, "", 0);
    memory_open(p, test_path("P.zip"), &p256);
}

/* What a package becomes, as bytes; signed anew or not. */
static void try_bit(const memory_package *p, size_t bit, bool anew)
{
    unsigned char *at = (unsigned char *)p->good.data + bit / 8;
    *at = (unsigned char)(*at ^ (1 << bit % 8));
    memory_put_byte(p, bit / 8, *at);
    if (anew) {
        memory_sign(p, p->good.data, p->good.len);
    }
    no(p, anew ? "" : "signature-mismatch", "the changed bit", bit);
    *at = (unsigned char)(*at ^ (1 << bit % 8));
    memory_put_byte(p, bit / 8, *at);
}

START_TEST(every_bit)
{
    memory_package p;
    small(&p);
    long before = memory_peak();
    for (size_t bit = 0; bit < 8 * p.good.len; bit += 7 * STEP) { /* of every byte, one at least */
        try_bit(&p, bit, false);
    }
    for (size_t bit = 0; bit < 8 * p.good.len; bit += STEP) {
        try_bit(&p, bit, true);
    }
    memory_put_signature(&p, p.signature.data, p.signature.len);
    seal_report r;
    ck_assert_int_eq(memory_verify(&p, &r), SEAL_VERIFIED);
    within_the_cap(before);
    memory_close(&p);
}
END_TEST

/* Every byte, all its bits at once: 0 for 255, and so on. */
START_TEST(every_byte_turned)
{
    memory_package p;
    small(&p);
    for (size_t i = 0; i < p.good.len; i += STEP) {
        unsigned char was = (unsigned char)p.good.data[i];
        p.good.data[i] = (char)~was;
        memory_put(&p, p.good.data, p.good.len);
        memory_put_signature(&p, p.signature.data, p.signature.len);
        no(&p, "signature-mismatch", "the turned byte", i);
        memory_sign(&p, p.good.data, p.good.len);
        no(&p, "", "the turned byte", i);
        p.good.data[i] = (char)was;
    }
    memory_close(&p);
}
END_TEST

static void every_length(const memory_package *p, size_t step)
{
    for (size_t n = 0; n < p->good.len; n += step) {
        memory_put(p, p->good.data, n);
        memory_put_signature(p, p->signature.data, p->signature.len);
        no(p, "signature-mismatch", "the length", n);
        memory_sign(p, p->good.data, n);
        no(p, "zip-", "the length", n);
    }
    EVPACK_AUTO_VALUE(buf_reset) buf more = {0};
    buf_append(&more, p->good.data, p->good.len);
    for (int i = 0; i < 40; i++) {
        buf_putc(&more, i < 20 ? '\0' : 'P');
        memory_put(p, more.data, more.len);
        memory_sign(p, more.data, more.len);
        no(p, "zip-trailing-bytes", "the length", more.len);
    }
}

START_TEST(every_truncation)
{
    memory_package p;
    small(&p);
    long before = memory_peak();
    every_length(&p, STEP);
    within_the_cap(before);
    memory_close(&p);
}
END_TEST

/* A range of at most half of len bytes; small ones are as likely as large ones. */
static size_t draw_range(size_t len, size_t *from)
{
    size_t n = 1 + (size_t)draw((UINT64_C(2) << draw(20)));
    n = n > len / 2 ? len / 2 : n;
    *from = (size_t)draw(len - n + 1);
    return n;
}

static void insert(buf *b, size_t at, const char *data, size_t n)
{
    EVPACK_AUTO_VALUE(buf_reset) buf rest = {0};
    buf_append(&rest, b->data + at, b->len - at);
    buf_truncate(b, at);
    buf_append(b, data, n);
    buf_append(b, buf_str(&rest), rest.len);
}

static void cut_out(buf *b, size_t at, size_t n)
{
    memmove(b->data + at, b->data + at + n, b->len - at - n);
    buf_truncate(b, b->len - n);
}

/* Copies, moves, inserts, deletes or overwrites ranges, of its own bytes or of the other's. */
static void splice_in(buf *b, const buf *other)
{
    EVPACK_AUTO_VALUE(buf_reset) buf part = {0};
    size_t from = 0;
    bool own = draw(2) == 0;
    const buf *source = own ? b : other;
    size_t n = draw_range(source->len, &from);
    buf_append(&part, source->data + from, n);
    size_t to = (size_t)draw(b->len);
    switch (draw(7)) {
    case 0: /* over the same place, where two packages are alike */
        to = from < b->len ? from : to;
        n = n > b->len - to ? b->len - to : n;
        memcpy(b->data + to, part.data, n);
        break;
    case 1: /* over another place */
        n = n > b->len - to ? b->len - to : n;
        memcpy(b->data + to, part.data, n);
        break;
    case 2:
        insert(b, to, part.data, part.len);
        break;
    case 3: /* moved */
        if (own) {
            cut_out(b, from, n);
            insert(b, (size_t)draw(b->len + 1), part.data, part.len);
            break;
        }
        insert(b, to, part.data, part.len);
        break;
    case 4:
        n = draw_range(b->len, &from);
        cut_out(b, from, n);
        break;
    case 5: /* the beginning of one, the end of the other */
        to = (size_t)draw(b->len < other->len ? b->len : other->len);
        buf_truncate(b, to);
        buf_append(b, other->data + to, other->len - to);
        break;
    default: /* a few bytes of noise */
        for (uint64_t i = 1 + draw(8); i > 0; i--) {
            b->data[draw(b->len)] = (char)draw(256);
        }
    }
}

static bool same(const buf *a, const buf *b)
{
    return a->len == b->len && memcmp(a->data, b->data, a->len) == 0;
}

static void splices(const memory_package *p, const buf *other, size_t count)
{
    const char *given = getenv("EVPACK_SEED");
    seed = given == NULL ? UINT64_C(20261122) : strtoull(given, NULL, 10);
    (void)printf("seed %llu\n", (unsigned long long)seed);
    (void)fflush(stdout);
    size_t alike = 0;
    for (size_t i = 0; i < count; i++) {
        EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
        buf_append(&b, p->good.data, p->good.len);
        for (uint64_t n = 1 + draw(3); n > 0 && b.len > 1; n--) {
            splice_in(&b, other);
        }
        memory_put(p, buf_str(&b), b.len);
        if (same(&b, &p->good) || same(&b, other)) {
            alike++; /* nothing was changed: one package or the other */
            continue;
        }
        if (i % 8 == 0) {
            memory_put_signature(p, p->signature.data, p->signature.len);
            no(p, "signature-mismatch", "splice", i);
        }
        memory_sign(p, buf_str(&b), b.len);
        no(p, "", "splice", i);
    }
    ck_assert_msg(alike < count / 20, "expected few splices that change nothing, came %zu", alike);
}

START_TEST(random_splices)
{
    memory_package p;
    small(&p);
    memory_seal(test_path("Q.zip"), &p256, "[{\"id\":1}]\n", 11);
    EVPACK_AUTO_VALUE(buf_reset) buf other = {0};
    test_read(test_path("Q.zip"), &other);
    long before = memory_peak();
    splices(&p, &other, SPLICES);
    within_the_cap(before);
    memory_close(&p);
}
END_TEST

/* The same members, stored instead of compressed: what every reader would unpack is the same. */
START_TEST(packed_another_way)
{
    evpack_err err = {0};
    memory_package p;
    memory_seal(test_path("P.zip"), &p256, "abababababababab", 16);
    memory_open(&p, test_path("P.zip"), &p256);
    EVPACK_AUTO_FD in = open(test_path("P.zip"), O_RDONLY | O_CLOEXEC);
    EVPACK_AUTO_FD out = open(test_path("Q.zip"), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    EVPACK_AUTO(zipread) r = NULL;
    EVPACK_AUTO(zipwrite) w = NULL;
    OK(zipread_open(in, p.good.len, &r, &err));
    OK(zipwrite_open(out, 0, &w, &err));
    zipwrite_plain(w);
    for (;;) {
        const zip_member *m = NULL;
        const void *data = NULL;
        size_t len = 0;
        OK(zipread_next(r, &m, &err));
        if (m == NULL) {
            break;
        }
        OK(zipwrite_begin(w, m->name, m->size, &err));
        do {
            OK(zipread_data(r, &data, &len, &err));
            OK(zipwrite_data(w, data, len, &err));
        } while (len > 0);
        OK(zipwrite_end(w, &err));
    }
    OK(zipwrite_finish(w, &err));
    EVPACK_AUTO_VALUE(buf_reset) buf other = {0};
    test_read(test_path("Q.zip"), &other);
    memory_put(&p, other.data, other.len);
    memory_sign(&p, other.data, other.len);
    no(&p, "packed-differs", "the member", 0);
    memory_close(&p);
}
END_TEST

/* In a process of its own, so that what collecting takes is not counted as verifying's. */
static void package_a_tenant(const char *folder, const char *out)
{
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child > 0) {
        int code = -1;
        ck_assert_int_eq(waitpid(child, &code, 0), child);
        ck_assert_msg(code == 0, "expected a package of fixtures/contoso");
        return;
    }
    char path[1100];
    evpack_err err = {0};
    store *s = NULL;
    (void)snprintf(path, sizeof path, "%s/case.db", folder);
    char *const paths[] = {(char *)TEST_SOURCE_ROOT "/fixtures/contoso/export"};
    const collect_options collect = {.label = "q4", .now = FIXTURE_AT};
    const map_options map = {.at = FIXTURE_AT};
    const package_options options = {
        .out = out, .files = {.key = p256.key, .cert = p256.cert}, .at = FIXTURE_AT};
    collect_totals collected;
    map_totals mapped;
    package_result packed;
    bool good = store_open(path, STORE_CREATE, &s, &err) == EVPACK_OK &&
                collect_paths(s, paths, 1, &collect, &collected, &err) == EVPACK_OK &&
                map_run(s, &map, &mapped, &err) == EVPACK_OK &&
                package_write(s, &options, &packed, &err) == EVPACK_OK;
    if (!good) {
        (void)fprintf(stderr, "%s\n", err.text);
    }
    store_close(s);
    _exit(good ? 0 : 1);
}

START_TEST(a_large_package)
{
    memory_package p;
    char folder[1024];
    char out[1024];
    (void)snprintf(folder, sizeof folder, "%s", test_dir());
    (void)snprintf(out, sizeof out, "%s", test_path("P.zip"));
    package_a_tenant(folder, out);
    memory_open(&p, out, &p256);
    EVPACK_AUTO_VALUE(buf_reset) buf other = {0};
    memory_seal(test_path("Q.zip"), &p256, "x", 1);
    test_read(test_path("Q.zip"), &other);
    long before = memory_peak();
    size_t bits = 8 * p.good.len;
    for (size_t i = 0; i < SAMPLE;
         i++) { /* spread evenly, by a step that meets every bit of a byte */
        try_bit(&p, (bits / SAMPLE * i + i) % bits, true);
    }
    size_t ends = p.good.len - 3000; /* the central directory and the end record */
    for (size_t i = 0; i < SAMPLE; i++) {
        try_bit(&p, 8 * (ends + 10 * i) + i % 8, true);
    }
    every_length(&p, p.good.len / (SAMPLE / 5));
    splices(&p, &other, LARGE_SPLICES);
    within_the_cap(before + 2 * (long)(p.good.len / 1024)); /* our own two copies */
    memory_close(&p);
}
END_TEST

int main(void)
{
    fixture_make_key(PKI_P256, &p256);
    const TTest *const tests[] = {every_bit,
                                  every_byte_turned,
                                  every_truncation,
                                  random_splices,
                                  packed_another_way,
                                  a_large_package,
                                  NULL};
    return test_main(test_suite("seal/flips", tests));
}
