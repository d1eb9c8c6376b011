/*
 * Listing by framework. Invariant: every id of the framework's is a row, and counts are those of
 * the newest run. Knows no framework by name: they are the mapping's.
 */
#include "report/crosswalk.h"

#include "base/visible.h"
#include "store/findings.h"

#include <string.h>

static const char controls_sql[] =
    "SELECT CASE WHEN b.preview THEN b.slug || ':' ELSE '' END || c.control_id, x.framework, x.ref"
    " FROM control c JOIN crosswalk x ON x.control_id = c.id JOIN benchmark b ON b.id = "
    "c.benchmark_id"
    " WHERE c.id IN (SELECT t.control FROM tested t WHERE t.run_id = (SELECT max(id) FROM run)"
    "     AND EXISTS (SELECT 1 FROM finding f WHERE f.test_id = t.id))"
    " ORDER BY b.preview, b.slug, c.ordinal, x.framework, x.ordinal";

static void put_string(buf *out, const char *text)
{
    buf_json_string(out, text, strlen(text));
}

/* Whether the text differs from the one before, which it then becomes. */
static bool is_new(buf *before, const char *text)
{
    if (before->len > 0 && strcmp(buf_str(before), text) == 0) {
        return false;
    }
    buf_clear(before);
    buf_puts(before, text);
    return true;
}

evpack_status crosswalk_of_controls(const store *s, buf *out, evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf control = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf framework = {0};
    EVPACK_AUTO(db_stmt) rows = NULL;
    EVPACK_TRY(db_prepare(store_db(s), controls_sql, &rows, err));
    buf_putc(out, '{');
    bool any = false;
    for (bool row = true; row;) {
        EVPACK_TRY(db_step(rows, &row, err));
        if (!row) {
            break;
        }
        bool first = is_new(&control, db_text_or_empty(rows, 0));
        if (first) {
            buf_puts(out, any ? "]},\n" : "\n");
            put_string(out, db_text_or_empty(rows, 0));
            buf_puts(out, ":{");
            buf_clear(&framework);
        }
        if (is_new(&framework, db_text_or_empty(rows, 1))) {
            buf_puts(out, first ? "" : "],");
            put_string(out, db_text_or_empty(rows, 1));
            buf_puts(out, ":[");
        } else {
            buf_putc(out, ',');
        }
        put_string(out, db_text_or_empty(rows, 2));
        any = true;
    }
    buf_puts(out, any ? "]}}" : "}");
    EVPACK_TRY(buf_status(&control, err));
    EVPACK_TRY(buf_status(&framework, err));
    return buf_status(out, err);
}

/* Ids in the order that people read them in: letters, then numbers by their value. */
static const char refs_sql[] =
    "WITH now AS (SELECT id, mapping_id FROM run ORDER BY id DESC LIMIT 1),"
    " counted AS MATERIALIZED (SELECT t.control AS control, f.status AS status, count(*) AS n"
    "   FROM now JOIN tested t ON t.run_id = now.id CROSS JOIN finding f ON f.test_id = t.id GROUP "
    "BY 1, 2),"
    " per AS MATERIALIZED (SELECT control, sum(n * (status = 1)) AS s1, sum(n * (status = 2)) AS "
    "s2,"
    "   sum(n * (status = 3)) AS s3, sum(n * (status = 4)) AS s4, sum(n * (status = 5)) AS s5,"
    "   sum(n * (status = 6)) AS s6, sum(n * (status = 7)) AS s7, sum(n * (status = 8)) AS s8"
    "   FROM counted GROUP BY control),"
    " tied AS MATERIALIZED (SELECT x.ref, c.id, CASE WHEN b.preview THEN b.slug || ':' ELSE '' END"
    "   || c.control_id AS control_id FROM now"
    "   JOIN benchmark b ON b.mapping_id = now.mapping_id JOIN control c ON c.benchmark_id = b.id"
    "   JOIN crosswalk x ON x.control_id = c.id WHERE x.framework = ?1 ORDER BY c.ordinal)"
    " SELECT ref, (SELECT json_group_array(control_id) FROM tied u WHERE u.ref = tied.ref),"
    "  coalesce(sum(s1), 0), coalesce(sum(s2), 0), coalesce(sum(s3), 0), coalesce(sum(s4), 0),"
    "  coalesce(sum(s5), 0), coalesce(sum(s6), 0), coalesce(sum(s7), 0), coalesce(sum(s8), 0),"
    "  (SELECT group_concat(control_id, ' ') FROM tied u WHERE u.ref = tied.ref)"
    " FROM tied LEFT JOIN per ON per.control = tied.id GROUP BY ref"
    " ORDER BY CASE WHEN ref GLOB '[0-9]*' THEN '' WHEN instr(ref, '-') > 0"
    "       THEN substr(ref, 1, instr(ref, '-')) ELSE ref END,"
    "  CAST(CASE WHEN ref GLOB '[0-9]*' THEN ref ELSE substr(ref, instr(ref, '-') + 1) END"
    "       AS INTEGER),"
    "  CAST(substr(ref, instr(ref, '.') + 1) AS INTEGER), ref";

