/*
 * The page's data, put together. Invariant: what stands here is what the case and the model say,
 * and how many findings are left out is said. Knows nothing of markup.
 */
#include "report/island.h"

#include "base/text.h"
#include "report/engagement.h"
#include "report/island_backing.h"
#include "report/island_drift.h"
#include "report/island_findings.h"
#include "report/island_rules.h"
#include "report/island_samples.h"
#include "report/layout_config.h"
#include "report/reconciliation.h"
#include "report/said.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* {"pass":N,…,"attested":{"pass":N,…},"said":"…"}: attested are those of them that rest on an
 * attestation. */
static void put_counts(island *i, const model_counts *counts)
{
    buf *b = &i->b;
    EVPACK_AUTO_VALUE(buf_reset) buf said = {0};
    said_of_counts(counts, i->from->words, &said);
    buf_putc(b, '{');
    int64_t attested = 0;
    for (int k = 1; k < FINDING_STATUSES; k++) {
        island_number(b, finding_status_word(k), counts->of[k]);
        attested += counts->attested[k];
    }
    if (attested > 0) {
        buf_puts(b, ",\"attested\":{");
        for (int k = 1; k < FINDING_STATUSES; k++) {
            island_number(b, finding_status_word(k), counts->attested[k]);
        }
        buf_putc(b, '}');
    }
    island_member(b, "said", said.len > 0 ? buf_str(&said) : NULL);
    buf_putc(b, '}');
}

/* The texts that the script uses. */
static void put_texts(texts *words, buf *b)
{
    static const char *const groups[] = {
        "status",         "responsibility", "verdict",      "source", "decision_kind",
        "decision_state", "engagement",     "completeness", "method", "verify",
        "read",           "event",          "common",       "drift",  "drift_verdict",
        "drift_file",     "samples",        "html"};
    buf_puts(b, ",\"texts\":{");
    for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++) {
        buf_printf(b, "%s\"%s\":", i > 0 ? "," : "", groups[i]);
        texts_json(words, groups[i], b);
    }
    buf_putc(b, '}');
}

/* ["label",["line",…],mono] */
static void fact_open(island *i, const char *label_key)
{
    buf_puts(&i->b, i->b.data[i->b.len - 1] == '[' ? "[" : ",[");
    island_string(&i->b, texts_get(i->from->words, label_key));
    buf_puts(&i->b, ",[");
}

static void fact_line(island *i, const char *text)
{
    buf_puts(&i->b, i->b.data[i->b.len - 1] == '[' ? "" : ",");
    island_string(&i->b, text);
}

static void fact_close(island *i, bool mono)
{
    buf_puts(&i->b, mono ? "],true]" : "],false]");
}

static void fact(island *i, const char *label_key, const char *text, bool mono)
{
    fact_open(i, label_key);
    fact_line(i, text);
    fact_close(i, mono);
}

static void more(island *i, int64_t n)
{
    if (n > 0) {
        char number[TEXTS_NUMBER];
        EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
        texts_fill(i->from->words, &b, "common.more", "n", texts_number(n, number), NULL);
        fact_line(i, buf_str(&b));
    }
}

static void scope_facts(island *i)
{
    const model *m = i->from->m;
    texts *words = i->from->words;
    fact_open(i, "cover.tenants");
    for (size_t k = 0; k < m->tenant_count; k++) {
        fact_line(i, m->tenants[k]);
    }
    if (m->tenant_count == 0) {
        fact_line(i, texts_get(words, "cover.tenant_none"));
    }
    fact_close(i, true);
    fact_open(i, "cover.subscriptions");
    for (size_t k = 0; k < m->subscription_count; k++) {
        EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
        const char *name = m->subscriptions[k].name;
        buf_printf(&b, "%s%s%s", m->subscriptions[k].id, name == NULL ? "" : "  ",
                   name == NULL ? "" : name);
        fact_line(i, buf_str(&b));
    }
    more(i, m->subscription_total - (int64_t)m->subscription_count);
    fact_close(i, true);
    fact_open(i, "cover.snapshots");
    for (size_t k = 0; k < m->snapshot_count; k++) {
        char at[2][TEXTS_NUMBER];
        const char *collected = m->snapshots[k].collected_at;
        EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
        texts_fill(words, &b, "cover.snapshot", "label", m->snapshots[k].label, "collected",
                   collected == NULL ? texts_get(words, "common.not_stated")
                                     : texts_time(collected, at[0]),
                   "imported", texts_time(m->snapshots[k].imported_at, at[1]), NULL);
        model_put_ledgers(&m->snapshots[k], words, &b);
        fact_line(i, buf_str(&b));
    }
    fact_close(i, false);
}

