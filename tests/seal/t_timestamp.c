/* seal/timestamp: asking and attaching; nothing good is lost, and nothing refused is written. */
#include "stamped.h"

#include <stdio.h>
#include <string.h>

START_TEST(a_request_is_kept)
{
    evpack_err err = {0};
    char path[512];
    (void)snprintf(path, sizeof path, "%s", stamped_package());
    EVPACK_AUTO_VALUE(buf_reset) buf first = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf again = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf copy = {0};
    test_read(test_path("P.zip.p7s.tsq"), &first);
    bool kept = false;
    OK(timestamp_request(path, test_path("copy.tsq"), false, &kept, &err));
    ck_assert(kept);
    test_read(test_path("P.zip.p7s.tsq"), &again);
    test_read(test_path("copy.tsq"), &copy);
    ck_assert(der_same(der_of(&first), der_of(&again)));
    ck_assert(der_same(der_of(&first), der_of(&copy)));
    OK(timestamp_request(path, NULL, true, &kept, &err));
    ck_assert(!kept);
    buf_clear(&again);
    test_read(test_path("P.zip.p7s.tsq"), &again);
    ck_assert(!der_same(der_of(&first), der_of(&again)));
    (void)test_text_file("P.zip.p7s.tsq", "other");
    FAILS(timestamp_request(path, NULL, false, &kept, &err), EVPACK_E_USAGE, "say --replace");
    OK(timestamp_request(path, NULL, true, &kept, &err));
    (void)stamped_at("ec");
    FAILS(timestamp_request(path, NULL, true, &kept, &err), EVPACK_E_USAGE, "move both away");
    (void)test_text_file("Q.zip.p7s", "?");
    FAILS(timestamp_request(test_path("Q.zip"), NULL, false, &kept, &err), EVPACK_E_NO,
          "not a CMS signature");
    FAILS(timestamp_request(test_path("R.zip"), NULL, false, &kept, &err), EVPACK_E_IO,
          "R.zip.p7s");
}
END_TEST

START_TEST(a_good_timestamp_is_not_lost)
{
    evpack_err err = {0};
    (void)stamped_package();
    tsp_stamp stamp;
    OK(stamped_attach(stamped_answer("ec"), false, &stamp, &err));
    OK(stamped_attach(test_path("answer.tsr"), false, &stamp, &err)); /* the same: nothing to do */
    EVPACK_AUTO_VALUE(buf_reset) buf first = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf now = {0};
    test_read(test_path("P.zip.p7s.tsr"), &first);
    FAILS(stamped_attach(stamped_answer("rsa"), false, &stamp, &err), EVPACK_E_USAGE,
          "say --replace");
    test_read(test_path("P.zip.p7s.tsr"), &now);
    ck_assert(der_same(der_of(&first), der_of(&now)));
    OK(stamped_attach(test_path("answer.tsr"), true, &stamp, &err));
    ck_assert_ptr_nonnull(strstr(stamp.authority.subject, "rsa"));
    /* One that is no timestamp is no loss. */
    (void)test_text_file("P.zip.p7s.tsr", "?");
    OK(stamped_attach(stamped_answer("ec"), false, &stamp, &err));
}
END_TEST

START_TEST(a_refused_answer_is_not_written)
{
    evpack_err err = {0};
    (void)stamped_package();
    tsp_stamp stamp;
    const char *answer = stamped_answer("ec");
    bool kept = false;
    OK(timestamp_request(test_path("P.zip"), NULL, true, &kept, &err)); /* another nonce */
    FAILS(stamped_attach(answer, false, &stamp, &err), EVPACK_E_NO,
          "answer.tsr: it answers another");
    ck_assert_int_eq(stamp.fault, TSP_NONCE_DIFFERS);
    FAILS(stamped_attach(test_text_file("none", "?"), false, &stamp, &err), EVPACK_E_NO, "none");
    ck_assert_int_eq(access(test_path("P.zip.p7s.tsr"), F_OK), -1);
    ck_assert_int_eq(unlink(test_path("P.zip.p7s.tsq")), 0);
    FAILS(stamped_attach(answer, false, &stamp, &err), EVPACK_E_IO, "held against its request");
}
END_TEST

int main(void)
{
    authority_make();
    const TTest *const tests[] = {a_request_is_kept, a_good_timestamp_is_not_lost,
                                  a_refused_answer_is_not_written, NULL};
    return test_main(test_suite("seal/timestamp", tests));
}
