/*
 * An archive of exports is collected as a folder would be: each member as a file of its own, named
 * ARCHIVE/MEMBER, and the archive itself as it is. An archive that is damaged, encrypted or larger
 * inside than the caps allow is kept whole as evidence, with the reason, and none of its members.
 *
 * Caps, for one archive: 100,000 members, 1 TiB of members, and 200 times its own size plus 64 MiB
 * (JSON exports compress about 10 to 40 times).
 */
#ifndef EVPACK_COLLECT_ARCHIVE_H
#define EVPACK_COLLECT_ARCHIVE_H

#include "collect/document.h"

enum { ARCHIVE_MEMBERS_MAX = 100000, ARCHIVE_RATIO_MAX = 200, ARCHIVE_FREE = 64 << 20 };

typedef struct {
    import *into;
    const shapes *table;
    /* Told after each member and each thing that was passed over (skipped says why). */
    void (*each)(void *ctx, const char *path, const document_result *result, const char *skipped);
    void *ctx;
} archive_import_into;

/* Whether fd (a regular file) begins like an archive; leaves it at its beginning. */
evpack_status archive_looks_so(int fd, bool *yes, evpack_err *err) EVPACK_MUST_USE;
/* The members first, then the archive itself: its own result comes back. */
evpack_status archive_import(const archive_import_into *to, int fd, const char *path,
                             document_result *result, evpack_err *err) EVPACK_MUST_USE;

#endif
