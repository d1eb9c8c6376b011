/* collect/where: the pointer of the value that a byte stands in. */
#include "collect/where.h"

#include "support.h"

#include <string.h>

/* The pointer at the first '!' of text; "?" when it is not known. */
static void at_mark(const char *text, const char *want)
{
    evpack_err err = {0};
    EVPACK_AUTO(where) w = NULL;
    EVPACK_AUTO_VALUE(buf_reset) buf got = {0};
    OK(where_new(&w, &err));
    where_feed(w, text, strcspn(text, "!"));
    if (!where_pointer(w, &got)) {
        buf_clear(&got);
        buf_puts(&got, "?");
    }
    ck_assert_msg(strcmp(buf_str(&got), want) == 0, "%s: expected '%s', came '%s'", text, want,
                  buf_str(&got));
}

START_TEST(pointers)
{
    at_mark("{\"a\": \"!\"}", "/a");
    at_mark("{\"a\": {\"b\": [1, {}, [\"x\", \"!\"]]}}", "/a/b/2/1");
    at_mark("{\"a\": {\"b\": 1}, \"c\": \"!\"}", "/c");
    at_mark("[{\"x\": \"]}\", \"y\": \"\\\"{\"}, \"!\"]", "/1");
    at_mark("{\"a/b~c\": \"!\"}", "/a~1b~0c");
    at_mark("{\"\": \"!\"}", "/");
    at_mark("{\"a\": {\"!\": 1}}", "/a"); /* in a name: the object's */
    at_mark("{\"!\": 1}", "");
    at_mark("WARNING: it's so\n[{\"a\": \"!\"}]", "/0/a");
    at_mark("{\"a\": 1}\n{\"b\": \"!\"}", "/b");
}
END_TEST

START_TEST(what_is_not_known_is_not_said)
{
    at_mark("!", "?");
    at_mark("x = !", "?");
    at_mark("{\"a\\u0062\": \"!\"}", "?"); /* a name with escapes */
    at_mark("{\"a\": [}, \"b\": \"!\"", "?");
    EVPACK_AUTO_VALUE(buf_reset) buf deep = {0};
    for (unsigned i = 0; i < WHERE_DEPTH_MAX + 1; i++) {
        buf_putc(&deep, '[');
    }
    buf_putc(&deep, '!');
    at_mark(buf_str(&deep), "?");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {pointers, what_is_not_known_is_not_said, NULL};
    return test_main(test_suite("collect/where", tests));
}
