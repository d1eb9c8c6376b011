/*
 * Tricks with a package's signature, its certificates and revocation lists. The package itself is
 * the good one.
 */
#include "hostile.h"

#include "port/cms_form.h"

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

#define CRL(name) HOSTILE_TRUST " --crl ../keys/" name ".crl"
#define BY(string) .beside = by_openssl, .text = (string)
#define PLAIN " -cades -nosmimecap -md sha256"

const hostile_trick hostile_tricks_cms[] = {
    {"control-crl", .args = CRL("good")},
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
    {.name = NULL},
};
