/* port/tsp_ask: requests as stock openssl reads them, never the same twice. */
#include "authority.h"

#include <stdio.h>
#include <string.h>

static const unsigned char sha256[DIGEST_SIZE] = {0xab};
static const unsigned char nonce[TSP_NONCE] = {0x41, 2, 3, 4, 5, 6, 7, 8};

START_TEST(a_request_is_what_openssl_reads)
{
    EVPACK_AUTO_VALUE(buf_reset) buf der = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    tsp_request_put(&der, sha256, nonce);
    tsp_request_form form;
    ck_assert(tsp_request_read(der_of(&der), &form));
    ck_assert(der_same(form.imprint, (der_span){sha256, DIGEST_SIZE}));
    ck_assert(der_same(form.nonce, (der_span){nonce, TSP_NONCE}));
    ck_assert_ptr_null(form.policy.data);
    char command[1024];
    (void)snprintf(command, sizeof command, "openssl ts -query -in '%s' -text >'%s'",
                   test_file("q.tsq", der.data, der.len), test_path("text"));
    ck_assert(authority_openssl(command));
    test_read(test_path("text"), &text);
    static const char *const parts[] = {"Hash Algorithm: sha256", "Nonce: 0x4102030405060708",
                                        "Certificate required: yes", "Version: 1"};
    for (size_t i = 0; i < 4; i++) {
        ck_assert_msg(strstr(buf_str(&text), parts[i]) != NULL, "expected '%s' in '%s'", parts[i],
                      buf_str(&text));
    }
}
END_TEST

START_TEST(no_two_are_the_same)
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf first = {0};
    for (int i = 0; i < 100; i++) {
        EVPACK_AUTO_VALUE(buf_reset) buf der = {0};
        OK(tsp_ask(sha256, &der, &err));
        tsp_request_form form;
        ck_assert(tsp_request_read(der_of(&der), &form));
        ck_assert_uint_eq(form.nonce.len, TSP_NONCE);
        ck_assert_msg(i == 0 || !der_same(der_of(&der), der_of(&first)),
                      "two requests have one nonce");
        if (i == 0) {
            buf_append(&first, der.data, der.len);
        }
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {a_request_is_what_openssl_reads, no_two_are_the_same, NULL};
    return test_main(test_suite("port/tsp_ask", tests));
}
