/*
 * In which order the sections of the PDF stand: data, that a firm may change. It may leave some
 * out, but none without which the paper would claim more than it says.
 */
#ifndef EVPACK_REPORT_SECTIONS_H
#define EVPACK_REPORT_SECTIONS_H

#include "port/json.h"

#include <stddef.h>

typedef struct {
    const char *name;
    bool needed; /* may not be left out */
} section_name;

/*
 * list: an array of names, each at most once; the first of known comes first. *count indices into
 * known go to order, which has room for all. EVPACK_E_USAGE says what is wrong with the list.
 */
evpack_status sections_order(const json *list, const section_name *known, size_t known_count,
                             size_t *order, size_t *count, evpack_err *err) EVPACK_MUST_USE;

#endif
