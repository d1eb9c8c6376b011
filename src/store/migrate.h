/*
 * Bringing an older case forward, one version after another, in one transaction: the tables by
 * migrate_N.sql, the triggers and views by views.sql. There is no way back.
 */
#ifndef EVPACK_STORE_MIGRATE_H
#define EVPACK_STORE_MIGRATE_H

#include "port/db.h"

/* Makes the triggers and views, which must not be there. Within the caller's transaction. */
evpack_status migrate_views(db *d, evpack_err *err) EVPACK_MUST_USE;
/* From the version that the case says to STORE_VERSION; nothing when it is that. Opens the file by
 * itself and commits. EVPACK_E_CASE when it cannot be written. */
evpack_status migrate_forward(const char *path, evpack_err *err) EVPACK_MUST_USE;

#endif
