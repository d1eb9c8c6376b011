/*
 * Running SQL files. Invariant: no table of a step outlives script_drop, whatever its columns.
 */
#include "store/script.h"

#include "base/buf.h"
#include "base/embed.h"

evpack_status script_run(db *d, const char *name, evpack_err *err)
{
    const embed_file *file = embed_find(name);
    if (file == NULL) {
        return evpack_fail(err, EVPACK_E_INTERNAL, "%s is not built in", name);
    }
    return db_exec(d, (const char *)file->data, err);
}

evpack_status script_drop(db *d, const char *word, evpack_err *err)
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
