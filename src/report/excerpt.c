/*
 * Reading an excerpt. Invariant: secrets are replaced before a byte is decoded, so that nothing
 * behind this file ever has one; and what is read is bounded, whatever the place claims. Refuses to
 * know how lines are chosen.
 *
 * The decoder of collect/ streams whole files; this one turns one character after the other (by
 * iconv), from any place on, and must know where each stood.
 */
#include "report/excerpt_lines.h"

#include "base/text.h"
#include "store/secret.h"

#include <errno.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>

void excerpt_reset(excerpt *e)
{
    buf_reset(&e->text);
}

static const char file_sql[] = "SELECT e.encoding, e.secrets, c.size, e.content_id FROM evidence e"
                               " JOIN content c ON c.id = e.content_id WHERE e.id = ?";
/* A piece that holds the window's first byte begins at most 1 MiB before it. */
static const char chunk_sql[] =
    "SELECT start, length(bytes), id FROM chunk WHERE content_id = ?1 AND start < ?3 AND start >= "
    "coalesce("
    "(SELECT max(start) FROM chunk WHERE content_id = ?1 AND start <= ?2), 0) ORDER BY start";
static const char bytes_sql[] = "SELECT bytes FROM chunk WHERE id = ?";
static const char record_sql[] = "SELECT evidence_id FROM record WHERE id = ?";
/* Secrets of a file lie apart: only the last that begins before the window can reach into it. */
static const char secret_sql[] =
    "SELECT start, length, kind FROM secret WHERE evidence_id = ?1 AND place = 'bytes'"
    " AND start < ?3 AND start >= coalesce((SELECT max(start) FROM secret WHERE evidence_id = ?1"
    " AND place = 'bytes' AND start <= ?2), 0) ORDER BY start";

/* How a file's bytes become characters. */
typedef struct {
    const char *word; /* evidence.encoding */
    const char *from; /* iconv's name; NULL: UTF-8, which stays as it is */
    unsigned unit;    /* bytes that a character has at least; its places are multiples */
} encoding;

static const encoding encodings[] = {{"utf-8", NULL, 1},           {"utf-8-bom", NULL, 1},
                                     {"utf-16le", "UTF-16LE", 2},  {"utf-16be", "UTF-16BE", 2},
                                     {"utf-32le", "UTF-32LE", 4},  {"utf-32be", "UTF-32BE", 4},
                                     {"windows-1252", "CP1252", 1}};

static const encoding *encoding_of(const char *word)
{
    for (size_t i = 0; i < sizeof encodings / sizeof encodings[0]; i++) {
        if (strcmp(encodings[i].word, word) == 0) {
            return &encodings[i];
        }
    }
    return NULL;
}

/* A piece has 1 MiB; findings that follow each other are about a few of them, and copying each out
 * of the case again took most of the time of a page of findings. */
enum { PIECES = 32, PIECE_BYTES = 1 << 20 };

typedef struct {
    int64_t id; /* of the chunk; 0: none */
    uint64_t used;
    buf bytes;
} piece;

typedef enum { READ_FILE, READ_CHUNK, READ_BYTES, READ_SECRET, READ_RECORD, READS } reading;
static const char *const reads[READS] = {file_sql, chunk_sql, bytes_sql, secret_sql, record_sql};

struct excerpt_reader {
    const store *s;
    db_stmt *rows[READS]; /* prepared when first asked */
    piece pieces[PIECES];
    uint64_t clock;
};

evpack_status excerpt_reader_new(const store *s, excerpt_reader **out, evpack_err *err)
{
    *out = calloc(1, sizeof **out);
    if (*out == NULL) {
        return evpack_oom(err);
    }
    (*out)->s = s;
    return EVPACK_OK;
}

void excerpt_reader_free(excerpt_reader *r)
{
    for (size_t i = 0; r != NULL && i < READS; i++) {
        db_finalize(r->rows[i]);
    }
    for (size_t i = 0; r != NULL && i < PIECES; i++) {
        buf_reset(&r->pieces[i].bytes);
    }
    free(r);
}

