/*
 * Tricks with what lies beside a package: its signature, certificates, revocation lists, reviewers
 * and timestamps. The package itself is the good one.
 */
#include "hostile.h"

#include "authority.h"
#include "base/text.h"
#include "port/cms_form.h"
#include "port/tsp.h"

#include <stdio.h>
#include <string.h>

static void rewrite(hostile *h)
{
    hostile_file(h, "P.zip.p7s", &h->signature);
}

/* -- by openssl, as another signer or in another way: text is "NAME OPTIONS" -- */

static void by_openssl(hostile *h)
{
    char name[32];
    size_t len = strcspn(h->trick->text, " ");
    (void)snprintf(name, sizeof name, "%.*s", (int)len, h->trick->text);
    hostile_openssl_sign(h, name, h->trick->text + len, &h->bytes, &h->signature);
    rewrite(h);
}

static void signature_removed(hostile *h)
{
    ck_assert_int_eq(unlink(hostile_path(h, "P.zip.p7s")), 0);
}

/* The same signer's, of another package. */
static void replayed(hostile *h)
{
    EVPACK_AUTO_VALUE(buf_reset) buf other = {0};
    buf_append(&other, h->bytes.data, h->bytes.len);
    other.data[other.len - 1] ^= 1;
    buf_clear(&h->signature);
    fixture_sign(h->signer, other.data, other.len, &h->signature);
    rewrite(h);
}

static void changed_after(hostile *h)
{
    h->bytes.data[100] ^= 1;
    hostile_file(h, "P.zip", &h->bytes);
}

static void trailing(hostile *h)
{
    buf_puts(&h->signature, "appended");
    rewrite(h);
}

static void too_large(hostile *h)
{
    while (h->signature.len <= CMS_MAX) {
        buf_putc(&h->signature, 0);
    }
    rewrite(h);
}

static void as_pem(hostile *h)
{
    hostile_run(h, "openssl cms -cmsout -inform DER -in P.zip.p7s -outform PEM -out x && "
                   "mv x P.zip.p7s");
}

/* 30 82 LL LL ...: the outer SEQUENCE in another length. */
static void indefinite_length(hostile *h)
{
    EVPACK_AUTO_VALUE(buf_reset) buf ber = {0};
    ck_assert_int_eq((unsigned char)h->signature.data[1], 0x82);
    buf_append(&ber, "\x30\x80", 2);
    buf_append(&ber, h->signature.data + 4, h->signature.len - 4);
    buf_append(&ber, "\0\0", 2);
    hostile_file(h, "P.zip.p7s", &ber);
}

static void long_length(hostile *h)
{
    EVPACK_AUTO_VALUE(buf_reset) buf ber = {0};
    buf_append(&ber, "\x30\x83\0", 3);
    buf_append(&ber, h->signature.data + 2, h->signature.len - 2);
    hostile_file(h, "P.zip.p7s", &ber);
}

/* -- built from parts -- */

typedef struct {
    buf der;       /* which form points into */
    buf value;     /* a signature value of its own */
    buf attribute; /* a signed attribute of its own */
    cms_form form;
    bool no_attributes, no_signer;
    unsigned char version;
    const char *type;   /* contents of the OID of eContentType; NULL: data */
    buf lists;          /* contents of [1] in SignedData */
    buf unsigned_parts; /* contents of [1] in SignerInfo */
    buf second;         /* a whole SignerInfo */
} forged;

static void forged_reset(forged *f)
{
    buf_reset(&f->der);
    buf_reset(&f->value);
    buf_reset(&f->attribute);
    buf_reset(&f->lists);
    buf_reset(&f->unsigned_parts);
    buf_reset(&f->second);
}

static void take_apart(hostile *h, forged *f)
{
    evpack_err err = {0};
    cms_signer who;
    *f = (forged){.version = 1};
    buf_append(&f->der, h->signature.data, h->signature.len);
    OK(cms_form_read(der_of(&f->der), &f->form, &who, &err));
}

