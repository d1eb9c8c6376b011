/*
 * Reading ledgers. Invariant: nothing that a ledger says changes a raw byte or a record; it only
 * adds where a file comes from. A line that is not understood vouches for nothing.
 */
#include "collect/collection.h"

#include "base/embed.h"
#include "base/text.h"
#include "collect/arm.h"
#include "collect/secrets.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

enum { PERMISSION_MAX = 200, SCOPE_MAX = 1000 };
static const char mark[] = "{\"evpack_collection\":";

typedef struct {
    store *s;
    collection *into;
    const collection_options *options;
    collection_totals *totals;
    const json *patterns;
    const secrets *known;
    int64_t ledger;
    const char *path;
    uint64_t line, told;
    bool ended;
    bool skipping; /* the rest of a line that is too long */
    buf text;      /* the line so far */
} reader;

bool collection_looks_so(const char *data, size_t len)
{
    return len >= strlen(mark) && memcmp(data, mark, strlen(mark)) == 0;
}

static void say(reader *r, const char *text)
{
    if (r->options->say == NULL || r->told > COLLECTION_TOLD_MAX) {
        return;
    }
    evpack_err out = {0}; /* what does not show as itself becomes '?' */
    if (r->told++ == COLLECTION_TOLD_MAX) {
        (void)evpack_fail(&out, EVPACK_OK, "%.300s: and more; the case has every line", r->path);
    } else {
        (void)evpack_fail(&out, EVPACK_OK, "%.300s:%llu: %s", r->path, (unsigned long long)r->line,
                          text);
    }
    r->options->say(r->options->ctx, out.text);
}

static void say_unread(reader *r, const char *why)
{
    char text[300];
    r->totals->unread++;
    (void)snprintf(text, sizeof text, "this line cannot be read and vouches for nothing: %.200s",
                   why);
    say(r, text);
}

/* A text between one that ends before at and one of the characters in until; none when it is empty
 * or longer than most. */
static size_t between(const char *at, const char *until, size_t most)
{
    size_t len = until == NULL ? 0 : strcspn(at, until);
    return len <= most ? len : 0;
}

/* Whether one pattern fits; what was lacking goes to out. */
static bool permission_by(const json *pattern, const char *error, buf *out)
{
    const char *before = json_get_string(pattern, "before");
    const char *until = json_get_string(pattern, "until");
    const char *says = json_get_string(pattern, "says");
    const char *over = json_get_string(pattern, "over");
    const char *at = before == NULL ? NULL : strstr(error, before);
    if (at == NULL) {
        return false;
    }
    at += strlen(before);
    size_t len = between(at, until, PERMISSION_MAX);
    if (says != NULL) {
        buf_printf(out, "%s%s%.*s", says, len > 0 ? " " : "", (int)len, at);
        return true;
    }
    buf_append(out, at, len);
    const char *scope = over == NULL ? NULL : strstr(at, over);
    size_t scope_len = scope == NULL ? 0 : between(scope + strlen(over), until, SCOPE_MAX);
    if (len > 0 && scope_len > 0) {
        buf_puts(out, " over ");
        buf_append(out, scope + strlen(over), scope_len);
    }
    return len > 0;
}

bool collection_permission(const json *patterns, const char *error, buf *out)
{
    const json *p = error == NULL ? NULL : json_first(patterns);
    while (p != NULL && !permission_by(p, error, out)) {
        p = json_next(p);
    }
    return p != NULL;
}

/* A relative path of a file below the ledger's folder. */
static bool is_below(const char *file)
{
    size_t len = strlen(file);
    if (len == 0 || len > 500 || file[0] == '/' || strchr(file, '\\') != NULL) {
        return false;
    }
    for (const char *part = file; part != NULL;) {
        size_t n = strcspn(part, "/");
        if (n == 0 || (n == 1 && part[0] == '.') || (n == 2 && memcmp(part, "..", 2) == 0)) {
            return false;
        }
        part = part[n] == '\0' ? NULL : part + n + 1;
    }
    return true;
}

