/* store/gaps: one gap for each subject and kind of evidence that findings wait for. */
#include "store/gaps.h"

#include "case.h"
#include "support.h"

#include <string.h>

/* On top of the basic case, a run of its own: a subject waits for two kinds, another for one that
 * the mapping has no command for; what is not unknown, or needs nothing, is no gap. */
static const char sql[] =
    "INSERT INTO run(id, mapping_id, evaluated_at, tool_version, evidence) SELECT max(id) + 1, "
    "mapping_id, evaluated_at, tool_version, evidence FROM run;"
    "INSERT INTO test(id, run_id, feature_id, rule_id, source, reason) SELECT 500 + f.id, (SELECT "
    "max(id) FROM run), f.id, NULL, 'rule', NULL"
    "  FROM feature f ORDER BY f.id LIMIT 4;"
    "DELETE FROM need;"
    "INSERT INTO need SELECT 1, mapping_id, 'kind-a', 'the A of it', 'az a --id {id} -n {name}'"
    "  FROM run ORDER BY id DESC LIMIT 1;"
    "INSERT INTO finding(test_id, record_id, status, need)"
    "  SELECT t.id, r.id, 6, 'kind-a' FROM test t, (SELECT min(id) AS id FROM record) r"
    "   WHERE t.run_id = (SELECT max(id) FROM run) ORDER BY t.id LIMIT 3;"
    "INSERT INTO finding(test_id, record_id, status, need)"
    "  SELECT max(t.id), (SELECT min(id) FROM record), 6, 'kind-b' FROM test t;"
    "INSERT INTO finding(test_id, record_id, status, need)"
    "  SELECT min(t.id), (SELECT max(id) FROM record), 2, 'kind-a' FROM test t"
    "   WHERE t.run_id = (SELECT max(id) FROM run);"
    "INSERT INTO finding(test_id, record_id, status, need)"
    "  SELECT max(t.id), (SELECT max(id) FROM record), 6, NULL FROM test t;";

START_TEST(each_subject_and_kind_is_one_gap)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_basic("c.db");
    case_sql(s, sql);
    EVPACK_AUTO(gaps) g = NULL;
    OK(gaps_open(s, &g, &err));
    gap one;
    bool more = false;
    OK(gaps_next(g, &one, &more, &err));
    ck_assert(more);
    ck_assert_str_eq(one.need, "kind-a");
    ck_assert_str_eq(one.what, "the A of it");
    ck_assert_int_eq(one.findings, 3);
    ck_assert_msg(strncmp(one.command, "az a --id ", 10) == 0 &&
                      strstr(one.command, one.subject) != NULL,
                  "expected the subject %s in '%s'", one.subject, one.command);
    ck_assert_msg(strchr(one.command, '{') == NULL, "expected no placeholder in '%s'", one.command);
    OK(gaps_next(g, &one, &more, &err));
    ck_assert(more);
    ck_assert_str_eq(one.need, "kind-b");
    ck_assert_int_eq(one.findings, 1);
    ck_assert_str_eq(one.command, "");
    OK(gaps_next(g, &one, &more, &err));
    ck_assert_msg(!more, "expected two gaps, came one of %s", one.subject);
}
END_TEST

START_TEST(without_a_run_there_are_none)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_empty("c.db");
    EVPACK_AUTO(gaps) g = NULL;
    OK(gaps_open(s, &g, &err));
    gap one;
    bool more = true;
    OK(gaps_next(g, &one, &more, &err));
    ck_assert_msg(!more, "expected no gap");
    gaps_free(NULL);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {each_subject_and_kind_is_one_gap, without_a_run_there_are_none,
                                  NULL};
    return test_main(test_suite("store/gaps", tests));
}
