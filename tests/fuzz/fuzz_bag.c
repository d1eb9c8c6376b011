/*
 * Tag files, the custody log and names. The first byte says which reader gets the rest, and the
 * second in pieces of which size. A line that is accepted must be written back to the same bytes.
 */
#include "seal/bag.h"
#include "seal/custody.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static evpack_status rewrite(void *ctx, const char *path, const unsigned char *sha256,
                             evpack_err *err)
{
    bag_manifest_put(ctx, sha256, path);
    return member_check(path, err);
}

static void manifest(bag_lines kind, const uint8_t *data, size_t size, size_t step)
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf again = {0};
    EVPACK_AUTO_VALUE(bag_reader_reset)
    bag_reader r = {.kind = kind, .line = rewrite, .ctx = &again};
    for (size_t at = 0; at < size; at += step) {
        if (bag_reader_feed(&r, data + at, size - at < step ? size - at : step, &err) !=
            EVPACK_OK) {
            return;
        }
    }
    if (bag_reader_end(&r, &err) == EVPACK_OK &&
        (again.len != size || memcmp(buf_str(&again), data, size) != 0)) {
        abort();
    }
}

static void custody(const uint8_t *data, size_t size, size_t step)
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(custody_reader_reset) custody_reader r = {0};
    for (size_t at = 0; at < size; at += step) {
        if (custody_reader_feed(&r, data + at, size - at < step ? size - at : step, &err) !=
            EVPACK_OK) {
            return;
        }
    }
    if (custody_reader_end(&r, &err) == EVPACK_OK && size > 0 && data[size - 1] != '\n') {
        abort();
    }
}

static void name(const uint8_t *data, size_t size)
{
    evpack_err err = {0};
    EVPACK_AUTO_CHARS original = calloc(1, size + 1);
    EVPACK_AUTO_VALUE(buf_reset) buf plain = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf hashed = {0};
    if (original == NULL) {
        return;
    }
    memcpy(original, data, size);
    member_escape(original, &plain);
    member_escape_hashed(original, "0123456789abcdef0123456789abcdef", &hashed);
    bool plain_good =
        plain.len > MEMBER_PATH_MAX || member_check(buf_str(&plain), &err) == EVPACK_OK;
    bool hashed_good = member_check(buf_str(&hashed), &err) == EVPACK_OK;
    if (!plain_good || !hashed_good || strcmp(buf_str(&plain), buf_str(&hashed)) == 0) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2) {
        return 0;
    }
    size_t step = 1 + (size_t)data[1] * 16;
    const uint8_t *rest = data + 2;
    size_t len = size - 2;
    evpack_err err = {0};
    bag_info info = {0};
    switch (data[0] % 5) {
    case 0:
        manifest(BAG_PAYLOAD_LINES, rest, len, step);
        break;
    case 1:
        manifest(BAG_TAG_LINES, rest, len, step);
        break;
    case 2:
        if (bag_info_read((const char *)rest, len, &info, &err) == EVPACK_OK &&
            member_check_id(info.id, &err) != EVPACK_OK) {
            abort();
        }
        break;
    case 3:
        custody(rest, len, step);
        break;
    default:
        name(rest, len);
    }
    return 0;
}
