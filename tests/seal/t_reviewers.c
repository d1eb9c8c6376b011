/* seal/reviewers: which files count as reviewers' signatures, how each way of failing is told, and
 * who must have signed. Under AddressSanitizer only some of the bits are tried. */
#include "fixture.h"

#include "base/text.h"
#include "seal/reviewers.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#ifdef __SANITIZE_ADDRESS__
enum { STEP = 61 };
#else
enum { STEP = 5 };
#endif

static fixture_key rsa, p256, p384;

typedef struct {
    pki_signer *preparer, *reviewer;
    pki_trust *trust; /* both */
    char path[400];
    seal_report report;
} package;

static pki_trust *trust_both(const fixture_key *a, const fixture_key *b)
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf pem = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf more = {0};
    pki_trust *trust = NULL;
    test_read(a->cert, &pem);
    test_read(b->cert, &more);
    buf_append(&pem, more.data, more.len);
    OK(pki_trust_load(test_file("both.pem", pem.data, pem.len), &trust, &err));
    return trust;
}

static void make(package *p, const fixture_key *reviewer)
{
    *p = (package){.preparer = fixture_signer(&p256),
                   .reviewer = fixture_signer(reviewer),
                   .trust = trust_both(&p256, reviewer)};
    raw_package raw;
    raw_default(&raw, p->preparer);
    (void)snprintf(p->path, sizeof p->path, "%s", test_path("P.zip"));
    raw_write(&raw, p->path, p->preparer);
    raw_free(&raw);
}

static void done(package *p)
{
    pki_signer_free(p->preparer);
    pki_signer_free(p->reviewer);
    pki_trust_free(p->trust);
}

/* Signs the package's bytes with words, into P.zip.NAME.p7s; an empty role says nothing. */
static void review(const package *p, const pki_signer *signer, const char *name, const char *role,
                   buf *der)
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf bytes = {0};
    EVPACK_AUTO(cms_signing) s = NULL;
    char file[400];
    buf_clear(der);
    test_read(p->path, &bytes);
    OK(cms_sign_new(signer, &s, &err));
    if (role[0] != '\0') {
        OK(cms_sign_say(s, role, "Read it", &err));
    }
    cms_sign_update(s, bytes.data, bytes.len);
    OK(cms_sign_final(s, FIXTURE_AT, der, &err));
    (void)snprintf(file, sizeof file, "P.zip.%s.p7s", name);
    (void)test_file(file, der->data, der->len);
}

static void verify(package *p, const pki_trust *trust, const char *const *required, size_t count)
{
    evpack_err err = {0};
    seal_options options = {
        .trust = trust, .now = text_now(), .required = required, .required_count = count};
    OK(seal_verify(p->path, &options, &p->report, &err));
}

static bool has(const seal_report *r, const char *code)
{
    for (size_t i = 0; i < r->reason_count; i++) {
        if (strcmp(r->reasons[i].code, code) == 0) {
            return true;
        }
    }
    return false;
}

START_TEST(names)
{
    static const char *const good[] = {"a", "Alice_B-2",
                                       "0123456789012345678901234567890123456789"};
    static const char *const bad[] = {
        "", "a.b", "a b", "a/b", "..", "\xc3\xbc", "01234567890123456789012345678901234567890"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        ck_assert_msg(reviewers_name_is(good[i], strlen(good[i])), "'%s' was refused", good[i]);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        ck_assert_msg(!reviewers_name_is(bad[i], strlen(bad[i])), "'%s' was taken", bad[i]);
    }
}
END_TEST

