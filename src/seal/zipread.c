/*
 * Reading the ZIP file of a package. Invariant: position only moves forward, every byte before it
 * was hashed and understood, and nothing that was understood could have been written another way
 * (but for the choice of Deflate codes, whose digest is given out). Refuses to know bags and
 * signatures.
 */
#include "seal/zipread.h"

#include "port/inflate.h"
#include "seal/names.h"
#include "seal/zipwhy.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

enum {
    IN_SIZE = 128 * 1024,
    OUT_SIZE = 128 * 1024,
    RATIO_MAX = 1032, /* Deflate cannot do better */
    RATIO_SLACK = 64
};

struct zipread {
    int fd;
    uint64_t size;  /* of the file */
    uint64_t fetch; /* next byte to fetch from it */
    size_t pos;     /* next byte of in to parse */
    size_t end;     /* bytes in in */
    unsigned char in[IN_SIZE];
    unsigned char out[OUT_SIZE];
    inflater *z;
    digest *whole;
    digest *packed;  /* the compressed data of the members */
    digest *central; /* of the central directory that the members ask for */
    uint64_t central_size;
    uint64_t count;
    uint64_t total;
    zip_member now;
    uint64_t packed_left;
    uint64_t size_left;
    bool in_member;
    seal_reason fault;
};

void zipread_free(zipread *r)
{
    if (r != NULL) {
        inflater_free(r->z);
        digest_free(r->whole);
        digest_free(r->packed);
        digest_free(r->central);
        free(r);
    }
}

evpack_status zipread_open(int fd, uint64_t size, zipread **out, evpack_err *err)
{
    EVPACK_AUTO(zipread) r = calloc(1, sizeof *r);
    if (r == NULL) {
        return evpack_oom(err);
    }
    r->fault = SEAL_ZIP_STRUCTURE;
    r->fd = fd;
    r->size = size;
    EVPACK_TRY(inflater_new(&r->z, err));
    EVPACK_TRY(digest_new(&r->whole, err));
    EVPACK_TRY(digest_new(&r->packed, err));
    EVPACK_TRY(digest_new(&r->central, err));
    *out = EVPACK_MOVE(r);
    return EVPACK_OK;
}

/* The place in the file of the next byte to parse. */
static uint64_t position(const zipread *r)
{
    return r->fetch - (r->end - r->pos);
}

uint64_t zipread_at(const zipread *r)
{
    return position(r);
}

/* Has at least want bytes ready in in, or all that the file has left. */
static evpack_status fill(zipread *r, size_t want, evpack_err *err)
{
    if (r->end - r->pos >= want) {
        return EVPACK_OK;
    }
    memmove(r->in, r->in + r->pos, r->end - r->pos);
    r->end -= r->pos;
    r->pos = 0;
    while (r->end < want && r->fetch < r->size) {
        size_t room = IN_SIZE - r->end;
        size_t n = r->size - r->fetch < room ? (size_t)(r->size - r->fetch) : room;
        ssize_t got = pread(r->fd, r->in + r->end, n, (off_t)r->fetch);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return evpack_fail(err, EVPACK_E_IO, "reading failed at byte %" PRIu64 ": %s", r->fetch,
                               got < 0 ? strerror(errno) : "the file became shorter");
        }
        digest_update(r->whole, r->in + r->end, (size_t)got);
        r->end += (size_t)got;
        r->fetch += (uint64_t)got;
    }
    return EVPACK_OK;
}

static evpack_status misformed(zipread *r, evpack_err *err, seal_reason why, const char *what)
{
    r->fault = why;
    return evpack_fail(err, EVPACK_E_INPUT, "at byte %" PRIu64 ": %s", position(r), what);
}

