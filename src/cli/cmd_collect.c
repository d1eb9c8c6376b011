/* evpack collect: exports into a case, and packages that others sealed. */
#include "cli/cli.h"
#include "cli/trust.h"
#include "collect/collect.h"
#include "review/receive.h"
#include "review/recognise.h"
#include "review/scratch.h"

#include "base/text.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

enum { EXPECTED_MAX = 64 };

typedef struct {
    const char *path, *label, *collected_at, *period, *by, *reason, *at, *engagement;
    const char *expected[EXPECTED_MAX];
    size_t expected_count;
    trust_given trust; /* for a package */
    bool keep_engagement, json;
    int64_t now;
} arguments;

/* Of each file the first secrets are told, with their places; all are in `evpack status`. */
enum { SECRETS_SHOWN = 3 };

typedef struct {
    cli_progress progress;
    struct {
        const char *words, *kind;
        char place[8], pointer[256];
        bool known;
        uint64_t start;
    } secrets[SECRETS_SHOWN];
    uint64_t count; /* secrets of the file that is being read */
} console;

static void on_secret(void *ctx, const secret_row *row)
{
    console *c = ctx;
    if (c->count < SECRETS_SHOWN) {
        c->secrets[c->count].words = row->words;
        c->secrets[c->count].kind = row->kind;
        c->secrets[c->count].start = row->start;
        c->secrets[c->count].known = row->pointer != NULL;
        (void)snprintf(c->secrets[c->count].place, sizeof c->secrets[0].place, "%s", row->place);
        (void)snprintf(c->secrets[c->count].pointer, sizeof c->secrets[0].pointer, "%s",
                       row->pointer == NULL ? "" : row->pointer);
    }
    c->count++;
}

static void tell_secrets(console *c, const char *path)
{
    for (uint64_t i = 0; i < c->count && i < SECRETS_SHOWN; i++) {
        cli_secret(path, c->secrets[i].place, c->secrets[i].known ? c->secrets[i].pointer : NULL,
                   c->secrets[i].start, c->secrets[i].words, c->secrets[i].kind);
    }
    if (c->count > SECRETS_SHOWN) {
        (void)fprintf(stderr, "and %llu more secrets in that file\n",
                      (unsigned long long)(c->count - SECRETS_SHOWN));
    }
    c->count = 0;
}

static void on_file(void *ctx, const char *path, const document_result *result, const char *skipped)
{
    console *c = ctx;
    cli_progress_step(&c->progress, path);
    if (c->count > 0) {
        cli_progress_end(&c->progress);
        tell_secrets(c, path);
    }
    evpack_err line = {0};
    if (skipped != NULL) {
        (void)evpack_fail(&line, EVPACK_OK, "%s: not collected: %s", path, skipped);
    } else if (result->says.reason[0] != '\0') {
        (void)evpack_fail(&line, EVPACK_OK, "%s: %s: %s%s%s%s", path, result->says.completeness,
                          result->says.reason, result->note[0] == '\0' ? "" : " (", result->note,
                          result->note[0] == '\0' ? "" : ")");
    } else if (result->note[0] != '\0') {
        (void)evpack_fail(&line, EVPACK_OK, "%s: %s (%s)", path, result->says.completeness,
                          result->note);
    } else {
        return;
    }
    cli_progress_end(&c->progress);
    (void)fprintf(stderr, "%s\n", line.text);
}

static void on_ledger(void *ctx, const char *text)
{
    console *c = ctx;
    cli_progress_end(&c->progress);
    (void)fprintf(stderr, "%s\n", text);
}

/* What the ledgers of the export say; nothing without one. confirmed: by whom; NULL: nobody. */
static void print_ledgers(const char *path, const collection_totals *t, const char *confirmed)
{
    if (t->ledgers > 0) {
        (void)printf("%s: %llu ledger%s: %llu commands; %llu files vouched for, %llu changed, %llu"
                     " not there; %llu commands failed, %llu lines not read%s\n",
                     path, (unsigned long long)t->ledgers, t->ledgers == 1 ? "" : "s",
                     (unsigned long long)t->lines, (unsigned long long)t->vouched,
                     (unsigned long long)t->changed, (unsigned long long)t->missing,
                     (unsigned long long)t->failed, (unsigned long long)t->unread,
                     confirmed != NULL
                         ? confirmed
                         : "; nobody confirmed a SHA-256 (--expect): the ledgers are as"
                           " trustworthy as whoever sent them");
    }
}

