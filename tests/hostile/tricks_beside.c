/*
 * Tricks with reviewers' signatures and with timestamps, which lie beside a good package.
 */
#include "hostile.h"

#include "authority.h"
#include "base/text.h"
#include "port/cms_form.h"
#include "port/tsp.h"

#include <stdio.h>
#include <string.h>

/* -- reviewers -- */

static void review(hostile *h, const char *key, const char *file, const buf *content, bool say)
{
    evpack_err err = {0};
    char path[64];
    char cert[64];
    (void)snprintf(path, sizeof path, "../keys/%s.key", key);
    (void)snprintf(cert, sizeof cert, "../keys/%s.pem", key);
    pki_files files = {.key = hostile_path(h, path), .cert = hostile_path(h, cert)};
    EVPACK_AUTO(pki_signer) signer = NULL;
    OK(pki_signer_load(&files, text_now(), &signer, &err));
    EVPACK_AUTO(cms_signing) signing = NULL;
    EVPACK_AUTO_VALUE(buf_reset) buf der = {0};
    OK(cms_sign_new(signer, &signing, &err));
    cms_sign_update(signing, content->data, content->len);
    if (say) {
        OK(cms_sign_say(signing, "Reviewer", "I read every finding.", &err));
    }
    OK(cms_sign_final(signing, FIXTURE_AT, &der, &err));
    hostile_file(h, file, &der);
}

static void reviewed(hostile *h)
{
    review(h, "reviewer", "P.zip.bob.p7s", &h->bytes, true);
}

static void review_silent(hostile *h)
{
    review(h, "reviewer", "P.zip.bob.p7s", &h->bytes, false);
}

static void review_twin(hostile *h)
{
    review(h, "twinned", "P.zip.bob.p7s", &h->bytes, true);
}

static void review_replayed(hostile *h)
{
    EVPACK_AUTO_VALUE(buf_reset) buf other = {0};
    buf_puts(&other, "another package");
    review(h, "reviewer", "P.zip.bob.p7s", &other, true);
}

static void review_as_outer(hostile *h)
{
    review(h, "signer", "P.zip.p7s", &h->bytes, true);
}

static void review_junk(hostile *h)
{
    EVPACK_AUTO_VALUE(buf_reset) buf junk = {0};
    buf_puts(&junk, "junk");
    hostile_file(h, "P.zip.bob.p7s", &junk);
}

static void review_many(hostile *h)
{
    review(h, "reviewer", "P.zip.r00.p7s", &h->bytes, true);
    hostile_run(h, "for i in 01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16; do "
                   "cp P.zip.r00.p7s P.zip.r$i.p7s; done");
}

/* -- timestamps -- */

#define TSA_TRUST HOSTILE_TRUST " --tsa-trust ../keys/tsa-root.pem"

static void ask(const buf *what, buf *request)
{
    evpack_err err = {0};
    unsigned char sha256[DIGEST_SIZE];
    OK(digest_bytes(what->data, what->len, sha256, &err));
    OK(tsp_ask(sha256, request, &err));
}

/* Puts an answer into the one form, as `evpack timestamp attach` does. */
static void one_form(const buf *answer, cms_form *form, buf *out)
{
    evpack_err err = {0};
    der_span token = {0};
    cms_signer who;
    OK(tsp_response_read(der_of(answer), &token, &err));
    OK(cms_form_read_token(token, form, &who, &err));
    OK(tsp_response_build(form, out, &err));
}

/* A request over P.zip.p7s, the authority's answer to it, and the answer's TSTInfo. */
typedef struct {
    buf request, answer, normal;
    cms_form form; /* points into answer */
} stamp;

static void stamp_reset(stamp *s)
{
    buf_reset(&s->request);
    buf_reset(&s->answer);
    buf_reset(&s->normal);
}

static void stamp_get(hostile *h, const buf *what, stamp *s)
{
    *s = (stamp){0};
    ask(what, &s->request);
    authority_reply("rsa", "", &s->request, &s->answer);
    one_form(&s->answer, &s->form, &s->normal);
    hostile_file(h, "P.zip.p7s.tsq", &s->request);
    hostile_file(h, "P.zip.p7s.tsr", &s->normal);
    hostile_run(h, "cp '%s' ../keys/tsa-root.pem; cp '%s' ../keys/tsa-other.pem",
                authority_file("root.pem"), authority_file("other.pem"));
}

static void stamped(hostile *h)
{
    stamp s;
    stamp_get(h, &h->signature, &s);
    stamp_reset(&s);
}

