/* report/excerpt: raw bytes in every encoding, around any place, and never a secret. */
#include "report/excerpt.h"

#include "case.h"
#include "support.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

enum { FILE_ID = 700 };

static void bytes_sql(buf *sql, const char *bytes, size_t len)
{
    buf_puts(sql, "x'");
    for (size_t i = 0; i < len; i++) {
        buf_printf(sql, "%02x", (unsigned char)bytes[i]);
    }
    buf_puts(sql, "'");
}

/* A case with one file of these bytes, in pieces of that size. secrets: SQL. */
static store *with_file(const char *encoding, const void *bytes, size_t len, size_t piece,
                        const char *secrets)
{
    (void)unlink(test_path("c.db")); /* that of the file before, which is closed */
    store *s = case_basic("c.db");
    EVPACK_AUTO_VALUE(buf_reset) buf sql = {0};
    for (size_t at = 0; at < len; at += piece) {
        size_t n = len - at < piece ? len - at : piece;
        buf_printf(&sql, "INSERT INTO chunk(content_id, start, bytes) VALUES (%d, %zu, ", FILE_ID,
                   at);
        bytes_sql(&sql, (const char *)bytes + at, n);
        buf_puts(&sql, ");");
    }
    buf_printf(&sql, "INSERT INTO content VALUES (%d, unhex32(%d), %zu);", FILE_ID, FILE_ID, len);
    buf_printf(&sql,
               "INSERT INTO evidence(id, snapshot_id, content_id, path, member, kind, encoding,"
               " shape, completeness, records, secrets) VALUES (%d, 1, %d, 'x.json', 'x.json',"
               " 'unrecognised', '%s', 'none', 'unrecognised', 0, %s)",
               FILE_ID, FILE_ID, encoding, secrets);
    case_sql(s, buf_str(&sql));
    return s;
}

static void secret_at(store *s, size_t start, size_t length, int encoding)
{
    char sql[400];
    (void)snprintf(sql, sizeof sql,
                   "INSERT INTO secret(evidence_id, place, kind, words, start, length, encoding,"
                   " salt, commitment) VALUES (%d, 'bytes', 'password', 'a password', %zu, %zu, %d,"
                   " unhex32(1), unhex32(2))",
                   FILE_ID, start, length, encoding);
    case_sql(s, sql);
}

static void marked(const excerpt *e, const char *want)
{
    ck_assert_msg(e->why == NULL, "expected an excerpt, came: %s", e->why);
    ck_assert_msg(strlen(want) == e->mark_length &&
                      memcmp(buf_str(&e->text) + e->mark_start, want, strlen(want)) == 0,
                  "expected '%s' to be marked, came '%.*s' in\n%s", want, (int)e->mark_length,
                  buf_str(&e->text) + e->mark_start, buf_str(&e->text));
}

static void text_is(const excerpt *e, const char *want)
{
    ck_assert_msg(strcmp(buf_str(&e->text), want) == 0, "expected\n%s\ncame\n%s", want,
                  buf_str(&e->text));
}

static const char indented[] =
    "[\n  {\n    \"id\": \"/a\",\n    \"properties\": {\n      \"acl\": {\n"
    "        \"defaultAction\": \"Deny\"\n      }\n    }\n  }\n]\n";

START_TEST(lines_of_indented_json)
{
    evpack_err err = {0};
    size_t len = strlen(indented);
    for (size_t piece = 7; piece <= len; piece += 40) {
        EVPACK_AUTO(store) s = with_file("utf-8", indented, len, piece, "0");
        EVPACK_AUTO_VALUE(excerpt_reset) excerpt e = {0};
        const excerpt_limits limits = {.lines = 3};
        OK(excerpt_pointer(s, FILE_ID, 4, len - 7, "/properties/acl/defaultAction", &limits, &e,
                           &err));
        marked(&e, "\"Deny\"");
        text_is(&e, "      \"acl\": {\n        \"defaultAction\": \"Deny\"\n      }\n");
        ck_assert(!e.around && !e.cut && !e.laid_out && !e.first);
        OK(excerpt_read(s, FILE_ID, 4, len - 7, NULL, &e, &err));
        ck_assert(e.first);
        ck_assert_uint_eq(e.mark_start, 4);
        ck_assert_uint_eq(e.mark_length, len - 7);
        text_is(&e, indented);
    }
}
END_TEST

START_TEST(what_is_not_there_is_shown_by_what_would_hold_it)
{
    evpack_err err = {0};
    size_t len = strlen(indented);
    EVPACK_AUTO(store) s = with_file("utf-8", indented, len, len, "0");
    EVPACK_AUTO_VALUE(excerpt_reset) excerpt e = {0};
    OK(excerpt_pointer(s, FILE_ID, 4, len - 7, "/properties/acl/ipRules/0", NULL, &e, &err));
    marked(&e, "{\n        \"defaultAction\": \"Deny\"\n      }");
    ck_assert(e.around);
    OK(excerpt_pointer(s, FILE_ID, 4, len - 7, "/identity", NULL, &e, &err));
    ck_assert(e.around);
    ck_assert_uint_eq(e.mark_start, 4);
}
END_TEST

