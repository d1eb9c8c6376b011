/*
 * Any bytes as an original path. What the scheme of base/member.h makes of it must be a good path
 * of a member, whatever it was, and its two forms must never meet.
 */
#include "base/member.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    evpack_err err = {0};
    EVPACK_AUTO_CHARS original = calloc(1, size + 1);
    EVPACK_AUTO_VALUE(buf_reset) buf plain = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf hashed = {0};
    if (original == NULL) {
        return 0;
    }
    memcpy(original, data, size);
    if (member_check_id(original, &err) != EVPACK_OK && err.text[0] == '\0') {
        abort(); /* who refuses says why */
    }
    member_escape(original, &plain);
    member_escape_hashed(original, "0123456789abcdef0123456789abcdef", &hashed);
    bool plain_good =
        plain.len > MEMBER_PATH_MAX || member_check(buf_str(&plain), &err) == EVPACK_OK;
    bool hashed_good = member_check(buf_str(&hashed), &err) == EVPACK_OK;
    if (!plain_good || !hashed_good || strcmp(buf_str(&plain), buf_str(&hashed)) == 0) {
        abort();
    }
    return 0;
}
