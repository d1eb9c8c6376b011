/*
 * What the engagement (store/engagement.h) decides of a map run: its parameters replace the
 * mapping's, resources that it leaves out have no findings and are listed (scoped_out), and
 * inherited findings name the provider's assurance reports that it attaches. Without an engagement
 * each of these does nothing.
 */
#ifndef EVPACK_MAP_ENGAGE_H
#define EVPACK_MAP_ENGAGE_H

#include "map/evaluate.h"

/* First: notes the engagement in the run, and takes its parameters. EVPACK_E_INPUT names the place
 * in the engagement of a parameter that the mapping does not declare, or of a value that it does
 * not allow (parameters.json: type boolean, choice or list; allowed). */
evpack_status engage_parameters(const evaluation *e, evpack_err *err) EVPACK_MUST_USE;
/* Once temp.member is there: takes out of it what is not in scope. A subject whose tags nobody
 * knows stays, where a tag decides (scope_open). */
evpack_status engage_scope(const evaluation *e, evpack_err *err) EVPACK_MUST_USE;
/* When all findings are there. An inherited finding stays inherited. */
evpack_status engage_assure(const evaluation *e, evpack_err *err) EVPACK_MUST_USE;

#endif
