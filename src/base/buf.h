/*
 * Growable bytes. A buf on the stack starts as {0} and is released by buf_reset (or
 * EVPACK_AUTO_VALUE(buf_reset)). Running out of memory is sticky: appends become no-ops, and
 * buf_status says so once, at the end. The bytes are always followed by a NUL that is not counted,
 * so buf_str is a C string when nothing in it is NUL.
 */
#ifndef EVPACK_BASE_BUF_H
#define EVPACK_BASE_BUF_H

#include "base/err.h"
#include "base/own.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct {
    char *data; /* owned; NULL while empty */
    size_t len;
    size_t cap;
    bool failed;
} buf;

void buf_reset(buf *b);
/* Forgets the contents, keeps the memory. */
void buf_clear(buf *b);
/* Cuts to len bytes; longer than it is: no-op. */
void buf_truncate(buf *b, size_t len);
void buf_append(buf *b, const void *data, size_t len);
void buf_puts(buf *b, const char *text);
void buf_putc(buf *b, char c);
void buf_printf(buf *b, const char *fmt, ...) EVPACK_PRINTF(2, 3);
/* Appends a JSON string with its quotes; what is not UTF-8 becomes U+FFFD. Controls, also the 8-bit
 * ones that terminals obey, and what hides or reorders text are escaped. */
void buf_json_string(buf *b, const char *text, size_t len);
/* The same for a C string; null for NULL. */
void buf_json_text(buf *b, const char *text);
/* Appends a JSON value that is written already, with the same characters escaped in its strings. */
void buf_json_copy(buf *b, const char *json, size_t len);
/* Borrowed until the next call on b; "" while empty. */
const char *buf_str(const buf *b);
evpack_status buf_status(const buf *b, evpack_err *err) EVPACK_MUST_USE;
/* Hands the bytes over (free them with free); b is empty afterwards. NULL when memory ran out. */
char *buf_take(buf *b);

#endif
