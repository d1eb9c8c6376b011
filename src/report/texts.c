/*
 * Texts as data. Invariant: every key that C asks for is answered, and a missing one is not hidden.
 * Knows nothing of pages.
 */
#include "report/texts.h"

#include "report/template_merge.h"

#include <stdio.h>
#include <string.h>

struct texts {
    json_doc *doc;
    char missing[128]; /* the first key that is not there; "" for none */
    char asked[128];   /* the last one, to show */
};

static const char file_name[] = "reports/summary.en.json";

evpack_status texts_load(const report_template *from, texts **out, evpack_err *err)
{
    json_doc *doc = NULL;
    EVPACK_TRY(report_template_texts(from, &doc, err));
    texts *t = calloc(1, sizeof *t);
    if (t == NULL) {
        json_free(doc);
        return evpack_oom(err);
    }
    t->doc = doc;
    *out = t;
    return EVPACK_OK;
}

void texts_free(texts *t)
{
    if (t != NULL) {
        json_free(t->doc);
        free(t);
    }
}

static void miss(texts *t, const char *key)
{
    (void)snprintf(t->asked, sizeof t->asked, "%s", key);
    if (t->missing[0] == '\0') {
        (void)snprintf(t->missing, sizeof t->missing, "%s", key);
    }
}

const json *texts_node(texts *t, const char *key)
{
    const json *node = json_root(t->doc);
    const char *p = key;
    while (node != NULL && *p != '\0') {
        char name[64];
        size_t len = strcspn(p, ".");
        (void)snprintf(name, sizeof name, "%.*s", (int)len, p);
        node = json_get(node, name);
        p += len;
        p += *p == '.' ? 1 : 0;
    }
    if (node == NULL) {
        miss(t, key);
    }
    return node;
}

const char *texts_get(texts *t, const char *key)
{
    const char *text = json_string(texts_node(t, key));
    if (text == NULL) {
        miss(t, key);
        return t->asked;
    }
    return text;
}

void texts_json(texts *t, const char *key, buf *out)
{
    EVPACK_AUTO_VALUE(buf_reset) buf plain = {0};
    template_put_json(texts_node(t, key), &plain);
    for (const char *p = buf_str(&plain); *p != '\0'; p++) {
        if (*p == '<') { /* only a string's characters can be one */
            buf_puts(out, "\\u003c");
        } else {
            buf_putc(out, *p);
        }
    }
    out->failed = out->failed || plain.failed;
}

const char *texts_word(texts *t, const char *group, const char *word, const char *member)
{
    const json *one = json_get(json_get(json_root(t->doc), group), word);
    const char *text = *member == '\0' ? json_string(one) : json_get_string(one, member);
    return text == NULL ? word : text;
}

void texts_fill(texts *t, buf *out, const char *key, ...)
{
    enum { PAIRS = 8 };
    const char *names[PAIRS];
    const char *values[PAIRS];
    size_t count = 0;
    va_list args;
    va_start(args, key);
    for (const char *name = va_arg(args, const char *); name != NULL && count < PAIRS;
         name = va_arg(args, const char *)) {
        names[count] = name;
        values[count++] = va_arg(args, const char *);
    }
    va_end(args);
    const char *p = texts_get(t, key);
    while (*p != '\0') {
        size_t plain = strcspn(p, "{");
        buf_append(out, p, plain);
        p += plain;
        if (*p == '\0') {
            return;
        }
        size_t len = strcspn(p + 1, "}");
        size_t i = 0;
        while (i < count && (strlen(names[i]) != len || memcmp(names[i], p + 1, len) != 0)) {
            i++;
        }
        if (i == count) {
            miss(t, key); /* a name that this call does not give */
            buf_putc(out, *p++);
            continue;
        }
        buf_puts(out, values[i]);
        p += len + 2;
    }
}

evpack_status texts_status(const texts *t, evpack_err *err)
{
    if (t->missing[0] != '\0') {
        return evpack_fail(err, EVPACK_E_INTERNAL,
                           "%s: '%s' is not there, or names what C does not give", file_name,
                           t->missing);
    }
    return EVPACK_OK;
}

const char *texts_number(int64_t n, char out[TEXTS_NUMBER])
{
    char digits[24];
    int len = snprintf(digits, sizeof digits, "%lld", (long long)n);
    char *to = out;
    for (int i = 0; i < len; i++) {
        *to++ = digits[i];
        int left = len - 1 - i;
        if (left > 0 && left % 3 == 0 && digits[i] != '-') {
            *to++ = ',';
        }
    }
    *to = '\0';
    return out;
}

const char *texts_time(const char *rfc3339, char out[TEXTS_NUMBER])
{
    if (strlen(rfc3339) != 20 || rfc3339[10] != 'T' || rfc3339[19] != 'Z') {
        return rfc3339;
    }
    (void)snprintf(out, TEXTS_NUMBER, "%.10s %.8s UTC", rfc3339, rfc3339 + 11);
    return out;
}
