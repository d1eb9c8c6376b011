/* evpack reperform: repeats a package's test from its raw evidence, and says what differs. */
#include "base/visible.h"
#include "cli/cli.h"
#include "cli/trust.h"
#include "cli/verify_print.h"
#include "review/reperform.h"
#include "review/scratch.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* In words; --json has them all. */
enum { SHOWN = 40, MEMBERS_SHOWN = 6 };

typedef struct {
    const char *path, *mapping, *at;
    trust_given given;
    bool json, help;
} arguments;

typedef struct {
    const arguments *a;
    cli_progress progress;
    bool open;        /* the JSON object has begun */
    uint64_t told;    /* differences */
    uint64_t changes; /* and counts of them */
} console;

static void on_step(void *ctx, const char *what)
{
    console *c = ctx;
    cli_progress_stage(&c->progress, what);
}

static void on_fault(void *ctx, const char *text)
{
    console *c = ctx;
    evpack_err shown = {0};
    cli_progress_end(&c->progress);
    (void)evpack_fail(&shown, EVPACK_OK, "%s", text);
    (void)fprintf(stderr, "evpack reperform: %s\n", shown.text);
}

static void put(buf *out, const char *name, const char *text)
{
    buf_printf(out, "%s\"%s\":", out->len > 0 && out->data[out->len - 1] == '{' ? "" : ",", name);
    buf_json_text(out, text);
}

static evpack_status print(const buf *out, evpack_err *err)
{
    EVPACK_TRY(buf_status(out, err));
    return fwrite(buf_str(out), 1, out->len, stdout) == out->len
               ? EVPACK_OK
               : evpack_fail(err, EVPACK_E_IO, "the answer cannot be written");
}

/* Not before there is something to say: a package that is not verified has no differences. */
static void open_json(console *c, buf *out)
{
    buf_puts(out, c->open ? "" : "{\"differences\":[");
    c->open = true;
}

static evpack_status difference_json(console *c, const compare_difference *d, evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
    open_json(c, &out);
    buf_puts(&out, c->told++ == 0 ? "\n{" : ",\n{");
    put(&out, "difference", compare_kind_word(d->kind));
    put(&out, "id", d->id);
    put(&out, "subject", d->subject);
    put(&out, "service", d->service);
    put(&out, "feature", d->feature);
    put(&out, "control_id", d->control_id);
    put(&out, "source", d->source);
    put(&out, "snapshot", d->snapshot);
    put(&out, "then", d->then);
    put(&out, "now", d->now);
    buf_puts(&out, ",\"members\":[");
    for (size_t i = 0; i < d->member_count; i++) {
        buf_puts(&out, i == 0 ? "{" : ",{");
        put(&out, "member", d->members[i].name);
        put(&out, "then", d->members[i].then);
        put(&out, "now", d->members[i].now);
        buf_putc(&out, '}');
    }
    buf_puts(&out, "]}");
    return print(&out, err);
}

static void put_shown(buf *out, const char *text)
{
    visible_append(out, text, strlen(text), NULL, NULL);
}

static evpack_status difference_text(console *c, const compare_difference *d, evpack_err *err)
{
    cli_progress_end(&c->progress);
    if (c->told++ >= SHOWN) {
        return EVPACK_OK;
    }
    EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
    buf_printf(&out, "  %s ", compare_kind_word(d->kind));
    put_shown(&out, d->subject == NULL ? "-" : d->subject);
    buf_puts(&out, ": ");
    put_shown(&out, d->control_id == NULL ? "no control" : d->control_id);
    buf_puts(&out, ", ");
    put_shown(&out, d->feature == NULL ? "-" : d->feature);
    buf_printf(&out, ": %s -> %s (finding ", d->then == NULL ? "none" : d->then,
               d->now == NULL ? "none" : d->now);
    put_shown(&out, d->id == NULL ? "-" : d->id);
    buf_puts(&out, ")\n");
    for (size_t i = 0; i < d->member_count && i < MEMBERS_SHOWN; i++) {
        if (strcmp(d->members[i].name, "status") == 0) {
            continue;
        }
        buf_puts(&out, "      ");
        put_shown(&out, d->members[i].name);
        buf_puts(&out, ": ");
        put_shown(&out, d->members[i].then == NULL ? "absent" : d->members[i].then);
        buf_puts(&out, " -> ");
        put_shown(&out, d->members[i].now == NULL ? "absent" : d->members[i].now);
        buf_putc(&out, '\n');
    }
    return print(&out, err);
}

static evpack_status on_difference(void *ctx, const compare_difference *d, evpack_err *err)
{
    console *c = ctx;
    return c->a->json ? difference_json(c, d, err) : difference_text(c, d, err);
}

static evpack_status change_json(console *c, const compare_change *one, evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
    open_json(c, &out);
    buf_puts(&out, c->changes++ == 0 ? "\n],\"changes\":[\n{" : ",\n{");
    put(&out, "service", one->service);
    put(&out, "feature", one->feature);
    put(&out, "control_id", one->control_id);
    put(&out, "source", one->source);
    put(&out, "then", one->then);
    put(&out, "now", one->now);
    buf_printf(&out, ",\"findings\":%" PRIu64 "}", one->findings);
    return print(&out, err);
}

