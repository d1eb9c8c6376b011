/*
 * Reading the evidence index. Invariant: a row that is told has a name that follows from its
 * original name and SHA-256, and no other row has either. Refuses to look at the files: whether
 * they are what it says is the caller's to check.
 */
#include "review/index.h"

#include "base/arena.h"
#include "base/member.h"
#include "base/text.h"
#include "base/visible.h"
#include "port/digest.h"
#include "review/csv.h"
#include "seal/names.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const char *const columns[] = {
    "original_path",   "member",        "snapshot",     "sha256",       "size",   "kind",
    "encoding",        "shape",         "completeness", "records",      "reason", "redacted",
    "redacted_sha256", "redacted_size", "order",        "collected_at", "period"};
enum {
    ORIGINAL,
    MEMBER,
    SNAPSHOT,
    SHA256,
    SIZE,
    KIND,
    COMPLETENESS = 8,
    REDACTED = 11,
    REDACTED_SHA256,
    REDACTED_SIZE,
    ORDER,
    COLLECTED_AT,
    PERIOD,
    COLUMNS,
    COLUMNS_OLDER = ORDER
};

struct evidence_index {
    arena text;
    index_row *at; /* in their order */
    size_t count, room;
    index_row **by_member, **by_identity; /* sorted */
    bool ordered;
};

void index_free(evidence_index *x)
{
    if (x != NULL) {
        arena_reset(&x->text);
        free(x->at);
        free(x->by_member);
        free(x->by_identity);
        free(x);
    }
}

size_t index_count(const evidence_index *x)
{
    return x->count;
}

const index_row *index_at(const evidence_index *x, size_t n)
{
    return &x->at[n];
}

bool index_ordered(const evidence_index *x)
{
    return x->ordered;
}

static evpack_status wrong(const csv_reader *r, evpack_err *err, const char *what)
{
    return evpack_fail(err, EVPACK_E_INPUT, "row %" PRIu64 ": %s", r->row, what);
}

static const char *cell(const csv_reader *r, size_t column)
{
    return column < r->count ? buf_str(&r->fields[column]) : "";
}

/* Decimal digits without a leading zero. */
static bool number(const char *text, uint64_t *out)
{
    const size_t len = strlen(text);
    if (len == 0 || len > 18 || strspn(text, "0123456789") != len || (text[0] == '0' && len > 1)) {
        return false;
    }
    *out = strtoull(text, NULL, 10);
    return true;
}

static bool sha256(const char *text)
{
    return strlen(text) == 64 && strspn(text, "0123456789abcdef") == 64;
}

/* Makes visible_append undone: the bytes that would show as text. False: none would. */
static bool unseen(const char *text, buf *out)
{
    static const char open[] = "\xe2\x9f\xa8";
    static const char shut[] = "\xe2\x9f\xa9";
    for (const char *at = text; *at != '\0';) {
        if (strncmp(at, open, 3) != 0) {
            buf_putc(out, *at++);
            continue;
        }
        at += 3;
        const bool byte = text_starts(at, "0x");
        char *end = NULL;
        const unsigned long c = strtoul(at + 2, &end, 16);
        if ((!byte && !text_starts(at, "U+")) || strncmp(end, shut, 3) != 0 || c > 0x10ffff ||
            (byte && c > 0xff) || c == 0) {
            return false;
        }
        if (byte || c < 0x80) {
            buf_putc(out, (char)c);
        } else if (c < 0x800) {
            buf_printf(out, "%c%c", (int)(0xc0 | c >> 6), (int)(0x80 | (c & 0x3f)));
        } else if (c < 0x10000) {
            buf_printf(out, "%c%c%c", (int)(0xe0 | c >> 12), (int)(0x80 | (c >> 6 & 0x3f)),
                       (int)(0x80 | (c & 0x3f)));
        } else {
            buf_printf(out, "%c%c%c%c", (int)(0xf0 | c >> 18), (int)(0x80 | (c >> 12 & 0x3f)),
                       (int)(0x80 | (c >> 6 & 0x3f)), (int)(0x80 | (c & 0x3f)));
        }
        at = end + 3;
    }
    EVPACK_AUTO_VALUE(buf_reset) buf again = {0};
    visible_append(&again, buf_str(out), out->len, NULL, NULL);
    return !out->failed && !again.failed && strcmp(buf_str(&again), text) == 0;
}

