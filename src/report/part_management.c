/*
 * The management summary, on one page: what was assessed, for whom and by whom, what came out, what
 * weighs most, what could not be decided and why, and what is Microsoft's. Invariant: every number
 * is the model's, and nothing here is an opinion.
 */
#include "report/part.h"
#include "report/said.h"

#include <string.h>

enum { CONTROLS_MOST = 8, GAPS_MOST = 4 };

/* What, for whom, by whom, when. */
static evpack_status subject(part *p, evpack_err *err)
{
    EVPACK_AUTO_VALUE(part_who_reset) part_who w = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    char n[4][TEXTS_NUMBER];
    EVPACK_TRY(part_who_read(p, &w, err));
    int64_t services = 0;
    for (size_t i = 0; i < p->m->service_count; i++) {
        services += p->m->services[i].id != 0 && p->m->services[i].resources > 0;
    }
    int64_t files = 0;
    for (size_t i = 0; i < p->m->snapshot_count; i++) {
        files += p->m->snapshots[i].files; /* the engagement's own were not exported */
    }
    texts_fill(p->words, &b, "management.subject", "resources", texts_number(p->m->resources, n[0]),
               "services", texts_number(services, n[1]), "subscriptions",
               texts_number(p->m->subscription_total, n[2]), "files", texts_number(files, n[3]),
               "benchmark",
               *p->m->benchmark == '\0' ? texts_get(p->words, "title") : p->m->benchmark, NULL);
    buf_putc(&b, ' ');
    if (w.there) {
        const char *unstated = texts_get(p->words, "common.not_stated");
        texts_fill(p->words, &b, "management.who", "client",
                   w.client.len > 0 ? buf_str(&w.client) : unstated, "auditor",
                   w.auditor.len > 0 ? buf_str(&w.auditor) : unstated, "period",
                   w.period.len > 0 ? buf_str(&w.period) : unstated, NULL);
    } else {
        buf_puts(&b, texts_get(p->words, "management.nobody"));
    }
    for (size_t i = 0; i < p->m->snapshot_count && i < 3; i++) {
        const model_snapshot *s = &p->m->snapshots[i];
        buf_putc(&b, ' ');
        texts_fill(p->words, &b, "management.snapshot", "label", s->label, "at",
                   part_time(p, s->collected_at), NULL);
    }
    layout_paragraph(p->l, STYLE_BODY, buf_str(&b), 4);
    return buf_status(&b, err);
}

/* Appends a sentence about a number, when it is not 0. */
static void sentence(part *p, buf *b, const char *name, int64_t n)
{
    char number[TEXTS_NUMBER];
    if (n > 0) {
        buf_puts(b, b->len > 0 ? " " : "");
        texts_fill(p->words, b, part_key(p, "management", name), "n", texts_number(n, number),
                   "findings", texts_get(p->words, n == 1 ? "common.finding" : "common.findings"),
                   NULL);
    }
}

static int64_t tested(const model_counts *c)
{
    return c->of[FINDING_PASS] + c->of[FINDING_FAIL] + c->of[FINDING_EXEMPT];
}

static evpack_status results(part *p, evpack_err *err)
{
    const model_counts *c = &p->m->total;
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    char n[6][TEXTS_NUMBER];
    layout_heading(p->l, texts_get(p->words, "management.results_title"), 60, false);
    layout_begin(p->l);
    part_bar(p, (pdf_box){0, 0, layout_width(p->l), 9}, c);
    layout_end(p->l, 14, 20);
    texts_fill(p->words, &b, "management.all", "n", texts_number(c->total, n[0]), "tested",
               texts_number(tested(c), n[1]), "pass", texts_number(c->of[FINDING_PASS], n[2]),
               "fail", texts_number(c->of[FINDING_FAIL], n[3]), "exempt",
               texts_number(c->of[FINDING_EXEMPT], n[4]), "rest",
               texts_number(c->total - tested(c), n[5]), NULL);
    sentence(p, &b, "unknown", c->of[FINDING_UNKNOWN]);
    sentence(p, &b, "error", c->of[FINDING_ERROR]);
    sentence(p, &b, "manual", c->of[FINDING_MANUAL]);
    sentence(p, &b, "microsofts", c->of[FINDING_INHERITED]);
    sentence(p, &b, "notapplicable", c->of[FINDING_NOTAPPLICABLE]);
    EVPACK_AUTO_VALUE(buf_reset) buf beside = {0};
    EVPACK_TRY(said_of_all(p->s, p->m, p->words, &beside, err));
    if (beside.len > 0) {
        buf_printf(&b, " %s", buf_str(&beside));
    }
    layout_paragraph(p->l, STYLE_BODY, buf_str(&b), 0);
    return buf_status(&b, err);
}

/* By how many failures of the gravest kind; then the next kind; the benchmark's order last. */
static bool weighs_more(const model_control *a, const model_control *b)
{
    for (int i = 0; i < MODEL_SEVERITIES; i++) {
        if (a->failed[i] != b->failed[i]) {
            return a->failed[i] > b->failed[i];
        }
    }
    return false;
}

