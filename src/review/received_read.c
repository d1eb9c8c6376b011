/*
 * The two ways that a package can lie there. Invariant: every file of it is told once, and what is
 * no file (a link, a device) is refused. Refuses to know which files a package must have.
 */
#include "review/received_private.h"

#include "base/file.h"
#include "base/text.h"
#include "base/tree.h"
#include "seal/zipread.h"

#include <fcntl.h>
#include <string.h>

enum { BLOCK = 256 << 10 };

static evpack_status zip_next(void *ctx, const void **data, size_t *len, evpack_err *err)
{
    return zipread_data(ctx, data, len, err);
}

static evpack_status take_member(received *r, zipread *z, const char *name,
                                 char id[MEMBER_ID_MAX + 1], evpack_err *err)
{
    const size_t len = strcspn(name, "/");
    if (id[0] == '\0' && len <= MEMBER_ID_MAX) {
        memcpy(id, name, len);
        id[len] = '\0';
        EVPACK_TRY(member_check_id(id, err));
    }
    if (name[len] != '/' || strlen(id) != len || strncmp(name, id, len) != 0) {
        return evpack_fail(err, EVPACK_E_INPUT, "%s does not stand in one top folder with the rest",
                           name);
    }
    return received_take(r, name + len + 1, zip_next, z, err);
}

evpack_status received_zip(received *r, int fd, char id[MEMBER_ID_MAX + 1], char sha256[DIGEST_HEX],
                           evpack_err *err)
{
    uint64_t size = 0;
    EVPACK_TRY(file_size_fd(fd, &size, err));
    EVPACK_AUTO(zipread) z = NULL;
    EVPACK_TRY(zipread_open(fd, size, &z, err));
    id[0] = '\0';
    for (;;) {
        const zip_member *member = NULL;
        EVPACK_TRY(zipread_next(z, &member, err));
        if (member == NULL) {
            break;
        }
        EVPACK_TRY(take_member(r, z, member->name, id, err));
    }
    unsigned char whole[DIGEST_SIZE];
    EVPACK_TRY(zipread_digest(z, whole, err));
    text_hex(whole, sizeof whole, sha256);
    return EVPACK_OK;
}

typedef struct {
    received *to;
    int root;
    size_t strip; /* bytes of a path before the part below the folder */
    int fd;
    char *block;
} folder_walk;

static evpack_status file_next(void *ctx, const void **data, size_t *len, evpack_err *err)
{
    folder_walk *w = ctx;
    *data = w->block;
    return file_read_fd(w->fd, w->block, BLOCK, len, err);
}

static evpack_status visit(void *ctx, const tree_entry *entry, evpack_err *err)
{
    folder_walk *w = ctx;
    if (S_ISDIR(entry->st->st_mode)) {
        return EVPACK_OK;
    }
    const char *path = entry->path + w->strip;
    if (!S_ISREG(entry->st->st_mode)) {
        return evpack_fail(err, EVPACK_E_INPUT, "%s is not a regular file", path);
    }
    EVPACK_AUTO_FD fd = -1;
    EVPACK_TRY(file_open_below(w->root, path, &fd, err));
    w->fd = fd;
    return received_take(w->to, path, file_next, w, err);
}

evpack_status received_unpacked(received *r, const char *path, evpack_err *err)
{
    size_t len = strlen(path);
    while (len > 1 && path[len - 1] == '/') {
        len--;
    }
    EVPACK_AUTO_CHARS root = strndup(path, len);
    EVPACK_AUTO_CHARS block = malloc(BLOCK);
    if (root == NULL || block == NULL) {
        return evpack_oom(err);
    }
    EVPACK_AUTO_FD fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        return evpack_fail(err, EVPACK_E_IO, "the folder cannot be opened");
    }
    folder_walk w = {.to = r, .root = fd, .strip = len + 1, .block = block};
    return tree_walk(root, visit, &w, err);
}
