/*
 * Writing a ZIP file record by record.
 */
#include "zip.h"

#include "support.h"

#include <stdio.h>
#include <string.h>
#include <zlib.h>

void hz_put(buf *out, uint64_t value, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) {
        buf_putc(out, (char)(i < 8 ? value >> (8 * i) : 0));
    }
}

static void put_buf(buf *out, const buf *b)
{
    buf_append(out, buf_str(b), b->len);
}

void hz_reset(hz_file *z)
{
    for (size_t i = 0; i < z->count; i++) {
        hz_entry *e = &z->e[i];
        buf_reset(&e->h[HZ_LOCAL].extra);
        buf_reset(&e->h[HZ_CENTRAL].extra);
        buf_reset(&e->before);
        buf_reset(&e->data);
        buf_reset(&e->after);
        buf_reset(&e->comment);
    }
    buf_reset(&z->before_central);
    buf_reset(&z->before_end);
    buf_reset(&z->comment);
    buf_reset(&z->trailing);
    z->count = 0;
}

uint32_t hz_crc(const void *data, size_t len)
{
    return (uint32_t)crc32_z(0, data, len);
}

void hz_deflate(const void *data, size_t len, buf *out)
{
    z_stream s = {0};
    ck_assert_int_eq(deflateInit2(&s, 6, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY), Z_OK);
    uLong room = deflateBound(&s, (uLong)len);
    EVPACK_AUTO_CHARS to = malloc(room);
    s.next_in = (Bytef *)data; /* zlib does not write there */
    s.avail_in = (uInt)len;
    s.next_out = (Bytef *)to;
    s.avail_out = (uInt)room;
    ck_assert_int_eq(deflate(&s, Z_FINISH), Z_STREAM_END);
    buf_append(out, to, room - s.avail_out);
    (void)deflateEnd(&s);
}

void hz_packed(hz_entry *e, const void *data, size_t len)
{
    buf_clear(&e->data);
    buf_append(&e->data, data, len);
    HZ_BOTH(e, packed, (uint32_t)len);
}

hz_entry *hz_add(hz_file *z, const char *name, const void *data, size_t len)
{
    ck_assert_uint_lt(z->count, HZ_MAX);
    hz_entry *e = &z->e[z->count];
    *e = (hz_entry){.made = 3 << 8 | 20, .external = UINT32_C(0100644) << 16};
    hz_deflate(len == 0 ? "" : data, len, &e->data);
    for (hz_face f = HZ_LOCAL; f <= HZ_CENTRAL; f++) {
        e->h[f] = (hz_header){.version = 20,
                              .method = 8,
                              .date = 0x21,
                              .crc = hz_crc(len == 0 ? "" : data, len),
                              .packed = (uint32_t)e->data.len,
                              .size = (uint32_t)len,
                              .name_len = strlen(name)};
        (void)snprintf(e->h[f].name, HZ_NAME, "%s", name);
    }
    z->order[z->central_count++] = z->count++;
    return e;
}

hz_entry *hz_find(hz_file *z, const char *name)
{
    for (size_t i = 0; i < z->count; i++) {
        if (strcmp(z->e[i].h[HZ_LOCAL].name, name) == 0) {
            return &z->e[i];
        }
    }
    ck_abort_msg("no entry %s", name);
    return NULL;
}

static void put_header(buf *out, const hz_header *h)
{
    hz_put(out, h->version, 2);
    hz_put(out, h->flags, 2);
    hz_put(out, h->method, 2);
    hz_put(out, h->time, 2);
    hz_put(out, h->date, 2);
    hz_put(out, h->crc, 4);
    hz_put(out, h->packed, 4);
    hz_put(out, h->size, 4);
    hz_put(out, h->name_len, 2);
    hz_put(out, h->extra.len, 2);
}

static void put_central(const hz_file *z, const hz_entry *e, buf *out)
{
    const hz_entry *to = e->points_to > 0 ? &z->e[e->points_to - 1] : e;
    buf_puts(out, "PK\x01\x02");
    hz_put(out, e->made, 2);
    put_header(out, &e->h[HZ_CENTRAL]);
    hz_put(out, e->comment.len, 2);
    hz_put(out, e->disk, 2);
    hz_put(out, e->internal, 2);
    hz_put(out, e->external, 4);
    hz_put(out, to->offset + e->offset_delta, 4);
    buf_append(out, e->h[HZ_CENTRAL].name, e->h[HZ_CENTRAL].name_len);
    put_buf(out, &e->h[HZ_CENTRAL].extra);
    put_buf(out, &e->comment);
}

void hz_write(hz_file *z, buf *out)
{
    for (size_t i = 0; i < z->count; i++) {
        hz_entry *e = &z->e[i];
        put_buf(out, &e->before);
        e->offset = (uint32_t)out->len;
        if (!e->no_local) {
            buf_puts(out, "PK\x03\x04");
            put_header(out, &e->h[HZ_LOCAL]);
            buf_append(out, e->h[HZ_LOCAL].name, e->h[HZ_LOCAL].name_len);
            put_buf(out, &e->h[HZ_LOCAL].extra);
            put_buf(out, &e->data);
            put_buf(out, &e->after);
        }
    }
    put_buf(out, &z->before_central);
    size_t central = out->len;
    unsigned count = 0;
    for (size_t i = 0; i < z->central_count; i++) {
        if (!z->e[z->order[i]].no_central) {
            put_central(z, &z->e[z->order[i]], out);
            count++;
        }
    }
    size_t size = out->len - central;
    put_buf(out, &z->before_end);
    buf_puts(out, "PK\x05\x06");
    hz_put(out, z->disk, 2);
    hz_put(out, z->central_disk, 2);
    hz_put(out, count + (unsigned)z->count_delta, 2);
    hz_put(out, count + (unsigned)z->count_delta, 2);
    hz_put(out, (uint64_t)((int64_t)size + z->size_delta), 4);
    hz_put(out, (uint64_t)((int64_t)central + z->offset_delta), 4);
    hz_put(out, z->comment.len, 2);
    put_buf(out, &z->comment);
    put_buf(out, &z->trailing);
}
