/* report/template: a folder's files replace or change what is built in, and nothing else passes. */
#include "report/template.h"

#include "support.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char fixture[] = TEST_SOURCE_ROOT "/fixtures/template";

static evpack_status opened(const char *dir, const char *language, const char *page,
                            report_template **out, evpack_err *err)
{
    const report_template_wish wish = {.dir = dir, .language = language, .page = page};
    return report_template_open(&wish, out, err);
}

static const json *at(const json_doc *doc, const char *group, const char *name)
{
    return json_get(json_get(json_root(doc), group), name);
}

START_TEST(nothing_wished)
{
    evpack_err err = {0};
    EVPACK_AUTO(report_template) t = NULL;
    OK(opened(NULL, NULL, NULL, &t, &err));
    ck_assert_ptr_null(report_template_sha256(t));
    ck_assert_ptr_null(report_template_logo(t));
    ck_assert_ptr_null(report_template_page(t));
    ck_assert_str_eq(report_template_language(t), "en");
    ck_assert_str_eq(report_template_language(NULL), "en");
    ck_assert_ptr_eq(report_template_file(t, "report.css"),
                     report_template_file(NULL, "report.css"));
    ck_assert_ptr_null(report_template_file(t, "nothing"));
    for (int i = 0; i < 2; i++) {
        EVPACK_AUTO(json_doc) words = NULL;
        OK(report_template_texts(i == 0 ? NULL : t, &words, &err));
        ck_assert_str_eq(json_get_string(json_root(words), "title"), "Evidence summary");
    }
}
END_TEST

START_TEST(a_firms_folder)
{
    evpack_err err = {0};
    EVPACK_AUTO(report_template) t = NULL;
    OK(opened(fixture, NULL, NULL, &t, &err));
    EVPACK_AUTO(json_doc) words = NULL;
    OK(report_template_texts(t, &words, &err));
    ck_assert_str_eq(json_get_string(json_root(words), "title"), "Evidence work paper");
    ck_assert_str_eq(json_string(at(words, "cover", "kicker")), "Northwind Assurance LLP");
    ck_assert_str_eq(json_string(at(words, "cover", "tenants")), "Tenant"); /* as built in */
    EVPACK_AUTO(json_doc) looks = NULL;
    OK(report_template_layout(t, &looks, &err));
    ck_assert_str_eq(json_string(at(looks, "page", "size")), "letter");
    ck_assert_str_eq(json_string(at(looks, "colours", "accent")), "0b5345");
    ck_assert_str_eq(json_string(at(looks, "colours", "panel")), "f3f5f8");
    ck_assert_uint_gt(report_template_logo(t)->len, 100);
    ck_assert_uint_eq(strlen(report_template_sha256(t)), 64);
}
END_TEST

/* German over the firm's English over the built-in English. */
START_TEST(a_language_falls_back)
{
    evpack_err err = {0};
    EVPACK_AUTO(report_template) t = NULL;
    OK(opened(fixture, "de", "a4", &t, &err));
    ck_assert_str_eq(report_template_language(t), "de");
    ck_assert_str_eq(report_template_page(t), "a4");
    EVPACK_AUTO(json_doc) words = NULL;
    OK(report_template_texts(t, &words, &err));
    ck_assert_str_eq(json_string(at(words, "contents", "title")), "Inhalt");
    ck_assert_str_eq(json_string(at(words, "cover", "kicker")), "Northwind Assurance LLP");
    ck_assert_str_eq(json_get_string(at(words, "status", "fail"), "word"), "Nicht erfüllt");
    ck_assert_str_eq(json_get_string(at(words, "status", "error"), "word"), "Error");
}
END_TEST

/* The digest follows what is used, and not where it lies. */
START_TEST(the_digest)
{
    evpack_err err = {0};
    const char *const text = "{\"title\":\"T\"}";
    (void)test_text_file("one/summary.en.json", text);
    (void)test_text_file("two/summary.en.json", text);
    (void)test_text_file("two/README.md", "is not used");
    (void)test_text_file("three/summary.en.json", "{\"title\":\"U\"}");
    static const struct {
        const char *dir, *language, *page;
        bool same;
    } tried[] = {{"one", NULL, NULL, true},
                 {"two", NULL, NULL, true},
                 {"two", "en", NULL, true},
                 {"two", NULL, "letter", false},
                 {"three", NULL, NULL, false}};
    char first[DIGEST_HEX] = "";
    for (size_t i = 0; i < sizeof tried / sizeof tried[0]; i++) {
        EVPACK_AUTO(report_template) t = NULL;
        OK(opened(test_path(tried[i].dir), tried[i].language, tried[i].page, &t, &err));
        const char *sha256 = report_template_sha256(t);
        if (i == 0) {
            (void)memcpy(first, sha256, DIGEST_HEX);
        }
        ck_assert_msg((strcmp(first, sha256) == 0) == tried[i].same, "%zu: %s and %s", i, first,
                      sha256);
    }
}
END_TEST

