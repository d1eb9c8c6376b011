/*
 * Working out expressions. Invariant: what is not certain is symbolic; an error anywhere in an
 * expression is one of the whole expression, unless the part was not needed. Knows no template.
 */
#include "collect/expr_eval.h"

#include "base/text.h"
#include "collect/expr_functions.h"
#include "collect/expr_ids.h"

#include <string.h>
#include <strings.h>

#define VALUE const expr_value *

static VALUE eval_all(const expr_env *env, const expr_node *node, VALUE *args)
{
    VALUE bad = NULL;
    for (size_t i = 0; i < node->count; i++) {
        args[i] = expr_eval(env, node->parts[i]);
        if (args[i]->type == EXPR_SYMBOLIC && (bad == NULL || expr_is_wrong(args[i]))) {
            bad = expr_is_wrong(args[i]) ? expr_wrong() : expr_symbolic();
        }
    }
    return bad;
}

/* What only a deployment knows, and functions of the language that are not worked out here. */
static bool is_known_symbolic(const char *name)
{
    static const char *const names[] = {"reference",
                                        "references",
                                        "resourceGroup",
                                        "subscription",
                                        "deployment",
                                        "deployer",
                                        "environment",
                                        "tenant",
                                        "managementGroup",
                                        "uniqueString",
                                        "guid",
                                        "newGuid",
                                        "utcNow",
                                        "pickZones",
                                        "providers",
                                        "dateTimeAdd",
                                        "dateTimeFromEpoch",
                                        "dateTimeToEpoch",
                                        "base64",
                                        "base64ToString",
                                        "base64ToJson",
                                        "dataUri",
                                        "dataUriToString",
                                        "uri",
                                        "uriComponent",
                                        "uriComponentToString",
                                        "lastIndexOf",
                                        "min",
                                        "max",
                                        "float",
                                        "intersection",
                                        "flatten",
                                        "items",
                                        "objectKeys",
                                        "mapValues",
                                        "groupBy",
                                        "filter",
                                        "map",
                                        "reduce",
                                        "sort",
                                        "toObject",
                                        "lambda",
                                        "lambdaVariables",
                                        "tryGet",
                                        "tryIndexFromEnd",
                                        "indexFromEnd",
                                        "shallowMerge",
                                        "zip",
                                        "cidrSubnet",
                                        "cidrHost",
                                        "parseCidr",
                                        "xor",
                                        "getSecret",
                                        "toLogicalZone",
                                        "toLogicalZones",
                                        "toPhysicalZone",
                                        "toPhysicalZones",
                                        "roleDefinitions",
                                        "external",
                                        "buildUri",
                                        "parseUri",
                                        "this",
                                        "fail"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (text_same(name, names[i])) {
            return true;
        }
    }
    return strncasecmp(name, "list", 4) == 0 || strchr(name, '.') != NULL;
}

static VALUE eval_plain(const expr_env *env, const expr_node *node, const expr_function *f)
{
    if (node->count < f->least || node->count > f->most) {
        return expr_wrong();
    }
    VALUE *args = expr_alloc(env->machine, (node->count + 1) * sizeof(void *));
    if (args == NULL) {
        return expr_symbolic();
    }
    VALUE bad = eval_all(env, node, args);
    if (bad != NULL) {
        return bad;
    }
    uint64_t work = 1;
    for (size_t i = 0; i < node->count; i++) {
        bool text = args[i]->type == EXPR_STRING;
        work += text ? args[i]->len : args[i]->count;
    }
    if (!expr_spend(env->machine, work) || (!f->takes_open && expr_any_open(args, node->count))) {
        return expr_symbolic();
    }
    VALUE v = f->call(env->machine, args, node->count);
    return env->machine->work == 0 ? expr_symbolic() : v;
}

static VALUE eval_if(const expr_env *env, const expr_node *node)
{
    VALUE test = node->count == 3 ? expr_eval(env, node->parts[0]) : expr_wrong();
    if (test->type == EXPR_SYMBOLIC) {
        return test;
    }
    return test->type == EXPR_BOOL ? expr_eval(env, node->parts[test->truth ? 1 : 2])
                                   : expr_wrong();
}

