/*
 * The JSON island. Invariant: it holds no '<', whatever the evidence holds, and says how many
 * findings it leaves out. Knows nothing of markup.
 */
#include "report/island.h"

#include "base/text.h"
#include "report/engagement.h"
#include "report/layout_config.h"
#include "report/reconciliation.h"
#include "report/said.h"
#include "store/needs.h"

#include <stdio.h>
#include <string.h>

static const unsigned attention = FINDINGS_ONLY(FINDING_FAIL) | FINDINGS_ONLY(FINDING_UNKNOWN) |
                                  FINDINGS_ONLY(FINDING_EXEMPT) | FINDINGS_ONLY(FINDING_ERROR);

typedef struct {
    const island_source *from;
    needs *needs;
    int64_t *tests; /* ids, by their index in the island */
    size_t test_count;
    buf b; /* JSON that still may hold '<' */
    buf command;
    char path[2][1024]; /* the last place's path and original path: said once for a run of places */
} island;

static void island_reset(island *i)
{
    needs_free(i->needs);
    free(i->tests);
    buf_reset(&i->b);
    buf_reset(&i->command);
}

/* Moves what gathered into the page. '<' stands in JSON only inside strings. */
static void flush(island *i)
{
    buf *to = &i->from->out->b;
    const char *p = i->b.data;
    size_t left = i->b.len;
    while (left > 0) {
        const char *hit = memchr(p, '<', left);
        size_t n = hit == NULL ? left : (size_t)(hit - p);
        buf_append(to, p, n);
        p += n;
        left -= n;
        if (hit != NULL) {
            buf_puts(to, "\\u003c");
            p++;
            left--;
        }
    }
    to->failed = to->failed || i->b.failed;
    buf_clear(&i->b);
    report_out_some(i->from->out);
}

static void put_string(buf *b, const char *text)
{
    buf_json_string(b, text, strlen(text));
}

/* ,"name":"text"; nothing for NULL. The first member of an object goes without the comma. */
static void put_member(buf *b, const char *name, const char *text)
{
    if (text != NULL) {
        bool first = b->len > 0 && b->data[b->len - 1] == '{';
        buf_printf(b, "%s\"%s\":", first ? "" : ",", name);
        put_string(b, text);
    }
}

static void put_counts(island *i, const model_counts *counts)
{
    buf *b = &i->b;
    EVPACK_AUTO_VALUE(buf_reset) buf said = {0};
    said_of_counts(counts, i->from->words, &said);
    buf_putc(b, '{');
    for (int k = 1; k < FINDING_STATUSES; k++) {
        buf_printf(b, "%s\"%s\":%lld", k > 1 ? "," : "", finding_status_word(k),
                   (long long)counts->of[k]);
    }
    put_member(b, "said", said.len > 0 ? buf_str(&said) : NULL);
    buf_putc(b, '}');
}

/* The texts that the script uses. */
static void put_texts(texts *words, buf *b)
{
    static const char *const groups[] = {"status",        "responsibility", "verdict",    "source",
                                         "decision_kind", "decision_state", "engagement", "html"};
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
    put_string(&i->b, texts_get(i->from->words, label_key));
    buf_puts(&i->b, ",[");
}

static void fact_line(island *i, const char *text)
{
    buf_puts(&i->b, i->b.data[i->b.len - 1] == '[' ? "" : ",");
    put_string(&i->b, text);
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
    put_member(&i->b, "title", m->benchmark);
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    texts_fill(words, &b, "cover.headline", "n", texts_number(m->total.total, n[0]), "resources",
               texts_number(m->resources, n[1]), "controls",
               texts_number((int64_t)model_tested_controls(m), n[2]), NULL);
    put_member(&i->b, "headline", buf_str(&b));
    buf_clear(&b);
    EVPACK_TRY(said_of_all(i->from->s, m, words, &b, err));
    put_member(&i->b, "said", b.len > 0 ? buf_str(&b) : NULL);
    buf_clear(&b);
    if (i->from->options->package_id == NULL) {
        buf_puts(&b, texts_get(words, "footer.unsealed"));
    } else {
        texts_fill(words, &b, "footer.package", "id", i->from->options->package_id, NULL);
    }
    put_member(&i->b, "foot", buf_str(&b));
    buf_printf(&i->b, ",\"linked\":%s,\"facts\":[",
               i->from->options->package_id == NULL ? "false" : "true");
    scope_facts(i);
    origin_facts(i);
    buf_putc(&i->b, ']');
    layout_config config;
    EVPACK_TRY(layout_config_load(i->from->options->template, &config, err));
    json_free(config.doc);
    buf_puts(&i->b, ",\"order\":[");
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
        put_member(b, "id", none ? "none" : m->controls[k].control_id);
        put_member(b, "title",
                   none ? texts_get(i->from->words, "controls.none") : m->controls[k].title);
        put_member(b, "published", m->controls[k].published);
        buf_puts(b, ",\"counts\":");
        put_counts(i, &m->controls[k].counts);
        buf_putc(b, '}');
    }
    buf_puts(b, "],\"services\":[");
    for (size_t k = 0; k < m->service_count; k++) {
        buf_puts(b, k > 0 ? ",{" : "{");
        const bool none = m->services[k].id == 0;
        put_member(b, "id", none ? "none" : m->services[k].slug);
        put_member(b, "title",
                   none ? texts_get(i->from->words, "breakdown.no_service") : m->services[k].title);
        buf_puts(b, ",\"counts\":");
        put_counts(i, &m->services[k].counts);
        buf_putc(b, '}');
    }
    buf_puts(b, "],\"responsibilities\":[");
    const int from = m->by_responsibility[0].total > 0 ? 0 : 1;
    for (int k = from; k < MODEL_RESPONSIBILITIES; k++) {
        buf_puts(b, k > from ? ",{" : "{");
        put_member(b, "id", k == 0 ? "none" : model_responsibility_word(k));
        buf_puts(b, ",\"counts\":");
        put_counts(i, &m->by_responsibility[k]);
        buf_putc(b, '}');
    }
    buf_puts(b, "]");
}

