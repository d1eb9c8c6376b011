/*
 * What a case knows of secrets. Invariant: no value is written here, nor anything that tells one
 * without the file or the salt. Refuses to know how secrets are found.
 */
#include "store/secret.h"

#include "port/digest.h"

#include <string.h>

static const char add_sql[] =
    "INSERT INTO secret(evidence_id, place, kind, words, pointer, start, length, encoding, salt,"
    " commitment) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

evpack_status secret_add(store *s, const secret_row *r, evpack_err *err)
{
    unsigned char salt[DIGEST_SIZE];
    unsigned char commitment[DIGEST_SIZE];
    EVPACK_TRY(digest_random(salt, sizeof salt, err));
    EVPACK_TRY(digest_hmac(salt, sizeof salt, r->value, (size_t)r->length, commitment, err));
    EVPACK_AUTO(db_stmt) add = NULL;
    EVPACK_TRY(db_prepare(store_db(s), add_sql, &add, err));
    EVPACK_TRY(db_bind(add, err, "ittttiiibb", r->evidence_id, r->place, r->kind, r->words,
                       r->pointer, (int64_t)r->start, (int64_t)r->length, (int64_t)r->encoding,
                       salt, sizeof salt, commitment, sizeof commitment));
    return db_run(add, err);
}

void secret_marker(const char *kind, secret_encoding encoding, buf *out)
{
    const char *const parts[] = {"EVPACK-REDACTED-", kind};
    for (size_t i = 0; i < 2; i++) {
        for (const char *p = parts[i]; *p != '\0'; p++) {
            if (encoding == SECRET_UTF16BE) {
                buf_putc(out, '\0');
            }
            buf_putc(out, *p);
            if (encoding == SECRET_UTF16LE) {
                buf_putc(out, '\0');
            }
        }
    }
}

/* The texts of a record, the body first, as secret_record has them. */
#define RECORD_TEXTS "body, subject, id_given, type, name, scope, parent, pointer"
enum { FIXED = 3 + SECRET_TEXTS }; /* the columns that no mask changes */

static evpack_status read_texts(db_stmt *row, int texts, secret_record *to, evpack_err *err)
{
    to->start = (uint64_t)db_int(row, 1);
    to->length = (uint64_t)db_int(row, 2);
    for (int i = 0; i < SECRET_TEXTS; i++) {
        size_t len = 0;
        to->none[i] = i >= texts || db_null(row, 3 + i);
        if (to->none[i]) {
            continue;
        }
        const void *text = db_bytes(row, 3 + i, &len);
        buf_clear(&to->texts[i]);
        buf_append(&to->texts[i], text, len);
        EVPACK_TRY(buf_status(&to->texts[i], err));
    }
    return EVPACK_OK;
}

/* Anew under its id, since rows are never changed; fixed stands on what stays. */
static evpack_status replace_record(store *s, db_stmt *fixed, const secret_record *r,
                                    evpack_err *err)
{
    int64_t id = db_int(fixed, 0);
    EVPACK_AUTO(db_stmt) drop = NULL;
    EVPACK_TRY(db_prepare(store_db(s), "DELETE FROM record WHERE id = ?", &drop, err));
    EVPACK_AUTO(db_stmt) add = NULL;
    EVPACK_TRY(db_prepare(store_db(s),
                          "INSERT INTO record(id, start, length, evidence_id, kind, complete,"
                          " normalised, document, " RECORD_TEXTS
                          ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                          &add, err));
    const char *t[SECRET_TEXTS];
    size_t n[SECRET_TEXTS];
    for (size_t i = 0; i < SECRET_TEXTS; i++) {
        t[i] = r->none[i] ? NULL : buf_str(&r->texts[i]);
        n[i] = r->texts[i].len;
    }
    EVPACK_AUTO_VALUE(buf_reset) buf kind = {0};
    buf_puts(&kind, db_text_or_empty(fixed, FIXED + 1));
    EVPACK_TRY(buf_status(&kind, err));
    EVPACK_TRY(db_bind(add, err, "iiiitiiiTTTTTTTT", id, (int64_t)r->start, (int64_t)r->length,
                       db_int(fixed, FIXED), buf_str(&kind), db_int(fixed, FIXED + 2),
                       db_int(fixed, FIXED + 3), db_int(fixed, FIXED + 4), t[0], n[0], t[1], n[1],
                       t[2], n[2], t[3], n[3], t[4], n[4], t[5], n[5], t[6], n[6], t[7], n[7]));
    EVPACK_TRY(db_bind(drop, err, "i", id));
    db_reset(fixed);
    EVPACK_TRY(db_run(drop, err));
    return db_run(add, err);
}

