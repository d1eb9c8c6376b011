/*
 * Elements into records. Invariant: an element that is not an object, cannot be held, or says two
 * things at once gives no record and is counted; every other gives one. Refuses to know where the
 * elements stood and whether they are all.
 */
#include "collect/records.h"

#include "base/jptr.h"
#include "base/text.h"
#include "collect/plain.h"
#include "collect/spans.h"
#include "collect/template.h"
#include "collect/unwrap.h"

#include <stdio.h>
#include <string.h>

/* As much of a text as fits in most bytes, without a half character at its end. */
static int fitting(const char *text, size_t most)
{
    size_t len = strnlen(text, most);
    return (int)(len < most ? len : text_utf8_check(text, len));
}

static void note_kind(records *r, const char *kind)
{
    if (r->kind == NULL || strcmp(r->kind, kind) == 0) {
        r->kind = kind;
    } else {
        r->kind = "mixed";
    }
}

void records_note_error(records *r, const char *code, const char *message)
{
    r->failed = true;
    code = code == NULL ? "no code" : code;
    message = message == NULL ? "no message" : message;
    const int shown = fitting(message, 160);
    (void)snprintf(r->error, sizeof r->error, "the export failed: %.*s: %.*s%s", fitting(code, 60),
                   code, shown, message, message[shown] == '\0' ? "" : "…");
}

/* An object to be recorded, and what it is part of. */
typedef struct {
    const cut_element *e; /* whose text it lies in, for its place */
    const char *text;
    size_t len;
    const char *pointer;
    uint64_t start, length; /* in the document */
    const char *parent;     /* subject of the resource that it stands in; NULL: none */
    unsigned depth;         /* how many such resources stand around it */
    bool rewritten;         /* the text was put together, and has no parts with places */
} piece;

enum { NESTED_MAX = 16, POINTER_MAX = 400 };

/* Where part, which lies in the text of e, stands in the document. */
static void place(const records *r, const cut_element *e, const char *part, size_t len,
                  uint64_t *start, uint64_t *length)
{
    const records_answer *a = &r->answer;
    if (a->text == NULL) {
        cut_place(e, part, len, start, length);
    } else if (a->in_string) {
        cut_place(a->within, a->text, a->len, start, length);
    } else {
        cut_place(e, part, len, start, length);
        cut_place(a->within, a->text + *start, (size_t)*length, start, length);
    }
}

static void note_shape(records *r, const shape *s, const char *type)
{
    note_kind(r, s->kind);
    r->records++;
    r->summaries += !s->complete;
    r->cut_short += s->cut_short;
    if (s->mismatch && r->mismatched++ == 0) {
        (void)snprintf(r->mismatch, sizeof r->mismatch, "%.*s in place of %.*s",
                       type == NULL ? 0 : fitting(type, 80), type == NULL ? "" : type,
                       fitting(buf_str(&s->type), 80), buf_str(&s->type));
    }
}

static evpack_status add_record(records *r, const piece *p, const json *value, evpack_err *err)
{
    shape *s = &r->shape;
    const shape_input in = {.text = p->text,
                            .len = p->len,
                            .value = value,
                            .escaped_names = p->e->escaped_names,
                            .projected = p->e->list == CUT_DATA || p->e->list == CUT_ROWS};
    EVPACK_TRY(shape_recognise(r->table, &in, s, err));
    if (s->subject.len == 0) {
        buf_printf(&s->subject, "%s:", s->kind);
        EVPACK_TRY(import_anonymous(r->into, &s->subject, err));
    }
    note_shape(r, s, json_get_string(s->doc != NULL ? json_root(s->doc) : value, "type"));
    const char *parent = s->parent.len > 0 ? buf_str(&s->parent) : NULL;
    const uint64_t start = places_at(r->map, r->shift + p->start);
    const char *body = s->body.len > 0 ? buf_str(&s->body) : p->text;
    size_t body_len = s->body.len > 0 ? s->body.len : p->len;
    const bool mended = plain_text(body, body_len, &r->plain);
    EVPACK_TRY(buf_status(&r->plain, err));
    const import_record_row row = {
        .kind = s->kind,
        .subject = buf_str(&s->subject),
        .id_given = s->id_given,
        .type = s->type.len > 0 ? buf_str(&s->type) : NULL,
        .name = s->name,
        .scope = s->scope.len > 0 ? buf_str(&s->scope) : NULL,
        .parent = parent != NULL || s->scope.len > 0 ? parent : p->parent,
        .complete = s->complete,
        .normalised = s->normalised || p->rewritten,
        .pointer = p->pointer,
        .start = start,
        .length = places_end(r->map, r->shift + p->start + p->length) - start,
        .body = mended ? buf_str(&r->plain) : body,
        .body_len = mended ? r->plain.len : body_len,
    };
    return import_record(r->into, &row, err);
}

