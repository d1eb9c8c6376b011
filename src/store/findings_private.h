/*
 * The inside of the findings cursor, for findings.c (by test), findings_all.c (by subject),
 * findings_test.c (what was tested) and findings_place.c (what one finding shows).
 */
#ifndef EVPACK_STORE_FINDINGS_PRIVATE_H
#define EVPACK_STORE_FINDINGS_PRIVATE_H

#include "base/arena.h"
#include "base/buf.h"
#include "store/findings.h"

enum { CACHED_FILES = 512 };

/* What a finding says about an evidence file. */
typedef struct {
    int64_t id; /* 0: empty */
    const char *sha256, *path, *original, *snapshot, *collected_at;
    uint64_t size;
    arena text;
} file_entry;

/* A test, and its findings in the order of the walk. */
typedef struct {
    finding_test test;
    arena text;            /* lives as long as the test */
    buf id_head;           /* the test's part of the id's name */
    const char **observes; /* in text */
    size_t observe_count;
    db_stmt *rows;
    bool row; /* rows stands on one */
} stream;

struct findings {
    db_stmt *tests, *record, *other, *file, *target;
    db *d;
    uuid_maker *uuids;
    unsigned statuses;
    int64_t limit;
    /* Walking by test there is one stream, walking by subject one for each test of a service. */
    stream *streams;
    size_t stream_count, stream_cap, stream_now;
    bool test_pending;      /* by subject: tests stands on the first test of the next service */
    int64_t walked;         /* by subject: the subject whose findings are told */
    char sought[UUID_TEXT]; /* how ids begin that are read whole; "": all */
    char *about;            /* findings_open_subject: the subject; NULL: all */
    int64_t subject;        /* the record that `record` stands on; 0: none */
    const progress *watch;  /* is told of each finding */
    uint64_t told, expected;
    finding now;
    arena text; /* lives as long as the finding */
    buf id_name;
    finding_place *places;
    size_t place_cap;
    finding_value *values;
    size_t value_cap;
    file_entry files[CACHED_FILES];
};

/* order completes the statement that lists the tests. */
evpack_status findings_open_cursor(const store *s, const char *order, findings **out,
                                   evpack_err *err) EVPACK_MUST_USE;
/* All findings of the run are to be read: counts them, when somebody watches. */
evpack_status findings_expect(findings *f, evpack_err *err) EVPACK_MUST_USE;
/* Room for stream n, which is {0} or was used before. */
evpack_status findings_stream(findings *f, size_t n, stream **out, evpack_err *err) EVPACK_MUST_USE;
/* Reads the test that the statement stands on. */
evpack_status findings_read_test(db_stmt *tests, stream *t, evpack_err *err) EVPACK_MUST_USE;
/* The statement that lists the tests, in this order (the end of an ORDER BY). */
evpack_status findings_prepare_tests(findings *f, const char *order,
                                     evpack_err *err) EVPACK_MUST_USE;
/* Adds one string, or null, to the JSON array that is hashed into an id. */
void findings_id_part(buf *b, const char *text);

/* The statements that the next three read with. */
evpack_status findings_prepare_places(findings *f, evpack_err *err) EVPACK_MUST_USE;
/* f->now's subject, and its record as the first place. target_id 0: the record is the subject. */
evpack_status findings_load_subject(findings *f, int64_t record_id, int64_t target_id,
                                    evpack_err *err) EVPACK_MUST_USE;
/* Adds what the rule says it looks at, in the subject's own record. */
evpack_status findings_observe(findings *f, const stream *t, evpack_err *err) EVPACK_MUST_USE;
/* Adds what finding.evidence (a JSON array; no text: none) names. */
evpack_status findings_name_evidence(findings *f, jptr_value list, evpack_err *err) EVPACK_MUST_USE;
/* What decided: the record of an exception, an attestation or an exemption. 0: nothing did. */
evpack_status findings_load_decision(findings *f, int64_t record_id,
                                     evpack_err *err) EVPACK_MUST_USE;

/* f->now is the finding that the stream's row says. */
evpack_status findings_read(findings *f, const stream *t, evpack_err *err) EVPACK_MUST_USE;

#endif
