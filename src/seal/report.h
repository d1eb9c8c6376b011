/*
 * What a verification found. A plain value without memory of its own.
 *
 * Each reason has a word that machines may rely on, and one sentence for people. The words of the
 * signature checks are in port/cms.h (cms_fault), those of the timestamp in port/tsp.h (tsp_fault);
 * those of the package are in reason.h.
 */
#ifndef EVPACK_SEAL_REPORT_H
#define EVPACK_SEAL_REPORT_H

#include "base/member.h"
#include "port/tsp.h"
#include "seal/reason.h"

const char *seal_reason_text(seal_reason reason);

/* The checks that a package can stand, in the order in which they are told. */
#define SEAL_CHECKS(X)                         \
    X(SEAL_CHECK_OUTER, "outer-signature")     \
    X(SEAL_CHECK_CERTIFICATE, "certificate")   \
    X(SEAL_CHECK_TIMESTAMP, "timestamp")       \
    X(SEAL_CHECK_REVOCATION, "revocation")     \
    X(SEAL_CHECK_FORM, "zip-form")             \
    X(SEAL_CHECK_INNER, "inner-signature")     \
    X(SEAL_CHECK_FILES, "files")               \
    X(SEAL_CHECK_CUSTODY, "custody-log")       \
    X(SEAL_CHECK_REVIEWERS, "reviewers")       \
    X(SEAL_CHECK_REQUIRED, "required-signers") \
    X(SEAL_CHECK_PREVIOUS, "previous")
typedef enum {
#define SEAL_CHECK_NAME(name, text) name,
    SEAL_CHECKS(SEAL_CHECK_NAME)
#undef SEAL_CHECK_NAME
        SEAL_CHECK_COUNT
} seal_check;
const char *seal_check_text(seal_check check);

typedef enum { SEAL_VERIFIED, SEAL_NOT_VERIFIED, SEAL_UNDECIDED } seal_verdict;
/* "verified", "not-verified", "undecided". */
const char *seal_verdict_text(seal_verdict verdict);

enum { SEAL_REASONS_MAX = 24, SEAL_NOT_COVERED_MAX = 16 };
enum { SEAL_REVIEWERS_MAX = 16, SEAL_REVIEWER_NAME = 40 };

/* none: there is no timestamp, or a folder was judged; not checked: it is in order, but nobody said
 * which authorities to trust (--tsa-trust). */
typedef enum {
    SEAL_STAMP_NONE,
    SEAL_STAMP_NOT_CHECKED,
    SEAL_STAMP_TRUSTED,
    SEAL_STAMP_REFUSED
} seal_stamp_state;
/* "none", "not-checked", "trusted", "refused". */
const char *seal_stamp_text(seal_stamp_state state);

/* Which revocation lists the package's signer was held against: none; those that were given
 * (--crl); those in the package, which are believed at that time; those in it, which are too old by
 * then, or which do not speak of the signer. Given ones make those in the package a second opinion:
 * one that says "revoked" still refuses. */
typedef enum {
    SEAL_LISTS_NONE,
    SEAL_LISTS_GIVEN,
    SEAL_LISTS_SHIPPED,
    SEAL_LISTS_OUTDATED,
    SEAL_LISTS_SILENT
} seal_lists_state;
/* "none", "given", "shipped", "shipped-outdated", "shipped-silent". */
const char *seal_lists_text(seal_lists_state state);

/* A signature of seal/reviewers.h. Its role and statement are "" unless the signer is trusted. */
typedef struct {
    char file[256]; /* its name, printable */
    cms_signer signer;
} seal_reviewer;

typedef struct {
    seal_verdict verdict; /* set by seal_verify when it ends */
    struct {
        const char *code;
        char text[768];
    } reasons[SEAL_REASONS_MAX];
    size_t reason_count;
    uint64_t reasons_more;        /* that there was no room for */
    cms_signer signer;            /* of the outer signature; of the inner one for a folder */
    tsp_stamp stamp;              /* when its state is not none */
    seal_stamp_state stamp_state; /* of what lies beside the package */
    seal_lists_state lists;
    size_t shipped;    /* how many lists revocation.pem holds */
    pki_listed listed; /* what they say, when there are some */
    unsigned held;     /* checks that were made and held, by report_held; ask report_has_held */
    bool said_no;      /* a reason is a clear no */
    bool has_signer;   /* the certificate is known */
    bool folder;
    bool previous_met; /* the package before was given, and has the SHA-256 of `previous` */
    seal_reviewer reviewers[SEAL_REVIEWERS_MAX]; /* none for a folder; by file name */
    size_t reviewer_count;
    char not_covered[SEAL_NOT_COVERED_MAX][512];
    size_t not_covered_count;
    char package_id[MEMBER_ID_MAX + 1]; /* "" while unknown, like the next */
    char sha256[DIGEST_HEX];            /* of P.zip; "" for a folder */
    char tag_manifest[DIGEST_HEX]; /* SHA-256 of the tag manifest that was signed, "" likewise */
    uint64_t files;                /* all that the package holds */
    /* What bag-info.txt says: values replaced, files left out, secrets left in on purpose. */
    uint64_t redactions, withheld, secrets_allowed;
    /* And of its place in a sequence (previous.h): 0 and "" when it says nothing. */
    uint64_t sequence;
    char previous[DIGEST_HEX];
} seal_report;

/* Adds a reason; returns EVPACK_E_NO. Those beyond the room are counted. */
evpack_status report_no(seal_report *r, seal_reason reason, const char *fmt, ...)
    EVPACK_PRINTF(3, 4);
/* The same for the fault of a signature, whose sentence follows text. */
evpack_status report_signature(seal_report *r, cms_fault fault, const char *what,
                               const evpack_err *err);
/* The same for the fault of a timestamp. */
evpack_status report_timestamp(seal_report *r, tsp_fault fault, const char *what,
                               const evpack_err *err);
/* Turns an error that is about the input (EVPACK_E_INPUT, EVPACK_E_LIMIT) into a reason; others
 * stay what they are. what (may be "") comes before the error's text. */
evpack_status report_input(seal_report *r, evpack_status status, seal_reason reason,
                           const char *what, const evpack_err *err);
/* Notes that a check was made and held. */
void report_held(seal_report *r, seal_check check);
/* Whether it did, as far as the verification came; those that the report shows by other members
 * (certificate, timestamp, lists, reviewers) and by its verdict need no note. */
bool report_has_held(const seal_report *r, seal_check check);
void report_not_covered(seal_report *r, const char *fmt, ...) EVPACK_PRINTF(2, 3);
/* Decides, from the reasons and from the status that the checks ended with; an error becomes a
 * reason too. */
void report_decide(seal_report *r, evpack_status status, const evpack_err *err);

#endif
