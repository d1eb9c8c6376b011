/* collect/frame: the documents of a text and what stands around them. */
#include "collect/frame.h"

#include "support.h"

#include <stdio.h>
#include <string.h>

typedef struct {
    buf trace;
    cut_listener on;
} seen;

static void seen_reset(seen *s)
{
    buf_reset(&s->trace);
}

static evpack_status on_element(void *ctx, const cut_element *e, evpack_err *err)
{
    seen *s = ctx;
    buf_printf(&s->trace, " %s@%llu+%llu", e->pointer, (unsigned long long)e->start,
               (unsigned long long)e->length);
    return buf_status(&s->trace, err);
}

static evpack_status on_begin(void *ctx, uint64_t ordinal, uint64_t start, cut **cutter,
                              evpack_err *err)
{
    seen *s = ctx;
    buf_printf(&s->trace, "%s%llu:%llu", s->trace.len == 0 ? "" : " ", (unsigned long long)ordinal,
               (unsigned long long)start);
    s->on = (cut_listener){on_element, s};
    return cut_new(&s->on, false, cutter, err);
}

static evpack_status on_end(void *ctx, const frame_document *d, evpack_err *err)
{
    seen *s = ctx;
    buf_printf(&s->trace, " -%llu l%llu%s", (unsigned long long)d->end, (unsigned long long)d->line,
               d->one_line ? "" : "+");
    if (d->cut.fault.what != NULL) {
        buf_printf(&s->trace, " !%llu %llu,%llu%s '%.12s'", (unsigned long long)d->cut.fault.offset,
                   (unsigned long long)d->cut.fault.line, (unsigned long long)d->cut.fault.column,
                   d->cut.fault.at_end ? " end" : "", d->cut.fault.what);
    }
    return buf_status(&s->trace, err);
}

static void run(frame_mode mode, const char *text, size_t len, size_t step, seen *s)
{
    evpack_err err = {0};
    const frame_listener on = {on_begin, on_end, s};
    EVPACK_AUTO(frame) f = NULL;
    OK(frame_new(mode, &on, &f, &err));
    for (size_t at = 0; at < len; at += step) {
        OK(frame_feed(f, text + at, len - at < step ? len - at : step, &err));
    }
    frame_result r;
    OK(frame_finish(f, &r, &err));
    const char *names[] = {"before", "between", "after", "nuls", "separators", "marks", "bad"};
    const uint64_t counts[] = {r.before, r.between, r.after, r.nuls, r.separators, r.marks, r.bad};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        if (counts[i] > 0) {
            buf_printf(&s->trace, " %s=%llu", names[i], (unsigned long long)counts[i]);
        }
    }
    if (r.fault.what != NULL) {
        buf_printf(&s->trace, " FAULT %llu %llu,%llu '%.12s'", (unsigned long long)r.fault.offset,
                   (unsigned long long)r.fault.line, (unsigned long long)r.fault.column,
                   r.fault.what);
    }
}

typedef struct {
    const char *text, *trace;
} row;

static void check(frame_mode mode, const row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t len = strlen(rows[i].text);
        EVPACK_AUTO_VALUE(seen_reset) seen whole = {0};
        run(mode, rows[i].text, len, len + 1, &whole);
        ck_assert_msg(strcmp(buf_str(&whole.trace), rows[i].trace) == 0,
                      "'%s': expected\n%s, came\n%s", rows[i].text, rows[i].trace,
                      buf_str(&whole.trace));
        for (size_t step = 1; step < 70; step += step < 8 ? 1 : 13) {
            EVPACK_AUTO_VALUE(seen_reset) seen pieces = {0};
            run(mode, rows[i].text, len, step, &pieces);
            ck_assert_msg(strcmp(buf_str(&pieces.trace), rows[i].trace) == 0,
                          "'%s' in pieces of %zu: expected\n%s, came\n%s", rows[i].text, step,
                          rows[i].trace, buf_str(&pieces.trace));
        }
    }
}

START_TEST(documents_of_any_layout)
{
    static const row rows[] = {
        {"", ""},
        {" \r\n\t", ""},
        {"{}", "0:0 @0+2 -2 l1"},
        {"\n {}\n", "0:2 @0+2 -4 l2"},
        {"[{},\n{}]\n", "0:0 /0@1+2 /1@5+2 -8 l1+"},
        {"[{}][{}]", "0:0 /0@1+2 -4 l1 1:4 /0@1+2 -8 l1"},
        {"{\n}\n{\n}", "0:0 @0+3 -3 l1+ 1:4 @0+3 -7 l3+"},
        {"{} {}\n[]", "0:0 @0+2 -2 l1 1:3 @0+2 -5 l1 2:6 -8 l2"},
        {"\x1e{}\n\x1e{}\n", "0:1 @0+2 -3 l1 1:5 @0+2 -7 l2 separators=2"},
        {"\xef\xbb\xbf{}\xef\xbb\xbf", "0:3 @0+2 -5 l1 marks=2"},
        {"\"[]\"", "0:0 -4 l1"},
        /* text around */
        {"WARNING: a \"b\"\nBicep\n{}", "0:21 @0+2 -23 l3 before=2"},
        {"{}\nC:\\> az\n[]\nPS C:\\>", "0:0 @0+2 -2 l1 1:11 -13 l3 between=1 after=1"},
        {"# Title\n\n```json\n{}\n```\n", "0:17 @0+2 -19 l4 before=2 after=1"},
        {"[WARNING] x\n[1/3] y\n[]", "0:20 -22 l3 before=2"},
        {"[]x", "0:0 -2 l1 after=1"},
        {"ERROR: ({\"error\":1})\n{}", "0:21 @0+2 -23 l2 before=1"},
        /* faults */
        {"[1", "0:0 -2 l1 !2 1,3 end 'the JSON tex' bad=1"},
        {"[1/3]", "0:0 /0@1+1 -3 l1 !2 1,3 'expected ','' bad=1"},
        {"x\n [\n {\"a\" 1}]", "0:3 -12 l2+ !11 3,7 'expected ':'' before=1 bad=1"},
        {"{}\n{\"a\":", "0:0 @0+2 -2 l1 1:3 -8 l2 !8 2,6 end 'the JSON tex' bad=1"},
        {"{}}", "0:0 @0+2 -2 l1 FAULT 2 1,3 'something fo'"},
        {"{},\n{}", "0:0 @0+2 -2 l1 FAULT 2 1,3 'something fo'"},
        {"\"a\",\"b\"", "0:0 -3 l1 FAULT 3 1,4 'something fo'"},
        {"}", " FAULT 0 1,1 'expected a J'"},
        {"<html>", " FAULT 0 1,1 'expected a J'"},
        {"a\nx {\"id\":1}\n{}", " before=2 FAULT 2 2,1 'JSON begins '"},
        {"x = {\n}\n", " before=1 FAULT 0 1,1 'JSON begins '"},
        {"a\n\x1b[1m{}", " before=1 FAULT 2 2,1 'a control ch'"},
    };
    check(FRAME_FREE, rows, sizeof rows / sizeof rows[0]);
}
END_TEST

