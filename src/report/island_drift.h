/*
 * The member "drift" of the island (island.h), with its comma before it; nothing when the case
 * holds one snapshot. Lists have their length beside them when they are cut.
 */
#ifndef EVPACK_REPORT_ISLAND_DRIFT_H
#define EVPACK_REPORT_ISLAND_DRIFT_H

#include "base/buf.h"
#include "store/store.h"

/* Rows of each list of changes that the page holds. */
enum { ISLAND_DRIFT_ROWS = 1000 };

evpack_status island_drift(const store *s, buf *out, evpack_err *err) EVPACK_MUST_USE;

#endif
