/*
 * Sets of revocation lists. Invariant: a set in its one form has exactly one sequence of bytes, so
 * that what was read and what would be written are the same. Refuses to know whom a list is about
 * (pki_lists.c judges that).
 */
#include "base/sources.h"
#include "port/pki_private.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <string.h>

void pki_crls_free(pki_crls *c)
{
    if (c != NULL) {
        for (size_t i = 0; i < c->count; i++) {
            X509_CRL_free(c->at[i].list);
            buf_reset(&c->at[i].der);
        }
        free(c);
    }
}

evpack_status pki_crls_new(pki_crls **out, evpack_err *err)
{
    pki_crls *c = calloc(1, sizeof *c);
    if (c == NULL) {
        return evpack_oom(err);
    }
    *out = c;
    return EVPACK_OK;
}

size_t pki_crls_count(const pki_crls *c)
{
    return c->count;
}

/* Reading -------------------------------------------------------------------------------------- */

typedef struct {
    pki_crl_visit visit;
    void *ctx;
} reader;

static evpack_status read_pem(const reader *r, const char *path, const void *text, size_t len,
                              evpack_err *err)
{
    EVPACK_AUTO(BIO) bio = BIO_new_mem_buf(text, (int)len);
    if (bio == NULL) {
        return evpack_oom(err);
    }
    ERR_clear_error();
    for (bool any = false;; any = true) {
        EVPACK_AUTO(X509_CRL) list = PEM_read_bio_X509_CRL(bio, NULL, pki_no_passphrase, NULL);
        if (list == NULL && pki_pem_ended() && any) {
            return EVPACK_OK;
        }
        if (list == NULL) {
            return pki_fail(err, EVPACK_E_INPUT, "%s: expected a revocation list (CRL) in PEM",
                            path);
        }
        EVPACK_TRY(r->visit(r->ctx, path, list, err));
    }
}

static evpack_status read_file(void *ctx, const char *path, const buf *content, evpack_err *err)
{
    const reader *r = ctx;
    if (content->len == 0 || content->data[0] != PKI_DER_START) {
        return read_pem(r, path, buf_str(content), content->len, err);
    }
    const unsigned char *at = (const unsigned char *)content->data;
    const unsigned char *end = at + content->len;
    EVPACK_AUTO(X509_CRL) list = d2i_X509_CRL(NULL, &at, (long)content->len);
    if (list == NULL || at != end) {
        return pki_fail(err, EVPACK_E_INPUT, "%s: expected a revocation list (CRL) in PEM or DER",
                        path);
    }
    return r->visit(r->ctx, path, list, err);
}

evpack_status pki_crls_each(const char *path, size_t files, size_t bytes, pki_crl_visit visit,
                            void *ctx, evpack_err *err)
{
    static const char *const endings[] = {".crl", ".pem", NULL};
    const sources_rule rule = {.endings = endings,
                               .expected = "files named *.crl or *.pem",
                               .files_max = files,
                               .bytes_max = bytes};
    reader r = {visit, ctx};
    return sources_each(path, &rule, read_file, &r, err);
}

/* The set -------------------------------------------------------------------------------------- */

static int compare(const buf *a, const buf *b)
{
    int order = memcmp(buf_str(a), buf_str(b), a->len < b->len ? a->len : b->len);
    return order != 0 ? order : (a->len > b->len) - (a->len < b->len);
}

/* Puts a list in its place. */
static evpack_status insert(void *ctx, const char *path, X509_CRL *list, evpack_err *err)
{
    pki_crls *c = ctx;
    EVPACK_AUTO_VALUE(buf_reset) buf der = {0};
    unsigned char *bytes = NULL;
    int len = i2d_X509_CRL(list, &bytes);
    buf_append(&der, bytes, len > 0 ? (size_t)len : 0);
    OPENSSL_free(bytes);
    EVPACK_TRY(buf_status(&der, err));
    if (len <= 0) {
        return pki_fail(err, EVPACK_E_INPUT, "%s: the revocation list cannot be written", path);
    }
    size_t i = 0;
    while (i < c->count && compare(&c->at[i].der, &der) < 0) {
        i++;
    }
    if (i < c->count && compare(&c->at[i].der, &der) == 0) {
        return EVPACK_OK;
    }
    if (c->count == PKI_CRLS_MAX) {
        return evpack_fail(err, EVPACK_E_LIMIT, "%s: more than %d revocation lists", path,
                           PKI_CRLS_MAX);
    }
    memmove(&c->at[i + 1], &c->at[i], (c->count - i) * sizeof c->at[0]);
    (void)X509_CRL_up_ref(list);
    c->at[i] = (pki_crl){.list = list, .der = der};
    der = (buf){0};
    c->count++;
    return EVPACK_OK;
}

evpack_status pki_crls_load(pki_crls *c, const char *path, evpack_err *err)
{
    EVPACK_TRY(pki_crls_each(path, PKI_CRLS_MAX, (size_t)2 * PKI_CRLS_BYTES, insert, c, err));
    EVPACK_AUTO_VALUE(buf_reset) buf all = {0};
    return pki_crls_put(c, &all, err);
}

evpack_status pki_crls_put(const pki_crls *c, buf *out, evpack_err *err)
{
    EVPACK_AUTO(BIO) bio = BIO_new(BIO_s_mem());
    if (bio == NULL) {
        return evpack_oom(err);
    }
    for (size_t i = 0; i < c->count; i++) {
        if (PEM_write_bio_X509_CRL(bio, c->at[i].list) != 1) {
            return pki_fail(err, EVPACK_E_MEMORY, "a revocation list cannot be written");
        }
    }
    char *text = NULL;
    long len = BIO_get_mem_data(bio, &text);
    if (len > PKI_CRLS_BYTES) {
        return evpack_fail(err, EVPACK_E_LIMIT, "the revocation lists take more than %d bytes",
                           PKI_CRLS_BYTES);
    }
    buf_append(out, text, len > 0 ? (size_t)len : 0);
    return buf_status(out, err);
}

evpack_status pki_crls_read(const void *text, size_t len, pki_crls **out, evpack_err *err)
{
    EVPACK_AUTO(pki_crls) c = NULL;
    EVPACK_TRY(pki_crls_new(&c, err));
    if (len > PKI_CRLS_BYTES) {
        return evpack_fail(err, EVPACK_E_INPUT, "it is larger than %d bytes", PKI_CRLS_BYTES);
    }
    const reader r = {insert, c};
    evpack_status status = read_pem(&r, "its contents", text, len, err);
    EVPACK_AUTO_VALUE(buf_reset) buf again = {0};
    if (status == EVPACK_OK) {
        status = pki_crls_put(c, &again, err);
    }
    if (status == EVPACK_E_LIMIT) {
        evpack_err why = *err;
        return evpack_fail(err, EVPACK_E_INPUT, "%s", why.text);
    }
    EVPACK_TRY(status);
    if (again.len != len || memcmp(buf_str(&again), text, len) != 0) {
        return evpack_fail(err, EVPACK_E_INPUT,
                           "expected revocation lists in PEM, in ascending order of their bytes, "
                           "none twice, and nothing beside them");
    }
    *out = EVPACK_MOVE(c);
    return EVPACK_OK;
}
