/*
 * A small mapping in the test's folder, and a case with a few resources for it: one benchmark, one
 * service with three features, one view, one rule. A test changes one file of it and looks.
 */
#ifndef EVPACK_TESTS_MAP_MINI_H
#define EVPACK_TESTS_MAP_MINI_H

#include "base/buf.h"
#include "map/map.h"

/* Writes the mapping into dir/name and returns its path. */
const char *mini_mapping(const char *name);
/* Writes one more file into it, or another text into a file; text NULL removes it. */
void mini_file(const char *name, const char *file, const char *text);
/* A rule file for the feature, with a sound header and the SQL. */
void mini_rule(const char *name, const char *id, const char *feature, const char *sql);
/* A case with `accounts` resources of type x.y/things, and one of type x.y/others. */
store *mini_case(const char *name, int accounts);
/* Maps with the folder; the status. */
evpack_status mini_map(store *s, const char *folder, map_totals *totals, evpack_err *err);

/* The same; what is told of faults goes to faults, a line each. */
evpack_status mini_map_told(store *s, const char *folder, map_totals *totals, buf *faults,
                            evpack_err *err);
/* Whether the faults have one of that file with that text; "PATH: TEXT" names both. */
bool mini_has_fault(const buf *faults, const char *path_and_text);

enum { MINI_AT = 1795334400 };
#define MINI_RULE                                                                         \
    "SELECT record_id, CASE WHEN good THEN 'pass' ELSE 'fail' END AS status, 'Because.' " \
    "AS reason, NULL AS need, NULL AS evidence FROM thing\n"

#endif
