/* evpack package: one signed archive with reports, raw evidence and the mapping. */
#include "base/text.h"
#include "cli/cli.h"
#include "cli/trust.h"
#include "package/package.h"
#include "port/pki_pass.h"

#include <getopt.h>
#include <stdio.h>

enum { SECRETS_SHOWN = 40 };

typedef struct {
    cli_progress progress;
    unsigned long long secrets;
} console;

static evpack_status on_secret(void *ctx, const secret *one, evpack_err *err)
{
    (void)err;
    console *c = ctx;
    if (c->secrets++ < SECRETS_SHOWN) {
        cli_progress_end(&c->progress);
        cli_secret(one->path, one->place, one->pointer, one->start, one->words, one->kind);
    }
    return EVPACK_OK;
}

static void on_step(void *ctx, const char *what)
{
    console *c = ctx;
    if (text_starts(what, "data/evidence/")) {
        cli_progress_step(&c->progress, what);
    } else {
        cli_progress_stage(&c->progress, what);
    }
}

static evpack_status answer_json(const package_options *o, const package_result *r, evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf signature = {0};
    buf_printf(&signature, "%s.p7s", o->out);
    EVPACK_TRY(buf_status(&signature, err));
    EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
    cli_json_begin(&out);
    cli_json_text(&out, "package", o->out);
    cli_json_text(&out, "id", r->id);
    cli_json_number(&out, "sequence", r->sequence);
    cli_json_number(&out, "files", r->sealed.files);
    cli_json_number(&out, "size", r->sealed.size);
    cli_json_text(&out, "sha256", r->sealed.sha256);
    cli_json_text(&out, "signature", buf_str(&signature));
    cli_json_signer(&out, "signer", r->sealed.signer.subject, r->sealed.signer.fingerprint);
    cli_json_number(&out, "redactions", r->redactions);
    cli_json_number(&out, "withheld", r->withheld);
    return cli_json_end(&out, err);
}

static int run(const char *path, package_options *options, const char *at, bool as_json)
{
    evpack_err err = {0};
    console c = {.progress = cli_progress_begin()};
    options->step = on_step;
    options->secret = on_secret;
    options->ctx = &c;
    EVPACK_AUTO(store) s = NULL;
    package_result r;
    evpack_status status = cli_now(at, &options->at, &err);
    if (status == EVPACK_OK) {
        status = store_open(path, STORE_WRITE, &s, &err);
    }
    const progress watch = cli_progress_to(&c.progress);
    if (status == EVPACK_OK) {
        store_watch(s, &watch);
        status = package_write(s, options, &r, &err);
    }
    cli_progress_end(&c.progress);
    if (c.secrets > SECRETS_SHOWN) {
        (void)fprintf(stderr, "and %llu more\n", c.secrets - SECRETS_SHOWN);
    }
    if (status != EVPACK_OK) {
        (void)cli_fail("package", &err);
        return CLI_UNDECIDED;
    }
    if (as_json) {
        return answer_json(options, &r, &err) == EVPACK_OK ? CLI_YES : cli_fail("package", &err);
    }
    (void)printf("%s: package %s, number %llu, %llu files, %llu bytes\n"
                 "SHA-256 %s\n"
                 "signed by %s (certificate SHA-256 %s)\n"
                 "signature %s.p7s\n",
                 options->out, r.id, (unsigned long long)r.sequence,
                 (unsigned long long)r.sealed.files, (unsigned long long)r.sealed.size,
                 r.sealed.sha256, r.sealed.signer.subject, r.sealed.signer.fingerprint,
                 options->out);
    if (r.redactions > 0 || r.withheld > 0) {
        (void)printf("redacted: %llu values replaced, %llu files left out\n",
                     (unsigned long long)r.redactions, (unsigned long long)r.withheld);
    }
    return CLI_YES;
}

/* What becomes of secrets; false when the other way was wished before. */
static bool take_decision(int letter, package_options *o)
{
    if (letter != 'R' && letter != 'A') {
        return true;
    }
    package_secrets wish = letter == 'R' ? PACKAGE_SECRETS_REDACT : PACKAGE_SECRETS_ALLOW;
    bool first = o->secrets == PACKAGE_SECRETS_REFUSE || o->secrets == wish;
    o->secrets = wish;
    return first;
}

