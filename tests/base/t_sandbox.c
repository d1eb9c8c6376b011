/* base/sandbox: what it refuses and what it leaves, each tried by a process of its own. */
#include "support.h"

#include "base/sandbox.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Paths, made before: a process of its own would make another folder. */
static const char *folder, *there, *new_name;

static void prepare(void)
{
    folder = test_dir();
    there = test_text_file("f", "hello");
    new_name = test_path("new");
}

/* What is tried inside. 0: it was done; else the errno of its refusal. */
typedef struct {
    const char *name;
    int (*act)(void);
    int want;
} attempt;

static int result(long got)
{
    return got >= 0 ? 0 : errno;
}

static int open_for_writing(void)
{
    return result(open(there, O_WRONLY));
}
static int open_for_both(void)
{
    return result(open(there, O_RDWR));
}
static int make_file(void)
{
    return result(open(new_name, O_RDONLY | O_CREAT, 0600));
}
static int cut_file(void)
{
    return result(open(there, O_RDONLY | O_TRUNC));
}
static int open_by_new_call(void)
{
    return result(syscall(SYS_openat2, AT_FDCWD, there, NULL, 0));
}
static int remove_file(void)
{
    return result(unlink(there));
}
static int rename_file(void)
{
    return result(rename(there, new_name));
}
static int make_folder(void)
{
    return result(mkdir(new_name, 0700));
}
static int open_socket(void)
{
    return result(socket(AF_INET, SOCK_STREAM, 0));
}
static int open_local_socket(void)
{
    return result(socket(AF_UNIX, SOCK_STREAM, 0));
}
static int start_program(void)
{
    char *const arguments[] = {"true", NULL};
    return result(execv("/bin/true", arguments));
}
static int start_process(void)
{
    return result(fork());
}
static int signal_other(void)
{
    return result(kill(getppid(), 0));
}
static int trace_other(void)
{
    return result(syscall(SYS_ptrace, 16, getppid(), 0, 0));
}
static int write_to_other_descriptor(void)
{
    return result(write(9, "x", 1)); /* a pipe that was open before */
}
static int executable_memory(void)
{
    void *at = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return at != MAP_FAILED ? 0 : errno;
}
static int memory_made_executable(void)
{
    static _Alignas(4096) char page[4096];
    return result(mprotect(page, sizeof page, PROT_READ | PROT_EXEC));
}
static int change_of_limits(void)
{
    return result(syscall(SYS_prctl, 22, 0, 0, 0, 0)); /* PR_SET_SECCOMP: off */
}
static int control_of_terminal(void)
{
    return result(syscall(SYS_ioctl, 1, 0x5412, "x")); /* TIOCSTI types for the user */
}

