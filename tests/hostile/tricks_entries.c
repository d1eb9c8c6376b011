/*
 * Tricks with which members a ZIP file has, and with what they hold: entries that share bytes,
 * bombs, compressed data that means two things, names that only ZIP records can hold.
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

/* -- which entries there are -- */

/* Moves the last entry to the place from the beginning on. */
static void move_last(hz_file *z, size_t to)
{
    hz_entry last = z->e[z->count - 1];
    memmove(&z->e[to + 1], &z->e[to], (z->count - 1 - to) * sizeof last);
    z->e[to] = last;
}

static size_t place(hostile *h, const char *name)
{
    return (size_t)(hz_find(&h->zip, name) - h->zip.e);
}

static void folder_entry(hostile *h)
{
    size_t at = place(h, TOP "data/custody-log.jsonl");
    hz_entry *e = hz_add(&h->zip, TOP "data/", "", 0);
    e->external = UINT32_C(0040755) << 16 | 0x10;
    move_last(&h->zip, at);
}

static void central_swapped(hostile *h)
{
    size_t first = h->zip.order[2];
    h->zip.order[2] = h->zip.order[3];
    h->zip.order[3] = first;
}

/* A file that only a reader from the front sees. */
static void central_missing(hostile *h)
{
    findings(h)->no_central = true;
}

static void central_twice(hostile *h)
{
    h->zip.order[h->zip.central_count++] = h->zip.count - 1;
}

static void central_elsewhere(hostile *h)
{
    findings(h)->points_to = (int)place(h, TOP "data/empty") + 1;
}

/* A second central entry for the bytes of the last member, under another name. */
static void overlap_full(hostile *h)
{
    hz_entry *e = &h->zip.e[h->zip.count - 1];
    int last = (int)h->zip.count;
    for (int i = 0; i < 40; i++) {
        char name[HZ_NAME];
        (void)snprintf(name, sizeof name, TOP "signatures/%02d", i);
        hz_entry *more = hz_add(&h->zip, name, "", 0);
        for (hz_face f = HZ_LOCAL; f <= HZ_CENTRAL; f++) {
            more->h[f].crc = e->h[f].crc;
            more->h[f].size = e->h[f].size;
            more->h[f].packed = e->h[f].packed;
        }
        more->no_local = true;
        more->points_to = last;
    }
}

/*
 * David Fifield's bomb: each member's data quotes the next one's local header in a stored block and
 * goes on with the next one's data, so that all share the last one's.
 */
static void overlap_quoted(hostile *h)
{
    enum { COUNT = 12, KERNEL = 65536 };
    EVPACK_AUTO_VALUE(buf_reset) buf plain = {0}; /* what the data from here on inflates to */
    EVPACK_AUTO_VALUE(buf_reset) buf packed = {0};
    static char zeros[KERNEL];
    buf_append(&plain, zeros, sizeof zeros);
    hz_deflate(zeros, sizeof zeros, &packed);
    hz_file bomb = {0};
    for (int i = COUNT; i-- > 0;) {
        char name[HZ_NAME];
        (void)snprintf(name, sizeof name, TOP "VERIFY-%02d.txt", i);
        (void)hz_add(&bomb, name, plain.data, plain.len);
        hz_entry *e = &bomb.e[bomb.count - 1];
        hz_packed(e, packed.data, packed.len);
        EVPACK_AUTO_VALUE(buf_reset) buf head = {0};
        buf_puts(&head, "PK\x03\x04");
        hz_put(&head, 20, 2);
        hz_put(&head, 0, 2);
        hz_put(&head, 8, 2);
        hz_put(&head, 0x210000, 4);
        hz_put(&head, e->h[HZ_LOCAL].crc, 4);
        hz_put(&head, packed.len, 4);
        hz_put(&head, plain.len, 4);
        hz_put(&head, strlen(name), 4);
        buf_puts(&head, name);
        EVPACK_AUTO_VALUE(buf_reset) buf next = {0};
        buf_putc(&next, 0); /* a stored block that is not the last */
        hz_put(&next, head.len, 2);
        hz_put(&next, ~head.len & 0xffff, 2);
        buf_append(&next, head.data, head.len);
        buf_append(&next, packed.data, packed.len);
        buf_clear(&packed);
        buf_append(&packed, next.data, next.len);
        EVPACK_AUTO_VALUE(buf_reset) buf whole = {0};
        buf_append(&whole, head.data, head.len);
        buf_append(&whole, plain.data, plain.len);
        buf_clear(&plain);
        buf_append(&plain, whole.data, whole.len);
    }
    /* The last made, with its header and data, holds all others. */
    buf_clear(&h->bytes);
    for (int i = 0; i < COUNT - 1; i++) {
        bomb.e[i].no_local = true;
    }
    /* Central entries in the order of the members; each begins 5 bytes of a stored block on. */
    uint32_t at = 0;
    for (size_t i = 0; i < COUNT; i++) {
        hz_entry *e = &bomb.e[COUNT - 1 - i];
        bomb.order[i] = COUNT - 1 - i;
        e->points_to = COUNT;
        e->offset_delta = at;
        at += 30 + (uint32_t)e->h[HZ_LOCAL].name_len + 5;
    }
    hz_write(&bomb, &h->bytes);
    hz_reset(&bomb);
}

