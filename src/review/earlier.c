/*
 * Findings as they were sealed. Invariant: the table has a row for each finding of the file, and no
 * two with one id. Refuses to know what a finding says.
 */
#include "review/earlier.h"

#include "base/file.h"
#include "base/jscan.h"
#include "base/text.h"
#include "port/db.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { BLOCK = 256 << 10, ID = 16, UUID_LEN = 36 };

struct earlier {
    int fd; /* owned */
    db *d;
    db_stmt *add, *at, *by_id;
    earlier_head head;
    uint64_t count, last;
    /* While the file is read: */
    char key[32]; /* of the member of the document that is read */
    bool findings, seen, in_finding;
    uint64_t start; /* of the finding */
    size_t copied;  /* in the scanner's copy, before the value of depth 1, 2 and 3 */
    size_t copied_2, copied_3;
    char *word; /* of the head: what is read goes there; NULL: nowhere */
    bool is_id;
    unsigned char id[ID];
    bool has_id;
};

void earlier_free(earlier *e)
{
    if (e != NULL) {
        db_finalize(e->add);
        db_finalize(e->at);
        db_finalize(e->by_id);
        db_close(e->d);
        if (e->fd >= 0) {
            (void)close(e->fd);
        }
        free(e);
    }
}

const earlier_head *earlier_head_of(const earlier *e)
{
    return &e->head;
}

uint64_t earlier_count(const earlier *e)
{
    return e->count;
}

/* A UUID as findings have it: lower case, with its dashes. */
static bool read_id(const char *text, size_t len, unsigned char out[ID])
{
    static const char form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    char hex[2 * ID];
    size_t n = 0;
    if (len != UUID_LEN) {
        return false;
    }
    for (size_t i = 0; i < UUID_LEN; i++) {
        if ((form[i] == '-') != (text[i] == '-') || (text[i] >= 'A' && text[i] <= 'F')) {
            return false;
        }
        if (form[i] == 'x') {
            hex[n++] = text[i];
        }
    }
    return text_unhex(hex, sizeof hex, out, ID);
}

static bool is_key(const jscan *s, const char *name)
{
    size_t len = 0;
    const char *key = jscan_key(s, &len);
    return key != NULL && len == strlen(name) && memcmp(key, name, len) == 0;
}

static evpack_status no(evpack_err *err, const char *what)
{
    return evpack_fail(err, EVPACK_E_NO, "%s", what);
}

/* Another reader takes "\u0066indings" for "findings", and the last of two for the one that counts.
 */
static bool is_plain_key(const jscan *s)
{
    size_t len = 0;
    const char *key = jscan_key(s, &len);
    return key == NULL || memchr(key, '\\', len) == NULL;
}

static evpack_status begin_member(earlier *e, jscan *s, jscan_type type, evpack_err *err)
{
    size_t len = 0;
    const char *key = jscan_key(s, &len);
    if (!is_plain_key(s)) {
        return no(err, "a name in its head is written with an escape");
    }
    (void)snprintf(e->key, sizeof e->key, "%.*s", (int)(len < 31 ? len : 31),
                   key == NULL ? "" : key);
    e->copied = jscan_copy(s)->len;
    e->findings = is_key(s, "findings");
    if (!e->findings) {
        return EVPACK_OK;
    }
    if (e->seen || type != JSCAN_ARRAY) {
        return no(err, "expected one member \"findings\", an array");
    }
    e->seen = true;
    return EVPACK_OK;
}

/* Where a word of the head goes. */
static char *word_of(earlier *e, const jscan *s)
{
    if (strcmp(e->key, "evpack") == 0 && is_key(s, "version")) {
        return e->head.version;
    }
    if (strcmp(e->key, "run") == 0 && is_key(s, "evaluated_at")) {
        return e->head.evaluated_at;
    }
    return strcmp(e->key, "run") == 0 && is_key(s, "mapping_sha256") ? e->head.mapping_sha256
                                                                     : NULL;
}

