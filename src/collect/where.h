/*
 * In which JSON value does a byte stand? A walk over JSON text that can be asked, at any byte, for
 * the RFC 6901 pointer of the innermost value there; of a member's name, for its object's. It is
 * asked about few places of texts that others judge: what is not JSON gives no answer, and a text
 * of several documents (a line each, warnings before) gives pointers into the one at hand, as
 * records have them. NULs are passed over, so that UTF-16 of ASCII text is read as well.
 */
#ifndef EVPACK_COLLECT_WHERE_H
#define EVPACK_COLLECT_WHERE_H

#include "base/buf.h"

enum { WHERE_DEPTH_MAX = 256, WHERE_NAME_MAX = 256 };

typedef struct where where;
evpack_status where_new(where **out, evpack_err *err) EVPACK_MUST_USE;
void where_feed(where *w, const void *data, size_t len);
/* Appends the pointer; false when it is not known. */
bool where_pointer(const where *w, buf *out);
void where_free(where *w);
EVPACK_DEFINE_CLEANUP(where, where_free)

#endif
