/*
 * The totals in the answer to `evpack status`, as rows with bars where there is a terminal. Only
 * the status files call it.
 */
#ifndef EVPACK_REPORT_STATUS_TOTALS_H
#define EVPACK_REPORT_STATUS_TOTALS_H

#include "base/term.h"
#include "store/store.h"

#define STATUS_FINDINGS_SQL                                                   \
    "SELECT st.word, count(*) FROM test t JOIN finding f ON f.test_id = t.id" \
    " JOIN status st ON st.code = f.status"                                   \
    " WHERE t.run_id = (SELECT max(id) FROM run) GROUP BY f.status ORDER BY f.status"
#define STATUS_RUN_SQL                                               \
    "SELECT r.evaluated_at, lower(hex(m.sha256)) AS mapping_sha256," \
    " m.origin AS mapping, r.tool_version FROM run r"                \
    " JOIN mapping m ON m.id = r.mapping_id ORDER BY r.id DESC LIMIT 1"

/* An empty line and a heading. */
void status_head(const term *t, const char *text, buf *line);
/* word in its colour, filled up to so many columns. */
void status_word(const term *t, const char *word, int columns, buf *line);
/* Ends a row that has so many columns: on a terminal with part of whole as a bar and in percent. */
void status_bar(const term *t, const char *word, int64_t part, int64_t whole, unsigned columns,
                buf *line);

/* Nothing before the first map run. */
evpack_status status_coverage_text(const store *s, const term *t, buf *line,
                                   evpack_err *err) EVPACK_MUST_USE;
evpack_status status_findings_text(const store *s, const term *t, buf *line,
                                   evpack_err *err) EVPACK_MUST_USE;

#endif
