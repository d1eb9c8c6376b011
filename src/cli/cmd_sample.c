/* evpack sample: draws findings for a reviewer, and lists what was drawn. */
#include "cli/cli.h"

#include "base/buf.h"
#include "base/text.h"
#include "base/visible.h"
#include "review/sample.h"
#include "store/samples.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    const char *path, *size, *strata, *statuses, *at;
    sample_options o;
    bool list, json, help;
} arguments;

static const struct option options[] = {
    {"case", required_argument, NULL, 'c'},     {"control", required_argument, NULL, 'C'},
    {"size", required_argument, NULL, 'n'},     {"seed", required_argument, NULL, 's'},
    {"strata", required_argument, NULL, 'S'},   {"status", required_argument, NULL, 'T'},
    {"service", required_argument, NULL, 'v'},  {"benchmark", required_argument, NULL, 'B'},
    {"snapshot", required_argument, NULL, 'p'}, {"by", required_argument, NULL, 'b'},
    {"reason", required_argument, NULL, 'r'},   {"at", required_argument, NULL, 'a'},
    {"list", no_argument, NULL, 'l'},           {"json", no_argument, NULL, 'j'},
    {"help", no_argument, NULL, 'h'},           {0}};

/* Where the value of an option goes; NULL: it has none. */
static const char **place_of(arguments *a, int c)
{
    const struct {
        int option;
        const char **into;
    } places[] = {{'c', &a->path},      {'C', &a->o.control_id}, {'n', &a->size},
                  {'s', &a->o.seed},    {'S', &a->strata},       {'T', &a->statuses},
                  {'v', &a->o.service}, {'B', &a->o.benchmark},  {'p', &a->o.snapshot},
                  {'b', &a->o.by},      {'r', &a->o.reason},     {'a', &a->at}};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        if (places[i].option == c) {
            return places[i].into;
        }
    }
    return NULL;
}

static int take_statuses(const char *list, unsigned *out)
{
    *out = 0;
    for (const char *at = list; at != NULL;) {
        const size_t len = strcspn(at, ",");
        bool found = false;
        for (int i = 1; i < FINDING_STATUSES; i++) {
            const char *word = finding_status_word(i);
            if (strlen(word) == len && strncmp(word, at, len) == 0) {
                *out |= FINDINGS_ONLY(i);
                found = true;
            }
        }
        if (!found) {
            return cli_usage("sample",
                             "--status '%.100s': expected some of pass, fail, inherited, "
                             "notapplicable, manual, unknown, exempt, error",
                             list);
        }
        at = at[len] == ',' ? at + len + 1 : NULL;
    }
    return CLI_YES;
}

/* What the words mean. */
static int understand(arguments *a)
{
    evpack_err err = {0};
    a->o.statuses = FINDINGS_ALL;
    if (a->o.control_id == NULL || a->size == NULL || a->o.seed == NULL) {
        return cli_usage("sample", "expected --control, --size and --seed, or --list");
    }
    char *end = NULL;
    errno = 0;
    a->o.size = strtoll(a->size, &end, 10);
    if (errno != 0 || end == a->size || *end != '\0') {
        return cli_usage("sample", "--size '%.40s': expected 1 to %d", a->size, SAMPLE_SIZE_MAX);
    }
    if (a->strata != NULL && strcmp(a->strata, "status") != 0 &&
        strcmp(a->strata, "subscription") != 0) {
        return cli_usage("sample", "--strata '%.40s': expected status or subscription", a->strata);
    }
    a->o.strata = a->strata == NULL                  ? SAMPLE_PLAIN
                  : strcmp(a->strata, "status") == 0 ? SAMPLE_BY_STATUS
                                                     : SAMPLE_BY_SUBSCRIPTION;
    if (a->statuses != NULL) {
        const int code = take_statuses(a->statuses, &a->o.statuses);
        if (code != CLI_YES) {
            return code;
        }
    }
    return cli_now(a->at, &a->o.now, &err) == EVPACK_OK ? CLI_YES : cli_fail("sample", &err);
}

