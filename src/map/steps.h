/*
 * Steps of a run that are SQL files of their own, built in. What they keep is in temp, in tables
 * whose names begin with the step's word ("decide_item"), so that they can be dropped together.
 */
#ifndef EVPACK_MAP_STEPS_H
#define EVPACK_MAP_STEPS_H

#include "port/db.h"
#include "port/json.h"

/* Runs all statements of a file such as "src/map/decide.sql". */
evpack_status steps_run(db *d, const char *name, evpack_err *err) EVPACK_MUST_USE;
/* Drops every table of temp whose name begins with word and '_'; also of a run that broke off. */
evpack_status steps_drop(db *d, const char *word, evpack_err *err) EVPACK_MUST_USE;

/* Fills a table of name and text from reasons.json. A mapping from outside may have no such text:
 * then the text is its name. */
evpack_status steps_texts(db *d, const char *table, const json *reasons, const char *const *names,
                          size_t count, evpack_err *err) EVPACK_MUST_USE;

#endif
