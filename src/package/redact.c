/*
 * Redacting. Invariant: of each secret that the case knows of, no byte is written; every other byte
 * of a redacted file is, in order. Refuses to know how secrets are found.
 */
#include "package/redact.h"

#include "base/text.h"
#include "report/out.h"

#include <string.h>

struct redaction {
    redacted_file *files; /* by evidence_id */
    size_t count, cap;
    uint64_t values, redacted, withheld;
};

void redaction_free(redaction *r)
{
    if (r != NULL) {
        free(r->files);
        free(r);
    }
}

static int by_id(const void *a, const void *b)
{
    const redacted_file *l = a;
    const redacted_file *r = b;
    return l->evidence_id < r->evidence_id ? -1 : l->evidence_id > r->evidence_id;
}

const redacted_file *redaction_of(const redaction *r, int64_t evidence_id)
{
    const redacted_file key = {.evidence_id = evidence_id};
    return r == NULL || r->count == 0 ? NULL
                                      : bsearch(&key, r->files, r->count, sizeof *r->files, by_id);
}

uint64_t redaction_count(const redaction *r)
{
    return r->values;
}

uint64_t redaction_files(const redaction *r)
{
    return r->redacted;
}

uint64_t redaction_withheld(const redaction *r)
{
    return r->withheld;
}

/* One file's copy ------------------------------------------------------------------------------ */

/* The secrets of the file come one by one, in order, as the bytes pass. */
typedef struct {
    db_stmt *rows;
    bool row;
    uint64_t start, end; /* of the next secret */
    uint64_t offset;
    uint64_t count;
    buf marker;
    evidence_write write;
    void *ctx;
} copier;

static void copier_reset(copier *c)
{
    db_finalize(c->rows);
    buf_reset(&c->marker);
}

static evpack_status next_secret(copier *c, evpack_err *err)
{
    EVPACK_TRY(db_step(c->rows, &c->row, err));
    buf_clear(&c->marker);
    if (c->row) {
        c->start = (uint64_t)db_int(c->rows, 0);
        c->end = c->start + (uint64_t)db_int(c->rows, 1);
        secret_marker(db_text_or_empty(c->rows, 2), (secret_encoding)db_int(c->rows, 3),
                      &c->marker);
    }
    return buf_status(&c->marker, err);
}

static evpack_status copy_piece(void *ctx, const void *data, size_t len, evpack_err *err)
{
    copier *c = ctx;
    const char *p = data;
    while (len > 0) {
        bool inside = c->row && c->offset >= c->start;
        uint64_t until = !c->row ? UINT64_MAX : inside ? c->end : c->start;
        size_t n = until - c->offset < len ? (size_t)(until - c->offset) : len;
        if (!inside && n > 0) {
            EVPACK_TRY(c->write(c->ctx, p, n, err));
        }
        p += n;
        len -= n;
        c->offset += n;
        if (inside && c->offset >= c->end) {
            c->count++;
            EVPACK_TRY(c->write(c->ctx, c->marker.data, c->marker.len, err));
            EVPACK_TRY(next_secret(c, err));
        }
    }
    return EVPACK_OK;
}

static evpack_status copy_file(store *s, int64_t evidence_id, evidence_write write, void *ctx,
                               uint64_t *count, evpack_err *err)
{
    EVPACK_AUTO_VALUE(copier_reset) copier c = {.write = write, .ctx = ctx};
    EVPACK_TRY(db_prepare(store_db(s),
                          "SELECT start, length, kind, encoding FROM secret"
                          " WHERE evidence_id = ? AND place = 'bytes' ORDER BY start",
                          &c.rows, err));
    EVPACK_TRY(db_bind(c.rows, err, "i", evidence_id));
    EVPACK_TRY(next_secret(&c, err));
    EVPACK_TRY(evidence_read(s, evidence_id, copy_piece, &c, err));
    if (c.row) {
        return evpack_fail(
            err, EVPACK_E_CASE,
            "a secret of the evidence %lld lies behind the file's end, or in another",
            (long long)evidence_id);
    }
    *count = c.count;
    return EVPACK_OK;
}

