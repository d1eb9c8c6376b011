/*
 * Steps of a run that are SQL files of their own, built in. What they keep is in temp, in tables
 * whose names begin with the step's word ("decide_item"), so that they can be dropped together.
 */
#ifndef EVPACK_STORE_SCRIPT_H
#define EVPACK_STORE_SCRIPT_H

#include "port/db.h"

/* Runs all statements of a file such as "src/map/decide.sql". */
evpack_status script_run(db *d, const char *name, evpack_err *err) EVPACK_MUST_USE;
/* Drops every table of temp whose name begins with word and '_'; also of a run that broke off. */
evpack_status script_drop(db *d, const char *word, evpack_err *err) EVPACK_MUST_USE;

#endif
