/*
 * Judges any BagIt bag folder (RFC 8493: versions 0.93 to 0.97, and 1.0), whoever made it: that it
 * is complete and every checksum holds. It says nothing of who made it: a bag has no signature. The
 * strict form of evpack's own packages is bag.h.
 *
 * Valid bags may have warnings: what reads differently on other systems. Where RFC 8493 leaves
 * room, this reader is on the careful side: a path that leads out of the bag on any system, and a
 * payload that is a link or a device, make it invalid. A holey bag is valid when all it wants to
 * fetch is there; nothing is ever fetched.
 *
 * Bounds: 1,000,000 files, 64 MiB a tag file, 32 KiB a line, folders 128 deep.
 */
#ifndef EVPACK_SEAL_ANYBAG_H
#define EVPACK_SEAL_ANYBAG_H

#include "seal/report.h"

enum { ANYBAG_WARNINGS_MAX = 16 };

/* A plain value. report.verdict "verified" means: complete and every checksum holds. */
typedef struct {
    seal_report report;
    char warnings[ANYBAG_WARNINGS_MAX][512];
    size_t warning_count;
    char version[8];     /* "" while unknown */
    char algorithms[64]; /* of the payload manifests: "md5, sha256" */
    uint64_t payload_files, payload_bytes;
} anybag_report;

/* Fills out, with a verdict in any case; else as seal_verify. */
evpack_status anybag_judge(const char *folder, anybag_report *out, evpack_err *err) EVPACK_MUST_USE;

#endif
