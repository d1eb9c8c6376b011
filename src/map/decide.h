/*
 * What the engagement decides about findings (exceptions and attestations). A fail that an
 * exception covers becomes exempt; a manual finding that an attestation covers becomes a finding of
 * source attestation. The raw status and the record that decided stay with the finding, and the
 * table decision says what became of each exception and attestation.
 *
 * Never turns an unknown, or what failed, into a pass, and never turns anything by what has ended.
 */
#ifndef EVPACK_MAP_DECIDE_H
#define EVPACK_MAP_DECIDE_H

#include "map/evaluate.h"

/* After azure_evaluate: reconciliation compares what was tested, not what was decided. */
evpack_status decide_findings(const evaluation *e, evpack_err *err) EVPACK_MUST_USE;

#endif
