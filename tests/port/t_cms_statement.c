/* port/cms_statement: a reviewer's words come back as they were said, or not at all. */
#include "fixture.h"

#include "base/text.h"
#include "port/cms_statement.h"

#include <stdio.h>
#include <string.h>

static fixture_key p256;

/* Signs "x" with these words; der gets the signature. */
static evpack_status say(const char *role, const char *statement, buf *der, evpack_err *err)
{
    EVPACK_AUTO(pki_signer) signer = fixture_signer(&p256);
    EVPACK_AUTO(cms_signing) s = NULL;
    EVPACK_TRY(cms_sign_new(signer, &s, err));
    EVPACK_TRY(cms_sign_say(s, role, statement, err));
    cms_sign_update(s, "x", 1);
    return cms_sign_final(s, FIXTURE_AT, der, err);
}

START_TEST(words_come_back)
{
    static char longest[CMS_STATEMENT_MAX + 1];
    memset(longest, 's', CMS_STATEMENT_MAX);
    static char role[CMS_ROLE_BYTES + 1];
    for (size_t i = 0; i < CMS_ROLE_MAX; i++) {
        memcpy(role + 4 * i, "\xf0\x9f\x94\x8d", 4);
    }
    const char *const cases[][2] = {{"Partner", "Read it"},
                                    {"Pr\xc3\xbc"
                                     "fer",
                                     "Befunde gepr\xc3\xbc"
                                     "ft: \xe2\x82\xac 5"},
                                    {"a", longest},
                                    {role, "x"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        evpack_err err = {0};
        EVPACK_AUTO_VALUE(buf_reset) buf der = {0};
        EVPACK_AUTO(cms_check) check = NULL;
        EVPACK_AUTO(pki_trust) trust = fixture_trust(&p256);
        cms_signer who;
        unsigned char sha256[DIGEST_SIZE];
        OK(say(cases[i][0], cases[i][1], &der, &err));
        OK(cms_check_new(der.data, der.len, &check, &who, &err));
        OK(digest_bytes("x", 1, sha256, &err));
        OK(cms_check_final(check, sha256, trust, text_now(), &who, &err));
        ck_assert_str_eq(who.role, cases[i][0]);
        ck_assert_str_eq(who.statement, cases[i][1]);
    }
}
END_TEST

START_TEST(words_that_cannot_be_said)
{
    static char longer[CMS_STATEMENT_MAX + 2];
    memset(longer, 's', CMS_STATEMENT_MAX + 1);
    static const char *const bad[] = {"",
                                      " a",
                                      "a ",
                                      "two\nlines",
                                      "tab\there",
                                      "\xff",
                                      "\x1b[31m",
                                      "turned \xe2\x80\xae"
                                      "around",
                                      "zero\xe2\x80\x8bwidth"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        evpack_err err = {0};
        EVPACK_AUTO_VALUE(buf_reset) buf der = {0};
        FAILS(say(bad[i], "good", &der, &err), EVPACK_E_USAGE, "the role is");
        FAILS(say("good", bad[i], &der, &err), EVPACK_E_USAGE, "the statement is");
    }
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf der = {0};
    FAILS(say("good", longer, &der, &err), EVPACK_E_USAGE, "1 to 2000 bytes");
    longer[CMS_ROLE_MAX + 1] = '\0';
    FAILS(say(longer, "good", &der, &err), EVPACK_E_USAGE, "1 to 64 characters");
}
END_TEST

/* The words of two attribute values, each as they would stand in a signature. */
static void read_back(const buf *role, const buf *hints, cms_signer *who)
{
    der_span values[CMS_KNOWN_ATTRIBUTES] = {{0}};
    *who = (cms_signer){0};
    values[CMS_SIGNER_ATTRIBUTES] = der_of(role);
    values[CMS_CONTENT_HINTS] = der_of(hints);
    cms_statement_read(values, who);
}

/* No change of a bit reads as the same words; what is not in the form reads as nothing. */
START_TEST(other_forms_say_nothing)
{
    EVPACK_AUTO_VALUE(buf_reset) buf role = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf hints = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf none = {0};
    cms_signer who;
    cms_role_put(&role, "Partner");
    cms_hints_put(&hints, "Read it");
    read_back(&role, &hints, &who);
    ck_assert_str_eq(who.role, "Partner");
    ck_assert_str_eq(who.statement, "Read it");
    read_back(&none, &hints, &who);
    ck_assert_msg(who.statement[0] == '\0', "a statement without a role was read");
    read_back(&role, &none, &who);
    ck_assert_msg(who.role[0] == '\0', "a role without a statement was read");
    buf *const both[] = {&role, &hints};
    for (size_t k = 0; k < 2; k++) {
        for (size_t i = 0; i < 8 * both[k]->len; i++) {
            both[k]->data[i / 8] = (char)(both[k]->data[i / 8] ^ (1 << (i % 8)));
            read_back(&role, &hints, &who);
            ck_assert_msg(strcmp(who.role, "Partner") != 0 || strcmp(who.statement, "Read it") != 0,
                          "bit %zu of value %zu was changed, and the words are the same", i, k);
            both[k]->data[i / 8] = (char)(both[k]->data[i / 8] ^ (1 << (i % 8)));
        }
        for (size_t len = 0; len < both[k]->len; len++) {
            buf cut = {.data = both[k]->data, .len = len, .cap = both[k]->cap};
            read_back(k == 0 ? &cut : &role, k == 0 ? &hints : &cut, &who);
            ck_assert_msg(who.role[0] == '\0' && who.statement[0] == '\0',
                          "value %zu was cut to %zu bytes, and was read", k, len);
        }
    }
    EVPACK_AUTO_VALUE(buf_reset) buf turned = {0};
    cms_hints_put(&turned, "turned \xe2\x80\xae"
                           "around");
    read_back(&role, &turned, &who);
    ck_assert_msg(who.statement[0] == '\0', "a statement that hides its order was read");
}
END_TEST

/* Every bit of a signature that says something: none may be changed. */
START_TEST(no_bit_is_idle)
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf der = {0};
    EVPACK_AUTO(pki_trust) trust = fixture_trust(&p256);
    unsigned char sha256[DIGEST_SIZE];
    OK(digest_bytes("x", 1, sha256, &err));
    OK(say("Partner", "Read it", &der, &err));
    for (size_t i = 0; i < 8 * der.len; i++) {
        der.data[i / 8] = (char)(der.data[i / 8] ^ (1 << (i % 8)));
        cms_signer who;
        EVPACK_AUTO(cms_check) check = NULL;
        evpack_status status = cms_check_new(der.data, der.len, &check, &who, &err);
        if (status == EVPACK_OK) {
            status = cms_check_final(check, sha256, trust, text_now(), &who, &err);
        }
        ck_assert_msg(status == EVPACK_E_NO, "bit %zu was changed; expected no, came %s", i,
                      evpack_status_text(status));
        der.data[i / 8] = (char)(der.data[i / 8] ^ (1 << (i % 8)));
    }
}
END_TEST

int main(void)
{
    fixture_make_key(PKI_P256, &p256);
    const TTest *const tests[] = {words_come_back, words_that_cannot_be_said,
                                  other_forms_say_nothing, no_bit_is_idle, NULL};
    return test_main(test_suite("port/cms_statement", tests));
}
