/* collect/judge: what a tally and a cut say of a document. Whole files are in t_document.c. */
#include "collect/judge.h"

#include "support.h"

#include <string.h>

static void judged(records *r, const cut_result *c, const char *kind, const char *completeness,
                   const char *reason)
{
    evpack_err err = {0};
    judgement j;
    OK(judge_document(r, c, &j, &err));
    ck_assert_msg(strcmp(j.kind, kind) == 0 && strcmp(j.completeness, completeness) == 0 &&
                      strstr(j.reason, reason) != NULL,
                  "expected %s, %s, '%s'; came %s, %s, '%s'", kind, completeness, reason, j.kind,
                  j.completeness, j.reason);
}

START_TEST(a_bare_list_is_unstated)
{
    records r = {.records = 2, .kind = "key-vault"};
    judged(&r, &(cut_result){.shape = CUT_ARRAY, .elements = 2}, "key-vault", "unstated", "");
    records none = {0};
    judged(&none, &(cut_result){.shape = CUT_ARRAY}, "empty", "unstated", "nothing says");
}
END_TEST

START_TEST(a_page_says_whether_more_follow)
{
    static const char last[] = "{\"value\":[]}";
    static const char more[] = "{\"value\":[],\"nextLink\":\"https://example.com/2\"}";
    records r = {.records = 1, .kind = "key-vault"};
    judged(&r, &(cut_result){.shape = CUT_PAGE, .envelope = last, .envelope_len = strlen(last)},
           "key-vault", "whole", "");
    judged(&r, &(cut_result){.shape = CUT_PAGE, .envelope = more, .envelope_len = strlen(more)},
           "key-vault", "partial", "nextLink");
}
END_TEST

START_TEST(a_fault_tells_its_place_in_the_file)
{
    records r = {0};
    const cut_result end = {.fault = {"the text ends too early", 10, 2, 4, true}};
    judged(&r, &end, "unrecognised", "truncated", "line 2, column 4 (byte 10)");
    records some = {.records = 1, .kind = "lock"};
    judged(&some, &end, "lock", "truncated", "1 object before it is kept, and proves nothing");
    const cut_result bad = {.fault = {"not a value", 10, 2, 4, false}};
    judged(&r, &bad, "unrecognised", "unrecognised", "not a value");
}
END_TEST

START_TEST(summaries_failures_and_odd_elements_are_said)
{
    const cut_result list = {.shape = CUT_ARRAY};
    records r = {.records = 2, .summaries = 2, .kind = "arm-resource"};
    judged(&r, &list, "arm-resource", "summary", "no properties");
    records failed = {.failed = true};
    records_note_error(&failed, "Gone", "away");
    judged(&failed, &list, "error", "failed", "Gone: away");
    records odd = {.records = 1, .not_objects = 2, .kind = "other"};
    judged(&odd, &list, "other", "partial", "2 of its elements");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {a_bare_list_is_unstated, a_page_says_whether_more_follow,
                                  a_fault_tells_its_place_in_the_file,
                                  summaries_failures_and_odd_elements_are_said, NULL};
    return test_main(test_suite("collect/judge", tests));
}