static int read_arguments(int argc, char **argv, arguments *a)
{
    for (int c = 0; (c = getopt_long(argc, argv, "c:h", options, NULL)) != -1;) {
        const char **into = place_of(a, c);
        if (into != NULL) {
            *into = optarg;
        } else if (c == 'l') {
            a->list = true;
        } else if (c == 'j') {
            a->json = true;
        } else if (c == 'h') {
            a->help = true;
            return CLI_YES;
        } else {
            return cli_bad_option("sample", argv);
        }
    }
    if (optind < argc) {
        return cli_usage("sample", "'%.100s' is not understood", argv[optind]);
    }
    return a->list ? CLI_YES : understand(a);
}

typedef struct {
    const store *s;
    int64_t only; /* this sample; 0: all */
    bool json;
    int64_t told, parts;
    buf b;
} console;

static void console_reset(console *c)
{
    buf_reset(&c->b);
}

static evpack_status out(console *c, evpack_err *err)
{
    EVPACK_TRY(buf_status(&c->b, err));
    const bool written = fwrite(buf_str(&c->b), 1, c->b.len, stdout) == c->b.len;
    buf_clear(&c->b);
    return written ? EVPACK_OK : evpack_fail(err, EVPACK_E_IO, "the answer cannot be written");
}

static void put_shown(buf *b, const char *text)
{
    visible_append(b, text, strlen(text), NULL, NULL);
}

static void member(buf *b, const char *name, const char *text)
{
    buf_printf(b, "%s\"%s\":", b->data[b->len - 1] == '{' ? "" : ",", name);
    buf_json_text(b, text);
}

static void number(buf *b, const char *name, int64_t n)
{
    buf_printf(b, "%s\"%s\":%lld", b->data[b->len - 1] == '{' ? "" : ",", name, (long long)n);
}

static evpack_status stratum_json(void *ctx, const sample_stratum *one, evpack_err *err)
{
    console *c = ctx;
    (void)err;
    buf_puts(&c->b, c->parts++ > 0 ? ",{" : "{");
    member(&c->b, "name", one->name);
    number(&c->b, "population", one->population);
    number(&c->b, "size", one->size);
    buf_putc(&c->b, '}');
    return EVPACK_OK;
}

static evpack_status item_json(void *ctx, const sample_item *one, evpack_err *err)
{
    console *c = ctx;
    char rank[DIGEST_HEX];
    text_hex(one->rank, DIGEST_SIZE, rank);
    buf_puts(&c->b, c->parts++ > 0 ? ",\n{" : "\n{");
    member(&c->b, "finding_id", one->finding_id);
    member(&c->b, "rank", rank);
    member(&c->b, "stratum", one->stratum);
    member(&c->b, "status", one->status);
    member(&c->b, "service", one->service);
    member(&c->b, "tested", one->tested);
    member(&c->b, "source", one->source);
    member(&c->b, "subject", one->subject);
    buf_putc(&c->b, '}');
    return out(c, err);
}

static evpack_status row_json(console *c, const sample_row *row, evpack_err *err)
{
    char sha256[DIGEST_HEX];
    text_hex(row->population_sha256, DIGEST_SIZE, sha256);
    buf_puts(&c->b, c->told++ > 0 ? ",\n{" : "{");
    number(&c->b, "id", row->id);
    member(&c->b, "benchmark", row->benchmark);
    member(&c->b, "control_id", row->control_id);
    member(&c->b, "service", row->service);
    member(&c->b, "snapshot", row->label);
    member(&c->b, "statuses", row->statuses);
    member(&c->b, "strata", row->strata);
    member(&c->b, "method", row->method);
    member(&c->b, "seed", row->seed);
    number(&c->b, "size", row->size);
    number(&c->b, "population", row->population);
    number(&c->b, "resources", row->resources);
    member(&c->b, "population_sha256", sha256);
    member(&c->b, "evaluated_at", row->evaluated_at);
    member(&c->b, "drawn_at", row->drawn_at);
    member(&c->b, "drawn_by", row->drawn_by);
    buf_printf(&c->b, ",\"older_run\":%s,\"by_stratum\":[", row->older ? "true" : "false");
    c->parts = 0;
    EVPACK_TRY(samples_each_stratum(c->s, row->id, stratum_json, c, err));
    buf_puts(&c->b, "],\"items\":[");
    c->parts = 0;
    EVPACK_TRY(samples_each_item(c->s, row->id, item_json, c, err));
    buf_puts(&c->b, "]}");
    return out(c, err);
}

