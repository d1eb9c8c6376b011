/*
 * Putting mapping/policies/ into the case: which controls a policy definition speaks to, which
 * definition a Defender assessment belongs to, and which feature a definition tests, too. A file of
 * that folder is told by what it has: "initiative", "assessments", or neither (features).
 */
#ifndef EVPACK_MAP_POLICIES_H
#define EVPACK_MAP_POLICIES_H

#include "map/files.h"
#include "store/store.h"

/* Within the open transaction, after services and rules are stored. EVPACK_E_MAPPING names the file
 * and what is wrong in it. */
evpack_status policies_store(store *s, const mapping_files *files, int64_t mapping,
                             evpack_err *err) EVPACK_MUST_USE;

#endif
