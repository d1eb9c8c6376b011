/* evpack plan: the script with which an administrator exports what the mapping needs. */
#include "cli/cli.h"
#include "map/plan.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

enum { BASELINES_MAX = 64 };

static evpack_status answer_json(const plan_options *o, const buf *script, const buf *missing,
                                 evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
    cli_json_begin(&out);
    cli_json_text(&out, "shell", o->shell == PLAN_POWERSHELL ? "powershell" : "bash");
    cli_json_text(&out, "missing", missing->len == 0 ? NULL : buf_str(missing));
    cli_json_text(&out, "script", buf_str(script));
    return cli_json_end(&out, err);
}

static int run(const plan_options *options, bool as_json)
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf script = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf missing = {0};
    if (plan_script(options, &script, &missing, &err) != EVPACK_OK) {
        return cli_fail("plan", &err);
    }
    if (missing.len > 0) {
        (void)evpack_fail(&err, EVPACK_OK,
                          "rules need what no command of the plan supplies: %.800s",
                          buf_str(&missing));
        (void)fprintf(stderr, "evpack plan: %s\n", err.text);
    }
    if (as_json) {
        return answer_json(options, &script, &missing, &err) == EVPACK_OK ? CLI_YES
                                                                          : cli_fail("plan", &err);
    }
    (void)fwrite(buf_str(&script), 1, script.len, stdout);
    return CLI_YES;
}

static bool read_shell(const char *name, plan_shell *out)
{
    *out = strcmp(name, "powershell") == 0 ? PLAN_POWERSHELL : PLAN_BASH;
    return *out == PLAN_POWERSHELL || strcmp(name, "bash") == 0;
}

int cmd_plan(int argc, char **argv)
{
    static const struct option options[] = {
        {"shell", required_argument, NULL, 's'},   {"baseline", required_argument, NULL, 'b'},
        {"mapping", required_argument, NULL, 'm'}, {"json", no_argument, NULL, 'j'},
        {"help", no_argument, NULL, 'h'},          {0}};
    const char *baselines[BASELINES_MAX];
    bool as_json = false;
    plan_options plan = {.baselines = baselines};
    for (int c = 0; (c = getopt_long(argc, argv, "h", options, NULL)) != -1;) {
        switch (c) {
        case 's':
            if (!read_shell(optarg, &plan.shell)) {
                return cli_usage("plan", "--shell '%.40s': expected bash or powershell", optarg);
            }
            break;
        case 'b':
            if (plan.baseline_count == BASELINES_MAX) {
                return cli_usage("plan", "at most %d baselines", BASELINES_MAX);
            }
            baselines[plan.baseline_count++] = optarg;
            break;
        case 'j':
            as_json = true;
            break;
        case 'm':
            plan.folder = optarg;
            break;
        case 'h':
            return cli_help("plan");
        default:
            return cli_bad_option("plan", argv);
        }
    }
    if (optind < argc) {
        return cli_usage("plan", "'%s' is one argument too many", argv[optind]);
    }
    return run(&plan, as_json);
}