static void stamp_put(hostile *h, stamp *s, const buf *answer)
{
    hostile_file(h, "P.zip.p7s.tsr", answer);
    stamp_reset(s);
}

static void stamp_junk(hostile *h)
{
    stamped(h);
    EVPACK_AUTO_VALUE(buf_reset) buf junk = {0};
    buf_puts(&junk, "junk");
    hostile_file(h, "P.zip.p7s.tsr", &junk);
}

static void stamp_request_junk(hostile *h)
{
    stamped(h);
    EVPACK_AUTO_VALUE(buf_reset) buf junk = {0};
    buf_puts(&junk, "junk");
    hostile_file(h, "P.zip.p7s.tsq", &junk);
}

static void stamp_rejected(hostile *h)
{
    stamped(h);
    EVPACK_AUTO_VALUE(buf_reset) buf no = {0};
    buf_append(&no, "\x30\x05\x30\x03\x02\x01\x02", 7);
    hostile_file(h, "P.zip.p7s.tsr", &no);
}

static void stamp_trailing(hostile *h)
{
    stamp s;
    stamp_get(h, &h->signature, &s);
    buf_putc(&s.normal, 0);
    stamp_put(h, &s, &s.normal);
}

static void stamp_as_received(hostile *h)
{
    stamp s;
    stamp_get(h, &h->signature, &s);
    stamp_put(h, &s, &s.answer);
}

/* An answer to another request for the same bytes. */
static void stamp_nonce(hostile *h)
{
    stamp s;
    stamp_get(h, &h->signature, &s);
    buf_clear(&s.request);
    ask(&h->signature, &s.request);
    hostile_file(h, "P.zip.p7s.tsq", &s.request);
    stamp_reset(&s);
}

static void stamp_other_package(hostile *h)
{
    EVPACK_AUTO_VALUE(buf_reset) buf other = {0};
    buf_puts(&other, "the signature of another package");
    stamp s;
    stamp_get(h, &other, &s);
    (void)unlink(hostile_path(h, "P.zip.p7s.tsq"));
    stamp_reset(&s);
}

/* The TSTInfo without the authority's own name, which would give another away. */
static void nameless(const stamp *s, buf *out)
{
    der_span in = s->form.tst_info;
    der_span part;
    unsigned char tag = 0;
    EVPACK_AUTO_VALUE(buf_reset) buf body = {0};
    ck_assert(der_take(&in, DER_SEQUENCE, &in));
    while (der_next(&in, &tag, NULL, &part)) {
        if (tag != DER_CONTEXT_0) {
            buf_append(&body, part.data, part.len);
        }
    }
    der_wrap(out, DER_SEQUENCE, &body);
}

/* The same TSTInfo, signed by an authority that may not. */
static void stamp_by(hostile *h)
{
    stamp s;
    stamp_get(h, &h->signature, &s);
    EVPACK_AUTO_VALUE(buf_reset) buf info = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf answer = {0};
    nameless(&s, &info);
    authority_forge(h->trick->text, &info, &answer);
    stamp_put(h, &s, &answer);
}

/* An authority that signs in another's name. */
static void stamp_other_name(hostile *h)
{
    stamp s;
    stamp_get(h, &h->signature, &s);
    EVPACK_AUTO_VALUE(buf_reset) buf info = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf answer = {0};
    buf_append(&info, s.form.tst_info.data, s.form.tst_info.len);
    authority_forge("ec", &info, &answer);
    stamp_put(h, &s, &answer);
}

/* Policies 1.2.3.4.1, which the authority keeps, and 1.2.3.4.2. */
static void stamp_policy(hostile *h)
{
    static const char kept[] = "\x06\x04\x2a\x03\x04\x01";
    stamped(h);
    hostile_run(
        h,
        "openssl ts -query -data P.zip.p7s -sha256 -cert -tspolicy 1.2.3.4.1 -out P.zip.p7s.tsq");
    EVPACK_AUTO_VALUE(buf_reset) buf request = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf answer = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf normal = {0};
    cms_form form;
    test_read(hostile_path(h, "P.zip.p7s.tsq"), &request);
    authority_reply("rsa", "", &request, &answer);
    one_form(&answer, &form, &normal);
    hostile_file(h, "P.zip.p7s.tsr", &normal);
    char *at = memmem(request.data, request.len, kept, sizeof kept - 1);
    ck_assert_ptr_nonnull(at);
    at[sizeof kept - 2] = 2;
    hostile_file(h, "P.zip.p7s.tsq", &request);
}

