/*
 * Tricks with the ZIP file: what two programs read in two ways, and what was never meant to be
 * looked at. The bag inside is the good one wherever it can be.
 */
#include "hostile.h"

#include <stdio.h>
#include <string.h>

#define TOP FIXTURE_ID "/"
#define FINDINGS TOP "data/findings.json"

static hz_entry *findings(hostile *h)
{
    return hz_find(&h->zip, FINDINGS);
}

/* -- around the records -- */

static void leading_script(hostile *h)
{
    buf_puts(&h->zip.e[0].before, "#!/bin/sh\necho pwned\nexit\n");
}

static void gap_members(hostile *h)
{
    buf_puts(&findings(h)->before, "hidden between two members");
}

static void gap_central(hostile *h)
{
    buf_puts(&h->zip.before_central, "hidden before the central directory");
}

static void gap_end(hostile *h)
{
    buf_puts(&h->zip.before_end, "hidden before the end record");
}

static void trailing(hostile *h)
{
    buf_puts(&h->zip.trailing, "appended\n");
}

static void second_end(hostile *h)
{
    buf_puts(&h->zip.trailing, "PK\x05\x06");
    hz_put(&h->zip.trailing, 0, 18);
}

/* A whole package before the package: a reader from the front sees the one, a reader from the back
 * the other. */
static void two_archives(hostile *h)
{
    EVPACK_AUTO_VALUE(buf_reset) buf first = {0};
    hz_write(&h->zip, &first);
    hz_file second = {0};
    (void)hz_add(&second, TOP "data/other.json", "{}", 2);
    buf_clear(&second.e[0].before);
    buf_append(&second.e[0].before, first.data, first.len);
    buf_clear(&h->bytes);
    hz_write(&second, &h->bytes);
    hz_reset(&second);
}

static void comment_file(hostile *h)
{
    buf_puts(&h->zip.comment, "verified by Example Audit GmbH");
}

static void comment_end_record(hostile *h)
{
    buf_puts(&h->zip.comment, "PK\x05\x06");
    hz_put(&h->zip.comment, 0, 18);
}

static void comment_entry(hostile *h)
{
    buf_puts(&findings(h)->comment, "an entry's comment");
}

static void end_count(hostile *h)
{
    h->zip.count_delta = -1;
}

static void end_offset(hostile *h)
{
    h->zip.offset_delta = 7;
}

static void end_size(hostile *h)
{
    h->zip.size_delta = 46;
}

static void end_disk(hostile *h)
{
    h->zip.disk = 1;
    h->zip.central_disk = 1;
}

static void entry_disk(hostile *h)
{
    findings(h)->disk = 1;
}

static void truncated(hostile *h)
{
    buf_truncate(&h->bytes, h->bytes.len - 10);
}

static void empty(hostile *h)
{
    buf_clear(&h->bytes);
    buf_puts(&h->bytes, "PK\x05\x06");
    hz_put(&h->bytes, 0, 18);
}

/* -- two faces -- */

static void face_name(hostile *h)
{
    hz_header *c = &findings(h)->h[HZ_CENTRAL];
    (void)snprintf(c->name, HZ_NAME, TOP "data/findingz.json");
}

static void face_size(hostile *h)
{
    findings(h)->h[HZ_CENTRAL].size = 3;
}

static void face_packed(hostile *h)
{
    findings(h)->h[HZ_CENTRAL].packed--;
}

static void face_crc(hostile *h)
{
    findings(h)->h[HZ_CENTRAL].crc ^= 1;
}

static void face_method_central(hostile *h)
{
    findings(h)->h[HZ_CENTRAL].method = 0;
}

static void face_method_local(hostile *h)
{
    findings(h)->h[HZ_LOCAL].method = 0;
}

static void face_flags(hostile *h)
{
    findings(h)->h[HZ_CENTRAL].flags = 1;
}

static void face_time(hostile *h)
{
    findings(h)->h[HZ_CENTRAL].date = 0x5d76;
}

/* -- methods, flags, versions -- */

static void stored(hostile *h)
{
    hz_entry *e = findings(h);
    const buf *raw = raw_data(&h->raw, "data/findings.json");
    HZ_BOTH(e, method, 0);
    hz_packed(e, raw->data, raw->len);
}

static void bzip2(hostile *h)
{
    HZ_BOTH(findings(h), method, 12);
}

static void unknown_method(hostile *h)
{
    HZ_BOTH(findings(h), method, 1234);
}

static void encrypted(hostile *h)
{
    HZ_BOTH(findings(h), flags, 1);
}

static void encrypted_aes(hostile *h)
{
    hz_entry *e = findings(h);
    HZ_BOTH(e, flags, 1);
    HZ_BOTH(e, method, 99);
    for (hz_face f = HZ_LOCAL; f <= HZ_CENTRAL; f++) {
        hz_put(&e->h[f].extra, 0x9901, 2);
        hz_put(&e->h[f].extra, 7, 2);
        buf_append(&e->h[f].extra,
                   "\x02\x00"
                   "AE\x03\x08\x00",
                   7);
    }
}

