/* evpack timestamp: asks for a trusted timestamp, and attaches the answer. */
#include "cli/cli.h"
#include "cli/trust.h"

#include "base/text.h"
#include "seal/timestamp.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

typedef struct {
    const char *copy;
    trust_list tsa_trust, crls;
    bool replace, json;
} arguments;

static evpack_status request_json(const char *package, const char *copy, bool kept, evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf path = {0};
    buf_printf(&path, "%s.p7s.tsq", package);
    EVPACK_TRY(buf_status(&path, err));
    EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
    cli_json_begin(&out);
    cli_json_text(&out, "request", buf_str(&path));
    buf_printf(&out, ",\"kept\":%s", kept ? "true" : "false");
    cli_json_text(&out, "copy", copy);
    return cli_json_end(&out, err);
}

static evpack_status attach_json(const char *package, const char *time, const tsp_stamp *stamp,
                                 evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf path = {0};
    buf_printf(&path, "%s.p7s.tsr", package);
    EVPACK_TRY(buf_status(&path, err));
    EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
    cli_json_begin(&out);
    cli_json_text(&out, "answer", buf_str(&path));
    cli_json_text(&out, "time", time);
    cli_json_signer(&out, "authority", stamp->authority.subject, stamp->authority.fingerprint);
    return cli_json_end(&out, err);
}

static int request(const char *package, const arguments *a)
{
    evpack_err err = {0};
    bool kept = false;
    if (timestamp_request(package, a->copy, a->replace, &kept, &err) != EVPACK_OK) {
        return cli_fail("timestamp", &err);
    }
    if (a->json) {
        return request_json(package, a->copy, kept, &err) == EVPACK_OK
                   ? CLI_YES
                   : cli_fail("timestamp", &err);
    }
    (void)printf("%s.p7s.tsq%s\n", package, kept ? " was there already, and was kept" : "");
    if (a->copy != NULL) {
        (void)printf("%s\n", a->copy);
    }
    return CLI_YES;
}

static int attach(const char *package, const char *answer, const arguments *a)
{
    evpack_err err = {0};
    EVPACK_AUTO(pki_trust) trust = NULL;
    tsp_stamp stamp = {0};
    evpack_status status = trust_read(&a->tsa_trust, &a->crls, &trust, &err);
    if (status == EVPACK_OK) {
        timestamp_attaching what = {.package = package,
                                    .answer = answer,
                                    .tsa = trust,
                                    .replace = a->replace,
                                    .now = text_now()};
        status = timestamp_attach(&what, &stamp, &err);
    }
    if (status == EVPACK_E_NO && stamp.fault != TSP_GOOD) {
        (void)evpack_context(&err, "%s", tsp_fault_text(stamp.fault));
    }
    if (status != EVPACK_OK) {
        return cli_fail("timestamp", &err);
    }
    char time[TEXT_TIME];
    text_format_time(stamp.time, time);
    if (a->json) {
        return attach_json(package, time, &stamp, &err) == EVPACK_OK ? CLI_YES
                                                                     : cli_fail("timestamp", &err);
    }
    (void)printf("%s.p7s.tsr: %s, by %s (SHA-256 %s)\n", package, time, stamp.authority.subject,
                 stamp.authority.fingerprint);
    return CLI_YES;
}

static int run(int argc, char **argv, const arguments *a)
{
    const char *what = optind < argc ? argv[optind] : "";
    int given = argc - optind - 1;
    bool crls = a->crls.count > 0;
    if (strcmp(what, "request") == 0) {
        if (given != 1) {
            return cli_usage("timestamp", "request: expected one package, P.zip");
        }
        if (a->tsa_trust.count > 0 || crls) {
            return cli_usage("timestamp", "--tsa-trust and --crl go with attach");
        }
        return request(argv[optind + 1], a);
    }
    if (strcmp(what, "attach") == 0) {
        if (given != 2) {
            return cli_usage("timestamp", "attach: expected a package and the answer, FILE.tsr");
        }
        if (a->tsa_trust.count == 0) {
            return cli_usage("timestamp", "attach: --tsa-trust is needed, with the certificate of "
                                          "the authority or one above it");
        }
        if (a->copy != NULL) {
            return cli_usage("timestamp", "-o goes with request");
        }
        return attach(argv[optind + 1], argv[optind + 2], a);
    }
    return cli_usage("timestamp", "expected request or attach%s%.40s",
                     what[0] == '\0' ? "" : ", found ", what);
}

int cmd_timestamp(int argc, char **argv)
{
    static const struct option options[] = {{"output", required_argument, NULL, 'o'},
                                            {"tsa-trust", required_argument, NULL, 't'},
                                            {"crl", required_argument, NULL, 'l'},
                                            {"replace", no_argument, NULL, 'r'},
                                            {"json", no_argument, NULL, 'j'},
                                            {"help", no_argument, NULL, 'h'},
                                            {0}};
    arguments a = {0};
    for (int c = 0; (c = getopt_long(argc, argv, "o:h", options, NULL)) != -1;) {
        switch (c) {
        case 'o':
            a.copy = optarg;
            break;
        case 't':
        case 'l':
            if (!trust_add(c == 't' ? &a.tsa_trust : &a.crls, optarg)) {
                return cli_usage("timestamp",
                                 "--tsa-trust and --crl need a file or folder, and "
                                 "are given at most %d times",
                                 TRUST_MAX);
            }
            break;
        case 'j':
            a.json = true;
            break;
        case 'r':
            a.replace = true;
            break;
        case 'h':
            return cli_help("timestamp");
        default:
            return cli_bad_option("timestamp", argv);
        }
    }
    return run(argc, argv, &a);
}
