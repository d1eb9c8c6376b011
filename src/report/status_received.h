/*
 * What `evpack status` says of the packages that were received into the case (review/), from the
 * custody log: which, by whom sealed as far as that was checked, and what of them is redacted. Only
 * status.c calls it.
 */
#ifndef EVPACK_REPORT_STATUS_RECEIVED_H
#define EVPACK_REPORT_STATUS_RECEIVED_H

#include "base/term.h"
#include "store/store.h"

/* Appends the member received, a list, with a comma behind it. */
evpack_status status_received_json(const store *s, buf *line, evpack_err *err) EVPACK_MUST_USE;
/* Nothing when none was received. */
evpack_status status_received_text(const store *s, const term *t, buf *line,
                                   evpack_err *err) EVPACK_MUST_USE;

#endif
