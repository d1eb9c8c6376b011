/* base/err: texts are bounded and clean, context goes before. */
#include "base/err.h"

#include "support.h"

#include <string.h>

START_TEST(text_is_made_and_cleaned)
{
    evpack_err err = {0};
    evpack_status got = evpack_fail(&err, EVPACK_E_INPUT, "file %s", "a\x1b[31m\nb");
    ck_assert_int_eq(got, EVPACK_E_INPUT);
    ck_assert_str_eq(err.text, "file a?[31m?b");
}
END_TEST

START_TEST(context_goes_before)
{
    evpack_err err = {0};
    (void)evpack_fail(&err, EVPACK_E_IO, "cannot be opened");
    ck_assert_int_eq(evpack_context(&err, "%s", "case.db"), EVPACK_E_IO);
    ck_assert_str_eq(err.text, "case.db: cannot be opened");
}
END_TEST

START_TEST(long_texts_are_cut)
{
    char longer[3 * EVPACK_ERR_TEXT];
    memset(longer, 'x', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    evpack_err err = {0};
    (void)evpack_fail(&err, EVPACK_E_IO, "%s", longer);
    (void)evpack_context(&err, "%s", longer);
    ck_assert_uint_lt(strlen(err.text), EVPACK_ERR_TEXT);
}
END_TEST

START_TEST(every_code_has_a_text)
{
    for (int code = EVPACK_OK; code <= EVPACK_E_INTERNAL; code++) {
        ck_assert_str_ne(evpack_status_text((evpack_status)code), "");
    }
    ck_assert_str_eq(evpack_status_text((evpack_status)999), "an unknown error");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {text_is_made_and_cleaned, context_goes_before, long_texts_are_cut,
                                  every_code_has_a_text, NULL};
    return test_main(test_suite("base/err", tests));
}
