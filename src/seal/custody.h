/*
 * The custody log, data/custody-log.jsonl: one JSON object a line. Its member "prev" is the
 * lower-case hex SHA-256 of the line before, without its LF, and 64 zeros in the first line: so a
 * line that was changed, dropped or put in later breaks the chain.
 *
 * The log of a package that was received into the case is carried on whole, as lines of this one:
 *   {…,"event":"receive","detail":{…,"lines":N,"log_sha256":"…"},"prev":"…"}
 *   {…,"event":"received","detail":{"received":"{\"seq\":1,…}"},"prev":"…"}     N times, at once
 * Each `received` is one line of that log as it was; they form a chain of their own, whose last
 * line has the SHA-256 log_sha256 (64 zeros when N is 0), and may carry others in turn. So
 *   jq -r 'select(.event == "received").detail.received' custody-log.jsonl
 * gives the log back, where one package was received. What else a line says is not looked at here.
 */
#ifndef EVPACK_SEAL_CUSTODY_H
#define EVPACK_SEAL_CUSTODY_H

#include "port/digest.h"

#include "base/buf.h"
#include "seal/reason.h"

/* A log within a log within a log: each doubles the escapes of the one inside. */
enum { CUSTODY_DEPTH_MAX = 16, CUSTODY_LINE_MAX = 1 << 20 };

typedef struct custody_reader custody_reader;
struct custody_reader {
    buf line; /* the line that is not complete yet */
    uint64_t count;
    char prev[DIGEST_HEX];   /* what the next line's "prev" must be */
    seal_reason fault;       /* when feed or end answered EVPACK_E_INPUT */
    custody_reader *carried; /* owned; the received log that the lines belong to; NULL: none */
    uint64_t left;           /* lines of it that must follow */
    char carried_sha256[DIGEST_HEX];
    unsigned depth;
};

/* Set it to {0} first. */
void custody_reader_reset(custody_reader *r);
/* EVPACK_E_INPUT names the line where the chain breaks. */
evpack_status custody_reader_feed(custody_reader *r, const void *data, size_t len,
                                  evpack_err *err) EVPACK_MUST_USE;
evpack_status custody_reader_end(custody_reader *r, evpack_err *err) EVPACK_MUST_USE;

#endif
