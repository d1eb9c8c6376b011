/*
 * Normalising. Invariant: what comes out is JSON when what came in was; a member is dropped only
 * when another of the same meaning stands in its place. Knows what moves and what it is called from
 * the table alone.
 */
#include "collect/normalise.h"

#include "base/text.h"
#include "collect/spans.h"

#include <string.h>

/* How deep az's flattening goes is far less; the bounds are for hostile input. */
enum { PATH_MAX_LEN = 200, LIFT_DEPTH_MAX = 16, MEMBERS_MAX = 1000 };

/* Where in an object the lifting is, as "a.b.c" below its properties, without array indices. */
typedef struct {
    const shapes *table;
    const json *envelope;
    const table_type *rule;
    char path[PATH_MAX_LEN];
    size_t path_len; /* PATH_MAX_LEN: too long, so no row of the table means it */
    unsigned depth;
} lifting;

static bool listed(const json *list, const span *s)
{
    for (const json *e = json_first(list); e != NULL; e = json_next(e)) {
        if (json_is_string(e) && span_key_is(s, json_string(e))) {
            return true;
        }
    }
    return false;
}

static void put_key(buf *out, const char *key, size_t key_len)
{
    if (out->len > 0 && out->data[out->len - 1] != '{') {
        buf_putc(out, ',');
    }
    buf_putc(out, '"');
    buf_append(out, key, key_len);
    buf_append(out, "\":", 2);
}

static void put_member(buf *out, const span *s)
{
    put_key(out, s->key, s->key_len);
    buf_append(out, s->value, s->value_len);
}

static size_t enter(lifting *l, const span *s)
{
    size_t before = l->path_len;
    if (before + s->key_len + 2 > PATH_MAX_LEN) {
        l->path_len = PATH_MAX_LEN;
        return before;
    }
    if (before > 0) {
        l->path[l->path_len++] = '.';
    }
    memcpy(l->path + l->path_len, s->key, s->key_len);
    l->path_len += s->key_len;
    l->path[l->path_len] = '\0';
    return before;
}

static void leave(lifting *l, size_t before)
{
    l->path_len = before;
    if (before < PATH_MAX_LEN) {
        l->path[before] = '\0';
    }
}

static const char *renamed(const lifting *l, const span *s)
{
    if (l->rule == NULL || l->path_len == PATH_MAX_LEN) {
        return NULL;
    }
    const char *name = json_get_string(l->rule->rename, l->path);
    if (name != NULL || l->rule->leaf == NULL) {
        return name;
    }
    /* The path ends with the name. */
    return json_get_string(l->rule->leaf, l->path + l->path_len - s->key_len);
}

static bool is_null(const span *s)
{
    return s->value_len == 4 && memcmp(s->value, "null", 4) == 0;
}

/* Whether an object inside another has flattened properties; one in which nothing else is set than
 * what ARM has beside them refers to a resource. */
static bool has_properties_of_its_own(const lifting *l, const span *object, bool id)
{
    bool named = !id;
    bool more = false;
    span_walk walk = span_begin(object->value, object->value_len);
    for (span s; span_next(&walk, &s);) {
        named = named || (span_key_is(&s, "id") && s.value_len > 2 && s.value[0] == '"');
        more = more || (!listed(l->envelope, &s) && !is_null(&s));
        if (span_key_is(&s, "properties") && !is_null(&s)) {
            return false;
        }
    }
    return named && more;
}

static void write_object(lifting *l, const char *text, size_t len, bool lift, buf *out);

static void write_value(lifting *l, const span *v, bool inner, buf *out)
{
    bool deep = l->rule != NULL && l->depth < LIFT_DEPTH_MAX &&
                (l->rule->sub || l->rule->inner != NULL || l->rule->rename != NULL);
    if (v->value_len > 0 && v->value[0] == '{' && deep) {
        bool lift = (inner || l->rule->sub) && has_properties_of_its_own(l, v, !inner);
        l->depth++;
        write_object(l, v->value, v->value_len, lift, out);
        l->depth--;
    } else if (v->value_len > 0 && v->value[0] == '[' && deep) {
        l->depth++;
        buf_putc(out, '[');
        span_walk walk = span_begin(v->value, v->value_len);
        bool first = true;
        for (span e; span_next(&walk, &e); first = false) {
            if (!first) {
                buf_putc(out, ',');
            }
            write_value(l, &e, inner, out);
        }
        buf_putc(out, ']');
        l->depth--;
    } else {
        buf_append(out, v->value, v->value_len);
    }
}