/* Whether the member's claims are possible, before anything is inflated. */
static evpack_status check_claims(zipread *r, evpack_err *err)
{
    const zip_member *m = &r->now;
    if (m->packed > r->size - position(r)) {
        return misformed(r, err, SEAL_ZIP_SIZE, "a member is longer than the file");
    }
    if (m->size > RATIO_SLACK && (m->size - RATIO_SLACK) / RATIO_MAX > m->packed) {
        return misformed(r, err, SEAL_ZIP_RATIO,
                         "a member claims to be larger than its compressed data can be");
    }
    if (++r->count > NAMES_FILES_MAX) {
        r->fault = SEAL_ZIP_TOO_LARGE;
        return evpack_fail(err, EVPACK_E_LIMIT, "it has more than %d members", NAMES_FILES_MAX);
    }
    if (m->size > ZIPREAD_TOTAL_MAX - r->total) {
        r->fault = SEAL_ZIP_TOO_LARGE;
        return evpack_fail(err, EVPACK_E_LIMIT, "its members claim more than 4 TiB");
    }
    r->total += m->size;
    return EVPACK_OK;
}

static evpack_status begin_member(zipread *r, evpack_err *err)
{
    if (r->end - r->pos < ZIPFORM_LOCAL) {
        return misformed(r, err, SEAL_ZIP_TRUNCATED, "the file ends inside a local header");
    }
    size_t name = 0;
    size_t extra = 0;
    zipform_local_lengths(r->in + r->pos, &name, &extra);
    size_t len = ZIPFORM_LOCAL + name + extra;
    seal_reason why = SEAL_ZIP_TRUNCATED;
    if (!zipform_head_good(r->in + r->pos, &why)) {
        return misformed(r, err, why, "a local header is not in the form that evpack writes");
    }
    why = SEAL_ZIP_TRUNCATED;
    EVPACK_TRY(fill(r, len, err));
    r->now.offset = position(r);
    if (r->end - r->pos < len || !zipform_read_local(r->in + r->pos, len, &r->now, &why)) {
        return misformed(r, err, why, "a local header is not in the form that evpack writes");
    }
    r->pos += len;
    EVPACK_TRY(check_claims(r, err));
    EVPACK_AUTO_VALUE(buf_reset) buf entry = {0};
    zipform_put_central(&entry, &r->now);
    EVPACK_TRY(buf_status(&entry, err));
    digest_update(r->central, entry.data, entry.len);
    r->central_size += entry.len;
    r->packed_left = r->now.packed;
    r->size_left = r->now.size;
    r->in_member = true;
    return inflater_start(r->z, err);
}

/* The central directory must be, byte for byte, what the members ask for. */
static evpack_status read_central(zipread *r, evpack_err *err)
{
    uint64_t offset = position(r);
    EVPACK_AUTO(digest) found = NULL;
    EVPACK_TRY(digest_new(&found, err));
    for (uint64_t left = r->central_size; left > 0;) {
        EVPACK_TRY(fill(r, 1, err));
        size_t have = r->end - r->pos;
        size_t n = left < have ? (size_t)left : have;
        if (n == 0) {
            return misformed(r, err, zipwhy(r->fd, r->size, offset),
                             "the file ends inside its central directory");
        }
        digest_update(found, r->in + r->pos, n);
        r->pos += n;
        left -= n;
    }
    unsigned char want[DIGEST_SIZE];
    unsigned char got[DIGEST_SIZE];
    EVPACK_TRY(digest_final(r->central, want, err));
    EVPACK_TRY(digest_final(found, got, err));
    if (memcmp(want, got, sizeof want) != 0) {
        r->fault = zipwhy(r->fd, r->size, offset);
        return evpack_fail(err, EVPACK_E_INPUT,
                           "at byte %" PRIu64 ": the central directory does not say what the "
                           "members say",
                           offset);
    }
    EVPACK_AUTO_VALUE(buf_reset) buf end = {0};
    zipform_put_end(&end, r->count, offset, r->central_size);
    EVPACK_TRY(buf_status(&end, err));
    EVPACK_TRY(fill(r, end.len + 1, err));
    if (r->end - r->pos != end.len || memcmp(r->in + r->pos, end.data, end.len) != 0) {
        return misformed(r, err, zipwhy(r->fd, r->size, offset),
                         "the end record is not the one that the members ask for, or bytes "
                         "follow it");
    }
    r->pos += end.len;
    return EVPACK_OK;
}

