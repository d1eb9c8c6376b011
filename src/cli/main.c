/* evpack: finds the verb and calls it. */
#include "cli/cli.h"
#include "cli/cmd_keygen.h"
#include "cli/cmd_report.h"
#include "cli/cmd_verify.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

static int verify(int argc, char **argv)
{
    return cli_is_bag_only(argc, argv) ? cmd_bag(argc, argv) : cmd_verify(argc, argv);
}

static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
} verbs[] = {
    {"collect", cmd_collect},     {"map", cmd_map},
    {"status", cmd_status},       {"report", cmd_report},
    {"package", cmd_package},     {"reperform", cmd_reperform},
    {"sign", cmd_sign},           {"verify", verify},
    {"keygen", cmd_keygen},       {"plan", cmd_plan},
    {"timestamp", cmd_timestamp}, {"extract", cmd_extract},
    {"show", cmd_show},           {"diff", cmd_diff},
    {"sample", cmd_sample},
};

int main(int argc, char **argv)
{
    if (argc < 2) {
        return cli_usage("evpack", "expected a verb, such as collect");
    }
    opterr = 0; /* one line for an error: ours */
    const char *verb = argv[1];
    if (strcmp(verb, "--version") == 0) {
        return printf("evpack %s\n", EVPACK_VERSION) > 0 ? CLI_YES : CLI_UNDECIDED;
    }
    if (strcmp(verb, "help") == 0 || strcmp(verb, "--help") == 0 || strcmp(verb, "-h") == 0) {
        return cli_help(argc > 2 ? argv[2] : "evpack");
    }
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
        if (strcmp(verb, verbs[i].name) == 0) {
            int code = verbs[i].run(argc - 1, argv + 1);
            bool written = fflush(stdout) == 0 && ferror(stdout) == 0;
            return written ? code : CLI_UNDECIDED;
        }
    }
    return cli_usage("evpack", "there is no verb '%.40s'", verb);
}
