/*
 * The sandbox's lists. Invariant: what is not named here is denied. Only functions without side
 * effects are named; nothing that reads a file, the clock or chance.
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

static bool allow_table(void *ctx, const char *name)
{
    static const char *const built_in[] = {"resource",  "source",    "parameter",
                                           "json_each", "json_tree", NULL};
    const sandbox_options *options = ctx;
    return listed(built_in, name) || listed(options->views, name) ||
           (options->joining != NULL && text_same(options->joining, name));
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
                                       "date",
                                       "datetime",
                                       "julianday",
                                       "strftime",
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
                      .ops = options->ops};
    db_sandbox_on(store_db(s), &box);
}

void sandbox_off(store *s)
{
    db_sandbox_off(store_db(s));
}
