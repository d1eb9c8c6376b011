/*
 * A small JSON Schema validator. Debian 12 has none for C (valijson is C++, the rest are for other
 * languages), so this is written by hand, for a subset; a test has an independent validator judge
 * the same schemas and values. Invariant: a fault has its place; depth and work are bounded by the
 * schema's own nesting, the value's size and SCHEMA_DEPTH_MAX. Knows no schema.
 */
#include "map/schema.h"

#include "base/text.h"

#include <math.h>
#include <regex.h>
#include <stdio.h>
#include <string.h>

typedef struct {
    const json *root;
    const schema_listener *listener; /* NULL: only whether there is a fault is asked */
    buf *pointer;
    unsigned depth;
    bool sound, stop;
    evpack_err *err;
} walk;

static void fault(walk *w, const char *fmt, ...) EVPACK_PRINTF(2, 3);
static void fault(walk *w, const char *fmt, ...)
{
    char text[400];
    w->sound = false;
    if (w->listener == NULL) {
        w->stop = true; /* one is enough */
        return;
    }
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    w->stop = w->stop || !w->listener->fault(w->listener->ctx, buf_str(w->pointer), text);
}

static evpack_status judge(walk *w, const json *schema, const json *value);

/* The same value, by another schema, without telling. */
static evpack_status fits(const walk *w, const json *schema, const json *value, bool *out)
{
    walk quiet = *w;
    quiet.listener = NULL;
    quiet.sound = true;
    quiet.stop = false;
    evpack_status status = judge(&quiet, schema, value);
    *out = quiet.sound;
    return status;
}

static void add_token(buf *pointer, const char *name)
{
    buf_putc(pointer, '/');
    for (; *name != '\0'; name++) {
        if (*name == '~' || *name == '/') {
            buf_puts(pointer, *name == '~' ? "~0" : "~1");
        } else {
            buf_putc(pointer, *name);
        }
    }
}

/* A member or element, by its schema. */
static evpack_status below(walk *w, const json *schema, const json *value, const char *name)
{
    size_t len = w->pointer->len;
    if (len < SCHEMA_POINTER_MAX) {
        add_token(w->pointer, name);
    }
    EVPACK_TRY(buf_status(w->pointer, w->err));
    evpack_status status = judge(w, schema, value);
    buf_truncate(w->pointer, len);
    return status;
}

/* --- the keywords --------------------------------------------------------------------------- */

static const char *type_of(const json *value)
{
    return json_is_object(value)   ? "object"
           : json_is_array(value)  ? "array"
           : json_is_string(value) ? "string"
           : json_is_number(value) ? "number"
           : json_is_bool(value)   ? "boolean"
                                   : "null";
}

static bool is_type(const json *value, const char *type)
{
    if (strcmp(type, "integer") == 0) {
        return json_is_number(value) && floor(json_number(value)) == json_number(value);
    }
    return strcmp(type_of(value), type) == 0;
}

static void check_type(walk *w, const json *type, const json *value)
{
    char wanted[120] = "";
    const json *one = json_is_array(type) ? json_first(type) : type;
    for (; one != NULL; one = json_is_array(type) ? json_next(one) : NULL) {
        const char *word = json_string(one);
        if (word == NULL || is_type(value, word)) {
            return;
        }
        size_t len = strlen(wanted);
        (void)snprintf(wanted + len, sizeof wanted - len, "%s%s", len == 0 ? "" : " or ", word);
    }
    fault(w, "a value of type %s, expected %s: write one of that type", type_of(value), wanted);
}

static bool same(const json *a, const json *b, unsigned depth)
{
    if (strcmp(type_of(a), type_of(b)) != 0 || depth > SCHEMA_DEPTH_MAX) {
        return false;
    }
    if (json_is_string(a)) {
        return strcmp(json_string(a), json_string(b)) == 0;
    }
    if (json_is_number(a)) {
        return json_number(a) == json_number(b);
    }
    if (json_is_bool(a)) {
        return json_is_true(a) == json_is_true(b);
    }
    if (json_count(a) != json_count(b)) {
        return false;
    }
    const json *y = json_first(b);
    for (const json *x = json_first(a); x != NULL; x = json_next(x)) {
        const json *other = json_is_object(a) ? json_get(b, json_name(x)) : y;
        if (other == NULL || !same(x, other, depth + 1)) {
            return false;
        }
        y = json_next(y);
    }
    return true;
}

static void put_value(buf *out, const json *value)
{
    if (json_is_string(value)) {
        buf_json_string(out, json_string(value), strlen(json_string(value)));
    } else if (json_is_number(value)) {
        buf_printf(out, "%.17g", json_number(value));
    } else {
        buf_puts(out, json_is_null(value) ? "null" : json_is_true(value) ? "true" : "false");
    }
}

