/* review/prior: a package's log comes back out of the case's log whole, and verify's reader takes
 * it; also a log that carries another. */
#include "review/prior.h"

#include "case.h"
#include "port/json.h"
#include "review/packages.h"
#include "seal/custody.h"

#include <stdio.h>
#include <string.h>

static fixture_key key;

/* The case's log as a package would have it. */
static void log_of(store *s, buf *out)
{
    evpack_err err = {0};
    EVPACK_AUTO(db_stmt) rows = NULL;
    OK(db_prepare(store_db(s), "SELECT line FROM custody_event ORDER BY id", &rows, &err));
    for (bool row = true; row;) {
        OK(db_step(rows, &row, &err));
        if (row) {
            buf_printf(out, "%s\n", db_text_or_empty(rows, 0));
        }
    }
}

static evpack_status check(const buf *log, custody_reader *r, evpack_err *err)
{
    EVPACK_TRY(custody_reader_feed(r, log->data, log->len, err));
    return custody_reader_end(r, err);
}

/* The lines that a log carries, as the README's jq has them. */
static void carried_of(const buf *log, buf *out)
{
    evpack_err err = {0};
    for (const char *line = buf_str(log); *line != '\0'; line = strchr(line, '\n') + 1) {
        EVPACK_AUTO(json_doc) doc = NULL;
        OK(json_parse(line, strcspn(line, "\n"), false, &doc, &err));
        const char *text = json_get_string(json_get(json_root(doc), "detail"), "received");
        if (text != NULL) {
            buf_printf(out, "%s\n", text);
        }
    }
}

static void receive_into(store *s, raw_package *raw, prior_log *log)
{
    evpack_err err = {0};
    EVPACK_AUTO(received) r = NULL;
    raw_write(raw, test_path("P.zip"), NULL);
    OK(fixture_open(test_path("P.zip"), &r, &err));
    *log = (prior_log){.by = "me", .now = FIXTURE_AT};
    OK(store_begin(s, &err));
    OK(prior_add(s, r, log, &err));
    OK(store_commit(s, &err));
}

START_TEST(whole_logs_within_logs)
{
    evpack_err err = {0};
    EVPACK_AUTO(pki_signer) signer = fixture_signer(&key);
    raw_package raw;
    fixture_received(&raw, signer);
    for (int depth = 1; depth <= 4; depth++) {
        prior_log log;
        char name[16];
        (void)snprintf(name, sizeof name, "%d.db", depth);
        EVPACK_AUTO(store) s = case_empty(name);
        receive_into(s, &raw, &log);
        EVPACK_AUTO_VALUE(buf_reset) buf all = {0};
        EVPACK_AUTO_VALUE(buf_reset) buf carried = {0};
        log_of(s, &all);
        carried_of(&all, &carried);
        ck_assert_uint_eq(log.lines, 1 + (unsigned)depth);
        ck_assert_str_eq(buf_str(&carried), buf_str(raw_data(&raw, BAG_CUSTODY_LOG)));
        EVPACK_AUTO_VALUE(custody_reader_reset) custody_reader good = {0};
        OK(check(&all, &good, &err));
        raw_set(&raw, BAG_CUSTODY_LOG, buf_str(&all));
        raw_reseal(&raw, signer);
    }
    raw_free(&raw);
}
END_TEST

START_TEST(once_and_with_a_name)
{
    EVPACK_AUTO(pki_signer) signer = fixture_signer(&key);
    raw_package raw;
    prior_log log;
    fixture_received(&raw, signer);
    EVPACK_AUTO(store) s = case_empty("c.db");
    receive_into(s, &raw, &log);
    ck_assert(!log.received);
    receive_into(s, &raw, &log);
    ck_assert(log.received);
    ck_assert_uint_eq(log.lines, 0);
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM custody_event"), 4);
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM custody_event WHERE"
                                   " line ->> '$.event' = 'receive' AND line ->> '$.by' = 'me'"
                                   " AND line ->> '$.detail.package_id' = '" FIXTURE_ID "'"
                                   " AND line ->> '$.detail.signature' = 'not checked'"
                                   " AND length(line ->> '$.detail.sha256') = 64"),
                     2);
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf all = {0};
    log_of(s, &all);
    EVPACK_AUTO_VALUE(custody_reader_reset) custody_reader good = {0};
    OK(check(&all, &good, &err));
    raw_free(&raw);
}
END_TEST

static evpack_status told(void *ctx, const char *sha256, evpack_err *err)
{
    (void)err;
    buf_printf(ctx, "%.4s ", sha256);
    return EVPACK_OK;
}

START_TEST(what_was_expected)
{
#define SHA(c) c c c c c c c c c c c c c c c c
    static const char line[] =
        "{\"event\":\"collect\",\"detail\":{\"snapshot\":\"q4\",\"expected\":[\"" SHA(
            "aaaa") "\",\"no\",7,\"" SHA("bbbb") "\"]},\"prev\":\"" SHA("0000") "\"}\n";
    evpack_err err = {0};
    EVPACK_AUTO(pki_signer) signer = fixture_signer(&key);
    raw_package raw;
    fixture_received(&raw, signer);
    raw_set(&raw, BAG_CUSTODY_LOG, line);
    raw_reseal(&raw, signer);
    raw_write(&raw, test_path("P.zip"), NULL);
    EVPACK_AUTO(received) r = NULL;
    OK(fixture_open(test_path("P.zip"), &r, &err));
    EVPACK_AUTO_VALUE(buf_reset) buf q4 = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf q3 = {0};
    OK(prior_each_expected(r, "q4", told, &q4, &err));
    OK(prior_each_expected(r, "q3", told, &q3, &err));
    ck_assert_str_eq(buf_str(&q4), "aaaa bbbb ");
    ck_assert_str_eq(buf_str(&q3), "");
    raw_free(&raw);
}
END_TEST

int main(void)
{
    fixture_make_key(PKI_P256, &key);
    const TTest *const tests[] = {whole_logs_within_logs, once_and_with_a_name, what_was_expected,
                                  NULL};
    return test_main(test_suite("review/prior", tests));
}
