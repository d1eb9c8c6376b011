/*
 * Reading one file. Invariant: its bytes reach the store before anything looks at them, whatever
 * they are; its records reach the case only when the whole file was read and is sound. It is read
 * once; only an object that looked like a page and is not is looked at again, in the store.
 */
#include "collect/document.h"

#include "base/file.h"
#include "base/text.h"
#include "collect/cut.h"

#include <stdio.h>
#include <string.h>

enum { BLOCK = 256 << 10 };

typedef struct {
    import *into;
    const shapes *table;
    shape shape; /* reused from record to record */
    uint64_t records, summaries, not_objects, unread;
    const char *kind; /* of the records so far; "mixed" */
    bool failed;      /* an error body in place of a result */
    char error[256];
    bool ambiguous; /* a member stands twice with different values */
    char twice[192];
    uint64_t shift; /* bytes of the byte order mark before the text */
} reader;

static void note_kind(reader *r, const char *kind)
{
    if (r->kind == NULL || strcmp(r->kind, kind) == 0) {
        r->kind = kind;
    } else {
        r->kind = "mixed";
    }
}

/* As much of a text as fits in most bytes, without a half character at its end. */
static int fitting(const char *text, size_t most)
{
    size_t len = strnlen(text, most);
    return (int)(len < most ? len : text_utf8_check(text, len));
}

static void note_error(reader *r, const char *code, const char *message)
{
    r->failed = true;
    code = code == NULL ? "no code" : code;
    message = message == NULL ? "no message" : message;
    (void)snprintf(r->error, sizeof r->error, "the export failed: %.*s: %.*s", fitting(code, 60),
                   code, fitting(message, 160), message);
}

static evpack_status add_record(reader *r, const cut_element *e, const json *value, evpack_err *err)
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
static bool note_twice(reader *r, const char *pointer, const json *value)
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

static evpack_status on_element(void *ctx, const cut_element *e, evpack_err *err)
{
    reader *r = ctx;
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
    if (note_twice(r, e->pointer, json_root(doc))) {
        return EVPACK_OK;
    }
    const char *code = NULL;
    const char *message = NULL;
    if (shape_is_error(json_root(doc), &code, &message)) {
        note_error(r, code, message);
        return EVPACK_OK;
    }
    if (shape_has_error(json_root(doc), &code, &message) &&
        json_get(json_root(doc), "id") == NULL) {
        note_error(r, code, message);
    }
    return add_record(r, e, json_root(doc), err);
}

/* The encoding that the first bytes show, and how many of them are a byte order mark. */
static const char *sniff(const unsigned char *p, size_t len, uint64_t *mark)
{
    *mark = 0;
    if (len >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0) {
        *mark = 3;
        return "utf-8-bom";
    }
    bool four = len >= 4;
    if (len >= 2 && ((p[0] == 0xff && p[1] == 0xfe) ||
                     (four && p[0] != 0 && p[1] == 0 && p[2] != 0 && p[3] == 0))) {
        return "utf-16le";
    }
    if (len >= 2 && ((p[0] == 0xfe && p[1] == 0xff) ||
                     (four && p[0] == 0 && p[1] != 0 && p[2] == 0 && p[3] != 0))) {
        return "utf-16be";
    }
    return len > 0 && memchr(p, '\0', len) != NULL ? "binary" : "utf-8";
}

typedef struct {
    cut *cutter;
    uint64_t skip; /* the byte order mark, when it is read again */
} refeed;

static evpack_status on_reread(void *ctx, const void *data, size_t len, evpack_err *err)
{
    refeed *f = ctx;
    size_t skip = f->skip < len ? (size_t)f->skip : len;
    f->skip -= skip;
    return cut_feed(f->cutter, (const char *)data + skip, len - skip, err);
}

/* A resource with a "value" array of its own was taken for a page: cut it again as one object. */
static evpack_status as_object(reader *r, cut_result *cut_out, evpack_err *err)
{
    EVPACK_TRY(import_forget_records(r->into, err));
    r->records = r->summaries = r->not_objects = r->unread = 0;
    r->kind = NULL;
    r->failed = false;
    cut_listener listener = {on_element, r};
    EVPACK_AUTO(cut) again = NULL;
    EVPACK_TRY(cut_new(&listener, true, &again, err));
    refeed feed = {again, r->shift};
    EVPACK_TRY(import_reread(r->into, on_reread, &feed, err));
    EVPACK_TRY(cut_finish(again, cut_out, err));
    cut_out->envelope = NULL;
    cut_out->envelope_len = 0;
    return EVPACK_OK;
}

static void set_reason(document_result *out, const char *completeness, const char *reason)
{
    (void)snprintf(out->completeness, sizeof out->completeness, "%s", completeness);
    (void)snprintf(out->reason, sizeof out->reason, "%s", reason);
}

