/* store/findings_all: the walk by subject tells the same findings as the walk by test. */
#include "store/findings.h"

#include "case.h"
#include "support.h"

#include <stdio.h>
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

/* Each finding is the one that its id finds, and is read whole. */
START_TEST(an_id_finds_its_finding)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_basic("c.db");
    static char *lines[MOST];
    size_t count = walk_by_test(s, lines);
    for (size_t i = 0; i < count; i++) {
        char id[UUID_TEXT];
        (void)snprintf(id, sizeof id, "%s", lines[i]);
        EVPACK_AUTO(findings) f = NULL;
        OK(findings_open_id(s, id, &f, &err));
        const finding *one = NULL;
        OK(findings_next_of_all(f, &one, &err));
        ck_assert_msg(one != NULL, "expected %s to be found", id);
        EVPACK_AUTO_CHARS got = line(one);
        ck_assert_msg(strcmp(got, lines[i]) == 0, "expected '%s', came '%s'", lines[i], got);
        OK(findings_next_of_all(f, &one, &err));
        ck_assert_ptr_null(one);
        free(lines[i]);
    }
    EVPACK_AUTO(findings) f = NULL;
    const finding *one = NULL;
    OK(findings_open_id(s, "zzzzzz", &f, &err));
    OK(findings_next_of_all(f, &one, &err));
    ck_assert_ptr_null(one);
}
END_TEST

static size_t count_of(store *s, const char *subject)
{
    evpack_err err = {0};
    EVPACK_AUTO(findings) f = NULL;
    OK(findings_open_subject(s, subject, &f, &err));
    size_t n = 0;
    const finding_test *test = NULL;
    OK(findings_next_test(f, &test, &err));
    while (test != NULL) {
        const finding *one = NULL;
        OK(findings_next(f, &one, &err));
        while (one != NULL) {
            ck_assert_msg(strcmp(one->subject_key, subject) == 0, "expected %s, came %s", subject,
                          one->subject_key);
            n++;
            OK(findings_next(f, &one, &err));
        }
        OK(findings_next_test(f, &test, &err));
    }
    return n;
}

START_TEST(subjects_have_all_findings_between_them)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_basic("c.db");
    EVPACK_AUTO(db_stmt) q = NULL;
    OK(db_prepare(store_db(s),
                  "SELECT DISTINCT subject FROM subject UNION SELECT subject FROM target", &q,
                  &err));
    size_t n = 0;
    for (bool row = true; row;) {
        OK(db_step(q, &row, &err));
        n += row ? count_of(s, db_text(q, 0)) : 0;
    }
    ck_assert_int_eq((int64_t)n,
                     case_value(s, "SELECT count(*) FROM finding f JOIN test t ON t.id = f.test_id"
                                   " WHERE t.run_id = (SELECT max(id) FROM run)"));
    ck_assert_uint_eq(count_of(s, "/nobody"), 0);
}
END_TEST

/* The lines of a walk, from the finding behind the first skip. */
static size_t walk_from(store *s, unsigned statuses, int64_t skip, char **lines)
{
    evpack_err err = {0};
    EVPACK_AUTO(findings) f = NULL;
    OK(findings_open_subjects(s, statuses, &f, &err));
    OK(findings_skip_of_all(f, skip, &err));
    size_t n = 0;
    const finding *one = NULL;
    OK(findings_next_of_all(f, &one, &err));
    while (one != NULL && n < MOST) {
        ck_assert_msg((statuses >> one->status & 1) != 0, "expected no finding of status %d",
                      one->status);
        lines[n++] = line(one);
        OK(findings_next_of_all(f, &one, &err));
    }
    return n;
}

START_TEST(skipping_and_choosing_leave_the_rest_as_it_was)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    static char *all[MOST];
    static char *some[MOST];
    const size_t count = walk_from(s, FINDINGS_ALL, 0, all);
    const int64_t skips[] = {0, 1, 7, (int64_t)count - 1, (int64_t)count, (int64_t)count + 5};
    for (size_t i = 0; i < sizeof skips / sizeof skips[0]; i++) {
        const size_t left = skips[i] > (int64_t)count ? 0 : count - (size_t)skips[i];
        const size_t came = walk_from(s, FINDINGS_ALL, skips[i], some);
        ck_assert_msg(came == left, "behind %lld: expected %zu findings, came %zu",
                      (long long)skips[i], left, came);
        for (size_t k = 0; k < came; k++) {
            ck_assert_str_eq(some[k], all[count - left + k]);
            free(some[k]);
        }
    }
    size_t sum = 0;
    for (int status = 1; status < FINDING_STATUSES; status++) {
        const size_t came = walk_from(s, FINDINGS_ONLY(status), 0, some);
        sum += came;
        for (size_t k = 0; k < came; k++) {
            free(some[k]);
        }
    }
    ck_assert_msg(sum == count, "expected %zu findings over all statuses, came %zu", count, sum);
    for (size_t i = 0; i < count; i++) {
        free(all[i]);
    }
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
    const TTest *const tests[] = {both_walks_tell_the_same,
                                  an_id_finds_its_finding,
                                  subjects_have_all_findings_between_them,
                                  a_subject_comes_once_a_service,
                                  skipping_and_choosing_leave_the_rest_as_it_was,
                                  an_empty_case_has_none,
                                  NULL};
    return test_main(test_suite("store/findings_all", tests));
}
