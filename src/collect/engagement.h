/*
 * The engagement: what the preparer decides about an audit (client, auditor, period, scope,
 * parameters, assurance reports, exceptions, attestations), in a JSON file and the files that it
 * names by paths relative to its own folder. The formats are the schemas in mapping/schema.
 *
 * These are the preparer's own files and no export: one that is wrong is refused, with its place.
 * Beyond the schemas: ids are unique within their kind whatever their letter case, times are days
 * and times that exist and lie in order, no file is named twice as a list of one kind, and every
 * file that is named is there, is no link and is not reached through one.
 */
#ifndef EVPACK_COLLECT_ENGAGEMENT_H
#define EVPACK_COLLECT_ENGAGEMENT_H

#include "collect/engagement_text.h"

enum { ENGAGEMENT_FILES_MAX = 2000 };

typedef enum {
    ENGAGEMENT_ITSELF,
    ENGAGEMENT_EXCEPTIONS,
    ENGAGEMENT_ATTESTATIONS,
    ENGAGEMENT_ASSURANCE,
    ENGAGEMENT_ATTESTED
} engagement_role;
/* As in table engagement_file. */
const char *engagement_role_word(engagement_role role);

typedef struct {
    char *path; /* owned; relative to the engagement's folder */
    engagement_role role;
    engagement_text text; /* of the first three roles */
    size_t by;            /* which file names it, and where */
    char pointer[80];
} engagement_entry;

/* The engagement's own file is the first entry. Entries of other roles may name one file twice. */
typedef struct {
    int folder;        /* open; owned */
    char prefix[1024]; /* the folder as messages name it, with its slash; it may be cut */
    engagement_entry *at;
    size_t count;
    uint64_t exceptions, attestations, assurance; /* how many there are */
} engagement;

/* Reads and checks the engagement and its lists, and that the other files are there. */
evpack_status engagement_read(const char *path, engagement **out, evpack_err *err) EVPACK_MUST_USE;
/* Opens a file that an entry names, for reading: by the name that the engagement gives it, or, in
 * an unpacked package, by the safe form of that name (base/member.h). */
evpack_status engagement_open(const engagement *g, const engagement_entry *e, int *fd,
                              evpack_err *err) EVPACK_MUST_USE;
void engagement_free(engagement *g);
EVPACK_DEFINE_CLEANUP(engagement, engagement_free)

#endif
