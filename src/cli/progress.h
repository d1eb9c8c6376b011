/*
 * The progress bar: one line on standard error, when that is a terminal and not otherwise, with the
 * share that is done, the rate, and the time left. Part of evpack-verify: no more here than that
 * needs.
 */
#ifndef EVPACK_CLI_PROGRESS_H
#define EVPACK_CLI_PROGRESS_H

#include "base/progress.h"
#include "base/term.h"

enum { CLI_PROGRESS_WHAT = 256 };

/* A plain value; its address must not change once it was given to cli_progress_to. */
typedef struct {
    bool on;
    term look;
    bool drawn;
    char what[CLI_PROGRESS_WHAT];
    progress_unit unit;
    uint64_t done, total;
    int64_t since; /* when the count began, in milliseconds of the monotonic clock */
    int64_t next;  /* when it may be drawn again */
} cli_progress;

cli_progress cli_progress_begin(void);
/* What to give to who does the work; it does nothing when there is no terminal. */
progress cli_progress_to(cli_progress *p);
/* What is being done now: a name from a folder or an archive, which may hold anything. What was
 * counted goes on. */
void cli_progress_step(cli_progress *p, const char *what);
/* The same, and what was counted is over. */
void cli_progress_stage(cli_progress *p, const char *what);
/* Clears the line. What is told after it is drawn again. */
void cli_progress_end(cli_progress *p);

/* The line for a moment of the monotonic clock, of at most look.width - 1 columns. */
void cli_progress_line(const cli_progress *p, int64_t now, buf *out);

#endif
