/* Loading the table. Invariant: rows are sorted by control; a few hundred, however many findings.
 */
#include "report/crosswalk_table.h"

#include "base/arena.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
    int64_t control;
    const char *refs[CROSSWALK_FRAMEWORKS_MAX]; /* in the arena */
} table_row;

struct crosswalk_table {
    arena text;
    const char *names[CROSSWALK_FRAMEWORKS_MAX];
    size_t count;
    table_row *rows; /* owned */
    size_t row_count;
};

void crosswalk_table_free(crosswalk_table *t)
{
    if (t != NULL) {
        arena_reset(&t->text);
        free(t->rows);
        free(t);
    }
}

/* The frameworks of the mapping come in their order, and so do the controls. */
static const char table_sql[] =
    "SELECT c.id, x.framework, (SELECT group_concat(ref, ' ') FROM (SELECT o.ref FROM crosswalk o"
    "   WHERE o.control_id = c.id AND o.framework = x.framework ORDER BY o.ordinal))"
    " FROM benchmark b JOIN control c ON c.benchmark_id = b.id"
    " JOIN (SELECT DISTINCT control_id, framework FROM crosswalk) x ON x.control_id = c.id"
    " WHERE b.mapping_id = (SELECT mapping_id FROM run ORDER BY id DESC LIMIT 1) ORDER BY 1, 2";

static const char names_sql[] =
    "SELECT DISTINCT x.framework FROM benchmark b JOIN control c ON c.benchmark_id = b.id"
    " JOIN crosswalk x ON x.control_id = c.id"
    " WHERE b.mapping_id = (SELECT mapping_id FROM run ORDER BY id DESC LIMIT 1) ORDER BY 1";

static evpack_status load_names(const store *s, crosswalk_table *t, evpack_err *err)
{
    EVPACK_AUTO(db_stmt) names = NULL;
    EVPACK_TRY(db_prepare(store_db(s), names_sql, &names, err));
    for (bool row = true; row;) {
        EVPACK_TRY(db_step(names, &row, err));
        if (row && t->count == CROSSWALK_FRAMEWORKS_MAX) {
            return evpack_fail(err, EVPACK_E_LIMIT, "the mapping has more than %d frameworks",
                               CROSSWALK_FRAMEWORKS_MAX);
        }
        if (row) {
            t->names[t->count++] = arena_text(&t->text, db_text_or_empty(names, 0));
        }
    }
    return arena_status(&t->text, err);
}

static evpack_status add_row(crosswalk_table *t, int64_t control, evpack_err *err)
{
    if (t->row_count > 0 && t->rows[t->row_count - 1].control == control) {
        return EVPACK_OK;
    }
    table_row *more = realloc(t->rows, (t->row_count + 1) * sizeof *more);
    if (more == NULL) {
        return evpack_oom(err);
    }
    t->rows = more;
    t->rows[t->row_count++] = (table_row){.control = control};
    return EVPACK_OK;
}

static evpack_status load_rows(const store *s, crosswalk_table *t, evpack_err *err)
{
    EVPACK_AUTO(db_stmt) rows = NULL;
    EVPACK_TRY(db_prepare(store_db(s), table_sql, &rows, err));
    for (bool row = true; row;) {
        EVPACK_TRY(db_step(rows, &row, err));
        if (!row) {
            break;
        }
        EVPACK_TRY(add_row(t, db_int(rows, 0), err));
        for (size_t i = 0; i < t->count; i++) {
            if (strcmp(t->names[i], db_text_or_empty(rows, 1)) == 0) {
                t->rows[t->row_count - 1].refs[i] = arena_text(&t->text, db_text_or_empty(rows, 2));
            }
        }
    }
    return arena_status(&t->text, err);
}

evpack_status crosswalk_table_load(const store *s, crosswalk_table **out, evpack_err *err)
{
    EVPACK_AUTO(crosswalk_table) t = calloc(1, sizeof *t);
    if (t == NULL) {
        return evpack_oom(err);
    }
    EVPACK_TRY(load_names(s, t, err));
    EVPACK_TRY(load_rows(s, t, err));
    *out = EVPACK_MOVE(t);
    return EVPACK_OK;
}

size_t crosswalk_table_count(const crosswalk_table *t)
{
    return t->count;
}

const char *crosswalk_table_name(const crosswalk_table *t, size_t framework)
{
    return t->names[framework];
}

const char *crosswalk_table_refs(const crosswalk_table *t, int64_t control, size_t framework)
{
    size_t low = 0;
    for (size_t high = t->row_count; low < high;) {
        size_t middle = low + (high - low) / 2;
        if (t->rows[middle].control < control) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < t->row_count && t->rows[low].control == control ? t->rows[low].refs[framework]
                                                                 : NULL;
}
