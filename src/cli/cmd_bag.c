/*
 * verify DIR --bag-only: reads arguments, calls anybag_judge, prints. Refuses to judge anything
 * itself. It is not in evpack-verify, which knows our own packages only.
 */
#include "base/sandbox.h"
#include "cli/cli.h"
#include "seal/anybag.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

bool cli_is_bag_only(int argc, char *const *argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strcmp(argv[i], "--bag-only") == 0) {
            return true;
        }
    }
    return false;
}

static void put_texts(buf *out, const char *key, const char (*texts)[512], size_t count)
{
    buf_printf(out, ",\"%s\":[", key);
    for (size_t i = 0; i < count; i++) {
        buf_puts(out, i == 0 ? "" : ",");
        buf_json_string(out, texts[i], strlen(texts[i]));
    }
    buf_putc(out, ']');
}

static void print_json(const anybag_report *r, sandbox_state sandbox)
{
    EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
    buf_printf(&out, "{\"verdict\":\"%s\",\"bag_only\":true,\"reasons\":[",
               seal_verdict_text(r->report.verdict));
    for (size_t i = 0; i < r->report.reason_count; i++) {
        buf_printf(&out, "%s{\"code\":\"%s\",\"text\":", i == 0 ? "" : ",",
                   r->report.reasons[i].code);
        buf_json_string(&out, r->report.reasons[i].text, strlen(r->report.reasons[i].text));
        buf_putc(&out, '}');
    }
    buf_putc(&out, ']');
    put_texts(&out, "warnings", r->warnings, r->warning_count);
    buf_puts(&out, ",\"signers\":[],\"timestamp\":null");
    put_texts(&out, "not_covered", r->report.not_covered, r->report.not_covered_count);
    buf_printf(&out,
               ",\"package\":{\"id\":null,\"sha256\":null,\"files\":%" PRIu64
               "},\"sandbox\":\"%s\",\"bag\":{\"version\":\"%s\",\"algorithms\":\"%s\",\"payload_"
               "files\":%" PRIu64 ",\"payload_bytes\":%" PRIu64 "}}\n",
               r->report.files, sandbox_text(sandbox), r->version, r->algorithms, r->payload_files,
               r->payload_bytes);
    (void)fwrite(buf_str(&out), 1, out.len, stdout);
}

static void print_text(const char *path, const anybag_report *r)
{
    static const char *const words[] = {[SEAL_VERIFIED] = "A VALID BAG",
                                        [SEAL_NOT_VERIFIED] = "NOT A VALID BAG",
                                        [SEAL_UNDECIDED] = "UNDECIDED"};
    (void)printf("%s: %s\n", words[r->report.verdict], path);
    for (size_t i = 0; i < r->report.reason_count; i++) {
        (void)printf("  %s: %s\n", r->report.reasons[i].code, r->report.reasons[i].text);
    }
    for (size_t i = 0; i < r->warning_count; i++) {
        (void)printf("  warning: %s\n", r->warnings[i]);
    }
    if (r->report.verdict == SEAL_VERIFIED) {
        (void)printf("  BagIt %s, %" PRIu64 " payload files, %" PRIu64 " bytes, checked by %s\n",
                     r->version, r->payload_files, r->payload_bytes, r->algorithms);
    }
    (void)printf("Not covered:\n");
    for (size_t i = 0; i < r->report.not_covered_count; i++) {
        (void)printf("  - %s\n", r->report.not_covered[i]);
    }
}

int cmd_bag(int argc, char **argv)
{
    const char *path = NULL;
    bool json = false;
    bool options = true;
    for (int i = 1; i < argc; i++) {
        if (options && strcmp(argv[i], "--") == 0) {
            options = false;
        } else if (options && strcmp(argv[i], "--help") == 0) {
            return cli_help("verify");
        } else if (options && strcmp(argv[i], "--json") == 0) {
            json = true;
        } else if (options && argv[i][0] == '-' && strcmp(argv[i], "--bag-only") != 0) {
            return cli_usage("verify", "%s does not go with --bag-only, which judges no signature",
                             argv[i]);
        } else if (!options || argv[i][0] != '-') {
            if (path != NULL) {
                return cli_usage("verify", "expected one folder, found another: %s", argv[i]);
            }
            path = argv[i];
        }
    }
    if (path == NULL) {
        return cli_usage("verify", "expected the folder of a bag");
    }
    evpack_err err = {0};
    anybag_report report;
    sandbox_state sandbox = sandbox_enter();
    evpack_status status = anybag_judge(path, &report, &err);
    if (status != EVPACK_OK) {
        (void)fprintf(stderr, "evpack verify: %s\n", err.text);
    }
    if (json) {
        print_json(&report, sandbox);
    } else if (status == EVPACK_OK) {
        print_text(path, &report);
    }
    static const int codes[] = {
        [SEAL_VERIFIED] = CLI_YES, [SEAL_NOT_VERIFIED] = CLI_NO, [SEAL_UNDECIDED] = CLI_UNDECIDED};
    return fflush(stdout) != 0 ? CLI_UNDECIDED : codes[report.report.verdict];
}
