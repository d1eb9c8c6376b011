/* evpack map: findings for what the case holds. */
#include "cli/cli.h"
#include "map/map.h"

#include <getopt.h>
#include <stdio.h>

static int run(const char *path, const map_options *given, const char *at)
{
    evpack_err err = {0};
    map_options options = *given;
    EVPACK_AUTO(store) s = NULL;
    map_totals t;
    evpack_status status = cli_now(at, &options.at, &err);
    if (status == EVPACK_OK) {
        status = store_open(path, STORE_WRITE, &s, &err);
    }
    if (status == EVPACK_OK) {
        status = map_run(s, &options, &t, &err);
    }
    if (status != EVPACK_OK) {
        return cli_fail("map", &err);
    }
    if (t.broken > 0) {
        (void)fprintf(stderr,
                      "evpack map: %llu rules failed; their findings are errors that say "
                      "why\n",
                      (unsigned long long)t.broken);
    }
    (void)printf("%s: %llu findings: %llu pass, %llu fail, %llu unknown, %llu manual, "
                 "%llu inherited, %llu notapplicable, %llu exempt, %llu error\n",
                 path, (unsigned long long)t.findings, (unsigned long long)t.by_status[1],
                 (unsigned long long)t.by_status[2], (unsigned long long)t.by_status[6],
                 (unsigned long long)t.by_status[5], (unsigned long long)t.by_status[3],
                 (unsigned long long)t.by_status[4], (unsigned long long)t.by_status[7],
                 (unsigned long long)t.by_status[8]);
    return CLI_YES;
}

int cmd_map(int argc, char **argv)
{
    static const struct option options[] = {
        {"case", required_argument, NULL, 'c'}, {"mapping", required_argument, NULL, 'm'},
        {"by", required_argument, NULL, 'b'},   {"at", required_argument, NULL, 'a'},
        {"help", no_argument, NULL, 'h'},       {0}};
    const char *path = "case.db";
    const char *at = NULL;
    map_options map = {0};
    for (int c = 0; (c = getopt_long(argc, argv, "c:h", options, NULL)) != -1;) {
        switch (c) {
        case 'c':
            path = optarg;
            break;
        case 'm':
            map.folder = optarg;
            break;
        case 'b':
            map.by = optarg;
            break;
        case 'a':
            at = optarg;
            break;
        case 'h':
            return cli_help("map");
        default:
            return cli_bad_option("map", argv);
        }
    }
    if (optind < argc) {
        return cli_usage("map", "'%s' is one argument too many", argv[optind]);
    }
    return run(path, &map, at);
}