static evpack_status add_with_nested(records *r, const piece *p, const json *value,
                                     evpack_err *err);

/* The resources that PSRule's exporter puts below the one that they belong to. */
static evpack_status add_nested(records *r, const piece *p, const span *list, const json *value,
                                evpack_err *err)
{
    EVPACK_AUTO_CHARS parent = strdup(buf_str(&r->shape.subject));
    if (parent == NULL) {
        return evpack_oom(err);
    }
    span_walk walk = span_begin(list->value, list->value_len);
    span s = {0};
    unsigned n = 0;
    for (const json *one = json_first(value); one != NULL && span_next(&walk, &s);
         one = json_next(one)) {
        char pointer[POINTER_MAX];
        int len = snprintf(pointer, sizeof pointer, "%s/%s/%u", p->pointer, json_name(value), n++);
        if (!json_is_object(one) || len < 0 || (size_t)len >= sizeof pointer) {
            r->not_objects++;
            continue;
        }
        piece inner = {.e = p->e,
                       .text = s.value,
                       .len = s.value_len,
                       .pointer = pointer,
                       .parent = parent,
                       .depth = p->depth + 1};
        place(r, p->e, s.value, s.value_len, &inner.start, &inner.length);
        EVPACK_TRY(add_with_nested(r, &inner, one, err));
    }
    return EVPACK_OK;
}

static evpack_status add_with_nested(records *r, const piece *p, const json *value, evpack_err *err)
{
    EVPACK_TRY(add_record(r, p, value, err));
    const json *list = json_get(value, "resources");
    list = list != NULL ? list : json_get(value, "Resources");
    bool resource = r->shape.type.len > 0;
    if (!json_is_array(list) || p->depth >= NESTED_MAX || p->rewritten || !resource) {
        return EVPACK_OK;
    }
    span_walk walk = span_begin(p->text, p->len);
    for (span s; span_next(&walk, &s);) {
        if (span_key_is(&s, json_name(list))) {
            return add_nested(r, p, &s, list, err);
        }
    }
    r->not_objects++; /* its name is written with escapes: they are in it, but without a place */
    return EVPACK_OK;
}

/* Which of two values counts is open, and readers differ: neither may be judged. */
bool records_note_twice(records *r, const char *pointer, const json *value)
{
    const char *name = r->ambiguous ? NULL : json_twice(value);
    if (name != NULL) {
        r->ambiguous = true;
        (void)snprintf(r->twice, sizeof r->twice,
                       "in %.40s the member \"%.*s\" stands twice with different values; which of"
                       " them counts is open (RFC 8259, section 4)",
                       pointer[0] == '\0' ? "the document" : pointer, fitting(name, 60), name);
    }
    return r->ambiguous;
}

static evpack_status take(records *r, const piece *p, evpack_err *err);

/* An element of an answer's body. */
static evpack_status on_inner(void *ctx, const cut_element *e, evpack_err *err)
{
    records *r = ctx;
    if (!e->is_object) {
        r->not_objects++;
        return EVPACK_OK;
    }
    char pointer[POINTER_MAX];
    bool in_string = r->answer.in_string;
    (void)snprintf(pointer, sizeof pointer, "%s%s", r->answer.pointer, in_string ? "" : e->pointer);
    piece p = {.e = e, .text = e->text, .len = e->len, .pointer = pointer};
    p.rewritten = in_string;
    place(r, e, e->text, e->len, &p.start, &p.length);
    return take(r, &p, err);
}

