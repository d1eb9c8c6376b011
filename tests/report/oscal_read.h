/*
 * Reading oscal-assessment-results.json in tests: what is defined, and where links lead.
 */
#ifndef EVPACK_TESTS_OSCAL_READ_H
#define EVPACK_TESTS_OSCAL_READ_H

#include "port/json.h"
#include "reported.h"

/* The report, parsed; its text is appended. */
json_doc *oscal_parse(store *s, const report_options *o, buf *text);
const json *oscal_document(json_doc *doc);
/* The only result: there must be one. */
const json *oscal_result(json_doc *doc);
/* The value of a property; NULL: there is none. */
const char *oscal_prop_of(const json *of, const char *name);
/* The element of a list whose member has this value; NULL: there is none. */
const json *oscal_with(const json *list, const char *member, const char *value);
const json *oscal_resources(json_doc *doc);
/* "#UUID": the resource of the back matter, which must be there. */
const json *oscal_linked(json_doc *doc, const char *href);

#endif
