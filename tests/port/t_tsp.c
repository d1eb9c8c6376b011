/* port/tsp: what stock openssl ts answers is accepted; whatever is bent is refused for its reason.
 */
#include "authority.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

static const unsigned char stamped[DIGEST_SIZE] = {1, 2, 3};

typedef struct {
    buf request, answer, normal;
    pki_trust *trust;
    tsp_question q;
    tsp_stamp stamp;
} asked;

/* Asks, has NAME answer, and accepts under root. */
static void ask(asked *a, const char *name, const char *settings)
{
    evpack_err err = {0};
    *a = (asked){0};
    OK(tsp_ask(stamped, &a->request, &err));
    authority_reply(name, settings, &a->request, &a->answer);
    a->trust = authority_trust("root.pem");
    a->q = (tsp_question){
        .sha256 = stamped, .request = &a->request, .trust = a->trust, .now = text_now()};
}
static void accept(asked *a, const char *name, const char *settings)
{
    evpack_err err = {0};
    ask(a, name, settings);
    OK(tsp_accept(&a->answer, &a->q, &a->normal, &a->stamp, &err));
}
static void done(asked *a)
{
    buf_reset(&a->request);
    buf_reset(&a->answer);
    buf_reset(&a->normal);
    pki_trust_free(a->trust);
}

static void refused(const buf *answer, const tsp_question *q, tsp_fault fault, const char *part)
{
    evpack_err err = {0};
    tsp_stamp stamp;
    FAILS(tsp_check(answer, q, &stamp, &err), EVPACK_E_NO, part);
    ck_assert_msg(stamp.fault == fault, "expected %s, came %s: %s", tsp_fault_text(fault),
                  tsp_fault_text(stamp.fault), err.text);
    ck_assert_msg(!stamp.authority.trusted, "expected no trust with %s", tsp_fault_text(fault));
}

static const char *const kinds[][2] = {
    {"rsa", ""}, {"ec", ""}, {"ec", "TS_SECTION=o"}, {"rsa", "TS_SECTION=o"}};

START_TEST(stock_answers)
{
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        asked a;
        evpack_err err = {0};
        int64_t before = text_now();
        accept(&a, kinds[i][0], kinds[i][1]);
        ck_assert(a.stamp.authority.trusted && a.stamp.nonce_matched && a.stamp.has_time);
        ck_assert_int_ge(a.stamp.time, before);
        ck_assert_int_le(a.stamp.time, text_now());
        ck_assert_str_eq(a.stamp.policy, "1.2.3.4.1");
        ck_assert_ptr_nonnull(strstr(a.stamp.authority.subject, kinds[i][0]));
        OK(tsp_check(&a.normal, &a.q, &a.stamp, &err));
        /* Stock openssl says yes to the one form too, as to the request. */
        char command[2048];
        (void)test_file("n.tsr", a.normal.data, a.normal.len);
        (void)snprintf(command, sizeof command,
                       "openssl ts -verify -in '%s' -queryfile '%s' -CAfile '%s' >'%s' 2>&1",
                       test_path("n.tsr"), test_file("q.tsq", a.request.data, a.request.len),
                       authority_file("root.pem"), test_path("log"));
        ck_assert_msg(authority_openssl(command), "expected yes of: %s", command);
        done(&a);
    }
}
END_TEST

START_TEST(without_trust_or_request)
{
    asked a;
    evpack_err err = {0};
    accept(&a, "ec", "");
    a.q.trust = NULL;
    OK(tsp_check(&a.normal, &a.q, &a.stamp, &err));
    ck_assert(!a.stamp.authority.trusted);
    a.q.request = NULL;
    OK(tsp_check(&a.normal, &a.q, &a.stamp, &err));
    ck_assert(!a.stamp.nonce_matched);
    done(&a);
}
END_TEST

/* Every bit, every length, and bytes after the end. Under the sanitizers, which make it minutes,
 * one of seven: a prime, so that every place in a byte is met. */
#ifdef __SANITIZE_ADDRESS__
enum { STEP = 7 };
#else
enum { STEP = 1 };
#endif