static evpack_status check_enum(walk *w, const json *list, const json *value)
{
    EVPACK_AUTO_VALUE(buf_reset) buf words = {0};
    for (const json *e = json_first(list); e != NULL; e = json_next(e)) {
        if (same(e, value, 0)) {
            return EVPACK_OK;
        }
        buf_puts(&words, words.len == 0 ? "" : ", ");
        put_value(&words, e);
    }
    EVPACK_TRY(buf_status(&words, w->err));
    const char *text = json_string(value);
    fault(w, "%s%.60s%s is none of the values that are known, expected one of %.250s",
          text == NULL ? "a " : "'", text == NULL ? type_of(value) : text, text == NULL ? "" : "'",
          buf_str(&words));
    return EVPACK_OK;
}

static evpack_status check_pattern(walk *w, const char *pattern, const char *text)
{
    regex_t regex;
    int code = regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB);
    if (code != 0) {
        return code == REG_ESPACE
                   ? evpack_oom(w->err)
                   : evpack_fail(w->err, EVPACK_E_INTERNAL, "the schema's pattern %s", pattern);
    }
    code = regexec(&regex, text, 0, NULL, 0);
    regfree(&regex);
    if (code == REG_ESPACE) {
        return evpack_oom(w->err);
    }
    if (code != 0) {
        fault(w, "'%.100s' has not the form that is expected here: %.200s", text, pattern);
    }
    return EVPACK_OK;
}

/* Code points, as far as is asked. */
static double length(const char *text)
{
    double n = 0;
    for (; *text != '\0'; text++) {
        n += ((unsigned char)*text & 0xc0) != 0x80;
    }
    return n;
}

/* A keyword that is a number, if it is there. */
static bool bound(const json *schema, const char *name, double *out)
{
    const json *n = json_get(schema, name);
    *out = json_is_number(n) ? json_number(n) : 0;
    return json_is_number(n);
}

static void check_count(walk *w, const json *schema, const char *least, const char *most, double n,
                        const char *of)
{
    double limit = 0;
    if (bound(schema, least, &limit) && n < limit) {
        fault(w, "%.0f %s, expected at least %.0f", n, of, limit);
    }
    if (bound(schema, most, &limit) && n > limit) {
        fault(w, "%.0f %s, expected at most %.0f", n, of, limit);
    }
}

static evpack_status check_string(walk *w, const json *schema, const char *text)
{
    check_count(w, schema, "minLength", "maxLength", length(text), "characters");
    const char *pattern = json_get_string(schema, "pattern");
    return pattern == NULL || w->stop ? EVPACK_OK : check_pattern(w, pattern, text);
}

static void check_number(walk *w, const json *schema, double n)
{
    double limit = 0;
    if (bound(schema, "minimum", &limit) && n < limit) {
        fault(w, "%.17g, expected at least %.17g", n, limit);
    }
    if (bound(schema, "maximum", &limit) && n > limit) {
        fault(w, "%.17g, expected at most %.17g", n, limit);
    }
}

static evpack_status check_names(walk *w, const json *schema, const json *value)
{
    const json *names = json_get(schema, "propertyNames");
    const json *known = json_get(schema, "properties");
    const json *more = json_get(schema, "additionalProperties");
    for (const json *m = json_first(value); m != NULL && !w->stop; m = json_next(m)) {
        const char *name = json_name(m);
        const json *of = json_get(known, name);
        if (names != NULL) {
            size_t len = w->pointer->len;
            add_token(w->pointer, name);
            EVPACK_TRY(check_string(w, names, name)); /* all that schemas say of names */
            buf_truncate(w->pointer, len);
        }
        if (of != NULL) {
            EVPACK_TRY(below(w, of, m, name));
        } else if (json_is_bool(more) && !json_is_true(more)) {
            size_t len = w->pointer->len;
            add_token(w->pointer, name);
            fault(w, "member '%.60s' is not known here: see whether its name is misspelt", name);
            buf_truncate(w->pointer, len);
        } else if (json_is_object(more)) {
            EVPACK_TRY(below(w, more, m, name));
        }
    }
    return EVPACK_OK;
}

static evpack_status check_object(walk *w, const json *schema, const json *value)
{
    for (const json *r = json_first(json_get(schema, "required")); r != NULL; r = json_next(r)) {
        if (json_string(r) != NULL && json_get(value, json_string(r)) == NULL) {
            fault(w, "member '%.60s' is missing, expected here: add it", json_string(r));
        }
    }
    check_count(w, schema, "minProperties", "maxProperties", (double)json_count(value), "members");
    return check_names(w, schema, value);
}

static void check_unique(walk *w, const json *value)
{
    if (json_count(value) > SCHEMA_UNIQUE_MAX) {
        return; /* maxItems says so */
    }
    for (const json *a = json_first(value); a != NULL; a = json_next(a)) {
        for (const json *b = json_next(a); b != NULL; b = json_next(b)) {
            if (same(a, b, 0)) {
                fault(w, "an element stands twice, expected each once: take one away");
                return;
            }
        }
    }
}

