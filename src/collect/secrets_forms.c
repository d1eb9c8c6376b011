/*
 * Is this value a secret? Invariant: the answer depends on the value alone. Refuses to know where
 * it stood.
 */
#include "collect/secrets_private.h"

#include "base/text.h"

#include <math.h>
#include <string.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

bool secrets_in_class(secrets_class class, char c)
{
    bool letter = is_upper(c) || is_lower(c);
    switch (class) {
    case CLASS_HEX:
        return is_digit(c) || (text_lower(c) >= 'a' && text_lower(c) <= 'f');
    case CLASS_BASE62:
        return is_digit(c) || letter;
    case CLASS_BASE64:
        return is_digit(c) || letter || c == '+' || c == '/' || c == '=';
    case CLASS_TOKEN:
        return is_digit(c) || letter || (c != '\0' && strchr("+/=_.~%-", c) != NULL);
    case CLASS_TEXT:
        return (unsigned char)c >= 0x20 && c != 0x7f;
    default:
        return false;
    }
}

/* What a value is made of. */
typedef struct {
    size_t digits, upper, lower, other;
    size_t distinct;
    size_t run;   /* the longest of one character */
    size_t steps; /* characters that follow the one before in the code: abc, 123 */
    double entropy;
} make_up;

static make_up made_of(const char *v, size_t len)
{
    make_up m = {0};
    size_t counts[256] = {0};
    size_t run = 0;
    for (size_t i = 0; i < len; i++) {
        m.digits += is_digit(v[i]);
        m.upper += is_upper(v[i]);
        m.lower += is_lower(v[i]);
        m.distinct += counts[(unsigned char)v[i]]++ == 0;
        run = i > 0 && v[i] == v[i - 1] ? run + 1 : 1;
        m.run = run > m.run ? run : m.run;
        m.steps += i > 0 && v[i] == v[i - 1] + 1;
    }
    m.other = len - m.digits - m.upper - m.lower;
    for (size_t c = 0; c < 256; c++) {
        if (counts[c] > 0) {
            double share = (double)counts[c] / (double)len;
            m.entropy -= share * log2(share);
        }
    }
    return m;
}

static int base64_value(char c)
{
    if (is_upper(c)) {
        return c - 'A';
    }
    if (is_lower(c)) {
        return c - 'a' + 26;
    }
    return is_digit(c) ? c - '0' + 52 : c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Whether it is the base64 of exactly so many bytes (RFC 4648, with padding, unused bits zero). */
static bool is_base64_of(const char *v, size_t len, size_t bytes)
{
    if (len % 4 != 0 || len < 4) {
        return false;
    }
    size_t padding = (size_t)(v[len - 1] == '=') + (size_t)(v[len - 2] == '=');
    if (len / 4 * 3 - padding != bytes) {
        return false;
    }
    for (size_t i = 0; i < len - padding; i++) {
        if (base64_value(v[i]) < 0) {
            return false;
        }
    }
    int last = base64_value(v[len - padding - 1]);
    return padding == 0 || (last & (padding == 2 ? 15 : 3)) == 0;
}

static bool is_guid(const char *v, size_t len)
{
    if (len == 38 && v[0] == '{' && v[37] == '}') {
        v++;
        len -= 2;
    }
    for (size_t i = 0; i < len; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? v[i] != '-' : !secrets_in_class(CLASS_HEX, v[i])) {
            return false;
        }
    }
    return len == 36;
}

/* SHA-1, SHA-256, SHA-384 and SHA-512, in hex. */
static bool is_hash(const char *v, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (!secrets_in_class(CLASS_HEX, v[i])) {
            return false;
        }
    }
    return len == 40 || len == 64 || len == 96 || len == 128;
}

static bool is_mixed(const make_up *m, size_t len)
{
    bool letters = m->upper + m->lower > 0;
    return letters &&
           (m->digits > 0 || (len >= 24 && m->upper > 0 && m->lower > 0 && m->entropy >= 4.2));
}

/* Three kinds of characters; or two with a digit; or long and without order. */
static bool is_strong(const make_up *m, size_t len)
{
    int kinds = (m->digits > 0) + (m->upper > 0) + (m->lower > 0) + (m->other > 0);
    return kinds >= 3 || (kinds == 2 && m->digits > 0) || (len >= 20 && m->entropy >= 3.7);
}

