/*
 * Looking a mapping over without a case: every JSON file by its schema (mapping/schema/, those that
 * are built in, whatever the folder holds), every rule's header, all SQL prepared in the sandbox
 * against an empty case, the references between the files, and the commands of the plan.
 */
#ifndef EVPACK_MAP_CHECK_H
#define EVPACK_MAP_CHECK_H

#include "map/faults.h"
#include "map/files.h"
#include "port/json.h"

/* folder NULL: the built-in mapping. Tells every fault, sorted by file and place; *files counts
 * what was looked at. EVPACK_E_MAPPING: there is nothing to look at. */
evpack_status map_check(const char *folder, map_faults *out, size_t *files,
                        evpack_err *err) EVPACK_MUST_USE;

/* What check.c and check_sql.c share: a mapping at hand. docs has a place for each file: NULL where
 * the file is no JSON, or none that can be read. */
typedef struct {
    const mapping_files *files;
    json_doc **docs;
    map_faults *faults;
} checking;
/* The fault stands at the value of a JSON Pointer. */
evpack_status check_tell(const checking *c, const mapping_file *file, const char *pointer,
                         const char *text, evpack_err *err) EVPACK_MUST_USE;
/* Views, rules, subjects, and references, in an empty case. sound: no JSON file is at fault. */
evpack_status check_sql(const checking *c, bool sound, evpack_err *err) EVPACK_MUST_USE;

#endif
