/* seal/bag: manifests and bag-info.txt, in one form only. */
#include "seal/bag.h"

#include "support.h"

#include <string.h>

#define H "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static evpack_status count_line(void *ctx, const char *path, const unsigned char *sha256,
                                evpack_err *err)
{
    (void)err;
    ck_assert_uint_eq(sha256[0], 0xe3);
    ck_assert_uint_gt(strlen(path), 0);
    (*(size_t *)ctx)++;
    return EVPACK_OK;
}

static evpack_status read_text(bag_lines kind, const char *text, size_t step, size_t *lines,
                               evpack_err *err)
{
    *lines = 0;
    EVPACK_AUTO_VALUE(bag_reader_reset)
    bag_reader r = {.kind = kind, .line = count_line, .ctx = lines};
    for (size_t len = strlen(text), at = 0; at < len; at += step) {
        EVPACK_TRY(bag_reader_feed(&r, text + at, len - at < step ? len - at : step, err));
    }
    return bag_reader_end(&r, err);
}

static const struct {
    bag_lines kind;
    const char *text;
    const char *part; /* NULL: good */
} rows[] = {
    {BAG_PAYLOAD_LINES, "", NULL},
    {BAG_PAYLOAD_LINES, H "  data/a\n", NULL},
    {BAG_PAYLOAD_LINES, H "  data/a b\n" H "  data/b\n", NULL},
    {BAG_TAG_LINES, H "  VERIFY.txt\n" H "  bag-info.txt\n", NULL},
    {BAG_PAYLOAD_LINES, H "  data/a", "does not end with LF"},
    {BAG_PAYLOAD_LINES, H "  data/a\r\n", "character outside"},
    {BAG_PAYLOAD_LINES, H " *data/a\n", "two spaces"},
    {BAG_PAYLOAD_LINES, H "  ", "does not end with LF"},
    {BAG_PAYLOAD_LINES, H "  \n", "expected 64"},
    {BAG_PAYLOAD_LINES, "\n", "expected 64"},
    {BAG_PAYLOAD_LINES, H "0  data/a\n", "expected 64"},
    {BAG_PAYLOAD_LINES, "E3" H "  data/a\n", "expected 64"},
    {BAG_PAYLOAD_LINES, "\xef\xbb\xbf" H "  data/a\n", "expected 64"},
    {BAG_PAYLOAD_LINES, H "  data/../a\n", "line 1: the path"},
    {BAG_PAYLOAD_LINES, H "  data/a%0A\n", "character outside"},
    {BAG_PAYLOAD_LINES, H "  bagit.txt\n", "below data/"},
    {BAG_PAYLOAD_LINES, H "  data/b\n" H "  data/a\n", "line 2: its path does not come after"},
    {BAG_PAYLOAD_LINES, H "  data/a\n" H "  data/a\n", "line 2: its path does not come after"},
    {BAG_TAG_LINES, H "  data/a\n", "outside data/"},
    {BAG_TAG_LINES, H "  tagmanifest-sha256.txt\n", "outside data/"},
    {BAG_TAG_LINES, H "  signatures/x\n", "outside data/"},
    {BAG_TAG_LINES, H "  fetch.txt\n", "no fetch.txt"},
    {BAG_TAG_LINES, H "  manifest-md5.txt\n", "SHA-256 only"},
};

START_TEST(manifests)
{
    evpack_err err = {0};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        for (size_t step = 1; step <= 1001; step += 500) {
            size_t lines = 0;
            if (rows[i].part == NULL) {
                OK(read_text(rows[i].kind, rows[i].text, step, &lines, &err));
            } else {
                FAILS(read_text(rows[i].kind, rows[i].text, step, &lines, &err), EVPACK_E_INPUT,
                      rows[i].part);
            }
        }
    }
}
END_TEST

START_TEST(long_lines_are_not_kept)
{
    evpack_err err = {0};
    static char text[100000];
    memset(text, 'a', sizeof text - 1);
    size_t lines = 0;
    FAILS(read_text(BAG_PAYLOAD_LINES, text, 1000, &lines, &err), EVPACK_E_INPUT,
          "longer than a line");
}
END_TEST

START_TEST(written_is_read)
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    unsigned char sha256[DIGEST_SIZE];
    OK(digest_bytes("", 0, sha256, &err));
    bag_manifest_put(&b, sha256, "data/a");
    bag_manifest_put(&b, sha256, "data/b/c");
    size_t lines = 0;
    OK(read_text(BAG_PAYLOAD_LINES, buf_str(&b), 10, &lines, &err));
    ck_assert_uint_eq(lines, 2);
}
END_TEST

