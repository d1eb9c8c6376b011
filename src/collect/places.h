/*
 * Which bytes of a file a stretch of decoded text stands for. The map is made of runs in which
 * every character has the same width in the text and in the file, so that ASCII in any encoding is
 * one run however long it is; what lies before the element that is read is forgotten.
 *
 * A places value starts as {0} and is released by places_reset. Without a run (or NULL, for
 * reading), text and file are the same.
 */
#ifndef EVPACK_COLLECT_PLACES_H
#define EVPACK_COLLECT_PLACES_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* As many runs as are kept at once, of 24 bytes each. */
enum { PLACES_MAX = 1 << 20 };

typedef struct {
    uint64_t text, raw;     /* where it begins */
    unsigned char wide;     /* bytes of a character in the text */
    unsigned char raw_wide; /* bytes of it in the file */
} place_run;

typedef struct {
    place_run *at; /* owned; rising in text and raw */
    size_t count, room;
} places;

void places_reset(places *p);
/* From text on, run->wide bytes of text stand for run->raw_wide bytes of the file from raw on. A
 * run at the text offset of the one before takes its place. EVPACK_E_LIMIT: there are too many. */
evpack_status places_add(places *p, const place_run *run, evpack_err *err) EVPACK_MUST_USE;
/* Where in the file the character at a text offset begins; rounds down to a character. An offset
 * before everything that is still known gives the first that is. */
uint64_t places_at(const places *p, uint64_t text);
/* Where in the file the character that ends at a text offset ends. text > 0. */
uint64_t places_end(const places *p, uint64_t text);
/* What is before text will not be asked for again. */
void places_forget(places *p, uint64_t text);

#endif
