/*
 * Any bytes as the answer of a timestamp authority about "content"; a value that follows the first
 * is the request. As they are, and again with the token's signature made anew (signer.h). An answer
 * that is attached must be good in the form in which it is kept; and of what is accepted in that
 * form, no other bit may be flipped.
 */
#include "port/tsp.h"
#include "signer.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static pki_trust *trust;

static evpack_status check(const buf *answer, const tsp_question *q)
{
    evpack_err err = {0};
    tsp_stamp stamp;
    evpack_status status = tsp_check(answer, q, &stamp, &err);
    fuzz_must(status == EVPACK_OK || status == EVPACK_E_NO, "an error that is not about the input",
              &err);
    fuzz_must(status == EVPACK_OK || stamp.fault != TSP_GOOD, "refused without a fault", &err);
    fuzz_must(status == EVPACK_OK || !stamp.authority.trusted, "refused and trusted", &err);
    return status;
}

static void try_answer(buf *answer, tsp_question *q)
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf kept = {0};
    tsp_stamp stamp;
    evpack_status status = tsp_accept(answer, q, &kept, &stamp, &err);
    fuzz_must(status == EVPACK_OK || status == EVPACK_E_NO, "an error that is not about the input",
              &err);
    if (status == EVPACK_OK) {
        fuzz_must(check(&kept, q) == EVPACK_OK, "what is kept is good", &err);
    }
    q->trust = NULL;
    (void)check(answer, q);
    q->trust = trust;
    if (check(answer, q) == EVPACK_OK) {
        size_t bit = (answer->len * 2654435761U) % (8 * answer->len);
        answer->data[bit / 8] = (char)(answer->data[bit / 8] ^ (1 << (bit % 8)));
        fuzz_must(check(answer, q) == EVPACK_E_NO, "a flipped bit", &err);
    }
}

static void sign_again(der_span in, tsp_question *q)
{
    evpack_err err = {0};
    der_span whole;
    cms_form form = {0};
    cms_signer who = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf value = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf hash = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf made = {0};
    if (tsp_response_read(in, &whole, &err) != EVPACK_OK ||
        cms_form_read_token(whole, &form, &who, &err) != EVPACK_OK) {
        return;
    }
    fuzz_set_digest(&form, form.tst_info.data, form.tst_info.len, &hash);
    fuzz_sign(&form, &value);
    fuzz_must(tsp_response_build(&form, &made, &err) == EVPACK_OK, "the form", &err);
    try_answer(&made, q);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    evpack_err err = {0};
    if (trust == NULL) {
        trust = fuzz_trust(CORPUS "/tsa.pem");
    }
    unsigned char sha256[DIGEST_SIZE];
    fuzz_must(digest_bytes("content", 7, sha256, &err) == EVPACK_OK, "a digest", &err);
    tsp_question q = {.sha256 = sha256, .trust = trust, .now = INT64_C(4000000000)};
    EVPACK_AUTO_VALUE(buf_reset) buf answer = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf request = {0};
    buf_append(&answer, data, size);
    try_answer(&answer, &q);
    der_span first = {data, size};
    der_span rest = first;
    unsigned char tag = 0;
    tsp_request_form form;
    (void)tsp_request_read(first, &form);
    if (der_next(&rest, &tag, NULL, &first) && rest.len > 0) {
        (void)tsp_request_read(rest, &form);
        buf_append(&request, rest.data, rest.len);
        q.request = &request;
        buf_clear(&answer);
        buf_append(&answer, first.data, first.len);
        try_answer(&answer, &q);
    }
    sign_again(first, &q);
    return 0;
}
