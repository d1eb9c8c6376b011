/*
 * The member "samples" of the island (island.h), with its comma before it; nothing when no sample
 * was drawn.
 */
#ifndef EVPACK_REPORT_ISLAND_SAMPLES_H
#define EVPACK_REPORT_ISLAND_SAMPLES_H

#include "base/buf.h"
#include "store/store.h"

evpack_status island_samples(const store *s, buf *out, evpack_err *err) EVPACK_MUST_USE;

#endif