/* and(), or(): decided by the first that decides, even when another is symbolic. */
static VALUE eval_logic(const expr_env *env, const expr_node *node, bool deciding)
{
    VALUE result = node->count < 2 ? expr_wrong() : expr_bool(!deciding);
    for (size_t i = 0; i < node->count; i++) {
        VALUE one = expr_eval(env, node->parts[i]);
        if (one->type == EXPR_BOOL && one->truth == deciding && !expr_is_wrong(result)) {
            return one;
        }
        if (one->type != EXPR_BOOL && !expr_is_wrong(result)) {
            result =
                one->type == EXPR_SYMBOLIC && !expr_is_wrong(one) ? expr_symbolic() : expr_wrong();
        }
    }
    return result;
}

static VALUE eval_coalesce(const expr_env *env, const expr_node *node)
{
    for (size_t i = 0; i < node->count; i++) {
        VALUE one = expr_eval(env, node->parts[i]);
        if (one->type != EXPR_NULL) {
            return one;
        }
    }
    return node->count == 0 ? expr_wrong() : expr_null();
}

/* parameters('name'), variables('name') */
static VALUE eval_declared(const expr_env *env, const expr_node *node, bool parameter)
{
    VALUE name = node->count == 1 ? expr_eval(env, node->parts[0]) : expr_wrong();
    if (name->type != EXPR_STRING) {
        return expr_is_wrong(name) || name->type != EXPR_SYMBOLIC ? expr_wrong() : expr_symbolic();
    }
    if (!expr_spend(env->machine, 16)) {
        return expr_symbolic();
    }
    const expr_scope *s = env->scope;
    VALUE v = parameter ? s->parameter(s->ctx, name->text) : s->variable(s->ctx, name->text);
    return v->type == EXPR_SYMBOLIC ? (expr_is_wrong(v) ? expr_wrong() : expr_symbolic()) : v;
}

static const expr_loop *find_loop(const expr_env *env, const char *name)
{
    const expr_loop *l = env->loop;
    while (l != NULL && (name == NULL ? l->property : !text_same(l->name, name))) {
        l = l->up;
    }
    return l;
}

/* copyIndex(), copyIndex(offset), copyIndex('loop'), copyIndex('loop', offset) */
static VALUE eval_copy_index(const expr_env *env, const expr_node *node)
{
    VALUE args[2] = {NULL, NULL};
    if (node->count > 2) {
        return expr_wrong();
    }
    VALUE bad = eval_all(env, node, args);
    if (bad != NULL) {
        return bad;
    }
    bool named = node->count > 0 && args[0]->type == EXPR_STRING;
    VALUE offset = node->count == 2 ? args[1] : named ? NULL : args[0];
    if ((offset != NULL && !expr_is_whole(offset)) || (node->count == 2 && !named)) {
        return expr_wrong();
    }
    const expr_loop *l = find_loop(env, named ? args[0]->text : NULL);
    if (l == NULL) {
        return expr_wrong();
    }
    double index = (double)l->index + (offset == NULL ? 0 : offset->number);
    return l->known ? expr_number(env->machine, index) : expr_symbolic();
}

static VALUE eval_id(const expr_env *env, const expr_node *node)
{
    VALUE *args = expr_alloc(env->machine, (node->count + 1) * sizeof(void *));
    const char **texts = expr_alloc(env->machine, (node->count + 1) * sizeof(void *));
    if (args == NULL || texts == NULL) {
        return expr_symbolic();
    }
    VALUE bad = eval_all(env, node, args);
    for (size_t i = 0; bad == NULL && i < node->count; i++) {
        bad = args[i]->type == EXPR_STRING ? NULL : expr_wrong();
        texts[i] = args[i]->text;
    }
    if (bad != NULL) {
        return bad;
    }
    buf out = {0};
    const expr_ids_call call = {node->text, env->scope->base, texts, node->count};
    bool sound = expr_ids_of(&call, &out);
    bool open = strchr(buf_str(&out), '{') != NULL;
    VALUE v = expr_string_of(env->machine, &out, open);
    return sound ? v : expr_wrong();
}

