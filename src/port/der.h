/*
 * The little of DER (ITU-T X.690) that one fixed CMS form needs: reading and writing values with a
 * one-byte tag and a definite length in its shortest form. No library is behind it; it stands here
 * because only the CMS and key files use it.
 */
#ifndef EVPACK_PORT_DER_H
#define EVPACK_PORT_DER_H

#include "base/buf.h"

enum {
    DER_BOOLEAN = 0x01,
    DER_INTEGER = 0x02,
    DER_OCTETS = 0x04,
    DER_NULL = 0x05,
    DER_OID = 0x06,
    DER_UTF8 = 0x0c,
    DER_UTC_TIME = 0x17,
    DER_GENERAL_TIME = 0x18,
    DER_SEQUENCE = 0x30,
    DER_SET = 0x31,
    DER_CONTEXT_0 = 0xa0, /* constructed [0] */
    DER_CONTEXT_1 = 0xa1,
    DER_CONTEXT_4 = 0xa4
};

/* Bytes that something else owns. */
typedef struct {
    const unsigned char *data;
    size_t len;
} der_span;

der_span der_of(const buf *b);
bool der_same(der_span a, der_span b);

/* Takes the next value off in: its tag, its contents and the whole of it. False at the end, and
 * when the bytes are not DER as above. body and whole may be NULL. */
bool der_next(der_span *in, unsigned char *tag, der_span *body, der_span *whole);
/* The same when the next value must have this tag; in is untouched when it has not. */
bool der_take(der_span *in, unsigned char tag, der_span *body);
/* The next value's tag; 0 at the end. */
unsigned char der_peek(der_span in);

void der_put(buf *out, unsigned char tag, const void *body, size_t len);
/* Puts the contents of body under tag and empties body. */
void der_wrap(buf *out, unsigned char tag, buf *body);
/* Appends the values in the order that DER wants of a SET OF. items is sorted in place. */
void der_put_sorted(buf *out, der_span *items, size_t count);

#endif
