/* base/arena: what was handed out stays where it is until the arena is cleared. */
#include "base/arena.h"

#include "support.h"

#include <stdint.h>
#include <string.h>

START_TEST(copies_stay)
{
    EVPACK_AUTO_VALUE(arena_reset) arena a = {0};
    const char *first = arena_copy(&a, "first, and more", 5);
    for (int i = 0; i < 10000; i++) {
        ck_assert_str_eq(arena_text(&a, "something between"), "something between");
    }
    ck_assert_str_eq(first, "first");
    ck_assert_ptr_null(arena_text(&a, NULL));
    evpack_err err = {0};
    OK(arena_status(&a, &err));
}
END_TEST

START_TEST(alloc_is_aligned_and_zero)
{
    EVPACK_AUTO_VALUE(arena_reset) arena a = {0};
    for (size_t size = 1; size < 200000; size = size * 3 + 1) {
        unsigned char *p = arena_alloc(&a, size);
        ck_assert_ptr_nonnull(p);
        ck_assert_uint_eq((uintptr_t)p % 16, 0);
        for (size_t i = 0; i < size; i++) {
            ck_assert_uint_eq(p[i], 0);
        }
        memset(p, 0xff, size);
    }
    arena_clear(&a);
    unsigned char *again = arena_alloc(&a, 64);
    ck_assert_uint_eq(again[63], 0);
}
END_TEST

START_TEST(running_out_is_sticky)
{
    EVPACK_AUTO_VALUE(arena_reset) arena a = {0};
    ck_assert_ptr_null(arena_alloc(&a, SIZE_MAX));
    ck_assert_str_eq(arena_copy(&a, "x", 1), "");
    evpack_err err = {0};
    FAILS(arena_status(&a, &err), EVPACK_E_MEMORY, "out of memory");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {copies_stay, alloc_is_aligned_and_zero, running_out_is_sticky,
                                  NULL};
    return test_main(test_suite("base/arena", tests));
}
