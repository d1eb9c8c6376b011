/*
 * seal/extract: what is written is what verified, and nothing is written otherwise. The linker puts
 * between(), by --wrap=folder_new, where the file has verified and is about to be read again.
 */
#include "seal/extract.h"

#include "authority.h"
#include "base/folder.h"
#include "base/text.h"
#include "seal/timestamp.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static fixture_key p256, rsa;
static void (*between)(void);

evpack_status __real_folder_new(const char *path, folder **out, evpack_err *err);
evpack_status __wrap_folder_new(const char *path, folder **out, evpack_err *err);
evpack_status __wrap_folder_new(const char *path, folder **out, evpack_err *err)
{
    if (between != NULL) {
        between();
    }
    return __real_folder_new(path, out, err);
}

static bool there(const char *name)
{
    struct stat st;
    return lstat(test_path(name), &st) == 0;
}

/* Nothing but P.zip and its signature. */
static void nothing_written(void)
{
    DIR *d = opendir(test_dir());
    for (const struct dirent *e = readdir(d); e != NULL; e = readdir(d)) {
        ck_assert_msg(e->d_name[0] == 'P' || strcmp(e->d_name, ".") == 0 ||
                          strcmp(e->d_name, "..") == 0,
                      "expected nothing beside P.zip, came %s", e->d_name);
    }
    (void)closedir(d);
}

static evpack_status extract(const char *path, const pki_trust *trust, seal_report *report,
                             evpack_err *err)
{
    seal_options options = {.trust = trust, .now = text_now()};
    return seal_extract(path, &options, test_path("D"), report, err);
}

START_TEST(a_good_one)
{
    const fixture_key *const keys[] = {&p256, &rsa};
    for (size_t k = 0; k < 2; k++) {
        evpack_err err = {0};
        EVPACK_AUTO(pki_signer) signer = fixture_signer(keys[k]);
        EVPACK_AUTO(pki_trust) trust = fixture_trust(keys[k]);
        raw_package raw;
        raw_default(&raw, signer);
        raw_write(&raw, test_path("P.zip"), signer);
        seal_report r;
        OK(extract(test_path("P.zip"), trust, &r, &err));
        ck_assert_int_eq(r.verdict, SEAL_VERIFIED);
        ck_assert_str_eq(r.package_id, FIXTURE_ID);
        ck_assert(!r.folder);
        for (size_t i = 0; i < raw.count; i++) {
            char name[300];
            (void)snprintf(name, sizeof name, "D/%s", raw.parts[i].path);
            EVPACK_AUTO_VALUE(buf_reset) buf got = {0};
            test_read(test_path(name), &got);
            ck_assert_msg(got.len == raw.parts[i].data.len &&
                              memcmp(buf_str(&got), buf_str(&raw.parts[i].data), got.len) == 0,
                          "%s: expected the member's bytes", name);
        }
        fixture_verified(test_path("D"), trust);
        raw_free(&raw);
        char command[400];
        (void)snprintf(command, sizeof command, "rm -rf '%s'", test_path("D"));
        ck_assert_int_eq(system(command), 0);
        nothing_written();
    }
}
END_TEST

START_TEST(a_bad_one_is_not_unpacked)
{
    evpack_err err = {0};
    EVPACK_AUTO(pki_signer) signer = fixture_signer(&p256);
    EVPACK_AUTO(pki_trust) trust = fixture_trust(&p256);
    EVPACK_AUTO(pki_trust) other = fixture_trust(&rsa);
    raw_package raw;
    seal_report r;
    raw_default(&raw, signer);
    raw_write(&raw, test_path("P.zip"), signer);
    OK(extract(test_path("P.zip"), other, &r, &err));
    ck_assert_int_eq(r.verdict, SEAL_NOT_VERIFIED);
    ck_assert_str_eq(r.reasons[0].code, "certificate-untrusted");
    nothing_written();
    raw_set(&raw, "data/findings.json", "{}"); /* signed, and not what the manifest lists */
    raw_write(&raw, test_path("P.zip"), signer);
    OK(extract(test_path("P.zip"), trust, &r, &err));
    ck_assert_int_eq(r.verdict, SEAL_NOT_VERIFIED);
    ck_assert_str_eq(r.reasons[0].code, "file-changed");
    nothing_written();
    raw_insert(&raw, 1, "data/../../evil", "x");
    raw_write(&raw, test_path("P.zip"), signer);
    OK(extract(test_path("P.zip"), trust, &r, &err));
    ck_assert_int_eq(r.verdict, SEAL_NOT_VERIFIED);
    nothing_written();
    raw_free(&raw);
}
END_TEST

