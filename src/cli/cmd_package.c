/* evpack package: one signed archive with reports, raw evidence and the mapping. */
#include "cli/cli.h"
#include "package/package.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

static void on_step(void *ctx, const char *what)
{
    cli_progress_step(ctx, what);
}

static int run(const char *path, package_options *options, const char *at)
{
    evpack_err err = {0};
    cli_progress progress = cli_progress_begin();
    options->step = on_step;
    options->ctx = &progress;
    EVPACK_AUTO(store) s = NULL;
    package_result r;
    evpack_status status = cli_now(at, &options->at, &err);
    if (status == EVPACK_OK) {
        status = store_open(path, STORE_WRITE, &s, &err);
    }
    if (status == EVPACK_OK) {
        status = package_write(s, options, &r, &err);
    }
    cli_progress_end(&progress);
    if (status != EVPACK_OK) {
        (void)cli_fail("package", &err);
        return CLI_UNDECIDED;
    }
    (void)printf("%s: package %s, %llu files, %llu bytes\n"
                 "SHA-256 %s\n"
                 "signed by %s (certificate SHA-256 %s)\n"
                 "signature %s.p7s\n",
                 options->out, r.id, (unsigned long long)r.sealed.files,
                 (unsigned long long)r.sealed.size, r.sealed.sha256, r.sealed.signer.subject,
                 r.sealed.signer.fingerprint, options->out);
    return CLI_YES;
}

int cmd_package(int argc, char **argv)
{
    static const struct option longs[] = {
        {"case", required_argument, NULL, 'c'},  {"out", required_argument, NULL, 'o'},
        {"key", required_argument, NULL, 'k'},   {"cert", required_argument, NULL, 'C'},
        {"chain", required_argument, NULL, 'n'}, {"by", required_argument, NULL, 'b'},
        {"at", required_argument, NULL, 'a'},    {"cap", required_argument, NULL, 'p'},
        {"help", no_argument, NULL, 'h'},        {0}};
    const char *path = "case.db";
    const char *at = NULL;
    const char *cap = NULL;
    package_options o = {.files = {.passphrase = getenv("EVPACK_KEY_PASSPHRASE")}};
    const struct {
        int letter;
        const char **to;
    } values[] = {{'c', &path},          {'o', &o.out}, {'k', &o.files.key}, {'C', &o.files.cert},
                  {'n', &o.files.chain}, {'b', &o.by},  {'a', &at},          {'p', &cap}};
    for (int c = 0; (c = getopt_long(argc, argv, "c:o:h", longs, NULL)) != -1;) {
        if (c == 'h') {
            return cli_help("package");
        }
        if (c == '?') {
            return cli_bad_option("package", argv);
        }
        for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
            if (values[i].letter == c) {
                *values[i].to = optarg;
            }
        }
    }
    if (optind < argc) {
        return cli_usage("package", "'%s' is one argument too many", argv[optind]);
    }
    if (o.out == NULL || o.files.key == NULL || o.files.cert == NULL) {
        return cli_usage("package", "expected -o P.zip, --key KEY and --cert CERT");
    }
    evpack_err err = {0};
    if (cli_cap(cap, &o.cap, &err) != EVPACK_OK) {
        return cli_fail("package", &err);
    }
    return run(path, &o, at);
}
