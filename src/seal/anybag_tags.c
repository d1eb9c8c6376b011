/*
 * Reading tag files of any bag. Invariant: a path that comes out is relative, leads to a place
 * inside the bag on every system, and has no empty, "." or ".." part. The lines are read by hand:
 * no library of Debian 12 reads bags. iconv turns the encodings.
 */
#include "seal/anybag_tags.h"

#include "base/text.h"

#include <errno.h>
#include <iconv.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* A line without its end; false at the end of the text. LF, CR and CRLF end one (section 2.1.3). */
typedef struct {
    const char *at;
    size_t len;
    uint64_t number;
} line;

typedef struct {
    const char *at, *end;
    uint64_t number;
} line_walk;

static bool next_line(line_walk *w, line *out)
{
    if (w->at == w->end) {
        return false;
    }
    const char *p = w->at;
    while (p < w->end && *p != '\n' && *p != '\r') {
        p++;
    }
    *out = (line){w->at, (size_t)(p - w->at), ++w->number};
    if (p < w->end) {
        p += p[0] == '\r' && p + 1 < w->end && p[1] == '\n' ? 2 : 1;
    }
    w->at = p;
    return true;
}

static bool starts_with(const line *l, const char *label)
{
    size_t n = strlen(label);
    return l->len >= n && memcmp(l->at, label, n) == 0;
}

static evpack_status declared(const line *l, const char *label, char *out, size_t room,
                              evpack_err *err)
{
    size_t n = strlen(label);
    size_t value = l->len > n ? l->len - n : 0;
    bool plain = starts_with(l, label) && value > 0 && value < room;
    for (size_t i = 0; i < value && plain; i++) {
        plain = l->at[n + i] > ' ' && l->at[n + i] < 0x7f;
    }
    if (!plain) {
        return evpack_fail(err, EVPACK_E_INPUT,
                           "line %" PRIu64 ": expected '%s' and a value, with one space and nothing"
                           " else (RFC 8493, section 2.1.1)",
                           l->number, label);
    }
    memcpy(out, l->at + n, value);
    out[value] = '\0';
    return EVPACK_OK;
}

static evpack_status read_version(anybag_declaration *out, evpack_err *err)
{
    static const char *const known[] = {"0.93", "0.94", "0.95", "0.96", "0.97", "1.0"};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (strcmp(out->version, known[i]) == 0) {
            out->minor = i == 5 ? 100 : 93 + (unsigned)i;
            return EVPACK_OK;
        }
    }
    return evpack_fail(err, EVPACK_E_INPUT,
                       "BagIt-Version is '%s'; this reader knows 0.93 to 0.97 and 1.0",
                       out->version);
}

evpack_status anybag_declaration_read(const char *text, size_t len, anybag_declaration *out,
                                      evpack_err *err)
{
    if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
        return evpack_fail(err, EVPACK_E_INPUT, "it begins with a byte order mark");
    }
    line_walk walk = {text, text + len, 0};
    line first = {0};
    line second = {.number = 2};
    line more;
    if (!next_line(&walk, &first)) {
        return evpack_fail(err, EVPACK_E_INPUT, "it is empty");
    }
    EVPACK_TRY(declared(&first, "BagIt-Version: ", out->version, sizeof out->version, err));
    EVPACK_TRY(read_version(out, err));
    (void)next_line(&walk, &second);
    EVPACK_TRY(declared(&second, "Tag-File-Character-Encoding: ", out->encoding,
                        sizeof out->encoding, err));
    for (char *p = out->encoding; *p != '\0'; p++) {
        *p = *p >= 'a' && *p <= 'z' ? (char)(*p - 'a' + 'A') : *p;
    }
    while (next_line(&walk, &more)) {
        if (more.len > 0) {
            return evpack_fail(err, EVPACK_E_INPUT, "it has more than two lines");
        }
    }
    return EVPACK_OK;
}

static evpack_status convert(const char *encoding, const char *data, size_t len, buf *out,
                             evpack_err *err)
{
    iconv_t cd = iconv_open("UTF-8", encoding);
    if (cd == (iconv_t)-1) {
        return evpack_fail(err, EVPACK_E_INPUT, "the encoding %s cannot be read here", encoding);
    }
    char *from = (char *)(uintptr_t)data; /* iconv takes char **, and leaves the bytes alone */
    size_t left = len;
    bool bad = false;
    while (left > 0 && !bad && !out->failed) {
        char piece[4096];
        char *to = piece;
        size_t room = sizeof piece;
        bad = iconv(cd, &from, &left, &to, &room) == (size_t)-1 && errno != E2BIG;
        buf_append(out, piece, sizeof piece - room);
    }
    (void)iconv_close(cd);
    if (bad) {
        return evpack_fail(err, EVPACK_E_INPUT, "byte %zu is not %s", len - left, encoding);
    }
    return buf_status(out, err);
}

