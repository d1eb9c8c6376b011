/*
 * Pointers by place. Invariant: memory is bounded by depth and names, and an answer that might be
 * wrong is none. Refuses to judge the text: that is the scanner's (base/jscan).
 */
#include "collect/where.h"

#include <string.h>

typedef struct {
    bool array;
    bool known;     /* the name was short and plain */
    uint64_t index; /* of an array's element */
    size_t name;    /* where the member's name begins in names */
} frame;

struct where {
    frame frames[WHERE_DEPTH_MAX];
    size_t depth; /* containers that are open; those beyond the room are only counted */
    buf names;    /* of the open members, one after the other, as in a pointer */
    bool string, escape, name;
    bool lost; /* brackets that do not match: nothing is known until the next document */
};

evpack_status where_new(where **out, evpack_err *err)
{
    EVPACK_AUTO(where) w = calloc(1, sizeof *w);
    if (w == NULL) {
        return evpack_oom(err);
    }
    *out = EVPACK_MOVE(w);
    return EVPACK_OK;
}

void where_free(where *w)
{
    if (w != NULL) {
        buf_reset(&w->names);
        free(w);
    }
}

static frame *top(where *w)
{
    return w->depth > 0 && w->depth <= WHERE_DEPTH_MAX ? &w->frames[w->depth - 1] : NULL;
}

static void open_container(where *w, bool array)
{
    if (w->depth++ < WHERE_DEPTH_MAX) {
        w->frames[w->depth - 1] = (frame){.array = array, .known = array, .name = w->names.len};
    }
    w->name = !array;
}

static void close_container(where *w, bool array)
{
    const frame *f = top(w);
    if (w->depth == 0) {
        return;
    }
    w->lost = w->lost || (f != NULL && f->array != array);
    if (f != NULL) {
        buf_truncate(&w->names, f->name);
    }
    w->depth--;
    w->name = false;
    if (w->depth == 0) {
        w->lost = false;
    }
}

static void next_element(where *w)
{
    frame *f = top(w);
    if (f == NULL) {
        return;
    }
    f->index++;
    if (!f->array) {
        buf_truncate(&w->names, f->name);
        f->known = false;
        w->name = true;
    }
}

static void begin_string(where *w)
{
    frame *f = top(w);
    w->string = true;
    if (w->name && f != NULL && !f->array) {
        buf_truncate(&w->names, f->name);
        f->known = true;
    }
}

static void in_string(where *w, char c)
{
    frame *f = top(w);
    if (w->escape) {
        w->escape = false;
        return;
    }
    if (c == '"') {
        w->string = false;
        return;
    }
    w->escape = c == '\\';
    if (!w->name || f == NULL || f->array) {
        return;
    }
    if (c == '\\' || w->names.len - f->name >= WHERE_NAME_MAX) {
        f->known = false;
    } else if (c == '~' || c == '/') {
        buf_puts(&w->names, c == '~' ? "~0" : "~1");
    } else {
        buf_putc(&w->names, c);
    }
}

static void take(where *w, char c)
{
    if (w->string) {
        in_string(w, c);
        return;
    }
    switch (c) {
    case '{':
    case '[':
        open_container(w, c == '[');
        break;
    case '}':
    case ']':
        close_container(w, c == ']');
        break;
    case ',':
        next_element(w);
        break;
    case ':':
        w->name = false;
        break;
    case '"':
        begin_string(w);
        break;
    default:
        break;
    }
}

void where_feed(where *w, const void *data, size_t len)
{
    const char *p = data;
    for (size_t i = 0; i < len; i++) {
        if (p[i] != '\0') {
            take(w, p[i]);
        }
    }
}

bool where_pointer(const where *w, buf *out)
{
    size_t depth = w->depth - (w->name && w->depth > 0); /* in a name: the object's own */
    if (w->depth == 0 || w->lost || w->depth > WHERE_DEPTH_MAX || w->names.failed) {
        return false;
    }
    for (size_t i = 0; i < depth; i++) {
        if (!w->frames[i].known) {
            return false;
        }
    }
    for (size_t i = 0; i < depth; i++) {
        const frame *f = &w->frames[i];
        if (f->array) {
            buf_printf(out, "/%llu", (unsigned long long)f->index);
        } else {
            size_t end = i + 1 < w->depth ? w->frames[i + 1].name : w->names.len;
            buf_putc(out, '/');
            buf_append(out, buf_str(&w->names) + f->name, end - f->name);
        }
    }
    return true;
}
