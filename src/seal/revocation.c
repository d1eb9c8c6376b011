/*
 * Revocation lists in a package. Invariant: what the packager put there never makes a certificate
 * good that the given trust refuses. Refuses to know how the lists came into the package.
 */
#include "seal/revocation.h"

#include "base/text.h"
#include "seal/bag.h"

static seal_lists_state state_of(const seal_options *options, const pki_listed *listed)
{
    if (options->crls) {
        return SEAL_LISTS_GIVEN;
    }
    if (!listed->spoken) {
        return SEAL_LISTS_SILENT;
    }
    return listed->current ? SEAL_LISTS_SHIPPED : SEAL_LISTS_OUTDATED;
}

evpack_status revocation_judge(const buf *pem, const buf *tag_manifest, const buf *signature,
                               const seal_options *options, seal_report *report, evpack_err *err)
{
    EVPACK_AUTO(pki_crls) lists = NULL;
    evpack_status status = pki_crls_read(buf_str(pem), pem->len, &lists, err);
    if (status != EVPACK_OK) {
        return report_input(report, status, SEAL_REVOCATION, BAG_REVOCATION, err);
    }
    unsigned char sha256[DIGEST_SIZE];
    cms_signer who = {0};
    EVPACK_AUTO(cms_check) check = NULL;
    EVPACK_TRY(digest_bytes(buf_str(tag_manifest), tag_manifest->len, sha256, err));
    status = cms_check_new(buf_str(signature), signature->len, &check, &who, err);
    if (status == EVPACK_OK) {
        cms_check_update(check, buf_str(tag_manifest), tag_manifest->len);
        cms_check_lists(check, lists, &report->listed);
        if (options->proven) {
            cms_check_proven(check);
        }
        status = cms_check_final(check, sha256, options->trust, options->now, &who, err);
    }
    if (status == EVPACK_E_NO) {
        report->signer.trusted = false;
        return report_signature(report, who.fault, BAG_REVOCATION, err);
    }
    EVPACK_TRY(status);
    report->shipped = pki_crls_count(lists);
    report->lists = state_of(options, &report->listed);
    return EVPACK_OK;
}

void revocation_not_covered(const seal_options *options, seal_report *report)
{
    bool dated = report->stamp_state == SEAL_STAMP_TRUSTED;
    int64_t at = dated ? report->stamp.time : options->now;
    char known[TEXT_TIME];
    text_format_time(report->listed.known, known);
    if (report->reviewer_count > 0 && !options->crls) {
        report_not_covered(report, "Whether a reviewer's certificate was revoked: no revocation "
                                   "list (--crl) was given, and those in a package are not asked "
                                   "about reviewers.");
    }
    switch (report->lists) {
    case SEAL_LISTS_NONE:
        report_not_covered(report, "Whether the signer's certificate was revoked: no revocation "
                                   "list (--crl) was given, and none was found in the package.");
        return;
    case SEAL_LISTS_GIVEN:
        if (report->signer.trusted && !report->signer.chain_unrevoked) {
            report_not_covered(report, "Whether a certificate above the signer's was revoked: no "
                                       "list that was given speaks of it.");
        }
        return;
    case SEAL_LISTS_SILENT:
        report_not_covered(report,
                           "Whether the signer's certificate was revoked: no revocation "
                           "list (--crl) was given, and those in the package (" BAG_REVOCATION
                           ") do not speak of it.");
        return;
    case SEAL_LISTS_OUTDATED:
        report_not_covered(report,
                           "Whether the signer's certificate was revoked after %s: that is last "
                           "known from the list in the package (" BAG_REVOCATION
                           "), which was made then and is out of date: give a newer one (--crl).",
                           known);
        return;
    default:
        if (report->listed.known < at) {
            report_not_covered(report,
                               "Whether the signer's certificate was revoked after %s: the list in "
                               "the package (" BAG_REVOCATION
                               ") was made then; a newer one (--crl) would know.",
                               known);
        }
        if (!report->listed.whole) {
            report_not_covered(report, "Whether a certificate above the signer's was revoked: no "
                                       "list in the package speaks of it.");
        }
    }
}
