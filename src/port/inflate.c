/*
 * Inflating by zlib. Invariant: every input byte that was used is part of the stream, and no bit of
 * it is idle. Knows nothing of archives.
 */
#include "port/inflate.h"

#include <limits.h>
#define ZLIB_CONST /* next_in points to const */
#include <zlib.h>

struct inflater {
    z_stream z;
    bool live; /* inflateInit2 was called */
    bool ended;
    bool boundary; /* between two blocks: the next header is still to be looked at */
    unsigned idle; /* bits of last_byte that are not used yet */
    unsigned char last_byte;
    uint32_t crc;
};

/* What zlib says in data_type when it is told to stop between blocks. */
enum { IDLE_BITS = 7, IN_LAST_BLOCK = 64, AT_BOUNDARY = 128 };

void inflater_free(inflater *z)
{
    if (z != NULL) {
        if (z->live) {
            (void)inflateEnd(&z->z);
        }
        free(z);
    }
}

evpack_status inflater_new(inflater **out, evpack_err *err)
{
    EVPACK_AUTO(inflater) z = calloc(1, sizeof *z);
    if (z == NULL || inflateInit2(&z->z, -MAX_WBITS) != Z_OK) {
        return evpack_oom(err);
    }
    z->live = true;
    z->ended = true;
    *out = EVPACK_MOVE(z);
    return EVPACK_OK;
}

evpack_status inflater_start(inflater *z, evpack_err *err)
{
    if (inflateReset(&z->z) != Z_OK) {
        return evpack_fail(err, EVPACK_E_INTERNAL, "zlib cannot begin a stream");
    }
    z->ended = false;
    z->boundary = true;
    z->idle = 0;
    z->last_byte = 0;
    z->crc = 0;
    return EVPACK_OK;
}

bool inflater_ended(const inflater *z)
{
    return z->ended;
}

uint32_t inflater_crc(const inflater *z)
{
    return z->crc;
}

static evpack_status idle_bits(evpack_err *err)
{
    return evpack_fail(err, EVPACK_E_INPUT, "its compressed data has bits set that mean nothing");
}

/*
 * Looks at the three header bits of the next block. Before a stored block (type 0) the rest of the
 * byte must be zero. Needs the next byte when fewer than three bits are left of the last one.
 */
static evpack_status check_header(inflater *z, evpack_err *err)
{
    unsigned bits = (unsigned)z->last_byte >> (8 - z->idle);
    if (z->idle < 3) {
        if (z->z.avail_in == 0) {
            return EVPACK_OK; /* come back with more input */
        }
        bits |= (unsigned)*z->z.next_in << z->idle;
    }
    z->boundary = false;
    bool stored = (bits >> 1 & 3) == 0;
    return stored && bits >> 3 != 0 ? idle_bits(err) : EVPACK_OK;
}

/* One call of zlib, up to the next boundary between blocks. */
static evpack_status step(inflater *z, evpack_err *err)
{
    const unsigned char *from = z->z.next_in;
    int result = inflate(&z->z, Z_BLOCK);
    if (result != Z_OK && result != Z_BUF_ERROR) {
        return evpack_fail(err, result == Z_MEM_ERROR ? EVPACK_E_MEMORY : EVPACK_E_INPUT,
                           "its compressed data is damaged: %s",
                           z->z.msg == NULL ? "zlib gives no reason" : z->z.msg);
    }
    if (z->z.next_in != from) {
        z->last_byte = z->z.next_in[-1];
    }
    if ((z->z.data_type & AT_BOUNDARY) == 0) {
        return EVPACK_OK;
    }
    z->idle = (unsigned)z->z.data_type & IDLE_BITS;
    if ((z->z.data_type & IN_LAST_BLOCK) == 0) {
        z->boundary = true;
        return EVPACK_OK;
    }
    if (z->last_byte >> (8 - z->idle) != 0) {
        return idle_bits(err);
    }
    z->ended = inflate(&z->z, Z_BLOCK) == Z_STREAM_END; /* nothing is left to read */
    return z->ended ? EVPACK_OK : evpack_fail(err, EVPACK_E_INTERNAL, "zlib does not end");
}

evpack_status inflater_run(inflater *z, const inflate_io *io, size_t *used, size_t *made,
                           evpack_err *err)
{
    uInt in_len = io->in_len > INT_MAX ? INT_MAX : (uInt)io->in_len;
    uInt out_cap = io->out_cap > INT_MAX ? INT_MAX : (uInt)io->out_cap;
    z->z.next_in = io->in;
    z->z.avail_in = in_len;
    z->z.next_out = io->out;
    z->z.avail_out = out_cap;
    evpack_status status = EVPACK_OK;
    bool moving = true;
    while (status == EVPACK_OK && moving && !z->ended) {
        if (z->boundary) {
            status = check_header(z, err);
            if (status != EVPACK_OK || z->boundary) {
                break;
            }
        }
        uInt in_before = z->z.avail_in;
        uInt out_before = z->z.avail_out;
        status = step(z, err);
        moving = z->z.avail_in != in_before || z->z.avail_out != out_before || z->boundary;
    }
    *used = in_len - z->z.avail_in;
    *made = out_cap - z->z.avail_out;
    z->crc = (uint32_t)crc32_z(z->crc, io->out, *made);
    return status;
}
