/* report/said: no number that rests on a statement is shown as if a test had made it. */
#include "report/said.h"

#include "case.h"
#include "decided.h"
#include "reported.h"
#include "support.h"

#include <string.h>

static void is(const buf *came, const char *want)
{
    ck_assert_msg(strcmp(buf_str(came), want) == 0, "expected '%s', came '%s'", want,
                  buf_str(came));
}

START_TEST(a_row_tells_what_was_attested)
{
    evpack_err err = {0};
    EVPACK_AUTO(texts) words = NULL;
    OK(texts_load(NULL, &words, &err));
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    model_counts counts = {.of = {[FINDING_PASS] = 7, [FINDING_FAIL] = 2}, .total = 9};
    said_of_counts(&counts, words, &b);
    is(&b, "");
    counts.attested[FINDING_PASS] = 5;
    said_of_counts(&counts, words, &b);
    is(&b, "of these by attestation: 5 pass");
    buf_clear(&b);
    counts.attested[FINDING_FAIL] = 1;
    counts.attested[FINDING_EXEMPT] = 3;
    said_of_counts(&counts, words, &b);
    is(&b, "of these by attestation: 5 pass, 1 fail, 3 exempt");
}
END_TEST

static void of_all(store *s, buf *out)
{
    evpack_err err = {0};
    EVPACK_AUTO(texts) words = NULL;
    EVPACK_AUTO(model) m = NULL;
    OK(texts_load(NULL, &words, &err));
    OK(model_load(s, &m, &err));
    OK(said_of_all(s, m, words, out, &err));
}

START_TEST(the_cover_tells_what_no_test_made)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    const char together[] = "2 snapshots are counted together, so a resource counts once for each "
                            "snapshot that holds it.";
    of_all(s, &b);
    is(&b, together);
    buf_clear(&b);
    case_sql(s, DECIDED_SQL);
    of_all(s, &b);
    reported_has(buf_str(&b), together);
    reported_has(buf_str(&b), "pass by test and 1 by attestation");
    reported_has(buf_str(&b), "fail by test and 1 by attestation");
    ck_assert_ptr_null(strstr(buf_str(&b), "left out"));
}
END_TEST

START_TEST(the_cover_tells_what_is_left_out)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    reported_engagement(s);
    of_all(s, &b);
    reported_has(buf_str(&b), "3 resources are left out of scope by the engagement");
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf squeezed = {0};
    reported_text(s, &(report_options){.at = REPORTED_AT}, &text);
    reported_squeeze(buf_str(&text), &squeezed);
    reported_has(buf_str(&squeezed), "3resourcesareleftoutofscopebytheengagement");
}
END_TEST

/* In every table of totals, in print and on the page. */
START_TEST(tables_tell_it_at_each_row)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    case_sql(s, DECIDED_SQL);
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf squeezed = {0};
    reported_text(s, &(report_options){.at = REPORTED_AT}, &text);
    reported_squeeze(buf_str(&text), &squeezed);
    /* Control, responsibility, service, and the total of each. */
    ck_assert_uint_eq(reported_count(buf_str(&squeezed), "byattestation:1pass,1fail"), 6);
    EVPACK_AUTO_VALUE(buf_reset) buf page = {0};
    reported(s, &(report_options){.at = REPORTED_AT}, REPORT_HTML, &page);
    ck_assert_uint_ge(
        reported_count(buf_str(&page), "\"said\":\"of these by attestation: 1 pass, 1 fail\""), 3);
}
END_TEST

/* The template is named where a folder was given; a page size alone is seen. */
START_TEST(made_with)
{
    evpack_err err = {0};
    EVPACK_AUTO(texts) words = NULL;
    OK(texts_load(NULL, &words, &err));
    (void)test_text_file("summary.en.json", "{}");
    const report_template_wish wishes[] = {{.page = "letter"}, {.dir = test_dir()}};
    for (size_t i = 0; i < 2; i++) {
        EVPACK_AUTO(report_template) t = NULL;
        OK(report_template_open(&wishes[i], &t, &err));
        EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
        said_made_with(&(report_options){.template = t}, words, &b);
        ck_assert_ptr_nonnull(strstr(buf_str(&b), "evpack " EVPACK_VERSION));
        const bool named = strstr(buf_str(&b), report_template_sha256(t)) != NULL;
        ck_assert_msg(named == (i == 1), "came: %s", buf_str(&b));
    }
    OK(texts_status(words, &err));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {a_row_tells_what_was_attested,
                                  the_cover_tells_what_no_test_made,
                                  the_cover_tells_what_is_left_out,
                                  tables_tell_it_at_each_row,
                                  made_with,
                                  NULL};
    return test_main(test_suite("report/said", tests));
}