static VALUE eval_call(const expr_env *env, const expr_node *node)
{
    const char *name = node->text;
    const expr_function *f = expr_text_function(name);
    f = f == NULL ? expr_lists_function(name) : f;
    if (f != NULL) {
        return eval_plain(env, node, f);
    }
    if (text_same(name, "parameters") || text_same(name, "variables")) {
        return eval_declared(env, node, text_same(name, "parameters"));
    }
    if (text_same(name, "if")) {
        return eval_if(env, node);
    }
    if (text_same(name, "and") || text_same(name, "or")) {
        return eval_logic(env, node, text_same(name, "or"));
    }
    if (text_same(name, "coalesce")) {
        return eval_coalesce(env, node);
    }
    if (text_same(name, "copyIndex")) {
        return eval_copy_index(env, node);
    }
    if (expr_ids_is(name)) {
        return eval_id(env, node);
    }
    return is_known_symbolic(name) ? expr_symbolic() : expr_wrong();
}

static VALUE member_of(const expr_env *env, VALUE v, VALUE key)
{
    if (v->type == EXPR_SYMBOLIC || key->type == EXPR_SYMBOLIC) {
        return expr_is_wrong(v) || expr_is_wrong(key) ? expr_wrong() : expr_symbolic();
    }
    if (v->type == EXPR_OBJECT && key->type == EXPR_STRING) {
        VALUE found = key->open ? expr_symbolic() : expr_member(env->machine, v, key->text);
        return found != NULL ? found : expr_wrong();
    }
    bool inside = v->type == EXPR_ARRAY && expr_is_whole(key) && key->number >= 0 &&
                  key->number < (double)v->count;
    return inside ? v->items[(size_t)key->number] : expr_wrong();
}

static VALUE eval_node(const expr_env *env, const expr_node *node)
{
    switch (node->type) {
    case EXPR_TEXT:
        return expr_string(env->machine, node->text, node->len, false);
    case EXPR_DIGITS:
        return expr_number(env->machine, node->number);
    case EXPR_MEMBER: {
        VALUE v = expr_eval(env, node->parts[0]);
        VALUE key = expr_string(env->machine, node->text, node->len, false);
        return member_of(env, v, key);
    }
    case EXPR_INDEX: {
        VALUE v = expr_eval(env, node->parts[0]);
        return member_of(env, v, expr_eval(env, node->parts[1]));
    }
    default:
        return eval_call(env, node);
    }
}

VALUE expr_eval(const expr_env *env, const expr_node *node)
{
    if (node == NULL) {
        return expr_wrong();
    }
    expr_machine *m = env->machine;
    if (m->depth >= EXPR_DEPTH_MAX || !expr_spend(m, 1)) {
        m->limited = true;
        return expr_symbolic();
    }
    m->depth++;
    VALUE v = eval_node(env, node);
    m->depth--;
    return v;
}

/* Whether a text speaks of copyIndex(), so that each turn of the loop means another value. */
static bool depends_on_turn(const char *text, size_t len)
{
    static const char word[] = "copyindex";
    for (size_t i = 0; i + strlen(word) <= len; i++) {
        if (strncasecmp(text + i, word, strlen(word)) == 0) {
            return true;
        }
    }
    return false;
}

void expr_placeholder(const expr_env *env, const char *text, size_t len, buf *out)
{
    buf_putc(out, '{');
    if (env->scope->serial > 0) {
        buf_printf(out, "%u:", env->scope->serial);
    }
    bool quoted = false;
    for (size_t i = 0; i < len; i++) {
        char c = text[i];
        quoted = c == '\'' ? !quoted : quoted;
        if (!quoted && strchr(" \t\r\n", c) != NULL) {
            continue;
        }
        if (strchr("/%{}", c) != NULL || (unsigned char)c < 0x20) {
            buf_printf(out, "%%%02X", (unsigned)(unsigned char)c);
        } else {
            buf_putc(out, c);
        }
    }
    if (depends_on_turn(text, len)) {
        for (const expr_loop *l = env->loop; l != NULL && l->known; l = l->up) {
            buf_printf(out, ";%llu", (unsigned long long)l->index);
        }
    }
    buf_putc(out, '}');
}

typedef struct {
    const expr_env *env;
    const expr_node *call;
    buf *out;
    bool known;
} partial_format;

static void on_text(void *ctx, const char *text, size_t len)
{
    partial_format *p = ctx;
    buf_append(p->out, text, len);
}

