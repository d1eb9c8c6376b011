/*
 * How libFuzzer changes inputs that are DER: one value of the tree is changed, dropped, doubled,
 * retagged or replaced by another, and every length around it is put right, since bytes changed at
 * random hardly ever come past the first length. One change in four is of bytes at random all the
 * same.
 */
#include "port/der.h"

#include <stdlib.h>
#include <string.h>

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);

typedef enum { BODY, DROP, DOUBLE, RETAG, REPLACE, BEFORE, WAYS } way;

typedef struct {
    unsigned seen;   /* values met */
    unsigned target; /* the one to change */
    unsigned find;   /* the one to keep in other */
    way how;
    unsigned dice;
    der_span other;
    size_t room;
} edit;

static unsigned roll(unsigned *dice)
{
    *dice = *dice * 1664525U + 1013904223U;
    return *dice >> 8;
}

/* Whether a value's contents are values themselves. An OCTET or BIT STRING may hold some too. */
static bool nests(unsigned char tag, der_span body)
{
    bool any = body.len > 0;
    if ((tag & 0x20) == 0 && tag != DER_OCTETS) {
        return false;
    }
    unsigned char first = 0;
    while (body.len > 0) {
        if (!der_next(&body, &first, NULL, NULL)) {
            return false;
        }
    }
    return any;
}

static void put_changed(buf *out, unsigned char tag, der_span body, der_span whole, edit *e)
{
    static const unsigned char tags[] = {0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0c, 0x17,
                                         0x18, 0x30, 0x31, 0xa0, 0xa1, 0x80, 0xa4, 0x13};
    uint8_t bytes[4096];
    size_t len = body.len < sizeof bytes / 2 ? body.len : sizeof bytes / 2;
    switch (e->how) {
    case DROP:
        return;
    case DOUBLE:
        buf_append(out, whole.data, whole.len);
        buf_append(out, whole.data, whole.len);
        return;
    case RETAG:
        der_put(out, tags[roll(&e->dice) % sizeof tags], body.data, body.len);
        return;
    case BEFORE:
        buf_append(out, e->other.data, e->other.len);
        buf_append(out, whole.data, whole.len);
        return;
    case REPLACE:
        buf_append(out, e->other.data, e->other.len);
        return;
    default:
        if (len > 0) {
            memcpy(bytes, body.data, len);
        }
        len = LLVMFuzzerMutate(bytes, len, len + 64 < sizeof bytes ? len + 64 : sizeof bytes);
        der_put(out, tag, bytes, len);
    }
}

static void walk(buf *out, der_span in, edit *e)
{
    unsigned char tag = 0;
    der_span body;
    der_span whole;
    while (in.len > 0 && der_next(&in, &tag, &body, &whole)) {
        unsigned number = e->seen++;
        if (number == e->find) {
            e->other = whole;
        }
        if (number == e->target) {
            put_changed(out, tag, body, whole, e);
        } else if (nests(tag, body)) {
            EVPACK_AUTO_VALUE(buf_reset) buf below = {0};
            walk(&below, body, e);
            der_wrap(out, tag, &below);
        } else {
            buf_append(out, whole.data, whole.len);
        }
    }
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
    edit e = {.target = UINT32_MAX, .find = UINT32_MAX, .dice = seed};
    EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
    walk(&out, (der_span){data, size}, &e);
    if (e.seen == 0 || roll(&e.dice) % 4 == 0) {
        return LLVMFuzzerMutate(data, size, max_size);
    }
    unsigned count = e.seen;
    e.find = roll(&e.dice) % count;
    buf_clear(&out);
    e.seen = 0;
    walk(&out, (der_span){data, size}, &e); /* finds other */
    e.seen = 0;
    e.find = UINT32_MAX;
    e.target = roll(&e.dice) % count;
    /* Small changes of bytes are wanted most. */
    e.how = roll(&e.dice) % 2 == 0 ? BODY : (way)(roll(&e.dice) % WAYS);
    buf_clear(&out);
    walk(&out, (der_span){data, size}, &e);
    if (out.failed || out.len == 0 || out.len > max_size) {
        return LLVMFuzzerMutate(data, size, max_size);
    }
    memcpy(data, out.data, out.len);
    return out.len;
}
