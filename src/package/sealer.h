/*
 * Seals a package: P.zip and P.zip.p7s, as design and seal/ define them. Members are added one
 * after the other; then the tag files, the manifests and both signatures are made, the finished
 * files are verified as an auditor would, synced, and renamed to their names.
 *
 * Order: the caller's members come in ascending byte order of their paths, which the sealer
 * insists on; after them bag-info.txt, bagit.txt, manifest-sha256.txt, tagmanifest-sha256.txt and
 * signatures/tagmanifest-sha256.txt.p7s. The same members, id, fields and time give the same bytes,
 * whoever calls, wherever and in whatever time zone (with an RSA key the signatures too).
 *
 * All or nothing: P.zip.p7s gets its name first and P.zip last, so a P.zip that is there is
 * complete, verified and signed. A crash in between leaves a P.zip.p7s alone, which says nothing
 * without its package and which the next run replaces. A P.zip that exists is never replaced.
 */
#ifndef EVPACK_PACKAGE_SEALER_H
#define EVPACK_PACKAGE_SEALER_H

#include "base/progress.h"
#include "port/cms.h"
#include "seal/bag.h"

typedef struct sealer sealer;
evpack_status sealer_open(const char *zip_path, const char *package_id, sealer **out,
                          evpack_err *err) EVPACK_MUST_USE;
/* Removes what was not finished. */
void sealer_free(sealer *s);
EVPACK_DEFINE_CLEANUP(sealer, sealer_free)

/* path stands below the top folder ("data/findings.json", "VERIFY.txt") and is a good path of
 * seal/names.h. Exactly size bytes follow, then sealer_end. */
evpack_status sealer_begin(sealer *s, const char *path, uint64_t size,
                           evpack_err *err) EVPACK_MUST_USE;
evpack_status sealer_write(sealer *s, const void *data, size_t len,
                           evpack_err *err) EVPACK_MUST_USE;
evpack_status sealer_end(sealer *s, evpack_err *err) EVPACK_MUST_USE;
/* The three for bytes in memory. */
evpack_status sealer_add(sealer *s, const char *path, const void *data, size_t len,
                         evpack_err *err) EVPACK_MUST_USE;

typedef struct {
    const pki_signer *signer;
    int64_t at; /* signing time and Bagging-Date, in UTC */
    /* Further lines of bag-info.txt, in this order, after those that the sealer writes:
     * Bag-Software-Agent, Bagging-Date, External-Identifier, Packed-SHA256, Payload-Oxum. */
    const bag_field *fields;
    size_t field_count;
    const progress *watch; /* is told how far verifying one's own work is; NULL: nobody */
} sealer_identity;

typedef struct {
    char sha256[DIGEST_HEX]; /* of P.zip */
    uint64_t size;           /* of P.zip, in bytes */
    uint64_t files;          /* all members */
    uint64_t payload_bytes;
    cms_signer signer;
} sealer_result;

/* After this only sealer_free may be called, whatever it returns. */
evpack_status sealer_finish(sealer *s, const sealer_identity *identity, sealer_result *result,
                            evpack_err *err) EVPACK_MUST_USE;

#endif