static void origin_facts(island *i)
{
    const model *m = i->from->m;
    const report_options *o = i->from->options;
    texts *words = i->from->words;
    char at[TEXT_TIME];
    char shown[TEXTS_NUMBER];
    fact(i, "cover.evaluated", texts_time(m->evaluated_at, shown), false);
    text_format_time(o->at, at);
    fact(i, "cover.made", texts_time(at, shown), false);
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    said_made_with(i->from->options, words, &b);
    fact(i, "cover.tool", buf_str(&b), false);
    buf_clear(&b);
    texts_fill(words, &b, "cover.mapping_value", "origin", m->mapping_origin, "sha256",
               m->mapping_sha256, NULL);
    fact(i, "cover.mapping", buf_str(&b), true);
    fact(i, "cover.package",
         o->package_id == NULL ? texts_get(words, "cover.unsealed") : o->package_id,
         o->package_id != NULL);
    if (o->signer != NULL) {
        fact(i, "cover.signer", o->signer, false);
    }
}

static evpack_status put_head(island *i, evpack_err *err)
{
    const model *m = i->from->m;
    texts *words = i->from->words;
    char n[3][TEXTS_NUMBER];
    buf_putc(&i->b, '{');
    island_member(&i->b, "title", m->benchmark);
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    texts_fill(words, &b, "cover.headline", "n", texts_number(m->total.total, n[0]), "resources",
               texts_number(m->resources, n[1]), "controls",
               texts_number((int64_t)model_tested_controls(m), n[2]), NULL);
    island_member(&i->b, "headline", buf_str(&b));
    buf_clear(&b);
    EVPACK_TRY(said_of_all(i->from->s, m, words, &b, err));
    island_member(&i->b, "said", b.len > 0 ? buf_str(&b) : NULL);
    buf_clear(&b);
    if (i->from->options->package_id == NULL) {
        buf_puts(&b, texts_get(words, "footer.unsealed"));
    } else {
        texts_fill(words, &b, "footer.package", "id", i->from->options->package_id, NULL);
    }
    island_member(&i->b, "foot", buf_str(&b));
    buf_printf(&i->b, ",\"linked\":%s,\"facts\":[",
               i->from->options->package_id == NULL ? "false" : "true");
    scope_facts(i);
    origin_facts(i);
    buf_putc(&i->b, ']');
    layout_config config;
    EVPACK_TRY(layout_config_load(i->from->options->template, &config, err));
    json_free(config.doc);
    buf_puts(&i->b, ",\"codes\":[\"\"");
    for (int k = 1; k < FINDING_STATUSES; k++) {
        buf_printf(&i->b, ",\"%s\"", finding_status_word(k));
    }
    buf_puts(&i->b, "],\"snapshots\":[");
    for (size_t k = 0; k < i->label_count; k++) {
        buf_puts(&i->b, k > 0 ? "," : "");
        island_string(&i->b, i->labels[k]);
    }
    buf_printf(&i->b, "],\"states\":%zu,\"order\":[", m->snapshot_count);
    for (size_t k = 0; k < config.order_count; k++) {
        buf_printf(&i->b, "%s\"%s\"", k > 0 ? "," : "", finding_status_word(config.order[k]));
    }
    buf_putc(&i->b, ']');
    put_texts(words, &i->b);
    return EVPACK_OK;
}

static void put_totals(island *i)
{
    const model *m = i->from->m;
    buf *b = &i->b;
    buf_puts(b, ",\"totals\":");
    put_counts(i, &m->total);
    buf_puts(b, ",\"controls\":[");
    for (size_t k = 0; k < m->control_count; k++) {
        buf_puts(b, k > 0 ? ",{" : "{");
        const bool none = m->controls[k].id == 0;
        island_member(b, "id", none ? "none" : m->controls[k].control_id);
        island_member(b, "benchmark", none ? NULL : m->controls[k].benchmark);
        island_member(b, "title",
                      none ? texts_get(i->from->words, "controls.none") : m->controls[k].title);
        island_member(b, "domain", none ? NULL : m->controls[k].domain);
        island_member(b, "objective", none ? NULL : m->controls[k].objective);
        island_member(b, "crosswalk", none ? NULL : m->controls[k].crosswalk);
        island_member(b, "published", m->controls[k].published);
        buf_puts(b, ",\"counts\":");
        put_counts(i, &m->controls[k].counts);
        buf_putc(b, '}');
    }
    buf_puts(b, "],\"services\":[");
    for (size_t k = 0; k < m->service_count; k++) {
        buf_puts(b, k > 0 ? ",{" : "{");
        const bool none = m->services[k].id == 0;
        island_member(b, "id", none ? "none" : m->services[k].slug);
        island_member(b, "title",
                      none ? texts_get(i->from->words, "breakdown.no_service")
                           : m->services[k].title);
        buf_puts(b, ",\"counts\":");
        put_counts(i, &m->services[k].counts);
        buf_putc(b, '}');
    }
    buf_puts(b, "],\"responsibilities\":[");
    const int from = m->by_responsibility[0].total > 0 ? 0 : 1;
    for (int k = from; k < MODEL_RESPONSIBILITIES; k++) {
        buf_puts(b, k > from ? ",{" : "{");
        island_member(b, "id", k == 0 ? "none" : model_responsibility_word(k));
        buf_puts(b, ",\"counts\":");
        put_counts(i, &m->by_responsibility[k]);
        buf_putc(b, '}');
    }
    buf_puts(b, "]");
}