/* Keeps what stood around the elements of an answer, for judging whether they are all. */
static evpack_status note_inner(records *r, const cut_result *c, evpack_err *err)
{
    EVPACK_AUTO(json_doc) doc = NULL;
    bool more = false;
    if (c->shape == CUT_PAGE) {
        EVPACK_TRY(json_parse(c->envelope, c->envelope_len, true, &doc, err));
        const char *const names[] = {"nextLink", "@odata.nextLink", "$skipToken"};
        for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
            more = more || json_get_set(json_root(doc), names[i]) != NULL;
        }
    }
    if (r->answers == 0 || (more && !r->inner_more)) {
        buf_clear(&r->inner_envelope);
        buf_append(&r->inner_envelope, c->envelope, c->shape == CUT_PAGE ? c->envelope_len : 0);
        EVPACK_TRY(buf_status(&r->inner_envelope, err));
        r->inner = *c;
        r->inner.fault = (jscan_fault){0};
        r->inner.envelope = buf_str(&r->inner_envelope);
        r->inner.envelope_len = r->inner_envelope.len;
        r->inner_more = more;
    }
    r->answers++;
    return EVPACK_OK;
}

static evpack_status cut_answer(records *r, const char *text, size_t len, bool whole,
                                evpack_err *err)
{
    const cut_listener listener = {on_inner, r};
    EVPACK_AUTO(cut) c = NULL;
    EVPACK_TRY(cut_new(&listener, whole, &c, err));
    EVPACK_TRY(cut_feed(c, text, len, err));
    cut_result result;
    EVPACK_TRY(cut_finish(c, &result, err));
    r->unread += result.fault.what != NULL;
    return note_inner(r, &result, err);
}

static evpack_status on_answer(void *ctx, const unwrap_answer *a, evpack_err *err)
{
    records *r = ctx;
    if (a->url != NULL && r->context.len == 0) {
        buf_puts(&r->context, a->url);
        EVPACK_TRY(buf_status(&r->context, err));
    }
    bool bad = a->status != 0 && (a->status < 200 || a->status > 299);
    const char *text = a->string != NULL ? a->string : a->text;
    size_t len = a->string != NULL ? strlen(a->string) : a->len;
    bool sound = text != NULL && len > 0 && strchr("{[ \t\r\n", text[0]) != NULL &&
                 jscan_check(text, len, NULL) == EVPACK_OK;
    if (sound) {
        const records_answer outer = r->answer;
        r->answer.text = a->text;
        r->answer.len = a->len;
        r->answer.pointer = a->pointer;
        r->answer.in_string = a->string != NULL;
        EVPACK_AUTO(json_doc) doc = NULL;
        evpack_status status = json_parse(text, len, true, &doc, err);
        bool whole = status == EVPACK_OK && json_get_string(json_root(doc), "id") != NULL;
        status = status == EVPACK_E_LIMIT ? EVPACK_OK : status;
        if (status == EVPACK_OK) {
            status = cut_answer(r, text, len, whole, err);
        }
        r->answer = outer;
        EVPACK_TRY(status);
    } else if (!bad && a->text != NULL) {
        r->unread++;
    }
    if (bad && !r->failed) {
        char code[16];
        (void)snprintf(code, sizeof code, "HTTP %ld", a->status);
        records_note_error(r, code, a->string);
    }
    return EVPACK_OK;
}

/* Whether the object was a wrapper, whose answers were taken in its place. */
static evpack_status unwrap(records *r, const piece *p, const json *value, bool *was,
                            evpack_err *err)
{
    *was = false;
    if (r->answer.text != NULL || p->rewritten || p->depth > 0) {
        return EVPACK_OK;
    }
    r->answer.within = p->e;
    const unwrap_listener listener = {on_answer, r};
    size_t count = 0;
    EVPACK_TRY(unwrap_walk(p->text, p->len, value, &listener, &count, err));
    *was = count > 0;
    return EVPACK_OK;
}

