/*
 * JSON Pointers. Invariant: every index is checked against the text's length, whatever the text
 * is. Refuses to know what values mean.
 */
#include "base/jptr.h"

#include <string.h>

static size_t skip_space(jptr_value j, size_t i)
{
    while (i < j.len &&
           (j.text[i] == ' ' || j.text[i] == '\t' || j.text[i] == '\n' || j.text[i] == '\r')) {
        i++;
    }
    return i;
}

/* i is at the opening quote; the index after the closing one, or len. */
static size_t skip_string(jptr_value j, size_t i)
{
    i++;
    while (i < j.len) {
        const char *quote = memchr(j.text + i, '"', j.len - i);
        if (quote == NULL) {
            return j.len;
        }
        size_t at = (size_t)(quote - j.text);
        size_t slashes = 0;
        while (at - slashes > i && j.text[at - slashes - 1] == '\\') {
            slashes++;
        }
        i = at + 1;
        if (slashes % 2 == 0) {
            return i;
        }
    }
    return j.len;
}

static size_t skip_container(jptr_value j, size_t i)
{
    size_t depth = 0;
    while (i < j.len) {
        switch (j.text[i]) {
        case '"':
            i = skip_string(j, i);
            continue;
        case '{':
        case '[':
            depth++;
            break;
        case '}':
        case ']':
            if (--depth == 0) {
                return i + 1;
            }
            break;
        default:
            break;
        }
        i++;
    }
    return j.len;
}

/* i is at a value's first byte; the index after its last. */
static size_t skip_value(jptr_value j, size_t i)
{
    if (i >= j.len) {
        return j.len;
    }
    if (j.text[i] == '"') {
        return skip_string(j, i);
    }
    if (j.text[i] == '{' || j.text[i] == '[') {
        return skip_container(j, i);
    }
    while (i < j.len && strchr(",]} \t\r\n", j.text[i]) == NULL) {
        i++;
    }
    return i;
}

static jptr_value slice(jptr_value j, size_t from, size_t to)
{
    return (jptr_value){j.text + from, to - from};
}

/* Cuts white space around the whole text. */
static jptr_value whole(jptr_value j)
{
    size_t from = skip_space(j, 0);
    return slice(j, from, skip_value(j, from));
}

bool jptr_element(jptr_value array, size_t *at, jptr_value *out)
{
    size_t i = *at;
    if (i == 0) {
        i = skip_space(array, 0);
        if (i >= array.len || array.text[i] != '[') {
            return false;
        }
        i = skip_space(array, i + 1);
        if (i >= array.len || array.text[i] == ']') {
            return false;
        }
    } else {
        i = skip_space(array, i);
        if (i >= array.len || array.text[i] != ',') {
            return false;
        }
        i = skip_space(array, i + 1);
    }
    size_t end = skip_value(array, i);
    if (end == i) {
        return false;
    }
    *out = slice(array, i, end);
    *at = end;
    return true;
}

/* One reference token of a pointer equals a name as written: ~1 is '/', ~0 is '~'. */
static bool same_name(const char *token, size_t token_len, const char *name, size_t name_len)
{
    size_t n = 0;
    for (size_t i = 0; i < token_len; i++, n++) {
        char c = token[i];
        if (c == '~' && i + 1 < token_len && (token[i + 1] == '0' || token[i + 1] == '1')) {
            c = token[++i] == '1' ? '/' : '~';
        }
        if (n >= name_len || name[n] != c) {
            return false;
        }
    }
    return n == name_len;
}

/* A member below which the search goes on is left open at its end: where it ends is met there, and
 * a large one is not walked twice. */
static bool find_member(jptr_value object, const char *token, size_t token_len, bool last,
                        jptr_value *out)
{
    size_t i = skip_space(object, 1);
    while (i < object.len && object.text[i] == '"') {
        size_t name = i + 1;
        i = skip_string(object, i);
        bool hit = i > name && same_name(token, token_len, object.text + name, i - 1 - name);
        i = skip_space(object, i);
        if (i >= object.len || object.text[i] != ':') {
            return false;
        }
        i = skip_space(object, i + 1);
        if (hit && !last) {
            *out = slice(object, i, object.len);
            return true;
        }
        size_t end = skip_value(object, i);
        if (end == i) {
            return false;
        }
        if (hit) {
            *out = slice(object, i, end);
            return true;
        }
        i = skip_space(object, end);
        if (i >= object.len || object.text[i] != ',') {
            return false;
        }
        i = skip_space(object, i + 1);
    }
    return false;
}

static bool find_element(jptr_value array, const char *token, size_t token_len, jptr_value *out)
{
    if (token_len == 0 || token_len > 9 || (token_len > 1 && token[0] == '0')) {
        return false;
    }
    size_t want = 0;
    for (size_t i = 0; i < token_len; i++) {
        if (token[i] < '0' || token[i] > '9') {
            return false;
        }
        want = want * 10 + (size_t)(token[i] - '0');
    }
    size_t at = 0;
    for (size_t n = 0; jptr_element(array, &at, out); n++) {
        if (n == want) {
            return true;
        }
    }
    return false;
}

bool jptr_find(jptr_value json, const char *pointer, jptr_value *out)
{
    if (json.text == NULL) {
        return false;
    }
    jptr_value now = *pointer == '\0' ? whole(json) : slice(json, skip_space(json, 0), json.len);
    while (*pointer != '\0') {
        if (*pointer != '/' || now.len == 0) {
            return false;
        }
        pointer++;
        size_t len = strcspn(pointer, "/");
        bool found = now.text[0] == '{' ? find_member(now, pointer, len, pointer[len] == '\0', &now)
                     : now.text[0] == '[' ? find_element(now, pointer, len, &now)
                                          : false;
        if (!found) {
            return false;
        }
        pointer += len;
    }
    *out = now;
    return now.len > 0;
}

bool jptr_int(jptr_value value, int64_t *out)
{
    bool minus = value.len > 0 && value.text[0] == '-';
    size_t i = minus ? 1 : 0;
    if (value.len == i || value.len - i > 18) {
        return false;
    }
    int64_t n = 0;
    for (; i < value.len; i++) {
        if (value.text[i] < '0' || value.text[i] > '9') {
            return false;
        }
        n = n * 10 + (value.text[i] - '0');
    }
    *out = minus ? -n : n;
    return true;
}

bool jptr_plain_string(jptr_value value, jptr_value *out)
{
    if (value.len < 2 || value.text[0] != '"' || value.text[value.len - 1] != '"' ||
        memchr(value.text, '\\', value.len) != NULL) {
        return false;
    }
    *out = (jptr_value){value.text + 1, value.len - 2};
    return true;
}
