/*
 * What the files of the verifier share. No other file may include it.
 *
 * Checks return EVPACK_E_NO when a reason was added to the report and going on is of no use,
 * EVPACK_OK when they ran (reasons may have been added), and other errors when they could not be
 * made.
 */
#ifndef EVPACK_SEAL_VERIFY_PRIVATE_H
#define EVPACK_SEAL_VERIFY_PRIVATE_H

#include "seal/bag.h"
#include "seal/verify.h"

/* Pass two over P.zip. *fd is the one descriptor; whole is the digest that was signed. */
typedef struct {
    int fd;
    uint64_t size;
    const unsigned char *whole;
} verify_file;
evpack_status verify_members(const verify_file *file, const seal_options *options,
                             seal_report *report, evpack_err *err) EVPACK_MUST_USE;

evpack_status verify_folder(const char *path, const seal_options *options, seal_report *report,
                            evpack_err *err) EVPACK_MUST_USE;

/* The signature inside: over the tag manifest, by the signer in report when it has one. */
evpack_status verify_inner(const buf *tag_manifest, const buf *signature,
                           const seal_options *options, seal_report *report,
                           evpack_err *err) EVPACK_MUST_USE;
/* bagit.txt and bag-info.txt. */
evpack_status verify_tags(const buf *declaration, const buf *info_text, bag_info *info,
                          seal_report *report, evpack_err *err) EVPACK_MUST_USE;
evpack_status verify_oxum(const bag_info *info, uint64_t bytes, uint64_t files,
                          seal_report *report) EVPACK_MUST_USE;

#endif