/* A statement, ready to be bound. */
static evpack_status ask(excerpt_reader *r, reading what, db_stmt **out, evpack_err *err)
{
    if (r->rows[what] == NULL) {
        EVPACK_TRY(db_prepare(store_db(r->s), reads[what], &r->rows[what], err));
    }
    db_reset(r->rows[what]);
    *out = r->rows[what];
    return EVPACK_OK;
}

typedef struct {
    excerpt_reader *r;
    int64_t evidence_id, content_id;
    const encoding *how;
    uint64_t size;      /* of the file */
    uint64_t from, to;  /* what of it is read */
    uint64_t wanted[2]; /* places in the file: the place's begin and end */
    size_t found[2];    /* and where they are in text */
    buf raw;            /* the bytes from `from` on */
    buf text;           /* decoded */
    size_t masked;
} window;

static void window_reset(window *w)
{
    buf_reset(&w->raw);
    buf_reset(&w->text);
}

/* *why is set where there is nothing to read. */
static evpack_status find_file(window *w, const char **why, evpack_err *err)
{
    db_stmt *row = NULL;
    EVPACK_TRY(ask(w->r, READ_FILE, &row, err));
    EVPACK_TRY(db_bind(row, err, "i", w->evidence_id));
    bool is = false;
    EVPACK_TRY(db_step(row, &is, err));
    if (!is) {
        return evpack_fail(err, EVPACK_E_CASE, "the evidence %lld is not there",
                           (long long)w->evidence_id);
    }
    w->how = encoding_of(db_text_or_empty(row, 0));
    w->size = (uint64_t)db_int(row, 2);
    w->content_id = db_int(row, 3);
    if (w->how == NULL) {
        *why = "the file is not text";
    } else if (db_null(row, 1)) {
        *why = "an older evpack collected the file and did not look for secrets in it";
    }
    return EVPACK_OK;
}

static void bound(window *w, uint64_t offset, uint64_t length)
{
    uint64_t unit = w->how->unit;
    uint64_t before = offset < EXCERPT_BEFORE ? offset / unit * unit : EXCERPT_BEFORE;
    uint64_t room = w->size - offset;
    uint64_t most = EXCERPT_READ - 2 * EXCERPT_BEFORE;
    length = length < room ? length : room;
    w->wanted[0] = offset;
    w->wanted[1] = offset + length;
    w->from = offset - before;
    w->to = offset + (length < most ? length : most);
    w->to += w->size - w->to < EXCERPT_BEFORE ? w->size - w->to : EXCERPT_BEFORE;
}

/* The bytes of a chunk that has len of them; kept until another needs the room. */
static evpack_status read_piece(window *w, int64_t id, uint64_t len, const buf **out,
                                evpack_err *err)
{
    excerpt_reader *r = w->r;
    piece *oldest = &r->pieces[0];
    for (size_t i = 0; i < PIECES; i++) {
        piece *p = &r->pieces[i];
        if (p->id == id) {
            p->used = ++r->clock;
            *out = &p->bytes;
            return EVPACK_OK;
        }
        oldest = p->used < oldest->used ? p : oldest;
    }
    db_stmt *row = NULL;
    EVPACK_TRY(ask(r, READ_BYTES, &row, err));
    EVPACK_TRY(db_bind(row, err, "i", id));
    bool is = false;
    EVPACK_TRY(db_step(row, &is, err));
    size_t have = 0;
    const void *bytes = is ? db_bytes(row, 0, &have) : NULL;
    buf_clear(&oldest->bytes);
    oldest->id = 0;
    if (have != len || have > PIECE_BYTES) {
        return evpack_fail(err, EVPACK_E_CASE, "a piece of the evidence %lld is not sound",
                           (long long)w->evidence_id);
    }
    buf_append(&oldest->bytes, bytes, have);
    EVPACK_TRY(buf_status(&oldest->bytes, err));
    db_reset(row);
    oldest->id = id;
    oldest->used = ++r->clock;
    *out = &oldest->bytes;
    return EVPACK_OK;
}