static bool on_argument(void *ctx, size_t n)
{
    partial_format *p = ctx;
    p->known = expr_partial(p->env, p->call->parts[n + 1], p->out) && p->known;
    return p->out->len <= EXPR_WEIGHT_MAX;
}

/* The parts of format() one by one; false when it has no plain format. */
static bool partial_of_format(const expr_env *env, const expr_node *node, buf *out)
{
    VALUE format = node->count > 0 ? expr_eval(env, node->parts[0]) : expr_wrong();
    if (format->type != EXPR_STRING) {
        return false;
    }
    partial_format p = {env, node, out, true};
    const expr_format_parts parts = {on_text, on_argument, &p};
    return expr_format_walk(format->text, format->len, node->count - 1, &parts);
}

static bool partial_of_id(const expr_env *env, const expr_node *node, buf *out)
{
    const char **texts = expr_alloc(env->machine, (node->count + 1) * sizeof(void *));
    if (texts == NULL) {
        return false;
    }
    for (size_t i = 0; i < node->count; i++) {
        EVPACK_AUTO_VALUE(buf_reset) buf one = {0};
        (void)expr_partial(env, node->parts[i], &one);
        VALUE copy = expr_string(env->machine, buf_str(&one), one.len, true);
        if (copy->type != EXPR_STRING) {
            return false;
        }
        texts[i] = copy->text;
    }
    const expr_ids_call call = {node->text, env->scope->base, texts, node->count};
    return expr_ids_of(&call, out);
}

/* A variable that holds an id is looked through, so that the id is the same wherever it stands;
 * any other stands for itself, which is shorter. */
static bool partial_of_variable(const expr_env *env, const expr_node *node, buf *out)
{
    VALUE name = node->count == 1 ? expr_eval(env, node->parts[0]) : expr_wrong();
    enum { THROUGH_MAX = 2 };
    if (name->type != EXPR_STRING || env->machine->through >= THROUGH_MAX) {
        return false;
    }
    VALUE v = env->scope->variable(env->scope->ctx, name->text);
    bool unknown = v->type == EXPR_SYMBOLIC && !expr_is_wrong(v);
    const char *written = unknown ? json_string(v->written) : NULL;
    if (written == NULL || !expression_is(written)) {
        return false;
    }
    const expr_node *inner = expression_parse(env->machine, written);
    const expr_env alone = {env->machine, env->scope, NULL};
    if (inner == NULL || inner->type != EXPR_CALL || !expr_ids_is(inner->text)) {
        return false;
    }
    env->machine->through++;
    (void)expr_partial(&alone, inner, out);
    env->machine->through--;
    return true;
}

/* The symbolic call, with what is known of its arguments; false when nothing can be said so. */
static bool partial_of_call(const expr_env *env, const expr_node *node, buf *out)
{
    if (node->type != EXPR_CALL) {
        return false;
    }
    if (text_same(node->text, "variables")) {
        return partial_of_variable(env, node, out);
    }
    if (text_same(node->text, "format")) {
        return partial_of_format(env, node, out);
    }
    if (expr_ids_is(node->text)) {
        return partial_of_id(env, node, out);
    }
    if (!text_same(node->text, "concat")) {
        return false;
    }
    for (size_t i = 0; i < node->count && out->len <= EXPR_WEIGHT_MAX; i++) {
        (void)expr_partial(env, node->parts[i], out);
    }
    return node->count > 0 && out->len <= EXPR_WEIGHT_MAX;
}

bool expr_partial(const expr_env *env, const expr_node *node, buf *out)
{
    expr_machine *m = env->machine;
    if (m->depth >= EXPR_DEPTH_MAX || !expr_spend(m, node->source_len + 1)) {
        m->limited = true;
        expr_placeholder(env, "limit", 5, out);
        return false;
    }
    m->depth++;
    VALUE v = expr_eval(env, node);
    size_t start = out->len;
    bool known = v->type != EXPR_SYMBOLIC && expr_spend(m, v->len) && expr_append_text(out, v);
    if (!known) {
        buf_truncate(out, start);
    }
    if (!known && !partial_of_call(env, node, out)) {
        buf_truncate(out, start);
        expr_placeholder(env, node->source, node->source_len, out);
    }
    m->depth--;
    return known && !v->open;
}
