/*
 * The SQL side of map --check. Invariant: the case that it uses is empty, in memory, and gone
 * afterwards. References between files are looked up by check.sql, which yields a row a fault.
 */
#include "base/embed.h"
#include "base/text.h"
#include "map/catalogue.h"
#include "map/check.h"
#include "map/headers.h"
#include "map/views.h"

#include <string.h>

/* There is nothing to read: what takes longer has no end. Thousands of instructions. */
enum { CHECK_OPS = 20000 };

typedef struct {
    const checking *c;
    store *s;
    view_names views;
    map_bounds bounds;
} bench;

static bool is_fault(evpack_status status)
{
    return status == EVPACK_E_MAPPING || status == EVPACK_E_LIMIT;
}

/* Prepares a SELECT of the columns, and runs it on nothing. */
static evpack_status try_select(const bench *b, const mapping_file *file,
                                const char *const *columns, evpack_err *err)
{
    EVPACK_AUTO(db_stmt) select = NULL;
    EVPACK_TRY(db_prepare(store_db(b->s), file->text, &select, err));
    int n = 0;
    while (columns[n] != NULL && n < db_columns(select) &&
           strcmp(columns[n], db_column_name(select, n)) == 0) {
        n++;
    }
    if (columns[n] != NULL || n != db_columns(select)) {
        EVPACK_AUTO_VALUE(buf_reset) buf names = {0};
        for (n = 0; columns[n] != NULL; n++) {
            buf_printf(&names, "%s%s", n == 0 ? "" : ", ", columns[n]);
        }
        return evpack_fail(err, EVPACK_E_MAPPING, "other columns, expected one SELECT of %s",
                           buf_str(&names));
    }
    if (!db_readonly(select) || db_parameters(select) > 0) {
        return evpack_fail(err, EVPACK_E_MAPPING,
                           "expected one SELECT without parameters (?, :name), which nobody sets");
    }
    return db_run(select, err);
}

static evpack_status check_select(const bench *b, const mapping_file *file, bounds_of of,
                                  const char *const *columns, evpack_err *err)
{
    evpack_err fault = {0};
    sandbox_options box = {.views = (const char *const *)b->views.at};
    bounds_apply(b->s, &b->bounds, of, &box);
    sandbox_on(b->s, &box);
    evpack_status status = try_select(b, file, columns, &fault);
    int at = db_fault_at(store_db(b->s));
    sandbox_off(b->s);
    if (status == EVPACK_OK) {
        return EVPACK_OK;
    }
    if (!is_fault(status)) {
        return evpack_fail(err, status, "%s: %s", file->path, fault.text);
    }
    return faults_add(b->c->faults, faults_sql_place(file->path, file->text, at, fault.text),
                      fault.text, err);
}

static evpack_status put_rule(db_stmt *add, const rule *r, evpack_err *err)
{
    const struct {
        const char *key, *value;
    } all[] = {{"id", r->id},
               {"service", r->service},
               {"control", r->control},
               {"feature", r->feature},
               {"severity", r->severity},
               {"needs", r->needs},
               {"observes", r->observes}};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        EVPACK_AUTO_VALUE(buf_reset) buf list = {0};
        rule_list_json(all[i].value, &list);
        EVPACK_TRY(buf_status(&list, err));
        EVPACK_TRY(db_bind(add, err,
                           "titt"
                           "t",
                           r->file->path, (int64_t)rule_line(r, all[i].key), all[i].key,
                           all[i].value, buf_str(&list)));
        EVPACK_TRY(db_run(add, err));
    }
    return EVPACK_OK;
}

static evpack_status check_selects(const bench *b, db_stmt *add, evpack_err *err)
{
    static const char *const rule_columns[] = {"record_id", "status",   "reason",
                                               "need",      "evidence", NULL};
    static const char *const subject_columns[] = {"record_id", "certain", "reason", "need", NULL};
    for (size_t i = 0; i < b->c->files->count; i++) {
        const mapping_file *file = &b->c->files->at[i];
        size_t len = strlen(file->path);
        if (headers_is_file(file)) {
            EVPACK_AUTO_VALUE(rule_reset) rule r = {0};
            EVPACK_TRY(headers_read(file, b->c->faults, &r, err));
            EVPACK_TRY(put_rule(add, &r, err));
            EVPACK_TRY(check_select(b, file, BOUNDS_RULE, rule_columns, err));
        } else if (text_starts(file->path, "services/") &&
                   strcmp(file->path + len - 4, ".sql") == 0) {
            EVPACK_TRY(check_select(b, file, BOUNDS_SUBJECTS, subject_columns, err));
        }
    }
    return EVPACK_OK;
}

