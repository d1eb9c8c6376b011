/* store/needs: a filled command is one command, whatever the subject is called. */
#include "store/needs.h"

#include "case.h"
#include "support.h"

#include <string.h>

#define HEAD "/subscriptions/s-1/resourceGroups/RG-1/providers/Microsoft.X/accounts/"

static const struct {
    const char *template, *subject, *want;
} cases[] = {
    {"az show --ids {id}", HEAD "a.b_c-1", "az show --ids " HEAD "a.b_c-1"},
    {"az {name} {group} {subscription}", HEAD "n", "az n RG-1 s-1"},
    {"az {name}", HEAD "two words", "az 'two words'"},
    {"az {name}", HEAD "$(reboot);`x`|y&", "az '$(reboot);`x`|y&'"},
    {"az {name}", HEAD "a'b", "az <name>"},
    {"az {name}",
     HEAD "a\xe2\x80\x99"
          "b",
     "az <name>"},
    {"az {name}", HEAD "a\nb", "az <name>"},
    {"az {name}",
     HEAD "a\xe2\x80\xae"
          "b",
     "az <name>"},
    {"az {name}", HEAD "\xff", "az <name>"},
    {"az {name}", HEAD "größe", "az 'größe'"},
    {"az {name}", HEAD "--help", "az '--help'"},
    {"az {group}", "/subscriptions/s-1", "az <group>"},
    {"az {id}", "role:17", "az <id>"},
    {"az {id}", NULL, "az <id>"},
    {"az \"u/{name}?x\" {name}", HEAD "a b", "az \"u/<name>?x\" 'a b'"},
    {"az \"u/{name}\"", HEAD "ab", "az \"u/ab\""},
    {"az --query {other} {", HEAD "ab", "az --query {other} {"},
};

START_TEST(commands)
{
    evpack_err err = {0};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        EVPACK_AUTO(store) s = case_basic("c.db");
        EVPACK_AUTO(db_stmt) set = NULL;
        OK(store_begin(s, &err));
        OK(db_prepare(store_db(s), "UPDATE need SET command = ? WHERE id = 1", &set, &err));
        OK(db_bind(set, &err, "t", cases[i].template));
        OK(db_run(set, &err));
        EVPACK_AUTO(needs) n = NULL;
        OK(needs_load(s, &n, &err));
        EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
        needs_command(n, "diagnostic-setting", cases[i].subject, &b);
        ck_assert_str_eq(buf_str(&b), cases[i].want);
        (void)unlink(test_path("c.db"));
    }
}
END_TEST

START_TEST(what_is_not_known)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_basic("c.db");
    EVPACK_AUTO(needs) n = NULL;
    OK(needs_load(s, &n, &err));
    ck_assert_str_eq(needs_what(n, "diagnostic-setting"), "the diagnostic settings of the account");
    ck_assert_str_eq(needs_what(n, "never-heard-of"), "never-heard-of");
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    needs_command(n, "never-heard-of", HEAD "x", &b);
    ck_assert_uint_eq(b.len, 0);
    EVPACK_AUTO(store) none = case_empty("none.db");
    EVPACK_AUTO(needs) empty = NULL;
    OK(needs_load(none, &empty, &err));
    ck_assert_str_eq(needs_what(empty, "x"), "x");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {commands, what_is_not_known, NULL};
    return test_main(test_suite("store/needs", tests));
}
