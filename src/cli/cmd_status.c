/* evpack status: what the case holds, what is missing, and the command that would supply it. */
#include "cli/cli.h"
#include "report/issues.h"
#include "report/status.h"

#include <getopt.h>

enum { GAPS_SHOWN = 20 };

static evpack_status tell(store *s, bool json, bool issues, evpack_err *err)
{
    if (issues) {
        return json ? issues_json(s, stdout, err) : issues_text(s, stdout, err);
    }
    return json ? status_json(s, stdout, err) : status_text(s, stdout, GAPS_SHOWN, err);
}

static int run(const char *path, bool json, bool issues)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = NULL;
    evpack_status status = store_open(path, STORE_READ, &s, &err);
    if (status == EVPACK_OK) {
        status = tell(s, json, issues, &err);
    }
    return status == EVPACK_OK ? CLI_YES : cli_fail("status", &err);
}

int cmd_status(int argc, char **argv)
{
    static const struct option options[] = {{"case", required_argument, NULL, 'c'},
                                            {"json", no_argument, NULL, 'j'},
                                            {"baseline-issues", no_argument, NULL, 'b'},
                                            {"help", no_argument, NULL, 'h'},
                                            {0}};
    const char *path = "case.db";
    bool json = false;
    bool issues = false;
    for (int c = 0; (c = getopt_long(argc, argv, "c:h", options, NULL)) != -1;) {
        switch (c) {
        case 'c':
            path = optarg;
            break;
        case 'j':
            json = true;
            break;
        case 'b':
            issues = true;
            break;
        case 'h':
            return cli_help("status");
        default:
            return cli_bad_option("status", argv);
        }
    }
    if (optind < argc) {
        return cli_usage("status", "'%s' is one argument too many", argv[optind]);
    }
    return run(path, json, issues);
}
