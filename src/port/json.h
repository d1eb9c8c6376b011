/*
 * Reading JSON values, by cJSON. A text is first checked by the strict scanner (base/jscan),
 * because cJSON alone takes what RFC 8259 refuses; member names are compared with their case.
 * Numbers are doubles here: what must not lose digits is read from the text itself. What a C string
 * of UTF-8 cannot hold, U+0000 and half a surrogate pair, reads as U+FFFD.
 *
 * A json value is borrowed from the json_doc that holds it.
 */
#ifndef EVPACK_PORT_JSON_H
#define EVPACK_PORT_JSON_H

#include "base/buf.h"

typedef struct json_doc json_doc;
typedef struct cJSON json;

/* checked: the text already passed the scanner. Errors tell line and column. */
evpack_status json_parse(const char *text, size_t len, bool checked, json_doc **out,
                         evpack_err *err) EVPACK_MUST_USE;
void json_free(json_doc *doc);
EVPACK_DEFINE_CLEANUP(json_doc, json_free)
const json *json_root(const json_doc *doc);

/* Every reader takes NULL and then finds nothing. */
const json *json_get(const json *object, const char *name);
/* The member, if it is there and not null. */
const json *json_get_set(const json *object, const char *name);
/* A string member's text; NULL when it is absent or no string. */
const char *json_get_string(const json *object, const char *name);
const char *json_string(const json *value);
bool json_is_object(const json *value);
bool json_is_array(const json *value);
bool json_is_string(const json *value);
bool json_is_number(const json *value);
bool json_is_null(const json *value);
bool json_is_true(const json *value);
bool json_is_bool(const json *value);
double json_number(const json *value);
size_t json_count(const json *value);
/* The name of a member that stands twice in one object, at any depth, with different values: RFC
 * 8259 section 4 leaves open which of them counts, and readers differ. NULL when there is none.
 * Borrowed. */
const char *json_twice(const json *value);
/* Walking an array or an object: the first and the next element, and a member's own name. */
const json *json_first(const json *container);
const json *json_next(const json *element);
const char *json_name(const json *member);

#endif