#define GOOD "Bagging-Date: 2026-11-22\nExternal-Identifier: p-1\nPayload-Oxum: 10.2\n"
static const struct {
    const char *text;
    const char *part;
} infos[] = {
    {GOOD, NULL},
    {"Source-Organization: M\xc3\xbcller: & Co\nContact-Name: \n" GOOD, NULL},
    {"", "expected External-Identifier"},
    {"Bagging-Date: 2026-11-22\nPayload-Oxum: 10.2\n", "expected External-Identifier"},
    {GOOD "Payload-Oxum: 10.2\n", "more than once"},
    {GOOD "payload-oxum: 10.2\n", "more than once"},
    {GOOD "Packed-SHA256: " H "\nPacked-SHA256: " H "\n", "more than once"},
    {GOOD " continued\n", "is not 'Label: value'"},
    {GOOD "\n", "is not 'Label: value'"},
    {GOOD "Label:value\n", "is not 'Label: value'"},
    {GOOD "Label : value\n", "is not 'Label: value'"},
    {GOOD ": value\n", "is not 'Label: value'"},
    {GOOD "Label: \x1b[2J\n", "is not 'Label: value'"},
    {GOOD "Label: \xff\n", "is not 'Label: value'"},
    {GOOD "Label: x\r\n", "is not 'Label: value'"},
    {"\xef\xbb\xbf"
     "Contact-Name: x\n" GOOD,
     "byte order mark"},
    {GOOD "Label: x", "does not end with LF"},
    {"Bagging-Date: 22.11.2026\n", "Bagging-Date cannot be read"},
    {"Bagging-Date: 2026-02-30\n", "Bagging-Date cannot be read"},
    {"External-Identifier: ../x\n", "External-Identifier cannot be read"},
    {"Payload-Oxum: 10\n", "Payload-Oxum cannot be read"},
    {"Payload-Oxum: 010.2\n", "Payload-Oxum cannot be read"},
    {"Payload-Oxum: -1.2\n", "Payload-Oxum cannot be read"},
    {"Payload-Oxum: 99999999999999999999.2\n", "Payload-Oxum cannot be read"},
};

START_TEST(bag_infos)
{
    evpack_err err = {0};
    for (size_t i = 0; i < sizeof infos / sizeof infos[0]; i++) {
        bag_info info = {0};
        size_t len = strlen(infos[i].text);
        if (infos[i].part != NULL) {
            FAILS(bag_info_read(infos[i].text, len, &info, &err), EVPACK_E_INPUT, infos[i].part);
            continue;
        }
        OK(bag_info_read(infos[i].text, len, &info, &err));
        ck_assert_str_eq(info.id, "p-1");
        ck_assert_uint_eq(info.bytes, 10);
        ck_assert_uint_eq(info.files, 2);
    }
    static const char numbers[] = "External-Identifier: p-1\nBagging-Date: 2026-11-22\n"
                                  "Payload-Oxum: 10.2\nRedactions: 12\nWithheld-Files: 3\n"
                                  "Secrets-Allowed: 4\n";
    bag_info told = {0};
    OK(bag_info_read(numbers, strlen(numbers), &told, &err));
    ck_assert(told.redacted && told.redactions == 12 && told.withheld == 3);
    ck_assert_uint_eq(told.secrets_allowed, 4);
    ck_assert(told.sequence == 0 && told.previous[0] == '\0');
    static const char place[] = GOOD "Package-Sequence: 7\nPrevious-Package-SHA256: " H "\n";
    told = (bag_info){0};
    OK(bag_info_read(place, strlen(place), &told, &err));
    ck_assert_uint_eq(told.sequence, 7);
    ck_assert_str_eq(told.previous, H);
    static const char alone[] = GOOD "Package-Sequence: 7\n";
    told = (bag_info){0};
    FAILS(bag_info_read(alone, strlen(alone), &told, &err), EVPACK_E_INPUT, "Previous-Package");
    ck_assert_int_eq(told.fault, SEAL_SEQUENCE);
    static const char wrong[] = "External-Identifier: p-1\nBagging-Date: 2026-11-22\n"
                                "Payload-Oxum: 10.2\nRedactions: many\n";
    FAILS(bag_info_read(wrong, strlen(wrong), &told, &err), EVPACK_E_INPUT, "Redactions");
    ck_assert(!told.has_packed);
    told = (bag_info){0};
    static const char packed[] = GOOD "Packed-SHA256: " H "\n";
    OK(bag_info_read(packed, strlen(packed), &told, &err));
    ck_assert(told.has_packed && told.packed[0] == 0xe3 && told.packed[31] == 0x55);
    static const char *const bad[] = {
        GOOD "Packed-SHA256: \n", GOOD "Packed-SHA256: " H "0\n",
        GOOD "Packed-SHA256: E3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\n"};
    for (size_t i = 0; i < 3; i++) {
        FAILS(bag_info_read(bad[i], strlen(bad[i]), &told, &err), EVPACK_E_INPUT,
              "Packed-SHA256 cannot be read");
    }
    bag_info info = {0};
    FAILS(bag_info_read("A: b\0c\n", 7, &info, &err), EVPACK_E_INPUT, "is not 'Label: value'");
}
END_TEST

START_TEST(fields_stay_on_their_line)
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    static const bag_field bad[] = {{"A:", "x"},   {"", "x"},   {"A", "x\ny"}, {"A\n", "x"},
                                    {"A", "\xff"}, {" A", "x"}, {"A ", "x"}};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        FAILS(bag_field_put(&b, &bad[i], &err), EVPACK_E_INPUT, "cannot be written");
    }
    OK(bag_field_put(&b, &(bag_field){"Contact-Name", "A: B"}, &err));
    ck_assert_str_eq(buf_str(&b), "Contact-Name: A: B\n");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {manifests, long_lines_are_not_kept,   written_is_read,
                                  bag_infos, fields_stay_on_their_line, NULL};
    return test_main(test_suite("seal/bag", tests));
}
