/* report/csv: RFC 4180, no formulas, all rows; the custody lines as they are. */
#include "report/csv.h"

#include "case.h"
#include "port/digest.h"
#include "reported.h"
#include "store/custody.h"
#include "support.h"

#include <string.h>

static const report_options options = {.at = REPORTED_AT};

/* Reads one field at *at into out; gives the byte that ended it: ',' or '\r'. */
static char read_field(const buf *b, size_t *at, buf *out)
{
    buf_clear(out);
    bool quoted = b->data[*at] == '"';
    *at += quoted ? 1 : 0;
    for (;;) {
        ck_assert_uint_lt(*at, b->len);
        char c = b->data[*at];
        if (quoted && c == '"' && b->data[*at + 1] == '"') {
            buf_putc(out, c);
            *at += 2;
        } else if (quoted && c == '"') {
            quoted = false;
            (*at)++;
        } else if (!quoted && (c == ',' || c == '\r')) {
            (*at)++;
            return c;
        } else {
            ck_assert_msg(quoted || (c != '"' && c != '\n'), "a bare quote or line feed");
            buf_putc(out, c);
            (*at)++;
        }
    }
}

/* Checks the whole table; gives the rows without the head. */
static int64_t check(const buf *b, size_t columns)
{
    ck_assert_int_eq(memcmp(b->data, "\xef\xbb\xbf", 3), 0);
    int64_t rows = -1;
    EVPACK_AUTO_VALUE(buf_reset) buf field = {0};
    for (size_t at = 3; at < b->len; rows++) {
        size_t n = 1;
        while (true) {
            char end = read_field(b, &at, &field);
            const char *text = buf_str(&field);
            ck_assert_msg(*text == '\0' || strchr("=+-@\t\r", *text) == NULL, "a formula: %s",
                          text);
            if (end == '\r') {
                break;
            }
            n++;
        }
        ck_assert_uint_eq(n, columns);
        ck_assert_int_eq(b->data[at++], '\n');
    }
    return rows;
}

START_TEST(findings_table)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    case_sql(s, "UPDATE finding SET reason = '=HYPERLINK(\"x\"), and' || char(13, 10) || 'more'"
                " WHERE test_id = 19");
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    reported(s, &options, REPORT_CSV, &b);
    ck_assert_int_eq(check(&b, 34), case_value(s, "SELECT count(*) FROM finding_row"));
    reported_has(buf_str(&b), "\"'=HYPERLINK(\"\"x\"\"), and\r\nmore\"");
    reported_has(buf_str(&b), "/1/properties/publicNetworkAccess is absent");
    reported_has(buf_str(&b), "az monitor diagnostic-settings list --resource /subscriptions/");
}
END_TEST

/* The rows of all parts, in their order, are those of the whole. */
static void check_parts(store *s, report_format format, size_t columns, int64_t rows)
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf whole = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf joined = {0};
    reported(s, &options, format, &whole);
    const int64_t all = check(&whole, columns);
    const report_options small = {.at = REPORTED_AT, .rows = rows};
    unsigned parts = 0;
    OK(report_parts(s, &small, format, &parts, &err));
    const int64_t want = all == 0 ? 1 : (all + rows - 2) / (rows - 1);
    ck_assert_msg(parts == want, "%s: expected %lld parts of %lld rows, came %u",
                  report_name(format), (long long)want, (long long)all, parts);
    for (unsigned part = 1; part <= parts; part++) {
        EVPACK_AUTO_VALUE(buf_reset) buf one = {0};
        reported_part(s, &small, format, part, &one);
        const int64_t came = check(&one, columns);
        ck_assert_msg(part == parts ? came <= rows - 1 : came == rows - 1,
                      "part %u: expected %lld rows at most, came %lld", part, (long long)rows - 1,
                      (long long)came);
        const size_t head = (size_t)(strstr(buf_str(&one), "\r\n") + 2 - buf_str(&one));
        buf_append(&joined, one.data + (part == 1 ? 0 : head), one.len - (part == 1 ? 0 : head));
    }
    ck_assert_msg(joined.len == whole.len && memcmp(joined.data, whole.data, whole.len) == 0,
                  "%s: expected the parts to hold the same rows as the whole", report_name(format));
}

