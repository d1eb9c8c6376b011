/*
 * JSON Pointers (RFC 6901) into a JSON text, and walking an array, without a tree: a value is a
 * slice of the text, so that no digit of a number and no escape of a string is lost, and a look-up
 * costs one pass over what stands before it.
 *
 * The text should be one that the strict scanner accepted (base/jscan); on any other the answer
 * may be wrong, but no byte outside the text is read. Member names are compared as they are
 * written: the first of equal names wins and escapes in names are not undone, as in SQLite's
 * json_extract, so that a report looks where a rule looked.
 */
#ifndef EVPACK_BASE_JPTR_H
#define EVPACK_BASE_JPTR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    const char *text; /* borrowed; NULL: nothing */
    size_t len;
} jptr_value;

/* false when nothing is there. "" is the whole text. */
bool jptr_find(jptr_value json, const char *pointer, jptr_value *out);
/* The next element of an array; *at is 0 for the first. false when there is none. */
bool jptr_element(jptr_value array, size_t *at, jptr_value *out);
/* Whether the value is a number that is written as a whole one of at most 18 digits. */
bool jptr_int(jptr_value value, int64_t *out);
/* The text of a string value without escapes, as a slice; false for anything else. */
bool jptr_plain_string(jptr_value value, jptr_value *out);

#endif
