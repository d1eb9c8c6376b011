/* port/pdf_fonts: text is measured as it is drawn, and cut without loss. */
#include "port/pdf.h"

#include "base/text.h"
#include "support.h"

#include <string.h>

static const pdf_info info = {.title = "Größe ⟨x⟩",
                              .subject = "s",
                              .creator = "c",
                              .at = 1795860000,
                              .width = 595,
                              .height = 842};

static pdf *new_pdf(void)
{
    evpack_err err = {0};
    pdf *p = NULL;
    OK(pdf_new(&info, &p, &err));
    (void)pdf_add_page(p);
    return p;
}

/* Cuts text and checks that the lines put together again are the text. */
static size_t cut_all(pdf *p, const char *text, double width)
{
    const double size = 9;
    size_t lines = 0;
    size_t at = 0;
    size_t len = strlen(text);
    EVPACK_AUTO_VALUE(buf_reset) buf again = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf want = {0};
    while (at < len) {
        pdf_line_cut cut = pdf_cut(p, PDF_SANS, size, text + at, len - at, width);
        ck_assert_msg(cut.next > 0, "stuck at byte %zu of '%s'", at, text);
        ck_assert_uint_le(cut.draw, cut.next);
        ck_assert_uint_eq(text_utf8_check(text + at, cut.draw), cut.draw);
        double real = pdf_text_width(p, PDF_SANS, size, text + at, cut.draw);
        ck_assert_double_eq_tol(real, cut.width, 0.01);
        bool one = cut.draw == text_utf8_length(text + at, len - at);
        ck_assert_msg(real <= width + 0.01 || one, "a line of %f is wider than %f", real, width);
        for (size_t i = cut.draw; i < cut.next; i++) {
            ck_assert_msg(text[at + i] == ' ', "'%c' was lost", text[at + i]);
        }
        buf_append(&again, text + at, cut.draw);
        at += cut.next;
        lines++;
    }
    for (size_t i = 0; i < len; i++) {
        if (text[i] != ' ') {
            buf_putc(&want, text[i]);
        }
    }
    EVPACK_AUTO_VALUE(buf_reset) buf got = {0};
    for (size_t i = 0; i < again.len; i++) {
        if (again.data[i] != ' ') {
            buf_putc(&got, again.data[i]);
        }
    }
    ck_assert_str_eq(buf_str(&got), buf_str(&want));
    return lines;
}

START_TEST(cutting_loses_nothing)
{
    EVPACK_AUTO(pdf) p = new_pdf();
    static const char *const texts[] = {
        "one",
        "two words",
        "  leading and trailing  ",
        " ",
        "a  b   c",
        "/subscriptions/11111111-1111-4111-8111-111111111111/resourceGroups/RG/providers/"
        "Microsoft.CognitiveServices/accounts/a-name-that-is-longer-than-the-line-is-wide-and-has-"
        "no-slash-in-it-anywhere-so-that-it-is-cut-between-letters",
        "word /a/path/that/does/not/fit/beside/the/word/before/it/and/goes/on and a word after",
        "größe größe αβγ жук größe größe αβγ жук größe größe αβγ жук größe größe"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        for (double width = 1; width < 400; width *= 1.7) {
            (void)cut_all(p, texts[i], width);
        }
    }
    ck_assert_uint_eq(cut_all(p, "one", 400), 1);
    ck_assert_uint_eq(cut_all(p, "one two three", 30), 3);
}
END_TEST

START_TEST(long_words_end_at_slashes)
{
    EVPACK_AUTO(pdf) p = new_pdf();
    const char *id = "/subscriptions/1111/resourceGroups/RG/providers/Microsoft.X/accounts/name";
    pdf_line_cut cut = pdf_cut(p, PDF_MONO, 10, id, strlen(id), 160);
    ck_assert_msg(id[cut.draw - 1] == '/', "the first line is '%.*s'", (int)cut.draw, id);
    /* A word that fits on a line of its own is not cut. */
    const char *words = "some words and/or others";
    cut = pdf_cut(p, PDF_SANS, 10, words, strlen(words), 70);
    ck_assert_msg(strncmp(words, "some words", cut.draw) == 0 && cut.draw == 10,
                  "the first line is '%.*s'", (int)cut.draw, words);
    cut = pdf_cut(p, PDF_SANS, 10, "", 0, 70);
    ck_assert_uint_eq(cut.next, 0);
}
END_TEST

START_TEST(what_no_font_has_is_escaped)
{
    EVPACK_AUTO(pdf) p = new_pdf();
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    const char *text = "aä€✓ж\xe6\x97\xa5\xf0\x9f\x98\x80\xe2\x80\xae\n\xff";
    pdf_visible(p, text, strlen(text), &b);
    ck_assert_str_eq(buf_str(&b), "aä€✓ж⟨U+65E5⟩⟨U+1F600⟩⟨U+202E⟩⟨U+000A⟩⟨0xFF⟩");
    /* Drawing raw text measures as drawing the visible text does. */
    double raw = pdf_text_width(p, PDF_MONO, 8, text, strlen(text));
    double shown = pdf_text_width(p, PDF_MONO, 8, buf_str(&b), b.len);
    ck_assert_double_eq_tol(raw, shown, 0.001);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {cutting_loses_nothing, long_words_end_at_slashes,
                                  what_no_font_has_is_escaped, NULL};
    return test_main(test_suite("port/pdf_fonts", tests));
}
