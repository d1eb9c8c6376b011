/*
 * Putting a mapping into the case: its files as they are, and the controls, services, features,
 * rules, parameters and needs that they state. A mapping that is there already (same digest) is
 * not put in twice.
 */
#ifndef EVPACK_MAP_CATALOGUE_H
#define EVPACK_MAP_CATALOGUE_H

#include "map/files.h"
#include "store/store.h"

/* Within the open transaction. EVPACK_E_MAPPING names the file and what is wrong in it. */
evpack_status catalogue_store(store *s, const mapping_files *files, int64_t *mapping_id,
                              evpack_err *err) EVPACK_MUST_USE;

#endif
