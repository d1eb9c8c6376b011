/*
 * One JSON file over another: the members that it states replace those of the base, object by
 * object. The base says what there may be: a member that it does not have, or of another type, is
 * EVPACK_E_INPUT, and so is a {name} in a text that the base's text does not give.
 *
 * An array is replaced as a whole. Its elements must be like those of the base's: the same type,
 * and of objects no member that none of them has, and all that each of them has. The columns of a
 * table ("columns", "…_columns", and what stands in "tables") keep their number. The members of
 * "sizes" are names of the author's own.
 */
#ifndef EVPACK_REPORT_TEMPLATE_MERGE_H
#define EVPACK_REPORT_TEMPLATE_MERGE_H

#include "port/json.h"

typedef struct {
    const char *file; /* for messages: the file that over was read from */
    size_t text_max;  /* bytes of a text */
} template_merge_rule;

/* Appends the merged JSON text to out. */
evpack_status template_merge(const json *base, const json *over, const template_merge_rule *rule,
                             buf *out, evpack_err *err) EVPACK_MUST_USE;
/* Appends a value as JSON text; null for NULL. */
void template_put_json(const json *value, buf *out);

#endif