#define OID_DATA "\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01"
#define OID_SIGNED "\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"
enum { OID_LEN = 9 };

static void put_signer(forged *f, buf *out)
{
    EVPACK_AUTO_VALUE(buf_reset) buf body = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf part = {0};
    der_put(&body, DER_INTEGER, "\x01", 1);
    buf_append(&part, f->form.issuer.data, f->form.issuer.len);
    buf_append(&part, f->form.serial.data, f->form.serial.len);
    der_wrap(&body, DER_SEQUENCE, &part);
    cms_digest_put(&body, f->form.digest);
    if (!f->no_attributes) {
        der_put_sorted(&part, f->form.attributes, f->form.attribute_count);
        der_wrap(&body, DER_CONTEXT_0, &part);
    }
    der_put(&part, DER_OID, "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01", 9);
    der_put(&part, DER_NULL, NULL, 0);
    der_wrap(&body, DER_SEQUENCE, &part);
    der_put(&body, DER_OCTETS, f->form.signature.data, f->form.signature.len);
    if (f->unsigned_parts.len > 0) {
        der_put(&body, DER_CONTEXT_1, f->unsigned_parts.data, f->unsigned_parts.len);
    }
    der_wrap(out, DER_SEQUENCE, &body);
}

/* Writes P.zip.p7s. */
static void put_together(hostile *h, forged *f)
{
    EVPACK_AUTO_VALUE(buf_reset) buf data = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf part = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf outer = {0};
    der_put(&data, DER_INTEGER, &f->version, 1);
    cms_digest_put(&part, f->form.digest);
    der_wrap(&data, DER_SET, &part);
    der_put(&part, DER_OID, f->type == NULL ? OID_DATA : f->type, OID_LEN);
    der_wrap(&data, DER_SEQUENCE, &part);
    der_put_sorted(&part, f->form.certs, f->form.cert_count);
    der_wrap(&data, DER_CONTEXT_0, &part);
    if (f->lists.len > 0) {
        der_put(&data, DER_CONTEXT_1, f->lists.data, f->lists.len);
    }
    if (!f->no_signer) {
        put_signer(f, &part);
    }
    buf_append(&part, buf_str(&f->second), f->second.len);
    der_wrap(&data, DER_SET, &part);
    der_wrap(&part, DER_SEQUENCE, &data);
    der_put(&outer, DER_OID, OID_SIGNED, OID_LEN);
    der_wrap(&outer, DER_CONTEXT_0, &part);
    buf_clear(&h->signature);
    der_wrap(&h->signature, DER_SEQUENCE, &outer);
    rewrite(h);
    forged_reset(f);
}

/* Signs the attributes as they are now. */
static void sign_again(hostile *h, forged *f, const char *key)
{
    EVPACK_AUTO_VALUE(buf_reset) buf bytes = {0};
    cms_form_signed_bytes(&f->form, &bytes);
    hostile_file(h, "attributes", &bytes);
    hostile_run(h, "openssl dgst -sha256 -sign ../keys/%s.key -out value attributes", key);
    buf_clear(&f->value);
    test_read(hostile_path(h, "value"), &f->value);
    (void)unlink(hostile_path(h, "value"));
    (void)unlink(hostile_path(h, "attributes"));
    f->form.signature = der_of(&f->value);
}

static size_t attribute_at(const forged *f, cms_attribute which)
{
    evpack_err err = {0};
    cms_signer who;
    der_span values[CMS_KNOWN_ATTRIBUTES];
    OK(cms_attributes_read(&f->form, values, &who, &err));
    for (size_t i = 0; i < f->form.attribute_count; i++) {
        der_span a = f->form.attributes[i];
        if (values[which].data > a.data && values[which].data < a.data + a.len) {
            return i;
        }
    }
    ck_abort_msg("no such attribute");
    return 0;
}

static void without(hostile *h, cms_attribute which)
{
    forged f;
    take_apart(h, &f);
    f.form.attributes[attribute_at(&f, which)] = f.form.attributes[f.form.attribute_count - 1];
    f.form.attribute_count--;
    sign_again(h, &f, "signer");
    put_together(h, &f);
}

