/*
 * The file's outcome. Invariant: it is never better than that of any of its documents, and whatever
 * was done to read the file stands in the note. Refuses to know what the documents mean.
 */
#include "collect/outcome.h"

#include "base/text.h"
#include "collect/look.h"

#include <stdio.h>
#include <string.h>

static bool is(const judgement *says, const char *completeness)
{
    return strcmp(says->completeness, completeness) == 0;
}

static void add_kind(outcome_sum *sum, const char *kind)
{
    if (strcmp(kind, "empty") == 0 || strcmp(kind, "unrecognised") == 0 ||
        strcmp(kind, "error") == 0) {
        return;
    }
    if (sum->kind == NULL) {
        (void)snprintf(sum->kind_text, sizeof sum->kind_text, "%s", kind);
        sum->kind = sum->kind_text;
    } else if (strcmp(sum->kind, kind) != 0) {
        sum->kind = "mixed";
    }
}

void outcome_add(outcome_sum *sum, const judgement *says, const frame_document *document,
                 uint64_t read)
{
    if (sum->count++ == 0) {
        sum->first = *says;
    }
    sum->records += read;
    sum->whole += is(says, "whole");
    sum->lists += strcmp(says->shape, "object") != 0;
    sum->summary += is(says, "summary");
    sum->truncated += is(says, "truncated");
    sum->failed += is(says, "failed");
    sum->unrecognised += is(says, "unrecognised");
    add_kind(sum, says->kind);
    if (is(says, "whole") || is(says, "unstated") || is(says, "summary")) {
        return;
    }
    if (sum->bad++ == 0 || (is(says, "truncated") && !is(&sum->worst, "truncated"))) {
        sum->worst = *says;
        sum->line = document->line;
        sum->found = document->found;
    }
}

static unsigned long long number(uint64_t n)
{
    return n;
}

static void say(judgement *out, const char *completeness, const char *reason)
{
    char kind[sizeof out->kind];
    (void)snprintf(kind, sizeof kind, "%s", out->kind);
    judge_say(out, kind, completeness, reason);
}

static void say_more(judgement *out, const char *more)
{
    size_t len = strlen(out->reason);
    (void)snprintf(out->reason + len, sizeof out->reason - len, "%s%s", len == 0 ? "" : "; ", more);
}

/* What is missing from one of several documents. */
static void say_worst(const outcome_sum *sum, const char *completeness, judgement *out)
{
    char reason[sizeof out->reason];
    bool placed = strncmp(sum->worst.reason, "line ", 5) == 0;
    int n = placed
                ? 0
                : snprintf(reason, sizeof reason, "the document on line %llu: ", number(sum->line));
    size_t at = n < 0 ? 0 : (size_t)n;
    (void)snprintf(reason + at, sizeof reason - at, "%s", sum->worst.reason);
    say(out, completeness, reason);
    if (sum->bad > 1) {
        char more[64];
        (void)snprintf(more, sizeof more, "%llu of %llu documents are not whole", number(sum->bad),
                       number(sum->count));
        say_more(out, more);
    }
}

static void several(const outcome_sum *sum, judgement *out)
{
    *out = (judgement){.shape = "several"};
    judge_say(out, sum->kind == NULL ? "empty" : sum->kind, "unstated", "");
    if (sum->failed == sum->count) {
        judge_say(out, "error", "failed", sum->first.reason);
    } else if (sum->unrecognised == sum->count) {
        judge_say(out, "unrecognised", "unrecognised", "");
        say_worst(sum, "unrecognised", out);
    } else if (sum->truncated > 0) {
        say_worst(sum, "truncated", out);
    } else if (sum->bad > 0) {
        say_worst(sum, "partial", out);
    } else if (sum->summary == sum->count) {
        say(out, "summary", sum->first.reason);
    } else if (sum->whole == sum->count && sum->lists == sum->count) {
        say(out, "whole", "");
    } else {
        say(out, "unstated", "several documents; nothing says whether they are all");
    }
}

static void at_place(const outcome_facts *f, const char *what, judgement *out)
{
    char reason[sizeof out->reason];
    const jscan_fault *fault = &f->framed->fault;
    (void)snprintf(reason, sizeof reason, "line %llu, column %llu (byte %llu): %s",
                   number(fault->line), number(fault->column), number(f->fault_at), what);
    judge_say(out, "unrecognised", "unrecognised", reason);
}

