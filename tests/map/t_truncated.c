/*
 * Exports that broke off: whatever the rules are, a finding about what only they tell of is
 * unknown, and no other finding is different from what it would be without them.
 */
#include "case.h"
#include "collect/collect.h"
#include "map/mini.h"
#include "support.h"

#include <fts.h>
#include <stdio.h>
#include <string.h>

#define EXPORT TEST_SOURCE_ROOT "/fixtures/contoso/export"

static void collect(store *s, const char *path)
{
    evpack_err err = {0};
    EVPACK_AUTO_CHARS own = strdup(path);
    char *const paths[] = {own};
    const collect_options options = {.label = "a", .now = MINI_AT};
    collect_totals totals;
    OK(collect_paths(s, paths, 1, &options, &totals, &err));
}

typedef enum { CUT, LEFT_OUT } others;

static int by_name(const FTSENT **a, const FTSENT **b)
{
    return strcmp((*a)->fts_name, (*b)->fts_name);
}

/* The sample tenant in dir/name, in which every second JSON file from `first` on is cut off at two
 * thirds, or is not there. */
static const char *copy(const char *name, others how, int first)
{
    char root[] = EXPORT;
    char *const roots[] = {root, NULL};
    FTS *tree = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, by_name);
    ck_assert_ptr_nonnull(tree);
    int n = 0;
    for (FTSENT *e = fts_read(tree); e != NULL; e = fts_read(tree)) {
        if (e->fts_info != FTS_F) {
            continue;
        }
        EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
        test_read(e->fts_path, &text);
        bool sound = strstr(e->fts_name, ".json") == NULL || n++ % 2 != first;
        char path[512];
        (void)snprintf(path, sizeof path, "%s/%s", name, e->fts_path + sizeof EXPORT);
        if (sound || how == CUT) {
            (void)test_file(path, text.data, sound ? text.len : text.len * 2 / 3);
        }
    }
    (void)fts_close(tree);
    return test_path(name);
}

static store *mapped(const char *name, const char *folder)
{
    evpack_err err = {0};
    store *s = case_empty(name);
    collect(s, folder);
    const map_options options = {.at = MINI_AT};
    map_totals totals;
    OK(map_run(s, &options, &totals, &err));
    ck_assert_uint_eq(totals.broken, 0);
    return s;
}

#define OF_TRUNCATED "evidence_id IN (SELECT id FROM evidence WHERE completeness = 'truncated')"

static db_stmt *findings(store *s)
{
    evpack_err err = {0};
    db_stmt *rows = NULL;
    OK(db_prepare(store_db(s),
                  "SELECT subject || ' ' || service || ' ' || feature || ' ' || control_id, status"
                  " FROM finding_row WHERE NOT (" OF_TRUNCATED ") ORDER BY 1",
                  &rows, &err));
    return rows;
}

/* Each finding of the others is what it is without the files that broke off, or unknown. */
static void compare(store *broken, store *without)
{
    evpack_err err = {0};
    EVPACK_AUTO(db_stmt) a = findings(broken);
    EVPACK_AUTO(db_stmt) b = findings(without);
    unsigned same = 0;
    for (bool row = true;;) {
        bool other = false;
        OK(db_step(a, &row, &err));
        OK(db_step(b, &other, &err));
        ck_assert_msg(row == other, "expected as many findings without the files");
        if (!row) {
            break;
        }
        ck_assert_str_eq(db_text(a, 0), db_text(b, 0));
        bool equal = strcmp(db_text(a, 1), db_text(b, 1)) == 0;
        ck_assert_msg(equal || strcmp(db_text(a, 1), "unknown") == 0,
                      "%s: expected %s or unknown, came %s", db_text(a, 0), db_text(b, 1),
                      db_text(a, 1));
        same += equal && strcmp(db_text(a, 1), "unknown") != 0;
    }
    ck_assert_uint_gt(same, 50);
}

static const char named_sql[] = "SELECT count(*) FROM finding_row f, json_each(f.evidence) j"
                                " JOIN record r ON r.id = CASE j.type WHEN 'object' THEN j.value "
                                "->> '$.record' ELSE j.value END"
                                " JOIN evidence e ON e.id = r.evidence_id"
                                " WHERE f.status <> 'unknown' AND e.completeness = 'truncated'";

