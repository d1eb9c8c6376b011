/*
 * The guard. Invariant: a file's row is written only after all its secrets' rows, and what is
 * written of it beside its bytes was cleaned. Refuses to know what a secret looks like.
 */
#include "collect/guard.h"

#include "base/text.h"
#include "collect/where.h"

#include <stdio.h>
#include <string.h>

enum { CUT_MIN = 8 }; /* as much of a value is taken for it */

static const char many[] = "many";
static const char many_words[] = "more secrets than are listed one by one, to the file's end";

typedef struct {
    uint64_t start, length;
    const char *kind, *words;
    secret_encoding encoding;
    size_t value, value_len; /* in guard.values; 0: not kept */
} kept;

struct guard {
    store *s;
    secrets *table;
    secrets_scan *scan;
    guard_listener listener;
    import_watch watch;
    import *into;
    kept *found;
    size_t count, cap;
    buf values;        /* of the file that was last read */
    uint64_t size;     /* of the file so far */
    uint64_t in_names; /* secrets in the file's name */
};

static evpack_status on_hit(void *ctx, const secrets_hit *hit, evpack_err *err)
{
    guard *g = ctx;
    if (g->count > GUARD_SECRETS_MAX) {
        return EVPACK_OK;
    }
    if (g->count == g->cap) {
        size_t more = g->cap == 0 ? 64 : g->cap * 2;
        kept *grown = realloc(g->found, more * sizeof *grown);
        if (grown == NULL) {
            return evpack_oom(err);
        }
        g->found = grown;
        g->cap = more;
    }
    bool last = g->count == GUARD_SECRETS_MAX;
    kept *k = &g->found[g->count++];
    *k = (kept){.start = hit->start,
                .length = last ? UINT64_MAX : hit->length,
                .kind = last ? many : hit->kind,
                .words = last ? many_words : hit->words,
                .encoding = last ? SECRET_UTF8 : hit->encoding};
    if (g->values.len + hit->len <= GUARD_VALUES_MAX) {
        k->value = g->values.len;
        k->value_len = hit->len;
        buf_append(&g->values, hit->text, hit->len);
    }
    return buf_status(&g->values, err);
}

static evpack_status begin(void *ctx, import *i, evpack_err *err)
{
    (void)err;
    guard *g = ctx;
    g->into = i;
    g->count = 0;
    g->size = 0;
    g->in_names = 0;
    buf_clear(&g->values);
    secrets_scan_clear(g->scan);
    return EVPACK_OK;
}

static evpack_status bytes(void *ctx, const void *data, size_t len, evpack_err *err)
{
    guard *g = ctx;
    g->size += len;
    return secrets_scan_feed(g->scan, data, len, err);
}

static evpack_status add_row(guard *g, const secret_row *row, evpack_err *err)
{
    EVPACK_TRY(secret_add(g->s, row, err));
    if (g->listener.told != NULL) {
        g->listener.told(g->listener.ctx, row);
    }
    return EVPACK_OK;
}

/* Names: a file's own, which may be a URL -------------------------------------------------------
 */

typedef struct {
    guard *g;
    const char *name;
} name_hits;

static evpack_status name_hit(void *ctx, const secrets_hit *hit, evpack_err *err)
{
    const name_hits *n = ctx;
    if (hit->encoding != SECRET_UTF8) {
        return EVPACK_OK;
    }
    n->g->in_names++;
    const secret_row row = {.evidence_id = import_evidence(n->g->into),
                            .place = "name",
                            .kind = hit->kind,
                            .words = hit->words,
                            .start = hit->start,
                            .length = hit->length,
                            .value = n->name + hit->start};
    return add_row(n->g, &row, err);
}

static evpack_status note_name(guard *g, const char *name, evpack_err *err)
{
    name_hits hits = {g, name};
    const secrets_listener listener = {name_hit, &hits};
    EVPACK_AUTO(secrets_scan) scan = NULL;
    EVPACK_TRY(secrets_scan_new(g->table, &listener, &scan, err));
    EVPACK_TRY(secrets_scan_feed(scan, name, strlen(name), err));
    return secrets_scan_end(scan, err);
}

/* Texts that quote the file ---------------------------------------------------------------------
 */

