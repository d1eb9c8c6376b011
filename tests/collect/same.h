/*
 * Whether two bodies say the same of a resource, as az and ARM write it: az prints what was not set
 * as null and adds resourceGroup, times differ in their digits, and members come in any order.
 */
#ifndef EVPACK_TESTS_COLLECT_SAME_H
#define EVPACK_TESTS_COLLECT_SAME_H

#include "base/buf.h"
#include "port/json.h"

/* Appends a line for each difference: "POINTER: A / B". */
void same_state(const json *a, const json *b, buf *differences);
/* The same of two texts. */
void same_state_text(const char *a, const char *b, buf *differences);

#endif
