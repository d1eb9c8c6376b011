/*
 * The PDF summary: its parts in the order that the layout's data state. Invariant: totals come from
 * the model alone, lists say what they leave out, and the same case and options give the same
 * bytes. A firm may order the sections as it likes and leave some out, but none without which the
 * paper would claim more than it says. Knows no layout.
 */
#include "report/pdf_report.h"

#include "report/part.h"
#include "report/sections.h"

#include <stdio.h>
#include <string.h>

static void part_free(part *p)
{
    model_free(p->m);
    layout_free(p->l);
    needs_free(p->needs);
    texts_free(p->words);
}

static evpack_status open_parts(part *p, evpack_err *err)
{
    EVPACK_TRY(texts_load(p->options->template, &p->words, err));
    EVPACK_TRY(needs_load(p->s, &p->needs, err));
    EVPACK_TRY(model_load(p->s, &p->m, err));
    bool has_json = (p->options->formats & REPORT_BIT(REPORT_JSON)) != 0;
    bool has_csv = (p->options->formats & REPORT_BIT(REPORT_CSV)) != 0;
    p->list_file = texts_get(p->words, has_json  ? "common.list_file"
                                       : has_csv ? "common.table_file"
                                                 : "common.later_file");
    EVPACK_AUTO_VALUE(buf_reset) buf subject = {0};
    texts_fill(p->words, &subject, "subject", "benchmark", p->m->benchmark, NULL);
    EVPACK_TRY(buf_status(&subject, err));
    const layout_info info = {.title = texts_get(p->words, "title"),
                              .subject = buf_str(&subject),
                              .creator = "evpack " EVPACK_VERSION,
                              .at = p->options->at,
                              .template = p->options->template};
    return layout_new(&info, &p->l, err);
}

static evpack_status (*const sections[SECTIONS])(part *p, evpack_err *err) = {
    [SECTION_COVER] = part_cover,           [SECTION_CONTENTS] = part_contents,
    [SECTION_MANAGEMENT] = part_management, [SECTION_CHARTS] = part_charts,
    [SECTION_ENGAGEMENT] = part_engagement, [SECTION_READ] = part_read,
    [SECTION_ASSESSED] = part_assessed,     [SECTION_CONTROLS] = part_controls,
    [SECTION_BREAKDOWN] = part_breakdown,   [SECTION_FAILURES] = part_failures,
    [SECTION_CONTROL] = part_detail,        [SECTION_RECONCILED] = part_reconciled,
    [SECTION_DECIDED] = part_decided,       [SECTION_DRIFT] = part_drift,
    [SECTION_SAMPLES] = part_samples,       [SECTION_COMPLETE] = part_complete,
    [SECTION_INDEX] = part_index,           [SECTION_REDACTED] = part_redacted,
    [SECTION_CUSTODY] = part_custody,       [SECTION_METHOD] = part_method,
    [SECTION_VERIFY] = part_verify,         [SECTION_SIGN] = part_sign,
};

static evpack_status draw(part *p, evpack_err *err)
{
    size_t order[SECTIONS];
    size_t count = 0;
    const json *list = layout_data(p->l, "sections");
    EVPACK_TRY(sections_order(list, sections_known(), SECTIONS, order, &count, err));
    for (size_t i = 0; i < count; i++) {
        EVPACK_TRY(sections[order[i]](p, err));
    }
    if (p->contents_page > 0) {
        layout_contents(p->l, p->contents_page, p->contents_y);
    }
    return EVPACK_OK;
}

static void page_text(void *ctx, size_t page, size_t pages, buf *out)
{
    part *p = ctx;
    char n[2][TEXTS_NUMBER];
    texts_fill(p->words, out, "footer.page", "page", texts_number((int64_t)page, n[0]), "pages",
               texts_number((int64_t)pages, n[1]), NULL);
}

static evpack_status furnish(part *p, evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf foot = {0};
    if (p->options->package_id != NULL) {
        texts_fill(p->words, &foot, "footer.package", "id", p->options->package_id, NULL);
    } else {
        buf_puts(&foot, texts_get(p->words, "footer.unsealed"));
    }
    EVPACK_TRY(buf_status(&foot, err));
    layout_furnish(p->l, texts_get(p->words, "title"), buf_str(&foot), page_text, p);
    return EVPACK_OK;
}

evpack_status report_pdf_write(const store *s, const report_options *options, int fd,
                               evpack_err *err)
{
    EVPACK_AUTO_VALUE(part_free) part p = {.s = s, .options = options};
    EVPACK_TRY(open_parts(&p, err));
    EVPACK_TRY(draw(&p, err));
    EVPACK_TRY(furnish(&p, err));
    EVPACK_TRY(texts_status(p.words, err));
    return layout_write(p.l, fd, err);
}