static bool is_kind(const char *text)
{
    size_t len = strlen(text);
    return len > 0 && len < 64 && strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-") == len;
}

/* A member that is a text, absent or null; false for anything else. */
static bool take(const json *line, const char *name, const char **out)
{
    const json *value = json_get_set(line, name);
    *out = json_string(value);
    return value == NULL || *out != NULL;
}

static bool take_int(const json *line, const char *name, bool *there, int64_t *out)
{
    const json *value = json_get_set(line, name);
    *there = value != NULL;
    *out = 0;
    if (value == NULL) {
        return true;
    }
    double number = json_number(value);
    if (!json_is_number(value) || number < INT_MIN || number > INT_MAX) {
        return false;
    }
    *out = (int64_t)number;
    return (double)*out == number;
}

static bool take_time(const json *line, const char *name, char out[TEXT_TIME])
{
    evpack_err ignored = {0};
    int64_t time = 0;
    const char *text = json_get_string(line, name);
    if (text == NULL || text_parse_time(text, &time, &ignored) != EVPACK_OK) {
        return false;
    }
    text_format_time(time, out);
    return true;
}

/* What a line is made of besides borrowed texts. */
typedef struct {
    collection_line line;
    char started[TEXT_TIME], ended[TEXT_TIME], sha256[65];
    buf arguments, subject, permission;
} parts;

static void parts_reset(parts *p)
{
    buf_reset(&p->arguments);
    buf_reset(&p->subject);
    buf_reset(&p->permission);
}

static bool take_arguments(const json *line, buf *out)
{
    const json *list = json_get(line, "arguments");
    if (!json_is_array(list)) {
        return false;
    }
    buf_putc(out, '[');
    for (const json *a = json_first(list); a != NULL; a = json_next(a)) {
        const char *word = json_string(a);
        if (word == NULL) {
            return false;
        }
        buf_puts(out, a == json_first(list) ? "" : ",");
        buf_json_string(out, word, strlen(word));
    }
    buf_putc(out, ']');
    return true;
}

/* file and sha256: both or neither. */
static bool take_file(const json *line, parts *p)
{
    unsigned char raw[32];
    const char *sha = NULL;
    if (!take(line, "file", &p->line.file) || !take(line, "sha256", &sha) ||
        (p->line.file == NULL) != (sha == NULL)) {
        return false;
    }
    if (p->line.file == NULL) {
        return true;
    }
    if (!is_below(p->line.file) || !text_unhex(sha, strlen(sha), raw, sizeof raw)) {
        return false;
    }
    text_hex(raw, sizeof raw, p->sha256);
    p->line.sha256 = p->sha256;
    return true;
}

/* NULL when the line is sound, else what is wrong with it. */
static const char *take_line(const reader *r, const json *line, parts *p)
{
    collection_line *l = &p->line;
    const char *subject = NULL;
    bool paged = false;
    *l = (collection_line){.ledger = r->ledger, .line = (int64_t)r->line};
    if (json_number(json_get(line, "evpack_collection")) != 1.0) {
        return "it is not a line of a ledger of version 1";
    }
    if (json_twice(line) != NULL) {
        return "a member stands twice with different values";
    }
    if (!take(line, "command", &l->command) || l->command == NULL ||
        !take_arguments(line, &p->arguments)) {
        return "expected a command and its arguments";
    }
    if (!take_file(line, p)) {
        return "expected a file below the ledger's folder with its SHA-256, or neither";
    }
    if (!take_time(line, "start", p->started) || !take_time(line, "end", p->ended)) {
        return "expected RFC 3339 times as start and end";
    }
    if (!take_int(line, "exit_code", &l->exited, &l->exit_code) ||
        !take_int(line, "page", &paged, &l->page) || l->page < 0) {
        return "expected whole numbers as exit_code and page";
    }
    const struct {
        const char *name;
        const char **to;
    } texts[] = {
        {"plan", &l->plan},       {"kind", &l->kind},     {"subject", &subject},
        {"error", &l->error},     {"note", &l->note},     {"az_version", &l->az_version},
        {"account", &l->account}, {"tenant", &l->tenant}, {"subscription", &l->subscription}};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (!take(line, texts[i].name, texts[i].to)) {
            return "a member is no text";
        }
    }
    if (l->kind != NULL && !is_kind(l->kind)) {
        return "its kind is not a word of small letters, digits and '-'";
    }
    if (subject != NULL && arm_is_id(subject)) {
        arm_canonical(subject, &p->subject);
        l->subject = buf_str(&p->subject);
    }
    l->started = p->started;
    l->ended = p->ended;
    return NULL;
}

