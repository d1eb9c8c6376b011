/* collect/decode: the text, its places, and what is left out; iconv says what is right. */
#include "collect/decode.h"

#include "base/text.h"
#include "support.h"

#include <iconv.h>
#include <stdio.h>
#include <string.h>

/* Decodes in pieces of step bytes; for each byte of text, where it stood. */
typedef struct {
    buf text;
    uint64_t at[4096], end[4096];
    decode_tally told;
} decoded;

static void decoded_reset(decoded *d)
{
    buf_reset(&d->text);
}

static void take(decoded *d, const places *map, const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        size_t at = d->text.len;
        buf_append(&d->text, text + i, 1);
        ck_assert_uint_lt(at, 4096);
        d->at[at] = places_at(map, at);
        d->end[at] = places_end(map, at + 1);
    }
}

static void run(decode_guess guess, bool clean, const void *bytes, size_t len, size_t step,
                decoded *out)
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(places_reset) places map = {0};
    EVPACK_AUTO(decode) d = NULL;
    OK(decode_new(guess, clean, &map, &d, &err));
    const char *text = NULL;
    size_t text_len = 0;
    for (size_t at = 0; at < len; at += step) {
        size_t n = len - at < step ? len - at : step;
        OK(decode_feed(d, (const char *)bytes + at, n, &text, &text_len, &err));
        take(out, &map, text, text_len);
    }
    OK(decode_finish(d, &text, &text_len, &err));
    take(out, &map, text, text_len);
    out->told = *decode_told(d);
}

/* The text, in pieces of any size the same with the same places. */
static void must_give(decode_guess guess, bool clean, const void *bytes, size_t len,
                      const char *want, size_t want_len)
{
    EVPACK_AUTO_VALUE(decoded_reset) decoded whole = {0};
    run(guess, clean, bytes, len, len + 1, &whole);
    ck_assert_msg(whole.text.len == want_len && memcmp(buf_str(&whole.text), want, want_len) == 0,
                  "expected '%.*s', came '%s' (%s)", (int)want_len, want, buf_str(&whole.text),
                  whole.told.fault == NULL ? "no fault" : whole.told.fault);
    ck_assert_msg(guess.as == DECODE_UTF8 ||
                      text_utf8_check(buf_str(&whole.text), whole.text.len) == whole.text.len,
                  "expected UTF-8");
    for (size_t step = 1; step < 9; step++) {
        EVPACK_AUTO_VALUE(decoded_reset) decoded pieces = {0};
        run(guess, clean, bytes, len, step, &pieces);
        ck_assert_uint_eq(pieces.text.len, whole.text.len);
        ck_assert_mem_eq(buf_str(&pieces.text), buf_str(&whole.text), whole.text.len);
        ck_assert_mem_eq(pieces.at, whole.at, sizeof whole.at);
        ck_assert_mem_eq(pieces.end, whole.end, sizeof whole.end);
        ck_assert_uint_eq(pieces.told.fault_at, whole.told.fault_at);
        ck_assert_uint_eq(pieces.told.twins, whole.told.twins);
        ck_assert_uint_eq(pieces.told.codes, whole.told.codes);
    }
}

/* A text in another encoding, by iconv. */
static void convert(const char *to, const char *text, buf *out)
{
    iconv_t cd = iconv_open(to, "UTF-8");
    ck_assert_msg(cd != (iconv_t)-1, "iconv knows no %s", to);
    char *in = (char *)(uintptr_t)text;
    size_t left = strlen(text);
    char room[4096];
    char *p = room;
    size_t space = sizeof room;
    ck_assert_uint_eq(iconv(cd, &in, &left, &p, &space), 0);
    ck_assert_uint_eq(left, 0);
    buf_append(out, room, sizeof room - space);
    (void)iconv_close(cd);
}

#define NASTY "[\r\n{\"a\": \"\xc3\xa9 \xe2\x82\xac\xe2\x82\xac \xc2\x80?\"}]\n"
#define WIDE "{\"x\":\"\xf0\x9f\x94\x91\xf0\x9f\x94\x91 \xed\x95\x9c\xea\xb8\x80\",\"\xc3\x9f\":1}"

START_TEST(every_encoding_is_as_iconv_has_it)
{
    static const struct {
        const char *name, *mark;
        decode_guess guess;
        const char *text;
    } rows[] = {{"UTF-16LE", "\xff\xfe", {DECODE_UTF16LE, 2}, NASTY WIDE},
                {"UTF-16LE", "", {DECODE_UTF16LE, 0}, NASTY WIDE},
                {"UTF-16BE", "\xfe\xff", {DECODE_UTF16BE, 2}, NASTY WIDE},
                {"UTF-16BE", "", {DECODE_UTF16BE, 0}, WIDE NASTY},
                {"CP1252", "", {DECODE_1252, 0}, "[\"\xc3\xa9\xe2\x82\xac\xc5\xb8 \xc3\xbf\", 1]"},
                {"UTF-8", "", {DECODE_UTF8, 0}, NASTY WIDE},
                {"UTF-8", "\xef\xbb\xbf", {DECODE_UTF8, 3}, NASTY WIDE}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        EVPACK_AUTO_VALUE(buf_reset) buf bytes = {0};
        buf_puts(&bytes, rows[i].mark);
        convert(rows[i].name, rows[i].text, &bytes);
        decode_guess guess = rows[i].guess;
        must_give(guess, false, bytes.data, bytes.len, rows[i].text, strlen(rows[i].text));
        must_give(guess, true, bytes.data, bytes.len, rows[i].text, strlen(rows[i].text));
    }
}
END_TEST

