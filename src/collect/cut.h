/*
 * Cutting a JSON document into elements while it streams: the elements of an array at the top
 * (`az … list`), of "value" in an object at the top (an ARM page), of "data" (Resource Graph) or of
 * "rows" in it (its older table form), or the document itself. Memory is bounded by the largest
 * element, not by the document.
 */
#ifndef EVPACK_COLLECT_CUT_H
#define EVPACK_COLLECT_CUT_H

#include "base/jscan.h"

/* The largest element that is read. Its values take up to 30 times as much memory while it is. */
enum { CUT_ELEMENT_MAX = 4 << 20 };

typedef enum { CUT_NOTHING, CUT_ARRAY, CUT_PAGE, CUT_OBJECT, CUT_SCALAR } cut_shape;

/* Which array was cut: the one at the top, or the member of a page. */
typedef enum { CUT_TOP, CUT_VALUE, CUT_DATA, CUT_ROWS } cut_list;

/* One element. text is minified and borrowed during the call; start and length are of the bytes
 * as they stood in the document. */
typedef struct {
    const char *text;
    size_t len;
    uint64_t start, length;
    const char *pointer; /* RFC 6901 */
    bool is_object;
    bool escaped_names; /* some member's name is written with an escape */
    cut_list list;
    const jscan *scan; /* NULL, or where text is copied from: for cut_place */
    size_t at;
} cut_element;

/* Where a part of an element's text stood in the document; the whole element's place when that is
 * not known any more. part must lie in e->text. */
void cut_place(const cut_element *e, const char *part, size_t len, uint64_t *start,
               uint64_t *length);

typedef struct {
    evpack_status (*element)(void *ctx, const cut_element *element, evpack_err *err);
    void *ctx;
} cut_listener;

typedef struct {
    cut_shape shape;
    cut_list list;
    uint64_t elements;
    const char *envelope; /* a page without its elements, minified; borrowed from the cutter */
    size_t envelope_len;
    jscan_fault fault;
} cut_result;

typedef struct cut cut;
/* whole: an object at the top is one element, even when it looks like a page. */
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
