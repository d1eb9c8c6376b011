/* store/findings_all: the walk by subject tells the same findings as the walk by test. */
#include "store/findings.h"

#include "case.h"
#include "support.h"

#include <stdlib.h>
#include <string.h>

/* What must be equal in both walks, as one line. */
static char *line(const finding *one)
{
    evpack_err err = {0};
    buf b = {0};
    buf_printf(&b, "%s %s %s %d %s %s %zu %zu", one->id, one->test->feature, one->subject,
               one->status, one->reason == NULL ? "" : one->reason, one->places[0].sha256,
               one->place_count, one->value_count);
    for (size_t i = 0; i < one->value_count; i++) {
        buf_printf(&b, " %s=%.*s", one->values[i].pointer, (int)one->values[i].value.len,
                   one->values[i].value.text == NULL ? "" : one->values[i].value.text);
    }
    OK(buf_status(&b, &err));
    return buf_take(&b);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

enum { MOST = 4096 };

static size_t walk_by_test(store *s, char **lines)
{
    evpack_err err = {0};
    EVPACK_AUTO(findings) f = NULL;
    OK(findings_open(s, FINDINGS_ALL, 0, &f, &err));
    size_t n = 0;
    const finding_test *test = NULL;
    OK(findings_next_test(f, &test, &err));
    while (test != NULL) {
        const finding *one = NULL;
        OK(findings_next(f, &one, &err));
        while (one != NULL && n < MOST) {
            lines[n++] = line(one);
            OK(findings_next(f, &one, &err));
        }
        OK(findings_next_test(f, &test, &err));
    }
    qsort(lines, n, sizeof *lines, by_text);
    return n;
}

START_TEST(both_walks_tell_the_same)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_basic("c.db");
    static char *want[MOST];
    static char *got[MOST];
    size_t wanted = walk_by_test(s, want);
    size_t came = 0;
    EVPACK_AUTO(findings) f = NULL;
    OK(findings_open_all(s, &f, &err));
    const finding *one = NULL;
    OK(findings_next_of_all(f, &one, &err));
    while (one != NULL && came < MOST) {
        got[came++] = line(one);
        OK(findings_next_of_all(f, &one, &err));
    }
    ck_assert_msg(came == wanted, "expected %zu findings, came %zu", wanted, came);
    qsort(got, came, sizeof *got, by_text);
    for (size_t i = 0; i < came; i++) {
        ck_assert_msg(strcmp(want[i], got[i]) == 0, "expected '%s', came '%s'", want[i], got[i]);
        free(want[i]);
        free(got[i]);
    }
    OK(findings_next_of_all(f, &one, &err));
    ck_assert_ptr_null(one);
}
END_TEST

START_TEST(a_subject_comes_once_a_service)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_basic("c.db");
    EVPACK_AUTO(findings) f = NULL;
    OK(findings_open_all(s, &f, &err));
    char service[64] = "";
    int64_t record = 0;
    const finding *one = NULL;
    OK(findings_next_of_all(f, &one, &err));
    while (one != NULL) {
        int order = strcmp(service, one->test->service);
        ck_assert_msg(order <= 0, "service %s came after %s", one->test->service, service);
        if (order == 0) {
            ck_assert_msg(one->places[0].record_id >= record, "expected records in order");
        }
        record = one->places[0].record_id;
        (void)strncpy(service, one->test->service, sizeof service - 1);
        OK(findings_next_of_all(f, &one, &err));
    }
    ck_assert_str_ne(service, "");
}
END_TEST

START_TEST(an_empty_case_has_none)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_empty("c.db");
    EVPACK_AUTO(findings) f = NULL;
    OK(findings_open_all(s, &f, &err));
    const finding *one = NULL;
    OK(findings_next_of_all(f, &one, &err));
    ck_assert_ptr_null(one);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {both_walks_tell_the_same, a_subject_comes_once_a_service,
                                  an_empty_case_has_none, NULL};
    return test_main(test_suite("store/findings_all", tests));
}
