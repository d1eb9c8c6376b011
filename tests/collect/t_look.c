/* collect/look: what a file that is no JSON looks like. */
#include "collect/look.h"

#include "support.h"

#include <string.h>

START_TEST(texts_look_like_what_they_are)
{
    static const struct {
        const char *text, *name; /* name: a part; NULL: like nothing */
    } rows[] = {
        {"id: /subscriptions/s\nname: x\n", "YAML"},
        {"- id: x\n  name: y\n", "YAML"},
        {"---\nid: x\n", "YAML"},
        {"Name    Group\n------  -----\na       b\n", "-o table"},
        {"\r\nName\r\n----\r\na\r\n", "-o table"},
        {"a\tb\tc\n", "tabs"},
        {"\"e\"\t/subscriptions/s\tNone\n", "tabs"},
        {"Name,Location\nx,y\n", "CSV"},
        {"\"Name\",\"Location\"\n\"x\",\"y\"\n", "CSV"},
        {"#TYPE System.Object\n\"A\"\n", "Export-Csv"},
        {"<!doctype html><html>", "HTML"},
        {"<?xml version=\"1.0\"?><a/>", "XML"},
        {"-----BEGIN CERTIFICATE-----\nMII", "PEM"},
        {"{'id': 'x'}", "Python"},
        {"[{'id': 'x'}]", "Python"},
        {"@{id=x; name=y}", "PowerShell object"},
        {"Id       : x\nName     : y\n", "Format-List"},
        {"| Name | x |\n|------|---|\n", "a table"},
        {"ERROR: (AuthorizationFailed) The client", "error text of az"},
        {"WARNING: x\nERROR: Please run 'az login'", "error text of az"},
        {"param location string = 'x'\n", "Bicep"},
        {"Hello there.\n", NULL},
        {"", NULL},
        {"{\"a\":1", NULL},
    };
    evpack_err err = {0};
    EVPACK_AUTO(looks) l = NULL;
    OK(looks_load(&l, &err));
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *text = rows[i].text;
        look seen = look_at(l, text, strlen(text), text, strlen(text));
        bool fits = rows[i].name == NULL
                        ? seen.name == NULL
                        : seen.name != NULL && strstr(seen.name, rows[i].name) != NULL;
        ck_assert_msg(fits, "'%s': expected %s, came %s", text,
                      rows[i].name == NULL ? "nothing" : rows[i].name,
                      seen.name == NULL ? "nothing" : seen.name);
    }
}
END_TEST

START_TEST(first_bytes_look_like_what_they_are)
{
    static const struct {
        const char *bytes;
        size_t len;
        const char *name;
    } rows[] = {{"PK\003\004\024\0", 6, "zip archive"},
                {"\x1f\x8b\x08\0", 4, "gzip archive"},
                {"\x89PNG\r\n\x1a\n\0", 9, "PNG"},
                {"\xff\xd8\xff\xe0", 4, "JPEG"},
                {"SQLite format 3\0", 16, "SQLite"},
                {"%PDF-1.7\n", 9, "PDF"},
                {"MZ\x90\0", 4, "program"}};
    evpack_err err = {0};
    EVPACK_AUTO(looks) l = NULL;
    OK(looks_load(&l, &err));
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        look seen = look_at(l, rows[i].bytes, rows[i].len, "", 0);
        ck_assert_msg(seen.name != NULL && strstr(seen.name, rows[i].name) != NULL,
                      "expected %s, came %s", rows[i].name,
                      seen.name == NULL ? "nothing" : seen.name);
    }
    look letters = look_at(l, "MZ is a text", 12, "MZ is a text", 12);
    ck_assert_msg(letters.name == NULL, "came %s", letters.name);
}
END_TEST

START_TEST(an_errors_code_is_found)
{
    evpack_err err = {0};
    EVPACK_AUTO(looks) l = NULL;
    OK(looks_load(&l, &err));
    const char *text = "ERROR: (AuthorizationFailed) The client 'x' does not\nCode: Other\n";
    look seen = look_at(l, text, strlen(text), text, strlen(text));
    ck_assert(seen.failed);
    ck_assert_str_eq(seen.code, "AuthorizationFailed");
}
END_TEST

START_TEST(trouble_is_found_in_its_line)
{
    static const struct {
        const char *text;
        uint64_t line;
    } rows[] = {{"", 0},
                {"WARNING: preview\nBicep CLI is already installed\n", 0},
                {"WARNING: preview\nERROR: x\n", 2},
                {"Export template operation completed with errors.\r\n", 1},
                {"a\n\nCould not get resources of the type 'x'", 3}};
    evpack_err err = {0};
    EVPACK_AUTO(looks) l = NULL;
    OK(looks_load(&l, &err));
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        ck_assert_uint_eq(look_for_trouble(l, rows[i].text, strlen(rows[i].text)), rows[i].line);
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {texts_look_like_what_they_are,
                                  first_bytes_look_like_what_they_are, an_errors_code_is_found,
                                  trouble_is_found_in_its_line, NULL};
    return test_main(test_suite("collect/look", tests));
}
