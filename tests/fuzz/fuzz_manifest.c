/*
 * Any bytes as manifest-sha256.txt or tagmanifest-sha256.txt of a package. The first byte says
 * which, the second in pieces of which size it comes. A manifest that is accepted must be written
 * back to the same bytes, and must be accepted in one piece too.
 */
#include "seal/bag.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static evpack_status rewrite(void *ctx, const char *path, const unsigned char *sha256,
                             evpack_err *err)
{
    bag_manifest_put(ctx, sha256, path);
    return member_check(path, err);
}

/* What was read, written again. */
static bool reads(bag_lines kind, const uint8_t *data, size_t size, size_t step, buf *again)
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(bag_reader_reset)
    bag_reader r = {.kind = kind, .line = rewrite, .ctx = again};
    for (size_t at = 0; at < size; at += step) {
        if (bag_reader_feed(&r, data + at, size - at < step ? size - at : step, &err) !=
            EVPACK_OK) {
            return false;
        }
    }
    return bag_reader_end(&r, &err) == EVPACK_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2) {
        return 0;
    }
    bag_lines kind = (data[0] & 1) == 0 ? BAG_PAYLOAD_LINES : BAG_TAG_LINES;
    size_t step = 1 + (size_t)data[1] * 16;
    size_t len = size - 2;
    EVPACK_AUTO_VALUE(buf_reset) buf pieces = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf whole = {0};
    bool good = reads(kind, data + 2, len, step, &pieces);
    if (reads(kind, data + 2, len, len + 1, &whole) != good) {
        abort();
    }
    if (good && (pieces.len != len || memcmp(buf_str(&pieces), data + 2, len) != 0 ||
                 whole.len != len || memcmp(buf_str(&whole), data + 2, len) != 0)) {
        abort();
    }
    return 0;
}
