/*
 * The digest of a case. Invariant: two cases have one digest only when their tables, triggers,
 * views and rows are the same. Knows nothing of what the tables mean.
 */
#include "fault/state.h"

#include "port/db.h"
#include "port/digest.h"
#include "support.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static void put(digest *hash, const void *data, size_t len)
{
    uint64_t size = len;
    digest_update(hash, &size, sizeof size);
    digest_update(hash, data, len);
}

static void put_rows(db *d, const char *sql, digest *hash)
{
    evpack_err err = {0};
    EVPACK_AUTO(db_stmt) rows = NULL;
    OK(db_prepare(d, sql, &rows, &err));
    put(hash, sql, strlen(sql));
    for (bool row = true; row;) {
        OK(db_step(rows, &row, &err));
        for (int c = 0; row && c < db_columns(rows); c++) {
            size_t len = 0;
            bool null = db_null(rows, c);
            const void *bytes = db_bytes(rows, c, &len);
            put(hash, null ? "n" : "v", 1);
            put(hash, len == 0 ? "" : bytes, len);
        }
    }
}

static void check_sound(db *d, const char *path)
{
    evpack_err err = {0};
    EVPACK_AUTO(db_stmt) check = NULL;
    OK(db_prepare(d, "PRAGMA integrity_check", &check, &err));
    bool row = false;
    OK(db_step(check, &row, &err));
    ck_assert_msg(row && strcmp(db_text_or_empty(check, 0), "ok") == 0,
                  "%s: expected a sound file, integrity_check says %s", path,
                  db_text_or_empty(check, 0));
}

static void put_tables(db *d, digest *hash)
{
    evpack_err err = {0};
    EVPACK_AUTO(db_stmt) tables = NULL;
    OK(db_prepare(d, "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name", &tables,
                  &err));
    for (bool row = true; row;) {
        OK(db_step(tables, &row, &err));
        if (row) {
            char sql[256];
            (void)snprintf(sql, sizeof sql, "SELECT * FROM \"%s\"", db_text(tables, 0));
            put_rows(d, sql, hash);
        }
    }
}

void fault_state(const char *path, char out[65])
{
    evpack_err err = {0};
    struct stat st;
    if (stat(path, &st) != 0 || st.st_size == 0) {
        (void)snprintf(out, 65, "absent");
        return;
    }
    EVPACK_AUTO(db) d = NULL;
    EVPACK_AUTO(digest) hash = NULL;
    OK(db_open(path, DB_WRITE, &d, &err));
    OK(digest_new(&hash, &err));
    int64_t objects = 0;
    OK(db_value(d, "SELECT count(*) FROM sqlite_schema", &objects, &err));
    if (objects == 0) { /* what was begun was rolled back */
        (void)snprintf(out, 65, "absent");
        return;
    }
    check_sound(d, path);
    put_rows(d, "SELECT type, name, sql FROM sqlite_schema ORDER BY type, name", hash);
    put_tables(d, hash);
    unsigned char sum[DIGEST_SIZE];
    OK(digest_final(hash, sum, &err));
    for (size_t i = 0; i < DIGEST_SIZE; i++) {
        (void)snprintf(out + 2 * i, 3, "%02x", sum[i]);
    }
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

void fault_names(const char *folder, buf *out)
{
    struct dirent **names = NULL;
    int n = scandir(folder, &names, NULL, by_name);
    ck_assert_msg(n >= 0, "expected to list %s", folder);
    buf_clear(out);
    for (int i = 0; i < n; i++) {
        buf_printf(out, "%s\n", names[i]->d_name);
        free(names[i]);
    }
    free(names);
}
