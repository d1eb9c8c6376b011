/*
 * Chains of pages. Invariant: a list is whole only when one page after the other is there, from one
 * that can be a first page to one without a link; whatever cannot be shown leaves it partial.
 * Refuses to know what the rows mean.
 */
#include "store/ledger_pages.h"

#include "base/text.h"
#include "store/ledger.h"
#include "store/script.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void page_request_reset(page_request *r)
{
    buf_reset(&r->key);
    buf_reset(&r->list);
}

static int hex_digit(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = c == '\0' ? NULL : strchr(digits, text_lower(c));
    return at == NULL ? -1 : (int)(at - digits);
}

/* Percent-decodes text[0..len) (RFC 3986, section 2.1); lower: folds ASCII letters. A NUL or a
 * separator of our key stays encoded, so that no value can stand for two. */
static void decode(const char *text, size_t len, bool lower, buf *out)
{
    for (size_t i = 0; i < len; i++) {
        char c = text[i];
        if (c == '%' && i + 2 < len && hex_digit(text[i + 1]) >= 0 && hex_digit(text[i + 2]) >= 0) {
            int value = hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]);
            if (value >= 0x20 && value != '&' && value != '%') {
                c = (char)value;
                i += 2;
            }
        }
        if (lower) {
            c = text_lower(c);
        }
        buf_putc(out, c);
    }
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool asks_onward(const char *name)
{
    return strstr(name, "skip") != NULL || strstr(name, "token") != NULL ||
           strstr(name, "continuation") != NULL || strstr(name, "marker") != NULL;
}

enum { PARAMETERS_MAX = 64 };

typedef struct {
    char *at[PARAMETERS_MAX];
    size_t count;
} parameters;

static void parameters_reset(parameters *p)
{
    for (size_t i = 0; i < p->count; i++) {
        free(p->at[i]);
    }
}

/* Sorted, so that their order does not count; names in lower case. */
static evpack_status read_parameters(const char *query, page_request *out, evpack_err *err)
{
    EVPACK_AUTO_VALUE(parameters_reset) parameters all = {0};
    while (*query != '\0' && all.count < PARAMETERS_MAX) {
        size_t len = strcspn(query, "&");
        size_t name = 0;
        while (name < len && query[name] != '=') {
            name++;
        }
        EVPACK_AUTO_VALUE(buf_reset) buf one = {0};
        decode(query, name, true, &one);
        EVPACK_TRY(buf_status(&one, err));
        out->onward = out->onward || asks_onward(buf_str(&one));
        decode(query + name, len - name, false, &one);
        EVPACK_TRY(buf_status(&one, err));
        all.at[all.count] = buf_take(&one);
        if (all.at[all.count] == NULL && (all.at[all.count] = strdup("")) == NULL) {
            return evpack_oom(err);
        }
        all.count++;
        query += len + (query[len] == '&');
    }
    qsort(all.at, all.count, sizeof all.at[0], by_text);
    for (size_t i = 0; i < all.count; i++) {
        buf_printf(&out->key, "\n%s", all.at[i]);
    }
    buf_puts(&out->key, query); /* what is beyond the bound, as it stands */
    return EVPACK_OK;
}

