/*
 * Needs. Invariant: whatever a subject is called, a filled command is one command, and its own
 * words come from the mapping alone. Knows nothing of what az does.
 */
#include "store/needs.h"

#include "base/arena.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
    const char *kind, *what, *command;
} need;

struct needs {
    arena text;
    need *at;
    size_t count;
};

void needs_free(needs *n)
{
    if (n != NULL) {
        arena_reset(&n->text);
        free(n->at);
        free(n);
    }
}

static evpack_status load_rows(needs *n, const store *s, evpack_err *err)
{
    EVPACK_AUTO(db_stmt) rows = NULL;
    EVPACK_TRY(db_prepare(store_db(s),
                          "SELECT kind, what, command FROM need WHERE mapping_id ="
                          " (SELECT mapping_id FROM run ORDER BY id DESC LIMIT 1) ORDER BY kind",
                          &rows, err));
    for (bool row = true; row;) {
        EVPACK_TRY(db_step(rows, &row, err));
        if (!row) {
            break;
        }
        need *grown = realloc(n->at, (n->count + 1) * sizeof *grown);
        if (grown == NULL) {
            return evpack_oom(err);
        }
        n->at = grown;
        n->at[n->count++] = (need){.kind = arena_text(&n->text, db_text_or_empty(rows, 0)),
                                   .what = arena_text(&n->text, db_text_or_empty(rows, 1)),
                                   .command = arena_text(&n->text, db_text_or_empty(rows, 2))};
    }
    return arena_status(&n->text, err);
}

evpack_status needs_load(const store *s, needs **out, evpack_err *err)
{
    needs *n = calloc(1, sizeof *n);
    if (n == NULL) {
        return evpack_oom(err);
    }
    evpack_status status = load_rows(n, s, err);
    if (status != EVPACK_OK) {
        needs_free(n);
        return status;
    }
    *out = n;
    return EVPACK_OK;
}

static const need *find(const needs *n, const char *kind)
{
    for (size_t i = 0; kind != NULL && i < n->count; i++) {
        if (strcmp(n->at[i].kind, kind) == 0) {
            return &n->at[i];
        }
    }
    return NULL;
}

const char *needs_what(const needs *n, const char *kind)
{
    const need *one = find(n, kind);
    return one == NULL || *one->what == '\0' ? kind : one->what;
}

typedef struct {
    const char *text;
    size_t len;
} piece;

/* The segment after one that is called name, as in …/resourceGroups/X/…; ASCII case is ignored. */
static piece segment_after(const char *id, const char *name)
{
    size_t name_len = strlen(name);
    for (const char *p = strchr(id, '/'); p != NULL; p = strchr(p + 1, '/')) {
        size_t i = 0;
        while (i < name_len && text_lower(p[1 + i]) == name[i]) {
            i++;
        }
        if (i == name_len && p[1 + i] == '/') {
            const char *value = p + 2 + i;
            return (piece){value, strcspn(value, "/")};
        }
    }
    return (piece){NULL, 0};
}

static piece value_of(const char *id, const char *name, size_t name_len)
{
    piece none = {NULL, 0};
    if (id == NULL || *id != '/') {
        return none;
    }
    if (name_len == 2 && memcmp(name, "id", 2) == 0) {
        return (piece){id, strlen(id)};
    }
    if (name_len == 4 && memcmp(name, "name", 4) == 0) {
        const char *last = strrchr(id, '/') + 1;
        return (piece){last, strlen(last)};
    }
    if (name_len == 5 && memcmp(name, "group", 5) == 0) {
        return segment_after(id, "resourcegroups");
    }
    if (name_len == 12 && memcmp(name, "subscription", 12) == 0) {
        return segment_after(id, "subscriptions");
    }
    return none;
}

/* What may stand in single quotes in both shells. */
static bool can_quote(piece v)
{
    for (size_t i = 0; i < v.len;) {
        size_t n = text_utf8_length(v.text + i, v.len - i);
        uint32_t c = n == 0 ? 0 : text_utf8_decode(v.text + i, n);
        bool control = c < 0x20 || (c >= 0x7f && c < 0xa0);
        bool hidden = (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
                      (c >= 0x2066 && c <= 0x2069) || c == 0xfeff;
        if (control || hidden || c == '\'' || (c >= 0x2018 && c <= 0x201b)) {
            return false;
        }
        i += n;
    }
    return v.len > 0;
}

static bool is_plain(piece v)
{
    for (size_t i = 0; i < v.len; i++) {
        char c = text_lower(v.text[i]);
        bool letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (!letter && (c == '\0' || strchr("/._-:", c) == NULL)) {
            return false;
        }
    }
    return v.text[0] != '-';
}

/* Inside the template's own double quotes a shell still reads $ and `: only what is plain goes. */
static void put_value(piece v, piece name, bool in_quotes, buf *out)
{
    if (v.text == NULL || !can_quote(v) || (in_quotes && !is_plain(v))) {
        buf_putc(out, '<');
        buf_append(out, name.text, name.len);
        buf_putc(out, '>');
        return;
    }
    const char *quote = is_plain(v) ? "" : "'";
    buf_puts(out, quote);
    buf_append(out, v.text, v.len);
    buf_puts(out, quote);
}

void needs_command(const needs *n, const char *kind, const char *subject, buf *out)
{
    const need *one = find(n, kind);
    if (one == NULL) {
        return;
    }
    const char *p = one->command;
    bool in_quotes = false;
    while (*p != '\0') {
        size_t plain = strcspn(p, "{");
        for (size_t i = 0; i < plain; i++) {
            in_quotes = in_quotes != (p[i] == '"');
        }
        buf_append(out, p, plain);
        p += plain;
        if (*p == '\0') {
            return;
        }
        size_t len = strcspn(p + 1, "}");
        bool known = false;
        static const char *const names[] = {"id", "name", "group", "subscription"};
        for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
            known = known || (strlen(names[i]) == len && memcmp(names[i], p + 1, len) == 0);
        }
        if (known && p[1 + len] == '}') {
            put_value(value_of(subject, p + 1, len), (piece){p + 1, len}, in_quotes, out);
            p += len + 2;
        } else {
            buf_putc(out, *p++);
        }
    }
}
