/*
 * Reading a PNG picture, by libpng's simplified interface: to opaque RGB, 8 bits a sample. What is
 * transparent becomes white, because PDF/A-1 (ISO 19005-1, 6.4) knows no transparency. The bytes
 * are untrusted: sides are capped before anything is decoded, and a damaged picture is an error.
 */
#ifndef EVPACK_PORT_IMAGE_H
#define EVPACK_PORT_IMAGE_H

#include "base/err.h"
#include "base/own.h"

typedef struct {
    unsigned char *rgb; /* owned; 3 * width * height bytes, row by row from the top */
    unsigned width, height;
} image;

/* EVPACK_E_INPUT when it is no PNG or damaged; EVPACK_E_LIMIT when a side is longer than side_max
 * pixels. Free the pixels with image_reset. */
evpack_status image_read(const void *data, size_t len, unsigned side_max, image *out,
                         evpack_err *err) EVPACK_MUST_USE;
void image_reset(image *i);

#endif
