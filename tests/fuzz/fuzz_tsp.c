/*
 * Any bytes as the answer of a timestamp authority. One that is attached must be good in the form
 * in which it is kept; and of what is accepted in that form, no other bit may be flipped. The
 * corpus is about "content", under corpus/tsa.pem.
 */
#include "port/tsp.h"

#include <stdio.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static pki_trust *trust;

static void must(bool right, const char *what, const evpack_err *err)
{
    if (!right) {
        (void)fprintf(stderr, "expected otherwise: %s: %s\n", what, err->text);
        abort();
    }
}

static evpack_status check(const buf *answer, const tsp_question *q)
{
    evpack_err err = {0};
    tsp_stamp stamp;
    evpack_status status = tsp_check(answer, q, &stamp, &err);
    must(status == EVPACK_OK || status == EVPACK_E_NO, "an error that is not about the input",
         &err);
    must(status == EVPACK_OK || stamp.fault != TSP_GOOD, "refused without a fault", &err);
    must(status == EVPACK_OK || !stamp.authority.trusted, "refused and trusted", &err);
    return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    evpack_err err = {0};
    if (trust == NULL) {
        must(pki_trust_load(CORPUS "/tsa.pem", &trust, &err) == EVPACK_OK, "trust", &err);
    }
    unsigned char sha256[DIGEST_SIZE];
    must(digest_bytes("content", 7, sha256, &err) == EVPACK_OK, "a digest", &err);
    tsp_question q = {.sha256 = sha256, .trust = trust, .now = INT64_C(4000000000)};
    EVPACK_AUTO_VALUE(buf_reset) buf answer = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf kept = {0};
    buf_append(&answer, data, size);
    tsp_request_form request;
    (void)tsp_request_read(der_of(&answer), &request);
    tsp_stamp stamp;
    evpack_status status = tsp_accept(&answer, &q, &kept, &stamp, &err);
    must(status == EVPACK_OK || status == EVPACK_E_NO, "an error that is not about the input",
         &err);
    if (status == EVPACK_OK) {
        must(check(&kept, &q) == EVPACK_OK, "what is kept is good", &err);
    }
    if (check(&answer, &q) == EVPACK_OK) {
        size_t bit = (size * 2654435761U) % (8 * size);
        answer.data[bit / 8] = (char)(answer.data[bit / 8] ^ (1 << (bit % 8)));
        must(check(&answer, &q) == EVPACK_E_NO, "a flipped bit", &err);
    }
    q.trust = NULL;
    (void)check(&answer, &q);
    return 0;
}
