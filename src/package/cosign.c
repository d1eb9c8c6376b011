/*
 * Signing as a reviewer. Invariant: the bytes that are signed are those that verified, by their
 * SHA-256, and the signature gets its name only after it was checked as a verifier would. Refuses
 * to judge what the reviewer says.
 */
#include "package/cosign.h"

#include "base/file.h"
#include "base/text.h"
#include "package/signer.h"
#include "seal/reviewers.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { BLOCK = 256 * 1024 };

/* What is fed with the package's bytes: one of the two, or both. */
typedef struct {
    cms_signing *signing;
    cms_check *check;
} sinks;

/* Reads the package, which must be the one that was verified. */
static evpack_status feed(const char *path, const char *verified, const sinks *to,
                          unsigned char sha256[DIGEST_SIZE], evpack_err *err)
{
    EVPACK_AUTO_FD fd = -1;
    EVPACK_TRY(file_open(path, &fd, err));
    EVPACK_AUTO(digest) d = NULL;
    EVPACK_TRY(digest_new(&d, err));
    EVPACK_AUTO_CHARS block = malloc(BLOCK);
    if (block == NULL) {
        return evpack_oom(err);
    }
    for (size_t got = BLOCK; got == BLOCK;) {
        EVPACK_TRY(file_read_fd(fd, block, BLOCK, &got, err));
        digest_update(d, block, got);
        if (to->signing != NULL) {
            cms_sign_update(to->signing, block, got);
        }
        if (to->check != NULL) {
            cms_check_update(to->check, block, got);
        }
    }
    EVPACK_TRY(digest_final(d, sha256, err));
    char hex[DIGEST_HEX];
    text_hex(sha256, DIGEST_SIZE, hex);
    if (strcmp(hex, verified) != 0) {
        return evpack_fail(err, EVPACK_E_IO,
                           "%s was changed between verifying and signing; nothing was written",
                           path);
    }
    return EVPACK_OK;
}

static evpack_status verify_package(const cosign_options *o, cosign_result *result, evpack_err *err)
{
    const seal_options options = {.trust = o->trust, .crls = o->crls, .now = text_now()};
    seal_report *report = &result->package;
    EVPACK_TRY(seal_verify(o->zip, &options, report, err));
    if (report->folder) {
        return evpack_fail(err, EVPACK_E_USAGE,
                           "%s is a folder: a reviewer signs P.zip, as it was sealed", o->zip);
    }
    if (report->verdict != SEAL_VERIFIED) {
        return evpack_fail(err, report->verdict == SEAL_NOT_VERIFIED ? EVPACK_E_NO : EVPACK_E_IO,
                           "%s does not verify, and is not signed: %s: %.500s", o->zip,
                           report->reason_count > 0 ? report->reasons[0].code : "undecided",
                           report->reason_count > 0 ? report->reasons[0].text : "");
    }
    if (report->reviewer_count == SEAL_REVIEWERS_MAX) {
        return evpack_fail(err, EVPACK_E_LIMIT,
                           "%s has %d reviewers' signatures, which is the most", o->zip,
                           SEAL_REVIEWERS_MAX);
    }
    return EVPACK_OK;
}

static evpack_status make(const cosign_options *o, const pki_signer *signer, const char *verified,
                          buf *der, evpack_err *err)
{
    unsigned char sha256[DIGEST_SIZE];
    EVPACK_AUTO(cms_signing) signing = NULL;
    EVPACK_TRY(cms_sign_new(signer, &signing, err));
    EVPACK_TRY(cms_sign_say(signing, o->role, o->statement, err));
    EVPACK_TRY(feed(o->zip, verified, &(sinks){.signing = signing}, sha256, err));
    EVPACK_TRY(cms_sign_final(signing, o->at, der, err));
    if (der->len > REVIEWERS_FILE_MAX) {
        return evpack_fail(err, EVPACK_E_LIMIT,
                           "the signature with its chain is larger than %d bytes",
                           REVIEWERS_FILE_MAX);
    }
    return EVPACK_OK;
}

/* As a verifier would who trusts this reviewer, over the bytes read anew. */
static evpack_status check_own(const cosign_options *o, const pki_signer *signer,
                               const char *verified, const buf *der, cms_signer *who,
                               evpack_err *err)
{
    unsigned char sha256[DIGEST_SIZE];
    EVPACK_AUTO(pki_trust) trust = NULL;
    EVPACK_AUTO(cms_check) check = NULL;
    EVPACK_TRY(pki_trust_signer(signer, &trust, err));
    evpack_status status = cms_check_new(buf_str(der), der->len, &check, who, err);
    if (status == EVPACK_OK) {
        EVPACK_TRY(feed(o->zip, verified, &(sinks){.check = check}, sha256, err));
        status = cms_check_final(check, sha256, trust, text_now(), who, err);
    }
    if (status == EVPACK_E_NO) {
        (void)evpack_context(err, "the signature that was just made does not verify");
        return EVPACK_E_INTERNAL;
    }
    EVPACK_TRY(status);
    if (strcmp(who->role, o->role) != 0 || strcmp(who->statement, o->statement) != 0) {
        return evpack_fail(err, EVPACK_E_INTERNAL,
                           "the signature that was just made says something else");
    }
    return EVPACK_OK;
}

static evpack_status refuse_existing(const char *path, evpack_err *err)
{
    struct stat st;
    if (lstat(path, &st) == 0 || errno != ENOENT) {
        return evpack_fail(err, EVPACK_E_IO,
                           "%s: is there already; a signature is never replaced: choose another "
                           "--name",
                           path);
    }
    return EVPACK_OK;
}

evpack_status cosign_write(const cosign_options *o, cosign_result *result, evpack_err *err)
{
    *result = (cosign_result){.file = ""};
    if (!reviewers_name_is(o->name, strlen(o->name))) {
        return evpack_fail(err, EVPACK_E_USAGE,
                           "--name is 1 to %d of the letters A-Z and a-z, digits, _ and -",
                           SEAL_REVIEWER_NAME);
    }
    EVPACK_AUTO_VALUE(buf_reset) buf path = {0};
    buf_printf(&path, "%s.%s.p7s", o->zip, o->name);
    EVPACK_TRY(buf_status(&path, err));
    EVPACK_TRY(refuse_existing(buf_str(&path), err));
    EVPACK_TRY(verify_package(o, result, err));
    EVPACK_AUTO(pki_signer) signer = NULL;
    EVPACK_TRY(signer_load(&o->files, o->at, &signer, err));
    EVPACK_AUTO_VALUE(buf_reset) buf der = {0};
    EVPACK_TRY(make(o, signer, result->package.sha256, &der, err));
    EVPACK_TRY(check_own(o, signer, result->package.sha256, &der, &result->signer, err));
    EVPACK_AUTO(file_atomic) out = NULL;
    EVPACK_TRY(file_atomic_open(buf_str(&path), &out, err));
    EVPACK_TRY(file_write_fd(file_atomic_fd(out), buf_str(&der), der.len, err));
    EVPACK_TRY(refuse_existing(buf_str(&path), err));
    EVPACK_TRY(file_atomic_commit(out, err));
    (void)snprintf(result->file, sizeof result->file, "%.1000s", buf_str(&path));
    return EVPACK_OK;
}
