/* review/scratch: whatever happens in the folder, it is gone afterwards. */
#include "review/scratch.h"

#include "support.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* Entries in the folder that scratch folders are made in. */
static int entries(void)
{
    DIR *dir = opendir(test_path("tmp"));
    int n = 0;
    ck_assert_ptr_nonnull(dir);
    for (const struct dirent *e = readdir(dir); e != NULL; e = readdir(dir)) {
        n += e->d_name[0] != '.';
    }
    (void)closedir(dir);
    return n;
}

static void begin(void)
{
    ck_assert_int_eq(mkdir(test_path("tmp"), 0700), 0);
    ck_assert_int_eq(setenv("TMPDIR", test_path("tmp"), 1), 0);
}

static void fill(const char *folder)
{
    char path[1100];
    struct stat st;
    ck_assert(stat(folder, &st) == 0 && (st.st_mode & 0777) == 0700);
    (void)snprintf(path, sizeof path, "%s/a", folder);
    (void)mkdir(path, 0700);
    (void)snprintf(path, sizeof path, "%s/a/b", folder);
    (void)close(creat(path, 0600));
    (void)snprintf(path, sizeof path, "%s/link", folder);
    (void)symlink("/", path);
}

static int seven(void *ctx, const char *folder)
{
    (void)ctx;
    fill(folder);
    return 7;
}

static int crash(void *ctx, const char *folder)
{
    (void)ctx;
    fill(folder);
    (void)raise(SIGKILL);
    return 0;
}

/* Says that it is there, and stays. */
static int stay(void *ctx, const char *folder)
{
    const int *ready = ctx;
    fill(folder);
    (void)!write(*ready, "x", 1);
    while (pause() != 0) { /* it returns when a signal was handled, and none is */
    }
    return 0;
}

START_TEST(the_code_comes_back)
{
    begin();
    evpack_err err = {0};
    int code = 0;
    OK(scratch_run(seven, NULL, &code, &err));
    ck_assert_int_eq(code, 7);
    ck_assert_int_eq(entries(), 0);
    FAILS(scratch_run(crash, NULL, &code, &err), EVPACK_E_INTERNAL, "ended by signal 9");
    ck_assert_int_eq(entries(), 0);
    ck_assert_int_eq(setenv("TMPDIR", test_path("nowhere"), 1), 0);
    FAILS(scratch_run(seven, NULL, &code, &err), EVPACK_E_IO, "no temporary folder can be made");
}
END_TEST

START_TEST(signals)
{
    static const int all[] = {SIGINT, SIGTERM, SIGHUP};
    begin();
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        int ready[2];
        ck_assert_int_eq(pipe(ready), 0);
        const pid_t child = fork();
        ck_assert_int_ge(child, 0);
        if (child == 0) {
            evpack_err err = {0};
            int code = 0;
            (void)signal(all[i], SIG_DFL); /* Check has a handler of its own */
            _exit(scratch_run(stay, &ready[1], &code, &err) == EVPACK_OK ? 0 : 1);
        }
        char x = 0;
        ck_assert_int_eq(read(ready[0], &x, 1), 1);
        ck_assert_int_eq(entries(), 1);
        ck_assert_int_eq(kill(child, all[i]), 0);
        int status = 0;
        ck_assert_int_eq(waitpid(child, &status, 0), child);
        ck_assert_msg(WIFSIGNALED(status) && WTERMSIG(status) == all[i],
                      "expected it to end by signal %d, came status %d", all[i], status);
        ck_assert_int_eq(entries(), 0);
        (void)close(ready[0]);
        (void)close(ready[1]);
    }
}
END_TEST

/* As under nohup: a signal that is ignored ends nothing. */
static int linger(void *ctx, const char *folder)
{
    const int *pipes = ctx;
    char x = 'x';
    fill(folder);
    (void)!write(pipes[0], &x, 1);
    return read(pipes[1], &x, 1) == 1 ? 7 : 8;
}

START_TEST(ignored_signals)
{
    begin();
    int ready[2];
    int go[2];
    ck_assert(pipe(ready) == 0 && pipe(go) == 0);
    const pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        evpack_err err = {0};
        int code = 0;
        int pipes[] = {ready[1], go[0]};
        (void)signal(SIGHUP, SIG_IGN);
        _exit(scratch_run(linger, pipes, &code, &err) == EVPACK_OK ? code : 1);
    }
    char x = 0;
    ck_assert_int_eq(read(ready[0], &x, 1), 1);
    ck_assert_int_eq(kill(child, SIGHUP), 0);
    ck_assert_int_eq(write(go[1], &x, 1), 1);
    int status = 0;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 7,
                  "expected exit code 7, came status %d", status);
    ck_assert_int_eq(entries(), 0);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {the_code_comes_back, signals, ignored_signals, NULL};
    return test_main(test_suite("review/scratch", tests));
}