static void say_failed(reader *r, const collection_line *l)
{
    char text[700];
    char code[40];
    (void)snprintf(code, sizeof code, "exit %lld", (long long)l->exit_code);
    const char *error = l->error == NULL ? "az said nothing" : l->error;
    (void)snprintf(text, sizeof text, "%.64s failed (%s): %s%.*s", l->plan == NULL ? "it" : l->plan,
                   l->exited ? code : "not run",
                   l->permission == NULL ? "" : "this permission is missing: ",
                   l->permission == NULL ? (int)strcspn(error, "\n") : 400,
                   l->permission == NULL ? error : l->permission);
    say(r, text);
}

static void tell(reader *r, const collection_line *l, const collection_match *m)
{
    char text[700];
    switch (m->state) {
    case COLLECTION_VOUCHED:
        r->totals->vouched++;
        break;
    case COLLECTION_NONE:
        break;
    case COLLECTION_FAILED:
        r->totals->failed++;
        say_failed(r, l);
        break;
    case COLLECTION_MISSING:
        r->totals->missing++;
        (void)snprintf(text, sizeof text, "%.200s is named by the ledger, but it was not collected",
                       l->file);
        say(r, text);
        break;
    case COLLECTION_CHANGED:
        r->totals->changed++;
        (void)snprintf(text, sizeof text,
                       "CHANGED: %.200s is not what the command wrote, and is not vouched for: its"
                       " SHA-256 is %s, the ledger says %s",
                       l->file, m->found, l->sha256);
        say(r, text);
        break;
    }
}

static evpack_status add(reader *r, const json *line, evpack_err *err)
{
    EVPACK_AUTO_VALUE(parts_reset) parts p = {0};
    const char *wrong = take_line(r, line, &p);
    if (wrong != NULL) {
        say_unread(r, wrong);
        return EVPACK_OK;
    }
    collection_line *l = &p.line;
    bool failed = !l->exited || l->exit_code != 0;
    if (failed && collection_permission(r->patterns, l->error, &p.permission)) {
        l->permission = buf_str(&p.permission);
    }
    l->arguments = buf_str(&p.arguments);
    EVPACK_TRY(buf_status(&p.arguments, err));
    EVPACK_TRY(buf_status(&p.subject, err));
    EVPACK_TRY(buf_status(&p.permission, err));
    collection_match match;
    EVPACK_TRY(collection_add(r->into, l, &match, err));
    r->totals->lines++;
    r->ended = l->plan != NULL && strcmp(l->plan, "end") == 0;
    tell(r, l, &match);
    return EVPACK_OK;
}

static evpack_status end_line(reader *r, evpack_err *err)
{
    r->line++;
    bool skipping = r->skipping;
    r->skipping = false;
    if (skipping) {
        say_unread(r, "it is longer than 64 KiB");
        return EVPACK_OK;
    }
    if (r->line > COLLECTION_LINES_MAX || r->text.len == 0) {
        return EVPACK_OK;
    }
    /* What az printed may hold a secret, and an argument may be one: rows and messages do not. */
    EVPACK_AUTO_VALUE(buf_reset) buf clean = {0};
    size_t taken_out = 0;
    EVPACK_TRY(secrets_clean(r->known, buf_str(&r->text), r->text.len, &clean, &taken_out, err));
    EVPACK_AUTO(json_doc) doc = NULL;
    evpack_err why = {0};
    evpack_status status = json_parse(buf_str(&clean), clean.len, false, &doc, &why);
    if (status == EVPACK_E_MEMORY) {
        return evpack_oom(err);
    }
    if (status != EVPACK_OK) {
        say_unread(r, why.text);
        return EVPACK_OK;
    }
    return add(r, json_root(doc), err);
}

