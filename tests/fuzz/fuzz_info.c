/*
 * Any bytes as bag-info.txt of a package. One that is accepted names a good package id, and still
 * says the same when its lines are written again by the writer.
 */
#include "seal/bag.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Every line through bag_field_put: what the reader takes, the writer must write. */
static void rewrite(const uint8_t *data, size_t size, buf *out)
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    buf_append(&text, data, size);
    for (char *line = text.data, *end = NULL; line != NULL && line < text.data + text.len;
         line = end + 1) {
        end = strchr(line, '\n');
        char *colon = strstr(line, ": ");
        if (end == NULL || colon == NULL || colon > end) {
            abort();
        }
        *end = '\0';
        *colon = '\0';
        if (bag_field_put(out, &(bag_field){line, colon + 2}, &err) != EVPACK_OK) {
            abort();
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    evpack_err err = {0};
    bag_info info = {0};
    if (bag_info_read((const char *)data, size, &info, &err) != EVPACK_OK) {
        return 0;
    }
    if (member_check_id(info.id, &err) != EVPACK_OK) {
        abort();
    }
    if ((info.sequence > 1) != (info.previous[0] != '\0') || info.sequence > BAG_SEQUENCE_MAX) {
        abort(); /* a first package follows none, every other names one */
    }
    EVPACK_AUTO_VALUE(buf_reset) buf again = {0};
    rewrite(data, size, &again);
    if (again.len != size || memcmp(buf_str(&again), data, size) != 0) {
        abort();
    }
    return 0;
}
