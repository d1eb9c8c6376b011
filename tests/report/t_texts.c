/* report/texts: words come from data; a missing one is a fault that shows. */
#include "report/texts.h"

#include "support.h"

#include <string.h>

START_TEST(getting_and_filling)
{
    evpack_err err = {0};
    EVPACK_AUTO(texts) t = NULL;
    OK(texts_load(NULL, &t, &err));
    ck_assert_str_eq(texts_get(t, "title"), "Evidence summary");
    ck_assert_str_eq(texts_word(t, "status", "notapplicable", "word"), "Not applicable");
    ck_assert_str_eq(texts_word(t, "status", "never-heard-of", "word"), "never-heard-of");
    ck_assert_str_eq(texts_word(t, "event", "map", ""), "Mapped");
    ck_assert_uint_gt(json_count(texts_node(t, "read.intro")), 1);
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    texts_fill(t, &b, "footer.page", "pages", "{page}", "page", "1", NULL);
    ck_assert_str_eq(buf_str(&b), "Page 1 of {page}");
    OK(texts_status(t, &err));
}
END_TEST

START_TEST(missing_keys_and_names)
{
    evpack_err err = {0};
    EVPACK_AUTO(texts) t = NULL;
    OK(texts_load(NULL, &t, &err));
    ck_assert_str_eq(texts_get(t, "no.such.key"), "no.such.key");
    ck_assert_ptr_null(texts_node(t, "another"));
    FAILS(texts_status(t, &err), EVPACK_E_INTERNAL, "no.such.key");
    EVPACK_AUTO(texts) u = NULL;
    OK(texts_load(NULL, &u, &err));
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    texts_fill(u, &b, "footer.page", "page", "1", NULL);
    ck_assert_str_eq(buf_str(&b), "Page 1 of {pages}");
    FAILS(texts_status(u, &err), EVPACK_E_INTERNAL, "footer.page");
}
END_TEST

START_TEST(numbers_and_times)
{
    char out[TEXTS_NUMBER];
    ck_assert_str_eq(texts_number(0, out), "0");
    ck_assert_str_eq(texts_number(999, out), "999");
    ck_assert_str_eq(texts_number(1000, out), "1,000");
    ck_assert_str_eq(texts_number(2200000, out), "2,200,000");
    ck_assert_str_eq(texts_number(-123456, out), "-123,456");
    ck_assert_str_eq(texts_number(INT64_MAX, out), "9,223,372,036,854,775,807");
    ck_assert_str_eq(texts_time("2026-11-22T08:00:01Z", out), "2026-11-22 08:00:01 UTC");
    ck_assert_str_eq(texts_time("soon", out), "soon");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {getting_and_filling, missing_keys_and_names, numbers_and_times,
                                  NULL};
    return test_main(test_suite("report/texts", tests));
}
