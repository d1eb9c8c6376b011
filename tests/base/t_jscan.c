/* base/jscan: strict JSON, whatever the pieces it comes in; places; the listener's cuts. */
#include "base/jscan.h"

#include "base/gaps.h"

#include "support.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>

#define TEXTS TEST_SOURCE_ROOT "/tests/base/json"

/* Feeds text in pieces of `step` bytes; the fault, with the minified copy in copy. */
static jscan_fault scan(const char *text, size_t len, size_t step, buf *copy)
{
    evpack_err err = {0};
    EVPACK_AUTO(jscan) s = NULL;
    OK(jscan_new(NULL, 1 << 20, &s, &err));
    for (size_t i = 0; i < len; i += step) {
        OK(jscan_feed(s, text + i, len - i < step ? len - i : step, &err));
    }
    jscan_fault fault;
    OK(jscan_finish(s, &fault, &err));
    buf_clear(copy);
    buf_append(copy, jscan_copy(s)->data, jscan_copy(s)->len);
    return fault;
}

static const char *const good[] = {
    "null",
    " true ",
    "false\n",
    "0",
    "-0",
    "1.5e-7",
    "-12.25E+3",
    "\"\"",
    "\"\\u00e9\\n\\/\"",
    "[]",
    "{}",
    "[1,[2,[3]]]",
    "{\"a\":{\"b\":[{}]}}",
    "\t[ 1 , 2 ]\r\n",
    "\"\xf0\x9f\x98\x80\"",
    "\"\\ud800\"",
    "{\"a\":1,\"a\":2}",
    "12345678901234567890.123456789",
};

static const char *const bad[] = {
    "",
    " ",
    "nul",
    "nulll",
    "True",
    "01",
    "1.",
    ".5",
    "+1",
    "-",
    "1e",
    "1e+",
    "0x1",
    "NaN",
    "[1,]",
    "[,1]",
    "[1 2]",
    "{,}",
    "{\"a\":1,}",
    "{\"a\"}",
    "{\"a\" 1}",
    "{a:1}",
    "{'a':1}",
    "[1}",
    "{\"a\":1]",
    "]",
    "[",
    "{",
    "\"",
    "\"\\x\"",
    "\"\\u12g4\"",
    "\"a\tb\"",
    "\"\xff\"",
    "\"\xc0\xaf\"",
    "\"\xed\xa0\x80\"",
    "\"\xe2\x82\"",
    "1 2",
    "[] []",
    "// c\n1",
    "\xef\xbb\xbf[]",
    "\"\\",
    "{\"a\":",
    "[1,2",
};

START_TEST(good_texts_pass_in_any_pieces)
{
    EVPACK_AUTO_VALUE(buf_reset) buf copy = {0};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        for (size_t step = 1; step <= 9; step++) {
            jscan_fault fault = scan(good[i], strlen(good[i]), step, &copy);
            ck_assert_msg(fault.what == NULL, "'%s' in pieces of %zu: expected no fault, came %s",
                          good[i], step, fault.what);
        }
    }
}
END_TEST

START_TEST(bad_texts_fail_in_any_pieces)
{
    EVPACK_AUTO_VALUE(buf_reset) buf copy = {0};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        jscan_fault whole = scan(bad[i], strlen(bad[i]), 4096, &copy);
        for (size_t step = 1; step <= 9; step++) {
            jscan_fault fault = scan(bad[i], strlen(bad[i]), step, &copy);
            ck_assert_msg(fault.what != NULL, "'%s': expected a fault, came none", bad[i]);
            ck_assert_msg(fault.offset == whole.offset, "'%s': expected offset %llu, came %llu",
                          bad[i], (unsigned long long)whole.offset,
                          (unsigned long long)fault.offset);
        }
    }
}
END_TEST

START_TEST(copy_is_minified_and_exact)
{
    EVPACK_AUTO_VALUE(buf_reset) buf copy = {0};
    const char *text =
        " { \"a b\" : [ 1.50 , \"x\\u00e9 y\" , true ] , \"n\" : 12345678901234567890 } ";
    (void)scan(text, strlen(text), 3, &copy);
    ck_assert_str_eq(buf_str(&copy),
                     "{\"a b\":[1.50,\"x\\u00e9 y\",true],\"n\":12345678901234567890}");
}
END_TEST

START_TEST(places_are_line_and_column)
{
    EVPACK_AUTO_VALUE(buf_reset) buf copy = {0};
    const char *text = "[\r\n  1,\n  x\n]";
    jscan_fault fault = scan(text, strlen(text), 2, &copy);
    ck_assert_uint_eq(fault.line, 3);
    ck_assert_uint_eq(fault.column, 3);
    ck_assert_uint_eq(fault.offset, 10);
    ck_assert(!fault.at_end);
    ck_assert(scan("[1,", 3, 1, &copy).at_end);
}
END_TEST