static void print_secrets(const char *path, const collect_totals *t)
{
    if (t->secrets > 0) {
        (void)printf("%s: %llu secrets in %llu files: 'evpack status' lists them, and 'evpack "
                     "package' will ask what to do with them\n",
                     path, (unsigned long long)t->secrets, (unsigned long long)t->with_secrets);
    }
}

static void print_engagement(const char *path, const collect_totals *t)
{
    (void)printf("%s: engagement: %llu files: %llu exceptions, %llu attestations, %llu "
                 "assurance reports; 'evpack map' goes by it\n",
                 path, (unsigned long long)t->engagement.files,
                 (unsigned long long)t->engagement.exceptions,
                 (unsigned long long)t->engagement.attestations,
                 (unsigned long long)t->engagement.assurance);
}

/* JSON --------------------------------------------------------------------------------------------
 */

static void put_totals(const collect_totals *t, buf *out)
{
    const struct {
        const char *name;
        uint64_t n;
    } numbers[] = {{"files", t->files},
                   {"bytes", t->bytes},
                   {"records", t->records},
                   {"already", t->already},
                   {"unrecognised", t->unrecognised},
                   {"skipped", t->skipped},
                   {"secrets", t->secrets},
                   {"files_with_secrets", t->with_secrets}};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        cli_json_number(out, numbers[i].name, numbers[i].n);
    }
    buf_printf(out,
               ",\"engagement\":{\"files\":%llu,\"exceptions\":%llu,\"attestations\":%llu,"
               "\"assurance\":%llu}",
               (unsigned long long)t->engagement.files,
               (unsigned long long)t->engagement.exceptions,
               (unsigned long long)t->engagement.attestations,
               (unsigned long long)t->engagement.assurance);
    const collection_totals *l = &t->ledgers;
    buf_printf(out,
               ",\"ledgers\":{\"ledgers\":%llu,\"commands\":%llu,\"vouched\":%llu,"
               "\"changed\":%llu,\"missing\":%llu,\"failed\":%llu,\"unread\":%llu}",
               (unsigned long long)l->ledgers, (unsigned long long)l->lines,
               (unsigned long long)l->vouched, (unsigned long long)l->changed,
               (unsigned long long)l->missing, (unsigned long long)l->failed,
               (unsigned long long)l->unread);
}

static evpack_status collected_json(const arguments *a, const char *label, const collect_totals *t,
                                    evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
    cli_json_begin(&out);
    cli_json_text(&out, "case", a->path);
    cli_json_text(&out, "snapshot", label);
    put_totals(t, &out);
    buf_puts(&out, ",\"package\":null");
    return cli_json_end(&out, err);
}

/* signer is null where nobody checked the signature. */
static evpack_status received_json(const arguments *a, const received *r, const rebuild_totals *t,
                                   const prior_log *log, evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
    const cms_signer *signer = received_signer(r);
    cli_json_begin(&out);
    cli_json_text(&out, "case", a->path);
    cli_json_text(&out, "snapshot", NULL);
    put_totals(&t->all, &out);
    buf_puts(&out, ",\"package\":{\"id\":");
    buf_json_text(&out, received_id(r));
    if (signer == NULL) {
        cli_json_text(&out, "signer", NULL);
    } else {
        cli_json_signer(&out, "signer", signer->subject, signer->fingerprint);
    }
    cli_json_number(&out, "snapshots", t->snapshots);
    cli_json_number(&out, "redacted", received_redacted(r));
    cli_json_number(&out, "withheld", received_withheld(r));
    buf_printf(&out, ",\"received_before\":%s,\"engagement_kept_out\":%s}",
               log->received ? "true" : "false", a->keep_engagement ? "true" : "false");
    return cli_json_end(&out, err);
}

/* A package that was received ---------------------------------------------------------------------
 */

typedef struct {
    const arguments *a;
    const char *package;
} receiving;

/* The sender's decisions: who goes on with the case must know that they are in it, or are not. */
static void print_carried(const arguments *a, const collect_totals *t)
{
    if (a->keep_engagement) {
        (void)printf("%s: engagement of the package: %llu files, kept as files that decide "
                     "nothing\n",
                     a->path, (unsigned long long)t->engagement.files);
        return;
    }
    print_engagement(a->path, t);
    (void)printf("%s: that engagement is the package's: its scope, parameters, exceptions and "
                 "attestations decide (--keep-engagement leaves them out)\n",
                 a->path);
}

