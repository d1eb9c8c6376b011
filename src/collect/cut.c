/*
 * The element cutter: a listener on the strict scanner. Invariant: every byte of every element is
 * told once, with its place; what stands around the elements of a page stays behind in the copy,
 * and is the envelope. Refuses to know what the elements are.
 */
#include "collect/cut.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct cut {
    cut_listener listener;
    jscan *scan;
    bool whole;
    cut_shape shape;
    cut_list list;
    bool in_data;         /* inside the object "data" at the top */
    bool in_list;         /* inside the array that is cut */
    unsigned list_depth;  /* depth of its elements */
    size_t mark;          /* where in the copy an element begins */
    uint64_t list_number; /* elements so far */
    uint64_t start;       /* offset of the element, or of the document */
    uint64_t end;         /* offset after the document */
};

static void begin_list(cut *c, unsigned element_depth)
{
    c->in_list = true;
    c->list_depth = element_depth;
    c->mark = 0;
}

static void begin_root(cut *c, jscan_type type, uint64_t offset)
{
    c->start = offset;
    if (type == JSCAN_ARRAY) {
        c->shape = CUT_ARRAY;
        begin_list(c, 1);
    } else {
        c->shape = type == JSCAN_OBJECT ? CUT_OBJECT : CUT_SCALAR;
    }
}

static bool key_is(const jscan *s, const char *name)
{
    size_t len = 0;
    const char *key = jscan_key(s, &len);
    return len == strlen(name) && memcmp(key, name, len) == 0;
}

/* An array or object below the one at the top: is it the list? The first such array is. */
static void look_for_list(cut *c, const jscan *s, jscan_type type, unsigned depth)
{
    bool array = type == JSCAN_ARRAY;
    if (depth == 1 && array && key_is(s, "value")) {
        c->list = CUT_VALUE;
    } else if (depth == 1 && array && key_is(s, "data")) {
        c->list = CUT_DATA;
    } else if (depth == 2 && array && c->in_data && key_is(s, "rows")) {
        c->list = CUT_ROWS;
    } else {
        c->in_data = depth == 1 ? !array && key_is(s, "data") : c->in_data;
        return;
    }
    c->shape = CUT_PAGE;
    begin_list(c, depth + 1);
}

static evpack_status on_begin(void *ctx, jscan *s, jscan_type type, unsigned depth, uint64_t offset,
                              evpack_err *err)
{
    (void)err;
    cut *c = ctx;
    if (depth == 0) {
        begin_root(c, type, offset);
    } else if (c->in_list && depth == c->list_depth) {
        c->mark = c->mark == 0 ? jscan_copy(s)->len : c->mark;
        jscan_cut(s, c->mark); /* drops the comma after the element before */
        c->start = offset;
        (void)jscan_escaped_name(s);
    } else if (c->shape == CUT_OBJECT && !c->whole &&
               (type == JSCAN_ARRAY || type == JSCAN_OBJECT)) {
        look_for_list(c, s, type, depth);
    }
    return EVPACK_OK;
}

static evpack_status tell(cut *c, size_t mark, const char *pointer, uint64_t end, evpack_err *err)
{
    const buf *copy = jscan_copy(c->scan);
    const char *text = copy->data + mark;
    size_t len = copy->len - mark;
    cut_element element = {.text = text,
                           .len = len,
                           .start = c->start,
                           .length = end - c->start,
                           .pointer = pointer,
                           .is_object = len > 0 && text[0] == '{',
                           .escaped_names = jscan_escaped_name(c->scan),
                           .list = c->list,
                           .scan = c->scan,
                           .at = mark};
    return c->listener.element(c->listener.ctx, &element, err);
}

void cut_place(const cut_element *e, const char *part, size_t len, uint64_t *start,
               uint64_t *length)
{
    uint64_t first = 0;
    uint64_t last = 0;
    size_t at = e->at + (size_t)(part - e->text);
    *start = e->start;
    *length = e->length;
    if (e->scan != NULL && len > 0 && jscan_offset(e->scan, at, &first) &&
        jscan_offset(e->scan, at + len - 1, &last)) {
        *start = first;
        *length = last + 1 - first;
    }
}

static evpack_status on_end(void *ctx, jscan *s, jscan_type type, unsigned depth, uint64_t offset,
                            evpack_err *err)
{
    (void)type;
    cut *c = ctx;
    if (depth == 0) {
        c->end = offset;
    }
    if (!c->in_list) {
        return EVPACK_OK;
    }
    static const char *const prefixes[] = {
        [CUT_TOP] = "", [CUT_VALUE] = "/value", [CUT_DATA] = "/data", [CUT_ROWS] = "/data/rows"};
    if (depth == c->list_depth) {
        char pointer[40];
        (void)snprintf(pointer, sizeof pointer, "%s/%llu", prefixes[c->list],
                       (unsigned long long)c->list_number++);
        EVPACK_TRY(tell(c, c->mark, pointer, offset, err));
        jscan_cut(s, c->mark);
    } else if (depth + 1 == c->list_depth) {
        c->in_list = false;
    }
    return EVPACK_OK;
}

evpack_status cut_new(const cut_listener *listener, bool whole, cut **out, evpack_err *err)
{
    EVPACK_AUTO(cut) c = calloc(1, sizeof *c);
    if (c == NULL) {
        return evpack_oom(err);
    }
    c->listener = *listener;
    c->whole = whole;
    jscan_listener on = {on_begin, on_end, c};
    EVPACK_TRY(jscan_new(&on, CUT_ELEMENT_MAX, &c->scan, err));
    *out = EVPACK_MOVE(c);
    return EVPACK_OK;
}

void cut_free(cut *c)
{
    if (c != NULL) {
        jscan_free(c->scan);
        free(c);
    }
}

evpack_status cut_feed(cut *c, const void *data, size_t len, evpack_err *err)
{
    return jscan_feed(c->scan, data, len, err);
}

evpack_status cut_feed_until(cut *c, const void *data, size_t len, size_t *used, evpack_err *err)
{
    return jscan_feed_until(c->scan, data, len, used, err);
}

const jscan *cut_scan(const cut *c)
{
    return c->scan;
}

evpack_status cut_finish(cut *c, cut_result *result, evpack_err *err)
{
    *result = (cut_result){0};
    EVPACK_TRY(jscan_finish(c->scan, &result->fault, err));
    result->shape = c->shape;
    result->list = c->list;
    result->elements = c->list_number;
    buf *copy = jscan_copy(c->scan);
    result->envelope = buf_str(copy);
    result->envelope_len = copy->len;
    if (result->fault.what == NULL && c->shape == CUT_OBJECT) {
        result->elements = 1;
        return tell(c, 0, "", c->end, err);
    }
    return EVPACK_OK;
}
