/* evpack sign: a reviewer's own signature beside a package. */
#include "cli/cli.h"
#include "cli/trust.h"
#include "package/cosign.h"
#include "port/pki_pass.h"

#include <getopt.h>
#include <stdio.h>

typedef struct {
    cosign_options o;
    pki_pass pass;
    const char *at, *pass_fd;
    trust_list trust, crls;
    bool json;
} arguments;

static evpack_status sign(arguments *a, cosign_result *r, evpack_err *err)
{
    EVPACK_AUTO(pki_trust) trust = NULL;
    EVPACK_TRY(cli_pass(a->pass_fd, &a->pass, &a->o.files, err));
    EVPACK_TRY(cli_now(a->at, &a->o.at, err));
    EVPACK_TRY(trust_read(&a->trust, &a->crls, &trust, err));
    a->o.trust = trust;
    a->o.crls = a->crls.count > 0;
    return cosign_write(&a->o, r, err);
}

static evpack_status answer_json(const arguments *a, const cosign_result *r, evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
    cli_json_begin(&out);
    cli_json_text(&out, "package", a->o.zip);
    cli_json_text(&out, "id", r->package.package_id);
    cli_json_text(&out, "sha256", r->package.sha256);
    cli_json_text(&out, "signature", r->file);
    cli_json_signer(&out, "signer", r->signer.subject, r->signer.fingerprint);
    cli_json_text(&out, "role", r->signer.role);
    cli_json_text(&out, "statement", r->signer.statement);
    return cli_json_end(&out, err);
}

static int run(arguments *a)
{
    evpack_err err = {0};
    cosign_result r;
    if (sign(a, &r, &err) != EVPACK_OK) {
        return cli_fail("sign", &err);
    }
    if (a->json) {
        return answer_json(a, &r, &err) == EVPACK_OK ? CLI_YES : cli_fail("sign", &err);
    }
    (void)printf("%s: package %s verified and signed\n"
                 "SHA-256 %s\n"
                 "signed by %s (certificate SHA-256 %s)\n"
                 "role %s\n"
                 "statement %s\n"
                 "signature %s\n",
                 a->o.zip, r.package.package_id, r.package.sha256, r.signer.subject,
                 r.signer.fingerprint, r.signer.role, r.signer.statement, r.file);
    return CLI_YES;
}

static int check(const arguments *a)
{
    const struct {
        const char *value, *what;
    } needed[] = {{a->o.files.key, "--key KEY"},
                  {a->trust.at[0], "--trust PEM, for the package's own signature"},
                  {a->o.name, "--name NAME, for the file P.zip.NAME.p7s"},
                  {a->o.role, "--role ROLE, such as 'Engagement quality reviewer'"},
                  {a->o.statement, "--statement TEXT: what was reviewed"}};
    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++) {
        if (needed[i].value == NULL) {
            return cli_usage("sign", "expected %s", needed[i].what);
        }
    }
    return CLI_YES;
}

int cmd_sign(int argc, char **argv)
{
    static const struct option longs[] = {
        {"key", required_argument, NULL, 'k'},   {"cert", required_argument, NULL, 'C'},
        {"chain", required_argument, NULL, 'n'}, {"pass-fd", required_argument, NULL, 'f'},
        {"name", required_argument, NULL, 'N'},  {"pass-env", required_argument, NULL, 'e'},
        {"role", required_argument, NULL, 'r'},  {"statement", required_argument, NULL, 's'},
        {"trust", required_argument, NULL, 't'}, {"crl", required_argument, NULL, 'l'},
        {"at", required_argument, NULL, 'a'},    {"json", no_argument, NULL, 'j'},
        {"help", no_argument, NULL, 'h'},        {0}};
    arguments a = {.at = NULL};
    const struct {
        int letter;
        const char **to;
    } values[] = {{'k', &a.o.files.key}, {'C', &a.o.files.cert}, {'n', &a.o.files.chain},
                  {'f', &a.pass_fd},     {'e', &a.pass.env},     {'N', &a.o.name},
                  {'r', &a.o.role},      {'s', &a.o.statement},  {'a', &a.at}};
    for (int c = 0; (c = getopt_long(argc, argv, "h", longs, NULL)) != -1;) {
        if (c == 'h') {
            return cli_help("sign");
        }
        a.json = a.json || c == 'j';
        if (c == '?') {
            return cli_bad_option("sign", argv);
        }
        if ((c == 't' && !trust_add(&a.trust, optarg)) ||
            (c == 'l' && !trust_add(&a.crls, optarg))) {
            return cli_usage("sign",
                             "--trust and --crl need a file or folder, and are given at "
                             "most %d times",
                             TRUST_MAX);
        }
        for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
            if (values[i].letter == c) {
                *values[i].to = optarg;
            }
        }
    }
    if (optind + 1 != argc) {
        return cli_usage("sign", "expected one P.zip");
    }
    a.o.zip = argv[optind];
    int code = check(&a);
    return code == CLI_YES ? run(&a) : code;
}
