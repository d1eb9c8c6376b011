/* report/part_findings: each finding with its evidence; caps that say what they leave out. */
#include "report/part.h"

#include "case.h"
#include "reported.h"
#include "support.h"

#include <stdio.h>
#include <string.h>

START_TEST(findings_in_full)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    reported_text(s, &(report_options){.at = REPORTED_AT}, &b);
    const char *text = buf_str(&b);
    reported_has(text, "Rule ns2-public-network-access 1.0.0");
    reported_has(text, "severity high");
    reported_has(text, "publicNetworkAccess is absent: the service's default is Enabled.");
    reported_has(text, "/1/properties/publicNetworkAccess");
    reported_has(text, "absent");
    reported_has(text, "data/evidence/2026-10/exports/oct/cognitive%20accounts.json#/1");
    reported_has(text, "bytes 902–1,781");
    reported_has(text, "az monitor diagnostic-settings list --resource");
    reported_has(text, "Accepted until 2027-01-31 by the risk board.");
    reported_has(text, "The rule failed: too many steps.");
    reported_has(text, "Look at how applications sign in");
    reported_has(text, "8 resources");
    ck_assert_ptr_null(strstr(text, "OLD RUN"));
}
END_TEST

/* Names are whole in the report, wrapped or escaped, whatever they hold. */
START_TEST(hostile_names)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    reported_text(s, &(report_options){.at = REPORTED_AT}, &b);
    EVPACK_AUTO_VALUE(buf_reset) buf tight = {0};
    reported_squeeze(buf_str(&b), &tight);
    reported_has(buf_str(&tight), "evil</script><imgsrc=xonerror=alert(1)>");
    reported_has(buf_str(&tight), "bidi-⟨U+202E⟩gpj.exe⟨U+1F600⟩-⟨U+65E5⟩⟨U+672C⟩");
    reported_has(buf_str(&tight), "accounts/größe-αβγ-жук");
    ck_assert_ptr_null(strstr(buf_str(&b), "\xe2\x80\xae"));
    /* The unbreakable id: all its 220 letters, after accounts/. */
    EVPACK_AUTO_VALUE(buf_reset) buf want = {0};
    buf_puts(&want, "accounts/unbreakable");
    for (int i = 0; i < 220; i++) {
        buf_putc(&want, 'x');
    }
    reported_has(buf_str(&tight), buf_str(&want));
}
END_TEST

START_TEST(caps_are_said)
{
    EVPACK_AUTO(store) s = case_bulk("c.db", 200, 9);
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    reported_text(s, &(report_options){.at = REPORTED_AT, .cap = 3}, &b);
    const char *text = buf_str(&b);
    int64_t fails = case_value(s, "SELECT count(*) FROM finding_row WHERE status = 'fail'"
                                  " AND control_id = 'DP-3'");
    char want[128];
    (void)snprintf(want, sizeof want, "Failed (%lld)", (long long)fails);
    reported_has(text, want);
    (void)snprintf(want, sizeof want,
                   "%lld more findings of this control with this status are in findings.json.",
                   (long long)fails - 3);
    reported_has(text, want);
    /* At most 3 for each of 9 controls and three groups of statuses. */
    ck_assert_uint_le(reported_count(text, "A reason that all findings of the test share."), 81);
}
END_TEST

/* On every page, between the last heading and the foot stands a finding. */
START_TEST(no_heading_stands_alone)
{
    EVPACK_AUTO(store) s = case_bulk("c.db", 60, 40);
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    reported_text(s, &(report_options){.at = REPORTED_AT, .cap = 4}, &b);
    size_t pages = 0;
    for (char *page = strtok(b.data, "\f"); page != NULL; page = strtok(NULL, "\f")) {
        const char *heading = NULL;
        for (const char *p = strstr(page, "responsibility: "); p != NULL;
             p = strstr(p + 1, "responsibility: ")) {
            heading = p;
        }
        if (heading != NULL) {
            reported_has(heading, "SHA-256 ");
            pages++;
        }
    }
    ck_assert_uint_gt(pages, 10);
}
END_TEST

START_TEST(long_values_are_clipped)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    case_sql(s, "DROP TRIGGER record_fixed;"
                "UPDATE record SET body = json_object('properties', json_object("
                "'publicNetworkAccess', hex(zeroblob(5000)))) WHERE id = 2");
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    reported_text(s, &(report_options){.at = REPORTED_AT}, &b);
    EVPACK_AUTO_VALUE(buf_reset) buf tight = {0};
    reported_squeeze(buf_str(&b), &tight);
    reported_has(buf_str(&tight), "(9,602morebytes;wholeinfindings.json)");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {findings_in_full,        hostile_names,           caps_are_said,
                                  no_heading_stands_alone, long_values_are_clipped, NULL};
    return test_main(test_suite("report/part_findings", tests));
}
