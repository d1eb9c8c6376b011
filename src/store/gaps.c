/*
 * Gaps. Invariant: a command holds nothing of a subject's id but what is safe to paste: an id with
 * other characters is quoted for a shell. Knows nothing of what the kinds mean.
 */
#include "store/gaps.h"

#include <stdlib.h>
#include <string.h>

struct gaps {
    db_stmt *rows;
    buf command;
};

void gaps_free(gaps *g)
{
    if (g != NULL) {
        db_finalize(g->rows);
        buf_reset(&g->command);
        free(g);
    }
}

evpack_status gaps_open(store *s, gaps **out, evpack_err *err)
{
    EVPACK_AUTO(gaps) g = calloc(1, sizeof *g);
    if (g == NULL) {
        return evpack_oom(err);
    }
    EVPACK_TRY(
        db_prepare(store_db(s),
                   "SELECT sn.label, coalesce(r.id_given, r.subject), f.need, coalesce(n.what, ''),"
                   " coalesce(n.command, ''), f.findings, r.subject, coalesce(r.name, '')"
                   " FROM (SELECT f.record_id, f.need, count(*) AS findings FROM test t"
                   "        JOIN finding f ON f.test_id = t.id"
                   "        WHERE t.run_id = (SELECT max(id) FROM run) AND f.status = 6"
                   "          AND f.need IS NOT NULL GROUP BY f.record_id, f.need) f"
                   " JOIN record r ON r.id = f.record_id JOIN evidence e ON e.id = r.evidence_id"
                   " JOIN snapshot sn ON sn.id = e.snapshot_id"
                   " LEFT JOIN need n ON n.kind = f.need AND n.mapping_id ="
                   "      (SELECT mapping_id FROM run ORDER BY id DESC LIMIT 1)"
                   " ORDER BY sn.label, r.subject, f.need",
                   &g->rows, err));
    *out = EVPACK_MOVE(g);
    return EVPACK_OK;
}

/* The part of a canonical id after "/marker/", up to the next slash. */
static void put_part(const char *id, const char *marker, buf *out)
{
    const char *p = strstr(id, marker);
    if (p != NULL) {
        p += strlen(marker);
        buf_append(out, p, strcspn(p, "/"));
    }
}

/* As one word for sh and PowerShell both: quoted unless it is plainly harmless. */
static void put_word(const char *text, size_t len, buf *out)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "/-_.";
    bool safe = len > 0;
    for (size_t i = 0; i < len && safe; i++) {
        safe = text[i] != '\0' && strchr(plain, text[i]) != NULL;
    }
    if (safe) {
        buf_append(out, text, len);
        return;
    }
    buf_putc(out, '\'');
    for (size_t i = 0; i < len; i++) {
        buf_putc(out, text[i] == '\'' || (unsigned char)text[i] < 0x20 ? '?' : text[i]);
    }
    buf_putc(out, '\'');
}

static void fill(const char *command, db_stmt *row, buf *out)
{
    static const char *const names[] = {"{id}", "{name}", "{group}", "{subscription}"};
    const char *subject = db_text_or_empty(row, 6);
    while (*command != '\0') {
        size_t n = 0;
        while (n < 4 && strncmp(command, names[n], strlen(names[n])) != 0) {
            n++;
        }
        if (n == 4) {
            buf_putc(out, *command++);
            continue;
        }
        command += strlen(names[n]);
        EVPACK_AUTO_VALUE(buf_reset) buf value = {0};
        if (n == 0 || n == 1) {
            buf_puts(&value, db_text_or_empty(row, n == 0 ? 1 : 7));
        } else {
            put_part(subject, n == 2 ? "/resourcegroups/" : "/subscriptions/", &value);
        }
        put_word(buf_str(&value), value.len, out);
    }
}

evpack_status gaps_next(gaps *g, gap *out, bool *more, evpack_err *err)
{
    EVPACK_TRY(db_step(g->rows, more, err));
    if (!*more) {
        return EVPACK_OK;
    }
    buf_clear(&g->command);
    fill(db_text_or_empty(g->rows, 4), g->rows, &g->command);
    EVPACK_TRY(buf_status(&g->command, err));
    *out = (gap){.snapshot = db_text_or_empty(g->rows, 0),
                 .subject = db_text_or_empty(g->rows, 1),
                 .need = db_text_or_empty(g->rows, 2),
                 .what = db_text_or_empty(g->rows, 3),
                 .command = buf_str(&g->command),
                 .findings = db_int(g->rows, 5)};
    return EVPACK_OK;
}
