/*
 * findings.sarif: the newest run as SARIF 2.1.0 (OASIS, errata 01), for tools that show results of
 * tests. A test is a rule, a raw file an artifact with its SHA-256, a finding of the case a result
 * whose guid is the finding's id.
 *
 * SARIF's kinds say what our statuses say, but for three, where the property `status` tells more:
 *   pass → pass; fail → fail; unknown → open; manual → review; notapplicable → notApplicable;
 *   inherited → notApplicable (nothing is left for the customer to test);
 *   exempt → fail with an accepted suppression, as SARIF has it for what was excused;
 *   error → open, and the invocation says that it was not successful.
 * It is as large as findings.json and says no more, so packages and the reports that are made
 * unless said otherwise are without it.
 */
#ifndef EVPACK_REPORT_SARIF_H
#define EVPACK_REPORT_SARIF_H

#include "report/report.h"

/* Memory grows with the number of tests and files, not with that of findings. */
evpack_status report_sarif_write(const store *s, const report_options *options, int fd,
                                 evpack_err *err) EVPACK_MUST_USE;

#endif
