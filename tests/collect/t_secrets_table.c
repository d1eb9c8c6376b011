/* collect/secrets_table: that secrets.json is what the machinery takes it for. */
#include "collect/secrets_private.h"

#include "support.h"

#include <string.h>

START_TEST(the_table_that_is_built_in_is_whole)
{
    evpack_err err = {0};
    EVPACK_AUTO(secrets) t = NULL;
    OK(secrets_load(&t, &err));
    ck_assert_msg(t->rule_count > 30 && t->word_count > 20, "expected rules, came %zu",
                  t->rule_count);
    for (size_t i = 0; i < t->rule_count; i++) {
        const secrets_rule *r = &t->rules[i];
        bool formless = r->test != TEST_NAMES && r->test != TEST_TOKEN && r->test != TEST_BEARER &&
                        r->test != TEST_BESIDE;
        ck_assert_msg(r->form_count > 0 || formless, "rule %zu (%s): expected a form", i, r->kind);
        ck_assert_msg(r->name_count > 0 || r->test != TEST_NAMES, "rule %zu: expected names", i);
        ck_assert_msg(r->member != NULL || r->test != TEST_BESIDE, "rule %zu: expected member", i);
        /* A word stands in each identifier that it leads to. */
        const char *word = t->words[r->word].text;
        for (size_t n = 0; n < r->name_count && !r->equals; n++) {
            bool has = strstr(r->names[n].text, word) != NULL;
            ck_assert_msg(has, "%s cannot be found by '%s'", r->names[n].text, word);
        }
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {the_table_that_is_built_in_is_whole, NULL};
    return test_main(test_suite("collect/secrets_table", tests));
}
