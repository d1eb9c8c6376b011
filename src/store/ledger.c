/*
 * The completeness ledger, from its parts. Invariant: what it says is derived from evidence that
 * never changes, so making it again says the same; a case whose import is undone keeps the ledger
 * that it had. The statements are data (ledger*.sql); pages and disputes have files of their own.
 */
#include "store/ledger.h"

#include "base/text.h"
#include "store/ledger_dispute.h"
#include "store/ledger_pages.h"
#include "store/script.h"

#include <stdio.h>
#include <string.h>

static const char begin_sql[] =
    "CREATE TEMP TABLE ledger_here(snapshot_id INTEGER NOT NULL);"
    "CREATE TEMP TABLE ledger_command(evidence_id INTEGER PRIMARY KEY, command TEXT,"
    " exit_code INTEGER, part TEXT, paged INTEGER, request TEXT, kind TEXT, subject TEXT,"
    " ended TEXT, confirmed INTEGER);"
    "CREATE TEMP TABLE ledger_confirmed(evidence_id INTEGER PRIMARY KEY, confirmed INTEGER);"
    "CREATE TEMP TABLE ledger_failure(evidence_id INTEGER, command TEXT, error TEXT,"
    " permission TEXT);"
    "CREATE TEMP TABLE ledger_other(record_id INTEGER PRIMARY KEY, subject TEXT, complete "
    "INTEGER);";

/* What an earlier rebuild said of the snapshot in ledger_here. */
static const char forget_sql[] =
    "DELETE FROM main.ledger WHERE evidence_id IN (SELECT e.id FROM main.evidence e"
    " WHERE e.snapshot_id = (SELECT snapshot_id FROM ledger_here));"
    "DELETE FROM main.ledger_note WHERE snapshot_id = (SELECT snapshot_id FROM ledger_here);"
    "DELETE FROM main.dispute WHERE snapshot_id = (SELECT snapshot_id FROM ledger_here);";

static evpack_status run_with(db *d, const char *sql, int64_t id, evpack_err *err)
{
    EVPACK_AUTO(db_stmt) s = NULL;
    EVPACK_TRY(db_prepare(d, sql, &s, err));
    EVPACK_TRY(db_bind(s, err, "i", id));
    return db_run(s, err);
}

evpack_status ledger_rebuild(store *s, int64_t snapshot, evpack_err *err)
{
    db *d = store_db(s);
    EVPACK_TRY(script_drop(d, "ledger", err));
    EVPACK_TRY(db_exec(d, begin_sql, err));
    EVPACK_TRY(run_with(d, "INSERT INTO ledger_here VALUES (?)", snapshot, err));
    EVPACK_TRY(db_exec(d, forget_sql, err));
    EVPACK_TRY(script_run(d, "src/store/ledger_commands.sql", err));
    EVPACK_TRY(script_run(d, "src/store/ledger.sql", err));
    EVPACK_TRY(ledger_pages(s, err));
    EVPACK_TRY(script_run(d, "src/store/ledger_say.sql", err));
    EVPACK_TRY(ledger_disputes(s, err));
    EVPACK_TRY(script_run(d, "src/store/ledger_notes.sql", err));
    return script_drop(d, "ledger", err);
}

evpack_status ledger_set_period(store *s, int64_t snapshot, const char *period, evpack_err *err)
{
    const char *slash = strchr(period, '/');
    int64_t start = 0;
    int64_t end = 0;
    EVPACK_AUTO_CHARS first = slash == NULL ? NULL : strndup(period, (size_t)(slash - period));
    if (slash == NULL || first == NULL || text_parse_day(first, false, &start, err) != EVPACK_OK ||
        text_parse_day(slash + 1, true, &end, err) != EVPACK_OK || end < start) {
        return evpack_fail(err, EVPACK_E_USAGE,
                           "'%.60s' is not a period: expected START/END, such as"
                           " 2026-01-01/2026-12-31, and END not before START",
                           period);
    }
    char from[TEXT_TIME];
    char to[TEXT_TIME];
    text_format_time(start, from);
    text_format_time(end, to);
    EVPACK_AUTO(db_stmt) set = NULL;
    EVPACK_TRY(db_prepare(store_db(s),
                          "UPDATE snapshot SET period_start = ?, period_end = ? WHERE id = ?", &set,
                          err));
    EVPACK_TRY(db_bind(set, err, "tti", from, to, snapshot));
    return db_run(set, err);
}

