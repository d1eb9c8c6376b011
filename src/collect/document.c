/*
 * Reading one file. Invariant: its bytes reach the store before anything looks at them, whatever
 * they are. It is read once; only a file that turns out not to be what its beginning promised
 * (plain UTF-8 of whole documents) is looked at again, in the store, with what was learnt.
 */
#include "collect/document.h"

#include "base/file.h"
#include "base/text.h"
#include "collect/collection.h"
#include "collect/decode.h"
#include "collect/frame.h"
#include "collect/outcome.h"

#include <stdio.h>
#include <string.h>

/* Each pass teaches one thing, and none is unlearnt but the lines. */
_Static_assert(CUT_ELEMENT_MAX == 4 << 20, "what is said of larger values");
enum { BLOCK = 256 << 10, RAW_HEAD = 256, TEXT_HEAD = 4096, PASSES_MAX = 8 };

typedef struct {
    import *into;
    const shapes *table;
    uint64_t size;
    char raw[RAW_HEAD];
    size_t raw_len;
    bool ledger; /* of an export: read when all that it names is there (collect/collection.h) */
    /* What was learnt. */
    decode_guess guess;
    bool clean, no_lines;
    frame_mode mode;
    buf objects; /* ordinals (uint64_t) of documents that look like pages and are none */
    buf tables;  /* of tables, whose rows come before their columns can be known: ordinal, length
                    and text of the envelope, one after the other */
    bool learnt; /* objects or tables grew in this pass */
    /* This pass. */
    size_t next_object, next_table;
    buf text;
    places map;
    decode *decoder;
    frame *framer;
    records r;
    cut_listener cutting;
    uint64_t start; /* in the file, of the document that is read */
    outcome_sum sum;
    buf remarks;          /* on the records of the first document that gave cause for some */
    char fault[96];       /* what the first fault of a document was */
    char found;           /* and its byte */
    uint64_t fault_start; /* where in the text that document begins */
    bool at_end;
} reading;

static void reading_reset(reading *g)
{
    decode_free(g->decoder);
    frame_free(g->framer);
    places_reset(&g->map);
    buf_reset(&g->objects);
    buf_reset(&g->tables);
    buf_reset(&g->remarks);
    buf_reset(&g->text);
    records_reset(&g->r);
}

static evpack_status on_element(void *ctx, const cut_element *e, evpack_err *err)
{
    reading *g = ctx;
    EVPACK_TRY(records_element(&g->r, e, err));
    places_forget(&g->map, g->r.shift + e->start + e->length - 1);
    return EVPACK_OK;
}

/* Whether the pass before saw that this document is no page. */
static bool is_object(reading *g, uint64_t ordinal)
{
    uint64_t next = 0;
    if (g->next_object + sizeof next > g->objects.len) {
        return false;
    }
    memcpy(&next, g->objects.data + g->next_object, sizeof next);
    g->next_object += next == ordinal ? sizeof next : 0;
    return next == ordinal;
}

/* The columns of this table, when the pass before saw them. */
static evpack_status recall_columns(reading *g, uint64_t ordinal, evpack_err *err)
{
    uint64_t head[2] = {0};
    if (g->next_table + sizeof head > g->tables.len) {
        return EVPACK_OK;
    }
    memcpy(head, g->tables.data + g->next_table, sizeof head);
    if (head[0] != ordinal) {
        return EVPACK_OK;
    }
    const char *envelope = g->tables.data + g->next_table + sizeof head;
    g->next_table += sizeof head + (size_t)head[1];
    return records_columns(&g->r, envelope, (size_t)head[1], err);
}

static evpack_status on_begin(void *ctx, uint64_t ordinal, uint64_t start, cut **cutter,
                              evpack_err *err)
{
    reading *g = ctx;
    records_reset(&g->r);
    g->r = (records){.into = g->into, .table = g->table, .map = &g->map, .shift = start};
    g->start = places_at(&g->map, start);
    places_forget(&g->map, start);
    EVPACK_TRY(recall_columns(g, ordinal, err));
    g->cutting = (cut_listener){on_element, g};
    return cut_new(&g->cutting, is_object(g, ordinal), cutter, err);
}

/* Whether the array "data" is that of a query's answer, which counts its rows. */
static bool is_answer(const json *envelope)
{
    static const char *const names[] = {"count", "totalRecords", "total_records",
                                        "resultTruncated"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (json_get(envelope, names[i]) != NULL) {
            return true;
        }
    }
    return false;
}

/* A resource with a "value" array of its own is taken for a page: it must be cut again whole. A
 * table's rows are read when its columns are known. */
