/*
 * Members as text. Invariant: the texts stand in one minified copy of the object. Refuses to know
 * what they mean.
 */
#include "review/member_text.h"

#include "base/jscan.h"

#include <string.h>

typedef struct {
    member_texts *out;
    size_t start[MEMBER_TEXTS_MAX], end[MEMBER_TEXTS_MAX];
    bool object;
} reading;

void member_texts_reset(member_texts *m)
{
    buf_reset(&m->copy);
    for (size_t i = 0; i < m->count; i++) {
        free(m->at[i].name);
    }
}

const member_text *member_texts_find(const member_texts *m, const char *name)
{
    for (size_t i = 0; i < m->count; i++) {
        if (strcmp(m->at[i].name, name) == 0) {
            return &m->at[i];
        }
    }
    return NULL;
}

static evpack_status on_begin(void *ctx, jscan *s, jscan_type type, unsigned depth, uint64_t offset,
                              evpack_err *err)
{
    (void)offset;
    reading *r = ctx;
    r->object = r->object || (depth == 0 && type == JSCAN_OBJECT);
    if (depth != 1 || !r->object) {
        return EVPACK_OK;
    }
    size_t len = 0;
    const char *key = jscan_key(s, &len);
    if (r->out->count == MEMBER_TEXTS_MAX) {
        return evpack_fail(err, EVPACK_E_INPUT, "it has more than %d members", MEMBER_TEXTS_MAX);
    }
    char *name = strndup(key, len);
    if (name == NULL) {
        return evpack_oom(err);
    }
    const bool twice = member_texts_find(r->out, name) != NULL;
    r->start[r->out->count] = jscan_copy(s)->len;
    r->out->at[r->out->count++].name = name;
    return twice ? evpack_fail(err, EVPACK_E_INPUT, "it has two members \"%.60s\"", name)
                 : EVPACK_OK;
}

static evpack_status on_end(void *ctx, jscan *s, jscan_type type, unsigned depth, uint64_t offset,
                            evpack_err *err)
{
    (void)type;
    (void)offset;
    (void)err;
    reading *r = ctx;
    if (depth == 1 && r->object) {
        r->end[r->out->count - 1] = jscan_copy(s)->len;
    }
    return EVPACK_OK;
}

evpack_status member_texts_read(const char *text, size_t len, member_texts *out, evpack_err *err)
{
    reading r = {.out = out};
    const jscan_listener listener = {on_begin, on_end, &r};
    EVPACK_AUTO(jscan) s = NULL;
    EVPACK_TRY(jscan_new(&listener, len + 1, &s, err));
    EVPACK_TRY(jscan_feed(s, text, len, err));
    jscan_fault fault = {0};
    EVPACK_TRY(jscan_finish(s, &fault, err));
    if (fault.what != NULL || !r.object) {
        return evpack_fail(err, EVPACK_E_INPUT, "expected a JSON object: %s",
                           fault.what == NULL ? "it is another value" : fault.what);
    }
    const buf *copy = jscan_copy(s);
    buf_append(&out->copy, copy->data, copy->len);
    EVPACK_TRY(buf_status(&out->copy, err));
    for (size_t i = 0; i < out->count; i++) {
        out->at[i].text = out->copy.data + r.start[i];
        out->at[i].len = r.end[i] - r.start[i];
    }
    return EVPACK_OK;
}
