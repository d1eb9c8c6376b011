/*
 * The program itself, with the C library failing under it: reading an export breaks off, a file
 * vanishes, grows or shrinks while it is read, memory runs out. It must end by itself with exit
 * code 2 and words that name the file and the cause, and leave the case as it was.
 */
#include "base/file.h"
#include "fault/state.h"
#include "support.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

extern char **environ;

typedef struct {
    char exports[1024], path[1024], folder[1024], said[1024];
    buf before, names, text;
    char was[65], whole[65];
} scene;

static void scene_reset(scene *s)
{
    buf_reset(&s->before);
    buf_reset(&s->names);
    buf_reset(&s->text);
}

static void child(const scene *s, const char *exports, char *const *settings)
{
    int to = open(s->said, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    (void)dup2(to, STDERR_FILENO);
    (void)dup2(to, STDOUT_FILENO);
    const char *preload = settings == NULL ? NULL : PRELOAD;
    for (; settings != NULL && *settings != NULL; settings++) {
        (void)putenv(*settings);
    }
    if (preload != NULL) {
        (void)setenv("LD_PRELOAD", preload, 1);
    }
    (void)execl(EVPACK, "evpack", "collect", "-c", s->path, "--snapshot", "later", "--at",
                "2026-11-22T08:00:00Z", exports, (char *)NULL);
    _exit(127);
}

/* evpack collect with those settings for the preloaded library; its exit code, its words in text.
 */
static int collect(scene *s, const char *exports, char *const *settings)
{
    (void)fflush(NULL);
    pid_t pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid == 0) {
        child(s, exports, settings);
    }
    int status = 0;
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    buf_clear(&s->text);
    test_read(s->said, &s->text);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void put_exports(void)
{
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    buf_puts(&b, "[");
    for (int i = 0; i < 4000; i++) {
        buf_printf(&b,
                   "%s{\"id\":\"/subscriptions/11111111-0000-4000-8000-000000000001/resourceGroups/"
                   "rg/providers/Microsoft.KeyVault/vaults/v%d\",\"properties\":{\"n\":%d}}",
                   i == 0 ? "" : ",\n", i, i);
    }
    buf_puts(&b, "]");
    (void)test_file("exports/list.json", b.data, b.len);
    (void)test_text_file("exports/last.json",
                         "{\"id\":\"/subscriptions/s\",\"value\":[{\"a\":1}]}");
}

static void begin(scene *s)
{
    evpack_err err = {0};
    (void)test_text_file("first/first.json", "[{\"id\":\"/subscriptions/f\"}]");
    (void)test_text_file("case/other", "not ours");
    (void)snprintf(s->exports, sizeof s->exports, "%s", test_path("exports"));
    (void)snprintf(s->folder, sizeof s->folder, "%s", test_path("case"));
    (void)snprintf(s->path, sizeof s->path, "%s", test_path("case/case.db"));
    (void)snprintf(s->said, sizeof s->said, "%s", test_path("said"));
    ck_assert_msg(collect(s, test_path("first"), NULL) == 0, "a first import: %s",
                  buf_str(&s->text));
    test_read(s->path, &s->before);
    fault_state(s->path, s->was);
    fault_names(s->folder, &s->names);
    ck_assert_msg(collect(s, s->exports, NULL) == 0, "a whole import: %s", buf_str(&s->text));
    fault_state(s->path, s->whole);
    OK(file_write(s->path, s->before.data, s->before.len, &err));
}

static void check_as_it_was(const scene *s, const char *where)
{
    char now[65];
    fault_state(s->path, now);
    ck_assert_msg(strcmp(now, s->was) == 0, "%s: expected the case as it was, came another", where);
    EVPACK_AUTO_VALUE(buf_reset) buf names = {0};
    fault_names(s->folder, &names);
    ck_assert_msg(strcmp(buf_str(&s->names), buf_str(&names)) == 0,
                  "%s: expected only these files:\n%scame:\n%s", where, buf_str(&s->names),
                  buf_str(&names));
}

static void refused(scene *s, const char *where, int code, const char *file, const char *cause)
{
    ck_assert_msg(code == 2, "%s: expected exit code 2, came %d: %s", where, code,
                  buf_str(&s->text));
    ck_assert_msg(strstr(buf_str(&s->text), file) != NULL, "%s: expected the file %s, came %s",
                  where, file, buf_str(&s->text));
    ck_assert_msg(strstr(buf_str(&s->text), cause) != NULL, "%s: expected '%s', came %s", where,
                  cause, buf_str(&s->text));
    check_as_it_was(s, where);
}

static void retry(scene *s, const char *where)
{
    char now[65];
    ck_assert_msg(collect(s, s->exports, NULL) == 0, "%s, then again: %s", where,
                  buf_str(&s->text));
    fault_state(s->path, now);
    ck_assert_msg(strcmp(now, s->whole) == 0, "%s: expected that a second try is whole", where);
}

static void restore(const scene *s)
{
    evpack_err err = {0};
    OK(file_write(s->path, s->before.data, s->before.len, &err));
}

/* Every read of both files, until one is past the last. */
static unsigned break_reads(scene *s, const char *file)
{
    char meant[64];
    (void)snprintf(meant, sizeof meant, "FAULT_FILE=exports/%s", file);
    for (unsigned n = 1;; n++) {
        char at[64];
        (void)snprintf(at, sizeof at, "FAULT_READ=%u", n);
        char *settings[] = {meant, at, NULL};
        int code = collect(s, s->exports, settings);
        if (code == 0) {
            restore(s);
            return n - 1;
        }
        refused(s, at, code, file, "Input/output error");
        retry(s, at);
        restore(s);
    }
}

START_TEST(a_read_that_breaks_off_leaves_the_case)
{
    EVPACK_AUTO_VALUE(scene_reset) scene s = {0};
    put_exports();
    begin(&s);
    unsigned list = break_reads(&s, "list.json");
    ck_assert_msg(list >= 4, "expected at least four reads of list.json, came %u", list);
    ck_assert_uint_ge(break_reads(&s, "last.json"), 2);
}
END_TEST

START_TEST(an_archive_that_cannot_be_read_is_not_a_damaged_one)
{
    EVPACK_AUTO_VALUE(scene_reset) scene s = {0};
    put_exports();
    char make[4096];
    (void)snprintf(make, sizeof make, "cd '%s' && tar -czf list.tar.gz list.json && rm list.json",
                   test_path("exports"));
    ck_assert_int_eq(system(make), 0);
    begin(&s);
    ck_assert_uint_ge(break_reads(&s, "list.tar.gz"), 2);
}
END_TEST

START_TEST(a_file_that_vanishes_or_changes_is_an_error)
{
    EVPACK_AUTO_VALUE(scene_reset) scene s = {0};
    put_exports();
    begin(&s);
    static char *const changes[][4] = {
        {"FAULT_FILE=exports/list.json", "FAULT_AT_READ=3", "FAULT_DO=grow", NULL},
        {"FAULT_FILE=exports/list.json", "FAULT_AT_READ=3", "FAULT_DO=shrink", NULL},
        {"FAULT_FILE=exports/list.json", "FAULT_AT_READ=1", "FAULT_DO=vanish", NULL}};
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        put_exports();
        int code = collect(&s, s.exports, changes[i]);
        refused(&s, changes[i][2], code, "list.json",
                i == 2 ? "No such file or directory" : "was written to while it was read");
        put_exports();
        retry(&s, changes[i][2]);
        restore(&s);
    }
}
END_TEST