static void name_twice(hostile *h)
{
    size_t at = place(h, FINDINGS);
    (void)hz_add(&h->zip, FINDINGS, "{\"findings\":[\"forged\"]}\n", 24);
    move_last(&h->zip, at);
}

static void million(hostile *h)
{
    buf_clear(&h->bytes);
    EVPACK_AUTO_VALUE(buf_reset) buf central = {0};
    enum { COUNT = 200001 };
    for (unsigned i = 0; i < COUNT; i++) {
        char name[64];
        (void)snprintf(name, sizeof name, TOP "data/%07u", i);
        EVPACK_AUTO_VALUE(buf_reset) buf common = {0};
        hz_put(&common, 20, 2);
        hz_put(&common, 0, 2);
        hz_put(&common, 8, 2);
        hz_put(&common, 0x210000, 4);
        hz_put(&common, 0, 4);
        hz_put(&common, 2, 4);
        hz_put(&common, 0, 4);
        hz_put(&common, strlen(name), 4);
        buf_puts(&central, "PK\x01\x02");
        hz_put(&central, 3 << 8 | 20, 2);
        buf_append(&central, common.data, common.len);
        hz_put(&central, 0, 6);
        hz_put(&central, UINT32_C(0100644) << 16, 4);
        hz_put(&central, h->bytes.len, 4);
        buf_puts(&central, name);
        buf_puts(&h->bytes, "PK\x03\x04");
        buf_append(&h->bytes, common.data, common.len);
        buf_printf(&h->bytes, "%s\x03", name);
        buf_putc(&h->bytes, 0);
    }
    uint64_t at = h->bytes.len;
    buf_append(&h->bytes, central.data, central.len);
    uint64_t end = h->bytes.len;
    buf_puts(&h->bytes, "PK\x06\x06");
    hz_put(&h->bytes, 44, 8);
    hz_put(&h->bytes, 3 << 8 | 45, 2);
    hz_put(&h->bytes, 45, 2);
    hz_put(&h->bytes, 0, 8);
    hz_put(&h->bytes, COUNT, 8);
    hz_put(&h->bytes, COUNT, 8);
    hz_put(&h->bytes, central.len, 8);
    hz_put(&h->bytes, at, 8);
    buf_puts(&h->bytes, "PK\x06\x07");
    hz_put(&h->bytes, 0, 4);
    hz_put(&h->bytes, end, 8);
    hz_put(&h->bytes, 1, 4);
    buf_puts(&h->bytes, "PK\x05\x06");
    hz_put(&h->bytes, 0, 4);
    hz_put(&h->bytes, UINT32_MAX, 4);
    hz_put(&h->bytes, central.len, 4);
    hz_put(&h->bytes, at, 4);
    hz_put(&h->bytes, 0, 2);
}

/* -- Deflate, sizes, CRC -- */

static void more_packed(hostile *h, const void *data, size_t len)
{
    hz_entry *e = findings(h);
    EVPACK_AUTO_VALUE(buf_reset) buf packed = {0};
    buf_append(&packed, e->data.data, e->data.len);
    buf_append(&packed, data, len);
    hz_packed(e, packed.data, packed.len);
}

static void deflate_trailing(hostile *h)
{
    more_packed(h, "hidden", 6);
}

static void deflate_second(hostile *h)
{
    EVPACK_AUTO_VALUE(buf_reset) buf other = {0};
    hz_deflate("another stream", 14, &other);
    more_packed(h, other.data, other.len);
}

/* The data of the findings as one stored block; changed as the trick wants. */
static void stored_block(hostile *h, unsigned char first, unsigned nlen_flip)
{
    const buf *raw = raw_data(&h->raw, "data/findings.json");
    EVPACK_AUTO_VALUE(buf_reset) buf packed = {0};
    buf_putc(&packed, (char)first);
    hz_put(&packed, raw->len, 2);
    hz_put(&packed, (~raw->len ^ nlen_flip) & 0xffff, 2);
    buf_append(&packed, raw->data, raw->len);
    if ((first & 1) == 0) {
        buf_append(&packed, "\x03", 1);
        buf_putc(&packed, 0);
    }
    hz_packed(findings(h), packed.data, packed.len);
}