static evpack_status read_raw(window *w, evpack_err *err)
{
    db_stmt *rows = NULL;
    EVPACK_TRY(ask(w->r, READ_CHUNK, &rows, err));
    EVPACK_TRY(db_bind(rows, err, "iii", w->content_id, (int64_t)w->from, (int64_t)w->to));
    for (uint64_t at = w->from;;) {
        bool row = false;
        EVPACK_TRY(db_step(rows, &row, err));
        if (!row) {
            return buf_status(&w->raw, err);
        }
        uint64_t start = (uint64_t)db_int(rows, 0);
        uint64_t len = (uint64_t)db_int(rows, 1);
        if (start > at || start + len <= at) {
            return evpack_fail(err, EVPACK_E_CASE, "a piece of the evidence %lld is not there",
                               (long long)w->evidence_id);
        }
        uint64_t end = start + len < w->to ? start + len : w->to;
        const buf *bytes = NULL;
        EVPACK_TRY(read_piece(w, db_int(rows, 2), len, &bytes, err));
        buf_append(&w->raw, bytes->data + (at - start), (size_t)(end - at));
        at = end;
    }
}

/* Decoding ------------------------------------------------------------------------------------- */

/* Notes that the character at a place of the file comes next. */
static void reach(window *w, uint64_t raw)
{
    for (size_t i = 0; i < 2; i++) {
        if (w->found[i] == SIZE_MAX && raw >= w->wanted[i]) {
            w->found[i] = w->text.len;
        }
    }
}

static void copy_utf8(window *w, uint64_t from, uint64_t to)
{
    for (size_t i = 0; i < 2; i++) {
        if (w->found[i] == SIZE_MAX && w->wanted[i] < to) {
            w->found[i] = w->text.len + (w->wanted[i] > from ? (size_t)(w->wanted[i] - from) : 0);
        }
    }
    buf_append(&w->text, w->raw.data + (from - w->from), (size_t)(to - from));
}

/* One character; returns how many bytes it has. What cannot be converted is shown as a byte, or as
 * U+FFFD. */
static size_t convert_one(iconv_t cd, const window *w, char *at, size_t left, buf *out)
{
    size_t most = w->how->from[3] == '-' ? 4 : w->how->unit; /* UTF-16 has pairs */
    for (size_t n = w->how->unit; n <= most && n <= left; n += w->how->unit) {
        char utf8[8];
        char *in = at;
        char *to = utf8;
        size_t in_left = n;
        size_t to_left = sizeof utf8;
        (void)iconv(cd, NULL, NULL, NULL, NULL);
        if (iconv(cd, &in, &in_left, &to, &to_left) != (size_t)-1) {
            buf_append(out, utf8, sizeof utf8 - to_left);
            return n;
        }
        if (errno != EINVAL) {
            break;
        }
    }
    size_t n = w->how->unit < left ? w->how->unit : left;
    if (w->how->unit == 1) {
        buf_append(out, at, n);
    } else { /* its bytes could pass for characters */
        buf_puts(out, "\xef\xbf\xbd");
    }
    return n;
}

static void copy_converted(iconv_t cd, window *w, uint64_t from, uint64_t to)
{
    for (uint64_t at = from; at < to;) {
        reach(w, at);
        at += convert_one(cd, w, w->raw.data + (at - w->from), (size_t)(to - at), &w->text);
    }
}

