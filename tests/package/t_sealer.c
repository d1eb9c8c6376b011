/* package/sealer: all or nothing, one order, the same bytes again. */
#include "package/sealer.h"

#include "base/text.h"
#include "seal/verify.h"
#include "support.h"

#include "fixture.h"

#include <dirent.h>
#include <locale.h>
#include <string.h>
#include <sys/stat.h>

static fixture_key rsa, p256;

/* Seals three members; step cuts the bytes into writes. */
static evpack_status seal(const char *path, const pki_signer *signer, size_t step,
                          sealer_result *result, evpack_err *err)
{
    static char text[700000];
    for (size_t i = 0; i < sizeof text; i++) {
        text[i] = (char)('a' + i * i % 23);
    }
    EVPACK_AUTO(sealer) s = NULL;
    EVPACK_TRY(sealer_open(path, "pkg-1", &s, err));
    EVPACK_TRY(sealer_add(s, "VERIFY.txt", "read\n", 5, err));
    EVPACK_TRY(sealer_add(s, "data/empty", "", 0, err));
    EVPACK_TRY(sealer_begin(s, "data/text", sizeof text, err));
    for (size_t at = 0; at < sizeof text; at += step) {
        size_t n = sizeof text - at < step ? sizeof text - at : step;
        EVPACK_TRY(sealer_write(s, text + at, n, err));
    }
    EVPACK_TRY(sealer_end(s, err));
    const bag_field fields[] = {{"Source-Organization", "M\xc3\xbcller & Co"},
                                {"Contact-Name", "A"}};
    sealer_identity identity = {
        .signer = signer, .at = FIXTURE_AT, .fields = fields, .field_count = 2};
    return sealer_finish(s, &identity, result, err);
}

static size_t count_files(const char *folder)
{
    size_t n = 0;
    DIR *d = opendir(folder);
    for (const struct dirent *e = readdir(d); e != NULL; e = readdir(d)) {
        n += e->d_type == DT_REG;
    }
    (void)closedir(d);
    return n;
}

START_TEST(seals_what_verifies)
{
    evpack_err err = {0};
    EVPACK_AUTO(pki_signer) signer = fixture_signer(&p256);
    EVPACK_AUTO(pki_trust) trust = fixture_trust(&p256);
    sealer_result result;
    OK(seal(test_path("P.zip"), signer, 1000, &result, &err));
    seal_report r;
    ck_assert_int_eq(fixture_verify(test_path("P.zip"), trust, &r), SEAL_VERIFIED);
    ck_assert_str_eq(r.sha256, result.sha256);
    ck_assert_str_eq(r.package_id, "pkg-1");
    ck_assert_uint_eq(result.files, 8);
    ck_assert_uint_eq(result.payload_bytes, 700000);
    ck_assert_int_eq(r.signer.signing_time, FIXTURE_AT);
    ck_assert_uint_eq(count_files(test_dir()), 2);
    struct stat st;
    ck_assert_int_eq(stat(test_path("P.zip"), &st), 0);
    ck_assert_uint_eq((uint64_t)st.st_size, result.size);
}
END_TEST

START_TEST(the_same_again)
{
    evpack_err err = {0};
    EVPACK_AUTO(pki_signer) signer = fixture_signer(&rsa);
    sealer_result result;
    OK(seal(test_path("P.zip"), signer, 1000, &result, &err));
    (void)setenv("TZ", "Asia/Tokyo", 1);
    (void)setlocale(LC_ALL, "C.UTF-8");
    (void)umask(077);
    OK(seal(test_path("Q.zip"), signer, 700000, &result, &err));
    static const char *const names[][2] = {{"P.zip", "Q.zip"}, {"P.zip.p7s", "Q.zip.p7s"}};
    for (size_t i = 0; i < 2; i++) {
        EVPACK_AUTO_VALUE(buf_reset) buf a = {0};
        EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
        test_read(test_path(names[i][0]), &a);
        test_read(test_path(names[i][1]), &b);
        ck_assert(a.len == b.len && memcmp(a.data, b.data, a.len) == 0);
    }
}
END_TEST

