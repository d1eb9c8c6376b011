/* store/ledger_pages: requests that are the same, and names that belong together. Chains of pages
 * are in t_ledger.c. */
#include "store/ledger_pages.h"

#include "support.h"

#include <string.h>

static void same_request(const char *a, const char *b, bool same)
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(page_request_reset) page_request one = {0};
    EVPACK_AUTO_VALUE(page_request_reset) page_request other = {0};
    OK(page_request_read(a, &one, &err));
    OK(page_request_read(b, &other, &err));
    ck_assert_msg((strcmp(buf_str(&one.key), buf_str(&other.key)) == 0) == same,
                  "expected %s and %s to be %s, came '%s' and '%s'", a, b,
                  same ? "the same" : "different", buf_str(&one.key), buf_str(&other.key));
}

START_TEST(requests_are_compared_as_a_server_would)
{
    same_request(
        "https://management.azure.com/subscriptions/S/x?api-version=1&$skiptoken=aB",
        "https://Management.Azure.com:443/Subscriptions/s/X/?%24skipToken=aB&api-version=1", true);
    same_request("https://a/x?$skiptoken=aB", "https://a/x?$skiptoken=ab", false);
    same_request("https://a/x?a=1", "https://b/x?a=1", false);
    same_request("https://a/x?a=1&b=2", "https://a/x?a=1%26b=2", false);
    same_request("https://a/x", "https://a/x?", true);
    same_request("token", "token", true);
    same_request("token", "Token", false);
    same_request("", "", true);
}
END_TEST

START_TEST(what_asks_for_a_later_page_is_seen)
{
    static const struct {
        const char *text;
        bool onward;
    } all[] = {{"https://a/x?api-version=1", false},
               {"/subscriptions/s/x?api-version=1", false},
               {"https://a/x?api-version=1&%24skiptoken=2", true},
               {"https://a/x?ctoken=2", true},
               {"eyJ0b2tlbiI6MX0=", true}};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        evpack_err err = {0};
        EVPACK_AUTO_VALUE(page_request_reset) page_request r = {0};
        OK(page_request_read(all[i].text, &r, &err));
        ck_assert_msg(r.onward == all[i].onward, "%s: expected %d, came %d", all[i].text,
                      all[i].onward, r.onward);
    }
}
END_TEST

START_TEST(names_are_read_without_their_number)
{
    static const struct {
        const char *path, *family;
        int64_t number;
        bool numbered;
    } all[] = {
        {"d/vaults.json", "d/vaults#.json", 1, false},
        {"d/vaults-2.json", "d/vaults#.json", 2, false},
        {"d/vaults (2).json", "d/vaults#.json", 2, false},
        {"d/00012-vaults.page-0003.json", "d/00012-vaults#.json", 3, true},
        {"d/Vaults_Page2.json", "d/vaults#.json", 2, true},
        {"page2-vaults.json", "#-vaults.json", 2, true},
        {"e/page-0001", "e/#", 1, true},
        {"e/homepage.json", "e/homepage#.json", 1, false},
        {"e/1234567890123.json", "e/1234567890123#.json", 1, false},
        {"", "#", 1, false},
        {"page", "page#", 1, false},
        {"e/.json", "e/.json#", 1, false},
    };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        evpack_err err = {0};
        EVPACK_AUTO_VALUE(buf_reset) buf family = {0};
        int64_t number = 0;
        bool numbered = false;
        OK(page_name_read(all[i].path, &family, &number, &numbered, &err));
        ck_assert_msg(strcmp(buf_str(&family), all[i].family) == 0 && number == all[i].number &&
                          numbered == all[i].numbered,
                      "%s: expected %s %lld %d, came %s %lld %d", all[i].path, all[i].family,
                      (long long)all[i].number, all[i].numbered, buf_str(&family),
                      (long long)number, numbered);
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {requests_are_compared_as_a_server_would,
                                  what_asks_for_a_later_page_is_seen,
                                  names_are_read_without_their_number, NULL};
    return test_main(test_suite("store/ledger_pages", tests));
}
