/*
 * What `evpack status` says of the engagement that the newest run went by: facts, parameters, and
 * the resources that its scope leaves out. Only status.c calls it.
 */
#ifndef EVPACK_REPORT_STATUS_ENGAGEMENT_H
#define EVPACK_REPORT_STATUS_ENGAGEMENT_H

#include "base/term.h"
#include "store/store.h"

/* Appends the members engagement, parameters, scoped_out and scope_open, each with a comma behind
 * it. */
evpack_status status_engagement_json(const store *s, buf *line, evpack_err *err) EVPACK_MUST_USE;
/* Of each list at most shown rows. */
evpack_status status_engagement_text(const store *s, unsigned shown, const term *t, buf *line,
                                     evpack_err *err) EVPACK_MUST_USE;

#endif
