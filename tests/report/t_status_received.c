/* report/status_received: every received package comes once, in both forms. */
#include "report/status_received.h"

#include "case.h"
#include "reported.h"
#include "store/custody.h"
#include "support.h"

#include <string.h>

static void add(store *s, const char *what, const char *detail)
{
    evpack_err err = {0};
    const custody_event event = {.event = what, .by = "me", .detail = detail, .at = 1795334400};
    OK(store_begin(s, &err));
    OK(custody_add(s, &event, &err));
    OK(store_commit(s, &err));
}

static void receive(store *s, const char *detail)
{
    add(s, "receive", detail);
}

static bool says_engagement(store *s, const char *id)
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf want = {0};
    OK(status_received_text(s, &(term){0}, &text, &err));
    buf_printf(&want,
               "%s: 1 files, received at 2026-11-22T08:00:00Z; signature not checked\n"
               "    its engagement decides: REF\n",
               id);
    return strstr(buf_str(&text), buf_str(&want)) != NULL;
}

/* Whose decisions hold: of the package that brought the newest engagement, until one is given. */
START_TEST(engagement)
{
    static const char p1[] = "{\"package_id\":\"P1\",\"files\":1}";
    static const char p2[] = "{\"package_id\":\"P2\",\"files\":1}";
    EVPACK_AUTO(store) s = case_empty("c.db");
    receive(s, p1);
    add(s, "collect", "{\"package\":\"P1\",\"snapshot\":\"q4\"}");
    ck_assert(!says_engagement(s, "P1"));
    add(s, "collect", "{\"package\":\"P1\",\"engagement\":\"aa\",\"reference\":\"REF\"}");
    ck_assert(says_engagement(s, "P1"));
    receive(s, p2);
    ck_assert(says_engagement(s, "P1") && !says_engagement(s, "P2"));
    add(s, "collect", "{\"package\":\"P2\",\"engagement\":\"bb\",\"reference\":\"REF\"}");
    ck_assert(!says_engagement(s, "P1") && says_engagement(s, "P2"));
    add(s, "collect", "{\"engagement\":\"cc\",\"reference\":\"REF\"}");
    ck_assert(!says_engagement(s, "P1") && !says_engagement(s, "P2"));
}
END_TEST

START_TEST(both_forms)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_empty("c.db");
    EVPACK_AUTO_VALUE(buf_reset) buf none = {0};
    OK(status_received_text(s, &(term){0}, &none, &err));
    ck_assert_str_eq(buf_str(&none), "");
    OK(status_received_json(s, &none, &err));
    ck_assert_str_eq(buf_str(&none), "\"received\":[],");
    receive(s, "{\"package_id\":\"P1\",\"sha256\":\"aa\",\"signature\":\"not checked\","
               "\"signer\":null,\"signer_sha256\":null,\"files\":3,\"redacted\":1,\"withheld\":2,"
               "\"lines\":4}");
    receive(s, "{\"package_id\":\"P2\",\"sha256\":null,\"signature\":\"verified\",\"signer\":"
               "\"CN=\xe2\x80\xaex\",\"signer_sha256\":\"bb\",\"files\":1,\"redacted\":0,"
               "\"withheld\":0,\"lines\":0}");
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf object = {0};
    OK(status_received_text(s, &(term){0}, &text, &err));
    OK(status_received_json(s, &object, &err));
    ck_assert_uint_eq(reported_count(buf_str(&text), "Received packages"), 1);
    reported_has(buf_str(&text),
                 "  P1: 3 files, received at 2026-11-22T08:00:00Z; signature not "
                 "checked\n    redacted by the sender: 1 files are redacted copies, "
                 "2 were withheld");
    reported_has(buf_str(&text), "P2: 1 files, received at 2026-11-22T08:00:00Z; verified, signed "
                                 "by CN=\xe2\x9f\xa8U+202E\xe2\x9f\xa9x\n");
    reported_has(buf_str(&object),
                 "\"package_id\":\"P1\",\"sha256\":\"aa\",\"signature\":\"not "
                 "checked\",\"signer\":null,\"signer_sha256\":null,"
                 "\"engagement\":null,\"files\":3,\"redacted\":1,\"withheld\":2,\"log_lines\":4}");
    reported_has(buf_str(&object), ",{\"at\":\"2026-11-22T08:00:00Z\",\"by\":\"me\",\"package_id\":"
                                   "\"P2\",\"sha256\":null,");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {both_forms, engagement, NULL};
    return test_main(test_suite("report/status_received", tests));
}
