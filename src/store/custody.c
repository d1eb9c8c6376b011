/*
 * The custody log. Invariant: the lines form one chain, in the order of their ids. Knows nothing
 * of what the events did.
 */
#include "store/custody.h"

#include "base/buf.h"

#include "base/text.h"
#include "base/visible.h"
#include "port/digest.h"

#include <string.h>

static evpack_status check_word(const char *option, const char *text, size_t max, evpack_err *err)
{
    size_t len = text == NULL ? 0 : strlen(text);
    bool good = len <= max && text_utf8_check(text == NULL ? "" : text, len) == len;
    for (size_t i = 0; good && i < len;) {
        size_t n = text_utf8_length(text + i, len - i);
        good = visible_is(text_utf8_decode(text + i, n));
        i += n;
    }
    return good ? EVPACK_OK
                : evpack_fail(err, EVPACK_E_USAGE,
                              "%s: expected one line of at most %zu bytes of UTF-8, without "
                              "characters that do not show",
                              option, max);
}

evpack_status custody_check_words(const char *by, const char *reason, evpack_err *err)
{
    EVPACK_TRY(check_word("--by", by, CUSTODY_BY_MAX, err));
    return check_word("--reason", reason, CUSTODY_REASON_MAX, err);
}

evpack_status custody_add(store *s, const custody_event *event, evpack_err *err)
{
    db *d = store_db(s);
    EVPACK_AUTO(db_stmt) last = NULL;
    EVPACK_TRY(
        db_prepare(d, "SELECT id, lower(hex(sha256)) FROM custody_event ORDER BY id DESC LIMIT 1",
                   &last, err));
    bool row = false;
    EVPACK_TRY(db_step(last, &row, err));
    char prev[DIGEST_HEX];
    memset(prev, '0', sizeof prev - 1);
    prev[sizeof prev - 1] = '\0';
    int64_t seq = 1;
    if (row) {
        seq = db_int(last, 0) + 1;
        memcpy(prev, db_text_or_empty(last, 1), sizeof prev - 1);
    }
    char at[TEXT_TIME];
    text_format_time(event->at, at);
    const char *by = event->by == NULL ? "" : event->by;
    EVPACK_AUTO_VALUE(buf_reset) buf line = {0};
    buf_printf(&line, "{\"seq\":%lld,\"at\":\"%s\",\"event\":\"%s\",\"by\":", (long long)seq, at,
               event->event);
    buf_json_string(&line, by, strlen(by));
    const char *reason = event->reason == NULL ? "" : event->reason;
    buf_puts(&line, ",\"reason\":");
    buf_json_string(&line, reason, strlen(reason));
    buf_printf(&line, ",\"tool\":\"evpack %s\",\"detail\":%s,\"prev\":\"%s\"}", EVPACK_VERSION,
               event->detail == NULL ? "{}" : event->detail, prev);
    EVPACK_TRY(buf_status(&line, err));
    unsigned char sha[DIGEST_SIZE];
    EVPACK_TRY(digest_bytes(line.data, line.len, sha, err));
    EVPACK_AUTO(db_stmt) add = NULL;
    EVPACK_TRY(
        db_prepare(d, "INSERT INTO custody_event(id, line, sha256) VALUES (?, ?, ?)", &add, err));
    EVPACK_TRY(db_bind(add, err, "iTb", seq, line.data, line.len, sha, sizeof sha));
    return db_run(add, err);
}
