/* evpack show: a finding with its evidence, a control, or a resource. */
#include "cli/cli.h"
#include "report/show.h"

#include <getopt.h>
#include <stdio.h>
#include <unistd.h>

static int run(const char *path, const show_options *options)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = NULL;
    evpack_status status = store_open(path, STORE_READ, &s, &err);
    if (status == EVPACK_OK) {
        status = show_write(s, options, stdout, &err);
    }
    return status == EVPACK_OK ? CLI_YES : cli_fail("show", &err);
}

int cmd_show(int argc, char **argv)
{
    static const struct option options[] = {
        {"case", required_argument, NULL, 'c'}, {"json", no_argument, NULL, 'j'},
        {"all", no_argument, NULL, 'a'},        {"sql", no_argument, NULL, 's'},
        {"help", no_argument, NULL, 'h'},       {0}};
    const char *path = "case.db";
    show_options o = {.look = term_look(STDOUT_FILENO)};
    for (int c = 0; (c = getopt_long(argc, argv, "c:h", options, NULL)) != -1;) {
        switch (c) {
        case 'c':
            path = optarg;
            break;
        case 'j':
            o.json = true;
            break;
        case 'a':
            o.all = true;
            break;
        case 's':
            o.sql = true;
            break;
        case 'h':
            return cli_help("show");
        default:
            return cli_bad_option("show", argv);
        }
    }
    if (optind + 1 != argc) {
        return cli_usage("show", "expected one control, resource or finding, such as NS-2");
    }
    o.what = argv[optind];
    return run(path, &o);
}
