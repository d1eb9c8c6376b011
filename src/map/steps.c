/*
 * Running SQL files. Invariant: no table of a step outlives steps_drop, whatever its columns.
 */
#include "map/steps.h"

#include "base/buf.h"
#include "base/embed.h"

evpack_status steps_run(db *d, const char *name, evpack_err *err)
{
    const embed_file *file = embed_find(name);
    if (file == NULL) {
        return evpack_fail(err, EVPACK_E_INTERNAL, "%s is not built in", name);
    }
    return db_exec(d, (const char *)file->data, err);
}

evpack_status steps_drop(db *d, const char *word, evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf drops = {0};
    EVPACK_AUTO(db_stmt) names = NULL;
    EVPACK_TRY(db_prepare(d,
                          "SELECT printf('DROP TABLE temp.\"%w\";', name) FROM sqlite_temp_schema"
                          " WHERE type = 'table'"
                          " AND substr(name, 1, length(?1) + 1) = ?1 || '_'",
                          &names, err));
    EVPACK_TRY(db_bind(names, err, "t", word));
    for (bool row = true; row;) {
        EVPACK_TRY(db_step(names, &row, err));
        if (row) {
            buf_puts(&drops, db_text_or_empty(names, 0));
        }
    }
    db_reset(names);
    EVPACK_TRY(buf_status(&drops, err));
    return db_exec(d, buf_str(&drops), err);
}

evpack_status steps_texts(db *d, const char *table, const json *reasons, const char *const *names,
                          size_t count, evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf sql = {0};
    buf_printf(&sql, "INSERT INTO temp.\"%s\" VALUES (?, ?)", table);
    EVPACK_TRY(buf_status(&sql, err));
    EVPACK_AUTO(db_stmt) add = NULL;
    EVPACK_TRY(db_prepare(d, buf_str(&sql), &add, err));
    for (size_t i = 0; i < count; i++) {
        const char *text = json_get_string(reasons, names[i]);
        EVPACK_TRY(db_bind(add, err, "tt", names[i], text == NULL ? names[i] : text));
        EVPACK_TRY(db_run(add, err));
    }
    return EVPACK_OK;
}
