/* evpack diff: what changed between two snapshots, cases or packages. */
#include "cli/cli.h"
#include "cli/diff_print.h"
#include "cli/trust.h"
#include "cli/verify_print.h"
#include "review/recognise.h"
#include "review/scratch.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

typedef struct {
    const char *path, *from, *to, *control; /* path NULL: case.db */
    const char *a, *b;                      /* NULL: snapshots of one case */
    trust_given given;
    bool json, all, exit_code, help;
} arguments;

static const struct option options[] = {{"case", required_argument, NULL, 'c'},
                                        {"from", required_argument, NULL, 'f'},
                                        {"to", required_argument, NULL, 't'},
                                        {"control", required_argument, NULL, 'C'},
                                        {"trust", required_argument, NULL, 'T'},
                                        {"crl", required_argument, NULL, 'R'},
                                        {"tsa-trust", required_argument, NULL, 'S'},
                                        {"require", required_argument, NULL, 'Q'},
                                        {"all", no_argument, NULL, 'a'},
                                        {"json", no_argument, NULL, 'j'},
                                        {"exit-code", no_argument, NULL, 'x'},
                                        {"help", no_argument, NULL, 'h'},
                                        {0}};

static int take_trust(trust_list *list, const char *name)
{
    return trust_add(list, optarg)
               ? CLI_YES
               : cli_usage("diff", "--%s needs a value, at most %d times", name, TRUST_MAX);
}

static int take(int c, arguments *a, char **argv)
{
    switch (c) {
    case 'c':
        a->path = optarg;
        return CLI_YES;
    case 'f':
        a->from = optarg;
        return CLI_YES;
    case 't':
        a->to = optarg;
        return CLI_YES;
    case 'C':
        a->control = optarg;
        return CLI_YES;
    case 'T':
        return take_trust(&a->given.trust, "trust");
    case 'R':
        return take_trust(&a->given.crls, "crl");
    case 'S':
        return take_trust(&a->given.tsa_trust, "tsa-trust");
    case 'Q':
        return take_trust(&a->given.required, "require");
    case 'a':
        a->all = true;
        return CLI_YES;
    case 'j':
        a->json = true;
        return CLI_YES;
    case 'x':
        a->exit_code = true;
        return CLI_YES;
    case 'h':
        a->help = true;
        return CLI_YES;
    default:
        return cli_bad_option("diff", argv);
    }
}

static int read_arguments(int argc, char **argv, arguments *a)
{
    for (int c = 0; (c = getopt_long(argc, argv, "c:h", options, NULL)) != -1;) {
        const int code = take(c, a, argv);
        if (code != CLI_YES) {
            return code;
        }
    }
    const int count = argc - optind;
    const trust_given *t = &a->given;
    if (a->help) {
        return CLI_YES;
    }
    if (count != 0 && (count != 2 || a->path != NULL)) {
        return cli_usage("diff", "expected two cases or packages, or -c CASE with none");
    }
    if (t->trust.count == 0 &&
        (t->tsa_trust.count > 0 || t->crls.count > 0 || t->required.count > 0)) {
        return cli_usage("diff", "--crl, --tsa-trust and --require go with --trust");
    }
    if (t->trust.count > 0 && count == 0) {
        return cli_usage("diff", "--trust is for packages, and a case is none");
    }
    a->a = count == 2 ? argv[optind] : NULL;
    a->b = count == 2 ? argv[optind + 1] : NULL;
    return CLI_YES;
}

static bool differs(const drift_totals *t)
{
    int64_t n = t->changed + t->n.only_after + t->n.only_before + t->files + t->decisions;
    for (int i = 0; i < DRIFT_MOVES; i++) {
        n += t->moved[i];
    }
    return n > 0;
}