static void looks_like(const look *seen, judgement *out)
{
    char reason[sizeof out->reason];
    if (seen->failed) {
        (void)snprintf(reason, sizeof reason, "the export failed: %s: it looks like %s",
                       seen->code[0] == '\0' ? "no code" : seen->code, seen->name);
        judge_say(out, "error", "failed", reason);
        out->shape = "error";
        return;
    }
    (void)snprintf(reason, sizeof reason, "it looks like %s%s%s", seen->name,
                   seen->advice == NULL ? "" : ": ", seen->advice == NULL ? "" : seen->advice);
    judge_say(out, "unrecognised", "unrecognised", reason);
}

static size_t without_space(const char **text, size_t len)
{
    while (len > 0 && strchr(" \t\r\n", (*text)[len - 1]) != NULL) {
        len--;
    }
    while (len > 0 && strchr(" \t\r\n", **text) != NULL) {
        (*text)++;
        len--;
    }
    return len;
}

/* There is no document in it. */
static void nothing(const outcome_facts *f, const look *seen, judgement *out)
{
    const char *text = f->text;
    size_t len = without_space(&text, f->text_len);
    evpack_err ignored = {0};
    *out = (judgement){.shape = "none"};
    if (f->guess.as == DECODE_UTF32LE || f->guess.as == DECODE_UTF32BE) {
        judge_say(out, "unrecognised", "unrecognised",
                  "UTF-32, which evpack does not read: save it as UTF-8, or export it again with"
                  " -o json");
    } else if (f->size == 0) {
        judge_say(out, "unrecognised", "unrecognised",
                  "the file is empty: the command printed nothing, or failed; export it again");
    } else if (f->decoded->fault != NULL) {
        char reason[160];
        (void)snprintf(reason, sizeof reason, "byte %llu: %s", number(f->decoded->fault_at),
                       f->decoded->fault);
        judge_say(out, "unrecognised", f->decoded->cut ? "truncated" : "unrecognised", reason);
    } else if (len == 0 && f->size == f->guess.mark) {
        judge_say(out, "unrecognised", "unrecognised",
                  "nothing but a byte order mark is in it: the command printed nothing, or failed;"
                  " export it again");
    } else if (len == 0 && f->framed->fault.what == NULL) {
        judge_say(out, "unrecognised", "unrecognised",
                  "nothing but white space is in it: the command printed nothing, or failed; export"
                  " it again");
    } else if (len < 4000 && jscan_check(text, len, &ignored) == EVPACK_OK) {
        judge_say(out, "unrecognised", "unrecognised", "JSON, but without an object in it");
    } else if (seen->name != NULL && !f->framed->text_fault) {
        looks_like(seen, out);
    } else if (f->framed->fault.what != NULL) {
        at_place(f, f->framed->fault.what, out);
        say_more(out, "export it again with -o json");
    } else {
        judge_say(out, "unrecognised", "unrecognised",
                  "text without a JSON document in it: export it again with -o json");
    }
}

/* One document that is no JSON after all. */
static void broken(const outcome_facts *f, const look *seen, judgement *out)
{
    *out = f->documents->first;
    if (!is(out, "unrecognised") || f->framed->bad == 0) {
        return;
    }
    if (f->documents->found == '/') {
        say_more(out, "comments are not JSON: take them out, or export it again with -o json");
    } else if (f->documents->found == '\n' || f->documents->found == '\r') {
        say_more(out, "a line's end within a string; export it again with -o json");
    } else if (seen->name != NULL) {
        judgement like = *out;
        looks_like(seen, &like);
        say_more(out, like.reason);
    }
}

static void put_note(buf *note, uint64_t n, const char *one, const char *many)
{
    if (n > 0) {
        buf_printf(note, "%s%llu %s", note->len == 0 ? "" : "; ", number(n), n == 1 ? one : many);
    }
}

