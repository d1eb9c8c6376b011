/*
 * Writing an engagement. Invariant: it is all in the case, or the caller's rollback leaves nothing
 * of it. Refuses to judge: what is in it was checked when it was read (collect/engagement).
 */
#include "collect/engagement_import.h"

#include "base/file.h"
#include "base/jscan.h"
#include "collect/plain.h"
#include "store/custody.h"
#include "store/engagement.h"

#include <stdio.h>
#include <string.h>

enum { BLOCK = 256 << 10 };

typedef struct {
    store *s;
    const engagement *g;
    const engagement_options *o;
    import *into;
    int64_t id; /* of the engagement's row */
    uint64_t files;
    char sha256[65];
} writing;

/* A kind of record, and where it stands in its file. */
typedef struct {
    const char *kind;
    const char *list;      /* pointer of the array; "": the document itself */
    const char *id, *name; /* members */
    engagement_role role;  /* of the file */
} record_kind;

static const record_kind kinds[] = {
    {"engagement", "", "reference", "title", ENGAGEMENT_ITSELF},
    {"assurance-report", "/assurance", "id", "name", ENGAGEMENT_ITSELF},
    {"exception", "/exceptions", "id", "id", ENGAGEMENT_EXCEPTIONS},
    {"attestation", "/attestations", "id", "id", ENGAGEMENT_ATTESTATIONS},
};

/* Without white space, and as SQLite reads what it means. *mended says whether it differs. */
static evpack_status minify(jptr_value value, buf *out, bool *mended, evpack_err *err)
{
    EVPACK_AUTO(jscan) scan = NULL;
    jscan_fault fault;
    EVPACK_TRY(jscan_new(NULL, ENGAGEMENT_TEXT_MAX, &scan, err));
    EVPACK_TRY(jscan_feed(scan, value.text, value.len, err));
    EVPACK_TRY(jscan_finish(scan, &fault, err));
    const buf *copy = jscan_copy(scan);
    buf_clear(out);
    *mended = plain_text(buf_str(copy), copy->len, out);
    if (!*mended) {
        buf_clear(out);
        buf_append(out, buf_str(copy), copy->len);
    }
    return buf_status(out, err);
}

static evpack_status add_record(writing *w, const engagement_text *t, const record_kind *k,
                                jptr_value value, const char *pointer, evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf body = {0};
    bool mended = false;
    EVPACK_TRY(minify(value, &body, &mended, err));
    EVPACK_AUTO(json_doc) doc = NULL;
    EVPACK_TRY(json_parse(buf_str(&body), body.len, true, &doc, err));
    const char *id = json_get_string(json_root(doc), k->id);
    EVPACK_AUTO_VALUE(buf_reset) buf subject = {0};
    buf_printf(&subject, "%s:%s", k->kind, id);
    EVPACK_TRY(buf_status(&subject, err));
    const import_record_row row = {.kind = k->kind,
                                   .subject = buf_str(&subject),
                                   .name = json_get_string(json_root(doc), k->name),
                                   .complete = true,
                                   .normalised = mended,
                                   .pointer = pointer,
                                   .start = engagement_text_offset(t, value),
                                   .length = value.len,
                                   .body = buf_str(&body),
                                   .body_len = body.len};
    return import_record(w->into, &row, err);
}

static evpack_status add_kind(writing *w, const engagement_text *t, const record_kind *k,
                              uint64_t *made, evpack_err *err)
{
    jptr_value list = {0};
    if (!engagement_text_find(t, k->list, &list)) {
        return EVPACK_OK;
    }
    if (k->list[0] == '\0') {
        ++*made;
        return add_record(w, t, k, list, "", err);
    }
    size_t at = 0;
    unsigned n = 0;
    for (jptr_value item; jptr_element(list, &at, &item); n++) {
        char pointer[40];
        (void)snprintf(pointer, sizeof pointer, "%s/%u", k->list, n);
        EVPACK_TRY(add_record(w, t, k, item, pointer, err));
        ++*made;
    }
    return EVPACK_OK;
}

/* A file that is read: its kind is that of its first records. */
static evpack_status write_text(writing *w, const engagement_entry *e, document_result *out,
                                evpack_err *err)
{
    const engagement_text *t = &e->text;
    uint64_t made = 0;
    const char *kind = NULL;
    EVPACK_TRY(import_bytes(w->into, t->bytes.data, t->bytes.len, err));
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (kinds[i].role == e->role) {
            kind = kind == NULL ? kinds[i].kind : kind;
            EVPACK_TRY(add_kind(w, t, &kinds[i], &made, err));
        }
    }
    const import_document_row row = {.start = t->mark,
                                     .length = t->bytes.len - t->mark,
                                     .kind = kind,
                                     .shape = "object",
                                     .completeness = "whole",
                                     .records = made,
                                     .stated = -1,
                                     .total = -1};
    EVPACK_TRY(import_document(w->into, &row, err));
    judge_say(&out->says, kind, "whole", "");
    out->says.shape = "object";
    (void)snprintf(out->encoding, sizeof out->encoding, "%s", t->mark > 0 ? "utf-8-bom" : "utf-8");
    return EVPACK_OK;
}

