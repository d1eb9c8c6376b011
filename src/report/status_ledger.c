/*
 * The ledger for people and programs. Invariant: both forms say the same, and what is not shown is
 * counted. Reads, never judges.
 */
#include "report/status_ledger.h"

#include "report/status_totals.h"

#include "base/buf.h"
#include "base/visible.h"

#include <string.h>

enum { COLUMNS = 80 };

static evpack_status flush(buf *b, FILE *out, evpack_err *err)
{
    EVPACK_TRY(buf_status(b, err));
    if (b->len > 0 && fwrite(b->data, 1, b->len, out) != b->len) {
        return evpack_fail(err, EVPACK_E_IO, "the answer cannot be written");
    }
    buf_clear(b);
    return EVPACK_OK;
}

static void put_member(buf *line, const char *name, db_stmt *row, int column)
{
    buf_printf(line, ",\"%s\":", name);
    if (db_null(row, column)) {
        buf_puts(line, "null");
    } else {
        size_t len = 0;
        const char *text = db_bytes(row, column, &len);
        buf_json_string(line, text, len);
    }
}

static const char documents_sql[] =
    "SELECT e.path, sn.label, l.document, l.completeness, coalesce(d.records, e.records), l.says,"
    "       f.command"
    "  FROM ledger l JOIN evidence e ON e.id = l.evidence_id"
    "  JOIN snapshot sn ON sn.id = e.snapshot_id"
    "  LEFT JOIN document d ON d.evidence_id = l.evidence_id AND d.ordinal = l.document"
    "  LEFT JOIN ledger f ON f.evidence_id = l.evidence_id AND f.document = -1"
    " WHERE l.document >= 0 ORDER BY sn.id, e.path, e.id, l.document";

static evpack_status json_documents(const store *s, buf *line, FILE *out, evpack_err *err)
{
    EVPACK_AUTO(db_stmt) rows = NULL;
    EVPACK_TRY(db_prepare(store_db(s), documents_sql, &rows, err));
    buf_puts(line, "\"ledger\":[");
    bool first = true;
    for (bool row = true; row; first = false) {
        EVPACK_TRY(db_step(rows, &row, err));
        if (row) {
            buf_printf(line, "%s{\"document\":%lld,\"records\":%lld", first ? "" : ",",
                       (long long)db_int(rows, 2), (long long)db_int(rows, 4));
            put_member(line, "path", rows, 0);
            put_member(line, "snapshot", rows, 1);
            put_member(line, "completeness", rows, 3);
            put_member(line, "says", rows, 5);
            put_member(line, "command", rows, 6);
            buf_putc(line, '}');
            EVPACK_TRY(flush(line, out, err));
        }
    }
    buf_puts(line, "],");
    return EVPACK_OK;
}

static const char notes_sql[] =
    "SELECT n.id, n.code, sn.label, n.subject, n.text, n.command FROM ledger_note n"
    " JOIN snapshot sn ON sn.id = n.snapshot_id ORDER BY sn.id, n.code, n.id";
static const char paths_sql[] =
    "SELECT e.path FROM ledger_note n, json_each(n.evidence) j JOIN evidence e ON e.id = j.value"
    " WHERE n.id = ? ORDER BY CAST(j.key AS INTEGER)";

static evpack_status json_paths(db_stmt *paths, int64_t note, buf *line, evpack_err *err)
{
    EVPACK_TRY(db_bind(paths, err, "i", note));
    buf_puts(line, ",\"evidence\":[");
    bool first = true;
    for (bool row = true; row; first = false) {
        EVPACK_TRY(db_step(paths, &row, err));
        if (row) {
            size_t len = 0;
            const char *text = db_bytes(paths, 0, &len);
            buf_puts(line, first ? "" : ",");
            buf_json_string(line, text, len);
        }
    }
    buf_putc(line, ']');
    return EVPACK_OK;
}

static evpack_status json_notes(const store *s, buf *line, FILE *out, evpack_err *err)
{
    EVPACK_AUTO(db_stmt) rows = NULL;
    EVPACK_AUTO(db_stmt) paths = NULL;
    EVPACK_TRY(db_prepare(store_db(s), notes_sql, &rows, err));
    EVPACK_TRY(db_prepare(store_db(s), paths_sql, &paths, err));
    buf_puts(line, "\"notes\":[");
    bool first = true;
    for (bool row = true; row; first = false) {
        EVPACK_TRY(db_step(rows, &row, err));
        if (row) {
            buf_printf(line, "%s{\"code\":\"%s\"", first ? "" : ",", db_text_or_empty(rows, 1));
            put_member(line, "snapshot", rows, 2);
            put_member(line, "subject", rows, 3);
            put_member(line, "text", rows, 4);
            put_member(line, "command", rows, 5);
            EVPACK_TRY(json_paths(paths, db_int(rows, 0), line, err));
            buf_putc(line, '}');
            EVPACK_TRY(flush(line, out, err));
        }
    }
    buf_puts(line, "],");
    return flush(line, out, err);
}

