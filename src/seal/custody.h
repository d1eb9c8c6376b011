/*
 * The custody log, data/custody-log.jsonl: one JSON object a line. Its member "prev" is the
 * lower-case hex SHA-256 of the line before, without its LF, and 64 zeros in the first line: so a
 * line that was changed, dropped or put in later breaks the chain. What else a line says is not
 * looked at here.
 */
#ifndef EVPACK_SEAL_CUSTODY_H
#define EVPACK_SEAL_CUSTODY_H

#include "port/digest.h"

#include "base/buf.h"
#include "seal/reason.h"

typedef struct {
    buf line; /* the line that is not complete yet */
    uint64_t count;
    char prev[DIGEST_HEX]; /* what the next line's "prev" must be */
    seal_reason fault;     /* when feed or end answered EVPACK_E_INPUT */
} custody_reader;

/* Set it to {0} first. */
void custody_reader_reset(custody_reader *r);
/* EVPACK_E_INPUT names the line where the chain breaks. */
evpack_status custody_reader_feed(custody_reader *r, const void *data, size_t len,
                                  evpack_err *err) EVPACK_MUST_USE;
evpack_status custody_reader_end(custody_reader *r, evpack_err *err) EVPACK_MUST_USE;

#endif
