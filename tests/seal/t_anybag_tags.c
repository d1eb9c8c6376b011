/* seal/anybag_tags: the tag files of bags that others made. */
#include "seal/anybag_tags.h"

#include "support.h"

#include <string.h>

static void declaration(const char *text, const char *want)
{
    evpack_err err = {0};
    anybag_declaration d;
    evpack_status status = anybag_declaration_read(text, strlen(text), &d, &err);
    if (want == NULL) {
        ck_assert_msg(status == EVPACK_OK, "%s: expected ok, came '%s'", text, err.text);
        return;
    }
    ck_assert_msg(status == EVPACK_E_INPUT && strstr(err.text, want) != NULL,
                  "%s: expected '%s', came '%s'", text, want,
                  status == EVPACK_OK ? "ok" : err.text);
}

START_TEST(bagit_txt_is_two_strict_lines)
{
    declaration("BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n", NULL);
    declaration("BagIt-Version: 0.97\r\nTag-File-Character-Encoding: utf-8", NULL);
    declaration("BagIt-Version: 0.93\rTag-File-Character-Encoding: ISO-8859-1\r", NULL);
    declaration("BagIt-Version : 1.0\nTag-File-Character-Encoding: UTF-8\n", "line 1");
    declaration("BagIt-Version: 1.0 \nTag-File-Character-Encoding: UTF-8\n", "line 1");
    declaration("BagIt-Version: 1.1\nTag-File-Character-Encoding: UTF-8\n", "'1.1'");
    declaration("BagIt-Version: 1.0\n", "line 2");
    declaration("BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\nx\n", "two lines");
    declaration("\xef\xbb\xbf"
                "BagIt-Version: 1.0\n",
                "byte order mark");
    declaration("", "empty");
}
END_TEST

typedef struct {
    const char *text;
    unsigned minor;
    bool payload;
    size_t size; /* 0: fetch.txt */
    const char *path, *fault;
} row;

#define SUM "900150983cd24fb0d6963f7d28e17f72"
static const row rows[] = {
    {SUM "  data/a b\n", 100, true, 16, "data/a b", NULL},
    {SUM " *data/a\r\n", 97, true, 16, "data/a", NULL},
    {SUM "\tdata/a", 97, true, 16, "data/a", NULL},
    {SUM " ./data/a\n", 97, true, 16, "data/a", NULL},
    {SUM " ./data/a\n", 100, true, 16, NULL, "'.'"},
    {SUM " data/a%25%0A%0d%7E\n", 100, true, 16, "data/a%\n\r%7E", NULL},
    {SUM " data/a%25\n", 97, true, 16, "data/a%25", NULL},
    {SUM " bag-info.txt\n", 97, false, 16, "bag-info.txt", NULL},
    {SUM " data/a\n", 97, false, 16, NULL, "no payload"},
    {SUM " other/a\n", 97, true, 16, NULL, "below data/"},
    {SUM " data/../../x\n", 97, true, 16, NULL, "'..'"},
    {SUM " data//x\n", 97, true, 16, NULL, "empty"},
    {SUM " data/\n", 97, true, 16, NULL, "empty"},
    {SUM " /data/x\n", 97, true, 16, NULL, "outside"},
    {SUM " ~/x\n", 97, false, 16, NULL, "outside"},
    {SUM " C:\\x\n", 97, false, 16, NULL, "outside"},
    {SUM " \\\\?\\UNC\\x\n", 97, false, 16, NULL, "outside"},
    {SUM " %TEMP%\\x\n", 97, false, 16, NULL, "Windows"},
    {SUM "00 data/a\n", 97, true, 16, NULL, "checksum"},
    {"zz0150983cd24fb0d6963f7d28e17f72 data/a\n", 97, true, 16, NULL, "checksum"},
    {SUM "\n", 97, true, 16, NULL, "checksum"},
    {SUM " \n", 97, true, 16, NULL, "no path"},
    {"https://example.com/a 12 data/a\n", 100, true, 0, "data/a", NULL},
    {"https://example.com/a - data/a b\n", 97, true, 0, "data/a b", NULL},
    {"https://example.com/a\n", 97, true, 0, NULL, "a URL"},
    {"https://example.com/a - ../a\n", 97, true, 0, NULL, "'..'"},
};