static evpack_status change_text(console *c, const compare_change *one, evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
    if (c->changes++ == 0) {
        if (c->told > SHOWN) {
            buf_printf(&out, "  and %" PRIu64 " more (--json has them all)\n", c->told - SHOWN);
        }
        buf_puts(&out, "By what was tested:\n");
    }
    buf_puts(&out, "  ");
    put_shown(&out, one->service == NULL ? "no service" : one->service);
    buf_puts(&out, ", ");
    put_shown(&out, one->control_id == NULL ? "no control" : one->control_id);
    buf_puts(&out, ", ");
    put_shown(&out, one->feature == NULL ? "-" : one->feature);
    buf_printf(&out, ": %" PRIu64 " findings %s -> %s\n", one->findings,
               one->then == NULL ? "none" : one->then, one->now == NULL ? "none" : one->now);
    return print(&out, err);
}

static evpack_status on_change(void *ctx, const compare_change *one, evpack_err *err)
{
    console *c = ctx;
    return c->a->json ? change_json(c, one, err) : change_text(c, one, err);
}

static evpack_status end_json(console *c, const reperform_result *r, evpack_err *err)
{
    const compare_totals *f = &r->found;
    EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
    open_json(c, &out);
    buf_puts(&out, c->changes == 0 ? "],\"changes\":[]" : "\n]");
    buf_puts(&out, ",\"reasons\":[],\n\"package\":{");
    put(&out, "id", r->package_id);
    put(&out, "evpack_version", r->head.version);
    put(&out, "evaluated_at", r->head.evaluated_at);
    put(&out, "mapping_sha256", r->head.mapping_sha256);
    buf_printf(&out, ",\"redacted\":%" PRIu64 ",\"withheld\":%" PRIu64 "},\"repeated\":{",
               r->redacted, r->withheld);
    put(&out, "evpack_version", EVPACK_VERSION);
    put(&out, "evaluated_at", r->evaluated_at);
    put(&out, "mapping_sha256", r->mapping_sha256);
    buf_printf(&out,
               ",\"rules_failed\":%" PRIu64 ",\"subjects\":%" PRIu64
               "},\"findings\":{\"then\":%" PRIu64 ",\"now\":%" PRIu64 ",\"same\":%" PRIu64
               ",\"changed\":%" PRIu64 ",\"status_changed\":%" PRIu64 ",\"added\":%" PRIu64
               ",\"removed\":%" PRIu64 ",\"redacted\":%" PRIu64 "},",
               r->broken, r->subjects, f->then, f->now, f->same, f->changed, f->status_changed,
               f->added, f->removed, f->redacted);
    buf_printf(&out, "\"verdict\":\"%s\"}\n", reperform_identical(r) ? "identical" : "different");
    return print(&out, err);
}

/* What kept it from being repeated. */
static void fail_json(console *c, const seal_report *report, const evpack_err *why)
{
    EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
    open_json(c, &out);
    buf_puts(&out, c->changes == 0 ? "],\"changes\":[]" : "\n]");
    buf_puts(&out, ",\"reasons\":[");
    for (size_t i = 0; i < report->reason_count; i++) {
        buf_puts(&out, i == 0 ? "{" : ",{");
        put(&out, "code", report->reasons[i].code);
        put(&out, "text", report->reasons[i].text);
        buf_putc(&out, '}');
    }
    if (report->reason_count == 0) {
        buf_puts(&out, "{");
        put(&out, "code", why->code == EVPACK_E_NO ? "package" : "could-not-check");
        put(&out, "text", why->text);
        buf_putc(&out, '}');
    }
    buf_printf(&out, "],\"verdict\":\"%s\"}\n",
               why->code == EVPACK_E_NO ? "not-verified" : "undecided");
    evpack_err ignored = {0};
    evpack_status status = print(&out, &ignored);
    (void)status; /* the exit code says no in any case */
}

static void print_versions(const reperform_result *r)
{
    if (strcmp(r->head.version, EVPACK_VERSION) != 0) {
        EVPACK_AUTO_VALUE(buf_reset) buf version = {0};
        put_shown(&version, r->head.version);
        (void)printf("  made by       evpack %s; this is evpack %s\n", buf_str(&version),
                     EVPACK_VERSION);
    }
    if (r->other_mapping) {
        (void)printf("  mapping       data/mapping is not the mapping that the package names\n");
    }
    if (r->broken > 0) {
        (void)printf("  mapping       %" PRIu64 " rules failed; their findings are errors\n",
                     r->broken);
    }
    if (r->redacted > 0 || r->withheld > 0) {
        (void)printf("  redacted      %" PRIu64 " evidence files are redacted copies, %" PRIu64
                     " were withheld; of %" PRIu64
                     " findings the bytes that they rest on were not compared\n",
                     r->redacted, r->withheld, r->found.redacted);
    }
}