START_TEST(a_minified_file_is_laid_out_and_read_only_around_the_place)
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf file = {0};
    buf_puts(&file, "[");
    size_t at[2] = {0};
    for (int i = 0; i < 40000; i++) {
        at[0] = i == 39000 ? file.len : at[0];
        buf_printf(&file, "{\"id\":\"/a/%d\",\"properties\":{\"publicNetworkAccess\":\"Enabled\",",
                   i);
        buf_printf(&file, "\"deep\":[[%d,{}],\"%s\"]}},", i,
                   "a string that makes the line long, and on");
        at[1] = i == 39000 ? file.len - 1 : at[1];
    }
    buf_puts(&file, "{}]");
    ck_assert_uint_gt(file.len, 4 << 20);
    EVPACK_AUTO(store) s = with_file("utf-8", file.data, file.len, 1 << 20, "0");
    EVPACK_AUTO_VALUE(excerpt_reset) excerpt e = {0};
    const excerpt_limits limits = {.lines = 5};
    OK(excerpt_pointer(s, FILE_ID, at[0], at[1] - at[0], "/properties/deep/0/0", &limits, &e,
                       &err));
    marked(&e, "39000");
    text_is(&e, "    \"deep\": [\n      [\n        39000,\n        {}\n      ],\n");
    ck_assert(e.laid_out);
    /* A place without an object is cut out of its line. */
    OK(excerpt_read(s, FILE_ID, at[0] + 7, 10, &limits, &e, &err));
    marked(&e, "/a/39000\",");
    ck_assert_uint_le(e.text.len, EXCERPT_WIDTH + 8);
    ck_assert_int_eq(strncmp(buf_str(&e.text), "\xe2\x80\xa6", 3), 0);
    /* The whole file as a place: its beginning. */
    OK(excerpt_read(s, FILE_ID, 0, file.len, &limits, &e, &err));
    ck_assert(e.cut && e.laid_out);
    ck_assert_int_eq(strncmp(buf_str(&e.text), "[\n  {\n    \"id\": \"/a/0\",\n", 20), 0);
}
END_TEST

/* The text in UTF-16, with a mark. */
static void utf16(const char *ascii, bool big, buf *out)
{
    buf_append(out, big ? "\xfe\xff" : "\xff\xfe", 2);
    for (; *ascii != '\0'; ascii++) {
        buf_putc(out, big ? '\0' : *ascii);
        buf_putc(out, big ? *ascii : '\0');
    }
}

START_TEST(utf_16_of_both_orders)
{
    evpack_err err = {0};
    for (int big = 0; big < 2; big++) {
        EVPACK_AUTO_VALUE(buf_reset) buf file = {0};
        utf16(indented, big != 0, &file);
        /* U+1F512 and half a pair in place of "/a", which is 4 bytes. */
        char *id = file.data + 2 + 2 * (strstr(indented, "/a") - indented);
        memcpy(id, big ? "\xd8\x3d\xdd\x12" : "\x3d\xd8\x12\xdd", 4);
        EVPACK_AUTO(store)
        s = with_file(big ? "utf-16be" : "utf-16le", file.data, file.len, 11, "0");
        EVPACK_AUTO_VALUE(excerpt_reset) excerpt e = {0};
        size_t len = 2 * (strlen(indented) - 7);
        OK(excerpt_pointer(s, FILE_ID, 2 + 2 * 4, len, "/properties/acl/defaultAction", NULL, &e,
                           &err));
        marked(&e, "\"Deny\"");
        ck_assert_ptr_nonnull(strstr(buf_str(&e.text), "\"id\": \"\xf0\x9f\x94\x92\","));
        OK(excerpt_pointer(s, FILE_ID, 2 + 2 * 4, len, "/id", NULL, &e, &err));
        marked(&e, "\"\xf0\x9f\x94\x92\"");
    }
}
END_TEST

START_TEST(half_a_pair_and_an_odd_end_are_shown)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = with_file("utf-16le", "\xff\xfe\x41\x00\x3d\xd8\x42\x00\x43", 9, 4, "0");
    EVPACK_AUTO_VALUE(excerpt_reset) excerpt e = {0};
    OK(excerpt_read(s, FILE_ID, 2, 2, NULL, &e, &err));
    marked(&e, "A");
    text_is(&e, "⟨U+FEFF⟩A⟨U+FFFD⟩B⟨U+FFFD⟩\n");
}
END_TEST

