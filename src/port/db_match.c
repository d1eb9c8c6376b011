/*
 * like, glob, instr, replace, trim, ltrim and rtrim in the place of SQLite's own, with the same
 * answers. SQLite's take time that grows with the product of their arguments' lengths, or worse (a
 * pattern '%a%a%a%' on a long text), and nothing can stop them. Invariant: what these do grows with
 * one length times a pattern of at most DB_SANDBOX_PATTERN bytes, or with the sum of the lengths,
 * and the sandbox's clock is read on the way.
 */
#include "base/text.h"
#include "port/db_private.h"

#include <string.h>

enum { CHARS_OF_CLOCK = 1 << 22 };

/* More work was done; false when there is no time left. */
static bool go_on(db *d, uint64_t chars)
{
    d->chars += chars;
    if (d->chars < CHARS_OF_CLOCK) {
        return true;
    }
    d->chars = 0;
    return !db_box_late(d);
}

static void stopped(sqlite3_context *ctx)
{
    sqlite3_result_error(ctx, "out of time", -1);
}

/* Bytes of the character at p, at least 1. */
static size_t width(const char *p, const char *end)
{
    size_t n = text_utf8_length(p, (size_t)(end - p));
    return n == 0 ? 1 : n;
}

typedef struct {
    char many, one, set; /* '%' and '_', or '*', '?' and '['; set 0: there are none */
    bool fold;
    const char *escape; /* one character, or NULL */
    size_t escape_len;
} dialect;

typedef struct {
    const char *at, *end;
} span;

static bool same(const dialect *w, span p, span s, size_t n)
{
    if (n == 1 && w->fold) {
        return text_lower(*p.at) == text_lower(*s.at);
    }
    return (size_t)(s.end - s.at) >= n && memcmp(p.at, s.at, n) == 0;
}

static uint32_t code(span p, size_t n)
{
    return n == 1 ? (unsigned char)*p.at : text_utf8_decode(p.at, n);
}

/* A set like [a-z] or [^]x]; *used gets its length. A set without an end matches nothing. */
static bool in_set(span p, span s, size_t *used)
{
    const char *start = p.at++;
    uint32_t c = code(s, width(s.at, s.end));
    bool invert = p.at < p.end && *p.at == '^';
    p.at += invert;
    bool seen = false;
    uint32_t before = 0;
    bool range = false; /* a character stands before, with which '-' makes a range */
    for (bool first = true; p.at < p.end && (first || *p.at != ']'); first = false) {
        size_t n = width(p.at, p.end);
        uint32_t x = code(p, n);
        if (x == '-' && range && p.at + 1 < p.end && p.at[1] != ']') {
            p.at++;
            n = width(p.at, p.end);
            seen = seen || (c >= before && c <= code(p, n));
            range = false;
        } else {
            seen = seen || c == x;
            before = x;
            range = true;
        }
        p.at += n;
    }
    if (p.at == p.end) {
        return false;
    }
    *used = (size_t)(p.at - start) + 1;
    return seen != invert;
}

/* Whether one piece of the pattern, none of whose pieces is `many`, matches one character. */
static bool one(const dialect *w, span p, span s, size_t *used)
{
    if (p.at == p.end) {
        return false;
    }
    size_t n = width(p.at, p.end);
    *used = n;
    if (w->escape != NULL && n == w->escape_len && memcmp(p.at, w->escape, n) == 0) {
        p.at += n;
        if (p.at == p.end) {
            return false;
        }
        n = width(p.at, p.end);
        *used += n;
        return same(w, p, s, n);
    }
    if (*p.at == w->one) {
        return true;
    }
    return w->set != 0 && *p.at == w->set ? in_set(p, s, used) : same(w, p, s, n);
}

static bool is_many(const dialect *w, span p)
{
    return p.at < p.end && *p.at == w->many &&
           !(w->escape_len == 1 && w->escape != NULL && *w->escape == w->many);
}

/* What follows the last `many` is tried at each place after it; what came before never again. */
static bool matches(db *d, const dialect *w, span p, span s, bool *late)
{
    span after = {NULL, NULL}; /* the pattern behind the last `many`, and where it was tried */
    const char *tried = NULL;
    while (s.at < s.end) {
        size_t used = 0;
        if (!go_on(d, 1)) {
            *late = true;
            return false;
        }
        if (is_many(w, p)) {
            p.at++;
            after = p;
            tried = s.at;
            if (p.at == p.end) {
                return true;
            }
        } else if (one(w, p, s, &used)) {
            p.at += used;
            s.at += width(s.at, s.end);
        } else if (tried != NULL) {
            tried += width(tried, s.end);
            s.at = tried;
            p = after;
        } else {
            return false;
        }
    }
    while (is_many(w, p)) {
        p.at++;
    }
    return p.at == p.end;
}