/* Each character of the text, read again at its place in the file, is that character. */
START_TEST(places_are_exact)
{
    static const char *const names[] = {"UTF-16LE", "UTF-16BE", "UTF-8"};
    static const decode_as as[] = {DECODE_UTF16LE, DECODE_UTF16BE, DECODE_UTF8};
    const char *text = NASTY WIDE;
    for (size_t i = 0; i < 3; i++) {
        EVPACK_AUTO_VALUE(buf_reset) buf bytes = {0};
        convert(names[i], text, &bytes);
        EVPACK_AUTO_VALUE(decoded_reset) decoded d = {0};
        run((decode_guess){as[i], 0}, false, bytes.data, bytes.len, 3, &d);
        for (size_t at = 0; text[at] != '\0';) {
            size_t n = text_utf8_length(text + at, strlen(text + at));
            char one[5] = "";
            memcpy(one, text + at, n);
            EVPACK_AUTO_VALUE(buf_reset) buf want = {0};
            convert(names[i], one, &want);
            uint64_t from = d.at[at];
            uint64_t to = d.end[at + n - 1];
            ck_assert_msg(to - from == want.len &&
                              memcmp(bytes.data + from, want.data, want.len) == 0,
                          "%s: '%s' at %zu: came bytes %llu to %llu", names[i], one, at,
                          (unsigned long long)from, (unsigned long long)to);
            at += n;
        }
    }
}
END_TEST