static evpack_status notes(const outcome_facts *f, outcome *out, evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf note = {0};
    const frame_result *r = f->framed;
    const decode_tally *d = f->decoded;
    if (f->documents->count > 1) {
        put_note(&note, f->documents->count, "", "documents in one file");
    }
    put_note(&note, r->before, "line before the JSON was passed over",
             "lines before the JSON were passed over");
    put_note(&note, r->between, "line between documents was passed over",
             "lines between documents were passed over");
    put_note(&note, r->after, "line after the JSON was passed over",
             "lines after the JSON were passed over");
    put_note(&note, r->nuls, "NUL byte after the JSON was passed over",
             "NUL bytes after the JSON were passed over");
    put_note(&note, r->separators, "record separator (RFC 7464) was passed over",
             "record separators (RFC 7464) were passed over");
    put_note(&note, r->marks, "misplaced byte order mark was passed over",
             "misplaced byte order marks were passed over");
    put_note(&note, d->codes, "colour or control code was left out",
             "colour and control codes were left out");
    put_note(&note, d->spinners, "progress message was left out",
             "progress messages were left out");
    put_note(&note, d->fault == NULL ? d->foreign : 0,
             "byte is not UTF-8 and was read as Windows-1252, a guess: it may be of another code"
             " page",
             "bytes are not UTF-8 and were read as Windows-1252, a guess: they may be of another"
             " code page");
    put_note(&note, d->twins,
             "sequence of them looks like UTF-8, so that the file may be of two encodings",
             "sequences of them look like UTF-8, so that the file may be of two encodings");
    EVPACK_TRY(buf_status(&note, err));
    (void)snprintf(out->note, sizeof out->note, "%s", buf_str(&note));
    return EVPACK_OK;
}

/* Lines around a sound document can say that it is not all. */
static void trouble(const looks *l, const outcome_facts *f, judgement *out)
{
    uint64_t line = look_for_trouble(l, f->framed->said, f->framed->said_len);
    if (line > 0 && (is(out, "whole") || is(out, "unstated") || is(out, "summary"))) {
        char reason[160];
        (void)snprintf(reason, sizeof reason,
                       "line %llu of the text that was passed over tells of an error, or of"
                       " something left out",
                       number(line));
        say(out, "partial", reason);
    }
}

static void name_encoding(const outcome_facts *f, outcome *out)
{
    bool eight = f->guess.as == DECODE_UTF8 || f->guess.as == DECODE_1252;
    bool odd = f->decoded->fault != NULL ||
               (f->framed->documents == 0 && memchr(f->raw, '\0', f->raw_len) != NULL) ||
               (f->framed->fault.what != NULL && f->framed->documents == 0 &&
                text_utf8_check(f->raw, f->raw_len) + 3 < f->raw_len);
    (void)snprintf(out->encoding, sizeof out->encoding, "%s",
                   eight && odd ? "binary" : decode_word(f->guess));
}

evpack_status outcome_of(const outcome_facts *f, outcome *out, evpack_err *err)
{
    const outcome_sum *sum = f->documents;
    *out = (outcome){.says = sum->first};
    name_encoding(f, out);
    bool plain = sum->count == 1 && sum->bad == 0 && f->framed->fault.what == NULL &&
                 f->decoded->fault == NULL && f->framed->said_len == 0;
    if (plain) {
        return notes(f, out, err);
    }
    EVPACK_AUTO(looks) table = NULL;
    EVPACK_TRY(looks_load(&table, err));
    bool binary = strcmp(out->encoding, "binary") == 0;
    look seen = look_at(table, f->raw, f->raw_len, f->text, binary ? 0 : f->text_len);
    if (sum->count == 0) {
        nothing(f, &seen, &out->says);
        if (seen.bytes && f->guess.as != DECODE_UTF16LE && f->guess.as != DECODE_UTF16BE) {
            (void)snprintf(out->encoding, sizeof out->encoding, "binary");
        }
        return EVPACK_OK;
    }
    if (sum->count == 1) {
        broken(f, &seen, &out->says);
    } else {
        several(sum, &out->says);
    }
    bool in_lines = f->mode == FRAME_LINES;
    bool odd_scalar = sum->count == 1 && sum->unrecognised == 1 && f->framed->bad == 0 &&
                      (f->framed->fault.what != NULL || f->framed->said_len > 0);
    if (odd_scalar && seen.name != NULL) {
        looks_like(&seen, &out->says); /* a first column in double quotes */
        return EVPACK_OK;
    }
    if (f->framed->fault.what != NULL && !in_lines) {
        at_place(f, f->framed->fault.what, &out->says);
        out->says.shape = "none";
        out->forget = true;
    } else if (f->framed->fault.what != NULL && !is(&out->says, "truncated")) {
        char kind[sizeof out->says.kind];
        (void)snprintf(kind, sizeof kind, "%s", out->says.kind);
        at_place(f, f->framed->fault.what, &out->says);
        const judgement placed = out->says;
        judge_say(&out->says, kind, "partial", placed.reason);
    }
    if (f->decoded->cut && !is(&out->says, "truncated")) {
        say(&out->says, "truncated", f->decoded->fault);
    }
    trouble(table, f, &out->says);
    return notes(f, out, err);
}
