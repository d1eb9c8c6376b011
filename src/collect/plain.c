/*
 * Strings made plain. Invariant: what comes out is strict JSON with the same tokens in the same
 * order; only strings differ, and only as the header says. Refuses to know what they mean.
 */
#include "collect/plain.h"

#include "base/text.h"

#include <string.h>

/* The code unit of the \uXXXX at p; -1 when there is none. */
static long unit_at(const char *p, const char *end)
{
    unsigned char raw[2];
    if (end - p < 6 || p[0] != '\\' || p[1] != 'u' || !text_unhex(p + 2, 4, raw, 2)) {
        return -1;
    }
    return raw[0] << 8 | raw[1];
}

static void put_utf8(buf *out, unsigned long c)
{
    char b[4];
    size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (size_t i = n - 1; i > 0; i--) {
        b[i] = (char)(0x80 | (c & 0x3f));
        c >>= 6;
    }
    static const unsigned lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
    b[0] = (char)(lead[n] | c);
    buf_append(out, b, n);
}

/* The character that the \uXXXX at p, or the pair of them, names, and how long it is written. */
static unsigned long character_at(const char *p, const char *end, size_t *len)
{
    long unit = unit_at(p, end);
    long next = unit_at(p + 6, end);
    *len = 6;
    if (unit >= 0xd800 && unit <= 0xdbff && next >= 0xdc00 && next <= 0xdfff) {
        *len = 12;
        return 0x10000 + (((unsigned long)unit & 0x3ff) << 10) + ((unsigned long)next & 0x3ff);
    }
    return unit == 0 || (unit >= 0xd800 && unit <= 0xdfff) ? 0xfffd : (unsigned long)unit;
}

/* The inside of a name, decoded and written anew. */
static void put_name(const char *p, const char *end, buf *out)
{
    EVPACK_AUTO_VALUE(buf_reset) buf name = {0};
    while (p < end) {
        const char *escape = memchr(p, '\\', (size_t)(end - p));
        buf_append(&name, p, (size_t)((escape == NULL ? end : escape) - p));
        if (escape == NULL) {
            break;
        }
        static const char letters[] = "bfnrt";
        static const char meant[] = "\b\f\n\r\t";
        const char *letter = strchr(letters, escape[1]);
        size_t len = 2;
        if (escape[1] == 'u') {
            put_utf8(&name, character_at(escape, end, &len));
        } else {
            buf_putc(&name, letter != NULL ? meant[letter - letters] : escape[1]);
        }
        p = escape + len;
    }
    out->failed = out->failed || name.failed;
    buf_json_string(out, buf_str(&name), name.len);
}

/* The inside of a value, as written but for what is no text. */
static void put_value(const char *p, const char *end, buf *out)
{
    buf_putc(out, '"');
    while (p < end) {
        const char *escape = memchr(p, '\\', (size_t)(end - p));
        buf_append(out, p, (size_t)((escape == NULL ? end : escape) - p));
        if (escape == NULL) {
            break;
        }
        size_t len = 2;
        bool mend = escape[1] == 'u' && character_at(escape, end, &len) == 0xfffd;
        buf_append(out, mend ? "\\ufffd" : escape, len);
        p = escape + len;
    }
    buf_putc(out, '"');
}

/* The place of the quote that ends the string whose inside begins at p. */
static const char *string_end(const char *p, const char *end, bool *escaped)
{
    *escaped = false;
    for (; p < end && *p != '"'; p++) {
        if (*p == '\\') {
            *escaped = true;
            p++;
        }
    }
    return p;
}

bool plain_text(const char *text, size_t len, buf *out)
{
    const char *end = text + len;
    buf_clear(out);
    if (memchr(text, '\\', len) == NULL) {
        return false;
    }
    for (const char *p = text; p < end;) {
        const char *quote = memchr(p, '"', (size_t)(end - p));
        buf_append(out, p, (size_t)((quote == NULL ? end : quote) - p));
        if (quote == NULL) {
            break;
        }
        bool escaped = false;
        const char *close = string_end(quote + 1, end, &escaped);
        bool name = close + 1 < end && close[1] == ':';
        if (!escaped) {
            buf_append(out, quote, (size_t)(close + 1 - quote));
        } else if (name) {
            put_name(quote + 1, close, out);
        } else {
            put_value(quote + 1, close, out);
        }
        p = close + 1;
    }
    if (!out->failed && out->len == len && memcmp(out->data, text, len) == 0) {
        buf_clear(out);
        return false;
    }
    return true;
}
