/*
 * Files without a name beside the package that is written: a report is as large as the case, and
 * its size stands in the archive before its bytes. They are gone when they are closed, whatever
 * happens.
 */
#ifndef EVPACK_PACKAGE_SIDE_H
#define EVPACK_PACKAGE_SIDE_H

#include "package/sealer.h"

/* In the folder of out, for its owner alone; the caller closes it. */
evpack_status side_open(const char *out, int *fd, evpack_err *err) EVPACK_MUST_USE;
/* All that was written to the file becomes the member `path`. */
evpack_status side_seal(sealer *s, const char *path, int fd, evpack_err *err) EVPACK_MUST_USE;

#endif