static void end_text(const console *c, const reperform_result *r)
{
    const compare_totals *f = &r->found;
    const bool same = reperform_identical(r);
    (void)printf("%s: %s\n", same ? "IDENTICAL" : "DIFFERENT", c->a->path);
    (void)printf("  package       %s, verified, signed by the trusted certificate\n",
                 r->package_id);
    (void)printf("  findings      %" PRIu64 " on %" PRIu64 " subjects, made again from the raw "
                 "evidence%s, at %s: %" PRIu64 " the same",
                 f->now, r->subjects,
                 c->a->mapping == NULL ? " by the package's own mapping" : " by your mapping",
                 r->evaluated_at, f->same);
    if (!same) {
        (void)printf(", %" PRIu64 " changed (%" PRIu64 " in their status), %" PRIu64
                     " added, %" PRIu64 " removed",
                     f->changed, f->status_changed, f->added, f->removed);
    }
    (void)printf("\n");
    print_versions(r);
}

static evpack_status repeat(const arguments *a, const char *folder, seal_report *report,
                            reperform_result *result, evpack_err *err)
{
    EVPACK_AUTO_VALUE(trust_reset) trust_loaded loaded = {0};
    seal_options verify;
    console c = {.a = a, .progress = cli_progress_begin()};
    const progress watch = cli_progress_to(&c.progress);
    reperform_options options = {.path = a->path,
                                 .watch = &watch,
                                 .scratch = folder,
                                 .verify = &verify,
                                 .report = report,
                                 .mapping = a->mapping,
                                 .at_given = a->at != NULL,
                                 .step = on_step,
                                 .fault = on_fault,
                                 .difference = on_difference,
                                 .change = on_change,
                                 .ctx = &c};
    if (a->at != NULL) {
        EVPACK_TRY(cli_now(a->at, &options.at, err));
    }
    EVPACK_TRY(trust_load(&a->given, &loaded, &verify, err));
    verify.watch = &watch;
    evpack_status status = reperform(&options, result, err);
    cli_progress_end(&c.progress);
    if (status != EVPACK_OK && a->json) {
        fail_json(&c, report, err);
    }
    EVPACK_TRY(status);
    if (a->json) {
        return end_json(&c, result, err);
    }
    end_text(&c, result);
    return EVPACK_OK;
}

static int repeat_in(void *ctx, const char *folder)
{
    const arguments *a = ctx;
    evpack_err err = {0};
    seal_report report = {0};
    reperform_result result = {0};
    evpack_status status = repeat(a, folder, &report, &result, &err);
    if (status == EVPACK_E_NO && !a->json && report.verdict == SEAL_NOT_VERIFIED) {
        verify_print_text(a->path, &report);
    }
    if (status == EVPACK_OK && fflush(stdout) != 0) {
        return CLI_UNDECIDED;
    }
    if (status != EVPACK_OK) {
        return cli_fail("reperform", &err);
    }
    return reperform_identical(&result) ? CLI_YES : CLI_NO;
}

static int take_option(int argc, char **argv, int *at, void *ctx)
{
    arguments *a = ctx;
    const char *problem = NULL;
    if (strcmp(argv[*at], "--json") == 0) {
        a->json = true;
        return CLI_YES;
    }
    if (strcmp(argv[*at], "--help") == 0 || strcmp(argv[*at], "-h") == 0) {
        a->help = true;
        return CLI_YES;
    }
    const struct {
        const char *name;
        const char **into;
    } values[] = {{"--mapping", &a->mapping}, {"--at", &a->at}};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        const char *value = NULL;
        if (trust_take_value(values[i].name, argc, argv, at, &value)) {
            if (value[0] == '\0' || *values[i].into != NULL) {
                return cli_usage("reperform", "%s needs a value, and is given once",
                                 values[i].name);
            }
            *values[i].into = value;
            return CLI_YES;
        }
    }
    if (trust_take(&a->given, argc, argv, at, &problem)) {
        return problem == NULL ? CLI_YES : cli_usage("reperform", "%s", problem);
    }
    return cli_usage("reperform", "'%.100s' is not understood", argv[*at]);
}

static int read_arguments(int argc, char **argv, arguments *a)
{
    const char *another = NULL;
    int code = trust_walk(argc, argv, take_option, a, &a->path, &another);
    if (code != CLI_YES) {
        return code;
    }
    if (another != NULL) {
        return cli_usage("reperform", "expected one P.zip, found another: %.200s", another);
    }
    if (!a->help && a->path == NULL) {
        return cli_usage("reperform", "expected one P.zip");
    }
    if (!a->help && a->given.trust.count == 0) {
        return cli_usage("reperform", "--trust is needed: without it nobody can be believed");
    }
    return CLI_YES;
}

int cmd_reperform(int argc, char **argv)
{
    arguments a = {0};
    int code = read_arguments(argc, argv, &a);
    if (code != CLI_YES) {
        return code;
    }
    if (a.help) {
        return cli_help("reperform");
    }
    evpack_err err = {0};
    code = CLI_UNDECIDED;
    return scratch_run(repeat_in, &a, &code, &err) == EVPACK_OK ? code
                                                                : cli_fail("reperform", &err);
}
