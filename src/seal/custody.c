/*
 * The custody log's chain. Invariant: prev is the digest of the last complete line. Refuses to know
 * what an event means.
 */
#include "seal/custody.h"

#include "port/json.h"

#include <inttypes.h>
#include <string.h>

enum { LINE_MAX_LEN = 1024 * 1024 };

void custody_reader_reset(custody_reader *r)
{
    buf_reset(&r->line);
}

/* The one member "prev"; NULL when it is absent, twice there, or no string. */
static const char *find_prev(const json *object)
{
    const char *found = NULL;
    size_t count = 0;
    for (const json *m = json_first(object); m != NULL; m = json_next(m)) {
        if (strcmp(json_name(m), "prev") == 0) {
            found = json_string(m);
            count++;
        }
    }
    return count == 1 ? found : NULL;
}

static evpack_status take_line(custody_reader *r, evpack_err *err)
{
    r->fault = SEAL_CUSTODY_MALFORMED;
    if (r->count++ == 0) {
        memset(r->prev, '0', sizeof r->prev - 1);
    }
    EVPACK_AUTO(json_doc) doc = NULL;
    evpack_status status = json_parse(buf_str(&r->line), r->line.len, false, &doc, err);
    if (status != EVPACK_OK) {
        return evpack_context(err, "line %" PRIu64, r->count);
    }
    const json *root = json_root(doc);
    const char *prev = json_is_object(root) ? find_prev(root) : NULL;
    if (prev == NULL) {
        return evpack_fail(err, EVPACK_E_INPUT,
                           "line %" PRIu64 ": expected a JSON object with one string \"prev\"",
                           r->count);
    }
    if (strcmp(prev, r->prev) != 0) {
        r->fault = SEAL_CUSTODY_LOG;
        return evpack_fail(err, EVPACK_E_INPUT,
                           "line %" PRIu64 ": \"prev\" is not the SHA-256 of the line before it",
                           r->count);
    }
    EVPACK_TRY(digest_bytes_hex(buf_str(&r->line), r->line.len, r->prev, err));
    buf_clear(&r->line);
    return EVPACK_OK;
}

evpack_status custody_reader_feed(custody_reader *r, const void *data, size_t len, evpack_err *err)
{
    const char *from = data;
    while (len > 0) {
        const char *end = memchr(from, '\n', len);
        size_t n = end == NULL ? len : (size_t)(end - from);
        if (r->line.len + n > LINE_MAX_LEN) {
            r->fault = SEAL_CUSTODY_MALFORMED;
            return evpack_fail(err, EVPACK_E_INPUT, "line %" PRIu64 ": it is longer than 1 MiB",
                               r->count + 1);
        }
        buf_append(&r->line, from, n);
        EVPACK_TRY(buf_status(&r->line, err));
        if (end == NULL) {
            return EVPACK_OK;
        }
        EVPACK_TRY(take_line(r, err));
        from += n + 1;
        len -= n + 1;
    }
    return EVPACK_OK;
}

evpack_status custody_reader_end(custody_reader *r, evpack_err *err)
{
    if (r->line.len > 0) {
        r->fault = SEAL_CUSTODY_MALFORMED;
        return evpack_fail(err, EVPACK_E_INPUT, "the last line does not end with LF");
    }
    return EVPACK_OK;
}