typedef struct {
    const char *path, *at, *cap, *html_cap, *pass_fd;
    pki_pass pass;
    bool json;
    trust_list crls;
    report_template_wish wish;
    package_options o;
} arguments;

/* An option that is a text alone; others are not for this one. */
static void take_text(arguments *a, int option)
{
    const struct {
        int letter;
        const char **to;
    } values[] = {{'c', &a->path},         {'o', &a->o.out},         {'k', &a->o.files.key},
                  {'C', &a->o.files.cert}, {'n', &a->o.files.chain}, {'b', &a->o.by},
                  {'a', &a->at},           {'p', &a->cap},           {'f', &a->pass_fd},
                  {'e', &a->pass.env},     {'r', &a->o.reason},      {'P', &a->o.previous},
                  {'t', &a->wish.dir},     {'L', &a->wish.language}, {'g', &a->wish.page},
                  {'m', &a->html_cap}};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        if (values[i].letter == option) {
            *values[i].to = optarg;
        }
    }
}

static int start(arguments *a)
{
    evpack_err err = {0};
    a->o.crls = a->crls.at;
    a->o.crl_count = a->crls.count;
    EVPACK_AUTO(report_template) template = NULL;
    if (cli_pass(a->pass_fd, &a->pass, &a->o.files, &err) != EVPACK_OK ||
        cli_cap("--cap", a->cap, &a->o.cap, &err) != EVPACK_OK ||
        cli_cap("--html-cap", a->html_cap, &a->o.html_cap, &err) != EVPACK_OK ||
        report_template_open(&a->wish, &template, &err) != EVPACK_OK) {
        return cli_fail("package", &err);
    }
    a->o.template = template;
    return run(a->path, &a->o, a->at, a->json);
}

int cmd_package(int argc, char **argv)
{
    static const struct option longs[] = {
        {"case", required_argument, NULL, 'c'},     {"out", required_argument, NULL, 'o'},
        {"key", required_argument, NULL, 'k'},      {"cert", required_argument, NULL, 'C'},
        {"chain", required_argument, NULL, 'n'},    {"by", required_argument, NULL, 'b'},
        {"at", required_argument, NULL, 'a'},       {"cap", required_argument, NULL, 'p'},
        {"html-cap", required_argument, NULL, 'm'}, {"template", required_argument, NULL, 't'},
        {"language", required_argument, NULL, 'L'}, {"page", required_argument, NULL, 'g'},
        {"help", no_argument, NULL, 'h'},           {"json", no_argument, NULL, 'j'},
        {"redact", no_argument, NULL, 'R'},         {"allow-secrets", no_argument, NULL, 'A'},
        {"pass-fd", required_argument, NULL, 'f'},  {"pass-env", required_argument, NULL, 'e'},
        {"reason", required_argument, NULL, 'r'},   {"previous", required_argument, NULL, 'P'},
        {"crl", required_argument, NULL, 'l'},      {0}};
    arguments a = {.path = "case.db"};
    for (int c = 0; (c = getopt_long(argc, argv, "c:o:h", longs, NULL)) != -1;) {
        if (c == 'h') {
            return cli_help("package");
        }
        if (c == '?') {
            return cli_bad_option("package", argv);
        }
        a.json = a.json || c == 'j';
        if (!take_decision(c, &a.o)) {
            return cli_usage("package", "--redact and --allow-secrets exclude each other");
        }
        if (c == 'l' && !trust_add(&a.crls, optarg)) {
            return cli_usage("package",
                             "--crl needs a file or folder, and is given at most %d times",
                             TRUST_MAX);
        }
        take_text(&a, c);
    }
    if (optind < argc) {
        return cli_usage("package", "'%s' is one argument too many", argv[optind]);
    }
    if (a.o.out == NULL || a.o.files.key == NULL) {
        return cli_usage("package", "expected -o P.zip, --key KEY and --cert CERT");
    }
    return start(&a);
}
