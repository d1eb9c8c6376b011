/*
 * The rules of a mapping whose headers are at fault. Such a rule does not run; the features that it
 * was meant for get error findings, so that nobody takes them for looked at.
 */
#ifndef EVPACK_MAP_HEADERS_H
#define EVPACK_MAP_HEADERS_H

#include "map/faults.h"
#include "map/files.h"
#include "map/rule.h"
#include "store/store.h"

/* Reads a header; what is wrong in it goes to faults. What is not said at all is "" in out. */
evpack_status headers_read(const mapping_file *file, map_faults *faults, rule *out,
                           evpack_err *err) EVPACK_MUST_USE;
/* Every rule's header, and whether it is tied to a feature in each of its services, as the
 * catalogue left it. */
evpack_status headers_judge(const store *s, const mapping_files *files, int64_t mapping,
                            map_faults *faults, evpack_err *err) EVPACK_MUST_USE;
/* The id under which the catalogue keeps a rule: its own, or the file's name. */
void headers_id(const rule *r, buf *out);
bool headers_is_file(const mapping_file *file);

#endif
