/* report/island_rules: the rules that were used, once each, with the SQL that was run. */
#include "report/island_rules.h"

#include "case.h"
#include "paged.h"
#include "reported.h"
#include "support.h"

START_TEST(rules_with_findings)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    EVPACK_AUTO(json_doc) doc = paged_data(s, &(report_options){.at = REPORTED_AT});
    const json *rules = json_get(json_root(doc), "rules");
    ck_assert_int_eq((int64_t)json_count(rules),
                     case_value(s,
                                "SELECT count(DISTINCT t.rule_id) FROM test t JOIN finding f"
                                " ON f.test_id = t.id WHERE t.run_id = (SELECT max(id) FROM run)"));
    ck_assert_uint_gt(json_count(rules), 0);
    for (const json *r = json_first(rules); r != NULL; r = json_next(r)) {
        EVPACK_AUTO_VALUE(buf_reset) buf sql = {0};
        buf_printf(&sql, "SELECT count(*) FROM rule WHERE rule_id = '%s' AND sql = '",
                   json_name(r));
        for (const char *p = json_get_string(r, "sql"); *p != '\0'; p++) {
            buf_append(&sql, "''", *p == '\'' ? 1 : 0);
            buf_putc(&sql, *p);
        }
        buf_puts(&sql, "'");
        ck_assert_msg(case_value(s, buf_str(&sql)) > 0, "expected the rule %s with its own SQL",
                      json_name(r));
    }
    /* Every test that names a rule of ours finds it. */
    for (const json *t = json_first(json_get(json_root(doc), "tests")); t != NULL;
         t = json_next(t)) {
        const char *rule = json_get_string(t, "rule");
        if (rule != NULL && json_get_string(t, "source") == NULL) {
            ck_assert_msg(json_get(rules, rule) != NULL, "expected the rule %s", rule);
        }
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {rules_with_findings, NULL};
    return test_main(test_suite("report/island_rules", tests));
}
