/* base/tree: everything once, in the order of bytes; links are told, depth is capped. */
#include "base/tree.h"

#include "base/buf.h"
#include "base/own.h"
#include "support.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

typedef struct {
    buf seen;
    const char *stop; /* fail at this name */
    size_t strip;
} seen;

static evpack_status see(void *ctx, const tree_entry *e, evpack_err *err)
{
    seen *s = ctx;
    if (s->stop != NULL && strcmp(e->name, s->stop) == 0) {
        return evpack_fail(err, EVPACK_E_INPUT, "stopped");
    }
    mode_t mode = e->st->st_mode;
    buf_printf(&s->seen, "%s %s %s\n",
               S_ISDIR(mode)   ? "d"
               : S_ISLNK(mode) ? "l"
                               : "f",
               e->path + s->strip, e->name);
    return EVPACK_OK;
}

static void plant(void)
{
    (void)test_text_file("t/b/z", "");
    (void)test_text_file("t/b/A", "");
    (void)test_text_file("t/a.json", "");
    (void)test_text_file("t/\xc3\xa9", "");
    (void)unlink(test_path("t/link"));
    ck_assert_int_eq(symlink("b", test_path("t/link")), 0);
}

START_TEST(every_entry_once_in_the_order_of_bytes)
{
    plant();
    evpack_err err = {0};
    const char *root = test_path("t");
    seen s = {.strip = strlen(root)};
    OK(tree_walk(root, see, &s, &err));
    static const char want[] = "d  t\nf /a.json a.json\nd /b b\nf /b/A A\nf /b/z z\nl /link link\n"
                               "f /\xc3\xa9 \xc3\xa9\n";
    ck_assert_msg(strcmp(buf_str(&s.seen), want) == 0, "expected\n%s\ncame\n%s", want,
                  buf_str(&s.seen));
    buf_reset(&s.seen);
}
END_TEST

START_TEST(a_link_as_the_root_is_followed)
{
    plant();
    evpack_err err = {0};
    const char *root = test_path("t/link");
    seen s = {.strip = strlen(root)};
    OK(tree_walk(root, see, &s, &err));
    ck_assert_msg(strcmp(buf_str(&s.seen), "d  link\nf /A A\nf /z z\n") == 0,
                  "expected what the link names, came\n%s", buf_str(&s.seen));
    buf_reset(&s.seen);
}
END_TEST

START_TEST(a_failed_visit_ends_the_walk)
{
    plant();
    evpack_err err = {0};
    seen s = {.stop = "A"};
    ck_assert_int_eq(tree_walk(test_path("t"), see, &s, &err), EVPACK_E_INPUT);
    ck_assert_msg(strstr(buf_str(&s.seen), "/z") == NULL, "expected nothing after A, came\n%s",
                  buf_str(&s.seen));
    buf_reset(&s.seen);
}
END_TEST

START_TEST(what_is_not_there_or_too_deep_is_named)
{
    evpack_err err = {0};
    seen s = {0};
    ck_assert_int_eq(tree_walk(test_path("nothing"), see, &s, &err), EVPACK_E_IO);
    ck_assert_msg(strstr(err.text, "nothing: cannot be read") != NULL, "came %s", err.text);
    EVPACK_AUTO_VALUE(buf_reset) buf deep = {0};
    buf_puts(&deep, "deep");
    for (int i = 0; i < TREE_DEPTH_MAX; i++) {
        buf_puts(&deep, "/d");
    }
    buf_puts(&deep, "/f");
    (void)test_text_file(buf_str(&deep), "");
    err = (evpack_err){0};
    ck_assert_int_eq(tree_walk(test_path("deep"), see, &s, &err), EVPACK_E_IO);
    ck_assert_msg(strstr(err.text, "deeper than 256") != NULL, "came %s", err.text);
    buf_reset(&s.seen);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {every_entry_once_in_the_order_of_bytes,
                                  a_link_as_the_root_is_followed, a_failed_visit_ends_the_walk,
                                  what_is_not_there_or_too_deep_is_named, NULL};
    return test_main(test_suite("base/tree", tests));
}
