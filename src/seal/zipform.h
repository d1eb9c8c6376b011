/*
 * The ZIP file of a package: one form, written by zipwrite and accepted by zipread. Every byte but
 * the compressed data follows from the members' names, sizes and CRCs, so that the reader can make
 * each record again and compare. A subset of ISO/IEC 21320-1:
 *
 *   file    = member... central... end
 *   member  = local header, Deflate data
 *   end     = [ ZIP64 end record, ZIP64 locator ] end record
 *
 * - Method 8 (Deflate) for every member, an empty one too. No flags, no encryption, no data
 *   descriptors, no comments, no folders of their own. The time is 1980-01-01 00:00:00. Made by
 *   UNIX, mode 0644, regular file.
 * - ZIP64 only where it is needed, by a fixed rule: a member of ZIPFORM_LARGE bytes or more has
 *   both sizes in an extra field 0x0001 of both headers; an offset of 2^32 - 1 or more is in that
 *   field of the central header; the ZIP64 end record stands when the count, the size or the offset
 *   of the central directory needs it.
 * - Nothing before, between or after.
 * - The compressed data is not unique: Deflate can say the same bytes in other codes. Therefore
 *   bag-info.txt, which the inner signature covers, has the digest of the compressed data of all
 *   members before it (seal/bag.h, BAG_PACKED), and from it on the members are stored within
 *   Deflate. So every byte of the file follows from what the inner signature covers.
 *
 * Why not libarchive's writer: its local headers have zeros for the CRC and the compressed size (a
 * data descriptor follows), and local extra fields that differ from the central ones, so that two
 * readers can see two files; and what it writes is bound to its version.
 */
#ifndef EVPACK_SEAL_ZIPFORM_H
#define EVPACK_SEAL_ZIPFORM_H

#include "base/buf.h"
#include "seal/reason.h"

#define ZIPFORM_LARGE UINT64_C(0xff000000) /* leaves room for data that grows when compressed */

enum {
    ZIPFORM_LOCAL = 30,     /* bytes of a local header before the name */
    ZIPFORM_NAME_MAX = 265, /* a package id, '/', and a path */
    ZIPFORM_EXTRA_MAX = 32
};

typedef struct {
    char name[ZIPFORM_NAME_MAX + 1];
    uint64_t size;   /* of the member */
    uint64_t packed; /* of its compressed data */
    uint32_t crc;
    uint64_t offset; /* of its local header */
} zip_member;

/* What four bytes at a record's beginning say. */
typedef enum {
    ZIPFORM_IS_LOCAL,
    ZIPFORM_IS_CENTRAL,
    ZIPFORM_IS_END, /* any record of the end */
    ZIPFORM_IS_OTHER
} zipform_kind;
zipform_kind zipform_kind_of(const unsigned char signature[4]);

void zipform_put_local(buf *out, const zip_member *m);
void zipform_put_central(buf *out, const zip_member *m);
void zipform_put_end(buf *out, uint64_t count, uint64_t offset, uint64_t size);
/* Lengths of the name and the extra field that follow a local header. */
void zipform_local_lengths(const unsigned char head[ZIPFORM_LOCAL], size_t *name, size_t *extra);
/* Whether a local header's fixed part can be of the form; else *why says what is not. */
bool zipform_head_good(const unsigned char head[ZIPFORM_LOCAL], seal_reason *why);
/* Reads a whole local header of len bytes; false, with *why, unless zipform_put_local would write
 * the same. m->offset is left alone. */
bool zipform_read_local(const unsigned char *head, size_t len, zip_member *m, seal_reason *why);
/* Why what is found (len bytes, maybe more than one record's) is not the central entry, or not the
 * end of the file, that is wanted. */
seal_reason zipform_central_fault(const buf *wanted, const unsigned char *found, size_t len);
seal_reason zipform_end_fault(const buf *wanted, const unsigned char *found, size_t len);

#endif
