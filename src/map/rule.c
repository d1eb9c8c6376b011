/*
 * Reading rule headers. Invariant: a rule that this accepts says what it tests, what absence means
 * and which feature it answers; nothing in a header is guessed. Does not look at the SQL.
 */
#include "map/rule.h"

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

static evpack_status bad(const mapping_file *file, unsigned line, evpack_err *err, const char *what)
{
    return evpack_fail(err, EVPACK_E_MAPPING, "%s:%u: %s", file->path, line, what);
}

/* "-- key: value" into the field of that name; *at is the field that a next line goes on with. */
static evpack_status take_line(rule *r, const char *line, size_t len, unsigned number, char ***at,
                               evpack_err *err)
{
    if (len >= 5 && strncmp(line, "--   ", 5) == 0 && *at != NULL) {
        EVPACK_AUTO_VALUE(buf_reset) buf more = {0};
        buf_printf(&more, "%s %.*s", **at, (int)(len - 5), line + 5);
        free(**at);
        **at = buf_take(&more);
        return **at == NULL ? evpack_oom(err) : EVPACK_OK;
    }
    if (len < 3 || line[2] != ' ') {
        *at = NULL;
        return EVPACK_OK;
    }
    for (size_t i = 0; i < HEADER_KEYS; i++) {
        size_t n = strlen(header_keys[i].key);
        if (len > n + 3 && strncmp(line + 3, header_keys[i].key, n) == 0 && line[n + 3] == ':') {
            const char *value = line + n + 4;
            size_t room = len - n - 4;
            while (room > 0 && *value == ' ') {
                value++;
                room--;
            }
            *at = field(r, i);
            if (**at != NULL) {
                return bad(r->file, number, err, "this key was given before");
            }
            **at = strndup(value, room);
            return **at == NULL ? evpack_oom(err) : EVPACK_OK;
        }
    }
    return bad(r->file, number, err, "expected '-- key: value' with a key that rules have");
}

static evpack_status parse(rule *r, evpack_err *err)
{
    const char *line = r->file->text;
    char **at = NULL;
    for (unsigned number = 1; strncmp(line, "--", 2) == 0; number++) {
        if (line - r->file->text > RULE_HEADER_MAX) {
            return bad(r->file, number, err, "a header has at most 64 KiB");
        }
        size_t len = strcspn(line, "\n");
        size_t trimmed = len > 0 && line[len - 1] == '\r' ? len - 1 : len;
        EVPACK_TRY(take_line(r, line, trimmed, number, &at, err));
        line += len + (line[len] == '\n');
    }
    for (size_t i = 0; i < HEADER_KEYS; i++) {
        if (header_keys[i].required && (*field(r, i) == NULL || **field(r, i) == '\0')) {
            return evpack_fail(err, EVPACK_E_MAPPING, "%s: the header has no '%s'", r->file->path,
                               header_keys[i].key);
        }
    }
    r->sql = r->file->text;
    return EVPACK_OK;
}

evpack_status rule_parse(const mapping_file *file, rule *out, evpack_err *err)
{
    rule r = {.file = file};
    evpack_status status = parse(&r, err);
    if (status != EVPACK_OK) {
        rule_reset(&r);
        return status;
    }
    *out = r;
    return EVPACK_OK;
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
