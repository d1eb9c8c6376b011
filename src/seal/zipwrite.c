/*
 * Writing the ZIP file of a package. Invariant: what stands in the file is the form of zipform.h
 * for the members so far; a local header is written with zeros first, and again with the true CRC
 * and sizes when its member ends. Knows nothing of bags and signatures.
 */
#include "seal/zipwrite.h"

#include "base/file.h"
#include "port/deflate.h"
#include "seal/zipform.h"

#include <errno.h>
#include <string.h>

enum { FLUSH_AT = 1024 * 1024 };

struct zipwrite {
    int fd;
    deflater *z;
    digest *packed;      /* of the compressed data */
    buf pending;         /* bytes not yet in the file */
    uint64_t pending_at; /* where they go */
    buf central;
    uint64_t count;
    zip_member now;
    bool open;
    uint64_t left;    /* bytes of the member that are still to come */
    uint64_t data_at; /* where its compressed data begins */
};

void zipwrite_free(zipwrite *w)
{
    if (w != NULL) {
        deflater_free(w->z);
        digest_free(w->packed);
        buf_reset(&w->pending);
        buf_reset(&w->central);
        free(w);
    }
}

static uint64_t position(const zipwrite *w)
{
    return w->pending_at + w->pending.len;
}

static evpack_status flush(zipwrite *w, evpack_err *err)
{
    EVPACK_TRY(buf_status(&w->pending, err));
    EVPACK_TRY(file_write_fd(w->fd, buf_str(&w->pending), w->pending.len, err));
    w->pending_at += w->pending.len;
    buf_clear(&w->pending);
    return EVPACK_OK;
}

static evpack_status take(void *ctx, const void *data, size_t len, evpack_err *err)
{
    zipwrite *w = ctx;
    digest_update(w->packed, data, len);
    buf_append(&w->pending, data, len);
    return w->pending.len >= FLUSH_AT ? flush(w, err) : buf_status(&w->pending, err);
}

evpack_status zipwrite_open(int fd, unsigned threads, zipwrite **out, evpack_err *err)
{
    EVPACK_AUTO(zipwrite) w = calloc(1, sizeof *w);
    if (w == NULL) {
        return evpack_oom(err);
    }
    w->fd = fd;
    EVPACK_TRY(deflater_new(threads, take, w, &w->z, err));
    EVPACK_TRY(digest_new(&w->packed, err));
    *out = EVPACK_MOVE(w);
    return EVPACK_OK;
}

evpack_status zipwrite_begin(zipwrite *w, const char *name, uint64_t size, evpack_err *err)
{
    if (w->open || strlen(name) > ZIPFORM_NAME_MAX) {
        return evpack_fail(err, EVPACK_E_INTERNAL, "the ZIP member '%.300s' cannot begin", name);
    }
    w->now = (zip_member){.size = size, .offset = position(w)};
    memcpy(w->now.name, name, strlen(name) + 1);
    w->open = true;
    w->left = size;
    zipform_put_local(&w->pending, &w->now);
    w->data_at = position(w);
    return buf_status(&w->pending, err);
}

void zipwrite_plain(zipwrite *w)
{
    deflater_kind(w->z, DEFLATE_PLAIN);
}

evpack_status zipwrite_packed(zipwrite *w, unsigned char out[DIGEST_SIZE], evpack_err *err)
{
    return digest_final(w->packed, out, err);
}

evpack_status zipwrite_data(zipwrite *w, const void *data, size_t len, evpack_err *err)
{
    if (!w->open || len > w->left) {
        return evpack_fail(err, EVPACK_E_INTERNAL, "the ZIP member '%s' is longer than it said",
                           w->now.name);
    }
    w->left -= len;
    return deflater_write(w->z, data, len, err);
}

/* Writes the local header again, now that its member is known. */
static evpack_status patch(zipwrite *w, evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf head = {0};
    zipform_put_local(&head, &w->now);
    EVPACK_TRY(buf_status(&head, err));
    if (w->now.offset >= w->pending_at) {
        memcpy(w->pending.data + (w->now.offset - w->pending_at), head.data, head.len);
        return EVPACK_OK;
    }
    EVPACK_TRY(flush(w, err)); /* the header may stand across the border */
    for (size_t done = 0; done < head.len;) {
        ssize_t n = pwrite(w->fd, head.data + done, head.len - done, (off_t)(w->now.offset + done));
        if (n < 0 && errno != EINTR) {
            return evpack_fail(err, EVPACK_E_IO, "writing failed: %s", strerror(errno));
        }
        done += n > 0 ? (size_t)n : 0;
    }
    return EVPACK_OK;
}

evpack_status zipwrite_end(zipwrite *w, evpack_err *err)
{
    if (!w->open || w->left != 0) {
        return evpack_fail(err, EVPACK_E_INTERNAL, "the ZIP member '%s' is shorter than it said",
                           w->now.name);
    }
    EVPACK_TRY(deflater_end(w->z, &w->now.crc, err));
    w->now.packed = position(w) - w->data_at;
    EVPACK_TRY(patch(w, err));
    zipform_put_central(&w->central, &w->now);
    w->open = false;
    w->count++;
    return buf_status(&w->central, err);
}

evpack_status zipwrite_finish(zipwrite *w, evpack_err *err)
{
    if (w->open) {
        return evpack_fail(err, EVPACK_E_INTERNAL, "a ZIP member is still open");
    }
    uint64_t offset = position(w);
    EVPACK_TRY(flush(w, err));
    EVPACK_TRY(file_write_fd(w->fd, buf_str(&w->central), w->central.len, err));
    w->pending_at += w->central.len;
    zipform_put_end(&w->pending, w->count, offset, w->central.len);
    return flush(w, err);
}