evpack_status status_ledger_json(const store *s, FILE *out, evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf line = {0};
    EVPACK_TRY(json_documents(s, &line, out, err));
    return json_notes(s, &line, out, err);
}

evpack_status status_ledger_gaps(const store *s, bool any, FILE *out, evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf line = {0};
    EVPACK_AUTO(db_stmt) rows = NULL;
    EVPACK_TRY(db_prepare(store_db(s),
                          "SELECT coalesce(n.subject, n.text), n.code, n.command, sn.label"
                          " FROM ledger_note n JOIN snapshot sn ON sn.id = n.snapshot_id"
                          " WHERE n.command IS NOT NULL ORDER BY sn.id, n.code, n.id",
                          &rows, err));
    for (bool row = true; row; any = true) {
        EVPACK_TRY(db_step(rows, &row, err));
        if (row) {
            buf_printf(&line, "%s{\"findings\":0", any ? "," : "");
            put_member(&line, "subject", rows, 0);
            put_member(&line, "needs", rows, 1);
            put_member(&line, "command", rows, 2);
            put_member(&line, "snapshot", rows, 3);
            buf_putc(&line, '}');
            EVPACK_TRY(flush(&line, out, err));
        }
    }
    return EVPACK_OK;
}

/* Text in lines of at most COLUMNS bytes where blanks allow it, each after that many blanks. */
static void put_wrapped(const term *t, const char *text, int indent, buf *line)
{
    EVPACK_AUTO_VALUE(buf_reset) buf clean = {0};
    visible_append(&clean, text, strlen(text), NULL, NULL);
    const char *p = buf_str(&clean);
    while (*p != '\0') {
        const size_t width = t->width > 0 ? t->width : COLUMNS;
        size_t most = width - (size_t)indent;
        size_t len = strlen(p);
        size_t take = len;
        if (len > most) {
            take = most;
            while (take > 0 && p[take] != ' ') {
                take--;
            }
            take = take > 0 ? take : strcspn(p, " ");
        }
        buf_printf(line, "%*s", indent, "");
        buf_append(line, p, take);
        buf_putc(line, '\n');
        p += take;
        p += strspn(p, " ");
    }
}

static void put_more(uint64_t count, unsigned shown, int indent, buf *line)
{
    if (count > shown) {
        buf_printf(line, "%*sand %llu more; 'evpack status --json' has them all\n", indent, "",
                   (unsigned long long)(count - shown));
    }
}

/* Worst first. */
#define RANK                                                                   \
    "CASE coalesce(l.completeness, e.completeness) WHEN 'unrecognised' THEN 0" \
    " WHEN 'failed' THEN 1 WHEN 'truncated' THEN 2 WHEN 'partial' THEN 3"      \
    " WHEN 'summary' THEN 4 WHEN 'unstated' THEN 5 ELSE 6 END"
static const char totals_sql[] =
    "SELECT coalesce(l.completeness, e.completeness), count(*), total(e.records) FROM evidence e"
    " JOIN snapshot sn ON sn.id = e.snapshot_id AND sn.role = 'tenant'"
    " LEFT JOIN ledger l ON l.evidence_id = e.id AND l.document = -1"
    " GROUP BY 1 ORDER BY " RANK " DESC";
static const char files_sql[] =
    "SELECT e.path, coalesce(l.completeness, e.completeness), e.kind, e.records,"
    "       coalesce(l.says, e.reason), e.note"
    "  FROM evidence e LEFT JOIN ledger l ON l.evidence_id = e.id AND l.document = -1"
    " ORDER BY " RANK ", e.snapshot_id, e.path, e.id";

static evpack_status text_totals(const store *s, const term *t, buf *line, evpack_err *err)
{
    int64_t all = 0;
    EVPACK_TRY(db_value(store_db(s),
                        "SELECT count(*) FROM evidence e JOIN snapshot n ON n.id = e.snapshot_id"
                        " AND n.role = 'tenant'",
                        &all, err));
    EVPACK_AUTO(db_stmt) rows = NULL;
    EVPACK_TRY(db_prepare(store_db(s), totals_sql, &rows, err));
    status_head(t, "Completeness of the evidence", line);
    for (bool row = true; row;) {
        EVPACK_TRY(db_step(rows, &row, err));
        if (row) {
            const char *word = db_text_or_empty(rows, 0);
            const int64_t files = db_int(rows, 1);
            buf_puts(line, "  ");
            status_word(t, word, 14, line);
            buf_printf(line, " %8lld file%s %10lld records", (long long)files,
                       files == 1 ? " " : "s", (long long)db_int(rows, 2));
            status_bar(t, word, files, all, 50, line);
        }
    }
    return EVPACK_OK;
}

