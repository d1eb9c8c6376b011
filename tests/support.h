/*
 * What every test program needs: a temporary folder of its own, files in it, and assertions that
 * say what was expected and what came.
 */
#ifndef EVPACK_TESTS_SUPPORT_H
#define EVPACK_TESTS_SUPPORT_H

#include "base/buf.h"

#include <check.h>

/* An expression that must be EVPACK_OK; shows err's text when it is not. Needs `evpack_err err`. */
#define OK(expr)                                                                            \
    do {                                                                                    \
        err = (evpack_err){0};                                                              \
        evpack_status ok_ = (expr);                                                         \
        ck_assert_msg(ok_ == EVPACK_OK, "%s: expected ok, came '%s' (%s)", #expr, err.text, \
                      evpack_status_text(ok_));                                             \
    } while (0)

/* An expression that must fail with code, and with part somewhere in the text. */
#define FAILS(expr, want, part)                                                               \
    do {                                                                                      \
        err = (evpack_err){0};                                                                \
        evpack_status fails_ = (expr);                                                        \
        ck_assert_msg(fails_ == (want), "%s: expected '%s', came '%s' (%s)", #expr,           \
                      evpack_status_text(want), evpack_status_text(fails_), err.text);        \
        ck_assert_msg(strstr(err.text, (part)) != NULL, "%s: expected '%s' in the text '%s'", \
                      #expr, (part), err.text);                                               \
    } while (0)

/* Runs the suite, with CK_FORK as Check has it; 0 when all passed. */
int test_main(Suite *suite);
Suite *test_suite(const char *name, const TTest *const *tests);

/* A fresh folder for the running test, removed at exit. Borrowed. */
const char *test_dir(void);
/* dir/name, in a static buffer that the next call but seven overwrites. */
const char *test_path(const char *name);
/* Writes a file in the folder (folders on the way are made) and returns its path. */
const char *test_file(const char *name, const void *data, size_t len);
const char *test_text_file(const char *name, const char *text);
/* Reads a file into b, failing the test when it cannot. */
void test_read(const char *path, buf *b);

#endif
