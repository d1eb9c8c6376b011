/*
 * A buffered writer over a descriptor. Bytes gather in a buf and go out in large pieces, so that a
 * report of any length needs little memory. Failing is sticky, as in a buf: report_out_end says so.
 */
#ifndef EVPACK_REPORT_OUT_H
#define EVPACK_REPORT_OUT_H

#include "base/buf.h"

/* Which rows of a table go into one file: those behind the first skip, at most count. */
typedef struct {
    int64_t skip, count;
} report_rows;

typedef struct {
    buf b; /* append here, then call report_out_some now and then */
    int fd;
    bool failed;
    evpack_err err;
    /* Tables: where the whole of a field is that is longer than a cell of Excel holds. NULL: it is
     * never cut. */
    const char *whole;
} report_out;

/* Writes what gathered when it is much. Call it at least once a row. */
void report_out_some(report_out *o);
/* Writes the rest and says whether all went well. */
evpack_status report_out_end(report_out *o, evpack_err *err) EVPACK_MUST_USE;
void report_out_reset(report_out *o);

/* A JSON string, or null for NULL. */
void report_out_json(report_out *o, const char *text);
/* "name":"text" of an object that b is in, or "name":null; with a comma unless it is the first. */
void report_out_member(buf *b, const char *name, const char *text);
/*
 * A field of RFC 4180, quoted when it must be. What a spreadsheet would take for a formula gets an
 * apostrophe before it: where the field begins with one of = + - @, their full-width forms, TAB, CR
 * or LF (white space, quotes and controls before it do not hide it), and where one stands behind a
 * semicolon, a TAB or a line end in it, since a spreadsheet that splits at semicolons (as Excel
 * does where the comma is the decimal sign) begins a cell there. A byte that is not UTF-8 becomes
 * U+FFFD. NULL is the empty field.
 */
void report_out_field(report_out *o, const char *text);
/* A line of such fields. */
void report_out_row(report_out *o, const char *const *fields, size_t count);
/* The first line of a table, after the byte order mark by which Excel knows UTF-8. */
void report_out_head(report_out *o, const char *const *names, size_t count);

#endif
