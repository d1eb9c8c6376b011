/*
 * A strict, incremental JSON scanner (RFC 8259; UTF-8 of RFC 3629). Bytes are fed in pieces of any
 * size; it checks the grammar, keeps a minified copy of what it read, and tells its listener where
 * shallow values begin and end. It is written by hand because no JSON library in Debian 12 both
 * streams, refuses what RFC 8259 refuses, and tells byte offsets; cJSON still reads the values.
 *
 * Numbers and strings are copied as written, so the minified copy loses no digit and no escape.
 */
#ifndef EVPACK_BASE_JSCAN_H
#define EVPACK_BASE_JSCAN_H

#include "base/buf.h"

enum { JSCAN_DEPTH_MAX = 512 };

typedef enum { JSCAN_OBJECT, JSCAN_ARRAY, JSCAN_STRING, JSCAN_NUMBER, JSCAN_LITERAL } jscan_type;

typedef struct jscan jscan;

/*
 * depth counts the containers around the value: 0 for the document itself. offset is that of the
 * value's first byte (begin) or of the byte after its last (end), from the first byte fed. begin is
 * called before anything of the value is in the copy, end after all of it is. Only values with
 * depth <= JSCAN_SHALLOW are told. A listener may truncate the copy, never below what it found.
 */
enum { JSCAN_SHALLOW = 3 };
typedef struct {
    evpack_status (*begin)(void *ctx, jscan *s, jscan_type type, unsigned depth, uint64_t offset,
                           evpack_err *err);
    evpack_status (*end)(void *ctx, jscan *s, jscan_type type, unsigned depth, uint64_t offset,
                         evpack_err *err);
    void *ctx;
} jscan_listener;

/* What was wrong, and where. */
typedef struct {
    const char *what; /* static text; NULL: nothing */
    uint64_t offset;
    uint64_t line;   /* from 1 */
    uint64_t column; /* from 1, in bytes */
    bool at_end;     /* the bytes ended too early: a truncated document */
} jscan_fault;

/* listener may be NULL. max_copy bounds the minified copy in bytes (a longer one is a fault). */
evpack_status jscan_new(const jscan_listener *listener, size_t max_copy, jscan **out,
                        evpack_err *err) EVPACK_MUST_USE;
/* Fails only when the listener does or memory runs out. A fault in the JSON is kept for
 * jscan_finish, and what follows is ignored. */
evpack_status jscan_feed(jscan *s, const void *data, size_t len, evpack_err *err) EVPACK_MUST_USE;
/* The same, but ends after the last byte of the document: *used < len when something follows it, or
 * when there is a fault. A number at the top never ends so. */
evpack_status jscan_feed_until(jscan *s, const void *data, size_t len, size_t *used,
                               evpack_err *err) EVPACK_MUST_USE;
/* Whether the document has ended. */
bool jscan_done(const jscan *s);
/* The line that was reached, from 1, and the offset of its first byte. */
void jscan_line(const jscan *s, uint64_t *line, uint64_t *line_start);
/* Says that all was fed; fault->what is NULL when it was exactly one JSON text. */
evpack_status jscan_finish(jscan *s, jscan_fault *fault, evpack_err *err) EVPACK_MUST_USE;
/* The first fault so far. */
const jscan_fault *jscan_state(const jscan *s);
/* The minified copy. A listener that shortens it does so by jscan_cut. */
buf *jscan_copy(jscan *s);
/* Shortens the copy to len bytes; what begin goes on to copy is that of the offset it was told. */
void jscan_cut(jscan *s, size_t len);
/* The offset of the byte that stands at a place of the copy (below its length). False when that is
 * not known: white space stood in more places than are kept. */
enum { JSCAN_GAPS_MAX = 1 << 20 };
bool jscan_offset(const jscan *s, size_t at, uint64_t *offset);
/* Whether a member's name was written with an escape since the last call. */
bool jscan_escaped_name(jscan *s);
/* Inside begin for a member of an object: its key as written, without the quotes. */
const char *jscan_key(const jscan *s, size_t *len);
/* Whether the document was found empty (only white space so far). */
bool jscan_blank(const jscan *s);
void jscan_free(jscan *s);
EVPACK_DEFINE_CLEANUP(jscan, jscan_free)

/* Checks a whole text at once: EVPACK_E_INPUT with line and column when it is not strict JSON. */
evpack_status jscan_check(const char *text, size_t len, evpack_err *err) EVPACK_MUST_USE;

#endif
