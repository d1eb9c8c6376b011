/*
 * Comparing findings. Invariant: each finding of either side is counted once, as same, changed,
 * added or removed. Refuses to know why one differs.
 */
#include "review/compare.h"

#include "base/text.h"
#include "port/db.h"
#include "port/json.h"
#include "review/member_text.h"
#include "store/findings_json.h"

#include <string.h>

const char *compare_kind_word(compare_kind kind)
{
    static const char *const words[] = {
        [COMPARE_CHANGED] = "changed", [COMPARE_ADDED] = "added", [COMPARE_REMOVED] = "removed"};
    return words[kind];
}

typedef struct {
    const compare_options *o;
    compare_totals *totals;
    earlier *e;
    unsigned char *met; /* a bit for each finding of the file */
    db *d;              /* the changes */
    db_stmt *count;
    buf then, now; /* texts of a finding */
    buf values;
    bool redacted; /* of the pair that was compared last: something was passed over for that */
} comparing;

static void comparing_reset(comparing *c)
{
    free(c->met);
    db_finalize(c->count);
    db_close(c->d);
    buf_reset(&c->then);
    buf_reset(&c->now);
    buf_reset(&c->values);
}

/* One finding, with each member as text. */
typedef struct {
    json_doc *doc;
    const json *root;
    member_texts texts;
} side;

static void side_reset(side *s)
{
    json_free(s->doc);
    member_texts_reset(&s->texts);
}

static evpack_status read_side(const buf *text, side *out, evpack_err *err)
{
    EVPACK_TRY(json_parse(buf_str(text), text->len, false, &out->doc, err));
    out->root = json_root(out->doc);
    return member_texts_read(buf_str(text), text->len, &out->texts, err);
}

/* The file at path in the package, when it is a redacted copy of what the findings speak of. */
static const index_row *redacted_at(const comparing *c, const char *path)
{
    const index_row *row = c->o->package == NULL || path == NULL
                               ? NULL
                               : index_find(received_index(c->o->package), path);
    return row != NULL && row->redacted_sha256 != NULL ? row : NULL;
}

static bool same_string(const json *a, const json *b, const char *name)
{
    const char *x = json_get_string(a, name);
    const char *y = json_get_string(b, name);
    return x == NULL ? y == NULL : y != NULL && strcmp(x, y) == 0;
}

static bool same_number(const json *a, const json *b, const char *name)
{
    const json *x = json_get(a, name);
    const json *y = json_get(b, name);
    return json_is_number(x) && json_is_number(y) && !(json_number(x) < json_number(y)) &&
           !(json_number(x) > json_number(y));
}

static bool is_string(const json *object, const char *name, const char *want)
{
    const char *text = json_get_string(object, name);
    return text != NULL && strcmp(text, want) == 0;
}

/* A place as findings have it: nothing that is not looked at can stand in it. */
static bool is_place(const json *place)
{
    static const char *const names[] = {"sha256", "path",   "pointer",
                                        "offset", "length", "original_path"};
    const json *m = json_is_object(place) ? json_first(place) : NULL;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++, m = json_next(m)) {
        if (m == NULL || strcmp(json_name(m), names[i]) != 0) {
            return false;
        }
    }
    return m == NULL && json_is_number(json_get(place, "offset")) &&
           json_is_number(json_get(place, "length"));
}

/* The places that a finding rests on: of a redacted file the SHA-256 are those that the index has
 * of the original and of the copy, and the byte ranges are others. */
static bool same_evidence(comparing *c, const json *then, const json *now)
{
    const json *a = json_first(then);
    const json *b = json_first(now);
    for (; a != NULL && b != NULL; a = json_next(a), b = json_next(b)) {
        const index_row *redacted = redacted_at(c, json_get_string(a, "path"));
        c->redacted = c->redacted || redacted != NULL;
        if (!is_place(a) || !is_place(b) || !same_string(a, b, "path") ||
            !same_string(a, b, "pointer") || !same_string(a, b, "original_path")) {
            return false;
        }
        if (redacted != NULL && (!is_string(a, "sha256", redacted->sha256) ||
                                 !is_string(b, "sha256", redacted->redacted_sha256))) {
            return false;
        }
        if (redacted == NULL && (!same_string(a, b, "sha256") || !same_number(a, b, "offset") ||
                                 !same_number(a, b, "length"))) {
            return false;
        }
    }
    return a == NULL && b == NULL;
}

static bool same_member(comparing *c, const side *then, const side *now, const char *name)
{
    if (c->o->another_time && strcmp(name, "evaluated_at") == 0) {
        return true;
    }
    const member_text *a = member_texts_find(&then->texts, name);
    const member_text *b = member_texts_find(&now->texts, name);
    if (a == NULL || b == NULL) {
        return a == b;
    }
    if (a->len == b->len && memcmp(a->text, b->text, a->len) == 0) {
        return true;
    }
    return strcmp(name, "evidence") == 0 && c->o->package != NULL &&
           received_redacted(c->o->package) > 0 &&
           same_evidence(c, json_get(then->root, name), json_get(now->root, name));
}

