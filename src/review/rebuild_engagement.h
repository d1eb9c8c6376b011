/*
 * The engagements of a package, into a case. Every engagement that the package has a file of is
 * read again, in the order in which they were given, and the one that held when it was sealed
 * (Evpack-Engagement in bag-info.txt) is the last. Its files have their plain names in the package;
 * which files an older one named is known by their order only, so one that cannot be read again is
 * kept as files without a meaning.
 *
 * An engagement decides what is excepted and left out. The one that the case's owner gave
 * (collect --engagement) is therefore never replaced by what a package brings: with keep all of the
 * package's are files without a meaning, and without it they are refused.
 */
#ifndef EVPACK_REVIEW_REBUILD_ENGAGEMENT_H
#define EVPACK_REVIEW_REBUILD_ENGAGEMENT_H

#include "collect/engagement_import.h"
#include "review/received.h"

typedef struct {
    uint64_t files, secrets, with_secrets, withheld;
    uint64_t exceptions, attestations, assurance; /* of the one that holds */
} rebuild_engaged_totals;

/* Within the open transaction; folders are made in scratch. EVPACK_E_NO: the engagement that holds
 * is not there, or cannot be read. EVPACK_E_USAGE: another one was given for this case. */
evpack_status rebuild_engagement(store *s, const received *r, const char *scratch, bool keep,
                                 const engagement_options *options, rebuild_engaged_totals *totals,
                                 evpack_err *err) EVPACK_MUST_USE;

#endif
