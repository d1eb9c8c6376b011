/* collect/places: from offsets of the text to those of the file. */
#include "collect/places.h"

#include "support.h"

static void add(places *p, uint64_t text, uint64_t raw, unsigned char wide, unsigned char raw_wide)
{
    evpack_err err = {0};
    const place_run run = {text, raw, wide, raw_wide};
    OK(places_add(p, &run, &err));
}

START_TEST(without_runs_they_are_the_same)
{
    const places none = {0};
    ck_assert_uint_eq(places_at(&none, 7), 7);
    ck_assert_uint_eq(places_end(&none, 7), 7);
    ck_assert_uint_eq(places_at(NULL, 7), 7);
}
END_TEST

START_TEST(runs_tell_begin_and_end)
{
    EVPACK_AUTO_VALUE(places_reset) places p = {0};
    add(&p, 0, 2, 1, 2);   /* ASCII in UTF-16 after its mark */
    add(&p, 10, 22, 3, 2); /* two characters of three bytes */
    add(&p, 16, 26, 4, 4);
    add(&p, 20, 30, 1, 2);
    ck_assert_uint_eq(places_at(&p, 0), 2);
    ck_assert_uint_eq(places_at(&p, 9), 20);
    ck_assert_uint_eq(places_at(&p, 10), 22);
    ck_assert_uint_eq(places_at(&p, 13), 24);
    ck_assert_uint_eq(places_at(&p, 14), 24);
    ck_assert_uint_eq(places_at(&p, 16), 26);
    ck_assert_uint_eq(places_at(&p, 21), 32);
    ck_assert_uint_eq(places_end(&p, 10), 22);
    ck_assert_uint_eq(places_end(&p, 16), 26);
    ck_assert_uint_eq(places_end(&p, 20), 30);
    ck_assert_uint_eq(places_end(&p, 21), 32);
}
END_TEST

START_TEST(what_is_left_out_belongs_to_neither_side)
{
    EVPACK_AUTO_VALUE(places_reset) places p = {0};
    add(&p, 0, 0, 1, 1);
    add(&p, 5, 9, 1, 1); /* bytes 5 to 8 of the file are not in the text */
    ck_assert_uint_eq(places_end(&p, 5), 5);
    ck_assert_uint_eq(places_at(&p, 5), 9);
    add(&p, 5, 14, 1, 1); /* five more: the run that nothing is in gives way */
    ck_assert_uint_eq(p.count, 2);
    ck_assert_uint_eq(places_at(&p, 5), 14);
}
END_TEST

START_TEST(what_is_forgotten_makes_no_difference_after_it)
{
    EVPACK_AUTO_VALUE(places_reset) places p = {0};
    for (uint64_t i = 0; i < 1000; i++) {
        add(&p, i * 10, i * 17, 1, 1);
        ck_assert_uint_eq(places_at(&p, i * 10 + 3), i * 17 + 3);
        if (i > 3) {
            places_forget(&p, (i - 3) * 10 + 5);
            ck_assert_uint_eq(places_at(&p, (i - 3) * 10 + 5), (i - 3) * 17 + 5);
            ck_assert_uint_eq(places_end(&p, (i - 2) * 10), (i - 3) * 17 + 10);
        }
    }
    ck_assert_msg(p.room <= 64, "expected that room is used again, there is %zu", p.room);
}
END_TEST

START_TEST(there_are_only_so_many)
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(places_reset) places p = {0};
    for (uint64_t i = 0; i < PLACES_MAX; i++) {
        add(&p, i, i * 3, 1, 1);
    }
    const place_run more = {PLACES_MAX, (uint64_t)PLACES_MAX * 3, 1, 1};
    FAILS(places_add(&p, &more, &err), EVPACK_E_LIMIT, "too many");
    places_forget(&p, PLACES_MAX - 2);
    OK(places_add(&p, &more, &err));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {without_runs_they_are_the_same,
                                  runs_tell_begin_and_end,
                                  what_is_left_out_belongs_to_neither_side,
                                  what_is_forgotten_makes_no_difference_after_it,
                                  there_are_only_so_many,
                                  NULL};
    return test_main(test_suite("collect/places", tests));
}
