/* seal/names: what meets on another system. */
#include "seal/names.h"

#include "support.h"

#include <stdio.h>

START_TEST(names_that_meet)
{
    evpack_err err = {0};
    EVPACK_AUTO(names_set) set = NULL;
    OK(names_set_new(&set, &err));
    OK(names_set_add(set, "data/a/List.json", &err));
    FAILS(names_set_add(set, "data/a/List.json", &err), EVPACK_E_INPUT, "letter case");
    FAILS(names_set_add(set, "data/A/list.JSON", &err), EVPACK_E_INPUT, "letter case");
    FAILS(names_set_add(set, "data/A", &err), EVPACK_E_INPUT, "is a folder of another");
    FAILS(names_set_add(set, "data/a/list.json/x", &err), EVPACK_E_INPUT, "has a file where");
    FAILS(names_set_add(set, "../x", &err), EVPACK_E_INPUT, "'..'");
    OK(names_set_add(set, "data/A/other.json", &err));
    ck_assert_uint_eq(names_set_count(set), 2);
    ck_assert(names_set_has(set, "DATA/a/list.json"));
    ck_assert(!names_set_has(set, "data/a"));
}
END_TEST

START_TEST(many_names)
{
    evpack_err err = {0};
    EVPACK_AUTO(names_set) set = NULL;
    OK(names_set_new(&set, &err));
    char path[64];
    for (int i = 0; i < NAMES_FILES_MAX; i++) {
        (void)snprintf(path, sizeof path, "data/%d/file", i);
        evpack_status status = names_set_add(set, path, &err);
        ck_assert_msg(status == EVPACK_OK || (i > 190000 && status == EVPACK_E_LIMIT), "%d: %s", i,
                      err.text);
        if (status != EVPACK_OK) {
            break;
        }
    }
    (void)snprintf(path, sizeof path, "data/%d/FILE", 4711);
    ck_assert(names_set_has(set, path));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {names_that_meet, many_names, NULL};
    return test_main(test_suite("seal/names", tests));
}