START_TEST(good_ones_are_listed_by_name)
{
    static const fixture_key *const keys[] = {&rsa, &p384};
    for (size_t i = 0; i < 2; i++) {
        package p;
        EVPACK_AUTO_VALUE(buf_reset) buf der = {0};
        make(&p, keys[i]);
        review(&p, p.reviewer, "second", "Partner", &der);
        review(&p, p.preparer, "first", "Preparer", &der);
        verify(&p, p.trust, NULL, 0);
        ck_assert_msg(p.report.verdict == SEAL_VERIFIED, "expected yes, came %s",
                      p.report.reasons[0].text);
        ck_assert_uint_eq(p.report.reviewer_count, 2);
        bool told = false;
        for (size_t k = 0; k < p.report.not_covered_count; k++) {
            told = told || strstr(p.report.not_covered[k], "a reviewer's certificate was revoked");
        }
        ck_assert_msg(told, "expected that no list was asked about the reviewers");
        const seal_reviewer *one = &p.report.reviewers[0];
        ck_assert_str_eq(one->file, "P.zip.first.p7s");
        ck_assert_str_eq(one->signer.role, "Preparer");
        one = &p.report.reviewers[1];
        ck_assert_str_eq(one->file, "P.zip.second.p7s");
        ck_assert_str_eq(one->signer.statement, "Read it");
        ck_assert(one->signer.trusted && one->signer.signing_time == FIXTURE_AT);
        (void)unlink(test_path("P.zip.first.p7s"));
        (void)unlink(test_path("P.zip.second.p7s"));
        done(&p);
    }
}
END_TEST

/* What lies there as a reviewer's signature, and the reason that it gives. */
START_TEST(each_way_of_failing)
{
    package p;
    make(&p, &rsa);
    EVPACK_AUTO_VALUE(buf_reset) buf der = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf other = {0};
    review(&p, p.reviewer, "good", "Partner", &der);
    fixture_verified(p.path, p.trust);
    EVPACK_AUTO(pki_trust) preparer_only = fixture_trust(&p256);
    fixture_refused(p.path, preparer_only, "certificate-untrusted", "P.zip.good.p7s");
    verify(&p, preparer_only, NULL, 0);
    ck_assert_msg(p.report.reviewers[0].signer.statement[0] == '\0',
                  "the words of a signer who is not trusted were repeated");

    review(&p, p.reviewer, "bad", "", &other);
    fixture_refused(p.path, p.trust, "signature-attributes", "no role and statement");
    (void)test_file("P.zip.bad.p7s", der.data, der.len - 1);
    fixture_refused(p.path, p.trust, "signature-malformed", "P.zip.bad.p7s");
    buf_putc(&der, 0);
    (void)test_file("P.zip.bad.p7s", der.data, der.len);
    fixture_refused(p.path, p.trust, "signature-trailing-bytes", "1 bytes stand after");
    (void)test_file("P.zip.bad.p7s", "", 0);
    fixture_refused(p.path, p.trust, "signature-malformed", "P.zip.bad.p7s");
    static char large[REVIEWERS_FILE_MAX + 1];
    (void)test_file("P.zip.bad.p7s", large, sizeof large);
    fixture_refused(p.path, p.trust, "signature-malformed", "larger than 65536 bytes");
    ck_assert_int_eq(unlink(test_path("P.zip.bad.p7s")), 0);

    (void)test_file("P.zip.b d.p7s", der.data, der.len - 1);
    fixture_refused(p.path, p.trust, "signature-malformed", "the part of its name");
    ck_assert_int_eq(unlink(test_path("P.zip.b d.p7s")), 0);
    (void)test_file("P.zip..p7s", der.data, der.len - 1);
    fixture_refused(p.path, p.trust, "signature-malformed", "the part of its name");
    ck_assert_int_eq(unlink(test_path("P.zip..p7s")), 0);
    /* These belong to others. */
    (void)test_text_file("P.zip.other.zip.p7s", "x");
    (void)test_text_file("Q.zip.bad.p7s", "x");
    (void)test_text_file("P.zip.bad.p7s.old", "x");
    (void)test_text_file("xP.zip.bad.p7s", "x");
    fixture_verified(p.path, p.trust);
    done(&p);
}
END_TEST

START_TEST(what_cannot_be_read_is_not_passed)
{
    package p;
    make(&p, &rsa);
    evpack_err err = {0};
    seal_options options = {.trust = p.trust, .now = text_now()};
    ck_assert_int_eq(symlink("nowhere", test_path("P.zip.link.p7s")), 0);
    FAILS(seal_verify(p.path, &options, &p.report, &err), EVPACK_E_IO, "P.zip.link.p7s");
    ck_assert_int_eq(p.report.verdict, SEAL_UNDECIDED);
    ck_assert_int_eq(unlink(test_path("P.zip.link.p7s")), 0);
    ck_assert_int_eq(mkdir(test_path("P.zip.folder.p7s"), 0700), 0);
    FAILS(seal_verify(p.path, &options, &p.report, &err), EVPACK_E_IO, "not a regular file");
    ck_assert_int_eq(p.report.verdict, SEAL_UNDECIDED);
    ck_assert_int_eq(rmdir(test_path("P.zip.folder.p7s")), 0);
    done(&p);
}
END_TEST

