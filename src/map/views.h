/*
 * The mapping's views. views/NAME.sql is one SELECT; it becomes the view NAME of the case, so that
 * a rule can be run again in the sqlite3 shell, and for the run a temporary table NAME that is
 * filled once, so that a rule does not read the JSON again. SQLite looks at temporary tables first:
 * the same rule text serves both.
 */
#ifndef EVPACK_MAP_VIEWS_H
#define EVPACK_MAP_VIEWS_H

#include "map/bounds.h"
#include "map/faults.h"
#include "map/files.h"
#include "store/store.h"

/* The names, for the sandbox: NULL-terminated. Released with view_names_reset. */
typedef struct {
    char **at;
    size_t count;
} view_names;
void view_names_reset(view_names *names);

/* Within the open transaction: replaces the case's mapping views, and fills the tables. A view that
 * cannot be installed goes to faults, and is not there; one that stands in faults already is left
 * out. When SQLite throws the transaction away with one, faults->again is set, and it fails. */
evpack_status views_install(store *s, const mapping_files *files, const map_bounds *bounds,
                            map_faults *faults, view_names *names, evpack_err *err) EVPACK_MUST_USE;
/* Drops the temporary tables. */
void views_drop(store *s, const view_names *names);

#endif
