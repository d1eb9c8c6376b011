/*
 * Fuzzes the secret scanner. The first byte says how the rest is fed. Invariants: what is found is
 * the same in pieces and at once, lies inside the input, apart and in order for each encoding; and
 * strict JSON with its values replaced by markers is strict JSON, in which nothing is found again
 * that was replaced.
 */
#include "base/jscan.h"
#include "collect/secrets.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds) {
        abort();
    }
}

typedef struct {
    uint64_t size;
    uint64_t end[3]; /* of the last value, for each encoding */
    buf said;
} seen;

static evpack_status on_hit(void *ctx, const secrets_hit *hit, evpack_err *err)
{
    seen *s = ctx;
    must(hit->length > 0 && hit->start <= s->size && hit->length <= s->size - hit->start);
    must(hit->start >= s->end[hit->encoding]);
    s->end[hit->encoding] = hit->start + hit->length;
    buf_printf(&s->said, "%llu %llu %d %s ", (unsigned long long)hit->start,
               (unsigned long long)hit->length, (int)hit->encoding, hit->kind);
    buf_append(&s->said, hit->text, hit->len);
    return buf_status(&s->said, err);
}

static void scan(const secrets *table, const uint8_t *data, size_t size, size_t step, seen *s)
{
    evpack_err err = {0};
    s->size = size;
    const secrets_listener listener = {on_hit, s};
    EVPACK_AUTO(secrets_scan) one = NULL;
    must(secrets_scan_new(table, &listener, &one, &err) == EVPACK_OK);
    for (size_t at = 0; at < size; at += step) {
        must(secrets_scan_feed(one, data + at, size - at < step ? size - at : step, &err) ==
             EVPACK_OK);
    }
    must(secrets_scan_end(one, &err) == EVPACK_OK);
}

static secrets *table_once(void)
{
    evpack_err err = {0};
    secrets *table = NULL;
    must(secrets_load(&table, &err) == EVPACK_OK);
    return table;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1) {
        return 0;
    }
    static secrets *table;
    table = table == NULL ? table_once() : table;
    evpack_err err = {0};
    const size_t step = 1 + (size_t)(data[0] & 0x3f) * 7;
    data++;
    size--;
    seen whole = {0};
    seen pieces = {0};
    scan(table, data, size, size + 1, &whole);
    scan(table, data, size, step, &pieces);
    must(whole.said.len == pieces.said.len &&
         memcmp(buf_str(&whole.said), buf_str(&pieces.said), whole.said.len) == 0);
    EVPACK_AUTO_VALUE(buf_reset) buf clean = {0};
    size_t count = 0;
    must(secrets_clean(table, (const char *)data, size, &clean, &count, &err) == EVPACK_OK);
    if (size > 0 && jscan_check((const char *)data, size, &err) == EVPACK_OK) {
        must(jscan_check(buf_str(&clean), clean.len, &err) == EVPACK_OK);
    }
    buf_reset(&whole.said);
    buf_reset(&pieces.said);
    return 0;
}
