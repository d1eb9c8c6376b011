/*
 * Installing mapping views. Invariant: a view's text was prepared in the sandbox as one SELECT
 * before it becomes part of the case, and a name that belongs to the case itself is never taken.
 */
#include "map/views.h"

#include "base/text.h"
#include "store/sandbox.h"

#include <stdio.h>
#include <string.h>

void view_names_reset(view_names *names)
{
    for (size_t i = 0; i < names->count; i++) {
        free(names->at[i]);
    }
    free(names->at);
    *names = (view_names){0};
}

/* Names in temp that SQLite and the steps of a run use. */
static bool is_reserved(const char *name)
{
    static const char *const begins[] = {"sqlite_", "json_",  "pragma_",
                                         "engage_", "azure_", "decide_"};
    for (size_t i = 0; i < sizeof begins / sizeof begins[0]; i++) {
        if (text_starts(name, begins[i])) {
            return true;
        }
    }
    return strcmp(name, "member.sql") == 0 || strcmp(name, "member_type.sql") == 0;
}

/* "views/account.sql" to "account": lower-case letters, digits and '_' only; "member" and
 * "member_type" are the evaluation's own tables. */
static bool is_view_name(const char *path)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz_0123456789";
    const char *name = path + strlen("views/");
    size_t len = strlen(name) - strlen(".sql");
    return len > 0 && len <= 60 && strspn(name, letters) == len && (*name < '0' || *name > '9') &&
           !is_reserved(name);
}

static bool is_view(const mapping_file *f)
{
    size_t len = strlen(f->path);
    return text_starts(f->path, "views/") && len > 4 && strcmp(f->path + len - 4, ".sql") == 0;
}

/* Every view has a place, in the order of the files; one whose name cannot be has none there. */
static evpack_status list_names(const mapping_files *files, view_names *names, map_faults *faults,
                                evpack_err *err)
{
    names->at = calloc(files->count + 1, sizeof *names->at);
    if (names->at == NULL) {
        return evpack_oom(err);
    }
    for (size_t i = 0; i < files->count; i++) {
        const char *path = files->at[i].path;
        if (!is_view(&files->at[i])) {
            continue;
        }
        if (!is_view_name(path)) {
            EVPACK_TRY(faults_add(faults, (fault_place){path, 0, 0},
                                  "a view's name is of a-z, 0-9 and '_', at most 60, is not"
                                  " 'member' or 'member_type', and does not begin with sqlite_,"
                                  " json_, pragma_, engage_, azure_ or decide_: rename the file",
                                  err));
            continue;
        }
        const char *name = path + strlen("views/");
        names->at[names->count] = strndup(name, strlen(name) - strlen(".sql"));
        if (names->at[names->count] == NULL) {
            return evpack_oom(err);
        }
        names->count++;
    }
    return EVPACK_OK;
}

/* Runs `verb "name"`. */
static evpack_status exec_named(db *d, const char *verb, const char *name, evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf sql = {0};
    buf_printf(&sql, "%s\"%s\"", verb, name);
    EVPACK_TRY(buf_status(&sql, err));
    return db_exec(d, buf_str(&sql), err);
}

/* Drops the views that earlier mappings made: what make_view writes tells them from the case's own,
 * whose names a mapping may well give its files. */
static evpack_status drop_old(db *d, evpack_err *err)
{
    for (bool more = true; more;) {
        EVPACK_AUTO(db_stmt) find = NULL;
        EVPACK_TRY(db_prepare(d,
                              "SELECT name FROM sqlite_schema WHERE type = 'view'"
                              " AND substr(sql, 1, 18 + length(name)) ="
                              "     'CREATE VIEW \"' || name || '\" AS' || char(10)"
                              " LIMIT 1",
                              &find, err));
        EVPACK_TRY(db_step(find, &more, err));
        if (more) {
            EVPACK_AUTO_CHARS name = strdup(db_text_or_empty(find, 0));
            if (name == NULL) {
                return evpack_oom(err);
            }
            db_reset(find);
            EVPACK_TRY(exec_named(d, "DROP VIEW main.", name, err));
        }
    }
    return EVPACK_OK;
}