START_TEST(every_bit)
{
    asked a;
    evpack_err err = {0};
    accept(&a, kinds[_i][0], kinds[_i][1]);
    tsp_stamp stamp;
    for (size_t bit = 0; bit < a.normal.len * 8; bit += STEP) {
        a.normal.data[bit / 8] = (char)(a.normal.data[bit / 8] ^ (1 << (bit % 8)));
        evpack_status status = tsp_check(&a.normal, &a.q, &stamp, &err);
        ck_assert_msg(status == EVPACK_E_NO && stamp.fault != TSP_GOOD && !stamp.authority.trusted,
                      "%s: bit %zu flipped: expected no, came '%s'", kinds[_i][0], bit,
                      evpack_status_text(status));
        a.normal.data[bit / 8] = (char)(a.normal.data[bit / 8] ^ (1 << (bit % 8)));
    }
    for (size_t len = 0; len < a.normal.len; len += STEP) {
        buf cut = {.data = a.normal.data, .len = len, .cap = a.normal.cap};
        ck_assert_msg(tsp_check(&cut, &a.q, &stamp, &err) == EVPACK_E_NO,
                      "cut to %zu bytes: expected no", len);
    }
    OK(tsp_check(&a.normal, &a.q, &stamp, &err));
    buf_putc(&a.normal, '\0');
    refused(&a.normal, &a.q, TSP_MALFORMED, "1 bytes stand after");
    done(&a);
}
END_TEST

START_TEST(as_it_came_is_not_the_one_form)
{
    asked a;
    accept(&a, "rsa", "");
    ck_assert(!der_same(der_of(&a.answer), der_of(&a.normal)));
    refused(&a.answer, &a.q, TSP_MALFORMED, "not in the one form");
    done(&a);
}
END_TEST

START_TEST(foreign_answers)
{
    asked a;
    asked b;
    static const unsigned char other[DIGEST_SIZE] = {9};
    accept(&a, "ec", "");
    accept(&b, "ec", "");
    a.q.request = &b.request;
    refused(&a.normal, &a.q, TSP_NONCE_DIFFERS, "answers another request");
    a.q.request = &a.request;
    a.q.sha256 = other;
    refused(&a.normal, &a.q, TSP_IMPRINT, "it dates other bytes");
    a.q.sha256 = stamped;
    buf_clear(&b.request);
    evpack_err err = {0};
    OK(tsp_ask(other, &b.request, &err));
    a.q.request = &b.request;
    refused(&a.normal, &a.q, TSP_IMPRINT, "the request beside it is about other bytes");
    buf_putc(&b.request, 'x');
    refused(&a.normal, &a.q, TSP_REQUEST, "cannot be read");
    a.q.request = &a.request;
    a.q.now = a.stamp.time - 301;
    refused(&a.normal, &a.q, TSP_FUTURE, "later than now");
    done(&a);
    done(&b);
}
END_TEST

/* A request as openssl makes it with these options, over the same bytes. */
static void query(const char *options, buf *out)
{
    char hex[DIGEST_HEX];
    char command[1024];
    text_hex(stamped, DIGEST_SIZE, hex);
    (void)snprintf(command, sizeof command,
                   "openssl ts -query -digest %s -sha256 -cert %s -out '%s' 2>/dev/null", hex,
                   options, test_path("own.tsq"));
    ck_assert_msg(authority_openssl(command), "failed: %s", command);
    buf_clear(out);
    test_read(test_path("own.tsq"), out);
}

/* What the request asked for must be what was answered: a nonce or none, and its policy. */
START_TEST(another_policy_and_a_missing_nonce)
{
    asked a;
    asked b;
    evpack_err err = {0};
    accept(&b, "ec", "");
    ask(&a, "ec", "");
    query("-no_nonce", &a.request);
    authority_reply("ec", "", &a.request, &a.answer);
    OK(tsp_accept(&a.answer, &a.q, &a.normal, &a.stamp, &err));
    ck_assert(!a.stamp.nonce_matched);
    refused(&b.normal, &a.q, TSP_NONCE_DIFFERS, "answers another request");
    a.q.request = &b.request;
    refused(&a.normal, &a.q, TSP_NONCE_DIFFERS, "answers another request");
    a.q.request = &a.request;
    query("-no_nonce -tspolicy 1.2.3.4.2", &a.request);
    refused(&a.normal, &a.q, TSP_POLICY, "its policy is not the one");
    FAILS(tsp_accept(&a.answer, &a.q, &b.normal, &a.stamp, &err), EVPACK_E_NO,
          "its policy is not the one");
    query("-no_nonce -tspolicy 1.2.3.4.1", &a.request);
    OK(tsp_check(&a.normal, &a.q, &a.stamp, &err));
    ck_assert_str_eq(a.stamp.policy, "1.2.3.4.1");
    done(&a);
    done(&b);
}
END_TEST

