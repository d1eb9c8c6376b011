/*
 * Work in a private temporary folder that is gone afterwards, however the work ends: it is done by
 * a child process, and the parent, which only waits, removes the folder when the child has ended,
 * crashed, or was told to end by SIGINT, SIGTERM, SIGHUP or SIGQUIT. (Nothing can be done about a
 * SIGKILL of the parent; the child then dies with it.)
 */
#ifndef EVPACK_REVIEW_SCRATCH_H
#define EVPACK_REVIEW_SCRATCH_H

#include "base/err.h"

/* folder is empty, and only its owner may enter it. The result is an exit code, 0 to 255. */
typedef int (*scratch_work)(void *ctx, const char *folder);

/* In $TMPDIR, else /tmp. *code is what work returned; a child that did not return is
 * EVPACK_E_INTERNAL. A signal that the parent got meanwhile takes effect after the folder is gone.
 * What work writes to memory is not seen here: it prints, or writes files elsewhere. */
evpack_status scratch_run(scratch_work work, void *ctx, int *code, evpack_err *err) EVPACK_MUST_USE;

#endif
