/*
 * Pages: which document answers the link of which, and whether the list from its first page to its
 * last is there. Reads and updates the rows of ledger.sql's temporary tables; only ledger.c calls
 * it.
 *
 * A page follows another when it says that it answers that link (the request in a wrapper or in the
 * collection ledger; addresses are compared by host, path and sorted parameters, letter case of
 * host, path and parameter names ignored), or when it is the only file that can: in the same folder
 * with the next number in its name, of the same kind (or empty), and with rows of the same scope.
 */
#ifndef EVPACK_STORE_LEDGER_PAGES_H
#define EVPACK_STORE_LEDGER_PAGES_H

#include "base/buf.h"
#include "store/store.h"

evpack_status ledger_pages(store *s, evpack_err *err) EVPACK_MUST_USE;

/* What a link, a request or a skip token is compared by. */
typedef struct {
    buf key;     /* equal for equal requests */
    buf list;    /* the path alone, canonical; empty for a token */
    bool onward; /* it asks for a later page: it has a skip or continuation token */
} page_request;
void page_request_reset(page_request *r);
evpack_status page_request_read(const char *text, page_request *out,
                                evpack_err *err) EVPACK_MUST_USE;

/* A file's name without its page number. number is 1 when it has none; numbered says that a word
 * (page, part) makes the number a page's. */
evpack_status page_name_read(const char *path, buf *family, int64_t *number, bool *numbered,
                             evpack_err *err) EVPACK_MUST_USE;

#endif
