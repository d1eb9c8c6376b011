/*
 * Hostile packages. Each is the control, a good package, with one trick; it is sealed anew after
 * the trick wherever a good signature would hide it, so that the trick must be found by its own
 * check.
 *
 * A trick works at one of four stages: on the members, on the ZIP records, on the bytes of P.zip
 * before they are signed, or on what lies beside them. What each is, and the reason that it must be
 * refused for, is in cases.tsv.
 */
#ifndef EVPACK_TESTS_HOSTILE_HOSTILE_H
#define EVPACK_TESTS_HOSTILE_HOSTILE_H

#include "fixture.h"
#include "zip.h"

typedef struct hostile hostile;
typedef struct {
    const char *name;
    const char *args; /* for verify, after the path; NULL: HOSTILE_TRUST. Paths are relative */
    void (*members)(hostile *h);
    void (*zip)(hostile *h);
    void (*bytes)(hostile *h);
    void (*beside)(hostile *h);
    const char *text; /* what a trick that many share is about */
    size_t len;       /* of text, where NUL may be in it; else 0 */
} hostile_trick;

/* Ends with a name that is NULL. */
extern const hostile_trick hostile_tricks_zip[];
extern const hostile_trick hostile_tricks_entries[];
extern const hostile_trick hostile_tricks_bag[];
extern const hostile_trick hostile_tricks_cms[];
extern const hostile_trick hostile_tricks_beside[];
/* All of them. */
enum { HOSTILE_LISTS = 5 };
extern const hostile_trick *const hostile_lists[HOSTILE_LISTS];

#define HOSTILE_TRUST "--trust ../keys/root.pem"

struct hostile {
    const hostile_trick *trick;
    const pki_signer *signer; /* keys/signer */
    const char *folder;       /* of this case */
    raw_package raw;
    hz_file zip;
    buf bytes;     /* P.zip */
    buf signature; /* P.zip.p7s */
};

/* Makes folder/keys and folder/NAME for every trick. Within a Check test. */
void hostile_make(const char *folder);
/* A file of the case, in a static buffer of which there are four. */
const char *hostile_path(const hostile *h, const char *name);
void hostile_file(const hostile *h, const char *name, const buf *data);
/* Runs a shell command in the case's folder; the test fails when it does. */
void hostile_run(const hostile *h, const char *fmt, ...) EVPACK_PRINTF(2, 3);

/* Makes the tag manifest and the signature inside fit the tag files as they are. */
void hostile_fit(hostile *h);
/* The same for the signature alone. */
void hostile_fit_signature(hostile *h);
/* Signs by openssl cms as keys/NAME; options beside -binary, and the content. */
void hostile_openssl_sign(const hostile *h, const char *name, const char *options,
                          const buf *content, buf *der);

#endif
