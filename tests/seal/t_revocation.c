/* seal/revocation: lists that a package brings, in the ZIP and in its folder: what they refuse,
 * what they vouch for, what they leave open. */
#include "authority.h"

#include "base/text.h"
#include "seal/timestamp.h"

#include <stdio.h>
#include <string.h>

static fixture_key key;
enum { HOUR = 3600, DAY = 86400, YEAR = 365 * DAY, NO_ENTRY = DAY };

/* A package with these bytes as revocation.pem, as P.zip and as the folder P. */
static void package(const buf *text)
{
    EVPACK_AUTO(pki_signer) signer = fixture_signer(&key);
    raw_package raw;
    raw_default(&raw, signer);
    size_t at = 0;
    while (strcmp(raw.parts[at].path, BAG_INFO) != 0) {
        at++;
    }
    raw_insert(&raw, at, BAG_REVOCATION, "");
    buf *data = raw_data(&raw, BAG_REVOCATION);
    buf_append(data, text->data, text->len);
    raw_reseal(&raw, signer);
    raw_write(&raw, test_path("P.zip"), signer);
    (void)raw_unpack(&raw, "P");
    raw_free(&raw);
}

static void package_with(const char *const *lists, size_t count)
{
    evpack_err err = {0};
    EVPACK_AUTO(pki_crls) c = NULL;
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    OK(pki_crls_new(&c, &err));
    for (size_t i = 0; i < count; i++) {
        OK(pki_crls_load(c, lists[i], &err));
    }
    OK(pki_crls_put(c, &text, &err));
    package(&text);
}

static bool says(const seal_report *r, const char *part)
{
    for (size_t i = 0; i < r->not_covered_count; i++) {
        if (strstr(r->not_covered[i], part) != NULL) {
            return true;
        }
    }
    return false;
}

static void verify(const char *name, const char *given, int64_t now, seal_report *r)
{
    evpack_err err = {0};
    EVPACK_AUTO(pki_trust) trust = authority_trust("signroot.pem");
    EVPACK_AUTO(pki_trust) tsa = authority_trust("root.pem");
    if (given != NULL) {
        OK(pki_trust_add_crls(trust, given, &err));
    }
    seal_options options = {.trust = trust, .crls = given != NULL, .now = now, .tsa_trust = tsa};
    OK(seal_verify(test_path(name), &options, r, &err));
}

/* Both forms, with the given list or NULL. code NULL: verified. part: in not_covered. */
static void expect(const char *given, int64_t now, const char *code, seal_lists_state state,
                   const char *part)
{
    static const char *const forms[] = {"P.zip", "P"};
    for (size_t i = 0; i < 2; i++) {
        seal_report r;
        verify(forms[i], given, now, &r);
        ck_assert_msg((r.verdict == SEAL_VERIFIED) == (code == NULL),
                      "%s: expected %s, came %s: %s", forms[i], code == NULL ? "verified" : code,
                      seal_verdict_text(r.verdict), r.reasons[0].text);
        if (code != NULL) {
            ck_assert_str_eq(r.reasons[0].code, code);
            ck_assert(!r.signer.trusted || strcmp(code, "revocation-malformed") == 0);
        } else {
            ck_assert_msg(r.lists == state, "%s: expected lists %s, came %s", forms[i],
                          seal_lists_text(state), seal_lists_text(r.lists));
        }
        ck_assert_msg(part == NULL || says(&r, part), "%s: expected '%s' in not_covered", forms[i],
                      part);
    }
}

START_TEST(in_force_and_after)
{
    int64_t t = text_now();
    const char *list = authority_crl("signroot", t - HOUR, t + DAY, NULL, 0, "");
    package_with(&list, 1);
    char known[TEXT_TIME];
    char part[80];
    text_format_time(t - HOUR, known);
    (void)snprintf(part, sizeof part, "was revoked after %s", known);
    expect(NULL, t + 60, NULL, SEAL_LISTS_SHIPPED, part);
    expect(NULL, t + 60, NULL, SEAL_LISTS_SHIPPED, "a newer one (--crl)");
    expect(NULL, t + 2 * DAY, NULL, SEAL_LISTS_OUTDATED, part);
    expect(NULL, t + 2 * DAY, NULL, SEAL_LISTS_OUTDATED, "is out of date");
    seal_report r;
    verify("P.zip", NULL, t + 60, &r);
    ck_assert(report_has_held(&r, SEAL_CHECK_REVOCATION) && r.shipped == 1 && r.listed.whole);
    verify("P.zip", NULL, t + 2 * DAY, &r);
    ck_assert(!report_has_held(&r, SEAL_CHECK_REVOCATION));
    ck_assert_int_eq(r.listed.known, t - HOUR);
}
END_TEST

START_TEST(others_lists_say_nothing)
{
    int64_t t = text_now();
    const char *list = authority_crl("other", t - HOUR, t + DAY, "signer", t - HOUR, "");
    package_with(&list, 1);
    expect(NULL, t + 60, NULL, SEAL_LISTS_SILENT, "do not speak of it");
}
END_TEST