static void no_content_type(hostile *h)
{
    without(h, CMS_CONTENT_TYPE);
}

static void no_digest(hostile *h)
{
    without(h, CMS_MESSAGE_DIGEST);
}

static void no_binding(hostile *h)
{
    without(h, CMS_SIGNING_CERTIFICATE_V2);
}

/* Puts value in the attribute's place, and signs. */
static void with(hostile *h, cms_attribute which, const buf *value)
{
    forged f;
    take_apart(h, &f);
    cms_attribute_put(&f.attribute, which, value);
    f.form.attributes[attribute_at(&f, which)] = der_of(&f.attribute);
    sign_again(h, &f, "signer");
    put_together(h, &f);
}

static void signed_type(hostile *h)
{
    EVPACK_AUTO_VALUE(buf_reset) buf value = {0};
    der_put(&value, DER_OID, OID_SIGNED, OID_LEN);
    with(h, CMS_CONTENT_TYPE, &value);
}

static void two_digests(hostile *h)
{
    EVPACK_AUTO_VALUE(buf_reset) buf value = {0};
    unsigned char other[DIGEST_SIZE] = {0};
    evpack_err err = {0};
    der_put(&value, DER_OCTETS, other, sizeof other);
    OK(digest_bytes(h->bytes.data, h->bytes.len, other, &err));
    der_put(&value, DER_OCTETS, other, sizeof other);
    with(h, CMS_MESSAGE_DIGEST, &value);
}

static void digest_twice(hostile *h)
{
    forged f;
    take_apart(h, &f);
    f.form.attributes[f.form.attribute_count++] =
        f.form.attributes[attribute_at(&f, CMS_MESSAGE_DIGEST)];
    sign_again(h, &f, "signer");
    put_together(h, &f);
}

static void bad_signing_time(hostile *h)
{
    EVPACK_AUTO_VALUE(buf_reset) buf value = {0};
    der_put(&value, DER_UTC_TIME, "261322080000Z", 13); /* a thirteenth month */
    with(h, CMS_SIGNING_TIME, &value);
}

/* signingCertificateV2 with the digest of another certificate. */
static void other_binding(hostile *h)
{
    EVPACK_AUTO_VALUE(buf_reset) buf id = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf value = {0};
    unsigned char other[DIGEST_SIZE] = {7};
    der_put(&id, DER_OCTETS, other, sizeof other);
    der_wrap(&value, DER_SEQUENCE, &id);
    der_wrap(&id, DER_SEQUENCE, &value);
    der_wrap(&value, DER_SEQUENCE, &id);
    with(h, CMS_SIGNING_CERTIFICATE_V2, &value);
}

/* Nothing but the issuer's and the serial's names of the signer are another's. */
static void other_serial(hostile *h)
{
    forged f;
    take_apart(h, &f);
    f.form.serial = (der_span){(const unsigned char *)"\x02\x02\x10\x01", 4};
    put_together(h, &f);
}

/* ESSCertIDv2 of a certificate, by its SHA-256. */
static void put_id(buf *out, der_span cert)
{
    evpack_err err = {0};
    unsigned char sha256[DIGEST_SIZE];
    EVPACK_AUTO_VALUE(buf_reset) buf id = {0};
    OK(digest_bytes(cert.data, cert.len, sha256, &err));
    der_put(&id, DER_OCTETS, sha256, sizeof sha256);
    der_wrap(out, DER_SEQUENCE, &id);
}

/* A signer whose certificate another signer issued, who is no authority: both are carried, and both
 * are named. */
