/*
 * One thing of a case, for who looks into it on a terminal: a finding with all that it rests on, a
 * control with its findings, or a resource with the findings about it.
 *
 * A finding is named by its id or by how it begins (at least SHOW_ID_MIN characters); a control by
 * its id ("NS-2", or BENCHMARK:ID where several benchmarks have one); a resource by its ARM id, by
 * its subject as findings write it, or by its name when only one has it. They are tried in this
 * order: control, subject, finding, name.
 */
#ifndef EVPACK_REPORT_SHOW_H
#define EVPACK_REPORT_SHOW_H

#include "base/term.h"
#include "store/store.h"

#include <stdio.h>

enum { SHOW_ID_MIN = 6, SHOW_CAP = 20 };

typedef struct {
    const char *what;
    bool json;
    bool all; /* every finding of a control or resource; else SHOW_CAP, those that want a look first
               */
    bool sql; /* the rule's SQL, which JSON always has */
    term look;
} show_options;

/* EVPACK_E_USAGE when there is no such thing, or several: the message names near ones.
 * EVPACK_E_CASE when the case was not mapped. */
evpack_status show_write(store *s, const show_options *options, FILE *out,
                         evpack_err *err) EVPACK_MUST_USE;

#endif