/* What the framework has no id for: findings under no control, or one without a crosswalk. With the
 * rows above, every finding is listed. */
static const char without_sql[] =
    "SELECT sum(f.status = 1), sum(f.status = 2), sum(f.status = 3), sum(f.status = 4),"
    " sum(f.status = 5), sum(f.status = 6), sum(f.status = 7), sum(f.status = 8)"
    " FROM tested t CROSS JOIN finding f ON f.test_id = t.id"
    " WHERE t.run_id = (SELECT max(id) FROM run) AND (t.control IS NULL OR NOT EXISTS"
    "  (SELECT 1 FROM crosswalk x WHERE x.control_id = t.control AND x.framework = ?1))";

static evpack_status open_without(const store *s, const char *framework, db_stmt **out,
                                  evpack_err *err)
{
    EVPACK_AUTO(db_stmt) rest = NULL;
    EVPACK_TRY(db_prepare(store_db(s), without_sql, &rest, err));
    EVPACK_TRY(db_bind(rest, err, "t", framework));
    bool row = false;
    EVPACK_TRY(db_step(rest, &row, err));
    *out = EVPACK_MOVE(rest);
    return EVPACK_OK;
}

static evpack_status open_refs(const store *s, const char *framework, db_stmt **out,
                               evpack_err *err)
{
    EVPACK_AUTO(db_stmt) names = NULL;
    EVPACK_TRY(db_prepare(store_db(s),
                          "SELECT coalesce(group_concat(framework, ', '), ''),"
                          " coalesce(max(framework = ?1), 0) FROM (SELECT DISTINCT x.framework"
                          " FROM crosswalk x JOIN control c ON c.id = x.control_id JOIN benchmark b"
                          " ON b.id = c.benchmark_id WHERE b.mapping_id = (SELECT mapping_id FROM"
                          " run ORDER BY id DESC LIMIT 1) ORDER BY 1)",
                          &names, err));
    EVPACK_TRY(db_bind(names, err, "t", framework));
    bool row = false;
    EVPACK_TRY(db_step(names, &row, err));
    const char *list = db_text_or_empty(names, 0);
    if (*list == '\0') {
        return evpack_fail(err, EVPACK_E_USAGE,
                           "the case has no map run whose benchmark has a crosswalk: run"
                           " 'evpack map'");
    }
    if (db_int(names, 1) == 0) {
        return evpack_fail(err, EVPACK_E_USAGE,
                           "there is no framework '%s' in the mapping: it has %s", framework, list);
    }
    EVPACK_AUTO(db_stmt) refs = NULL;
    EVPACK_TRY(db_prepare(store_db(s), refs_sql, &refs, err));
    EVPACK_TRY(db_bind(refs, err, "t", framework));
    *out = EVPACK_MOVE(refs);
    return EVPACK_OK;
}

static evpack_status flush(buf *b, FILE *out, evpack_err *err)
{
    EVPACK_TRY(buf_status(b, err));
    if (b->len > 0 && fwrite(b->data, 1, b->len, out) != b->len) {
        return evpack_fail(err, EVPACK_E_IO, "the answer cannot be written");
    }
    buf_clear(b);
    return EVPACK_OK;
}