START_TEST(tables_go_on_in_further_files)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    const int64_t all = case_value(s, "SELECT count(*) FROM finding_row");
    const int64_t rows[] = {2, 3, 10, all, all + 1, all + 2};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        check_parts(s, REPORT_CSV, 34, rows[i]);
        check_parts(s, REPORT_RECONCILIATION, 17, rows[i]);
        check_parts(s, REPORT_DECISIONS, 18, rows[i]);
    }
    unsigned parts = 0;
    evpack_err err = {0};
    OK(report_parts(s, &(report_options){.rows = 2}, REPORT_JSON, &parts, &err));
    ck_assert_uint_eq(parts, 1);
    OK(report_parts(s, &options, REPORT_CSV, &parts, &err));
    ck_assert_uint_eq(parts, 1);
}
END_TEST

START_TEST(a_long_reason_is_cut_and_says_so)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    case_sql(s, "UPDATE finding SET reason = hex(zeroblob(40000)) WHERE test_id = 19");
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    reported(s, &options, REPORT_CSV, &b);
    (void)check(&b, 34);
    reported_has(buf_str(&b), "0 [cut here: 32500 of 80000 bytes; the whole is in findings.json]");
}
END_TEST

START_TEST(evidence_table)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    reported(s, &options, REPORT_INDEX, &b);
    ck_assert_int_eq(check(&b, 17), case_value(s, "SELECT count(*) FROM evidence"));
    reported_has(buf_str(&b), "\r\n'=cmd|' /C calc'!A0.json,data/evidence/2026-11/cmd.json,");
    reported_has(buf_str(&b), "\"notes \"\"final\"\", v2.docx\"");
    reported_has(buf_str(&b), ",order,collected_at,period\r\n");
    ck_assert_uint_eq(reported_count(buf_str(&b), ",,,,1,20"), 1); /* the first that came */
    ck_assert_uint_eq(reported_count(buf_str(&b), ",,,,2,20"), 1);
}
END_TEST

START_TEST(custody_lines_chain)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_basic("c.db");
    OK(store_begin(s, &err));
    OK(custody_add(s, &(custody_event){.event = "collect", .at = 5}, &err));
    OK(custody_add(s, &(custody_event){.event = "package", .at = 6}, &err));
    OK(custody_add(s, &(custody_event){.event = "map", .by = "é\n", .at = 7}, &err));
    OK(custody_add(s, &(custody_event){.event = "package", .at = 8}, &err));
    OK(store_commit(s, &err));
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    reported(s, &options, REPORT_CUSTODY, &b);
    char prev[DIGEST_HEX];
    memset(prev, '0', sizeof prev);
    prev[sizeof prev - 1] = '\0';
    size_t lines = 0;
    for (char *line = strtok(b.data, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        reported_has(line, prev);
        OK(digest_bytes_hex(line, strlen(line), prev, &err));
        lines++;
    }
    ck_assert_uint_eq(lines, 3); /* the package event at the end is not sealed */
}
END_TEST

START_TEST(an_empty_case)
{
    EVPACK_AUTO(store) s = case_empty("c.db");
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    reported(s, &options, REPORT_INDEX, &b);
    ck_assert_int_eq(check(&b, 17), 0);
    buf_clear(&b);
    reported(s, &options, REPORT_CUSTODY, &b);
    ck_assert_uint_eq(b.len, 0);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {findings_table,
                                  tables_go_on_in_further_files,
                                  a_long_reason_is_cut_and_says_so,
                                  evidence_table,
                                  custody_lines_chain,
                                  an_empty_case,
                                  NULL};
    return test_main(test_suite("report/csv", tests));
}
