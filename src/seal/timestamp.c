/*
 * Asking for a timestamp, attaching and judging it. Invariant: what is attached was found good in
 * the very bytes that are stored, and a good timestamp or a request that waits for its answer is
 * not lost unasked. Refuses to know of the package's contents.
 */
#include "seal/timestamp.h"

#include "base/file.h"
#include "base/text.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#define REQUEST ".tsq"
#define ANSWER ".tsr"

static bool exists(const char *path)
{
    struct stat st;
    return lstat(path, &st) == 0 || errno != ENOENT;
}

static evpack_status beside(const char *path, const char *suffix, buf *out, evpack_err *err)
{
    buf_printf(out, "%s%s", path, suffix);
    return buf_status(out, err);
}

/* The signature, its path and its digest; one that is none is not worth a timestamp. */
static evpack_status read_signature(const char *package, buf *path,
                                    unsigned char sha256[DIGEST_SIZE], evpack_err *err)
{
    EVPACK_TRY(beside(package, ".p7s", path, err));
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
    if (exists(path) && exists(answer)) {
        return evpack_fail(err, EVPACK_E_USAGE,
                           "%s: is there, and answers the request beside it: move both away first",
                           answer);
    }
    if (exists(path) && !replace) {
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
    EVPACK_TRY(beside(buf_str(&signature), REQUEST, &path, err));
    EVPACK_TRY(beside(buf_str(&signature), ANSWER, &answer, err));
    *kept = !replace && exists(buf_str(&path)) &&
            file_read(buf_str(&path), TSP_MAX, &request, err) == EVPACK_OK &&
            asks_for(&request, sha256);
    if (!*kept) {
        EVPACK_TRY(new_request(buf_str(&path), buf_str(&answer), replace, sha256, &request, err));
    }
    return copy == NULL ? EVPACK_OK : file_write(copy, request.data, request.len, err);
}

/* Reads an answer; one that is too large is refused like any other that is none. */
static evpack_status read_answer(const char *path, buf *out, tsp_stamp *stamp, evpack_err *err)
{
    evpack_status status = file_read(path, TSP_MAX, out, err);
    if (status == EVPACK_E_LIMIT) {
        stamp->fault = TSP_MALFORMED;
        return evpack_fail(err, EVPACK_E_NO, "it is larger than 256 KiB");
    }
    return status;
}

/* Whether a good timestamp, another than this one, stands at the path. */
static evpack_status keep_good_one(const char *path, const tsp_question *q, const buf *this,
                                   bool *same, evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf there = {0};
    tsp_stamp stamp = {0};
    evpack_status status = read_answer(path, &there, &stamp, err);
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
    EVPACK_TRY(beside(buf_str(&signature), REQUEST, &path, err));
    if (file_read(buf_str(&path), TSP_MAX, &request, err) != EVPACK_OK) {
        return evpack_context(err, "the answer is held against its request");
    }
    tsp_question q = {.sha256 = sha256, .request = &request, .trust = a->tsa, .now = a->now};
    evpack_status status = read_answer(a->answer, &answer, stamp, err);
    if (status == EVPACK_OK) {
        status = tsp_accept(&answer, &q, &normal, stamp, err);
    }
    if (status != EVPACK_OK) {
        return status == EVPACK_E_NO ? evpack_context(err, "%s", a->answer) : status;
    }
    buf_clear(&path);
    EVPACK_TRY(beside(buf_str(&signature), ANSWER, &path, err));
    bool same = false;
    if (!a->replace && exists(buf_str(&path))) {
        EVPACK_TRY(keep_good_one(buf_str(&path), &q, &normal, &same, err));
    }
    return same ? EVPACK_OK : file_write(buf_str(&path), normal.data, normal.len, err);
}

/* Judges the answer that is there. */
static evpack_status judge(const char *answer, const tsp_question *q, seal_report *report,
                           evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf bytes = {0};
    evpack_status status = read_answer(answer, &bytes, &report->stamp, err);
    if (status == EVPACK_OK) {
        status = tsp_check(&bytes, q, &report->stamp, err);
    }
    if (status == EVPACK_E_NO) {
        report->stamp_state = SEAL_STAMP_REFUSED;
        return report_timestamp(report, report->stamp.fault, answer, err);
    }
    EVPACK_TRY(status);
    report->stamp_state = q->trust == NULL ? SEAL_STAMP_NOT_CHECKED : SEAL_STAMP_TRUSTED;
    return EVPACK_OK;
}

evpack_status timestamp_judge(const char *signature, const buf *bytes, const seal_options *options,
                              seal_report *report, evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf answer = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf path = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf request = {0};
    EVPACK_TRY(beside(signature, ANSWER, &answer, err));
    EVPACK_TRY(beside(signature, REQUEST, &path, err));
    if (!exists(buf_str(&answer))) {
        return EVPACK_OK;
    }
    bool asked = exists(buf_str(&path));
    if (asked) {
        evpack_status status = file_read(buf_str(&path), TSP_MAX, &request, err);
        if (status == EVPACK_E_LIMIT) {
            report->stamp_state = SEAL_STAMP_REFUSED;
            report->stamp.fault = TSP_REQUEST;
            return report_timestamp(report, TSP_REQUEST, buf_str(&path), err);
        }
        EVPACK_TRY(status);
    }
    unsigned char sha256[DIGEST_SIZE];
    EVPACK_TRY(digest_bytes(buf_str(bytes), bytes->len, sha256, err));
    tsp_question q = {.sha256 = sha256,
                      .request = asked ? &request : NULL,
                      .trust = options->tsa_trust,
                      .now = options->now};
    return judge(buf_str(&answer), &q, report, err);
}

void timestamp_not_covered(const seal_options *options, seal_report *report)
{
    static const char claim[] = "the signing time is the signer's own claim";
    switch (report->stamp_state) {
    case SEAL_STAMP_NONE:
        report_not_covered(
            report, "When it was sealed: %s; no timestamp was checked%s.", claim,
            options->tsa_trust == NULL ? "" : ", although --tsa-trust was given: none is there");
        break;
    case SEAL_STAMP_NOT_CHECKED:
        report_not_covered(report,
                           "When it was sealed: %s. A timestamp (.p7s.tsr) is there, but it was "
                           "not checked whether its authority can be trusted: give --tsa-trust.",
                           claim);
        break;
    case SEAL_STAMP_REFUSED:
        report_not_covered(report, "When it was sealed: %s; the timestamp was refused.", claim);
        break;
    default:
        report_not_covered(report, "When it was sealed, but that it was not later than the "
                                   "timestamp: the signing time is the signer's own claim.");
        if (!report->stamp.nonce_matched) {
            report_not_covered(report, "Whether the timestamp answers the request that was made "
                                       "for it: no request with a nonce (.p7s.tsq) is there.");
        }
        if (!report->stamp.authority.chain_unrevoked) {
            report_not_covered(report, "Whether the timestamp authority's certificate was revoked: "
                                       "no list that was given speaks of all of its chain.");
        }
    }
}
