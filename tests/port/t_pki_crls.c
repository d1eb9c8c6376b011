/* port/pki_crls: sets of revocation lists have one form, whatever came in, and no other is read. */
#include "authority.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

enum { DAY = 86400 };

static void put(const char *const *paths, size_t count, buf *out)
{
    evpack_err err = {0};
    EVPACK_AUTO(pki_crls) c = NULL;
    OK(pki_crls_new(&c, &err));
    for (size_t i = 0; i < count; i++) {
        OK(pki_crls_load(c, paths[i], &err));
    }
    OK(pki_crls_put(c, out, &err));
}

static void refused(const buf *text, const char *part)
{
    evpack_err err = {0};
    EVPACK_AUTO(pki_crls) c = NULL;
    FAILS(pki_crls_read(buf_str(text), text->len, &c, &err), EVPACK_E_INPUT, part);
    ck_assert_ptr_null(c);
}

START_TEST(one_form)
{
    evpack_err err = {0};
    int64_t now = text_now();
    const char *a = authority_crl("signroot", now - DAY, now + DAY, NULL, 0, "");
    char b[512];
    (void)snprintf(b, sizeof b, "%s", authority_crl("root", now - DAY, now + DAY, NULL, 0, ""));
    EVPACK_AUTO_VALUE(buf_reset) buf one = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf two = {0};
    put((const char *const[]){a, b}, 2, &one);
    put((const char *const[]){b, a, b}, 3, &two);
    ck_assert_msg(one.len == two.len && memcmp(one.data, two.data, one.len) == 0,
                  "expected the same bytes whatever the order");
    EVPACK_AUTO(pki_crls) c = NULL;
    OK(pki_crls_read(one.data, one.len, &c, &err));
    ck_assert_uint_eq(pki_crls_count(c), 2);
    buf_clear(&two);
    OK(pki_crls_put(c, &two, &err));
    ck_assert_str_eq(buf_str(&one), buf_str(&two));

    /* The two in the other order, one twice, and anything beside them. */
    const char *second = strstr(buf_str(&one) + 1, "-----BEGIN");
    size_t first = (size_t)(second - buf_str(&one));
    EVPACK_AUTO_VALUE(buf_reset) buf bent = {0};
    buf_puts(&bent, second);
    buf_append(&bent, one.data, first);
    refused(&bent, "in ascending order");
    buf_clear(&bent);
    buf_append(&bent, one.data, first);
    buf_append(&bent, one.data, one.len);
    refused(&bent, "in ascending order");
    buf_clear(&bent);
    buf_puts(&bent, "a word before\n");
    buf_append(&bent, one.data, one.len);
    refused(&bent, "nothing beside");
    buf_clear(&bent);
    buf_append(&bent, one.data, one.len);
    buf_putc(&bent, '\n');
    refused(&bent, "nothing beside");
    buf_clear(&bent);
    refused(&bent, "expected a revocation list");
    buf_puts(&bent, "-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n");
    refused(&bent, "expected a revocation list");
    buf_clear(&bent);
    test_read(authority_file("root.pem"), &bent);
    refused(&bent, "expected a revocation list");
}
END_TEST

/* No byte of the file can be another and still be read as these lists. */
START_TEST(every_bit)
{
    evpack_err err = {0};
    int64_t now = text_now();
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    put((const char *const[]){authority_crl("signroot", now - DAY, now + DAY, "signer", now, "")},
        1, &text);
    for (size_t bit = 0; bit < text.len * 8; bit++) {
        text.data[bit / 8] = (char)(text.data[bit / 8] ^ (1 << (bit % 8)));
        EVPACK_AUTO(pki_crls) c = NULL;
        if (pki_crls_read(text.data, text.len, &c, &err) == EVPACK_OK) {
            EVPACK_AUTO_VALUE(buf_reset) buf again = {0};
            OK(pki_crls_put(c, &again, &err));
            ck_assert_msg(strcmp(buf_str(&again), buf_str(&text)) == 0,
                          "bit %zu: expected what is read to be what is written", bit);
        }
        text.data[bit / 8] = (char)(text.data[bit / 8] ^ (1 << (bit % 8)));
    }
}
END_TEST

START_TEST(caps)
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf large = {0};
    for (size_t i = 0; i <= PKI_CRLS_BYTES / 64; i++) {
        buf_puts(&large, "----------------------------------------------------------------");
    }
    refused(&large, "larger than");
    EVPACK_AUTO(pki_crls) c = NULL;
    OK(pki_crls_new(&c, &err));
    FAILS(pki_crls_load(c, test_path("none.pem"), &err), EVPACK_E_IO, "none.pem");
    FAILS(pki_crls_load(c, authority_file("root.pem"), &err), EVPACK_E_INPUT,
          "root.pem: expected a revocation list");
    ck_assert_uint_eq(pki_crls_count(c), 0);
}
END_TEST

START_TEST(lists_against_the_signer)
{
    evpack_err err = {0};
    int64_t now = text_now();
    fixture_key key;
    (void)snprintf(key.key, sizeof key.key, "%s", authority_file("signer.key"));
    (void)snprintf(key.cert, sizeof key.cert, "%s", authority_file("signer.pem"));
    pki_files alone = {.key = key.key, .cert = key.cert};
    char root[512];
    (void)snprintf(root, sizeof root, "%s", authority_file("signroot.pem"));
    pki_files whole = {.key = key.key, .cert = key.cert, .chain = root};
    for (int i = 0; i < 2; i++) {
        EVPACK_AUTO(pki_signer) signer = NULL;
        OK(pki_signer_load(i == 0 ? &alone : &whole, now, &signer, &err));
        EVPACK_AUTO(pki_crls) c = NULL;
        OK(pki_crls_new(&c, &err));
        OK(pki_crls_load(c, authority_crl("signroot", now - DAY, now + DAY, NULL, 0, ""), &err));
        OK(pki_crls_load(c, authority_crl("root", now - DAY, now + DAY, "signer", now - 1, ""),
                         &err));
        OK(pki_crls_allow(c, signer, &err)); /* another authority's list has that number too */
        OK(pki_crls_load(c, authority_crl("signroot", now - DAY, now + DAY, "signer", now - 1, ""),
                         &err));
        FAILS(pki_crls_allow(c, signer, &err), EVPACK_E_INPUT, "the signer's own certificate");
    }
}
END_TEST

int main(void)
{
    authority_make();
    const TTest *const tests[] = {one_form, every_bit, caps, lists_against_the_signer, NULL};
    return test_main(test_suite("port/pki_crls", tests));
}
