/*
 * The PDF summary: its parts in their order. Invariant: totals come from the model alone, lists say
 * what they leave out, and the same case and options give the same bytes. Knows no layout.
 */
#include "report/pdf_report.h"

#include "report/part.h"

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

static evpack_status draw(part *p, evpack_err *err)
{
    size_t contents = 0;
    double contents_y = 0;
    EVPACK_TRY(part_cover(p, err));
    part_contents(p, &contents, &contents_y);
    EVPACK_TRY(part_engagement(p, err));
    part_read(p);
    EVPACK_TRY(part_assessed(p, err));
    EVPACK_TRY(part_controls(p, err));
    EVPACK_TRY(part_breakdown(p, err));
    EVPACK_TRY(part_reconciled(p, err));
    EVPACK_TRY(part_decided(p, err));
    EVPACK_TRY(part_findings(p, "failed", FINDINGS_ONLY(FINDING_FAIL), err));
    EVPACK_TRY(part_findings(p, "unknown", FINDINGS_ONLY(FINDING_UNKNOWN), err));
    EVPACK_TRY(part_findings(p, "other",
                             FINDINGS_ONLY(FINDING_EXEMPT) | FINDINGS_ONLY(FINDING_ERROR), err));
    EVPACK_TRY(part_manual(p, err));
    EVPACK_TRY(part_index(p, err));
    EVPACK_TRY(part_custody(p, err));
    part_method(p);
    part_verify(p);
    layout_contents(p->l, contents, contents_y);
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
