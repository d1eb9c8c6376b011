/*
 * What stands beside numbers. Invariant: a number that holds attested findings is never shown
 * without saying so. Refuses to know how anything was decided: the model counted it.
 */
#include "report/said.h"

#include "report/engagement.h"

#include <string.h>

static void comma(buf *out, size_t start)
{
    buf_puts(out, out->len > start ? ", " : "");
}

void said_of_counts(const model_counts *counts, texts *words, buf *out)
{
    static const int order[] = {FINDING_PASS, FINDING_FAIL, FINDING_EXEMPT};
    EVPACK_AUTO_VALUE(buf_reset) buf list = {0};
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        char n[TEXTS_NUMBER];
        if (counts->attested[order[i]] > 0) {
            comma(&list, 0);
            buf_puts(&list, texts_number(counts->attested[order[i]], n));
            buf_putc(&list, ' ');
            buf_puts(&list, finding_status_word(order[i]));
        }
    }
    if (list.len > 0 || list.failed) {
        texts_fill(words, out, "decided.by_attestation", "list", buf_str(&list), NULL);
        out->failed = out->failed || list.failed;
    }
}

static void of_status(const model *m, int status, const char *key, texts *words, buf *out)
{
    const int64_t said = m->total.attested[status];
    const int64_t all = m->total.of[status];
    if (said > 0) {
        char n[3][TEXTS_NUMBER];
        buf_puts(out, out->len > 0 ? " " : "");
        texts_fill(words, out, key, "n", texts_number(said, n[0]), "tested",
                   texts_number(all - said, n[1]), "all", texts_number(all, n[2]), NULL);
    }
}

evpack_status said_of_all(const store *s, const model *m, texts *words, buf *out, evpack_err *err)
{
    if (m->snapshot_count > 1) {
        char n[TEXTS_NUMBER];
        texts_fill(words, out, "decided.snapshots", "n",
                   texts_number((int64_t)m->snapshot_count, n), NULL);
    }
    of_status(m, FINDING_PASS, "decided.of_pass", words, out);
    of_status(m, FINDING_FAIL, "decided.of_fail", words, out);
    int64_t left = 0;
    EVPACK_TRY(engagement_left_count(s, false, &left, err));
    if (left > 0) {
        char n[TEXTS_NUMBER];
        buf_puts(out, out->len > 0 ? " " : "");
        texts_fill(words, out, left == 1 ? "engagement.cover_left_one" : "engagement.cover_left",
                   "n", texts_number(left, n), NULL);
    }
    return buf_status(out, err);
}

void said_made_with(const report_options *options, texts *words, buf *out)
{
    texts_fill(words, out, "cover.tool_value", "version", EVPACK_VERSION, NULL);
    const char *sha256 = report_template_sha256(options->template);
    if (sha256 != NULL && report_template_is_firms(options->template)) {
        texts_fill(words, out, "cover.template", "sha256", sha256, NULL);
    }
}
