/*
 * Reasons for statements. Invariant: every name that is asked for has a row. Refuses to know what
 * the statements do with them.
 */
#include "map/reasons.h"

#include "base/buf.h"

evpack_status reasons_put(db *d, const char *table, const json *reasons, const char *const *names,
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
