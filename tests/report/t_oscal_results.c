/*
 * report/oscal_results: one observation a finding of the case, under its id; findings for pass and
 * fail alone; and what an observation says.
 */
#include "report/oscal_private.h"

#include "case.h"
#include "oscal_read.h"
#include "support.h"

#include <stdio.h>
#include <string.h>

static const report_options options = {.at = REPORTED_AT};

START_TEST(every_finding_is_an_observation)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_basic("c.db");
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    EVPACK_AUTO(json_doc) doc = oscal_parse(s, &options, &text);
    const json *observations = json_get(oscal_result(doc), "observations");
    const json *found = json_get(oscal_result(doc), "findings");
    const json *defined = json_get(oscal_result(doc), "local-definitions");
    EVPACK_AUTO(findings) f = NULL;
    OK(findings_open_all(s, &f, &err));
    size_t count = 0;
    size_t decided = 0;
    for (const finding *one = NULL;; count++) {
        OK(findings_next_of_all(f, &one, &err));
        if (one == NULL) {
            break;
        }
        const json *o = oscal_with(observations, "uuid", one->id);
        ck_assert_msg(o != NULL, "expected an observation %s", one->id);
        ck_assert_str_eq(oscal_prop_of(o, "status"), finding_status_word(one->status));
        const char *description = json_get_string(o, "description");
        const bool decides = one->status == FINDING_PASS || one->status == FINDING_FAIL;
        decided += decides ? 1 : 0;
        ck_assert_msg((strncmp(description, "No finding: ", 12) == 0) == !decides,
                      "%s is %s, and says '%s'", one->id, finding_status_word(one->status),
                      description);
        const json *subject = json_first(json_get(o, "subjects"));
        ck_assert_ptr_nonnull(oscal_with(json_get(defined, "inventory-items"), "uuid",
                                         json_get_string(subject, "subject-uuid")));
        const json *evidence = json_get(o, "relevant-evidence");
        ck_assert_uint_eq(json_count(evidence), one->place_count);
        const finding_place *place = one->places;
        for (const json *e = json_first(evidence); e != NULL; e = json_next(e), place++) {
            const json *file = oscal_linked(doc, json_get_string(e, "href"));
            const json *hash = json_first(json_get(json_first(json_get(file, "rlinks")), "hashes"));
            ck_assert_str_eq(json_get_string(hash, "value"), place->sha256);
            char range[64];
            (void)snprintf(range, sizeof range, "%llu+%llu", (unsigned long long)place->start,
                           (unsigned long long)place->length);
            ck_assert_str_eq(oscal_prop_of(e, "byte-range"), range);
        }
    }
    ck_assert_uint_eq(json_count(observations), count);
    ck_assert_uint_eq(json_count(found), decided);
    for (const json *one = json_first(found); one != NULL; one = json_next(one)) {
        const json *related = json_first(json_get(one, "related-observations"));
        const json *o =
            oscal_with(observations, "uuid", json_get_string(related, "observation-uuid"));
        ck_assert_ptr_nonnull(o);
        const json *status = json_get(json_get(one, "target"), "status");
        ck_assert_str_eq(json_get_string(status, "state"),
                         strcmp(oscal_prop_of(o, "status"), "pass") == 0 ? "satisfied"
                                                                         : "not-satisfied");
    }
}
END_TEST

START_TEST(nothing_decided_has_no_findings)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    case_sql(s, "DELETE FROM finding WHERE status IN (1, 2)");
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    EVPACK_AUTO(json_doc) doc = oscal_parse(s, &options, &text);
    ck_assert_ptr_null(json_get(oscal_result(doc), "findings"));
    ck_assert_uint_gt(json_count(json_get(oscal_result(doc), "observations")), 0);
}
END_TEST

START_TEST(a_time_that_nobody_knows_is_not_made_up)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    case_sql(s, "DROP TRIGGER snapshot_fixed; UPDATE snapshot SET collected_at = NULL");
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    EVPACK_AUTO(json_doc) doc = oscal_parse(s, &options, &text);
    const json *o = json_first(json_get(oscal_result(doc), "observations"));
    ck_assert_str_eq(oscal_prop_of(o, "collected"), "unknown");
    ck_assert_str_eq(json_get_string(o, "collected"), "2026-11-22T08:00:00Z"); /* the run's */
}
END_TEST

START_TEST(long_values_are_cut_between_characters)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    case_sql(s, "DROP TRIGGER record_fixed;"
                "UPDATE record SET body = json_set(body, '$.properties.publicNetworkAccess',"
                " 'x' || replace(hex(zeroblob(400)), '00', char(233)))"
                " WHERE json_extract(body, '$.properties.publicNetworkAccess') IS NOT NULL");
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    EVPACK_AUTO(json_doc) doc = oscal_parse(s, &options, &text);
    ck_assert_ptr_nonnull(doc);
    reported_has(buf_str(&text), "\xc3\xa9 … (cut; the whole value is in findings.json)");
    ck_assert_ptr_null(strstr(buf_str(&text), "0xC3"));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {every_finding_is_an_observation, nothing_decided_has_no_findings,
                                  a_time_that_nobody_knows_is_not_made_up,
                                  long_values_are_cut_between_characters, NULL};
    return test_main(test_suite("report/oscal_results", tests));
}