START_TEST(a_line_gives_a_path_inside_the_bag)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        evpack_err err = {0};
        EVPACK_AUTO_VALUE(anybag_entries_reset) anybag_entries e = {0};
        const anybag_lines how = {.name = "m",
                                  .minor = rows[i].minor,
                                  .hash_size = rows[i].size,
                                  .payload = rows[i].payload};
        evpack_status status =
            anybag_entries_read(&e, &how, rows[i].text, strlen(rows[i].text), &err);
        if (rows[i].fault != NULL) {
            ck_assert_msg(status == EVPACK_E_INPUT && strstr(err.text, rows[i].fault) != NULL &&
                              strstr(err.text, "m, line 1") != NULL,
                          "row %zu: expected '%s' in line 1, came '%s'", i, rows[i].fault,
                          status == EVPACK_OK ? "ok" : err.text);
            continue;
        }
        ck_assert_msg(status == EVPACK_OK && e.count == 1 &&
                          strcmp(e.at[0].path, rows[i].path) == 0,
                      "row %zu: expected '%s', came '%s'", i, rows[i].path,
                      status == EVPACK_OK ? e.at[0].path : err.text);
    }
}
END_TEST

START_TEST(encodings_are_turned_to_utf_8_or_refused)
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
    OK(anybag_decode("UTF-16", "\xff\xfe\xe9\x00", 4, &out, &err));
    ck_assert_str_eq(buf_str(&out), "\xc3\xa9");
    buf_clear(&out);
    OK(anybag_decode("ISO-8859-1", "\xe9", 1, &out, &err));
    ck_assert_str_eq(buf_str(&out), "\xc3\xa9");
    buf_clear(&out);
    FAILS(anybag_decode("UTF-8", "a\xff", 2, &out, &err), EVPACK_E_INPUT, "byte 1 is not UTF-8");
    FAILS(anybag_decode("UTF-16", "\xff\xfe\xe9", 3, &out, &err), EVPACK_E_INPUT, "not UTF-16");
    FAILS(anybag_decode("KLINGON", "a", 1, &out, &err), EVPACK_E_INPUT, "'KLINGON'");
}
END_TEST

static void oxum(const char *text, bool want, uint64_t bytes, uint64_t files)
{
    evpack_err err = {0};
    bool found = false;
    uint64_t b = 0;
    uint64_t f = 0;
    OK(anybag_oxum(text, strlen(text), &found, &b, &f, &err));
    ck_assert_msg(found == want && b == bytes && f == files, "%s: came %d, %llu.%llu", text, found,
                  (unsigned long long)b, (unsigned long long)f);
}

START_TEST(the_oxum_is_read_where_there_is_one)
{
    oxum("Bag-Count: 1 of 2\nPayload-Oxum: 279.12\nX: y\n", true, 279, 12);
    oxum("payload-oxum :  1.1 \r\n", true, 1, 1);
    oxum("External-Description: Payload-Oxum\n", false, 0, 0);
    static const char *const bad[] = {"Payload-Oxum: 1\n", "Payload-Oxum: 1.x\n",
                                      "Payload-Oxum: 1.1\nPayload-Oxum: 1.1\n"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        evpack_err err = {0};
        bool found = false;
        uint64_t b = 0;
        uint64_t f = 0;
        FAILS(anybag_oxum(bad[i], strlen(bad[i]), &found, &b, &f, &err), EVPACK_E_INPUT,
              "Payload-Oxum");
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {bagit_txt_is_two_strict_lines, a_line_gives_a_path_inside_the_bag,
                                  encodings_are_turned_to_utf_8_or_refused,
                                  the_oxum_is_read_where_there_is_one, NULL};
    return test_main(test_suite("seal/anybag_tags", tests));
}
