/*
 * Reading and writing RFC 3161 messages. Invariant: what is read is DER to its last byte, and what
 * is not understood and critical is refused. Refuses to know certificates, keys and trust.
 */
#include "port/tsp_form.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

enum { BIT_STRING = 0x03, UTF8_STRING = 0x0c, CONTEXT_0_BYTES = 0x80, CONTEXT_1_BYTES = 0x81 };

static bool take_byte(der_span *in, unsigned char tag, unsigned char value)
{
    der_span body;
    return der_take(in, tag, &body) && body.len == 1 && body.data[0] == value;
}

/* An INTEGER in its shortest form. */
static bool take_integer(der_span *in, der_span *body)
{
    return der_take(in, DER_INTEGER, body) && body->len > 0 &&
           (body->len == 1 || !((body->data[0] == 0 && body->data[1] < 0x80) ||
                                (body->data[0] == 0xff && body->data[1] >= 0x80)));
}

static bool take_imprint(der_span *in, cms_digest *which, der_span *value)
{
    der_span body;
    der_span algorithm;
    if (!der_take(in, DER_SEQUENCE, &body) || !der_take(&body, DER_SEQUENCE, &algorithm) ||
        !der_take(&body, DER_OCTETS, value) || body.len != 0) {
        return false;
    }
    *which = cms_digest_read(algorithm);
    return true;
}

bool tsp_request_read(der_span der, tsp_request_form *out)
{
    *out = (tsp_request_form){0};
    der_span body;
    cms_digest which = CMS_DIGESTS;
    if (!der_take(&der, DER_SEQUENCE, &body) || der.len != 0 || !take_byte(&body, DER_INTEGER, 1) ||
        !take_imprint(&body, &which, &out->imprint) || which != CMS_SHA256 ||
        out->imprint.len != DIGEST_SIZE) {
        return false;
    }
    (void)der_take(&body, DER_OID, &out->policy);
    if (der_peek(body) == DER_INTEGER && !take_integer(&body, &out->nonce)) {
        return false;
    }
    return take_byte(&body, DER_BOOLEAN, 0xff) && body.len == 0;
}

/* Why nothing was granted (RFC 3161, section 2.4.2), with the authority's own words. */
static evpack_status not_granted(der_span status, unsigned char code, evpack_err *err)
{
    static const char *const words[] = {[2] = "rejection",
                                        [3] = "waiting",
                                        [4] = "a warning of revocation",
                                        [5] = "a notification of revocation"};
    der_span texts = {0};
    der_span text = {0};
    if (der_take(&status, DER_SEQUENCE, &texts)) {
        (void)der_take(&texts, UTF8_STRING, &text);
    }
    return evpack_fail(
        err, EVPACK_E_NO, "the authority granted no timestamp, it answered: %s%s%.*s",
        code < sizeof words / sizeof words[0] && words[code] != NULL ? words[code]
                                                                     : "an unknown status",
        text.len > 0 ? ", " : "", (int)(text.len < 200 ? text.len : 200),
        text.len > 0 ? (const char *)text.data : "");
}

evpack_status tsp_response_read(der_span der, der_span *token, evpack_err *err)
{
    der_span body;
    der_span status;
    der_span code;
    unsigned char tag = 0;
    if (der.len > TSP_MAX) {
        return evpack_fail(err, EVPACK_E_INPUT, "it is larger than 256 KiB");
    }
    if (!der_take(&der, DER_SEQUENCE, &body)) {
        return evpack_fail(err, EVPACK_E_INPUT, "it is not a timestamp response in DER");
    }
    if (der.len != 0) {
        return evpack_fail(err, EVPACK_E_INPUT, "%zu bytes stand after the end of the response",
                           der.len);
    }
    if (!der_take(&body, DER_SEQUENCE, &status) || !take_integer(&status, &code) || code.len != 1) {
        return evpack_fail(err, EVPACK_E_INPUT, "it is not a timestamp response: no status");
    }
    if (code.data[0] > 1) {
        return not_granted(status, code.data[0], err);
    }
    if (!der_next(&body, &tag, NULL, token) || tag != DER_SEQUENCE || body.len != 0) {
        return evpack_fail(err, EVPACK_E_INPUT, "its timestamp token cannot be read");
    }
    return EVPACK_OK;
}

