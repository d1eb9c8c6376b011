/*
 * Looking at what is no JSON. Invariant: it says what something looks like, never what it is, and a
 * text that looks like nothing is not guessed at. Regular expressions are the C library's; they
 * have no back-references, so that their cost is bounded.
 */
#include "collect/look.h"

#include "base/embed.h"
#include "base/text.h"
#include "port/json.h"

#include <regex.h>
#include <stdio.h>
#include <string.h>

enum { MAGIC_MAX = 32, HEAD_MAX = 4096 };

typedef struct {
    regex_t compiled;
    const json *row;
} pattern;

typedef struct {
    pattern *at;
    size_t count;
} patterns;

struct looks {
    json_doc *doc;
    const json *magic;
    patterns texts, trouble;
};

static void patterns_free(patterns *p)
{
    for (size_t i = 0; i < p->count; i++) {
        regfree(&p->at[i].compiled);
    }
    free(p->at);
}

void looks_free(looks *l)
{
    if (l != NULL) {
        patterns_free(&l->texts);
        patterns_free(&l->trouble);
        json_free(l->doc);
        free(l);
    }
}

/* Rows are strings, or objects with the member "pattern". */
static evpack_status compile(const json *rows, patterns *out, evpack_err *err)
{
    out->at = calloc(json_count(rows) + 1, sizeof *out->at);
    if (out->at == NULL) {
        return evpack_oom(err);
    }
    for (const json *row = json_first(rows); row != NULL; row = json_next(row)) {
        const char *text = json_is_string(row) ? json_string(row) : json_get_string(row, "pattern");
        int flags =
            REG_EXTENDED | REG_NEWLINE | (json_is_true(json_get(row, "icase")) ? REG_ICASE : 0);
        pattern *p = &out->at[out->count];
        if (text == NULL || regcomp(&p->compiled, text, flags) != 0) {
            return evpack_fail(err, EVPACK_E_INTERNAL, "looks.json: not a pattern: %s",
                               text == NULL ? "" : text);
        }
        p->row = row;
        out->count++;
    }
    return EVPACK_OK;
}

evpack_status looks_load(looks **out, evpack_err *err)
{
    EVPACK_AUTO(looks) l = calloc(1, sizeof *l);
    if (l == NULL) {
        return evpack_oom(err);
    }
    const embed_file *file = embed_find("src/collect/looks.json");
    if (file == NULL) {
        return evpack_fail(err, EVPACK_E_INTERNAL, "src/collect/looks.json is not built in");
    }
    EVPACK_TRY(json_parse((const char *)file->data, file->len, false, &l->doc, err));
    const json *root = json_root(l->doc);
    l->magic = json_get(root, "magic");
    EVPACK_TRY(compile(json_get(root, "text"), &l->texts, err));
    EVPACK_TRY(compile(json_get(root, "trouble"), &l->trouble, err));
    *out = EVPACK_MOVE(l);
    return EVPACK_OK;
}

/* zero_after: two letters alone say little, but a NUL soon after them says that it is no text. */
static const json *magic_of(const looks *l, const void *raw, size_t len)
{
    for (const json *row = json_first(l->magic); row != NULL; row = json_next(row)) {
        const char *hex = json_get_string(row, "bytes");
        unsigned char bytes[MAGIC_MAX];
        size_t n = hex == NULL ? 0 : strlen(hex) / 2;
        if (n == 0 || n > sizeof bytes || n > len || !text_unhex(hex, 2 * n, bytes, n) ||
            memcmp(raw, bytes, n) != 0) {
            continue;
        }
        if (!json_is_true(json_get(row, "zero_after")) || memchr(raw, '\0', len) != NULL) {
            return row;
        }
    }
    return NULL;
}

static look tell(const json *row)
{
    return (look){.name = json_get_string(row, "name"),
                  .advice = json_get_string(row, "advice"),
                  .failed = json_is_true(json_get(row, "failed"))};
}

/* A C string of the text's first lines: without carriage returns, blank lines at its beginning, and
 * what would end it. */
static size_t head_of(const char *text, size_t len, char head[HEAD_MAX])
{
    size_t n = 0;
    for (size_t i = 0; i < len && n < HEAD_MAX - 1 && text[i] != '\0'; i++) {
        if (text[i] != '\r' && !(n == 0 && text[i] == '\n')) {
            head[n++] = text[i];
        }
    }
    head[n] = '\0';
    return n;
}

look look_at(const looks *l, const void *raw, size_t raw_len, const char *text, size_t text_len)
{
    const json *row = magic_of(l, raw, raw_len);
    if (row != NULL) {
        look is = tell(row);
        is.bytes = true;
        return is;
    }
    char head[HEAD_MAX];
    (void)head_of(text, text_len, head);
    for (size_t i = 0; i < l->texts.count; i++) {
        const pattern *p = &l->texts.at[i];
        regmatch_t found[2];
        if (regexec(&p->compiled, head, 2, found, 0) != 0 ||
            (json_is_true(json_get(p->row, "first")) && found[0].rm_so != 0)) {
            continue;
        }
        look is = tell(p->row);
        if (json_get(p->row, "code") != NULL && found[1].rm_so >= 0) {
            (void)snprintf(is.code, sizeof is.code, "%.*s", (int)(found[1].rm_eo - found[1].rm_so),
                           head + found[1].rm_so);
        }
        return is;
    }
    return (look){0};
}

uint64_t look_for_trouble(const looks *l, const char *text, size_t len)
{
    uint64_t line = 0;
    for (size_t at = 0; at < len;) {
        const char *newline = memchr(text + at, '\n', len - at);
        size_t n = newline == NULL ? len - at : (size_t)(newline - (text + at)) + 1;
        char head[HEAD_MAX];
        (void)head_of(text + at, n, head);
        line++;
        for (size_t i = 0; i < l->trouble.count; i++) {
            if (regexec(&l->trouble.at[i].compiled, head, 0, NULL, 0) == 0) {
                return line;
            }
        }
        at += n;
    }
    return 0;
}