static evpack_status put_files(const bench *b, db_stmt *add, evpack_err *err)
{
    for (size_t i = 0; i < b->c->files->count; i++) {
        const mapping_file *file = &b->c->files->at[i];
        const char *text = b->c->docs[i] == NULL ? NULL : file->text; /* no JSON: the name alone */
        EVPACK_TRY(db_bind(add, err, "tt", file->path, text));
        EVPACK_TRY(db_run(add, err));
    }
    return EVPACK_OK;
}

/* Each row of check.sql: path, line or null, pointer or null, text. */
static evpack_status check_references(const bench *b, evpack_err *err)
{
    const embed_file *sql = embed_find("src/map/check.sql");
    if (sql == NULL) {
        return evpack_fail(err, EVPACK_E_INTERNAL, "check.sql is not built in");
    }
    EVPACK_AUTO(db_stmt) rows = NULL;
    EVPACK_TRY(db_prepare(store_db(b->s), (const char *)sql->data, &rows, err));
    for (bool row = true; row && !b->c->faults->more;) {
        EVPACK_TRY(db_step(rows, &row, err));
        const mapping_file *file =
            row ? mapping_files_find(b->c->files, db_text_or_empty(rows, 0)) : NULL;
        if (file == NULL) {
            continue;
        }
        const char *text = db_text_or_empty(rows, 3);
        if (db_null(rows, 1)) {
            EVPACK_TRY(check_tell(b->c, file, db_text_or_empty(rows, 2), text, err));
        } else {
            const fault_place place = {file->path, (unsigned)db_int(rows, 1), 1};
            EVPACK_TRY(faults_add(b->c->faults, place, text, err));
        }
    }
    return EVPACK_OK;
}

/* What the loader itself refuses, when nothing else was found to be wrong. */
static evpack_status check_catalogue(const bench *b, evpack_err *err)
{
    int64_t mapping = 0;
    evpack_err fault = {0};
    evpack_status status = catalogue_store(b->s, b->c->files, &mapping, &fault);
    if (status == EVPACK_OK) {
        return headers_judge(b->s, b->c->files, mapping, b->c->faults, err);
    }
    if (!is_fault(status) && status != EVPACK_E_CASE) {
        return evpack_fail(err, status, "%s", fault.text);
    }
    const char *colon = strstr(fault.text, ": ");
    EVPACK_AUTO_CHARS path = strndup(fault.text, colon == NULL ? 0 : (size_t)(colon - fault.text));
    if (path == NULL) {
        return evpack_oom(err);
    }
    return faults_add(b->c->faults, (fault_place){path, 0, 0},
                      colon == NULL ? fault.text : colon + 2, err);
}

static evpack_status on_bench(bench *b, bool sound, evpack_err *err)
{
    db *d = store_db(b->s);
    EVPACK_TRY(db_exec(d,
                       "CREATE TEMP TABLE check_file(path TEXT PRIMARY KEY, text TEXT);"
                       "CREATE TEMP TABLE check_rule(path TEXT, line INTEGER, key TEXT, value TEXT,"
                       " list TEXT, PRIMARY KEY(path, key))",
                       err));
    EVPACK_AUTO(db_stmt) file = NULL;
    EVPACK_AUTO(db_stmt) header = NULL;
    EVPACK_TRY(db_prepare(d, "INSERT INTO temp.check_file VALUES (?, ?)", &file, err));
    EVPACK_TRY(db_prepare(d, "INSERT INTO temp.check_rule VALUES (?, ?, ?, ?, ?)", &header, err));
    EVPACK_TRY(put_files(b, file, err));
    /* Once more when SQLite threw the transaction away with a view: without it. */
    do {
        b->c->faults->again = false;
        view_names_reset(&b->views);
        if (!db_in_transaction(d)) {
            EVPACK_TRY(store_begin(b->s, err));
        }
        evpack_err fault = {0};
        evpack_status status =
            views_install(b->s, b->c->files, &b->bounds, b->c->faults, &b->views, &fault);
        if (status != EVPACK_OK && !b->c->faults->again) {
            return evpack_fail(err, status, "%s", fault.text);
        }
    } while (b->c->faults->again && !b->c->faults->more);
    EVPACK_TRY(check_selects(b, header, err));
    if (sound) {
        EVPACK_TRY(check_references(b, err));
        EVPACK_TRY(check_catalogue(b, err));
    }
    return EVPACK_OK;
}

evpack_status check_sql(const checking *c, bool sound, evpack_err *err)
{
    EVPACK_AUTO(store) s = NULL;
    EVPACK_TRY(store_open("a case to check with", STORE_MEMORY, &s, err));
    EVPACK_TRY(store_commit(s, err)); /* the tables: they outlive what a view may end */
    bench b = {.c = c, .s = s, .bounds = {.ops = CHECK_OPS}};
    EVPACK_TRY(bounds_begin(s, 0, &b.bounds, err));
    evpack_status status = on_bench(&b, sound, err);
    view_names_reset(&b.views);
    return status;
}
