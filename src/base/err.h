/*
 * The one error type.
 *
 * A function that can fail returns evpack_status and takes an evpack_err. The message is made once,
 * where the fault is seen; callers only put context before it (evpack_context). Only cli/ prints.
 * The codes and their texts stand in one list, so that they cannot drift apart.
 */
#ifndef EVPACK_BASE_ERR_H
#define EVPACK_BASE_ERR_H

#include <stdarg.h>
#include <stddef.h>

#define EVPACK_ERRORS(X)                                       \
    X(EVPACK_OK, "ok")                                         \
    X(EVPACK_E_NO, "the answer is no")                         \
    X(EVPACK_E_INPUT, "input is not what it claims to be")     \
    X(EVPACK_E_USAGE, "the command line cannot be understood") \
    X(EVPACK_E_IO, "reading or writing failed")                \
    X(EVPACK_E_CASE, "the case cannot be used")                \
    X(EVPACK_E_MAPPING, "the mapping cannot be used")          \
    X(EVPACK_E_LIMIT, "a limit was reached")                   \
    X(EVPACK_E_MEMORY, "out of memory")                        \
    X(EVPACK_E_INTERNAL, "a fault in evpack itself")

typedef enum {
#define EVPACK_ERROR_CODE(code, text) code,
    EVPACK_ERRORS(EVPACK_ERROR_CODE)
#undef EVPACK_ERROR_CODE
} evpack_status;

enum { EVPACK_ERR_TEXT = 1024 };

/* A value on the caller's stack; nothing to free. Set it to {0} before the first call. */
typedef struct {
    evpack_status code;
    char text[EVPACK_ERR_TEXT];
} evpack_err;

#define EVPACK_MUST_USE __attribute__((warn_unused_result))
#define EVPACK_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))

/* Fills err (which may be NULL) and returns code. What does not show as itself becomes '?'. */
evpack_status evpack_fail(evpack_err *err, evpack_status code, const char *fmt, ...)
    EVPACK_PRINTF(3, 4);

/* Puts "CONTEXT: " before the message in err and returns its code. */
evpack_status evpack_context(evpack_err *err, const char *fmt, ...) EVPACK_PRINTF(2, 3);

/* Inline, so that who reads a function alone (a static analyser) sees that it never says ok. */
__attribute__((unused)) static inline evpack_status evpack_oom(evpack_err *err)
{
    (void)evpack_fail(err, EVPACK_E_MEMORY, "out of memory");
    return EVPACK_E_MEMORY;
}

/* The fixed text of a code, for machines and for messages without a text. */
const char *evpack_status_text(evpack_status code);

/* Returns from the calling function when an expression fails. */
#define EVPACK_TRY(expr)                    \
    do {                                    \
        evpack_status try_status_ = (expr); \
        if (try_status_ != EVPACK_OK) {     \
            return try_status_;             \
        }                                   \
    } while (0)

#endif
