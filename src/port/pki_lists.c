/*
 * Asking a revocation list. Invariant: a list says something only when the certificate's issuer
 * signed it; an entry counts in any such list, but silence only in one that must have known.
 * Refuses to know where lists come from.
 */
#include "port/pki_lists.h"

#include <openssl/x509v3.h>
#include <time.h>

/* -1 when it says none. */
static long reason_of(const X509_REVOKED *entry)
{
    ASN1_ENUMERATED *reason = X509_REVOKED_get_ext_d2i(entry, NID_crl_reason, NULL, NULL);
    long why = reason == NULL ? -1 : ASN1_ENUMERATED_get(reason);
    ASN1_ENUMERATED_free(reason);
    return why;
}

/* Whether an entry was made, or is about a key that was lost, at or before the proven time; an
 * authority for time is also refused for a later one unless its reason says that the key is good.
 */
static bool counts(X509_REVOKED *entry, const pki_question *q)
{
    time_t at = (time_t)q->at;
    if (!q->proven && !q->authority) {
        return true;
    }
    if (X509_cmp_time(X509_REVOKED_get0_revocationDate(entry), &at) <= 0) {
        return true;
    }
    ASN1_GENERALIZEDTIME *since = X509_REVOKED_get_ext_d2i(entry, NID_invalidity_date, NULL, NULL);
    bool before = since != NULL && X509_cmp_time(since, &at) <= 0;
    ASN1_GENERALIZEDTIME_free(since);
    if (before || !q->authority) {
        return before;
    }
    long why = reason_of(entry);
    return why != CRL_REASON_UNSPECIFIED && why != CRL_REASON_AFFILIATION_CHANGED &&
           why != CRL_REASON_SUPERSEDED && why != CRL_REASON_CESSATION_OF_OPERATION;
}

static bool is_strong(const X509_CRL *list)
{
    int md = NID_undef;
    return OBJ_find_sigid_algs(X509_CRL_get_signature_nid(list), &md, NULL) == 1 &&
           (md == NID_sha256 || md == NID_sha384 || md == NID_sha512);
}

/* Whether it is about all certificates of its issuer. A list for some of them (a distribution
 * point, some reasons, the changes since another list) says nothing by its silence. */
static bool is_whole(const X509_CRL *list)
{
    for (int i = 0; i < X509_CRL_get_ext_count(list); i++) {
        X509_EXTENSION *one = X509_CRL_get_ext(list, i);
        int what = OBJ_obj2nid(X509_EXTENSION_get_object(one));
        if (what == NID_delta_crl || what == NID_issuing_distribution_point ||
            X509_EXTENSION_get_critical(one) == 1) {
            return false;
        }
    }
    return true;
}

/* RFC 5280, section 6.3.3 (f). */
static bool may_sign_lists(X509 *issuer)
{
    return (X509_get_key_usage(issuer) & KU_CRL_SIGN) != 0; /* all bits when it says no use */
}

/* 0 when it cannot be read. */
static int64_t seconds(const ASN1_TIME *time)
{
    struct tm parts = {0};
    return time != NULL && ASN1_TIME_to_tm(time, &parts) == 1 ? (int64_t)timegm(&parts) : 0;
}

/* Whether the question's time is a trusted timestamp's, so that later lists may tell of it. */
static bool is_dated(const pki_question *q)
{
    return q->proven || q->authority;
}

static bool is_believed(const pki_question *q, const X509_CRL *list, const X509 *cert, int64_t from)
{
    int64_t to = seconds(X509_CRL_get0_nextUpdate(list));
    if (from <= q->at) {
        return q->at <= to;
    }
    return is_dated(q) && from <= seconds(X509_get0_notAfter(cert));
}

void pki_list_ask(const pki_question *q, X509_CRL *list, X509 *cert, X509 *issuer, pki_said *said)
{
    if (X509_NAME_cmp(X509_CRL_get_issuer(list), X509_get_issuer_name(cert)) != 0 ||
        X509_CRL_verify(list, X509_get0_pubkey(issuer)) != 1) {
        return;
    }
    said->spoken = true;
    X509_REVOKED *entry = NULL;
    if (X509_CRL_get0_by_cert(list, &entry, cert) == 1) {
        said->found = true;
        bool revoked = counts(entry, q);
        said->revoked = said->revoked || revoked;
        said->lasting =
            said->lasting || (revoked && reason_of(entry) != CRL_REASON_CERTIFICATE_HOLD);
    }
    int64_t from = seconds(X509_CRL_get0_lastUpdate(list));
    if (from > 0 && is_strong(list) && is_whole(list) && may_sign_lists(issuer) &&
        (from <= q->at || is_dated(q))) {
        said->known = from > said->known ? from : said->known;
        said->current = said->current || is_believed(q, list, cert, from);
    }
}