static const struct {
    const char *name, *text, *want;
    evpack_status code;
} bad[] = {
    {"summary.pdf", "x", "summary.pdf: a template has no such file", EVPACK_E_INPUT},
    {"VERIFY.txt", "trust me", "VERIFY.txt: a template has no such file", EVPACK_E_INPUT},
    {"other.js", "x", "other.js: a template has no such file", EVPACK_E_INPUT},
    {"summary.e.json", "{}", "a template has no such file", EVPACK_E_INPUT},
    {"summary.en.json", "{\"title\":\n  7}", "summary.en.json: 'title': expected a text",
     EVPACK_E_INPUT},
    {"summary.en.json", "{\"title\":\n  \"x\",}", "summary.en.json: ", EVPACK_E_INPUT},
    {"summary.xx.json", "{\"titel\":\"T\"}", "summary.xx.json: 'titel': is not known",
     EVPACK_E_INPUT},
    {"summary.en.json", "[]", "expected a JSON object", EVPACK_E_INPUT},
    {"summary.layout.json", "{\"sections\":[\"cover\",\"covers\"]}",
     "/summary.layout.json: sections: 'covers' is unknown", EVPACK_E_INPUT},
    {"summary.layout.json", "{\"sections\":[\"cover\"]}",
     "/summary.layout.json: sections: 'assessed' may not be left out", EVPACK_E_INPUT},
    {"summary.layout.json", "{\"page\":{\"size\":4}}", "'page.size': expected a text",
     EVPACK_E_INPUT},
    {"logo.png", "GIF89a", "logo.png: not a PNG picture", EVPACK_E_INPUT},
    {"report.html", "<!doctype html><html><head></head></html>", "expected, once, <meta http-equiv",
     EVPACK_E_INPUT},
    {"report.html",
     "<!doctype html>\n<script>go()</script><meta http-equiv=\"Content-Security-Policy\" "
     "content=\"{{csp}}\">",
     "report.html:2:1: before the Content-Security-Policy", EVPACK_E_INPUT},
    {"report.html",
     "<!-- <meta http-equiv=\"Content-Security-Policy\" content=\"{{csp}}\"> --><script></script>",
     "report.html:1:1: before the Content-Security-Policy", EVPACK_E_INPUT},
    {"report.html",
     "<html lang=\"en\" onload=\"go()\"><meta http-equiv=\"Content-Security-Policy\" "
     "content=\"{{csp}}\">",
     "report.html:1:1: before the Content-Security-Policy", EVPACK_E_INPUT},
    {"report.css", "p { }\n</STYLE><img src=//x>", "report.css:2:1: would end itself",
     EVPACK_E_INPUT},
    {"report.js", "var a = '</script>';", "report.js:1:10: would end itself", EVPACK_E_INPUT},
    {"report.js", "\xff", "expected UTF-8 text", EVPACK_E_INPUT},
};

START_TEST(what_is_wrong_is_refused)
{
    evpack_err err = {0};
    report_template *t = NULL;
    (void)test_text_file(bad[_i].name, bad[_i].text);
    FAILS(opened(test_dir(), NULL, NULL, &t, &err), bad[_i].code, bad[_i].want);
    ck_assert_ptr_null(t);
}
END_TEST

START_TEST(limits)
{
    evpack_err err = {0};
    report_template *t = NULL;
    EVPACK_AUTO_VALUE(buf_reset) buf large = {0};
    for (int i = 0; i <= REPORT_TEMPLATE_BYTES; i++) {
        buf_putc(&large, ' ');
    }
    (void)test_file("large/report.css", large.data, large.len);
    FAILS(opened(test_path("large"), NULL, NULL, &t, &err), EVPACK_E_LIMIT,
          "report.css: more than 1048576 bytes");
    for (int i = 0; i <= REPORT_TEMPLATE_FILES; i++) {
        char name[40];
        (void)snprintf(name, sizeof name, "many/summary.a%c%c.json", 'a' + i / 26, 'a' + i % 26);
        (void)test_text_file(name, "{}");
    }
    FAILS(opened(test_path("many"), NULL, NULL, &t, &err), EVPACK_E_LIMIT, "more than 32 files");
    (void)test_text_file("outside", "{}");
    (void)test_text_file("links/README.md", "");
    ck_assert_int_eq(symlink("../outside", test_path("links/summary.en.json")), 0);
    FAILS(opened(test_path("links"), NULL, NULL, &t, &err), EVPACK_E_IO, "is a link");
    (void)test_text_file("folders/report.css/x", "");
    FAILS(opened(test_path("folders"), NULL, NULL, &t, &err), EVPACK_E_IO, "report.css");
}
END_TEST

START_TEST(what_is_not_there)
{
    evpack_err err = {0};
    report_template *t = NULL;
    FAILS(opened(test_path("no"), NULL, NULL, &t, &err), EVPACK_E_IO,
          "no: cannot be read as a template folder");
    FAILS(opened(NULL, "de", NULL, &t, &err), EVPACK_E_USAGE, "the language 'de' is not known");
    FAILS(opened(NULL, "../x", NULL, &t, &err), EVPACK_E_USAGE, "'../x' is no language");
    FAILS(opened(NULL, NULL, "a5", &t, &err), EVPACK_E_USAGE,
          "the page 'a5' is not known: expected one of 'a4', 'letter'");
    FAILS(opened(NULL, NULL, "", &t, &err), EVPACK_E_USAGE, "is not known");
    (void)test_text_file("size/summary.layout.json",
                         "{\"sizes\":{\"legal\":{\"width\":612,\"height\":1008}}}");
    OK(opened(test_path("size"), NULL, "legal", &t, &err));
    report_template_free(t);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("report/template");
    TCase *tc = tcase_create("all");
    tcase_add_test(tc, nothing_wished);
    tcase_add_test(tc, a_firms_folder);
    tcase_add_test(tc, a_language_falls_back);
    tcase_add_test(tc, the_digest);
    tcase_add_loop_test(tc, what_is_wrong_is_refused, 0, sizeof bad / sizeof bad[0]);
    tcase_add_test(tc, limits);
    tcase_add_test(tc, what_is_not_there);
    suite_add_tcase(suite, tc);
    return test_main(suite);
}
