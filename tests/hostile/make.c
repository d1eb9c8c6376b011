/*
 * Makes the hostile packages in a folder, to be looked at or tried on other verifiers:
 *   hostile_make DIR     one folder a case, with the options for verify in its file "args"
 * It runs as a test of Check's, whose assertions its parts use.
 */
#include "authority.h"
#include "hostile.h"

#include <stdio.h>

START_TEST(make)
{
    hostile_make(getenv("HOSTILE_FOLDER"));
}
END_TEST

int main(int argc, char **argv)
{
    if (argc != 2 || setenv("HOSTILE_FOLDER", argv[1], 1) != 0) {
        (void)fprintf(stderr, "usage: %s DIR\n", argv[0]);
        return 2;
    }
    authority_make();
    const TTest *const tests[] = {make, NULL};
    return test_main(test_suite("hostile/make", tests));
}
