/* collect/expression: the grammar, and its limits. */
#include "collect/expression.h"

#include "support.h"

#include <string.h>

START_TEST(what_is_an_expression)
{
    static const struct {
        const char *text;
        bool is;
        const char *literal;
    } rows[] = {
        {"[x]", true, "[x]"},    {"[]", true, "[]"},   {"[[x]", false, "[x]"},
        {"[[x", false, "[[x"},   {"[x", false, "[x"},  {"x]", false, "x]"},
        {"", false, ""},         {"[", false, "["},    {"[[[x]", false, "[[x]"},
        {" [x]", false, " [x]"}, {"[[]", false, "[]"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        ck_assert_msg(expression_is(rows[i].text) == rows[i].is, "'%s': expected %d", rows[i].text,
                      rows[i].is);
        const char *literal = expression_literal(rows[i].text);
        ck_assert_msg(strcmp(literal, rows[i].literal) == 0, "'%s': expected '%s', came '%s'",
                      rows[i].text, rows[i].literal, literal);
    }
}
END_TEST

/* The tree as text: T'…', D…, C name(…), M(x).name, I(x)[…]. */
static void show(const expr_node *n, buf *out)
{
    switch (n->type) {
    case EXPR_TEXT:
        buf_printf(out, "'%s'", n->text);
        return;
    case EXPR_DIGITS:
        buf_printf(out, "%.0f", n->number);
        return;
    case EXPR_CALL:
        buf_printf(out, "%s(", n->text);
        for (size_t i = 0; i < n->count; i++) {
            buf_puts(out, i == 0 ? "" : " ");
            show(n->parts[i], out);
        }
        buf_puts(out, ")");
        return;
    case EXPR_MEMBER:
        buf_puts(out, "<");
        show(n->parts[0], out);
        buf_printf(out, ">.%s", n->text);
        return;
    default:
        buf_puts(out, "<");
        show(n->parts[0], out);
        buf_puts(out, ">[");
        show(n->parts[1], out);
        buf_puts(out, "]");
    }
}

static void is_tree(const char *text, const char *want)
{
    EVPACK_AUTO_VALUE(arena_reset) arena memory = {0};
    expr_machine m = expr_machine_new(&memory);
    EVPACK_AUTO_VALUE(buf_reset) buf got = {0};
    const expr_node *n = expression_parse(&m, text);
    if (n != NULL) {
        show(n, &got);
    }
    ck_assert_msg(strcmp(n == NULL ? "none" : buf_str(&got), want) == 0, "%s: expected %s, came %s",
                  text, want, n == NULL ? "none" : buf_str(&got));
}

START_TEST(trees)
{
    static const struct {
        const char *text, *want;
    } rows[] = {
        {"['']", "''"},
        {"['a''b']", "'a'b'"},
        {"['''']", "'''"},
        {"['']]", "none"},
        {"[''']", "none"},
        {"['a' 'b']", "none"},
        {"[12]", "12"},
        {"[-3]", "-3"},
        {"[- 3]", "none"},
        {"[-]", "none"},
        {"[1a]", "none"},
        {"[1.5]", "none"},
        {"[12345678901234567]", "none"},
        {"[f()]", "f()"},
        {"[ f ( 1 , 'x' ) ]", "f(1 'x')"},
        {"[\nf(\r\n\t1)]", "f(1)"},
        {"[f(,)]", "none"},
        {"[f(1,)]", "none"},
        {"[f(1 2)]", "none"},
        {"[f(]", "none"},
        {"[f)]", "none"},
        {"[f]", "none"},
        {"[a.b()]", "a.b()"},
        {"[a..b()]", "none"},
        {"[f().x]", "<f()>.x"},
        {"[f().x.y[0]['k'].z]", "<<<<<f()>.x>.y>[0]>['k']>.z"},
        {"[f()[g(h().i)]]", "<f()>[g(<h()>.i)]"},
        {"[f()['a]'] ]", "<f()>['a]']"},
        {"[f().]", "none"},
        {"[f()[]]", "none"},
        {"[f()[1]", "none"},
        {"[f().1]", "none"},
        {"[1f()]", "none"},
        {"[\xc3\xa9()]", "none"},
        {"['\xc3\xa9']", "'\xc3\xa9'"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        is_tree(rows[i].text, rows[i].want);
    }
}
END_TEST

static void repeated(buf *out, const char *part, size_t times)
{
    for (size_t i = 0; i < times; i++) {
        buf_puts(out, part);
    }
}

START_TEST(limits)
{
    static const struct {
        size_t deep;
        bool is;
    } rows[] = {{EXPRESSION_DEPTH_MAX - 1, true}, {EXPRESSION_DEPTH_MAX, false}, {3000, false}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        EVPACK_AUTO_VALUE(arena_reset) arena memory = {0};
        expr_machine m = expr_machine_new(&memory);
        EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
        buf_puts(&text, "[");
        repeated(&text, "f(", rows[i].deep);
        buf_puts(&text, "1");
        repeated(&text, ")", rows[i].deep);
        buf_puts(&text, "]");
        ck_assert_msg((expression_parse(&m, buf_str(&text)) != NULL) == rows[i].is,
                      "%zu calls deep: expected %d", rows[i].deep, rows[i].is);
    }
    for (size_t over = 0; over < 2; over++) {
        EVPACK_AUTO_VALUE(arena_reset) arena memory = {0};
        expr_machine m = expr_machine_new(&memory);
        EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
        buf_puts(&text, "['");
        repeated(&text, "x", EXPRESSION_MAX - 4 + over);
        buf_puts(&text, "']");
        ck_assert_msg((expression_parse(&m, buf_str(&text)) != NULL) == (over == 0),
                      "%zu bytes over the limit", over);
        ck_assert_msg(m.limited == (over == 1), "expected the limit to be noted");
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {what_is_an_expression, trees, limits, NULL};
    return test_main(test_suite("collect/expression", tests));
}