/* An account's own record is left to the baselines' SQL, which compares the settings that are read.
 * A rule that says inherited (3) decided, too: it found that nothing was switched off. */
static const char settle_open[] =
    "CREATE TEMP TABLE ledger_open(record_id INTEGER PRIMARY KEY, kind TEXT, words TEXT);"
    "INSERT INTO ledger_open"
    " SELECT d.record_id, r.kind, min(r.kind || ' ' || coalesce(r.id_given, r.subject) || ' differ "
    "in '"
    "        || d.members || ' (' || ea.path || ', ' || eb.path || ')')"
    "   FROM main.dispute d JOIN main.record r ON r.id = d.record_id"
    "   JOIN main.record o ON o.id = d.other_id"
    "   JOIN main.evidence ea ON ea.id = r.evidence_id"
    "   JOIN main.evidence eb ON eb.id = o.evidence_id"
    "  WHERE d.members LIKE '%/properties%' OR d.members NOT LIKE '%/tags%'"
    "  GROUP BY d.record_id"; /* one record may differ from many: the finding names one */

/* Each finding is looked at once, whatever the number of disputes. */
static const char settle_sql[] =
    "WITH hit AS ("
    " SELECT f.test_id, f.record_id, o.kind, o.words, m.mapping_id"
    "   FROM test t JOIN run m ON m.id = t.run_id CROSS JOIN finding f ON f.test_id = t.id"
    "  CROSS JOIN json_each(f.evidence) e"
    "  CROSS JOIN ledger_open o ON o.record_id = CASE e.type WHEN 'object'"
    "     THEN e.value ->> '$.record' ELSE e.value END"
    "  WHERE t.run_id = ?1 AND (f.status IN (1, 2) OR f.status = 3 AND t.source = 'rule')"
    "    AND f.evidence IS NOT NULL"
    "    AND json_valid(f.evidence)"
    " UNION ALL"
    " SELECT f.test_id, f.record_id, o.kind, o.words, m.mapping_id"
    "   FROM test t JOIN run m ON m.id = t.run_id CROSS JOIN finding f ON f.test_id = t.id"
    "  CROSS JOIN ledger_open o ON o.record_id = f.record_id"
    "  WHERE t.run_id = ?1 AND (f.status IN (1, 2) OR f.status = 3 AND t.source = 'rule')"
    "    AND o.kind <> 'cognitive-account')"
    "UPDATE finding SET status = 6,"
    " reason = 'Exports in this snapshot disagree: those of ' || h.words"
    "   || '. Export it again into a new snapshot.',"
    " need = (SELECT n.kind FROM need n WHERE n.mapping_id = h.mapping_id AND n.kind = h.kind)"
    " FROM (SELECT test_id, record_id, min(words) AS words, kind, mapping_id FROM hit"
    "        GROUP BY test_id, record_id) h"
    " WHERE finding.test_id = h.test_id AND finding.record_id = h.record_id";

evpack_status ledger_settle(store *s, int64_t run_id, evpack_err *err)
{
    int64_t any = 0;
    EVPACK_TRY(db_value(store_db(s), "SELECT EXISTS (SELECT 1 FROM dispute)", &any, err));
    if (any == 0) {
        return EVPACK_OK;
    }
    db *d = store_db(s);
    EVPACK_TRY(script_drop(d, "ledger", err)); /* of a run that broke off */
    EVPACK_TRY(db_exec(d, settle_open, err));
    EVPACK_TRY(run_with(d, settle_sql, run_id, err));
    return script_drop(d, "ledger", err);
}
