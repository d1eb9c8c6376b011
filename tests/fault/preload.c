/*
 * Loaded before the C library into a program under test (LD_PRELOAD), and told by the environment:
 *   FAULT_FILE=TEXT    the files meant: those whose path has TEXT in it
 *   FAULT_READ=N       the N-th read of such a file fails with EIO
 *   FAULT_AT_READ=N    before the N-th read of such a file, FAULT_DO is done to it: grow, shrink
 *   FAULT_DO=vanish    such a file is removed just before it is opened
 *   FAULT_MALLOC=N     the N-th allocation fails; with FAULT_LASTING all after it too
 *   FAULT_COUNT=PATH   at the end, the number of allocations is written there
 * Invariant: without them, nothing changes. One thread at a time counts, as evpack collect has it.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <regex.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

ssize_t __read_chk(int fd, void *data, size_t len, size_t room);
int __open_2(const char *path, int flags);
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *old, size_t size);

static unsigned long number(const char *name)
{
    const char *text = getenv(name);
    return text == NULL ? 0 : strtoul(text, NULL, 10);
}

static int is_meant(const char *path)
{
    const char *part = getenv("FAULT_FILE");
    return part != NULL && strstr(path, part) != NULL;
}

static void change(int fd, const char *path)
{
    struct stat st;
    const char *what = getenv("FAULT_DO");
    if (what == NULL || fstat(fd, &st) != 0) {
        return;
    }
    if (strcmp(what, "grow") == 0) {
        int to = open(path, O_WRONLY | O_APPEND);
        (void)!write(to, "[]\n", 3);
        (void)close(to);
    } else if (strcmp(what, "shrink") == 0) {
        (void)!truncate(path, st.st_size / 2);
    }
}

ssize_t read(int fd, void *data, size_t len)
{
    static ssize_t (*real)(int, void *, size_t);
    static unsigned long seen;
    if (real == NULL) {
        *(void **)&real = dlsym(RTLD_NEXT, "read");
    }
    char link[64];
    char path[4096] = "";
    (void)snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    if (readlink(link, path, sizeof path - 1) > 0 && is_meant(path)) {
        seen++;
        if (seen == number("FAULT_READ")) {
            errno = EIO;
            return -1;
        }
        if (seen == number("FAULT_AT_READ")) {
            change(fd, path);
        }
    }
    return real(fd, data, len);
}

ssize_t __read_chk(int fd, void *data, size_t len, size_t room)
{
    return len <= room ? read(fd, data, len) : -1;
}

static void vanish(const char *path)
{
    const char *what = getenv("FAULT_DO");
    if (what != NULL && strcmp(what, "vanish") == 0 && is_meant(path)) {
        (void)unlink(path);
    }
}

int open(const char *path, int flags, ...)
{
    static int (*real)(const char *, int, ...);
    if (real == NULL) {
        *(void **)&real = dlsym(RTLD_NEXT, "open");
    }
    va_list args;
    va_start(args, flags);
    mode_t mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(args, mode_t) : 0;
    va_end(args);
    vanish(path);
    return real(path, flags, mode);
}

int __open_2(const char *path, int flags)
{
    return open(path, flags);
}

static unsigned long allocations;

static int within_regcomp;

static int out_of_memory(void)
{
    if (within_regcomp) {
        return 0;
    }
    static unsigned long at;
    static int known; /* 0: not asked yet, 1: asked, 2: and lasting */
    if (known == 0) {
        known = 1 + (getenv("FAULT_LASTING") != NULL);
        at = number("FAULT_MALLOC");
    }
    allocations++;
    return at != 0 && (allocations == at || (known == 2 && allocations > at));
}

/* glibc's regcomp frees one block twice when an allocation in it fails (2.36): that is not ours to
 * test, and the way around it would be another library. */
int regcomp(regex_t *to, const char *pattern, int flags)
{
    static int (*real)(regex_t *, const char *, int);
    within_regcomp++;
    if (real == NULL) {
        *(void **)&real = dlsym(RTLD_NEXT, "regcomp");
    }
    int code = real(to, pattern, flags);
    within_regcomp--;
    return code;
}

void *malloc(size_t size)
{
    if (out_of_memory()) {
        errno = ENOMEM;
        return NULL;
    }
    return __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
    if (out_of_memory()) {
        errno = ENOMEM;
        return NULL;
    }
    return __libc_calloc(n, size);
}

void *realloc(void *old, size_t size)
{
    if (out_of_memory()) {
        errno = ENOMEM;
        return NULL;
    }
    return __libc_realloc(old, size);
}

__attribute__((destructor)) static void tell(void)
{
    const char *to = getenv("FAULT_COUNT");
    FILE *f = to == NULL ? NULL : fopen(to, "w");
    if (f != NULL) {
        (void)fprintf(f, "%lu\n", allocations);
        (void)fclose(f);
    }
}
