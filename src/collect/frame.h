/*
 * The JSON documents in a text, and the text around them. A file should be one document; in fact az
 * and shells put lines before and after it, and people append one export to another. What is passed
 * over is bounded, counted and kept for looking at; what could be a part of JSON is never passed
 * over.
 *
 * FRAME_FREE: documents of any layout, one after the other; the first that is broken ends it.
 * FRAME_LINES: a document a line (NDJSON); a broken line does not hide the ones after it.
 */
#ifndef EVPACK_COLLECT_FRAME_H
#define EVPACK_COLLECT_FRAME_H

#include "collect/cut.h"

typedef enum { FRAME_FREE, FRAME_LINES } frame_mode;

/* As much text as may stand around the documents of a file, in bytes. */
enum { FRAME_TEXT_MAX = 64 << 10 };

typedef struct {
    uint64_t ordinal;
    uint64_t start, end; /* offsets in the text */
    uint64_t line;       /* that it begins on, from 1 */
    bool one_line;       /* it ends there too */
    char found;          /* the byte at its fault, when the fault is a byte */
    cut_result cut;      /* its fault tells the offset, line and column in the whole text */
} frame_document;

typedef struct {
    /* A document begins: a cutter for it, which frame frees after end. */
    evpack_status (*begin)(void *ctx, uint64_t ordinal, uint64_t start, cut **cutter,
                           evpack_err *err);
    evpack_status (*end)(void *ctx, const frame_document *document, evpack_err *err);
    void *ctx;
} frame_listener;

typedef struct {
    uint64_t documents; /* all, the bad ones too */
    uint64_t bad;
    uint64_t one_line;               /* sound ones that stand on one line */
    uint64_t before, between, after; /* lines of text passed over */
    uint64_t nuls;                   /* after the last document */
    uint64_t separators;             /* RS of RFC 7464 */
    uint64_t marks;                  /* byte order marks where none belongs */
    const char *said;                /* the lines passed over; borrowed from the frame */
    size_t said_len;
    jscan_fault fault; /* outside of the documents; what NULL: none */
    bool text_fault;   /* it is about the text around: too much, or JSON in it */
    bool hopeless;     /* FRAME_LINES: these are not lines of JSON, and the rest was not read */
} frame_result;

typedef struct frame frame;
evpack_status frame_new(frame_mode mode, const frame_listener *on, frame **out,
                        evpack_err *err) EVPACK_MUST_USE;
evpack_status frame_feed(frame *f, const char *text, size_t len, evpack_err *err) EVPACK_MUST_USE;
/* Whether what is fed from now on makes no difference. */
bool frame_stopped(const frame *f);
evpack_status frame_finish(frame *f, frame_result *result, evpack_err *err) EVPACK_MUST_USE;
void frame_free(frame *f);
EVPACK_DEFINE_CLEANUP(frame, frame_free)

#endif
