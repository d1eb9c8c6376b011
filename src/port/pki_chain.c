/*
 * Judging a chain. Invariant: yes means that the certificate leads to a given anchor, was in force
 * at the asked time and fit for its use, and that no given list speaks against it. Refuses to know
 * what was signed.
 */
#include "port/pki_chain.h"

#include "port/pki_lists.h"

#include <openssl/err.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <string.h>

enum { AUTH_LEVEL = 2, DEPTH_MAX = 32 };

typedef struct {
    const pki_question *q;
    bool unrevoked;
    bool too_late;              /* a list was made after the certificate had expired */
    bool listed[DEPTH_MAX + 1]; /* OpenSSL found the certificate of this depth in a list */
} chain;

/* A list of a later date than the proven time: good, unless it may have dropped the certificate. */
static int later_list(chain *c, X509_STORE_CTX *ctx, int depth)
{
    const X509_CRL *list = X509_STORE_CTX_get0_current_crl(ctx);
    const X509 *cert = X509_STORE_CTX_get_current_cert(ctx);
    if (list != NULL && cert != NULL &&
        ASN1_TIME_compare(X509_CRL_get0_lastUpdate(list), X509_get0_notAfter(cert)) <= 0) {
        return 1;
    }
    c->unrevoked = false;
    c->too_late = c->too_late || depth == 0;
    return depth > 0;
}

/* Revocation lists are wanted for the signer; above it, one that is missing is told, not refused:
 * authorities seldom publish a list of their own certificates beside each other. */
static int on_chain_error(int ok, X509_STORE_CTX *ctx)
{
    chain *c = X509_STORE_CTX_get_app_data(ctx);
    int depth = X509_STORE_CTX_get_error_depth(ctx);
    int error = X509_STORE_CTX_get_error(ctx);
    if (ok) {
        return ok;
    }
    if (error == X509_V_ERR_UNABLE_TO_GET_CRL && depth > 0) {
        if (depth + 1 < sk_X509_num(X509_STORE_CTX_get0_chain(ctx))) {
            c->unrevoked = false;
        }
        return 1;
    }
    if (error == X509_V_ERR_CRL_NOT_YET_VALID && c->q->proven) {
        return later_list(c, ctx, depth);
    }
    if (error == X509_V_ERR_CERT_REVOKED && c->q->proven && depth <= DEPTH_MAX) {
        c->listed[depth] = true; /* refuse_revoked looks when it was */
        return 1;
    }
    return 0;
}

static cms_fault chain_fault(int error)
{
    switch (error) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
    case X509_V_ERR_CERT_NOT_YET_VALID:
        return CMS_EXPIRED;
    case X509_V_ERR_CERT_REVOKED:
        return CMS_REVOKED;
    case X509_V_ERR_UNABLE_TO_GET_CRL:
    case X509_V_ERR_CRL_HAS_EXPIRED:
    case X509_V_ERR_CRL_NOT_YET_VALID:
    case X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER:
    case X509_V_ERR_CRL_SIGNATURE_FAILURE:
    case X509_V_ERR_UNABLE_TO_DECRYPT_CRL_SIGNATURE:
    case X509_V_ERR_ERROR_IN_CRL_LAST_UPDATE_FIELD:
    case X509_V_ERR_ERROR_IN_CRL_NEXT_UPDATE_FIELD:
    case X509_V_ERR_UNHANDLED_CRITICAL_CRL_EXTENSION:
    case X509_V_ERR_DIFFERENT_CRL_SCOPE:
    case X509_V_ERR_KEYUSAGE_NO_CRL_SIGN:
    case X509_V_ERR_CRL_PATH_VALIDATION_ERROR:
        return CMS_REVOCATION_UNKNOWN; /* the list is at fault, not the certificate */
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_CERT_UNTRUSTED:
        return CMS_UNTRUSTED;
    case X509_V_ERR_EE_KEY_TOO_SMALL:
    case X509_V_ERR_CA_KEY_TOO_SMALL:
    case X509_V_ERR_CA_MD_TOO_WEAK:
        return CMS_WEAK;
    default:
        return CMS_UNSUITABLE;
    }
}

static evpack_status chain_refused(const chain *c, int error, cms_fault *fault, evpack_err *err)
{
    *fault = chain_fault(error);
    if (*fault == CMS_UNTRUSTED) {
        return evpack_fail(err, EVPACK_E_NO,
                           "%s's certificate does not lead to a certificate that you trust",
                           c->q->whose);
    }
    if (*fault == CMS_REVOCATION_UNKNOWN && c->too_late) {
        return evpack_fail(err, EVPACK_E_NO,
                           "the revocation list was made after %s's certificate had expired, when "
                           "it may have been dropped from the list: give an earlier one too",
                           c->q->whose);
    }
    if (*fault == CMS_REVOCATION_UNKNOWN) {
        return evpack_fail(err, EVPACK_E_NO,
                           "whether %s's certificate, or one above it, was revoked cannot be told: "
                           "%s",
                           c->q->whose, X509_verify_cert_error_string(error));
    }
    return evpack_fail(err, EVPACK_E_NO, "%s's certificate, or one above it, is refused: %s",
                       c->q->whose, X509_verify_cert_error_string(error));
}

