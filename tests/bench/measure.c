/*
 * measure STEP BYTES COMMAND…: runs the command and prints one JSON line: wall and processor
 * seconds, MB/s over BYTES, peak resident memory of the largest process, exit code. The command's
 * standard output goes to /dev/null.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double seconds(struct timeval t)
{
    return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

static void child(char **command)
{
    int null = open("/dev/null", O_WRONLY);
    if (null >= 0) {
        (void)dup2(null, STDOUT_FILENO);
    }
    (void)execvp(command[0], command);
    perror(command[0]);
    _exit(127);
}

int main(int argc, char **argv)
{
    if (argc < 4) {
        (void)fprintf(stderr, "usage: measure STEP BYTES COMMAND...\n");
        return 2;
    }
    struct timespec a;
    struct timespec b;
    (void)clock_gettime(CLOCK_MONOTONIC, &a);
    pid_t pid = fork();
    if (pid == 0) {
        child(argv + 3);
    }
    int status = 0;
    struct rusage use;
    if (pid < 0 || wait4(pid, &status, 0, &use) != pid) {
        perror("measure");
        return 2;
    }
    (void)clock_gettime(CLOCK_MONOTONIC, &b);
    double wall = (double)(b.tv_sec - a.tv_sec) + (double)(b.tv_nsec - a.tv_nsec) / 1e9;
    int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    double bytes = strtod(argv[2], NULL);
    printf("{\"step\":\"%s\",\"seconds\":%.2f,\"cpu_seconds\":%.2f,\"mb_per_s\":%.1f,"
           "\"peak_rss_mib\":%.1f,\"exit\":%d}\n",
           argv[1], wall, seconds(use.ru_utime) + seconds(use.ru_stime), bytes / wall / 1e6,
           (double)use.ru_maxrss / 1024.0, code);
    return code;
}