/* A value as it is told: its place in c->values, which grows. */
static size_t put_value(comparing *c, const member_text *m)
{
    const size_t at = c->values.len;
    size_t len = m->len;
    if (len > COMPARE_VALUE_MAX) {
        for (len = COMPARE_VALUE_MAX; len > 0 && ((unsigned char)m->text[len] & 0xc0) == 0x80;) {
            len--;
        }
    }
    buf_append(&c->values, m->text, len);
    buf_puts(&c->values, len < m->len ? "\xe2\x80\xa6" : "");
    buf_putc(&c->values, '\0');
    return at;
}

/* Members that differ: first where their values stand, then, when all are there, the values. */
typedef struct {
    const char *name;
    size_t then, now; /* SIZE_MAX: absent */
} differing;

static evpack_status find_differing(comparing *c, const side *then, const side *now,
                                    compare_difference *d, evpack_err *err)
{
    differing found[COMPARE_MEMBERS_MAX];
    size_t count = 0;
    const member_texts *const both[] = {&then->texts, &now->texts};
    buf_clear(&c->values);
    for (size_t s = 0; s < 2; s++) {
        for (size_t i = 0; i < both[s]->count && count < COMPARE_MEMBERS_MAX; i++) {
            const char *name = both[s]->at[i].name;
            if ((s == 1 && member_texts_find(&then->texts, name) != NULL) ||
                same_member(c, then, now, name)) {
                continue;
            }
            const member_text *a = member_texts_find(&then->texts, name);
            const member_text *b = member_texts_find(&now->texts, name);
            found[count++] = (differing){name, a == NULL ? SIZE_MAX : put_value(c, a),
                                         b == NULL ? SIZE_MAX : put_value(c, b)};
        }
    }
    EVPACK_TRY(buf_status(&c->values, err));
    d->member_count = count;
    for (size_t i = 0; i < count; i++) {
        d->members[i].name = found[i].name;
        d->members[i].then = found[i].then == SIZE_MAX ? NULL : c->values.data + found[i].then;
        d->members[i].now = found[i].now == SIZE_MAX ? NULL : c->values.data + found[i].now;
    }
    return EVPACK_OK;
}

static void describe(const json *root, compare_difference *d)
{
    d->id = json_get_string(root, "id");
    d->subject = json_get_string(root, "subject");
    d->service = json_get_string(root, "service");
    d->feature = json_get_string(root, "feature");
    d->feature = d->feature == NULL ? json_get_string(root, "policy_title") : d->feature;
    d->control_id = json_get_string(root, "control_id");
    d->source = json_get_string(root, "source");
    d->snapshot = json_get_string(root, "snapshot");
}

static evpack_status tell(comparing *c, const compare_difference *d, evpack_err *err)
{
    EVPACK_TRY(db_bind(c->count, err, "tttttt", d->service == NULL ? "" : d->service,
                       d->feature == NULL ? "" : d->feature,
                       d->control_id == NULL ? "" : d->control_id,
                       d->source == NULL ? "" : d->source, d->then == NULL ? "" : d->then,
                       d->now == NULL ? "" : d->now));
    EVPACK_TRY(db_run(c->count, err));
    return c->o->difference == NULL ? EVPACK_OK : c->o->difference(c->o->ctx, d, err);
}

/* The two texts are of one id. */
static evpack_status compare_pair(comparing *c, const char *id, evpack_err *err)
{
    c->redacted = false;
    if (c->then.len == c->now.len && memcmp(c->then.data, c->now.data, c->then.len) == 0) {
        c->totals->same++;
        return EVPACK_OK;
    }
    EVPACK_AUTO_VALUE(side_reset) side then = {0};
    EVPACK_AUTO_VALUE(side_reset) side now = {0};
    if (read_side(&c->then, &then, err) == EVPACK_E_INPUT) {
        err->code = EVPACK_E_NO;
        return evpack_context(err, "finding %s of the package", id);
    }
    EVPACK_TRY(read_side(&c->now, &now, err));
    compare_difference d = {.kind = COMPARE_CHANGED};
    EVPACK_TRY(find_differing(c, &then, &now, &d, err));
    if (d.member_count == 0) {
        c->totals->same++;
        c->totals->redacted += c->redacted;
        return EVPACK_OK;
    }
    describe(now.root, &d);
    d.then = json_get_string(then.root, "status");
    d.now = json_get_string(now.root, "status");
    c->totals->changed++;
    c->totals->status_changed += d.then == NULL || d.now == NULL || strcmp(d.then, d.now) != 0;
    return tell(c, &d, err);
}

