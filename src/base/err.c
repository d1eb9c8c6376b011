/*
 * Making error texts. Invariant: a text is always terminated and holds only UTF-8 characters that
 * show as themselves, so that a hostile file name cannot write to the terminal. Knows nothing of
 * who will print it.
 */
#include "base/err.h"

#include "base/text.h"
#include "base/visible.h"

#include <stdio.h>
#include <string.h>

static void clean(char *text)
{
    size_t len = strlen(text);
    size_t n = 0;
    for (size_t i = 0; i < len; i += n) {
        n = text_utf8_length(text + i, len - i);
        bool shown = n > 0 && visible_is(text_utf8_decode(text + i, n));
        n = n == 0 ? 1 : n;
        if (!shown) {
            memset(text + i, '?', n);
        }
    }
}

evpack_status evpack_fail(evpack_err *err, evpack_status code, const char *fmt, ...)
{
    if (err == NULL) {
        return code;
    }
    err->code = code;
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(err->text, sizeof err->text, fmt, args);
    va_end(args);
    clean(err->text);
    return code;
}

evpack_status evpack_context(evpack_err *err, const char *fmt, ...)
{
    if (err == NULL) {
        return EVPACK_E_INTERNAL;
    }
    char old[EVPACK_ERR_TEXT];
    memcpy(old, err->text, sizeof old);
    char head[EVPACK_ERR_TEXT / 2];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(head, sizeof head, fmt, args);
    va_end(args);
    int room = (int)(sizeof err->text - strlen(head) - 3);
    (void)snprintf(err->text, sizeof err->text, "%s: %.*s", head, room, old);
    clean(err->text);
    return err->code;
}

const char *evpack_status_text(evpack_status code)
{
    static const char *const texts[] = {
#define EVPACK_ERROR_TEXT(code, text) [code] = (text),
        EVPACK_ERRORS(EVPACK_ERROR_TEXT)
#undef EVPACK_ERROR_TEXT
    };
    size_t n = sizeof texts / sizeof texts[0];
    return (size_t)code < n ? texts[code] : "an unknown error";
}
