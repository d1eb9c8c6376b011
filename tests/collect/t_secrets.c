/* collect/secrets: every byte of every encoding, in any pieces; cleaning. */
#include "collect/secrets.h"

#include "collect/made.h"
#include "support.h"

#include <stdio.h>
#include <string.h>

static void same_in_pieces(const void *data, size_t len, const char *want)
{
    static const size_t steps[] = {1, 2, 3, 7, 64, 4096, 1 << 18, 1 << 24};
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        if (len / steps[i] > 200000) {
            continue;
        }
        EVPACK_AUTO_VALUE(buf_reset) buf got = {0};
        made_scan(data, len, steps[i], &got);
        ck_assert_msg(strcmp(buf_str(&got), want) == 0, "in pieces of %zu: expected\n%s\ncame\n%s",
                      steps[i], want, buf_str(&got));
    }
}

START_TEST(escapes_are_undone_and_bytes_are_told)
{
    const char *key = made_key(9);
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf want = {0};
    buf_puts(&text, "{\"a\\u0062c\":\"\\/\",\"v\":\"");
    size_t start = text.len;
    for (const char *p = key; *p != '\0'; p++) {
        if (*p == '+' || *p == '=' || (p - key) % 5 == 0) {
            buf_printf(&text, "\\u%04x", (unsigned)*p);
        } else if (*p == '/') {
            buf_puts(&text, "\\/");
        } else {
            buf_putc(&text, *p);
        }
    }
    buf_printf(&want, "%zu %zu storage-key %s\n", start, text.len - start, key);
    buf_puts(&text, "\"}");
    same_in_pieces(text.data, text.len, buf_str(&want));
}
END_TEST

/* UTF-16 of ASCII text. */
static void widen(const char *text, bool big, buf *out)
{
    for (; *text != '\0'; text++) {
        if (big) {
            buf_putc(out, '\0');
        }
        buf_putc(out, *text);
        if (!big) {
            buf_putc(out, '\0');
        }
    }
}

START_TEST(utf16_of_both_orders_also_in_the_middle_of_a_file)
{
    char text[256];
    const char *hex = made_of("hex", 3, 32);
    (void)snprintf(text, sizeof text, "{\"key1\": \"%s\"}", hex);
    for (int big = 0; big < 2; big++) {
        for (unsigned mark = 0; mark < 2; mark++) {
            EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
            EVPACK_AUTO_VALUE(buf_reset) buf want = {0};
            buf_append(&b, big ? "\xfe\xff" : "\xff\xfe", mark * 2);
            size_t start = b.len + 20;
            widen(text, big != 0, &b);
            buf_printf(&want, "%zu 64 ai-key %s\n", start, hex);
            same_in_pieces(b.data, b.len, buf_str(&want));
        }
    }
    EVPACK_AUTO_VALUE(buf_reset) buf appended = {0}; /* PowerShell's >> */
    EVPACK_AUTO_VALUE(buf_reset) buf got = {0};
    buf_puts(&appended, "odd");
    widen(text, false, &appended);
    made_scan(appended.data, appended.len, 5, &got);
    ck_assert_msg(strstr(buf_str(&got), hex) != NULL, "expected %s, came '%s'", hex, buf_str(&got));
}
END_TEST

START_TEST(values_that_pages_cut_are_found)
{
    const char *key = made_key(4);
    const size_t page = (size_t)256 << 10;
    for (size_t back = 0; back < 120; back += 7) {
        EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
        EVPACK_AUTO_VALUE(buf_reset) buf want = {0};
        while (b.len < page - back) {
            buf_putc(&b, b.len % 61 == 60 ? '\n' : 'x');
        }
        buf_puts(&b, "\n\"");
        buf_printf(&want, "%zu 88 storage-key %s\n", b.len, key);
        buf_printf(&b, "%s\"", key);
        EVPACK_AUTO_VALUE(buf_reset) buf got = {0};
        made_scan(b.data, b.len, 4099, &got);
        ck_assert_str_eq(buf_str(&got), buf_str(&want));
    }
}
END_TEST

START_TEST(values_never_overlap)
{
    /* A token in a named value, and a key in a connection string in a string. */
    char text[1024];
    (void)snprintf(text, sizeof text,
                   "{\"accessToken\": \"%s\", \"connectionPassword\": \"AccountKey=%s\"}",
                   made_jwt(1), made_key(2));
    EVPACK_AUTO_VALUE(buf_reset) buf got = {0};
    made_scan(text, strlen(text), 9, &got);
    unsigned long long end = 0;
    unsigned lines = 0;
    for (char *line = strtok(got.data, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        unsigned long long start = strtoull(line, &line, 10);
        unsigned long long length = strtoull(line, &line, 10);
        ck_assert_msg(start >= end && length > 0, "expected values apart, came %llu after %llu",
                      start, end);
        end = start + length;
        lines++;
    }
    ck_assert_msg(lines >= 2, "expected two values, came %u", lines);
}
END_TEST

START_TEST(cleaning_puts_markers_and_changes_nothing_else)
{
    evpack_err err = {0};
    EVPACK_AUTO(secrets) table = NULL;
    OK(secrets_load(&table, &err));
    char text[512];
    (void)snprintf(text, sizeof text, "before AccountKey=%s;after", made_key(6));
    EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf twice = {0};
    size_t count = 0;
    OK(secrets_clean(table, text, strlen(text), &out, &count, &err));
    ck_assert_str_eq(buf_str(&out), "before AccountKey=EVPACK-REDACTED-storage-key;after");
    ck_assert_uint_eq(count, 1);
    OK(secrets_clean(table, out.data, out.len, &twice, &count, &err));
    ck_assert_uint_eq(count, 0);
    ck_assert_str_eq(buf_str(&twice), buf_str(&out));
    secrets_clean_text(table, text, 30);
    ck_assert_str_eq(text, "before AccountKey=EVPACK-REDA");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {escapes_are_undone_and_bytes_are_told,
                                  utf16_of_both_orders_also_in_the_middle_of_a_file,
                                  values_that_pages_cut_are_found,
                                  values_never_overlap,
                                  cleaning_puts_markers_and_changes_nothing_else,
                                  NULL};
    return test_main(test_suite("collect/secrets", tests));
}