START_TEST(nul_and_depth)
{
    EVPACK_AUTO_VALUE(buf_reset) buf copy = {0};
    ck_assert_ptr_nonnull(scan("[1]\0", 4, 1, &copy).what);
    ck_assert_ptr_nonnull(scan("\"\\\0\"", 4, 1, &copy).what);
    char deep[2 * (JSCAN_DEPTH_MAX + 1)];
    memset(deep, '[', JSCAN_DEPTH_MAX + 1);
    memset(deep + JSCAN_DEPTH_MAX + 1, ']', JSCAN_DEPTH_MAX + 1);
    ck_assert_str_eq(scan(deep, sizeof deep, 7, &copy).what, "nested deeper than 512");
    ck_assert_ptr_null(scan(deep + 1, sizeof deep - 2, 7, &copy).what);
}
END_TEST

typedef struct {
    buf log;
    size_t mark;
} cutter;

static evpack_status on_begin(void *ctx, jscan *s, jscan_type type, unsigned depth, uint64_t offset,
                              evpack_err *err)
{
    (void)err;
    (void)type;
    (void)offset;
    cutter *c = ctx;
    if (depth == 1) {
        c->mark = c->mark == 0 ? jscan_copy(s)->len : c->mark;
        buf_truncate(jscan_copy(s), c->mark);
    }
    return EVPACK_OK;
}

static evpack_status on_end(void *ctx, jscan *s, jscan_type type, unsigned depth, uint64_t offset,
                            evpack_err *err)
{
    (void)err;
    (void)type;
    cutter *c = ctx;
    if (depth == 1) {
        buf_printf(&c->log, "%s@%llu;", jscan_copy(s)->data + c->mark, (unsigned long long)offset);
        buf_truncate(jscan_copy(s), c->mark);
    }
    return EVPACK_OK;
}

START_TEST(listener_cuts_elements)
{
    const char *text = "[ {\"a\": 1}, 2.5 ,[3 ] , null]";
    for (size_t step = 1; step < 30; step++) {
        evpack_err err = {0};
        cutter c = {0};
        jscan_listener listener = {on_begin, on_end, &c};
        EVPACK_AUTO(jscan) s = NULL;
        OK(jscan_new(&listener, 1000, &s, &err));
        for (size_t i = 0; i < strlen(text); i += step) {
            size_t n = strlen(text) - i;
            OK(jscan_feed(s, text + i, n < step ? n : step, &err));
        }
        jscan_fault fault;
        OK(jscan_finish(s, &fault, &err));
        ck_assert_ptr_null(fault.what);
        ck_assert_msg(strcmp(buf_str(&c.log), "{\"a\":1}@10;2.5@15;[3]@21;null@28;") == 0,
                      "pieces of %zu: came %s", step, buf_str(&c.log));
        buf_reset(&c.log);
    }
}
END_TEST

START_TEST(copy_is_capped)
{
    evpack_err err = {0};
    EVPACK_AUTO(jscan) s = NULL;
    OK(jscan_new(NULL, 4, &s, &err));
    OK(jscan_feed(s, "[1,2,3]", 7, &err));
    jscan_fault fault;
    OK(jscan_finish(s, &fault, &err));
    ck_assert_str_eq(fault.what, "a value larger than the limit");
}
END_TEST

/* Where each byte of the copy came from, over white space of every kind. */
START_TEST(copied_bytes_have_offsets)
{
    evpack_err err = {0};
    const char *text = " [ 1,\r\n {\"a b\" :\t2 } , \"x y\"]";
    EVPACK_AUTO(jscan) s = NULL;
    OK(jscan_new(NULL, 1000, &s, &err));
    OK(jscan_feed(s, text, strlen(text), &err));
    const buf *copy = jscan_copy(s);
    for (size_t i = 0; i < copy->len; i++) {
        uint64_t offset = 0;
        ck_assert(jscan_offset(s, i, &offset));
        ck_assert_msg(text[offset] == copy->data[i], "byte %zu is said to be at %llu", i,
                      (unsigned long long)offset);
    }
    uint64_t none = 0;
    ck_assert_msg(!jscan_offset(s, copy->len, &none), "nothing was copied there");
}
END_TEST