/* A template that is being read, and where its declarations stand. */
typedef struct {
    records *r;
    const piece *p;
    char at[POINTER_MAX]; /* the declaration that was looked for last, and its place */
    uint64_t start, length;
    uint64_t looked; /* bytes gone through to find them */
} declaring;

/* Looking for very many declarations from the start each time would not end: past this the place of
 * one is that of the whole template. */
enum { LOOKED_MAX = 512 << 20 };

static void place_declaration(declaring *d, const char *pointer)
{
    if (strncmp(d->at, pointer, sizeof d->at - 1) == 0) {
        return; /* another turn of its loop */
    }
    jptr_value found;
    const jptr_value whole = {d->p->text, d->p->len};
    d->start = d->p->start;
    d->length = d->p->length;
    (void)snprintf(d->at, sizeof d->at, "%s", pointer);
    if (d->looked < LOOKED_MAX && jptr_find(whole, pointer, &found) && !d->p->rewritten) {
        place(d->r, d->p->e, found.text, found.len, &d->start, &d->length);
        d->looked += (uint64_t)(found.text - whole.text);
    } else {
        d->looked += whole.len;
    }
}

static evpack_status on_declared(void *ctx, const template_resource *t, evpack_err *err)
{
    declaring *d = ctx;
    records *r = d->r;
    place_declaration(d, t->pointer);
    char pointer[POINTER_MAX * 2];
    EVPACK_AUTO_VALUE(buf_reset) buf subject = {0};
    (void)snprintf(pointer, sizeof pointer, "%s%s", d->p->pointer, t->pointer);
    buf_puts(&subject, "template-resource:");
    EVPACK_TRY(import_anonymous(r->into, &subject, err));
    buf *type = &r->shape.type;
    buf_clear(type);
    buf_puts(type, t->type);
    EVPACK_TRY(buf_status(type, err));
    text_lower_bytes(type->data, type->len);
    r->records++;
    r->summaries++;
    const uint64_t start = places_at(r->map, r->shift + d->start);
    const import_record_row row = {.kind = "template-resource",
                                   .subject = buf_str(&subject),
                                   .id_given = t->id,
                                   .type = buf_str(type),
                                   .name = t->name,
                                   .scope = t->scope,
                                   .parent = t->parent,
                                   .normalised = true,
                                   .pointer = pointer,
                                   .start = start,
                                   .length =
                                       places_end(r->map, r->shift + d->start + d->length) - start,
                                   .body = t->body,
                                   .body_len = t->body_len};
    return import_record(r->into, &row, err);
}

static evpack_status take_template(records *r, const piece *p, const json *value, evpack_err *err)
{
    note_kind(r, "template");
    r->template = true;
    declaring d = {.r = r, .p = p, .at = "?"};
    const template_listener listener = {on_declared, &d};
    template_result result;
    EVPACK_TRY(template_read(value, &listener, &result, err));
    r->template_left += result.unexpanded + result.linked + result.not_read + result.limited;
    r->template_wrong += result.wrong;
    if (result.error != NULL) {
        records_note_error(r, result.error_code, result.error_message);
    }
    return EVPACK_OK;
}

