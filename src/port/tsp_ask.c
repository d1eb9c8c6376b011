/*
 * Asking for a timestamp (RFC 3161, section 2.4.1). Invariant: two requests never have one nonce,
 * as far as libcrypto's random bytes go. Not part of the small verifier.
 */
#include "port/tsp.h"

#include "port/pki_private.h"

#include <openssl/rand.h>
static const unsigned char one[] = {1};
static const unsigned char yes[] = {0xff};

static void put_imprint(buf *out, const unsigned char sha256[DIGEST_SIZE])
{
    EVPACK_AUTO_VALUE(buf_reset) buf name = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf body = {0};
    cms_digest_put(&name, CMS_SHA256);
    der_span inside = der_of(&name);
    der_span oid = {0};
    (void)der_take(&inside, DER_SEQUENCE, &oid);
    buf_append(&body, oid.data, oid.len);
    der_put(&body, DER_NULL, NULL, 0); /* as most authorities know it */
    buf_clear(&name);
    der_wrap(&name, DER_SEQUENCE, &body);
    der_put(&name, DER_OCTETS, sha256, DIGEST_SIZE);
    der_wrap(out, DER_SEQUENCE, &name);
}

void tsp_request_put(buf *out, const unsigned char sha256[DIGEST_SIZE],
                     const unsigned char nonce[TSP_NONCE])
{
    EVPACK_AUTO_VALUE(buf_reset) buf body = {0};
    der_put(&body, DER_INTEGER, one, sizeof one);
    put_imprint(&body, sha256);
    der_put(&body, DER_INTEGER, nonce, TSP_NONCE);
    der_put(&body, DER_BOOLEAN, yes, sizeof yes);
    der_wrap(out, DER_SEQUENCE, &body);
}

/* Takes an INTEGER or BOOLEAN that must be this byte. */
evpack_status tsp_ask(const unsigned char sha256[DIGEST_SIZE], buf *out, evpack_err *err)
{
    unsigned char nonce[TSP_NONCE];
    if (RAND_bytes(nonce, sizeof nonce) != 1) {
        return pki_fail(err, EVPACK_E_INTERNAL, "libcrypto has no random bytes");
    }
    nonce[0] = (unsigned char)((nonce[0] & 0x3f) | 0x40); /* positive, and always of one length */
    tsp_request_put(out, sha256, nonce);
    return buf_status(out, err);
}