/* A signature of other bytes, or of the tag manifest, or of the package for another purpose. */
START_TEST(signatures_of_something_else)
{
    package p;
    make(&p, &rsa);
    EVPACK_AUTO_VALUE(buf_reset) buf der = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf own = {0};
    review(&p, p.reviewer, "bob", "Partner", &der);
    raw_package raw;
    raw_default(&raw, p.preparer);
    (void)snprintf(raw.id, sizeof raw.id, "pkg-2027"); /* the package of another year */
    raw_reseal(&raw, p.preparer);
    raw_write(&raw, p.path, p.preparer);
    raw_free(&raw);
    fixture_refused(p.path, p.trust, "signature-mismatch", "P.zip.bob.p7s");
    (void)unlink(test_path("P.zip.bob.p7s"));
    fixture_verified(p.path, p.trust);
    /* A reviewer's signature in the place of the package's own, by the same key. */
    review(&p, p.preparer, "bob", "Partner", &der);
    test_read(test_path("P.zip.p7s"), &own);
    (void)test_file("P.zip.p7s", der.data, der.len);
    fixture_refused(p.path, p.trust, "signer-differs", "is a reviewer's signature");
    /* And the other way round. */
    (void)test_file("P.zip.p7s", own.data, own.len);
    (void)test_file("P.zip.bob.p7s", own.data, own.len);
    fixture_refused(p.path, p.trust, "signature-attributes", "no role and statement");
    done(&p);
}
END_TEST

START_TEST(more_than_there_is_room_for)
{
    package p;
    make(&p, &p384);
    EVPACK_AUTO_VALUE(buf_reset) buf der = {0};
    for (int i = 0; i < SEAL_REVIEWERS_MAX; i++) {
        char name[16];
        (void)snprintf(name, sizeof name, "r%02d", i);
        review(&p, p.reviewer, name, "Partner", &der);
    }
    verify(&p, p.trust, NULL, 0);
    ck_assert_int_eq(p.report.verdict, SEAL_VERIFIED);
    ck_assert_uint_eq(p.report.reviewer_count, SEAL_REVIEWERS_MAX);
    review(&p, p.reviewer, "one-more", "Partner", &der);
    fixture_refused(p.path, p.trust, "too-many-signatures", "more than 16");
    done(&p);
}
END_TEST