static void record_reset(secret_record *r)
{
    for (size_t i = 0; i < SECRET_TEXTS; i++) {
        buf_reset(&r->texts[i]);
    }
}

evpack_status secret_mask_records(store *s, int64_t evidence_id, secret_mask mask, void *ctx,
                                  evpack_err *err)
{
    static const size_t canonical[] = {1, 5, 6}; /* subject, scope and parent in RECORD_TEXTS */
    EVPACK_AUTO_VALUE(record_reset) secret_record record = {0};
    EVPACK_AUTO(db_stmt) next = NULL;
    EVPACK_TRY(db_prepare(store_db(s),
                          "SELECT id, start, length, " RECORD_TEXTS
                          ", evidence_id, kind, complete, normalised, document FROM record"
                          " WHERE evidence_id = ? AND id > ? ORDER BY id LIMIT 1",
                          &next, err));
    int64_t id = 0;
    for (;;) {
        EVPACK_TRY(db_bind(next, err, "ii", evidence_id, id));
        bool row = false;
        EVPACK_TRY(db_step(next, &row, err));
        if (!row) {
            return EVPACK_OK;
        }
        id = db_int(next, 0);
        EVPACK_TRY(read_texts(next, SECRET_TEXTS, &record, err));
        for (size_t i = 0; i < sizeof canonical / sizeof canonical[0]; i++) {
            const buf *text = &record.texts[canonical[i]];
            record.canonical[canonical[i]] = text->len > 0 && text->data[0] == '/';
        }
        bool changed = false;
        EVPACK_TRY(mask(ctx, &record, &changed, err));
        if (changed) {
            EVPACK_TRY(replace_record(s, next, &record, err));
        }
        db_reset(next);
    }
}

/* What a document says of itself. */
#define DOCUMENT_TEXTS "reason, next, context"
enum { DOCUMENT_NULLS = 3 };

static evpack_status replace_document(store *s, int64_t id, const secret_record *r, evpack_err *err)
{
    /* The row's other columns wait in a table of this connection, since no row is ever changed and
     * no two may be of one place. */
    EVPACK_TRY(db_exec(store_db(s),
                       "CREATE TEMP TABLE IF NOT EXISTS masked AS SELECT * FROM document WHERE 0;"
                       "DELETE FROM temp.masked",
                       err));
    static const char *const steps[] = {
        "INSERT INTO temp.masked SELECT * FROM document WHERE id = ?",
        "DELETE FROM document WHERE id = ?",
        "INSERT INTO document SELECT * FROM temp.masked WHERE id = ?"};
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        EVPACK_AUTO(db_stmt) step = NULL;
        EVPACK_TRY(db_prepare(store_db(s), steps[i], &step, err));
        EVPACK_TRY(db_bind(step, err, "i", id));
        EVPACK_TRY(db_run(step, err));
        if (i > 0) {
            continue;
        }
        EVPACK_AUTO(db_stmt) change = NULL;
        EVPACK_TRY(db_prepare(
            store_db(s), "UPDATE temp.masked SET reason = ?, next = ?, context = ?", &change, err));
        const char *t[DOCUMENT_NULLS];
        for (size_t n = 0; n < DOCUMENT_NULLS; n++) {
            t[n] = r->none[n] ? NULL : buf_str(&r->texts[n]);
        }
        EVPACK_TRY(db_bind(change, err, "ttt", t[0], t[1], t[2]));
        EVPACK_TRY(db_run(change, err));
    }
    return EVPACK_OK;
}

