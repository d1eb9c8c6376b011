/*
 * report.html taken apart, for the tests of its data.
 */
#ifndef EVPACK_TESTS_PAGED_H
#define EVPACK_TESTS_PAGED_H

#include "port/json.h"
#include "report/report.h"

/* The page of a case, appended. */
void paged(const store *s, const report_options *options, buf *page);
/* Block n (from 0) with this attribute, such as class="rows" or id="data"; NULL: there is none.
 * Free it with json_free. No '<' stands in it. */
json_doc *paged_block(const char *page, const char *attribute, size_t n);
/* The block id="data" of the case's page. */
json_doc *paged_data(const store *s, const report_options *options);

#endif
