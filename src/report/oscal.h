/*
 * oscal-assessment-results.json: the newest run as OSCAL assessment results (NIST, version 1.2.1).
 *
 * One result is one run over all snapshots. A resource in a snapshot is an inventory item; a test
 * is an activity, and the task that carried it out; a raw file is a resource of the back matter,
 * with the SHA-256 of its bytes. Each finding of the case is an observation whose uuid is the
 * finding's id. Those that passed or failed under a control are also OSCAL findings, whose target
 * is the control's objective: satisfied or not-satisfied. Every other observation says why there is
 * none.
 *
 * Control ids are BENCHMARK_ID in lower case, mcsb-v1_ns-2, and objectives mcsb-v1_ns-2_obj:
 * OSCAL's tokens, told apart where two benchmarks are used. No catalog in OSCAL exists for them;
 * the objectives are defined in the document itself.
 */
#ifndef EVPACK_REPORT_OSCAL_H
#define EVPACK_REPORT_OSCAL_H

#include "report/report.h"

/* Memory does not grow with the number of findings. */
evpack_status report_oscal_write(const store *s, const report_options *options, int fd,
                                 evpack_err *err) EVPACK_MUST_USE;

#endif