static void put_test(island *i, const finding_test *t)
{
    buf *b = &i->b;
    buf_puts(b, i->test_count > 0 ? ",\n{" : "\n{");
    texts *words = i->from->words;
    put_member(b, "control", t->control_id == NULL ? "none" : t->control_id);
    put_member(b, "title",
               t->control_id == NULL ? texts_get(words, "controls.none") : t->control_title);
    put_member(b, "published", t->published_control_id);
    put_member(b, "service", t->service == NULL ? "none" : t->service);
    put_member(b, "serviceTitle",
               t->service == NULL ? texts_get(words, "breakdown.no_service") : t->service_title);
    put_member(b, "feature", decisions_tested(words, t));
    put_member(b, "responsibility", t->responsibility == NULL ? "none" : t->responsibility);
    if (t->policy != 0 || strcmp(t->source, "attestation") == 0 ||
        strcmp(t->source, "exception") == 0) {
        put_member(b, "source", t->source);
        put_member(b, "claim", t->claim);
    }
    put_member(b, "rule", t->rule_id);
    put_member(b, "version", t->rule_version);
    put_member(b, "severity", t->severity);
    put_member(b, "date", t->source_date);
    put_member(b, "guidance", t->guidance);
    buf_putc(b, '}');
}

static evpack_status put_tests(island *i, evpack_err *err)
{
    EVPACK_AUTO(findings) f = NULL;
    EVPACK_TRY(findings_open(i->from->s, FINDINGS_ALL, 1, &f, err));
    i->tests = calloc(i->from->m->test_count + 1, sizeof *i->tests);
    if (i->tests == NULL) {
        return evpack_oom(err);
    }
    buf_puts(&i->b, ",\"tests\":[");
    const finding_test *t = NULL;
    EVPACK_TRY(findings_next_test(f, &t, err));
    while (t != NULL) {
        if (model_find_test(i->from->m, t->id) != NULL && i->test_count < i->from->m->test_count) {
            put_test(i, t);
            i->tests[i->test_count++] = t->id;
            flush(i);
        }
        EVPACK_TRY(findings_next_test(f, &t, err));
    }
    buf_puts(&i->b, "\n]");
    return EVPACK_OK;
}

static void put_values(island *i, const finding *f)
{
    buf *b = &i->b;
    buf_puts(b, ",\"observed\":[");
    for (size_t k = 0; k < f->value_count; k++) {
        const finding_value *v = &f->values[k];
        buf_puts(b, k > 0 ? ",[" : "[");
        put_string(b, v->pointer);
        if (v->value.text == NULL) {
            buf_puts(b, ",null");
        } else {
            buf_putc(b, ',');
            buf_json_string(b, v->value.text, v->value.len);
        }
        buf_puts(b, v->normalised ? ",1]" : "]");
    }
    buf_putc(b, ']');
}

/* Files repeat from finding to finding: one that is the same as before is null. */
static void put_places(island *i, const finding *f)
{
    buf *b = &i->b;
    buf_puts(b, ",\"evidence\":[");
    for (size_t k = 0; k < f->place_count; k++) {
        const finding_place *p = &f->places[k];
        bool same = strcmp(p->path, i->path[0]) == 0 && strcmp(p->original, i->path[1]) == 0;
        buf_puts(b, k > 0 ? ",[" : "[");
        if (same) {
            buf_puts(b, "null,null,null");
        } else {
            put_string(b, p->path);
            buf_putc(b, ',');
            put_string(b, p->sha256);
            buf_putc(b, ',');
            put_string(b, p->original);
            /* A path too long to be kept is not found the same, and said again. */
            (void)snprintf(i->path[0], sizeof i->path[0], "%s", p->path);
            (void)snprintf(i->path[1], sizeof i->path[1], "%s", p->original);
        }
        buf_putc(b, ',');
        put_string(b, p->pointer);
        buf_printf(b, ",%llu,%llu]", (unsigned long long)p->start, (unsigned long long)p->length);
    }
    buf_putc(b, ']');
}

