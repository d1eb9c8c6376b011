/*
 * Archives as folders. Invariant: either all members of an archive are in the case, or none is and
 * the archive's own entry says why; its bytes are there in both cases. A member's name is a label:
 * nothing is ever opened by it.
 */
#include "collect/archive.h"

#include "base/file.h"
#include "port/unpack.h"

#include <stdio.h>
#include <string.h>

typedef struct {
    const archive_import_into *to;
    unpack *u;
    uint64_t left; /* bytes that members may still have */

} member_source;

evpack_status archive_looks_so(int fd, bool *yes, evpack_err *err)
{
    char head[512];
    size_t got = 0;
    EVPACK_TRY(file_read_fd(fd, head, sizeof head, &got, err));
    *yes = unpack_is_archive(head, got);
    if (lseek(fd, 0, SEEK_SET) != 0) {
        return evpack_fail(err, EVPACK_E_IO, "cannot be read from its beginning");
    }
    return EVPACK_OK;
}

static evpack_status read_member(void *ctx, void *data, size_t len, size_t *got, evpack_err *err)
{
    member_source *m = ctx;
    EVPACK_TRY(unpack_read(m->u, data, len, got, err));
    if (*got > m->left) {
        return evpack_fail(err, EVPACK_E_INPUT,
                           "its members are larger than an archive of its size may hold");
    }
    m->left -= *got;
    return EVPACK_OK;
}

static evpack_status import_member(member_source *m, const char *archive, const unpack_entry *e,
                                   evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf name = {0};
    buf_printf(&name, "%s/%s", archive, e->name);
    EVPACK_TRY(buf_status(&name, err));
    if (e->folder) {
        return EVPACK_OK;
    }
    if (!e->regular) {
        m->to->each(m->to->ctx, buf_str(&name), NULL, "not a file");
        return EVPACK_OK;
    }
    if (e->encrypted) {
        return evpack_fail(err, EVPACK_E_INPUT, "its member %.100s is encrypted", e->name);
    }
    document_result result;
    const document_source source = {read_member, m};
    EVPACK_TRY(
        document_import_from(m->to->into, m->to->table, &source, buf_str(&name), &result, err));
    m->to->each(m->to->ctx, buf_str(&name), &result, NULL);
    return EVPACK_OK;
}

static evpack_status import_members(member_source *m, const char *path, evpack_err *err)
{
    unsigned members = 0;
    unpack_entry entry;
    for (bool more = true; more;) {
        EVPACK_TRY(unpack_next(m->u, &entry, &more, err));
        if (more && ++members > ARCHIVE_MEMBERS_MAX) {
            return evpack_fail(err, EVPACK_E_INPUT, "it has more than %d members",
                               ARCHIVE_MEMBERS_MAX);
        }
        if (more) {
            EVPACK_TRY(import_member(m, path, &entry, err));
        }
    }
    return EVPACK_OK;
}

static evpack_status open_and_import(const archive_import_into *to, int fd, const char *path,
                                     evpack_err *err)
{
    uint64_t size = 0;
    EVPACK_TRY(file_size_fd(fd, &size, err));
    EVPACK_AUTO(unpack) u = NULL;
    EVPACK_TRY(unpack_open(fd, &u, err));
    const uint64_t most = (uint64_t)1 << 40;
    uint64_t cap = size > most / ARCHIVE_RATIO_MAX ? most : size * ARCHIVE_RATIO_MAX + ARCHIVE_FREE;
    member_source m = {.to = to, .u = u, .left = cap};
    return import_members(&m, path, err);
}

evpack_status archive_import(const archive_import_into *to, int fd, const char *path,
                             document_result *result, evpack_err *err)
{
    evpack_err fault = {0};
    EVPACK_TRY(import_mark(to->into, err));
    evpack_status status = open_and_import(to, fd, path, &fault);
    if (status != EVPACK_OK && status != EVPACK_E_INPUT) {
        return evpack_fail(err, status, "%s", fault.text);
    }
    EVPACK_TRY(import_settle(to->into, status == EVPACK_OK, err));
    if (lseek(fd, 0, SEEK_SET) != 0) {
        return evpack_fail(err, EVPACK_E_IO, "cannot be read from its beginning");
    }
    return document_keep(to->into, fd, path, status == EVPACK_OK ? NULL : fault.text, result, err);
}
