/* evpack report: the reports of a case, into a folder. */
#include "cli/cmd_report.h"

#include "base/file.h"
#include "cli/cli.h"
#include "report/report.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* The words of --format, and the reports that each stands for. */
static const struct {
    const char *word;
    unsigned formats;
} words[] = {
    {"pdf", REPORT_BIT(REPORT_PDF)},
    {"html", REPORT_BIT(REPORT_HTML)},
    {"json", REPORT_BIT(REPORT_JSON) | REPORT_BIT(REPORT_SCHEMA)},
    {"oscal", REPORT_BIT(REPORT_OSCAL)},
    {"sarif", REPORT_BIT(REPORT_SARIF)},
    {"csv", REPORT_BIT(REPORT_CSV) | REPORT_BIT(REPORT_INDEX) | REPORT_BIT(REPORT_CUSTODY) |
                REPORT_BIT(REPORT_RECONCILIATION) | REPORT_BIT(REPORT_DECISIONS)},
};

static bool parse_formats(const char *list, unsigned *formats)
{
    while (*list != '\0') {
        size_t len = strcspn(list, ",");
        bool known = false;
        for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
            if (strlen(words[i].word) == len && strncmp(words[i].word, list, len) == 0) {
                *formats |= words[i].formats;
                known = true;
            }
        }
        if (!known) {
            return false;
        }
        list += len;
        list += *list == ',' ? 1 : 0;
    }
    return *formats != 0;
}

/* What is written, and how that is told. */
typedef struct {
    cli_progress bar;
    progress watch;
    bool json;
    buf files; /* of the JSON answer */
} writing;

static void writing_reset(writing *w)
{
    cli_progress_end(&w->bar);
    buf_reset(&w->files);
}

static evpack_status tell_written(writing *w, const char *path, evpack_err *err)
{
    if (!w->json) {
        (void)printf("%s\n", path);
        return EVPACK_OK;
    }
    buf_puts(&w->files, w->files.len == 0 ? "" : ",");
    buf_json_text(&w->files, path);
    return buf_status(&w->files, err);
}

static evpack_status write_one(const store *s, const report_options *options, report_format format,
                               unsigned part, const char *folder, writing *w, evpack_err *err)
{
    char name[REPORT_NAME];
    EVPACK_AUTO_VALUE(buf_reset) buf path = {0};
    buf_printf(&path, "%s/%s", folder, report_part_name(format, part, name));
    EVPACK_TRY(buf_status(&path, err));
    EVPACK_AUTO(file_atomic) f = NULL;
    EVPACK_TRY(file_atomic_open(buf_str(&path), &f, err));
    cli_progress_stage(&w->bar, report_name(format));
    if (report_write(s, options, format, part, file_atomic_fd(f), err) != EVPACK_OK) {
        return evpack_context(err, "%s", buf_str(&path));
    }
    EVPACK_TRY(file_atomic_commit(f, err));
    cli_progress_end(&w->bar);
    return tell_written(w, buf_str(&path), err);
}

static evpack_status print_json(const writing *w, const char *path, const char *folder,
                                evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
    cli_json_begin(&out);
    cli_json_text(&out, "case", path);
    cli_json_text(&out, "folder", folder);
    buf_printf(&out, ",\"files\":[%s]", buf_str(&w->files));
    return cli_json_end(&out, err);
}

static evpack_status write_parts(const store *s, const report_options *options,
                                 report_format format, const char *folder, writing *w,
                                 evpack_err *err)
{
    unsigned parts = 1;
    EVPACK_TRY(report_parts(s, options, format, &parts, err));
    for (unsigned part = 1; part <= parts; part++) {
        EVPACK_TRY(write_one(s, options, format, part, folder, w, err));
    }
    return EVPACK_OK;
}

static evpack_status write_all(const char *path, const char *folder, const report_options *options,
                               writing *w, evpack_err *err)
{
    EVPACK_AUTO(store) s = NULL;
    EVPACK_TRY(store_open(path, STORE_READ, &s, err));
    w->watch = cli_progress_to(&w->bar);
    store_watch(s, &w->watch);
    EVPACK_TRY(store_begin_reading(s, err)); /* all reports show one state of the case */
    if (mkdir(folder, 0755) != 0 && errno != EEXIST) {
        return evpack_fail(err, EVPACK_E_IO, "%s: cannot be made: %s", folder, strerror(errno));
    }
    for (int format = 0; format < REPORT_FORMATS; format++) {
        if ((options->formats & REPORT_BIT(format)) != 0) {
            EVPACK_TRY(write_parts(s, options, (report_format)format, folder, w, err));
        }
    }
    return w->json ? print_json(w, path, folder, err) : EVPACK_OK;
}

int cmd_report(int argc, char **argv)
{
    static const struct option options[] = {
        {"case", required_argument, NULL, 'c'},     {"output", required_argument, NULL, 'o'},
        {"format", required_argument, NULL, 'f'},   {"at", required_argument, NULL, 'a'},
        {"cap", required_argument, NULL, 'n'},      {"html-cap", required_argument, NULL, 'm'},
        {"template", required_argument, NULL, 't'}, {"language", required_argument, NULL, 'L'},
        {"page", required_argument, NULL, 'g'},     {"json", no_argument, NULL, 'j'},
        {"help", no_argument, NULL, 'h'},           {0}};
    const char *path = "case.db";
    const char *folder = NULL;
    const char *at = NULL;
    const char *cap = NULL;
    bool as_json = false;
    const char *html_cap = NULL;
    report_template_wish wish = {0};
    const char *formats = "pdf,html,json,csv,oscal";
    for (int c = 0; (c = getopt_long(argc, argv, "c:o:h", options, NULL)) != -1;) {
        switch (c) {
        case 'c':
            path = optarg;
            break;
        case 'o':
            folder = optarg;
            break;
        case 'f':
            formats = optarg;
            break;
        case 'a':
            at = optarg;
            break;
        case 'n':
            cap = optarg;
            break;
        case 'm':
            html_cap = optarg;
            break;
        case 't':
            wish.dir = optarg;
            break;
        case 'L':
            wish.language = optarg;
            break;
        case 'g':
            wish.page = optarg;
            break;
        case 'j':
            as_json = true;
            break;
        case 'h':
            return cli_help("report");
        default:
            return cli_bad_option("report", argv);
        }
    }
    report_options report = {0};
    if (optind < argc) {
        return cli_usage("report", "'%s' is one argument too many", argv[optind]);
    }
    if (folder == NULL) {
        return cli_usage("report", "expected -o with the folder to write to");
    }
    if (!parse_formats(formats, &report.formats)) {
        return cli_usage("report",
                         "--format '%s': expected a list of pdf, html, json, csv, oscal, sarif",
                         formats);
    }
    evpack_err err = {0};
    evpack_status status = cli_now(at, &report.at, &err);
    if (status == EVPACK_OK) {
        status = cli_cap("--cap", cap, &report.cap, &err);
    }
    if (status == EVPACK_OK) {
        status = cli_cap("--html-cap", html_cap, &report.html_cap, &err);
    }
    EVPACK_AUTO(report_template) template = NULL;
    if (status == EVPACK_OK) {
        status = report_template_open(&wish, &template, &err);
        report.template = template;
    }
    if (status == EVPACK_OK) {
        EVPACK_AUTO_VALUE(writing_reset) writing w = {.bar = cli_progress_begin(), .json = as_json};
        status = write_all(path, folder, &report, &w, &err);
    }
    return status == EVPACK_OK ? CLI_YES : cli_fail("report", &err);
}
