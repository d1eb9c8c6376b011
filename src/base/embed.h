/*
 * Data files that the build puts into the program: schema, mapping, report texts, fonts. The table
 * is made by src/embed.cmake; names are paths relative to the project ("mapping/rules/x.sql").
 */
#ifndef EVPACK_BASE_EMBED_H
#define EVPACK_BASE_EMBED_H

#include <stddef.h>

typedef struct {
    const char *name;
    const unsigned char *data; /* lives as long as the program */
    size_t len;
} embed_file;

/* All embedded files, sorted by name (byte order). */
const embed_file *embed_all(size_t *count);
/* NULL when there is none of that name. */
const embed_file *embed_find(const char *name);

#endif
