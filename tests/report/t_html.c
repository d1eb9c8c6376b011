/* report/html: one file, a policy that fits its style and script, and no markup from evidence. */
#include "report/html.h"

#include "case.h"
#include "paged.h"
#include "port/digest.h"
#include "reported.h"
#include "support.h"

#include <stdio.h>
#include <string.h>

static const report_options options = {.at = REPORTED_AT};

/* The text between two markers, after *from. */
static buf between(const char *text, const char *open, const char *close)
{
    const char *a = strstr(text, open);
    ck_assert_msg(a != NULL, "expected %s", open);
    a += strlen(open);
    const char *b = strstr(a, close);
    ck_assert_msg(b != NULL, "expected %s", close);
    buf out = {0};
    buf_append(&out, a, (size_t)(b - a));
    return out;
}

static void base64(const unsigned char *data, size_t len, buf *out)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    unsigned bits = 0;
    unsigned have = 0;
    for (size_t i = 0; i < len; i++) {
        bits = bits << 8 | data[i];
        for (have += 8; have >= 6; have -= 6) {
            buf_append(out, &digits[bits >> (have - 6) & 63], 1);
        }
    }
    if (have > 0) {
        buf_append(out, &digits[bits << (6 - have) & 63], 1);
    }
    while (out->len % 4 != 0) {
        buf_putc(out, '=');
    }
}

static void check_hash(const char *html, const char *directive, const buf *content)
{
    evpack_err err = {0};
    unsigned char sha[DIGEST_SIZE];
    OK(digest_bytes(content->data, content->len, sha, &err));
    EVPACK_AUTO_VALUE(buf_reset) buf hash = {0};
    base64(sha, sizeof sha, &hash);
    EVPACK_AUTO_VALUE(buf_reset) buf want = {0};
    buf_printf(&want, "%s 'sha256-%s';", directive, buf_str(&hash));
    reported_has(html, buf_str(&want));
}

START_TEST(policy_fits)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    reported(s, &options, REPORT_HTML, &b);
    const char *html = buf_str(&b);
    reported_has(html,
                 "Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-");
    EVPACK_AUTO_VALUE(buf_reset) buf style = between(html, "<style>", "</style>");
    EVPACK_AUTO_VALUE(buf_reset) buf script = between(html, "<script>", "</script>");
    const size_t blocks = 1 + 2 * (reported_count(html, "class=\"rows\">"));
    check_hash(html, "style-src", &style);
    check_hash(html, "script-src", &script);
    ck_assert_uint_eq(reported_count(html, "<script"), blocks + 1);
    ck_assert_uint_eq(reported_count(html, "</script"), blocks + 1);
    ck_assert_uint_eq(reported_count(html, "<style"), 1);
    ck_assert_ptr_null(strstr(html, " style="));
    ck_assert_ptr_null(strstr(html, "{{"));
    ck_assert_ptr_null(strstr(html, "innerHTML"));
    ck_assert_ptr_null(strstr(html, "eval("));
    ck_assert_ptr_null(strstr(html, "src=\""));
}
END_TEST

START_TEST(no_value_is_markup)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    reported(s, &options, REPORT_HTML, &b);
    reported_has(buf_str(&b), "evil\\u003c/script>\\u003cimg src=x onerror=alert(1)>");
    ck_assert_ptr_null(strstr(buf_str(&b), "<img"));
    EVPACK_AUTO(json_doc) rows = paged_block(buf_str(&b), "class=\"rows\"", 0);
    ck_assert_ptr_nonnull(rows);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {policy_fits, no_value_is_markup, NULL};
    return test_main(test_suite("report/html", tests));
}