static void put_finding(island *i, const finding *f, size_t test, bool first)
{
    buf *b = &i->b;
    buf_puts(b, first ? "\n{" : ",\n{");
    put_member(b, "id", f->id);
    buf_printf(b, ",\"test\":%zu", test);
    put_member(b, "status", finding_status_word(f->status));
    put_member(b, "raw", f->raw_status);
    put_member(b, "decided", f->decided_by);
    put_member(b, "name", f->subject_name == NULL ? f->subject_key : f->subject_name);
    put_member(b, "subject", f->subject);
    put_member(b, "reason", f->reason);
    if (f->need != NULL) {
        put_member(b, "needs", needs_what(i->needs, f->need));
        buf_clear(&i->command);
        needs_command(i->needs, f->need, f->subject, &i->command);
        put_member(b, "command", i->command.len > 0 ? buf_str(&i->command) : NULL);
    }
    put_values(i, f);
    put_places(i, f);
    put_member(b, "snapshot", f->snapshot);
    put_member(b, "collected", f->collected_at);
    put_member(b, "stated", f->stated_at);
    buf_putc(b, '}');
    flush(i);
}

int64_t island_limit(const model *m, unsigned statuses, int64_t cap)
{
    if (model_count_of(&m->total, statuses) <= cap) {
        return 0;
    }
    int64_t low = 1; /* the answer lies in [low, high) */
    int64_t high = cap + 1;
    while (high - low > 1) {
        int64_t middle = low + (high - low) / 2;
        int64_t taken = 0;
        for (size_t k = 0; k < m->test_count; k++) {
            int64_t n = model_count_of(&m->tests[k].counts, statuses);
            taken += n < middle ? n : middle;
        }
        if (taken <= cap) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return low;
}

/* Tests come in the order in which they were put, but for those without findings: the next one is
 * near the last one. */
static size_t index_of(const island *i, int64_t test, size_t last)
{
    for (size_t k = 0; k < i->test_count; k++) {
        size_t at = (last + k) % i->test_count;
        if (i->tests[at] == test) {
            return at;
        }
    }
    return i->test_count;
}

/* One group of findings, after *written others. */
static evpack_status put_group(island *i, unsigned statuses, int64_t *written, evpack_err *err)
{
    const int64_t cap = i->from->options->html_cap;
    int64_t left = cap;
    EVPACK_AUTO(findings) f = NULL;
    EVPACK_TRY(
        findings_open(i->from->s, statuses, island_limit(i->from->m, statuses, cap), &f, err));
    const finding_test *t = NULL;
    EVPACK_TRY(findings_next_test(f, &t, err));
    size_t index = 0;
    while (t != NULL && left > 0) {
        index = index_of(i, t->id, index);
        const finding *one = NULL;
        EVPACK_TRY(findings_next(f, &one, err));
        while (one != NULL && left > 0) {
            put_finding(i, one, index, *written == 0);
            (*written)++;
            left--;
            EVPACK_TRY(findings_next(f, &one, err));
        }
        EVPACK_TRY(findings_next_test(f, &t, err));
    }
    return EVPACK_OK;
}

/* What is not here, in a sentence; nothing when all is here. */
static void put_left(island *i, int64_t first, int64_t rest)
{
    const model *m = i->from->m;
    int64_t first_all = model_count_of(&m->total, attention);
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
    put_member(&i->b, "left", buf_str(&b));
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
    for (int64_t shown = 0; row != NULL && shown < i->from->options->html_cap; shown++) {
        buf_puts(&i->b, shown > 0 ? ",\n" : "\n");
        reconciliation_json(row, &i->b);
        flush(i);
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
        put_string(list->b, label);
        buf_puts(list->b, ",[");
    } else {
        buf_putc(list->b, ',');
    }
    list->any = true;
    put_string(list->b, value);
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
    const int64_t most = from->options->html_cap > 0 ? from->options->html_cap : 1;
    EVPACK_TRY(engagement_left_json(from->s, false, most, &i->b, err));
    buf_puts(&i->b, ",\"open\":");
    EVPACK_TRY(engagement_left_json(from->s, true, most, &i->b, err));
    buf_putc(&i->b, '}');
    flush(i);
    return EVPACK_OK;
}

evpack_status island_write(const island_source *source, evpack_err *err)
{
    EVPACK_AUTO_VALUE(island_reset) island i = {.from = source};
    EVPACK_TRY(needs_load(source->s, &i.needs, err));
    EVPACK_TRY(put_head(&i, err));
    put_totals(&i);
    EVPACK_TRY(put_tests(&i, err));
    buf_puts(&i.b, ",\"findings\":[");
    int64_t first = 0;
    EVPACK_TRY(put_group(&i, attention, &first, err));
    int64_t all = first;
    EVPACK_TRY(put_group(&i, FINDINGS_ALL & ~attention, &all, err));
    buf_puts(&i.b, "\n]");
    put_left(&i, first, all - first);
    EVPACK_TRY(put_reconciled(&i, err));
    EVPACK_TRY(
        decisions_page(source->s, &source->m->decided, source->options->html_cap, &i.b, err));
    EVPACK_TRY(put_engagement(&i, err));
    buf_putc(&i.b, '}');
    flush(&i);
    return EVPACK_OK;
}