/* The path stands on a line of its own where the line would be too long. */
static void put_file(const term *t, db_stmt *row, buf *line)
{
    EVPACK_AUTO_VALUE(buf_reset) buf path = {0};
    const char *given = db_text_or_empty(row, 0);
    visible_append(&path, given, strlen(given), NULL, NULL);
    enum { BEFORE = 2 + 12 + 1 + 28 + 1 + 6 + 2 };
    size_t kind = strlen(db_text_or_empty(row, 2));
    buf_puts(line, "  ");
    status_word(t, db_text_or_empty(row, 1), 12, line);
    buf_printf(line, " %-28s %6lld", db_text_or_empty(row, 2), (long long)db_int(row, 3));
    size_t columns = BEFORE + (kind > 28 ? kind - 28 : 0) + path.len;
    bool fits = columns <= (t->width > 0 ? t->width : COLUMNS);
    buf_printf(line, "%s%s\n", fits ? "  " : "\n    ", buf_str(&path));
}

static evpack_status text_files(const store *s, const term *t, buf *line, FILE *out, unsigned shown,
                                evpack_err *err)
{
    EVPACK_AUTO(db_stmt) rows = NULL;
    EVPACK_TRY(db_prepare(store_db(s), files_sql, &rows, err));
    uint64_t count = 0;
    status_head(t, "Evidence", line);
    for (bool row = true; row;) {
        EVPACK_TRY(db_step(rows, &row, err));
        if (row && count++ < shown) {
            put_file(t, rows, line);
            if (!db_null(rows, 4)) {
                put_wrapped(t, db_text(rows, 4), 15, line);
            }
            if (!db_null(rows, 5)) {
                put_wrapped(t, db_text(rows, 5), 15, line);
            }
            EVPACK_TRY(flush(line, out, err));
        }
    }
    put_more(count, shown, 2, line);
    return EVPACK_OK;
}

/* The command that would close it, on one line, so that it can be copied. */
static void put_command(db_stmt *row, buf *line)
{
    if (!db_null(row, 2)) {
        const char *command = db_text(row, 2);
        buf_puts(line, "      ");
        visible_append(line, command, strlen(command), NULL, NULL);
        buf_putc(line, '\n');
    }
}

/* Commands that failed are left to the section of the exports' ledgers (status.c). */
static evpack_status text_notes(const store *s, const term *t, buf *line, FILE *out, unsigned shown,
                                evpack_err *err)
{
    EVPACK_AUTO(db_stmt) codes = NULL;
    EVPACK_AUTO(db_stmt) rows = NULL;
    EVPACK_TRY(db_prepare(store_db(s),
                          "SELECT code, count(*) FROM ledger_note WHERE code <> 'command-failed'"
                          " GROUP BY code ORDER BY code",
                          &codes, err));
    EVPACK_TRY(db_prepare(store_db(s),
                          "SELECT subject, text, command FROM ledger_note WHERE code = ?"
                          " ORDER BY snapshot_id, id LIMIT ?",
                          &rows, err));
    bool any = false;
    for (bool code = true; code;) {
        EVPACK_TRY(db_step(codes, &code, err));
        if (!code) {
            break;
        }
        uint64_t count = (uint64_t)db_int(codes, 1);
        if (!any) {
            status_head(t, "Notes", line);
        }
        buf_printf(line, "  %s: %llu\n", db_text_or_empty(codes, 0), (unsigned long long)count);
        any = true;
        unsigned most = shown < 5 ? shown : 5;
        EVPACK_TRY(db_bind(rows, err, "ti", db_text_or_empty(codes, 0), (int64_t)most));
        for (bool row = true; row;) {
            EVPACK_TRY(db_step(rows, &row, err));
            if (row) {
                if (!db_null(rows, 0)) {
                    put_wrapped(t, db_text(rows, 0), 4, line);
                }
                put_wrapped(t, db_text_or_empty(rows, 1), db_null(rows, 0) ? 4 : 6, line);
                put_command(rows, line);
            }
        }
        put_more(count, most, 4, line);
        EVPACK_TRY(flush(line, out, err));
    }
    return EVPACK_OK;
}

evpack_status status_ledger_text(const store *s, FILE *out, unsigned shown, const term *t,
                                 evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf line = {0};
    EVPACK_TRY(text_totals(s, t, &line, err));
    EVPACK_TRY(text_files(s, t, &line, out, shown, err));
    EVPACK_TRY(text_notes(s, t, &line, out, shown, err));
    return flush(&line, out, err);
}
