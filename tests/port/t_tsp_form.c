/* port/tsp_form: requests as stock openssl reads them; forms that are refused. */
#include "authority.h"

#include "port/tsp_form.h"

#include <stdio.h>
#include <string.h>

static const unsigned char sha256[DIGEST_SIZE] = {0xab};
static const unsigned char nonce[TSP_NONCE] = {0x41, 2, 3, 4, 5, 6, 7, 8};

START_TEST(requests_of_openssl)
{
    static const struct {
        const char *options;
        bool good, nonce, policy;
    } cases[] = {{"-sha256 -cert", true, true, false},
                 {"-sha256 -cert -no_nonce", true, false, false},
                 {"-sha256 -cert -tspolicy 1.2.3.4", true, true, true},
                 {"-sha256", false, false, false},
                 {"-sha512 -cert", false, false, false}};
    const char *data = test_text_file("data", "x");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char command[1024];
        EVPACK_AUTO_VALUE(buf_reset) buf der = {0};
        (void)snprintf(command, sizeof command,
                       "openssl ts -query -data '%s' %s -out '%s' 2>/dev/null", data,
                       cases[i].options, test_path("q.tsq"));
        ck_assert(authority_openssl(command));
        test_read(test_path("q.tsq"), &der);
        tsp_request_form form;
        ck_assert_msg(tsp_request_read(der_of(&der), &form) == cases[i].good, "%s",
                      cases[i].options);
        if (cases[i].good) {
            ck_assert(cases[i].nonce == (form.nonce.data != NULL));
            ck_assert(cases[i].policy == (form.policy.data != NULL));
        }
    }
}
END_TEST

START_TEST(every_cut_of_a_request)
{
    EVPACK_AUTO_VALUE(buf_reset) buf der = {0};
    tsp_request_put(&der, sha256, nonce);
    tsp_request_form form;
    for (size_t len = 0; len < der.len; len++) {
        ck_assert(!tsp_request_read((der_span){(unsigned char *)der.data, len}, &form));
    }
    buf_putc(&der, 0);
    ck_assert(!tsp_request_read(der_of(&der), &form));
}
END_TEST

/* TSTInfo: version, policy, imprint, serial, then what a case gives. */
static void info(buf *out, const void *rest, size_t len)
{
    static const unsigned char front[] = {0x02, 0x01, 0x01, 0x06, 0x02, 0x2a, 0x03};
    static const unsigned char serial[] = {0x02, 0x01, 0x07};
    EVPACK_AUTO_VALUE(buf_reset) buf body = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf imprint = {0};
    buf_append(&body, front, sizeof front);
    cms_digest_put(&imprint, CMS_SHA256);
    der_put(&imprint, DER_OCTETS, sha256, sizeof sha256);
    der_wrap(&body, DER_SEQUENCE, &imprint);
    buf_append(&body, serial, sizeof serial);
    buf_append(&body, rest, len);
    der_wrap(out, DER_SEQUENCE, &body);
}

START_TEST(times)
{
    static const struct {
        const char *time;
        int64_t want; /* 0: refused */
    } cases[] = {{"20261122080000Z", FIXTURE_AT},
                 {"20261122080000.5Z", FIXTURE_AT},
                 {"20261122080000.001Z", FIXTURE_AT},
                 {"20261122080000.50Z", 0},
                 {"20261122080000.Z", 0},
                 {"202611220800Z", 0},
                 {"20261122080000", 0},
                 {"20261122080000+0100", 0},
                 {"20261322080000Z", 0},
                 {"2026112208000aZ", 0},
                 {"20261122080000,5Z", 0},
                 {"", 0}};
    evpack_err err = {0};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        EVPACK_AUTO_VALUE(buf_reset) buf time = {0};
        EVPACK_AUTO_VALUE(buf_reset) buf der = {0};
        der_put(&time, DER_GENERAL_TIME, cases[i].time, strlen(cases[i].time));
        info(&der, time.data, time.len);
        tsp_info out;
        if (cases[i].want == 0) {
            FAILS(tsp_info_read(der_of(&der), &out, &err), EVPACK_E_INPUT, "genTime");
        } else {
            OK(tsp_info_read(der_of(&der), &out, &err));
            ck_assert_int_eq(out.time, cases[i].want);
        }
    }
}
END_TEST

