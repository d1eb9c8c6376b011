/* store/store: which files are cases, and that what did not commit left nothing. */
#include "store/store.h"

#include "case.h"
#include "support.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

static void copy_of(const char *path, buf *b)
{
    buf_clear(b);
    test_read(path, b);
}

static void raw_db(const char *name, const char *sql)
{
    evpack_err err = {0};
    EVPACK_AUTO(db) d = NULL;
    OK(db_open(test_path(name), DB_CREATE, &d, &err));
    OK(db_exec(d, sql, &err));
}

START_TEST(a_new_case_has_its_marks)
{
    EVPACK_AUTO(store) s = case_empty("c.db");
    ck_assert_int_eq(case_value(s, "PRAGMA application_id"), STORE_APPLICATION_ID);
    ck_assert_int_eq(case_value(s, "PRAGMA user_version"), STORE_VERSION);
    ck_assert_int_eq(case_value(s, "PRAGMA foreign_keys"), 1);
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM sqlite_schema WHERE type = 'table'"
                                   " AND sql NOT LIKE '%STRICT%'"),
                     0);
    ck_assert_str_eq(store_path(s), test_path("c.db"));
}
END_TEST

/* Records and contents come before the evidence row that they belong to: while a deferred key is
 * open, SQLite looks for the children of each row that comes, and walks over the table without an
 * index. */
START_TEST(what_files_are_read_into_is_found_by_index)
{
    EVPACK_AUTO(store) s = case_empty("c.db");
    ck_assert_int_eq(
        case_value(s, "SELECT count(*) FROM sqlite_schema t, pragma_foreign_key_list(t.name) k"
                      " WHERE t.type = 'table' AND k.\"table\" IN ('record', 'content', 'evidence')"
                      "   AND NOT EXISTS (SELECT 1 FROM pragma_index_list(t.name) i,"
                      "                     pragma_index_info(i.name) c"
                      "                    WHERE c.seqno = 0 AND c.name = k.\"from\")"),
        0);
}
END_TEST

START_TEST(without_a_commit_there_is_no_case)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = NULL;
    OK(store_open(test_path("c.db"), STORE_CREATE, &s, &err));
    OK(store_begin(s, &err));
    OK(db_exec(store_db(s), "INSERT INTO mapping(sha256, origin) VALUES (zeroblob(32), 'x')",
               &err));
    store_close(EVPACK_MOVE(s));
    ck_assert_msg(access(test_path("c.db"), F_OK) != 0, "expected c.db to be away again");
    ck_assert_msg(access(test_path("c.db-journal"), F_OK) != 0, "expected no journal");
}
END_TEST

START_TEST(what_did_not_commit_leaves_the_bytes)
{
    evpack_err err = {0};
    store_close(case_basic("c.db"));
    EVPACK_AUTO_VALUE(buf_reset) buf before = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf after = {0};
    copy_of(test_path("c.db"), &before);
    static const store_mode modes[] = {STORE_WRITE, STORE_CREATE};
    for (size_t i = 0; i < 2; i++) {
        EVPACK_AUTO(store) s = NULL;
        OK(store_open(test_path("c.db"), modes[i], &s, &err));
        OK(store_begin(s, &err));
        OK(db_exec(store_db(s),
                   "INSERT INTO snapshot(label, imported_at, tool_version)"
                   " VALUES ('other', '2026-11-22T00:00:00Z', 'x')",
                   &err));
        store_close(EVPACK_MOVE(s));
        copy_of(test_path("c.db"), &after);
        ck_assert_msg(before.len == after.len && memcmp(before.data, after.data, after.len) == 0,
                      "expected the same bytes after a case that was closed without a commit");
    }
}
END_TEST

START_TEST(a_rolled_back_transaction_is_over)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_empty("c.db");
    OK(store_begin(s, &err));
    OK(store_begin(s, &err));                   /* joins */
    OK(db_exec(store_db(s), "ROLLBACK", &err)); /* as SQLite does by itself when a disk is full */
    OK(store_begin(s, &err));
    ck_assert_msg(db_in_transaction(store_db(s)), "expected a transaction of its own");
    store_rollback(s);
    store_rollback(s);
    FAILS(store_commit(s, &err), EVPACK_E_CASE, "no transaction");
}
END_TEST

static const struct {
    const char *name, *sql, *part;
} foreign[] = {
    {"newer.db", "PRAGMA application_id = 0x45765043; PRAGMA user_version = 99; CREATE TABLE t(i)",
     "newer evpack (case version 99, this one knows 4)"},
    {"zero.db", "PRAGMA application_id = 0x45765043; CREATE TABLE t(i)", "case version 0"},
    {"foreign.db", "CREATE TABLE t(i)", "is not an evpack case; name one with -c"},
    {"other.db", "PRAGMA application_id = 7; CREATE TABLE t(i)", "is not an evpack case"},
    {"marked.db", "PRAGMA application_id = 7", "is not an evpack case"},
};

START_TEST(other_databases_are_refused_and_left_alone)
{
    static const store_mode modes[] = {STORE_READ, STORE_WRITE, STORE_CREATE};
    EVPACK_AUTO_VALUE(buf_reset) buf before = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf after = {0};
    for (size_t i = 0; i < sizeof foreign / sizeof foreign[0]; i++) {
        raw_db(foreign[i].name, foreign[i].sql);
        copy_of(test_path(foreign[i].name), &before);
        for (size_t m = 0; m < 3; m++) {
            evpack_err err = {0};
            store *s = NULL;
            FAILS(store_open(test_path(foreign[i].name), modes[m], &s, &err), EVPACK_E_CASE,
                  foreign[i].part);
            ck_assert_msg(strstr(err.text, foreign[i].name) != NULL, "expected the name %s in '%s'",
                          foreign[i].name, err.text);
            ck_assert_ptr_null(s);
            copy_of(test_path(foreign[i].name), &after);
            ck_assert_msg(before.len == after.len &&
                              memcmp(before.data, after.data, after.len) == 0,
                          "%s: expected the same bytes", foreign[i].name);
        }
    }
}
END_TEST

