/* map/map: a run is whole or not there, repeats, and older runs stay. */
#include "map/map.h"

#include "case.h"
#include "map/mini.h"
#include "support.h"

#include <stdio.h>
#include <string.h>

START_TEST(every_subject_and_feature_has_a_finding)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = mini_case("c.db", 5);
    map_totals t;
    OK(mini_map(s, mini_mapping("m"), &t, &err));
    ck_assert_uint_eq(t.findings, 20);
    ck_assert_uint_eq(t.broken, 0);
    ck_assert_uint_eq(t.by_status[1], 3);
    ck_assert_uint_eq(t.by_status[2], 2);
    ck_assert_uint_eq(t.by_status[3], 5);
    ck_assert_uint_eq(t.by_status[4], 5);
    ck_assert_uint_eq(t.by_status[5], 5);
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM finding_row WHERE evaluated_at ="
                                   " '2026-11-22T08:00:00Z'"),
                     20);
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM finding_row WHERE status = 'inherited'"
                                   " AND reason = 'Theirs, 2026-01-02.' AND source = 'baseline'"
                                   " AND control_id = 'NS-2' AND published_control_id = 'NS-9'"),
                     5);
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM finding_row WHERE reason ="
                                   " 'Not there, 2026-01-02.' AND status = 'notapplicable'"),
                     5);
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM finding_row WHERE reason ="
                                   " 'Look. Look there.'"
                                   " AND responsibility = 'shared' AND status = 'manual'"),
                     5);
}
END_TEST

static void findings_text(store *s, buf *out)
{
    evpack_err err = {0};
    EVPACK_AUTO(db_stmt) rows = NULL;
    OK(db_prepare(store_db(s),
                  "SELECT json_array(control_id, feature, subject, status, reason, need, evidence,"
                  " source, responsibility, rule_id, evaluated_at) FROM finding_row"
                  " ORDER BY test_id, record_id",
                  &rows, &err));
    for (bool row = true;;) {
        OK(db_step(rows, &row, &err));
        if (!row) {
            return;
        }
        buf_puts(out, db_text(rows, 0));
        buf_putc(out, '\n');
    }
}

/* Also with a case that was opened anew, and with the built-in mapping, whose views are many. */
START_TEST(the_same_again_gives_the_same)
{
    const char *folders[] = {mini_mapping("m"), NULL};
    for (size_t f = 0; f < 2; f++) {
        store_close(mini_case("c.db", 5));
        EVPACK_AUTO_VALUE(buf_reset) buf first = {0};
        char sha[65] = "";
        for (int round = 0; round < 3; round++) {
            evpack_err err = {0};
            EVPACK_AUTO(store) s = NULL;
            OK(store_open(test_path("c.db"), STORE_WRITE, &s, &err));
            map_totals t;
            OK(mini_map(s, folders[f], &t, &err));
            EVPACK_AUTO_VALUE(buf_reset) buf now = {0};
            findings_text(s, &now);
            if (round == 0) {
                buf_append(&first, now.data, now.len);
                (void)snprintf(sha, sizeof sha, "%s", t.mapping_sha256);
            }
            ck_assert_str_eq(sha, t.mapping_sha256);
            ck_assert_msg(strcmp(buf_str(&first), buf_str(&now)) == 0,
                          "round %d: expected\n%s\ncame\n%s", round, buf_str(&first),
                          buf_str(&now));
            ck_assert_int_eq(case_value(s, "SELECT count(*) FROM run"), round + 1);
            ck_assert_int_eq(case_value(s, "SELECT count(*) FROM mapping"), 1);
            ck_assert_int_eq(case_value(s, "SELECT count(*) FROM custody_event"), round + 2);
        }
        ck_assert_int_eq(remove(test_path("c.db")), 0);
    }
}
END_TEST

START_TEST(mappings_can_take_turns)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = mini_case("c.db", 2);
    map_totals t;
    /* As in the sqlite3 shell; evpack itself never lets a view call functions that are not inert.
     */
    OK(db_exec(store_db(s), "PRAGMA trusted_schema = ON", &err));
    for (int round = 0; round < 2; round++) {
        OK(mini_map(s, mini_mapping("m"), &t, &err));
        ck_assert_int_eq(case_value(s, "SELECT count(*) FROM thing"), 2);
        ck_assert_int_eq(case_value(s, "SELECT count(*) FROM finding_row"), 8);
        OK(mini_map(s, NULL, &t, &err));
        ck_assert_int_eq(case_value(s, "SELECT count(*) FROM sqlite_schema WHERE name = 'thing'"),
                         0);
        ck_assert_int_eq(case_value(s, "SELECT count(*) FROM account"), 0);
    }
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM mapping"), 2);
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM run"), 4);
}
END_TEST

static const struct {
    const char *file, *text, *part;
} broken[] = {
    {"reasons.json", NULL, "no reasons.json"},
    {"reasons.json", "{\"inherited\":", "reasons.json:1:14: "},
    {"reasons.json", "{\"inherited\":\"x\"}",
     "reasons.json: expected a string in member unsupported"},
    {"reasons.json", "[]", "reasons.json: expected a string"},
    {"benchmarks/b.json", "{}", "benchmarks/b.json: expected a string in member slug"},
    {"benchmarks/b.json", "{\n \"slug\": 1,\n}", "benchmarks/b.json:3:1: "},
    {"services/s.json", "[1]", "services/s.json: expected a string in member slug"},
};

START_TEST(a_run_that_fails_changes_nothing)
{
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        evpack_err err = {0};
        EVPACK_AUTO_VALUE(buf_reset) buf before = {0};
        EVPACK_AUTO_VALUE(buf_reset) buf after = {0};
        store_close(mini_case("c.db", 2));
        test_read(test_path("c.db"), &before);
        const char *folder = mini_mapping("m");
        mini_file("m", broken[i].file, broken[i].text);
        EVPACK_AUTO(store) s = NULL;
        OK(store_open(test_path("c.db"), STORE_WRITE, &s, &err));
        map_totals t;
        FAILS(mini_map(s, folder, &t, &err), EVPACK_E_MAPPING, broken[i].part);
        ck_assert_msg(strstr(err.text, folder) != NULL, "expected the folder's name in '%s'",
                      err.text);
        store_close(EVPACK_MOVE(s));
        test_read(test_path("c.db"), &after);
        ck_assert_msg(before.len == after.len && memcmp(before.data, after.data, after.len) == 0,
                      "%s: expected the case's bytes as they were", broken[i].file);
        ck_assert_int_eq(remove(test_path("c.db")), 0);
    }
}
END_TEST

START_TEST(a_mapping_must_be_a_folder)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = mini_case("c.db", 1);
    map_totals t;
    FAILS(mini_map(s, test_path("none"), &t, &err), EVPACK_E_MAPPING, "there is no folder");
    FAILS(mini_map(s, test_text_file("a.json", "{}"), &t, &err), EVPACK_E_MAPPING,
          "there is no folder");
    FAILS(mini_map(s, "", &t, &err), EVPACK_E_MAPPING, "there is no folder");
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM run"), 0);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {every_subject_and_feature_has_a_finding,
                                  the_same_again_gives_the_same,
                                  mappings_can_take_turns,
                                  a_run_that_fails_changes_nothing,
                                  a_mapping_must_be_a_folder,
                                  NULL};
    return test_main(test_suite("map/map", tests));
}