START_TEST(who_must_have_signed)
{
    package p;
    make(&p, &rsa);
    EVPACK_AUTO_VALUE(buf_reset) buf der = {0};
    EVPACK_AUTO(pki_trust) preparer_only = fixture_trust(&p256);
    cms_signer preparer;
    cms_signer reviewer;
    cms_signer_of(p.preparer, &preparer);
    cms_signer_of(p.reviewer, &reviewer);
    char colons[3 * DIGEST_HEX];
    for (size_t i = 0; i + 1 < DIGEST_HEX; i += 2) {
        (void)snprintf(colons + 3 * i / 2, 4, "%c%c:", reviewer.fingerprint[i] & ~0x20,
                       reviewer.fingerprint[i + 1]);
        if (reviewer.fingerprint[i] <= '9') {
            colons[3 * i / 2] = reviewer.fingerprint[i];
        }
    }
    colons[3 * (DIGEST_HEX - 1) / 2 - 1] = '\0';
    char cut[DIGEST_HEX];
    (void)snprintf(cut, sizeof cut, "%.62s", reviewer.fingerprint);
    const struct {
        const char *required;
        const pki_trust *trust;
        bool present;
        const char *code; /* NULL: verified */
    } cases[] = {
        {preparer.fingerprint, p.trust, false, NULL},
        {preparer.subject, p.trust, false, NULL},
        {reviewer.fingerprint, p.trust, true, NULL},
        {colons, p.trust, true, NULL},
        {reviewer.fingerprint, p.trust, false, "required-signer-missing"},
        {cut, p.trust, true, "required-signer-missing"},
        {"", p.trust, true, "required-signer-missing"},
        {":", p.trust, true, "required-signer-missing"},
        {"trial", p.trust, true, "required-signer-missing"},
        {reviewer.fingerprint, preparer_only, true, "required-signer-untrusted"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        (void)unlink(test_path("P.zip.bob.p7s"));
        if (cases[i].present) {
            review(&p, p.reviewer, "bob", "Partner", &der);
        }
        verify(&p, cases[i].trust, &cases[i].required, 1);
        bool as_wanted = cases[i].code == NULL ? p.report.verdict == SEAL_VERIFIED
                                               : p.report.verdict == SEAL_NOT_VERIFIED &&
                                                     has(&p.report, cases[i].code);
        ck_assert_msg(as_wanted, "case %zu ('%s'): expected %s, came %s: %s", i, cases[i].required,
                      cases[i].code == NULL ? "verified" : cases[i].code,
                      seal_verdict_text(p.report.verdict),
                      p.report.reason_count > 0 ? p.report.reasons[0].text : "");
    }
    /* A required signature that does not hold is not one. */
    der.data[der.len - 1] = (char)(der.data[der.len - 1] ^ 1);
    (void)test_file("P.zip.bob.p7s", der.data, der.len);
    const char *required = reviewer.fingerprint;
    verify(&p, p.trust, &required, 1);
    ck_assert(p.report.verdict == SEAL_NOT_VERIFIED &&
              has(&p.report, "required-signer-untrusted") && has(&p.report, "signature-mismatch"));
    done(&p);
}
END_TEST

START_TEST(a_folder_has_no_reviewers)
{
    package p;
    make(&p, &rsa);
    raw_package raw;
    raw_default(&raw, p.preparer);
    (void)snprintf(p.path, sizeof p.path, "%s", raw_unpack(&raw, "P"));
    raw_free(&raw);
    cms_signer who;
    cms_signer_of(p.preparer, &who);
    const char *required = who.fingerprint;
    verify(&p, p.trust, &required, 1);
    ck_assert_int_eq(p.report.verdict, SEAL_VERIFIED);
    cms_signer_of(p.reviewer, &who);
    verify(&p, p.trust, &required, 1);
    ck_assert(p.report.verdict == SEAL_NOT_VERIFIED && has(&p.report, "required-signer-missing"));
    done(&p);
}
END_TEST

/* Bits of the file beside the package; all bits of such a signature are tried by
 * port/cms_statement. */
START_TEST(flipped_bits)
{
    static const fixture_key *const keys[] = {&rsa, &p384};
    for (size_t k = 0; k < 2; k++) {
        package p;
        make(&p, keys[k]);
        EVPACK_AUTO_VALUE(buf_reset) buf der = {0};
        review(&p, p.reviewer, "bob", "Partner", &der);
        fixture_verified(p.path, p.trust);
        EVPACK_AUTO_FD fd = open(test_path("P.zip.bob.p7s"), O_RDWR | O_CLOEXEC);
        for (size_t i = 0; i < 8 * der.len; i += STEP) {
            char c = (char)(der.data[i / 8] ^ (1 << (i % 8)));
            ck_assert_int_eq(pwrite(fd, &c, 1, (off_t)(i / 8)), 1);
            seal_report r;
            ck_assert_msg(fixture_verify(p.path, p.trust, &r) == SEAL_NOT_VERIFIED,
                          "bit %zu was changed; expected no, came %s", i,
                          seal_verdict_text(r.verdict));
            ck_assert_int_eq(pwrite(fd, &der.data[i / 8], 1, (off_t)(i / 8)), 1);
        }
        fixture_verified(p.path, p.trust);
        done(&p);
    }
}
END_TEST

int main(void)
{
    fixture_make_key(PKI_RSA_3072, &rsa);
    fixture_make_key(PKI_P256, &p256);
    fixture_make_key(PKI_P384, &p384);
    const TTest *const tests[] = {names,
                                  good_ones_are_listed_by_name,
                                  each_way_of_failing,
                                  what_cannot_be_read_is_not_passed,
                                  signatures_of_something_else,
                                  more_than_there_is_room_for,
                                  who_must_have_signed,
                                  a_folder_has_no_reviewers,
                                  flipped_bits,
                                  NULL};
    return test_main(test_suite("seal/reviewers", tests));
}