/* Whether name, below its snapshot's folder, is a safe form of the original name. */
static evpack_status is_name_of(const char *name, const char *original, const char *sha, bool *yes,
                                evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf form = {0};
    member_escape(original, &form);
    EVPACK_TRY(buf_status(&form, err));
    *yes = strcmp(buf_str(&form), name) == 0;
    if (*yes) {
        return EVPACK_OK;
    }
    EVPACK_AUTO_VALUE(buf_reset) buf both = {0};
    buf_printf(&both, "%s\n%s\n", original, sha);
    EVPACK_TRY(buf_status(&both, err));
    char hash[DIGEST_HEX];
    EVPACK_TRY(digest_bytes_hex(both.data, both.len, hash, err));
    buf_clear(&form);
    member_escape_hashed(original, hash, &form);
    EVPACK_TRY(buf_status(&form, err));
    *yes = strcmp(buf_str(&form), name) == 0;
    return EVPACK_OK;
}

/* Takes out the apostrophes that stand behind semicolons. */
static void without_guards(const char *text, buf *out)
{
    for (; *text != '\0'; text++) {
        if (*text != '\'' || out->len == 0 || out->data[out->len - 1] != ';') {
            buf_putc(out, *text);
        }
    }
}

/* The writer puts an apostrophe before what a spreadsheet would run as a formula, at the beginning
 * and behind a semicolon: whether it is one of that kind or the name's own, the name in the package
 * tells. */
static evpack_status take_original(evidence_index *x, const csv_reader *r, const char *name,
                                   index_row *row, evpack_err *err)
{
    const char *shown = cell(r, ORIGINAL);
    const char *bare = shown[0] == '\'' ? shown + 1 : shown;
    EVPACK_AUTO_VALUE(buf_reset) buf unguarded = {0};
    without_guards(bare, &unguarded);
    EVPACK_TRY(buf_status(&unguarded, err));
    const char *const forms[] = {shown, bare, buf_str(&unguarded)};
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        EVPACK_AUTO_VALUE(buf_reset) buf original = {0};
        bool yes = false;
        if (!unseen(forms[i], &original) || original.len == 0) {
            continue;
        }
        EVPACK_TRY(is_name_of(name, buf_str(&original), row->sha256, &yes, err));
        if (yes) {
            row->original = arena_text(&x->text, buf_str(&original));
            return arena_status(&x->text, err);
        }
    }
    return wrong(r, err, "member is not the safe form of original_path (and sha256)");
}

/* The row's name in the package, and what follows from it. */
static evpack_status take_names(evidence_index *x, const csv_reader *r, index_row *row,
                                evpack_err *err)
{
    static const char top[] = "data/evidence/";
    const char *member = cell(r, MEMBER);
    const char *label = cell(r, SNAPSHOT);
    const size_t len = strlen(label);
    if (member_check(member, err) != EVPACK_OK) {
        return evpack_context(err, "row %" PRIu64, r->row);
    }
    if (len == 0 || strchr(label, '/') != NULL || !text_starts(member, top) ||
        strncmp(member + sizeof top - 1, label, len) != 0 || member[sizeof top - 1 + len] != '/') {
        return wrong(r, err, "member does not stand in data/evidence/ in the folder of snapshot");
    }
    row->member = arena_text(&x->text, member);
    row->snapshot = arena_text(&x->text, label);
    return take_original(x, r, member + sizeof top + len, row, err);
}

static evpack_status take_redaction(evidence_index *x, const csv_reader *r, index_row *row,
                                    evpack_err *err)
{
    const char *said = cell(r, REDACTED);
    const char *sha = cell(r, REDACTED_SHA256);
    const char *size = cell(r, REDACTED_SIZE);
    row->withheld = strcmp(said, "withheld") == 0;
    if (strcmp(said, "redacted") == 0) {
        if (!sha256(sha) || !number(size, &row->redacted_size)) {
            return wrong(r, err, "expected redacted_sha256 and redacted_size of a redacted file");
        }
        row->redacted_sha256 = arena_text(&x->text, sha);
        return arena_status(&x->text, err);
    }
    if ((said[0] != '\0' && !row->withheld) || sha[0] != '\0' || size[0] != '\0') {
        return wrong(r, err, "expected redacted, withheld or nothing, with what belongs to it");
    }
    return EVPACK_OK;
}

