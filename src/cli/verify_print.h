/*
 * A verification's report on standard output, for verify and for verbs that verify before they do
 * their own.
 */
#ifndef EVPACK_CLI_VERIFY_PRINT_H
#define EVPACK_CLI_VERIFY_PRINT_H

#include "base/sandbox.h"
#include "seal/report.h"

/* What is said besides the report. */
typedef struct {
    sandbox_state sandbox; /* that the package was read in */
    bool explain;          /* --explain */
} verify_shown;

void verify_print_json(const seal_report *r, const verify_shown *more);
void verify_print_text(const char *path, const seal_report *r);

#endif