evpack_status redaction_write(store *s, int64_t evidence_id, evidence_write write, void *ctx,
                              evpack_err *err)
{
    uint64_t ignored = 0;
    return copy_file(s, evidence_id, write, ctx, &ignored, err);
}

/* The plan ------------------------------------------------------------------------------------- */

typedef struct {
    digest *hash;
    uint64_t size;
} measure;

static evpack_status measure_piece(void *ctx, const void *data, size_t len, evpack_err *err)
{
    (void)err;
    measure *m = ctx;
    digest_update(m->hash, data, len);
    m->size += len;
    return EVPACK_OK;
}

static evpack_status add_file(redaction *r, int64_t evidence_id, redacted_file **out,
                              evpack_err *err)
{
    if (r->count == r->cap) {
        size_t more = r->cap == 0 ? 16 : r->cap * 2;
        redacted_file *grown = realloc(r->files, more * sizeof *grown);
        if (grown == NULL) {
            return evpack_oom(err);
        }
        r->files = grown;
        r->cap = more;
    }
    *out = &r->files[r->count++];
    **out = (redacted_file){.evidence_id = evidence_id};
    return EVPACK_OK;
}

/* Compressed files that nobody looked into, and archives that hold one or hold a secret. */
static const char withheld_sql[] =
    "WITH opaque(id) AS MATERIALIZED ("
    "  SELECT e.id FROM evidence e JOIN chunk k ON k.content_id = e.content_id AND k.start = 0"
    "   WHERE (e.kind = 'archive' AND e.completeness = 'unrecognised')"
    "      OR (e.kind <> 'archive' AND (hex(substr(k.bytes, 1, 2)) IN ('1F8B', '1F9D')"
    "          OR hex(substr(k.bytes, 1, 3)) = '425A68' OR hex(substr(k.bytes, 1, 4)) IN"
    "             ('504B0304', '28B52FFD', 'FD377A58', '377ABCAF', '04224D18', '52617221'))))"
    " SELECT id, 1 FROM opaque"
    " UNION ALL SELECT a.id, 2 FROM evidence a WHERE a.kind = 'archive'"
    "   AND a.id NOT IN (SELECT id FROM opaque) AND (a.secrets > 0 OR EXISTS"
    "   (SELECT 1 FROM evidence m WHERE m.snapshot_id = a.snapshot_id AND m.id <> a.id"
    "       AND substr(m.path, 1, length(a.path) + 1) = a.path || '/'"
    "       AND (m.secrets > 0 OR m.id IN (SELECT id FROM opaque))))";

static evpack_status plan_withheld(redaction *r, store *s, evpack_err *err)
{
    static const char *const why[] = {
        "", "it is compressed or encrypted, and could not be looked into for secrets",
        "it is an archive with secrets in it: its members are here, each as a file"};
    EVPACK_AUTO(db_stmt) rows = NULL;
    EVPACK_TRY(db_prepare(store_db(s), withheld_sql, &rows, err));
    for (bool row = true; row;) {
        EVPACK_TRY(db_step(rows, &row, err));
        if (row) {
            redacted_file *file = NULL;
            EVPACK_TRY(add_file(r, db_int(rows, 0), &file, err));
            file->withheld = why[db_int(rows, 1)];
            r->withheld++;
        }
    }
    if (r->count > 0) {
        qsort(r->files, r->count, sizeof *r->files, by_id);
    }
    return EVPACK_OK;
}

static evpack_status plan_copy(redaction *r, store *s, digest *hash, int64_t id, evpack_err *err)
{
    measure m = {.hash = hash};
    redacted_file *file = NULL;
    EVPACK_TRY(add_file(r, id, &file, err));
    EVPACK_TRY(copy_file(s, id, measure_piece, &m, &file->count, err));
    unsigned char sha[DIGEST_SIZE];
    EVPACK_TRY(digest_final(hash, sha, err));
    text_hex(sha, sizeof sha, file->sha256);
    file->size = m.size;
    r->values += file->count;
    r->redacted++;
    return EVPACK_OK;
}

