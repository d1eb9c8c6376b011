/*
 * Following the engagement. Invariant: what it leaves out or chooses is written where reports find
 * it, and it can only leave out or explain: no statement here makes a pass. The statements are data
 * (engage_*.sql). Refuses to know rules.
 */
#include "map/engage.h"

#include "base/jptr.h"
#include "base/text.h"
#include "map/reasons.h"
#include "store/evidence.h"
#include "store/script.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { ITEMS_MAX = 100, ITEM_MAX = 200 };

static evpack_status put_texts(const evaluation *e, db *d, evpack_err *err)
{
    static const char *const names[] = {"scope-excluded", "scope-not-included", "scope-open",
                                        "assured",        "assured-not",        "assured-undated",
                                        "assured-period", "assured-other",      "unassured"};
    return reasons_put(d, "engage_text", e->reasons, names, sizeof names / sizeof names[0], err);
}

/* The tables that the statements read; engage_now has no row without an engagement. */
static evpack_status set_up(const evaluation *e, evpack_err *err)
{
    db *d = store_db(e->s);
    EVPACK_TRY(script_drop(d, "engage", err)); /* of a run that broke off */
    EVPACK_TRY(db_exec(d,
                       "CREATE TEMP TABLE engage_now(run INTEGER, mapping INTEGER,"
                       " record_id INTEGER, engagement INTEGER, path TEXT);"
                       "CREATE TEMP TABLE engage_text(name TEXT PRIMARY KEY, text TEXT NOT NULL);"
                       "CREATE TEMP TABLE engage_out(snapshot_id INTEGER, subject TEXT,"
                       " record_id INTEGER, why TEXT, PRIMARY KEY(snapshot_id, subject))"
                       " WITHOUT ROWID",
                       err));
    EVPACK_AUTO(db_stmt) now = NULL;
    EVPACK_TRY(db_prepare(d,
                          "INSERT INTO temp.engage_now SELECT ?, ?, record_id, engagement_id, path"
                          " FROM engaged WHERE kind = 'engagement'",
                          &now, err));
    EVPACK_TRY(db_bind(now, err, "ii", e->run, e->mapping));
    EVPACK_TRY(db_run(now, err));
    EVPACK_TRY(db_exec(d,
                       "UPDATE run SET engagement_id = n.engagement FROM temp.engage_now n"
                       " WHERE run.id = n.run",
                       err));
    return put_texts(e, d, err);
}

static evpack_status append(void *ctx, const void *data, size_t len, evpack_err *err)
{
    buf *out = ctx;
    buf_append(out, data, len);
    return buf_status(out, err);
}

/* A parameter of the engagement. */
typedef struct {
    const char *name, *value;
    const char *path; /* of the engagement's file */
    int64_t evidence, start;
} choice;

/* EVPACK_E_INPUT with the parameter's line and column in the engagement. */
static evpack_status refuse(const evaluation *e, const choice *c, const char *what,
                            const char *expected, evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf file = {0};
    EVPACK_TRY(evidence_read(e->s, c->evidence, append, &file, err));
    char pointer[ITEM_MAX + 16];
    (void)snprintf(pointer, sizeof pointer, "/parameters/%s", c->name);
    uint64_t line = 1;
    uint64_t column = 1;
    jptr_value found;
    const size_t start = (size_t)c->start < file.len ? (size_t)c->start : 0;
    const jptr_value text = {buf_str(&file) + start, file.len - start};
    if (jptr_find(text, pointer, &found)) {
        text_line(text.text, (size_t)(found.text - text.text), &line, &column);
    }
    return evpack_fail(err, EVPACK_E_INPUT,
                       "%s:%" PRIu64 ":%" PRIu64 ": /parameters/%.100s: %s%s; correct the"
                       " engagement and collect it again (evpack collect --engagement)",
                       c->path, line, column, c->name, what, expected);
}

static bool is_allowed(const json *declared, const char *value, size_t len)
{
    const json *allowed = json_get(declared, "allowed");
    for (const json *one = json_first(allowed); one != NULL; one = json_next(one)) {
        const char *text = json_string(one);
        if (text != NULL && strlen(text) == len && strncasecmp(text, value, len) == 0) {
            return true;
        }
    }
    return allowed == NULL;
}

/* Items separated by commas; white space around them does not count. "" is an empty list. */
static bool is_list(const json *declared, const char *value)
{
    unsigned items = 0;
    while (value[0] != '\0') {
        value += strspn(value, " ");
        size_t len = strcspn(value, ",");
        const char *next = value + len + (value[len] == ',');
        bool more = value[len] == ',';
        while (len > 0 && value[len - 1] == ' ') {
            len--;
        }
        if (len == 0 || len > ITEM_MAX || ++items > ITEMS_MAX ||
            !is_allowed(declared, value, len) || (more && next[0] == '\0')) {
            return false;
        }
        value = next;
    }
    return true;
}