static evpack_status on_begin(void *ctx, jscan *s, jscan_type type, unsigned depth, uint64_t offset,
                              evpack_err *err)
{
    earlier *e = ctx;
    if (depth == 0) {
        return type == JSCAN_OBJECT ? EVPACK_OK : no(err, "expected an object");
    }
    if (depth == 1) {
        return begin_member(e, s, type, err);
    }
    if (depth == 3) {
        e->copied_3 = jscan_copy(s)->len;
        e->is_id = e->findings && type == JSCAN_STRING && is_key(s, "id");
        return e->is_id && e->has_id ? no(err, "a finding has two members \"id\"") : EVPACK_OK;
    }
    e->copied_2 = jscan_copy(s)->len;
    if (e->findings) {
        e->start = offset;
        e->has_id = false;
        return type == JSCAN_OBJECT ? EVPACK_OK : no(err, "expected each finding to be an object");
    }
    if (!is_plain_key(s)) {
        return no(err, "a name in its head is written with an escape");
    }
    e->word = type == JSCAN_STRING ? word_of(e, s) : NULL;
    return e->word != NULL && e->word[0] != '\0' ? no(err, "its head says something twice")
                                                 : EVPACK_OK;
}

static evpack_status add_finding(earlier *e, uint64_t end, evpack_err *err)
{
    if (!e->has_id) {
        return no(err, "a finding has no id that is a UUID");
    }
    e->count++;
    EVPACK_TRY(db_bind(e->add, err, "ibii", (int64_t)e->count, e->id, (size_t)ID, (int64_t)e->start,
                       (int64_t)(end - e->start)));
    return db_run(e->add, err);
}

/* A string's text in the copy, between its quotes. */
static evpack_status on_end(void *ctx, jscan *s, jscan_type type, unsigned depth, uint64_t offset,
                            evpack_err *err)
{
    (void)type;
    earlier *e = ctx;
    const buf *copy = jscan_copy(s);
    if (depth == 3 && e->is_id) {
        e->has_id = copy->len > e->copied_3 + 1 &&
                    read_id(copy->data + e->copied_3 + 1, copy->len - e->copied_3 - 2, e->id);
        e->is_id = false;
    }
    if (depth == 2) {
        if (e->findings) {
            EVPACK_TRY(add_finding(e, offset, err));
        } else if (e->word != NULL && copy->len - e->copied_2 - 2 < EARLIER_WORD) {
            memcpy(e->word, copy->data + e->copied_2 + 1, copy->len - e->copied_2 - 2);
        }
        e->word = NULL;
        jscan_cut(s, e->copied_2);
    }
    if (depth == 1) {
        jscan_cut(s, e->copied);
    }
    return EVPACK_OK;
}

static evpack_status scan(earlier *e, evpack_err *err)
{
    enum { COMMAS = 64 << 20 }; /* what stays of each finding in the scanner's copy is its comma */
    const jscan_listener listener = {on_begin, on_end, e};
    EVPACK_AUTO(jscan) s = NULL;
    EVPACK_TRY(jscan_new(&listener, EARLIER_FINDING_MAX + COMMAS, &s, err));
    EVPACK_AUTO_CHARS block = malloc(BLOCK);
    if (block == NULL) {
        return evpack_oom(err);
    }
    for (size_t got = BLOCK; got == BLOCK;) {
        EVPACK_TRY(file_read_fd(e->fd, block, BLOCK, &got, err));
        EVPACK_TRY(jscan_feed(s, block, got, err));
    }
    jscan_fault fault = {0};
    EVPACK_TRY(jscan_finish(s, &fault, err));
    if (fault.what != NULL) {
        return evpack_fail(err, EVPACK_E_NO, "%" PRIu64 ":%" PRIu64 ": %s", fault.line,
                           fault.column, fault.what);
    }
    return e->seen ? EVPACK_OK : no(err, "expected one member \"findings\", an array");
}