static void write_property(lifting *l, const span *s, buf *out)
{
    size_t before = enter(l, s);
    const char *name = renamed(l, s);
    put_key(out, name == NULL ? s->key : name, name == NULL ? s->key_len : strlen(name));
    write_value(l, s, l->rule != NULL && listed(l->rule->inner, s), out);
    leave(l, before);
}

/* The object that ARM has some of the members in; NULL: it has them where az does. */
static const json *group_of(const lifting *l, const span *s)
{
    const json *group = l->rule == NULL || l->path_len > 0 ? NULL : json_first(l->rule->group);
    for (; group != NULL; group = json_next(group)) {
        if (listed(group, s)) {
            return group;
        }
    }
    return NULL;
}

/* Gathers the members of each group in an object of its name. */
static void put_groups(lifting *l, const char *text, size_t len, buf *out)
{
    const json *group = l->rule == NULL || l->path_len > 0 ? NULL : json_first(l->rule->group);
    for (; group != NULL; group = json_next(group)) {
        EVPACK_AUTO_VALUE(buf_reset) buf inner = {0};
        buf_putc(&inner, '{');
        span_walk walk = span_begin(text, len);
        for (span s; span_next(&walk, &s);) {
            if (listed(group, &s)) {
                put_member(&inner, &s);
            }
        }
        buf_putc(&inner, '}');
        if (inner.len > 2) {
            put_key(out, json_name(group), strlen(json_name(group)));
            buf_append(out, inner.data, inner.len);
        }
        out->failed = out->failed || inner.failed;
    }
}

/* The object; lift: with everything that is not ARM's envelope moved below "properties". */
static void write_object(lifting *l, const char *text, size_t len, bool lift, buf *out)
{
    EVPACK_AUTO_VALUE(buf_reset) buf properties = {0};
    buf_putc(&properties, '{');
    buf_putc(out, '{');
    bool nested = false;
    span_walk walk = span_begin(text, len);
    for (span s; span_next(&walk, &s);) {
        bool moves = l->path_len == 0 && l->rule != NULL && listed(l->rule->lift, &s);
        nested = nested || span_key_is(&s, "properties");
        if (!lift) {
            write_property(l, &s, out);
        } else if (listed(l->envelope, &s) && !moves) {
            put_member(out, &s);
        } else if (group_of(l, &s) == NULL) {
            write_property(l, &s, &properties);
        }
    }
    if (lift) {
        put_groups(l, text, len, &properties);
    }
    buf_putc(&properties, '}');
    if (lift && (!nested || properties.len > 2)) {
        put_key(out, "properties", strlen("properties"));
        buf_append(out, properties.data, properties.len);
    }
    buf_putc(out, '}');
    out->failed = out->failed || properties.failed;
}

void normalise_lift(const shapes *table, const table_type *rule, const char *text, size_t len,
                    buf *out)
{
    lifting l = {.table = table, .envelope = table_list(table, "envelope"), .rule = rule};
    write_object(&l, text, len, true, out);
}

void normalise_rename(const shapes *table, const json *names, const char *text, size_t len,
                      buf *out)
{
    const table_type rule = {.rename = names};
    lifting l = {.table = table, .rule = &rule};
    write_object(&l, text, len, false, out);
}

bool normalise_is_flattened(const shapes *table, const char *text, size_t len)
{
    const json *envelope = table_list(table, "envelope");
    const json *summary_only = table_list(table, "summary_only");
    span_walk walk = span_begin(text, len);
    for (span s; span_next(&walk, &s);) {
        if (!listed(envelope, &s) && !listed(summary_only, &s)) {
            return true;
        }
    }
    return false;
}

/* The member of that name; an empty span when there is none or it is null. */
static span member(const char *text, size_t len, const char *name)
{
    span_walk walk = span_begin(text, len);
    for (span s; span_next(&walk, &s);) {
        if (span_key_is(&s, name) && !is_null(&s)) {
            return s;
        }
    }
    return (span){0};
}

/* Names are compared with all others: an object of very many members is left as it is. */
static bool is_too_wide(const char *text, size_t len)
{
    size_t n = 0;
    span_walk walk = span_begin(text, len);
    for (span s; n <= MEMBERS_MAX && span_next(&walk, &s);) {
        n++;
    }
    return n > MEMBERS_MAX;
}

