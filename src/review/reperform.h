/*
 * `evpack reperform P.zip`: the auditor repeats the test. The package is verified, a case is made
 * from its raw evidence alone, a mapping is run over it, and the findings are compared with those
 * that were sealed (compare.h). By default the mapping is the package's own, at the time of
 * evaluation that it states: then every finding must come again. Under another mapping or at
 * another time the differences are what that changes.
 *
 * The package's mapping is untrusted input: its SQL runs as that of any --mapping (map/bounds.h).
 */
#ifndef EVPACK_REVIEW_REPERFORM_H
#define EVPACK_REVIEW_REPERFORM_H

#include "base/text.h"
#include "review/compare.h"

typedef struct {
    const char *path;
    const char *scratch;        /* a private folder: what is made in it stays */
    const seal_options *verify; /* whom to trust */
    seal_report *report;
    const char *mapping; /* a mapping folder instead of the package's; NULL: the package's */
    bool at_given;       /* at is the time of evaluation, instead of the package's */
    int64_t at;
    /* Each may be NULL. Whoever watches is told how far the steps are that read a whole package or
     * case; verify has its own. */
    const progress *watch;
    void (*step)(void *ctx, const char *what);
    void (*fault)(void *ctx, const char *text); /* of the mapping; the run went on */
    evpack_status (*difference)(void *ctx, const compare_difference *one, evpack_err *err);
    evpack_status (*change)(void *ctx, const compare_change *one, evpack_err *err);
    void *ctx;
} reperform_options;

/* A plain value. */
typedef struct {
    char package_id[MEMBER_ID_MAX + 1];
    earlier_head head;               /* what the sealed findings say of themselves */
    char evaluated_at[TEXT_TIME];    /* of the run that was made here */
    char mapping_sha256[DIGEST_HEX]; /* of the mapping that it used */
    bool other_mapping;              /* the package's own is not the one that it names */
    uint64_t subjects;               /* that have findings now */
    uint64_t broken;                 /* rules that failed */
    uint64_t redacted, withheld;     /* evidence files that are copies, or not there */
    compare_totals found;
} reperform_result;

/* EVPACK_E_NO: the package is not verified (the report's verdict says so), or is not what it says.
 * Differences are no error: see result->found. */
evpack_status reperform(const reperform_options *options, reperform_result *result,
                        evpack_err *err) EVPACK_MUST_USE;
/* Whether everything came again as it was. */
bool reperform_identical(const reperform_result *result);

#endif
