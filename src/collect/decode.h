/*
 * A file's bytes to UTF-8 text, while they stream. UTF-8 goes through untouched and uncopied (the
 * JSON scanner behind it checks it); UTF-16 and Windows-1252 are converted. Written by hand: iconv
 * says neither where a character stood nor how wide it was, and 1252's undefined bytes must be
 * refused.
 *
 * What a console adds can be left out: ANSI control sequences (ECMA-48, CSI; `az -o jsonc` colours
 * so) and az's progress spinner ("- Finished .."), both only outside of what could be a JSON
 * string.
 */
#ifndef EVPACK_COLLECT_DECODE_H
#define EVPACK_COLLECT_DECODE_H

#include "base/buf.h"
#include "collect/places.h"

typedef enum {
    DECODE_UTF8,
    DECODE_UTF16LE,
    DECODE_UTF16BE,
    DECODE_1252,
    DECODE_UTF32LE, /* recognised, not read */
    DECODE_UTF32BE
} decode_as;

/* What a file's first bytes show: how to read it, and how many bytes are a byte order mark.
 * Without a mark, UTF-16 and UTF-32 are taken for what they are only when the first two characters
 * are ASCII, as those of JSON are, and nothing in the first 256 bytes speaks against it. */
typedef struct {
    decode_as as;
    unsigned mark;
} decode_guess;
decode_guess decode_sniff(const void *bytes, size_t len);
/* Static text: "utf-8", "utf-8-bom", "utf-16le", "utf-16be", "windows-1252", "utf-32le", … */
const char *decode_word(decode_guess guess);

/* What was met so far. */
typedef struct {
    uint64_t foreign;  /* bytes from 0x80 on that were read as Windows-1252 */
    uint64_t twins;    /* of these, sequences that would be characters of UTF-8 */
    uint64_t codes;    /* control sequences left out */
    uint64_t spinners; /* progress spinners left out */
    const char *fault; /* static text; NULL: none. No text comes after it */
    uint64_t fault_at; /* byte of the file */
    bool cut;          /* the fault is that the bytes end within a character */
} decode_tally;

typedef struct decode decode;
/* clean: leave out what a console adds. map is filled while decoding, and borrowed; offsets in the
 * text begin at 0. Nothing of as UTF-32 is decoded. */
evpack_status decode_new(decode_guess guess, bool clean, places *map, decode **out,
                         evpack_err *err) EVPACK_MUST_USE;
/* *text is borrowed until the next call, or as long as data. */
evpack_status decode_feed(decode *d, const void *data, size_t len, const char **text,
                          size_t *text_len, evpack_err *err) EVPACK_MUST_USE;
/* Says that all was fed: the last of the text. */
evpack_status decode_finish(decode *d, const char **text, size_t *text_len,
                            evpack_err *err) EVPACK_MUST_USE;
const decode_tally *decode_told(const decode *d);
void decode_free(decode *d);
EVPACK_DEFINE_CLEANUP(decode, decode_free)

#endif