START_TEST(undecided)
{
    evpack_err err = {0};
    EVPACK_AUTO(pki_signer) signer = fixture_signer(&p256);
    EVPACK_AUTO(pki_trust) trust = fixture_trust(&p256);
    raw_package raw;
    seal_report r;
    raw_default(&raw, signer);
    FAILS(extract(test_path("P.zip"), trust, &r, &err), EVPACK_E_IO, "P.zip: cannot be opened");
    ck_assert_int_eq(r.verdict, SEAL_UNDECIDED);
    FAILS(extract(raw_unpack(&raw, "P"), trust, &r, &err), EVPACK_E_USAGE, "is a folder");
    ck_assert_int_eq(r.verdict, SEAL_UNDECIDED);
    raw_write(&raw, test_path("P.zip"), signer);
    nothing_written();
    ck_assert_int_eq(mkdir(test_path("D"), 0755), 0);
    FAILS(extract(test_path("P.zip"), trust, &r, &err), EVPACK_E_IO, "D: is there already");
    ck_assert_int_eq(r.verdict, SEAL_UNDECIDED);
    ck_assert_uint_eq(r.reason_count, 1);
    ck_assert_str_eq(r.reasons[0].code, "could-not-check");
    ck_assert_int_eq(rmdir(test_path("D")), 0); /* empty as it was */
    raw_free(&raw);
}
END_TEST

/* Who must have signed is asked of P.zip, not of the folder; a bad time refuses. */
START_TEST(as_verify_is_asked)
{
    evpack_err err = {0};
    EVPACK_AUTO(pki_signer) signer = fixture_signer(&p256);
    EVPACK_AUTO(pki_trust) trust = fixture_trust(&p256);
    raw_package raw;
    seal_report r;
    raw_default(&raw, signer);
    raw_write(&raw, test_path("P.zip"), signer);
    const char *required[] = {"CN=evpack trial signer", "CN=somebody"};
    seal_options options = {
        .trust = trust, .now = text_now(), .required = required, .required_count = 2};
    OK(seal_extract(test_path("P.zip"), &options, test_path("D"), &r, &err));
    ck_assert_str_eq(r.reasons[0].code, "required-signer-missing");
    options.required_count = 1;
    options.now = INT64_C(4102444800);
    OK(seal_extract(test_path("P.zip"), &options, test_path("D"), &r, &err));
    ck_assert_str_eq(r.reasons[0].code, "certificate-expired");
    nothing_written();
    options.now = text_now();
    OK(seal_extract(test_path("P.zip"), &options, test_path("D"), &r, &err));
    ck_assert_int_eq(r.verdict, SEAL_VERIFIED);
    ck_assert(there("D/bagit.txt"));
    raw_free(&raw);
}
END_TEST

/* The signer's certificate has expired since; the timestamp of P.zip dates the folder too. */
START_TEST(at_the_time_of_the_timestamp)
{
    evpack_err err = {0};
    fixture_key key;
    (void)snprintf(key.key, sizeof key.key, "%s", authority_file("signer.key"));
    (void)snprintf(key.cert, sizeof key.cert, "%s", authority_file("signer.pem"));
    EVPACK_AUTO(pki_signer) signer = fixture_signer(&key);
    EVPACK_AUTO(pki_trust) trust = authority_trust("signroot.pem");
    EVPACK_AUTO(pki_trust) tsa = authority_trust("root.pem");
    EVPACK_AUTO_VALUE(buf_reset) buf request = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf answer = {0};
    raw_package raw;
    seal_report r;
    tsp_stamp stamp;
    bool kept = false;
    raw_default(&raw, signer);
    raw_write(&raw, test_path("P.zip"), signer);
    OK(timestamp_request(test_path("P.zip"), NULL, false, &kept, &err));
    test_read(test_path("P.zip.p7s.tsq"), &request);
    authority_reply("ec", "", &request, &answer);
    const timestamp_attaching a = {.package = test_path("P.zip"),
                                   .answer = test_file("P.tsr", answer.data, answer.len),
                                   .tsa = tsa,
                                   .now = text_now()};
    OK(timestamp_attach(&a, &stamp, &err));
    seal_options options = {.trust = trust, .now = text_now() + INT64_C(86400000)};
    OK(seal_extract(test_path("P.zip"), &options, test_path("D"), &r, &err));
    ck_assert_str_eq(r.reasons[0].code, "certificate-expired");
    ck_assert(!there("D"));
    options.tsa_trust = tsa;
    OK(seal_extract(test_path("P.zip"), &options, test_path("D"), &r, &err));
    ck_assert_int_eq(r.verdict, SEAL_VERIFIED);
    ck_assert_int_eq(r.stamp_state, SEAL_STAMP_TRUSTED);
    ck_assert(there("D/bagit.txt"));
    raw_free(&raw);
}
END_TEST

