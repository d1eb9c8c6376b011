/*
 * Findings in columns, for a script that shows them. Invariant: rows and details stand in the same
 * order, block by block, and an index names the entry that its finding has. Two bounded caches say
 * whether a subject or a reason was told before; one that they forgot is told again.
 */
#include "report/island_findings.h"

#include "report/excerpt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    BLOCK_FINDINGS = 400,
    BLOCK_BYTES = 1 << 20, /* a block ends after the finding that goes beyond */
    CACHE_SLOTS = 8192,
    CACHE_TEXT = 1000 /* bytes: longer ones are told each time */
};

/* Texts that were told, and their indices. */
typedef struct {
    char *text; /* NULL: empty */
    int64_t index;
} told;

typedef struct {
    told *slots;
    int64_t count; /* told so far, over all blocks */
    buf fresh;     /* of this block */
} dictionary;

typedef struct {
    island *i;
    dictionary subjects, reasons;
    buf test, status, subject, reason, snapshot, id; /* the columns of this block */
    size_t last;                                     /* the snapshot of the finding before */
    buf more;
    buf command, key;
    excerpt cut;
    excerpt_reader *reader;
    size_t n;
    char path[2][1024]; /* the last place's path and original path: told once for a run of places */
} rows;

static void dictionary_reset(dictionary *d)
{
    for (size_t k = 0; d->slots != NULL && k < CACHE_SLOTS; k++) {
        free(d->slots[k].text);
    }
    free(d->slots);
    buf_reset(&d->fresh);
}

static void rows_reset(rows *r)
{
    dictionary_reset(&r->subjects);
    dictionary_reset(&r->reasons);
    buf *const all[] = {&r->test, &r->status, &r->subject, &r->reason, &r->snapshot,
                        &r->id,   &r->more,   &r->command, &r->key};
    for (size_t k = 0; k < sizeof all / sizeof all[0]; k++) {
        buf_reset(all[k]);
    }
    excerpt_reset(&r->cut);
    excerpt_reader_free(r->reader);
}

static size_t slot_of(const char *text)
{
    uint64_t h = 14695981039346656037U; /* FNV-1a: a poor spread only costs space */
    for (; *text != '\0'; text++) {
        h = (h ^ (unsigned char)*text) * 1099511628211U;
    }
    return (size_t)((h ^ h >> 32) % CACHE_SLOTS);
}

/* The index of a text; *fresh says that the caller has to tell it. */
static int64_t look_up(dictionary *d, const char *text, bool *fresh)
{
    *fresh = true;
    if (strlen(text) > CACHE_TEXT) {
        return d->count++;
    }
    told *slot = &d->slots[slot_of(text)];
    if (slot->text != NULL && strcmp(slot->text, text) == 0) {
        *fresh = false;
        return slot->index;
    }
    free(slot->text);
    slot->text = strdup(text); /* NULL: forgotten, and told again */
    slot->index = d->count++;
    return slot->index;
}

static void separate(buf *list)
{
    if (list->len > 0) {
        buf_putc(list, ',');
    }
}

/* The id, or [id, name] where the name is not what stands after the id's last slash. */
static int64_t subject_index(rows *r, const finding *f)
{
    const char *name = f->subject_name == NULL ? f->subject_key : f->subject_name;
    const char *last = strrchr(f->subject, '/');
    bool plain = strcmp(last == NULL ? f->subject : last + 1, name) == 0;
    buf_clear(&r->key);
    buf_puts(&r->key, f->subject);
    if (!plain) {
        buf_putc(&r->key, '\n');
        buf_puts(&r->key, name);
    }
    bool fresh = false;
    int64_t index = look_up(&r->subjects, buf_str(&r->key), &fresh);
    if (fresh) {
        buf *b = &r->subjects.fresh;
        separate(b);
        buf_puts(b, plain ? "" : "[");
        island_string(b, f->subject);
        if (!plain) {
            buf_putc(b, ',');
            island_string(b, name);
            buf_putc(b, ']');
        }
    }
    return index;
}

static int64_t reason_index(rows *r, const char *reason)
{
    if (reason == NULL || reason[0] == '\0') {
        return -1;
    }
    bool fresh = false;
    int64_t index = look_up(&r->reasons, reason, &fresh);
    if (fresh) {
        separate(&r->reasons.fresh);
        island_string(&r->reasons.fresh, reason);
    }
    return index;
}

/* Labels beyond the tenant's snapshots come as they are met, such as that of the engagement. */
static evpack_status snapshot_index(rows *r, const char *label, evpack_err *err)
{
    island *i = r->i;
    for (size_t k = 0; k < i->label_count; k++) {
        size_t at = (r->last + k) % i->label_count;
        if (strcmp(i->labels[at], label) == 0) {
            r->last = at;
            return EVPACK_OK;
        }
    }
    r->last = i->label_count;
    return island_label(i, label, err);
}

