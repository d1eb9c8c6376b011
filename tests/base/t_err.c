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

/* U+009B is ESC [ to many terminals; U+202E turns what follows around; a lone byte is no text. */
START_TEST(nothing_steers_the_terminal)
{
    evpack_err err = {0};
    (void)evpack_fail(&err, EVPACK_E_INPUT, "%s",
                      "a\xc2\x9b"
                      "1mb\xe2\x80\xae"
                      "c\x9b"
                      "d\xff");
    ck_assert_str_eq(err.text, "a??1mb???c?d?");
    (void)evpack_fail(&err, EVPACK_E_INPUT, "%s",
                      "donn\xc3\xa9"
                      "es \xe6\x9d\xb1\xe4\xba\xac");
    ck_assert_str_eq(err.text, "donn\xc3\xa9"
                               "es \xe6\x9d\xb1\xe4\xba\xac");
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
    const TTest *const tests[] = {text_is_made_and_cleaned, nothing_steers_the_terminal,
                                  context_goes_before,      long_texts_are_cut,
                                  every_code_has_a_text,    NULL};
    return test_main(test_suite("base/err", tests));
}
