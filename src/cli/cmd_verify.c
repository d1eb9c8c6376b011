/*
 * The verb verify: reads arguments, calls seal_verify, prints. Refuses to judge anything itself.
 */
#include "cli/cmd_verify.h"

#include "base/embed.h"
#include "cli/explain.h"
#include "cli/progress.h"
#include "cli/trust.h"
#include "cli/verify_print.h"
#include "seal/verify.h"

#include <stdio.h>
#include <string.h>

enum { EXIT_YES = 0, EXIT_NO = 1, EXIT_UNDECIDED = 2 };

typedef struct {
    const char *path;
    trust_given given;
    const char *previous;
    bool json;
    bool help;
    bool explain;
} arguments;

/* How the program is to be called again. */
static const char *called(char **argv)
{
    return strcmp(argv[0], "verify") == 0 ? "evpack verify" : "evpack-verify";
}

static int usage(char **argv, const char *problem, const char *what)
{
    const char *name = called(argv);
    evpack_err err = {0}; /* what a shell's * made of a folder's names may hold escapes */
    (void)evpack_fail(&err, EVPACK_E_USAGE, "%s: %s%.200s", name, problem, what);
    (void)fprintf(stderr, "%s\nTry '%s --help'.\n", err.text, name);
    return EXIT_UNDECIDED;
}

static int read_option(int argc, char **argv, int *at, void *ctx)
{
    arguments *a = ctx;
    const char *arg = argv[*at];
    if (strcmp(arg, "--json") == 0) {
        a->json = true;
        return EXIT_YES;
    }
    if (strcmp(arg, "--explain") == 0) {
        a->explain = true;
        return EXIT_YES;
    }
    if (strcmp(arg, "--help") == 0 || strcmp(arg, "-h") == 0) {
        a->help = true;
        return EXIT_YES;
    }
    const char *problem = NULL;
    if (trust_take(&a->given, argc, argv, at, &problem)) {
        return problem == NULL ? EXIT_YES : usage(argv, problem, "");
    }
    const char *value = NULL;
    if (trust_take_value("--previous", argc, argv, at, &value)) {
        if (value[0] == '\0' || a->previous != NULL) {
            return usage(argv, "--previous needs one package, and is given once", "");
        }
        a->previous = value;
        return EXIT_YES;
    }
    return usage(argv, "unknown option ", arg);
}

static int read_arguments(int argc, char **argv, arguments *a)
{
    const char *another = NULL;
    int code = trust_walk(argc, argv, read_option, a, &a->path, &another);
    if (code != EXIT_YES) {
        return code;
    }
    if (another != NULL) {
        return usage(argv, "expected one PATH, found another: ", another);
    }
    if (!a->help && a->path == NULL) {
        return usage(argv, "expected the PATH of a package", "");
    }
    if (!a->help && a->given.trust.count == 0) {
        return usage(argv, "--trust is needed: without it nobody can be believed", "");
    }
    return EXIT_YES;
}

static int print_help(char **argv)
{
    const embed_file *text =
        embed_find(strcmp(argv[0], "verify") == 0 ? "src/cli/help/verify.txt"
                                                  : "src/cli/help/evpack-verify.txt");
    return text != NULL && fwrite(text->data, 1, text->len, stdout) == text->len &&
                   fflush(stdout) == 0
               ? EXIT_YES
               : EXIT_UNDECIDED;
}

/* All that is not the package itself is read before the rights are given up. */
static evpack_status judge(const arguments *a, verify_shown *more, seal_report *report,
                           evpack_err *err)
{
    seal_options options;
    EVPACK_AUTO_VALUE(trust_reset) trust_loaded loaded = {0};
    evpack_status status = trust_load(&a->given, &loaded, &options, err);
    if (status != EVPACK_OK) {
        report_decide(report, status, err);
        return status;
    }
    options.previous = a->previous;
    cli_progress bar = cli_progress_begin();
    const progress watch = cli_progress_to(&bar);
    options.watch = &watch;
    more->sandbox = sandbox_enter();
    status = seal_verify(a->path, &options, report, err);
    cli_progress_end(&bar);
    return status;
}

int cmd_verify(int argc, char **argv)
{
    arguments a = {0};
    int code = read_arguments(argc, argv, &a);
    if (code != EXIT_YES) {
        return code;
    }
    if (a.help) {
        return print_help(argv);
    }
    evpack_err err = {0};
    seal_report report = {0};
    verify_shown more = {.explain = a.explain};
    evpack_status status = judge(&a, &more, &report, &err);
    if (status != EVPACK_OK) {
        (void)fprintf(stderr, "%s: %s\n", called(argv), err.text);
    }
    if (a.json) {
        verify_print_json(&report, &more);
    } else {
        if (status == EVPACK_OK) {
            verify_print_text(a.path, &report);
        }
        if (a.explain) {
            explain_print(&report, more.sandbox);
        }
    }
    if (fflush(stdout) != 0 || ferror(stdout) != 0) {
        return EXIT_UNDECIDED;
    }
    static const int codes[] = {[SEAL_VERIFIED] = EXIT_YES,
                                [SEAL_NOT_VERIFIED] = EXIT_NO,
                                [SEAL_UNDECIDED] = EXIT_UNDECIDED};
    return codes[report.verdict];
}
