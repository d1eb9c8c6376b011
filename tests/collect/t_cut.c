/* collect/cut: which elements, where they stand, and what stays as envelope. */
#include "collect/cut.h"

#include "support.h"

#include <stdio.h>
#include <string.h>

typedef struct {
    const char *document;
    buf log;
} seen;

/* Each element's bytes, found again by its place and minified, are its text. */
static evpack_status on_element(void *ctx, const cut_element *e, evpack_err *unused)
{
    (void)unused;
    evpack_err err = {0};
    seen *s = ctx;
    EVPACK_AUTO(jscan) scan = NULL;
    OK(jscan_new(NULL, 1 << 20, &scan, &err));
    ck_assert_uint_le(e->start + e->length, strlen(s->document));
    OK(jscan_feed(scan, s->document + e->start, e->length, &err));
    jscan_fault fault;
    OK(jscan_finish(scan, &fault, &err));
    ck_assert_msg(fault.what == NULL, "%s: the bytes at %llu+%llu are no value: %s", s->document,
                  (unsigned long long)e->start, (unsigned long long)e->length, fault.what);
    const buf *copy = jscan_copy(scan);
    ck_assert_msg(copy->len == e->len && memcmp(copy->data, e->text, e->len) == 0,
                  "%s: expected %.*s, came %.*s", s->document, (int)copy->len, copy->data,
                  (int)e->len, e->text);
    /* Each byte of the element that is no space has the place that it came from. */
    for (size_t i = 0; i < e->len; i++) {
        uint64_t start = 0;
        uint64_t length = 0;
        cut_place(e, e->text + i, 1, &start, &length);
        ck_assert_msg(length == 1 && s->document[start] == e->text[i],
                      "%s: byte %zu of %.*s is said to be at %llu", s->document, i, (int)e->len,
                      e->text, (unsigned long long)start);
    }
    const char first = s->document[e->start];
    const char last = s->document[e->start + e->length - 1];
    ck_assert_msg(strchr(" \t\r\n,", first) == NULL && strchr(" \t\r\n,", last) == NULL,
                  "%s: expected a place without space around it", s->document);
    ck_assert_int_eq(e->is_object, first == '{');
    buf_printf(&s->log, "%s=%.*s;", e->pointer, (int)e->len, e->text);
    return EVPACK_OK;
}

static cut_result run(const char *text, size_t step, bool whole, buf *log, buf *envelope)
{
    evpack_err err = {0};
    seen s = {.document = text};
    const cut_listener listener = {on_element, &s};
    EVPACK_AUTO(cut) c = NULL;
    OK(cut_new(&listener, whole, &c, &err));
    size_t len = strlen(text);
    for (size_t i = 0; i < len; i += step) {
        OK(cut_feed(c, text + i, len - i < step ? len - i : step, &err));
    }
    cut_result result;
    OK(cut_finish(c, &result, &err));
    buf_clear(envelope);
    buf_append(envelope, result.envelope, result.envelope_len);
    buf_clear(log);
    buf_append(log, s.log.data, s.log.len);
    buf_reset(&s.log);
    return result;
}