/* Prints, and says which exit code. */
static int end(const arguments *a, drift *d, diff_shown *shown)
{
    evpack_err err = {0};
    drift_totals totals;
    shown->control = a->control;
    shown->all = a->all;
    evpack_status status =
        a->json ? diff_print_json(d, shown, &err) : diff_print_text(d, shown, &err);
    if (status == EVPACK_OK) {
        status = drift_count(d, &totals, &err);
    }
    if (status != EVPACK_OK) {
        return cli_fail("diff", &err);
    }
    if (fflush(stdout) != 0) {
        return CLI_UNDECIDED;
    }
    return a->exit_code && differs(&totals) ? CLI_NO : CLI_YES;
}

static evpack_status private_folder(const char *folder, const char *name, buf *out, evpack_err *err)
{
    buf_clear(out);
    buf_printf(out, "%s/%s", folder, name);
    EVPACK_TRY(buf_status(out, err));
    return mkdir(buf_str(out), 0700) == 0
               ? EVPACK_OK
               : evpack_fail(err, EVPACK_E_IO, "%s: cannot be made", buf_str(out));
}

static evpack_status load_both(const arguments *a, const char *folder, drift *d, diff_shown *shown,
                               seal_report *report, evpack_err *err)
{
    const char *const paths[] = {a->a, a->b};
    const char *const labels[] = {a->from, a->to};
    EVPACK_AUTO_VALUE(trust_reset) trust_loaded loaded = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf place = {0};
    seal_options verify;
    const bool trusted = a->given.trust.count > 0;
    cli_progress bar = cli_progress_begin();
    int side[2] = {0};
    if (trusted) {
        EVPACK_TRY(trust_load(&a->given, &loaded, &verify, err));
    }
    for (int i = 0; i < 2; i++) {
        EVPACK_TRY(private_folder(folder, i == 0 ? "a" : "b", &place, err));
        *report = (seal_report){0};
        const diff_source source = {.path = paths[i],
                                    .snapshot = labels[i],
                                    .folder = buf_str(&place),
                                    .verify = trusted ? &verify : NULL,
                                    .report = report};
        shown->name[i] = paths[i];
        cli_progress_step(&bar, paths[i]);
        const evpack_status status = diff_load(d, &source, &side[i], &shown->origin[i], err);
        cli_progress_end(&bar);
        if (status != EVPACK_OK && report->verdict == SEAL_NOT_VERIFIED && trusted && !a->json) {
            verify_print_text(paths[i], report);
        }
        EVPACK_TRY(status);
    }
    if (trusted && !shown->origin[0].package && !shown->origin[1].package) {
        return evpack_fail(err, EVPACK_E_USAGE,
                           "--trust is for packages, and neither of the two is one");
    }
    return drift_compare(d, side[0], side[1], err);
}

static int compare_in(void *ctx, const char *folder)
{
    const arguments *a = ctx;
    evpack_err err = {0};
    seal_report report = {0};
    diff_shown shown = {0};
    EVPACK_AUTO(drift) d = NULL;
    if (drift_new(&d, &err) != EVPACK_OK ||
        load_both(a, folder, d, &shown, &report, &err) != EVPACK_OK) {
        return cli_fail("diff", &err);
    }
    return end(a, d, &shown);
}

static int compare_case(const arguments *a)
{
    evpack_err err = {0};
    EVPACK_AUTO(drift) d = NULL;
    const char *path = a->path == NULL ? "case.db" : a->path;
    diff_shown shown = {.name = {path, path}};
    if (drift_new(&d, &err) != EVPACK_OK || diff_case(d, path, a->from, a->to, &err) != EVPACK_OK) {
        return cli_fail("diff", &err);
    }
    return end(a, d, &shown);
}

int cmd_diff(int argc, char **argv)
{
    arguments a = {0};
    int code = read_arguments(argc, argv, &a);
    if (code != CLI_YES) {
        return code;
    }
    if (a.help) {
        return cli_help("diff");
    }
    if (a.a == NULL) {
        return compare_case(&a);
    }
    evpack_err err = {0};
    code = CLI_UNDECIDED;
    return scratch_run(compare_in, &a, &code, &err) == EVPACK_OK ? code : cli_fail("diff", &err);
}
