/*
 * Received packages in the state of a case. Invariant: both forms say the same, one entry for each
 * event `receive`. Refuses to look into the logs that were carried on.
 */
#include "report/status_received.h"

#include "report/status_totals.h"

#include "base/visible.h"

#include <string.h>

static const char received_sql[] =
    "SELECT line ->> '$.at', line ->> '$.by', line ->> '$.detail.package_id',"
    " line ->> '$.detail.sha256', line ->> '$.detail.signature', line ->> '$.detail.signer',"
    " line ->> '$.detail.signer_sha256', line ->> '$.detail.files', line ->> '$.detail.redacted',"
    " line ->> '$.detail.withheld', line ->> '$.detail.lines',"
    /* Whether the engagement that holds came with it, and last. */
    " (SELECT g.line ->> '$.detail.reference' FROM custody_event g"
    "  WHERE g.id = (SELECT max(id) FROM custody_event WHERE line ->> '$.event' = 'collect'"
    "   AND line ->> '$.detail.engagement' IS NOT NULL)"
    "  AND g.line ->> '$.detail.package' = r.line ->> '$.detail.package_id' AND g.id > r.id"
    "  AND NOT EXISTS (SELECT 1 FROM custody_event n WHERE n.line ->> '$.event' = 'receive'"
    "   AND n.id > r.id AND n.id < g.id))"
    " FROM custody_event r WHERE line ->> '$.event' = 'receive' ORDER BY id";
enum {
    AT,
    BY,
    ID,
    SHA256,
    SIGNATURE,
    SIGNER,
    SIGNER_SHA256,
    FILES,
    REDACTED,
    WITHHELD,
    LINES,
    ENGAGEMENT
};

static void put_clean(const char *text, buf *line)
{
    visible_append(line, text, strlen(text), NULL, NULL);
}

static void put(buf *line, const char *name, const char *text)
{
    buf_printf(line, "%s\"%s\":", line->data[line->len - 1] == '{' ? "" : ",", name);
    buf_json_text(line, text);
}

static void put_json(db_stmt *row, buf *line)
{
    static const struct {
        const char *name;
        int column;
    } texts[] = {{"at", AT},
                 {"by", BY},
                 {"package_id", ID},
                 {"sha256", SHA256},
                 {"signature", SIGNATURE},
                 {"signer", SIGNER},
                 {"signer_sha256", SIGNER_SHA256},
                 {"engagement", ENGAGEMENT}};
    static const struct {
        const char *name;
        int column;
    } numbers[] = {
        {"files", FILES}, {"redacted", REDACTED}, {"withheld", WITHHELD}, {"log_lines", LINES}};
    buf_putc(line, '{');
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        put(line, texts[i].name, db_text(row, texts[i].column));
    }
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        buf_printf(line, ",\"%s\":%lld", numbers[i].name,
                   (long long)db_int(row, numbers[i].column));
    }
    buf_putc(line, '}');
}

static void put_text(db_stmt *row, buf *line)
{
    buf_puts(line, "  ");
    put_clean(db_text_or_empty(row, ID), line);
    buf_printf(line, ": %lld files, received at ", (long long)db_int(row, FILES));
    put_clean(db_text_or_empty(row, AT), line);
    if (db_null(row, SIGNER)) {
        buf_puts(line, "; signature not checked");
    } else {
        buf_puts(line, "; verified, signed by ");
        put_clean(db_text_or_empty(row, SIGNER), line);
    }
    buf_putc(line, '\n');
    if (db_int(row, REDACTED) > 0 || db_int(row, WITHHELD) > 0) {
        buf_printf(line,
                   "    redacted by the sender: %lld files are redacted copies, %lld were withheld "
                   "and are not there\n",
                   (long long)db_int(row, REDACTED), (long long)db_int(row, WITHHELD));
    }
    if (!db_null(row, ENGAGEMENT)) {
        buf_puts(line, "    its engagement decides: ");
        put_clean(db_text_or_empty(row, ENGAGEMENT), line);
        buf_putc(line, '\n');
    }
}

evpack_status status_received_json(const store *s, buf *line, evpack_err *err)
{
    EVPACK_AUTO(db_stmt) rows = NULL;
    EVPACK_TRY(db_prepare(store_db(s), received_sql, &rows, err));
    buf_puts(line, "\"received\":[");
    const char *between = "";
    for (bool row = true; row; between = ",") {
        EVPACK_TRY(db_step(rows, &row, err));
        if (row) {
            buf_puts(line, between);
            put_json(rows, line);
        }
    }
    buf_puts(line, "],");
    return buf_status(line, err);
}

evpack_status status_received_text(const store *s, const term *t, buf *line, evpack_err *err)
{
    EVPACK_AUTO(db_stmt) rows = NULL;
    EVPACK_TRY(db_prepare(store_db(s), received_sql, &rows, err));
    bool first = true;
    for (bool row = true; row; first = false) {
        EVPACK_TRY(db_step(rows, &row, err));
        if (row && first) {
            status_head(t, "Received packages", line);
        }
        if (row) {
            put_text(rows, line);
        }
    }
    return buf_status(line, err);
}
