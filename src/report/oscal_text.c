/*
 * OSCAL's spellings. Invariant: whatever bytes come in, what goes out is valid JSON that matches
 * the pattern of its type. Knows nothing of the document.
 */
#include "report/oscal_text.h"

#include "base/text.h"
#include "base/visible.h"

#include <string.h>

/* What is the same in Markdown, in JSON and in text: most of what there is. */
static size_t plain_run(const char *text, size_t len)
{
    static const bool marks[128] = {
        ['"'] = true, ['\\'] = true, ['*'] = true, ['_'] = true, ['`'] = true,
        ['~'] = true, ['^'] = true,  ['<'] = true, ['>'] = true, ['['] = true,
        [']'] = true, ['{'] = true,  ['}'] = true, ['&'] = true, [0x7f] = true};
    size_t n = 0;
    while (n < len && (unsigned char)text[n] >= ' ' && (unsigned char)text[n] < 0x80 &&
           !marks[(unsigned char)text[n]]) {
        n++;
    }
    return n;
}

/* In no locale but ASCII's. */
static bool is_letter(char c)
{
    return text_lower(c) >= 'a' && text_lower(c) <= 'z';
}

static bool is_word(char c)
{
    return is_letter(c) || (c >= '0' && c <= '9');
}

/* An underscore between letters or digits begins no emphasis (CommonMark 6.2). */
static bool is_inside(const char *text, size_t at, size_t len)
{
    return at > 0 && at + 1 < len && is_word(text[at - 1]) && is_word(text[at + 1]);
}

/* One character that is not plain; gives its length. */
static size_t special(buf *b, const char *text, size_t at, size_t len)
{
    const char c = text[at];
    if (c == '\t' || c == '\n' || c == '\r') {
        buf_putc(b, ' ');
        return 1;
    }
    if (c == '"') {
        buf_puts(b, "\\\"");
        return 1;
    }
    if (c == '\\') {
        buf_puts(b, "\\\\\\\\");
        return 1;
    }
    if (c == '_' && is_inside(text, at, len)) {
        buf_putc(b, c);
        return 1;
    }
    if ((unsigned char)c > ' ' && (unsigned char)c < 0x7f) {
        buf_puts(b, "\\\\");
        buf_putc(b, c);
        return 1;
    }
    const size_t n = text_utf8_length(text + at, len - at);
    visible_append(b, text + at, n == 0 ? 1 : n, NULL, NULL);
    return n == 0 ? 1 : n;
}

void oscal_prose(buf *b, const char *text, size_t len)
{
    for (size_t at = 0; at < len;) {
        const size_t n = plain_run(text + at, len - at);
        buf_append(b, text + at, n);
        at += n;
        at += at < len ? special(b, text, at, len) : 0;
    }
}

void oscal_line(buf *b, const char *text)
{
    buf_putc(b, '"');
    const bool none = text == NULL || text[strspn(text, " \t\r\n")] == '\0';
    oscal_prose(b, none ? "-" : text, none ? 1 : strlen(text));
    buf_putc(b, '"');
}

void oscal_string(buf *b, const char *text)
{
    const size_t len = text == NULL ? 0 : strlen(text);
    buf_putc(b, '"');
    if (len == 0) {
        buf_putc(b, '-');
    }
    for (size_t at = 0; at < len;) {
        size_t n = plain_run(text + at, len - at);
        if (n > 0 && text[at] != ' ' && text[at + n - 1] != ' ') {
            buf_append(b, text + at, n);
            at += n;
            continue;
        }
        n = 1;
        const char c = text[at];
        if (c == ' ' && (at == 0 || at + 1 == len)) {
            buf_puts(b, "\xe2\x9f\xa8U+0020\xe2\x9f\xa9");
        } else if (c == '"' || c == '\\') {
            buf_putc(b, '\\');
            buf_putc(b, c);
        } else if ((unsigned char)c >= ' ' && (unsigned char)c < 0x7f) {
            buf_putc(b, c);
        } else {
            n = text_utf8_length(text + at, len - at);
            n = n == 0 ? 1 : n;
            visible_append(b, text + at, n, NULL, NULL);
        }
        at += n;
    }
    buf_putc(b, '"');
}

void oscal_prop(buf *b, const char *name, const char *value)
{
    if (value == NULL || *value == '\0') {
        return;
    }
    buf_puts(b, b->len > 0 && b->data[b->len - 1] == '[' ? "{\"name\":\"" : ",{\"name\":\"");
    buf_puts(b, name);
    buf_puts(b, "\",\"ns\":\"" OSCAL_NS "\",\"value\":");
    oscal_string(b, value);
    buf_putc(b, '}');
}

void oscal_token(buf *b, const char *text)
{
    buf_puts(b, is_letter(*text) ? "" : "_");
    oscal_token_rest(b, text);
}

void oscal_token_rest(buf *b, const char *text)
{
    for (; *text != '\0'; text++) {
        buf_putc(b, is_word(*text) || *text == '.' || *text == '-' ? text_lower(*text) : '_');
    }
}

void oscal_href(buf *b, const char *path)
{
    static const char digits[] = "0123456789ABCDEF";
    path += text_starts(path, "data/") ? strlen("data/") : 0;
    for (; *path != '\0'; path++) {
        const unsigned char c = (unsigned char)*path;
        if (is_word(*path) || strchr("-._~/", c) != NULL) {
            buf_putc(b, *path);
        } else {
            buf_putc(b, '%');
            buf_putc(b, digits[c >> 4]);
            buf_putc(b, digits[c & 15]);
        }
    }
}