/* Fails first, as in the reports. */
static const int order[] = {FINDING_FAIL,      FINDING_UNKNOWN,      FINDING_ERROR,
                            FINDING_EXEMPT,    FINDING_PASS,         FINDING_MANUAL,
                            FINDING_INHERITED, FINDING_NOTAPPLICABLE};
enum {
    STATUSES = sizeof order / sizeof order[0],
    COUNTS_AT = 1, /* the column of status s is s + 1 */
    CONTROLS_AT = 10
};

evpack_status crosswalk_text(const store *s, const char *framework, FILE *out, evpack_err *err)
{
    EVPACK_AUTO(db_stmt) refs = NULL;
    EVPACK_TRY(open_refs(s, framework, &refs, err));
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    buf_puts(&b, "Findings by ");
    visible_append(&b, framework, strlen(framework), NULL, NULL);
    buf_puts(&b, ". A finding counts at each id of its control, so the rows do not add up.\n");
    buf_printf(&b, "%-10s", "");
    for (size_t i = 0; i < STATUSES; i++) {
        buf_printf(&b, " %13s", finding_status_word(order[i]));
    }
    buf_puts(&b, "  controls\n");
    for (bool row = true; row;) {
        EVPACK_TRY(db_step(refs, &row, err));
        if (!row) {
            break;
        }
        const char *ref = db_text_or_empty(refs, 0);
        const char *controls = db_text_or_empty(refs, CONTROLS_AT);
        visible_append(&b, ref, strlen(ref), NULL, NULL);
        buf_printf(&b, "%*s", strlen(ref) < 10 ? (int)(10 - strlen(ref)) : 1, "");
        for (size_t i = 0; i < STATUSES; i++) {
            buf_printf(&b, " %13lld", (long long)db_int(refs, order[i] + COUNTS_AT));
        }
        buf_puts(&b, "  ");
        visible_append(&b, controls, strlen(controls), NULL, NULL);
        buf_putc(&b, '\n');
        EVPACK_TRY(flush(&b, out, err));
    }
    EVPACK_AUTO(db_stmt) rest = NULL;
    EVPACK_TRY(open_without(s, framework, &rest, err));
    buf_printf(&b, "%-10s", "no id");
    for (size_t i = 0; i < STATUSES; i++) {
        buf_printf(&b, " %13lld", (long long)db_int(rest, order[i] - 1));
    }
    buf_puts(&b, "  findings that this framework has no id for\n");
    return flush(&b, out, err);
}

evpack_status crosswalk_json(const store *s, const char *framework, FILE *out, evpack_err *err)
{
    EVPACK_AUTO(db_stmt) refs = NULL;
    EVPACK_TRY(open_refs(s, framework, &refs, err));
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    buf_puts(&b, "{\"evpack\":{\"version\":\"" EVPACK_VERSION "\"},\"framework\":");
    put_string(&b, framework);
    buf_puts(&b, ",\"refs\":[");
    const char *between = "\n";
    for (bool row = true; row;) {
        EVPACK_TRY(db_step(refs, &row, err));
        if (!row) {
            break;
        }
        buf_puts(&b, between);
        between = ",\n";
        buf_puts(&b, "{\"ref\":");
        put_string(&b, db_text_or_empty(refs, 0));
        buf_printf(&b, ",\"controls\":%s,\"findings\":{", db_text_or_empty(refs, 1));
        for (size_t i = 0; i < STATUSES; i++) {
            buf_printf(&b, "%s\"%s\":%lld", i == 0 ? "" : ",", finding_status_word(order[i]),
                       (long long)db_int(refs, order[i] + COUNTS_AT));
        }
        buf_puts(&b, "}}");
        EVPACK_TRY(flush(&b, out, err));
    }
    EVPACK_AUTO(db_stmt) rest = NULL;
    EVPACK_TRY(open_without(s, framework, &rest, err));
    buf_puts(&b, "],\n\"without\":{");
    for (size_t i = 0; i < STATUSES; i++) {
        buf_printf(&b, "%s\"%s\":%lld", i == 0 ? "" : ",", finding_status_word(order[i]),
                   (long long)db_int(rest, order[i] - 1));
    }
    buf_puts(&b, "}}\n");
    return flush(&b, out, err);
}
