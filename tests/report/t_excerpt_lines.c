/* report/excerpt_lines: which lines are shown, what of long ones, and where the mark is. */
#include "report/excerpt_lines.h"

#include "support.h"

#include <string.h>

typedef struct {
    const char *text, *place,
        *marked; /* the latter two are found in text; NULL: as the one before */
    size_t lines, width;
} example;

/* The excerpt with [ and ] around what is marked. */
static void shown(const example *x, excerpt *out, buf *text)
{
    evpack_err err = {0};
    const char *place = x->place == NULL ? x->text : strstr(x->text, x->place);
    ck_assert_ptr_nonnull(place);
    const char *marked = x->marked == NULL ? place : strstr(place, x->marked);
    ck_assert_ptr_nonnull(marked);
    size_t from = (size_t)(place - x->text);
    size_t end = x->place == NULL ? strlen(x->text) : from + strlen(x->place);
    size_t at = (size_t)(marked - x->text);
    const excerpt_piece p = {.text = x->text,
                             .len = strlen(x->text),
                             .starts = true,
                             .ends = true,
                             .place = from,
                             .place_end = end,
                             .marked = at,
                             .marked_end = x->marked == NULL ? end : at + strlen(x->marked)};
    const excerpt_limits limits = {x->lines == 0 ? 100 : x->lines, x->width == 0 ? 100 : x->width,
                                   4096};
    OK(excerpt_lines(&p, &limits, out, &err));
    ck_assert_uint_le(out->mark_start + out->mark_length, out->text.len);
    const char *t = buf_str(&out->text);
    buf_append(text, t, out->mark_start);
    buf_putc(text, '[');
    buf_append(text, t + out->mark_start, out->mark_length);
    buf_putc(text, ']');
    buf_puts(text, t + out->mark_start + out->mark_length);
}

static void check(const example *x, const char *want, bool laid_out, bool cut)
{
    EVPACK_AUTO_VALUE(excerpt_reset) excerpt e = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    shown(x, &e, &text);
    ck_assert_msg(strcmp(buf_str(&text), want) == 0, "expected\n%s\ncame\n%s", want,
                  buf_str(&text));
    ck_assert_msg(e.laid_out == laid_out && e.cut == cut,
                  "expected laid out %d, cut %d; came %d %d", laid_out, cut, e.laid_out, e.cut);
}

static const char lines[] = "one\ntwo\nthree\nfour\nfive\nsix\nseven\n";

START_TEST(lines_around_a_place)
{
    check(&(example){lines, "four", NULL, 3, 0}, "three\n[four]\nfive\n", false, false);
    check(&(example){lines, "our\nfi", NULL, 4, 0}, "three\nf[our\nfi]ve\nsix\n", false, false);
    check(&(example){lines, "one", NULL, 3, 0}, "[one]\ntwo\nthree\n", false, false);
    check(&(example){lines, "seven", NULL, 3, 0}, "six\n[seven]\n", false, false);
    check(&(example){lines, "four", NULL, 1, 0}, "[four]\n", false, false);
    check(&(example){lines, "", NULL, 2, 0}, "[]one\ntwo\n", false, false);
    check(&(example){"no end", "end", NULL, 5, 0}, "no [end]\n", false, false);
    check(&(example){"", "", NULL, 5, 0}, "[]\n", false, false);
}
END_TEST

START_TEST(a_place_of_more_lines_than_are_shown_is_cut)
{
    check(&(example){lines, "three\nfour\nfive\nsix", NULL, 3, 0}, "two\n[three\nfour]\n", false,
          true);
    check(&(example){lines, NULL, NULL, 2, 0}, "[one\ntwo]\n", false, true);
}
END_TEST

START_TEST(long_lines_are_cut_visibly_and_keep_the_mark)
{
    static const char text[] = "0123456789abcdefghijABCDEFGHIJ\nshort\n";
    check(&(example){text, "short", NULL, 3, 12}, "0123456789ab…\n[short]\n", false, false);
    check(&(example){text, "ABC", NULL, 1, 12}, "…ghij[ABC]DEFGH…\n", false, false);
    check(&(example){text, "456", NULL, 1, 12}, "0123[456]789ab…\n", false, false);
    check(&(example){text, "ABCDEFGHIJ", NULL, 2, 12}, "…ghij[ABCDEFGH]…\nshort\n", false, true);
    check(&(example){"\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\n", "", NULL, 1, 3},
          "[]\xc3\xa9\xc3\xa9\xc3\xa9…\n", false, false);
}
END_TEST

