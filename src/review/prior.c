/*
 * Carrying a custody log on. Invariant: the lines that are added are those of the package's log,
 * byte for byte, all of them and in their order. Refuses to know what their events did, but for
 * which ledgers of exports were expected.
 */
#include "review/prior.h"

#include "base/file.h"
#include "port/json.h"
#include "seal/bag.h"
#include "seal/custody.h"
#include "store/custody.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

typedef evpack_status (*line_told)(void *ctx, const char *text, size_t len, evpack_err *err);

/* Each line of the package's log, which was checked when the package was opened. */
static evpack_status each_line(const received *r, line_told told, void *ctx, evpack_err *err)
{
    EVPACK_AUTO_FD fd = -1;
    EVPACK_TRY(received_file_open(r, BAG_CUSTODY_LOG, &fd, err));
    EVPACK_AUTO_VALUE(buf_reset) buf line = {0};
    char block[16 << 10];
    for (size_t got = sizeof block; got == sizeof block;) {
        EVPACK_TRY(file_read_fd(fd, block, sizeof block, &got, err));
        for (size_t at = 0; at < got;) {
            const char *end = memchr(block + at, '\n', got - at);
            const size_t n = end == NULL ? got - at : (size_t)(end - block) - at;
            buf_append(&line, block + at, n);
            EVPACK_TRY(buf_status(&line, err));
            at += n;
            if (end != NULL) {
                EVPACK_TRY(told(ctx, buf_str(&line), line.len, err));
                buf_clear(&line);
                at++;
            }
        }
    }
    return EVPACK_OK;
}

/* How the log ends. */
typedef struct {
    uint64_t lines;
    char sha256[DIGEST_HEX];
} log_end;

static evpack_status count_line(void *ctx, const char *text, size_t len, evpack_err *err)
{
    log_end *end = ctx;
    end->lines++;
    return digest_bytes_hex(text, len, end->sha256, err);
}

/* Whether the case's log has an event `receive` of these very manifests. */
static evpack_status was_received(store *s, const received *r, bool *yes, evpack_err *err)
{
    EVPACK_AUTO(db_stmt) find = NULL;
    EVPACK_TRY(db_prepare(store_db(s),
                          "SELECT 1 FROM custody_event WHERE line ->> '$.event' = 'receive'"
                          " AND line ->> '$.detail.tagmanifest_sha256' = ? LIMIT 1",
                          &find, err));
    EVPACK_TRY(db_bind(find, err, "t", received_tag_manifest(r)));
    return db_step(find, yes, err);
}

static void put(buf *out, const char *name, const char *text)
{
    buf_printf(out, ",\"%s\":", name);
    buf_json_text(out, text);
}

static evpack_status add_event(store *s, const prior_log *log, const char *event, const buf *detail,
                               evpack_err *err)
{
    EVPACK_TRY(buf_status(detail, err));
    const custody_event one = {.event = event,
                               .by = log->by,
                               .reason = log->reason,
                               .detail = buf_str(detail),
                               .at = log->now};
    return custody_add(s, &one, err);
}

static evpack_status add_head(store *s, const received *r, const prior_log *log, const log_end *end,
                              evpack_err *err)
{
    const cms_signer *signer = received_signer(r);
    EVPACK_AUTO_VALUE(buf_reset) buf detail = {0};
    buf_puts(&detail, "{\"package_id\":");
    buf_json_text(&detail, received_id(r));
    put(&detail, "sha256", received_sha256(r)[0] == '\0' ? NULL : received_sha256(r));
    put(&detail, "tagmanifest_sha256", received_tag_manifest(r));
    put(&detail, "signature", signer == NULL ? "not checked" : "verified");
    put(&detail, "signer", signer == NULL ? NULL : signer->subject);
    put(&detail, "signer_sha256", signer == NULL ? NULL : signer->fingerprint);
    buf_printf(&detail,
               ",\"files\":%zu,\"redacted\":%" PRIu64 ",\"withheld\":%" PRIu64
               ",\"already\":%s,\"lines\":%" PRIu64,
               index_count(received_index(r)), received_redacted(r), received_withheld(r),
               log->received ? "true" : "false", end->lines);
    put(&detail, "log_sha256", end->sha256);
    buf_putc(&detail, '}');
    return add_event(s, log, "receive", &detail, err);
}

typedef struct {
    store *s;
    prior_log *log;
} adding;

static evpack_status add_line(void *ctx, const char *text, size_t len, evpack_err *err)
{
    /* Room for the members around it, in a line that verify still reads. */
    enum { AROUND = 16384 };
    adding *a = ctx;
    EVPACK_AUTO_VALUE(buf_reset) buf detail = {0};
    buf_puts(&detail, "{\"received\":");
    buf_json_string(&detail, text, len);
    buf_putc(&detail, '}');
    EVPACK_TRY(buf_status(&detail, err));
    a->log->lines++;
    if (detail.len > CUSTODY_LINE_MAX - AROUND) {
        return evpack_fail(err, EVPACK_E_NO,
                           BAG_CUSTODY_LOG " line %" PRIu64 " is too long to be carried on",
                           a->log->lines);
    }
    return add_event(a->s, a->log, "received", &detail, err);
}

evpack_status prior_add(store *s, const received *r, prior_log *log, evpack_err *err)
{
    log_end end = {0};
    memset(end.sha256, '0', sizeof end.sha256 - 1);
    log->lines = 0;
    EVPACK_TRY(was_received(s, r, &log->received, err));
    if (log->received) {
        return add_head(s, r, log, &end, err);
    }
    EVPACK_TRY(each_line(r, count_line, &end, err));
    EVPACK_TRY(add_head(s, r, log, &end, err));
    adding a = {s, log};
    return each_line(r, add_line, &a, err);
}

typedef struct {
    const char *snapshot;
    prior_expected told;
    void *ctx;
} expecting;

/* A package that was received before tells its collects itself, by its own `collect` events. */
static evpack_status look_expected(void *ctx, const char *text, size_t len, evpack_err *err)
{
    const expecting *e = ctx;
    EVPACK_AUTO(json_doc) doc = NULL;
    EVPACK_TRY(json_parse(text, len, false, &doc, err));
    const json *root = json_root(doc);
    const json *detail = json_get(root, "detail");
    const char *event = json_get_string(root, "event");
    const char *snapshot = json_get_string(detail, "snapshot");
    if (event == NULL || strcmp(event, "collect") != 0 || snapshot == NULL ||
        strcmp(snapshot, e->snapshot) != 0 || !json_is_array(json_get(detail, "expected"))) {
        return EVPACK_OK;
    }
    for (const json *one = json_first(json_get(detail, "expected")); one != NULL;
         one = json_next(one)) {
        const char *sha256 = json_string(one);
        if (sha256 != NULL && strlen(sha256) == 64 && strspn(sha256, "0123456789abcdef") == 64) {
            EVPACK_TRY(e->told(e->ctx, sha256, err));
        }
    }
    return EVPACK_OK;
}

evpack_status prior_each_expected(const received *r, const char *snapshot, prior_expected told,
                                  void *ctx, evpack_err *err)
{
    expecting e = {snapshot, told, ctx};
    return each_line(r, look_expected, &e, err);
}