static evpack_status check_array(walk *w, const json *schema, const json *value)
{
    check_count(w, schema, "minItems", "maxItems", (double)json_count(value), "elements");
    if (json_is_true(json_get(schema, "uniqueItems"))) {
        check_unique(w, value);
    }
    const json *items = json_get(schema, "items");
    size_t n = 0;
    for (const json *e = items == NULL ? NULL : json_first(value); e != NULL && !w->stop;
         e = json_next(e)) {
        char name[24];
        (void)snprintf(name, sizeof name, "%zu", n++);
        EVPACK_TRY(below(w, items, e, name));
    }
    return EVPACK_OK;
}

static evpack_status count_fitting(walk *w, const json *list, const json *value, size_t *n)
{
    *n = 0;
    for (const json *s = json_first(list); s != NULL; s = json_next(s)) {
        bool one = false;
        EVPACK_TRY(fits(w, s, value, &one));
        *n += one;
    }
    return EVPACK_OK;
}

static evpack_status check_choices(walk *w, const json *schema, const json *value)
{
    size_t n = 0;
    const json *any = json_get(schema, "anyOf");
    const json *one = json_get(schema, "oneOf");
    const json *not = json_get(schema, "not");
    const json *words = json_get(schema, "description"); /* says it better than the choices would */
    const char *what = json_is_string(words) ? json_string(words) : "see the schema";
    for (const json *s = json_first(json_get(schema, "allOf")); s != NULL; s = json_next(s)) {
        EVPACK_TRY(judge(w, s, value));
    }
    if (any != NULL) {
        EVPACK_TRY(count_fitting(w, any, value, &n));
        if (n == 0) {
            fault(w, "fits none of the forms that are allowed here, expected one: %.250s", what);
        }
    }
    if (one != NULL) {
        EVPACK_TRY(count_fitting(w, one, value, &n));
        if (n != 1) {
            fault(w, "fits %zu of the forms that exclude each other, expected exactly one: %.250s",
                  n, what);
        }
    }
    bool is = false;
    if (not != NULL) {
        EVPACK_TRY(fits(w, not, value, &is));
        if (is) {
            fault(w, "has a form that is not allowed here: %.250s", what);
        }
    }
    if (json_get(schema, "if") == NULL) {
        return EVPACK_OK;
    }
    EVPACK_TRY(fits(w, json_get(schema, "if"), value, &is));
    const json *then = json_get(schema, is ? "then" : "else");
    return then == NULL ? EVPACK_OK : judge(w, then, value);
}

static const json *referred(const json *root, const char *ref)
{
    static const char head[] = "#/$defs/";
    return text_starts(ref, head) ? json_get(json_get(root, "$defs"), ref + strlen(head)) : NULL;
}

static evpack_status judge_here(walk *w, const json *schema, const json *value)
{
    const char *ref = json_get_string(schema, "$ref");
    if (ref != NULL) {
        const json *target = referred(w->root, ref);
        if (target == NULL) {
            return evpack_fail(w->err, EVPACK_E_INTERNAL, "the schema has no %s", ref);
        }
        EVPACK_TRY(judge(w, target, value));
    }
    const json *type = json_get(schema, "type");
    if (type != NULL && !w->stop) {
        bool before = w->sound;
        w->sound = true;
        check_type(w, type, value);
        bool right = w->sound;
        w->sound = before && right;
        if (!right) {
            return EVPACK_OK; /* what else is said is about a value of that type */
        }
    }
    const json *constant = json_get(schema, "const");
    if (constant != NULL && !same(constant, value, 0)) {
        EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
        put_value(&text, constant);
        EVPACK_TRY(buf_status(&text, w->err));
        fault(w, "another value than the one that is expected here: %.100s", buf_str(&text));
    }
    if (json_get(schema, "enum") != NULL) {
        EVPACK_TRY(check_enum(w, json_get(schema, "enum"), value));
    }
    if (json_is_string(value)) {
        EVPACK_TRY(check_string(w, schema, json_string(value)));
    } else if (json_is_number(value)) {
        check_number(w, schema, json_number(value));
    } else if (json_is_object(value)) {
        EVPACK_TRY(check_object(w, schema, value));
    } else if (json_is_array(value)) {
        EVPACK_TRY(check_array(w, schema, value));
    }
    return w->stop ? EVPACK_OK : check_choices(w, schema, value);
}

static evpack_status judge(walk *w, const json *schema, const json *value)
{
    if (w->stop || json_is_true(schema)) {
        return EVPACK_OK;
    }
    if (json_is_bool(schema)) {
        fault(w, "nothing is expected here: take it away");
        return EVPACK_OK;
    }
    if (w->depth == SCHEMA_DEPTH_MAX) {
        fault(w, "nested deeper than %d, expected less", SCHEMA_DEPTH_MAX);
        return EVPACK_OK;
    }
    w->depth++;
    evpack_status status = judge_here(w, schema, value);
    w->depth--;
    return status;
}

evpack_status schema_validate(const json *schema, const json *value,
                              const schema_listener *listener, bool *sound, evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf pointer = {0};
    walk w = {.root = schema, .listener = listener, .pointer = &pointer, .sound = true, .err = err};
    EVPACK_TRY(judge(&w, schema, value));
    *sound = w.sound;
    return buf_status(&pointer, err);
}
