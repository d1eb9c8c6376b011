/*
 * What a file that is not JSON looks like, so that whoever exported it is told what to do instead.
 * The knowledge is data (src/collect/looks.json): first bytes, and POSIX extended regular
 * expressions over the first lines.
 */
#ifndef EVPACK_COLLECT_LOOK_H
#define EVPACK_COLLECT_LOOK_H

#include "base/buf.h"

typedef struct looks looks;
evpack_status looks_load(looks **out, evpack_err *err) EVPACK_MUST_USE;
void looks_free(looks *l);
EVPACK_DEFINE_CLEANUP(looks, looks_free)

/* Borrowed from the table. */
typedef struct {
    const char *name;   /* "a YAML text (az -o yaml)"; NULL: like nothing known */
    const char *advice; /* what to do; NULL: nothing to say */
    bool bytes;         /* its first bytes say so, not its text */
    bool failed;        /* it is what a command that failed leaves */
    char code[64];      /* the error's code that it names; empty: none */
} look;

/* raw: the file's first bytes; text: the same decoded, as far as it could be. */
look look_at(const looks *l, const void *raw, size_t raw_len, const char *text, size_t text_len);
/* The number (from 1) of the first line of text that tells of an error or of something left out,
 * as az does beside a result; 0: none does. */
uint64_t look_for_trouble(const looks *l, const char *text, size_t len);

#endif