START_TEST(revoked_at_any_age)
{
    int64_t t = text_now();
    const char *list = authority_crl("signroot", t - 2 * DAY, t - DAY, "signer", t - 3 * DAY, "");
    package_with(&list, 1);
    expect(NULL, t + 60, "certificate-revoked", SEAL_LISTS_NONE, NULL);
    /* Also when a newer list was given that does not know it. */
    expect(authority_crl("signroot", t - HOUR, t + DAY, NULL, 0, ""), t + 60, "certificate-revoked",
           SEAL_LISTS_NONE, NULL);
}
END_TEST

START_TEST(given_lists_win)
{
    int64_t t = text_now();
    const char *clean = authority_crl("signroot", t - HOUR, t + DAY, NULL, 0, "");
    package_with(&clean, 1);
    char newer[512];
    (void)snprintf(newer, sizeof newer, "%s",
                   authority_crl("signroot", t - 60, t + DAY, "signer", t - 120, ""));
    expect(newer, t + 60, "certificate-revoked", SEAL_LISTS_NONE, NULL);
    (void)snprintf(newer, sizeof newer, "%s",
                   authority_crl("signroot", t - 60, t + DAY, NULL, 0, ""));
    expect(newer, t + 60, NULL, SEAL_LISTS_GIVEN, NULL);
    /* A given list that says nothing of the signer leaves it unknown, as without the package's. */
    (void)snprintf(newer, sizeof newer, "%s", authority_crl("other", t - 60, t + DAY, NULL, 0, ""));
    seal_report r;
    verify("P.zip", newer, t + 60, &r);
    ck_assert_int_eq(r.verdict, SEAL_UNDECIDED);
    ck_assert_str_eq(r.reasons[0].code, "revocation-unknown");
}
END_TEST

START_TEST(malformed)
{
    int64_t t = text_now();
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    static const char *const texts[] = {"", "no list\n",
                                        "-----BEGIN X509 CRL-----\nMAA=\n-----END X509 CRL-----\n"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        buf_clear(&text);
        buf_puts(&text, texts[i]);
        package(&text);
        expect(NULL, t + 60, "revocation-malformed", SEAL_LISTS_NONE, NULL);
    }
    buf_clear(&text);
    test_read(authority_crl("signroot", t - HOUR, t + DAY, NULL, 0, ""), &text);
    buf_puts(&text, " ");
    package(&text);
    expect(NULL, t + 60, "revocation-malformed", SEAL_LISTS_NONE, NULL);
}
END_TEST

/* With a timestamp of time T the lists are asked about T. */
START_TEST(at_a_proven_time)
{
    int64_t t = text_now();
    static const struct {
        int64_t last, next, revoked;
        const char *code;
        seal_lists_state state;
    } cases[] = {{-HOUR, DAY, NO_ENTRY, NULL, SEAL_LISTS_SHIPPED},
                 {-DAY, -HOUR, NO_ENTRY, NULL, SEAL_LISTS_OUTDATED},
                 {HOUR, DAY, NO_ENTRY, NULL, SEAL_LISTS_SHIPPED},
                 {HOUR, DAY, HOUR, NULL, SEAL_LISTS_SHIPPED},
                 {-HOUR, DAY, -2 * HOUR, "certificate-revoked", SEAL_LISTS_NONE}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        evpack_err err = {0};
        const char *list =
            authority_crl("signroot", t + cases[i].last, t + cases[i].next,
                          cases[i].revoked == NO_ENTRY ? NULL : "signer", t + cases[i].revoked, "");
        package_with(&list, 1);
        (void)unlink(test_path("P.zip.p7s.tsq"));
        (void)unlink(test_path("P.zip.p7s.tsr"));
        bool kept = false;
        EVPACK_AUTO_VALUE(buf_reset) buf request = {0};
        EVPACK_AUTO_VALUE(buf_reset) buf answer = {0};
        OK(timestamp_request(test_path("P.zip"), NULL, false, &kept, &err));
        test_read(test_path("P.zip.p7s.tsq"), &request);
        authority_reply("ec", "", &request, &answer);
        EVPACK_AUTO(pki_trust) tsa = authority_trust("root.pem");
        timestamp_attaching a = {.package = test_path("P.zip"),
                                 .answer = test_file("a.tsr", answer.data, answer.len),
                                 .tsa = tsa,
                                 .now = text_now()};
        tsp_stamp stamp;
        OK(timestamp_attach(&a, &stamp, &err));
        seal_report r;
        verify("P.zip", NULL, t + 3 * YEAR, &r);
        ck_assert_msg((r.verdict == SEAL_VERIFIED) == (cases[i].code == NULL),
                      "case %zu: came %s: %s", i, seal_verdict_text(r.verdict), r.reasons[0].text);
        if (cases[i].code == NULL) {
            ck_assert_msg(r.lists == cases[i].state, "case %zu: expected %s, came %s", i,
                          seal_lists_text(cases[i].state), seal_lists_text(r.lists));
        } else {
            ck_assert_str_eq(r.reasons[0].code, cases[i].code);
        }
    }
}
END_TEST

int main(void)
{
    authority_make();
    (void)snprintf(key.key, sizeof key.key, "%s", authority_file("signer.key"));
    (void)snprintf(key.cert, sizeof key.cert, "%s", authority_file("signer.pem"));
    const TTest *const tests[] = {in_force_and_after,
                                  others_lists_say_nothing,
                                  revoked_at_any_age,
                                  given_lists_win,
                                  malformed,
                                  at_a_proven_time,
                                  NULL};
    return test_main(test_suite("seal/revocation", tests));
}