/* What the declaration expects, appended in words when the value is not it. */
static bool fits(const json *declared, const char *value, buf *expected)
{
    const char *type = json_get_string(declared, "type");
    bool good = true;
    if (type == NULL) {
        return true;
    }
    if (strcmp(type, "boolean") == 0) {
        good = text_same(value, "true") || text_same(value, "false");
        buf_puts(expected, "true or false");
    } else if (strcmp(type, "choice") == 0) {
        good = is_allowed(declared, value, strlen(value));
        buf_puts(expected, "one of");
    } else if (strcmp(type, "list") == 0) {
        good = is_list(declared, value);
        buf_puts(expected, "a list of at most 100 items, separated by commas");
        buf_puts(expected, json_get(declared, "allowed") == NULL ? "" : ", each one of");
    }
    const char *between = " ";
    for (const json *one = json_first(json_get(declared, "allowed")); one != NULL;
         one = json_next(one), between = ", ") {
        buf_puts(expected, between);
        buf_puts(expected, json_string(one) == NULL ? "" : json_string(one));
    }
    return good;
}

static evpack_status choose(const evaluation *e, const json *declared, const choice *c,
                            evpack_err *err)
{
    const json *own = json_get(declared, c->name);
    if (own == NULL) {
        return refuse(e, c, "the mapping has no parameter of this name", "", err);
    }
    EVPACK_AUTO_VALUE(buf_reset) buf expected = {0};
    const bool good = fits(own, c->value, &expected);
    EVPACK_TRY(buf_status(&expected, err));
    if (!good) {
        return refuse(e, c, "expected ", buf_str(&expected), err);
    }
    EVPACK_AUTO(db_stmt) set = NULL;
    EVPACK_TRY(db_prepare(store_db(e->s),
                          "UPDATE run_parameter SET value = ?, chosen = 1"
                          " WHERE run_id = ? AND name = ?",
                          &set, err));
    EVPACK_TRY(db_bind(set, err, "tit", c->value, e->run, c->name));
    return db_run(set, err);
}

static const char parameters_sql[] = "SELECT p.key, p.value, n.path, r.evidence_id, r.start"
                                     " FROM temp.engage_now n JOIN record r ON r.id = n.record_id"
                                     " JOIN json_each(r.body, '$.parameters') p ORDER BY p.key";

evpack_status engage_parameters(const evaluation *e, evpack_err *err)
{
    EVPACK_TRY(set_up(e, err));
    EVPACK_AUTO(db_stmt) rows = NULL;
    EVPACK_TRY(db_prepare(store_db(e->s), parameters_sql, &rows, err));
    EVPACK_AUTO(json_doc) doc = NULL;
    const mapping_file *file = mapping_files_find(e->files, "parameters.json");
    if (file != NULL) {
        EVPACK_TRY(json_parse(file->text, file->len, false, &doc, err));
    }
    const json *declared = doc == NULL ? NULL : json_root(doc);
    for (bool row = true; row;) {
        EVPACK_TRY(db_step(rows, &row, err));
        if (row) {
            const choice c = {db_text_or_empty(rows, 0), db_text_or_empty(rows, 1),
                              db_text_or_empty(rows, 2), db_int(rows, 3), db_int(rows, 4)};
            EVPACK_TRY(choose(e, declared, &c, err));
        }
    }
    return EVPACK_OK;
}

static evpack_status follow(const evaluation *e, const char *name, evpack_err *err)
{
    return script_run(store_db(e->s), name, err) == EVPACK_OK
               ? EVPACK_OK
               : evpack_context(err, "following the engagement");
}

static evpack_status count(const evaluation *e, const char *sql, int64_t *n, evpack_err *err)
{
    return db_value(store_db(e->s), sql, n, err);
}

evpack_status engage_scope(const evaluation *e, evpack_err *err)
{
    int64_t scoped = 0;
    EVPACK_TRY(count(e,
                     "SELECT count(*) FROM temp.engage_now n JOIN record r ON r.id = n.record_id"
                     " WHERE json_type(r.body, '$.scope') IS NOT NULL",
                     &scoped, err));
    return scoped == 0 ? EVPACK_OK : follow(e, "src/map/engage_scope.sql", err);
}

evpack_status engage_assure(const evaluation *e, evpack_err *err)
{
    int64_t reports = 0;
    EVPACK_TRY(
        count(e, "SELECT count(*) FROM engaged WHERE kind = 'assurance-report'", &reports, err));
    if (reports > 0) {
        EVPACK_TRY(follow(e, "src/map/engage_assure.sql", err));
    }
    return script_drop(store_db(e->s), "engage", err);
}