static evpack_status look_at_page(reading *g, const frame_document *doc, const cut_result *c,
                                  evpack_err *err)
{
    EVPACK_AUTO(json_doc) envelope = NULL;
    EVPACK_TRY(json_parse(c->envelope, c->envelope_len, true, &envelope, err));
    (void)records_note_twice(&g->r, "", json_root(envelope));
    if (json_get_string(json_root(envelope), "id") != NULL ||
        (c->list != CUT_VALUE && !is_answer(json_root(envelope)))) {
        buf_append(&g->objects, &doc->ordinal, sizeof doc->ordinal);
        g->learnt = true;
    } else if (c->list == CUT_ROWS && g->r.columns == NULL) {
        const uint64_t head[2] = {doc->ordinal, c->envelope_len};
        buf_append(&g->tables, head, sizeof head);
        buf_append(&g->tables, c->envelope, c->envelope_len);
        g->learnt = true;
    }
    EVPACK_TRY(buf_status(&g->tables, err));
    return buf_status(&g->objects, err);
}

static void note_fault(reading *g, const frame_document *doc, const jscan_fault *fault)
{
    if (g->fault[0] == '\0') {
        (void)snprintf(g->fault, sizeof g->fault, "%s", fault->what);
        g->found = doc->found;
        g->fault_start = doc->start;
        g->at_end = fault->at_end;
    }
}

/* A whole document as the one string of another, as ConvertTo-Json makes of text. */
static bool wraps_json(const cut_result *c)
{
    const char *p = c->envelope;
    if (c->shape != CUT_SCALAR || c->envelope_len < 3 || *p++ != '"') {
        return false;
    }
    while (*p == ' ' || (p[0] == '\\' && p[1] != '\0' && strchr("rnt", p[1]) != NULL)) {
        p += *p == ' ' ? 1 : 2;
    }
    return *p == '{' || *p == '[';
}

/* The document's fault, and where it is in the file. What ended the text early is the fault. */
static void place_fault(const reading *g, const frame_document *doc, jscan_fault *fault)
{
    const decode_tally *told = decode_told(g->decoder);
    if (fault->at_end && told->fault != NULL && !told->cut) {
        fault->at_end = false;
        fault->what = told->fault;
        fault->offset = told->fault_at;
        return;
    }
    if (strcmp(fault->what, "a value larger than the limit") == 0) {
        fault->what = "a value larger than 4 MiB, the most that evpack reads as one";
    }
    fault->offset = fault->offset < doc->end || doc->end == 0 ? places_at(&g->map, fault->offset)
                                                              : places_end(&g->map, fault->offset);
}

static evpack_status on_end(void *ctx, const frame_document *doc, evpack_err *err)
{
    reading *g = ctx;
    records *r = &g->r;
    cut_result c = doc->cut;
    if (c.fault.what != NULL) {
        note_fault(g, doc, &c.fault);
        place_fault(g, doc, &c.fault);
    } else if (c.shape == CUT_PAGE) {
        EVPACK_TRY(look_at_page(g, doc, &c, err));
    }
    if (c.fault.what == NULL && r->answers > 0) {
        c = r->inner; /* the answer that a wrapper holds is judged, not the wrapper */
    }
    if (g->remarks.len == 0) {
        records_remarks(r, &g->remarks);
        EVPACK_TRY(buf_status(&g->remarks, err));
    }
    judgement says;
    EVPACK_TRY(judge_document(r, &c, &says, err));
    if (c.fault.what == NULL && wraps_json(&c)) {
        judge_say(&says, "unrecognised", "unrecognised",
                  "a JSON text inside of a JSON string: export it again without ConvertTo-Json");
    }
    if (strcmp(says.completeness, "unrecognised") == 0 && r->records > 0) {
        EVPACK_TRY(import_forget_document(g->into, err));
        r->records = 0;
    }
    const import_document_row row = {.start = g->start,
                                     .length = places_end(&g->map, doc->end) - g->start,
                                     .kind = says.kind,
                                     .shape = says.shape,
                                     .completeness = says.completeness,
                                     .reason = says.reason[0] == '\0' ? NULL : says.reason,
                                     .records = r->records,
                                     .stated = says.stated,
                                     .total = says.total,
                                     .next = r->next.len > 0 ? buf_str(&r->next) : NULL,
                                     .context = r->context.len > 0 ? buf_str(&r->context) : NULL};
    EVPACK_TRY(import_document(g->into, &row, err));
    outcome_add(&g->sum, &says, doc, r->records);
    return EVPACK_OK;
}

