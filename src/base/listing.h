/*
 * The names in one folder, in byte order, without "." and "..". What they are (files, folders,
 * links) is for the caller to ask.
 */
#ifndef EVPACK_BASE_LISTING_H
#define EVPACK_BASE_LISTING_H

#include "base/err.h"

#include <stddef.h>

struct dirent;
/* All zero is an empty one. */
typedef struct {
    struct dirent **at;
    size_t count;
} listing;

/* EVPACK_E_IO when the folder cannot be read, EVPACK_E_MEMORY when memory runs out; then *out is
 * empty. */
evpack_status listing_read(const char *folder, listing *out, evpack_err *err) EVPACK_MUST_USE;
/* Borrowed. */
const char *listing_name(const listing *l, size_t i);
void listing_reset(listing *l);

#endif
