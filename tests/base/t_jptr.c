/* base/jptr: a pointer finds exactly the value's own bytes. */
#include "base/jptr.h"

#include "support.h"

#include <string.h>

static const char document[] =
    "{\"id\":\"/a/b\",\"n\":12345678901234567890.10,\"o\":{\"x\":[1, {\"y\" : \"q\\\"}\"},[]]},"
    "\"a/b\":1,\"m~n\":2,\"\":3,\"dup\":\"first\",\"dup\":\"second\",\"esc\\u0061\":4,"
    "\"t\":true,\"z\":null,\"sp\" : [ ] }";

static const struct {
    const char *pointer;
    const char *want; /* NULL: nothing there */
} cases[] = {
    {"/id", "\"/a/b\""},
    {"/n", "12345678901234567890.10"},
    {"/o/x/0", "1"},
    {"/o/x/1/y", "\"q\\\"}\""},
    {"/o/x/2", "[]"},
    {"/o/x/3", NULL},
    {"/o/x/01", NULL},
    {"/o/x/-", NULL},
    {"/o/x/9999999999999999999", NULL},
    {"/a~1b", "1"},
    {"/m~0n", "2"},
    {"/", "3"},
    {"/dup", "\"first\""},
    {"/esca", NULL},
    {"/t", "true"},
    {"/z", "null"},
    {"/sp", "[ ]"},
    {"/sp/0", NULL},
    {"/o/t", NULL}, /* stands behind the object, not in it */
    {"/o/x/1/t", NULL},
    {"/sp/1", NULL},
    {"/id/x", NULL},
    {"/I", NULL},
    {"id", NULL},
};

START_TEST(pointers)
{
    jptr_value json = {document, strlen(document)};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        jptr_value got = {0};
        bool found = jptr_find(json, cases[i].pointer, &got);
        ck_assert_msg(found == (cases[i].want != NULL), "%s: found is %d", cases[i].pointer, found);
        if (found) {
            ck_assert_msg(got.len == strlen(cases[i].want) &&
                              memcmp(got.text, cases[i].want, got.len) == 0,
                          "%s: expected %s, came %.*s", cases[i].pointer, cases[i].want,
                          (int)got.len, got.text);
        }
    }
    jptr_value all = {0};
    ck_assert(jptr_find(json, "", &all));
    ck_assert_uint_eq(all.len, json.len);
    ck_assert(!jptr_find((jptr_value){0}, "", &all));
}
END_TEST

START_TEST(elements)
{
    const char *array = " [ 7 , {\"record\" : -12}, \"x\" ] ";
    jptr_value json = {array, strlen(array)};
    size_t at = 0;
    jptr_value v = {0};
    int64_t n = 0;
    ck_assert(jptr_element(json, &at, &v));
    ck_assert(jptr_int(v, &n) && n == 7);
    ck_assert(jptr_element(json, &at, &v));
    ck_assert(jptr_find(v, "/record", &v) && jptr_int(v, &n) && n == -12);
    ck_assert(jptr_element(json, &at, &v));
    ck_assert(!jptr_int(v, &n));
    jptr_value text = {0};
    ck_assert(jptr_plain_string(v, &text) && text.len == 1);
    ck_assert(!jptr_element(json, &at, &v));
}
END_TEST

/* Broken texts must not be read past their end; the sanitizers watch. */
START_TEST(every_cut_is_safe)
{
    size_t len = strlen(document);
    for (size_t cut = 0; cut <= len; cut++) {
        char *copy = malloc(cut + 1);
        ck_assert_ptr_nonnull(copy);
        memcpy(copy, document, cut);
        char *exact = realloc(copy, cut == 0 ? 1 : cut);
        ck_assert_ptr_nonnull(exact);
        for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
            jptr_value got = {0};
            (void)jptr_find((jptr_value){exact, cut}, cases[i].pointer, &got);
        }
        free(exact);
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {pointers, elements, every_cut_is_safe, NULL};
    return test_main(test_suite("base/jptr", tests));
}
