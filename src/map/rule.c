/*
 * Reading rule headers. Invariant: a rule that this accepts says what it tests, what absence means
 * and which feature it answers; nothing in a header is guessed. Does not look at the SQL.
 */
#include "map/rule.h"

#include <stdio.h>
#include <string.h>

typedef struct {
    const char *key;
    size_t offset;
    bool required;
} header_key;

#define KEY(name, required)                   \
    {                                         \
#name, offsetof(rule, name), required \
    }
static const header_key header_keys[] = {
    KEY(id, true),        KEY(version, true), KEY(title, true),     KEY(service, true),
    KEY(control, true),   KEY(feature, true), KEY(severity, false), KEY(needs, false),
    KEY(observes, false), KEY(policy, false), KEY(tests, true),     KEY(absent, true),
    KEY(source, false)};
#undef KEY
enum { RULE_HEADER_MAX = 64 << 10 };
enum { HEADER_KEYS = sizeof header_keys / sizeof header_keys[0] };

static char **field(rule *r, size_t i)
{
    return (char **)(void *)((char *)r + header_keys[i].offset);
}

void rule_reset(rule *r)
{
    for (size_t i = 0; i < HEADER_KEYS; i++) {
        free(*field(r, i));
    }
    *r = (rule){0};
}

_Static_assert(HEADER_KEYS <= sizeof((rule *)NULL)->lines / sizeof(unsigned), "a line a key");

typedef struct {
    rule *r;
    char **at;   /* the field that a next line goes on with */
    bool passed; /* this header line was told of: what goes on with it is not */
    const rule_listener *listener;
} reader;

static evpack_status bad(const reader *h, unsigned line, evpack_err *err, const char *what)
{
    return h->listener->fault(h->listener->ctx, line, what, err);
}

static evpack_status go_on(reader *h, const char *line, size_t len, evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf more = {0};
    buf_printf(&more, "%s %.*s", *h->at, (int)(len - 5), line + 5);
    free(*h->at);
    *h->at = buf_take(&more);
    return *h->at == NULL ? evpack_oom(err) : EVPACK_OK;
}

/* The key that stands at text, or HEADER_KEYS. */
static size_t key_at(const char *text, size_t len)
{
    for (size_t i = 0; i < HEADER_KEYS; i++) {
        size_t n = strlen(header_keys[i].key);
        if (len > n && strncmp(text, header_keys[i].key, n) == 0 && text[n] == ':') {
            return i;
        }
    }
    return HEADER_KEYS;
}

/* "-- key: value" into the field of that name. */
static evpack_status take_line(reader *h, const char *line, size_t len, unsigned number,
                               evpack_err *err)
{
    bool goes_on = len >= 5 && strncmp(line, "--   ", 5) == 0;
    if (goes_on && (h->at != NULL || h->passed)) {
        return h->at == NULL ? EVPACK_OK : go_on(h, line, len, err);
    }
    h->at = NULL;
    h->passed = false;
    if (len < 3 || line[2] != ' ') {
        return EVPACK_OK;
    }
    size_t i = key_at(line + 3, len - 3);
    if (i == HEADER_KEYS) {
        h->passed = true;
        return bad(h, number, err, "expected '-- key: value' with a key that rules have");
    }
    const char *value = line + 3 + strlen(header_keys[i].key) + 1;
    size_t room = len - (size_t)(value - line);
    while (room > 0 && *value == ' ') {
        value++;
        room--;
    }
    if (*field(h->r, i) != NULL) {
        h->passed = true;
        return bad(h, number, err, "this key was given before");
    }
    h->at = field(h->r, i);
    h->r->lines[i] = number;
    *h->at = strndup(value, room);
    return *h->at == NULL ? evpack_oom(err) : EVPACK_OK;
}

static evpack_status read_header(reader *h, evpack_err *err)
{
    const char *text = h->r->file->text;
    const char *line = text;
    for (unsigned number = 1; strncmp(line, "--", 2) == 0; number++) {
        if (line - text > RULE_HEADER_MAX) {
            return bad(h, number, err, "a header has at most 64 KiB");
        }
        size_t len = strcspn(line, "\n");
        size_t trimmed = len > 0 && line[len - 1] == '\r' ? len - 1 : len;
        EVPACK_TRY(take_line(h, line, trimmed, number, err));
        line += len + (line[len] == '\n');
    }
    return EVPACK_OK;
}

evpack_status rule_read(const mapping_file *file, const rule_listener *listener, rule *out,
                        evpack_err *err)
{
    rule r = {.file = file, .sql = file->text};
    reader h = {.r = &r, .listener = listener};
    evpack_status status = read_header(&h, err);
    for (size_t i = 0; i < HEADER_KEYS && status == EVPACK_OK; i++) {
        if (header_keys[i].required && (*field(&r, i) == NULL || **field(&r, i) == '\0')) {
            char text[64];
            (void)snprintf(text, sizeof text, "the header has no '%s'", header_keys[i].key);
            status = bad(&h, r.lines[i], err, text);
        }
    }
    if (status != EVPACK_OK) {
        rule_reset(&r);
        return status;
    }
    *out = r;
    return EVPACK_OK;
}

static evpack_status fail_at(void *ctx, unsigned line, const char *text, evpack_err *err)
{
    const mapping_file *file = ctx;
    return line == 0 ? evpack_fail(err, EVPACK_E_MAPPING, "%s: %s", file->path, text)
                     : evpack_fail(err, EVPACK_E_MAPPING, "%s:%u: %s", file->path, line, text);
}

evpack_status rule_parse(const mapping_file *file, rule *out, evpack_err *err)
{
    const rule_listener listener = {fail_at, (void *)(uintptr_t)file};
    return rule_read(file, &listener, out, err);
}

unsigned rule_line(const rule *r, const char *key)
{
    for (size_t i = 0; i < HEADER_KEYS; i++) {
        if (strcmp(header_keys[i].key, key) == 0) {
            return r->lines[i];
        }
    }
    return 0;
}

/* The next item of a list, without spaces around it; false at the end. */
static bool next_item(const char **list, const char **item, size_t *len)
{
    const char *p = *list;
    p += strspn(p, ", ");
    if (*p == '\0') {
        return false;
    }
    size_t n = strcspn(p, ",");
    *list = p + n;
    while (n > 0 && p[n - 1] == ' ') {
        n--;
    }
    *item = p;
    *len = n;
    return true;
}

bool rule_list_has(const char *list, const char *word)
{
    const char *item = NULL;
    size_t len = 0;
    while (list != NULL && next_item(&list, &item, &len)) {
        if (len == strlen(word) && memcmp(item, word, len) == 0) {
            return true;
        }
    }
    return false;
}

void rule_list_json(const char *list, buf *out)
{
    const char *item = NULL;
    size_t len = 0;
    buf_putc(out, '[');
    for (bool first = true; list != NULL && next_item(&list, &item, &len); first = false) {
        if (!first) {
            buf_putc(out, ',');
        }
        buf_json_string(out, item, len);
    }
    buf_putc(out, ']');
}
