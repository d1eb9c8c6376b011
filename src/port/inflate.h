/*
 * Raw Deflate (RFC 1951) out of a stream, by zlib, with the CRC-32 of what comes out. Stricter than
 * zlib: the bits that fill up a byte, at the end and before a stored block, must be zero, because
 * they are bits that no check sum covers.
 */
#ifndef EVPACK_PORT_INFLATE_H
#define EVPACK_PORT_INFLATE_H

#include "base/err.h"
#include "base/own.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct inflater inflater;
evpack_status inflater_new(inflater **out, evpack_err *err) EVPACK_MUST_USE;
void inflater_free(inflater *z);
EVPACK_DEFINE_CLEANUP(inflater, inflater_free)

/* Begins a stream; an earlier one is forgotten. */
evpack_status inflater_start(inflater *z, evpack_err *err) EVPACK_MUST_USE;

typedef struct {
    const void *in;
    size_t in_len;
    void *out;
    size_t out_cap;
} inflate_io;
/* Goes on until the input is used up, the output is full, or the stream ends. used and made say
 * how far. EVPACK_E_INPUT when the bytes are not such a stream. */
evpack_status inflater_run(inflater *z, const inflate_io *io, size_t *used, size_t *made,
                           evpack_err *err) EVPACK_MUST_USE;
bool inflater_ended(const inflater *z);
/* CRC-32 of everything made since the start. */
uint32_t inflater_crc(const inflater *z);

#endif
