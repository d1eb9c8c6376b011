/*
 * Findings that Azure made: policy states, Defender assessments and assessments of regulatory
 * standards, each tied to its controls; and where our rules speak of the same thing, both side by
 * side (the table reconciled). A state gives a finding for each of its controls, and one without a
 * control where nobody claims it; none is dropped.
 *
 * Responsibility is that of the feature which the policy tests, too, else that of the service's
 * baseline for the control where all its features that apply agree, else null.
 */
#ifndef EVPACK_MAP_AZURE_H
#define EVPACK_MAP_AZURE_H

#include "map/evaluate.h"

/* After evaluate_all, which leaves temp.member and temp.member_type. */
evpack_status azure_evaluate(const evaluation *e, evpack_err *err) EVPACK_MUST_USE;

#endif
