/*
 * Judging a document. Invariant: `whole` is said only when something in the document says so; what
 * cannot be understood is `unrecognised`, with the reason. Refuses to know other files.
 */
#include "collect/judge.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

static void set_reason(judgement *out, const char *completeness, const char *reason)
{
    (void)snprintf(out->completeness, sizeof out->completeness, "%s", completeness);
    (void)snprintf(out->reason, sizeof out->reason, "%s", reason);
}

void judge_say(judgement *out, const char *kind, const char *completeness, const char *reason)
{
    (void)snprintf(out->kind, sizeof out->kind, "%s", kind);
    set_reason(out, completeness, reason);
}

/* The member that says that more rows follow, and its text into r->next; NULL: none does. */
static const char *next_link(records *r, const json *envelope)
{
    static const char *const names[] = {"nextLink",   "@odata.nextLink", "@nextLink",
                                        "$skipToken", "skip_token",      "skipToken"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const json *link = json_get_set(envelope, names[i]);
        bool none = json_is_string(link) && json_string(link)[0] == '\0';
        if (link != NULL && !none) {
            buf_puts(&r->next, json_is_string(link) ? json_string(link) : "");
            return names[i];
        }
    }
    return NULL;
}

/* The first of these members that is a number of rows; -1 when none is. */
static int64_t number_of(const json *envelope, const char *const *names)
{
    for (; *names != NULL; names++) {
        const json *n = json_get(envelope, *names);
        if (json_is_number(n) && json_number(n) >= 0 && json_number(n) < 1e15) {
            return (int64_t)json_number(n);
        }
    }
    return -1;
}

/* What the envelope says of the number of rows, against those that are there. An OData count may be
 * of this page or of all pages: more than are here means the latter. */
static void judge_counts(uint64_t elements, const json *envelope, judgement *out)
{
    static const char *const stated[] = {"count", "@odata.count", NULL};
    static const char *const total[] = {"total_records", "totalRecords", NULL};
    int64_t here = (int64_t)elements;
    out->stated = number_of(envelope, stated);
    out->total = number_of(envelope, total);
    if (out->total < 0 && out->stated > here) {
        out->total = out->stated;
    }
    const json *flag = json_get(envelope, "resultTruncated");
    bool truncated = json_is_true(flag) || text_same(json_string(flag), "true");
    char reason[128] = "";
    if (out->total > here) {
        (void)snprintf(reason, sizeof reason, "%lld of %lld rows " JUDGE_MORE,
                       (long long)(out->total - here), (long long)out->total);
    } else if (truncated) {
        (void)snprintf(reason, sizeof reason, "resultTruncated is true: further rows " JUDGE_MORE);
    } else if (out->stated >= 0 && out->stated != here) {
        (void)snprintf(reason, sizeof reason, "it says that it holds %lld rows, and holds %lld",
                       (long long)out->stated, (long long)here);
    }
    if (reason[0] != '\0') {
        set_reason(out, "partial", reason);
    }
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

static evpack_status judge_page(records *r, const cut_result *c, judgement *out, evpack_err *err)
{
    EVPACK_AUTO(json_doc) doc = NULL;
    EVPACK_TRY(json_parse(c->envelope, c->envelope_len, true, &doc, err));
    const json *envelope = json_root(doc);
    const char *kind = r->kind != NULL ? r->kind : shape_of_page(r->table, envelope);
    const char *link = next_link(r, envelope);
    const char *code = NULL;
    const char *message = NULL;
    judge_say(out, kind == NULL ? "empty" : kind, "whole", "");
    judge_counts(c->elements, envelope, out);
    if (link != NULL) {
        char reason[128];
        (void)snprintf(reason, sizeof reason, "%s says that more pages follow; they " JUDGE_MORE,
                       link);
        set_reason(out, "partial", reason);
    } else if (shape_has_error(envelope, &code, &message)) {
        records_note_error(r, code, message);
    } else if (count_named(envelope, "value") > 1) {
        set_reason(out, "partial", "'value' is there twice; only the first was read");
    }
    return buf_status(&r->next, err);
}

/* fault->offset is that in the file. What a list held before it broke off is kept, marked. */
static void judge_fault(const records *r, const jscan_fault *fault, judgement *out)
{
    char reason[256];
    int n = snprintf(reason, sizeof reason, "line %llu, column %llu (byte %llu): %s",
                     (unsigned long long)fault->line, (unsigned long long)fault->column,
                     (unsigned long long)fault->offset, fault->what);
    if (fault->at_end && r->records > 0 && n > 0 && (size_t)n < sizeof reason) {
        (void)snprintf(reason + n, sizeof reason - (size_t)n,
                       "; %llu object%s before it %s kept, and prove%s nothing",
                       (unsigned long long)r->records, r->records == 1 ? "" : "s",
                       r->records == 1 ? "is" : "are", r->records == 1 ? "s" : "");
    }
    judge_say(out, fault->at_end && r->kind != NULL ? r->kind : "unrecognised",
              fault->at_end ? "truncated" : "unrecognised", reason);
}

static void judge_list(const records *r, judgement *out)
{
    if (r->kind == NULL) {
        judge_say(out, "empty", "unstated", "an empty list; nothing says what it lists");
    } else {
        judge_say(out, r->kind, "unstated", "");
    }
}

static void judge_object(const records *r, judgement *out)
{
    if (strcmp(r->kind, "other") == 0) {
        judge_say(out, r->kind, "unstated", "a JSON object of no kind that evpack knows");
    } else {
        judge_say(out, r->kind, "whole", "");
    }
}

/* What is declared is no state, whether it was deployed or not. */
static bool is_declaration(const judgement *out)
{
    return strncmp(out->kind, "template", strlen("template")) == 0;
}

/* What is missing from a file that is sound otherwise. */
static void judge_rest(const records *r, judgement *out)
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

static const char *shape_word(const records *r, const cut_result *c)
{
    if (c->fault.what != NULL && !(c->fault.at_end && r->records > 0)) {
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

evpack_status judge_document(records *r, const cut_result *c, judgement *out, evpack_err *err)
{
    *out = (judgement){.shape = shape_word(r, c), .stated = -1, .total = -1};
    buf_clear(&r->next);
    if (c->fault.what != NULL) {
        judge_fault(r, &c->fault, out);
        return EVPACK_OK;
    }
    if (r->ambiguous) {
        judge_say(out, "unrecognised", "unrecognised", r->twice);
        return EVPACK_OK;
    }
    if (r->failed && r->records == 0) {
        judge_say(out, "error", "failed", r->error);
        return EVPACK_OK;
    }
    if (c->shape == CUT_SCALAR || (r->records == 0 && r->not_objects + r->unread > 0)) {
        judge_say(out, "unrecognised", "unrecognised", "JSON, but without an object in it");
        return EVPACK_OK;
    }
    if (c->shape == CUT_PAGE) {
        EVPACK_TRY(judge_page(r, c, out, err));
    } else if (c->shape == CUT_OBJECT) {
        judge_object(r, out);
    } else {
        judge_list(r, out);
    }
    if (is_declaration(out)) {
        set_reason(
            out, "summary",
            "a template says what is meant to be deployed, not what is: nothing in it is judged");
    } else if (r->records > 0 && r->summaries == r->records &&
               strcmp(out->completeness, "partial") != 0) {
        set_reason(out, "summary", "the objects have no properties: a generic resource list");
    }
    judge_rest(r, out);
    return EVPACK_OK;
}