/* Who may stamp: judged by chain, validity at genTime, and extended key usage. */
START_TEST(authorities)
{
    static const struct {
        const char *name;
        tsp_fault fault;
        const char *part;
    } cases[] = {{"plain", TSP_UNSUITABLE, "not for timestamps alone"},
                 {"soft", TSP_UNSUITABLE, "not for timestamps alone"},
                 {"more", TSP_UNSUITABLE, "not for timestamps alone"},
                 {"old", TSP_EXPIRED, "expired"},
                 {"short", TSP_WEAK, "1024 bits"},
                 {"other", TSP_UNSUITABLE, "not for timestamps alone"}};
    asked a;
    accept(&a, "ec", "TS_SECTION=o");
    der_span token;
    cms_form form;
    cms_signer who;
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf info = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf forged = {0};
    OK(tsp_response_read(der_of(&a.normal), &token, &err));
    OK(cms_form_read_token(token, &form, &who, &err));
    buf_append(&info, form.tst_info.data, form.tst_info.len);
    authority_forge("ec", &info, &forged); /* the forger's way is good by itself */
    OK(tsp_check(&forged, &a.q, &a.stamp, &err));
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        authority_forge(cases[i].name, &info, &forged);
        refused(&forged, &a.q, cases[i].fault, cases[i].part);
    }
    EVPACK_AUTO(pki_trust) strange = authority_trust("other.pem");
    a.q.trust = strange;
    refused(&a.normal, &a.q, TSP_UNTRUSTED, "does not lead to a certificate that you trust");
    done(&a);
}
END_TEST

START_TEST(any_anchor_on_the_way)
{
    static const char *const anchors[] = {"root.pem", "sub.pem", "ec.pem"};
    asked a;
    evpack_err err = {0};
    accept(&a, "ec", "");
    for (size_t i = 0; i < 3; i++) {
        EVPACK_AUTO(pki_trust) trust = authority_trust(anchors[i]);
        a.q.trust = trust;
        evpack_status status = tsp_check(&a.normal, &a.q, &a.stamp, &err);
        if (i < 2) {
            ck_assert_msg(status == EVPACK_OK, "%s: %s", anchors[i], err.text);
        } else {
            /* Nothing that is trusted protects the intermediate that comes along. */
            ck_assert_int_eq(a.stamp.fault, TSP_MALFORMED);
        }
        buf_clear(&a.normal);
        OK(tsp_accept(&a.answer, &a.q, &a.normal, &a.stamp, &err));
        OK(tsp_check(&a.normal, &a.q, &a.stamp, &err));
    }
    done(&a);
}
END_TEST

START_TEST(revoked_authorities)
{
    static const struct {
        int64_t when;
        const char *reason;
        bool good;
    } cases[] = {{-60, ",superseded", false},
                 {0, ",superseded", false},
                 {60, ",superseded", true},
                 {60, ",keyCompromise", false},
                 {60, "", false}};
    asked a;
    evpack_err err = {0};
    accept(&a, "ec", "");
    ck_assert(!a.stamp.authority.chain_unrevoked);
    int64_t t = a.stamp.time;
    a.q.now = t + 7200;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        EVPACK_AUTO(pki_trust) trust = authority_trust("root.pem");
        OK(pki_trust_add_crls(
            trust,
            authority_crl("sub", t + 3600, t + 86400, "ec", t + cases[i].when, cases[i].reason),
            &err));
        a.q.trust = trust;
        if (cases[i].good) {
            OK(tsp_check(&a.normal, &a.q, &a.stamp, &err));
        } else {
            refused(&a.normal, &a.q, TSP_REVOKED, "was revoked");
        }
    }
    /* A list that had ended by then speaks of it, and does not know. */
    EVPACK_AUTO(pki_trust) ended = authority_trust("root.pem");
    OK(pki_trust_add_crls(ended, authority_crl("sub", t - 7200, t - 60, NULL, 0, ""), &err));
    OK(pki_trust_add_crls(ended, authority_crl("root", t, t + 86400, NULL, 0, ""), &err));
    a.q.trust = ended;
    OK(tsp_check(&a.normal, &a.q, &a.stamp, &err));
    ck_assert(!a.stamp.authority.chain_unrevoked);
    EVPACK_AUTO(pki_trust) clean = authority_trust("root.pem");
    OK(pki_trust_add_crls(clean, authority_crl("sub", t, t + 86400, NULL, 0, ""), &err));
    OK(pki_trust_add_crls(clean, authority_crl("root", t, t + 86400, NULL, 0, ""), &err));
    a.q.trust = clean;
    OK(tsp_check(&a.normal, &a.q, &a.stamp, &err));
    ck_assert(a.stamp.authority.chain_unrevoked);
    done(&a);
}
END_TEST

