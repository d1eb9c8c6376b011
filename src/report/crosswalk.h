/*
 * The findings by the ids of another framework: CIS v7.1, CIS v8, NIST SP 800-53 r4, PCI DSS 3.2.1,
 * as the benchmark's own crosswalk ties its controls to them. A control has several ids there, so a
 * finding counts at each of them, and the rows do not add up to the findings.
 */
#ifndef EVPACK_REPORT_CROSSWALK_H
#define EVPACK_REPORT_CROSSWALK_H

#include "base/buf.h"
#include "store/store.h"

#include <stdio.h>

/* Appends {"NS-1":{"cis-v8":["3.12",…],…},…}: the controls that findings of the newest run are
 * under, so that each finding can be listed by any of the ids.
 * A control of a preview is named BENCHMARK:ID. */
evpack_status crosswalk_of_controls(const store *s, buf *out, evpack_err *err) EVPACK_MUST_USE;

/* Each id of the framework with its controls and the findings under them by status; ids without a
 * finding too. EVPACK_E_USAGE names the frameworks that there are, when this is none of them. */
evpack_status crosswalk_text(const store *s, const char *framework, FILE *out,
                             evpack_err *err) EVPACK_MUST_USE;
/* {"evpack","framework","refs":[{"ref","controls":[…],"findings":{STATUS:n}}],"without":{STATUS:n}}:
 * without counts the findings that the framework has no id for. A control of a preview is named
 * BENCHMARK:ID. */
evpack_status crosswalk_json(const store *s, const char *framework, FILE *out,
                             evpack_err *err) EVPACK_MUST_USE;

#endif
