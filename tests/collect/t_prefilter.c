/* collect/prefilter: every place of a word, and no other, whatever the length around it. */
#include "collect/prefilter.h"

#include "support.h"

#include <string.h>

static const prefilter_word words[] = {{"key", false}, {"eyJ", true},     {"==", true},
                                       {"Q~", true},   {"secret", false}, {"-----BEGIN", true}};
enum { WORDS = sizeof words / sizeof words[0] };

/* The same, written plainly. */
static size_t plainly(const char *text, size_t len, size_t from, size_t until)
{
    for (; from < until; from++) {
        for (size_t w = 0; w < WORDS; w++) {
            size_t n = strlen(words[w].text);
            if (n <= len - from &&
                (words[w].exact ? memcmp(text + from, words[w].text, n)
                                : strncasecmp(text + from, words[w].text, n)) == 0) {
                return from;
            }
        }
    }
    return until;
}

START_TEST(it_finds_what_a_plain_search_finds)
{
    evpack_err err = {0};
    EVPACK_AUTO(prefilter) p = NULL;
    OK(prefilter_new(words, WORDS, &p, &err));
    static const char letters[] = "kKeEyYjJ=Q~sScCrRtT-BGIN";
    unsigned state = 1;
    unsigned found = 0;
    for (unsigned round = 0; round < 4000; round++) {
        char text[96];
        size_t len = round % sizeof text;
        for (size_t i = 0; i < len; i++) {
            state = state * 1664525U + 1013904223U;
            text[i] = letters[(state >> 8) % (sizeof letters - 1)];
        }
        for (size_t at = 0; at < len; at++) {
            size_t got = prefilter_next(p, text, len, at, len);
            size_t want = plainly(text, len, at, len);
            ck_assert_msg(got == want, "%.*s: expected a word at %zu, came %zu", (int)len, text,
                          want, got);
            found += got < len;
            at = got;
        }
    }
    ck_assert_msg(found > 500, "expected many words, came %u", found);
}
END_TEST

START_TEST(words_at_one_place_come_one_after_the_other)
{
    evpack_err err = {0};
    static const prefilter_word two[] = {{"pass", false}, {"x", false}, {"passw", false}};
    EVPACK_AUTO(prefilter) p = NULL;
    OK(prefilter_new(two, 3, &p, &err));
    ck_assert_uint_eq(prefilter_word_at(p, "PASSWORD", 8, 0, 0), 0);
    ck_assert_uint_eq(prefilter_word_at(p, "PASSWORD", 8, 0, 1), 2);
    ck_assert_uint_eq(prefilter_word_at(p, "PASSWORD", 8, 0, 3), 3);
    ck_assert_uint_eq(prefilter_word_at(p, "PASS", 4, 0, 1), 3);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {it_finds_what_a_plain_search_finds,
                                  words_at_one_place_come_one_after_the_other, NULL};
    return test_main(test_suite("collect/prefilter", tests));
}
