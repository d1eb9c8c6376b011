/*
 * The engagement that the newest map run went by, as every report shows it: who and what for, the
 * scope, the parameters and who chose each, assurance reports, and the resources that the scope
 * leaves out. Members are those of the engagement's own file, as they were written.
 */
#ifndef EVPACK_REPORT_ENGAGEMENT_H
#define EVPACK_REPORT_ENGAGEMENT_H

#include "base/jptr.h"
#include "report/texts.h"
#include "store/store.h"

/* Appends an object, or null when the run went by no engagement:
 * {"reference","title","client","auditor","period","scope","assurance" (as written, null where
 * absent),"path","sha256","imported_at","exceptions","attestations","scoped_out" (numbers)}. */
evpack_status engagement_json(const store *s, buf *out, evpack_err *err) EVPACK_MUST_USE;
/* What a package's bag-info.txt says of it: each of the engagement's path in the package,
 * reference, client, auditor and period that is there, borrowed during the call; nothing without an
 * engagement. */
typedef evpack_status (*engagement_named)(void *ctx, const char *label, const char *value,
                                          evpack_err *err);
evpack_status engagement_bag(const store *s, engagement_named each, void *ctx,
                             evpack_err *err) EVPACK_MUST_USE;
/* Appends the run's parameters: [{"name","value","chosen_by":"mapping"|"engagement"}]. */
evpack_status engagement_parameters_json(const store *s, buf *out, evpack_err *err) EVPACK_MUST_USE;

/* The same in lines for people: a label of the report's texts (NULL: it goes on with the one
 * before), and a value. Nothing is told without an engagement. Both are borrowed during the call.
 */
typedef evpack_status (*engagement_fact)(void *ctx, const char *label, const char *value,
                                         evpack_err *err);
evpack_status engagement_facts(const store *s, texts *words, engagement_fact fact, void *ctx,
                               evpack_err *err) EVPACK_MUST_USE;

/* Resources that are out of scope (open false), or whose tags nobody knows although a tag decides
 * (open true); in the order of their ids. Text is borrowed until the next row. */
typedef struct {
    const char *subject, *type, *snapshot, *why; /* type NULL: none */
} engagement_left_row;
typedef struct engagement_left engagement_left;
evpack_status engagement_left_open(const store *s, bool open, engagement_left **out,
                                   evpack_err *err) EVPACK_MUST_USE;
/* NULL after the last. */
evpack_status engagement_left_next(engagement_left *l, const engagement_left_row **out,
                                   evpack_err *err) EVPACK_MUST_USE;
void engagement_left_free(engagement_left *l);
EVPACK_DEFINE_CLEANUP(engagement_left, engagement_left_free)
evpack_status engagement_left_count(const store *s, bool open, int64_t *out,
                                    evpack_err *err) EVPACK_MUST_USE;
/* Appends {"subject","type","snapshot","why"}. */
void engagement_left_put(const engagement_left_row *row, buf *out);
/* Appends a list of them, at most most of them (0: all). */
evpack_status engagement_left_json(const store *s, bool open, int64_t most, buf *out,
                                   evpack_err *err) EVPACK_MUST_USE;

#endif
