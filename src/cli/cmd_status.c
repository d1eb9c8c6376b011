/* evpack status: what the case holds, what is missing, and the command that would supply it. */
#include "cli/cli.h"
#include "report/status.h"

#include <getopt.h>

enum { GAPS_SHOWN = 20 };

static int run(const char *path, bool json)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = NULL;
    evpack_status status = store_open(path, STORE_READ, &s, &err);
    if (status == EVPACK_OK) {
        status = json ? status_json(s, stdout, &err) : status_text(s, stdout, GAPS_SHOWN, &err);
    }
    return status == EVPACK_OK ? CLI_YES : cli_fail("status", &err);
}

int cmd_status(int argc, char **argv)
{
    static const struct option options[] = {{"case", required_argument, NULL, 'c'},
                                            {"json", no_argument, NULL, 'j'},
                                            {"help", no_argument, NULL, 'h'},
                                            {0}};
    const char *path = "case.db";
    bool json = false;
    for (int c = 0; (c = getopt_long(argc, argv, "c:h", options, NULL)) != -1;) {
        switch (c) {
        case 'c':
            path = optarg;
            break;
        case 'j':
            json = true;
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
    return run(path, json);
}