evpack_status page_request_read(const char *text, page_request *out, evpack_err *err)
{
    buf_clear(&out->key);
    buf_clear(&out->list);
    out->onward = false;
    const char *scheme = strstr(text, "://");
    size_t scheme_at = strcspn(text, ":/?#");
    bool url = scheme != NULL && (size_t)(scheme - text) == scheme_at;
    if (!url && text[0] != '/') {
        buf_printf(&out->key, "token:%s", text);
        out->onward = true;
        return buf_status(&out->key, err);
    }
    const char *host = url ? scheme + 3 : text;
    size_t host_len = url ? strcspn(host, "/?#") : 0;
    const char *path = host + host_len;
    size_t named = strcspn(host, ":/?#");
    decode(host, named < host_len ? named : host_len, true, &out->key);
    size_t path_len = strcspn(path, "?#");
    decode(path, path_len, true, &out->list);
    while (out->list.len > 0 && out->list.data[out->list.len - 1] == '/') {
        buf_truncate(&out->list, out->list.len - 1);
    }
    EVPACK_TRY(buf_status(&out->list, err));
    buf_puts(&out->key, buf_str(&out->list));
    if (path[path_len] == '?') {
        EVPACK_TRY(read_parameters(path + path_len + 1, out, err));
    }
    return buf_status(&out->key, err);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Where a word like "page" stands in name[0..len) with digits after it, the last such place: the
 * digits' place and length. */
static bool find_numbered(const char *name, size_t len, size_t *start, size_t *digits,
                          size_t *count)
{
    static const char *const words[] = {"page", "part"};
    bool found = false;
    for (size_t i = 0; i + 4 < len; i++) {
        for (size_t w = 0; w < 2; w++) {
            if (!text_starts(name + i, words[w])) {
                continue;
            }
            size_t at = i + 4;
            while (at < len && strchr("-_. (", name[at]) != NULL) {
                at++;
            }
            size_t n = 0;
            while (at + n < len && is_digit(name[at + n])) {
                n++;
            }
            if (n > 0 && n <= 9) {
                *start = i;
                *digits = at;
                *count = n;
                found = true;
            }
        }
    }
    return found;
}

evpack_status page_name_read(const char *path, buf *family, int64_t *number, bool *numbered,
                             evpack_err *err)
{
    const char *slash = strrchr(path, '/');
    const char *base = slash == NULL ? path : slash + 1;
    EVPACK_AUTO_VALUE(buf_reset) buf name = {0};
    buf_puts(&name, base);
    EVPACK_TRY(buf_status(&name, err));
    if (name.len > 0) {
        text_lower_bytes(name.data, name.len);
    }
    const char *text = buf_str(&name);
    const char *dot = strrchr(text, '.');
    size_t stem = dot == NULL || dot == text ? name.len : (size_t)(dot - text);
    size_t start = 0;
    size_t digits = 0;
    size_t count = 0;
    *numbered = find_numbered(text, stem, &start, &digits, &count);
    if (!*numbered) {
        size_t end = stem > 0 && text[stem - 1] == ')' ? stem - 1 : stem;
        while (count < end && is_digit(text[end - 1 - count])) {
            count++;
        }
        count = count <= 9 ? count : 0;
        digits = end - count;
        start = count == 0 ? stem : digits;
    }
    *number = count == 0 ? 1 : strtoll(text + digits, NULL, 10);
    size_t after = count == 0 ? stem : digits + count;
    after += text[after] == ')' ? 1 : 0;
    while (start > 0 && strchr("-_. (", text[start - 1]) != NULL) {
        start--;
    }
    buf_append(family, path, (size_t)(base - path));
    buf_append(family, text, start);
    buf_putc(family, '#');
    buf_puts(family, text + after);
    return buf_status(family, err);
}

/* What the rows of a list lie below: the path before the provider's name, else the subscription or
 * resource group that it begins with. */
static void scope_of(const char *list, buf *out)
{
    const char *provider = NULL;
    for (const char *p = strstr(list, "/providers/"); p != NULL; p = strstr(p + 1, "/providers/")) {
        provider = p;
    }
    if (!text_starts(list, "/subscriptions/")) {
        return;
    }
    size_t len = provider != NULL ? (size_t)(provider - list) : strlen(list);
    if (provider == NULL) { /* /subscriptions/S/resources, /subscriptions/S/resourcegroups/G/… */
        const char *tail = strchr(list + strlen("/subscriptions/"), '/');
        len = tail == NULL ? len : (size_t)(tail - list);
        if (tail != NULL && text_starts(tail, "/resourcegroups/")) {
            const char *group = tail + strlen("/resourcegroups/");
            len = (size_t)(group - list) + strcspn(group, "/");
        }
    }
    buf_append(out, list, len);
}

typedef struct {
    db_stmt *add;
    page_request request;
    buf family, scope;
    int64_t count;
} filler;

static void filler_reset(filler *f)
{
    db_finalize(f->add);
    page_request_reset(&f->request);
    buf_reset(&f->family);
    buf_reset(&f->scope);
}

static bool ends_with(const char *text, const char *end)
{
    size_t len = strlen(text);
    size_t end_len = strlen(end);
    return len >= end_len && strcmp(text + len - end_len, end) == 0;
}

static evpack_status fill_name(filler *f, db_stmt *row, const char *path, int64_t *number,
                               bool *numbered, evpack_err *err)
{
    buf_clear(&f->family);
    if (db_int(row, 7) == 1) {
        return page_name_read(path, &f->family, number, numbered, err);
    }
    buf_printf(&f->family, "/%lld/", (long long)db_int(row, 5)); /* documents of one file */
    *number = db_int(row, 6);
    *numbered = false;
    return buf_status(&f->family, err);
}

/* Columns: rowid, path, reason, completeness, next, evidence_id, ordinal, documents, context. */
static evpack_status fill_one(filler *f, db_stmt *row, evpack_err *err)
{
    const char *path = db_text_or_empty(row, 1);
    const char *held = db_text_or_empty(row, 3);
    bool more = strcmp(held, "partial") == 0 && ends_with(db_text_or_empty(row, 2), LEDGER_MORE);
    bool usable = more || strcmp(held, "whole") == 0 || strcmp(held, "summary") == 0;
    int64_t number = 0;
    bool numbered = false;
    EVPACK_TRY(fill_name(f, row, path, &number, &numbered, err));
    EVPACK_AUTO_VALUE(page_request_reset) page_request answers = {0};
    if (!db_null(row, 8)) {
        EVPACK_TRY(page_request_read(db_text(row, 8), &answers, err));
    }
    bool linked = !db_null(row, 4);
    buf_clear(&f->scope);
    if (linked) {
        EVPACK_TRY(page_request_read(db_text(row, 4), &f->request, err));
        scope_of(buf_str(&f->request.list), &f->scope);
        EVPACK_TRY(buf_status(&f->scope, err));
    }
    const char *slash = strrchr(path, '/');
    EVPACK_TRY(db_bind(
        f->add, err, "iiiittttiTtii", ++f->count, db_int(row, 0), (int64_t)more, (int64_t)usable,
        linked ? buf_str(&f->request.key) : NULL, linked ? buf_str(&f->request.list) : NULL,
        linked ? buf_str(&f->scope) : NULL, db_null(row, 8) ? NULL : buf_str(&answers.key),
        (int64_t)answers.onward, path, slash == NULL ? (size_t)0 : (size_t)(slash - path),
        buf_str(&f->family), number, (int64_t)numbered));
    return db_run(f->add, err);
}

static evpack_status fill(db *d, int64_t *count, evpack_err *err)
{
    EVPACK_AUTO_VALUE(filler_reset) filler f = {0};
    EVPACK_TRY(db_prepare(d,
                          "INSERT INTO ledger_page(n, document, more, usable, follows, list, scope,"
                          " answers, onward, folder, family, number, numbered)"
                          " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                          &f.add, err));
    EVPACK_AUTO(db_stmt) rows = NULL;
    EVPACK_TRY(db_prepare(
        d,
        "SELECT d.rowid, d.path, d.reason, d.completeness, d.next, d.evidence_id, d.ordinal,"
        " (SELECT count(*) FROM main.document m WHERE m.evidence_id = d.evidence_id), d.context"
        " FROM ledger_document d"
        " WHERE d.shape = 'page' OR d.next IS NOT NULL OR d.total IS NOT NULL ORDER BY d.rowid",
        &rows, err));
    for (bool row = true; row;) {
        EVPACK_TRY(db_step(rows, &row, err));
        if (row) {
            EVPACK_TRY(fill_one(&f, rows, err));
        }
    }
    *count = f.count;
    return EVPACK_OK;
}

/* A page in its chain. Numbers of pages are those of ledger_page, from 1; 0 is none. */
typedef struct {
    int64_t document, next, records, total;
    bool more, linked, usable, doubt, may_be_first, by_name;
    unsigned before_count; /* pages that lead here */
    bool closes;           /* from here to the last page everything is there */
    bool begins;           /* from a first page to here everything is there */
    int64_t rows_to, rows_on, place, length;
    int64_t last; /* where the way onward ends */
    char state;   /* 0 not seen, 1 on the way, 2 done */
} page;

static evpack_status load(db *d, page *pages, evpack_err *err)
{
    EVPACK_AUTO(db_stmt) rows = NULL;
    EVPACK_TRY(db_prepare(
        d,
        "SELECT p.n, p.document, coalesce(p.next, 0), d.records,"
        " coalesce(d.total, -1), p.more, p.usable, p.doubt,"
        " NOT p.onward AND NOT (p.numbered AND (p.number > 1 OR EXISTS"
        "   (SELECT b.n FROM ledger_place b WHERE b.family = p.family"
        "      AND b.number < p.number)) AND p.answers IS NULL),"
        " p.how = 'name', p.follows IS NOT NULL FROM ledger_page p JOIN ledger_document d"
        "   ON d.rowid = p.document ORDER BY p.n",
        &rows, err));
    for (bool row = true; row;) {
        EVPACK_TRY(db_step(rows, &row, err));
        if (row) {
            pages[db_int(rows, 0)] = (page){.document = db_int(rows, 1),
                                            .next = db_int(rows, 2),
                                            .records = db_int(rows, 3),
                                            .total = db_int(rows, 4),
                                            .more = db_int(rows, 5) != 0,
                                            .usable = db_int(rows, 6) != 0,
                                            .doubt = db_int(rows, 7) != 0,
                                            .may_be_first = db_int(rows, 8) != 0,
                                            .by_name = db_int(rows, 9) != 0,
                                            .linked = db_int(rows, 10) != 0};
        }
    }
    return EVPACK_OK;
}

/* What a page says of the way onward, once the next one is done. A count alone can say that there
 * are more: then the sum of all pages tells. */
static void settle_on(const page *pages, int64_t at, bool circle, page *p)
{
    const page *next = p->next == 0 ? NULL : &pages[p->next];
    bool ends = !p->linked && (!p->more || p->total >= 0);
    p->closes = p->usable && !circle && (next != NULL ? next->closes : ends);
    bool on = p->closes && next != NULL;
    p->rows_on = p->records + (on ? next->rows_on : 0);
    p->length = 1 + (on ? next->length : 0);
    p->last = next == NULL || circle ? at : next->last;
    p->state = 2;
}

/* From the last pages backward: every page is walked over once. way is room for all of them. */
static void walk_on(page *pages, int64_t count, int64_t *way)
{
    for (int64_t first = 1; first <= count; first++) {
        int64_t len = 0;
        int64_t at = first;
        for (; at != 0 && pages[at].state == 0; at = pages[at].next) {
            pages[at].state = 1;
            way[len++] = at;
        }
        bool circle = at != 0 && pages[at].state == 1;
        while (len > 0) {
            len--;
            settle_on(pages, way[len], circle, &pages[way[len]]);
        }
    }
}

/* From the first pages onward, a page after all that lead to it. */
static void walk_back(page *pages, int64_t count, int64_t *ready)
{
    int64_t len = 0;
    for (int64_t i = 1; i <= count; i++) {
        if (pages[i].before_count == 0) {
            pages[i].begins = pages[i].usable && pages[i].may_be_first;
            pages[i].place = 1;
            pages[i].rows_to = pages[i].records;
            ready[len++] = i;
        }
    }
    while (len > 0) {
        const page *p = &pages[ready[--len]];
        page *next = p->next == 0 ? NULL : &pages[p->next];
        if (next == NULL) {
            continue;
        }
        if (p->begins && next->usable) {
            next->begins = true;
            next->place = p->place + 1;
            next->rows_to = p->rows_to + next->records;
        }
        if (--next->before_count == 0) {
            ready[len++] = p->next;
        }
    }
}

typedef struct {
    page *pages;
    int64_t *way;
} chain;

static void chain_reset(chain *c)
{
    free(c->pages);
    free(c->way);
}

typedef struct {
    char held[12];
    char says[256];
} verdict;

static void say(verdict *v, const char *held, const char *text)
{
    (void)snprintf(v->held, sizeof v->held, "%s", held);
    (void)snprintf(v->says, sizeof v->says, "%s", text);
}

/* Why a page's list is not all there. */
static void say_what_lacks(const page *pages, const page *p, const char *reason, verdict *v)
{
    say(v, "partial", "a page before it is missing or cannot be used");
    if (!p->closes && p->next == 0) {
        (void)snprintf(v->says, sizeof v->says, "%s%s", reason,
                       p->doubt ? ", and no file can be shown to be the next page: possibly"
                                  " incomplete"
                                : ", nor in another of the snapshot");
    } else if (!p->closes) {
        say(v, "partial",
            pages[p->last].usable && pages[p->last].next == 0
                ? "a later page of the list is missing"
                : "its later pages cannot all be used, or link to each other in a circle");
    } else if (!p->may_be_first && p->place == 1) {
        say(v, "partial",
            "a later page of a list whose pages before it are not in the snapshot: possibly"
            " incomplete");
    }
}

/* What holds of a page; held stays empty where its own word does. */
static void judge(const page *pages, const page *p, const char *reason, verdict *v)
{
    bool alone = !p->more && p->place == 1 && p->begins;
    int64_t rows = p->rows_to + p->rows_on - p->records;
    if (!p->usable || (alone && (p->total < 0 || p->total <= p->records))) {
        return;
    }
    if (!p->closes || !p->begins) {
        say_what_lacks(pages, p, reason, v);
    } else if (p->total < 0 || rows >= p->total) {
        say(v, "whole", "");
        (void)snprintf(v->says, sizeof v->says,
                       "page %lld of %lld; the last has no link to a further one%s",
                       (long long)p->place, (long long)(p->place + p->length - 1),
                       p->by_name ? " (the next one is known by its name and rows)" : "");
    } else {
        say(v, "partial", "");
        (void)snprintf(v->says, sizeof v->says,
                       "its pages hold %lld of the %lld rows that it says there are",
                       (long long)rows, (long long)p->total);
    }
}

static evpack_status write_back(db *d, const page *pages, int64_t count, evpack_err *err)
{
    EVPACK_AUTO(db_stmt) get = NULL;
    EVPACK_AUTO(db_stmt) put = NULL;
    EVPACK_TRY(db_prepare(d, "SELECT reason FROM ledger_document WHERE rowid = ?", &get, err));
    EVPACK_TRY(db_prepare(d,
                          "UPDATE ledger_document SET says = ?2, held ="
                          " CASE WHEN ?3 = 'whole' AND records > 0 AND NOT EXISTS"
                          "   (SELECT r.id FROM main.record r WHERE r.evidence_id ="
                          "      ledger_document.evidence_id AND r.document ="
                          "      ledger_document.ordinal AND r.complete = 1)"
                          "   THEN 'summary' ELSE ?3 END WHERE rowid = ?1",
                          &put, err));
    for (int64_t i = 1; i <= count; i++) {
        bool row = false;
        verdict v = {0};
        EVPACK_TRY(db_bind(get, err, "i", pages[i].document));
        EVPACK_TRY(db_step(get, &row, err));
        judge(pages, &pages[i], row ? db_text_or_empty(get, 0) : "", &v);
        db_reset(get);
        if (v.held[0] != '\0') {
            EVPACK_TRY(db_bind(put, err, "itt", pages[i].document, v.says, v.held));
            EVPACK_TRY(db_run(put, err));
        }
    }
    return EVPACK_OK;
}

evpack_status ledger_pages(store *s, evpack_err *err)
{
    db *d = store_db(s);
    int64_t count = 0;
    EVPACK_TRY(fill(d, &count, err));
    EVPACK_TRY(script_run(d, "src/store/ledger_links.sql", err));
    if (count == 0) {
        return EVPACK_OK;
    }
    EVPACK_AUTO_VALUE(chain_reset)
    chain c = {calloc((size_t)count + 1, sizeof *c.pages),
               calloc((size_t)count + 1, sizeof *c.way)};
    if (c.pages == NULL || c.way == NULL) {
        return evpack_oom(err);
    }
    EVPACK_TRY(load(d, c.pages, err));
    for (int64_t i = 1; i <= count; i++) {
        c.pages[c.pages[i].next].before_count++;
    }
    walk_on(c.pages, count, c.way);
    walk_back(c.pages, count, c.way);
    return write_back(d, c.pages, count, err);
}
