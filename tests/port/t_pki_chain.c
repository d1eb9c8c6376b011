/* port/pki_chain: a signer's certificate judged now and at a proven time, with revocation lists. */
#include "authority.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

static fixture_key signer_key;

enum { HOUR = 3600, DAY = 86400, YEAR = 365 * DAY };

static evpack_status judge(const pki_trust *trust, int64_t at, bool proven, cms_signer *who,
                           evpack_err *err)
{
    EVPACK_AUTO(pki_signer) signer = fixture_signer(&signer_key);
    EVPACK_AUTO_VALUE(buf_reset) buf der = {0};
    fixture_sign(signer, "content", 7, &der);
    unsigned char sha256[DIGEST_SIZE];
    EVPACK_AUTO(cms_check) check = NULL;
    EVPACK_TRY(cms_check_new(der.data, der.len, &check, who, err));
    if (proven) {
        cms_check_proven(check);
    }
    EVPACK_TRY(digest_bytes("content", 7, sha256, err));
    return cms_check_final(check, sha256, trust, at, who, err);
}

/* A list from last to next; times are from T. revoked: DAY when it has no entry. */
typedef struct {
    int64_t last, next, revoked;
    const char *reason;
} list;
enum { NO_ENTRY = DAY };

static pki_trust *trust_with(const list *lists, size_t count, int64_t t)
{
    evpack_err err = {0};
    pki_trust *trust = authority_trust("signroot.pem");
    for (size_t i = 0; i < count && lists[i].next != 0; i++) {
        const char *path = authority_crl("signroot", t + lists[i].last, t + lists[i].next,
                                         lists[i].revoked == NO_ENTRY ? NULL : "signer",
                                         t + lists[i].revoked, lists[i].reason);
        OK(pki_trust_add_crls(trust, path, &err));
    }
    return trust;
}

/* Judged at T, proven; and two hours later, now. */
START_TEST(lists)
{
    static const struct {
        const char *name;
        list lists[2];
        cms_fault proven, now;
    } cases[] = {
        {"a later list", {{HOUR, DAY, NO_ENTRY, ""}}, CMS_GOOD, CMS_GOOD},
        {"a list in force at T", {{-HOUR, HOUR, NO_ENTRY, ""}}, CMS_GOOD, CMS_REVOCATION_UNKNOWN},
        {"a list that ended before T",
         {{-2 * HOUR, -HOUR, NO_ENTRY, ""}},
         CMS_REVOCATION_UNKNOWN,
         CMS_REVOCATION_UNKNOWN},
        {"revoked before T", {{HOUR, DAY, -1, ""}}, CMS_REVOKED, CMS_REVOKED},
        {"revoked at T", {{HOUR, DAY, 0, ""}}, CMS_REVOKED, CMS_REVOKED},
        {"revoked after T", {{HOUR, DAY, 1, ""}}, CMS_GOOD, CMS_REVOKED},
        {"revoked after T, compromised",
         {{HOUR, DAY, 60, ",keyCompromise"}},
         CMS_GOOD,
         CMS_REVOKED},
        {"revoked after T, lost before",
         {{HOUR, DAY, 60, ",keyTime,20200101000000Z"}},
         CMS_REVOKED,
         CMS_REVOKED},
        {"an old list, and a later one that knows",
         {{-HOUR, DAY, NO_ENTRY, ""}, {HOUR, DAY, -60, ""}},
         CMS_REVOKED,
         CMS_REVOKED},
        {"a list that has ended, and knows",
         {{-2 * HOUR, -HOUR, -5400, ""}},
         CMS_REVOKED,
         CMS_REVOKED},
        {"a list that has ended and knows, and one in force that does not",
         {{-2 * HOUR, -HOUR, -5400, ""}, {-HOUR, DAY, NO_ENTRY, ""}},
         CMS_REVOKED,
         CMS_REVOKED},
        {"a list from the future that knows",
         {{-HOUR, DAY, NO_ENTRY, ""}, {3 * HOUR, DAY, -60, ""}},
         CMS_REVOKED,
         CMS_REVOKED},
        {"a hold that was lifted",
         {{-2 * HOUR, -HOUR, -5400, ",certificateHold"}, {-HOUR, DAY, NO_ENTRY, ""}},
         CMS_REVOKED,
         CMS_GOOD},
        {"a hold in a list that has ended",
         {{-2 * HOUR, -HOUR, -5400, ",certificateHold"}},
         CMS_REVOKED,
         CMS_REVOCATION_UNKNOWN},
        {"made after the certificate had expired",
         {{YEAR, 2 * YEAR, NO_ENTRY, ""}},
         CMS_REVOCATION_UNKNOWN,
         CMS_REVOCATION_UNKNOWN},
    };
    evpack_err err = {0};
    int64_t t = text_now() + 60;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        EVPACK_AUTO(pki_trust) trust = trust_with(cases[i].lists, 2, t);
        for (int proven = 0; proven < 2; proven++) {
            cms_signer who = {0};
            err = (evpack_err){0};
            cms_fault want = proven == 1 ? cases[i].proven : cases[i].now;
            evpack_status status =
                judge(trust, proven == 1 ? t : t + 2 * HOUR, proven == 1, &who, &err);
            ck_assert_msg((status == EVPACK_OK) == (want == CMS_GOOD) && who.fault == want,
                          "%s (%s): expected %s, came %s: %s", cases[i].name,
                          proven == 1 ? "at T" : "now", cms_fault_text(want),
                          cms_fault_text(who.fault), err.text);
            ck_assert_int_eq(who.trusted, want == CMS_GOOD);
            ck_assert_int_eq(who.chain_unrevoked, want == CMS_GOOD);
        }
    }
}
END_TEST

