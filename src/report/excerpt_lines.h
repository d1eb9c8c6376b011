/*
 * From a piece of decoded text to the lines that an excerpt shows. Only excerpt.c calls it.
 */
#ifndef EVPACK_REPORT_EXCERPT_LINES_H
#define EVPACK_REPORT_EXCERPT_LINES_H

#include "report/excerpt.h"

/* Places are in bytes of text. text may hold anything. */
typedef struct {
    const char *text;
    size_t len;
    bool starts, ends;         /* text begins where the file does; ends where it does */
    size_t place, place_end;   /* the JSON value, or whatever it is, that may be laid out */
    size_t marked, marked_end; /* in it */
} excerpt_piece;

/* Fills all of out but why, around and masked. Nothing in limits is 0. */
evpack_status excerpt_lines(const excerpt_piece *piece, const excerpt_limits *limits, excerpt *out,
                            evpack_err *err) EVPACK_MUST_USE;

#endif
