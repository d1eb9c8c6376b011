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
    EXTRA_64 = 1,
    CENTRAL = 46, /* bytes of a central entry before its name */
    END = 22
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
    if (s == SIG_CENTRAL) {
        return ZIPFORM_IS_CENTRAL;
    }
    return s == SIG_END || s == SIG_END64 || s == SIG_LOCATOR64 ? ZIPFORM_IS_END : ZIPFORM_IS_OTHER;
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

/* The fields of local and central headers that are the same for every member; p points to the
 * version that is needed. */
static bool common_good(const unsigned char *p, seal_reason *why)
{
    enum { ENCRYPTED = 0x2041, DESCRIPTOR = 8 }; /* flags 0, 6 and 13: each a kind of encryption */
    uint64_t flags = get(p + 2, 2);
    if (flags != 0) {
        *why = (flags & ENCRYPTED) != 0    ? SEAL_ZIP_ENCRYPTED
               : (flags & DESCRIPTOR) != 0 ? SEAL_ZIP_DESCRIPTOR
                                           : SEAL_ZIP_FLAGS;
        return false;
    }
    if (get(p + 4, 2) != METHOD) {
        *why = SEAL_ZIP_METHOD;
        return false;
    }
    if (get(p, 2) != VERSION && get(p, 2) != VERSION_64) {
        *why = SEAL_ZIP_VERSION;
        return false;
    }
    *why = SEAL_ZIP_TIME;
    return get(p + 6, 2) == 0 && get(p + 8, 2) == DATE;
}

bool zipform_head_good(const unsigned char head[ZIPFORM_LOCAL], seal_reason *why)
{
    size_t name = 0;
    size_t extra = 0;
    zipform_local_lengths(head, &name, &extra);
    if (!common_good(head + 4, why)) {
        return false;
    }
    if (name == 0 || name > ZIPFORM_NAME_MAX) {
        *why = name == 0 ? SEAL_NAME_EMPTY : SEAL_NAME_LONG;
        return false;
    }
    *why = SEAL_ZIP_EXTRA_FIELD;
    return extra <= ZIPFORM_EXTRA_MAX;
}

/* Whether the sizes stand where their values want them: in an extra field of ZIP64 from
 * ZIPFORM_LARGE on, else in the header. */
static bool sizes_good(const unsigned char *head, size_t name, size_t extra, seal_reason *why)
{
    const unsigned char *field = head + ZIPFORM_LOCAL + name;
    if (extra != 0 && (extra < 4 || get(field, 2) != EXTRA_64)) {
        *why = SEAL_ZIP_EXTRA_FIELD;
        return false;
    }
    *why = SEAL_ZIP_ZIP64;
    return extra == 0 ? get(head + 18, 4) != MAX32 && get(head + 22, 4) < ZIPFORM_LARGE
                      : extra == 20 && get(field + 4, 8) >= ZIPFORM_LARGE;
}

bool zipform_read_local(const unsigned char *head, size_t len, zip_member *m, seal_reason *why)
{
    size_t name = 0;
    size_t extra = 0;
    zipform_local_lengths(head, &name, &extra);
    *why = SEAL_ZIP_TRUNCATED;
    if (len != ZIPFORM_LOCAL + name + extra || !zipform_head_good(head, why) ||
        !sizes_good(head, name, extra, why)) {
        return false;
    }
    m->crc = (uint32_t)get(head + 14, 4);
    m->packed = get(head + 18, 4);
    m->size = get(head + 22, 4);
    memcpy(m->name, head + ZIPFORM_LOCAL, name);
    m->name[name] = '\0';
    if (extra == 20) {
        m->size = get(head + ZIPFORM_LOCAL + name + 4, 8);
        m->packed = get(head + ZIPFORM_LOCAL + name + 12, 8);
    }
    if (strlen(m->name) != name) {
        *why = SEAL_NAME_CHARACTER;
        return false;
    }
    EVPACK_AUTO_VALUE(buf_reset) buf again = {0};
    zipform_put_local(&again, m);
    bool version = again.len == len && memcmp(buf_str(&again), head, 6) == 0;
    *why = !version ? SEAL_ZIP_VERSION : extra == 20 ? SEAL_ZIP_ZIP64 : SEAL_ZIP_STRUCTURE;
    return again.len == len && memcmp(buf_str(&again), head, len) == 0;
}

