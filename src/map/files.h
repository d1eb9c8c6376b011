/*
 * A mapping as a set of files: the built-in one, or a folder of the same layout. Only .json and
 * .sql files count; paths are relative to the mapping, sorted in byte order. The digest is the
 * SHA-256 of the lines "SHA256  PATH\n", which sha256sum makes too:
 *   find . -name '*.json' -o -name '*.sql' | sed 's|^\./||' | LC_ALL=C sort | xargs sha256sum |
 * sha256sum
 */
#ifndef EVPACK_MAP_FILES_H
#define EVPACK_MAP_FILES_H

#include "base/buf.h"

enum { MAPPING_FILES_MAX = 4096, MAPPING_FILE_MAX = 4 << 20, MAPPING_BYTES_MAX = 64 << 20 };

typedef struct {
    char *path;
    char *text; /* NUL-terminated; len does not count it */
    size_t len;
} mapping_file;

typedef struct {
    mapping_file *at;
    size_t count;
    unsigned char sha256[32];
    char origin[256];  /* "built-in", or the folder's last name */
    char *passed_over; /* owned; the first entry with such a name that is no file; NULL: none */
} mapping_files;

/* folder NULL: the built-in mapping. */
evpack_status mapping_files_load(const char *folder, mapping_files *out,
                                 evpack_err *err) EVPACK_MUST_USE;
void mapping_files_reset(mapping_files *m);
/* NULL when there is none. */
const mapping_file *mapping_files_find(const mapping_files *m, const char *path);

#endif
