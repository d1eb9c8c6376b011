/* review/earlier: findings are found where they stand; a file that is not such a list is refused.
 */
#include "review/earlier.h"

#include "base/file.h"
#include "support.h"

#include <stdio.h>
#include <string.h>

#define ID(n) "00000000-0000-5000-8000-00000000000" n
#define HEAD                                                                                     \
    "{\"evpack\":{\"version\":\"0.0.9\"},\n\"run\":{\"evaluated_at\":\"then\",\"x\":{\"id\":1}," \
    "\"mapping_sha256\":\"abc\"},\"crosswalk\":[{\"id\":\"no\"}],"

static evpack_status open_text(const char *text, size_t len, earlier **out, evpack_err *err)
{
    static unsigned n;
    char table[32];
    (void)snprintf(table, sizeof table, "table-%u.db", n++);
    const char *path = test_file("findings.json", text, len);
    EVPACK_AUTO_FD fd = -1;
    EVPACK_TRY(file_open(path, &fd, err));
    return earlier_open(fd, test_path(table), out, err);
}

START_TEST(findings_are_found)
{
    static const char text[] =
        HEAD "\"findings\":[\n{\"id\":\"" ID("1") "\",\"a\":[1]},\n{\"b\":{\"id\":\"" ID(
            "9") "\"},\"id\":\"" ID("2") "\"},{\"id\":\"" ID("3") "\"}\n],\"scoped_out\":[{\"id\":"
                                                                  "1}]}\n";
    evpack_err err = {0};
    EVPACK_AUTO(earlier) e = NULL;
    OK(open_text(text, strlen(text), &e, &err));
    ck_assert_str_eq(earlier_head_of(e)->version, "0.0.9");
    ck_assert_str_eq(earlier_head_of(e)->evaluated_at, "then");
    ck_assert_str_eq(earlier_head_of(e)->mapping_sha256, "abc");
    ck_assert_uint_eq(earlier_count(e), 3);
    static const struct {
        const char *id;
        uint64_t n;
    } asked[] = {{ID("1"), 1}, {ID("2"), 2}, {ID("3"), 3}, {ID("9"), 0},
                 {ID("1"), 1}, {ID("3"), 3}, {"x", 0},     {ID("2"), 2}};
    for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++) {
        uint64_t n = 99;
        OK(earlier_find(e, asked[i].id, &n, &err));
        ck_assert_uint_eq(n, asked[i].n);
    }
    EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
    OK(earlier_text(e, 2, &out, &err));
    ck_assert_str_eq(buf_str(&out), "{\"b\":{\"id\":\"" ID("9") "\"},\"id\":\"" ID("2") "\"}");
    OK(earlier_text(e, 1, &out, &err));
    ck_assert_str_eq(buf_str(&out), "{\"id\":\"" ID("1") "\",\"a\":[1]}");
}
END_TEST

START_TEST(many_in_little_memory)
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    buf_puts(&text, "{\"findings\":[");
    for (int i = 0; i < 20000; i++) {
        buf_printf(&text, "%s{\"id\":\"%08x-0000-5000-8000-000000000000\"}", i == 0 ? "" : ",",
                   (unsigned)i * 2654435761U);
    }
    buf_puts(&text, "]}");
    EVPACK_AUTO(earlier) e = NULL;
    OK(open_text(text.data, text.len, &e, &err));
    ck_assert_uint_eq(earlier_count(e), 20000);
    uint64_t n = 0;
    char id[40];
    (void)snprintf(id, sizeof id, "%08x-0000-5000-8000-000000000000", 12345U * 2654435761U);
    OK(earlier_find(e, id, &n, &err));
    ck_assert_uint_eq(n, 12346);
}
END_TEST

START_TEST(others)
{
    static const char *const bad[][2] = {
        {"", "1:1: "},
        {"[]", "expected an object"},
        {"{}", "expected one member \"findings\", an array"},
        {"{\"findings\":{}}", "expected one member \"findings\", an array"},
        {"{\"findings\":[],\"findings\":[]}", "expected one member \"findings\", an array"},
        {"{\"findings\":[],\"\\u0066indings\":[]}", "a name in its head is written with an escape"},
        {"{\"findings\":[],\"run\":{\"evaluated\\u005fat\":\"b\"}}", "written with an escape"},
        {"{\"findings\":[1]}", "expected each finding to be an object"},
        {"{\"findings\":[{}]}", "a finding has no id that is a UUID"},
        {"{\"findings\":[{\"id\":1}]}", "a finding has no id that is a UUID"},
        {"{\"findings\":[{\"id\":\"x\"}]}", "a finding has no id that is a UUID"},
        {"{\"findings\":[{\"id\":\"0000000A-0000-5000-8000-000000000000\"}]}", "a UUID"},
        {"{\"findings\":[{\"a\":{\"id\":\"" ID("1") "\"}}]}", "a UUID"},
        {"{\"findings\":[{\"id\":\"" ID("1") "\",\"id\":\"" ID("2") "\"}]}", "two members \"id\""},
        {"{\"findings\":[{\"id\":\"" ID("1") "\"},{\"id\":\"" ID("1") "\"}]}",
         "two findings have the id 0000000000005000800000000000000"},
        {"{\"findings\":[{\"id\":\"" ID("1") "\"}", "1:"},
        {"{\"findings\":[]} x", "1:"},
        {"{\"run\":{\"evaluated_at\":\"a\",\"evaluated_at\":\"b\"},\"findings\":[]}",
         "its head says something twice"}};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        evpack_err err = {0};
        EVPACK_AUTO(earlier) e = NULL;
        FAILS(open_text(bad[i][0], strlen(bad[i][0]), &e, &err), EVPACK_E_NO, bad[i][1]);
        ck_assert_ptr_null(e);
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {findings_are_found, many_in_little_memory, others, NULL};
    return test_main(test_suite("review/earlier", tests));
}
