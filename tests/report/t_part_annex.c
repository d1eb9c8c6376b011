/* report/part_annex: whole digests, the custody log, limits, how to verify. */
#include "report/part.h"

#include "case.h"
#include "reported.h"
#include "store/custody.h"
#include "support.h"

#include <string.h>

START_TEST(evidence_index)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_basic("c.db");
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    reported_text(s, &(report_options){.at = REPORTED_AT}, &b);
    EVPACK_AUTO(db_stmt) rows = NULL;
    OK(db_prepare(store_db(s), "SELECT lower(hex(sha256)) FROM content", &rows, &err));
    for (bool row = true; row;) {
        OK(db_step(rows, &row, &err));
        if (row) {
            reported_has(buf_str(&b), db_text_or_empty(rows, 0));
        }
    }
    reported_has(buf_str(&b), "collected as =cmd|' /C calc'!A0.json");
    reported_has(buf_str(&b), "az resource list has no properties");
    reported_has(buf_str(&b), "The custody log is empty.");
}
END_TEST

START_TEST(index_and_custody_are_capped)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_basic("c.db");
    OK(store_begin(s, &err));
    for (int i = 0; i < MODEL_CUSTODY + 2; i++) {
        const custody_event e = {
            .event = "collect", .by = "Ann", .reason = i == 0 ? "the year" : NULL, .at = 86400};
        OK(custody_add(s, &e, &err));
    }
    OK(store_commit(s, &err));
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    reported_text(s, &(report_options){.at = REPORTED_AT, .index_cap = 2}, &b);
    reported_has(buf_str(&b), "5 more files are in evidence-index.csv.");
    reported_has(buf_str(&b), "2 more events are in custody-log.jsonl.");
    reported_has(buf_str(&b), "1970-01-02 00:00:00 UTC");
    reported_has(buf_str(&b), "Ann: the year");
}
END_TEST

START_TEST(limits_and_verification)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    reported_text(s, &(report_options){.at = REPORTED_AT}, &b);
    reported_has(buf_str(&b), "Times are claims");
    reported_has(buf_str(&b), "Personal data");
    reported_has(buf_str(&b), "evpack-verify PACKAGE.zip --trust CA.pem");
    reported_has(buf_str(&b), "openssl cms -verify -cades -binary -inform DER");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {evidence_index, index_and_custody_are_capped,
                                  limits_and_verification, NULL};
    return test_main(test_suite("report/part_annex", tests));
}
