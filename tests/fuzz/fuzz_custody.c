/*
 * Any bytes as a custody log. The first byte says in pieces of which size it comes. What is
 * accepted must be accepted in one piece too, and end with a line's end; and the log's digest must
 * be the same.
 */
#include "seal/custody.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool reads(const uint8_t *data, size_t size, size_t step, char last[DIGEST_HEX])
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(custody_reader_reset) custody_reader r = {0};
    for (size_t at = 0; at < size; at += step) {
        if (custody_reader_feed(&r, data + at, size - at < step ? size - at : step, &err) !=
            EVPACK_OK) {
            return false;
        }
    }
    memcpy(last, r.prev, DIGEST_HEX);
    return custody_reader_end(&r, &err) == EVPACK_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1) {
        return 0;
    }
    size_t len = size - 1;
    char pieces[DIGEST_HEX] = "";
    char whole[DIGEST_HEX] = "";
    bool good = reads(data + 1, len, 1 + (size_t)data[0] * 16, pieces);
    if (reads(data + 1, len, len + 1, whole) != good ||
        (good && (strcmp(pieces, whole) != 0 || (len > 0 && data[len] != '\n')))) {
        abort();
    }
    return 0;
}