/* The authority's key was lost before the time that it signed. */
static void stamp_revoked(hostile *h)
{
    stamped(h);
    int64_t now = text_now();
    const char *list =
        authority_crl("sub", now - 1000, now + 100000, "rsa", now - 1000, ",keyCompromise");
    hostile_run(h, "cat '%s' ../keys/good.crl > lists.pem", list);
}

static void stamp_future(hostile *h)
{
    stamp s;
    stamp_get(h, &h->signature, &s);
    EVPACK_AUTO_VALUE(buf_reset) buf info = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf answer = {0};
    buf_append(&info, s.form.tst_info.data, s.form.tst_info.len);
    char *year = NULL;
    for (size_t i = 0; i + 6 < info.len && year == NULL; i++) {
        if (info.data[i] == DER_GENERAL_TIME && info.data[i + 2] == '2' &&
            info.data[i + 3] == '0') {
            year = info.data + i + 2;
        }
    }
    ck_assert_ptr_nonnull(year);
    memcpy(year, "2049", 4);
    authority_forge("rsa", &info, &answer);
    stamp_put(h, &s, &answer);
}

static void stamp_mismatch(hostile *h)
{
    stamp s;
    stamp_get(h, &h->signature, &s);
    EVPACK_AUTO_VALUE(buf_reset) buf value = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf bent = {0};
    evpack_err err = {0};
    buf_append(&value, s.form.signature.data, s.form.signature.len);
    value.data[9] ^= 1;
    s.form.signature = der_of(&value);
    OK(tsp_response_build(&s.form, &bent, &err));
    stamp_put(h, &s, &bent);
}

/* A certificate that had expired, with a fresh timestamp on what it signed. */
static void stamp_on_expired(hostile *h)
{
    hostile_openssl_sign(h, "expired", "-cades -nosmimecap -md sha256", &h->bytes, &h->signature);
    hostile_file(h, "P.zip.p7s", &h->signature);
    stamped(h);
}

#define REQUIRED HOSTILE_TRUST " --require 'CN=reviewer,O=evpack tests'"

const hostile_trick hostile_tricks_beside[] = {
    {"control-review", .args = REQUIRED, .beside = reviewed},
    {"control-stamp", .args = TSA_TRUST, .beside = stamped},
    {"review-stripped", .args = REQUIRED},
    {"review-junk", .beside = review_junk},
    {"review-silent", .beside = review_silent},
    {"review-other-root", .beside = review_twin},
    {"review-replayed", .beside = review_replayed},
    {"review-as-package", .beside = review_as_outer},
    {"review-many", .beside = review_many},
    {"stamp-junk", .args = TSA_TRUST, .beside = stamp_junk},
    {"stamp-request-junk", .args = TSA_TRUST, .beside = stamp_request_junk},
    {"stamp-rejected", .args = TSA_TRUST, .beside = stamp_rejected},
    {"stamp-trailing", .args = TSA_TRUST, .beside = stamp_trailing},
    {"stamp-as-received", .args = TSA_TRUST, .beside = stamp_as_received},
    {"stamp-nonce", .args = TSA_TRUST, .beside = stamp_nonce},
    {"stamp-other-package", .args = TSA_TRUST, .beside = stamp_other_package},
    {"stamp-unchecked-other", .beside = stamp_other_package},
    {"stamp-value-flipped", .args = TSA_TRUST, .beside = stamp_mismatch},
    {"stamp-other-name", .args = TSA_TRUST, .beside = stamp_other_name},
    {"stamp-policy", .args = TSA_TRUST, .beside = stamp_policy},
    {"stamp-revoked", .args = TSA_TRUST " --crl lists.pem", .beside = stamp_revoked},
    {"stamp-future", .args = TSA_TRUST, .beside = stamp_future},
    {"stamp-other-root", .args = HOSTILE_TRUST " --tsa-trust ../keys/tsa-other.pem",
     .beside = stamped},
    {"stamp-no-purpose", .args = TSA_TRUST, .beside = stamp_by, .text = "plain"},
    {"stamp-soft-purpose", .args = TSA_TRUST, .beside = stamp_by, .text = "soft"},
    {"stamp-two-purposes", .args = TSA_TRUST, .beside = stamp_by, .text = "more"},
    {"stamp-weak-key", .args = TSA_TRUST, .beside = stamp_by, .text = "short"},
    {"stamp-expired-authority", .args = TSA_TRUST, .beside = stamp_by, .text = "old"},
    {"stamp-on-expired", .args = TSA_TRUST, .beside = stamp_on_expired},
    {.name = NULL},
};
