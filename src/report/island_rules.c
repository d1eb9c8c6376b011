/*
 * Rules as text. Invariant: the SQL is the one that was run, byte for byte, as the case's mapping
 * has it. Knows nothing of findings.
 */
#include "report/island_rules.h"

static const char rules_sql[] =
    "SELECT ru.rule_id, ru.version, ru.title, ru.tests, ru.absent, ru.path, ru.sql"
    "  FROM rule ru"
    " WHERE ru.id IN (SELECT t.rule_id FROM test t"
    "                  WHERE t.run_id = (SELECT max(id) FROM run)"
    "                    AND EXISTS (SELECT 1 FROM finding f WHERE f.test_id = t.id))"
    " ORDER BY ru.rule_id";

evpack_status island_rules(island *i, evpack_err *err)
{
    EVPACK_AUTO(db_stmt) rows = NULL;
    EVPACK_TRY(db_prepare(store_db(i->from->s), rules_sql, &rows, err));
    buf *b = &i->b;
    buf_puts(b, ",\"rules\":{");
    bool row = false;
    EVPACK_TRY(db_step(rows, &row, err));
    while (row) {
        if (b->len > 0 && b->data[b->len - 1] == '}') {
            buf_putc(b, ',');
        }
        buf_putc(b, '\n');
        island_string(b, db_text_or_empty(rows, 0));
        buf_puts(b, ":{");
        static const char *const names[] = {"version", "title", "tests", "absent", "path", "sql"};
        for (int k = 0; k < (int)(sizeof names / sizeof names[0]); k++) {
            island_member(b, names[k], db_text_or_empty(rows, k + 1));
        }
        buf_putc(b, '}');
        EVPACK_TRY(db_step(rows, &row, err));
    }
    buf_putc(b, '}');
    island_flush(i, b);
    return EVPACK_OK;
}
