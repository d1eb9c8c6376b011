/*
 * The children of a JSON object or array, as stretches of its text, so that a body can be put
 * together anew without reading a number or a string and writing it differently. The text must be
 * minified and have passed the strict scanner.
 */
#ifndef EVPACK_COLLECT_SPANS_H
#define EVPACK_COLLECT_SPANS_H

#include <stdbool.h>
#include <stddef.h>

typedef struct {
    const char *key; /* as written, without quotes; NULL in an array */
    size_t key_len;
    const char *value;
    size_t value_len;
} span;

typedef struct {
    const char *at;
    const char *end;
} span_walk;

/* Begins inside the object or array at text. */
span_walk span_begin(const char *text, size_t len);
bool span_next(span_walk *walk, span *out);
bool span_key_is(const span *s, const char *key);

#endif