START_TEST(more_gaps_than_are_kept_are_said)
{
    evpack_err err = {0};
    EVPACK_AUTO(jscan) s = NULL;
    OK(jscan_new(NULL, 4 << 20, &s, &err));
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    buf_puts(&text, "[1");
    for (int i = 0; i <= GAPS_MAX; i++) {
        buf_append(&text, ", 1", 3);
    }
    OK(jscan_feed(s, text.data, text.len, &err));
    uint64_t offset = 0;
    ck_assert_msg(!jscan_offset(s, 1, &offset), "expected the places not to be known any more");
}
END_TEST

START_TEST(escapes_in_names_are_noted)
{
    static const struct {
        const char *text;
        bool noted;
    } names[] = {{"{\"a\\u0062\":1}", true},
                 {"{\"a\":\"\\n\"}", false},
                 {"[{\"x\":{\"\\/\":1}}]", true},
                 {"\"\\u0041\"", false}};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        evpack_err err = {0};
        EVPACK_AUTO(jscan) s = NULL;
        OK(jscan_new(NULL, 1000, &s, &err));
        OK(jscan_feed(s, names[i].text, strlen(names[i].text), &err));
        ck_assert_msg(jscan_escaped_name(s) == names[i].noted, "%s: expected %d", names[i].text,
                      names[i].noted);
        ck_assert_msg(!jscan_escaped_name(s), "expected it to be told once");
    }
}
END_TEST

/* The line of tests/base/json/refused.tsv about a file: where it is refused, and in which words. */
static bool listed(const char *list, const char *name, unsigned long *offset, char what[64])
{
    char key[128];
    (void)snprintf(key, sizeof key, "\n%s\t", name);
    const char *line = strstr(list, key);
    return line != NULL && sscanf(line + strlen(key), "%lu\t%63[^\n]", offset, what) == 2;
}

static void check_text(const char *name, const buf *text, const char *list)
{
    unsigned long offset = 0;
    char what[64] = "";
    bool refused = listed(list, name, &offset, what);
    ck_assert_msg(name[0] != 'y' || !refused, "%s: must be accepted, and is listed", name);
    ck_assert_msg((name[0] != 'n' && name[0] != 'u') || refused,
                  "%s: must be refused, and is not listed", name);
    ck_assert_msg(name[0] != 'u' || strcmp(what, "not UTF-8") == 0, "%s: is not UTF-8", name);
    EVPACK_AUTO_VALUE(buf_reset) buf copy = {0};
    for (size_t step = 1; step <= text->len + 1; step += step < 9 ? 1 : text->len) {
        jscan_fault fault = scan(buf_str(text), text->len, step, &copy);
        if (!refused) {
            ck_assert_msg(fault.what == NULL, "%s: expected to be accepted, came byte %llu: %s",
                          name, (unsigned long long)fault.offset, fault.what);
            continue;
        }
        ck_assert_msg(fault.what != NULL, "%s: expected '%s', was accepted", name, what);
        ck_assert_msg(fault.offset == offset && strcmp(fault.what, what) == 0,
                      "%s in pieces of %zu: expected byte %lu: %s, came byte %llu: %s", name, step,
                      offset, what, (unsigned long long)fault.offset, fault.what);
    }
}

/* y_: RFC 8259 accepts it; n_: it does not; u_: its bytes are not UTF-8; i_: left open, or not one
 * JSON text, and listed when the scanner refuses it. */
START_TEST(texts_of_rfc_8259)
{
    EVPACK_AUTO_VALUE(buf_reset) buf list = {0};
    test_read(TEXTS "/refused.tsv", &list);
    struct dirent **files = NULL;
    int count = scandir(TEXTS, &files, NULL, alphasort);
    int tried = 0;
    for (int i = 0; i < count; i++) {
        const char *name = files[i]->d_name;
        if (strchr("ynui", name[0]) != NULL && name[1] == '_') {
            char path[512];
            (void)snprintf(path, sizeof path, "%s/%s", TEXTS, name);
            EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
            test_read(path, &text);
            check_text(name, &text, buf_str(&list));
            tried++;
        }
        free(files[i]);
    }
    free(files);
    ck_assert_msg(tried > 250, "expected more than 250 texts in %s, came %d", TEXTS, tried);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {good_texts_pass_in_any_pieces,
                                  bad_texts_fail_in_any_pieces,
                                  copy_is_minified_and_exact,
                                  places_are_line_and_column,
                                  nul_and_depth,
                                  listener_cuts_elements,
                                  copy_is_capped,
                                  copied_bytes_have_offsets,
                                  more_gaps_than_are_kept_are_said,
                                  escapes_in_names_are_noted,
                                  texts_of_rfc_8259,
                                  NULL};
    return test_main(test_suite("base/jscan", tests));
}
