/*
 * A finding as an object of findings.json: the one spelling, for the report that writes the file
 * and for review/, which makes findings again and compares.
 */
#ifndef EVPACK_STORE_FINDINGS_JSON_H
#define EVPACK_STORE_FINDINGS_JSON_H

#include "base/buf.h"
#include "store/findings.h"

typedef struct findings_json findings_json;
evpack_status findings_json_new(findings_json **out, evpack_err *err) EVPACK_MUST_USE;
void findings_json_free(findings_json *j);
EVPACK_DEFINE_CLEANUP(findings_json, findings_json_free)

/* Appends the object. The findings of one j are those of one cursor. */
evpack_status findings_json_put(findings_json *j, const finding *f, buf *out,
                                evpack_err *err) EVPACK_MUST_USE;

#endif
