/*
 * `evpack diff A B`: a side of a comparison (store/drift.h) from a case, or from a package.
 *
 * Of a package what was sealed counts: its findings are those of data/findings.json, not of a new
 * run; resources, lists and the engagement come of a case that is made from its evidence, files
 * from data/evidence-index.csv (so that a redacted copy is compared as what it is a copy of). The
 * package is verified first when somebody is trusted.
 */
#ifndef EVPACK_REVIEW_DIFF_H
#define EVPACK_REVIEW_DIFF_H

#include "review/received.h"
#include "store/drift.h"

typedef struct {
    const char *path;           /* a case, P.zip, or an unpacked package */
    const char *snapshot;       /* its label; NULL: the newest one of the tenant */
    const char *folder;         /* empty and private: a package is laid open there */
    const seal_options *verify; /* whom to trust; NULL: the signature is not checked */
    seal_report *report;        /* what seal_verify found, when verify is given */
} diff_source;

/* What it was. */
typedef struct {
    bool package, checked;              /* checked: the package is verified */
    char package_id[MEMBER_ID_MAX + 1]; /* of a package */
    uint64_t redacted, withheld;        /* of a package: files */
} diff_origin;

/* EVPACK_E_NO: a package that is not verified, or is not what it says. EVPACK_E_CASE: a case that
 * was not mapped since its newest evidence came. EVPACK_E_USAGE: no such snapshot. */
evpack_status diff_load(drift *d, const diff_source *from, int *side, diff_origin *origin,
                        evpack_err *err) EVPACK_MUST_USE;

/* Two snapshots of one case, to sides 0 and 1, compared. to NULL: the newest one; from NULL: the
 * one before that. EVPACK_E_USAGE: there is none. */
evpack_status diff_case(drift *d, const char *path, const char *from, const char *to,
                        evpack_err *err) EVPACK_MUST_USE;

#endif
