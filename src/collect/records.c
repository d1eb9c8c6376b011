/*
 * Elements into records. Invariant: an element that is not an object, cannot be held, or says two
 * things at once gives no record and is counted; every other gives one. Refuses to know where the
 * elements stood and whether they are all.
 */
#include "collect/records.h"

#include "base/text.h"

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
    (void)snprintf(r->error, sizeof r->error, "the export failed: %.*s: %.*s", fitting(code, 60),
                   code, fitting(message, 160), message);
}

static evpack_status add_record(records *r, const cut_element *e, const json *value,
                                evpack_err *err)
{
    shape *s = &r->shape;
    EVPACK_TRY(shape_recognise(r->table, e->text, e->len, value, s, err));
    if (s->subject.len == 0) {
        buf_printf(&s->subject, "%s:%lld", s->kind, (long long)import_next_record(r->into));
        EVPACK_TRY(buf_status(&s->subject, err));
    }
    note_kind(r, s->kind);
    r->records++;
    r->summaries += !s->complete;
    const import_record_row row = {
        .kind = s->kind,
        .subject = buf_str(&s->subject),
        .id_given = s->id_given,
        .type = s->type.len > 0 ? buf_str(&s->type) : NULL,
        .name = s->name,
        .scope = s->scope.len > 0 ? buf_str(&s->scope) : NULL,
        .parent = s->parent.len > 0 ? buf_str(&s->parent) : NULL,
        .complete = s->complete,
        .normalised = s->normalised,
        .pointer = e->pointer,
        .start = e->start + r->shift,
        .length = e->length,
        .body = s->body.len > 0 ? buf_str(&s->body) : e->text,
        .body_len = s->body.len > 0 ? s->body.len : e->len,
    };
    return import_record(r->into, &row, err);
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

evpack_status records_element(void *ctx, const cut_element *e, evpack_err *err)
{
    records *r = ctx;
    if (!e->is_object) {
        r->not_objects++;
        return EVPACK_OK;
    }
    EVPACK_AUTO(json_doc) doc = NULL;
    evpack_status status = json_parse(e->text, e->len, true, &doc, err);
    if (status == EVPACK_E_LIMIT) {
        r->unread++; /* sound JSON that cannot be held: ugly, but evidence */
        return EVPACK_OK;
    }
    EVPACK_TRY(status);
    if (records_note_twice(r, e->pointer, json_root(doc))) {
        return EVPACK_OK;
    }
    const char *code = NULL;
    const char *message = NULL;
    if (shape_is_error(json_root(doc), &code, &message)) {
        records_note_error(r, code, message);
        return EVPACK_OK;
    }
    if (shape_has_error(json_root(doc), &code, &message) &&
        json_get(json_root(doc), "id") == NULL) {
        records_note_error(r, code, message);
    }
    return add_record(r, e, json_root(doc), err);
}

evpack_status records_forget(records *r, evpack_err *err)
{
    EVPACK_TRY(import_forget_records(r->into, err));
    r->records = r->summaries = r->not_objects = r->unread = 0;
    r->kind = NULL;
    r->failed = false;
    return EVPACK_OK;
}

void records_reset(records *r)
{
    shape_reset(&r->shape);
    buf_reset(&r->next);
    buf_reset(&r->context);
}