static evpack_status plan_copies(redaction *r, store *s, evpack_err *err)
{
    const redaction withheld = *r; /* the first files, in order */
    EVPACK_AUTO(digest) hash = NULL;
    EVPACK_TRY(digest_new(&hash, err));
    EVPACK_AUTO(db_stmt) rows = NULL;
    EVPACK_TRY(db_prepare(store_db(s),
                          "SELECT DISTINCT evidence_id FROM secret WHERE place = 'bytes'"
                          " ORDER BY evidence_id",
                          &rows, err));
    for (bool row = true; row;) {
        EVPACK_TRY(db_step(rows, &row, err));
        bool is_withheld = false;
        for (size_t i = 0; row && i < withheld.count; i++) {
            is_withheld = is_withheld || r->files[i].evidence_id == db_int(rows, 0);
        }
        if (row && !is_withheld) {
            EVPACK_TRY(plan_copy(r, s, hash, db_int(rows, 0), err));
        }
    }
    if (r->count > 0) {
        qsort(r->files, r->count, sizeof *r->files, by_id);
    }
    return EVPACK_OK;
}

evpack_status redaction_plan(store *s, redaction **out, evpack_err *err)
{
    EVPACK_AUTO(redaction) r = calloc(1, sizeof *r);
    if (r == NULL) {
        return evpack_oom(err);
    }
    EVPACK_TRY(plan_withheld(r, s, err));
    EVPACK_TRY(plan_copies(r, s, err));
    *out = EVPACK_MOVE(r);
    return EVPACK_OK;
}

/* The list ------------------------------------------------------------------------------------- */

static const char about[] =
    "Values that were taken for secrets were replaced in these files by markers before the package "
    "was sealed, and the files under withheld were left out. Offsets and lengths are bytes, "
    "original_* of the file as it was exported. findings.json and the columns sha256 and size of "
    "evidence-index.csv speak of the originals. commitment is HMAC-SHA-256(salt, value bytes): who "
    "has the case (it keeps the salts) or the original can prove what stood there.";

static const char rows_sql[] =
    "SELECT e.id, 'data/evidence/' || n.label || '/' || e.member, e.path, lower(hex(c.sha256)),"
    " c.size, x.kind, x.words, x.pointer, x.start, x.length, x.encoding, lower(hex(x.commitment))"
    " FROM evidence e JOIN content c ON c.id = e.content_id"
    " JOIN snapshot n ON n.id = e.snapshot_id LEFT JOIN secret x ON x.evidence_id = e.id"
    " AND x.place = ?";

typedef struct {
    report_out o;
    const redaction *r;
    const char *between;
    int64_t evidence_id; /* whose secrets are listed, and the bytes that its copy has lost so far */
    int64_t lost;
} lister;

static void put(lister *l, const char *name, const char *text)
{
    buf_printf(&l->o.b, "\"%s\":", name);
    report_out_json(&l->o, text);
    buf_putc(&l->o.b, ',');
}

static void put_number(lister *l, const char *name, int64_t number)
{
    buf_printf(&l->o.b, "\"%s\":%lld,", name, (long long)number);
}

/* Ends an object or a list, whose last member put a comma. */
static void close_with(lister *l, const char *end)
{
    if (l->o.b.len > 0 && l->o.b.data[l->o.b.len - 1] == ',') {
        buf_truncate(&l->o.b, l->o.b.len - 1);
    }
    buf_puts(&l->o.b, end);
}