/* What its snapshot says of itself. */
static evpack_status take_times(evidence_index *x, const csv_reader *r, index_row *row,
                                evpack_err *err)
{
    const char *at = cell(r, COLLECTED_AT);
    int64_t seconds = 0;
    char again[TEXT_TIME] = "";
    if (at[0] != '\0') {
        if (text_parse_time(at, &seconds, NULL) == EVPACK_OK) {
            text_format_time(seconds, again);
        }
        if (strcmp(again, at) != 0) {
            return wrong(r, err, "expected collected_at in UTC, such as 2026-11-22T08:00:00Z");
        }
        row->collected_at = arena_text(&x->text, at);
    }
    if (cell(r, PERIOD)[0] != '\0') {
        row->period = arena_text(&x->text, cell(r, PERIOD));
    }
    return arena_status(&x->text, err);
}

static evpack_status take_row(evidence_index *x, const csv_reader *r, evpack_err *err)
{
    if (x->count == x->room) {
        const size_t room = x->room == 0 ? 256 : 2 * x->room;
        index_row *more = realloc(x->at, room * sizeof *more);
        if (more == NULL) {
            return evpack_oom(err);
        }
        x->at = more;
        x->room = room;
    }
    index_row *row = &x->at[x->count];
    *row = (index_row){0};
    if (!sha256(cell(r, SHA256)) || !number(cell(r, SIZE), &row->size)) {
        return wrong(r, err, "expected sha256 of 64 hex digits, and size");
    }
    row->sha256 = arena_text(&x->text, cell(r, SHA256));
    row->kind = arena_text(&x->text, cell(r, KIND));
    row->completeness = arena_text(&x->text, cell(r, COMPLETENESS));
    EVPACK_TRY(arena_status(&x->text, err));
    EVPACK_TRY(take_names(x, r, row, err));
    EVPACK_TRY(take_redaction(x, r, row, err));
    EVPACK_TRY(take_times(x, r, row, err));
    if (x->ordered && (!number(cell(r, ORDER), &row->order) || row->order == 0)) {
        return wrong(r, err, "expected order, a number from 1");
    }
    x->count++;
    return EVPACK_OK;
}

static evpack_status take_header(evidence_index *x, csv_reader *r, evpack_err *err)
{
    bool more = false;
    EVPACK_TRY(csv_next(r, &more, err));
    x->ordered = r->count == COLUMNS;
    bool good = more && (r->count == COLUMNS || r->count == COLUMNS_OLDER);
    for (size_t i = 0; good && i < r->count; i++) {
        good = strcmp(cell(r, i), columns[i]) == 0;
    }
    return good ? EVPACK_OK
                : evpack_fail(err, EVPACK_E_INPUT,
                              "row 1: expected the columns original_path, member, snapshot, …");
}

static int by_member(const void *a, const void *b)
{
    return strcmp((*(index_row *const *)a)->member, (*(index_row *const *)b)->member);
}

static int by_identity(const void *a, const void *b)
{
    const index_row *p = *(index_row *const *)a;
    const index_row *q = *(index_row *const *)b;
    int order = strcmp(p->snapshot, q->snapshot);
    order = order != 0 ? order : strcmp(p->original, q->original);
    return order != 0 ? order : strcmp(p->sha256, q->sha256);
}

static int by_order(const void *a, const void *b)
{
    const index_row *p = a;
    const index_row *q = b;
    return p->order < q->order ? -1 : p->order > q->order ? 1 : strcmp(p->member, q->member);
}

