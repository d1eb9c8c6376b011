/* collect/engagement: what schemas cannot say is checked too, and nothing outside is opened. */
#include "collect/engagement.h"

#include "support.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define EXCEPTION(id, from, to)                                                              \
    "{\"id\":\"" id "\",\"scope\":{\"tag\":\"a\",\"value\":\"b\"},\"rule\":\"x\",\"owner\":" \
    "\"o\",\"approver\":\"p\",\"reason\":\"r\",\"granted\":\"" from "\",\"expires\":\"" to "\"}"
#define EXCEPTIONS(list) "{\"evpack_exceptions\":1,\n\"exceptions\":[" list "]}"
#define ATTESTATION(more)                                                                  \
    "{\"evpack_attestations\":1,\"attestations\":[{\"id\":\"A\",\"scope\":{\"tag\":\"a\"," \
    "\"value\":\"b\"},\"control\":\"NS-1\",\"reviewer\":{\"name\":\"n\"},\"reviewed_at\":" \
    "\"2026-05-01\",\"looked_at\":\"l\",\"conclusion\":\"pass\"" more "}]}"
#define HEAD "{\"evpack_engagement\":1,\"reference\":\"R\""

static evpack_status read_it(const char *text, engagement **out, evpack_err *err)
{
    return engagement_read(test_text_file("e/engagement.json", text), out, err);
}

static void refused(const char *text, const char *part)
{
    evpack_err err = {0};
    EVPACK_AUTO(engagement) g = NULL;
    FAILS(read_it(text, &g, &err), EVPACK_E_INPUT, part);
    ck_assert_ptr_null(g);
}

START_TEST(an_engagement_is_read_with_its_files)
{
    evpack_err err = {0};
    EVPACK_AUTO(engagement) g = NULL;
    OK(engagement_read(TEST_SOURCE_ROOT "/fixtures/contoso/engagement/engagement.json", &g, &err));
    ck_assert_uint_eq(g->exceptions, 3);
    ck_assert_uint_eq(g->attestations, 3);
    ck_assert_uint_eq(g->assurance, 2);
    static const char *const words[] = {"engagement", "exceptions", "attestations",
                                        "attested",   "assurance",  "assurance"};
    ck_assert_uint_eq(g->count, 6);
    for (size_t i = 0; i < g->count; i++) {
        ck_assert_str_eq(engagement_role_word(g->at[i].role), words[i]);
    }
}
END_TEST

START_TEST(ids_are_unique_whatever_their_case)
{
    (void)test_text_file("e/x.json",
                         EXCEPTIONS(EXCEPTION("ab", "2026-01-01", "2026-01-02") ",\n" EXCEPTION(
                             "AB", "2026-01-01", "2026-01-02")));
    refused(HEAD ",\"exceptions\":[\"x.json\"]}",
            "e/x.json:3:7: /exceptions/1/id: expected an id that no other has; /exceptions/0/id");
    (void)test_text_file("e/x.json", EXCEPTIONS(EXCEPTION("ab", "2026-01-01", "2026-01-02")));
    (void)test_text_file("e/y.json", EXCEPTIONS(EXCEPTION("Ab", "2026-01-01", "2026-01-02")));
    refused(HEAD ",\"exceptions\":[\"x.json\",\"y.json\"]}", "e/y.json:2:21: /exceptions/0/id");
    refused(HEAD ",\"exceptions\":[\"x.json\",\"x.json\"]}",
            "/exceptions/1: expected a file that is not named twice");
}
END_TEST