START_TEST(nothing_is_left_of_a_failure)
{
    evpack_err err = {0};
    EVPACK_AUTO(pki_signer) signer = fixture_signer(&p256);
    sealer_result result;
    {
        EVPACK_AUTO(sealer) s = NULL;
        OK(sealer_open(test_path("P.zip"), "pkg-1", &s, &err));
        OK(sealer_begin(s, "data/a", 2, &err));
        OK(sealer_write(s, "x", 1, &err));
        sealer_identity identity = {.signer = signer};
        FAILS(sealer_finish(s, &identity, &result, &err), EVPACK_E_INTERNAL, "still open");
    }
    ck_assert_uint_eq(count_files(test_dir()), 0);
    {
        EVPACK_AUTO(sealer) s = NULL;
        OK(sealer_open(test_path("P.zip"), "pkg-1", &s, &err));
        const bag_field field = {"payload-oxum", "1.1"};
        sealer_identity identity = {.signer = signer, .fields = &field, .field_count = 1};
        FAILS(sealer_finish(s, &identity, &result, &err), EVPACK_E_INPUT, "more than once");
    }
    {
        EVPACK_AUTO(sealer) s = NULL; /* the signature's name is taken by a folder */
        ck_assert_int_eq(mkdir(test_path("P.zip.p7s"), 0700), 0);
        ck_assert_int_eq(mkdir(test_path("P.zip.p7s/x"), 0700), 0);
        FAILS(seal(test_path("P.zip"), signer, 700000, &result, &err), EVPACK_E_IO, "renamed");
    }
    ck_assert_uint_eq(count_files(test_dir()), 0);
    FAILS(seal(test_path("no/P.zip"), signer, 700000, &result, &err), EVPACK_E_IO, "P.zip");
}
END_TEST

START_TEST(a_package_is_never_replaced)
{
    evpack_err err = {0};
    EVPACK_AUTO(pki_signer) signer = fixture_signer(&p256);
    sealer_result result;
    (void)test_text_file("P.zip.p7s", "left by a crash");
    OK(seal(test_path("P.zip"), signer, 700000, &result, &err));
    FAILS(seal(test_path("P.zip"), signer, 700000, &result, &err), EVPACK_E_IO, "never replaced");
    EVPACK_AUTO(pki_trust) trust = fixture_trust(&p256);
    fixture_verified(test_path("P.zip"), trust);
}
END_TEST

START_TEST(members_are_checked)
{
    evpack_err err = {0};
    EVPACK_AUTO(sealer) s = NULL;
    FAILS(sealer_open(test_path("P.zip"), "a/b", &s, &err), EVPACK_E_INPUT, "package id");
    OK(sealer_open(test_path("P.zip"), "pkg-1", &s, &err));
    static const struct {
        const char *path;
        evpack_status status;
        const char *part;
    } rows[] = {
        {"data/b", EVPACK_OK, ""},
        {"data/a", EVPACK_E_INTERNAL, "byte order"},
        {"data/b", EVPACK_E_INPUT, "letter case"},
        {"data/B", EVPACK_E_INPUT, "letter case"},
        {"data/b/c", EVPACK_E_INPUT, "needs a folder"},
        {"data/../x", EVPACK_E_INPUT, "'..'"},
        {"data/c\xc3\xa9", EVPACK_E_INPUT, "character outside"},
        {"fetch.txt", EVPACK_E_INPUT, "no fetch.txt"},
        {"manifest-md5.txt", EVPACK_E_INPUT, "SHA-256 only"},
        {"signatures/x", EVPACK_E_INPUT, "signatures/ holds"},
        {"bag-info.txt", EVPACK_E_INPUT, "the sealer makes it"},
        {"manifest-sha256.txt", EVPACK_E_INPUT, "the sealer makes it"},
        {"data/d", EVPACK_OK, ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].status == EVPACK_OK) {
            OK(sealer_add(s, rows[i].path, "x", 1, &err));
        } else {
            FAILS(sealer_add(s, rows[i].path, "x", 1, &err), rows[i].status, rows[i].part);
        }
    }
    OK(sealer_begin(s, "data/e", 2, &err));
    FAILS(sealer_begin(s, "data/f", 2, &err), EVPACK_E_INTERNAL, "still open");
    FAILS(sealer_write(s, "xyz", 3, &err), EVPACK_E_INTERNAL, "more bytes");
    FAILS(sealer_end(s, &err), EVPACK_E_INTERNAL, "fewer bytes");
}
END_TEST

int main(void)
{
    fixture_make_key(PKI_RSA_3072, &rsa);
    fixture_make_key(PKI_P256, &p256);
    const TTest *const tests[] = {seals_what_verifies,          the_same_again,
                                  nothing_is_left_of_a_failure, a_package_is_never_replaced,
                                  members_are_checked,          NULL};
    return test_main(test_suite("package/sealer", tests));
}
