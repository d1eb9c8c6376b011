/*
 * Strict CSV (RFC 4180) as evpack writes it: UTF-8, a byte order mark, every line ended by CRLF,
 * the same number of fields in each, quotes only where a field needs them. By hand because Debian's
 * CSV library (libcsv) takes bare quotes and lone CR or LF, which two readers read in two ways.
 */
#ifndef EVPACK_REVIEW_CSV_H
#define EVPACK_REVIEW_CSV_H

#include "base/buf.h"

enum { CSV_FIELDS_MAX = 64 };

typedef struct {
    const char *text; /* borrowed */
    size_t len, at;
    size_t field_max; /* bytes of a field */
    uint64_t row;     /* the row that was read last, from 1 */
    buf fields[CSV_FIELDS_MAX];
    size_t count; /* fields of that row */
} csv_reader;

/* EVPACK_E_INPUT: there is no byte order mark. */
evpack_status csv_begin(csv_reader *r, const char *text, size_t len, size_t field_max,
                        evpack_err *err) EVPACK_MUST_USE;
/* The next row; *more is false after the last. EVPACK_E_INPUT names the row. */
evpack_status csv_next(csv_reader *r, bool *more, evpack_err *err) EVPACK_MUST_USE;
void csv_reset(csv_reader *r);

#endif
