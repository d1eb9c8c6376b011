/* report/part_results: tables that add up, and what was not assessed. */
#include "report/part.h"

#include "case.h"
#include "reported.h"
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The eight numbers at the end of the line that begins with head; '·' stands for 0. */
static void read_counts(const char *text, const char *head, int64_t out[8])
{
    const char *line = strstr(text, head);
    ck_assert_msg(line != NULL, "no line '%s'", head);
    line += strlen(head);
    const char *end = strchr(line, '\n');
    int n = 0;
    for (const char *p = line; p < end && n < 8; p++) {
        if (strncmp(p, "·", strlen("·")) == 0) {
            out[n++] = 0;
            p++;
        } else if (*p >= '0' && *p <= '9') {
            char *stop = NULL;
            out[n++] = strtoll(p, &stop, 10);
            p = stop;
        }
    }
    ck_assert_msg(n == 8, "'%s' has %d numbers", head, n);
}

START_TEST(totals_are_sqls)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    reported_text(s, &(report_options){.at = REPORTED_AT}, &b);
    static const char *const order[] = {"fail", "unknown", "error",     "exempt",
                                        "pass", "manual",  "inherited", "notapplicable"};
    const char *text = strstr(buf_str(&b), "3     Results by control");
    text = text == NULL ? strstr(buf_str(&b), "Counts are findings") : text;
    ck_assert_ptr_nonnull(text);
    int64_t total[8];
    int64_t openai[8];
    int64_t customer[8];
    read_counts(text, "\nTotal", total);
    read_counts(text, "\nAzure OpenAI", openai);
    read_counts(text, "\nCustomer", customer);
    for (int i = 0; i < 8; i++) {
        char sql[160];
        (void)snprintf(sql, sizeof sql, "SELECT count(*) FROM finding_row WHERE status = '%s'",
                       order[i]);
        ck_assert_int_eq(total[i], case_value(s, sql));
        (void)snprintf(sql, sizeof sql,
                       "SELECT count(*) FROM finding_row WHERE status = '%s'"
                       " AND service = 'azure-openai'",
                       order[i]);
        ck_assert_int_eq(openai[i], case_value(s, sql));
        (void)snprintf(sql, sizeof sql,
                       "SELECT count(*) FROM finding_row WHERE status = '%s'"
                       " AND responsibility = 'customer'",
                       order[i]);
        ck_assert_int_eq(customer[i], case_value(s, sql));
    }
    reported_has(text, "published as LT-4");
}
END_TEST

START_TEST(what_was_not_assessed)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    reported_text(s, &(report_options){.at = REPORTED_AT}, &b);
    const char *text = buf_str(&b);
    reported_has(text, "storage-account");
    reported_has(text, "Not recognised");
    reported_has(text, "the diagnostic settings of the account");
    reported_has(text, "4 findings wait for 4 resources");
    reported_has(text, "and 1 more commands of this kind");
    reported_has(text, "so nothing is said");
    reported_has(text, "IR-1");
}
END_TEST

START_TEST(nothing_found)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    case_sql(s, "DELETE FROM finding");
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    reported_text(s, &(report_options){.at = REPORTED_AT}, &b);
    const char *text = buf_str(&b);
    reported_has(text, "0 findings on 0 resources under 0 controls");
    reported_has(text, "No finding failed.");
    reported_has(text, "No finding is unknown.");
    reported_has(text, "No control has a finding.");
    reported_has(text, "There is no finding to draw.");
    reported_has(text, "No finding waits for evidence");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {totals_are_sqls, what_was_not_assessed, nothing_found, NULL};
    return test_main(test_suite("report/part_results", tests));
}