static span text_of(sqlite3_value *v)
{
    const char *text = (const char *)sqlite3_value_text(v);
    return (span){text, text == NULL ? NULL : text + strlen(text)};
}

static bool any_null(int n, sqlite3_value **v)
{
    for (int i = 0; i < n; i++) {
        if (sqlite3_value_type(v[i]) == SQLITE_NULL) {
            return true;
        }
    }
    return false;
}

static void match(sqlite3_context *ctx, const dialect *w, sqlite3_value **v)
{
    if (any_null(2, v)) {
        return;
    }
    span p = text_of(v[0]);
    span s = text_of(v[1]);
    if (p.at == NULL || s.at == NULL) {
        sqlite3_result_error_nomem(ctx);
        return;
    }
    db *d = sqlite3_user_data(ctx);
    if (p.end - p.at > sqlite3_limit(d->handle, SQLITE_LIMIT_LIKE_PATTERN_LENGTH, -1)) {
        sqlite3_result_error(ctx, "LIKE or GLOB pattern too complex", -1);
        return;
    }
    bool late = false;
    bool is = matches(d, w, p, s, &late);
    if (late) {
        stopped(ctx);
    } else {
        sqlite3_result_int(ctx, is);
    }
}

static void like(sqlite3_context *ctx, int n, sqlite3_value **v)
{
    dialect w = {.many = '%', .one = '_', .fold = true};
    if (n == 3) {
        if (sqlite3_value_type(v[2]) == SQLITE_NULL) {
            return;
        }
        span e = text_of(v[2]);
        if (e.at == NULL || e.at == e.end || width(e.at, e.end) != (size_t)(e.end - e.at)) {
            sqlite3_result_error(ctx, "ESCAPE expression must be a single character", -1);
            return;
        }
        w.escape = e.at;
        w.escape_len = (size_t)(e.end - e.at);
        if (w.escape_len == 1 && *w.escape == w.one) {
            w.one = '\0';
        }
    }
    match(ctx, &w, v);
}

static void glob(sqlite3_context *ctx, int n, sqlite3_value **v)
{
    (void)n;
    const dialect w = {.many = '*', .one = '?', .set = '['};
    match(ctx, &w, v);
}

/* The bytes of a value, as SQLite's own functions take them: a text may hold NUL. */
static span bytes_of(sqlite3_value *v, bool blob)
{
    const char *at = blob ? sqlite3_value_blob(v) : (const void *)sqlite3_value_text(v);
    return (span){at, at + sqlite3_value_bytes(v)};
}

static size_t length(span s)
{
    return (size_t)(s.end - s.at);
}

static const char *find(span s, span part)
{
    return length(s) < length(part) ? NULL : memmem(s.at, length(s), part.at, length(part));
}

static void instr(sqlite3_context *ctx, int n, sqlite3_value **v)
{
    if (any_null(n, v)) {
        return;
    }
    bool blob = sqlite3_value_type(v[0]) == SQLITE_BLOB && sqlite3_value_type(v[1]) == SQLITE_BLOB;
    span s = bytes_of(v[0], blob);
    span part = bytes_of(v[1], blob);
    if (part.at == NULL || part.at == part.end) {
        sqlite3_result_int(ctx, 1);
        return;
    }
    if (s.at == NULL) {
        sqlite3_result_int(ctx, 0);
        return;
    }
    if (!go_on(sqlite3_user_data(ctx), length(s))) {
        stopped(ctx);
        return;
    }
    const char *at = find(s, part);
    sqlite3_int64 place = at == NULL ? 0 : 1;
    for (const char *p = s.at; at != NULL && p < at; p++) {
        place += blob || ((unsigned char)*p & 0xc0) != 0x80;
    }
    sqlite3_result_int64(ctx, place);
}

/* What was put together, or why it was not. */
static void give(sqlite3_context *ctx, sqlite3_str *out, bool late)
{
    const int fault = sqlite3_str_errcode(out);
    const size_t len = (size_t)sqlite3_str_length(out);
    char *text = sqlite3_str_finish(out);
    if (!late && fault == SQLITE_OK) {
        sqlite3_result_text64(ctx, text == NULL ? "" : text, len,
                              text == NULL ? SQLITE_STATIC : sqlite3_free, SQLITE_UTF8);
        return;
    }
    sqlite3_free(text);
    if (late) {
        stopped(ctx);
    } else if (fault == SQLITE_TOOBIG) {
        sqlite3_result_error_toobig(ctx);
    } else {
        sqlite3_result_error_nomem(ctx);
    }
}