static void encrypted_directory(hostile *h)
{
    HZ_BOTH(findings(h), flags, 1 << 13);
}

static void descriptor_with(hostile *h, uint32_t crc, uint32_t size)
{
    hz_entry *e = findings(h);
    hz_header *local = &e->h[HZ_LOCAL];
    HZ_BOTH(e, flags, 8);
    buf_puts(&e->after, "PK\x07\x08");
    hz_put(&e->after, crc, 4);
    hz_put(&e->after, e->data.len, 4);
    hz_put(&e->after, size, 4);
    local->crc = 0;
    local->packed = 0;
    local->size = 0;
}

static void descriptor(hostile *h)
{
    descriptor_with(h, findings(h)->h[HZ_LOCAL].crc, findings(h)->h[HZ_LOCAL].size);
}

static void descriptor_lies(hostile *h)
{
    descriptor_with(h, 0xdeadbeef, 1);
}

/* The headers are right and say that none follows. */
static void descriptor_unannounced(hostile *h)
{
    hz_entry *e = findings(h);
    buf_puts(&e->after, "PK\x07\x08");
    hz_put(&e->after, e->h[HZ_LOCAL].crc, 4);
    hz_put(&e->after, e->data.len, 4);
    hz_put(&e->after, e->h[HZ_LOCAL].size, 4);
}

static void utf8_flag(hostile *h)
{
    HZ_BOTH(findings(h), flags, 1 << 11);
}

static void patch_flag(hostile *h)
{
    HZ_BOTH(findings(h), flags, 1 << 5);
}

static void version_needed(hostile *h)
{
    HZ_BOTH(findings(h), version, 63);
}

static void made_by_dos(hostile *h)
{
    findings(h)->made = 20;
}

static void date_of_today(hostile *h)
{
    HZ_BOTH(findings(h), date, 0x5d76);
    HZ_BOTH(findings(h), time, 0x4000);
}

/* -- extra fields and ZIP64 -- */

static void put_extra(buf *out, unsigned id, const void *data, size_t len)
{
    hz_put(out, id, 2);
    hz_put(out, len, 2);
    buf_append(out, data, len);
}

static void extra_owner(hostile *h)
{
    put_extra(&findings(h)->h[HZ_LOCAL].extra, 0x7875, "\x01\x04\xe8\x03\0\0\x04\xe8\x03\0\0", 11);
    put_extra(&findings(h)->h[HZ_CENTRAL].extra, 0x7875, "\x01\x04\xe8\x03\0\0\x04\xe8\x03\0\0",
              11);
}

static void extra_central(hostile *h)
{
    put_extra(&findings(h)->h[HZ_CENTRAL].extra, 0xcafe, "hidden", 6);
}

/* Info-ZIP's Unicode path: unzip shows this name, others the header's. */
static void extra_unicode_path(hostile *h)
{
    EVPACK_AUTO_VALUE(buf_reset) buf field = {0};
    buf_putc(&field, 1);
    hz_put(&field, hz_crc(FINDINGS, strlen(FINDINGS)), 4);
    buf_puts(&field, TOP "data/renamed.json");
    put_extra(&findings(h)->h[HZ_CENTRAL].extra, 0x7075, field.data, field.len);
}

static void put_sizes(buf *out, uint64_t size, uint64_t packed)
{
    hz_put(out, 1, 2);
    hz_put(out, 16, 2);
    hz_put(out, size, 8);
    hz_put(out, packed, 8);
}

static void zip64_needless(hostile *h)
{
    hz_entry *e = findings(h);
    for (hz_face f = HZ_LOCAL; f <= HZ_CENTRAL; f++) {
        put_sizes(&e->h[f].extra, e->h[f].size, e->data.len);
        e->h[f].size = UINT32_MAX;
        e->h[f].packed = UINT32_MAX;
        e->h[f].version = 45;
    }
}

/* The header has sizes, and a field of ZIP64 has others. */
static void zip64_disagrees(hostile *h)
{
    put_sizes(&findings(h)->h[HZ_LOCAL].extra, 3, 3);
}

static void zip64_central(hostile *h)
{
    hz_header *c = &findings(h)->h[HZ_CENTRAL];
    put_sizes(&c->extra, c->size, c->packed);
    c->size = UINT32_MAX;
    c->packed = UINT32_MAX;
}

/* Sizes that send a reader to a field of ZIP64 which is not there. */
static void zip64_absent(hostile *h)
{
    HZ_BOTH(findings(h), packed, UINT32_MAX);
    HZ_BOTH(findings(h), size, UINT32_MAX);
}