START_TEST(other_files_are_refused_and_left_alone)
{
    static const store_mode modes[] = {STORE_READ, STORE_WRITE, STORE_CREATE};
    const char *path = test_text_file("notes.txt", "These are notes, and no database at all.\n");
    for (size_t m = 0; m < 3; m++) {
        evpack_err err = {0};
        store *s = NULL;
        FAILS(store_open(path, modes[m], &s, &err), EVPACK_E_CASE, "not a database");
        ck_assert_ptr_null(s);
        FAILS(store_open(test_dir(), modes[m], &s, &err), EVPACK_E_CASE, "is not a file");
        FAILS(store_open(test_path("no/folder/c.db"), modes[m], &s, &err), EVPACK_E_CASE, "c.db");
        FAILS(store_open("", modes[m], &s, &err), EVPACK_E_CASE, "");
    }
    EVPACK_AUTO_VALUE(buf_reset) buf after = {0};
    copy_of(path, &after);
    ck_assert_str_eq(buf_str(&after), "These are notes, and no database at all.\n");
    evpack_err err = {0};
    store *s = NULL;
    FAILS(store_open(test_path("none.db"), STORE_READ, &s, &err), EVPACK_E_CASE,
          "none.db: there is no case of that name; 'evpack collect' makes one");
    FAILS(store_open(test_path("none.db"), STORE_WRITE, &s, &err), EVPACK_E_CASE,
          "there is no case");
    ck_assert_msg(access(test_path("none.db"), F_OK) != 0, "expected none.db not to be made");
}
END_TEST

/* mktemp and the like leave an empty file: it may become a case, and stays empty when it does not.
 */
START_TEST(an_empty_file_may_become_a_case)
{
    evpack_err err = {0};
    const char *path = test_file("empty.db", "", 0);
    store *none = NULL;
    FAILS(store_open(path, STORE_READ, &none, &err), EVPACK_E_CASE, "is not an evpack case");
    FAILS(store_open(path, STORE_WRITE, &none, &err), EVPACK_E_CASE, "is not an evpack case");
    EVPACK_AUTO(store) s = NULL;
    OK(store_open(path, STORE_CREATE, &s, &err));
    store_close(EVPACK_MOVE(s));
    struct stat st;
    ck_assert_int_eq(stat(path, &st), 0);
    ck_assert_msg(st.st_size == 0, "expected 0 bytes, came %lld", (long long)st.st_size);
    OK(store_open(path, STORE_CREATE, &s, &err));
    OK(store_begin(s, &err));
    OK(store_commit(s, &err));
    ck_assert_int_eq(case_value(s, "PRAGMA user_version"), STORE_VERSION);
}
END_TEST

/* One process is in the middle of making the case; another one that fails must not take it away. */
START_TEST(who_did_not_make_the_case_does_not_remove_it)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) first = NULL;
    OK(store_open(test_path("c.db"), STORE_CREATE, &first, &err));
    store *second = NULL;
    FAILS(store_open(test_path("c.db"), STORE_CREATE, &second, &err), EVPACK_E_CASE, "locked");
    ck_assert_ptr_null(second);
    ck_assert_msg(access(test_path("c.db"), F_OK) == 0, "expected c.db to be there still");
    OK(store_begin(first, &err));
    OK(store_commit(first, &err));
    store_close(EVPACK_MOVE(first));
    OK(store_open(test_path("c.db"), STORE_READ, &first, &err));
}
END_TEST

START_TEST(a_case_that_went_away_is_not_committed_to)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_empty("c.db");
    OK(store_begin(s, &err));
    ck_assert_int_eq(rename(test_path("c.db"), test_path("d.db")), 0);
    (void)test_text_file("c.db", "someone else's");
    FAILS(store_commit(s, &err), EVPACK_E_CASE, "c.db: was moved or removed while it was open");
    store_close(EVPACK_MOVE(s));
    EVPACK_AUTO_VALUE(buf_reset) buf after = {0};
    copy_of(test_path("c.db"), &after);
    ck_assert_str_eq(buf_str(&after), "someone else's");
}
END_TEST

START_TEST(two_cannot_write_at_once)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) first = case_empty("c.db");
    OK(store_begin(first, &err));
    EVPACK_AUTO(store) second = NULL;
    OK(store_open(test_path("c.db"), STORE_WRITE, &second, &err));
    FAILS(store_begin(second, &err), EVPACK_E_CASE, "another evpack is using it?");
    store_rollback(first);
    OK(store_begin(second, &err));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {a_new_case_has_its_marks,
                                  what_files_are_read_into_is_found_by_index,
                                  without_a_commit_there_is_no_case,
                                  what_did_not_commit_leaves_the_bytes,
                                  a_rolled_back_transaction_is_over,
                                  other_databases_are_refused_and_left_alone,
                                  other_files_are_refused_and_left_alone,
                                  an_empty_file_may_become_a_case,
                                  who_did_not_make_the_case_does_not_remove_it,
                                  a_case_that_went_away_is_not_committed_to,
                                  two_cannot_write_at_once,
                                  NULL};
    return test_main(test_suite("store/store", tests));
}
