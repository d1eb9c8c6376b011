/*
 * `evpack collect P.zip`: a package that was laid open becomes part of a case, all of it or
 * nothing: its custody log is carried on (prior.h), and its evidence comes as it was (rebuild.h).
 */
#ifndef EVPACK_REVIEW_RECEIVE_H
#define EVPACK_REVIEW_RECEIVE_H

#include "review/prior.h"
#include "review/rebuild.h"

/* log says what became of the package's own log. When it fails the case is as it was. */
evpack_status receive_package(store *s, const received *r, const rebuild_options *options,
                              rebuild_totals *totals, prior_log *log,
                              evpack_err *err) EVPACK_MUST_USE;

#endif
