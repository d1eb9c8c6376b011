/*
 * Walking minified JSON text. Invariant: a span is a whole value, and the walk never leaves the
 * text, even when the text is not what it should be.
 */
#include "collect/spans.h"

#include <string.h>

span_walk span_begin(const char *text, size_t len)
{
    if (len < 2 || (text[0] != '{' && text[0] != '[')) {
        return (span_walk){text, text};
    }
    return (span_walk){text + 1, text + len - 1};
}

/* After the string that opens at p; end when it does not close. */
static const char *after_string(const char *p, const char *end)
{
    for (p++; p < end; p++) {
        if (*p == '\\') {
            p++;
        } else if (*p == '"') {
            return p + 1;
        }
    }
    return end;
}

/* After the value that begins at p. */
static const char *after_value(const char *p, const char *end)
{
    unsigned depth = 0;
    while (p < end) {
        if (*p == '"') {
            p = after_string(p, end);
        } else if (*p == '{' || *p == '[') {
            depth++;
            p++;
        } else if (*p == '}' || *p == ']') {
            depth -= depth > 0;
            p++;
        } else if (*p == ',' && depth == 0) {
            return p;
        } else {
            p++;
            continue;
        }
        if (depth == 0) {
            return p;
        }
    }
    return end;
}

bool span_next(span_walk *walk, span *out)
{
    if (walk->at >= walk->end) {
        return false;
    }
    const char *p = walk->at;
    *out = (span){0};
    if (*p == '"') {
        const char *after = after_string(p, walk->end);
        if (after < walk->end && *after == ':') {
            out->key = p + 1;
            out->key_len = (size_t)(after - p) - 2;
            p = after + 1;
        }
    }
    const char *after = after_value(p, walk->end);
    out->value = p;
    out->value_len = (size_t)(after - p);
    walk->at = after < walk->end ? after + 1 : walk->end;
    return true;
}

bool span_key_is(const span *s, const char *key)
{
    return s->key != NULL && s->key_len == strlen(key) && memcmp(s->key, key, s->key_len) == 0;
}
