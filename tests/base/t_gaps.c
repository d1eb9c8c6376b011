/* base/gaps: from a copy back to where its bytes stood. */
#include "base/gaps.h"

#include "support.h"

static void is_at(const gaps *g, size_t at, uint64_t wanted)
{
    uint64_t offset = 0;
    ck_assert(gaps_find(g, at, &offset));
    ck_assert_msg(offset == wanted, "byte %zu: expected %llu, came %llu", at,
                  (unsigned long long)wanted, (unsigned long long)offset);
}

START_TEST(bytes_are_found_after_what_was_left_out)
{
    gaps g = {0};
    is_at(&g, 7, 7);
    gaps_note(&g, 2, 5);
    gaps_note(&g, 10, 20);
    gaps_note(&g, 10, 21); /* the later one stands */
    is_at(&g, 0, 0);
    is_at(&g, 1, 1);
    is_at(&g, 2, 5);
    is_at(&g, 9, 12);
    is_at(&g, 10, 21);
    is_at(&g, 1000, 1011);
    gaps_cut(&g, 10);
    is_at(&g, 10, 13);
    gaps_cut(&g, 0);
    is_at(&g, 10, 10);
    gaps_reset(&g);
}
END_TEST

START_TEST(too_many_are_said)
{
    gaps g = {0};
    for (size_t i = 0; i <= GAPS_MAX; i++) {
        gaps_note(&g, i, i * 2);
    }
    uint64_t offset = 0;
    ck_assert_msg(!gaps_find(&g, 1, &offset), "expected no place to be known any more");
    gaps_cut(&g, 5);
    is_at(&g, 4, 8);
    gaps_reset(&g);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {bytes_are_found_after_what_was_left_out, too_many_are_said, NULL};
    return test_main(test_suite("base/gaps", tests));
}