evpack_status anybag_decode(const char *encoding, const char *data, size_t len, buf *out,
                            evpack_err *err)
{
    static const char *const known[] = {"ISO-8859-1", "UTF-16", "UTF-16LE",
                                        "UTF-16BE",   "UTF-32", "US-ASCII"};
    if (strcmp(encoding, "UTF-8") == 0) {
        size_t good = text_utf8_check(data, len);
        if (good < len) {
            return evpack_fail(err, EVPACK_E_INPUT, "byte %zu is not UTF-8", good);
        }
        size_t mark = len >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
        buf_append(out, data + mark, len - mark);
        return buf_status(out, err);
    }
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (strcmp(encoding, known[i]) == 0) {
            return convert(encoding, data, len, out, err);
        }
    }
    return evpack_fail(err, EVPACK_E_INPUT,
                       "its tag files are in the encoding '%s', which is not read here", encoding);
}

void anybag_entries_reset(anybag_entries *e)
{
    for (size_t i = 0; i < e->count; i++) {
        free(e->at[i].path);
    }
    free(e->at);
    *e = (anybag_entries){0};
}

static int by_path(const void *a, const void *b)
{
    const anybag_entry *x = a;
    const anybag_entry *y = b;
    int order = strcmp(x->path, y->path);
    return order != 0 ? order : (x->manifest > y->manifest) - (x->manifest < y->manifest);
}

void anybag_entries_sort(anybag_entries *e)
{
    if (e->count > 1) {
        qsort(e->at, e->count, sizeof *e->at, by_path);
    }
}

/* Adds an entry for a path, which it copies. */
static evpack_status add(anybag_entries *e, const char *path, size_t len, anybag_entry **out,
                         evpack_err *err)
{
    if (e->count == ANYBAG_ENTRIES_MAX) {
        return evpack_fail(err, EVPACK_E_LIMIT, "its manifests have more than %d lines",
                           ANYBAG_ENTRIES_MAX);
    }
    if (e->count == e->room) {
        size_t room = e->room == 0 ? 64 : e->room * 2;
        anybag_entry *grown = realloc(e->at, room * sizeof *grown);
        if (grown == NULL) {
            return evpack_oom(err);
        }
        e->at = grown;
        e->room = room;
    }
    anybag_entry *entry = &e->at[e->count];
    *entry = (anybag_entry){.path = strndup(path, len)};
    if (entry->path == NULL) {
        return evpack_oom(err);
    }
    e->count++;
    *out = entry;
    return EVPACK_OK;
}

/* %0A, %0D and %25, which are all that 1.0 encodes (section 2.1.3). */
static void percent_decode(char *path)
{
    char *to = path;
    for (const char *p = path; *p != '\0'; p++) {
        int code = strncasecmp(p, "%0a", 3) == 0   ? '\n'
                   : strncasecmp(p, "%0d", 3) == 0 ? '\r'
                   : strncmp(p, "%25", 3) == 0     ? '%'
                                                   : 0;
        *to++ = code == 0 ? *p : (char)code;
        p += code == 0 ? 0 : 2;
    }
    *to = '\0';
}

/* Why a path leads out of the bag, or is none, on some system; NULL when it is good. */
static const char *path_fault(const char *path)
{
    bool drive = ((path[0] | 0x20) >= 'a' && (path[0] | 0x20) <= 'z') && path[1] == ':';
    if (path[0] == '/' || path[0] == '\\' || path[0] == '~' || drive) {
        return "it begins at a place outside of the bag";
    }
    if (path[0] == '%' && strchr(path + 1, '%') != NULL && strchr(path, '\\') != NULL) {
        return "it begins with a variable of Windows";
    }
    for (const char *part = path;;) {
        size_t len = strcspn(part, "/");
        if (len == 0 || (len == 1 && part[0] == '.') || (len == 2 && memcmp(part, "..", 2) == 0)) {
            return "it has an empty, '.' or '..' part";
        }
        if (part[len] == '\0') {
            return NULL;
        }
        part += len + 1;
    }
}

