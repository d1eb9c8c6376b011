/*
 * Folders by base/listing. Invariant: when memory runs out the walk ends with an error, which is
 * why fts(3) is not used: glibc's reads a null pointer then, or frees one twice. Depth is capped,
 * so that recursion is. Refuses to know what files are for.
 */
#include "base/tree.h"

#include "base/buf.h"
#include "base/listing.h"
#include "base/own.h"

#include <errno.h>
#include <string.h>

typedef struct {
    tree_visit visit;
    void *ctx;
    buf path;
    unsigned depth;
} walk;

static evpack_status unread(const walk *w, evpack_err *err)
{
    if (errno == ENOMEM) {
        return evpack_fail(err, EVPACK_E_MEMORY, "%s: out of memory", buf_str(&w->path));
    }
    return evpack_fail(err, EVPACK_E_IO, "%s: cannot be read: %s", buf_str(&w->path),
                       strerror(errno));
}

static evpack_status walk_entry(walk *w, size_t name, evpack_err *err);

static evpack_status walk_folder(walk *w, evpack_err *err)
{
    if (w->depth == TREE_DEPTH_MAX) {
        return evpack_fail(err, EVPACK_E_IO, "%s: folders are deeper than %d; give a part of them",
                           buf_str(&w->path), TREE_DEPTH_MAX);
    }
    EVPACK_AUTO_VALUE(listing_reset) listing names = {0};
    EVPACK_TRY(listing_read(buf_str(&w->path), &names, err));
    size_t len = w->path.len;
    w->depth++;
    for (size_t i = 0; i < names.count; i++) {
        if (len > 0 && w->path.data[len - 1] != '/') {
            buf_putc(&w->path, '/');
        }
        size_t name = w->path.len;
        buf_puts(&w->path, listing_name(&names, i));
        EVPACK_TRY(buf_status(&w->path, err));
        EVPACK_TRY(walk_entry(w, name, err));
        buf_truncate(&w->path, len);
    }
    w->depth--;
    return EVPACK_OK;
}

static evpack_status walk_entry(walk *w, size_t name, evpack_err *err)
{
    struct stat st;
    const char *path = buf_str(&w->path);
    if ((w->depth == 0 ? stat(path, &st) : lstat(path, &st)) != 0) {
        return unread(w, err);
    }
    const tree_entry entry = {.path = path, .name = path + name, .st = &st};
    EVPACK_TRY(w->visit(w->ctx, &entry, err));
    return S_ISDIR(st.st_mode) ? walk_folder(w, err) : EVPACK_OK;
}

evpack_status tree_walk(const char *root, tree_visit visit, void *ctx, evpack_err *err)
{
    walk w = {.visit = visit, .ctx = ctx};
    buf_puts(&w.path, root);
    evpack_status status = buf_status(&w.path, err);
    if (status == EVPACK_OK) {
        const char *slash = strrchr(root, '/');
        status =
            walk_entry(&w, slash == NULL || slash[1] == '\0' ? 0 : (size_t)(slash - root) + 1, err);
    }
    buf_reset(&w.path);
    return status;
}
