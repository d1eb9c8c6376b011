/*
 * Where do any of some words stand in a text? Made for long texts that hold nearly none of them:
 * 16 bytes a step where the processor has a byte shuffle (x86 with SSSE3), else byte by byte with
 * the same answer. Hand-written, because no library in Debian 12 that does this (Hyperscan) is
 * small enough to be read, and because a word here is only the beginning of a test.
 *
 * A word has 2 to 32 bytes. Unless it is exact, the letter case of ASCII is ignored.
 */
#ifndef EVPACK_COLLECT_PREFILTER_H
#define EVPACK_COLLECT_PREFILTER_H

#include "base/err.h"
#include "base/own.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct {
    const char *text; /* borrowed; without upper-case letters unless exact */
    bool exact;
} prefilter_word;

typedef struct prefilter prefilter;
/* words is borrowed and must live as long. */
evpack_status prefilter_new(const prefilter_word *words, size_t count, prefilter **out,
                            evpack_err *err) EVPACK_MUST_USE;
void prefilter_free(prefilter *p);
EVPACK_DEFINE_CLEANUP(prefilter, prefilter_free)

/* The first place in [from, until) where a word begins; until when there is none. The words may
 * reach over until, up to len. */
size_t prefilter_next(const prefilter *p, const char *text, size_t len, size_t from, size_t until);
/* The first word, from number `word` on, that begins at `at`; the count of words when none does. */
size_t prefilter_word_at(const prefilter *p, const char *text, size_t len, size_t at, size_t word);

#endif
