/*
 * What verify found, as text and as JSON. Refuses to judge: every word here follows from the
 * report.
 */
#include "cli/verify_print.h"

#include "base/text.h"
#include "cli/explain.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void put_string(buf *out, const char *key, const char *text)
{
    buf_printf(out, "\"%s\":", key);
    if (text[0] == '\0') {
        buf_puts(out, "null");
    } else {
        buf_json_string(out, text, strlen(text));
    }
}

/* file is a reviewer's, or "" for the package's own signer. */
static void put_signer(buf *out, const cms_signer *who, const char *file)
{
    char time[TEXT_TIME] = "";
    if (who->has_signing_time) {
        text_format_time(who->signing_time, time);
    }
    buf_putc(out, '{');
    put_string(out, "subject", who->subject);
    buf_putc(out, ',');
    put_string(out, "fingerprint_sha256", who->fingerprint);
    buf_putc(out, ',');
    put_string(out, "signing_time", time);
    buf_printf(out, ",\"trusted\":%s,", who->trusted ? "true" : "false");
    put_string(out, "role", who->role);
    buf_putc(out, ',');
    put_string(out, "statement", who->statement);
    buf_putc(out, ',');
    put_string(out, "file", file);
    buf_putc(out, '}');
}

static void put_signers(buf *out, const seal_report *r)
{
    buf_puts(out, ",\"signers\":[");
    if (r->has_signer) {
        put_signer(out, &r->signer, "");
    }
    for (size_t i = 0; i < r->reviewer_count; i++) {
        buf_puts(out, r->has_signer || i > 0 ? "," : "");
        put_signer(out, &r->reviewers[i].signer, r->reviewers[i].file);
    }
    buf_puts(out, "]");
}

static void put_timestamp(buf *out, const seal_report *r)
{
    if (r->stamp_state == SEAL_STAMP_NONE) {
        buf_puts(out, ",\"timestamp\":null");
        return;
    }
    const tsp_stamp *t = &r->stamp;
    char time[TEXT_TIME] = "";
    if (t->has_time) {
        text_format_time(t->time, time);
    }
    buf_puts(out, ",\"timestamp\":{");
    put_string(out, "status", seal_stamp_text(r->stamp_state));
    buf_putc(out, ',');
    put_string(out, "code", t->fault == TSP_GOOD ? "" : tsp_fault_text(t->fault));
    buf_putc(out, ',');
    put_string(out, "time", time);
    buf_puts(out, ",\"authority\":{");
    put_string(out, "subject", t->authority.subject);
    buf_putc(out, ',');
    put_string(out, "fingerprint_sha256", t->authority.fingerprint);
    buf_printf(out, ",\"trusted\":%s},", t->authority.trusted ? "true" : "false");
    put_string(out, "policy", t->policy);
    buf_putc(out, ',');
    put_string(out, "serial", t->serial);
    buf_printf(out, ",\"nonce_matched\":%s}", t->nonce_matched ? "true" : "false");
}

static void put_revocation(buf *out, const seal_report *r)
{
    char known[TEXT_TIME] = "";
    if (r->shipped > 0 && r->listed.spoken) {
        text_format_time(r->listed.known, known);
    }
    buf_printf(out, ",\"revocation\":{\"lists\":\"%s\",\"shipped\":%zu,", seal_lists_text(r->lists),
               r->shipped);
    put_string(out, "shipped_known", known);
    buf_putc(out, '}');
}

void verify_print_json(const seal_report *r, const verify_shown *more)
{
    EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
    buf_printf(&out, "{\"verdict\":\"%s\",\"reasons\":[", seal_verdict_text(r->verdict));
    for (size_t i = 0; i < r->reason_count; i++) {
        buf_puts(&out, i == 0 ? "{" : ",{");
        put_string(&out, "code", r->reasons[i].code);
        buf_putc(&out, ',');
        put_string(&out, "text", r->reasons[i].text);
        buf_putc(&out, '}');
    }
    buf_printf(&out, "],\"reasons_more\":%" PRIu64, r->reasons_more);
    put_signers(&out, r);
    put_timestamp(&out, r);
    put_revocation(&out, r);
    buf_puts(&out, ",\"not_covered\":[");
    for (size_t i = 0; i < r->not_covered_count; i++) {
        buf_puts(&out, i == 0 ? "" : ",");
        buf_json_string(&out, r->not_covered[i], strlen(r->not_covered[i]));
    }
    buf_puts(&out, "],\"package\":{");
    put_string(&out, "id", r->package_id);
    buf_putc(&out, ',');
    put_string(&out, "sha256", r->sha256);
    buf_printf(&out,
               ",\"files\":%" PRIu64 ",\"redactions\":%" PRIu64 ",\"withheld\":%" PRIu64
               ",\"secrets_allowed\":%" PRIu64 ",\"sequence\":",
               r->files, r->redactions, r->withheld, r->secrets_allowed);
    if (r->sequence == 0) {
        buf_puts(&out, "null,");
    } else {
        buf_printf(&out, "%" PRIu64 ",", r->sequence);
    }
    put_string(&out, "previous_sha256", r->previous);
    buf_putc(&out, '}');
    buf_printf(&out, ",\"sandbox\":\"%s\"", sandbox_text(more->sandbox));
    if (more->explain) {
        explain_put(&out, r, more->sandbox);
    }
    buf_puts(&out, "}\n");
    (void)fwrite(buf_str(&out), 1, out.len, stdout);
}