static void print_received(const arguments *a, const received *r, const rebuild_totals *t,
                           const prior_log *log)
{
    const cms_signer *signer = received_signer(r);
    (void)printf("%s: received package %s: %zu snapshot%s: %llu files (%llu bytes), %llu records; "
                 "%llu already there, %llu not recognised\n",
                 a->path, received_id(r), t->snapshots, t->snapshots == 1 ? "" : "s",
                 (unsigned long long)t->all.files, (unsigned long long)t->all.bytes,
                 (unsigned long long)t->all.records, (unsigned long long)t->all.already,
                 (unsigned long long)t->all.unrecognised);
    if (signer == NULL) {
        (void)printf("%s: signature not checked: name whom you trust (--trust) to have it "
                     "verified first\n",
                     a->path);
    } else {
        (void)printf("%s: verified: signed by %s, certificate SHA-256 %s\n", a->path,
                     signer->subject, signer->fingerprint);
    }
    if (log->received) {
        (void)printf("%s: this package was received before: its custody log is in the case\n",
                     a->path);
    } else {
        (void)printf("%s: its custody log is carried on: %llu lines\n", a->path,
                     (unsigned long long)log->lines);
    }
    if (received_redacted(r) > 0 || received_withheld(r) > 0) {
        (void)printf("%s: redacted by the sender: %llu files are redacted copies, %llu were "
                     "withheld and are not there\n",
                     a->path, (unsigned long long)received_redacted(r),
                     (unsigned long long)received_withheld(r));
    }
    if (!index_ordered(received_index(r))) {
        (void)printf("%s: the package does not say in which order its files were collected: they "
                     "came in that of their names\n",
                     a->path);
    }
    if (t->all.engagement.files > 0) {
        print_carried(a, &t->all);
    }
    print_secrets(a->path, &t->all);
    print_ledgers(a->path, &t->all.ledgers,
                  t->expected > 0 ? "; the sender's custody log says which SHA-256 was confirmed"
                                  : NULL);
}

static evpack_status receive(const receiving *w, const char *folder, seal_report *report,
                             evpack_err *err)
{
    const arguments *a = w->a;
    EVPACK_AUTO_VALUE(trust_reset) trust_loaded loaded = {0};
    seal_options verify;
    if (a->trust.trust.count > 0) {
        EVPACK_TRY(trust_load(&a->trust, &loaded, &verify, err));
    }
    const received_options how = {
        .folder = folder, .verify = a->trust.trust.count == 0 ? NULL : &verify, .report = report};
    EVPACK_AUTO(received) r = NULL;
    console c = {.progress = cli_progress_begin()};
    const progress watch = cli_progress_to(&c.progress);
    verify.watch = &watch;
    evpack_status opened = received_open(w->package, &how, &r, err);
    cli_progress_end(&c.progress);
    EVPACK_TRY(opened);
    const rebuild_options options = {.scratch = folder,
                                     .by = a->by,
                                     .reason = a->reason,
                                     .now = a->now,
                                     .keep_engagement = a->keep_engagement,
                                     .each = on_file,
                                     .secret = on_secret,
                                     .say = on_ledger,
                                     .ctx = &c};
    rebuild_totals totals;
    prior_log log;
    EVPACK_AUTO(store) s = NULL;
    EVPACK_TRY(store_open(a->path, STORE_CREATE, &s, err));
    store_watch(s, &watch);
    evpack_status status = receive_package(s, r, &options, &totals, &log, err);
    cli_progress_end(&c.progress);
    EVPACK_TRY(status);
    if (a->json) {
        return received_json(a, r, &totals, &log, err);
    }
    print_received(a, r, &totals, &log);
    return EVPACK_OK;
}

static int receive_in(void *ctx, const char *folder)
{
    evpack_err err = {0};
    seal_report report = {0};
    evpack_status status = receive(ctx, folder, &report, &err);
    for (size_t i = 1; status == EVPACK_E_NO && i < report.reason_count; i++) {
        (void)fprintf(stderr, "%s: %s\n", report.reasons[i].code, report.reasons[i].text);
    }
    const int code = status == EVPACK_OK ? CLI_YES : cli_fail("collect", &err);
    if (status == EVPACK_E_NO) {
        (void)fprintf(stderr, "Nothing was collected. To keep it as a file like any other, collect "
                              "the folder that it lies in.\n");
    }
    return code;
}

