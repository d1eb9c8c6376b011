/* collect/collect: walking folders, the paths that the case keeps, and all or nothing. */
#include "collect/collect.h"

#include "case.h"
#include "support.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

enum { NOW = 1795334400 };

typedef struct {
    buf log; /* "PATH:skipped why;" or "PATH;" */
} told;

static void each(void *ctx, const char *path, const document_result *result, const char *skipped)
{
    told *t = ctx;
    ck_assert_msg((result == NULL) == (skipped != NULL), "%s: expected a result or a reason", path);
    buf_printf(&t->log, "%s%s%s;", path, skipped == NULL ? "" : ":",
               skipped == NULL ? "" : skipped);
}

static evpack_status collect(const char *file, char *const *paths, size_t count, told *t,
                             collect_totals *totals, evpack_err *err)
{
    EVPACK_AUTO(store) s = NULL;
    EVPACK_TRY(store_open(file, STORE_CREATE, &s, err));
    collect_options options = {
        .label = "a", .by = "Ada", .now = NOW, .each = t == NULL ? NULL : each, .ctx = t};
    return collect_paths(s, paths, count, &options, totals, err);
}

static collect_totals collect_ok(const char *file, char *const *paths, size_t count, told *t)
{
    evpack_err err = {0};
    collect_totals totals = {0};
    OK(collect(file, paths, count, t, &totals, &err));
    return totals;
}

static void paths_of(const char *file, buf *out)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = NULL;
    OK(store_open(file, STORE_READ, &s, &err));
    EVPACK_AUTO(db_stmt) rows = NULL;
    OK(db_prepare(store_db(s), "SELECT path FROM evidence ORDER BY id", &rows, &err));
    buf_clear(out);
    for (bool row = true;;) {
        OK(db_step(rows, &row, &err));
        if (!row) {
            return;
        }
        buf_printf(out, "%s;", db_text(rows, 0));
    }
}

static void tree(void)
{
    (void)test_text_file("x/exports/b.json", "[2]");
    (void)test_text_file("x/exports/a/z.json", "[3]");
    (void)test_text_file("x/exports/a.json", "[1]");
    (void)test_text_file("x/exports/B.json", "[4]");
    (void)test_text_file("x/exports/a/deep/er/y", "[5]");
    (void)test_text_file("x/other/o.json", "[6]");
}

#define ALL "exports/B.json;exports/a/deep/er/y;exports/a/z.json;exports/a.json;exports/b.json;"

/* name: below the test's folder. */
static void gives(const char *cwd, const char *const *names, size_t count, bool absolute,
                  const char *want)
{
    char paths[4][1024];
    char *list[4];
    for (size_t i = 0; i < count; i++) {
        (void)snprintf(paths[i], sizeof paths[i], "%s%s%s", absolute ? test_dir() : "",
                       absolute ? "/" : "", names[i]);
        list[i] = paths[i];
    }
    ck_assert_int_eq(chdir(test_path(cwd)), 0);
    char file[1024];
    (void)snprintf(file, sizeof file, "%s/paths.db", test_dir());
    (void)collect_ok(file, list, count, NULL);
    EVPACK_AUTO_VALUE(buf_reset) buf got = {0};
    paths_of(file, &got);
    ck_assert_msg(strcmp(buf_str(&got), want) == 0, "%s (and %zu more) in %s: expected %s, came %s",
                  names[0], count - 1, cwd, want, buf_str(&got));
    ck_assert_int_eq(remove(file), 0);
    ck_assert_int_eq(chdir("/"), 0);
}

#define GIVES(cwd, absolute, want, ...)            \
    gives(cwd, (const char *const[]){__VA_ARGS__}, \
          sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *), absolute, want)