static const struct {
    const char *text;
    cut_shape shape;
    const char *elements, *envelope; /* envelope NULL: not looked at */
} rows[] = {
    {"[]", CUT_ARRAY, "", NULL},
    {" [ ] ", CUT_ARRAY, "", NULL},
    {"[{\"a\": 1} , {\"b\" : [2]}]", CUT_ARRAY, "/0={\"a\":1};/1={\"b\":[2]};", NULL},
    {"[1, \"x\", null, [ 3 ], {}]", CUT_ARRAY, "/0=1;/1=\"x\";/2=null;/3=[3];/4={};", NULL},
    {"[[{\"id\": 1}], [[2]]]", CUT_ARRAY, "/0=[{\"id\":1}];/1=[[2]];", NULL},
    {"\r\n[\r\n  {\r\n    \"a\": 1\r\n  }\r\n]\r\n", CUT_ARRAY, "/0={\"a\":1};", NULL},
    {"{\"value\": [ {\"a\": 1}, {\"b\": 2} ], \"nextLink\": null}", CUT_PAGE,
     "/value/0={\"a\":1};/value/1={\"b\":2};", "{\"value\":[],\"nextLink\":null}"},
    {"{\"n\": [ 1 , 2 ], \"value\": [ 7 ], \"m\": {\"value\": [8]}}", CUT_PAGE, "/value/0=7;",
     "{\"n\":[1,2],\"value\":[],\"m\":{\"value\":[8]}}"},
    {"{\"value\": [], \"x\": 1}", CUT_PAGE, "", "{\"value\":[],\"x\":1}"},
    {"{\"value\": {\"a\": [1]}}", CUT_OBJECT, "={\"value\":{\"a\":[1]}};", NULL},
    {"{\"value\": 1}", CUT_OBJECT, "={\"value\":1};", NULL},
    {"{\"Value\": [1]}", CUT_OBJECT, "={\"Value\":[1]};", NULL},
    {"{\"a\": {\"value\": [1]}}", CUT_OBJECT, "={\"a\":{\"value\":[1]}};", NULL},
    {"  {} ", CUT_OBJECT, "={};", NULL},
    {"{\"count\":1,\"data\": [ {\"a\": [1]} ],\"value\":[2]}", CUT_PAGE, "/data/0={\"a\":[1]};",
     "{\"count\":1,\"data\":[],\"value\":[2]}"},
    {"{\"data\": { \"rows\" : [ [1, \"x\"] , [ 2 ] ], \"columns\": [ {} ] }, \"n\": 0}", CUT_PAGE,
     "/data/rows/0=[1,\"x\"];/data/rows/1=[2];",
     "{\"data\":{\"rows\":[],\"columns\":[{}]},\"n\":0}"},
    {"{\"data\":{\"a\":{\"rows\":[1]}},\"rows\":[1]}", CUT_OBJECT,
     "={\"data\":{\"a\":{\"rows\":[1]}},\"rows\":[1]};", NULL},
    {"{\"x\":{\"rows\":[1]}}", CUT_OBJECT, "={\"x\":{\"rows\":[1]}};", NULL},
    {"{\"value\":[1],\"value\":[2]}", CUT_PAGE, "/value/0=1;", "{\"value\":[],\"value\":[2]}"},
    {"\"value\"", CUT_SCALAR, "", NULL},
    {"12", CUT_SCALAR, "", NULL},
};

START_TEST(elements_have_their_places_in_any_pieces)
{
    EVPACK_AUTO_VALUE(buf_reset) buf log = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf envelope = {0};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        for (size_t step = 1; step < 64; step += 1 + step / 8) {
            cut_result r = run(rows[i].text, step, false, &log, &envelope);
            ck_assert_msg(r.fault.what == NULL, "%s: came %s", rows[i].text, r.fault.what);
            ck_assert_msg(r.shape == rows[i].shape, "%s: expected shape %d, came %d", rows[i].text,
                          (int)rows[i].shape, (int)r.shape);
            ck_assert_msg(strcmp(buf_str(&log), rows[i].elements) == 0,
                          "%s in pieces of %zu: expected %s, came %s", rows[i].text, step,
                          rows[i].elements, buf_str(&log));
            ck_assert_msg(rows[i].envelope == NULL ||
                              strcmp(buf_str(&envelope), rows[i].envelope) == 0,
                          "%s: expected the envelope %s, came %s", rows[i].text, rows[i].envelope,
                          buf_str(&envelope));
        }
    }
}
END_TEST

START_TEST(whole_keeps_an_object_in_one)
{
    EVPACK_AUTO_VALUE(buf_reset) buf log = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf envelope = {0};
    cut_result r = run("{\"id\": \"x\", \"value\": [ {\"a\": 1} ]}", 3, true, &log, &envelope);
    ck_assert_int_eq(r.shape, CUT_OBJECT);
    ck_assert_str_eq(buf_str(&log), "={\"id\":\"x\",\"value\":[{\"a\":1}]};");
    ck_assert_uint_eq(r.elements, 1);
    r = run("[1,2]", 1, true, &log, &envelope);
    ck_assert_msg(r.shape == CUT_ARRAY && r.elements == 2, "expected an array to be cut still");
}
END_TEST