static void put_redaction(lister *l, db_stmt *row)
{
    static const char *const encodings[] = {"utf-8", "utf-16le", "utf-16be"};
    int64_t id = db_int(row, 0);
    const redacted_file *file = redaction_of(l->r, id);
    if (file == NULL || file->withheld != NULL || db_null(row, 5)) {
        return;
    }
    if (l->evidence_id != id) {
        l->evidence_id = id;
        l->lost = 0;
    }
    int64_t encoding = db_int(row, 10);
    EVPACK_AUTO_VALUE(buf_reset) buf marker = {0};
    secret_marker(db_text_or_empty(row, 5), (secret_encoding)encoding, &marker);
    l->o.b.failed = l->o.b.failed || marker.failed;
    buf_puts(&l->o.b, l->between);
    put(l, "path", db_text(row, 1));
    put(l, "original_path", db_text(row, 2));
    put(l, "original_sha256", db_text(row, 3));
    put(l, "redacted_sha256", file->sha256);
    put(l, "kind", db_text(row, 5));
    put(l, "words", db_text(row, 6));
    put(l, "pointer", db_text(row, 7));
    put_number(l, "original_offset", db_int(row, 8));
    put_number(l, "original_length", db_int(row, 9));
    put_number(l, "offset", db_int(row, 8) - l->lost);
    put_number(l, "length", (int64_t)marker.len);
    put(l, "encoding", encodings[encoding]);
    put(l, "commitment", db_text(row, 11));
    close_with(l, "}");
    l->between = ",\n{";
    l->lost += db_int(row, 9) - (int64_t)marker.len;
}

static void put_name(lister *l, db_stmt *row)
{
    if (db_null(row, 5)) {
        return;
    }
    buf_puts(&l->o.b, l->between);
    put(l, "path", db_text(row, 1));
    put(l, "kind", db_text(row, 5));
    put(l, "words", db_text(row, 6));
    put_number(l, "offset", db_int(row, 8));
    put_number(l, "length", db_int(row, 9));
    put(l, "commitment", db_text(row, 11));
    close_with(l, "}");
    l->between = ",\n{";
}

static void put_withheld(lister *l, db_stmt *row)
{
    const redacted_file *file = redaction_of(l->r, db_int(row, 0));
    if (file == NULL || file->withheld == NULL || l->evidence_id == file->evidence_id) {
        return; /* a file has a row for each of its secrets */
    }
    l->evidence_id = file->evidence_id;
    buf_puts(&l->o.b, l->between);
    put(l, "path", db_text(row, 1));
    put(l, "original_path", db_text(row, 2));
    put(l, "sha256", db_text(row, 3));
    put_number(l, "size", db_int(row, 4));
    put(l, "reason", file->withheld);
    close_with(l, "}");
    l->between = ",\n{";
}

static evpack_status put_list(lister *l, store *s, const char *place,
                              void (*each)(lister *l, db_stmt *row), evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf sql = {0};
    buf_printf(&sql, "%s ORDER BY 2, x.start", rows_sql);
    EVPACK_TRY(buf_status(&sql, err));
    EVPACK_AUTO(db_stmt) rows = NULL;
    EVPACK_TRY(db_prepare(store_db(s), buf_str(&sql), &rows, err));
    EVPACK_TRY(db_bind(rows, err, "t", place));
    l->between = "\n{";
    l->evidence_id = 0;
    for (bool row = true; row;) {
        EVPACK_TRY(db_step(rows, &row, err));
        if (row) {
            each(l, rows);
            report_out_some(&l->o);
        }
    }
    return EVPACK_OK;
}

static void lister_reset(lister *l)
{
    report_out_reset(&l->o);
}

evpack_status redaction_list(const redaction *r, store *s, int fd, evpack_err *err)
{
    EVPACK_AUTO_VALUE(lister_reset) lister l = {.o = {.fd = fd}, .r = r};
    buf_puts(&l.o.b, "{\"evpack\":{\"version\":\"" EVPACK_VERSION "\"},\n");
    put(&l, "about", about);
    buf_puts(&l.o.b, "\n\"redactions\":[");
    EVPACK_TRY(put_list(&l, s, "bytes", put_redaction, err));
    buf_puts(&l.o.b, "\n],\n\"names\":[");
    EVPACK_TRY(put_list(&l, s, "name", put_name, err));
    buf_puts(&l.o.b, "\n],\n\"withheld\":[");
    EVPACK_TRY(put_list(&l, s, "bytes", put_withheld, err));
    buf_puts(&l.o.b, "\n]}\n");
    return report_out_end(&l.o, err);
}