/* A sentence that stands where a password would: six words, a mark before a blank, no digit. */
static bool is_prose(const make_up *m, const char *v, size_t len)
{
    size_t blanks = 0;
    size_t marks = 0;
    for (size_t i = 1; i < len; i++) {
        blanks += v[i] == ' ' && v[i - 1] != ' ';
        marks += v[i] == ' ' && strchr(",:;.", v[i - 1]) != NULL;
    }
    return blanks >= 5 && marks > 0 && m->digits == 0;
}

bool secrets_form_takes(const secrets_form *form, const char *v, size_t len)
{
    if (len < form->min || len > form->max) {
        return false;
    }
    size_t end = len;
    while (form->class == CLASS_BASE64 && end > 0 && len - end < 2 && v[end - 1] == '=') {
        end--;
    }
    for (size_t i = 0; i < end; i++) {
        if (!secrets_in_class(form->class, v[i]) || (form->class == CLASS_BASE64 && v[i] == '=')) {
            return false;
        }
    }
    if (form->bytes > 0 && !is_base64_of(v, len, form->bytes)) {
        return false;
    }
    const make_up m = made_of(v, len);
    if (m.entropy < form->entropy || (form->mixed && !is_mixed(&m, len)) ||
        (form->mixed && is_hash(v, len)) ||
        (form->strong && (!is_strong(&m, len) || is_prose(&m, v, len)))) {
        return false;
    }
    return !is_guid(v, len) && m.digits < len;
}

static bool begins(const char *v, size_t len, const char *with)
{
    size_t n = strlen(with);
    for (size_t i = 0; i < n; i++) {
        if (i >= len || text_lower(v[i]) != with[i]) {
            return false;
        }
    }
    return true;
}

static bool holds(const char *v, size_t len, const char *part)
{
    for (size_t i = 0; i < len; i++) {
        if (begins(v + i, len - i, part)) {
            return true;
        }
    }
    return false;
}

static bool is_listed(const secrets *t, const char *v, size_t len)
{
    for (size_t i = 0; i < t->whole.count; i++) {
        if (strlen(t->whole.at[i]) == len && begins(v, len, t->whole.at[i])) {
            return true;
        }
    }
    for (size_t i = 0; i < t->wraps.count; i++) {
        const char *pair = t->wraps.at[i];
        if (len >= 2 && v[0] == pair[0] && v[len - 1] == pair[1]) {
            return true;
        }
    }
    for (size_t i = 0; i < t->begins.count; i++) {
        if (begins(v, len, t->begins.at[i])) {
            return true;
        }
    }
    for (size_t i = 0; i < t->within.count; i++) {
        if (holds(v, len, t->within.at[i])) {
            return true;
        }
    }
    for (size_t i = 0; i < t->holds.count; i++) {
        if (holds(v, len, t->holds.at[i])) {
            return true;
        }
    }
    return false;
}

/* $NAME and nothing else, or the beginning of an expression: @name(… */
static bool is_variable(const char *v, size_t len)
{
    if (len < 2 || (v[0] != '$' && v[0] != '@')) {
        return false;
    }
    for (size_t i = 1; i < len; i++) {
        bool name = is_upper(v[i]) || v[i] == '_' || (v[0] == '@' && is_lower(v[i]));
        if (!name) {
            return v[0] == '@' && i > 1 && v[i] == '(';
        }
    }
    return v[0] == '$';
}

bool secrets_is_placeholder(const secrets *table, const char *v, size_t len)
{
    if (len == 0 || is_variable(v, len) || is_listed(table, v, len)) {
        return true;
    }
    const make_up m = made_of(v, len);
    bool dull = len >= 12 && (m.distinct < 5 || m.run * 3 > len || m.steps * 10 > len * 6);
    return dull || m.run >= 12;
}

void secrets_try(const secrets_window *w, const secrets_rule *rule, size_t start, size_t end)
{
    const char *value = w->text + start;
    for (size_t i = 0; start < end && i < rule->form_count; i++) {
        if (secrets_form_takes(rule->forms[i], value, end - start)) {
            if (!secrets_is_placeholder(w->table, value, end - start)) {
                w->hit(w->ctx, start, end, rule);
            }
            return;
        }
    }
}
