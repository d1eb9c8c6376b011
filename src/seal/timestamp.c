/*
 * Asking for a timestamp and attaching it. Invariant: what is attached was found good in
 * the very bytes that are stored, and a good timestamp or a request that waits for its answer is
 * not lost unasked. Refuses to know of the package's contents.
 */
#include "seal/timestamp.h"

#include "base/file.h"
#include "base/text.h"
#include "seal/stamp.h"

/* The signature, its path and its digest; one that is none is not worth a timestamp. */
static evpack_status read_signature(const char *package, buf *path,
                                    unsigned char sha256[DIGEST_SIZE], evpack_err *err)
{
    EVPACK_TRY(stamp_beside(package, ".p7s", path, err));
    EVPACK_AUTO_VALUE(buf_reset) buf bytes = {0};
    EVPACK_TRY(file_read(buf_str(path), CMS_MAX, &bytes, err));
    EVPACK_AUTO(cms_check) check = NULL;
    cms_signer who;
    evpack_status status = cms_check_new(buf_str(&bytes), bytes.len, &check, &who, err);
    if (status != EVPACK_OK) {
        return evpack_context(err, "%s", buf_str(path));
    }
    return digest_bytes(buf_str(&bytes), bytes.len, sha256, err);
}

static bool asks_for(const buf *request, const unsigned char sha256[DIGEST_SIZE])
{
    tsp_request_form form;
    return tsp_request_read(der_of(request), &form) && form.nonce.data != NULL &&
           der_same(form.imprint, (der_span){sha256, DIGEST_SIZE});
}

static evpack_status new_request(const char *path, const char *answer, bool replace,
                                 const unsigned char sha256[DIGEST_SIZE], buf *request,
                                 evpack_err *err)
{
    if (stamp_exists(path) && stamp_exists(answer)) {
        return evpack_fail(err, EVPACK_E_USAGE,
                           "%s: is there, and answers the request beside it: move both away first",
                           answer);
    }
    if (stamp_exists(path) && !replace) {
        return evpack_fail(err, EVPACK_E_USAGE,
                           "%s: is there, and no request for this signature: say --replace to "
                           "write another over it",
                           path);
    }
    buf_clear(request);
    EVPACK_TRY(tsp_ask(sha256, request, err));
    return file_write(path, request->data, request->len, err);
}

evpack_status timestamp_request(const char *package, const char *copy, bool replace, bool *kept,
                                evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf signature = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf path = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf answer = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf request = {0};
    unsigned char sha256[DIGEST_SIZE];
    EVPACK_TRY(read_signature(package, &signature, sha256, err));
    EVPACK_TRY(stamp_beside(buf_str(&signature), STAMP_REQUEST, &path, err));
    EVPACK_TRY(stamp_beside(buf_str(&signature), STAMP_ANSWER, &answer, err));
    *kept = !replace && stamp_exists(buf_str(&path)) &&
            file_read(buf_str(&path), TSP_MAX, &request, err) == EVPACK_OK &&
            asks_for(&request, sha256);
    if (!*kept) {
        EVPACK_TRY(new_request(buf_str(&path), buf_str(&answer), replace, sha256, &request, err));
    }
    return copy == NULL ? EVPACK_OK : file_write(copy, request.data, request.len, err);
}

/* Whether a good timestamp, another than this one, stands at the path. */
static evpack_status keep_good_one(const char *path, const tsp_question *q, const buf *this,
                                   bool *same, evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf there = {0};
    tsp_stamp stamp = {0};
    evpack_status status = stamp_read(path, &there, &stamp, err);
    if (status == EVPACK_OK) {
        *same = der_same(der_of(&there), der_of(this));
        status = *same ? EVPACK_OK : tsp_check(&there, q, &stamp, err);
    }
    if (status == EVPACK_E_NO) {
        return EVPACK_OK; /* it is none: nothing is lost */
    }
    EVPACK_TRY(status);
    if (*same) {
        return EVPACK_OK;
    }
    char time[TEXT_TIME];
    text_format_time(stamp.time, time);
    return evpack_fail(err, EVPACK_E_USAGE,
                       "%s: a good timestamp of %s is there already: say --replace to put this one "
                       "in its place",
                       path, time);
}

evpack_status timestamp_attach(const timestamp_attaching *a, tsp_stamp *stamp, evpack_err *err)
{
    *stamp = (tsp_stamp){0};
    EVPACK_AUTO_VALUE(buf_reset) buf signature = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf path = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf request = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf answer = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf normal = {0};
    unsigned char sha256[DIGEST_SIZE];
    EVPACK_TRY(read_signature(a->package, &signature, sha256, err));
    EVPACK_TRY(stamp_beside(buf_str(&signature), STAMP_REQUEST, &path, err));
    if (file_read(buf_str(&path), TSP_MAX, &request, err) != EVPACK_OK) {
        return evpack_context(err, "the answer is held against its request");
    }
    tsp_question q = {.sha256 = sha256, .request = &request, .trust = a->tsa, .now = a->now};
    evpack_status status = stamp_read(a->answer, &answer, stamp, err);
    if (status == EVPACK_OK) {
        status = tsp_accept(&answer, &q, &normal, stamp, err);
    }
    if (status != EVPACK_OK) {
        return status == EVPACK_E_NO ? evpack_context(err, "%s", a->answer) : status;
    }
    buf_clear(&path);
    EVPACK_TRY(stamp_beside(buf_str(&signature), STAMP_ANSWER, &path, err));
    bool same = false;
    if (!a->replace && stamp_exists(buf_str(&path))) {
        EVPACK_TRY(keep_good_one(buf_str(&path), &q, &normal, &same, err));
    }
    return same ? EVPACK_OK : file_write(buf_str(&path), normal.data, normal.len, err);
}
