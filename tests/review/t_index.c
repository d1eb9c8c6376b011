/* review/index: what an index says comes out, in its order; and each kind of lie is refused. */
#include "review/packages.h"

#include "support.h"

#include <stdio.h>
#include <string.h>

#define SHA "4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945" /* of [] */

static evpack_status read_rows(const fixture_row *rows, size_t count, evidence_index **out,
                               evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    fixture_header(&text);
    for (size_t i = 0; i < count; i++) {
        fixture_index_row(&text, &rows[i], i);
    }
    return index_read(buf_str(&text), text.len, out, err);
}

START_TEST(rows_come_in_their_order)
{
    static const fixture_row rows[] = {{.original = "b.json", .order = "3"},
                                       {.original = "a.json", .order = "1", .kind = "account"},
                                       {.original = "a.json",
                                        .snapshot = "q3",
                                        .order = "2",
                                        .redacted = "withheld",
                                        .collected_at = "2026-09-30T06:00:00Z"}};
    evpack_err err = {0};
    EVPACK_AUTO(evidence_index) x = NULL;
    OK(read_rows(rows, 3, &x, &err));
    ck_assert_uint_eq(index_count(x), 3);
    ck_assert(index_ordered(x));
    ck_assert_str_eq(index_at(x, 0)->member, "data/evidence/q4/a.json");
    ck_assert_str_eq(index_at(x, 0)->kind, "account");
    ck_assert_ptr_null(index_at(x, 0)->collected_at);
    ck_assert_str_eq(index_at(x, 1)->snapshot, "q3");
    ck_assert_str_eq(index_at(x, 1)->collected_at, "2026-09-30T06:00:00Z");
    ck_assert(index_at(x, 1)->withheld);
    ck_assert_str_eq(index_at(x, 2)->original, "b.json");
    ck_assert_uint_eq(index_at(x, 2)->size, 2);
    ck_assert_ptr_eq(index_find(x, "data/evidence/q4/b.json"), index_at(x, 2));
    ck_assert_ptr_null(index_find(x, "data/evidence/q4/B.json"));
    ck_assert_ptr_eq(index_find_original(x, "q4", "a.json", SHA), index_at(x, 0));
    ck_assert_ptr_null(index_find_original(x, "q5", "a.json", SHA));
}
END_TEST

/* As the writer shows them: escapes of what does not show, an apostrophe before a formula. */
START_TEST(original_names_come_back)
{
    static const struct {
        fixture_row row;
        const char *want;
    } shown[] = {
        {{.original = "\xe2\x9f\xa8"
                      "0xFF"
                      "\xe2\x9f\xa9",
          .member = "data/evidence/q4/~ff"},
         "\xff"},
        {{.original = "x\xe2\x9f\xa8U+202E\xe2\x9f\xa9", .member = "data/evidence/q4/x~e2~80~ae"},
         "x\xe2\x80\xae"},
        {{.original = "\xe2\x9f\xa8U+E0041\xe2\x9f\xa9", .member = "data/evidence/q4/~f3~a0~81~81"},
         "\xf3\xa0\x81\x81"},
        {{.original = "'=a", .member = "data/evidence/q4/=a"}, "=a"},
        {{.original = "'=a", .member = "data/evidence/q4/~27=a"}, "'=a"},
        {{.original = "''=a", .member = "data/evidence/q4/~27~27=a"}, "''=a"},
        {{.original = "x;'=a", .member = "data/evidence/q4/x~3b=a"}, "x;=a"},
        {{.original = "x;'=a", .member = "data/evidence/q4/x~3b~27=a"}, "x;'=a"},
        {{.original = "'=x;'-a", .member = "data/evidence/q4/=x~3b-a"}, "=x;-a"},
        {{.original = "'\xef\xbc\x9d", .member = "data/evidence/q4/~ef~bc~9d"}, "\xef\xbc\x9d"},
        {{.original = "\"a,b\"", .member = "\"data/evidence/q4/a,b\""}, "a,b"},
        {{.original = "dir/a.json",
          .member = "data/evidence/q4/a~~ccd3c92efac8a2e29eabfa8b8db98c7b.json"},
         NULL}};
    for (size_t i = 0; i < sizeof shown / sizeof shown[0]; i++) {
        evpack_err err = {0};
        EVPACK_AUTO(evidence_index) x = NULL;
        fixture_row row = shown[i].row;
        char member[256];
        if (shown[i].want == NULL) { /* the hashed form, which follows from name and SHA-256 */
            char hash[DIGEST_HEX];
            EVPACK_AUTO_VALUE(buf_reset) buf both = {0};
            EVPACK_AUTO_VALUE(buf_reset) buf form = {0};
            buf_puts(&both, "dir/a.json\n" SHA "\n");
            OK(digest_bytes_hex(both.data, both.len, hash, &err));
            member_escape_hashed("dir/a.json", hash, &form);
            (void)snprintf(member, sizeof member, "data/evidence/q4/%s", buf_str(&form));
            FAILS(read_rows(&row, 1, &x, &err), EVPACK_E_INPUT, "row 2: member is not the safe");
            row.member = member;
        }
        OK(read_rows(&row, 1, &x, &err));
        ck_assert_str_eq(index_at(x, 0)->original,
                         shown[i].want == NULL ? "dir/a.json" : shown[i].want);
    }
}
END_TEST

