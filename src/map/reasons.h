/*
 * The texts of mapping/reasons.json, for statements that join them.
 */
#ifndef EVPACK_MAP_REASONS_H
#define EVPACK_MAP_REASONS_H

#include "port/db.h"
#include "port/json.h"

/* Fills a table of name and text, in temp. A mapping from outside may have no such text: then the
 * text is its name. */
evpack_status reasons_put(db *d, const char *table, const json *reasons, const char *const *names,
                          size_t count, evpack_err *err) EVPACK_MUST_USE;

#endif
