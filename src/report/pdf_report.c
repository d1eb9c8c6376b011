/*
 * The PDF summary, plain for now: the totals by control. Invariant: totals are counted by SQL, not
 * from what is shown.
 */
#include "report/pdf_report.h"

#include "port/pdf.h"

#include <string.h>

static void line(pdf *p, double *y, const pdf_style *style, const char *text)
{
    if (*y > 780) {
        (void)pdf_add_page(p);
        *y = 60;
    }
    pdf_text(p, 56, *y, style, text, strlen(text));
    *y += style->size * 1.6;
}

evpack_status report_pdf_write(const store *s, const report_options *options, int fd,
                               evpack_err *err)
{
    const pdf_info info = {.title = "Evidence summary",
                           .subject = "",
                           .creator = "evpack " EVPACK_VERSION,
                           .at = options->at,
                           .width = 595.28,
                           .height = 841.89};
    EVPACK_AUTO(pdf) p = NULL;
    EVPACK_TRY(pdf_new(&info, &p, err));
    (void)pdf_add_page(p);
    double y = 80;
    const pdf_style head = {PDF_BOLD, 18, 0x1a2a3a};
    const pdf_style body = {PDF_SANS, 8.5, 0x202020};
    line(p, &y, &head, info.title);
    EVPACK_AUTO(db_stmt) rows = NULL;
    EVPACK_TRY(db_prepare(store_db(s),
                          "SELECT control_id || '  ' || status || '  ' || count(*) FROM finding_row"
                          " GROUP BY control_ordinal, control_id, status_code",
                          &rows, err));
    for (bool row = true; row;) {
        EVPACK_TRY(db_step(rows, &row, err));
        if (row) {
            line(p, &y, &body, db_text_or_empty(rows, 0));
        }
    }
    return pdf_write(p, fd, err);
}