START_TEST(lies)
{
    static const struct {
        fixture_row rows[2];
        const char *part;
    } bad[] = {
        {{{.original = "../x"}}, "row 2: the path 'data/evidence/q4/../x'"},
        {{{.original = "/etc/passwd"}}, "row 2: the path 'data/evidence/q4//etc/passwd'"},
        {{{.original = "a", .member = "data/evidence/q4/b"}}, "row 2: member is not the safe form"},
        {{{.original = "a", .member = "data/evidence/q5/a"}}, "in the folder of snapshot"},
        {{{.original = "a", .member = "data/mapping/q4/a"}}, "in the folder of snapshot"},
        {{{.original = "a", .member = "data/evidence/q4"}}, "in the folder of snapshot"},
        {{{.original = "a", .snapshot = "q4/b", .member = "data/evidence/q4/b/a"}},
         "in the folder of snapshot"},
        {{{.original = ""}}, "row 2: "},
        {{{.original = "\xe2\x9f\xa8U+0041\xe2\x9f\xa9", .member = "data/evidence/q4/A"}},
         "member is not the safe form"},
        {{{.original = "\xe2\x9f\xa8U+00\xe2\x9f\xa9", .member = "data/evidence/q4/~00"}},
         "member is not the safe form"},
        {{{.original = "a", .sha256 = "zz"}}, "expected sha256 of 64 hex digits"},
        {{{.original = "a", .redacted = "perhaps"}}, "expected redacted, withheld or nothing"},
        {{{.original = "a", .order = "0"}}, "expected order, a number from 1"},
        {{{.original = "a", .order = "01"}}, "expected order, a number from 1"},
        {{{.original = "a", .order = "2"}}, "expected each number from 1 to 1 once"},
        {{{.original = "a", .order = "1"}, {.original = "b", .order = "1"}},
         "expected each number from 1 to 2 once"},
        {{{.original = "a", .collected_at = "2026-11-22"}}, "expected collected_at in UTC"},
        {{{.original = "a", .collected_at = "2026-11-22T08:00:00+01:00"}}, "in UTC"},
        {{{.original = "a"}, {.original = "a"}}, "data/evidence/q4/a"},
        {{{.original = "a"}, {.original = "A"}}, "data/evidence/q4/"},
        {{{.original = "a"}, {.original = "a/b"}}, "data/evidence/q4/a"},
        {{{.original = "a"}, {.original = "b", .collected_at = "2026-11-22T08:00:00Z"}},
         "both are of snapshot q4"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        evpack_err err = {0};
        EVPACK_AUTO(evidence_index) x = NULL;
        const size_t count = bad[i].rows[1].original == NULL ? 1 : 2;
        FAILS(read_rows(bad[i].rows, count, &x, &err), EVPACK_E_INPUT, bad[i].part);
        ck_assert_ptr_null(x);
    }
}
END_TEST

/* One file with two names: only the hashed form allows it at all. */
START_TEST(one_file_comes_once)
{
    evpack_err err = {0};
    char hash[DIGEST_HEX];
    EVPACK_AUTO_VALUE(buf_reset) buf form = {0};
    static const char both[] = "a\n" SHA "\n";
    OK(digest_bytes_hex(both, strlen(both), hash, &err));
    buf_puts(&form, "data/evidence/q4/");
    member_escape_hashed("a", hash, &form);
    const fixture_row rows[] = {{.original = "a"}, {.original = "a", .member = buf_str(&form)}};
    EVPACK_AUTO(evidence_index) x = NULL;
    FAILS(read_rows(rows, 2, &x, &err), EVPACK_E_INPUT, "are one file");
}
END_TEST

START_TEST(columns)
{
    static const char head[] =
        "\xef\xbb\xbforiginal_path,member,snapshot,sha256,size,kind,encoding,"
        "shape,completeness,records,reason,redacted,redacted_sha256,"
        "redacted_size";
    static const char row[] = "a,data/evidence/q4/a,q4," SHA ",2,empty,utf-8,array,whole,0,,,,";
    static const struct {
        const char *more, *fields, *part;
    } rows[] = {{"", "", NULL}, /* an older evpack's */
                {"", ",1", "another number of fields"},
                {",order", ",1", "row 1: expected the columns"},
                {",order,collected_at,period", ",1,,", NULL},
                {",order,period,collected_at", ",1,,", "row 1: expected the columns"},
                {",order,collected_at,period,more", ",1,,,", "row 1: expected the columns"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        evpack_err err = {0};
        EVPACK_AUTO(evidence_index) x = NULL;
        EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
        buf_printf(&text, "%s%s\r\n%s%s\r\n", head, rows[i].more, row, rows[i].fields);
        if (rows[i].part != NULL) {
            FAILS(index_read(buf_str(&text), text.len, &x, &err), EVPACK_E_INPUT, rows[i].part);
            continue;
        }
        OK(index_read(buf_str(&text), text.len, &x, &err));
        ck_assert_int_eq(index_ordered(x), rows[i].more[0] != '\0');
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {rows_come_in_their_order,
                                  original_names_come_back,
                                  lies,
                                  one_file_comes_once,
                                  columns,
                                  NULL};
    return test_main(test_suite("review/index", tests));
}