/* The C library says it in its own words, and libcrypto in none. */
static const char *cause(const char *text)
{
    static const char *const words[] = {"Cannot allocate memory",
                                        "libcrypto could not compute a digest"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strstr(text, words[i]) != NULL) {
            return words[i];
        }
    }
    return "out of memory";
}

/* One import with the n-th allocation failing. Some are done without: then all is there. */
static void starve(scene *s, unsigned long n, bool lasting)
{
    char at[64];
    (void)snprintf(at, sizeof at, "FAULT_MALLOC=%lu", n);
    char *settings[] = {at, lasting ? "FAULT_LASTING=1" : NULL, NULL};
    int code = collect(s, s->exports, settings);
    char where[100];
    (void)snprintf(where, sizeof where, "%s%s", at, lasting ? " and all after" : "");
    if (code == 0) {
        char now[65];
        fault_state(s->path, now);
        ck_assert_msg(strcmp(now, s->whole) == 0, "%s: exit code 0, and not all is there", where);
    } else {
        refused(s, where, code, "evpack", cause(buf_str(&s->text)));
    }
    restore(s);
}

START_TEST(memory_that_runs_out_leaves_the_case)
{
    EVPACK_AUTO_VALUE(scene_reset) scene s = {0};
    (void)test_text_file("exports/a.json",
                         "[{\"id\":\"/subscriptions/s\",\"x\":[1,{\"y\":null}]}]");
    (void)test_text_file("exports/b.json", "{\"id\":\"/subscriptions/t\",\"value\":[{\"a\":1}]}");
    (void)test_text_file("exports/c.json", "[{\"id\":");
    begin(&s);
    char count[1100];
    (void)snprintf(count, sizeof count, "FAULT_COUNT=%s", test_path("count"));
    char *settings[] = {count, NULL};
    ck_assert_int_eq(collect(&s, s.exports, settings), 0);
    restore(&s);
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    test_read(test_path("count"), &text);
    unsigned long all = strtoul(buf_str(&text), NULL, 10);
    ck_assert_msg(all > 1000, "expected many allocations, came %lu", all);
    /* All of the first ones, where things are set up; of the rest as many as take a few seconds. */
    unsigned long step = 1 + all / 300;
    (void)printf("%lu allocations, every %lu-th fails once\n", all, step);
    for (unsigned long n = 1; n <= all; n += n < 60 ? 1 : step) {
        starve(&s, n, n % 2 == 0);
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        a_read_that_breaks_off_leaves_the_case, an_archive_that_cannot_be_read_is_not_a_damaged_one,
        a_file_that_vanishes_or_changes_is_an_error, memory_that_runs_out_leaves_the_case, NULL};
    return test_main(test_suite("fault/process", tests));
}
