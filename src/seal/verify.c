/*
 * Verifying a package: the order of things, and the signatures. Invariant: nothing of a file is
 * parsed before its outer signature was found good, and the verdict comes from report_decide alone.
 */
#include "seal/verify.h"

#include "base/file.h"
#include "base/text.h"
#include "seal/previous.h"
#include "seal/reviewers.h"
#include "seal/revocation.h"
#include "seal/stamp.h"
#include "seal/verify_private.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

enum { BLOCK = 256 * 1024 };

static bool exists(const char *path)
{
    struct stat st;
    return lstat(path, &st) == 0 || errno != ENOENT;
}

/* Pass one: every byte of the file, into its digest and into the signatures'. */
static evpack_status hash_file(int fd, uint64_t size, cms_check *check, reviewers *others,
                               const progress *watch, unsigned char sha256[DIGEST_SIZE],
                               evpack_err *err)
{
    EVPACK_AUTO(digest) d = NULL;
    EVPACK_TRY(digest_new(&d, err));
    EVPACK_AUTO_CHARS block = malloc(BLOCK);
    if (block == NULL) {
        return evpack_oom(err);
    }
    for (uint64_t at = 0; at < size;) {
        size_t want = size - at < BLOCK ? (size_t)(size - at) : BLOCK;
        ssize_t got = pread(fd, block, want, (off_t)at);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return evpack_fail(err, EVPACK_E_IO, "reading failed at byte %" PRIu64 ": %s", at,
                               got < 0 ? strerror(errno) : "the file became shorter");
        }
        digest_update(d, block, (size_t)got);
        cms_check_update(check, block, (size_t)got);
        reviewers_update(others, block, (size_t)got);
        at += (uint64_t)got;
        progress_tell(watch, "checking the signature", PROGRESS_BYTES, at, size);
    }
    return digest_final(d, sha256, err);
}

/* Reads the outer signature; a missing or impossible one is a reason. */
static evpack_status read_signature(const char *path, buf *der, cms_check **check,
                                    seal_report *report, evpack_err *err)
{
    if (!exists(path)) {
        return report_no(report, SEAL_SIGNATURE_MISSING,
                         "%s is not there: the package is not signed, or its signature was left "
                         "behind",
                         path);
    }
    evpack_status status = file_read(path, CMS_MAX, der, err);
    if (status == EVPACK_E_LIMIT) {
        return report_signature(report, CMS_MALFORMED, "the signature is too large", err);
    }
    EVPACK_TRY(status);
    status = cms_check_new(buf_str(der), der->len, check, &report->signer, err);
    report->has_signer = report->signer.fingerprint[0] != '\0';
    return status == EVPACK_E_NO ? report_signature(report, report->signer.fault, path, err)
                                 : status;
}

/* whole: all of the package was read, and no check said no. */
static void say_what_is_not_covered(const seal_options *options, bool whole, seal_report *report)
{
    report_not_covered(report, "Whether the evidence is true and complete: signatures show who "
                               "sealed it, and that it was not changed since.");
    stamp_not_covered(options, report);
    if (report->redactions > 0 || report->withheld > 0) {
        report_not_covered(report,
                           "What was redacted: %" PRIu64 " values in its evidence were replaced by "
                           "markers and %" PRIu64 " files were left out before it was sealed; "
                           "data/redactions.json lists them.",
                           report->redactions, report->withheld);
    }
    if (report->secrets_allowed > 0) {
        report_not_covered(report,
                           "Who may read it: %" PRIu64 " secrets (keys, passwords) were found in "
                           "its evidence and left in on purpose.",
                           report->secrets_allowed);
    }
    if (whole && !report_has_held(report, SEAL_CHECK_CUSTODY)) {
        report_not_covered(report, "Who handled the evidence before it was sealed: no log of "
                                   "custody (" BAG_CUSTODY_LOG ") was found in the package.");
    }
    previous_not_covered(options->previous != NULL, report);
    revocation_not_covered(options, report);
    if (!report->folder && options->required_count == 0) {
        report_not_covered(report, "Who else should have signed: a reviewer's signature that was "
                                   "taken away leaves no trace (--require names who must have).");
    }
    if (report->folder) {
        report_not_covered(report, "The outer signature (P.zip.p7s): it covers the ZIP file, which "
                                   "this folder was unpacked from, not the folder.");
        report_not_covered(report, "Times, permissions and empty folders: they are not evidence, "
                                   "and nothing signs them.");
    }
}

