/*
 * Growable bytes. Invariant: data[len] is NUL whenever data is not NULL, and after a failed
 * allocation nothing is appended any more. Knows nothing of what the bytes mean, but for JSON's
 * way of writing a string, which every writer of ours needs.
 */
#include "base/buf.h"

#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void buf_reset(buf *b)
{
    free(b->data);
    *b = (buf){0};
}

void buf_clear(buf *b)
{
    b->len = 0;
    if (b->data != NULL) {
        b->data[0] = '\0';
    }
}

void buf_truncate(buf *b, size_t len)
{
    if (len < b->len) {
        b->len = len;
        b->data[len] = '\0';
    }
}

static bool reserve(buf *b, size_t more)
{
    if (b->failed) {
        return false;
    }
    if (more < b->cap - b->len) {
        return b->data != NULL || more == 0;
    }
    size_t cap = b->cap < 64 ? 64 : b->cap;
    while (cap - b->len <= more) {
        if (cap > SIZE_MAX / 2) {
            b->failed = true;
            return false;
        }
        cap *= 2;
    }
    char *grown = realloc(b->data, cap);
    if (grown == NULL) {
        b->failed = true;
        return false;
    }
    b->data = grown;
    b->cap = cap;
    return true;
}

void buf_append(buf *b, const void *data, size_t len)
{
    if (len == 0 || !reserve(b, len)) {
        return;
    }
    memcpy(b->data + b->len, data, len);
    b->len += len;
    b->data[b->len] = '\0';
}

void buf_puts(buf *b, const char *text)
{
    buf_append(b, text, strlen(text));
}

void buf_putc(buf *b, char c)
{
    if (b->failed || b->cap - b->len < 2) { /* the scanner calls this for every token */
        buf_append(b, &c, 1);
        return;
    }
    b->data[b->len++] = c;
    b->data[b->len] = '\0';
}

void buf_printf(buf *b, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    va_list again;
    va_copy(again, args);
    int need = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    if (need >= 0 && reserve(b, (size_t)need)) {
        (void)vsnprintf(b->data + b->len, (size_t)need + 1, fmt, again);
        b->len += (size_t)need;
    }
    va_end(again);
}

static void json_escape(buf *b, uint32_t c)
{
    switch (c) {
    case '"':
        buf_append(b, "\\\"", 2);
        return;
    case '\\':
        buf_append(b, "\\\\", 2);
        return;
    case '\n':
        buf_append(b, "\\n", 2);
        return;
    case '\r':
        buf_append(b, "\\r", 2);
        return;
    case '\t':
        buf_append(b, "\\t", 2);
        return;
    default:
        buf_printf(b, "\\u%04x", (unsigned)c);
    }
}

/* What a terminal obeys though it is no C0 control, or what hides or reorders text. */
static bool is_unseen(uint32_t c)
{
    return (c >= 0x80 && c <= 0x9f) || c == 0x61c || (c >= 0x200b && c <= 0x200f) ||
           (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x2069) || c == 0xfeff;
}

void buf_json_string(buf *b, const char *text, size_t len)
{
    buf_putc(b, '"');
    size_t start = 0;
    size_t i = 0;
    while (i < len) {
        unsigned char c = (unsigned char)text[i];
        if (c >= 0x20 && c != '"' && c != '\\' && c < 0x7f) {
            i++;
            continue;
        }
        size_t n = c >= 0x80 ? text_utf8_length(text + i, len - i) : 1;
        uint32_t code = c >= 0x80 && n > 0 ? text_utf8_decode(text + i, n) : c;
        if (c >= 0x80 && n > 0 && !is_unseen(code)) {
            i += n;
            continue;
        }
        buf_append(b, text + start, i - start);
        if (n == 0) {
            buf_puts(b, "\xef\xbf\xbd");
            i++;
        } else {
            json_escape(b, code);
            i += n;
        }
        start = i;
    }
    buf_append(b, text + start, len - start);
    buf_putc(b, '"');
}

void buf_json_copy(buf *b, const char *json, size_t len)
{
    size_t start = 0;
    for (size_t i = 0; i < len;) {
        size_t n = (unsigned char)json[i] < 0x7f ? 0 : text_utf8_length(json + i, len - i);
        uint32_t code = n == 0 ? 0 : text_utf8_decode(json + i, n);
        if (code == 0x7f || is_unseen(code)) { /* only strings hold such */
            buf_append(b, json + start, i - start);
            json_escape(b, code);
            start = i + n;
        }
        i += n == 0 ? 1 : n;
    }
    buf_append(b, json + start, len - start);
}

void buf_json_text(buf *b, const char *text)
{
    if (text == NULL) {
        buf_puts(b, "null");
    } else {
        buf_json_string(b, text, strlen(text));
    }
}

const char *buf_str(const buf *b)
{
    return b->data == NULL ? "" : b->data;
}

evpack_status buf_status(const buf *b, evpack_err *err)
{
    return b->failed ? evpack_oom(err) : EVPACK_OK;
}

char *buf_take(buf *b)
{
    if (b->failed) {
        buf_reset(b);
        return NULL;
    }
    char *data = b->data != NULL ? b->data : calloc(1, 1);
    *b = (buf){0};
    return data;
}
