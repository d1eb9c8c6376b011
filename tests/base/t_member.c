/* base/member: what is a good path. */
#include "base/member.h"

#include "support.h"

#include <stdio.h>
#include <string.h>

#define LONG100                                                                                    \
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" \
    "aaaaaaaa"

static const char *const good[] = {"a",
                                   "data/evidence/base/list all (1).json",
                                   "A.b_c-d+e,f=g@h~i",
                                   ".hidden",
                                   "..a",
                                   "con1",
                                   "icon",
                                   "com",
                                   "auxiliary.txt",
                                   LONG100 "/" LONG100 + 1,
                                   NULL};
static const char *const bad[] = {"",         "/a",
                                  "a/",       "a//b",
                                  ".",        "..",
                                  "a/../b",   "a/./b",
                                  "a.",       "a ",
                                  " a",       "a/ b",
                                  "a. /b",    "a\\b",
                                  "a%b",      "a\nb",
                                  "a\rb",     "a:b",
                                  "a*b",      "a?b",
                                  "a\"b",     "a<b",
                                  "a|b",      "a\x7f",
                                  "\xc3\xa9", "a\xff",
                                  "con",      "CON",
                                  "Con.txt",  "aux.tar.gz",
                                  "nul",      "prn",
                                  "com0",     "COM9.x",
                                  "lpt1",     "a/NUL/b",
                                  "con .txt", LONG100 "/" LONG100,
                                  NULL};

START_TEST(good_and_bad_paths)
{
    evpack_err err = {0};
    for (size_t i = 0; good[i] != NULL; i++) {
        OK(member_check(good[i], &err));
    }
    for (size_t i = 0; bad[i] != NULL; i++) {
        ck_assert_msg(member_check(bad[i], &err) == EVPACK_E_INPUT, "'%s' was accepted", bad[i]);
    }
}
END_TEST

START_TEST(faults)
{
    static const struct {
        const char *path;
        member_fault fault;
    } rows[] = {{"a/b", MEMBER_GOOD},           {LONG100 "/" LONG100, MEMBER_LONG},
                {"/etc", MEMBER_EMPTY},         {"a//b", MEMBER_EMPTY},
                {"a/", MEMBER_EMPTY},           {"../a", MEMBER_DOTS},
                {"a/./b", MEMBER_DOTS},         {"a\\b", MEMBER_CHARACTER},
                {"\xc3\xa9", MEMBER_CHARACTER}, {"...", MEMBER_ENDS},
                {"a./b", MEMBER_ENDS},          {" a", MEMBER_ENDS},
                {"a/aux.txt", MEMBER_DEVICE},   {"FINDIN~1.JSO", MEMBER_ALIAS},
                {"a/prog~9", MEMBER_ALIAS},     {"~1", MEMBER_ALIAS},
                {"a~1.", MEMBER_ENDS},          {"a~1.json", MEMBER_GOOD},
                {"abcdefg~1", MEMBER_GOOD},     {"a~20", MEMBER_GOOD},
                {"a~~1", MEMBER_ALIAS}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        member_fault got = member_fault_of(rows[i].path);
        ck_assert_msg(got == rows[i].fault, "'%s': expected fault %d, came %d", rows[i].path,
                      (int)rows[i].fault, (int)got);
    }
}
END_TEST

START_TEST(package_ids)
{
    evpack_err err = {0};
    OK(member_check_id("evpack-20261122-0f.1_x", &err));
    static const char *const ids[] = {"",    ".a",  "-a", "a/b", "a b", "a.",
                                      "con", "a~b", "..", "a@b", NULL};
    for (size_t i = 0; ids[i] != NULL; i++) {
        FAILS(member_check_id(ids[i], &err), EVPACK_E_INPUT, "is not 1 to 64");
    }
    FAILS(member_check_id(LONG100, &err), EVPACK_E_INPUT, "is not 1 to 64");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {good_and_bad_paths, faults, package_ids, NULL};
    return test_main(test_suite("base/member", tests));
}