/* The time that certificates are judged at: a good timestamp's, else now. The signature is judged
 * at it even when the timestamp was refused, so that every reason is told. */
static evpack_status date_signature(const char *path, const buf *der, const seal_options *given,
                                    seal_options *options, seal_report *report, evpack_err *err)
{
    *options = *given;
    evpack_status status = stamp_judge(path, der, given, report, err);
    if (report->stamp_state == SEAL_STAMP_TRUSTED) {
        options->now = report->stamp.time;
        options->proven = true;
    }
    return status == EVPACK_E_NO ? EVPACK_OK : status;
}

static evpack_status judge_at(cms_check *check, const unsigned char sha256[DIGEST_SIZE],
                              const seal_options *options, cms_signer *who, evpack_err *err)
{
    if (options->proven) {
        cms_check_proven(check);
    }
    return cms_check_final(check, sha256, options->trust, options->now, who, err);
}

static evpack_status verify_zip(const char *path, const seal_options *options, seal_report *report,
                                evpack_err *err)
{
    EVPACK_AUTO_FD fd = -1;
    EVPACK_TRY(file_open(path, &fd, err));
    uint64_t size = 0;
    if (file_size_fd(fd, &size, err) != EVPACK_OK) {
        return evpack_context(err, "%s", path);
    }
    EVPACK_AUTO_VALUE(buf_reset) buf signature = {0};
    buf_printf(&signature, "%s%s", options->signature == NULL ? path : options->signature,
               options->signature == NULL ? ".p7s" : "");
    EVPACK_TRY(buf_status(&signature, err));
    EVPACK_AUTO(cms_check) check = NULL;
    EVPACK_AUTO_VALUE(buf_reset) buf der = {0};
    EVPACK_TRY(read_signature(buf_str(&signature), &der, &check, report, err));
    seal_options at;
    EVPACK_TRY(date_signature(buf_str(&signature), &der, options, &at, report, err));
    unsigned char whole[DIGEST_SIZE];
    EVPACK_AUTO(reviewers) others = NULL;
    if (options->signature == NULL) {
        EVPACK_TRY(reviewers_find(path, &others, report, err));
    }
    if (hash_file(fd, size, check, others, options->watch, whole, err) != EVPACK_OK) {
        return evpack_context(err, "%s", path);
    }
    text_hex(whole, sizeof whole, report->sha256);
    evpack_status status = judge_at(check, whole, &at, &report->signer, err);
    if (status == EVPACK_E_NO) {
        return report_signature(report, report->signer.fault, path, err);
    }
    EVPACK_TRY(status);
    report_held(report, SEAL_CHECK_OUTER);
    if (report->signer.statement[0] != '\0') {
        return report_no(report, SEAL_SIGNER_DIFFERS,
                         "%s is a reviewer's signature, not the package's own",
                         buf_str(&signature));
    }
    verify_file file = {.fd = fd, .size = size, .whole = whole};
    status = verify_members(&file, &at, report, err);
    if (status != EVPACK_OK && status != EVPACK_E_NO) {
        return evpack_context(err, "%s", path);
    }
    if (others != NULL) {
        EVPACK_TRY(reviewers_judge(others, whole, options, report, err));
    }
    return status;
}

