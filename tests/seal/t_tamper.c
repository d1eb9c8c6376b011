/*
 * Tampering with a small package: every byte of its ZIP, with the old outer signature and with one
 * made anew by the same key; every truncation; every bit of an RSA and of a P-256 signature. Under
 * AddressSanitizer only some of the places are tried.
 */
#include "fixture.h"

#include "base/file.h"
#include "seal/zipread.h"

#include <fcntl.h>
#include <string.h>

#ifdef __SANITIZE_ADDRESS__
enum { STEP = 11 };
#else
enum { STEP = 1 };
#endif

static fixture_key rsa, p256;

typedef struct {
    pki_signer *signer;
    pki_trust *trust;
    const char *path;
    int fd;
    buf bytes;
} package;

static void make(package *p, const fixture_key *key)
{
    *p = (package){.signer = fixture_signer(key), .trust = fixture_trust(key)};
    raw_package raw;
    raw_default(&raw, p->signer);
    p->path = test_path("P.zip");
    raw_write(&raw, p->path, p->signer);
    raw_free(&raw);
    fixture_verified(p->path, p->trust);
    test_read(p->path, &p->bytes);
    p->fd = open(p->path, O_RDWR | O_CLOEXEC);
}

static void done(package *p)
{
    pki_signer_free(p->signer);
    pki_trust_free(p->trust);
    buf_reset(&p->bytes);
    (void)close(p->fd);
}

static void put_byte(const package *p, size_t at, unsigned char c)
{
    ck_assert_int_eq(pwrite(p->fd, &c, 1, (off_t)at), 1);
}

START_TEST(every_byte_of_the_zip)
{
    package p;
    make(&p, &p256);
    for (size_t i = 0; i < p.bytes.len; i += STEP) {
        put_byte(&p, i, (unsigned char)(p.bytes.data[i] ^ (1 << (i % 8))));
        fixture_refused(p.path, p.trust, "signature-mismatch", "P.zip");
        put_byte(&p, i, (unsigned char)p.bytes.data[i]);
    }
    fixture_verified(p.path, p.trust);
    done(&p);
}
END_TEST

/* The digest of every member's name and bytes. */
static void digest_members(const package *p, unsigned char out[DIGEST_SIZE])
{
    evpack_err err = {0};
    EVPACK_AUTO(digest) d = NULL;
    EVPACK_AUTO(zipread) r = NULL;
    OK(digest_new(&d, &err));
    OK(zipread_open(p->fd, p->bytes.len, &r, &err));
    for (;;) {
        const zip_member *m = NULL;
        OK(zipread_next(r, &m, &err));
        if (m == NULL) {
            break;
        }
        digest_update(d, m->name, strlen(m->name) + 1);
        const void *data = NULL;
        size_t len = 0;
        do {
            OK(zipread_data(r, &data, &len, &err));
            digest_update(d, data, len);
        } while (len > 0);
    }
    OK(digest_final(d, out, &err));
}

/*
 * By the key's holder, who could seal anything. Yet no bit is idle: every change is refused, but
 * for one kind. Deflate can name the same bytes by another distance, where they stand twice; then
 * every member is what it was.
 */
START_TEST(every_byte_of_the_zip_signed_anew)
{
    package p;
    make(&p, &p256);
    size_t other_distance = 0;
    unsigned char want[DIGEST_SIZE];
    digest_members(&p, want);
    for (size_t i = 0; i < 8 * p.bytes.len; i += 3 * STEP) { /* two or three bits of each byte */
        put_byte(&p, i / 8, (unsigned char)(p.bytes.data[i / 8] ^ (1 << (i % 8))));
        fixture_sign_file(p.signer, p.path);
        seal_report r;
        if (fixture_verify(p.path, p.trust, &r) != SEAL_NOT_VERIFIED) {
            unsigned char got[DIGEST_SIZE];
            digest_members(&p, got);
            ck_assert_msg(memcmp(want, got, sizeof want) == 0,
                          "bit %zu of byte %zu of %zu was changed, and it verified", i % 8, i / 8,
                          p.bytes.len);
            other_distance++;
        }
        put_byte(&p, i / 8, (unsigned char)p.bytes.data[i / 8]);
    }
    ck_assert_uint_le(other_distance, p.bytes.len / 100);
    done(&p);
}
END_TEST