START_TEST(paths_are_relative_to_what_holds_them_all)
{
    tree();
    GIVES("x", false, ALL, "exports");
    GIVES("x", false, ALL, "exports/");
    GIVES("x", false, ALL, "./exports");
    GIVES("x/exports", false, ALL, ".");
    GIVES("x/exports", false, ALL, "../exports");
    GIVES("x/exports/a", false, ALL, "..");
    GIVES("x", true, ALL, "x/exports");
    GIVES("x", true, ALL, "x/other/../exports");
    GIVES("x", false, "o.json;", "other/o.json");
    GIVES("x", true, "o.json;", "x/other/o.json");
    GIVES("x", false, ALL "other/o.json;", "exports", "other");
    GIVES("x", false, ALL "other/o.json;", "other", "exports");
    GIVES("x", false, ALL "other/o.json;", "exports", "other/o.json");
    GIVES("x", false, "a/z.json;b.json;", "exports/b.json", "exports/a/z.json");
    /* named twice, and inside what is named */
    GIVES("x", false, ALL, "exports", "exports/a/z.json", "exports");
}
END_TEST

START_TEST(links_and_other_things_are_passed_over_and_said)
{
    tree();
    ck_assert_int_eq(symlink("../other/o.json", test_path("x/exports/link.json")), 0);
    ck_assert_int_eq(symlink("../other", test_path("x/exports/linked")), 0);
    ck_assert_int_eq(symlink("nowhere", test_path("x/exports/dangling")), 0);
    ck_assert_int_eq(symlink("..", test_path("x/exports/a/loop")), 0);
    ck_assert_int_eq(mkfifo(test_path("x/exports/pipe"), 0600), 0);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    (void)snprintf(address.sun_path, sizeof address.sun_path, "%s", test_path("x/exports/sock"));
    bool bound = bind(fd, (struct sockaddr *)&address, sizeof address) == 0;
    char *const paths[] = {(char *)test_path("x/exports")};
    told t = {0};
    collect_totals totals = collect_ok(test_path("c.db"), paths, 1, &t);
    (void)close(fd);
    ck_assert_uint_eq(totals.files, 5);
    ck_assert_uint_eq(totals.skipped, bound ? 6 : 5);
    static const char *const want[] = {"exports/link.json:a symbolic link, which is not followed;",
                                       "exports/linked:a symbolic link, which is not followed;",
                                       "exports/dangling:a symbolic link, which is not followed;",
                                       "exports/a/loop:a symbolic link, which is not followed;",
                                       "exports/pipe:not a file;"};
    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
        ck_assert_msg(strstr(buf_str(&t.log), want[i]) != NULL, "expected %s in %s", want[i],
                      buf_str(&t.log));
    }
    buf_reset(&t.log);
    EVPACK_AUTO_VALUE(buf_reset) buf got = {0};
    paths_of(test_path("c.db"), &got);
    ck_assert_str_eq(buf_str(&got), ALL);
}
END_TEST

START_TEST(a_link_that_is_named_is_what_it_points_to)
{
    tree();
    ck_assert_int_eq(symlink("x/exports", test_path("named")), 0);
    char *const paths[] = {(char *)test_path("named")};
    (void)collect_ok(test_path("c.db"), paths, 1, NULL);
    EVPACK_AUTO_VALUE(buf_reset) buf got = {0};
    paths_of(test_path("c.db"), &got);
    ck_assert_str_eq(buf_str(&got), ALL);
}
END_TEST

START_TEST(the_case_is_not_collected_into_itself)
{
    tree();
    const char *file = test_path("x/exports/case.db");
    char *const paths[] = {(char *)test_path("x/exports")};
    (void)test_text_file("x/exports/a/case.db-journal", "[\"only called like one\"]");
    for (int round = 0; round < 2; round++) {
        told t = {0};
        collect_totals totals = collect_ok(file, paths, 1, &t);
        ck_assert_uint_eq(totals.files, 6);
        ck_assert_uint_eq(totals.already, round == 0 ? 0 : 6);
        ck_assert_msg(strstr(buf_str(&t.log), "exports/case.db:this is the case;") != NULL,
                      "came %s", buf_str(&t.log));
        ck_assert_msg(strstr(buf_str(&t.log), "exports/a/case.db-journal;") != NULL,
                      "expected a file that is only called like a journal: %s", buf_str(&t.log));
        buf_reset(&t.log);
    }
    /* also by another name */
    ck_assert_int_eq(link(file, test_path("x/exports/same.db")), 0);
    told t = {0};
    (void)collect_ok(file, paths, 1, &t);
    ck_assert_msg(strstr(buf_str(&t.log), "exports/same.db:this is the case;") != NULL, "came %s",
                  buf_str(&t.log));
    buf_reset(&t.log);
}
END_TEST

