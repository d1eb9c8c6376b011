/* Making secrets for tests. Invariant: nothing here is, or was, anybody's secret. */
#include "collect/made.h"

#include "support.h"

#include <stdio.h>
#include <string.h>

static char *next_buffer(void)
{
    static char buffers[8][1024];
    static unsigned next;
    return buffers[next++ % 8];
}

static unsigned turn(unsigned *state)
{
    *state = *state * 1664525U + 1013904223U;
    return *state >> 8;
}

const char *made_of(const char *alphabet, unsigned seed, size_t len)
{
    static const char letters[] =
        "0123456789abcdefABCDEFGHIJKLMNOPQRSTUVWXYZghijklmnopqrstuvwxyz+/";
    size_t n = strcmp(alphabet, "hex") == 0 ? 16 : strcmp(alphabet, "base62") == 0 ? 62 : 64;
    char *out = next_buffer();
    unsigned state = seed * 2654435761U + 12345U;
    ck_assert(len < 1024);
    for (size_t i = 0; i < len; i++) {
        out[i] = letters[turn(&state) % n];
    }
    out[len] = '\0';
    return out;
}

const char *made_key(unsigned seed)
{
    char *out = next_buffer();
    (void)snprintf(out, 1024, "%s+4Q==", made_of("base64", seed, 83)); /* Q: unused bits are zero */
    return out;
}

const char *made_jwt(unsigned seed)
{
    char *out = next_buffer();
    /* {"alg":"none"} */
    (void)snprintf(out, 1024, "eyJ%s.eyJ%s.%s", "hbGciOiJub25lIn0", made_of("base62", seed, 40),
                   made_of("base62", seed + 1, 43));
    return out;
}

static evpack_status on_hit(void *ctx, const secrets_hit *hit, evpack_err *err)
{
    buf *out = ctx;
    buf_printf(out, "%llu %llu %s ", (unsigned long long)hit->start,
               (unsigned long long)hit->length, hit->kind);
    buf_append(out, hit->text, hit->len);
    buf_putc(out, '\n');
    ck_assert_msg(hit->words != NULL && hit->words[0] != '\0', "expected words for %s", hit->kind);
    return buf_status(out, err);
}

void made_scan(const void *data, size_t len, size_t step, buf *out)
{
    evpack_err err = {0};
    EVPACK_AUTO(secrets) table = NULL;
    OK(secrets_load(&table, &err));
    const secrets_listener listener = {on_hit, out};
    EVPACK_AUTO(secrets_scan) s = NULL;
    OK(secrets_scan_new(table, &listener, &s, &err));
    for (size_t at = 0; at < len; at += step) {
        OK(secrets_scan_feed(s, (const char *)data + at, len - at < step ? len - at : step, &err));
    }
    OK(secrets_scan_end(s, &err));
}

void made_finds(const char *text, const char *kind, const char *value)
{
    EVPACK_AUTO_VALUE(buf_reset) buf got = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf want = {0};
    made_scan(text, strlen(text), strlen(text) + 1, &got);
    buf_printf(&want, " %s %s\n", kind, value);
    const char *found = strstr(buf_str(&got), buf_str(&want));
    bool first =
        found != NULL && (size_t)(found - buf_str(&got)) < strspn(buf_str(&got), "0123456789 ");
    ck_assert_msg(first && found[want.len] == '\0', "%s: expected one secret '%s %s', came '%s'",
                  text, kind, value, buf_str(&got));
}

void made_finds_none(const char *text)
{
    EVPACK_AUTO_VALUE(buf_reset) buf got = {0};
    made_scan(text, strlen(text), strlen(text) + 1, &got);
    ck_assert_msg(got.len == 0, "%s: expected no secret, came '%s'", text, buf_str(&got));
}