START_TEST(windows_1252_and_a_byte_order_mark)
{
    evpack_err err = {0};
    EVPACK_AUTO(store)
    s = with_file("windows-1252", "{\"n\":\"M\xfcnchen \x80 \x81\"}", 20, 64, "0");
    EVPACK_AUTO_VALUE(excerpt_reset) excerpt e = {0};
    OK(excerpt_pointer(s, FILE_ID, 0, 20, "/n", NULL, &e, &err));
    marked(&e, "\"München € ⟨0x81⟩\"");
    store_close(EVPACK_MOVE(s));
    s = with_file("utf-8-bom", "\xef\xbb\xbf{\"n\":1}", 10, 64, "0");
    OK(excerpt_pointer(s, FILE_ID, 3, 7, "/n", NULL, &e, &err));
    marked(&e, "1");
    text_is(&e, "⟨U+FEFF⟩{\"n\":1}\n");
}
END_TEST

START_TEST(places_without_bytes_and_at_the_end)
{
    evpack_err err = {0};
    static const char cut[] = "[\n{\"a\": \"\xc3";
    size_t len = strlen(cut);
    EVPACK_AUTO(store) s = with_file("utf-8", cut, len, 3, "0");
    EVPACK_AUTO_VALUE(excerpt_reset) excerpt e = {0};
    OK(excerpt_read(s, FILE_ID, 2, 0, NULL, &e, &err));
    marked(&e, "");
    ck_assert_uint_eq(e.mark_start, 2);
    OK(excerpt_read(s, FILE_ID, len, 0, NULL, &e, &err));
    marked(&e, "");
    text_is(&e, "[\n{\"a\": \"⟨0xC3⟩\n");
    /* A place that claims more than there is ends with the file. */
    OK(excerpt_read(s, FILE_ID, 2, UINT64_MAX - 2, NULL, &e, &err));
    marked(&e, "{\"a\": \"⟨0xC3⟩");
    OK(excerpt_read(s, FILE_ID, len + 1, 0, NULL, &e, &err));
    ck_assert_str_eq(e.why, "the place lies behind the file's end");
    ck_assert_uint_eq(e.text.len, 0);
}
END_TEST

/* More pieces than are kept, so that each is forgotten and read again. */
START_TEST(one_reader_for_many_findings)
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf file = {0};
    enum { LINES = 300, LINE = 40 };
    for (int i = 0; i < LINES; i++) {
        buf_printf(&file, "{\"line\": %4d, \"filler\": \"0123456789\"} \n", i);
    }
    ck_assert_uint_eq(file.len, LINES * LINE);
    EVPACK_AUTO(store) s = with_file("utf-8", file.data, file.len, 100, "0");
    case_sql(s, "INSERT INTO record(id, evidence_id, kind, subject, complete, normalised, pointer,"
                " start, length, body) VALUES (9000, 700, 'other', '/x', 1, 0, '', 0, 1, '{}')");
    EVPACK_AUTO(excerpt_reader) r = NULL;
    OK(excerpt_reader_new(s, &r, &err));
    EVPACK_AUTO_VALUE(excerpt_reset) excerpt e = {0};
    EVPACK_AUTO_VALUE(excerpt_reset) excerpt alone = {0};
    const excerpt_limits limits = {.lines = 3};
    for (size_t i = 0; i < 2 * LINES; i++) {
        const size_t line = i * 7 % LINES;
        const finding_place place = {
            .record_id = 9000, .pointer = "", .start = line * LINE, .length = LINE - 2};
        const finding f = {.places = &place, .place_count = 1};
        OK(excerpt_finding(r, &f, &limits, &e, NULL, NULL, &err));
        OK(excerpt_read(s, FILE_ID, line * LINE, LINE - 2, &limits, &alone, &err));
        char want[20];
        (void)snprintf(want, sizeof want, "\"line\": %4zu", line);
        ck_assert_msg(strstr(buf_str(&e.text) + e.mark_start, want) != NULL,
                      "expected %s to be marked, came\n%s", want, buf_str(&e.text));
        text_is(&e, buf_str(&alone.text));
    }
}
END_TEST

START_TEST(no_excerpt_and_why)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = with_file("binary", "PK\x03\x04", 4, 4, "0");
    EVPACK_AUTO_VALUE(excerpt_reset) excerpt e = {0};
    OK(excerpt_read(s, FILE_ID, 0, 4, NULL, &e, &err));
    ck_assert_str_eq(e.why, "the file is not text");
    store_close(EVPACK_MOVE(s));
    s = with_file("utf-8", "", 0, 1, "0");
    OK(excerpt_read(s, FILE_ID, 0, 0, NULL, &e, &err));
    ck_assert_str_eq(e.why, "the file is empty");
    store_close(EVPACK_MOVE(s));
    s = with_file("utf-8", "password: x", 11, 64, "NULL");
    OK(excerpt_read(s, FILE_ID, 0, 4, NULL, &e, &err));
    ck_assert_ptr_nonnull(strstr(e.why, "did not look for secrets"));
    ck_assert_uint_eq(e.text.len, 0);
    OK(excerpt_read(s, 1, 0, 4, NULL, &e, &err)); /* basic's files have no bytes */
    ck_assert_ptr_nonnull(e.why);
    ck_assert_int_eq(excerpt_read(s, 12345, 0, 4, NULL, &e, &err), EVPACK_E_CASE);
}
END_TEST

