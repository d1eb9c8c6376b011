/*
 * The filter, as a program of classic BPF (seccomp(2)). libseccomp would make it for us; it is not
 * used, because the small verifier links libcrypto, zlib, cJSON and the C library only, and thirty
 * lines are easier to judge than one more library. Invariant: what is not on the list is refused.
 * Refuses to know what the process is for, but that it reads and prints.
 */
#include "base/sandbox.h"

#if defined(__SANITIZE_ADDRESS__) /* gcc */
#define SANITIZED 1
#elif defined(__has_feature) /* clang */
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer) || \
    __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif

#if defined(__linux__) && !defined(SANITIZED) && (defined(__x86_64__) || defined(__AARCH64EL__))
#define HAS_SECCOMP 1
#endif

const char *sandbox_text(sandbox_state state)
{
    return state == SANDBOX_SECCOMP ? "seccomp" : "none";
}

#ifdef HAS_SECCOMP

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#ifdef __x86_64__
#define MACHINE AUDIT_ARCH_X86_64
#else
#define MACHINE AUDIT_ARCH_AARCH64
#endif

/* An argument's lower half, which is all that an int has; both machines are little-endian. */
#define ARGUMENT(n) ((unsigned)offsetof(struct seccomp_data, args) + 8U * (n))
#define LOAD(at) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (at))
#define ANSWER(what) BPF_STMT(BPF_RET | BPF_K, (what))
#define REFUSE ANSWER(SECCOMP_RET_ERRNO | EPERM)
#define ALLOW ANSWER(SECCOMP_RET_ALLOW)
/* Goes on when the number is that of the call, else passes over the next n instructions. */
#define WHEN(call, n) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (call), 0, (n))
#define PERMIT(call) WHEN(call, 1), ALLOW
/* Each of these ends in an answer, so that what was loaded is not the call's number any more. */
#define PERMIT_WITHOUT(call, argument, bits)                                                     \
    WHEN(call, 4), LOAD(ARGUMENT(argument)), BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, (bits), 0, 1), \
        REFUSE, ALLOW
#define PERMIT_WITH(call, argument, bits)                                                        \
    WHEN(call, 4), LOAD(ARGUMENT(argument)), BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, (bits), 1, 0), \
        REFUSE, ALLOW
/* To standard output and error. */
#define PERMIT_PRINTING(call)                                                       \
    WHEN(call, 5), LOAD(ARGUMENT(0)), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 1, 2, 0), \
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 2, 1, 0), REFUSE, ALLOW

/* What fdopendir asks, and nothing that has an effect on others. */
#define PERMIT_ASKING(call)                                                               \
    WHEN(call, 6), LOAD(ARGUMENT(1)), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, F_GETFL, 3, 0), \
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, F_GETFD, 2, 0),                               \
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, F_SETFD, 1, 0), REFUSE, ALLOW

enum { WRITING = O_WRONLY | O_RDWR | O_CREAT | O_TRUNC | O_APPEND };

sandbox_state sandbox_enter(void)
{
    struct sock_filter lines[] = {
        LOAD((unsigned)offsetof(struct seccomp_data, arch)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, MACHINE, 1, 0),
        REFUSE,
        LOAD((unsigned)offsetof(struct seccomp_data, nr)),
        /* Reading. */
        PERMIT(SYS_read),
        PERMIT(SYS_pread64),
        PERMIT(SYS_readv),
        PERMIT(SYS_lseek),
        PERMIT(SYS_close),
        PERMIT(SYS_dup),
        PERMIT(SYS_fadvise64),
        PERMIT(SYS_fstat),
        PERMIT(SYS_newfstatat),
        PERMIT(SYS_statx),
        PERMIT(SYS_faccessat),
        PERMIT(SYS_faccessat2),
        PERMIT(SYS_getdents64),
        PERMIT_WITHOUT(SYS_openat, 2, WRITING),
#ifdef SYS_open
        PERMIT_WITHOUT(SYS_open, 1, WRITING),
        PERMIT(SYS_stat),
        PERMIT(SYS_lstat),
        PERMIT(SYS_access),
        PERMIT(SYS_time),
#endif
        PERMIT_ASKING(SYS_fcntl),
        /* Printing. */
        PERMIT_PRINTING(SYS_write),
        PERMIT_PRINTING(SYS_writev),
        /* Memory, none of it executable. */
        PERMIT(SYS_brk),
        PERMIT(SYS_munmap),
        PERMIT(SYS_mremap),
        PERMIT(SYS_madvise),
        PERMIT_WITHOUT(SYS_mmap, 2, PROT_EXEC),
        PERMIT_WITHOUT(SYS_mprotect, 2, PROT_EXEC),
        /* Threads of this process, locks, clocks, what the C library asks of the machine. */
        PERMIT_WITH(SYS_clone, 0, CLONE_THREAD),
        WHEN(SYS_clone3, 1),
        ANSWER(SECCOMP_RET_ERRNO | ENOSYS), /* its flags are out of sight: clone is taken then */
        PERMIT(SYS_futex),
        PERMIT(SYS_set_robust_list),
        PERMIT(SYS_rseq),
        PERMIT(SYS_rt_sigprocmask),
        PERMIT(SYS_rt_sigaction),
        PERMIT(SYS_rt_sigreturn),
        PERMIT(SYS_sched_yield),
        PERMIT(SYS_sched_getaffinity),
        PERMIT(SYS_clock_gettime),
        PERMIT(SYS_gettimeofday),
        PERMIT(SYS_sysinfo),
        PERMIT(SYS_getrandom),
        PERMIT(SYS_getpid),
        PERMIT(SYS_gettid),
        PERMIT(SYS_exit),
        PERMIT(SYS_exit_group),
        REFUSE,
    };
    const struct sock_fprog program = {.len = sizeof lines / sizeof lines[0], .filter = lines};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) {
        return SANDBOX_NONE;
    }
    return SANDBOX_SECCOMP;
}

#else

sandbox_state sandbox_enter(void)
{
    return SANDBOX_NONE;
}

#endif