/* A list by another authority under the same name says nothing. */
START_TEST(a_list_of_a_stranger)
{
    evpack_err err = {0};
    int64_t t = text_now() + 60;
    EVPACK_AUTO(pki_trust) trust = authority_trust("signroot.pem");
    OK(pki_trust_add_crls(trust, authority_crl("other", t, t + DAY, "signer", t - HOUR, ""), &err));
    cms_signer who = {0};
    FAILS(judge(trust, t, true, &who, &err), EVPACK_E_NO, "unable to get certificate CRL");
    ck_assert_int_eq(who.fault, CMS_REVOCATION_UNKNOWN);
}
END_TEST

/* A list that cannot be used is no fault of the certificate's: nobody knows. */
START_TEST(a_list_that_cannot_be_used)
{
    static const char *const extensions[] = {
        "1.2.3.4=critical,ASN1:NULL\n",
        "issuingDistributionPoint=critical,@part\n[part]\nonlyCA=TRUE\n",
        "issuingDistributionPoint=critical,@part\n[part]\nonlysomereasons=keyCompromise\n",
        "deltaCRL=critical,ASN1:INTEGER:1\n"};
    evpack_err err = {0};
    for (size_t i = 0; i < sizeof extensions / sizeof extensions[0]; i++) {
        EVPACK_AUTO_VALUE(buf_reset) buf config = {0};
        (void)test_text_file("index", "");
        buf_printf(&config,
                   "[ca]\ndefault_ca=d\n[d]\ndatabase=%s\ndefault_crl_days=1\n"
                   "default_md=sha256\ncrl_extensions=x\n[x]\n%s",
                   test_path("index"), extensions[i]);
        EVPACK_AUTO_VALUE(buf_reset) buf command = {0};
        buf_printf(&command,
                   "openssl ca -gencrl -config '%s' -cert '%s' -keyfile '%s' -out '%s' 2>'%s'",
                   test_file("ca.cnf", config.data, config.len), authority_file("signroot.pem"),
                   authority_file("signroot.key"), test_path("list.pem"), test_path("log"));
        ck_assert_msg(authority_openssl(buf_str(&command)), "failed: %s", buf_str(&command));
        EVPACK_AUTO(pki_trust) trust = authority_trust("signroot.pem");
        OK(pki_trust_add_crls(trust, test_path("list.pem"), &err));
        cms_signer who = {0};
        FAILS(judge(trust, text_now() + 60, false, &who, &err), EVPACK_E_NO, "cannot be told");
        ck_assert_msg(who.fault == CMS_REVOCATION_UNKNOWN, "%s: expected %s, came %s",
                      extensions[i], cms_fault_text(CMS_REVOCATION_UNKNOWN),
                      cms_fault_text(who.fault));
        ck_assert(!who.trusted);
    }
}
END_TEST

START_TEST(an_expired_certificate_at_a_proven_time)
{
    evpack_err err = {0};
    EVPACK_AUTO(pki_trust) trust = authority_trust("signroot.pem");
    cms_signer who = {0};
    int64_t t = text_now() + 60;
    OK(judge(trust, t, true, &who, &err));
    FAILS(judge(trust, t + YEAR, false, &who, &err), EVPACK_E_NO, "expired");
    FAILS(judge(trust, t - YEAR, true, &who, &err), EVPACK_E_NO, "not yet valid");
    ck_assert_int_eq(who.fault, CMS_EXPIRED);
}
END_TEST

int main(void)
{
    authority_make();
    (void)snprintf(signer_key.key, sizeof signer_key.key, "%s", authority_file("signer.key"));
    (void)snprintf(signer_key.cert, sizeof signer_key.cert, "%s", authority_file("signer.pem"));
    const TTest *const tests[] = {lists, a_list_of_a_stranger, a_list_that_cannot_be_used,
                                  an_expired_certificate_at_a_proven_time, NULL};
    return test_main(test_suite("port/pki_chain", tests));
}