static void below_no_authority(hostile *h)
{
    forged f;
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf above = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf ids = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf value = {0};
    hostile_openssl_sign(h, "below", "-cades -nosmimecap -md sha256", &h->bytes, &h->signature);
    take_apart(h, &f);
    hostile_run(h, "openssl x509 -in ../keys/other.pem -outform DER -out above");
    test_read(hostile_path(h, "above"), &above);
    (void)unlink(hostile_path(h, "above"));
    put_id(&ids, f.form.certs[0]);
    put_id(&ids, der_of(&above));
    der_wrap(&value, DER_SEQUENCE, &ids);
    der_wrap(&ids, DER_SEQUENCE, &value);
    f.form.certs[f.form.cert_count++] = der_of(&above);
    cms_attribute_put(&f.attribute, CMS_SIGNING_CERTIFICATE_V2, &ids);
    f.form.attributes[attribute_at(&f, CMS_SIGNING_CERTIFICATE_V2)] = der_of(&f.attribute);
    sign_again(h, &f, "below");
    buf_clear(&h->signature);
    OK(cms_form_build(&f.form, &h->signature, &err));
    rewrite(h);
    forged_reset(&f);
}

/* The issuer's name in other letters: the same name to many, and no signature covers it. */
static void issuer_case(hostile *h)
{
    forged f;
    take_apart(h, &f);
    EVPACK_AUTO_VALUE(buf_reset) buf issuer = {0};
    buf_append(&issuer, f.form.issuer.data, f.form.issuer.len);
    ck_assert_int_eq(memcmp(issuer.data + issuer.len - 4, "root", 4), 0);
    memcpy(issuer.data + issuer.len - 4, "ROOT", 4);
    f.form.issuer = der_of(&issuer);
    put_together(h, &f);
}

static void content_type_outside(hostile *h)
{
    forged f;
    take_apart(h, &f);
    f.type = OID_SIGNED;
    put_together(h, &f);
}

static void no_signer(hostile *h)
{
    forged f;
    take_apart(h, &f);
    f.no_signer = true;
    put_together(h, &f);
}

/* A good signer, and one whose signature is of nothing. */
static void bad_second_signer(hostile *h)
{
    forged f;
    forged bad;
    take_apart(h, &f);
    take_apart(h, &bad);
    buf_append(&bad.value, bad.form.signature.data, bad.form.signature.len);
    bad.value.data[0] ^= 1;
    bad.form.signature = der_of(&bad.value);
    put_signer(&bad, &f.second);
    forged_reset(&bad);
    put_together(h, &f);
}

static void version(hostile *h)
{
    forged f;
    take_apart(h, &f);
    f.version = 3;
    put_together(h, &f);
}

static void lists_inside(hostile *h)
{
    forged f;
    take_apart(h, &f);
    hostile_run(h, "openssl crl -in ../keys/revoked.crl -outform DER -out list");
    test_read(hostile_path(h, "list"), &f.lists);
    (void)unlink(hostile_path(h, "list"));
    put_together(h, &f);
}

/* An attribute that no signature covers: an unknown type with a text. */
static void unsigned_attributes(hostile *h)
{
    forged f;
    take_apart(h, &f);
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf body = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf set = {0};
    der_put(&text, DER_UTF8, "approved by the auditor", 23);
    der_put(&body, DER_OID, "\x2a\x03\x04", 3);
    der_wrap(&set, DER_SET, &text);
    buf_append(&body, set.data, set.len);
    der_wrap(&f.unsigned_parts, DER_SEQUENCE, &body);
    put_together(h, &f);
}

static void flipped_value(hostile *h)
{
    forged f;
    take_apart(h, &f);
    buf_append(&f.value, f.form.signature.data, f.form.signature.len);
    f.value.data[20] ^= 4;
    f.form.signature = der_of(&f.value);
    put_together(h, &f);
}

/*
 * draft-ietf-lamps-cms-euf-cma-signeddata: a signature over signed attributes is, without them, a
 * signature over other content: DER(signedAttrs) itself. Here P.zip is made those bytes, and its
 * signature is one that the signer made of a package.
 */
static void represented(hostile *h)
{
    forged f;
    take_apart(h, &f);
    buf_clear(&h->bytes);
    cms_form_signed_bytes(&f.form, &h->bytes);
    hostile_file(h, "P.zip", &h->bytes);
    f.no_attributes = true;
    put_together(h, &f);
}

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
    rewrite(h);
    stamped(h);
}

