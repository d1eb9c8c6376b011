/* store/findings_json: every finding is strict JSON with its own members, whatever test came
 * before.
 */
#include "store/findings_json.h"

#include "case.h"
#include "port/json.h"
#include "support.h"

#include <string.h>

START_TEST(each_is_strict_json_and_its_own)
{
    evpack_err err = {0};
    /* More tests than are remembered. */
    EVPACK_AUTO(store) s = case_bulk("c.db", 3, 600);
    EVPACK_AUTO(findings) f = NULL;
    EVPACK_AUTO(findings_json) text = NULL;
    OK(findings_open_all(s, &f, &err));
    OK(findings_json_new(&text, &err));
    size_t n = 0;
    for (const finding *one = NULL;; n++) {
        OK(findings_next_of_all(f, &one, &err));
        if (one == NULL) {
            break;
        }
        EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
        EVPACK_AUTO(json_doc) doc = NULL;
        OK(findings_json_put(text, one, &out, &err));
        OK(json_parse(buf_str(&out), out.len, false, &doc, &err));
        const json *root = json_root(doc);
        ck_assert_str_eq(json_get_string(root, "id"), one->id);
        ck_assert_str_eq(json_get_string(root, "subject"), one->subject);
        ck_assert_str_eq(json_get_string(root, "status"), finding_status_word(one->status));
        ck_assert_str_eq(json_get_string(root, "source"), one->test->source);
        if (one->test->feature != NULL) {
            ck_assert_str_eq(json_get_string(root, "feature"), one->test->feature);
        }
        ck_assert_uint_eq(json_count(json_get(root, "evidence")), one->place_count);
        ck_assert_uint_eq(json_count(json_get(root, "observed")), one->value_count);
        ck_assert_ptr_null(json_twice(root));
    }
    ck_assert_msg(n > 1800, "expected more than 1800 findings, came %zu", n);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {each_is_strict_json_and_its_own, NULL};
    return test_main(test_suite("store/findings_json", tests));
}
