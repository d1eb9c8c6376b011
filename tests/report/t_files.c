/* report/files: every raw file once, by its place in the package. */
#include "report/files.h"

#include "case.h"
#include "support.h"

#include <stdio.h>
#include <string.h>

START_TEST(all_in_order)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_basic("c.db");
    EVPACK_AUTO(report_files) files = NULL;
    OK(report_files_open(s, &files, &err));
    int64_t n = 0;
    char before[256] = "";
    const report_file *f = NULL;
    for (;;) {
        OK(report_files_next(files, &f, &err));
        if (f == NULL) {
            break;
        }
        ck_assert_int_lt(strcmp(before, f->path), 0);
        (void)snprintf(before, sizeof before, "%s", f->path);
        ck_assert_uint_eq(strlen(f->sha256), 64);
        ck_assert_int_eq(strncmp(f->path, "data/evidence/2026-1", 20), 0);
        n++;
    }
    ck_assert_int_eq(n, case_value(s, "SELECT count(*) FROM evidence"));
}
END_TEST

START_TEST(fields)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_basic("c.db");
    EVPACK_AUTO(report_files) files = NULL;
    OK(report_files_open(s, &files, &err));
    const report_file *f = NULL;
    OK(report_files_next(files, &f, &err));
    ck_assert_str_eq(f->original, "exports/oct/cognitive accounts.json");
    ck_assert_str_eq(f->path, "data/evidence/2026-10/exports/oct/cognitive%20accounts.json");
    ck_assert_str_eq(f->completeness, "unstated");
    ck_assert_int_eq(f->size, 48211);
    ck_assert_int_eq(f->records, 5);
    ck_assert_ptr_null(f->reason);
    EVPACK_AUTO(store) none = case_empty("none.db");
    EVPACK_AUTO(report_files) nothing = NULL;
    OK(report_files_open(none, &nothing, &err));
    OK(report_files_next(nothing, &f, &err));
    ck_assert_ptr_null(f);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {all_in_order, fields, NULL};
    return test_main(test_suite("report/files", tests));
}
