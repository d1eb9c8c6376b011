/* Keeping faults. Invariant: each is kept once, and no more than FAULTS_MAX. */
#include "map/faults.h"

#include "base/jscan.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

void faults_reset(map_faults *f)
{
    for (size_t i = 0; i < f->count; i++) {
        free(f->at[i].path);
        free(f->at[i].text);
    }
    free(f->at);
    *f = (map_faults){0};
}

evpack_status faults_add(map_faults *f, fault_place place, const char *text, evpack_err *err)
{
    for (size_t i = 0; i < f->count; i++) {
        const map_fault *old = &f->at[i];
        if (old->line == place.line && old->column == place.column &&
            strcmp(old->path, place.path) == 0 && strcmp(old->text, text) == 0) {
            return EVPACK_OK;
        }
    }
    if (f->count == FAULTS_MAX) {
        f->more = true;
        return EVPACK_OK;
    }
    map_fault *more = realloc(f->at, (f->count + 1) * sizeof *more);
    if (more == NULL) {
        return evpack_oom(err);
    }
    f->at = more;
    map_fault *made = &more[f->count];
    *made = (map_fault){strdup(place.path), place.line, place.column, strdup(text)};
    f->count++;
    return made->path == NULL || made->text == NULL ? evpack_oom(err) : EVPACK_OK;
}

const map_fault *faults_of(const map_faults *f, const char *path)
{
    for (size_t i = 0; i < f->count; i++) {
        if (strcmp(f->at[i].path, path) == 0) {
            return &f->at[i];
        }
    }
    return NULL;
}

void faults_say(const map_fault *f, buf *out)
{
    buf_puts(out, f->path);
    if (f->line > 0) {
        buf_printf(out, ":%u:%u", f->line, f->column);
    }
    buf_printf(out, ": %s", f->text);
}

static int by_place(const void *a, const void *b)
{
    const map_fault *x = a;
    const map_fault *y = b;
    int order = strcmp(x->path, y->path);
    if (order == 0) {
        order = x->line != y->line ? (x->line < y->line ? -1 : 1)
                                   : (x->column > y->column) - (x->column < y->column);
    }
    return order != 0 ? order : strcmp(x->text, y->text);
}

void faults_sort(map_faults *f)
{
    if (f->count > 1) {
        qsort(f->at, f->count, sizeof *f->at, by_place);
    }
}

evpack_status faults_parse(const mapping_file *file, json_doc **out, evpack_err *err)
{
    EVPACK_AUTO(jscan) scan = NULL;
    jscan_fault fault = {0};
    EVPACK_TRY(jscan_new(NULL, MAPPING_FILE_MAX, &scan, err));
    EVPACK_TRY(jscan_feed(scan, file->text, file->len, err));
    EVPACK_TRY(jscan_finish(scan, &fault, err));
    if (fault.what != NULL) {
        return evpack_fail(err, EVPACK_E_MAPPING, "%s:%llu:%llu: is not JSON: %s", file->path,
                           (unsigned long long)fault.line, (unsigned long long)fault.column,
                           fault.what);
    }
    evpack_err own = {0};
    evpack_status status = json_parse(file->text, file->len, true, out, &own);
    return status == EVPACK_OK
               ? EVPACK_OK
               : evpack_fail(err, status == EVPACK_E_LIMIT ? EVPACK_E_MAPPING : status, "%s: %s",
                             file->path, own.text);
}

fault_place faults_place(const char *path, const char *text, size_t at)
{
    fault_place p = {path, 1, 1};
    for (size_t i = 0; i < at && text[i] != '\0'; i++) {
        p.column++;
        if (text[i] == '\n') {
            p.line++;
            p.column = 1;
        }
    }
    return p;
}

/* The next byte of a statement that is neither white space nor in a comment. */
static const char *past_comments(const char *p)
{
    while (*p != '\0') {
        if (strchr(" \t\r\n;", *p) != NULL) {
            p++;
        } else if (p[0] == '-' && p[1] == '-') {
            p += strcspn(p, "\n");
        } else if (p[0] == '/' && p[1] == '*') {
            const char *end = strstr(p + 2, "*/");
            p = end == NULL ? p + strlen(p) : end + 2;
        } else {
            break;
        }
    }
    return p;
}

static bool is_letter(char c)
{
    c = text_lower(c);
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

/* Where the word stands in the statement, outside comments; NULL when it does not. */
static const char *find_word(const char *sql, const char *word, size_t len)
{
    for (const char *p = past_comments(sql); *p != '\0'; p = past_comments(p)) {
        if (!is_letter(*p)) {
            p++;
            continue;
        }
        size_t n = 0;
        size_t equal = 0;
        while (is_letter(p[n])) {
            equal += n == equal && n < len && text_lower(p[n]) == text_lower(word[n]);
            n++;
        }
        if (n == len && equal == len) {
            return p;
        }
        p += n;
    }
    return NULL;
}

fault_place faults_sql_place(const char *path, const char *sql, int at, const char *message)
{
    if (at >= 0 && (size_t)at <= strlen(sql)) {
        const char *there = past_comments(sql + at);
        return faults_place(path, sql, *there == '\0' ? (size_t)at : (size_t)(there - sql));
    }
    const char *end = strstr(message, " is not allowed here");
    end = end == NULL ? message + strlen(message) : end;
    size_t len = 0;
    while (end - len > message && is_letter(end[-(ptrdiff_t)len - 1])) {
        len++;
    }
    const char *found = len == 0 ? NULL : find_word(sql, end - len, len);
    found = found == NULL ? past_comments(sql) : found;
    return faults_place(path, sql, (size_t)(found - sql));
}
