/* package/baginfo: what a package says of itself in bag-info.txt, line by line. */
#include "package/baginfo.h"

#include "case.h"
#include "support.h"

#include <stdio.h>
#include <string.h>

static const char *line(const baginfo *b, size_t at)
{
    static char text[600];
    ck_assert_msg(at < b->count, "expected a line %zu of %zu", at, b->count);
    (void)snprintf(text, sizeof text, "%s: %s", b->at[at].label, b->at[at].value);
    return text;
}

START_TEST(scope_of_a_case)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_basic("c.db");
    EVPACK_AUTO_VALUE(baginfo_reset) baginfo b = {0};
    OK(baginfo_scope(&b, s, &err));
    static const char *const want[] = {
        "Evpack-Scope: snapshots 2, subscriptions 2, left out 0",
        "Evpack-Snapshot: 2026-10-31T18:00:00Z 2026-10",
        "Evpack-Snapshot: undated 2026-11",
        "Evpack-Subscription: 11111111-1111-4111-8111-111111111111",
        "Evpack-Subscription: 22222222-2222-4222-8222-222222222222",
    };
    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
        ck_assert_str_eq(line(&b, i), want[i]);
    }
    ck_assert_msg(b.count == 5, "expected no period, came %s", line(&b, b.count - 1));
    case_sql(s, "UPDATE snapshot SET period_start = '2026-10-01T00:00:00Z',"
                " period_end = '2026-10-31T23:59:59Z' WHERE id = 1");
    EVPACK_AUTO_VALUE(baginfo_reset) baginfo more = {0};
    OK(baginfo_scope(&more, s, &err));
    ck_assert_str_eq(line(&more, 5), "Evpack-Period: 2026-10-01T00:00:00Z/2026-10-31T23:59:59Z");
}
END_TEST

START_TEST(many_subscriptions_are_capped_and_counted)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_basic("c.db");
    case_sql(s, "INSERT INTO record(evidence_id, kind, subject, id_given, complete, normalised,"
                " pointer, start, length, body)"
                " WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300)"
                " SELECT 1, 'x', printf('/subscriptions/3333%04d/a', i), 'x', 1, 0, '/' || i, 1, 1,"
                " '{}' FROM n");
    case_sql(s, "INSERT INTO subject(subject, record_id, kind, complete, snapshot_id)"
                " SELECT subject, id, kind, 1, 1 FROM record WHERE kind = 'x'");
    EVPACK_AUTO_VALUE(baginfo_reset) baginfo b = {0};
    OK(baginfo_scope(&b, s, &err));
    ck_assert_str_eq(line(&b, 0), "Evpack-Scope: snapshots 2, subscriptions 302, left out 0");
    ck_assert_uint_eq(b.count, 3 + BAGINFO_SUBSCRIPTIONS);
}
END_TEST

START_TEST(place_in_a_sequence)
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(baginfo_reset) baginfo b = {0};
    OK(baginfo_place(&b, 1, "", &err));
    ck_assert_uint_eq(b.count, 1);
    ck_assert_str_eq(line(&b, 0), "Package-Sequence: 1");
    OK(baginfo_place(&b, 12, "ab12", &err));
    ck_assert_str_eq(line(&b, 1), "Package-Sequence: 12");
    ck_assert_str_eq(line(&b, 2), "Previous-Package-SHA256: ab12");
}
END_TEST

START_TEST(words_stay_on_their_line)
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(baginfo_reset) baginfo b = {0};
    OK(baginfo_add(&b, "Packaged-By", "Ada\nPackage-Sequence: 9\xe2\x80\xae", &err));
    ck_assert_ptr_null(strchr(b.at[0].value, '\n'));
    ck_assert_ptr_nonnull(strstr(b.at[0].value, "U+202E"));
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    OK(bag_field_put(&text, &b.at[0], &err));
    evpack_status status = EVPACK_OK;
    while (status == EVPACK_OK) {
        err = (evpack_err){0};
        status = baginfo_add(&b, "X", "y", &err);
    }
    ck_assert_msg(status == EVPACK_E_LIMIT && b.count == BAGINFO_MAX, "expected a limit, came %s",
                  err.text);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {scope_of_a_case, many_subscriptions_are_capped_and_counted,
                                  place_in_a_sequence, words_stay_on_their_line, NULL};
    return test_main(test_suite("package/baginfo", tests));
}