static void put_test(island *i, const finding_test *t, bool first)
{
    buf *b = &i->b;
    buf_puts(b, first ? "\n{" : ",\n{");
    texts *words = i->from->words;
    island_member(b, "control", t->control_id == NULL ? "none" : t->control_id);
    island_member(b, "benchmark", t->control_id == NULL ? NULL : t->benchmark);
    island_member(b, "title",
                  t->control_id == NULL ? texts_get(words, "controls.none") : t->control_title);
    island_member(b, "published", t->published_control_id);
    island_member(b, "service", t->service == NULL ? "none" : t->service);
    island_member(b, "serviceTitle",
                  t->service == NULL ? texts_get(words, "breakdown.no_service") : t->service_title);
    island_member(b, "feature", decisions_tested(words, t));
    island_member(b, "responsibility", t->responsibility == NULL ? "none" : t->responsibility);
    if (t->policy != 0 || strcmp(t->source, "attestation") == 0 ||
        strcmp(t->source, "exception") == 0) {
        island_member(b, "source", t->source);
        island_member(b, "claim", t->claim);
    }
    island_member(b, "rule", t->rule_id);
    island_member(b, "version", t->rule_version);
    island_member(b, "severity", t->severity);
    island_member(b, "date", t->source_date);
    island_member(b, "guidance", t->guidance);
    buf_puts(b, ",\"n\":[0");
    const model_counts *counts = &model_find_test(i->from->m, t->id)->counts;
    for (int k = 1; k < FINDING_STATUSES; k++) {
        buf_printf(b, ",%lld", (long long)counts->of[k]);
    }
    buf_puts(b, "]}");
}

/* The tests with findings, in the order of the walk: their index is what findings name them by. */
static evpack_status number_tests(island *i, evpack_err *err)
{
    EVPACK_AUTO(findings) f = NULL;
    EVPACK_TRY(findings_open(i->from->s, FINDINGS_ALL, 1, &f, err));
    i->tests = calloc(i->from->m->test_count + 1, sizeof *i->tests);
    if (i->tests == NULL) {
        return evpack_oom(err);
    }
    const finding_test *t = NULL;
    EVPACK_TRY(findings_next_test(f, &t, err));
    while (t != NULL) {
        if (model_find_test(i->from->m, t->id) != NULL && i->test_count < i->from->m->test_count) {
            i->tests[i->test_count++] = t->id;
        }
        EVPACK_TRY(findings_next_test(f, &t, err));
    }
    return EVPACK_OK;
}

static evpack_status put_tests(island *i, evpack_err *err)
{
    EVPACK_AUTO(findings) f = NULL;
    EVPACK_TRY(findings_open(i->from->s, FINDINGS_ALL, 1, &f, err));
    buf_puts(&i->b, ",\"tests\":[");
    const finding_test *t = NULL;
    size_t at = 0;
    EVPACK_TRY(findings_next_test(f, &t, err));
    while (t != NULL && at < i->test_count) {
        if (t->id == i->tests[at]) {
            put_test(i, t, at == 0);
            at++;
            island_flush(i, &i->b);
        }
        EVPACK_TRY(findings_next_test(f, &t, err));
    }
    buf_puts(&i->b, "\n]");
    return EVPACK_OK;
}

/* What is not here, in a sentence; nothing when all is here. */
static void put_left(island *i, int64_t first, int64_t rest)
{
    const model *m = i->from->m;
    int64_t first_all = model_count_of(&m->total, ISLAND_ATTENTION);
    int64_t rest_all = m->total.total - first_all;
    if (first + rest == m->total.total) {
        return;
    }
    bool has_csv = (i->from->options->formats & REPORT_BIT(REPORT_CSV)) != 0;
    char n[4][TEXTS_NUMBER];
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    texts_fill(i->from->words, &b, "html.left", "attention", texts_number(first, n[0]),
               "attention_all", texts_number(first_all, n[1]), "rest", texts_number(rest, n[2]),
               "rest_all", texts_number(rest_all, n[3]), "file",
               texts_get(i->from->words, has_csv ? "common.table_file" : "common.later_file"),
               NULL);
    island_member(&i->b, "left", buf_str(&b));
}

