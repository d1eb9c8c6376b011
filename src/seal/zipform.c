/*
 * The records of a package's ZIP file. Invariant: one list of members has one encoding. Knows
 * nothing of files, compression or what the members are.
 */
#include "seal/zipform.h"

#include <string.h>

enum {
    SIG_LOCAL = 0x04034b50,
    SIG_CENTRAL = 0x02014b50,
    SIG_END = 0x06054b50,
    SIG_END64 = 0x06064b50,
    SIG_LOCATOR64 = 0x07064b50,
    VERSION = 20,    /* Deflate */
    VERSION_64 = 45, /* ZIP64 */
    UNIX = 3 << 8,
    METHOD = 8,
    DATE = 0x21, /* 1980-01-01 */
    EXTRA_64 = 1
};

#define MAX16 UINT32_C(0xffff)
#define MAX32 UINT32_C(0xffffffff)
#define MODE (UINT32_C(0100644) << 16)

static void put(buf *out, uint64_t value, size_t bytes)
{
    unsigned char raw[8];
    for (size_t i = 0; i < bytes; i++) {
        raw[i] = (unsigned char)(value >> (8 * i));
    }
    buf_append(out, raw, bytes);
}

static uint64_t get(const unsigned char *p, size_t bytes)
{
    uint64_t value = 0;
    for (size_t i = bytes; i > 0; i--) {
        value = value << 8 | p[i - 1];
    }
    return value;
}

static bool is_large(const zip_member *m)
{
    return m->size >= ZIPFORM_LARGE;
}

zipform_kind zipform_kind_of(const unsigned char signature[4])
{
    uint64_t s = get(signature, 4);
    if (s == SIG_LOCAL) {
        return ZIPFORM_IS_LOCAL;
    }
    return s == SIG_CENTRAL ? ZIPFORM_IS_CENTRAL : ZIPFORM_IS_OTHER;
}

/* What local and central headers share: from the version needed to the length of the extra. */
static void put_common(buf *out, const zip_member *m, unsigned version, size_t extra)
{
    put(out, version, 2);
    put(out, 0, 2); /* flags */
    put(out, METHOD, 2);
    put(out, 0, 2); /* time */
    put(out, DATE, 2);
    put(out, m->crc, 4);
    put(out, is_large(m) ? MAX32 : m->packed, 4);
    put(out, is_large(m) ? MAX32 : m->size, 4);
    put(out, strlen(m->name), 2);
    put(out, extra, 2);
}

void zipform_put_local(buf *out, const zip_member *m)
{
    put(out, SIG_LOCAL, 4);
    put_common(out, m, is_large(m) ? VERSION_64 : VERSION, is_large(m) ? 20 : 0);
    buf_puts(out, m->name);
    if (is_large(m)) {
        put(out, EXTRA_64, 2);
        put(out, 16, 2);
        put(out, m->size, 8);
        put(out, m->packed, 8);
    }
}

void zipform_put_central(buf *out, const zip_member *m)
{
    bool far = m->offset >= MAX32;
    size_t values = (is_large(m) ? 16U : 0U) + (far ? 8U : 0U);
    unsigned version = values > 0 ? VERSION_64 : VERSION;
    put(out, SIG_CENTRAL, 4);
    put(out, UNIX | version, 2);
    put_common(out, m, version, values > 0 ? 4 + values : 0);
    put(out, 0, 2); /* comment */
    put(out, 0, 2); /* disk */
    put(out, 0, 2); /* internal attributes */
    put(out, MODE, 4);
    put(out, far ? MAX32 : m->offset, 4);
    buf_puts(out, m->name);
    if (values == 0) {
        return;
    }
    put(out, EXTRA_64, 2);
    put(out, values, 2);
    if (is_large(m)) {
        put(out, m->size, 8);
        put(out, m->packed, 8);
    }
    if (far) {
        put(out, m->offset, 8);
    }
}

void zipform_put_end(buf *out, uint64_t count, uint64_t offset, uint64_t size)
{
    bool large = count >= MAX16 || offset >= MAX32 || size >= MAX32;
    if (large) {
        put(out, SIG_END64, 4);
        put(out, 44, 8); /* bytes that follow in this record */
        put(out, UNIX | VERSION_64, 2);
        put(out, VERSION_64, 2);
        put(out, 0, 4); /* this disk */
        put(out, 0, 4); /* the central directory's disk */
        put(out, count, 8);
        put(out, count, 8);
        put(out, size, 8);
        put(out, offset, 8);
        put(out, SIG_LOCATOR64, 4);
        put(out, 0, 4);
        put(out, offset + size, 8);
        put(out, 1, 4); /* disks */
    }
    put(out, SIG_END, 4);
    put(out, 0, 2);
    put(out, 0, 2);
    put(out, count >= MAX16 ? MAX16 : count, 2);
    put(out, count >= MAX16 ? MAX16 : count, 2);
    put(out, size >= MAX32 ? MAX32 : size, 4);
    put(out, offset >= MAX32 ? MAX32 : offset, 4);
    put(out, 0, 2); /* comment */
}

void zipform_local_lengths(const unsigned char head[ZIPFORM_LOCAL], size_t *name, size_t *extra)
{
    *name = (size_t)get(head + 26, 2);
    *extra = (size_t)get(head + 28, 2);
}

bool zipform_read_local(const unsigned char *head, size_t len, zip_member *m)
{
    size_t name = 0;
    size_t extra = 0;
    zipform_local_lengths(head, &name, &extra);
    if (name == 0 || name > ZIPFORM_NAME_MAX || len != ZIPFORM_LOCAL + name + extra ||
        (extra != 0 && extra != 20)) {
        return false;
    }
    m->crc = (uint32_t)get(head + 14, 4);
    m->packed = get(head + 18, 4);
    m->size = get(head + 22, 4);
    memcpy(m->name, head + ZIPFORM_LOCAL, name);
    m->name[name] = '\0';
    if (extra == 0 && m->packed == MAX32) {
        return false; /* others would look for a ZIP64 field */
    }
    if (extra == 20) {
        m->size = get(head + ZIPFORM_LOCAL + name + 4, 8);
        m->packed = get(head + ZIPFORM_LOCAL + name + 12, 8);
    }
    EVPACK_AUTO_VALUE(buf_reset) buf again = {0};
    zipform_put_local(&again, m);
    return again.len == len && memcmp(buf_str(&again), head, len) == 0;
}
