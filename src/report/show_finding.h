/*
 * A finding with all that it rests on, as text and as JSON. Only show.c calls it.
 */
#ifndef EVPACK_REPORT_SHOW_FINDING_H
#define EVPACK_REPORT_SHOW_FINDING_H

#include "report/show.h"
#include "store/findings.h"

/* ,"label value" lines with the same columns, for show.c too. label NULL: blanks. value may hold
 * anything; NULL: nothing is written. */
void show_line(const term *t, const char *label, const char *value, buf *out);
/* Appends text that may hold anything, visible. */
void show_text(const char *text, buf *out);

/* Appends {"id","benchmark","title","domain","objective"}; null for control 0. */
evpack_status show_control_json(const store *s, int64_t control, buf *out,
                                evpack_err *err) EVPACK_MUST_USE;

evpack_status show_finding_text(const store *s, const finding *f, const show_options *options,
                                buf *out, evpack_err *err) EVPACK_MUST_USE;
/* The members finding, control, rule, excerpt. */
evpack_status show_finding_json(const store *s, const finding *f, buf *out,
                                evpack_err *err) EVPACK_MUST_USE;

#endif