START_TEST(a_document_a_line)
{
    static const row rows[] = {
        {"{}\n{}\n", "0:0 @0+2 -2 l1 1:3 @0+2 -5 l2"},
        {"{}\r\n \r\n[]", "0:0 @0+2 -3 l1 1:7 -9 l3"},
        {"{}\n{\"a\":}\n{}\n",
         "0:0 @0+2 -2 l1 1:3 -9 l2 !8 2,6 'expected a J' 2:10 @0+2 -12 l3 bad=1"},
        {"{}\n{\"a\":\n{}\n",
         "0:0 @0+2 -2 l1 1:3 -8 l2 !8 2,6 'the JSON tex' 2:9 @0+2 -11 l3 bad=1"},
        {"{},\n{}\n", "0:0 @0+2 -2 l1 !2 1,3 'something fo' 1:4 @0+2 -6 l2 bad=1"},
        {"{}\n\"x\"\n{}\n", "0:0 @0+2 -2 l1 1:7 @0+2 -9 l3 bad=1 FAULT 3 2,1 'expected a J'"},
        {"{}\n{\"a", "0:0 @0+2 -2 l1 1:3 -6 l2 !6 2,4 end 'the JSON tex' bad=1"},
        {"WARNING\n{}\n", "0:8 @0+2 -10 l2 before=1"},
    };
    check(FRAME_LINES, rows, sizeof rows / sizeof rows[0]);
}
END_TEST

START_TEST(nuls_may_only_end_the_text)
{
    static const struct {
        const char *text;
        size_t len;
        const char *trace;
    } rows[] = {{"{}\n\0\0\0", 6, "0:0 @0+2 -2 l1 nuls=3"},
                {"{}\0\n", 4, "0:0 @0+2 -2 l1 nuls=1"},
                {"{}\0{}", 5, "0:0 @0+2 -2 l1 nuls=1 FAULT 3 1,4 'a NUL stands'"},
                {"\0{}", 3, " FAULT 0 1,1 'a control ch'"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        for (size_t step = 1; step < 8; step++) {
            EVPACK_AUTO_VALUE(seen_reset) seen s = {0};
            run(FRAME_FREE, rows[i].text, rows[i].len, step, &s);
            ck_assert_str_eq(buf_str(&s.trace), rows[i].trace);
        }
    }
}
END_TEST

START_TEST(text_is_bounded)
{
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    while (text.len < FRAME_TEXT_MAX - 10) {
        buf_puts(&text, "a line\n");
    }
    size_t fits = text.len;
    buf_puts(&text, "{}");
    EVPACK_AUTO_VALUE(seen_reset) seen good = {0};
    run(FRAME_FREE, text.data, text.len, 1000, &good);
    ck_assert_msg(strstr(buf_str(&good.trace), "FAULT") == NULL, "came %s", buf_str(&good.trace));
    buf_truncate(&text, fits);
    buf_puts(&text, "one line more\n{}");
    EVPACK_AUTO_VALUE(seen_reset) seen bad = {0};
    run(FRAME_FREE, text.data, text.len, 1000, &bad);
    ck_assert_msg(strstr(buf_str(&bad.trace), "'more than 64") != NULL, "came %s",
                  buf_str(&bad.trace));
}
END_TEST

START_TEST(what_is_not_lines_is_given_up)
{
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    for (int i = 0; i < 500; i++) {
        buf_puts(&text, "{\n");
    }
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(seen_reset) seen s = {0};
    const frame_listener on = {on_begin, on_end, &s};
    EVPACK_AUTO(frame) f = NULL;
    OK(frame_new(FRAME_LINES, &on, &f, &err));
    OK(frame_feed(f, text.data, text.len, &err));
    frame_result r;
    OK(frame_finish(f, &r, &err));
    ck_assert(r.hopeless && frame_stopped(f));
    ck_assert_uint_lt(r.documents, 200);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {documents_of_any_layout,       a_document_a_line,
                                  nuls_may_only_end_the_text,    text_is_bounded,
                                  what_is_not_lines_is_given_up, NULL};
    return test_main(test_suite("collect/frame", tests));
}
