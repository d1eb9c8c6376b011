/* evpack status: what the case holds, what is missing, and the command that would supply it. */
#include "cli/cli.h"
#include "report/crosswalk.h"
#include "report/issues.h"
#include "report/status.h"

#include <getopt.h>
#include <unistd.h>

enum { GAPS_SHOWN = 20 };

/* What is asked for. */
typedef struct {
    const char *path, *framework; /* framework NULL: none */
    bool json, issues;
} question;

static evpack_status tell(store *s, const question *q, evpack_err *err)
{
    if (q->framework != NULL) {
        return q->json ? crosswalk_json(s, q->framework, stdout, err)
                       : crosswalk_text(s, q->framework, stdout, err);
    }
    if (q->issues) {
        return q->json ? issues_json(s, stdout, err) : issues_text(s, stdout, err);
    }
    const term look = term_look(STDOUT_FILENO);
    return q->json ? status_json(s, stdout, err) : status_text(s, stdout, GAPS_SHOWN, &look, err);
}

static int run(const question *q)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = NULL;
    evpack_status status = store_open(q->path, STORE_READ, &s, &err);
    if (status == EVPACK_OK) {
        status = tell(s, q, &err);
    }
    return status == EVPACK_OK ? CLI_YES : cli_fail("status", &err);
}

int cmd_status(int argc, char **argv)
{
    static const struct option options[] = {{"case", required_argument, NULL, 'c'},
                                            {"json", no_argument, NULL, 'j'},
                                            {"baseline-issues", no_argument, NULL, 'b'},
                                            {"framework", required_argument, NULL, 'f'},
                                            {"help", no_argument, NULL, 'h'},
                                            {0}};
    question q = {.path = "case.db"};
    for (int c = 0; (c = getopt_long(argc, argv, "c:h", options, NULL)) != -1;) {
        switch (c) {
        case 'c':
            q.path = optarg;
            break;
        case 'j':
            q.json = true;
            break;
        case 'b':
            q.issues = true;
            break;
        case 'f':
            q.framework = optarg;
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
    if (q.issues && q.framework != NULL) {
        return cli_usage("status", "--baseline-issues and --framework ask for different things");
    }
    return run(&q);
}