START_TEST(times_exist_and_lie_in_order)
{
    (void)test_text_file("e/x.json", EXCEPTIONS(EXCEPTION("a", "2026-02-30", "2026-03-02")));
    refused(HEAD ",\"exceptions\":[\"x.json\"]}", "/exceptions/0/granted: expected a day or time");
    (void)test_text_file("e/x.json", EXCEPTIONS(EXCEPTION("a", "2026-03-02", "2026-03-01")));
    refused(HEAD ",\"exceptions\":[\"x.json\"]}",
            "/exceptions/0/expires: expected a time not before \"granted\"");
    (void)test_text_file("e/x.json",
                         EXCEPTIONS(EXCEPTION("a", "2026-03-01T12:00:00+02:00", "2026-03-01")));
    evpack_err err = {0};
    EVPACK_AUTO(engagement) g = NULL;
    OK(read_it(HEAD ",\"exceptions\":[\"x.json\"]}", &g, &err)); /* a last day is that whole day */
    refused(HEAD ",\"period\":{\"start\":\"2026-01-02\",\"end\":\"2026-01-01\"}}",
            "engagement.json:1:77: /period/end: expected a time not before \"start\"");
    (void)test_text_file("e/y.json", ATTESTATION(",\"valid_until\":\"2026-04-30\""));
    refused(HEAD ",\"attestations\":[\"y.json\"]}",
            "/attestations/0/valid_until: expected a time not before \"reviewed_at\"");
}
END_TEST

START_TEST(every_file_that_is_named_is_there)
{
    refused(HEAD ",\"exceptions\":[\"none.json\"]}",
            "engagement.json:1:54: /exceptions/0: expected a file below");
    refused(HEAD ",\"assurance\":[{\"id\":\"A\",\"name\":\"n\",\"standard\":\"s\",\"period\":"
                 "{\"start\":\"2026-01-01\",\"end\":\"2026-01-02\"},\"file\":\"none.pdf\"}]}",
            "/assurance/0/file: expected a file below");
    (void)test_text_file("e/y.json", ATTESTATION(",\"evidence\":[\"sub/none.pdf\"]"));
    refused(HEAD ",\"attestations\":[\"y.json\"]}",
            "e/y.json:1:200: /attestations/0/evidence/0: expected a file below");
    ck_assert_int_eq(mkdir(test_path("e/sub"), 0700), 0);
    ck_assert_int_eq(mkdir(test_path("e/sub/none.pdf"), 0700), 0);
    refused(HEAD ",\"attestations\":[\"y.json\"]}", "is not a regular file");
}
END_TEST

START_TEST(no_link_is_followed)
{
    (void)test_text_file("outside/x.json", EXCEPTIONS(""));
    (void)test_text_file("e/in.json", EXCEPTIONS(""));
    ck_assert_int_eq(symlink("../outside/x.json", test_path("e/link.json")), 0);
    ck_assert_int_eq(symlink("../outside", test_path("e/folder")), 0);
    refused(HEAD ",\"exceptions\":[\"link.json\"]}", "is a link");
    refused(HEAD ",\"exceptions\":[\"folder/x.json\"]}", "is a link");
    evpack_err err = {0};
    EVPACK_AUTO(engagement) g = NULL;
    OK(read_it(HEAD ",\"exceptions\":[\"in.json\"]}", &g, &err));
}
END_TEST

START_TEST(very_many_files_are_refused)
{
    EVPACK_AUTO_VALUE(buf_reset) buf list = {0};
    buf_puts(&list, "{\"evpack_attestations\":1,\"attestations\":[");
    for (int i = 0; i < 30; i++) {
        buf_printf(&list,
                   "%s{\"id\":\"A%d\",\"scope\":{\"tag\":\"a\",\"value\":\"b\"},\"control\":"
                   "\"NS-1\",\"reviewer\":{\"name\":\"n\"},\"reviewed_at\":\"2026-05-01\","
                   "\"looked_at\":\"l\",\"conclusion\":\"pass\",\"evidence\":[",
                   i > 0 ? "," : "", i);
        for (int k = 0; k < 100; k++) {
            buf_printf(&list, "%s\"%d-%d\"", k > 0 ? "," : "", i, k);
        }
        buf_puts(&list, "]}");
    }
    buf_puts(&list, "]}");
    (void)test_text_file("e/y.json", buf_str(&list));
    refused(HEAD ",\"attestations\":[\"y.json\"]}", "names at most 1999 files");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {an_engagement_is_read_with_its_files,
                                  ids_are_unique_whatever_their_case,
                                  times_exist_and_lie_in_order,
                                  every_file_that_is_named_is_there,
                                  no_link_is_followed,
                                  very_many_files_are_refused,
                                  NULL};
    return test_main(test_suite("collect/engagement", tests));
}