evpack_status zipread_next(zipread *r, const zip_member **out, evpack_err *err)
{
    if (r->in_member) {
        return evpack_fail(err, EVPACK_E_INTERNAL, "a member was not read to its end");
    }
    EVPACK_TRY(fill(r, ZIPFORM_LOCAL, err));
    if (r->end - r->pos < 4) {
        return misformed(r, err, SEAL_ZIP_TRUNCATED, "the file ends where a record should begin");
    }
    switch (zipform_kind_of(r->in + r->pos)) {
    case ZIPFORM_IS_LOCAL:
        EVPACK_TRY(begin_member(r, err));
        *out = &r->now;
        return EVPACK_OK;
    case ZIPFORM_IS_CENTRAL:
        EVPACK_TRY(read_central(r, err));
        *out = NULL;
        return EVPACK_OK;
    case ZIPFORM_IS_END:
        return misformed(r, err, SEAL_ZIP_END_RECORD,
                         "no record of a ZIP file begins here that could come before its end");
    default:
        return misformed(r, err, position(r) == 0 ? SEAL_ZIP_LEADING_BYTES : SEAL_ZIP_GAP,
                         "no record of a ZIP file begins here");
    }
}

static evpack_status damaged(zipread *r, evpack_err *err, seal_reason why, const char *what)
{
    r->fault = why;
    return evpack_fail(err, EVPACK_E_INPUT, "the member %s: %s", r->now.name, what);
}

static evpack_status end_member(zipread *r, evpack_err *err)
{
    r->in_member = false;
    if (!inflater_ended(r->z) || r->packed_left != 0) {
        return damaged(r, err, SEAL_ZIP_DEFLATE, "its compressed data does not end where it says");
    }
    if (r->size_left != 0) {
        return damaged(r, err, SEAL_ZIP_SIZE, "it is shorter than it says");
    }
    return inflater_crc(r->z) == r->now.crc
               ? EVPACK_OK
               : damaged(r, err, SEAL_ZIP_CRC, "its CRC is not the one it says");
}

evpack_status zipread_data(zipread *r, const void **data, size_t *len, evpack_err *err)
{
    size_t made = 0;
    *data = r->out;
    *len = 0;
    if (!r->in_member) {
        return EVPACK_OK;
    }
    while (made == 0 && !inflater_ended(r->z)) {
        EVPACK_TRY(fill(r, r->packed_left > 0 ? 1 : 0, err));
        size_t have = r->end - r->pos;
        inflate_io io = {.in = r->in + r->pos,
                         .in_len = r->packed_left < have ? (size_t)r->packed_left : have,
                         .out = r->out,
                         .out_cap = OUT_SIZE};
        size_t used = 0;
        if (inflater_run(r->z, &io, &used, &made, err) != EVPACK_OK) {
            r->fault = SEAL_ZIP_DEFLATE;
            return evpack_context(err, "the member %s", r->now.name);
        }
        digest_update(r->packed, r->in + r->pos, used);
        r->pos += used;
        r->packed_left -= used;
        if (used == 0 && made == 0) {
            return end_member(r, err);
        }
        if (made > r->size_left) {
            return damaged(r, err, SEAL_ZIP_SIZE, "it is longer than it says");
        }
        r->size_left -= made;
    }
    *len = made;
    return made > 0 ? EVPACK_OK : end_member(r, err);
}

evpack_status zipread_packed(zipread *r, unsigned char out[DIGEST_SIZE], evpack_err *err)
{
    return digest_final(r->packed, out, err);
}

seal_reason zipread_fault(const zipread *r)
{
    return r->fault;
}

evpack_status zipread_digest(zipread *r, unsigned char out[DIGEST_SIZE], evpack_err *err)
{
    return digest_final(r->whole, out, err);
}