static evpack_status write_bytes(writing *w, const engagement_entry *e, document_result *out,
                                 evpack_err *err)
{
    EVPACK_AUTO_FD fd = -1;
    file_stamp was;
    EVPACK_TRY(engagement_open(w->g, e, &fd, err));
    EVPACK_TRY(file_stamp_fd(fd, &was, err));
    EVPACK_AUTO_CHARS block = malloc(BLOCK);
    if (block == NULL) {
        return evpack_oom(err);
    }
    for (size_t got = BLOCK; got == BLOCK;) {
        EVPACK_TRY(file_read_fd(fd, block, BLOCK, &got, err));
        EVPACK_TRY(import_bytes(w->into, block, got, err));
    }
    EVPACK_TRY(file_unchanged_fd(fd, &was, err));
    judge_say(&out->says, "attachment", "whole", "");
    out->says.shape = "none";
    (void)snprintf(out->encoding, sizeof out->encoding, "binary");
    return EVPACK_OK;
}

/* Equal bytes under one path are one evidence file, which cannot be read in two ways. */
static evpack_status same_kind(const writing *w, const engagement_entry *e,
                               const document_result *r, evpack_err *err)
{
    if (!r->stored.already) {
        return EVPACK_OK;
    }
    EVPACK_AUTO(db_stmt) kind = NULL;
    EVPACK_TRY(db_prepare(store_db(w->s), "SELECT kind FROM evidence WHERE id = ?", &kind, err));
    EVPACK_TRY(db_bind(kind, err, "i", r->stored.evidence));
    bool row = false;
    EVPACK_TRY(db_step(kind, &row, err));
    if (e->text.doc != NULL && strcmp(db_text_or_empty(kind, 0), r->says.kind) != 0) {
        return evpack_fail(err, EVPACK_E_INPUT,
                           "%s: is in the case as kind %s already: give it another name", e->path,
                           db_text_or_empty(kind, 0));
    }
    return EVPACK_OK;
}

static evpack_status write_entry(writing *w, const engagement_entry *e, evpack_err *err)
{
    document_result r = {0};
    EVPACK_TRY(import_file_begin(w->into, err));
    EVPACK_TRY(e->text.doc != NULL ? write_text(w, e, &r, err) : write_bytes(w, e, &r, err));
    const import_file_row row = {.path = e->path,
                                 .kind = r.says.kind,
                                 .encoding = r.encoding,
                                 .shape = r.says.shape,
                                 .completeness = r.says.completeness};
    EVPACK_TRY(import_file_end(w->into, &row, &r.stored, err));
    EVPACK_TRY(same_kind(w, e, &r, err));
    if (e->role == ENGAGEMENT_ITSELF) {
        memcpy(w->sha256, r.stored.sha256, sizeof w->sha256);
        EVPACK_TRY(engagement_add(w->s, r.stored.evidence, w->o->now, &w->id, err));
    } else {
        EVPACK_TRY(engagement_add_file(w->s, w->id, r.stored.evidence,
                                       engagement_role_word(e->role), err));
    }
    w->files++;
    if (w->o->each != NULL) {
        w->o->each(w->o->ctx, e->path, &r);
    }
    return EVPACK_OK;
}

static evpack_status log_it(const writing *w, const engagement_held *before, evpack_err *err)
{
    const json *root = json_root(w->g->at[0].text.doc);
    EVPACK_AUTO_VALUE(buf_reset) buf detail = {0};
    buf_printf(
        &detail,
        "{\"snapshot\":\"" ENGAGEMENT_LABEL "\",\"engagement\":\"%s\",\"reference\":", w->sha256);
    const char *reference = json_get_string(root, "reference");
    buf_json_string(&detail, reference, strlen(reference));
    buf_puts(&detail, ",\"replaces\":");
    buf_puts(&detail, before->id == 0 ? "null" : "\"");
    buf_puts(&detail, before->id == 0 ? "" : before->sha256);
    buf_puts(&detail, before->id == 0 ? "" : "\"");
    if (w->o->package != NULL) {
        buf_puts(&detail, ",\"package\":");
        buf_json_text(&detail, w->o->package);
    }
    buf_printf(&detail,
               ",\"files\":%llu,\"exceptions\":%llu,\"attestations\":%llu,\"assurance\":%llu}",
               (unsigned long long)w->files, (unsigned long long)w->g->exceptions,
               (unsigned long long)w->g->attestations, (unsigned long long)w->g->assurance);
    EVPACK_TRY(buf_status(&detail, err));
    const custody_event event = {.event = "collect",
                                 .by = w->o->by,
                                 .reason = w->o->reason,
                                 .detail = buf_str(&detail),
                                 .at = w->o->now};
    return custody_add(w->s, &event, err);
}

static evpack_status write_all(writing *w, evpack_err *err)
{
    engagement_held before;
    EVPACK_TRY(engagement_find(w->s, &before, err));
    for (size_t i = 0; i < w->g->count; i++) {
        const engagement_entry *e = &w->g->at[i];
        if (write_entry(w, e, err) != EVPACK_OK) {
            return evpack_context(err, "%s%s", w->g->prefix, e->path);
        }
    }
    return log_it(w, &before, err);
}

evpack_status engagement_import(store *s, const engagement *g, const engagement_options *options,
                                evpack_err *err)
{
    if (!options->within) {
        EVPACK_TRY(store_begin(s, err));
    }
    const import_options with = {.label = ENGAGEMENT_LABEL,
                                 .now = options->now,
                                 .watch = options->watch,
                                 .within = true,
                                 .engagement = true};
    EVPACK_AUTO(import) into = NULL;
    EVPACK_TRY(import_begin(s, &with, &into, err));
    writing w = {.s = s, .g = g, .o = options, .into = into};
    return write_all(&w, err);
}
