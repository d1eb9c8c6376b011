/*
 * Identifiers and the values that they name, in whatever syntax: "name": "value", name=value,
 * name: value, <name>value</name>, "name": {"value": "…"}, {"name": "NAME", "value": "…"}.
 * Invariant: nothing outside the window is read. Knows no grammar in full, since the text may be
 * any: what it cannot follow names no value.
 */
#include "collect/secrets_private.h"

#include "base/text.h"

#include <string.h>

/* What is longer is not followed: the work for one word is bounded. */
enum { IDENTIFIER_MAX = 128, REACH = 4096, BLANKS = 256, STRING_MAX = 16384, PLAIN_MAX = 2048 };

bool secrets_is_quote(char c)
{
    return c == '"' || c == '\'' || c == SECRETS_QUOTE_1 || c == SECRETS_QUOTE_2 ||
           c == SECRETS_QUOTE_3;
}

static bool is_identifier(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static size_t skip_blanks(const secrets_window *w, size_t p)
{
    size_t until = p + BLANKS;
    while (p < w->len && p < until && is_blank(w->text[p])) {
        p++;
    }
    return p;
}

/* In how many strings a quote stands: one of an outer string ends the inner ones too. -1: none of
 * JSON's. */
static int depth_of(char quote)
{
    return quote == '"'               ? 0
           : quote == SECRETS_QUOTE_1 ? 1
           : quote == SECRETS_QUOTE_2 ? 2
           : quote == SECRETS_QUOTE_3 ? 3
                                      : -1;
}

/* The end of the string whose first character is at p: the place of its quote, of an outer one's,
 * or of what can be in no string; false when it is not there. */
static bool string_end(const secrets_window *w, size_t p, char quote, size_t *end)
{
    for (size_t until = p + STRING_MAX; p < w->len && p <= until; p++) {
        char c = w->text[p];
        if (c == quote || (depth_of(c) >= 0 && depth_of(c) < depth_of(quote))) {
            *end = p;
            return true;
        }
        if (c == '\0' || (c == '\n' && quote != '"' && quote != '\'')) {
            return false;
        }
    }
    return false;
}

/* The same letters, ASCII case, '_' and '-' aside; name is in lower case and has neither. *from is
 * where it begins in the identifier. */
static bool ends_with(const char *id, size_t len, const secrets_name *name)
{
    size_t left = name->len;
    size_t at = len;
    while (left > 0 && at > 0) {
        char c = text_lower(id[--at]);
        if (c == '_' || c == '-') {
            continue;
        }
        if (c != name->text[--left]) {
            return false;
        }
    }
    while (at > 0 && (id[at - 1] == '_' || id[at - 1] == '-')) {
        at--;
    }
    return left == 0 && (at == 0 || !name->whole);
}

static bool is_named(const secrets_rule *rule, const char *id, size_t len)
{
    for (size_t i = 0; i < rule->name_count; i++) {
        if (rule->names[i].len <= len && ends_with(id, len, &rule->names[i])) {
            return true;
        }
    }
    return false;
}

/* A member of an object, or an element of an array (key_end 0), of the decoded text. */
typedef struct {
    size_t key, key_end, value, value_end;
    bool string; /* the value is one: without its quotes */
} member;

/* After a value that is no string, or after as much of it as can be followed. */
static size_t after_value(const secrets_window *w, size_t p, size_t until)
{
    unsigned depth = 0;
    for (; p < until; p++) {
        char c = w->text[p];
        size_t end = 0;
        if (secrets_is_quote(c) && c != '\'') {
            if (!string_end(w, p + 1, c, &end)) {
                return until;
            }
            p = end;
        } else if (c == '{' || c == '[') {
            depth++;
        } else if (c == '}' || c == ']') {
            if (depth == 0) {
                return p;
            }
            depth--;
        } else if (c == '\0' || (c == ',' && depth == 0)) {
            return p;
        }
    }
    return until;
}

/* The next member behind p, which is after '{', '[' or ','; *p is then after it. */
static bool next_member(const secrets_window *w, size_t *p, size_t until, member *out)
{
    *out = (member){0};
    size_t at = skip_blanks(w, *p);
    if (at < until && w->text[at] == ',') {
        at = skip_blanks(w, at + 1);
    }
    if (at >= until || w->text[at] == '}' || w->text[at] == ']') {
        return false;
    }
    size_t end = 0;
    if (secrets_is_quote(w->text[at]) && string_end(w, at + 1, w->text[at], &end)) {
        size_t colon = skip_blanks(w, end + 1);
        if (colon < until && w->text[colon] == ':') {
            out->key = at + 1;
            out->key_end = end;
            at = skip_blanks(w, colon + 1);
        }
    }
    out->value = at;
    if (at < until && secrets_is_quote(w->text[at]) &&
        string_end(w, at + 1, w->text[at], &out->value_end)) {
        out->string = true;
        out->value = at + 1;
        *p = skip_blanks(w, out->value_end + 1);
        return *p <= until;
    }
    *p = out->value_end = after_value(w, at, until);
    return *p > at;
}

static bool key_is(const secrets_window *w, const member *m, const char *name)
{
    const secrets_name whole = {name, strlen(name), true};
    return m->key_end > m->key && ends_with(w->text + m->key, m->key_end - m->key, &whole);
}

/* The strings of an object or array at p: all of them, or those that are called value. */
static void strings_in(const secrets_window *w, const secrets_rule *rule, size_t p)
{
    bool array = w->text[p] == '[';
    size_t until = p + REACH < w->len ? p + REACH : w->len;
    member m;
    for (p++; next_member(w, &p, until, &m);) {
        if (m.string && (array || rule->members || key_is(w, &m, "value") ||
                         key_is(w, &m, "defaultvalue") || key_is(w, &m, "secretvalue"))) {
            secrets_try(w, rule, m.value, m.value_end);
        }
    }
}

/* The end of a value without quotes. In a connection string it ends with ';'; in a URL with '&',
 * which a password may hold. */
static size_t plain_end(const secrets_window *w, size_t p, bool equals)
{
    for (size_t until = p + PLAIN_MAX; p < w->len && p < until; p++) {
        char c = w->text[p];
        if ((unsigned char)c <= ' ' || strchr("\"'<>;|`", c) != NULL ||
            (!equals && strchr(",}])", c) != NULL)) {
            break;
        }
        if (c == '&') {
            size_t q = p + 1;
            while (q < w->len && (is_identifier(w->text[q]) || w->text[q] == '.')) {
                q++;
            }
            bool entity = q < w->len && w->text[q] == ';';
            if (q > p + 1 && (entity || (q < w->len && w->text[q] == '='))) {
                break;
            }
        }
    }
    return p;
}

/* Closing brackets that a URL or a list leaves behind a token. */
static size_t trim_end(const secrets_window *w, size_t start, size_t end)
{
    while (end > start && strchr(",)]}.:", w->text[end - 1]) != NULL) {
        end--;
    }
    return end;
}

static void value_at(const secrets_window *w, const secrets_rule *rule, size_t p, bool equals)
{
    size_t end = 0;
    if (p >= w->len) {
        return;
    }
    if (secrets_is_quote(w->text[p])) {
        if (!rule->equals && string_end(w, p + 1, w->text[p], &end)) {
            secrets_try(w, rule, p + 1, end);
        }
    } else if (w->text[p] == '{' || w->text[p] == '[') {
        if (!equals) {
            strings_in(w, rule, p);
        }
    } else {
        end = plain_end(w, p, equals);
        bool ended = !equals || (end < w->len && (w->text[end] == ';' || w->text[end] == '&'));
        secrets_try(w, rule, p, ended ? end : trim_end(w, p, end));
    }
}

/* The separator at p; *after is behind it and the blanks. */
static bool separator(const secrets_window *w, size_t p, bool element, bool *equals, size_t *after)
{
    char c = p < w->len ? w->text[p] : '\0';
    *equals = c == '=';
    if (c == '%' && p + 2 < w->len && w->text[p + 1] == '3' && text_lower(w->text[p + 2]) == 'd') {
        *equals = true;
        *after = p + 3;
        return true;
    }
    if (c != ':' && c != '=' && !(c == '>' && element)) {
        return false;
    }
    *after = skip_blanks(w, p + 1);
    if (*equals && *after < w->len && w->text[*after] == '>') { /* Ruby's and PowerShell's => */
        *after = skip_blanks(w, *after + 1);
    }
    return true;
}

/* The object around p: the place after its '{'. Braces in strings may mislead; then nothing of the
 * right name is found. */
static bool object_around(const secrets_window *w, size_t p, size_t *inside)
{
    unsigned depth = 0;
    size_t least = p > REACH ? p - REACH : 0;
    while (p > least) {
        char c = w->text[--p];
        if (c == '}') {
            depth++;
        } else if (c == '{' && depth-- == 0) {
            *inside = p + 1;
            return true;
        } else if (c == '\0') {
            return false;
        }
    }
    return false;
}

static void member_of(const secrets_window *w, const secrets_rule *rule, size_t inside,
                      const char *name)
{
    size_t p = 0;
    if (!object_around(w, inside, &p)) {
        return;
    }
    size_t until = p + 2 * REACH < w->len ? p + 2 * REACH : w->len;
    for (member m; next_member(w, &p, until, &m);) {
        if (m.string && key_is(w, &m, name)) {
            secrets_try(w, rule, m.value, m.value_end);
        }
    }
}

void secrets_member(const secrets_window *w, const secrets_rule *rule, size_t inside)
{
    member_of(w, rule, inside, rule->member);
}

/* {"name": "…IDENTIFIER", "value": "…"}: whether the string that ends at `end` is called so. */
static bool is_a_name(const secrets_window *w, size_t start, size_t end)
{
    char quote = w->text[end];
    size_t least = start > IDENTIFIER_MAX ? start - IDENTIFIER_MAX : 0;
    while (start > least && w->text[start - 1] != quote) {
        start--;
    }
    size_t p = start > 0 ? start - 1 : 0;
    while (p > 0 && is_blank(w->text[p - 1])) {
        p--;
    }
    if (p < 3 || w->text[p - 1] != ':') {
        return false;
    }
    for (p--; p > 0 && is_blank(w->text[p - 1]); p--) {
    }
    if (p < 2 || w->text[p - 1] != quote) {
        return false;
    }
    size_t key_end = --p;
    while (p > 0 && key_end - p < 16 && is_identifier(w->text[p - 1])) {
        p--;
    }
    const member m = {.key = p, .key_end = key_end};
    return key_is(w, &m, "name") || key_is(w, &m, "key") || key_is(w, &m, "keyname");
}

void secrets_names(const secrets_window *w, size_t word)
{
    size_t start = w->at;
    size_t end = w->at;
    while (start > 0 && w->at - start < IDENTIFIER_MAX && is_identifier(w->text[start - 1])) {
        start--;
    }
    while (end < w->len && end - w->at < IDENTIFIER_MAX && is_identifier(w->text[end])) {
        end++;
    }
    size_t p = end;
    bool quoted = p < w->len && secrets_is_quote(w->text[p]);
    p = skip_blanks(w, p + quoted);
    bool equals = false;
    size_t value = 0;
    bool element = start > 0 && w->text[start - 1] == '<';
    bool separated = separator(w, p, element, &equals, &value);
    if (!separated && !(quoted && is_a_name(w, start, end))) {
        return;
    }
    const secrets_range range = w->table->of_word[word];
    for (size_t i = range.from; i < range.to; i++) {
        const secrets_rule *rule = &w->table->rules[i];
        if (rule->test != TEST_NAMES || rule->word != word || (rule->equals && !equals) ||
            !is_named(rule, w->text + start, end - start)) {
            continue;
        }
        if (separated) {
            value_at(w, rule, value, equals);
        } else {
            member_of(w, rule, start, "value");
        }
    }
}