static void print_signer(const char *label, const cms_signer *who)
{
    (void)printf("  %-13s %s\n", label, who->subject);
    (void)printf("  certificate   SHA-256 %s (%s)\n", who->fingerprint,
                 who->trusted ? "trusted" : "not found to be trusted");
    if (who->role[0] != '\0') {
        (void)printf("  role          %s\n", who->role);
        (void)printf("  statement     %s\n", who->statement);
    }
    if (who->has_signing_time) {
        char time[TEXT_TIME];
        text_format_time(who->signing_time, time);
        (void)printf("  signing time  %s (the signer's claim)\n", time);
    }
}

static void print_timestamp(const seal_report *r)
{
    static const char *const words[] = {[SEAL_STAMP_NOT_CHECKED] = "not checked: --tsa-trust",
                                        [SEAL_STAMP_TRUSTED] = "trusted",
                                        [SEAL_STAMP_REFUSED] = "refused"};
    if (r->stamp_state == SEAL_STAMP_NONE || !r->stamp.has_time) {
        return;
    }
    char time[TEXT_TIME];
    text_format_time(r->stamp.time, time);
    (void)printf("  timestamp     %s (%s)\n", time, words[r->stamp_state]);
    if (r->stamp.authority.fingerprint[0] != '\0') {
        (void)printf("  stamped by    %s\n", r->stamp.authority.subject);
        (void)printf("  certificate   SHA-256 %s\n", r->stamp.authority.fingerprint);
    }
}

static void print_signers(const seal_report *r)
{
    if (r->has_signer) {
        print_signer("signed by", &r->signer);
    }
    for (size_t i = 0; i < r->reviewer_count; i++) {
        const seal_reviewer *one = &r->reviewers[i];
        (void)printf("  review        %s\n", one->file);
        if (one->signer.fingerprint[0] != '\0') {
            print_signer("reviewed by", &one->signer);
        }
    }
}

static void print_lists(const seal_report *r)
{
    static const char *const words[] = {[SEAL_LISTS_SHIPPED] = "in the package, in force",
                                        [SEAL_LISTS_OUTDATED] = "in the package, out of date",
                                        [SEAL_LISTS_SILENT] =
                                            "in the package, silent about the signer"};
    if (r->lists == SEAL_LISTS_GIVEN) {
        (void)printf("  revocation    lists given (--crl)\n");
    } else if (r->lists != SEAL_LISTS_NONE) {
        (void)printf("  revocation    %s\n", words[r->lists]);
    }
}

static void print_place(const seal_report *r)
{
    if (r->sequence != 0) {
        (void)printf("  sequence      %" PRIu64 "%s\n", r->sequence,
                     r->sequence == 1 ? ", the first" : "");
    }
    if (r->previous[0] != '\0') {
        (void)printf("  follows       SHA-256 %s%s\n", r->previous,
                     r->previous_met ? " (the package given)" : "");
    }
}

void verify_print_text(const char *path, const seal_report *r)
{
    static const char *const words[] = {[SEAL_VERIFIED] = "VERIFIED",
                                        [SEAL_NOT_VERIFIED] = "NOT VERIFIED",
                                        [SEAL_UNDECIDED] = "UNDECIDED"};
    evpack_err shown = {0}; /* a file's name is anyone's: it must not look like a second verdict */
    (void)evpack_fail(&shown, EVPACK_OK, "%s", path);
    (void)printf("%s: %s\n", words[r->verdict], shown.text);
    for (size_t i = 0; i < r->reason_count; i++) {
        (void)printf("  %s: %s\n", r->reasons[i].code, r->reasons[i].text);
    }
    if (r->reasons_more > 0) {
        (void)printf("  and %" PRIu64 " more reasons\n", r->reasons_more);
    }
    if (r->package_id[0] != '\0') {
        (void)printf("  package       %s, %" PRIu64 " files\n", r->package_id, r->files);
    }
    if (r->sha256[0] != '\0') {
        (void)printf("  SHA-256       %s\n", r->sha256);
    }
    print_place(r);
    print_signers(r);
    print_timestamp(r);
    print_lists(r);
    if (r->verdict == SEAL_VERIFIED) {
        (void)printf(
            "Checked: %s%sthe signature of the tag manifest, every file's SHA-256, and that "
            "nothing else is there.\n",
            r->folder ? "" : "the signature over the whole file, its strict form, ",
            r->stamp_state == SEAL_STAMP_TRUSTED
                ? "the timestamp, the signer's certificate at its time, "
                : "");
    }
    (void)printf("Not covered:\n");
    for (size_t i = 0; i < r->not_covered_count; i++) {
        (void)printf("  - %s\n", r->not_covered[i]);
    }
}
