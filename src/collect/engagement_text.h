/*
 * A JSON file that the preparer wrote (an engagement, exceptions, attestations), whole in memory.
 * Unlike an export, which is evidence however ugly it is, it must be right: UTF-8 (a byte order
 * mark is passed over), strict JSON of at most ENGAGEMENT_TEXT_MAX bytes, and of the form that its
 * schema in mapping/schema asks for. What is wrong is told with file:line:column.
 */
#ifndef EVPACK_COLLECT_ENGAGEMENT_TEXT_H
#define EVPACK_COLLECT_ENGAGEMENT_TEXT_H

#include "base/jptr.h"
#include "port/json.h"

enum { ENGAGEMENT_TEXT_MAX = 16 << 20 };

typedef struct {
    char *shown;   /* owned; the path in messages */
    buf bytes;     /* the file */
    size_t mark;   /* bytes of a byte order mark */
    json_doc *doc; /* owned */
} engagement_text;

void engagement_text_reset(engagement_text *t);
/* Reads fd to its end. schema: a name such as "exceptions". EVPACK_E_INPUT says what is wrong. */
evpack_status engagement_text_read(int fd, const char *shown, const char *schema,
                                   engagement_text *out, evpack_err *err) EVPACK_MUST_USE;
/* The same, from bytes; they are copied. */
evpack_status engagement_text_of(const void *bytes, size_t len, const char *shown,
                                 const char *schema, engagement_text *out,
                                 evpack_err *err) EVPACK_MUST_USE;
/* The value at a pointer, in bytes; false when there is none. */
bool engagement_text_find(const engagement_text *t, const char *pointer, jptr_value *out);
/* Its offset in the file. */
uint64_t engagement_text_offset(const engagement_text *t, jptr_value value);
/* EVPACK_E_INPUT: "FILE:LINE:COLUMN: POINTER: what; what to do". The place is that of the value at
 * the pointer, or of what holds it. */
evpack_status engagement_text_fail(const engagement_text *t, const char *pointer, evpack_err *err,
                                   const char *fmt, ...) EVPACK_PRINTF(4, 5);

#endif
