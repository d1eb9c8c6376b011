/*
 * The sample tenant from end to end: collect, map, and compare every finding with the golden file,
 * which was read row by row. And what must hold of it whatever the rules say.
 */
#include "collect/collect.h"
#include "map/map.h"
#include "support.h"

#include <stdio.h>
#include <string.h>

#define CONTOSO TEST_SOURCE_ROOT "/fixtures/contoso/"
enum { NOW = 1795334400, COLUMNS = 9 };

static store *mapped_with(const char *engagement)
{
    evpack_err err = {0};
    store *s = NULL;
    OK(store_open(test_path("case.db"), STORE_CREATE, &s, &err));
    char path[] = CONTOSO "export";
    char *const paths[] = {path};
    collect_options collect = {.label = "2026-11",
                               .collected_at = "2026-11-20T09:00:00Z",
                               .engagement = engagement,
                               .now = NOW};
    collect_totals collected = {0};
    OK(collect_paths(s, paths, 1, &collect, &collected, &err));
    map_options map = {.at = NOW};
    map_totals totals = {0};
    OK(map_run(s, &map, &totals, &err));
    ck_assert_uint_eq(totals.broken, 0);
    return s;
}

static store *mapped(void)
{
    return mapped_with(NULL);
}

static int64_t count_of(store *s, const char *sql)
{
    evpack_err err = {0};
    int64_t n = -1;
    OK(db_value(store_db(s), sql, &n, &err));
    return n;
}

/* The next line of *text without its end, or NULL. */
static const char *next_line(const char **text, int *len)
{
    if (**text == '\0') {
        return NULL;
    }
    const char *line = *text;
    *len = (int)strcspn(line, "\n");
    *text = line + *len + (line[*len] == '\n');
    return line;
}

static void compare(store *s, const char *expected)
{
    EVPACK_AUTO_VALUE(buf_reset) buf sql = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf golden = {0};
    test_read(CONTOSO "expected-findings.sql", &sql);
    test_read(expected, &golden);
    evpack_err err = {0};
    EVPACK_AUTO(db_stmt) q = NULL;
    OK(db_prepare(store_db(s), buf_str(&sql), &q, &err));
    const char *text = buf_str(&golden);
    for (unsigned number = 1;; number++) {
        bool row = false;
        OK(db_step(q, &row, &err));
        int len = 0;
        const char *want = next_line(&text, &len);
        if (!row) {
            ck_assert_msg(want == NULL, "line %u: expected '%.*s', came nothing", number, len,
                          want);
            break;
        }
        EVPACK_AUTO_VALUE(buf_reset) buf line = {0};
        for (int i = 0; i < COLUMNS; i++) {
            buf_printf(&line, "%s%s", i == 0 ? "" : "\t", db_text_or_empty(q, i));
        }
        ck_assert_msg(want != NULL, "line %u: expected nothing, came '%s'", number, buf_str(&line));
        ck_assert_msg((size_t)len == line.len && memcmp(want, buf_str(&line), line.len) == 0,
                      "line %u: expected\n%.*s\ncame\n%s\nIf that is meant, run"
                      " fixtures/contoso/renew.sh and read the difference.",
                      number, len, want, buf_str(&line));
    }
}

START_TEST(findings_are_the_golden_ones)
{
    EVPACK_AUTO(store) s = mapped();
    compare(s, CONTOSO "expected-findings.tsv");
}
END_TEST

/* What the engagement leaves out has no finding and is listed; all else has what it had. */
START_TEST(an_engagement_has_golden_findings_too)
{
    EVPACK_AUTO(store) all = mapped();
    const int64_t before = count_of(all, "SELECT count(*) FROM finding_row WHERE feature_id IS"
                                         " NOT NULL");
    const int64_t gone = count_of(all, "SELECT count(*) FROM finding_row WHERE subject LIKE"
                                       " '%/rg-équipe-vision/%'");
    ck_assert_int_gt(gone, 0);
    const int64_t named = count_of(all, "SELECT count(*) FROM finding_row f, json_each(f.evidence)"
                                        " WHERE status = 'inherited'");
    store_close(EVPACK_MOVE(all));
    ck_assert_int_eq(remove(test_path("case.db")), 0);
    EVPACK_AUTO(store) s = mapped_with(CONTOSO "engagement/engagement.json");
    compare(s, CONTOSO "expected-engaged.tsv");
    ck_assert_int_eq(count_of(s, "SELECT count(*) FROM finding_row WHERE subject LIKE"
                                 " '%/rg-équipe-vision/%'"),
                     0);
    ck_assert_int_eq(count_of(s, "SELECT count(*) FROM finding_row WHERE feature_id IS"
                                 " NOT NULL"),
                     before - gone);
    ck_assert_int_eq(count_of(s, "SELECT count(*) FROM scoped_out o JOIN record r ON r.id ="
                                 " o.record_id WHERE r.name IN ('vision-lab', 'face-lab')"),
                     2);
    ck_assert_int_eq(count_of(s, "SELECT count(*) FROM finding_row WHERE status = 'inherited' AND"
                                 " evidence IS NOT NULL AND instr(reason, 'SOC 2') > 0"),
                     count_of(s, "SELECT count(*) FROM finding_row WHERE status = 'inherited' AND"
                                 " service IN ('azure-openai', 'cognitive-services',"
                                 " 'key-vault')"));
    /* A report is named beside the evidence that a rule had named. */
    ck_assert_int_eq(count_of(s, "SELECT count(*) FROM finding_row f, json_each(f.evidence) j"
                                 " WHERE f.status = 'inherited' AND j.value NOT IN"
                                 " (SELECT record_id FROM engaged)"),
                     named);
}
END_TEST

