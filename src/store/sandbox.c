/*
 * The sandbox's lists. Invariant: what is not named here is denied. Only functions without side
 * effects are named; nothing that reads a file, the clock or chance. That leaves out SQLite's date
 * functions: with 'now', or with nothing, they read the clock, and who allows them is not told
 * their arguments. Times are RFC 3339 in UTC, which compare as text.
 */
#include "store/sandbox.h"

#include "base/text.h"

#include <string.h>

static bool listed(const char *const *list, const char *name)
{
    for (; list != NULL && *list != NULL; list++) {
        if (text_same(*list, name)) {
            return true;
        }
    }
    return false;
}

/* What stands behind the case's own views. A subquery can take a view's name, so this is what any
 * statement can read, and holds nothing that a view does not show or that changes from run to run.
 */
static bool behind(const char *view, const char *name)
{
    static const char *const resource[] = {"speaking", NULL};
    static const char *const speaking[] = {"subject", "record", "evidence", "ledger", NULL};
    static const char *const exported[] = {"record", "evidence", "snapshot", NULL};
    static const char *const source[] = {"evidence", "ledger", "snapshot", NULL};
    static const char *const answer[] = {"evidence", "ledger", NULL};
    static const char *const parameter[] = {"run_parameter", "run", NULL};
    return (text_same(view, "resource") && listed(resource, name)) ||
           (text_same(view, "speaking") && listed(speaking, name)) ||
           (text_same(view, "exported") && listed(exported, name)) ||
           (text_same(view, "source") && listed(source, name)) ||
           (text_same(view, "answer") && listed(answer, name)) ||
           (text_same(view, "parameter") && listed(parameter, name));
}

/* Tables from which not even the number of rows is told. Names that are not here are those of
 * subqueries, and what stands behind the case's own views. */
static bool closed(const char *name)
{
    static const char *const all[] = {"snapshot",
                                      "content",
                                      "chunk",
                                      "collection",
                                      "custody_event",
                                      "custody_sealed",
                                      "mapping",
                                      "mapping_file",
                                      "benchmark",
                                      "control",
                                      "crosswalk",
                                      "service",
                                      "rule",
                                      "feature",
                                      "need",
                                      "status",
                                      "responsibility",
                                      "run",
                                      "test",
                                      "finding",
                                      "finding_row",
                                      "member",
                                      "member_type",
                                      "document",
                                      "dbstat",
                                      "fts3tokenize",
                                      "bytecode",
                                      "tables_used",
                                      "ledger_note",
                                      "dispute",
                                      "sample",
                                      "sample_stratum",
                                      "sample_item",
                                      "secret",
                                      "policy_claim",
                                      "policy_group",
                                      "assessment_policy",
                                      "policy_feature",
                                      "policy",
                                      "target",
                                      "decision",
                                      "decisions",
                                      "reconciled",
                                      "tested",
                                      "reconciliation",
                                      "engagement",
                                      "engagement_file",
                                      "engaged",
                                      "scoped_out",
                                      "scope_open",
                                      "decision",
                                      "parameter_value",
                                      NULL};
    return listed(all, name) || strncasecmp(name, "sqlite_", 7) == 0 ||
           strncasecmp(name, "pragma_", 7) == 0 || strncasecmp(name, "engage_", 7) == 0;
}

static bool allow_table(void *ctx, const char *name, const char *via, bool column)
{
    static const char *const built_in[] = {"resource",  "exported",  "source",    "answer",
                                           "parameter", "json_each", "json_tree", NULL};
    const sandbox_options *options = ctx;
    if (listed(built_in, name) || listed(options->views, name) ||
        (options->joining != NULL && text_same(options->joining, name))) {
        return true;
    }
    return column ? behind(via, name) : !closed(name);
}

static bool allow_function(void *ctx, const char *name)
{
    (void)ctx;
    static const char *const pure[] = {"abs",
                                       "avg",
                                       "char",
                                       "coalesce",
                                       "count",
                                       "glob",
                                       "group_concat",
                                       "hex",
                                       "ifnull",
                                       "iif",
                                       "instr",
                                       "json",
                                       "json_array",
                                       "json_array_length",
                                       "json_extract",
                                       "->",
                                       "->>",
                                       "json_group_array",
                                       "json_group_object",
                                       "json_object",
                                       "json_quote",
                                       "json_type",
                                       "json_valid",
                                       "length",
                                       "like",
                                       "likely",
                                       "lower",
                                       "ltrim",
                                       "max",
                                       "min",
                                       "nullif",
                                       "quote",
                                       "replace",
                                       "round",
                                       "row_number",
                                       "rtrim",
                                       "sign",
                                       "substr",
                                       "substring",
                                       "sum",
                                       "total",
                                       "trim",
                                       "typeof",
                                       "unicode",
                                       "unlikely",
                                       "upper",
                                       "first_value",
                                       "last_value",
                                       "rank",
                                       "dense_rank",
                                       "json_each",
                                       "json_tree",
                                       NULL};
    return listed(pure, name);
}

void sandbox_on(store *s, sandbox_options *options)
{
    db_sandbox box = {.allow_table = allow_table,
                      .allow_function = allow_function,
                      .ctx = options,
                      .inserting = options->inserting,
                      .ops = options->ops,
                      .disk = options->disk,
                      .cpu_ms = options->cpu_ms,
                      .until_ms = options->until_ms};
    db_sandbox_on(store_db(s), &box);
}

void sandbox_off(store *s)
{
    db_sandbox_off(store_db(s));
}
