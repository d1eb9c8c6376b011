/* report/part_redacted: where values stand and what became of them; never the values. */
#include "case.h"
#include "report/part.h"
#include "reported.h"
#include "support.h"

#include <stdio.h>
#include <string.h>

#define ZEROS "00000000000000000000000000000000000000000000000000000000000000"
static const char secrets[] =
    "INSERT INTO secret(evidence_id, place, kind, words, pointer, start, length, encoding, salt,"
    " commitment) SELECT min(id), 'bytes', 'storage-key', 'a storage account key', '/0/key', 120,"
    " 88, 0, zeroblob(32), X'ab" ZEROS "' FROM evidence;"
    "INSERT INTO secret(evidence_id, place, kind, words, pointer, start, length, encoding, salt,"
    " commitment) SELECT max(id), 'name', 'sas', 'a shared access signature', NULL, 4, 60, 0,"
    " zeroblob(32), X'cd" ZEROS "' FROM evidence";

START_TEST(none_is_said)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    reported_text(s, &(report_options){.at = REPORTED_AT}, &b);
    EVPACK_AUTO_VALUE(buf_reset) buf tight = {0};
    reported_squeeze(buf_str(&b), &tight);
    reported_has(buf_str(&tight), "andfoundnone.");
}
END_TEST

static bool first_is_withheld(void *ctx, int64_t evidence_id, report_redacted *out)
{
    int64_t first = 0;
    memcpy(&first, ctx, sizeof first);
    *out = (report_redacted){.withheld = evidence_id == first};
    return true;
}

START_TEST(places_and_fates)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    case_sql(s, secrets);
    int64_t first = case_value(s, "SELECT min(id) FROM evidence");
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    reported_text(s, &(report_options){.at = REPORTED_AT}, &b);
    EVPACK_AUTO_VALUE(buf_reset) buf tight = {0};
    reported_squeeze(buf_str(&b), &tight);
    reported_has(buf_str(&tight), "andfound2in2files.");
    reported_has(buf_str(&b), "a storage account key");
    reported_has(buf_str(&b), "88 bytes from byte 120");
    reported_has(buf_str(&b), "in the file's name");
    reported_has(buf_str(&b), "not packaged yet");
    reported_has(buf_str(&b), "commitment ab0000");
    buf_clear(&b);
    reported_text(s,
                  &(report_options){.at = REPORTED_AT,
                                    .package_id = "p",
                                    .redacted = first_is_withheld,
                                    .redacted_ctx = &first},
                  &b);
    reported_has(buf_str(&b), "the file is left out");
    reported_has(buf_str(&b), "replaced by a marker");
    buf_clear(&b);
    reported_text(s, &(report_options){.at = REPORTED_AT, .package_id = "p", .cap = 1}, &b);
    reported_has(buf_str(&b), "as it was collected");
    reported_has(buf_str(&b), "Further values: 1.");
    /* A name is never kept: the case has a marker there from the start. */
    buf_clear(&b);
    reported_text(s, &(report_options){.at = REPORTED_AT, .package_id = "p"}, &b);
    ck_assert_uint_eq(reported_count(buf_str(&b), "as it was collected"), 1);
    ck_assert_uint_eq(reported_count(buf_str(&b), "replaced by a marker"), 1);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {none_is_said, places_and_fates, NULL};
    return test_main(test_suite("report/part_redacted", tests));
}
