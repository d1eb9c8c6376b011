/*
 * Visible text. Invariant: what is appended is UTF-8, holds only characters that show as
 * themselves, and two different inputs never look the same. Knows nothing of fonts.
 */
#include "base/visible.h"

#include "base/text.h"

/* Ranges of the BMP that never show as themselves; sorted. */
static const struct {
    uint32_t first, last;
} hidden[] = {
    {0x0000, 0x001f}, /* controls */
    {0x007f, 0x00a0}, /* controls, no-break space */
    {0x00ad, 0x00ad}, /* soft hyphen */
    {0x0334, 0x0338}, /* overlays: they strike out the letter before */
    {0x034f, 0x034f}, /* grapheme joiner */
    {0x061c, 0x061c}, /* Arabic letter mark */
    {0x115f, 0x1160}, /* Hangul fillers */
    {0x1680, 0x1680}, /* spaces that are not U+0020 */
    {0x180b, 0x180f}, {0x2000, 0x200f}, {0x2028, 0x202f},
    {0x205f, 0x206f}, {0x27e8, 0x27e9},                   /* the escapes' own brackets */
    {0x2800, 0x2800},                                     /* blank Braille */
    {0x3000, 0x3000}, {0x3164, 0x3164}, {0xd800, 0xf8ff}, /* surrogates, private use */
    {0xfe00, 0xfe0f},                                     /* variation selectors */
    {0xfeff, 0xfeff}, {0xffa0, 0xffa0}, {0xfff0, 0xffff},
};

bool visible_is(uint32_t c)
{
    for (size_t i = 0; i < sizeof hidden / sizeof hidden[0] && hidden[i].first <= c; i++) {
        if (c <= hidden[i].last) {
            return false;
        }
    }
    return c < 0xe0000 && (c & 0xfffe) != 0xfffe; /* tags, private planes, noncharacters */
}

static bool is_combining(uint32_t c)
{
    return (c >= 0x0300 && c <= 0x036f) || (c >= 0x0483 && c <= 0x0489) ||
           (c >= 0x1ab0 && c <= 0x1aff) || (c >= 0x1dc0 && c <= 0x1dff) ||
           (c >= 0x20d0 && c <= 0x20ff) || (c >= 0xfe20 && c <= 0xfe2f);
}

void visible_append(buf *out, const char *text, size_t len, visible_has has, void *ctx)
{
    bool after_letter = false; /* a letter takes one combining mark; more would pile up */
    for (size_t i = 0; i < len;) {
        size_t n = text_utf8_length(text + i, len - i);
        if (n == 0) {
            buf_printf(out,
                       "\xe2\x9f\xa8"
                       "0x%02X"
                       "\xe2\x9f\xa9",
                       (unsigned char)text[i]);
            after_letter = false;
            i++;
            continue;
        }
        uint32_t c = text_utf8_decode(text + i, n);
        bool combining = is_combining(c);
        if (visible_is(c) && (has == NULL || has(ctx, c)) && (!combining || after_letter)) {
            buf_append(out, text + i, n);
            after_letter = !combining && c != ' ';
        } else {
            buf_printf(out, "\xe2\x9f\xa8U+%04X\xe2\x9f\xa9", (unsigned)c);
            after_letter = false;
        }
        i += n;
    }
}
