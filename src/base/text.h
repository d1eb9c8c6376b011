/*
 * Small text rules that several rooms need: hex, RFC 3339 times, UTF-8, ASCII case. Nothing here
 * depends on the locale or on the time zone.
 */
#ifndef EVPACK_BASE_TEXT_H
#define EVPACK_BASE_TEXT_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* out holds 2 * len + 1 bytes; lower case. */
void text_hex(const void *data, size_t len, char *out);
/* Exactly 2 * len hex digits of either case; false otherwise. */
bool text_unhex(const char *hex, size_t hex_len, void *out, size_t len);

/* Bytes in the well-formed UTF-8 sequence at text (1 to 4; RFC 3629), 0 when there is none. */
size_t text_utf8_length(const char *text, size_t len);
/* Offset of the first byte that is not UTF-8; len when all is. */
size_t text_utf8_check(const char *text, size_t len);
/* Decodes a sequence that text_utf8_length accepted. */
uint32_t text_utf8_decode(const char *text, size_t n);

/* The line and the column (in bytes), both from 1, of an offset. */
void text_line(const char *text, size_t offset, uint64_t *line, uint64_t *column);

char text_lower(char c);
void text_lower_bytes(char *text, size_t len);
/* ASCII case-insensitive; NULL equals nothing. */
bool text_same(const char *a, const char *b);
bool text_starts(const char *text, const char *prefix);

enum { TEXT_TIME = 32 };
/* RFC 3339 section 5.6 ("2026-11-22T08:00:00Z", offsets and fractions allowed; the fraction is
 * dropped) to seconds since 1970-01-01T00:00:00Z. Years 1970 to 9999. */
evpack_status text_parse_time(const char *text, int64_t *out, evpack_err *err) EVPACK_MUST_USE;
/* The same, or a date alone: its first second, or its last when end. */
evpack_status text_parse_day(const char *text, bool end, int64_t *out,
                             evpack_err *err) EVPACK_MUST_USE;
/* "YYYY-MM-DDTHH:MM:SSZ". */
void text_format_time(int64_t seconds, char out[TEXT_TIME]);
/* Seconds now, from the system's clock. */
int64_t text_now(void);

#endif
