/*
 * The lines of a package's bag-info.txt beside those that every bag has (sealer.h): where the
 * package stands in its sequence, who packaged it and why, and what it is about:
 *
 *   Package-Sequence         1 for a first package, else one more than that of the package before
 *   Previous-Package-SHA256  of the P.zip before; absent in a first one
 *   Packaged-By, Packaging-Reason   --by and --reason. The custody log in the package ends before
 *                            the packaging itself, so that packaging repeats: so they stand here
 *   Evpack-Evaluated-At      when the mapping's rules were run
 *   Evpack-Mapping-SHA256    digest of the mapping that was used
 *   Evpack-Scope             "snapshots N, subscriptions N, left out N" (resources, by the
 *                            engagement)
 *   Evpack-Snapshot          one line each: when it was exported or "undated", and its label
 *   Evpack-Subscription      one line each, the first BAGINFO_SUBSCRIPTIONS
 *   Evpack-Period            START/END: the engagement's, else what collect --period said
 *   Evpack-Engagement, Evpack-Engagement-Reference, Evpack-Client, Evpack-Auditor
 *
 * Values are the preparer's own words or come from evidence: each is made visible
 * (base/visible.h), so that none can break a line or turn the text around.
 */
#ifndef EVPACK_PACKAGE_BAGINFO_H
#define EVPACK_PACKAGE_BAGINFO_H

#include "base/arena.h"
#include "seal/bag.h"
#include "store/store.h"

enum { BAGINFO_SUBSCRIPTIONS = 50, BAGINFO_SNAPSHOTS = 200, BAGINFO_MAX = 280 };

/* Set it to {0} first. */
typedef struct {
    bag_field at[BAGINFO_MAX];
    size_t count;
    arena text;
} baginfo;
void baginfo_reset(baginfo *b);

/* EVPACK_E_LIMIT when there are too many lines. */
evpack_status baginfo_add(baginfo *b, const char *label, const char *value,
                          evpack_err *err) EVPACK_MUST_USE;
evpack_status baginfo_number(baginfo *b, const char *label, uint64_t value,
                             evpack_err *err) EVPACK_MUST_USE;
/* Package-Sequence and, unless previous_sha256 is "", Previous-Package-SHA256. */
evpack_status baginfo_place(baginfo *b, uint64_t sequence, const char *previous_sha256,
                            evpack_err *err) EVPACK_MUST_USE;
/* What the newest run of the case speaks of: scope, snapshots, subscriptions, engagement, period.
 */
evpack_status baginfo_scope(baginfo *b, const store *s, evpack_err *err) EVPACK_MUST_USE;

#endif