static const struct {
    const char *text;
    bool at_end;
} faulty[] = {
    {"", false},
    {"   ", false},
    {"[{\"a\":1},", true},
    {"[{\"a\":1}", true},
    {"{\"value\":[1,", true},
    {"{\"value\":[1]", true},
    {"{\"a\":", true},
    {"[1] x", false},
    {"[1][2]", false},
    {"{} {}", false},
    {"[1,]", false},
    {"[01]", false},
    {"\xff\xfe[", false},
    {"\xef\xbb\xbf[]", false},
    {"{\"value\":[}", false},
};

START_TEST(faults_have_a_place)
{
    EVPACK_AUTO_VALUE(buf_reset) buf log = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf envelope = {0};
    for (size_t i = 0; i < sizeof faulty / sizeof faulty[0]; i++) {
        for (size_t step = 1; step < 12; step++) {
            cut_result r = run(faulty[i].text, step, false, &log, &envelope);
            ck_assert_msg(r.fault.what != NULL, "'%s': expected a fault", faulty[i].text);
            ck_assert_msg(r.fault.at_end == faulty[i].at_end, "'%s': expected at_end %d",
                          faulty[i].text, faulty[i].at_end);
            ck_assert_uint_le(r.fault.offset, strlen(faulty[i].text));
        }
    }
}
END_TEST

static evpack_status count_element(void *ctx, const cut_element *e, evpack_err *err)
{
    (void)e;
    (void)err;
    ++*(uint64_t *)ctx;
    return EVPACK_OK;
}

/* An array of three strings, the last of so many MiB, the others of 3; how many came through. */
static uint64_t cut_long(int last, cut_result *r)
{
    evpack_err err = {0};
    const size_t mib = 1 << 20;
    char *block = malloc(mib);
    ck_assert_ptr_nonnull(block);
    memset(block, 'x', mib);
    uint64_t count = 0;
    const cut_listener listener = {count_element, &count};
    EVPACK_AUTO(cut) c = NULL;
    OK(cut_new(&listener, false, &c, &err));
    for (int n = 0; n < 3; n++) {
        OK(cut_feed(c, n == 0 ? "[\"" : ",\"", 2, &err));
        for (int m = 0; m < (n == 2 ? last : 3); m++) {
            OK(cut_feed(c, block, mib, &err));
        }
        OK(cut_feed(c, "\"", 1, &err));
    }
    OK(cut_feed(c, "]", 1, &err));
    OK(cut_finish(c, r, &err));
    free(block);
    return count;
}

/* The document may be of any length; an element may not. */
START_TEST(an_element_is_bounded_and_a_document_is_not)
{
    cut_result r;
    ck_assert_uint_eq(cut_long(3, &r), 3);
    ck_assert_ptr_null(r.fault.what);
    ck_assert_uint_eq(cut_long(5, &r), 2);
    ck_assert_str_eq(r.fault.what, "a value larger than the limit");
    ck_assert_msg(!r.fault.at_end, "expected no truncation");
}
END_TEST

static evpack_status refuse(void *ctx, const cut_element *e, evpack_err *err)
{
    (void)ctx;
    return evpack_fail(err, EVPACK_E_IO, "not %s", e->pointer);
}

START_TEST(a_listener_can_stop_it)
{
    evpack_err err = {0};
    const cut_listener listener = {refuse, NULL};
    EVPACK_AUTO(cut) c = NULL;
    OK(cut_new(&listener, false, &c, &err));
    FAILS(cut_feed(c, "[1,2]", 5, &err), EVPACK_E_IO, "not /0");
    cut_free(NULL);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {elements_have_their_places_in_any_pieces,
                                  whole_keeps_an_object_in_one,
                                  faults_have_a_place,
                                  an_element_is_bounded_and_a_document_is_not,
                                  a_listener_can_stop_it,
                                  NULL};
    return test_main(test_suite("collect/cut", tests));
}