/* Secrets -------------------------------------------------------------------------------------- */

static const char keys[] =
    "[{\"name\":\"k\",\"key1\":\"SECRET-ONE-VALUE\",\"key2\":\"SECRET-TWO-VALUE\"},\n"
    "{\"key3\":\"SECRET-THREE-VAL\"}]\n";

START_TEST(no_place_shows_any_byte_of_a_secret)
{
    evpack_err err = {0};
    size_t len = strlen(keys);
    for (int wide = 0; wide < 3; wide++) {
        EVPACK_AUTO_VALUE(buf_reset) buf file = {0};
        if (wide == 0) {
            buf_puts(&file, keys);
        } else {
            utf16(keys, wide == 2, &file);
        }
        static const char *const names[] = {"utf-8", "utf-16le", "utf-16be"};
        EVPACK_AUTO(store) s = with_file(names[wide], file.data, file.len, 13, "3");
        size_t unit = wide == 0 ? 1 : 2;
        size_t skip = wide == 0 ? 0 : 2;
        for (const char *p = strstr(keys, "SECRET"); p != NULL; p = strstr(p + 1, "SECRET")) {
            secret_at(s, skip + unit * (size_t)(p - keys), unit * 16, wide);
        }
        EVPACK_AUTO_VALUE(excerpt_reset) excerpt e = {0};
        for (size_t at = 0; at <= len; at++) {
            for (size_t n = 0; at + n <= len; n += 5) {
                const excerpt_limits limits = {.lines = 20, .width = at % 2 == 0 ? 200 : 30};
                OK(excerpt_read(s, FILE_ID, skip + unit * at, unit * n, &limits, &e, &err));
                ck_assert_msg(e.why == NULL && strstr(buf_str(&e.text), "SECRET") == NULL &&
                                  strstr(buf_str(&e.text), "VALUE") == NULL &&
                                  strstr(buf_str(&e.text), "-VAL") == NULL,
                              "expected no secret at %zu+%zu, came\n%s", at, n, buf_str(&e.text));
                ck_assert_uint_eq(e.masked, 3);
            }
        }
        const size_t first = strlen("[");
        OK(excerpt_pointer(s, FILE_ID, skip + unit * first, unit * 71, "/key2", NULL, &e, &err));
        marked(&e, "\"EVPACK-REDACTED-password\"");
    }
}
END_TEST

/* What is read begins or ends within a secret that is longer than what is read. */
START_TEST(a_secret_that_reaches_over_what_is_read)
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf file = {0};
    buf_puts(&file, "{\"key\":\"");
    size_t start = file.len;
    for (int i = 0; i < 40000; i++) {
        buf_puts(&file, "SECRET-");
    }
    size_t length = file.len - start;
    buf_puts(&file, "\",\"b\":1}");
    EVPACK_AUTO(store) s = with_file("utf-8", file.data, file.len, 1 << 20, "1");
    secret_at(s, start, length, 0);
    EVPACK_AUTO_VALUE(excerpt_reset) excerpt e = {0};
    const size_t places[] = {0, start - 1, start + 7, start + 20000, file.len - 2, file.len};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        OK(excerpt_read(s, FILE_ID, places[i], 1, NULL, &e, &err));
        ck_assert_msg(strstr(buf_str(&e.text), "SECRET") == NULL &&
                          strstr(buf_str(&e.text), "EVPACK-REDACTED-password") != NULL,
                      "expected a marker at %zu, came\n%s", places[i], buf_str(&e.text));
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {lines_of_indented_json,
                                  what_is_not_there_is_shown_by_what_would_hold_it,
                                  a_minified_file_is_laid_out_and_read_only_around_the_place,
                                  utf_16_of_both_orders,
                                  half_a_pair_and_an_odd_end_are_shown,
                                  windows_1252_and_a_byte_order_mark,
                                  places_without_bytes_and_at_the_end,
                                  one_reader_for_many_findings,
                                  no_excerpt_and_why,
                                  no_place_shows_any_byte_of_a_secret,
                                  a_secret_that_reaches_over_what_is_read,
                                  NULL};
    return test_main(test_suite("report/excerpt", tests));
}
