/*
 * Comparing states. Invariant: nothing but what same.h names is passed over.
 */
#include "collect/same.h"

#include "base/text.h"
#include "support.h"

#include <stdio.h>
#include <string.h>

static bool is_unset(const json *value)
{
    return value == NULL || json_is_null(value);
}

/* Times of the same second are the same. */
static bool same_text(const char *a, const char *b)
{
    int64_t x = 0;
    int64_t y = 0;
    return strcmp(a, b) == 0 || (text_parse_time(a, &x, NULL) == EVPACK_OK &&
                                 text_parse_time(b, &y, NULL) == EVPACK_OK && x == y);
}

static bool same_scalar(const json *a, const json *b)
{
    if (json_is_string(a) && json_is_string(b)) {
        return same_text(json_string(a), json_string(b));
    }
    if (json_is_number(a) && json_is_number(b)) {
        return json_number(a) >= json_number(b) && json_number(a) <= json_number(b);
    }
    return json_is_bool(a) && json_is_bool(b) && json_is_true(a) == json_is_true(b);
}

static const char *word(const json *v)
{
    return is_unset(v)         ? "unset"
           : json_is_object(v) ? "an object"
           : json_is_array(v)  ? "an array"
           : json_is_string(v) ? json_string(v)
           : json_is_number(v) ? "a number"
           : json_is_true(v)   ? "true"
                               : "false";
}

static void compare(const json *a, const json *b, const char *pointer, buf *out);

static void compare_members(const json *a, const json *b, bool both, const char *pointer, buf *out)
{
    for (const json *m = json_first(a); m != NULL; m = json_next(m)) {
        const json *other = json_get(b, json_name(m));
        bool read = json_get(a, json_name(m)) == m; /* of two with one name, the first */
        if (read && strcmp(json_name(m), "resourceGroup") != 0 && (both || other == NULL)) {
            char deeper[1024];
            (void)snprintf(deeper, sizeof deeper, "%.700s/%.200s", pointer, json_name(m));
            compare(both ? m : NULL, both ? other : m, deeper, out);
        }
    }
}

static void compare(const json *a, const json *b, const char *pointer, buf *out)
{
    if (is_unset(a) && is_unset(b)) {
        return;
    }
    if (json_is_object(a) && json_is_object(b)) {
        compare_members(a, b, true, pointer, out);
        compare_members(b, a, false, pointer, out);
        return;
    }
    if (json_is_array(a) && json_is_array(b) && json_count(a) == json_count(b)) {
        unsigned n = 0;
        const json *y = json_first(b);
        for (const json *x = json_first(a); x != NULL; x = json_next(x), y = json_next(y)) {
            char deeper[1024];
            (void)snprintf(deeper, sizeof deeper, "%.700s/%u", pointer, n++);
            compare(x, y, deeper, out);
        }
        return;
    }
    if (!same_scalar(a, b)) {
        buf_printf(out, "%s: %s / %s\n", pointer, word(a), word(b));
    }
}

void same_state(const json *a, const json *b, buf *differences)
{
    compare(a, b, "", differences);
}

void same_state_text(const char *a, const char *b, buf *differences)
{
    evpack_err err = {0};
    EVPACK_AUTO(json_doc) x = NULL;
    EVPACK_AUTO(json_doc) y = NULL;
    OK(json_parse(a, strlen(a), false, &x, &err));
    OK(json_parse(b, strlen(b), false, &y, &err));
    same_state(json_root(x), json_root(y), differences);
}