START_TEST(after_the_time)
{
#define T 0x18, 0x0f, '2', '0', '2', '6', '1', '1', '2', '2', '0', '8', '0', '0', '0', '0', 'Z'
    static const struct {
        unsigned char rest[64];
        size_t len;
        const char *part; /* NULL: good */
    } cases[] = {
        {{T}, 17, NULL},
        {{T, 0x30, 0x00}, 19, NULL},
        {{T, 0x30, 0x09, 0x02, 0x01, 0x01, 0x80, 0x01, 0x05, 0x81, 0x01, 0x05}, 28, NULL},
        {{T, 0x30, 0x03, 0x04, 0x01, 0x01}, 22, "after genTime"},
        {{T, 0x01, 0x01, 0xff}, 20, NULL},
        {{T, 0x01, 0x01, 0x00}, 20, "after genTime"}, /* a default is not written in DER */
        {{T, 0x02, 0x01, 0x09}, 20, NULL},
        {{T, 0x02, 0x02, 0x00, 0x09}, 21, "after genTime"}, /* not the shortest */
        {{T, 0x02, 0x01, 0x09, 0x02, 0x01, 0x09}, 23, "after genTime"},
        {{T, 0xa0, 0x02, 0x82, 0x00}, 21, NULL},
        {{T, 0xa0, 0x03, 0x82, 0x00, 0x00}, 22, "after genTime"},
        {{T, 0xa1, 0x08, 0x30, 0x06, 0x06, 0x01, 0x2a, 0x04, 0x01, 0x00}, 27, NULL},
        {{T, 0xa1, 0x0b, 0x30, 0x09, 0x06, 0x01, 0x2a, 0x01, 0x01, 0xff, 0x04, 0x01, 0x00},
         30,
         "critical"},
    };
    evpack_err err = {0};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        EVPACK_AUTO_VALUE(buf_reset) buf der = {0};
        info(&der, cases[i].rest, cases[i].len);
        tsp_info out;
        if (cases[i].part == NULL) {
            OK(tsp_info_read(der_of(&der), &out, &err));
        } else {
            FAILS(tsp_info_read(der_of(&der), &out, &err), EVPACK_E_INPUT, cases[i].part);
        }
    }
}
END_TEST

START_TEST(responses)
{
    static const struct {
        unsigned char der[16];
        size_t len;
        evpack_status status;
        const char *part;
    } cases[] = {
        {{0x30, 0x05, 0x30, 0x03, 0x02, 0x01, 0x02}, 7, EVPACK_E_NO, "rejection"},
        {{0x30, 0x05, 0x30, 0x03, 0x02, 0x01, 0x03}, 7, EVPACK_E_NO, "waiting"},
        {{0x30, 0x05, 0x30, 0x03, 0x02, 0x01, 0x63}, 7, EVPACK_E_NO, "an unknown status"},
        {{0x30, 0x05, 0x30, 0x03, 0x02, 0x01, 0x00}, 7, EVPACK_E_INPUT, "token"},
        {{0x30, 0x05, 0x30, 0x03, 0x02, 0x01, 0x00, 0x00}, 8, EVPACK_E_INPUT, "1 bytes stand"},
        {{0x30, 0x02, 0x30, 0x00}, 4, EVPACK_E_INPUT, "no status"},
        {{0x30, 0x80, 0x00, 0x00}, 4, EVPACK_E_INPUT, "in DER"},
        {{0}, 0, EVPACK_E_INPUT, "in DER"},
    };
    evpack_err err = {0};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        der_span token = {0};
        FAILS(tsp_response_read((der_span){cases[i].der, cases[i].len}, &token, &err),
              cases[i].status, cases[i].part);
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        requests_of_openssl, every_cut_of_a_request, times, after_the_time, responses, NULL};
    return test_main(test_suite("port/tsp_form", tests));
}
