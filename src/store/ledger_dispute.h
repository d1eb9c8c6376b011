/*
 * Two complete records of one subject in a snapshot: what they differ in, and which is newer. Fills
 * table dispute; only ledger.c calls it. Bodies are in ARM shape already. Null, absent and empty
 * are one; letter case and blanks of text do not count, nor the order of a short list; equal times
 * in two spellings are equal. What else may differ is data: dispute.json.
 */
#ifndef EVPACK_STORE_LEDGER_DISPUTE_H
#define EVPACK_STORE_LEDGER_DISPUTE_H

#include "base/buf.h"
#include "store/store.h"

enum { DISPUTE_MEMBERS = 8 };

/* Of the snapshot in ledger_here. */
evpack_status ledger_disputes(store *s, evpack_err *err) EVPACK_MUST_USE;

typedef struct dispute_rules dispute_rules;
evpack_status dispute_rules_load(dispute_rules **out, evpack_err *err) EVPACK_MUST_USE;
void dispute_rules_free(dispute_rules *r);
EVPACK_DEFINE_CLEANUP(dispute_rules, dispute_rules_free)

typedef struct {
    const char *text; /* JSON that passed the scanner; borrowed */
    size_t len;
} dispute_body;

/* Where two bodies differ: at most DISPUTE_MEMBERS JSON Pointers, separated by ", ", and how many
 * more. Empty: they agree. */
evpack_status dispute_compare(const dispute_rules *rules, dispute_body a, dispute_body b, buf *out,
                              evpack_err *err) EVPACK_MUST_USE;

#endif
