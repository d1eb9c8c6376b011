/* report/status_totals: the same text everywhere, and on a terminal bars and colours beside it. */
#include "report/status_totals.h"

#include "case.h"
#include "reported.h"
#include "support.h"

#include <stdio.h>
#include <string.h>

static void totals(const store *s, term t, buf *out)
{
    evpack_err err = {0};
    OK(status_coverage_text(s, &t, out, &err));
    OK(status_findings_text(s, &t, out, &err));
}

START_TEST(rows_without_a_terminal)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
    totals(s, (term){0}, &out);
    char want[80];
    (void)snprintf(want, sizeof want, "\nRecords (%lld)\n  assessed ",
                   (long long)case_value(s, "SELECT count(*) FROM record"));
    reported_has(buf_str(&out), want);
    (void)snprintf(
        want, sizeof want, "\n  fail           %10lld\n",
        (long long)case_value(s, "SELECT count(*) FROM finding f JOIN test t ON t.id = f.test_id"
                                 " WHERE f.status = 2 AND t.run_id = (SELECT max(id) FROM run)"));
    reported_has(buf_str(&out), want);
    ck_assert_msg(strpbrk(buf_str(&out), "\033#%") == NULL, "expected text alone, came\n%s",
                  buf_str(&out));
}
END_TEST

/* Bars go away before the text does, and no line that has one is wider than the terminal. */
START_TEST(bars_fit)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    for (unsigned width = TERM_NARROW; width < 140; width += 7) {
        EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
        totals(s, (term){.width = width}, &out);
        size_t bars = 0;
        for (const char *line = buf_str(&out); *line != '\0';) {
            size_t len = strcspn(line, "\n");
            if (memchr(line, '%', len) != NULL) {
                bars++;
                ck_assert_msg(term_columns(line, len) <= width, "width %u: '%.*s'", width, (int)len,
                              line);
            }
            line += len + (line[len] == '\n');
        }
        ck_assert_msg(width < 50 || bars >= 8, "width %u: expected bars, came %zu", width, bars);
    }
}
END_TEST

START_TEST(statuses_have_colours)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
    totals(s, (term){.colour = true, .width = 80}, &out);
    reported_has(buf_str(&out), "\033[31mfail          \033[0m");
    reported_has(buf_str(&out), "\033[32mpass          \033[0m");
    reported_has(buf_str(&out), "#");
}
END_TEST

START_TEST(a_case_that_was_not_mapped)
{
    EVPACK_AUTO(store) s = case_empty("c.db");
    EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
    totals(s, (term){.width = 80}, &out);
    ck_assert_str_eq(buf_str(&out), "\nNo findings yet: run 'evpack map'.\n");
}
END_TEST

START_TEST(shares_in_words)
{
    EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
    const term t = {.width = 50};
    status_bar(&t, "pass", 1, 1000, 20, &out);
    status_bar(&t, "pass", 500, 1000, 20, &out);
    status_bar(&t, "pass", 999, 1000, 20, &out);
    status_bar(&t, "pass", 0, 0, 20, &out);
    ck_assert_str_eq(buf_str(&out),
                     "  #..................... < 1 %\n  ###########...........  50 %\n"
                     "  #####################. >99 %\n\n");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {rows_without_a_terminal, bars_fit,
                                  statuses_have_colours,   a_case_that_was_not_mapped,
                                  shares_in_words,         NULL};
    return test_main(test_suite("report/status_totals", tests));
}
