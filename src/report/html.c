/*
 * The HTML report, a placeholder for now that says where the findings are.
 */
#include "report/html.h"

#include "report/out.h"

evpack_status report_html_write(const store *s, const report_options *options, int fd,
                                evpack_err *err)
{
    (void)s;
    (void)options;
    EVPACK_AUTO_VALUE(report_out_reset) report_out o = {.fd = fd};
    buf_puts(&o.b, "<!doctype html><meta charset=\"utf-8\"><title>evpack</title>"
                   "<p>The findings are in findings.csv and findings.json.</p>\n");
    return report_out_end(&o, err);
}