static void put_end64(hostile *h, uint64_t count, uint64_t locator)
{
    EVPACK_AUTO_VALUE(buf_reset) buf before = {0};
    hz_write(&h->zip, &before);
    uint64_t central = h->zip.e[h->zip.count - 1].offset + 30 +
                       h->zip.e[h->zip.count - 1].h[HZ_LOCAL].name_len +
                       h->zip.e[h->zip.count - 1].data.len;
    uint64_t end = before.len - 22;
    buf *out = &h->zip.before_end;
    buf_puts(out, "PK\x06\x06");
    hz_put(out, 44, 8);
    hz_put(out, 3 << 8 | 45, 2);
    hz_put(out, 45, 2);
    hz_put(out, 0, 8);
    hz_put(out, count, 8);
    hz_put(out, count, 8);
    hz_put(out, end - central, 8);
    hz_put(out, central, 8);
    buf_puts(out, "PK\x06\x07");
    hz_put(out, 0, 4);
    hz_put(out, locator == 0 ? end : locator, 8);
    hz_put(out, 1, 4);
}

static void zip64_end(hostile *h)
{
    put_end64(h, h->zip.count, 0);
}

/* A reader that believes the locator finds one member, or nothing. */
static void zip64_locator(hostile *h)
{
    put_end64(h, 1, 4);
}

/* -- what an entry is -- */

static void attribute_link(hostile *h)
{
    findings(h)->external = UINT32_C(0120777) << 16;
}

static void attribute_folder(hostile *h)
{
    findings(h)->external |= 0x10;
}

static void attribute_setuid(hostile *h)
{
    findings(h)->external = UINT32_C(0104755) << 16;
}

static void attribute_device(hostile *h)
{
    findings(h)->external = UINT32_C(0020666) << 16;
}

static void attribute_text(hostile *h)
{
    findings(h)->internal = 1;
}

const hostile_trick hostile_tricks_zip[] = {
    {"control", .zip = NULL},
    {"zip-leading-script", .zip = leading_script},
    {"zip-two-archives", .bytes = two_archives},
    {"zip-gap-members", .zip = gap_members},
    {"zip-gap-central", .zip = gap_central},
    {"zip-gap-end", .zip = gap_end},
    {"zip-trailing", .zip = trailing},
    {"zip-second-end", .zip = second_end},
    {"zip-comment-file", .zip = comment_file},
    {"zip-comment-end-record", .zip = comment_end_record},
    {"zip-comment-entry", .zip = comment_entry},
    {"zip-end-count", .zip = end_count},
    {"zip-end-offset", .zip = end_offset},
    {"zip-end-size", .zip = end_size},
    {"zip-end-disk", .zip = end_disk},
    {"zip-entry-disk", .zip = entry_disk},
    {"zip-truncated", .bytes = truncated},
    {"zip-empty", .bytes = empty},
    {"zip-face-name", .zip = face_name},
    {"zip-face-size", .zip = face_size},
    {"zip-face-packed", .zip = face_packed},
    {"zip-face-crc", .zip = face_crc},
    {"zip-face-method-central", .zip = face_method_central},
    {"zip-face-method-local", .zip = face_method_local},
    {"zip-face-flags", .zip = face_flags},
    {"zip-face-date", .zip = face_time},
    {"zip-stored", .zip = stored},
    {"zip-bzip2", .zip = bzip2},
    {"zip-unknown-method", .zip = unknown_method},
    {"zip-encrypted", .zip = encrypted},
    {"zip-encrypted-aes", .zip = encrypted_aes},
    {"zip-encrypted-directory", .zip = encrypted_directory},
    {"zip-descriptor", .zip = descriptor},
    {"zip-descriptor-lies", .zip = descriptor_lies},
    {"zip-descriptor-unannounced", .zip = descriptor_unannounced},
    {"zip-utf8-flag", .zip = utf8_flag},
    {"zip-patch-flag", .zip = patch_flag},
    {"zip-version-needed", .zip = version_needed},
    {"zip-made-by-dos", .zip = made_by_dos},
    {"zip-date", .zip = date_of_today},
    {"zip-extra-owner", .zip = extra_owner},
    {"zip-extra-central", .zip = extra_central},
    {"zip-extra-unicode-path", .zip = extra_unicode_path},
    {"zip64-needless", .zip = zip64_needless},
    {"zip64-disagrees", .zip = zip64_disagrees},
    {"zip64-central", .zip = zip64_central},
    {"zip64-absent", .zip = zip64_absent},
    {"zip64-end", .zip = zip64_end},
    {"zip64-locator", .zip = zip64_locator},
    {"zip-link", .zip = attribute_link},
    {"zip-folder-attribute", .zip = attribute_folder},
    {"zip-setuid", .zip = attribute_setuid},
    {"zip-device", .zip = attribute_device},
    {"zip-text-attribute", .zip = attribute_text},
    {.name = NULL},
};