START_TEST(nothing_disappears)
{
    EVPACK_AUTO(store) s = mapped();
    ck_assert_int_ge(count_of(s, "SELECT count(*) FROM subject WHERE kind = 'cognitive-account'"),
                     12);
    /* Each account has every feature of each baseline that speaks of it, and at least one does. */
    ck_assert_int_eq(count_of(s, "SELECT count(*) FROM (SELECT record_id, service, count(*) AS n"
                                 " FROM finding_row GROUP BY record_id, service)"
                                 " WHERE n <> CASE service WHEN 'azure-openai' THEN 19"
                                 " WHEN 'cognitive-services' THEN 25 END"),
                     0);
    ck_assert_int_eq(count_of(s, "SELECT count(*) FROM subject WHERE kind = 'cognitive-account'"
                                 " AND record_id NOT IN (SELECT record_id FROM finding)"),
                     0);
    /* So has each resource of the other services: one finding for each feature. */
    ck_assert_int_eq(count_of(s, "SELECT count(*) FROM (SELECT record_id, service, count(*) AS n,"
                                 " count(DISTINCT feature_id) AS features FROM finding_row"
                                 " GROUP BY record_id, service) f JOIN (SELECT s.slug, count(*) AS"
                                 " all_features FROM feature fe JOIN service s ON s.id ="
                                 " fe.service_id GROUP BY s.id) b ON b.slug = f.service"
                                 " WHERE n <> all_features OR features <> all_features"),
                     0);
    ck_assert_int_eq(count_of(s, "SELECT count(*) FROM subject WHERE kind IN ('key-vault',"
                                 " 'virtual-network', 'private-endpoint')"
                                 " AND record_id NOT IN (SELECT record_id FROM finding)"),
                     0);
    ck_assert_int_eq(count_of(s, "SELECT count(DISTINCT service) FROM finding_row"), 5);
    /* A status that the baseline alone gives says the baseline's date. */
    ck_assert_int_eq(count_of(s, "SELECT count(*) FROM finding_row WHERE source = 'baseline'"
                                 " AND status <> 'unknown' AND instr(reason, source_date) = 0"),
                     0);
    ck_assert_int_eq(count_of(s, "SELECT count(DISTINCT status) FROM finding_row WHERE status IN"
                                 " ('pass', 'fail', 'inherited', 'notapplicable', 'manual',"
                                 " 'unknown')"),
                     6);
}
END_TEST

START_TEST(a_second_map_says_the_same)
{
    EVPACK_AUTO(store) s = mapped();
    static const char digest[] =
        "SELECT count(*) || ' ' || group_concat(service || feature || subject || status || reason "
        "||"
        " coalesce(evidence, ''), '|') FROM (SELECT * FROM finding_row ORDER BY service,"
        " feature_ordinal, subject)";
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf first = {0};
    for (int i = 0; i < 2; i++) {
        EVPACK_AUTO(db_stmt) q = NULL;
        OK(db_prepare(store_db(s), digest, &q, &err));
        bool row = false;
        OK(db_step(q, &row, &err));
        if (i == 0) {
            buf_puts(&first, db_text(q, 0));
            map_options map = {.at = NOW};
            map_totals totals = {0};
            db_reset(q);
            OK(map_run(s, &map, &totals, &err));
        } else {
            ck_assert_str_eq(db_text(q, 0), buf_str(&first));
        }
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {findings_are_the_golden_ones,
                                  an_engagement_has_golden_findings_too, nothing_disappears,
                                  a_second_map_says_the_same, NULL};
    return test_main(test_suite("map/contoso", tests));
}