static evpack_status revoked(const pki_question *q, bool above, cms_fault *fault, evpack_err *err)
{
    *fault = CMS_REVOKED;
    return evpack_fail(err, EVPACK_E_NO, "%s%s's certificate was revoked%s",
                       above ? "a certificate above " : "", q->whose,
                       q->authority ? " in a way that takes back this timestamp"
                       : q->proven  ? " at or before the time of the timestamp"
                                    : "");
}

/* What the given lists say of one certificate, by every list that its issuer signed: one in force
 * at the time may not know yet what a later one tells. */
static pki_said ask_given(const pki_question *q, X509 *cert, X509 *issuer)
{
    pki_said all = {0};
    STACK_OF(X509_OBJECT) *objects = X509_STORE_get0_objects(q->trust->store);
    for (int i = 0; i < sk_X509_OBJECT_num(objects); i++) {
        X509_CRL *list = X509_OBJECT_get0_X509_CRL(sk_X509_OBJECT_value(objects, i));
        if (list != NULL) {
            pki_list_ask(q, list, cert, issuer, &all);
        }
    }
    return all;
}

static evpack_status refuse_revoked(chain *c, STACK_OF(X509) * certs, cms_fault *fault,
                                    evpack_err *err)
{
    int count = sk_X509_num(certs);
    for (int i = 0; i < count; i++) {
        X509 *cert = sk_X509_value(certs, i);
        pki_said said = ask_given(c->q, cert, sk_X509_value(certs, i + 1 < count ? i + 1 : i));
        if (c->q->authority && i + 1 < count && !said.current) {
            c->unrevoked = false;
        }
        bool dated = c->q->proven || c->q->authority;
        if ((dated ? said.revoked : said.lasting) ||
            (i <= DEPTH_MAX && c->listed[i] && !said.found)) {
            return revoked(c->q, i > 0, fault, err);
        }
    }
    return EVPACK_OK;
}

/* The same for the lists that came with what was signed; a root is not asked about itself. */
static evpack_status ask_carried(const pki_question *q, STACK_OF(X509) * certs, cms_fault *fault,
                                 evpack_err *err)
{
    int count = sk_X509_num(certs);
    pki_listed answer = {.whole = true};
    for (int i = 0; i < count; i++) {
        pki_said said = {0};
        X509 *cert = sk_X509_value(certs, i);
        X509 *issuer = sk_X509_value(certs, i + 1 < count ? i + 1 : i);
        for (size_t k = 0; k < q->lists->count; k++) {
            pki_list_ask(q, q->lists->at[k].list, cert, issuer, &said);
        }
        if (said.revoked) {
            return revoked(q, i > 0, fault, err);
        }
        if (i == 0) {
            answer.spoken = said.known != 0;
            answer.known = said.known;
            answer.current = said.current;
        }
        answer.whole = answer.whole && (said.current || (i > 0 && i + 1 == count));
    }
    *q->listed = answer;
    return EVPACK_OK;
}

/*
 * For a signer the purpose that the stock command has (S/MIME signing), and at least 112 bits of
 * strength. Any given certificate is an anchor (partial chains). X509_V_FLAG_X509_STRICT stays off:
 * it refuses the plain authorities that `openssl req -x509` makes, which the stock command accepts.
 */
evpack_status pki_chain_check(const pki_question *q, bool *unrevoked, cms_fault *fault,
                              evpack_err *err)
{
    *unrevoked = false;
    chain c = {.q = q, .unrevoked = q->trust->crls};
    EVPACK_AUTO(X509_STORE_CTX) ctx = X509_STORE_CTX_new();
    if (ctx == NULL || X509_STORE_CTX_init(ctx, q->trust->store, q->cert, q->carried) != 1) {
        return evpack_oom(err);
    }
    unsigned long flags = X509_V_FLAG_PARTIAL_CHAIN;
    if (q->trust->crls && !q->authority) {
        flags |= X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL;
    }
    X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(ctx);
    if (X509_VERIFY_PARAM_set_flags(param, flags) != 1 ||
        X509_VERIFY_PARAM_set_purpose(param, q->authority ? X509_PURPOSE_TIMESTAMP_SIGN
                                                          : X509_PURPOSE_SMIME_SIGN) != 1) {
        return pki_fail(err, EVPACK_E_INTERNAL, "the chain cannot be checked");
    }
    X509_VERIFY_PARAM_set_auth_level(param, AUTH_LEVEL);
    X509_VERIFY_PARAM_set_time(param, (time_t)q->at);
    X509_STORE_CTX_set_app_data(ctx, &c);
    X509_STORE_CTX_set_verify_cb(ctx, on_chain_error);
    int verified = X509_verify_cert(ctx);
    ERR_clear_error();
    int error = X509_STORE_CTX_get_error(ctx);
    if (verified != 1 && chain_fault(error) != CMS_REVOCATION_UNKNOWN) {
        return chain_refused(&c, error, fault, err);
    }
    if (q->trust->crls || q->authority) {
        evpack_status status = refuse_revoked(&c, X509_STORE_CTX_get0_chain(ctx), fault, err);
        ERR_clear_error();
        EVPACK_TRY(status);
    }
    if (verified != 1) {
        return chain_refused(&c, error, fault, err);
    }
    if (q->lists != NULL) {
        evpack_status status = ask_carried(q, X509_STORE_CTX_get0_chain(ctx), fault, err);
        ERR_clear_error();
        EVPACK_TRY(status);
    }
    *unrevoked = c.unrevoked;
    return EVPACK_OK;
}