static evpack_status stratum_text(void *ctx, const sample_stratum *one, evpack_err *err)
{
    console *c = ctx;
    (void)err;
    buf_puts(&c->b, "  stratum      ");
    put_shown(&c->b, one->name);
    buf_printf(&c->b, ": %lld of %lld\n", (long long)one->size, (long long)one->population);
    return EVPACK_OK;
}

static evpack_status item_text(void *ctx, const sample_item *one, evpack_err *err)
{
    console *c = ctx;
    buf_printf(&c->b, "  %4lld  %s  %-13s ", (long long)one->ordinal, one->finding_id, one->status);
    put_shown(&c->b, one->subject);
    buf_puts(&c->b, "\n        ");
    put_shown(&c->b, one->service == NULL ? "no service" : one->service);
    buf_puts(&c->b, ", ");
    put_shown(&c->b, one->tested);
    buf_puts(&c->b, "\n");
    return out(c, err);
}

static evpack_status row_text(console *c, const sample_row *row, evpack_err *err)
{
    char sha256[DIGEST_HEX];
    text_hex(row->population_sha256, DIGEST_SIZE, sha256);
    buf_printf(&c->b, "%sSample %lld: %s %s, %lld of %lld findings (%lld resources)%s\n",
               c->told++ > 0 ? "\n" : "", (long long)row->id, row->benchmark, row->control_id,
               (long long)row->items, (long long)row->population, (long long)row->resources,
               row->older ? ", of an OLDER run: the case was mapped again since" : "");
    buf_puts(&c->b, "  snapshot     ");
    put_shown(&c->b, row->label);
    buf_printf(&c->b, ", evaluated %s\n  limited to   service: %s; status: %s\n", row->evaluated_at,
               row->service == NULL ? "all" : row->service,
               samples_all_statuses(row) ? "all" : row->statuses);
    buf_printf(&c->b, "  method       %s, strata: %s\n  seed         ", row->method, row->strata);
    put_shown(&c->b, row->seed);
    buf_printf(&c->b, "\n  population   SHA-256 of its ids %s\n  drawn        %s", sha256,
               row->drawn_at);
    if (row->drawn_by[0] != '\0') {
        buf_puts(&c->b, " by ");
        put_shown(&c->b, row->drawn_by);
    }
    buf_putc(&c->b, '\n');
    if (strcmp(row->strata, "none") != 0) {
        EVPACK_TRY(samples_each_stratum(c->s, row->id, stratum_text, c, err));
    }
    return samples_each_item(c->s, row->id, item_text, c, err);
}

static evpack_status told(void *ctx, const sample_row *row, evpack_err *err)
{
    console *c = ctx;
    if (c->only != 0 && c->only != row->id) {
        return EVPACK_OK;
    }
    return c->json ? row_json(c, row, err) : row_text(c, row, err);
}

static evpack_status show(const store *s, int64_t only, bool json, evpack_err *err)
{
    EVPACK_AUTO_VALUE(console_reset) console c = {.s = s, .only = only, .json = json};
    buf_puts(&c.b, json && only == 0 ? "{\"samples\":[" : "");
    EVPACK_TRY(samples_each(s, told, &c, err));
    if (json) {
        buf_puts(&c.b, only == 0 ? "]}\n" : "\n");
    } else if (c.told == 0) {
        buf_puts(&c.b, "No sample was drawn.\n");
    }
    return out(&c, err);
}

static evpack_status run(const arguments *a, evpack_err *err)
{
    EVPACK_AUTO(store) s = NULL;
    int64_t id = 0;
    EVPACK_TRY(store_open(a->path, a->list ? STORE_READ : STORE_WRITE, &s, err));
    if (!a->list) {
        EVPACK_TRY(sample_draw(s, &a->o, &id, err));
    }
    return show(s, id, a->json, err);
}

int cmd_sample(int argc, char **argv)
{
    arguments a = {.path = "case.db"};
    const int code = read_arguments(argc, argv, &a);
    if (code != CLI_YES) {
        return code;
    }
    if (a.help) {
        return cli_help("sample");
    }
    evpack_err err = {0};
    return run(&a, &err) == EVPACK_OK ? CLI_YES : cli_fail("sample", &err);
}