/* A package brings its own snapshots, times and engagement. */
static int run_package(const arguments *a, const char *path)
{
    if (a->label != NULL || a->collected_at != NULL || a->period != NULL || a->engagement != NULL ||
        a->expected_count > 0) {
        return cli_usage("collect",
                         "%s is a package, which says itself what --snapshot, --collected-at, "
                         "--period, --engagement and --expect say",
                         path);
    }
    receiving w = {a, path};
    evpack_err err = {0};
    int code = CLI_UNDECIDED;
    return scratch_run(receive_in, &w, &code, &err) == EVPACK_OK ? code : cli_fail("collect", &err);
}

/* *package: the one path is one. A package is received by itself. */
static int look_for_package(const arguments *a, char *const *paths, size_t count, bool *package)
{
    *package = false;
    for (size_t i = 0; i < count; i++) {
        evpack_err err = {0};
        bool yes = false;
        if (recognise_package(paths[i], &yes, &err) != EVPACK_OK) {
            return cli_fail("collect", &err);
        }
        if (yes && count > 1) {
            return cli_usage("collect", "%s is a package: collect it by itself", paths[i]);
        }
        *package = yes;
    }
    if (!*package && a->keep_engagement) {
        return cli_usage("collect", "--keep-engagement is for a package, and %s is none",
                         count == 1 ? paths[0] : "what is named");
    }
    if (!*package && a->trust.trust.count > 0) {
        evpack_err err = {0};
        (void)evpack_fail(&err, EVPACK_E_NO,
                          "--trust is for a package, and %s is none: it is not verified",
                          count == 1 ? paths[0] : "what is named");
        return cli_fail("collect", &err);
    }
    return CLI_YES;
}

static int run(const arguments *a, char *const *paths, size_t count)
{
    evpack_err err = {0};
    const int64_t now = a->now;
    int64_t collected = 0;
    char collected_text[TEXT_TIME] = "";
    if (a->collected_at != NULL) {
        if (text_parse_time(a->collected_at, &collected, &err) != EVPACK_OK) {
            return cli_fail("collect", &err);
        }
        text_format_time(collected, collected_text);
    }
    console c = {.progress = cli_progress_begin()};
    const char *label = a->label == NULL ? "default" : a->label;
    const collect_options options = {.label = label,
                                     .collected_at =
                                         a->collected_at == NULL ? NULL : collected_text,
                                     .period = a->period,
                                     .engagement = a->engagement,
                                     .by = a->by,
                                     .reason = a->reason,
                                     .now = now,
                                     .each = on_file,
                                     .secret = on_secret,
                                     .ctx = &c,
                                     .ledgers = {.expected = a->expected,
                                                 .expected_count = a->expected_count,
                                                 .say = on_ledger,
                                                 .ctx = &c}};
    const progress watch = cli_progress_to(&c.progress);
    EVPACK_AUTO(store) s = NULL;
    collect_totals t;
    evpack_status status = store_open(a->path, STORE_CREATE, &s, &err);
    if (status == EVPACK_OK) {
        store_watch(s, &watch);
        cli_progress_step(&c.progress, "reading");
        status = collect_paths(s, paths, count, &options, &t, &err);
    }
    cli_progress_end(&c.progress);
    if (status != EVPACK_OK) {
        return cli_fail("collect", &err);
    }
    if (a->json) {
        status = collected_json(a, count > 0 ? label : NULL, &t, &err);
        return status == EVPACK_OK ? CLI_YES : cli_fail("collect", &err);
    }
    if (count > 0) {
        (void)printf("%s: snapshot %s: %llu files (%llu bytes), %llu records; %llu already there, "
                     "%llu not recognised, %llu skipped\n",
                     a->path, label, (unsigned long long)t.files, (unsigned long long)t.bytes,
                     (unsigned long long)t.records, (unsigned long long)t.already,
                     (unsigned long long)t.unrecognised, (unsigned long long)t.skipped);
    }
    if (a->engagement != NULL) {
        print_engagement(a->path, &t);
    }
    print_secrets(a->path, &t);
    print_ledgers(a->path, &t.ledgers,
                  a->expected_count > 0 ? "; what --expect names is there" : NULL);
    return CLI_YES;
}

