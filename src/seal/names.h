/*
 * The names of one package, to find those that would meet on another system: two that are equal
 * when letter case is ignored, or a file where another needs a folder. What a good path is, and how
 * an original name becomes one, is in base/member.h.
 */
#ifndef EVPACK_SEAL_NAMES_H
#define EVPACK_SEAL_NAMES_H

#include "base/member.h"
#include "seal/reason.h"

enum { NAMES_FILES_MAX = 200000 };

typedef struct names_set names_set;
evpack_status names_set_new(names_set **out, evpack_err *err) EVPACK_MUST_USE;
void names_set_free(names_set *s);
EVPACK_DEFINE_CLEANUP(names_set, names_set_free)
/* EVPACK_E_INPUT when the path meets one that is there; the set is then as before. EVPACK_E_LIMIT
 * when there are too many. */
evpack_status names_set_add(names_set *s, const char *path, evpack_err *err) EVPACK_MUST_USE;
/* Why names_set_add refused last. */
seal_reason names_set_fault(const names_set *s);
/* The word for a path's fault. */
seal_reason names_reason(member_fault fault);
/* Whether a path was added that is equal but for letter case. */
bool names_set_has(names_set *s, const char *path);
size_t names_set_count(const names_set *s);

#endif
