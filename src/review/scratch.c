/*
 * The temporary folder. Invariant: from the moment it is there until it is removed, signals that
 * would end this process wait. Refuses to know what the work is.
 */
#include "review/scratch.h"

#include "base/buf.h"

#include <errno.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { OPEN_FOLDERS = 32 };

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)ftw;
    if (type == FTW_DNR) { /* a folder that its owner may not read: it is ours all the same */
        (void)chmod(path, 0700);
    }
    return remove(path);
}

static void remove_folder(const char *path)
{
    (void)nftw(path, remove_one, OPEN_FOLDERS, FTW_DEPTH | FTW_PHYS);
}

static void ending_signals(sigset_t *set)
{
    static const int all[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
    (void)sigemptyset(set);
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        (void)sigaddset(set, all[i]);
    }
}

/* Waits for the child; a signal goes on to it, and is told: 0, none came. */
static int wait_for(pid_t child, const sigset_t *waited, int *status)
{
    int told = 0;
    for (;;) {
        const pid_t ended = waitpid(child, status, WNOHANG);
        if (ended == child || (ended < 0 && errno != EINTR)) {
            *status = ended == child ? *status : -1;
            return told;
        }
        const int which = sigwaitinfo(waited, NULL);
        if (which > 0 && which != SIGCHLD) {
            told = which;
            (void)kill(child, SIGKILL);
        }
    }
}

typedef struct {
    scratch_work work;
    void *ctx;
    const char *folder;
    const sigset_t *before; /* the signals that were blocked */
    int told;               /* set: the signal that came; 0: none */
} child_run;

static void do_work(const child_run *run, pid_t parent)
{
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    (void)sigprocmask(SIG_SETMASK, run->before, NULL);
    if (getppid() != parent) {
        _exit(2);
    }
    const int code = run->work(run->ctx, run->folder);
    exit(code); /* not _exit: what was printed is flushed */
}

static evpack_status run_child(child_run *run, int *code, evpack_err *err)
{
    sigset_t waited;
    ending_signals(&waited);
    (void)sigaddset(&waited, SIGCHLD);
    (void)fflush(NULL);
    const pid_t parent = getpid();
    const pid_t child = fork();
    if (child < 0) {
        return evpack_fail(err, EVPACK_E_IO, "no process can be made: %s", strerror(errno));
    }
    if (child == 0) {
        do_work(run, parent);
    }
    int status = 0;
    run->told = wait_for(child, &waited, &status);
    if (status != -1 && WIFEXITED(status)) {
        *code = WEXITSTATUS(status);
        return EVPACK_OK;
    }
    return evpack_fail(err, EVPACK_E_INTERNAL, "the work in %s ended by signal %d", run->folder,
                       status != -1 && WIFSIGNALED(status) ? WTERMSIG(status) : 0);
}

evpack_status scratch_run(scratch_work work, void *ctx, int *code, evpack_err *err)
{
    const char *base = getenv("TMPDIR");
    EVPACK_AUTO_VALUE(buf_reset) buf folder = {0};
    buf_printf(&folder, "%s/evpack-XXXXXX", base == NULL || base[0] == '\0' ? "/tmp" : base);
    EVPACK_TRY(buf_status(&folder, err));
    sigset_t blocked;
    sigset_t before;
    ending_signals(&blocked);
    (void)sigaddset(&blocked, SIGCHLD); /* so that sigwaitinfo tells of it */
    (void)sigprocmask(SIG_BLOCK, &blocked, &before);
    if (mkdtemp(folder.data) == NULL) {
        (void)sigprocmask(SIG_SETMASK, &before, NULL);
        return evpack_fail(err, EVPACK_E_IO, "%s: no temporary folder can be made: %s",
                           buf_str(&folder), strerror(errno));
    }
    child_run run = {.work = work, .ctx = ctx, .folder = buf_str(&folder), .before = &before};
    evpack_status status = run_child(&run, code, err);
    remove_folder(buf_str(&folder));
    if (run.told != 0) {
        (void)raise(run.told); /* it waits until the mask is as before */
    }
    (void)sigprocmask(SIG_SETMASK, &before, NULL);
    return status;
}