static void say(document_result *out, const char *kind, const char *completeness,
                const char *reason)
{
    (void)snprintf(out->kind, sizeof out->kind, "%s", kind);
    set_reason(out, completeness, reason);
}

static const char *next_link(const json *envelope)
{
    static const char *const names[] = {"nextLink", "@odata.nextLink", "@nextLink", "$skipToken"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const json *link = json_get_set(envelope, names[i]);
        bool none = json_is_string(link) && json_string(link)[0] == '\0';
        if (link != NULL && !none) {
            return names[i];
        }
    }
    return NULL;
}

/* How many members of that name an object has. */
static unsigned count_named(const json *object, const char *name)
{
    unsigned n = 0;
    for (const json *m = json_first(object); m != NULL; m = json_next(m)) {
        n += strcmp(json_name(m), name) == 0;
    }
    return n;
}

static evpack_status judge_page(reader *r, const cut_result *c, document_result *out,
                                evpack_err *err)
{
    EVPACK_AUTO(json_doc) doc = NULL;
    EVPACK_TRY(json_parse(c->envelope, c->envelope_len, true, &doc, err));
    const json *envelope = json_root(doc);
    const char *kind = r->kind != NULL ? r->kind : shape_of_page(r->table, envelope);
    const char *link = next_link(envelope);
    const char *code = NULL;
    const char *message = NULL;
    say(out, kind == NULL ? "empty" : kind, "whole", "");
    if (link != NULL) {
        char reason[128];
        (void)snprintf(reason, sizeof reason,
                       "%s says that more pages follow; they are not in this file", link);
        set_reason(out, "partial", reason);
    } else if (shape_has_error(envelope, &code, &message)) {
        note_error(r, code, message);
    } else if (count_named(envelope, "value") > 1) {
        set_reason(out, "partial", "'value' is there twice; only the first was read");
    }
    return EVPACK_OK;
}

static void judge_fault(const reader *r, const jscan_fault *fault, document_result *out)
{
    char reason[256];
    uint64_t at = fault->offset + r->shift;
    (void)snprintf(reason, sizeof reason, "line %llu, column %llu (byte %llu): %s",
                   (unsigned long long)fault->line, (unsigned long long)fault->column,
                   (unsigned long long)at, fault->what);
    say(out, "unrecognised", fault->at_end ? "truncated" : "unrecognised", reason);
}

static void judge_list(const reader *r, document_result *out)
{
    if (r->kind == NULL) {
        say(out, "empty", "unstated", "an empty list; nothing says what it lists");
    } else {
        say(out, r->kind, "unstated", "");
    }
}

static void judge_object(const reader *r, document_result *out)
{
    if (strcmp(r->kind, "other") == 0) {
        say(out, r->kind, "unstated", "a JSON object of no kind that evpack knows");
    } else {
        say(out, r->kind, "whole", "");
    }
}

/* What is missing from a file that is sound otherwise. */
static void judge_rest(const reader *r, document_result *out)
{
    if (r->failed) {
        set_reason(out, "partial", r->error);
    } else if (r->not_objects + r->unread > 0) {
        char reason[128];
        unsigned long long count = r->not_objects + r->unread;
        (void)snprintf(reason, sizeof reason, "%llu of its elements could not be read as objects",
                       count);
        set_reason(out, "partial", reason);
    }
}

static evpack_status judge(reader *r, const cut_result *c, document_result *out, evpack_err *err)
{
    if (c->fault.what != NULL) {
        judge_fault(r, &c->fault, out);
        return EVPACK_OK;
    }
    if (r->ambiguous) {
        say(out, "unrecognised", "unrecognised", r->twice);
        return EVPACK_OK;
    }
    if (r->failed && r->records == 0) {
        say(out, "error", "failed", r->error);
        return EVPACK_OK;
    }
    if (c->shape == CUT_SCALAR || (r->records == 0 && r->not_objects + r->unread > 0)) {
        say(out, "unrecognised", "unrecognised", "JSON, but without an object in it");
        return EVPACK_OK;
    }
    if (c->shape == CUT_PAGE) {
        EVPACK_TRY(judge_page(r, c, out, err));
    } else if (c->shape == CUT_OBJECT) {
        judge_object(r, out);
    } else {
        judge_list(r, out);
    }
    if (r->records > 0 && r->summaries == r->records && strcmp(out->completeness, "partial") != 0) {
        set_reason(out, "summary", "the objects have no properties: a generic resource list");
    }
    judge_rest(r, out);
    return EVPACK_OK;
}

