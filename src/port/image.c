/*
 * libpng. Invariant: no more memory than the cap on sides allows, and no longjmp leaves this file
 * (the simplified interface catches its own). Knows nothing of PDF.
 */
#include "port/image.h"

#include <png.h>
#include <string.h>

void image_reset(image *i)
{
    free(i->rgb);
    *i = (image){0};
}

evpack_status image_read(const void *data, size_t len, unsigned side_max, image *out,
                         evpack_err *err)
{
    png_image png = {.version = PNG_IMAGE_VERSION};
    if (png_image_begin_read_from_memory(&png, data, len) == 0) {
        return evpack_fail(err, EVPACK_E_INPUT, "not a PNG picture: %s", png.message);
    }
    if (png.width == 0 || png.height == 0 || png.width > side_max || png.height > side_max) {
        const unsigned width = png.width;
        const unsigned height = png.height;
        png_image_free(&png);
        return evpack_fail(err, EVPACK_E_LIMIT,
                           "expected a picture of at most %u by %u pixels, found %u by %u",
                           side_max, side_max, width, height);
    }
    png.format = PNG_FORMAT_RGB;
    image read = {.width = png.width, .height = png.height};
    read.rgb = malloc(PNG_IMAGE_SIZE(png));
    if (read.rgb == NULL) {
        png_image_free(&png);
        return evpack_oom(err);
    }
    const png_color white = {0xff, 0xff, 0xff};
    if (png_image_finish_read(&png, &white, read.rgb, 0, NULL) == 0) {
        image_reset(&read);
        return evpack_fail(err, EVPACK_E_INPUT, "a damaged PNG picture: %s", png.message);
    }
    *out = read;
    return EVPACK_OK;
}
