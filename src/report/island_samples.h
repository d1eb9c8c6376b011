/*
 * The member "samples" of the island (island.h), with its comma before it; nothing when no sample
 * was drawn. Where items are cut, "size" still says how many there are.
 */
#ifndef EVPACK_REPORT_ISLAND_SAMPLES_H
#define EVPACK_REPORT_ISLAND_SAMPLES_H

#include "base/buf.h"
#include "store/store.h"

/* Items of one sample that the page holds, and of all of them. */
enum { ISLAND_SAMPLE_ITEMS = 500, ISLAND_SAMPLES_ITEMS = 5000 };

evpack_status island_samples(const store *s, buf *out, evpack_err *err) EVPACK_MUST_USE;

#endif