/* Reads, stores and cuts; utf8 says whether the text can be read at all. */
static evpack_status stream(reader *r, cut *cutter, const document_source *from,
                            document_result *out, evpack_err *err)
{
    static const size_t block_size = BLOCK;
    EVPACK_AUTO_CHARS block = malloc(block_size);
    if (block == NULL) {
        return evpack_oom(err);
    }
    bool first = true;
    for (size_t got = block_size; got == block_size; first = false) {
        EVPACK_TRY(from->read(from->ctx, block, block_size, &got, err));
        EVPACK_TRY(import_bytes(r->into, block, got, err));
        size_t skip = 0;
        if (first) {
            (void)snprintf(out->encoding, sizeof out->encoding, "%s",
                           sniff((const unsigned char *)block, got, &r->shift));
            skip = (size_t)r->shift;
        }
        EVPACK_TRY(cut_feed(cutter, block + skip, got - skip, err));
    }
    return EVPACK_OK;
}

static const char *shape_word(const reader *r, const cut_result *c)
{
    if (c->fault.what != NULL) {
        return "none";
    }
    if (r->failed && r->records == 0) {
        return "error";
    }
    return c->shape == CUT_ARRAY    ? "array"
           : c->shape == CUT_PAGE   ? "page"
           : c->shape == CUT_OBJECT ? "object"
                                    : "none";
}

static evpack_status read_in(reader *r, const document_source *from, const char *path,
                             document_result *out, evpack_err *err)
{
    cut_listener listener = {on_element, r};
    EVPACK_AUTO(cut) cutter = NULL;
    EVPACK_TRY(cut_new(&listener, false, &cutter, err));
    EVPACK_TRY(stream(r, cutter, from, out, err));
    cut_result c;
    EVPACK_TRY(cut_finish(cutter, &c, err));
    if (c.fault.what == NULL && c.shape == CUT_PAGE) {
        EVPACK_AUTO(json_doc) envelope = NULL;
        EVPACK_TRY(json_parse(c.envelope, c.envelope_len, true, &envelope, err));
        (void)note_twice(r, "", json_root(envelope));
        if (json_get_string(json_root(envelope), "id") != NULL) {
            EVPACK_TRY(as_object(r, &c, err));
        }
    }
    if ((c.fault.what != NULL || r->ambiguous) && r->records > 0) {
        EVPACK_TRY(import_forget_records(r->into, err));
    }
    EVPACK_TRY(judge(r, &c, out, err));
    if (c.fault.what != NULL && strcmp(c.fault.what, "not UTF-8") == 0 &&
        strcmp(out->encoding, "utf-8") == 0) {
        (void)snprintf(out->encoding, sizeof out->encoding, "binary");
    }
    if (c.fault.what != NULL && strncmp(out->encoding, "utf-16", 6) == 0) {
        say(out, "unrecognised", "unrecognised",
            "UTF-16 text, which this version does not read: save it as UTF-8");
    }
    const import_file_row row = {.path = path,
                                 .kind = out->kind,
                                 .encoding = out->encoding,
                                 .shape = shape_word(r, &c),
                                 .completeness = out->completeness,
                                 .reason = out->reason[0] == '\0' ? NULL : out->reason};
    return import_file_end(r->into, &row, &out->stored, err);
}

evpack_status document_import_from(import *into, const shapes *table, const document_source *source,
                                   const char *path, document_result *result, evpack_err *err)
{
    *result = (document_result){0};
    reader r = {.into = into, .table = table};
    EVPACK_TRY(import_file_begin(into, err));
    evpack_status status = read_in(&r, source, path, result, err);
    shape_reset(&r.shape);
    return status;
}

static evpack_status read_from_fd(void *ctx, void *data, size_t len, size_t *got, evpack_err *err)
{
    const int *fd = ctx;
    return file_read_fd(*fd, data, len, got, err);
}

evpack_status document_import(import *into, const shapes *table, int fd, const char *path,
                              document_result *result, evpack_err *err)
{
    const document_source source = {read_from_fd, &fd};
    return document_import_from(into, table, &source, path, result, err);
}

evpack_status document_keep(import *into, int fd, const char *path, const char *reason,
                            document_result *result, evpack_err *err)
{
    *result = (document_result){.encoding = "binary"};
    say(result, "archive", reason == NULL ? "whole" : "unrecognised", reason == NULL ? "" : reason);
    EVPACK_TRY(import_file_begin(into, err));
    EVPACK_AUTO_CHARS block = malloc(BLOCK);
    if (block == NULL) {
        return evpack_oom(err);
    }
    for (size_t got = BLOCK; got == BLOCK;) {
        EVPACK_TRY(file_read_fd(fd, block, BLOCK, &got, err));
        EVPACK_TRY(import_bytes(into, block, got, err));
    }
    const import_file_row row = {.path = path,
                                 .kind = result->kind,
                                 .encoding = result->encoding,
                                 .shape = "none",
                                 .completeness = result->completeness,
                                 .reason = result->reason[0] == '\0' ? NULL : result->reason};
    return import_file_end(into, &row, &result->stored, err);
}
