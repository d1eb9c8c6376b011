/* review/receive: a package comes whole, or the case stays as it was. */
#include "review/receive.h"

#include "case.h"
#include "review/packages.h"

#include <string.h>

static fixture_key key;

static evpack_status receive(store *s, raw_package *raw, prior_log *log, evpack_err *err)
{
    EVPACK_AUTO(received) r = NULL;
    rebuild_totals t;
    raw_write(raw, test_path("P.zip"), NULL);
    EVPACK_TRY(fixture_open(test_path("P.zip"), &r, err));
    const rebuild_options options = {.scratch = received_folder(r), .by = "me", .now = FIXTURE_AT};
    return receive_package(s, r, &options, &t, log, err);
}

START_TEST(into_a_case_that_has_others)
{
    evpack_err err = {0};
    EVPACK_AUTO(pki_signer) signer = fixture_signer(&key);
    raw_package raw;
    prior_log log;
    EVPACK_AUTO(store) s = case_empty("c.db");
    fixture_received(&raw, signer);
    OK(receive(s, &raw, &log, &err));
    ck_assert_uint_eq(log.lines, 2);
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM evidence"), 3);
    /* One head, two lines of the log, two snapshots. */
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM custody_event"), 5);
    OK(receive(s, &raw, &log, &err));
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM evidence"), 3);
    ck_assert(log.received);
    raw_free(&raw);
}
END_TEST

START_TEST(all_or_nothing)
{
    static const fixture_row rows[] = {
        {.original = "a.json", .snapshot = "q3", .collected_at = "2026-10-01T06:00:00Z"},
        {.original = "z.json"}};
    evpack_err err = {0};
    EVPACK_AUTO(pki_signer) signer = fixture_signer(&key);
    raw_package raw;
    raw_package other;
    prior_log log;
    EVPACK_AUTO(store) s = case_empty("c.db");
    fixture_received(&raw, signer);
    OK(receive(s, &raw, &log, &err));
    /* The same snapshot at another time. */
    fixture_received_of(&other, rows, 2, signer);
    FAILS(receive(s, &other, &log, &err), EVPACK_E_USAGE, "snapshot 'q3' was collected at");
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM evidence"), 3);
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM custody_event"), 5);
    raw_free(&raw);
    raw_free(&other);
}
END_TEST

int main(void)
{
    fixture_make_key(PKI_P256, &key);
    const TTest *const tests[] = {into_a_case_that_has_others, all_or_nothing, NULL};
    return test_main(test_suite("review/receive", tests));
}
