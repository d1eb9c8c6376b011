/* base/visible: nothing hides, nothing forges an escape. */
#include "base/visible.h"

#include "base/text.h"
#include "support.h"

#include <string.h>

static bool latin(void *ctx, uint32_t c)
{
    (void)ctx;
    return c < 0x250;
}

static const struct {
    const char *in, *out;
} cases[] = {
    {"plain größe", "plain größe"},
    {"gpj\xe2\x80\xae"
     "exe",
     "gpj⟨U+202E⟩exe"},
    {"a\xc2\xa0"
     "b",
     "a⟨U+00A0⟩b"},
    {"tab\tline\n", "tab⟨U+0009⟩line⟨U+000A⟩"},
    {"⟨U+202E⟩", "⟨U+27E8⟩U+202E⟨U+27E9⟩"},
    {"\xf0\x9f\x98\x80", "⟨U+1F600⟩"},
    {"\xff\xc3", "⟨0xFF⟩⟨0xC3⟩"},
    {"e\xcc\x81\xcc\x81", "e\xcc\x81⟨U+0301⟩"},
    {"\xcc\x81"
     "e",
     "⟨U+0301⟩e"},
    {"a\xcc\xb6", "a⟨U+0336⟩"},
    {"\xee\x80\x80", "⟨U+E000⟩"},
    {"zero\xe2\x80\x8bwidth\xef\xbb\xbf", "zero⟨U+200B⟩width⟨U+FEFF⟩"},
    {"\xe6\x97\xa5", "⟨U+65E5⟩"},
    {"", ""},
};

static bool with_marks(void *ctx, uint32_t c)
{
    return latin(ctx, c) || (c >= 0x300 && c < 0x370);
}

START_TEST(escapes)
{
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
        visible_append(&b, cases[i].in, strlen(cases[i].in), with_marks, NULL);
        ck_assert_str_eq(buf_str(&b), cases[i].out);
    }
}
END_TEST

START_TEST(every_code_point_is_itself_or_an_escape)
{
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    for (uint32_t c = 0; c < 0x110000; c += c < 0x3000 ? 1 : 37) {
        char text[4];
        size_t n = 1;
        text[0] = (char)c;
        if (c >= 0x10000) {
            n = 4;
        } else if (c >= 0x800) {
            n = 3;
        } else if (c >= 0x80) {
            n = 2;
        }
        static const unsigned char lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
        for (size_t i = n; n > 1 && i-- > 0;) {
            uint32_t bits = c >> (6 * (n - 1 - i));
            text[i] = (char)(i == 0 ? lead[n] | bits : 0x80 | (bits & 0x3f));
        }
        buf_clear(&b);
        visible_append(&b, text, n, latin, NULL);
        bool itself = b.len == n && memcmp(b.data, text, n) == 0;
        ck_assert_msg(itself || strncmp(buf_str(&b), "⟨", 3) == 0, "U+%04X gives %s", c,
                      buf_str(&b));
        ck_assert(!itself || (visible_is(c) && latin(NULL, c)));
        ck_assert_uint_eq(text_utf8_check(buf_str(&b), b.len), b.len);
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {escapes, every_code_point_is_itself_or_an_escape, NULL};
    return test_main(test_suite("base/visible", tests));
}