/* Bytes between secrets as text, and for each secret its marker. */
static evpack_status decode_with(iconv_t cd, window *w, evpack_err *err)
{
    db_stmt *rows = NULL;
    EVPACK_TRY(ask(w->r, READ_SECRET, &rows, err));
    EVPACK_TRY(db_bind(rows, err, "iii", w->evidence_id, (int64_t)w->from, (int64_t)w->to));
    uint64_t at = w->from;
    for (bool row = true; row;) {
        EVPACK_TRY(db_step(rows, &row, err));
        uint64_t start = row ? (uint64_t)db_int(rows, 0) : w->to;
        uint64_t length = row ? (uint64_t)db_int(rows, 1) : 0;
        uint64_t end = length < UINT64_MAX - start ? start + length : UINT64_MAX;
        if (start > at) {
            if (cd == NULL) {
                copy_utf8(w, at, start);
            } else {
                copy_converted(cd, w, at, start);
            }
            at = start;
        }
        if (row && end > at) {
            reach(w, at);
            secret_marker(db_text_or_empty(rows, 2), SECRET_UTF8, &w->text);
            w->masked++;
            at = end < w->to ? end : w->to;
            reach(w, at - 1); /* a place that begins or ends within it does so behind the marker */
        }
    }
    reach(w, w->to);
    for (size_t i = 0; i < 2; i++) {
        w->found[i] = w->found[i] < w->text.len ? w->found[i] : w->text.len;
    }
    return buf_status(&w->text, err);
}

static evpack_status decode(window *w, const char **why, evpack_err *err)
{
    w->found[0] = w->found[1] = SIZE_MAX;
    if (w->how->from == NULL) {
        return decode_with(NULL, w, err);
    }
    iconv_t cd = iconv_open("UTF-8", w->how->from);
    if (cd == (iconv_t)-1) {
        *why = "this machine cannot read the file's encoding";
        return EVPACK_OK;
    }
    evpack_status status = decode_with(cd, w, err);
    (void)iconv_close(cd);
    return status;
}

/* The beginning of a window may stand within a character of UTF-8, and so may its end. */
static void trim(window *w, excerpt_piece *p)
{
    size_t skip = 0;
    while (!p->starts && skip < 3 && skip < p->place && (p->text[skip] & 0xc0) == 0x80) {
        skip++;
    }
    p->text += skip;
    p->len -= skip;
    size_t *const places[] = {&p->place, &p->place_end};
    for (size_t i = 0; i < 2; i++) {
        *places[i] -= skip < *places[i] ? skip : *places[i];
    }
    for (size_t n = 1; !p->ends && w->how->from == NULL && n <= 3 && n <= p->len; n++) {
        unsigned char c = (unsigned char)p->text[p->len - n];
        if (c >= 0xc0) {
            p->len -= text_utf8_length(p->text + p->len - n, n) == 0 ? n : 0;
            break;
        }
    }
    p->place = p->place < p->len ? p->place : p->len;
    p->place_end = p->place_end < p->len ? p->place_end : p->len;
}

/* The excerpt ---------------------------------------------------------------------------------- */

/* Marks what the pointer leads to, or as much of its way as there is. */
static void follow(excerpt_piece *p, const char *pointer, bool *around)
{
    EVPACK_AUTO_VALUE(buf_reset) buf way = {0};
    buf_puts(&way, pointer);
    jptr_value place = {p->text + p->place, p->place_end - p->place};
    jptr_value value = {0};
    while (!way.failed && way.len > 0 && !jptr_find(place, buf_str(&way), &value)) {
        const char *slash = strrchr(way.data, '/');
        *around = true;
        buf_truncate(&way, slash == NULL ? 0 : (size_t)(slash - way.data));
    }
    if (!way.failed && way.len > 0) {
        p->marked = (size_t)(value.text - p->text);
        p->marked_end = p->marked + value.len;
    }
}

static void clear(excerpt *e)
{
    buf text = e->text;
    buf_clear(&text);
    *e = (excerpt){.text = text};
}

