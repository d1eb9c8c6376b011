/*
 * The tables engagement and engagement_file: which evidence is the engagement, and the files that
 * it names. Every version that was given stays; the newest row holds (view `engaged`). What the
 * documents say is in their records. Within the open transaction.
 */
#ifndef EVPACK_STORE_ENGAGEMENT_H
#define EVPACK_STORE_ENGAGEMENT_H

#include "store/store.h"

/* The label of the one snapshot that holds the files of engagements, and no state of the tenant. */
#define ENGAGEMENT_LABEL "engagement"

evpack_status engagement_add(store *s, int64_t evidence, int64_t now, int64_t *id,
                             evpack_err *err) EVPACK_MUST_USE;
/* role: engagement, exceptions, attestations, assurance, attested. Naming one twice is once. In
 * packages the file has its plain name, and who had it of an older engagement has a hashed one. */
evpack_status engagement_add_file(store *s, int64_t engagement, int64_t evidence, const char *role,
                                  evpack_err *err) EVPACK_MUST_USE;

/* The engagement that holds: its row and its file's SHA-256 in hex; id 0 and "": there is none. */
typedef struct {
    int64_t id;
    char sha256[65];
} engagement_held;
evpack_status engagement_find(const store *s, engagement_held *out,
                              evpack_err *err) EVPACK_MUST_USE;

#endif
