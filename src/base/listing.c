/*
 * Names by scandir(3). Invariant: all names or an error. Opens nothing that is in the folder.
 */
#include "base/listing.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int is_entry(const struct dirent *d)
{
    return strcmp(d->d_name, ".") != 0 && strcmp(d->d_name, "..") != 0;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

evpack_status listing_read(const char *folder, listing *out, evpack_err *err)
{
    *out = (listing){0};
    const int count = scandir(folder, &out->at, is_entry, by_name);
    if (count >= 0) {
        out->count = (size_t)count;
        return EVPACK_OK;
    }
    out->at = NULL;
    if (errno == ENOMEM) {
        return evpack_fail(err, EVPACK_E_MEMORY, "%s: out of memory", folder);
    }
    return evpack_fail(err, EVPACK_E_IO, "%s: cannot be read: %s", folder, strerror(errno));
}

const char *listing_name(const listing *l, size_t i)
{
    return l->at[i]->d_name;
}

void listing_reset(listing *l)
{
    for (size_t i = 0; i < l->count; i++) {
        free(l->at[i]);
    }
    free(l->at);
    *l = (listing){0};
}