/* NULL, or what is wrong with the option. */
static const char *take_trust(trust_given *g, const char *name, char *value)
{
    char option[16];
    char *both[] = {option, value};
    int at = 0;
    const char *problem = NULL;
    (void)snprintf(option, sizeof option, "--%s", name);
    (void)trust_take(g, 2, both, &at, &problem);
    return problem;
}

static int take_expected(arguments *a, const char *sha256)
{
    if (strlen(sha256) != 64 || strspn(sha256, "0123456789abcdefABCDEF") != 64) {
        return cli_usage("collect", "--expect '%.70s': expected a SHA-256 of 64 hex digits",
                         sha256);
    }
    if (a->expected_count == EXPECTED_MAX) {
        return cli_usage("collect", "at most %d ledgers can be expected", EXPECTED_MAX);
    }
    a->expected[a->expected_count++] = sha256;
    return CLI_YES;
}

static const struct option options[] = {{"case", required_argument, NULL, 'c'},
                                        {"snapshot", required_argument, NULL, 's'},
                                        {"collected-at", required_argument, NULL, 't'},
                                        {"period", required_argument, NULL, 'p'},
                                        {"engagement", required_argument, NULL, 'g'},
                                        {"expect", required_argument, NULL, 'e'},
                                        {"by", required_argument, NULL, 'b'},
                                        {"reason", required_argument, NULL, 'r'},
                                        {"at", required_argument, NULL, 'a'},
                                        {"trust", required_argument, NULL, 'T'},
                                        {"crl", required_argument, NULL, 'T'},
                                        {"tsa-trust", required_argument, NULL, 'T'},
                                        {"require", required_argument, NULL, 'T'},
                                        {"keep-engagement", no_argument, NULL, 'k'},
                                        {"json", no_argument, NULL, 'j'},
                                        {"help", no_argument, NULL, 'h'},
                                        {0}};

/* *help: it was asked for and is printed. */
static int read_arguments(int argc, char **argv, arguments *a, bool *help)
{
    const char *problem = NULL;
    int which = 0;
    for (int c = 0; (c = getopt_long(argc, argv, "c:h", options, &which)) != -1;) {
        switch (c) {
        case 'c':
            a->path = optarg;
            break;
        case 's':
            a->label = optarg;
            break;
        case 't':
            a->collected_at = optarg;
            break;
        case 'p':
            a->period = optarg;
            break;
        case 'e':
            if (take_expected(a, optarg) != CLI_YES) {
                return CLI_UNDECIDED;
            }
            break;
        case 'g':
            a->engagement = optarg;
            break;
        case 'j':
            a->json = true;
            break;
        case 'k':
            a->keep_engagement = true;
            break;
        case 'b':
            a->by = optarg;
            break;
        case 'r':
            a->reason = optarg;
            break;
        case 'a':
            a->at = optarg;
            break;
        case 'T':
            problem = take_trust(&a->trust, options[which].name, optarg);
            if (problem != NULL) {
                return cli_usage("collect", "%s", problem);
            }
            break;
        case 'h':
            *help = true;
            return cli_help("collect");
        default:
            return cli_bad_option("collect", argv);
        }
    }
    if (optind >= argc && a->engagement == NULL) {
        return cli_usage("collect", "expected at least one PATH, or --engagement FILE");
    }
    const trust_given *t = &a->trust;
    if (t->trust.count == 0 &&
        (t->tsa_trust.count > 0 || t->crls.count > 0 || t->required.count > 0)) {
        return cli_usage("collect", "--crl, --tsa-trust and --require go with --trust");
    }
    evpack_err err = {0};
    return cli_now(a->at, &a->now, &err) == EVPACK_OK ? CLI_YES : cli_fail("collect", &err);
}

int cmd_collect(int argc, char **argv)
{
    arguments a = {.path = "case.db"};
    bool help = false;
    bool package = false;
    int code = read_arguments(argc, argv, &a, &help);
    if (code != CLI_YES || help) {
        return code;
    }
    char *const *paths = argv + optind;
    const size_t count = (size_t)(argc - optind);
    code = look_for_package(&a, paths, count, &package);
    if (code != CLI_YES) {
        return code;
    }
    return package ? run_package(&a, paths[0]) : run(&a, paths, count);
}
