/* base/member_escape: what becomes of a bad path. */
#include "base/member.h"

#include "support.h"

#include <stdio.h>
#include <string.h>

#define LONG100                                                                                    \
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" \
    "aaaaaaaa"

#define DIGITS "0123456789abcdef0123456789abcdef"

static const struct {
    const char *original;
    const char *want;
} rows[] = {
    {"reports/Q3 list.json", "reports/Q3 list.json"},
    {"donn\xc3\xa9"
     "es/a:b.json",
     "donn~c3~a9es/a~3ab.json"},
    {"a~b", "a~7eb"},
    {"a//b", "a/~/b"},
    {"/abs", "~/abs"},
    {"dir/", "dir/~"},
    {"", "~"},
    {"../../etc/passwd", ".~2e/.~2e/etc/passwd"},
    {"./a", "~2e/a"},
    {"C:\\Users\\x.json", "C~3a~5cUsers~5cx.json"},
    {"con.json", "~63on.json"},
    {"x/LPT1", "x/~4cPT1"},
    {" a ", "~20a~20"},
    {" ", "~20"},
    {"end.", "end~2e"},
    {"a\nb\x01", "a~0ab~01"},
    {"%41", "~2541"},
    {"\xe2\x80\xae"
     "exe.json",
     "~e2~80~aeexe.json"},
};

START_TEST(escaping)
{
    evpack_err err = {0};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
        member_escape(rows[i].original, &out);
        OK(member_check(buf_str(&out), &err));
        ck_assert_str_eq(buf_str(&out), rows[i].want);
    }
}
END_TEST

/* Undoes the plain form: that this can be done for all shows that it is one to one. */
static bool unescape(const char *member, char *out)
{
    size_t n = 0;
    const char *part = member;
    for (const char *p = member;; p++) {
        if (*p == '~' && p == part && (p[1] == '/' || p[1] == '\0')) {
            continue; /* an empty part */
        }
        if (*p == '~') {
            unsigned value = 0;
            if (sscanf(p + 1, "%2x", &value) != 1) {
                return false;
            }
            out[n++] = (char)value;
            p += 2;
        } else {
            out[n++] = *p;
            part = *p == '/' ? p + 1 : part;
            if (*p == '\0') {
                return true;
            }
        }
    }
}

START_TEST(one_to_one)
{
    evpack_err err = {0};
    static const char letters[] = "a~/. \\:\xc3"
                                  "co";
    size_t base = sizeof letters - 1;
    for (size_t n = 0; n < base * base * base * base * base; n++) {
        char original[8];
        size_t rest = n;
        size_t len = 0;
        for (; rest > 0; rest /= base) {
            original[len++] = letters[rest % base];
        }
        original[len] = '\0';
        EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
        member_escape(original, &out);
        OK(member_check(buf_str(&out), &err));
        char back[64];
        ck_assert_msg(unescape(buf_str(&out), back) && strcmp(back, original) == 0,
                      "'%s' became '%s'", original, buf_str(&out));
        ck_assert_ptr_null(strstr(buf_str(&out), "~~"));
    }
}
END_TEST

START_TEST(every_byte_string_gets_a_good_path)
{
    evpack_err err = {0};
    char original[1200];
    uint32_t x = 7;
    for (size_t i = 0; i < 3000; i++) {
        size_t len = i % 1100;
        for (size_t k = 0; k < len; k++) {
            x = x * 1664525 + 1013904223;
            original[k] = (char)(1 + (x >> 24) % 255);
        }
        original[len] = '\0';
        EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
        member_escape_hashed(original, DIGITS, &out);
        OK(member_check(buf_str(&out), &err));
        ck_assert_ptr_nonnull(strstr(buf_str(&out), "~~" DIGITS));
        buf_clear(&out);
        member_escape(original, &out);
        if (out.len <= MEMBER_PATH_MAX) {
            OK(member_check(buf_str(&out), &err));
        }
    }
}
END_TEST

static const struct {
    const char *original, *want;
} hashed[] = {
    {LONG100 "/" LONG100 "/x.json", "x~~" DIGITS ".json"},
    {"LIST.json", "LIST~~" DIGITS ".json"},
    {"no ending", "no ending~~" DIGITS},
    {"donn\xc3\xa9"
     "es",
     "donn~c3~a9es~~" DIGITS},
};

START_TEST(hashed_names_keep_head_and_ending)
{
    for (size_t i = 0; i < sizeof hashed / sizeof hashed[0]; i++) {
        EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
        member_escape_hashed(hashed[i].original, DIGITS "beyond", &out);
        ck_assert_msg(strcmp(buf_str(&out), hashed[i].want) == 0, "'%s': expected %s, came %s",
                      hashed[i].original, hashed[i].want, buf_str(&out));
    }
    EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
    member_escape_hashed("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff.tar.gz",
                         DIGITS, &out);
    ck_assert_int_eq(strncmp(buf_str(&out) + 36, "~ff~~", 5), 0); /* no half of an escape */
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {escaping, one_to_one, every_byte_string_gets_a_good_path,
                                  hashed_names_keep_head_and_ending, NULL};
    return test_main(test_suite("base/member_escape", tests));
}
