/*
 * What a case holds and what it lacks: the answer to `evpack status`, for people and as JSON
 * (design: "Names in JSON").
 */
#ifndef EVPACK_REPORT_STATUS_H
#define EVPACK_REPORT_STATUS_H

#include "base/term.h"
#include "store/store.h"

#include <stdio.h>

evpack_status status_json(store *s, FILE *out, evpack_err *err) EVPACK_MUST_USE;
/* gaps_shown bounds every list; the total is always said. A terminal gets colours and bars, and
 * lines of its width; what goes elsewhere is the same everywhere. */
evpack_status status_text(store *s, FILE *out, unsigned gaps_shown, const term *look,
                          evpack_err *err) EVPACK_MUST_USE;

#endif