static evpack_status name_is_free(db *d, const char *name, evpack_err *err)
{
    EVPACK_AUTO(db_stmt) find = NULL;
    EVPACK_TRY(db_prepare(d, "SELECT type FROM sqlite_schema WHERE name = ?", &find, err));
    EVPACK_TRY(db_bind(find, err, "t", name));
    bool row = false;
    EVPACK_TRY(db_step(find, &row, err));
    if (row) {
        return evpack_fail(err, EVPACK_E_MAPPING, "'%s' is a %s of the case itself", name,
                           db_text_or_empty(find, 0));
    }
    return EVPACK_OK;
}

/* "record", "record_id", or anything that ends so. */
static bool is_record_id(const char *column)
{
    static const char word[] = "record";
    size_t len = strlen(column);
    len -= len > 3 && strcmp(column + len - 3, "_id") == 0 ? 3 : 0;
    const size_t from = len < sizeof word - 1 ? 0 : len - (sizeof word - 1);
    return strncmp(column + from, word, sizeof word - 1) == 0 &&
           (from == 0 || column[from - 1] == '_');
}

/* "CREATE TEMP TABLE name(columns)": record_id, when it comes first, is the key. Other columns that
 * name records are integers, too: SQLite makes no index of a column without a type to join it with
 * the key. */
static evpack_status table_sql(const db_stmt *select, const char *name, buf *out, evpack_err *err)
{
    buf_printf(out, "CREATE TEMP TABLE \"%s\"(", name);
    for (int i = 0; i < db_columns(select); i++) {
        const char *column = db_column_name(select, i);
        if (column == NULL || strchr(column, '"') != NULL) {
            return evpack_fail(err, EVPACK_E_MAPPING, "column %d has no plain name", i + 1);
        }
        bool key = i == 0 && strcmp(column, "record_id") == 0;
        buf_printf(out, "%s\"%s\"%s", i == 0 ? "" : ", ", column,
                   key                    ? " INTEGER PRIMARY KEY"
                   : is_record_id(column) ? " INTEGER"
                                          : "");
    }
    buf_putc(out, ')');
    return buf_status(out, err);
}

typedef struct {
    store *s;
    const view_names *names;
    const map_bounds *bounds;
    map_faults *faults;
} installer;

static evpack_status in_sandbox(const installer *i, const char *inserting, const char *sql,
                                db_stmt **out, evpack_err *err)
{
    store *s = i->s;
    sandbox_options box = {.views = (const char *const *)i->names->at, .inserting = inserting};
    bounds_apply(s, i->bounds, BOUNDS_VIEW, &box);
    sandbox_on(s, &box);
    db_stmt *stmt = NULL;
    evpack_status status = inserting != NULL ? db_prepare_around(store_db(s), sql, &stmt, err)
                                             : db_prepare(store_db(s), sql, &stmt, err);
    if (status == EVPACK_OK && inserting != NULL) {
        status = db_run(stmt, err);
    } else if (status == EVPACK_OK && !db_readonly(stmt)) {
        status = evpack_fail(err, EVPACK_E_MAPPING, "is not a SELECT");
    }
    sandbox_off(s);
    if (status != EVPACK_OK || out == NULL) {
        db_finalize(stmt);
        return status;
    }
    *out = stmt;
    return EVPACK_OK;
}

/* sql: what fills the table that `create` makes. */
static evpack_status table_and_filling(const db_stmt *select, const char *name, buf *create,
                                       buf *sql, evpack_err *err)
{
    if (db_parameters(select) > 0) {
        return evpack_fail(err, EVPACK_E_MAPPING, "has parameters (?, :name), which nobody sets");
    }
    EVPACK_TRY(table_sql(select, name, create, err));
    size_t len = 0;
    const char *text = db_sql(select, &len);
    buf_printf(sql, "INSERT INTO temp.\"%s\" SELECT * FROM (%.*s\n)", name, (int)len, text);
    return buf_status(sql, err);
}

static evpack_status install(const installer *i, const char *name, const char *text,
                             evpack_err *err)
{
    db *d = store_db(i->s);
    EVPACK_TRY(name_is_free(d, name, err));
    EVPACK_AUTO_VALUE(buf_reset) buf create = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf fill = {0};
    {
        EVPACK_AUTO(db_stmt) select = NULL;
        EVPACK_TRY(in_sandbox(i, NULL, text, &select, err));
        EVPACK_TRY(table_and_filling(select, name, &create, &fill, err));
    }
    EVPACK_TRY(exec_named(d, "DROP TABLE IF EXISTS temp.", name, err));
    EVPACK_TRY(db_exec(d, buf_str(&create), err));
    return in_sandbox(i, name, buf_str(&fill), NULL, err);
}