static void must_fail(char *const *paths, size_t count, const char *part)
{
    evpack_err err = {0};
    collect_totals totals;
    FAILS(collect(test_path("new.db"), paths, count, NULL, &totals, &err), EVPACK_E_IO, part);
    ck_assert_msg(access(test_path("new.db"), F_OK) != 0, "expected no case after a failure");
    EVPACK_AUTO_VALUE(buf_reset) buf before = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf after = {0};
    char *const sound[] = {(char *)test_path("x/other")};
    (void)collect_ok(test_path("old.db"), sound, 1, NULL);
    test_read(test_path("old.db"), &before);
    FAILS(collect(test_path("old.db"), paths, count, NULL, &totals, &err), EVPACK_E_IO, part);
    test_read(test_path("old.db"), &after);
    ck_assert_msg(before.len == after.len && memcmp(before.data, after.data, after.len) == 0,
                  "expected the case's bytes as they were");
    ck_assert_msg(access(test_path("old.db-journal"), F_OK) != 0, "expected no journal");
}

START_TEST(what_cannot_be_read_changes_nothing)
{
    tree();
    char *const missing[] = {(char *)test_path("x/exports"), (char *)test_path("x/none.json")};
    must_fail(missing, 2, "none.json: cannot be read: No such file");
    ck_assert_int_eq(chmod(test_path("x/exports/b.json"), 0), 0);
    if (geteuid() == 0) { /* root reads every file, whatever its mode: be someone else */
        for (const char *const *p =
                 (const char *const[]){"", "x", "x/exports", "x/exports/a", NULL};
             *p != NULL; p++) {
            ck_assert_int_eq(chown(test_path(*p), 65534, 65534), 0);
        }
        ck_assert_int_eq(chown(test_path("x/exports/b.json"), 65534, 65534), 0);
        ck_assert_int_eq(chown(test_path("old.db"), 65534, 65534), 0);
        ck_assert_int_eq(seteuid(65534), 0);
    }
    char exports[1024]; /* what test_path gives does not last so long */
    (void)snprintf(exports, sizeof exports, "%s", test_path("x/exports"));
    char *const unreadable[] = {exports};
    must_fail(unreadable, 1, "b.json: cannot be opened: Permission denied");
    ck_assert_int_eq(chmod(test_path("x/exports/b.json"), 0600), 0);
    ck_assert_int_eq(chmod(test_path("x/exports/a"), 0), 0);
    must_fail(unreadable, 1, "a: cannot be read: Permission denied");
    ck_assert_int_eq(chmod(test_path("x/exports/a"), 0700), 0);
    ck_assert_int_eq(seteuid(getuid()), 0); /* who made the folder removes it */
}
END_TEST