evpack_status verify_inner(const buf *tag_manifest, const buf *signature,
                           const seal_options *options, seal_report *report, evpack_err *err)
{
    cms_signer inner = {0};
    EVPACK_AUTO(cms_check) check = NULL;
    evpack_status status = cms_check_new(buf_str(signature), signature->len, &check, &inner, err);
    if (status == EVPACK_OK) {
        unsigned char sha256[DIGEST_SIZE];
        cms_check_update(check, buf_str(tag_manifest), tag_manifest->len);
        EVPACK_TRY(digest_bytes(buf_str(tag_manifest), tag_manifest->len, sha256, err));
        text_hex(sha256, sizeof sha256, report->tag_manifest);
        status = judge_at(check, sha256, options, &inner, err);
    }
    bool differs = report->has_signer && inner.fingerprint[0] != '\0' &&
                   strcmp(report->signer.fingerprint, inner.fingerprint) != 0;
    if (!report->has_signer) {
        report->signer = inner;
        report->has_signer = inner.fingerprint[0] != '\0';
    }
    if (status == EVPACK_E_NO) {
        return report_signature(report, inner.fault, BAG_SIGNATURE " over " BAG_TAG_MANIFEST, err);
    }
    EVPACK_TRY(status);
    if (differs) {
        return report_no(report, SEAL_SIGNER_DIFFERS,
                         "the package is signed by %.200s (SHA-256 %s), but its tag manifest by "
                         "%.200s (SHA-256 %s)",
                         report->signer.subject, report->signer.fingerprint, inner.subject,
                         inner.fingerprint);
    }
    report_held(report, SEAL_CHECK_INNER);
    return EVPACK_OK;
}

evpack_status verify_tags(const buf *declaration, const buf *info_text, bag_info *info,
                          seal_report *report, evpack_err *err)
{
    if (strcmp(buf_str(declaration), BAG_DECLARATION_TEXT) != 0 ||
        declaration->len != strlen(BAG_DECLARATION_TEXT)) {
        return report_no(report, SEAL_BAGIT_DECLARATION,
                         BAG_DECLARATION ": expected the declaration of BagIt 1.0 in UTF-8");
    }
    evpack_status status = bag_info_read(buf_str(info_text), info_text->len, info, err);
    if (status != EVPACK_OK) {
        return report_input(report, status, info->fault, BAG_INFO, err);
    }
    memcpy(report->package_id, info->id, sizeof info->id);
    report->redactions = info->redactions;
    report->withheld = info->withheld;
    report->secrets_allowed = info->secrets_allowed;
    report->sequence = info->sequence;
    memcpy(report->previous, info->previous, sizeof info->previous);
    return EVPACK_OK;
}

evpack_status verify_oxum(const bag_info *info, uint64_t bytes, uint64_t files, seal_report *report)
{
    if (info->bytes != bytes || info->files != files) {
        return report_no(report, SEAL_PAYLOAD_OXUM,
                         BAG_INFO ": Payload-Oxum says %" PRIu64 " bytes in %" PRIu64
                                  " files, found %" PRIu64 " bytes in %" PRIu64 " files",
                         info->bytes, info->files, bytes, files);
    }
    return EVPACK_OK;
}

evpack_status seal_verify(const char *path, const seal_options *options, seal_report *report,
                          evpack_err *err)
{
    *report = (seal_report){.lists = options->crls ? SEAL_LISTS_GIVEN : SEAL_LISTS_NONE};
    struct stat st;
    report->folder = stat(path, &st) == 0 && S_ISDIR(st.st_mode);
    evpack_status status = report->folder ? verify_folder(path, options, report, err)
                                          : verify_zip(path, options, report, err);
    if (status == EVPACK_OK && options->previous != NULL) {
        status = previous_judge(options->previous, report, err);
    }
    say_what_is_not_covered(options, status == EVPACK_OK && report->reason_count == 0, report);
    if (status == EVPACK_OK || status == EVPACK_E_NO) {
        reviewers_require(options, report);
    }
    report_decide(report, status, err);
    /* A clear no stays one: what could not be checked besides is among its reasons. */
    return status == EVPACK_E_NO || report->verdict == SEAL_NOT_VERIFIED ? EVPACK_OK : status;
}
