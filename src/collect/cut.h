/*
 * Cutting a JSON document into elements while it streams: the elements of an array at the top
 * (`az … list`), of "value" in an object at the top (an ARM page), or the document itself. Memory
 * is bounded by the largest element, not by the document.
 */
#ifndef EVPACK_COLLECT_CUT_H
#define EVPACK_COLLECT_CUT_H

#include "base/jscan.h"

/* The largest element that is read. Its values take up to 30 times as much memory while it is. */
enum { CUT_ELEMENT_MAX = 4 << 20 };

typedef enum { CUT_NOTHING, CUT_ARRAY, CUT_PAGE, CUT_OBJECT, CUT_SCALAR } cut_shape;

/* One element. text is minified and borrowed during the call; start and length are of the bytes
 * as they stood in the document. */
typedef struct {
    const char *text;
    size_t len;
    uint64_t start, length;
    const char *pointer; /* RFC 6901 */
    bool is_object;
} cut_element;

typedef struct {
    evpack_status (*element)(void *ctx, const cut_element *element, evpack_err *err);
    void *ctx;
} cut_listener;

typedef struct {
    cut_shape shape;
    uint64_t elements;
    const char *envelope; /* a page without its elements, minified; borrowed from the cutter */
    size_t envelope_len;
    jscan_fault fault;
} cut_result;

typedef struct cut cut;
/* whole: an object at the top is one element, even when it has a "value" array. */
evpack_status cut_new(const cut_listener *listener, bool whole, cut **out,
                      evpack_err *err) EVPACK_MUST_USE;
evpack_status cut_feed(cut *c, const void *data, size_t len, evpack_err *err) EVPACK_MUST_USE;
/* As jscan_feed_until: *used < len when the document ended, or has a fault. */
evpack_status cut_feed_until(cut *c, const void *data, size_t len, size_t *used,
                             evpack_err *err) EVPACK_MUST_USE;
/* The scanner, for what it knows of lines and of the document's end. Borrowed. */
const jscan *cut_scan(const cut *c);
evpack_status cut_finish(cut *c, cut_result *result, evpack_err *err) EVPACK_MUST_USE;
void cut_free(cut *c);
EVPACK_DEFINE_CLEANUP(cut, cut_free)

#endif
