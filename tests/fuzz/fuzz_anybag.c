/*
 * Any bytes as a tag file of somebody's bag. The first byte says which: bagit.txt, a manifest of
 * one of the digests' sizes and versions, fetch.txt, bag-info.txt, or text in one of the encodings.
 * A path that comes out leads to a place inside the bag.
 */
#include "seal/anybag_tags.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must_be_inside(const anybag_entries *e)
{
    for (size_t i = 0; i < e->count; i++) {
        const char *p = e->at[i].path;
        if (p[0] == '\0' || p[0] == '/' || p[0] == '\\' || p[0] == '~' || strcmp(p, "..") == 0 ||
            strncmp(p, "../", 3) == 0 || strstr(p, "/../") != NULL || strstr(p, "//") != NULL) {
            abort();
        }
    }
}

static void lines(unsigned how, const char *text, size_t len)
{
    static const size_t sizes[] = {0, 16, 20, 28, 32, 48, 64, 32};
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(anybag_entries_reset) anybag_entries e = {0};
    const anybag_lines kind = {.name = "lines",
                               .minor = (how & 8) == 0 ? 97 : 100,
                               .manifest = 1,
                               .hash_size = sizes[how % 8],
                               .payload = (how & 16) == 0};
    if (anybag_entries_read(&e, &kind, text, len, &err) == EVPACK_OK) {
        must_be_inside(&e);
        anybag_entries_sort(&e);
        must_be_inside(&e);
    }
}

static void decode(unsigned how, const char *text, size_t len)
{
    static const char *const encodings[] = {"UTF-8",  "UTF-16",    "UTF-16LE",    "UTF-16BE",
                                            "UTF-32", "LATIN1",    "CP1252",      "SHIFT_JIS",
                                            "UTF-7",  "EBCDIC-US", "ISO-2022-JP", "NONE"};
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
    const char *encoding = encodings[how % (sizeof encodings / sizeof encodings[0])];
    if (anybag_decode(encoding, text, len, &out, &err) != EVPACK_OK && err.text[0] == '\0') {
        abort(); /* who refuses says why */
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1) {
        return 0;
    }
    const char *text = (const char *)data + 1;
    size_t len = size - 1;
    unsigned how = data[0] & 31;
    evpack_err err = {0};
    anybag_declaration says = {0};
    bool found = false;
    uint64_t bytes = 0;
    uint64_t files = 0;
    switch (data[0] >> 5) {
    case 0:
        if (anybag_declaration_read(text, len, &says, &err) == EVPACK_OK &&
            (says.minor < 93 || says.minor > 100 || says.encoding[0] == '\0')) {
            abort();
        }
        break;
    case 1:
        if (anybag_oxum(text, len, &found, &bytes, &files, &err) != EVPACK_OK &&
            err.text[0] == '\0') {
            abort();
        }
        break;
    case 2:
        decode(how, text, len);
        break;
    default:
        lines(how, text, len);
    }
    return 0;
}
