/*
 * Values that are known by themselves. Invariant: nothing outside the window is read, and nothing
 * is told that does not have the whole form. Refuses to know names.
 */
#include "collect/secrets_private.h"

#include "base/text.h"

#include <string.h>

enum { TOKEN_MAX = 640, HEADER_MAX = 1024, PEM_LINE = 24, PEM_GAP = 64, ENTRA_HEAD = 3 };

static bool is_base64url(char c)
{
    return secrets_in_class(CLASS_BASE62, c) || c == '-' || c == '_';
}

/* The end of the run of a class from p on. */
static size_t run_end(const secrets_window *w, size_t p, bool (*in)(char c))
{
    while (p < w->len && in(w->text[p])) {
        p++;
    }
    return p;
}

static int sextet(char c)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    const char *found = c == '\0' ? NULL : strchr(letters, c);
    return found != NULL          ? (int)(found - letters)
           : c == '+' || c == '-' ? 62
           : c == '/' || c == '_' ? 63
                                  : -1;
}

/* What base64 or base64url text says, as far as it goes. */
static size_t decode(const char *text, size_t len, char out[HEADER_MAX])
{
    unsigned bits = 0;
    unsigned have = 0;
    size_t n = 0;
    for (size_t i = 0; i < len && n < HEADER_MAX; i++) {
        int six = sextet(text[i]);
        if (six < 0) {
            break;
        }
        bits = (bits << 6 | (unsigned)six) & 0xffffffU;
        have += 6;
        if (have >= 8) {
            have -= 8;
            out[n++] = (char)(bits >> have & 0xff);
        }
    }
    return n;
}

static bool holds(const char *text, size_t len, const char *part)
{
    return memmem(text, len, part, strlen(part)) != NULL;
}

/* RFC 7519: three parts; the first says by which algorithm the third was made. */
static void jwt(const secrets_window *w, const secrets_rule *rule)
{
    size_t start = w->at;
    if (start > 0 && is_base64url(w->text[start - 1])) {
        return;
    }
    size_t head = run_end(w, start, is_base64url);
    if (head >= w->len || w->text[head] != '.') {
        return;
    }
    size_t claims = run_end(w, head + 1, is_base64url);
    if (claims == head + 1 || claims >= w->len || w->text[claims] != '.') {
        return;
    }
    size_t end = run_end(w, claims + 1, is_base64url);
    char says[HEADER_MAX];
    size_t len = decode(w->text + start, head - start, says);
    if (len > 2 && says[0] == '{' && (holds(says, len, "\"alg\"") || holds(says, len, "\"typ\"")) &&
        end - claims > 8 && !secrets_is_placeholder(w->table, w->text + start, end - start)) {
        w->hit(w->ctx, start, end, rule);
    }
}

static bool is_pem_body(char c)
{
    return secrets_in_class(CLASS_BASE64, c) || c == '\n' || c == '\r' || c == ' ' || c == '\t';
}

/* Between the lines of a key that stand in one string each. */
static bool is_pem_gap(char c)
{
    return secrets_is_quote(c) || c == ',' || c == '+' || c == '\\';
}

/* Whether text has a line of base64 in it, which prose has not. */
static bool has_line(const char *text, size_t len)
{
    size_t solid = 0;
    for (size_t i = 0; i < len && solid < PEM_LINE; i++) {
        solid = secrets_in_class(CLASS_BASE64, text[i]) ? solid + 1 : 0;
    }
    return solid == PEM_LINE;
}

/* The key's lines may stand in one string or in one each: each run of base64 is a value. */
static void pem_body(const secrets_window *w, const secrets_rule *rule, size_t p)
{
    bool any = false;
    while (p < w->len) {
        size_t end = run_end(w, p, is_pem_body);
        size_t first = p;
        size_t last = end;
        while (first < last && !secrets_in_class(CLASS_BASE64, w->text[first])) {
            first++;
        }
        while (last > first && !secrets_in_class(CLASS_BASE64, w->text[last - 1])) {
            last--;
        }
        const char *text = w->text + first;
        if (last > first && (any || has_line(text, last - first)) &&
            !secrets_is_placeholder(w->table, text, last - first)) {
            w->hit(w->ctx, first, last, rule);
            any = true;
        } else if (last > first) {
            return;
        }
        p = end;
        while (p < w->len && p - end < PEM_GAP && is_pem_gap(w->text[p])) {
            p++;
        }
        if (p == end || p - end == PEM_GAP) {
            return; /* -----END, or something else */
        }
    }
}

/* RFC 7468; what is not private is for everyone. */
static void pem(const secrets_window *w, const secrets_rule *rule)
{
    size_t p = w->at + strlen("-----BEGIN");
    size_t label = p;
    while (p < w->len && p - label < 64 &&
           (secrets_in_class(CLASS_BASE62, w->text[p]) || w->text[p] == ' ')) {
        p++;
    }
    if (!holds(w->text + label, p - label, "PRIVATE KEY") || p + 5 > w->len ||
        memcmp(w->text + p, "-----", 5) != 0) {
        return;
    }
    p += 5;
    /* Headers of older forms (Proc-Type: …, Version: …) end with an empty line. */
    for (unsigned lines = 0; lines < 8; lines++) {
        size_t line = p + (p < w->len && w->text[p] == '\r');
        line += line < w->len && w->text[line] == '\n';
        size_t end = line;
        while (end < w->len && end - line < 128 && w->text[end] != '\n' && w->text[end] != '\0') {
            end++;
        }
        if (!holds(w->text + line, end - line, ": ") || secrets_is_quote(w->text[line])) {
            break;
        }
        p = end;
    }
    pem_body(w, rule, p);
}

