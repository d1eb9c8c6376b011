/* port/db_match: the same answers as SQLite's own functions. Expected values are those of the
 * sqlite3 shell, which has its own; without it the fixed ones remain. */
#include "port/db.h"

#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *expression, *value;
} fixed[] = {
    {"'abc' LIKE 'A%C'", "1"},
    {"'abc' LIKE '_b_'", "1"},
    {"'abc' LIKE '_b'", "0"},
    {"'a%c' LIKE 'a#%c' ESCAPE '#'", "1"},
    {"'abc' LIKE 'a#%c' ESCAPE '#'", "0"},
    {"'a%' LIKE 'a%%' ESCAPE '%'", "1"},
    {"'\xc3\xa4x' LIKE '_X'", "1"},
    {"'\xc3\xa4' LIKE '\xc3\x84'", "0"},
    {"'' LIKE '%'", "1"},
    {"'' LIKE ''", "1"},
    {"'a' LIKE ''", "0"},
    {"NULL LIKE 'a'", "NULL"},
    {"12 LIKE '1_'", "1"},
    {"'mississippi' LIKE '%iss%ip%'", "1"},
    {"'mississippi' GLOB '*is*ip?i'", "1"},
    {"'Abc' GLOB 'a*'", "0"},
    {"'b' GLOB '[a-c]'", "1"},
    {"'b' GLOB '[^a-c]'", "0"},
    {"']' GLOB '[]]'", "1"},
    {"'-' GLOB '[a-]'", "1"},
    {"'a' GLOB '[a'", "0"},
    {"'a[b' GLOB 'a[[]b'", "1"},
    {"instr('\xc3\xa4"
     "bc', 'c')",
     "3"},
    {"instr(x'c3a46263', x'63')", "4"},
    {"instr('abc', '')", "1"},
    {"instr('', 'a')", "0"},
    {"instr(12345, 34)", "3"},
    {"instr(NULL, 'a')", "NULL"},
    {"replace('aaa', 'aa', 'b')", "'ba'"},
    {"replace('abc', '', 'x')", "'abc'"},
    {"replace('abc', 'b', '')", "'ac'"},
    {"replace('abc', 'abc', '')", "''"},
    {"replace(121, 1, 'x')", "'x2x'"},
    {"replace('a', 'a', NULL)", "NULL"},
    {"trim('  a b ')", "'a b'"},
    {"ltrim('xyxa', 'xy')", "'a'"},
    {"rtrim('a\xc3\xa4\xc3\xb6', '\xc3\xb6\xc3\xa4')", "'a'"},
    {"trim('aaa', 'a')", "''"},
    {"trim('abc', '')", "'abc'"},
    {"trim(NULL)", "NULL"},
};

static void value_of(db *d, const char *expression, buf *out)
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf sql = {0};
    buf_printf(&sql, "SELECT quote(%s)", expression);
    EVPACK_AUTO(db_stmt) s = NULL;
    OK(db_prepare(d, buf_str(&sql), &s, &err));
    bool row = false;
    OK(db_step(s, &row, &err));
    buf_clear(out);
    buf_puts(out, db_text_or_empty(s, 0));
}

START_TEST(known_answers)
{
    evpack_err err = {0};
    EVPACK_AUTO(db) d = NULL;
    OK(db_open("memory", DB_MEMORY, &d, &err));
    EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
    for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++) {
        value_of(d, fixed[i].expression, &out);
        ck_assert_msg(strcmp(buf_str(&out), fixed[i].value) == 0, "%s: expected %s, came %s",
                      fixed[i].expression, fixed[i].value, buf_str(&out));
    }
}
END_TEST

/* A short text or pattern of few letters, so that they often meet; the same on each run. */
static void draw(uint32_t *seed, const char *letters, int most, char *out)
{
    int n = 0;
    *seed = *seed * 1664525U + 1013904223U;
    int len = (int)(*seed >> 16) % (most + 1);
    for (; n < len; n++) {
        *seed = *seed * 1664525U + 1013904223U;
        out[n] = letters[(*seed >> 16) % strlen(letters)];
    }
    out[n] = '\0';
}

static void put(char out[80], int which, const char *text, const char *pattern)
{
    static const struct {
        const char *head, *middle, *tail;
    } calls[] = {{"'", "' LIKE '", "'"},    {"'", "' GLOB '", "'"},
                 {"instr('", "', '", "')"}, {"replace('", "', '", "', 'ab')"},
                 {"trim('", "', '", "')"},  {"'", "' LIKE '", "' ESCAPE 'b'"}};
    (void)snprintf(out, 80, "%s%s%s%s%s", calls[which].head, text, calls[which].middle, pattern,
                   calls[which].tail);
}

START_TEST(the_same_as_the_shell)
{
    enum { DRAWS = 4000 };
    evpack_err err = {0};
    EVPACK_AUTO(db) d = NULL;
    OK(db_open("memory", DB_MEMORY, &d, &err));
    EVPACK_AUTO_VALUE(buf_reset) buf ours = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf theirs = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf sql = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf one = {0};
    uint32_t seed = 7;
    for (int i = 0; i < DRAWS; i++) {
        char text[16];
        char pattern[10];
        char call[80];
        draw(&seed, "abA-", 12, text);
        draw(&seed, i % 6 == 1 ? "ab*?[]^-" : "abA%_", 7, pattern);
        put(call, i % 6, text, pattern);
        value_of(d, call, &one);
        buf_printf(&ours, "%s: %s\n", call, buf_str(&one));
        buf_printf(&sql, "SELECT quote(%s);\n", call);
    }
    (void)test_file("in.sql", sql.data, sql.len);
    char command[600];
    (void)snprintf(command, sizeof command, "sqlite3 -batch :memory: <'%s' >'%s' 2>/dev/null",
                   test_path("in.sql"), test_path("out"));
    if (system("command -v sqlite3 >/dev/null") != 0 || system(command) != 0) {
        (void)puts("skipped: there is no sqlite3 shell to compare with");
        return;
    }
    test_read(test_path("out"), &theirs);
    const char *a = buf_str(&ours);
    for (const char *b = buf_str(&theirs); *b != '\0';) {
        size_t m = strcspn(a, "\n");
        size_t n = strcspn(b, "\n");
        ck_assert_msg(m > n && memcmp(a + m - n, b, n) == 0 && a[m - n - 1] == ' ',
                      "expected %.*s of SQLite, came %.*s", (int)n, b, (int)m, a);
        a += m + 1;
        b += n + 1;
    }
    ck_assert_msg(*a == '\0', "expected an answer to each");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {known_answers, the_same_as_the_shell, NULL};
    return test_main(test_suite("port/db_match", tests));
}
