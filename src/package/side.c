/*
 * Nameless files. Invariant: no path leads to one, so nothing is left behind and nobody can change
 * it. Refuses to know what is in it.
 */
#include "package/side.h"

#include "base/buf.h"
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

evpack_status side_open(const char *out, int *fd, evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf folder = {0};
    const char *slash = strrchr(out, '/');
    buf_append(&folder, out, slash == NULL ? 0 : (size_t)(slash - out) + 1);
    buf_puts(&folder, ".");
    EVPACK_TRY(buf_status(&folder, err));
    *fd = open(buf_str(&folder), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (*fd >= 0) {
        return EVPACK_OK;
    }
    buf_truncate(&folder, folder.len - 1);
    buf_puts(&folder, ".evpack-XXXXXX");
    EVPACK_TRY(buf_status(&folder, err));
    *fd = mkostemp(folder.data, O_CLOEXEC);
    if (*fd < 0) {
        return evpack_fail(err, EVPACK_E_IO, "%s: no file can be made beside it: %s", out,
                           strerror(errno));
    }
    (void)unlink(buf_str(&folder));
    return EVPACK_OK;
}

static evpack_status copy_fd(sealer *s, int fd, evpack_err *err)
{
    enum { BLOCK = 256 << 10 };
    EVPACK_AUTO_CHARS block = malloc(BLOCK);
    if (block == NULL) {
        return evpack_oom(err);
    }
    for (size_t got = BLOCK; got == BLOCK;) {
        EVPACK_TRY(file_read_fd(fd, block, BLOCK, &got, err));
        EVPACK_TRY(sealer_write(s, block, got, err));
    }
    return EVPACK_OK;
}

evpack_status side_seal(sealer *s, const char *path, int fd, evpack_err *err)
{
    uint64_t size = 0;
    EVPACK_TRY(file_size_fd(fd, &size, err));
    if (lseek(fd, 0, SEEK_SET) != 0) {
        return evpack_fail(err, EVPACK_E_IO, "a report cannot be read back: %s", strerror(errno));
    }
    EVPACK_TRY(sealer_begin(s, path, size, err));
    EVPACK_TRY(copy_fd(s, fd, err));
    return sealer_end(s, err);
}