START_TEST(what_hides_is_shown)
{
    check(&(example){"\ta\x1b[31m\xe2\x80\xae\r\nb\rc\xff\n", "b", NULL, 9, 0},
          "  a⟨U+001B⟩[31m⟨U+202E⟩\n[b]⟨U+000D⟩c⟨0xFF⟩\n", false, false);
    /* The mark is one of the shown text, however long an escape is. */
    check(&(example){"x\x1b\x1by", "\x1b", NULL, 9, 0}, "x[⟨U+001B⟩]⟨U+001B⟩y\n", false, false);
}
END_TEST

START_TEST(json_on_one_line_is_laid_out)
{
    static const char text[] =
        "[{\"a\":1,\"b\":{\"c\":[],\"d\":[true, \"x,{\\\"y\"]},\"e\":{}},{\"z\":2}]";
    static const char place[] = "{\"a\":1,\"b\":{\"c\":[],\"d\":[true, \"x,{\\\"y\"]},\"e\":{}}";
    check(&(example){text, place, "true", 100, 20},
          "{\n  \"a\": 1,\n  \"b\": {\n    \"c\": [],\n    \"d\": [\n      [true],\n      "
          "\"x,{\\\"y\"\n"
          "    ]\n  },\n  \"e\": {}\n}\n",
          true, false);
    check(&(example){text, place, "[]", 3, 20}, "  \"b\": {\n    \"c\": [[]],\n    \"d\": [\n",
          true, false);
    check(&(example){text, place, NULL, 3, 20}, "[{\n  \"a\": 1,\n  \"b\": {]\n", true, true);
    /* Short enough to be read as it is. */
    check(&(example){text, place, "true", 100, 100},
          "[{\"a\":1,\"b\":{\"c\":[],\"d\":[[true], \"x,{\\\"y\"]},\"e\":{}},{\"z\":2}]\n", false,
          false);
}
END_TEST

START_TEST(json_that_is_cut_off_is_laid_out_as_far_as_it_goes)
{
    check(&(example){"{\"aaaaaaaaaa\":[1,{\"b\":\"cut of", NULL, "\"b\"", 9, 12},
          "{\n  \"aaaaaaaaa…\n    1,\n    {\n      [\"b\"]: \"…\n", true, false);
    check(&(example){"}}}]]],,,::{{{[[[\"", "{{{[[[\"", NULL, 30, 4},
          "[{\n  {\n    …\n    …\n    …\n    …\n    ]…\n", true, true);
}
END_TEST

START_TEST(bytes_are_bounded)
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    for (int i = 0; i < 1000; i++) {
        buf_puts(&text, "\x1b\x1b\x1b\x1b\x1b\x1b\x1b\x1b\n");
    }
    EVPACK_AUTO_VALUE(excerpt_reset) excerpt e = {0};
    const excerpt_piece p = {.text = buf_str(&text),
                             .len = text.len,
                             .starts = true,
                             .ends = true,
                             .place_end = text.len,
                             .marked_end = text.len};
    const excerpt_limits limits = {900, 100, 1000};
    OK(excerpt_lines(&p, &limits, &e, &err));
    ck_assert_uint_le(e.text.len, 1000);
    ck_assert_uint_gt(e.text.len, 800);
    ck_assert(e.cut);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {lines_around_a_place,
                                  a_place_of_more_lines_than_are_shown_is_cut,
                                  long_lines_are_cut_visibly_and_keep_the_mark,
                                  what_hides_is_shown,
                                  json_on_one_line_is_laid_out,
                                  json_that_is_cut_off_is_laid_out_as_far_as_it_goes,
                                  bytes_are_bounded,
                                  NULL};
    return test_main(test_suite("report/excerpt_lines", tests));
}