static evpack_status line_fault(const anybag_lines *how, const line *l, const char *what,
                                evpack_err *err)
{
    return evpack_fail(err, EVPACK_E_INPUT, "%s, line %" PRIu64 ": %s", how->name, l->number, what);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static evpack_status take_path(anybag_entries *e, const anybag_lines *how, const line *l,
                               const char *from, anybag_entry **out, evpack_err *err)
{
    size_t len = l->len - (size_t)(from - l->at);
    if (len == 0 || memchr(from, '\0', len) != NULL) {
        return line_fault(how, l, "it has no path", err);
    }
    EVPACK_TRY(add(e, from, len, out, err));
    char *path = (*out)->path;
    (*out)->manifest = how->manifest;
    if (how->minor == 100) {
        percent_decode(path);
    }
    if (path[0] == '.' && path[1] == '/' && how->minor < 100) {
        memmove(path, path + 2, strlen(path + 2) + 1);
        (*out)->dotted = true;
    }
    const char *fault = path_fault(path);
    fault = fault == NULL && how->payload && strncmp(path, "data/", 5) != 0
                ? "its path is not below data/"
            : fault == NULL && !how->payload && strncmp(path, "data/", 5) == 0
                ? "a tag manifest lists no payload"
                : fault;
    return fault == NULL ? EVPACK_OK : line_fault(how, l, fault, err);
}

static evpack_status manifest_line(anybag_entries *e, const anybag_lines *how, const line *l,
                                   evpack_err *err)
{
    size_t hex = 2 * how->hash_size;
    unsigned char sum[HASH_SIZE_MAX] = {0};
    if (l->len <= hex || !is_blank(l->at[hex]) || !text_unhex(l->at, hex, sum, how->hash_size)) {
        return line_fault(how, l, "expected a checksum of the manifest's algorithm, and a path",
                          err);
    }
    const char *p = l->at + hex;
    const char *end = l->at + l->len;
    while (p < end && is_blank(*p)) {
        p++;
    }
    bool starred = p < end && *p == '*';
    anybag_entry *entry = NULL;
    EVPACK_TRY(take_path(e, how, l, p + starred, &entry, err));
    entry->starred = starred;
    memcpy(entry->hash, sum, sizeof sum);
    return EVPACK_OK;
}

/* URL LENGTH PATH (section 2.2.3). */
static evpack_status fetch_line(anybag_entries *e, const anybag_lines *how, const line *l,
                                evpack_err *err)
{
    const char *p = l->at;
    const char *end = l->at + l->len;
    for (int field = 0; field < 2; field++) {
        const char *begin = p;
        while (p < end && !is_blank(*p)) {
            p++;
        }
        if (p == begin || p == end) {
            return line_fault(how, l, "expected a URL, a length or '-', and a path", err);
        }
        while (p < end && is_blank(*p)) {
            p++;
        }
    }
    anybag_entry *entry = NULL;
    return take_path(e, how, l, p, &entry, err);
}

evpack_status anybag_entries_read(anybag_entries *e, const anybag_lines *how, const char *text,
                                  size_t len, evpack_err *err)
{
    line_walk walk = {text, text + len, 0};
    for (line l; next_line(&walk, &l);) {
        if (l.len == 0) {
            continue;
        }
        if (l.len > ANYBAG_LINE_MAX) {
            return line_fault(how, &l, "it is longer than a line may be", err);
        }
        EVPACK_TRY(how->hash_size == 0 ? fetch_line(e, how, &l, err)
                                       : manifest_line(e, how, &l, err));
    }
    return EVPACK_OK;
}

static bool number(const char **p, const char *end, uint64_t *out)
{
    const char *from = *p;
    *out = 0;
    for (; *p < end && **p >= '0' && **p <= '9' && *p - from < 19; (*p)++) {
        *out = *out * 10 + (uint64_t)(**p - '0');
    }
    return *p > from;
}

evpack_status anybag_oxum(const char *text, size_t len, bool *found, uint64_t *bytes,
                          uint64_t *files, evpack_err *err)
{
    static const char label[] = "payload-oxum";
    *found = false;
    line_walk walk = {text, text + len, 0};
    for (line l; next_line(&walk, &l);) {
        size_t n = sizeof label - 1;
        const char *end = l.at + l.len;
        const char *p = l.at + n;
        if (l.len <= n || strncasecmp(l.at, label, n) != 0) {
            continue;
        }
        while (p < end && (is_blank(*p) || *p == ':')) {
            p++;
        }
        bool good = number(&p, end, bytes) && p < end && *p++ == '.' && number(&p, end, files);
        while (p < end && is_blank(*p)) {
            p++;
        }
        if (!good || p < end || *found) {
            return evpack_fail(err, EVPACK_E_INPUT,
                               "bag-info.txt, line %" PRIu64 ": expected one Payload-Oxum of"
                               " BYTES.FILES",
                               l.number);
        }
        *found = true;
    }
    return EVPACK_OK;
}
