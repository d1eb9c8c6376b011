/* evpack collect: exports into a case. */
#include "cli/cli.h"
#include "collect/collect.h"

#include "base/text.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

enum { EXPECTED_MAX = 64 };

typedef struct {
    const char *path, *label, *collected_at, *period, *by, *reason, *at, *engagement;
    const char *expected[EXPECTED_MAX];
    size_t expected_count;
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

/* What the ledgers of the export say; nothing without one. */
static void print_ledgers(const char *path, const collection_totals *t, size_t expected)
{
    if (t->ledgers > 0) {
        (void)printf("%s: %llu ledger%s: %llu commands; %llu files vouched for, %llu changed, %llu"
                     " not there; %llu commands failed, %llu lines not read%s\n",
                     path, (unsigned long long)t->ledgers, t->ledgers == 1 ? "" : "s",
                     (unsigned long long)t->lines, (unsigned long long)t->vouched,
                     (unsigned long long)t->changed, (unsigned long long)t->missing,
                     (unsigned long long)t->failed, (unsigned long long)t->unread,
                     expected > 0 ? "; what --expect names is there"
                                  : "; nobody confirmed a SHA-256 (--expect): the ledgers are as"
                                    " trustworthy as whoever sent them");
    }
}

static int run(const arguments *a, char *const *paths, size_t count)
{
    evpack_err err = {0};
    int64_t now = 0;
    int64_t collected = 0;
    char collected_text[TEXT_TIME] = "";
    if (cli_now(a->at, &now, &err) != EVPACK_OK) {
        return cli_fail("collect", &err);
    }
    if (a->collected_at != NULL) {
        if (text_parse_time(a->collected_at, &collected, &err) != EVPACK_OK) {
            return cli_fail("collect", &err);
        }
        text_format_time(collected, collected_text);
    }
    console c = {.progress = cli_progress_begin()};
    const collect_options options = {.label = a->label,
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
    EVPACK_AUTO(store) s = NULL;
    collect_totals t;
    evpack_status status = store_open(a->path, STORE_CREATE, &s, &err);
    if (status == EVPACK_OK) {
        status = collect_paths(s, paths, count, &options, &t, &err);
    }
    cli_progress_end(&c.progress);
    if (status != EVPACK_OK) {
        return cli_fail("collect", &err);
    }
    if (count > 0) {
        (void)printf("%s: snapshot %s: %llu files (%llu bytes), %llu records; %llu already there, "
                     "%llu not recognised, %llu skipped\n",
                     a->path, a->label, (unsigned long long)t.files, (unsigned long long)t.bytes,
                     (unsigned long long)t.records, (unsigned long long)t.already,
                     (unsigned long long)t.unrecognised, (unsigned long long)t.skipped);
    }
    if (a->engagement != NULL) {
        (void)printf("%s: engagement: %llu files: %llu exceptions, %llu attestations, %llu "
                     "assurance reports; 'evpack map' goes by it\n",
                     a->path, (unsigned long long)t.engagement.files,
                     (unsigned long long)t.engagement.exceptions,
                     (unsigned long long)t.engagement.attestations,
                     (unsigned long long)t.engagement.assurance);
    }
    if (t.secrets > 0) {
        (void)printf("%s: %llu secrets in %llu files: 'evpack status' lists them, and 'evpack "
                     "package' will ask what to do with them\n",
                     a->path, (unsigned long long)t.secrets, (unsigned long long)t.with_secrets);
    }
    print_ledgers(a->path, &t.ledgers, a->expected_count);
    return CLI_YES;
}

int cmd_collect(int argc, char **argv)
{
    static const struct option options[] = {{"case", required_argument, NULL, 'c'},
                                            {"snapshot", required_argument, NULL, 's'},
                                            {"collected-at", required_argument, NULL, 't'},
                                            {"period", required_argument, NULL, 'p'},
                                            {"engagement", required_argument, NULL, 'g'},
                                            {"expect", required_argument, NULL, 'e'},
                                            {"by", required_argument, NULL, 'b'},
                                            {"reason", required_argument, NULL, 'r'},
                                            {"at", required_argument, NULL, 'a'},
                                            {"help", no_argument, NULL, 'h'},
                                            {0}};
    arguments a = {.path = "case.db", .label = "default"};
    for (int c = 0; (c = getopt_long(argc, argv, "c:h", options, NULL)) != -1;) {
        switch (c) {
        case 'c':
            a.path = optarg;
            break;
        case 's':
            a.label = optarg;
            break;
        case 't':
            a.collected_at = optarg;
            break;
        case 'p':
            a.period = optarg;
            break;
        case 'e':
            if (strlen(optarg) != 64 || strspn(optarg, "0123456789abcdefABCDEF") != 64) {
                return cli_usage("collect", "--expect '%.70s': expected a SHA-256 of 64 hex digits",
                                 optarg);
            }
            if (a.expected_count == EXPECTED_MAX) {
                return cli_usage("collect", "at most %d ledgers can be expected", EXPECTED_MAX);
            }
            a.expected[a.expected_count++] = optarg;
            break;
        case 'g':
            a.engagement = optarg;
            break;
        case 'b':
            a.by = optarg;
            break;
        case 'r':
            a.reason = optarg;
            break;
        case 'a':
            a.at = optarg;
            break;
        case 'h':
            return cli_help("collect");
        default:
            return cli_bad_option("collect", argv);
        }
    }
    if (optind >= argc && a.engagement == NULL) {
        return cli_usage("collect", "expected at least one PATH, or --engagement FILE");
    }
    return run(&a, argv + optind, (size_t)(argc - optind));
}
