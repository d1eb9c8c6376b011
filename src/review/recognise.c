/*
 * Recognising a package by its looks. Invariant: nothing is written, and a file that cannot be read
 * looks like none. Refuses to judge: that it is a package is received.h's to find out.
 */
#include "review/recognise.h"

#include "base/buf.h"
#include "base/file.h"
#include "port/unpack.h"
#include "review/index.h"
#include "seal/bag.h"
#include "seal/zipform.h"

#include <string.h>
#include <sys/stat.h>

static bool is_there(const char *path, const char *below)
{
    EVPACK_AUTO_VALUE(buf_reset) buf full = {0};
    struct stat st;
    buf_printf(&full, "%s%s", path, below);
    return !full.failed && lstat(buf_str(&full), &st) == 0 && S_ISREG(st.st_mode);
}

/* Whether the name of a member is TOP/below. */
static bool is_in_top(const char *name, const char *below)
{
    const char *slash = strchr(name, '/');
    return slash != NULL && strcmp(slash + 1, below) == 0;
}

/* What the archive itself lists. One that cannot be listed is no package. */
static evpack_status has_members(int fd, bool *yes, evpack_err *err)
{
    evpack_err ignored = {0};
    EVPACK_AUTO(unpack) u = NULL;
    bool bag = false;
    bool index = false;
    bool more = unpack_open(fd, &u, &ignored) == EVPACK_OK;
    for (unsigned n = 0; more && n <= NAMES_FILES_MAX && !(bag && index); n++) {
        unpack_entry entry;
        if (unpack_next(u, &entry, &more, &ignored) != EVPACK_OK || !more) {
            break;
        }
        bag = bag || is_in_top(entry.name, BAG_DECLARATION);
        index = index || is_in_top(entry.name, INDEX_PATH);
    }
    *yes = bag && index;
    return ignored.code == EVPACK_E_MEMORY ? evpack_oom(err) : EVPACK_OK;
}

static evpack_status zip_looks_so(const char *path, int fd, bool *yes, evpack_err *err)
{
    unsigned char head[ZIPFORM_LOCAL + ZIPFORM_NAME_MAX + ZIPFORM_EXTRA_MAX];
    size_t got = 0;
    EVPACK_TRY(file_read_fd(fd, head, sizeof head, &got, err));
    if (got < ZIPFORM_LOCAL || zipform_kind_of(head) != ZIPFORM_IS_LOCAL) {
        return EVPACK_OK;
    }
    size_t name = 0;
    size_t extra = 0;
    zip_member first;
    seal_reason why;
    zipform_local_lengths(head, &name, &extra);
    const size_t len = ZIPFORM_LOCAL + name + extra;
    *yes = len <= got && zipform_read_local(head, len, &first, &why) && is_there(path, ".p7s");
    return *yes ? EVPACK_OK : has_members(fd, yes, err);
}

evpack_status recognise_package(const char *path, bool *yes, evpack_err *err)
{
    struct stat st;
    *yes = false;
    if (stat(path, &st) != 0) {
        return EVPACK_OK; /* who opens it will say so */
    }
    if (S_ISDIR(st.st_mode)) {
        *yes = is_there(path, "/" BAG_DECLARATION) && is_there(path, "/" INDEX_PATH);
        return EVPACK_OK;
    }
    EVPACK_AUTO_FD fd = -1;
    if (!S_ISREG(st.st_mode) || file_open(path, &fd, err) != EVPACK_OK) {
        return EVPACK_OK;
    }
    return zip_looks_so(path, fd, yes, err);
}
