/*
 * Reading and writing DER values. Invariant: what der_next accepts, der_put writes back to the same
 * bytes. Knows no ASN.1 type beyond tag and length.
 */
#include "port/der.h"

#include <stdlib.h>
#include <string.h>

der_span der_of(const buf *b)
{
    return (der_span){(const unsigned char *)buf_str(b), b->len};
}

bool der_same(der_span a, der_span b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

/* The length octets at p: how many there are (0: not DER) and what they say. */
static size_t read_length(const unsigned char *p, size_t left, size_t *len)
{
    if (left == 0) {
        return 0;
    }
    if (p[0] < 0x80) {
        *len = p[0];
        return 1;
    }
    size_t n = p[0] & 0x7f;
    if (n == 0 || n > 4 || n >= left || p[1] == 0) {
        return 0;
    }
    size_t value = 0;
    for (size_t i = 1; i <= n; i++) {
        value = value << 8 | p[i];
    }
    *len = value;
    return value < 0x80 ? 0 : n + 1;
}

bool der_next(der_span *in, unsigned char *tag, der_span *body, der_span *whole)
{
    if (in->len < 2 || (in->data[0] & 0x1f) == 0x1f) {
        return false;
    }
    size_t len = 0;
    size_t n = read_length(in->data + 1, in->len - 1, &len);
    if (n == 0 || len > in->len - 1 - n) {
        return false;
    }
    const unsigned char *at = in->data;
    *tag = at[0];
    in->data += 1 + n + len;
    in->len -= 1 + n + len;
    if (body != NULL) {
        *body = (der_span){at + 1 + n, len};
    }
    if (whole != NULL) {
        *whole = (der_span){at, 1 + n + len};
    }
    return true;
}

bool der_take(der_span *in, unsigned char tag, der_span *body)
{
    der_span after = *in;
    der_span found;
    unsigned char got = 0;
    if (!der_next(&after, &got, &found, NULL) || got != tag) {
        return false;
    }
    *in = after;
    if (body != NULL) {
        *body = found;
    }
    return true;
}

unsigned char der_peek(der_span in)
{
    return in.len == 0 ? 0 : in.data[0];
}

void der_put(buf *out, unsigned char tag, const void *body, size_t len)
{
    unsigned char head[2 + sizeof(size_t)] = {tag};
    size_t n = 2;
    if (len < 0x80) {
        head[1] = (unsigned char)len;
    } else {
        size_t octets = 0;
        for (size_t rest = len; rest > 0; rest >>= 8) {
            octets++;
        }
        head[1] = (unsigned char)(0x80 | octets);
        for (size_t i = octets; i > 0; i--) {
            head[n++] = (unsigned char)(len >> (8 * (i - 1)));
        }
    }
    buf_append(out, head, n);
    buf_append(out, body, len);
}

void der_wrap(buf *out, unsigned char tag, buf *body)
{
    out->failed = out->failed || body->failed;
    der_put(out, tag, buf_str(body), body->len);
    buf_clear(body);
}

static int compare(const void *a, const void *b)
{
    const der_span *x = a;
    const der_span *y = b;
    size_t n = x->len < y->len ? x->len : y->len;
    int c = n == 0 ? 0 : memcmp(x->data, y->data, n);
    if (c != 0) {
        return c;
    }
    return x->len < y->len ? -1 : x->len > y->len;
}

void der_put_sorted(buf *out, der_span *items, size_t count)
{
    if (count > 0) {
        qsort(items, count, sizeof *items, compare);
    }
    for (size_t i = 0; i < count; i++) {
        buf_append(out, items[i].data, items[i].len);
    }
}