static evpack_status feed(void *ctx, const void *data, size_t len, evpack_err *err)
{
    reader *r = ctx;
    for (const char *p = data; len > 0;) {
        const char *newline = memchr(p, '\n', len);
        size_t n = newline == NULL ? len : (size_t)(newline - p);
        r->skipping = r->skipping || r->text.len + n > COLLECTION_LINE_MAX;
        if (!r->skipping) {
            buf_append(&r->text, p, n);
            EVPACK_TRY(buf_status(&r->text, err));
        }
        if (newline != NULL) {
            EVPACK_TRY(end_line(r, err));
            buf_clear(&r->text);
            n++;
        }
        p += n;
        len -= n;
    }
    return EVPACK_OK;
}

static evpack_status read_one(reader *r, evpack_err *err)
{
    r->line = r->told = 0;
    r->ended = r->skipping = false;
    buf_clear(&r->text);
    r->totals->ledgers++;
    EVPACK_TRY(evidence_read(r->s, r->ledger, feed, r, err));
    if (r->text.len > 0 || r->skipping) {
        EVPACK_TRY(end_line(r, err));
    }
    if (r->line > COLLECTION_LINES_MAX) {
        say_unread(r, "a ledger is read to its line 1000000");
    } else if (!r->ended) {
        say(r,
            "the ledger stops before the plan's end: the export was cut short, or lines are gone");
    }
    return EVPACK_OK;
}

static evpack_status read_all(reader *r, bool *found, evpack_err *err)
{
    const char *sha = NULL;
    for (;;) {
        EVPACK_TRY(collection_next(r->into, &r->ledger, &r->path, &sha, err));
        if (r->ledger == 0) {
            return r->totals->ledgers == 0 ? EVPACK_OK : collection_date(r->into, err);
        }
        for (size_t i = 0; i < r->options->expected_count; i++) {
            found[i] = found[i] || text_same(sha, r->options->expected[i]);
        }
        EVPACK_TRY(read_one(r, err));
    }
}

evpack_status collection_read(store *s, int64_t snapshot, const collection_options *options,
                              collection_totals *totals, evpack_err *err)
{
    EVPACK_AUTO(collection) into = NULL;
    EVPACK_AUTO(json_doc) patterns = NULL;
    *totals = (collection_totals){0};
    const embed_file *file = embed_find("src/collect/collection.json");
    if (file == NULL) {
        return evpack_fail(err, EVPACK_E_INTERNAL, "src/collect/collection.json is not built in");
    }
    EVPACK_TRY(json_parse((const char *)file->data, file->len, false, &patterns, err));
    EVPACK_AUTO(secrets) known = NULL;
    EVPACK_TRY(secrets_load(&known, err));
    EVPACK_TRY(collection_open(s, snapshot, &into, err));
    bool *found = calloc(options->expected_count + 1, sizeof *found);
    if (found == NULL) {
        return evpack_oom(err);
    }
    reader r = {.s = s,
                .into = into,
                .options = options,
                .totals = totals,
                .patterns = json_get(json_root(patterns), "permissions"),
                .known = known};
    evpack_status status = read_all(&r, found, err);
    for (size_t i = 0; i < options->expected_count && status == EVPACK_OK; i++) {
        if (!found[i]) {
            status = evpack_fail(err, EVPACK_E_INPUT,
                                 "no ledger with the SHA-256 %.64s is in this snapshot (%llu %s"
                                 " there); nothing was collected",
                                 options->expected[i], (unsigned long long)totals->ledgers,
                                 totals->ledgers == 1 ? "other is" : "others are");
        }
    }
    buf_reset(&r.text);
    free(found);
    return status;
}
