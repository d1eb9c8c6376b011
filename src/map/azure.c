/*
 * Running azure.sql, azure_reconcile.sql and azure_exempt.sql. Invariant: what they keep in temp is
 * gone afterwards. Knows no state: the files say what becomes of them.
 */
#include "map/azure.h"

#include "map/reasons.h"
#include "store/script.h"

static const char setup_sql[] =
    "CREATE TEMP TABLE azure_now(run INTEGER, mapping INTEGER);"
    "CREATE TEMP TABLE azure_text(name TEXT PRIMARY KEY, text TEXT NOT NULL);"
    "CREATE TEMP TABLE azure_control(name TEXT, benchmark INTEGER, first INTEGER, id INTEGER,"
    " prefix TEXT, PRIMARY KEY(name, benchmark));"
    "CREATE TEMP TABLE azure_initiative(id TEXT PRIMARY KEY, benchmark INTEGER, preview INTEGER)";

static evpack_status put_texts(const evaluation *e, db *d, evpack_err *err)
{
    static const char *const names[] = {"azure-policy-state",
                                        "azure-defender-assessment",
                                        "azure-regulatory-compliance",
                                        "azure-claim-standard",
                                        "azure-claim-snapshot",
                                        "azure-claim-row",
                                        "azure-claim-mapping",
                                        "azure-claim-none",
                                        "azure-contradiction",
                                        "azure-undecided",
                                        "azure-exempt",
                                        "azure-exempt-failed",
                                        "azure-exempt-ended",
                                        "azure-exempt-unseen",
                                        "azure-exemption-expired",
                                        "azure-exemption-idle",
                                        "azure-exemption-unreadable",
                                        "azure-exemption-selectors"};
    return reasons_put(d, "azure_text", e->reasons, names, sizeof names / sizeof names[0], err);
}

static evpack_status set_up(const evaluation *e, db *d, evpack_err *err)
{
    EVPACK_TRY(script_drop(d, "azure", err)); /* of a run that broke off */
    EVPACK_TRY(db_exec(d, setup_sql, err));
    EVPACK_AUTO(db_stmt) now = NULL;
    EVPACK_TRY(db_prepare(d, "INSERT INTO temp.azure_now VALUES (?, ?)", &now, err));
    EVPACK_TRY(db_bind(now, err, "ii", e->run, e->mapping));
    EVPACK_TRY(db_run(now, err));
    EVPACK_AUTO(db_stmt) controls = NULL;
    EVPACK_TRY(db_prepare(d,
                          "INSERT OR IGNORE INTO temp.azure_control"
                          " SELECT g.prefix || lower(c.control_id), g.benchmark_id,"
                          "  g.benchmark_id = (SELECT b.id FROM policy_group o"
                          "    JOIN benchmark b ON b.id = o.benchmark_id"
                          "    WHERE o.mapping_id = g.mapping_id AND o.prefix = g.prefix"
                          "    ORDER BY b.preview, b.slug LIMIT 1), c.id, g.prefix"
                          " FROM policy_group g JOIN control c ON c.benchmark_id = g.benchmark_id"
                          " WHERE g.mapping_id = ? ORDER BY 1, 2",
                          &controls, err));
    EVPACK_TRY(db_bind(controls, err, "i", e->mapping));
    EVPACK_TRY(db_run(controls, err));
    EVPACK_AUTO(db_stmt) initiatives = NULL;
    EVPACK_TRY(db_prepare(d,
                          "INSERT OR IGNORE INTO temp.azure_initiative"
                          " SELECT m.initiative, c.benchmark_id, max(m.preview)"
                          " FROM policy_claim m JOIN control c ON c.id = m.control"
                          " WHERE m.mapping_id = ? GROUP BY m.initiative",
                          &initiatives, err));
    EVPACK_TRY(db_bind(initiatives, err, "i", e->mapping));
    EVPACK_TRY(db_run(initiatives, err));
    return put_texts(e, d, err);
}

evpack_status azure_evaluate(const evaluation *e, evpack_err *err)
{
    db *d = store_db(e->s);
    EVPACK_TRY(set_up(e, d, err));
    if (script_run(d, "src/map/azure.sql", err) != EVPACK_OK ||
        script_run(d, "src/map/azure_reconcile.sql", err) != EVPACK_OK ||
        script_run(d, "src/map/azure_exempt.sql", err) != EVPACK_OK) {
        return evpack_context(err, "the findings that Azure made");
    }
    return script_drop(d, "azure", err);
}
