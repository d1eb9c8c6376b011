/* evpack extract: a package as a folder, when it verifies. */
#include "cli/cli.h"
#include "cli/trust.h"
#include "cli/verify_print.h"
#include "seal/extract.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

typedef struct {
    const char *path, *dir;
    trust_given given;
    bool json, help;
} arguments;

static int take_option(int argc, char **argv, int *at, void *ctx)
{
    arguments *a = ctx;
    const char *arg = argv[*at];
    const char *problem = NULL;
    const char *value = NULL;
    if (strcmp(arg, "--json") == 0) {
        a->json = true;
        return CLI_YES;
    }
    if (strcmp(arg, "--help") == 0 || strcmp(arg, "-h") == 0) {
        a->help = true;
        return CLI_YES;
    }
    if (trust_take_value("-o", argc, argv, at, &value) ||
        trust_take_value("--output", argc, argv, at, &value)) {
        if (value[0] == '\0' || a->dir != NULL) {
            return cli_usage("extract", "-o needs one folder, and is given once");
        }
        a->dir = value;
        return CLI_YES;
    }
    if (trust_take(&a->given, argc, argv, at, &problem)) {
        return problem == NULL ? CLI_YES : cli_usage("extract", "%s", problem);
    }
    return cli_usage("extract", "'%.100s' is not understood", arg);
}

static int read_arguments(int argc, char **argv, arguments *a)
{
    const char *another = NULL;
    int code = trust_walk(argc, argv, take_option, a, &a->path, &another);
    if (code != CLI_YES) {
        return code;
    }
    if (another != NULL) {
        return cli_usage("extract", "expected one P.zip, found another: %.200s", another);
    }
    if (a->help) {
        return CLI_YES;
    }
    if (a->path == NULL) {
        return cli_usage("extract", "expected one P.zip");
    }
    if (a->dir == NULL) {
        return cli_usage("extract", "expected -o with the folder to make");
    }
    if (a->given.trust.count == 0) {
        return cli_usage("extract", "--trust is needed: without it nobody can be believed");
    }
    return CLI_YES;
}

static int print(const arguments *a, const seal_report *report)
{
    if (a->json) {
        verify_print_json(report, &(verify_shown){.sandbox = SANDBOX_NONE});
    } else {
        verify_print_text(a->path, report);
    }
    if (report->verdict != SEAL_VERIFIED) {
        return report->verdict == SEAL_NOT_VERIFIED ? CLI_NO : CLI_UNDECIDED;
    }
    if (!a->json) {
        (void)printf("Unpacked: %" PRIu64 " files in %s\n", report->files, a->dir);
    }
    return CLI_YES;
}

int cmd_extract(int argc, char **argv)
{
    arguments a = {0};
    int code = read_arguments(argc, argv, &a);
    if (code != CLI_YES) {
        return code;
    }
    if (a.help) {
        return cli_help("extract");
    }
    evpack_err err = {0};
    seal_report report = {0};
    seal_options options;
    EVPACK_AUTO_VALUE(trust_reset) trust_loaded loaded = {0};
    evpack_status status = trust_load(&a.given, &loaded, &options, &err);
    cli_progress bar = cli_progress_begin();
    const progress watch = cli_progress_to(&bar);
    if (status == EVPACK_OK) {
        options.watch = &watch;
        status = seal_extract(a.path, &options, a.dir, &report, &err);
        cli_progress_end(&bar);
    } else {
        report_decide(&report, status, &err);
    }
    if (status == EVPACK_OK) {
        return print(&a, &report);
    }
    if (a.json) {
        verify_print_json(&report, &(verify_shown){.sandbox = SANDBOX_NONE});
    }
    return cli_fail("extract", &err);
}