START_TEST(what_is_not_granted)
{
    asked a;
    evpack_err err = {0};
    ask(&a, "ec", "");
    static const unsigned char no[] = {0x30, 0x0d, 0x30, 0x0b, 0x02, 0x01, 0x02, 0x30,
                                       0x06, 0x0c, 0x04, 'b',  'u',  's',  'y'};
    buf_clear(&a.answer);
    buf_append(&a.answer, no, sizeof no);
    FAILS(tsp_accept(&a.answer, &a.q, &a.normal, &a.stamp, &err), EVPACK_E_NO, "rejection, busy");
    ck_assert_int_eq(a.stamp.fault, TSP_STATUS);
    ck_assert_uint_eq(a.normal.len, 0);
    done(&a);
}
END_TEST

/* The signed attributes presented by themselves, and without a name for the certificate. */
START_TEST(attributes)
{
    asked a;
    accept(&a, "ec", "");
    der_span token;
    cms_form form;
    cms_signer who;
    evpack_err err = {0};
    OK(tsp_response_read(der_of(&a.normal), &token, &err));
    OK(cms_form_read_token(token, &form, &who, &err));
    size_t count = form.attribute_count;
    for (size_t i = 0; i < count; i++) {
        EVPACK_AUTO_VALUE(buf_reset) buf bent = {0};
        cms_form without = form;
        without.attributes[i] = without.attributes[--without.attribute_count];
        OK(tsp_response_build(&without, &bent, &err));
        tsp_stamp stamp;
        FAILS(tsp_check(&bent, &a.q, &stamp, &err), EVPACK_E_NO, "");
        ck_assert_msg(stamp.fault == TSP_ATTRIBUTES || stamp.fault == TSP_SIGNATURE,
                      "attribute %zu left out: came %s", i, tsp_fault_text(stamp.fault));
    }
    form.attribute_count = 0;
    buf_clear(&a.normal);
    OK(tsp_response_build(&form, &a.normal, &err));
    refused(&a.normal, &a.q, TSP_ATTRIBUTES, "");
    done(&a);
}
END_TEST

/* A certificate that came along unasked is left out, and refused where it is left in. */
START_TEST(more_certificates)
{
    asked a;
    evpack_err err = {0};
    accept(&a, "ec", "TS_CHAIN=both");
    der_span token;
    cms_form came;
    cms_form kept;
    cms_signer who;
    OK(tsp_response_read(der_of(&a.answer), &token, &err));
    OK(cms_form_read_token(token, &came, &who, &err));
    OK(tsp_response_read(der_of(&a.normal), &token, &err));
    OK(cms_form_read_token(token, &kept, &who, &err));
    ck_assert_uint_eq(came.cert_count, 3);
    ck_assert_uint_eq(kept.cert_count, 2);
    EVPACK_AUTO_VALUE(buf_reset) buf all = {0};
    OK(tsp_response_build(&came, &all, &err));
    refused(&all, &a.q, TSP_MALFORMED, "that nothing protects, or that is not needed");
    done(&a);
}
END_TEST

int main(void)
{
    authority_make();
    Suite *suite = suite_create("port/tsp");
    TCase *bits = tcase_create("bits");
    tcase_set_timeout(bits, 240);
    tcase_add_loop_test(bits, every_bit, 0, 2);
    suite_add_tcase(suite, bits);
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 60);
    const TTest *const tests[] = {stock_answers,
                                  without_trust_or_request,
                                  foreign_answers,
                                  another_policy_and_a_missing_nonce,
                                  as_it_came_is_not_the_one_form,
                                  authorities,
                                  any_anchor_on_the_way,
                                  revoked_authorities,
                                  what_is_not_granted,
                                  attributes,
                                  more_certificates,
                                  NULL};
    for (size_t i = 0; tests[i] != NULL; i++) {
        tcase_add_test(all, tests[i]);
    }
    suite_add_tcase(suite, all);
    return test_main(suite);
}
