/*
 * package CASE OUT KEY CERT: `evpack package`, with its steps measured apart. Prints a JSON line
 * for each step that took time, then one for all reports that were made, one for all the sealing
 * (what is not making a report: reading the evidence, compressing, hashing, both signatures,
 * verifying the result, syncing) and one for the whole. Processor seconds are those of all threads.
 * The peak is that of the step: the kernel's high-water mark is set back at the beginning of each.
 */
#include "package/package.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

typedef struct {
    double seconds, cpu, peak;
} cost;

typedef struct {
    char what[256]; /* the step that runs */
    cost start;     /* clocks at its beginning */
    cost reports, sealing;
} meter;

static double seconds(struct timeval t)
{
    return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

static double peak_mib(void)
{
    FILE *f = fopen("/proc/self/status", "re");
    double kib = 0;
    char line[256];
    while (f != NULL && fgets(line, sizeof line, f) != NULL) {
        (void)sscanf(line, "VmHWM: %lf", &kib);
    }
    if (f != NULL) {
        (void)fclose(f);
    }
    return kib / 1024;
}

static void reset_peak(void)
{
    FILE *f = fopen("/proc/self/clear_refs", "we");
    if (f == NULL || fputs("5", f) < 0) {
        perror("the peak cannot be set back, and is that of all steps so far");
    }
    if (f != NULL) {
        (void)fclose(f);
    }
}

static cost now(void)
{
    struct timespec t;
    struct rusage use;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    (void)getrusage(RUSAGE_SELF, &use);
    return (cost){(double)t.tv_sec + (double)t.tv_nsec / 1e9,
                  seconds(use.ru_utime) + seconds(use.ru_stime), 0};
}

static void say(const char *step, const char *of, cost c)
{
    (void)printf("{\"step\":\"%s\",%s%s%s\"seconds\":%.2f,\"cpu_seconds\":%.2f,"
                 "\"peak_rss_mib\":%.1f}\n",
                 step, of == NULL ? "" : "\"of\":\"", of == NULL ? "" : of, of == NULL ? "" : "\",",
                 c.seconds, c.cpu, c.peak);
    (void)fflush(stdout);
}

static void add(cost *to, cost c)
{
    to->seconds += c.seconds;
    to->cpu += c.cpu;
    to->peak = c.peak > to->peak ? c.peak : to->peak;
}

/* The step that ran has ended. What names no member is a report that was made. */
static void end_step(meter *m)
{
    cost c = now();
    c = (cost){c.seconds - m->start.seconds, c.cpu - m->start.cpu, peak_mib()};
    bool sealing =
        m->what[0] == '\0' || text_starts(m->what, "data/") || strcmp(m->what, PACKAGE_LAST) == 0;
    add(sealing ? &m->sealing : &m->reports, c);
    if (c.seconds >= 0.05) {
        say("package-part", m->what[0] == '\0' ? "beginning" : m->what, c);
    }
}

static void on_step(void *ctx, const char *what)
{
    meter *m = ctx;
    end_step(m);
    (void)snprintf(m->what, sizeof m->what, "%s", what);
    reset_peak();
    m->start = now();
}

int main(int argc, char **argv)
{
    if (argc != 5) {
        (void)fprintf(stderr, "usage: package CASE OUT KEY CERT\n");
        return 2;
    }
    evpack_err err = {0};
    EVPACK_AUTO(store) s = NULL;
    package_result r;
    meter m = {.start = now()};
    const package_options o = {.out = argv[2],
                               .files = {.key = argv[3], .cert = argv[4]},
                               .at = text_now(),
                               .step = on_step,
                               .ctx = &m};
    evpack_status status = store_open(argv[1], STORE_WRITE, &s, &err);
    if (status == EVPACK_OK) {
        status = package_write(s, &o, &r, &err);
    }
    if (status != EVPACK_OK) {
        (void)fprintf(stderr, "%s\n", err.text);
        return 2;
    }
    end_step(&m);
    say("package-reports", NULL, m.reports);
    say("package-sealing", NULL, m.sealing);
    add(&m.sealing, m.reports);
    say("package", NULL, m.sealing);
    return 0;
}