/* The names, and what stands before and after them; both are central entries. */
static seal_reason entry_fault(const unsigned char *want, const unsigned char *found, size_t len)
{
    size_t name = (size_t)get(want + 28, 2);
    bool moved = memcmp(want + 42, found + 42, 4) != 0;
    if (get(found + 28, 2) != name || len < CENTRAL + name ||
        memcmp(want + CENTRAL, found + CENTRAL, name) != 0) {
        return moved ? SEAL_ZIP_ORDER : SEAL_ZIP_FACES_DIFFER;
    }
    if (memcmp(want + 30, found + 30, 2) != 0) { /* lengths of the extra fields */
        bool zip64 = get(want + 30, 2) > 0 ||
                     (len >= CENTRAL + name + 2 && get(found + CENTRAL + name, 2) == EXTRA_64);
        return zip64 ? SEAL_ZIP_ZIP64 : SEAL_ZIP_EXTRA_FIELD;
    }
    if (memcmp(want + 16, found + 16, 12) != 0) {
        return SEAL_ZIP_FACES_DIFFER;
    }
    if (moved) {
        return SEAL_ZIP_OFFSET;
    }
    return memcmp(want + 4, found + 4, 4) != 0 ? SEAL_ZIP_VERSION : SEAL_ZIP_ZIP64;
}

seal_reason zipform_central_fault(const buf *wanted, const unsigned char *found, size_t len)
{
    const unsigned char *want = (const unsigned char *)buf_str(wanted);
    seal_reason why = SEAL_ZIP_STRUCTURE;
    if (len < 4 || wanted->len < CENTRAL) {
        return SEAL_ZIP_TRUNCATED;
    }
    if (zipform_kind_of(found) != ZIPFORM_IS_CENTRAL) {
        return zipform_kind_of(found) == ZIPFORM_IS_END ? SEAL_ZIP_ORDER : SEAL_ZIP_GAP;
    }
    if (len < wanted->len) {
        return SEAL_ZIP_TRUNCATED;
    }
    if (!common_good(found + 6, &why)) {
        return why;
    }
    static const struct {
        size_t at, len;
        seal_reason why;
    } fixed[] = {{32, 2, SEAL_ZIP_COMMENT}, {34, 2, SEAL_ZIP_DISK}, {36, 6, SEAL_ZIP_ATTRIBUTES}};
    for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++) {
        if (memcmp(want + fixed[i].at, found + fixed[i].at, fixed[i].len) != 0) {
            return fixed[i].why;
        }
    }
    return entry_fault(want, found, len);
}

seal_reason zipform_end_fault(const buf *wanted, const unsigned char *found, size_t len)
{
    const unsigned char *want = (const unsigned char *)buf_str(wanted);
    if (len < 4) {
        return SEAL_ZIP_TRUNCATED;
    }
    if (zipform_kind_of(found) != ZIPFORM_IS_END) {
        return SEAL_ZIP_GAP;
    }
    if (memcmp(want, found, 4) != 0 || get(want, 4) != SIG_END) {
        return SEAL_ZIP_ZIP64;
    }
    if (len < END) {
        return SEAL_ZIP_TRUNCATED;
    }
    if (memcmp(want + 4, found + 4, 4) != 0) {
        return SEAL_ZIP_DISK;
    }
    if (memcmp(want + 8, found + 8, 12) != 0) {
        return SEAL_ZIP_END_RECORD;
    }
    if (get(found + 20, 2) != 0) {
        return SEAL_ZIP_COMMENT;
    }
    for (size_t i = END; i + 4 <= len; i++) {
        if (zipform_kind_of(found + i) == ZIPFORM_IS_END) {
            return SEAL_ZIP_END_RECORD;
        }
    }
    return SEAL_ZIP_TRAILING_BYTES;
}