static int read_file(void)
{
    char text[16] = "";
    int fd = open(there, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat st;
    return fd >= 0 && fstat(fd, &st) == 0 && st.st_size == 5 && read(fd, text, 16) == 5 &&
                   strcmp(text, "hello") == 0 && pread(fd, text, 1, 4) == 1 && text[0] == 'o' &&
                   lseek(fd, 0, SEEK_SET) == 0 && close(fd) == 0 && stat(there, &st) == 0
               ? 0
               : errno;
}
static int read_folder(void)
{
    DIR *dir = opendir(folder);
    bool any = dir != NULL && readdir(dir) != NULL;
    return any && closedir(dir) == 0 ? 0 : errno;
}
static int print(void)
{
    return puts("printed") >= 0 && fflush(stdout) == 0 && write(2, "", 0) == 0 ? 0 : errno;
}
static int memory(void)
{
    char *small = malloc(100);
    char *large = malloc(64 << 20);
    if (small == NULL || large == NULL) {
        return ENOMEM;
    }
    memset(large, 1, 64 << 20);
    large = realloc(large, 65 << 20);
    int code = large == NULL ? ENOMEM : 0;
    free(small);
    free(large);
    return code;
}
static void *nothing(void *ctx)
{
    return ctx;
}
static int thread(void)
{
    pthread_t one;
    int code = pthread_create(&one, NULL, nothing, NULL);
    return code != 0 ? code : pthread_join(one, NULL);
}

static const attempt attempts[] = {
    {"open for writing", open_for_writing, EPERM},
    {"open for reading and writing", open_for_both, EPERM},
    {"make a file", make_file, EPERM},
    {"cut a file", cut_file, EPERM},
    {"openat2", open_by_new_call, EPERM},
    {"remove a file", remove_file, EPERM},
    {"rename a file", rename_file, EPERM},
    {"make a folder", make_folder, EPERM},
    {"open a socket", open_socket, EPERM},
    {"open a local socket", open_local_socket, EPERM},
    {"start a program", start_program, EPERM},
    {"start a process", start_process, EPERM},
    {"signal another process", signal_other, EPERM},
    {"trace another process", trace_other, EPERM},
    {"write to another descriptor", write_to_other_descriptor, EPERM},
    {"map executable memory", executable_memory, EPERM},
    {"make memory executable", memory_made_executable, EPERM},
    {"change the filter", change_of_limits, EPERM},
    {"type at the terminal", control_of_terminal, EPERM},
    {"read a file", read_file, 0},
    {"read a folder", read_folder, 0},
    {"print", print, 0},
    {"get memory", memory, 0},
    {"start a thread", thread, 0},
};

/* Exits with the errno. */
static int try_in_child(const attempt *one, bool inside)
{
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        if (inside && sandbox_enter() == SANDBOX_NONE) {
            _exit(200);
        }
        _exit(one->act());
    }
    int status = 0;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_msg(WIFEXITED(status), "%s: expected an exit, came signal %d", one->name,
                  WTERMSIG(status));
    return WEXITSTATUS(status);
}

START_TEST(what_is_refused_and_what_is_left)
{
    const attempt *one = &attempts[_i];
    prepare();
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_eq(dup2(ends[1], 9), 9);
    int code = try_in_child(one, true);
    if (code == 200) {
        (void)fprintf(stderr, "skipped: no sandbox here\n");
        return;
    }
    ck_assert_msg(code == one->want, "%s: expected '%s', came '%s'", one->name, strerror(one->want),
                  strerror(code));
    ck_assert_msg(access(there, F_OK) == 0 && access(new_name, F_OK) != 0,
                  "%s: expected it to change no file", one->name);
}
END_TEST

/* That the refusals above are the sandbox's. */
START_TEST(without_it_they_are_done)
{
    prepare();
    const char *const done[] = {"open for writing", "make a file", "open a local socket"};
    for (size_t i = 0; i < sizeof attempts / sizeof attempts[0]; i++) {
        for (size_t k = 0; k < sizeof done / sizeof done[0]; k++) {
            if (strcmp(attempts[i].name, done[k]) == 0) {
                ck_assert_msg(try_in_child(&attempts[i], false) == 0, "%s: expected to be done",
                              done[k]);
            }
        }
    }
}
END_TEST

START_TEST(it_is_on_where_it_can_be)
{
    pid_t child = fork();
    if (child == 0) {
        _exit(sandbox_enter() == SANDBOX_SECCOMP ? 1 : 0);
    }
    int status = 0;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    bool on = WEXITSTATUS(status) == 1;
#if defined(__SANITIZE_ADDRESS__)
    ck_assert_msg(!on, "expected no sandbox under the sanitizers");
#elif defined(__x86_64__) || defined(__aarch64__)
    bool can = access("/proc/sys/kernel/seccomp/actions_avail", F_OK) == 0;
    ck_assert_msg(on || !can, "the kernel has seccomp: expected it to be on");
#endif
    ck_assert_str_eq(sandbox_text(SANDBOX_NONE), "none");
    ck_assert_str_eq(sandbox_text(SANDBOX_SECCOMP), "seccomp");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("base/sandbox");
    TCase *cases = tcase_create("sandbox");
    tcase_add_loop_test(cases, what_is_refused_and_what_is_left, 0,
                        (int)(sizeof attempts / sizeof attempts[0]));
    tcase_add_test(cases, without_it_they_are_done);
    tcase_add_test(cases, it_is_on_where_it_can_be);
    suite_add_tcase(suite, cases);
    return test_main(suite);
}
