/* base/term: bars, widths and wrapped lines; nothing but text where there is no terminal. */
#include "base/term.h"

#include "support.h"

#include <fcntl.h>
#include <string.h>

static void bar_is(bool blocks, uint64_t part, uint64_t whole, const char *want)
{
    EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
    const term t = {.blocks = blocks};
    term_bar(&t, part, whole, 4, &out);
    ck_assert_msg(strcmp(buf_str(&out), want) == 0, "%llu of %llu: expected '%s', came '%s'",
                  (unsigned long long)part, (unsigned long long)whole, want, buf_str(&out));
}

START_TEST(bars)
{
    bar_is(false, 0, 8, "....");
    bar_is(false, 4, 8, "##..");
    bar_is(false, 8, 8, "####");
    bar_is(false, 1, 1000000, "#...");      /* what is not nothing shows */
    bar_is(false, 999999, 1000000, "###."); /* what is not all is not full */
    bar_is(false, 0, 0, "....");
    bar_is(false, 9, 8, "####");
    bar_is(true, 4, 8, "██  ");
    bar_is(true, 1, 1000000, "▏   ");
    bar_is(true, 999999, 1000000, "███▉");
    bar_is(true, UINT64_MAX, UINT64_MAX, "████");
}
END_TEST

START_TEST(widths)
{
    static const char text[] = "aé日e\xcc\x81z\xff";
    ck_assert_uint_eq(term_columns(text, strlen(text)), 1 + 1 + 2 + 1 + 1 + 1);
    ck_assert_uint_eq(term_fit(text, strlen(text), 3), 3); /* the wide one does not fit any more */
    ck_assert_uint_eq(term_fit(text, strlen(text), 4), 6);
    ck_assert_uint_eq(term_fit(text, strlen(text), 99), strlen(text));
}
END_TEST

static void wraps(unsigned width, size_t at, const char *text, const char *want)
{
    EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
    const term t = {.width = width};
    term_wrap(&t, text, strlen(text), at, &out);
    ck_assert_msg(strcmp(buf_str(&out), want) == 0, "expected\n%scame\n%s", want, buf_str(&out));
}

START_TEST(wrapping)
{
    wraps(40, 10, "short", "short\n");
    wraps(40, 10, "", "\n");
    wraps(40, 10, "one two three four five six seven eight nine",
          "one two three four five six\n          seven eight nine\n");
    wraps(40, 10, "a /a/word/that/is/longer/than/any/line/could/hold b",
          "a\n          /a/word/that/is/longer/than/any/line/could/hold\n          b\n");
    wraps(40, 39, "one two three four five six",
          "one two three four\n"
          "                                       five six\n");
    wraps(40, 10, "exactly as long as the lines a", "exactly as long as the lines a\n");
}
END_TEST

START_TEST(colours_only_where_they_are)
{
    EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
    term t = {0};
    term_begin(&t, TERM_RED, &out);
    term_end(&t, &out);
    ck_assert_uint_eq(out.len, 0);
    t.colour = true;
    term_begin(&t, term_style_of("fail"), &out);
    buf_puts(&out, "fail");
    term_end(&t, &out);
    ck_assert_str_eq(buf_str(&out), "\033[31mfail\033[0m");
}
END_TEST

START_TEST(a_file_is_no_terminal)
{
    EVPACK_AUTO_FD fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
    (void)setenv("COLUMNS", "120", 1);
    const term t = term_look(fd);
    ck_assert(!t.colour && !t.blocks && t.width == 0);
}
END_TEST

static term look(int fd, const char *columns, const char *kind, const char *none, const char *lang)
{
    const char *const names[] = {"COLUMNS", "TERM", "NO_COLOR", "LANG"};
    const char *const values[] = {columns, kind, none, lang};
    (void)unsetenv("LC_ALL");
    (void)unsetenv("LC_CTYPE");
    for (size_t i = 0; i < 4; i++) {
        (void)(values[i] == NULL ? unsetenv(names[i]) : setenv(names[i], values[i], 1));
    }
    return term_look(fd);
}

START_TEST(a_terminal)
{
    EVPACK_AUTO_FD master = posix_openpt(O_RDWR | O_NOCTTY);
    ck_assert_msg(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0,
                  "expected a pseudo-terminal");
    EVPACK_AUTO_FD fd = open(ptsname(master), O_RDWR | O_NOCTTY);
    ck_assert_int_ge(fd, 0);
    term t = look(fd, "100", "xterm", NULL, "en_GB.UTF-8");
    ck_assert(t.colour && t.blocks);
    ck_assert_uint_eq(t.width, 100);
    t = look(fd, NULL, "xterm", "1", "C");
    ck_assert(!t.colour && !t.blocks);
    ck_assert_uint_eq(t.width, TERM_USUAL); /* a new pseudo-terminal says nothing */
    t = look(fd, "3", "dumb", NULL, "de_DE.utf8");
    ck_assert(!t.colour && t.blocks);
    ck_assert_uint_eq(t.width, TERM_NARROW);
    t = look(fd, "100000000000", NULL, "", NULL);
    ck_assert(!t.colour && !t.blocks);
    ck_assert_uint_eq(t.width, TERM_WIDE);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        bars,       widths, wrapping, colours_only_where_they_are, a_file_is_no_terminal,
        a_terminal, NULL};
    return test_main(test_suite("base/term", tests));
}
