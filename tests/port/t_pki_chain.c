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
    const TTest *const tests[] = {lists, a_list_of_a_stranger,
                                  an_expired_certificate_at_a_proven_time, NULL};
    return test_main(test_suite("port/pki_chain", tests));
}
