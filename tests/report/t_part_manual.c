/* report/part_manual: every manual finding is counted once, and what asks for the same stands
 * together. */
#include "case.h"
#include "report/part.h"
#include "reported.h"
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The section's text, white space squeezed out. */
static void manual_text(store *s, buf *out)
{
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    reported_text(s, &(report_options){.at = REPORTED_AT}, &b);
    const char *from = strstr(buf_str(&b), "For each control with findings:");
    ck_assert_ptr_nonnull(from);
    const char *to = strstr(from, "A finding is worth no more");
    ck_assert_ptr_nonnull(to);
    EVPACK_AUTO_VALUE(buf_reset) buf section = {0};
    buf_append(&section, from, (size_t)(to - from));
    reported_squeeze(buf_str(&section), out);
}

static int64_t sum_of_resources(const char *text)
{
    int64_t sum = 0;
    for (const char *p = strstr(text, "resource"); p != NULL; p = strstr(p + 1, "resource")) {
        const char *n = p;
        while (n > text && n[-1] >= '0' && n[-1] <= '9') {
            n--;
        }
        sum += n < p ? strtoll(n, NULL, 10) : 0;
    }
    return sum;
}

START_TEST(each_manual_finding_counts_once)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    manual_text(s, &text);
    ck_assert_int_eq(sum_of_resources(buf_str(&text)),
                     case_value(s, "SELECT count(*) FROM finding_row WHERE status = 'manual'"));
    reported_has(buf_str(&text), "ServicePrincipals");
    reported_has(buf_str(&text), "KeyVault(2024-06-11)");
    reported_has(buf_str(&text), "AzureRBACforDataPlane");
}
END_TEST

/* The vault's feature becomes one that the accounts have too, under one control. */
START_TEST(what_asks_for_the_same_stands_together)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    case_sql(s, "UPDATE feature SET name = 'Service Principals', control = 4, guidance ="
                " (SELECT guidance FROM feature WHERE id = 5) WHERE id = 10");
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    manual_text(s, &text);
    ck_assert_uint_eq(reported_count(buf_str(&text), "ServicePrincipals"), 1);
    reported_has(buf_str(&text), "AzureOpenAI(8;2024-09-16),KeyVault(1;2024-06-11)");
    reported_has(buf_str(&text), "9resources");
    ck_assert_int_eq(sum_of_resources(buf_str(&text)),
                     case_value(s, "SELECT count(*) FROM finding_row WHERE status = 'manual'"));
}
END_TEST

/* The same feature with other words to look at stays alone. */
START_TEST(other_words_stand_apart)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    case_sql(s, "UPDATE feature SET name = 'Service Principals', control = 4 WHERE id = 10");
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    manual_text(s, &text);
    ck_assert_uint_eq(reported_count(buf_str(&text), "ServicePrincipals"), 2);
    reported_has(buf_str(&text), "Lookatthevault'saccessmodel.");
    ck_assert_int_eq(sum_of_resources(buf_str(&text)),
                     case_value(s, "SELECT count(*) FROM finding_row WHERE status = 'manual'"));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {each_manual_finding_counts_once,
                                  what_asks_for_the_same_stands_together, other_words_stand_apart,
                                  NULL};
    return test_main(test_suite("report/part_manual", tests));
}
