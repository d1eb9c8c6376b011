/* Working out tables of expressions. */
#include "collect/expressions.h"

#include <string.h>

const char expressions_template[] =
    "{\"parameters\":{"
    "\"name\":{\"type\":\"string\",\"defaultValue\":\"acct\"},"
    "\"open\":{\"type\":\"string\"},"
    "\"place\":{\"type\":\"string\",\"defaultValue\":\"[resourceGroup().location]\"},"
    "\"count\":{\"type\":\"int\",\"defaultValue\":3},"
    "\"yes\":{\"type\":\"bool\",\"defaultValue\":true},"
    "\"none\":{\"type\":\"string\",\"nullable\":true},"
    "\"list\":{\"type\":\"array\",\"defaultValue\":[\"a\",\"b\",\"b\"]},"
    "\"bag\":{\"type\":\"object\",\"defaultValue\":{\"Key\":\"v\",\"n\":{\"a\":1}}},"
    "\"secret\":{\"type\":\"securestring\",\"defaultValue\":\"hunter2\"},"
    "\"secretBag\":{\"type\":\"SecureObject\",\"defaultValue\":{\"p\":\"hunter2\"}},"
    "\"hidden\":{\"type\":\"object\",\"properties\":{\"p\":{\"$ref\":\"#/definitions/pw\"}},"
    "\"defaultValue\":{\"p\":\"hunter2\"}}},"
    "\"definitions\":{\"pw\":{\"type\":\"securestring\"}},"
    "\"variables\":{"
    "\"plain\":\"x/y\",\"escaped\":\"[[literal]\",\"joined\":\"[concat(parameters('name'),'-v')]\","
    "\"mixed\":{\"known\":1,\"place\":\"[parameters('place')]\"},"
    "\"half\":[\"a\",\"[utcNow()]\"],"
    "\"loopA\":\"[variables('loopB')]\",\"loopB\":\"[variables('loopA')]\","
    "\"self\":\"[variables('self')]\",\"bad\":\"[nonsense(]\","
    "\"copy\":[{\"name\":\"squares\",\"count\":3,"
    "\"input\":\"[mul(copyIndex('squares'),copyIndex('squares'))]\"}],"
    "\"openId\":\"[resourceId('A.b/c',parameters('open'))]\","
    "\"circle\":\"[resourceId('A.b/c',variables('circle'))]\","
    "\"Twin\":1,\"twin\":1}}";

static void check_row(const expr_env *env, const expression_row *row)
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf quoted = {0};
    buf_json_string(&quoted, row->text, strlen(row->text));
    EVPACK_AUTO(json_doc) doc = NULL;
    OK(json_parse(quoted.data, quoted.len, false, &doc, &err));
    const expr_value *v = template_string(env, json_root(doc));
    EVPACK_AUTO_VALUE(buf_reset) buf got = {0};
    if (v->type == EXPR_SYMBOLIC) {
        buf_puts(&got, expr_is_wrong(v) ? "wrong" : "symbolic");
        const char *stays = json_string(v->written);
        ck_assert_msg(stays != NULL && strcmp(stays, row->text) == 0,
                      "%s: expected it to stay as written, came %s", row->text, stays);
    } else {
        expr_write(&got, v);
    }
    ck_assert_msg(strcmp(buf_str(&got), row->want) == 0, "%s: expected %s, came %s", row->text,
                  row->want, buf_str(&got));
    ck_assert_msg(env->machine->depth == 0, "%s: the depth was left at %u", row->text,
                  env->machine->depth);
}

void expressions_check(const expression_row *rows, size_t count, const expr_loop *loop)
{
    evpack_err err = {0};
    EVPACK_AUTO(json_doc) doc = NULL;
    OK(json_parse(expressions_template, strlen(expressions_template), false, &doc, &err));
    EVPACK_AUTO_VALUE(arena_reset) arena memory = {0};
    expr_machine machine = expr_machine_new(&memory);
    EVPACK_AUTO(template_scope) scope = NULL;
    OK(template_scope_new(&machine, json_root(doc), NULL, &scope, &err));
    const expr_env env = {&machine, template_scope_expr(scope), loop};
    for (size_t i = 0; i < count; i++) {
        check_row(&env, &rows[i]);
    }
    ck_assert_msg(!machine.limited, "expected no limit to be met");
}