/* Nothing when the evidence holds no state of Azure's. */
static evpack_status put_reconciled(island *i, evpack_err *err)
{
    int64_t of[VERDICTS];
    int64_t total = 0;
    EVPACK_TRY(reconciliation_count(i->from->s, of, err));
    for (int k = 0; k < VERDICTS; k++) {
        total += of[k];
    }
    if (total == 0) {
        return EVPACK_OK;
    }
    buf_puts(&i->b, ",\"reconciled\":{\"counts\":[");
    for (int k = 0; k < VERDICTS; k++) {
        buf_printf(&i->b, "%s[\"%s\",%lld]", k > 0 ? "," : "", reconciliation_word(k),
                   (long long)of[k]);
    }
    buf_puts(&i->b, "],\"rows\":[");
    EVPACK_AUTO(reconciliation) r = NULL;
    EVPACK_TRY(reconciliation_open(i->from->s, true, &r, err));
    const reconciliation_row *row = NULL;
    EVPACK_TRY(reconciliation_next(r, &row, err));
    for (int64_t shown = 0; row != NULL && shown < island_list(i); shown++) {
        buf_puts(&i->b, shown > 0 ? ",\n" : "\n");
        reconciliation_json(row, &i->b);
        island_flush(i, &i->b);
        EVPACK_TRY(reconciliation_next(r, &row, err));
    }
    buf_puts(&i->b, "]}");
    return EVPACK_OK;
}

/* A fact as the header's are: label, lines, whether in a fixed width. */
typedef struct {
    buf *b;
    bool any;
} fact_list;

static evpack_status put_engagement_fact(void *ctx, const char *label, const char *value,
                                         evpack_err *err)
{
    fact_list *list = ctx;
    if (label != NULL) {
        buf_puts(list->b, list->any ? "],0],[" : "[");
        island_string(list->b, label);
        buf_puts(list->b, ",[");
    } else {
        buf_putc(list->b, ',');
    }
    list->any = true;
    island_string(list->b, value);
    return buf_status(list->b, err);
}

/* Nothing when the run went by no engagement. */
static evpack_status put_engagement(island *i, evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf facts = {0};
    fact_list list = {.b = &facts};
    const island_source *from = i->from;
    EVPACK_TRY(engagement_facts(from->s, from->words, put_engagement_fact, &list, err));
    if (!list.any) {
        return EVPACK_OK;
    }
    int64_t left = 0;
    int64_t open = 0;
    EVPACK_TRY(engagement_left_count(from->s, false, &left, err));
    EVPACK_TRY(engagement_left_count(from->s, true, &open, err));
    buf_puts(&i->b, ",\"engagement\":{\"facts\":[");
    buf_puts(&i->b, buf_str(&facts));
    buf_printf(&i->b, "],0]],\"left_total\":%lld,\"open_total\":%lld,\"left\":", (long long)left,
               (long long)open);
    const int64_t most = island_list(i);
    EVPACK_TRY(engagement_left_json(from->s, false, most, &i->b, err));
    buf_puts(&i->b, ",\"open\":");
    EVPACK_TRY(engagement_left_json(from->s, true, most, &i->b, err));
    buf_putc(&i->b, '}');
    island_flush(i, &i->b);
    return EVPACK_OK;
}

evpack_status island_write(const island_source *source, evpack_err *err)
{
    EVPACK_AUTO_VALUE(island_reset) island i = {.from = source};
    island_written written;
    EVPACK_TRY(needs_load(source->s, &i.needs, err));
    EVPACK_TRY(number_tests(&i, err));
    EVPACK_TRY(island_findings(&i, &written, err));
    island_block(&i, "id", "data");
    EVPACK_TRY(put_head(&i, err));
    put_totals(&i);
    EVPACK_TRY(put_tests(&i, err));
    EVPACK_TRY(island_rules(&i, err));
    put_left(&i, written.attention, written.rest);
    EVPACK_TRY(put_reconciled(&i, err));
    EVPACK_TRY(decisions_page(source->s, &source->m->decided, island_list(&i), &i.b, err));
    EVPACK_TRY(put_engagement(&i, err));
    EVPACK_TRY(island_drift(source->s, &i.b, err));
    EVPACK_TRY(island_samples(source->s, &i.b, err));
    EVPACK_TRY(island_backing(&i, err));
    buf_putc(&i.b, '}');
    island_flush(&i, &i.b);
    island_block_end(&i);
    return EVPACK_OK;
}
