/* port/pki_lists: lists that came along may refuse a signer at any age, and vouch for one only
 * while they must know. */
#include "authority.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

static fixture_key key;
enum { HOUR = 3600, DAY = 86400, YEAR = 365 * DAY };

/* Times are from T; NO_ENTRY when nobody is revoked. */
enum { NO_ENTRY = DAY };
typedef struct {
    const char *name, *ca;
    int64_t last, next, revoked;
    const char *reason;
    /* Judged at T, when that is proven, and when not. */
    bool refused[2], spoken[2], current[2];
} row;

static const row rows[] = {
    {"in force", "signroot", -HOUR, HOUR, NO_ENTRY, "", {0, 0}, {1, 1}, {1, 1}},
    {"ended before", "signroot", -DAY, -HOUR, NO_ENTRY, "", {0, 0}, {1, 1}, {0, 0}},
    {"made later", "signroot", HOUR, DAY, NO_ENTRY, "", {0, 0}, {1, 0}, {1, 0}},
    {"made after the end", "signroot", YEAR, 2 * YEAR, NO_ENTRY, "", {0, 0}, {1, 0}, {0, 0}},
    {"a stranger's", "other", -HOUR, HOUR, NO_ENTRY, "", {0, 0}, {0, 0}, {0, 0}},
    {"a stranger's, revoked", "other", -HOUR, HOUR, -HOUR, "", {0, 0}, {0, 0}, {0, 0}},
    {"revoked before", "signroot", -HOUR, HOUR, -2 * HOUR, "", {1, 1}, {0, 0}, {0, 0}},
    {"revoked, the list ended", "signroot", -DAY, -HOUR, -2 * DAY, "", {1, 1}, {0, 0}, {0, 0}},
    {"revoked after", "signroot", HOUR, DAY, 60, "", {0, 1}, {1, 0}, {1, 0}},
    {"revoked after, the key lost before",
     "signroot",
     HOUR,
     DAY,
     60,
     ",keyTime,20200101000000Z",
     {1, 1},
     {0, 0},
     {0, 0}},
};

static evpack_status judge_by(const pki_trust *trust, const pki_crls *lists, int64_t at,
                              bool proven, pki_listed *listed, cms_signer *who, evpack_err *err)
{
    EVPACK_AUTO(pki_signer) signer = fixture_signer(&key);
    EVPACK_AUTO_VALUE(buf_reset) buf der = {0};
    fixture_sign(signer, "content", 7, &der);
    unsigned char sha256[DIGEST_SIZE];
    EVPACK_AUTO(cms_check) check = NULL;
    EVPACK_TRY(cms_check_new(der.data, der.len, &check, who, err));
    EVPACK_TRY(digest_bytes("content", 7, sha256, err));
    cms_check_lists(check, lists, listed);
    if (proven) {
        cms_check_proven(check);
    }
    return cms_check_final(check, sha256, trust, at, who, err);
}

static evpack_status judge(const pki_crls *lists, int64_t at, bool proven, pki_listed *listed,
                           cms_signer *who, evpack_err *err)
{
    EVPACK_AUTO(pki_trust) trust = authority_trust("signroot.pem");
    return judge_by(trust, lists, at, proven, listed, who, err);
}

START_TEST(what_lists_say)
{
    const row *r = &rows[_i];
    int64_t t = text_now() + 60;
    evpack_err err = {0};
    EVPACK_AUTO(pki_crls) lists = NULL;
    OK(pki_crls_new(&lists, &err));
    OK(pki_crls_load(lists,
                     authority_crl(r->ca, t + r->last, t + r->next,
                                   r->revoked == NO_ENTRY ? NULL : "signer", t + r->revoked,
                                   r->reason),
                     &err));
    for (int i = 0; i < 2; i++) {
        pki_listed listed = {0};
        cms_signer who = {0};
        evpack_status status = judge(lists, t, i == 0, &listed, &who, &err);
        const char *how = i == 0 ? "proven" : "not proven";
        ck_assert_msg(status == (r->refused[i] ? EVPACK_E_NO : EVPACK_OK),
                      "%s, %s: expected %s, came %s", r->name, how, r->refused[i] ? "no" : "yes",
                      evpack_status_text(status));
        ck_assert_int_eq(who.trusted, !r->refused[i]);
        if (r->refused[i]) {
            ck_assert_int_eq(who.fault, CMS_REVOKED);
            ck_assert_ptr_nonnull(strstr(err.text, "was revoked"));
            continue;
        }
        ck_assert_msg(listed.spoken == r->spoken[i] && listed.current == r->current[i] &&
                          listed.whole == r->current[i],
                      "%s, %s: came spoken %d, current %d, whole %d", r->name, how, listed.spoken,
                      listed.current, listed.whole);
        ck_assert_int_eq(listed.known, r->spoken[i] ? t + r->last : 0);
    }
}
END_TEST

/* A list for some certificates, or one whose own signature can be forged, says nothing by silence.
 */
