/*
 * Excerpts of evidence: a few lines of a raw file around a place in it, as text that can be shown.
 *
 * The text is UTF-8 with a '\n' after each line. It is visible already (base/visible.h): nothing in
 * it is a control or hides, and it must not be made visible again. Lines are the file's own; where
 * an object stands on a line that is too long to read, it is laid out as JSON instead, and
 * `laid_out` says so. What is left out within a line shows as "…".
 *
 * No secret is ever in an excerpt: each place that the case knows of (store/secret.h) has the
 * marker in its stead, and of a file in which nobody looked for secrets there is no excerpt.
 *
 * A place's neighbourhood is read, never the file: at most EXCERPT_READ bytes.
 */
#ifndef EVPACK_REPORT_EXCERPT_H
#define EVPACK_REPORT_EXCERPT_H

#include "base/buf.h"
#include "store/findings.h"

enum {
    EXCERPT_LINES = 12,    /* lines, and */
    EXCERPT_WIDTH = 160,   /* characters of a line, and */
    EXCERPT_BYTES = 8192,  /* bytes of the text, unless the limits say otherwise */
    EXCERPT_BEFORE = 4096, /* bytes read before a place */
    EXCERPT_READ = 256 << 10
};

/* 0 stands for the default. */
typedef struct {
    size_t lines, width, bytes;
} excerpt_limits;

typedef struct {
    const char *why; /* static text: why there is no excerpt, and text is empty; NULL: there is */
    buf text;
    size_t mark_start, mark_length; /* what is marked in text, in bytes; length 0: nothing, or a
                                       place without bytes */
    bool cut;                       /* the marked place goes on behind the text */
    bool around;   /* a pointer's value is not there; marked is what would hold it */
    bool laid_out; /* lines and spaces are ours, not the file's */
    bool first;    /* the text begins at the file's first line */
    size_t masked; /* secrets in what was read */
} excerpt;
void excerpt_reset(excerpt *e);

/* Marks the place itself. *out is {0}, or was made before: its memory is used again. limits may be
 * NULL. */
evpack_status excerpt_read(const store *s, int64_t evidence_id, uint64_t offset, uint64_t length,
                           const excerpt_limits *limits, excerpt *out,
                           evpack_err *err) EVPACK_MUST_USE;
/* The place is a JSON value; marks what a pointer into it leads to. */
evpack_status excerpt_pointer(const store *s, int64_t evidence_id, uint64_t offset, uint64_t length,
                              const char *pointer, const excerpt_limits *limits, excerpt *out,
                              evpack_err *err) EVPACK_MUST_USE;

/* Reads for many findings: keeps up to 32 MiB of the files that it read. The case must outlive it,
 * and must not be written meanwhile. */
typedef struct excerpt_reader excerpt_reader;
evpack_status excerpt_reader_new(const store *s, excerpt_reader **out,
                                 evpack_err *err) EVPACK_MUST_USE;
void excerpt_reader_free(excerpt_reader *r);
EVPACK_DEFINE_CLEANUP(excerpt_reader, excerpt_reader_free)

/* For a finding: around the first value that was observed, else around the first place. place is
 * the index of the finding's place that it is from, value that of its value; value is value_count
 * when it is around no value. Both may be NULL. */
evpack_status excerpt_finding(excerpt_reader *r, const finding *f, const excerpt_limits *limits,
                              excerpt *out, size_t *place, size_t *value,
                              evpack_err *err) EVPACK_MUST_USE;

#endif
