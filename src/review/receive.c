/* Receiving a package. Invariant: one transaction. Refuses to know how the package was opened. */
#include "review/receive.h"

#include "store/custody.h"

static evpack_status receive_all(store *s, const received *r, const rebuild_options *options,
                                 rebuild_totals *totals, prior_log *log, evpack_err *err)
{
    EVPACK_TRY(prior_add(s, r, log, err));
    EVPACK_TRY(rebuild_case(s, r, options, totals, err));
    return store_commit(s, err);
}

evpack_status receive_package(store *s, const received *r, const rebuild_options *options,
                              rebuild_totals *totals, prior_log *log, evpack_err *err)
{
    *log = (prior_log){.by = options->by, .reason = options->reason, .now = options->now};
    EVPACK_TRY(custody_check_words(options->by, options->reason, err));
    EVPACK_TRY(store_begin(s, err));
    evpack_status status = receive_all(s, r, options, totals, log, err);
    if (status != EVPACK_OK) {
        store_rollback(s);
    }
    return status;
}
