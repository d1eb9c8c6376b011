/*
 * Judging the timestamp beside a package, for verify. Invariant: a timestamp that is there is good,
 * refused, or said to be unchecked; never passed over. Refuses to know of the package's contents,
 * and how the timestamp came there (timestamp.c).
 */
#include "seal/stamp.h"

#include "base/file.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

bool stamp_exists(const char *path)
{
    struct stat st;
    /* Beside a package with a long name there is no room for a longer one. */
    return lstat(path, &st) == 0 || (errno != ENOENT && errno != ENAMETOOLONG);
}

evpack_status stamp_beside(const char *path, const char *suffix, buf *out, evpack_err *err)
{
    buf_printf(out, "%s%s", path, suffix);
    return buf_status(out, err);
}

evpack_status stamp_read(const char *path, buf *out, tsp_stamp *stamp, evpack_err *err)
{
    evpack_status status = file_read(path, TSP_MAX, out, err);
    if (status == EVPACK_E_LIMIT) {
        stamp->fault = TSP_MALFORMED;
        return evpack_fail(err, EVPACK_E_NO, "it is larger than 256 KiB");
    }
    return status;
}

/* Judges the answer that is there. */
static evpack_status judge(const char *answer, const tsp_question *q, seal_report *report,
                           evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf bytes = {0};
    evpack_status status = stamp_read(answer, &bytes, &report->stamp, err);
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

evpack_status stamp_judge(const char *signature, const buf *bytes, const seal_options *options,
                          seal_report *report, evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf answer = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf path = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf request = {0};
    EVPACK_TRY(stamp_beside(signature, STAMP_ANSWER, &answer, err));
    EVPACK_TRY(stamp_beside(signature, STAMP_REQUEST, &path, err));
    if (!stamp_exists(buf_str(&answer))) {
        return EVPACK_OK;
    }
    bool asked = stamp_exists(buf_str(&path));
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

void stamp_not_covered(const seal_options *options, seal_report *report)
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