static evpack_status begin_pass(reading *g, evpack_err *err)
{
    decode_free(g->decoder);
    frame_free(g->framer);
    g->decoder = NULL;
    g->framer = NULL;
    places_reset(&g->map);
    buf_clear(&g->text);
    g->sum = (outcome_sum){0};
    g->next_object = g->next_table = 0;
    buf_clear(&g->remarks);
    g->learnt = false;
    g->fault[0] = g->found = '\0';
    const frame_listener on = {on_begin, on_end, g};
    EVPACK_TRY(decode_new(g->guess, g->clean, &g->map, &g->decoder, err));
    return frame_new(g->mode, &on, &g->framer, err);
}

static evpack_status on_text(reading *g, const char *text, size_t len, evpack_err *err)
{
    if (g->text.len < TEXT_HEAD) {
        size_t room = TEXT_HEAD - g->text.len;
        buf_append(&g->text, text, len < room ? len : room);
        EVPACK_TRY(buf_status(&g->text, err));
    }
    return frame_feed(g->framer, text, len, err);
}

static evpack_status on_bytes(void *ctx, const void *data, size_t len, evpack_err *err)
{
    reading *g = ctx;
    if (g->ledger || frame_stopped(g->framer)) {
        return EVPACK_OK;
    }
    const char *text = NULL;
    size_t text_len = 0;
    EVPACK_TRY(decode_feed(g->decoder, data, len, &text, &text_len, err));
    return on_text(g, text, text_len, err);
}

static evpack_status end_pass(reading *g, frame_result *framed, evpack_err *err)
{
    const char *text = NULL;
    size_t len = 0;
    EVPACK_TRY(decode_finish(g->decoder, &text, &len, err));
    EVPACK_TRY(on_text(g, text, len, err));
    return frame_finish(g->framer, framed, err);
}

/* Reads and stores; the first pass goes along. */
static evpack_status stream(reading *g, const document_source *from, evpack_err *err)
{
    static const size_t block_size = BLOCK;
    EVPACK_AUTO_CHARS block = malloc(block_size);
    if (block == NULL) {
        return evpack_oom(err);
    }
    bool first = true;
    for (size_t got = block_size; got == block_size; first = false) {
        EVPACK_TRY(from->read(from->ctx, block, block_size, &got, err));
        EVPACK_TRY(import_bytes(g->into, block, got, err));
        g->size += got;
        if (first) {
            g->raw_len = got < RAW_HEAD ? got : RAW_HEAD;
            memcpy(g->raw, block, g->raw_len);
            g->guess = decode_sniff(block, got);
            const size_t mark = g->guess.mark < got ? g->guess.mark : got;
            g->ledger = collection_looks_so(block + mark, got - mark);
            EVPACK_TRY(begin_pass(g, err));
        }
        EVPACK_TRY(on_bytes(g, block, got, err));
    }
    return EVPACK_OK;
}

/* Bytes that are not UTF-8 are in a string, or in the text around the documents. */
static bool wants_1252(const reading *g, const frame_result *framed)
{
    return g->guess.as == DECODE_UTF8 &&
           (strcmp(g->fault, "not UTF-8") == 0 ||
            text_utf8_check(framed->said, framed->said_len) < framed->said_len);
}

/* Something went wrong, and it may be what a console put between. */
static bool wants_clean(const reading *g, const frame_result *framed)
{
    if (g->clean || (framed->bad == 0 && framed->fault.what == NULL && framed->documents > 0)) {
        return false;
    }
    const char *head = buf_str(&g->text);
    size_t len = g->text.len;
    return g->found == '\x1b' || (len > 0 && memchr(head, '\x1b', len) != NULL) ||
           (g->guess.as == DECODE_UTF8 && memchr(g->raw, '\x1b', g->raw_len) != NULL) ||
           memmem(head, len, " ..", 3) != NULL;
}

/* Could what broke be one line of many? Then the sound documents before it are lines, and so is it:
 * a line that only opens a document of many lines is none. */
static bool wants_lines(const reading *g, const frame_result *framed)
{
    uint64_t sound = framed->documents - framed->bad;
    if (g->mode == FRAME_LINES || g->no_lines || framed->bad != 1 || framed->one_line != sound) {
        return false;
    }
    if (sound > 0 || g->fault_start >= g->text.len) {
        return sound > 0;
    }
    const char *line = g->text.data + g->fault_start;
    size_t left = g->text.len - (size_t)g->fault_start;
    const char *newline = memchr(line, '\n', left);
    return newline != NULL && newline - line > 8;
}

/* Whether the lines were what they were taken for. */
static bool are_lines(const reading *g, const frame_result *framed)
{
    return !frame_stopped(g->framer) && !framed->hopeless && framed->one_line > framed->bad;
}