void normalise_raise(const char *text, size_t len, buf *out)
{
    if (is_too_wide(text, len)) {
        buf_append(out, text, len);
        return;
    }
    buf_putc(out, '{');
    span properties = member(text, len, "properties");
    if (properties.key == NULL || is_too_wide(properties.value, properties.value_len)) {
        properties = (span){.value = ""};
    }
    span_walk walk = span_begin(properties.value, properties.value_len);
    for (span s; span_next(&walk, &s);) {
        if (s.key != NULL) {
            put_member(out, &s);
        }
    }
    walk = span_begin(text, len);
    for (span s; span_next(&walk, &s);) {
        char name[PATH_MAX_LEN];
        bool fits = s.key_len < sizeof name;
        if (fits) {
            memcpy(name, s.key, s.key_len);
            name[s.key_len] = '\0';
        }
        bool there = fits && member(properties.value, properties.value_len, name).key != NULL;
        if (!there && !span_key_is(&s, "properties")) {
            put_member(out, &s);
        }
    }
    buf_putc(out, '}');
}

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

/* A name with its first letter in lower case; one that is an id stays as it is. */
static void put_lower_key(buf *out, const span *s)
{
    put_key(out, s->key, s->key_len);
    if (!out->failed && s->key_len > 0 && memchr(s->key, '/', s->key_len) == NULL) {
        char *first = out->data + out->len - 2 - s->key_len;
        *first = text_lower(*first);
    }
}

/* Down to what Identity.UserAssignedIdentities holds, two levels below. */
static void put_lower(const span *v, unsigned levels, buf *out)
{
    if (levels == 0 || v->value_len == 0 || v->value[0] != '{') {
        buf_append(out, v->value, v->value_len);
        return;
    }
    buf_putc(out, '{');
    span_walk walk = span_begin(v->value, v->value_len);
    for (span s; span_next(&walk, &s);) {
        put_lower_key(out, &s);
        put_lower(&s, levels - 1, out);
    }
    buf_putc(out, '}');
}

/* ARM's names, each from the first of its PowerShell names that is there and not null. */
static void put_known(const json *names, const char *text, size_t len, buf *out)
{
    for (const json *e = json_first(names); e != NULL; e = json_next(e)) {
        const char *name = json_string(e);
        bool done = false;
        for (const json *b = json_first(names); b != e; b = json_next(b)) {
            done = done || (strcmp(json_string(b), name) == 0 &&
                            member(text, len, json_name(b)).key != NULL);
        }
        span s = member(text, len, json_name(e));
        if (!done && s.key != NULL && member(text, len, name).key == NULL) {
            put_key(out, name, strlen(name));
            buf_append(out, s.value, s.value_len);
        }
    }
}

void normalise_pascal(const shapes *table, const char *text, size_t len, buf *out)
{
    if (is_too_wide(text, len)) {
        buf_append(out, text, len);
        return;
    }
    const json *names = table_list(table, "pascal");
    const json *deep = table_list(table, "pascal_deep");
    buf_putc(out, '{');
    put_known(names, text, len, out);
    span_walk walk = span_begin(text, len);
    for (span s; span_next(&walk, &s);) {
        bool known = false;
        for (const json *e = json_first(names); e != NULL && !known; e = json_next(e)) {
            known = span_key_is(&s, json_name(e));
        }
        char lower[PATH_MAX_LEN] = {0};
        if (s.key_len > 0 && s.key_len < sizeof lower) {
            memcpy(lower, s.key, s.key_len);
            lower[0] = text_lower(lower[0]);
        }
        bool taken = s.key_len > 0 && is_upper(s.key[0]) && member(text, len, lower).key != NULL;
        if (known || taken) {
            continue;
        }
        put_lower_key(out, &s);
        if (listed(deep, &s)) {
            put_lower(&s, 3, out);
        } else {
            buf_append(out, s.value, s.value_len);
        }
    }
    buf_putc(out, '}');
}

/* Whether the string that opens before p begins like one of the names. */
static bool is_type_name(const json *names, const char *p, size_t left)
{
    for (const json *e = json_first(names); e != NULL; e = json_next(e)) {
        size_t n = strlen(json_string(e));
        if (left >= n && memcmp(p, json_string(e), n) == 0) {
            return true;
        }
    }
    return false;
}

bool normalise_is_cut_short(const shapes *table, const char *text, size_t len)
{
    const char *end = text + len;
    for (const char *p = text; (p = memchr(p, '@', (size_t)(end - p))) != NULL; p++) {
        if (p - text >= 2 && memcmp(p - 2, ":\"", 2) == 0 && end - p > 1 && p[1] == '{') {
            return true;
        }
    }
    const json *names = table_list(table, "cut_short");
    for (const char *p = text; (p = memchr(p, 'S', (size_t)(end - p))) != NULL; p++) {
        if (p - text >= 2 && p[-1] == '"' && end - p > 7 && memcmp(p, "System.", 7) == 0 &&
            is_type_name(names, p, (size_t)(end - p))) {
            return true;
        }
    }
    return false;
}
