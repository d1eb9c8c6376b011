/*
 * Raw Deflate (RFC 1951) into a stream, by zlib at its level 6, on all processors, with the CRC-32
 * of what goes in. The output depends on the input alone, not on the number of threads nor on how
 * the input was cut into writes: it is made of blocks of 256 KiB, each compressed with the 32 KiB
 * before it as its dictionary, and joined on byte borders by an empty stored block.
 *
 * Deflate can say the same bytes in many ways: where they stood before, how they are coded. A plain
 * stream leaves no choice but where its stored blocks end.
 */
#ifndef EVPACK_PORT_DEFLATE_H
#define EVPACK_PORT_DEFLATE_H

#include "base/err.h"
#include "base/own.h"

#include <stdint.h>

/* Called on the caller's own thread, in order. */
typedef evpack_status (*deflate_sink)(void *ctx, const void *data, size_t len, evpack_err *err);

typedef struct deflater deflater;
typedef enum { DEFLATE_SMALL, DEFLATE_PLAIN } deflate_kind;
/* threads beside the caller's own; 0 is right, and slower. */
evpack_status deflater_new(unsigned threads, deflate_sink sink, void *ctx, deflater **out,
                           evpack_err *err) EVPACK_MUST_USE;
/* How the next stream is written; small until it is said. Between streams only. */
void deflater_kind(deflater *d, deflate_kind kind);
evpack_status deflater_write(deflater *d, const void *data, size_t len,
                             evpack_err *err) EVPACK_MUST_USE;
/* Ends the stream: all of it went to the sink. The next write begins a new one. */
evpack_status deflater_end(deflater *d, uint32_t *crc, evpack_err *err) EVPACK_MUST_USE;
void deflater_free(deflater *d);
EVPACK_DEFINE_CLEANUP(deflater, deflater_free)

#endif