static bool same(const char *a, const char *b)
{
    return (a == NULL && b == NULL) || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

/* Two rows beside each other when they are sorted by snapshot, name and digest. */
static evpack_status check_pair(const index_row *a, const index_row *b, evpack_err *err)
{
    if (strcmp(a->snapshot, b->snapshot) != 0) {
        return EVPACK_OK;
    }
    if (!same(a->collected_at, b->collected_at) || !same(a->period, b->period)) {
        return evpack_fail(err, EVPACK_E_INPUT,
                           "collected_at or period of %s is not that of %s, and both are of "
                           "snapshot %s",
                           a->member, b->member, a->snapshot);
    }
    if (by_identity(&a, &b) == 0) {
        return evpack_fail(err, EVPACK_E_INPUT,
                           "%s and %s are one file: their original_path and sha256 are the same",
                           a->member, b->member);
    }
    return EVPACK_OK;
}

/* What only all rows together show. */
static evpack_status check_all(evidence_index *x, evpack_err *err)
{
    EVPACK_AUTO(names_set) names = NULL;
    EVPACK_TRY(names_set_new(&names, err));
    for (size_t i = 0; i < x->count; i++) {
        EVPACK_TRY(names_set_add(names, x->at[i].member, err));
    }
    if (x->count > 0) {
        qsort(x->at, x->count, sizeof *x->at, by_order);
    }
    x->by_member = calloc(x->count + 1, sizeof(index_row *));
    x->by_identity = calloc(x->count + 1, sizeof(index_row *));
    if (x->by_member == NULL || x->by_identity == NULL) {
        return evpack_oom(err);
    }
    for (size_t i = 0; i < x->count; i++) {
        x->by_member[i] = &x->at[i];
        x->by_identity[i] = &x->at[i];
        if (x->ordered && x->at[i].order != i + 1) {
            return evpack_fail(err, EVPACK_E_INPUT,
                               "order of %s is %" PRIu64
                               ", expected each number from 1 to %zu once",
                               x->at[i].member, x->at[i].order, x->count);
        }
    }
    qsort(x->by_identity, x->count, sizeof(index_row *), by_identity);
    for (size_t i = 1; i < x->count; i++) {
        EVPACK_TRY(check_pair(x->by_identity[i - 1], x->by_identity[i], err));
    }
    qsort(x->by_member, x->count, sizeof(index_row *), by_member);
    return EVPACK_OK;
}

const index_row *index_find(const evidence_index *x, const char *member)
{
    const index_row key = {.member = member};
    const index_row *wanted = &key;
    index_row *const *found =
        bsearch(&wanted, x->by_member, x->count, sizeof(index_row *), by_member);
    return found == NULL ? NULL : *found;
}

const index_row *index_find_original(const evidence_index *x, const char *snapshot,
                                     const char *original, const char *sha256)
{
    const index_row key = {.snapshot = snapshot, .original = original, .sha256 = sha256};
    const index_row *wanted = &key;
    index_row *const *found =
        bsearch(&wanted, x->by_identity, x->count, sizeof(index_row *), by_identity);
    return found == NULL ? NULL : *found;
}

static evpack_status read_rows(evidence_index *x, csv_reader *r, evpack_err *err)
{
    EVPACK_TRY(take_header(x, r, err));
    const size_t fields = r->count;
    for (bool more = true;;) {
        EVPACK_TRY(csv_next(r, &more, err));
        if (!more) {
            return check_all(x, err);
        }
        if (r->count != fields) {
            return wrong(r, err, "it has another number of fields than the header");
        }
        if (x->count == INDEX_ROWS_MAX) {
            return evpack_fail(err, EVPACK_E_INPUT, "it has more than %d rows", INDEX_ROWS_MAX);
        }
        EVPACK_TRY(take_row(x, r, err));
    }
}

evpack_status index_read(const char *text, size_t len, evidence_index **out, evpack_err *err)
{
    EVPACK_AUTO(evidence_index) x = calloc(1, sizeof *x);
    if (x == NULL) {
        return evpack_oom(err);
    }
    if (len > INDEX_BYTES_MAX) {
        return evpack_fail(err, EVPACK_E_INPUT, "it is larger than 64 MiB");
    }
    EVPACK_AUTO_VALUE(csv_reset) csv_reader r;
    evpack_status status = csv_begin(&r, text, len, INDEX_FIELD_MAX, err);
    EVPACK_TRY(status == EVPACK_OK ? read_rows(x, &r, err) : status);
    *out = EVPACK_MOVE(x);
    return EVPACK_OK;
}
