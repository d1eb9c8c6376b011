/*
 * A package that came from somebody else, laid open: its files are checked against its manifests,
 * and those that a case is made from are copied into a private folder, so that what was checked is
 * what is read later. P.zip or the folder P/ that it was unpacked to.
 */
#ifndef EVPACK_REVIEW_RECEIVED_H
#define EVPACK_REVIEW_RECEIVED_H

#include "review/index.h"
#include "seal/verify.h"

/* Files that are copied may be so many times larger than P.zip, and RECEIVED_FREE more, when nobody
 * is trusted (exports compress 10 to 40 times). */
enum { RECEIVED_RATIO_MAX = 200, RECEIVED_FREE = 64 << 20 };

typedef struct {
    unsigned char sha256[DIGEST_SIZE]; /* of its bytes; the manifest's, too */
    uint64_t size;
    const char *path; /* below the top folder; owned by the package */
    bool copied, listed;
} received_file;

typedef struct received received;

typedef struct {
    const char *folder; /* empty and private: the files are copied to their paths below it */
    const seal_options *verify; /* whom to trust; NULL: the signature is not checked */
    seal_report *report;        /* what seal_verify found, when verify is given */
    bool findings;              /* data/findings.json is copied, too; other reports never */
} received_options;
/* EVPACK_E_NO: the package is not verified, damaged or malformed, and err says where. */
evpack_status received_open(const char *path, const received_options *options, received **out,
                            evpack_err *err) EVPACK_MUST_USE;
void received_free(received *r);
EVPACK_DEFINE_CLEANUP(received, received_free)

const char *received_id(const received *r);
/* Of P.zip; "" for a folder. */
const char *received_sha256(const received *r);
/* Of tagmanifest-sha256.txt, which stands for every file. */
const char *received_tag_manifest(const received *r);
/* Where its files are; it has no slash at its end. */
const char *received_folder(const received *r);
/* Opens a file that was copied, for reading. */
evpack_status received_file_open(const received *r, const char *path, int *fd,
                                 evpack_err *err) EVPACK_MUST_USE;
const evidence_index *received_index(const received *r);
/* A line of bag-info.txt; NULL: there is none, or more than one. */
const char *received_info(const received *r, const char *label);
/* Who signed, when that was verified; NULL: nobody checked. */
const cms_signer *received_signer(const received *r);
/* By its path; NULL: there is none. */
const received_file *received_find(const received *r, const char *path);
size_t received_files(const received *r);
uint64_t received_redacted(const received *r); /* files that are redacted copies */
uint64_t received_withheld(const received *r); /* files that are not there */

#endif
