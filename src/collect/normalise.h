/*
 * Bringing an object's text to ARM's shape. Members move and are renamed as the table says; values
 * are copied as they were written, so that no digit and no escape changes. Texts are minified and
 * have passed the strict scanner; appends to out, whose status is the caller's to ask.
 */
#ifndef EVPACK_COLLECT_NORMALISE_H
#define EVPACK_COLLECT_NORMALISE_H

#include "base/buf.h"
#include "collect/table.h"

/* Whether members stand at the top that az moved up from below "properties". */
bool normalise_is_flattened(const shapes *table, const char *text, size_t len);
/* Moves them back, in the object and in the resources inside it that the table tells of. rule may
 * be NULL. */
void normalise_lift(const shapes *table, const table_type *rule, const char *text, size_t len,
                    buf *out);
/* Renames members alone: names is path -> name. */
void normalise_rename(const shapes *table, const json *names, const char *text, size_t len,
                      buf *out);
/* The members of "properties" to the top, beside the others. */
void normalise_raise(const char *text, size_t len, buf *out);
/* PowerShell's names (ResourceId, Properties, Sku.Name) to ARM's; what is below Properties stays.
 */
void normalise_pascal(const shapes *table, const char *text, size_t len, buf *out);
/* Whether ConvertTo-Json wrote some value as the name of its type, because it was too deep. */
bool normalise_is_cut_short(const shapes *table, const char *text, size_t len);

#endif