static void put_values(buf *b, const finding *f)
{
    if (f->value_count == 0) {
        return;
    }
    island_name(b, "observed");
    buf_putc(b, '[');
    for (size_t k = 0; k < f->value_count; k++) {
        const finding_value *v = &f->values[k];
        buf_puts(b, k > 0 ? ",[" : "[");
        island_string(b, v->pointer);
        if (v->value.text == NULL) {
            buf_puts(b, ",null");
        } else {
            buf_putc(b, ',');
            buf_json_string(b, v->value.text, v->value.len);
        }
        buf_puts(b, v->normalised ? ",1]" : "]");
    }
    buf_putc(b, ']');
}

/* Files repeat from finding to finding: one that is the same as before is null. */
static void put_places(rows *r, const finding *f)
{
    buf *b = &r->more;
    island_name(b, "evidence");
    buf_putc(b, '[');
    for (size_t k = 0; k < f->place_count; k++) {
        const finding_place *p = &f->places[k];
        bool same = strcmp(p->path, r->path[0]) == 0 && strcmp(p->original, r->path[1]) == 0;
        buf_puts(b, k > 0 ? ",[" : "[");
        if (same) {
            buf_puts(b, "null,null,null");
        } else {
            island_string(b, p->path);
            buf_putc(b, ',');
            island_string(b, p->sha256);
            buf_putc(b, ',');
            island_string(b, p->original);
            /* A path too long to be kept is not found the same, and told again. */
            (void)snprintf(r->path[0], sizeof r->path[0], "%s", p->path);
            (void)snprintf(r->path[1], sizeof r->path[1], "%s", p->original);
        }
        buf_putc(b, ',');
        island_string(b, p->pointer);
        buf_printf(b, ",%llu,%llu]", (unsigned long long)p->start, (unsigned long long)p->length);
    }
    buf_putc(b, ']');
}

/* What a finding looked at gets more lines than what only shows that the resource is there. */
static const excerpt_limits looked_at = {.lines = 9, .width = 140, .bytes = 1600};
static const excerpt_limits named = {.lines = 4, .width = 140, .bytes = 500};

/* [place, what stands before the mark, the mark, what stands after it, flags], or why there is
 * none. The bits of flags: cut, around, laid out, masked. */
static evpack_status put_excerpt(rows *r, const finding *f, evpack_err *err)
{
    excerpt *x = &r->cut;
    size_t place = 0;
    EVPACK_TRY(excerpt_finding(r->reader, f, f->value_count > 0 ? &looked_at : &named, x, &place,
                               NULL, err));
    if (x->why != NULL) {
        island_member(&r->more, "excerpt", x->why);
        return EVPACK_OK;
    }
    const char *text = buf_str(&x->text);
    const size_t end = x->mark_start + x->mark_length;
    const unsigned flags = (x->cut ? 1U : 0) | (x->around ? 2U : 0) | (x->laid_out ? 4U : 0) |
                           (x->masked > 0 ? 8U : 0);
    island_name(&r->more, "excerpt");
    buf_printf(&r->more, "[%zu,", place);
    buf_json_string(&r->more, text, x->mark_start);
    buf_putc(&r->more, ',');
    buf_json_string(&r->more, text + x->mark_start, x->mark_length);
    buf_putc(&r->more, ',');
    buf_json_string(&r->more, text + end, x->text.len - end);
    buf_printf(&r->more, ",%u]", flags);
    return EVPACK_OK;
}

static evpack_status put_more(rows *r, const finding *f, evpack_err *err)
{
    buf *b = &r->more;
    buf_puts(b, r->n > 0 ? ",\n{" : "\n{");
    if (strcmp(f->raw_status, finding_status_word(f->status)) != 0) {
        island_member(b, "raw", f->raw_status);
    }
    island_member(b, "decided", f->decided_by);
    if (f->need != NULL) {
        island_member(b, "needs", needs_what(r->i->needs, f->need));
        buf_clear(&r->command);
        needs_command(r->i->needs, f->need, f->subject, &r->command);
        island_member(b, "command", r->command.len > 0 ? buf_str(&r->command) : NULL);
    }
    put_values(b, f);
    put_places(r, f);
    if (f->place_count > 0) {
        EVPACK_TRY(put_excerpt(r, f, err));
    }
    island_member(b, "snapshot", f->snapshot);
    island_member(b, "collected", f->collected_at);
    island_member(b, "stated", f->stated_at);
    buf_putc(b, '}');
    return EVPACK_OK;
}

static void column(buf *b, int64_t n)
{
    separate(b);
    buf_printf(b, "%lld", (long long)n);
}

static void put_column(island *i, const char *name, buf *values, const char *open,
                       const char *close)
{
    buf_printf(&i->b, ",\n\"%s\":%s", name, open);
    buf_append(&i->b, buf_str(values), values->len);
    buf_puts(&i->b, close);
    i->b.failed = i->b.failed || values->failed;
    buf_clear(values);
}