/* Indices of the controls that failed most gravely. Gives how many there are; *all counts every
 * control that failed. */
static size_t gravest(const model *m, size_t top[CONTROLS_MOST], int64_t *all)
{
    size_t n = 0;
    *all = 0;
    for (size_t i = 0; i < m->control_count; i++) {
        const model_control *c = &m->controls[i];
        if (c->counts.of[FINDING_FAIL] == 0 || c->id == 0) {
            continue;
        }
        (*all)++;
        size_t at = n;
        while (at > 0 && weighs_more(c, &m->controls[top[at - 1]])) {
            at--;
        }
        if (at == CONTROLS_MOST) {
            continue;
        }
        n += n < CONTROLS_MOST;
        for (size_t k = n - 1; k > at; k--) {
            top[k] = top[k - 1];
        }
        top[at] = i;
    }
    return n;
}

static evpack_status serious(part *p, evpack_err *err)
{
    size_t top[CONTROLS_MOST];
    int64_t all = 0;
    const size_t n = gravest(p->m, top, &all);
    layout_heading(p->l, texts_get(p->words, "management.serious_title"), 60, false);
    if (n == 0) {
        part_paragraph(p, STYLE_BODY, "management.serious_none", 0);
        return EVPACK_OK;
    }
    table t;
    EVPACK_TRY(table_open(p->l, "serious", &t, err));
    table_head(&t, p->words, "management.serious_columns");
    for (size_t i = 0; i < n; i++) {
        const model_control *c = &p->m->controls[top[i]];
        const char *const cells[TABLE_COLUMNS] = {c->control_id, c->title};
        const double height = table_row(&t, cells);
        for (size_t k = 0; k < MODEL_SEVERITIES; k++) {
            part_number(p, t.at[k + 2], k == SEVERITY_HIGH && c->failed[k] > 0, c->failed[k]);
        }
        part_number(p, t.at[MODEL_SEVERITIES + 2], true, c->counts.of[FINDING_FAIL]);
        part_control_link(p, (pdf_box){0, 0, t.at[1].x + t.at[1].width, height}, c->id);
        table_row_end(&t, height);
    }
    table_end(&t);
    part_rest(p, all - (int64_t)n == 1 ? "management.serious_rest_one" : "management.serious_rest",
              all - (int64_t)n);
    return EVPACK_OK;
}

/* The gaps that most findings wait for. */
static void undecided(part *p)
{
    const int64_t unknown = p->m->total.of[FINDING_UNKNOWN];
    layout_heading(p->l, texts_get(p->words, "management.undecided_title"), 40, false);
    if (unknown == 0) {
        part_paragraph(p, STYLE_BODY, "management.undecided_none", 0);
        return;
    }
    bool told[64] = {false};
    const size_t gaps = p->m->gap_count < 64 ? p->m->gap_count : 64;
    int64_t waiting = 0;
    for (size_t i = 0; i < p->m->gap_count; i++) {
        waiting += p->m->gaps[i].findings;
    }
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    sentence(p, &b, "waiting", waiting);
    for (size_t shown = 0; shown < GAPS_MOST && shown < gaps; shown++) {
        size_t best = gaps;
        for (size_t i = 0; i < gaps; i++) {
            if (!told[i] && (best == gaps || p->m->gaps[i].findings > p->m->gaps[best].findings)) {
                best = i;
            }
        }
        told[best] = true;
        char n[TEXTS_NUMBER];
        buf_puts(&b, shown == 0 ? " " : "; ");
        texts_fill(p->words, &b, "management.gap", "what", p->m->gaps[best].what, "n",
                   texts_number(p->m->gaps[best].findings, n), NULL);
    }
    buf_puts(&b, gaps > 0 ? "." : "");
    sentence(p, &b, "otherwise", unknown - waiting);
    buf_putc(&b, ' ');
    buf_puts(&b, texts_get(p->words, "management.undecided_where"));
    layout_paragraph(p->l, STYLE_BODY, buf_str(&b), 0);
}

static void microsofts(part *p)
{
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    layout_heading(p->l, texts_get(p->words, "management.microsoft_title"), 40, false);
    sentence(p, &b, "inherited", p->m->total.of[FINDING_INHERITED]);
    buf_puts(&b, b.len > 0 ? " " : "");
    buf_puts(&b, texts_get(p->words, "management.microsoft_note"));
    layout_paragraph(p->l, STYLE_BODY, buf_str(&b), 0);
}

evpack_status part_management(part *p, evpack_err *err)
{
    part_fresh_page(p);
    layout_section(p->l, texts_get(p->words, "management.title"), KEEP_SECTION);
    EVPACK_TRY(subject(p, err));
    EVPACK_TRY(results(p, err));
    EVPACK_TRY(serious(p, err));
    undecided(p);
    microsofts(p);
    layout_space(p->l, 6);
    part_paragraph(p, STYLE_NOTE, "management.limits", 0);
    return EVPACK_OK;
}