/* Puts the marker where the value stands, or as much of it as CUT_MIN at the text's end. */
static void take_out(buf *text, const char *value, size_t len, const char *kind)
{
    size_t head = len < CUT_MIN ? len : CUT_MIN;
    for (size_t at = 0; head > 0 && at < text->len;) {
        const char *p = memmem(text->data + at, text->len - at, value, head);
        if (p == NULL) {
            return;
        }
        at = (size_t)(p - text->data);
        size_t same = head;
        while (same < len && at + same < text->len && text->data[at + same] == value[same]) {
            same++;
        }
        if (same < len && at + same < text->len && same * 2 < len) {
            at += same; /* another text that begins alike */
            continue;
        }
        EVPACK_AUTO_VALUE(buf_reset) buf rest = {0};
        buf_append(&rest, text->data + at + same, text->len - at - same);
        buf_truncate(text, at);
        secret_marker(kind, SECRET_UTF8, text);
        at = text->len;
        buf_append(text, buf_str(&rest), rest.len);
        text->failed = text->failed || rest.failed;
    }
}

static void lower(buf *text)
{
    for (size_t i = 0; i < text->len; i++) {
        text->data[i] = text_lower(text->data[i]);
    }
}

/* small: the text is in small letters, as canonical ids are, and so the value may stand in it. */
static void take_out_kept(const guard *g, const kept *k, bool small, buf *text)
{
    const char *value = g->values.data + k->value;
    if (k->value_len < CUT_MIN) {
        return;
    }
    take_out(text, value, k->value_len, k->kind);
    if (small) {
        EVPACK_AUTO_VALUE(buf_reset) buf in_small = {0};
        buf_append(&in_small, value, k->value_len);
        lower(&in_small);
        take_out(text, buf_str(&in_small), in_small.len, k->kind);
        text->failed = text->failed || in_small.failed;
    }
}

evpack_status guard_show(guard *g, const char *text, buf *out, evpack_err *err)
{
    size_t count = 0;
    EVPACK_TRY(secrets_clean(g->table, text, strlen(text), out, &count, err));
    for (size_t i = 0; i < g->count; i++) {
        take_out_kept(g, &g->found[i], false, out);
    }
    return buf_status(out, err);
}

static evpack_status clean(void *ctx, const char *text, bool name, buf *out, evpack_err *err)
{
    guard *g = ctx;
    if (name) {
        EVPACK_TRY(note_name(g, text, err));
    }
    return guard_show(g, text, out, err);
}

/* The file's end --------------------------------------------------------------------------------
 */

/* Reads the stored bytes once more, for the values' own bytes and their pointers. */
typedef struct {
    guard *g;
    where *where;
    size_t next;     /* the first secret that does not lie behind */
    uint64_t offset; /* of the piece */
    buf value;       /* of the secret that is being read */
    buf pointer;
    bool known;
} reader;

static evpack_status write_row(reader *r, const kept *k, evpack_err *err)
{
    EVPACK_TRY(buf_status(&r->value, err));
    EVPACK_TRY(buf_status(&r->pointer, err));
    const secret_row row = {.evidence_id = import_evidence(r->g->into),
                            .place = "bytes",
                            .kind = k->kind,
                            .words = k->words,
                            .pointer = r->known ? buf_str(&r->pointer) : NULL,
                            .start = k->start,
                            .length = k->length,
                            .encoding = k->encoding,
                            .value = buf_str(&r->value)};
    EVPACK_TRY(add_row(r->g, &row, err));
    buf_clear(&r->value);
    r->next++;
    return EVPACK_OK;
}

/* Secrets come in order and apart, so that one pass is enough. A piece's bytes before, in and after
 * the next one. */
static evpack_status on_piece(void *ctx, const void *data, size_t len, evpack_err *err)
{
    reader *r = ctx;
    const char *p = data;
    while (len > 0 && r->next < r->g->count) {
        const kept *k = &r->g->found[r->next];
        bool inside = r->offset >= k->start;
        uint64_t until = inside ? k->start + k->length : k->start;
        size_t n = until - r->offset < len ? (size_t)(until - r->offset) : len;
        if (inside && r->offset == k->start) {
            buf_clear(&r->pointer);
            r->known = where_pointer(r->where, &r->pointer);
        }
        if (inside) {
            buf_append(&r->value, p, n);
        }
        where_feed(r->where, p, n);
        r->offset += n;
        p += n;
        len -= n;
        if (inside && r->offset == until) {
            EVPACK_TRY(write_row(r, k, err));
        }
    }
    return EVPACK_OK;
}

static void reader_reset(reader *r)
{
    where_free(r->where);
    buf_reset(&r->value);
    buf_reset(&r->pointer);
}

static int by_start(const void *a, const void *b)
{
    const kept *l = a;
    const kept *r = b;
    return l->start < r->start ? -1 : l->start > r->start;
}