/* Ids that come twice: the index tells that there are some, and the table which. */
static evpack_status check_ids(earlier *e, evpack_err *err)
{
    evpack_err twice = {0};
    if (db_exec(e->d, "CREATE UNIQUE INDEX by_id ON finding(id)", &twice) == EVPACK_OK) {
        return EVPACK_OK;
    }
    EVPACK_AUTO(db_stmt) find = NULL;
    EVPACK_TRY(db_prepare(e->d,
                          "SELECT lower(hex(id)) FROM finding GROUP BY id HAVING count(*) > 1"
                          " LIMIT 1",
                          &find, err));
    bool row = false;
    EVPACK_TRY(db_step(find, &row, err));
    return row ? evpack_fail(err, EVPACK_E_NO, "two findings have the id %s (without its dashes)",
                             db_text_or_empty(find, 0))
               : evpack_fail(err, twice.code, "%s", twice.text);
}

static evpack_status read_all(earlier *e, evpack_err *err)
{
    EVPACK_TRY(db_exec(e->d,
                       "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN;"
                       "CREATE TABLE finding(n INTEGER PRIMARY KEY, id BLOB NOT NULL,"
                       " start INTEGER NOT NULL, length INTEGER NOT NULL) STRICT",
                       err));
    EVPACK_TRY(db_prepare(e->d, "INSERT INTO finding VALUES (?, ?, ?, ?)", &e->add, err));
    EVPACK_TRY(scan(e, err));
    EVPACK_TRY(check_ids(e, err));
    EVPACK_TRY(db_exec(e->d, "COMMIT", err));
    EVPACK_TRY(db_prepare(e->d, "SELECT start, length, id FROM finding WHERE n = ?", &e->at, err));
    return db_prepare(e->d, "SELECT n FROM finding WHERE id = ?", &e->by_id, err);
}

evpack_status earlier_open(int fd, const char *table, earlier **out, evpack_err *err)
{
    EVPACK_AUTO(earlier) e = calloc(1, sizeof *e);
    if (e == NULL) {
        return evpack_oom(err);
    }
    e->fd = dup(fd);
    if (e->fd < 0) {
        return evpack_fail(err, EVPACK_E_IO, "no descriptor is left: %s", strerror(errno));
    }
    EVPACK_TRY(db_open(table, DB_CREATE, &e->d, err));
    EVPACK_TRY(read_all(e, err));
    *out = EVPACK_MOVE(e);
    return EVPACK_OK;
}

static evpack_status row_at(earlier *e, uint64_t n, bool *row, evpack_err *err)
{
    db_reset(e->at);
    EVPACK_TRY(db_bind(e->at, err, "i", (int64_t)n));
    return db_step(e->at, row, err);
}

evpack_status earlier_text(earlier *e, uint64_t n, buf *out, evpack_err *err)
{
    bool row = false;
    EVPACK_TRY(row_at(e, n, &row, err));
    if (!row) {
        return evpack_fail(err, EVPACK_E_INTERNAL, "there is no finding %" PRIu64, n);
    }
    const int64_t start = db_int(e->at, 0);
    size_t left = (size_t)db_int(e->at, 1);
    db_reset(e->at);
    buf_clear(out);
    char block[16 << 10];
    for (int64_t at = start; left > 0;) {
        const ssize_t got = pread(e->fd, block, left < sizeof block ? left : sizeof block, at);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return evpack_fail(err, EVPACK_E_IO, "the findings cannot be read again");
        }
        buf_append(out, block, (size_t)got);
        at += got;
        left -= (size_t)got;
    }
    return buf_status(out, err);
}

evpack_status earlier_find(earlier *e, const char *id, uint64_t *n, evpack_err *err)
{
    unsigned char want[ID];
    size_t len = 0;
    bool row = false;
    *n = 0;
    if (!read_id(id, strlen(id), want)) {
        return EVPACK_OK;
    }
    EVPACK_TRY(row_at(e, e->last + 1, &row, err));
    if (row && memcmp(db_bytes(e->at, 2, &len), want, ID) == 0) {
        *n = ++e->last;
        return EVPACK_OK;
    }
    db_reset(e->by_id);
    EVPACK_TRY(db_bind(e->by_id, err, "b", want, (size_t)ID));
    EVPACK_TRY(db_step(e->by_id, &row, err));
    if (row) {
        *n = (uint64_t)db_int(e->by_id, 0);
        e->last = *n;
    }
    db_reset(e->by_id);
    return EVPACK_OK;
}