static void replace(sqlite3_context *ctx, int n, sqlite3_value **v)
{
    if (any_null(n, v)) {
        return;
    }
    span s = bytes_of(v[0], false);
    span old = bytes_of(v[1], false);
    span by = bytes_of(v[2], false);
    if (s.at == NULL || old.at == NULL || by.at == NULL) {
        sqlite3_result_error_nomem(ctx);
        return;
    }
    db *d = sqlite3_user_data(ctx);
    if (old.at == old.end || find(s, old) == NULL) {
        if (go_on(d, length(s))) {
            sqlite3_result_value(ctx, v[0]);
            if (sqlite3_value_type(v[0]) != SQLITE_TEXT) {
                sqlite3_result_text64(ctx, s.at, length(s), SQLITE_TRANSIENT, SQLITE_UTF8);
            }
        } else {
            stopped(ctx);
        }
        return;
    }
    sqlite3_str *out = sqlite3_str_new(d->handle);
    bool late = false;
    for (const char *at = find(s, old); at != NULL && !late; at = find(s, old)) {
        sqlite3_str_append(out, s.at, (int)(at - s.at));
        sqlite3_str_append(out, by.at, (int)length(by));
        late = !go_on(d, (uint64_t)(at - s.at) + length(by) + 1);
        s.at = at + length(old);
    }
    sqlite3_str_append(out, s.at, (int)length(s));
    give(ctx, out, late);
}

/* The length of the character of `set` at the head of s, or at its end; 0 when there is none. */
static size_t trimmed(span s, span set, bool head)
{
    for (const char *c = set.at; c < set.end;) {
        size_t n = width(c, set.end);
        if (length(s) >= n && memcmp(head ? s.at : s.end - n, c, n) == 0) {
            return n;
        }
        c += n;
    }
    return 0;
}

enum { TRIM_HEAD = 1, TRIM_END = 2 };

static void trim_by(sqlite3_context *ctx, int n, sqlite3_value **v, int where)
{
    if (any_null(n, v)) {
        return;
    }
    span s = bytes_of(v[0], false);
    span set = n == 2 ? bytes_of(v[1], false) : (span){" ", NULL};
    set.end = n == 2 ? set.end : set.at + 1;
    if (s.at == NULL || set.at == NULL) {
        sqlite3_result_error_nomem(ctx);
        return;
    }
    db *d = sqlite3_user_data(ctx);
    for (int side = TRIM_HEAD; side <= TRIM_END; side++) {
        size_t len = 1;
        while ((where & side) != 0 && len > 0) {
            if (!go_on(d, length(set) + 1)) {
                stopped(ctx);
                return;
            }
            len = trimmed(s, set, side == TRIM_HEAD);
            s.at += side == TRIM_HEAD ? len : 0;
            s.end -= side == TRIM_END ? len : 0;
        }
    }
    sqlite3_result_text64(ctx, s.at, length(s), SQLITE_TRANSIENT, SQLITE_UTF8);
}

static void trim(sqlite3_context *ctx, int n, sqlite3_value **v)
{
    trim_by(ctx, n, v, TRIM_HEAD | TRIM_END);
}

static void ltrim(sqlite3_context *ctx, int n, sqlite3_value **v)
{
    trim_by(ctx, n, v, TRIM_HEAD);
}

static void rtrim(sqlite3_context *ctx, int n, sqlite3_value **v)
{
    trim_by(ctx, n, v, TRIM_END);
}

evpack_status db_match_install(db *d, evpack_err *err)
{
    static const struct {
        const char *name;
        int arguments;
        void (*call)(sqlite3_context *ctx, int n, sqlite3_value **v);
    } all[] = {{"like", 2, like},       {"like", 3, like},   {"glob", 2, glob},
               {"instr", 2, instr},     {"trim", 1, trim},   {"trim", 2, trim},
               {"replace", 3, replace}, {"ltrim", 1, ltrim}, {"ltrim", 2, ltrim},
               {"rtrim", 1, rtrim},     {"rtrim", 2, rtrim}};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        int how = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
        if (sqlite3_create_function_v2(d->handle, all[i].name, all[i].arguments, how, d,
                                       all[i].call, NULL, NULL, NULL) != SQLITE_OK) {
            return evpack_fail(err, EVPACK_E_INTERNAL, "SQLite: %s", sqlite3_errmsg(d->handle));
        }
    }
    return EVPACK_OK;
}