static evpack_status one_side(comparing *c, compare_kind kind, const buf *text, evpack_err *err)
{
    EVPACK_AUTO(json_doc) doc = NULL;
    EVPACK_TRY(json_parse(buf_str(text), text->len, false, &doc, err));
    compare_difference d = {.kind = kind};
    describe(json_root(doc), &d);
    *(kind == COMPARE_ADDED ? &d.now : &d.then) = json_get_string(json_root(doc), "status");
    return tell(c, &d, err);
}

static evpack_status compare_one(comparing *c, const finding *f, evpack_err *err)
{
    uint64_t n = 0;
    c->totals->now++;
    EVPACK_TRY(earlier_find(c->e, f->id, &n, err));
    if (n == 0) {
        c->totals->added++;
        return one_side(c, COMPARE_ADDED, &c->now, err);
    }
    if ((c->met[n / 8] & 1U << n % 8) != 0) {
        return evpack_fail(err, EVPACK_E_INTERNAL, "two findings were made with the id %s", f->id);
    }
    c->met[n / 8] = (unsigned char)(c->met[n / 8] | 1U << n % 8);
    EVPACK_TRY(earlier_text(c->e, n, &c->then, err));
    return compare_pair(c, f->id, err);
}

static evpack_status compare_all(comparing *c, store *s, evpack_err *err)
{
    EVPACK_AUTO(findings) f = NULL;
    EVPACK_AUTO(findings_json) text = NULL;
    EVPACK_TRY(findings_open_all(s, &f, err));
    EVPACK_TRY(findings_json_new(&text, err));
    for (const finding *one = NULL;;) {
        EVPACK_TRY(findings_next_of_all(f, &one, err));
        if (one == NULL) {
            break;
        }
        buf_clear(&c->now);
        EVPACK_TRY(findings_json_put(text, one, &c->now, err));
        EVPACK_TRY(compare_one(c, one, err));
    }
    for (uint64_t n = 1; n <= c->totals->then; n++) {
        if ((c->met[n / 8] & 1U << n % 8) == 0) {
            c->totals->removed++;
            EVPACK_TRY(earlier_text(c->e, n, &c->then, err));
            EVPACK_TRY(one_side(c, COMPARE_REMOVED, &c->then, err));
        }
    }
    return EVPACK_OK;
}

static const char *set(const char *text)
{
    return text[0] == '\0' ? NULL : text;
}

static evpack_status tell_changes(const comparing *c, evpack_err *err)
{
    EVPACK_AUTO(db_stmt) rows = NULL;
    EVPACK_TRY(db_prepare(c->d,
                          "SELECT service, feature, control, source, then_, now_, n FROM change"
                          " ORDER BY service, control, feature, source, then_, now_",
                          &rows, err));
    for (bool row = true; row;) {
        EVPACK_TRY(db_step(rows, &row, err));
        if (row) {
            const compare_change one = {.service = set(db_text_or_empty(rows, 0)),
                                        .feature = set(db_text_or_empty(rows, 1)),
                                        .control_id = set(db_text_or_empty(rows, 2)),
                                        .source = set(db_text_or_empty(rows, 3)),
                                        .then = set(db_text_or_empty(rows, 4)),
                                        .now = set(db_text_or_empty(rows, 5)),
                                        .findings = (uint64_t)db_int(rows, 6)};
            EVPACK_TRY(c->o->change(c->o->ctx, &one, err));
        }
    }
    return EVPACK_OK;
}

evpack_status compare_findings(store *s, earlier *e, const compare_options *options,
                               compare_totals *totals, evpack_err *err)
{
    *totals = (compare_totals){.then = earlier_count(e)};
    EVPACK_AUTO_VALUE(comparing_reset) comparing c = {.o = options, .totals = totals, .e = e};
    c.met = calloc(totals->then / 8 + 1, 1);
    if (c.met == NULL) {
        return evpack_oom(err);
    }
    EVPACK_TRY(db_open(options->table, DB_CREATE, &c.d, err));
    EVPACK_TRY(db_exec(c.d,
                       "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN;"
                       "CREATE TABLE change(service, feature, control, source, then_, now_,"
                       " n INTEGER NOT NULL,"
                       " PRIMARY KEY(service, feature, control, source, then_, now_))"
                       " WITHOUT ROWID",
                       err));
    EVPACK_TRY(db_prepare(c.d,
                          "INSERT INTO change VALUES (?, ?, ?, ?, ?, ?, 1)"
                          " ON CONFLICT DO UPDATE SET n = n + 1",
                          &c.count, err));
    EVPACK_TRY(compare_all(&c, s, err));
    return options->change == NULL ? EVPACK_OK : tell_changes(&c, err);
}