/* One thing more about the file; false: there is none. */
static bool learn(reading *g, const frame_result *framed)
{
    if (wants_1252(g, framed)) {
        g->guess.as = DECODE_1252;
    } else if (wants_clean(g, framed)) {
        g->clean = true;
    } else if (g->mode == FRAME_LINES && !are_lines(g, framed)) {
        g->mode = FRAME_FREE;
        g->no_lines = true;
    } else if (wants_lines(g, framed)) {
        g->mode = FRAME_LINES;
    } else {
        return g->learnt;
    }
    buf_clear(&g->objects); /* the ordinals may be others now */
    buf_clear(&g->tables);
    return true;
}

static evpack_status read_all(reading *g, const document_source *from, frame_result *framed,
                              evpack_err *err)
{
    EVPACK_TRY(stream(g, from, err));
    EVPACK_TRY(end_pass(g, framed, err));
    for (int pass = 1; pass < PASSES_MAX && !g->ledger && learn(g, framed); pass++) {
        EVPACK_TRY(import_forget_records(g->into, err));
        EVPACK_TRY(begin_pass(g, err));
        EVPACK_TRY(import_reread(g->into, on_bytes, g, err));
        EVPACK_TRY(end_pass(g, framed, err));
    }
    return EVPACK_OK;
}

/* A file without a document that may stand has one row all the same. */
static evpack_status whole_file(reading *g, const outcome *o, evpack_err *err)
{
    EVPACK_TRY(import_forget_records(g->into, err));
    const uint64_t mark = g->guess.mark < g->size ? g->guess.mark : g->size;
    const import_document_row row = {.start = mark,
                                     .length = g->size - mark,
                                     .kind = o->says.kind,
                                     .shape = o->says.shape,
                                     .completeness = o->says.completeness,
                                     .reason = o->says.reason,
                                     .stated = -1,
                                     .total = -1};
    return import_document(g->into, &row, err);
}

static evpack_status read_in(reading *g, const document_source *from, const char *path,
                             document_result *out, evpack_err *err)
{
    frame_result framed = {0};
    EVPACK_TRY(read_all(g, from, &framed, err));
    const outcome_facts facts = {.raw = g->raw,
                                 .raw_len = g->raw_len,
                                 .text = buf_str(&g->text),
                                 .text_len = g->text.len,
                                 .size = g->size,
                                 .fault_at = places_at(&g->map, framed.fault.offset),
                                 .guess = g->guess,
                                 .mode = g->mode,
                                 .decoded = decode_told(g->decoder),
                                 .framed = &framed,
                                 .documents = &g->sum};
    outcome o;
    EVPACK_TRY(outcome_of(&facts, &o, err));
    out->ledger = g->ledger;
    if (g->ledger) {
        judge_say(&o.says, "collection-ledger", "unstated", "");
        o.says.shape = "none";
        o.note[0] = '\0';
    }
    if (o.forget || g->ledger || g->sum.count == 0) {
        EVPACK_TRY(whole_file(g, &o, err));
    }
    if (g->remarks.len > 0) {
        size_t used = strlen(o.note);
        (void)snprintf(o.note + used, sizeof o.note - used, "%s%s", used > 0 ? "; " : "",
                       buf_str(&g->remarks));
        o.note[text_utf8_check(o.note, strlen(o.note))] = '\0';
    }
    out->says = o.says;
    (void)snprintf(out->encoding, sizeof out->encoding, "%s", o.encoding);
    (void)snprintf(out->note, sizeof out->note, "%s", o.note);
    const import_file_row row = {.path = path,
                                 .kind = o.says.kind,
                                 .encoding = o.encoding,
                                 .shape = o.says.shape,
                                 .completeness = o.says.completeness,
                                 .reason = o.says.reason[0] == '\0' ? NULL : o.says.reason,
                                 .note = o.note[0] == '\0' ? NULL : o.note};
    return import_file_end(g->into, &row, &out->stored, err);
}

evpack_status document_import_from(import *into, const shapes *table, const document_source *source,
                                   const char *path, document_result *result, evpack_err *err)
{
    *result = (document_result){0};
    EVPACK_TRY(import_file_begin(into, err));
    import_file_path(into, path);
    EVPACK_AUTO_VALUE(reading_reset) reading g = {.into = into, .table = table};
    return read_in(&g, source, path, result, err);
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
    judge_say(&result->says, "archive", reason == NULL ? "whole" : "unrecognised",
              reason == NULL ? "" : reason);
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
                                 .kind = result->says.kind,
                                 .encoding = result->encoding,
                                 .shape = "none",
                                 .completeness = result->says.completeness,
                                 .reason =
                                     result->says.reason[0] == '\0' ? NULL : result->says.reason};
    return import_file_end(into, &row, &result->stored, err);
}
