/*
 * findings.json: every finding of the newest run, one a line, in the shape that design fixes
 * (store/findings_json.h).
 *
 * {"evpack":{"version"}, "run":{"evaluated_at","mapping_sha256"}, "findings":[{…}]}. Beside the
 * fixed names stand: in a finding control_title, service_title, need; in observed "absent": true
 * (then value is null), "normalised": true (the raw object is flat, and some members may be named
 * otherwise there) and "evidence": the index into evidence of the object it was read in, when that
 * is not the first; in evidence original_path.
 */
#ifndef EVPACK_REPORT_JSON_H
#define EVPACK_REPORT_JSON_H

#include "report/out.h"
#include "store/store.h"

evpack_status report_json_write(const store *s, int fd, evpack_err *err) EVPACK_MUST_USE;

/* findings.schema.json: the JSON Schema that findings.json follows (reports/schema). */
evpack_status report_json_schema(int fd, evpack_err *err) EVPACK_MUST_USE;

#endif