START_TEST(nothing_rests_on_what_broke_off)
{
    for (int first = 0; first < 2; first++) {
        EVPACK_AUTO(store)
        broken = mapped("cut.db", copy(first == 0 ? "cut0" : "cut1", CUT, first));
        EVPACK_AUTO(store)
        without = mapped("without.db", copy(first == 0 ? "without0" : "without1", LEFT_OUT, first));
        ck_assert_int_gt(case_value(broken,
                                    "SELECT count(*) FROM evidence WHERE completeness = 'truncated'"
                                    " AND records > 0"),
                         3);
        ck_assert_int_eq(case_value(broken, "SELECT count(*) FROM finding_row WHERE " OF_TRUNCATED
                                            " AND (status <> 'unknown' OR reason NOT LIKE"
                                            " '%broke off%')"),
                         0);
        ck_assert_int_eq(case_value(broken, named_sql), 0);
        compare(broken, without);
        (void)remove(test_path("cut.db"));
        (void)remove(test_path("without.db"));
    }
}
END_TEST

#define THING(n, good)                                                                       \
    "{\"id\":\"/subscriptions/1/resourceGroups/g/providers/X.Y/Things/" n "\",\"name\":\"" n \
    "\",\"type\":\"X.Y/Things\",\"properties\":{\"good\":" good "}}"

static store *things(const char *first, const char *second)
{
    evpack_err err = {0};
    map_totals totals;
    store *s = case_empty("c.db");
    collect(s, test_text_file("a.json", first));
    if (second != NULL) {
        collect(s, test_text_file("b.json", second));
    }
    OK(mini_map(s, mini_mapping("m"), &totals, &err));
    return s;
}

static int64_t said(store *s, const char *where)
{
    char sql[300];
    (void)snprintf(sql, sizeof sql, "SELECT count(*) FROM finding_row WHERE %s", where);
    return case_value(s, sql);
}

START_TEST(a_whole_export_of_the_same_speaks)
{
    const char *half = "[" THING("t", "true") "," THING("u", "true") ",";
    const char *whole = "[" THING("t", "false") "]";
    for (int order = 0; order < 2; order++) {
        EVPACK_AUTO(store) s = things(order == 0 ? half : whole, order == 0 ? whole : half);
        ck_assert_int_eq(said(s, "subject LIKE '%/t' AND feature = 'F one' AND status = 'fail'"),
                         1);
        ck_assert_int_eq(said(s, "subject LIKE '%/u' AND status = 'unknown'"), 4);
        ck_assert_int_eq(said(s, "1"), 8);
        ck_assert_int_eq(case_value(s, "SELECT count(*) FROM resource"), 1);
        ck_assert_int_eq(case_value(s, "SELECT count(*) FROM speaking WHERE source_completeness ="
                                       " 'truncated'"),
                         1);
        ck_assert_int_eq(case_value(s, "SELECT count(*) FROM temp.sqlite_schema WHERE name IN"
                                       " ('resource', 'sound')"),
                         0);
        store_close(EVPACK_MOVE(s));
        (void)remove(test_path("c.db"));
    }
}
END_TEST

/* A summary in a sound file is more than a full object in one that broke off. */
START_TEST(a_sound_summary_speaks_before_a_truncated_object)
{
    EVPACK_AUTO(store)
    s = things("[" THING("t", "true") ",",
               "[{\"id\":\"/subscriptions/1/resourceGroups/g/providers/"
               "X.Y/Things/t\",\"name\":\"t\",\"type\":\"X.Y/Things\"}]");
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM resource WHERE NOT complete"), 1);
    ck_assert_int_eq(said(s, "reason LIKE '%broke off%' OR reason = 'truncated'"), 0);
}
END_TEST

START_TEST(a_tail_of_lines_marks_all_of_them)
{
    EVPACK_AUTO(store) s = things(THING("t", "true") "\n" THING("u", "true") "\n{\"id\":", NULL);
    ck_assert_int_eq(said(s, "status = 'unknown'"), 8);
    ck_assert_int_eq(said(s, "status <> 'unknown'"), 0);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        nothing_rests_on_what_broke_off, a_whole_export_of_the_same_speaks,
        a_sound_summary_speaks_before_a_truncated_object, a_tail_of_lines_marks_all_of_them, NULL};
    return test_main(test_suite("map/truncated", tests));
}