START_TEST(the_same_again_adds_nothing_but_a_line_of_the_log)
{
    tree();
    char *const paths[] = {(char *)test_path("x/exports")};
    (void)collect_ok(test_path("c.db"), paths, 1, NULL);
    static const char counts[] =
        "SELECT (SELECT count(*) FROM evidence) || ' ' ||"
        " (SELECT count(*) FROM record) || ' ' || (SELECT count(*) FROM chunk)"
        " || ' ' || (SELECT count(*) FROM content) || ' ' ||"
        " (SELECT count(*) FROM subject) || ' ' ||"
        " (SELECT count(*) FROM snapshot)";
    evpack_err err = {0};
    char before[100] = "";
    for (int round = 0; round < 2; round++) {
        EVPACK_AUTO(store) s = NULL;
        OK(store_open(test_path("c.db"), STORE_READ, &s, &err));
        EVPACK_AUTO(db_stmt) row = NULL;
        OK(db_prepare(store_db(s), counts, &row, &err));
        bool there = false;
        OK(db_step(row, &there, &err));
        if (round == 0) {
            (void)snprintf(before, sizeof before, "%s", db_text(row, 0));
        }
        ck_assert_str_eq(db_text(row, 0), before);
        db_reset(row);
        ck_assert_int_eq(case_value(s, "SELECT count(*) FROM custody_event"), round + 1);
        store_close(EVPACK_MOVE(s));
        collect_totals totals = collect_ok(test_path("c.db"), paths, 1, NULL);
        ck_assert_uint_eq(totals.already, 5);
        ck_assert_uint_eq(totals.records, 0);
    }
    (void)test_text_file("x/exports/b.json", "[22]");
    collect_totals totals = collect_ok(test_path("c.db"), paths, 1, NULL);
    ck_assert_uint_eq(totals.already, 4);
    EVPACK_AUTO(store) s = NULL;
    OK(store_open(test_path("c.db"), STORE_READ, &s, &err));
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM evidence WHERE path = 'exports/b.json'"),
                     2);
}
END_TEST

static const char *const odd_names[] = {"caf\xc3\xa9.json",
                                        "not\xff\xfeutf8.json",
                                        "new\nline.json",
                                        "tab\tand\x1b[31m",
                                        " spaces ",
                                        "quote'\"$(x)`",
                                        "a\\b.json",
                                        "-rf",
                                        "~",
                                        "con.json",
                                        "..."};

START_TEST(names_of_any_bytes_are_kept)
{
    evpack_err err = {0};
    size_t count = sizeof odd_names / sizeof odd_names[0];
    for (size_t i = 0; i < count; i++) {
        char name[64];
        (void)snprintf(name, sizeof name, "odd/%s", odd_names[i]);
        (void)test_text_file(name, "[]");
    }
    char long_name[256];
    memset(long_name, 'n', sizeof long_name);
    memcpy(long_name, "odd/", 4);
    long_name[254] = '\0';
    (void)test_text_file(long_name, "[]");
    char *const paths[] = {(char *)test_path("odd")};
    collect_totals totals = collect_ok(test_path("c.db"), paths, 1, NULL);
    ck_assert_uint_eq(totals.files, count + 1);
    EVPACK_AUTO(store) s = NULL;
    OK(store_open(test_path("c.db"), STORE_READ, &s, &err));
    EVPACK_AUTO(db_stmt) find = NULL;
    OK(db_prepare(store_db(s), "SELECT count(*) FROM evidence WHERE CAST(path AS BLOB) = ?", &find,
                  &err));
    for (size_t i = 0; i < count; i++) {
        char name[64];
        int len = snprintf(name, sizeof name, "odd/%s", odd_names[i]);
        OK(db_bind(find, &err, "b", name, (size_t)len));
        bool row = false;
        OK(db_step(find, &row, &err));
        ck_assert_msg(db_int(find, 0) == 1, "expected the name %s as it is", odd_names[i]);
        db_reset(find);
    }
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM content"), 1);
    ck_assert_int_eq(case_value(s, "SELECT count(DISTINCT lower(member)) FROM evidence"),
                     (int64_t)count + 1);
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM evidence WHERE length(member) > 120 OR"
                                   " member GLOB '*[^-a-zA-Z0-9._~ +,=@()/]*'"),
                     0);
}
END_TEST

START_TEST(standard_input_is_a_file_too)
{
    evpack_err err = {0};
    const char *input = test_text_file("in.json", "[{\"x\":1}]");
    int fd = open(input, O_RDONLY | O_CLOEXEC);
    ck_assert_int_ge(dup2(fd, STDIN_FILENO), 0);
    (void)close(fd);
    char *const paths[] = {(char *)"-", (char *)"-"};
    collect_totals totals = collect_ok(test_path("c.db"), paths, 2, NULL);
    ck_assert_uint_eq(totals.files, 1);
    ck_assert_uint_eq(totals.records, 1);
    EVPACK_AUTO(store) s = NULL;
    OK(store_open(test_path("c.db"), STORE_READ, &s, &err));
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM evidence WHERE path = 'stdin.json'"), 1);
}
END_TEST