static raw_package *next; /* what P.zip becomes after it has verified */
static const pki_signer *next_signer;

static void becomes_next(void)
{
    raw_write(next, test_path("P.zip"), next_signer);
}

static void becomes_shorter(void)
{
    ck_assert_int_eq(truncate(test_path("P.zip"), 500), 0);
}

static void becomes_longer(void)
{
    FILE *f = fopen(test_path("P.zip"), "a");
    (void)fputc(0, f);
    (void)fclose(f);
}

static void last_byte(void)
{
    struct stat st;
    (void)stat(test_path("P.zip"), &st);
    EVPACK_AUTO_FD fd = open(test_path("P.zip"), O_WRONLY | O_CLOEXEC);
    ck_assert_int_eq(pwrite(fd, "x", 1, st.st_size - 1), 1);
}

static void goes_away(void)
{
    ck_assert_int_eq(unlink(test_path("P.zip")), 0);
}

START_TEST(a_file_that_changes_after_it_verified)
{
    EVPACK_AUTO(pki_signer) signer = fixture_signer(&p256);
    EVPACK_AUTO(pki_trust) trust = fixture_trust(&p256);
    raw_package raw;
    seal_report r;
    raw_default(&raw, signer);
    next_signer = signer;
    for (int i = 0; i < 10; i++) {
        evpack_err err = {0};
        raw_package other;
        raw_default(&other, signer);
        next = &other;
        switch (i) {
        case 0: /* another good package of the same signer */
            raw_set(&other, "data/findings.json", "{\"findings\":[1]}\n");
            raw_reseal(&other, signer);
            break;
        case 1:
            (void)strcpy(other.id, "pkg-2027");
            raw_reseal(&other, signer);
            break;
        case 2:
            raw_insert(&other, 1, "data/../../evil", "x");
            break;
        case 3:
            raw_insert(&other, 1, "data/a/b/c", "x");
            raw_reseal(&other, signer);
            break;
        case 4: /* twice one name */
            raw_insert(&other, 1, "data/empty", "x");
            break;
        default:
            break;
        }
        raw_write(&raw, test_path("P.zip"), signer);
        fixture_verified(test_path("P.zip"), trust);
        void (*const changes[])(void) = {
            becomes_next,    becomes_next,   becomes_next, becomes_next, becomes_next,
            becomes_shorter, becomes_longer, last_byte,    goes_away,    NULL};
        between = changes[i];
        evpack_status status = extract(test_path("P.zip"), trust, &r, &err);
        between = NULL;
        if (i == 9) {
            ck_assert_int_eq(r.verdict, SEAL_VERIFIED);
        } else if (i == 8) {
            ck_assert_int_eq(status, EVPACK_E_IO);
            ck_assert_int_eq(r.verdict, SEAL_UNDECIDED);
            nothing_written();
        } else {
            ck_assert_msg(status == EVPACK_OK && r.verdict == SEAL_NOT_VERIFIED &&
                              strcmp(r.reasons[0].code, "changed-while-read") == 0,
                          "change %d: expected changed-while-read, came %s %s", i,
                          seal_verdict_text(r.verdict), r.reasons[0].code);
            nothing_written();
        }
        raw_free(&other);
    }
    raw_free(&raw);
}
END_TEST

int main(void)
{
    fixture_make_key(PKI_P256, &p256);
    fixture_make_key(PKI_RSA_3072, &rsa);
    authority_make();
    const TTest *const tests[] = {a_good_one,
                                  a_bad_one_is_not_unpacked,
                                  undecided,
                                  as_verify_is_asked,
                                  at_the_time_of_the_timestamp,
                                  a_file_that_changes_after_it_verified,
                                  NULL};
    return test_main(test_suite("seal/extract", tests));
}