static evpack_status cut_out(excerpt_reader *r, int64_t evidence_id, uint64_t offset,
                             uint64_t length, const char *pointer, const excerpt_limits *limits,
                             excerpt *out, evpack_err *err)
{
    excerpt_limits most = limits == NULL ? (excerpt_limits){0} : *limits;
    most.lines = most.lines == 0 ? EXCERPT_LINES : most.lines;
    most.width = most.width == 0 ? EXCERPT_WIDTH : most.width;
    most.bytes = most.bytes == 0 ? EXCERPT_BYTES : most.bytes;
    clear(out);
    EVPACK_AUTO_VALUE(window_reset) window w = {.r = r, .evidence_id = evidence_id};
    EVPACK_TRY(find_file(&w, &out->why, err));
    if (out->why == NULL && w.size == 0) {
        out->why = "the file is empty";
    } else if (out->why == NULL && offset > w.size) {
        out->why = "the place lies behind the file's end";
    }
    if (out->why != NULL) {
        return EVPACK_OK;
    }
    bound(&w, offset, length);
    EVPACK_TRY(read_raw(&w, err));
    if (w.raw.len < w.to - w.from) {
        out->why = "the case does not hold the file's bytes";
        return EVPACK_OK;
    }
    EVPACK_TRY(decode(&w, &out->why, err));
    if (out->why != NULL) {
        return EVPACK_OK;
    }
    excerpt_piece p = {.text = buf_str(&w.text),
                       .len = w.text.len,
                       .starts = w.from == 0,
                       .ends = w.to == w.size,
                       .place = w.found[0],
                       .place_end = w.found[1]};
    trim(&w, &p);
    p.marked = p.place;
    p.marked_end = p.place_end;
    follow(&p, pointer, &out->around);
    out->masked = w.masked;
    return excerpt_lines(&p, &most, out, err);
}

evpack_status excerpt_pointer(const store *s, int64_t evidence_id, uint64_t offset, uint64_t length,
                              const char *pointer, const excerpt_limits *limits, excerpt *out,
                              evpack_err *err)
{
    EVPACK_AUTO(excerpt_reader) r = NULL;
    EVPACK_TRY(excerpt_reader_new(s, &r, err));
    return cut_out(r, evidence_id, offset, length, pointer, limits, out, err);
}

evpack_status excerpt_read(const store *s, int64_t evidence_id, uint64_t offset, uint64_t length,
                           const excerpt_limits *limits, excerpt *out, evpack_err *err)
{
    return excerpt_pointer(s, evidence_id, offset, length, "", limits, out, err);
}

static evpack_status evidence_of(excerpt_reader *r, int64_t record_id, int64_t *out,
                                 evpack_err *err)
{
    db_stmt *row = NULL;
    EVPACK_TRY(ask(r, READ_RECORD, &row, err));
    EVPACK_TRY(db_bind(row, err, "i", record_id));
    bool is = false;
    EVPACK_TRY(db_step(row, &is, err));
    *out = is ? db_int(row, 0) : 0;
    return EVPACK_OK;
}

/* A value that was observed comes before one that is not there: the first says more. */
static size_t value_to_show(const finding *f)
{
    for (size_t i = 0; i < f->value_count; i++) {
        if (f->values[i].value.text != NULL) {
            return i;
        }
    }
    return 0;
}

evpack_status excerpt_finding(excerpt_reader *r, const finding *f, const excerpt_limits *limits,
                              excerpt *out, size_t *place, size_t *value, evpack_err *err)
{
    clear(out);
    size_t v = value_to_show(f);
    size_t p = v < f->value_count ? f->values[v].place : 0;
    const finding_place *at = p < f->place_count ? &f->places[p] : NULL;
    int64_t evidence_id = 0;
    if (at != NULL && at->record_id != 0) {
        EVPACK_TRY(evidence_of(r, at->record_id, &evidence_id, err));
    }
    const char *pointer = "";
    bool inside =
        at != NULL && v < f->value_count && text_starts(f->values[v].pointer, at->pointer);
    if (inside) {
        pointer = f->values[v].pointer + strlen(at->pointer);
    }
    if (place != NULL) {
        *place = p;
    }
    if (value != NULL) {
        *value = inside ? v : f->value_count;
    }
    if (evidence_id == 0) {
        out->why = "the finding is about the file as a whole";
        return EVPACK_OK;
    }
    return cut_out(r, evidence_id, at->start, at->length, pointer, limits, out, err);
}