/* In order; what views of UTF-8 and UTF-16 both saw is told once. */
static void put_in_order(guard *g)
{
    qsort(g->found, g->count, sizeof *g->found, by_start);
    size_t n = 0;
    uint64_t told = 0;
    for (size_t i = 0; i < g->count; i++) {
        kept k = g->found[i];
        k.length = k.length < g->size - k.start ? k.length : g->size - k.start;
        if (k.start + k.length <= told) {
            continue;
        }
        if (k.start < told) {
            k.length -= told - k.start;
            k.start = told;
        }
        told = k.start + k.length;
        g->found[n++] = k;
    }
    g->count = n;
}

static evpack_status write_rows(guard *g, evpack_err *err)
{
    put_in_order(g);
    EVPACK_AUTO_VALUE(reader_reset) reader r = {.g = g};
    EVPACK_TRY(where_new(&r.where, err));
    EVPACK_TRY(import_reread(g->into, on_piece, &r, err));
    if (r.next < g->count) {
        return evpack_fail(err, EVPACK_E_INTERNAL, "a secret was found behind the file's end");
    }
    return EVPACK_OK;
}

/* The first secret at or after an offset. */
static size_t first_from(const guard *g, uint64_t offset)
{
    size_t low = 0;
    size_t high = g->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (g->found[middle].start < offset) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

typedef struct {
    guard *g;
    buf clean;
} masker;

/* Secrets that stand in no record's bytes may have been carried into any: from a template's
 * parameters, from an envelope. They are looked for in all records, unless they are too many. */
enum { FLOATING_MAX = 64 };

static evpack_status mask_text(masker *m, const secret_record *r, buf *text, bool small,
                               bool *changed, evpack_err *err)
{
    guard *g = m->g;
    size_t count = 0;
    size_t len = text->len;
    buf_clear(&m->clean);
    EVPACK_TRY(secrets_clean(g->table, buf_str(text), text->len, &m->clean, &count, err));
    for (size_t i = first_from(g, r->start);
         i < g->count && g->found[i].start < r->start + r->length; i++) {
        take_out_kept(g, &g->found[i], small, &m->clean);
    }
    for (size_t i = 0; i < g->count && g->count <= FLOATING_MAX; i++) {
        take_out_kept(g, &g->found[i], small, &m->clean);
    }
    EVPACK_TRY(buf_status(&m->clean, err));
    if (small) { /* as it would be made from a redacted copy */
        lower(&m->clean);
    }
    if (m->clean.len != len || memcmp(buf_str(&m->clean), buf_str(text), len) != 0) {
        buf_clear(text);
        buf_append(text, m->clean.data, m->clean.len);
        *changed = true;
    }
    return buf_status(text, err);
}

static evpack_status mask_record(void *ctx, secret_record *r, bool *changed, evpack_err *err)
{
    for (size_t i = 0; i < SECRET_TEXTS; i++) {
        if (!r->none[i]) {
            EVPACK_TRY(mask_text(ctx, r, &r->texts[i], r->canonical[i], changed, err));
        }
    }
    return EVPACK_OK;
}

static evpack_status end(void *ctx, uint64_t *count, evpack_err *err)
{
    guard *g = ctx;
    EVPACK_TRY(secrets_scan_end(g->scan, err));
    if (g->count > 0) {
        EVPACK_TRY(write_rows(g, err));
        masker m = {.g = g};
        evpack_status status =
            secret_mask_records(g->s, import_evidence(g->into), mask_record, &m, err);
        if (status == EVPACK_OK) {
            status = secret_mask_documents(g->s, import_evidence(g->into), mask_record, &m, err);
        }
        buf_reset(&m.clean);
        EVPACK_TRY(status);
    }
    *count = g->count + g->in_names;
    return EVPACK_OK;
}

evpack_status guard_new(store *s, const guard_listener *listener, guard **out, evpack_err *err)
{
    EVPACK_AUTO(guard) g = calloc(1, sizeof *g);
    if (g == NULL) {
        return evpack_oom(err);
    }
    g->s = s;
    g->listener = listener == NULL ? (guard_listener){0} : *listener;
    EVPACK_TRY(secrets_load(&g->table, err));
    const secrets_listener hits = {on_hit, g};
    EVPACK_TRY(secrets_scan_new(g->table, &hits, &g->scan, err));
    g->watch = (import_watch){begin, bytes, clean, end, g};
    *out = EVPACK_MOVE(g);
    return EVPACK_OK;
}

void guard_free(guard *g)
{
    if (g != NULL) {
        secrets_scan_free(g->scan);
        secrets_free(g->table);
        buf_reset(&g->values);
        free(g->found);
        free(g);
    }
}

const import_watch *guard_watch(const guard *g)
{
    return &g->watch;
}