#define CRL(name) HOSTILE_TRUST " --crl ../keys/" name ".crl"
#define REQUIRED HOSTILE_TRUST " --require 'CN=reviewer,O=evpack tests'"
#define BY(string) .beside = by_openssl, .text = (string)
#define PLAIN " -cades -nosmimecap -md sha256"

const hostile_trick hostile_tricks_cms[] = {
    {"control-crl", .args = CRL("good")},
    {"control-review", .args = REQUIRED, .beside = reviewed},
    {"control-stamp", .args = TSA_TRUST, .beside = stamped},

    {"sig-removed", .beside = signature_removed},
    {"sig-replayed", .beside = replayed},
    {"sig-content-changed", .beside = changed_after},
    {"sig-value-flipped", .beside = flipped_value},
    {"sig-represented", .beside = represented},
    {"sig-no-attributes", BY("signer -noattr -md sha256")},
    {"sig-no-content-type", .beside = no_content_type},
    {"sig-no-digest", .beside = no_digest},
    {"sig-no-certificate-v2", .beside = no_binding},
    {"sig-digest-twice", .beside = digest_twice},
    {"sig-two-digests", .beside = two_digests},
    {"sig-bad-time", .beside = bad_signing_time},
    {"sig-other-certificate-v2", .beside = other_binding},
    {"sig-other-serial", .beside = other_serial},
    {"sig-extra-certificate", BY("signer -certfile ../keys/other.pem" PLAIN)},
    {"sig-signed-type", .beside = signed_type},
    {"sig-content-type", .beside = content_type_outside},
    {"sig-econtent-type", BY("signer -econtent_type 1.2.3.4" PLAIN)},
    {"sig-embedded", BY("signer -nodetach" PLAIN)},
    {"sig-sha1", BY("signer -cades -nosmimecap -md sha1")},
    {"sig-md5", BY("signer -cades -nosmimecap -md md5")},
    {"sig-sha224", BY("signer -cades -nosmimecap -md sha224")},
    {"sig-rsa-1024", BY("short" PLAIN)},
    {"sig-p521", BY("p521" PLAIN)},
    {"sig-pss", BY("signer -keyopt rsa_padding_mode:pss" PLAIN)},
    {"sig-two-signers", BY("signer -signer ../keys/other.pem -inkey ../keys/other.key" PLAIN)},
    {"sig-bad-second-signer", .beside = bad_second_signer},
    {"sig-no-signer", .beside = no_signer},
    {"sig-no-certificates", BY("signer -nocerts" PLAIN)},
    {"sig-key-id", BY("signer -keyid" PLAIN)},
    {"sig-trailing", .beside = trailing},
    {"sig-large", .beside = too_large},
    {"sig-pem", .beside = as_pem},
    {"sig-ber-indefinite", .beside = indefinite_length},
    {"sig-ber-long-length", .beside = long_length},
    {"sig-unsigned-attributes", .beside = unsigned_attributes},
    {"sig-lists-inside", .beside = lists_inside},
    {"sig-version", .beside = version},
    {"sig-issuer-case", .beside = issuer_case},

    {"cert-other-root", BY("twinned" PLAIN)},
    {"cert-self-signed", BY("self" PLAIN)},
    {"cert-other-signer", BY("other" PLAIN)},
    {"cert-expired", BY("expired" PLAIN)},
    {"cert-not-yet", BY("future" PLAIN)},
    {"cert-code-signing", BY("code" PLAIN)},
    {"cert-key-usage", BY("encipher" PLAIN)},
    {"cert-sha1", BY("oldcert" PLAIN)},
    {"cert-below-no-authority", .beside = below_no_authority},
    {"crl-revoked", .args = CRL("revoked")},
    {"crl-expired", .args = CRL("stale")},
    {"crl-other-issuer", .args = CRL("stranger")},
    {"crl-twin-issuer", .args = CRL("twin")},

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