START_TEST(first_bytes_tell_the_encoding)
{
    static const struct {
        const char *bytes;
        size_t len;
        const char *word;
        unsigned mark;
    } rows[] = {
        {"", 0, "utf-8", 0},
        {"[]", 2, "utf-8", 0},
        {"\xef\xbb\xbf[]", 5, "utf-8-bom", 3},
        {"\xff\xfe[\0", 4, "utf-16le", 2},
        {"\xfe\xff\0[", 4, "utf-16be", 2},
        {"[\0]\0", 4, "utf-16le", 0},
        {"\0[\0]", 4, "utf-16be", 0},
        {"\r\0\n\0[\0", 6, "utf-16le", 0},
        {"[\0\"\0\xac\x20", 6, "utf-16le", 0},
        {"\xff\xfe\0\0[\0\0\0", 8, "utf-32le", 4},
        {"\0\0\xfe\xff\0\0\0[", 8, "utf-32be", 4},
        {"[\0\0\0]\0\0\0", 8, "utf-32le", 0},
        {"\0\0\0[\0\0\0]", 8, "utf-32be", 0},
        /* what is none of them */
        {"[\0", 2, "utf-8", 0},
        {"[]\0\0", 4, "utf-8", 0},
        {"\1\0\2\0", 4, "utf-8", 0},
        {"a\0b\0\0\0", 6, "utf-8", 0},
        {"a\0b\0\x00\xd8q\0", 8, "utf-8", 0},
        {"a\0b\0\x01\x02\x03\x04\x05\x06\x07\x08", 12, "utf-8", 0},
        {"SQLite format 3\0\x10\0\1\1", 20, "utf-8", 0},
        {"\x89PNG\r\n\x1a\n\0\0\0\r", 12, "utf-8", 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        decode_guess guess = decode_sniff(rows[i].bytes, rows[i].len);
        ck_assert_msg(strcmp(decode_word(guess), rows[i].word) == 0 && guess.mark == rows[i].mark,
                      "row %zu: expected %s, came %s", i, rows[i].word, decode_word(guess));
    }
}
END_TEST

START_TEST(what_cannot_be_is_a_fault)
{
    static const struct {
        decode_guess guess;
        const char *bytes;
        size_t len;
        const char *text, *fault;
        uint64_t at;
        bool cut;
    } rows[] = {
        {{DECODE_UTF16LE, 2}, "\xff\xfe[\0]", 5, "[", "within a character", 4, true},
        {{DECODE_UTF16LE, 0}, "[\0\x3d\xd8", 4, "[", "within a character", 2, true},
        {{DECODE_UTF16LE, 0}, "[\0\x11\xdd]\0", 6, "[", "half of a surrogate", 2, false},
        {{DECODE_UTF16BE, 0}, "\0[\xd8\x3d\0]", 6, "[", "half of a surrogate", 2, false},
        {{DECODE_1252, 0}, "ab\x81z", 4, "ab", "neither UTF-8 nor", 2, false},
        {{DECODE_1252, 0}, "\x8d", 1, "", "neither", 0, false},
        {{DECODE_1252, 0}, "\x8f", 1, "", "neither", 0, false},
        {{DECODE_1252, 0}, "\x90", 1, "", "neither", 0, false},
        {{DECODE_1252, 0}, "\x9d", 1, "", "neither", 0, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        must_give(rows[i].guess, false, rows[i].bytes, rows[i].len, rows[i].text,
                  strlen(rows[i].text));
        EVPACK_AUTO_VALUE(decoded_reset) decoded d = {0};
        run(rows[i].guess, false, rows[i].bytes, rows[i].len, 64, &d);
        ck_assert_msg(d.told.fault != NULL && strstr(d.told.fault, rows[i].fault) != NULL &&
                          d.told.fault_at == rows[i].at && d.told.cut == rows[i].cut,
                      "row %zu: expected '%s' at %llu, came '%s' at %llu", i, rows[i].fault,
                      (unsigned long long)rows[i].at, d.told.fault == NULL ? "" : d.told.fault,
                      (unsigned long long)d.told.fault_at);
    }
}
END_TEST

START_TEST(what_a_console_adds_is_left_out)
{
    static const struct {
        const char *bytes, *text;
        uint64_t codes, spinners;
    } rows[] = {
        {"\x1b[34;01m\"id\"\x1b[39;49;00m:\x1b[37m \x1b[39m1", "\"id\": 1", 4, 0},
        {"\x1b[?25l{\x1b[K}", "{}", 2, 0},
        {"{- Finished ..\n \"a\": -1}", "{\n \"a\": -1}", 0, 1},
        {"[\\ Running ..| Starting..]", "[]", 0, 2},
        /* in a string nothing is */
        {"[\"\x1b[1m - Finished ..\"]", "[\"\x1b[1m - Finished ..\"]", 0, 0},
        {"[\"a\\\"\x1b[1m\"\x1b[1m]", "[\"a\\\"\x1b[1m\"]", 1, 0},
        /* but a string does not go on behind a line's end */
        {"Say \"x\n\x1b[1m{}", "Say \"x\n{}", 1, 0},
        /* what looks like it and is not */
        {"\x1b]0;title\x07{}", "\x1b]0;title\x07{}", 0, 0},
        {"[-1, - 2, -  x]", "[-1, - 2, -  x]", 0, 0},
        {"- Finished.", "- Finished.", 0, 0},
        {"-- Finished ..", "-", 0, 1},
        {"\x1b\x1b[1m", "\x1b", 1, 0},
        {"\x1b[1", "\x1b[1", 0, 0},
        {"\x1b[11111111111111111111111111111111111111111111m",
         "\x1b[11111111111111111111111111111111111111111111m", 0, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *text = rows[i].text;
        must_give((decode_guess){DECODE_UTF8, 0}, true, rows[i].bytes, strlen(rows[i].bytes), text,
                  strlen(text));
        EVPACK_AUTO_VALUE(buf_reset) buf wide = {0};
        convert("UTF-16LE", rows[i].bytes, &wide);
        must_give((decode_guess){DECODE_UTF16LE, 0}, true, wide.data, wide.len, text, strlen(text));
        EVPACK_AUTO_VALUE(decoded_reset) decoded d = {0};
        run((decode_guess){DECODE_UTF8, 0}, true, rows[i].bytes, strlen(rows[i].bytes), 64, &d);
        ck_assert_msg(d.told.codes == rows[i].codes && d.told.spinners == rows[i].spinners,
                      "row %zu: came %llu codes and %llu spinners", i,
                      (unsigned long long)d.told.codes, (unsigned long long)d.told.spinners);
    }
}
END_TEST

START_TEST(bytes_of_1252_are_counted)
{
    const char bytes[] = "\"caf\xe9 \xc3\xa9 \xe2\x82\xac \xe2\x82\"";
    EVPACK_AUTO_VALUE(decoded_reset) decoded d = {0};
    run((decode_guess){DECODE_1252, 0}, false, bytes, sizeof bytes - 1, 1, &d);
    ck_assert_uint_eq(d.told.foreign, 8);
    ck_assert_uint_eq(d.told.twins, 2);
}
END_TEST

START_TEST(plain_utf8_is_not_copied)
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(places_reset) places map = {0};
    EVPACK_AUTO(decode) d = NULL;
    OK(decode_new((decode_guess){DECODE_UTF8, 3}, false, &map, &d, &err));
    const char bytes[] = "\xef\xbb\xbf{}";
    const char *text = NULL;
    size_t len = 0;
    OK(decode_feed(d, bytes, 2, &text, &len, &err));
    ck_assert_uint_eq(len, 0);
    OK(decode_feed(d, bytes + 2, 3, &text, &len, &err));
    ck_assert_ptr_eq(text, bytes + 3);
    ck_assert_uint_eq(len, 2);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {every_encoding_is_as_iconv_has_it, places_are_exact,
                                  first_bytes_tell_the_encoding,     what_cannot_be_is_a_fault,
                                  what_a_console_adds_is_left_out,   bytes_of_1252_are_counted,
                                  plain_utf8_is_not_copied,          NULL};
    return test_main(test_suite("collect/decode", tests));
}
