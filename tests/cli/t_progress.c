/* cli/progress: what the line says at a moment, within any width, and nothing without a terminal.
 */
#include "cli/progress.h"

#include "support.h"

#include <string.h>

enum { KB = 1000, MB = 1000000 };

/* The line of a count that began at 0, so many milliseconds later. */
static void line_is(unsigned width, const char *what, progress_unit unit, uint64_t done,
                    uint64_t total, int64_t now, const char *want)
{
    cli_progress p = {
        .on = true, .look = {.width = width}, .unit = unit, .done = done, .total = total};
    EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
    (void)strncpy(p.what, what, sizeof p.what - 1);
    cli_progress_line(&p, now, &out);
    ck_assert_msg(strcmp(buf_str(&out), want) == 0, "expected '%s', came '%s'", want,
                  buf_str(&out));
}

START_TEST(share_rate_and_time_left)
{
    line_is(80, "a.json", PROGRESS_BYTES, 0, 0, 9000, "a.json");
    line_is(80, "a.json", PROGRESS_BYTES, 25 * MB, 100 * MB, 100,
            "a.json  [####............]  25 %");
    line_is(80, "a.json", PROGRESS_BYTES, 25 * MB, 100 * MB, 500,
            "a.json  [####............]  25 %  50.0 MB/s");
    line_is(80, "a.json", PROGRESS_BYTES, 25 * MB, 100 * MB, 5000,
            "a.json  [####............]  25 %  5.0 MB/s  0:15 left");
    line_is(80, "tests", PROGRESS_TESTS, 50, 4114, 100000,
            "tests  [#...............]   1 %  0 tests/s  2:15:28 left");
    line_is(80, "x", PROGRESS_FINDINGS, 4000, 4000, 2000,
            "x  [################] 100 %  2000 findings/s  0:00 left");
    /* Nobody knows how much there is. */
    line_is(80, "stdin.json", PROGRESS_BYTES, 2500 * KB, 0, 5000, "stdin.json  2.5 MB  500.0 kB/s");
    /* All but the last byte is not all. */
    line_is(80, "", PROGRESS_BYTES, 100 * MB - 1, 100 * MB, 100, "[###############.]  99 %");
}
END_TEST

START_TEST(lines_fit)
{
    static const char *const names[] = {"", "a", "a-very-long-name-that-goes-on-and-on-and-on.json",
                                        "\xe6\x97\xa5\xe6\x9c\xac\xe6\x97\xa5\xe6\x9c\xac.json",
                                        "esc\033[2J\r\n\xff"};
    for (unsigned width = TERM_NARROW; width < 130; width++) {
        for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
            cli_progress p = {.on = true,
                              .look = {.width = width, .blocks = width % 2 == 0},
                              .done = 123456789,
                              .total = 99999999999};
            (void)strncpy(p.what, names[i], sizeof p.what - 1);
            EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
            cli_progress_line(&p, 5000, &out);
            const size_t columns = term_columns(buf_str(&out), out.len);
            ck_assert_msg(columns < width, "width %u: expected less, came %zu: '%s'", width,
                          columns, buf_str(&out));
            ck_assert_msg(strpbrk(buf_str(&out), "\033\r\n") == NULL, "expected no control in '%s'",
                          buf_str(&out));
            ck_assert_ptr_nonnull(strstr(buf_str(&out), "  0 %"));
        }
    }
}
END_TEST

START_TEST(nothing_without_a_terminal)
{
    cli_progress p = {0};
    const progress to = cli_progress_to(&p);
    progress_tell(&to, "x", PROGRESS_BYTES, 1, 2);
    progress_tell(NULL, "x", PROGRESS_BYTES, 1, 2);
    cli_progress_step(&p, "x");
    cli_progress_end(&p);
    ck_assert(!p.drawn && p.what[0] == '\0' && to.step == NULL);
}
END_TEST

START_TEST(a_count_that_begins_anew_has_its_own_rate)
{
    cli_progress p = {.on = true, .look = {.width = 80}, .since = -1, .next = INT64_MAX};
    const progress to = cli_progress_to(&p);
    progress_tell(&to, "one", PROGRESS_BYTES, 10, 100);
    const int64_t first = p.since;
    ck_assert_int_ge(first, 0);
    p.since = -7;
    progress_tell(&to, NULL, PROGRESS_BYTES, 20, 100);
    ck_assert_int_eq(p.since, -7);
    ck_assert_str_eq(p.what, "one");
    progress_tell(&to, "two", PROGRESS_BYTES, 1, 100);
    ck_assert_int_ne(p.since, -7);
    p.since = -7;
    progress_tell(&to, NULL, PROGRESS_FINDINGS, 2, 100);
    ck_assert_int_ne(p.since, -7);
    cli_progress_stage(&p, "three");
    ck_assert_uint_eq(p.done, 0);
    progress_tell(&to, NULL, PROGRESS_FINDINGS, 200, 100); /* more than was thought */
    ck_assert_uint_eq(p.total, 0);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {share_rate_and_time_left, lines_fit, nothing_without_a_terminal,
                                  a_count_that_begins_anew_has_its_own_rate, NULL};
    return test_main(test_suite("cli/progress", tests));
}