evpack_status secret_mask_documents(store *s, int64_t evidence_id, secret_mask mask, void *ctx,
                                    evpack_err *err)
{
    EVPACK_AUTO_VALUE(record_reset) secret_record record = {0};
    EVPACK_AUTO(db_stmt) next = NULL;
    EVPACK_TRY(db_prepare(store_db(s),
                          "SELECT id, start, length, " DOCUMENT_TEXTS ", ordinal FROM document"
                          " WHERE evidence_id = ? AND ordinal > ? AND coalesce(" DOCUMENT_TEXTS
                          ") IS NOT NULL ORDER BY ordinal LIMIT 1",
                          &next, err));
    for (int64_t ordinal = -1;;) {
        EVPACK_TRY(db_bind(next, err, "ii", evidence_id, ordinal));
        bool row = false;
        EVPACK_TRY(db_step(next, &row, err));
        if (!row) {
            return EVPACK_OK;
        }
        int64_t id = db_int(next, 0);
        ordinal = db_int(next, 3 + DOCUMENT_NULLS);
        EVPACK_TRY(read_texts(next, DOCUMENT_NULLS, &record, err));
        db_reset(next);
        bool changed = false;
        EVPACK_TRY(mask(ctx, &record, &changed, err));
        if (changed) {
            EVPACK_TRY(replace_document(s, id, &record, err));
        }
    }
}

evpack_status secret_each(store *s, int64_t evidence_id, secret_told told, void *ctx,
                          evpack_err *err)
{
    EVPACK_AUTO(db_stmt) rows = NULL;
    EVPACK_TRY(db_prepare(store_db(s),
                          "SELECT x.id, x.evidence_id, e.path, n.label, x.place, x.kind, x.words,"
                          " x.pointer, x.start, x.length, x.encoding, x.commitment"
                          " FROM secret x JOIN evidence e ON e.id = x.evidence_id"
                          " JOIN snapshot n ON n.id = e.snapshot_id"
                          " WHERE ?1 = 0 OR x.evidence_id = ?1"
                          " ORDER BY n.label, e.member, x.place, x.start, x.id",
                          &rows, err));
    EVPACK_TRY(db_bind(rows, err, "i", evidence_id));
    for (bool row = true; row;) {
        EVPACK_TRY(db_step(rows, &row, err));
        if (!row) {
            break;
        }
        size_t len = 0;
        const secret one = {.id = db_int(rows, 0),
                            .evidence_id = db_int(rows, 1),
                            .path = db_text_or_empty(rows, 2),
                            .snapshot = db_text_or_empty(rows, 3),
                            .place = db_text_or_empty(rows, 4),
                            .kind = db_text_or_empty(rows, 5),
                            .words = db_text_or_empty(rows, 6),
                            .pointer = db_text(rows, 7),
                            .start = (uint64_t)db_int(rows, 8),
                            .length = (uint64_t)db_int(rows, 9),
                            .encoding = (secret_encoding)db_int(rows, 10),
                            .commitment = db_bytes(rows, 11, &len)};
        if (len != DIGEST_SIZE) {
            return evpack_fail(err, EVPACK_E_CASE, "a secret's commitment has %zu bytes", len);
        }
        EVPACK_TRY(told(ctx, &one, err));
    }
    return EVPACK_OK;
}

evpack_status secret_count(const store *s, secret_totals *out, evpack_err *err)
{
    db *d = store_db(s);
    EVPACK_TRY(db_value(d, "SELECT count(*) FROM secret", &out->secrets, err));
    EVPACK_TRY(db_value(d, "SELECT count(DISTINCT evidence_id) FROM secret", &out->files, err));
    return db_value(d, "SELECT count(*) FROM evidence WHERE secrets IS NULL", &out->unseen, err);
}
