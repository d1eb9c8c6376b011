/* evpack map: findings for what the case holds. */
#include "base/visible.h"
#include "cli/cli.h"
#include "map/check.h"
#include "map/map.h"
#include "store/findings.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

/* One line a fault: FILE:LINE:COLUMN: what. */
static void tell(void *ctx, const char *text)
{
    cli_progress_end(ctx);
    evpack_err shown = {0};
    (void)evpack_fail(&shown, EVPACK_OK, "%s", text);
    (void)fprintf(stderr, "evpack map: %s\n", shown.text);
}

static evpack_status print_json(const map_faults *faults, size_t files, evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
    buf_printf(&out, "{\"evpack\":{\"version\":\"" EVPACK_VERSION "\"},\"files\":%zu,\"faults\":[",
               files);
    for (size_t i = 0; i < faults->count; i++) {
        const map_fault *f = &faults->at[i];
        buf_printf(&out, "%s\n{\"path\":", i == 0 ? "" : ",");
        buf_json_string(&out, f->path, strlen(f->path));
        if (f->line > 0) {
            buf_printf(&out, ",\"line\":%u,\"column\":%u", f->line, f->column);
        }
        buf_puts(&out, ",\"text\":");
        buf_json_string(&out, f->text, strlen(f->text));
        buf_putc(&out, '}');
    }
    buf_printf(&out, "],\"more\":%s}\n", faults->more ? "true" : "false");
    EVPACK_TRY(buf_status(&out, err));
    return fwrite(out.data, 1, out.len, stdout) == out.len
               ? EVPACK_OK
               : evpack_fail(err, EVPACK_E_IO, "the answer cannot be written");
}

static evpack_status print_text(const char *folder, const map_faults *faults, size_t files,
                                evpack_err *err)
{
    for (size_t i = 0; i < faults->count; i++) {
        EVPACK_AUTO_VALUE(buf_reset) buf line = {0};
        EVPACK_AUTO_VALUE(buf_reset) buf said = {0};
        faults_say(&faults->at[i], &said);
        EVPACK_TRY(buf_status(&said, err));
        (void)visible_append(&line, buf_str(&said), said.len, NULL, NULL);
        EVPACK_TRY(buf_status(&line, err));
        (void)printf("%s\n", buf_str(&line));
    }
    if (faults->more) {
        (void)printf("and more than %d others\n", FAULTS_MAX);
    }
    if (faults->count == 0) {
        (void)printf("%s: %zu files, no faults\n", folder, files);
    }
    return EVPACK_OK;
}

/* 0: fine; 1: faults; 2: there is nothing to look at. */
static int check(const char *folder, bool as_json)
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(faults_reset) map_faults faults = {0};
    size_t files = 0;
    evpack_status status = map_check(folder, &faults, &files, &err);
    if (status == EVPACK_OK) {
        status =
            as_json ? print_json(&faults, files, &err) : print_text(folder, &faults, files, &err);
    }
    return status != EVPACK_OK ? cli_fail("map", &err) : faults.count == 0 ? CLI_YES : CLI_NO;
}

static evpack_status answer_json(const char *path, const map_totals *t, evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
    cli_json_begin(&out);
    cli_json_text(&out, "case", path);
    cli_json_text(&out, "mapping_sha256", t->mapping_sha256);
    cli_json_number(&out, "run", (uint64_t)t->run);
    cli_json_number(&out, "broken_rules", t->broken);
    cli_json_number(&out, "total", t->findings);
    buf_puts(&out, ",\"findings\":{");
    for (int status = 1; status < FINDING_STATUSES; status++) {
        buf_printf(&out, "%s\"%s\":%llu", status == 1 ? "" : ",", finding_status_word(status),
                   (unsigned long long)t->by_status[status]);
    }
    buf_putc(&out, '}');
    return cli_json_end(&out, err);
}

static int run(const char *path, const map_options *given, const char *at, bool as_json)
{
    evpack_err err = {0};
    map_options options = *given;
    cli_progress bar = cli_progress_begin();
    const progress watch = cli_progress_to(&bar);
    options.fault = tell;
    options.fault_ctx = &bar;
    EVPACK_AUTO(store) s = NULL;
    map_totals t;
    evpack_status status = cli_now(at, &options.at, &err);
    if (status == EVPACK_OK) {
        status = store_open(path, STORE_WRITE, &s, &err);
    }
    if (status == EVPACK_OK) {
        store_watch(s, &watch);
        cli_progress_stage(&bar, "running the mapping");
        status = map_run(s, &options, &t, &err);
    }
    cli_progress_end(&bar);
    if (status != EVPACK_OK) {
        return cli_fail("map", &err);
    }
    if (t.broken > 0) {
        (void)fprintf(stderr,
                      "evpack map: %llu rules failed; their findings are errors that say "
                      "why\n",
                      (unsigned long long)t.broken);
    }
    if (as_json) {
        return answer_json(path, &t, &err) == EVPACK_OK ? CLI_YES : cli_fail("map", &err);
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
    static const struct option options[] = {{"case", required_argument, NULL, 'c'},
                                            {"mapping", required_argument, NULL, 'm'},
                                            {"by", required_argument, NULL, 'b'},
                                            {"reason", required_argument, NULL, 'r'},
                                            {"at", required_argument, NULL, 'a'},
                                            {"check", required_argument, NULL, 'C'},
                                            {"json", no_argument, NULL, 'j'},
                                            {"help", no_argument, NULL, 'h'},
                                            {0}};
    const char *path = "case.db";
    const char *at = NULL;
    const char *checked = NULL;
    bool as_json = false;
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
        case 'r':
            map.reason = optarg;
            break;
        case 'a':
            at = optarg;
            break;
        case 'C':
            checked = optarg;
            break;
        case 'j':
            as_json = true;
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
    if (checked != NULL) {
        return check(checked, as_json);
    }
    return run(path, &map, at, as_json);
}