START_TEST(lists_that_need_not_know)
{
    static const struct {
        const char *name, *options, *extension;
        bool current;
    } cases[] = {
        {"plain", "-md sha256", "", true},
        {"sha512", "-md sha512", "", true},
        {"sha1", "-md sha1", "", false},
        {"a part", "-md sha256", "issuingDistributionPoint=critical,@part\n[part]\nonlyCA=TRUE\n",
         false},
        {"unknown and critical", "-md sha256", "1.2.3.4=critical,ASN1:NULL\n", false},
        {"unknown and not critical", "-md sha256", "1.2.3.4=ASN1:NULL\n", true},
        {"changes", "-md sha256", "deltaCRL=critical,ASN1:INTEGER:1\n", false},
    };
    evpack_err err = {0};
    int64_t now = text_now();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        EVPACK_AUTO_VALUE(buf_reset) buf config = {0};
        (void)test_text_file("index", "");
        buf_printf(&config,
                   "[ca]\ndefault_ca=d\n[d]\ndatabase=%s\ndefault_crl_days=1\ncrl_extensions=x\n"
                   "[x]\n%s",
                   test_path("index"), cases[i].extension);
        EVPACK_AUTO_VALUE(buf_reset) buf command = {0};
        buf_printf(&command,
                   "openssl ca -gencrl -config '%s' -cert '%s' -keyfile '%s' -out '%s' %s 2>'%s'",
                   test_file("ca.cnf", config.data, config.len), authority_file("signroot.pem"),
                   authority_file("signroot.key"), test_path("list.pem"), cases[i].options,
                   test_path("log"));
        ck_assert_msg(authority_openssl(buf_str(&command)), "failed: %s", buf_str(&command));
        EVPACK_AUTO(pki_crls) lists = NULL;
        OK(pki_crls_new(&lists, &err));
        OK(pki_crls_load(lists, test_path("list.pem"), &err));
        pki_listed listed = {0};
        cms_signer who = {0};
        OK(judge(lists, now + 1, false, &listed, &who, &err));
        ck_assert_msg(listed.current == cases[i].current, "%s: expected %s, came %s", cases[i].name,
                      cases[i].current ? "believed" : "not believed",
                      listed.current ? "believed" : "not believed");
    }
}
END_TEST

/* An authority whose certificate says what its key is for, and does not name lists. */
START_TEST(a_list_by_one_that_may_sign_none)
{
    evpack_err err = {0};
    int64_t now = text_now();
    static const char text[] = "[req]\ndistinguished_name=n\n[n]\n[x]\n"
                               "basicConstraints=critical,CA:true\nkeyUsage=critical,keyCertSign\n"
                               "subjectKeyIdentifier=hash\n";
    EVPACK_AUTO_VALUE(buf_reset) buf command = {0};
    buf_printf(&command,
               "openssl req -x509 -config '%s' -extensions x -days 2 -key '%s' -out '%s' -subj "
               "\"/$(openssl x509 -in '%s' -noout -subject -nameopt compat | sed 's|^subject=||; "
               "s|, |/|g; s| = |=|g; s|^/||')\" 2>'%s'",
               test_text_file("req.cnf", text), authority_file("signroot.key"),
               test_path("narrow.pem"), authority_file("signroot.pem"), test_path("log"));
    ck_assert_msg(authority_openssl(buf_str(&command)), "failed: %s", buf_str(&command));
    EVPACK_AUTO(pki_trust) trust = NULL;
    OK(pki_trust_load(test_path("narrow.pem"), &trust, &err));
    EVPACK_AUTO(pki_crls) lists = NULL;
    OK(pki_crls_new(&lists, &err));
    OK(pki_crls_load(lists, authority_crl("signroot", now - HOUR, now + DAY, NULL, 0, ""), &err));
    pki_listed listed = {0};
    cms_signer who = {0};
    OK(judge(lists, now + 60, false, &listed, &who, &err));
    ck_assert(listed.spoken && listed.current);
    OK(judge_by(trust, lists, now + 60, false, &listed, &who, &err));
    ck_assert(!listed.spoken && !listed.current);
    OK(pki_trust_add_crls(trust, authority_crl("signroot", now - HOUR, now + DAY, NULL, 0, ""),
                          &err));
    FAILS(judge_by(trust, lists, now + 60, false, &listed, &who, &err), EVPACK_E_NO,
          "cannot be told");
    ck_assert_int_eq(who.fault, CMS_REVOCATION_UNKNOWN);
}
END_TEST

int main(void)
{
    authority_make();
    (void)snprintf(key.key, sizeof key.key, "%s", authority_file("signer.key"));
    (void)snprintf(key.cert, sizeof key.cert, "%s", authority_file("signer.pem"));
    Suite *suite = suite_create("port/pki_lists");
    TCase *cases = tcase_create("lists");
    tcase_set_timeout(cases, 120);
    tcase_add_loop_test(cases, what_lists_say, 0, (int)(sizeof rows / sizeof rows[0]));
    tcase_add_test(cases, lists_that_need_not_know);
    tcase_add_test(cases, a_list_by_one_that_may_sign_none);
    suite_add_tcase(suite, cases);
    return test_main(suite);
}
