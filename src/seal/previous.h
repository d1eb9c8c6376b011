/*
 * The package before: what a package says of it in bag-info.txt, and what can be asked of the file.
 *
 *   Package-Sequence: N                1 to BAG_SEQUENCE_MAX, without leading zeros
 *   Previous-Package-SHA256: HEX       64 lower-case digits, over the bytes of the P.zip before;
 *                                      there just when N is not 1
 *
 * Both stand under the package's own signatures. So a chain of packages shows that the ones before
 * were as they are when the later ones were sealed, to whoever has them; it does not show that they
 * verify (each must be verified itself), nor that no later one exists, nor that one of another
 * chain does not.
 */
#ifndef EVPACK_SEAL_PREVIOUS_H
#define EVPACK_SEAL_PREVIOUS_H

#include "seal/report.h"

typedef struct {
    char sha256[DIGEST_HEX];
    char id[MEMBER_ID_MAX + 1];
    uint64_t sequence;
} previous_package;

/*
 * Reads the package that another will follow: its form (zipread.h) and bag-info.txt, in one reading
 * with its hash. It is not verified: nobody said whom to trust. EVPACK_E_INPUT when it is no
 * package, or says no Package-Sequence.
 */
evpack_status previous_read(const char *path, previous_package *out,
                            evpack_err *err) EVPACK_MUST_USE;

/* verify --previous: whether the file at path has the bytes that the package in report names; a
 * reason of report when not. Errors are those of reading the file. */
evpack_status previous_judge(const char *path, seal_report *report,
                             evpack_err *err) EVPACK_MUST_USE;

/* Says what of this is not covered; given: --previous was. */
void previous_not_covered(bool given, seal_report *report);

#endif
