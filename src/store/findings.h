/*
 * Reading findings: the one door through which every report gets them.
 *
 * A cursor walks the tests of the newest run, and within a test its findings, in one fixed order:
 * control (the benchmark's order), service slug, feature (the published order), source; then the
 * subject's canonical id, then the record; or all findings subject by subject. All snapshots of the
 * case are walked together. Memory stays bounded however many findings there are: nothing is kept
 * beyond one test and one finding.
 *
 * What is observed is read here from the evidence's own text, so that a value has the digits that
 * the export has. A pointer is absolute in the raw document. Where the record was brought to ARM
 * shape first (normalised), the raw object is flat: the pointer is then given without /properties.
 *
 * The finding's id is the UUIDv5 of the canonical JSON array [benchmark, control, service, feature,
 * rule or null, source, snapshot, subject]: it survives a new run, a new status and a new machine.
 * For what Azure tested the definition's or assessment's id stands in the rule's place, and a ninth
 * element, the assignment and reference, where a policy state has them.
 */
#ifndef EVPACK_STORE_FINDINGS_H
#define EVPACK_STORE_FINDINGS_H

#include "base/jptr.h"
#include "port/digest.h"
#include "store/store.h"

/* The codes of the table status, which fixes them. */
typedef enum {
    FINDING_PASS = 1,
    FINDING_FAIL,
    FINDING_INHERITED,
    FINDING_NOTAPPLICABLE,
    FINDING_MANUAL,
    FINDING_UNKNOWN,
    FINDING_EXEMPT,
    FINDING_ERROR,
    FINDING_STATUSES /* one more than the last code */
} finding_status;

/* "pass" and so on; "" for a code that is none. */
const char *finding_status_word(int status);

enum { FINDINGS_ALL = (1 << FINDING_STATUSES) - 2 };
#define FINDINGS_ONLY(status) (1U << (unsigned)(status))

/* What all findings of a test share. Borrowed until the cursor goes to the next test. What Azure
 * tested stands where a rule's id, version and title stand; then benchmark, control, service, date,
 * feature and responsibility may each be NULL (0): nobody claims it, or nobody says. */
typedef struct {
    int64_t id, control, service_id, feature_id;
    const char *benchmark;
    const char *control_id, *control_title;
    const char *published_control_id; /* NULL where it is the control's own */
    const char *service, *service_title;
    const char *source_date; /* of the published baseline */
    const char *feature;
    const char *guidance; /* NULL: none */
    const char *responsibility;
    const char *rule_id, *rule_version, *rule_title, *severity; /* NULL: none */
    const char *source;
    const char *reason; /* for findings without one of their own; NULL: none */
    const char *evaluated_at;
    const char *claim; /* who ties what Azure tested to its control; NULL: it is our own test */
    int64_t policy;    /* what Azure tested; 0: our own test */
} finding_test;

/* What a test is called: its feature, or what Azure tested. Never NULL. */
const char *finding_tested(const finding_test *t);

/* A place in the raw evidence. */
typedef struct {
    int64_t record_id;    /* 0: the file as a whole, which holds no records */
    const char *sha256;   /* hex, of the file */
    const char *path;     /* in the package: data/evidence/SNAPSHOT/MEMBER */
    const char *original; /* the path it was collected from */
    const char *pointer;  /* of the object in the document */
    uint64_t start, length;
} finding_place;

typedef struct {
    const char *pointer; /* in the document */
    jptr_value value;    /* JSON text; {NULL, 0}: absent */
    bool normalised;
    size_t place; /* index into the finding's places: which object it was read in */
} finding_value;

/* Borrowed until the next call on the cursor. NULL: there is none. */
typedef struct {
    const finding_test *test;
    char id[UUID_TEXT];
    int status;
    const char *raw_status; /* what the test said before an exception or attestation decided */
    const char
        *decision; /* what decided: exception, policy-exemption, attestation; NULL: nothing */
    const char *decided_by; /* its subject: exception:ID, attestation:ID, an exemption's ARM id */
    const char *reason;
    const char *need; /* the kind of evidence that is missing */
    const char *kind;
    const char *subject;     /* as given */
    const char *subject_key; /* canonical */
    const char *subject_type, *subject_name;
    const char *subscription;
    const char *part;      /* NULL, or what tells apart findings of one policy and subject */
    const char *stated_at; /* when Azure evaluated, as it wrote it; NULL: it does not say */
    bool lifted;           /* the record's members stand below /properties in the raw document */
    const char *snapshot, *collected_at;
    const finding_place *places; /* the subject's own first */
    size_t place_count;
    const finding_value *values;
    size_t value_count;
} finding;

typedef struct findings findings;

/* statuses is a set of FINDINGS_ONLY bits. limit > 0: at most so many of each test:
 * the first in the order in which their records were collected. */
evpack_status findings_open(const store *s, unsigned statuses, int64_t limit, findings **out,
                            evpack_err *err) EVPACK_MUST_USE;
void findings_close(findings *f);
EVPACK_DEFINE_CLEANUP(findings, findings_close)

/*
 * All findings, subject by subject: service slug, then the subjects in the order of their records
 * (that of the import), then feature and source. Two million findings are read in one pass over the
 * records; findings_next_of_all reads them, *out is NULL after the last. Only it may be called.
 */
evpack_status findings_open_all(const store *s, findings **out, evpack_err *err) EVPACK_MUST_USE;
/* The same walk over findings of these statuses (a set of FINDINGS_ONLY bits). */
evpack_status findings_open_subjects(const store *s, unsigned statuses, findings **out,
                                     evpack_err *err) EVPACK_MUST_USE;
evpack_status findings_next_of_all(findings *f, const finding **out,
                                   evpack_err *err) EVPACK_MUST_USE;
/* Passes over the next count findings of this walk, without reading what they show. */
evpack_status findings_skip_of_all(findings *f, int64_t count, evpack_err *err) EVPACK_MUST_USE;

/*
 * The findings about one subject (a canonical id), test by test. Their tests are walked with all
 * others: one without a finding about it just has none.
 */
evpack_status findings_open_subject(const store *s, const char *subject, findings **out,
                                    evpack_err *err) EVPACK_MUST_USE;
/*
 * The findings whose ids begin so (of at most UUID_TEXT - 1 characters), for findings_next_of_all:
 * a finding has no index by its id, so that all are walked, but only these are read whole.
 */
evpack_status findings_open_id(const store *s, const char *prefix, findings **out,
                               evpack_err *err) EVPACK_MUST_USE;

/* *out is NULL after the last test. What is left of the test before is skipped. */
evpack_status findings_next_test(findings *f, const finding_test **out,
                                 evpack_err *err) EVPACK_MUST_USE;
/* *out is NULL after the test's last finding. */
evpack_status findings_next(findings *f, const finding **out, evpack_err *err) EVPACK_MUST_USE;

#endif