START_TEST(every_truncation)
{
    package p;
    make(&p, &p256);
    for (size_t n = p.bytes.len; n-- > 0;) {
        if (n % STEP != 0) {
            continue;
        }
        ck_assert_int_eq(ftruncate(p.fd, (off_t)n), 0);
        fixture_refused(p.path, p.trust, "signature-mismatch", "P.zip");
        fixture_sign_file(p.signer, p.path);
        seal_report r; /* a record is cut, or a member's data is */
        ck_assert_int_eq(fixture_verify(p.path, p.trust, &r), SEAL_NOT_VERIFIED);
        ck_assert_msg(strcmp(r.reasons[0].code, "zip-truncated") == 0 ||
                          strcmp(r.reasons[0].code, "zip-size") == 0,
                      "cut to %zu of %zu bytes: came %s", n, p.bytes.len, r.reasons[0].code);
        ck_assert_int_eq(pwrite(p.fd, p.bytes.data, p.bytes.len, 0), (ssize_t)p.bytes.len);
        fixture_sign_file(p.signer, p.path);
    }
    ck_assert_int_eq(pwrite(p.fd, "more", 4, (off_t)p.bytes.len), 4);
    fixture_sign_file(p.signer, p.path);
    fixture_refused(p.path, p.trust, "zip-trailing-bytes", "bytes follow it");
    done(&p);
}
END_TEST

/* In process: the file system would be slower than the check. */
static void flip_signature(const fixture_key *key)
{
    evpack_err err = {0};
    EVPACK_AUTO(pki_signer) signer = fixture_signer(key);
    EVPACK_AUTO(pki_trust) trust = fixture_trust(key);
    EVPACK_AUTO_VALUE(buf_reset) buf der = {0};
    unsigned char sha256[DIGEST_SIZE];
    fixture_sign(signer, "content", 7, &der);
    OK(digest_bytes("content", 7, sha256, &err));
    for (size_t i = 0; i <= 8 * der.len; i += STEP) {
        if (i < 8 * der.len) {
            der.data[i / 8] = (char)(der.data[i / 8] ^ (1 << (i % 8)));
        }
        cms_signer who;
        EVPACK_AUTO(cms_check) check = NULL;
        evpack_status status = cms_check_new(der.data, der.len, &check, &who, &err);
        if (status == EVPACK_OK) {
            status = cms_check_final(check, sha256, trust, FIXTURE_AT, &who, &err);
        }
        ck_assert_msg(status == (i < 8 * der.len ? EVPACK_E_NO : EVPACK_OK),
                      "bit %zu of byte %zu of %zu was changed, and it came '%s'", i % 8, i / 8,
                      der.len, evpack_status_text(status));
        if (i < 8 * der.len) {
            der.data[i / 8] = (char)(der.data[i / 8] ^ (1 << (i % 8)));
        }
    }
}

START_TEST(every_bit_of_an_rsa_signature)
{
    flip_signature(&rsa);
}
END_TEST

START_TEST(every_bit_of_a_p256_signature)
{
    flip_signature(&p256);
}
END_TEST

int main(void)
{
    fixture_make_key(PKI_RSA_3072, &rsa);
    fixture_make_key(PKI_P256, &p256);
    const TTest *const tests[] = {
        every_byte_of_the_zip,         every_byte_of_the_zip_signed_anew, every_truncation,
        every_bit_of_an_rsa_signature, every_bit_of_a_p256_signature,     NULL};
    return test_main(test_suite("seal/tamper", tests));
}