static evpack_status make_view(db *d, const char *name, const char *text, evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf sql = {0};
    buf_printf(&sql, "CREATE VIEW main.\"%s\" AS\n%s", name, text);
    EVPACK_TRY(buf_status(&sql, err));
    return db_exec(d, buf_str(&sql), err);
}

/* A view in its turn. */
typedef struct {
    const mapping_file *file;
    char *fault; /* owned: why it cannot be installed */
    fault_place place;
    bool done;
} waiting;

static evpack_status try_view(const installer *with, const char *name, waiting *w, evpack_err *err)
{
    db *d = store_db(with->s);
    evpack_err fault = {0};
    evpack_status status = install(with, name, w->file->text, &fault);
    int at = db_fault_at(d);
    if (status == EVPACK_OK) {
        status = make_view(d, name, w->file->text, &fault);
    }
    w->done = status == EVPACK_OK;
    if (w->done) {
        return EVPACK_OK;
    }
    if (status != EVPACK_E_MAPPING && status != EVPACK_E_LIMIT && status != EVPACK_E_CASE) {
        return evpack_fail(err, status, "%s: %s", w->file->path, fault.text);
    }
    free(w->fault);
    w->fault = strdup(fault.text);
    if (db_in_transaction(d)) { /* what is half filled must not be read as if it were all */
        EVPACK_TRY(exec_named(d, "DROP TABLE IF EXISTS temp.", name, err));
    }
    w->place = faults_sql_place(w->file->path, w->file->text, at, fault.text);
    if (w->fault == NULL) {
        return evpack_oom(err);
    }
    if (!db_in_transaction(d)) { /* SQLite ended it: what came next would stay in the case */
        EVPACK_TRY(faults_add(with->faults, w->place, w->fault, err));
        with->faults->again = true;
        return evpack_fail(err, EVPACK_E_LIMIT, "%s: %s", w->file->path, fault.text);
    }
    return EVPACK_OK;
}

/* Installs what can be installed; a view that reads a later one waits for the next pass. */
static evpack_status one_pass(const installer *with, waiting *all, size_t *left, evpack_err *err)
{
    *left = 0;
    for (size_t i = 0; i < with->names->count; i++) {
        if (all[i].done || all[i].file == NULL ||
            faults_of(with->faults, all[i].file->path) != NULL) {
            continue;
        }
        EVPACK_TRY(try_view(with, with->names->at[i], &all[i], err));
        *left += !all[i].done;
    }
    return EVPACK_OK;
}

static evpack_status pass_all(const installer *with, waiting *all, evpack_err *err)
{
    size_t before = 0;
    size_t left = with->names->count;
    do {
        before = left;
        EVPACK_TRY(one_pass(with, all, &left, err));
    } while (left > 0 && left < before);
    for (size_t i = 0; i < with->names->count; i++) {
        if (!all[i].done && all[i].fault != NULL) {
            EVPACK_TRY(faults_add(with->faults, all[i].place, all[i].fault, err));
        }
    }
    return EVPACK_OK;
}

evpack_status views_install(store *s, const mapping_files *files, const map_bounds *bounds,
                            map_faults *faults, view_names *names, evpack_err *err)
{
    EVPACK_TRY(list_names(files, names, faults, err));
    EVPACK_TRY(drop_old(store_db(s), err));
    views_drop(s, names); /* a view that is made early would read what a later one was before */
    const installer with = {s, names, bounds, faults};
    waiting *all = calloc(names->count + 1, sizeof *all);
    if (all == NULL) {
        return evpack_oom(err);
    }
    for (size_t i = 0, n = 0; i < files->count; i++) {
        if (is_view(&files->at[i]) && is_view_name(files->at[i].path)) {
            all[n++].file = &files->at[i];
        }
    }
    evpack_status status = pass_all(&with, all, err);
    for (size_t i = 0; i < names->count; i++) {
        free(all[i].fault);
    }
    free(all);
    return status;
}

void views_drop(store *s, const view_names *names)
{
    for (size_t i = 0; i < names->count; i++) {
        evpack_err ignored = {0};
        evpack_status status =
            exec_named(store_db(s), "DROP TABLE IF EXISTS temp.", names->at[i], &ignored);
        (void)status; /* what is left goes with the connection */
    }
}