static bool is_entra(char c)
{
    return secrets_in_class(CLASS_BASE62, c) || c == '-' || c == '_' || c == '.' || c == '~';
}

/* abc8Q~ and 31 to 34 more. */
static void entra(const secrets_window *w, const secrets_rule *rule)
{
    size_t at = w->at; /* of 'Q' */
    if (at < ENTRA_HEAD + 1 || w->text[at - 1] < '0' || w->text[at - 1] > '9') {
        return;
    }
    size_t start = at - 1 - ENTRA_HEAD;
    for (size_t p = start; p < at; p++) {
        if (!is_entra(w->text[p])) {
            return;
        }
    }
    size_t end = run_end(w, at, is_entra);
    bool alone = start == 0 || !secrets_in_class(CLASS_BASE62, w->text[start - 1]);
    size_t len = end - start;
    if (alone && len >= 37 && len <= 40 &&
        !secrets_is_placeholder(w->table, w->text + start, len)) {
        w->hit(w->ctx, start, end, rule);
    }
}

static bool is_github(char c)
{
    return secrets_in_class(CLASS_BASE62, c) || c == '_';
}

static void github(const secrets_window *w, const secrets_rule *rule)
{
    size_t end = run_end(w, w->at, is_github);
    size_t len = end - w->at;
    bool alone = w->at == 0 || !is_github(w->text[w->at - 1]);
    bool fine = text_starts(w->table->words[rule->word].text, "github_pat_");
    if (alone && (fine ? len >= 80 && len <= 100 : len == 40) &&
        !secrets_is_placeholder(w->table, w->text + w->at, len)) {
        w->hit(w->ctx, w->at, end, rule);
    }
}

/* scheme://user:password@host (RFC 3986, section 3.2.1) */
static void userinfo(const secrets_window *w, const secrets_rule *rule)
{
    size_t p = w->at + 3;
    size_t colon = 0;
    for (; p < w->len && p - w->at < 512; p++) {
        char c = w->text[p];
        if (c == '@') {
            break;
        }
        if ((unsigned char)c <= ' ' || strchr("/?#\"'<>\\,", c) != NULL) {
            return;
        }
        colon = c == ':' && colon == 0 ? p : colon;
    }
    bool found = p < w->len && w->text[p] == '@' && colon > 0 && p - colon > 4;
    if (found && !secrets_is_placeholder(w->table, w->text + colon + 1, p - colon - 1)) {
        w->hit(w->ctx, colon + 1, p, rule);
    }
}

static bool is_token(char c)
{
    return secrets_in_class(CLASS_TOKEN, c);
}

static void bearer(const secrets_window *w, const secrets_rule *rule)
{
    size_t start = w->at + strlen(w->table->words[rule->word].text);
    if (w->at == 0 || !secrets_in_class(CLASS_BASE62, w->text[w->at - 1])) {
        secrets_try(w, rule, start, run_end(w, start, is_token));
    }
}

static bool is_base64(char c)
{
    return c != '=' && secrets_in_class(CLASS_BASE64, c);
}

/* A known part, and the rest of the value around it. */
static void token(const secrets_window *w, const secrets_rule *rule)
{
    size_t start = w->at;
    while (start > 0 && w->at - start < TOKEN_MAX && is_base64(w->text[start - 1])) {
        start--;
    }
    size_t end = w->at;
    while (end < w->len && end - w->at < TOKEN_MAX && is_base64(w->text[end])) {
        end++;
    }
    for (size_t padding = 0; padding < 2 && end < w->len && w->text[end] == '='; padding++) {
        end++;
    }
    bool more = end < w->len && w->text[end] == '=';
    static const char hash[] = "sha512-"; /* subresource integrity: as long as a storage key */
    size_t lead = sizeof hash - 1;
    more = more || (start >= lead && memcmp(w->text + start - lead, hash, lead) == 0);
    if (!more && (rule->length == 0 || end - start == rule->length)) {
        secrets_try(w, rule, start, end);
    }
}

/* A member of the object that the word stands in. */
static void beside(const secrets_window *w, const secrets_rule *rule)
{
    secrets_member(w, rule, w->at);
}

void secrets_test_rule(const secrets_window *w, const secrets_rule *rule)
{
    static void (*const tests[])(const secrets_window *w, const secrets_rule *rule) = {
        [TEST_TOKEN] = token,   [TEST_JWT] = jwt,       [TEST_PEM] = pem,
        [TEST_ENTRA] = entra,   [TEST_GITHUB] = github, [TEST_USERINFO] = userinfo,
        [TEST_BEARER] = bearer, [TEST_BESIDE] = beside};
    if (rule->test != TEST_NAMES) {
        tests[rule->test](w, rule);
    }
}
