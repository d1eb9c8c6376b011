/*
 * Keeps secrets in the raw bytes. The guard watches an import (store/evidence.h): it looks through
 * every file's bytes and its name, writes down where secrets are, and puts markers in their place
 * in everything else that goes into the case: records, reasons, paths. So what is made from a case
 * (findings, reports, messages) holds none, and a case made again from the redacted copies in a
 * package has the same records.
 *
 * A value that was found in a file is taken out of its records and reasons wherever it stands
 * there, also cut off at the end of a text; one that was found in a record's own bytes, only there.
 */
#ifndef EVPACK_COLLECT_GUARD_H
#define EVPACK_COLLECT_GUARD_H

#include "collect/secrets.h"
#include "store/evidence.h"

/* More secrets in one file than these are one: from the first of them to the file's end. */
enum { GUARD_SECRETS_MAX = 300000, GUARD_VALUES_MAX = 8 << 20 };

typedef struct guard guard;
/* told (may be NULL) is called for each secret of a file, at the file's end. It has the value's
 * bytes too: they are not to be shown. */
typedef struct {
    void (*told)(void *ctx, const secret_row *row);
    void *ctx;
} guard_listener;
evpack_status guard_new(store *s, const guard_listener *listener, guard **out,
                        evpack_err *err) EVPACK_MUST_USE;
void guard_free(guard *g);
EVPACK_DEFINE_CLEANUP(guard, guard_free)

/* For import_options.watch. Borrowed. */
const import_watch *guard_watch(const guard *g);
/* A text as it may be shown: for messages about the file that was last read. */
evpack_status guard_show(guard *g, const char *text, buf *out, evpack_err *err) EVPACK_MUST_USE;

#endif