static evpack_status take(records *r, const piece *p, evpack_err *err)
{
    EVPACK_AUTO(json_doc) doc = NULL;
    evpack_status status = json_parse(p->text, p->len, true, &doc, err);
    if (status == EVPACK_E_LIMIT) {
        r->unread++; /* sound JSON that cannot be held: ugly, but evidence */
        return EVPACK_OK;
    }
    EVPACK_TRY(status);
    const json *value = json_root(doc);
    if (records_note_twice(r, p->pointer, value)) {
        return EVPACK_OK;
    }
    const char *code = NULL;
    const char *message = NULL;
    if (shape_is_error(value, &code, &message)) {
        records_note_error(r, code, message);
        return EVPACK_OK;
    }
    if (json_get(value, "id") == NULL && template_is(value) != TEMPLATE_NONE) {
        return take_template(r, p, value, err);
    }
    bool wrapper = false;
    if (json_get(value, "id") == NULL) {
        EVPACK_TRY(unwrap(r, p, value, &wrapper, err));
    }
    if (wrapper) {
        return EVPACK_OK;
    }
    if (shape_has_error(value, &code, &message) && json_get(value, "id") == NULL) {
        records_note_error(r, code, message);
    }
    return add_with_nested(r, p, value, err);
}

/* A table's row as an object: the columns give the names. */
static evpack_status take_row(records *r, const cut_element *e, evpack_err *err)
{
    if (r->columns == NULL) {
        return EVPACK_OK; /* the names may come after the rows: they are read again with them */
    }
    const json *column = json_first(json_get(json_get(json_root(r->columns), "data"), "columns"));
    buf_clear(&r->row);
    buf_putc(&r->row, '{');
    span_walk walk = span_begin(e->text, e->len);
    span s = {0};
    bool more = span_next(&walk, &s);
    for (; more && column != NULL; more = span_next(&walk, &s), column = json_next(column)) {
        const char *name = json_get_string(column, "name");
        if (name == NULL) {
            break;
        }
        buf_append(&r->row, ",", r->row.len > 1);
        buf_json_string(&r->row, name, strlen(name));
        buf_putc(&r->row, ':');
        buf_append(&r->row, s.value, s.value_len);
    }
    buf_putc(&r->row, '}');
    EVPACK_TRY(buf_status(&r->row, err));
    if (more || column != NULL || e->len == 0 || e->text[0] != '[') {
        r->not_objects++; /* as many values as columns, or it is open which is which */
        return EVPACK_OK;
    }
    const piece p = {.e = e,
                     .text = r->row.data,
                     .len = r->row.len,
                     .pointer = e->pointer,
                     .start = e->start,
                     .length = e->length,
                     .rewritten = true};
    return take(r, &p, err);
}

evpack_status records_element(void *ctx, const cut_element *e, evpack_err *err)
{
    records *r = ctx;
    if (e->list == CUT_ROWS) {
        return take_row(r, e, err);
    }
    if (!e->is_object) {
        r->not_objects++;
        return EVPACK_OK;
    }
    const piece p = {.e = e,
                     .text = e->text,
                     .len = e->len,
                     .pointer = e->pointer,
                     .start = e->start,
                     .length = e->length};
    return take(r, &p, err);
}

evpack_status records_columns(records *r, const char *envelope, size_t len, evpack_err *err)
{
    return json_parse(envelope, len, true, &r->columns, err);
}

void records_remarks(const records *r, buf *out)
{
    if (r->mismatched > 0) {
        buf_printf(out, "%llu of its records name a type that is not the one of their id (%s)",
                   (unsigned long long)r->mismatched, r->mismatch);
    }
    if (r->template_left > 0) {
        buf_printf(out,
                   "%s%llu parts of the template are not told one by one (loops, linked"
                   " templates)",
                   out->len > 0 ? "; " : "", (unsigned long long)r->template_left);
    }
    if (r->template_wrong > 0) {
        buf_printf(out, "%s%llu expressions of the template are in error", out->len > 0 ? "; " : "",
                   (unsigned long long)r->template_wrong);
    }
    if (r->cut_short > 0) {
        buf_printf(out, "%sConvertTo-Json cut %llu of its records short: export again with -Depth",
                   out->len > 0 ? "; " : "", (unsigned long long)r->cut_short);
    }
}

void records_reset(records *r)
{
    shape_reset(&r->shape);
    json_free(r->columns);
    buf_reset(&r->row);
    buf_reset(&r->inner_envelope);
    buf_reset(&r->next);
    buf_reset(&r->context);
    buf_reset(&r->plain);
}
