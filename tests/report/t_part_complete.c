/* report/part_complete: the ledger's notes with their commands, capped and counted. */
#include "case.h"
#include "report/part.h"
#include "reported.h"
#include "support.h"

#include <stdio.h>
#include <string.h>

START_TEST(notes_and_commands)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    case_sql(s, "INSERT INTO ledger_note(snapshot_id, code, subject, text, evidence, command)"
                " SELECT min(id), 'list-partial', '/subscriptions/1/x', 'More pages follow.', '[]',"
                " 'az rest --url next' FROM snapshot;"
                "INSERT INTO ledger_note(snapshot_id, code, subject, text, evidence, command)"
                " SELECT min(id), 'a', NULL, 'Nobody confirmed it.', '[]', NULL FROM snapshot");
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    reported_text(s, &(report_options){.at = REPORTED_AT}, &b);
    const char *at = strstr(buf_str(&b), "More pages follow.");
    ck_assert_ptr_nonnull(at);
    reported_has(at, "/subscriptions/1/x");
    reported_has(at, "az rest --url next");
    reported_has(at, "Nobody confirmed it."); /* what a command closes comes first */
    reported_has(buf_str(&b), "Who ran which command");
    ck_assert_ptr_null(strstr(buf_str(&b), "Further notes"));
    buf_clear(&b);
    reported_text(s, &(report_options){.at = REPORTED_AT, .cap = 1}, &b);
    reported_has(buf_str(&b), "Further notes: 1. evpack status --json");
}
END_TEST

START_TEST(no_notes)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    case_sql(s, "DELETE FROM ledger_note");
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    reported_text(s, &(report_options){.at = REPORTED_AT}, &b);
    reported_has(buf_str(&b), "Nothing was found that a reader should know");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {notes_and_commands, no_notes, NULL};
    return test_main(test_suite("report/part_complete", tests));
}