static const struct {
    const char *label;
    bool good;
} labels[] = {
    {"a", true},
    {"2026-11-22", true},
    {"Q3_2026.final", true},
    {"0123456789012345678901234567890123456789", true},
    {"", false},
    {".", false},
    {"a.", false},
    {"01234567890123456789012345678901234567890", false},
    {"a b", false},
    {"a/b", false},
    {"..", false},
    {"caf\xc3\xa9", false},
    {"a\nb", false},
    {"---", false},
};

START_TEST(a_label_is_a_folders_name)
{
    tree();
    char *const paths[] = {(char *)test_path("x/other")};
    for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++) {
        evpack_err err = {0};
        EVPACK_AUTO(store) s = NULL;
        OK(store_open(test_path("l.db"), STORE_CREATE, &s, &err));
        const collect_options options = {.label = labels[i].label, .now = NOW};
        collect_totals totals;
        evpack_status status = collect_paths(s, paths, 1, &options, &totals, &err);
        ck_assert_msg((status == EVPACK_OK) == labels[i].good, "'%s': expected %s, came '%s'",
                      labels[i].label, labels[i].good ? "ok" : "a refusal", err.text);
        ck_assert_msg(labels[i].good || status == EVPACK_E_USAGE, "expected a usage error");
    }
}
END_TEST

/* The order of the arguments does not matter. */
START_TEST(the_same_tree_gives_the_same_case)
{
    evpack_err err = {0};
    tree();
    char *const one[] = {(char *)test_path("x/exports"), (char *)test_path("x/other")};
    char *const two[] = {(char *)test_path("x/other/o.json"), (char *)test_path("x/exports")};
    (void)collect_ok(test_path("1.db"), one, 2, NULL);
    (void)collect_ok(test_path("2.db"), two, 2, NULL);
    static const char sql[] =
        "SELECT count(*) FROM evidence a JOIN other.evidence b USING (id, path,"
        " member, content_id, records)";
    EVPACK_AUTO(db) d = NULL;
    OK(db_open(test_path("1.db"), DB_READ, &d, &err));
    EVPACK_AUTO_VALUE(buf_reset) buf attach = {0};
    buf_printf(&attach, "ATTACH '%s' AS other", test_path("2.db"));
    OK(db_exec(d, buf_str(&attach), &err));
    int64_t same = 0;
    OK(db_value(d, sql, &same, &err));
    ck_assert_int_eq(same, 6);
}
END_TEST

/* Cost grows with the number of files, not with its square. */
START_TEST(many_files_go_in_quickly)
{
    ck_assert_int_eq(mkdir(test_path("many"), 0755), 0);
    for (int i = 0; i < 5000; i++) {
        char name[64];
        (void)snprintf(name, sizeof name, "many/a file %d.json", i);
        int fd = open(test_path(name), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
        ck_assert_int_ge(fd, 0);
        ck_assert_int_eq(dprintf(fd, "[%d]", i), (int)snprintf(name, sizeof name, "[%d]", i));
        (void)close(fd);
    }
    char *const paths[] = {(char *)test_path("many")};
    collect_totals totals = collect_ok(test_path("c.db"), paths, 1, NULL);
    ck_assert_uint_eq(totals.files, 5000);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {paths_are_relative_to_what_holds_them_all,
                                  links_and_other_things_are_passed_over_and_said,
                                  a_link_that_is_named_is_what_it_points_to,
                                  the_case_is_not_collected_into_itself,
                                  what_cannot_be_read_changes_nothing,
                                  the_same_again_adds_nothing_but_a_line_of_the_log,
                                  names_of_any_bytes_are_kept,
                                  standard_input_is_a_file_too,
                                  a_label_is_a_folders_name,
                                  the_same_tree_gives_the_same_case,
                                  many_files_go_in_quickly,
                                  NULL};
    return test_main(test_suite("collect/collect", tests));
}