static void deflate_stored_length(hostile *h)
{
    stored_block(h, 1, 1);
}

static void deflate_padding(hostile *h)
{
    stored_block(h, 0xf9, 0);
}

static void deflate_unfinished(hostile *h)
{
    stored_block(h, 0, 0);
    hz_entry *e = findings(h);
    EVPACK_AUTO_VALUE(buf_reset) buf packed = {0};
    buf_append(&packed, e->data.data, e->data.len - 2);
    hz_packed(e, packed.data, packed.len);
}

/* Fixed codes: a copy from before the beginning. */
static void deflate_distance(hostile *h)
{
    hz_packed(findings(h), "\x03\x02\x00\x00", 4);
}

static void deflate_reserved(hostile *h)
{
    hz_packed(findings(h), "\x07\x00", 2);
}

static void size_more(hostile *h)
{
    uint32_t value = findings(h)->h[HZ_LOCAL].size + 1;
    HZ_BOTH(findings(h), size, value);
}

static void size_less(hostile *h)
{
    uint32_t value = findings(h)->h[HZ_LOCAL].size - 1;
    HZ_BOTH(findings(h), size, value);
}

static void packed_past_end(hostile *h)
{
    HZ_BOTH(findings(h), packed, 100000);
}

static void wrong_crc(hostile *h)
{
    HZ_BOTH(findings(h), crc, 0xdeadbeef);
}

static void bomb_claim(hostile *h)
{
    HZ_BOTH(findings(h), size, 0xfeffffff);
}

/* 64 MiB out of 64 KiB that say they are the small file they stand for. */
static void bomb_hidden(hostile *h)
{
    enum { SIZE = 64 << 20 };
    EVPACK_AUTO_CHARS zeros = calloc(1, SIZE);
    EVPACK_AUTO_VALUE(buf_reset) buf packed = {0};
    hz_deflate(zeros, SIZE, &packed);
    hz_packed(findings(h), packed.data, packed.len);
}

/* -- names that only the ZIP records can hold -- */

static void zip_name(hostile *h)
{
    hz_entry *e = findings(h);
    size_t len = h->trick->len == 0 ? strlen(h->trick->text) : h->trick->len;
    for (hz_face f = HZ_LOCAL; f <= HZ_CENTRAL; f++) {
        memcpy(e->h[f].name, h->trick->text, len);
        e->h[f].name[len] = '\0';
        e->h[f].name_len = len;
    }
}

#define NAMED(bytes) .zip = zip_name, .text = (bytes), .len = sizeof(bytes) - 1

const hostile_trick hostile_tricks_entries[] = {
    {"zip-folder-entry", .zip = folder_entry},
    {"zip-central-swapped", .zip = central_swapped},
    {"zip-central-missing", .zip = central_missing},
    {"zip-central-twice", .zip = central_twice},
    {"zip-central-elsewhere", .zip = central_elsewhere},
    {"zip-overlap-full", .zip = overlap_full},
    {"zip-overlap-quoted", .bytes = overlap_quoted},
    {"zip-name-twice", .zip = name_twice},
    {"zip-too-many", .bytes = million},
    {"deflate-trailing", .zip = deflate_trailing},
    {"deflate-second-stream", .zip = deflate_second},
    {"deflate-stored-length", .zip = deflate_stored_length},
    {"deflate-padding", .zip = deflate_padding},
    {"deflate-unfinished", .zip = deflate_unfinished},
    {"deflate-distance", .zip = deflate_distance},
    {"deflate-reserved", .zip = deflate_reserved},
    {"zip-size-more", .zip = size_more},
    {"zip-size-less", .zip = size_less},
    {"zip-packed-past-end", .zip = packed_past_end},
    {"zip-crc", .zip = wrong_crc},
    {"bomb-claim", .zip = bomb_claim},
    {"bomb-hidden", .zip = bomb_hidden},
    {"name-nul", NAMED(TOP "data/findings.json\0.exe")},
    {"name-absolute", NAMED("/etc/cron.d/evil")},
    {"name-climbs-out", NAMED("../" TOP "data/findings.json")},
    {"name-drive", NAMED("C:/Windows/evil.dll")},
    {"name-no-folder", NAMED("findings.json")},
    {"name-second-folder", NAMED("pkg-2025/data/findings.json")},
    {"name-folder-case", NAMED("PKG-2026/data/findings.json")},
    {"name-none", NAMED("")},
    {.name = NULL},
};
