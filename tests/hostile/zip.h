/*
 * A ZIP file as a list of records with every field free, for tests that write what no honest
 * program writes. It shares nothing with seal/zipform.h, so that it can't hide a trick.
 */
#ifndef EVPACK_TESTS_HOSTILE_ZIP_H
#define EVPACK_TESTS_HOSTILE_ZIP_H

#include "base/buf.h"

#include <stdint.h>

enum { HZ_MAX = 96, HZ_NAME = 600 };
typedef enum { HZ_LOCAL, HZ_CENTRAL, HZ_FACES } hz_face;

/* What a local header and a central entry both say. */
typedef struct {
    unsigned version, flags, method, time, date;
    uint32_t crc, packed, size;
    char name[HZ_NAME];
    size_t name_len;
    buf extra;
} hz_header;

typedef struct {
    hz_header h[HZ_FACES];
    buf before; /* bytes before the local header */
    buf data;   /* compressed */
    buf after;  /* bytes after the data */
    bool no_local, no_central;
    int points_to; /* the entry whose local header is pointed to, counted from 1; 0: its own */
    uint32_t offset_delta;
    unsigned made, disk, internal;
    uint32_t external;
    buf comment;
    uint32_t offset; /* set by hz_write */
} hz_entry;

typedef struct {
    hz_entry e[HZ_MAX];
    size_t count;
    size_t order[HZ_MAX]; /* of the central entries */
    size_t central_count;
    buf before_central, before_end, comment, trailing;
    unsigned disk, central_disk;
    int count_delta, size_delta, offset_delta;
} hz_file;

void hz_reset(hz_file *z);
/* A plain entry, deflated, as evpack writes it. */
hz_entry *hz_add(hz_file *z, const char *name, const void *data, size_t len);
hz_entry *hz_find(hz_file *z, const char *name);
/* Sets a field of both headers to the same value, which is evaluated once. */
#define HZ_BOTH(entry, field, value)                           \
    do {                                                       \
        hz_entry *both_ = (entry);                             \
        both_->h[HZ_CENTRAL].field = (value);                  \
        both_->h[HZ_LOCAL].field = both_->h[HZ_CENTRAL].field; \
    } while (0)
/* Replaces the compressed data, and both headers' length of it. */
void hz_packed(hz_entry *e, const void *data, size_t len);
void hz_write(hz_file *z, buf *out);
void hz_put(buf *out, uint64_t value, size_t bytes);
void hz_deflate(const void *data, size_t len, buf *out);
uint32_t hz_crc(const void *data, size_t len);

#endif