static void end_block(rows *r)
{
    if (r->n == 0) {
        return;
    }
    island *i = r->i;
    island_block(i, "class", "rows");
    buf_printf(&i->b, "{\"n\":%zu", r->n);
    put_column(i, "subjects", &r->subjects.fresh, "[", "]");
    put_column(i, "reasons", &r->reasons.fresh, "[", "]");
    put_column(i, "test", &r->test, "[", "]");
    put_column(i, "status", &r->status, "[", "]");
    put_column(i, "subject", &r->subject, "[", "]");
    put_column(i, "reason", &r->reason, "[", "]");
    put_column(i, "snapshot", &r->snapshot, "[", "]");
    put_column(i, "id", &r->id, "\"", "\"");
    buf_putc(&i->b, '}');
    island_flush(i, &i->b);
    island_block_end(i);
    island_block(i, "class", "more");
    buf_puts(&i->b, "[");
    island_flush(i, &i->b);
    island_flush(i, &r->more);
    buf_puts(&i->b, "\n]");
    island_flush(i, &i->b);
    island_block_end(i);
    r->n = 0;
    r->path[0][0] = '\0';
    r->path[1][0] = '\0';
}

static evpack_status put_finding(rows *r, const finding *f, size_t test, evpack_err *err)
{
    column(&r->test, (int64_t)test);
    column(&r->status, f->status);
    column(&r->subject, subject_index(r, f));
    column(&r->reason, reason_index(r, f->reason));
    EVPACK_TRY(snapshot_index(r, f->snapshot, err));
    column(&r->snapshot, (int64_t)r->last);
    for (const char *p = f->id; *p != '\0'; p++) {
        if (*p != '-') {
            buf_putc(&r->id, *p);
        }
    }
    EVPACK_TRY(put_more(r, f, err));
    r->n++;
    if (r->n == BLOCK_FINDINGS ||
        r->more.len + r->subjects.fresh.len + r->reasons.fresh.len > BLOCK_BYTES) {
        end_block(r);
    }
    return EVPACK_OK;
}

int64_t island_limit(const model *m, unsigned statuses, int64_t cap)
{
    if (model_count_of(&m->total, statuses) <= cap) {
        return 0;
    }
    int64_t low = 1; /* the answer lies in [low, high) */
    int64_t high = cap + 1;
    while (high - low > 1) {
        int64_t middle = low + (high - low) / 2;
        int64_t taken = 0;
        for (size_t k = 0; k < m->test_count; k++) {
            int64_t n = model_count_of(&m->tests[k].counts, statuses);
            taken += n < middle ? n : middle;
        }
        if (taken <= cap) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return low;
}

/* Tests come in the order in which they were put, but for those without findings: the next one is
 * near the last one. */
static size_t index_of(const island *i, int64_t test, size_t last)
{
    for (size_t k = 0; k < i->test_count; k++) {
        size_t at = (last + k) % i->test_count;
        if (i->tests[at] == test) {
            return at;
        }
    }
    return i->test_count;
}

static evpack_status put_group(rows *r, unsigned statuses, int64_t *written, evpack_err *err)
{
    const island_source *from = r->i->from;
    const int64_t cap = from->options->html_cap;
    EVPACK_AUTO(findings) f = NULL;
    EVPACK_TRY(findings_open(from->s, statuses, island_limit(from->m, statuses, cap), &f, err));
    const finding_test *t = NULL;
    EVPACK_TRY(findings_next_test(f, &t, err));
    size_t index = 0;
    *written = 0;
    while (t != NULL && *written < cap) {
        index = index_of(r->i, t->id, index);
        const finding *one = NULL;
        EVPACK_TRY(findings_next(f, &one, err));
        while (one != NULL && *written < cap) {
            EVPACK_TRY(put_finding(r, one, index, err));
            (*written)++;
            EVPACK_TRY(findings_next(f, &one, err));
        }
        EVPACK_TRY(findings_next_test(f, &t, err));
    }
    return EVPACK_OK;
}

evpack_status island_findings(island *i, island_written *out, evpack_err *err)
{
    EVPACK_AUTO_VALUE(rows_reset) rows r = {.i = i};
    EVPACK_TRY(excerpt_reader_new(i->from->s, &r.reader, err));
    for (size_t k = 0; k < i->from->m->snapshot_count; k++) {
        EVPACK_TRY(island_label(i, i->from->m->snapshots[k].label, err));
    }
    r.subjects.slots = calloc(CACHE_SLOTS, sizeof *r.subjects.slots);
    r.reasons.slots = calloc(CACHE_SLOTS, sizeof *r.reasons.slots);
    if (r.subjects.slots == NULL || r.reasons.slots == NULL) {
        return evpack_oom(err);
    }
    EVPACK_TRY(put_group(&r, ISLAND_ATTENTION, &out->attention, err));
    EVPACK_TRY(put_group(&r, FINDINGS_ALL & ~(unsigned)ISLAND_ATTENTION, &out->rest, err));
    end_block(&r);
    return EVPACK_OK;
}
