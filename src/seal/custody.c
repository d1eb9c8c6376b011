/*
 * The custody log's chain, and those that it carries. Invariant: prev is the digest of the last
 * complete line, and while lines of a received log are due, nothing else comes. Refuses to know
 * what any other event means.
 */
#include "seal/custody.h"

#include "port/json.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const char zeros[] = "0000000000000000000000000000000000000000000000000000000000000000";
enum { LINES_MAX = 100000000 };

void custody_reader_reset(custody_reader *r)
{
    buf_reset(&r->line);
    if (r->carried != NULL) {
        custody_reader_reset(r->carried);
        free(r->carried);
        r->carried = NULL;
    }
}

static evpack_status broken(const custody_reader *r, evpack_err *err, const char *what)
{
    return evpack_fail(err, EVPACK_E_INPUT, "line %" PRIu64 ": %s", r->count, what);
}

/* The one member of that name; NULL when it is absent or twice there. */
static const json *only(const json *object, const char *name)
{
    const json *found = NULL;
    size_t count = 0;
    for (const json *m = json_is_object(object) ? json_first(object) : NULL; m != NULL;
         m = json_next(m)) {
        if (strcmp(json_name(m), name) == 0) {
            found = m;
            count++;
        }
    }
    return count == 1 ? found : NULL;
}

static const char *only_string(const json *object, const char *name)
{
    return json_string(only(object, name));
}

static evpack_status take_line(custody_reader *r, const char *text, size_t len, evpack_err *err);

/* A package was received: its log follows. */
static evpack_status begin_carried(custody_reader *r, const json *detail, evpack_err *err)
{
    const json *lines = only(detail, "lines");
    const char *sha256 = only_string(detail, "log_sha256");
    const double n = json_is_number(lines) ? json_number(lines) : -1;
    if (!(n >= 0 && n <= LINES_MAX) || n != (double)(uint64_t)n || sha256 == NULL ||
        strlen(sha256) != sizeof zeros - 1) {
        return broken(r, err, "expected \"lines\" and \"log_sha256\" of the log that was received");
    }
    if (r->depth + 1 >= CUSTODY_DEPTH_MAX) {
        return broken(r, err, "logs within logs are carried too deep");
    }
    if (r->carried != NULL) {
        custody_reader_reset(r->carried);
        free(r->carried);
    }
    r->carried = calloc(1, sizeof *r->carried);
    if (r->carried == NULL) {
        return evpack_oom(err);
    }
    r->carried->depth = r->depth + 1;
    r->left = (uint64_t)n;
    memcpy(r->carried_sha256, sha256, sizeof r->carried_sha256);
    if (r->left == 0 && strcmp(sha256, zeros) != 0) {
        return broken(r, err, "\"log_sha256\" is that of a log, and it has no lines");
    }
    return EVPACK_OK;
}

static evpack_status take_carried(custody_reader *r, const char *line, evpack_err *err)
{
    custody_reader *inner = r->carried;
    if (strchr(line, '\n') != NULL) { /* JSON takes it for a space; the log given back would not */
        return broken(r, err, "a line of the log that was received is two");
    }
    evpack_status status = take_line(inner, line, strlen(line), err);
    if (status == EVPACK_OK && --r->left == 0) {
        status = custody_reader_end(inner, err);
        if (status == EVPACK_OK && strcmp(inner->prev, r->carried_sha256) != 0) {
            return broken(r, err,
                          "the received log does not end with the line that \"log_sha256\" "
                          "names");
        }
    }
    return status == EVPACK_OK
               ? EVPACK_OK
               : evpack_context(err, "line %" PRIu64 ": the log that was received", r->count);
}

/* What a line carries of another log. */
static evpack_status carry(custody_reader *r, const json *root, evpack_err *err)
{
    const char *event = only_string(root, "event");
    const json *detail = only(root, "detail");
    const char *received = only_string(detail, "received");
    const bool begins = event != NULL && strcmp(event, "receive") == 0;
    const bool follows = event != NULL && strcmp(event, "received") == 0;
    if (r->left > 0 && !follows) {
        return broken(r, err, "expected the next line of the log that was received");
    }
    if (begins) {
        return begin_carried(r, detail, err);
    }
    if (!follows) {
        return EVPACK_OK;
    }
    return r->left == 0 || received == NULL
               ? broken(r, err, "it is no line of a log that was received")
               : take_carried(r, received, err);
}

/* A line without its LF. */
static evpack_status take_line(custody_reader *r, const char *text, size_t len, evpack_err *err)
{
    r->fault = SEAL_CUSTODY_MALFORMED;
    if (r->count++ == 0) {
        memcpy(r->prev, zeros, sizeof r->prev);
    }
    EVPACK_AUTO(json_doc) doc = NULL;
    evpack_status status = json_parse(text, len, false, &doc, err);
    if (status != EVPACK_OK) {
        return evpack_context(err, "line %" PRIu64, r->count);
    }
    const json *root = json_root(doc);
    const char *prev = only_string(root, "prev");
    if (prev == NULL) {
        return broken(r, err, "expected a JSON object with one string \"prev\"");
    }
    if (strcmp(prev, r->prev) != 0) {
        r->fault = SEAL_CUSTODY_LOG;
        return broken(r, err, "\"prev\" is not the SHA-256 of the line before it");
    }
    r->fault = SEAL_CUSTODY_LOG; /* whatever is wrong with a log within: that chain is broken */
    EVPACK_TRY(digest_bytes_hex(text, len, r->prev, err));
    return carry(r, root, err);
}

evpack_status custody_reader_feed(custody_reader *r, const void *data, size_t len, evpack_err *err)
{
    const char *from = data;
    while (len > 0) {
        const char *end = memchr(from, '\n', len);
        size_t n = end == NULL ? len : (size_t)(end - from);
        if (r->line.len + n > CUSTODY_LINE_MAX) {
            r->fault = SEAL_CUSTODY_MALFORMED;
            return evpack_fail(err, EVPACK_E_INPUT, "line %" PRIu64 ": it is longer than 1 MiB",
                               r->count + 1);
        }
        buf_append(&r->line, from, n);
        EVPACK_TRY(buf_status(&r->line, err));
        if (end == NULL) {
            return EVPACK_OK;
        }
        EVPACK_TRY(take_line(r, buf_str(&r->line), r->line.len, err));
        buf_clear(&r->line);
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
    if (r->left > 0) {
        r->fault = SEAL_CUSTODY_LOG;
        return evpack_fail(err, EVPACK_E_INPUT,
                           "it ends before the last line of the log that was received");
    }
    return EVPACK_OK;
}