evpack_status tsp_response_build(cms_form *token, buf *out, evpack_err *err)
{
    static const unsigned char granted[] = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf body = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf status = {0};
    der_put(&status, DER_INTEGER, granted, sizeof granted);
    der_wrap(&body, DER_SEQUENCE, &status);
    EVPACK_TRY(cms_form_build(token, &body, err));
    der_wrap(out, DER_SEQUENCE, &body);
    return buf_status(out, err);
}

/* GeneralizedTime in UTC, with seconds, and a fraction that has no zero at its end (RFC 3161). */
static bool read_time(der_span t, int64_t *out)
{
    const char *d = (const char *)t.data;
    if (t.len < 15 || d[t.len - 1] != 'Z') {
        return false;
    }
    for (size_t i = 0; i + 1 < t.len; i++) {
        if (i != 14 && (d[i] < '0' || d[i] > '9')) {
            return false;
        }
    }
    if (t.len > 15 && (t.len < 17 || d[14] != '.' || d[t.len - 2] == '0')) {
        return false;
    }
    char text[TEXT_TIME];
    (void)snprintf(text, sizeof text, "%.4s-%.2s-%.2sT%.2s:%.2s:%.2sZ", d, d + 4, d + 6, d + 8,
                   d + 10, d + 12);
    return text_parse_time(text, out, NULL) == EVPACK_OK;
}

/* Accuracy ::= SEQUENCE { seconds INTEGER, millis [0] INTEGER, micros [1] INTEGER }, each optional.
 */
static bool take_accuracy(der_span *in)
{
    der_span body;
    if (!der_take(in, DER_SEQUENCE, &body)) {
        return true; /* not there */
    }
    (void)der_take(&body, DER_INTEGER, NULL);
    (void)der_take(&body, CONTEXT_0_BYTES, NULL);
    (void)der_take(&body, CONTEXT_1_BYTES, NULL);
    return body.len == 0;
}

/* Extensions that are not critical are passed over; a critical one is none that is known here. */
static bool take_extensions(der_span *in, bool *critical)
{
    der_span all;
    der_span extension;
    if (!der_take(in, DER_CONTEXT_1, &all)) {
        return true;
    }
    while (der_take(&all, DER_SEQUENCE, &extension)) {
        if (!der_take(&extension, DER_OID, NULL)) {
            return false;
        }
        *critical = *critical || der_peek(extension) == DER_BOOLEAN;
    }
    return all.len == 0;
}

static bool take_tsa(der_span *in, der_span *name)
{
    der_span body;
    unsigned char tag = 0;
    return !der_take(in, DER_CONTEXT_0, &body) ||
           (der_next(&body, &tag, NULL, name) && body.len == 0);
}

evpack_status tsp_info_read(der_span der, tsp_info *out, evpack_err *err)
{
    *out = (tsp_info){0};
    der_span body;
    der_span time;
    bool critical = false;
    if (!der_take(&der, DER_SEQUENCE, &body) || der.len != 0 || !take_byte(&body, DER_INTEGER, 1) ||
        !der_take(&body, DER_OID, &out->policy) ||
        !take_imprint(&body, &out->digest, &out->imprint) || !take_integer(&body, &out->serial)) {
        return evpack_fail(err, EVPACK_E_INPUT, "its TSTInfo cannot be read");
    }
    if (!der_take(&body, DER_GENERAL_TIME, &time) || !read_time(time, &out->time)) {
        return evpack_fail(err, EVPACK_E_INPUT, "its genTime is not a time in UTC");
    }
    if (!take_accuracy(&body) ||
        (der_peek(body) == DER_BOOLEAN && !take_byte(&body, DER_BOOLEAN, 0xff)) ||
        (der_peek(body) == DER_INTEGER && !take_integer(&body, &out->nonce)) ||
        !take_tsa(&body, &out->tsa) || !take_extensions(&body, &critical) || body.len != 0) {
        return evpack_fail(err, EVPACK_E_INPUT, "its TSTInfo cannot be read after genTime");
    }
    if (critical) {
        return evpack_fail(err, EVPACK_E_INPUT, "it has a critical extension that is not known");
    }
    return EVPACK_OK;
}
