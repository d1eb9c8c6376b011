/*
 * Judging a JSON value by a JSON Schema (2020-12, json-schema.org): the subset that the schemas of
 * mapping/schema/ use. Both answers of a full validator and of this one are the same on it:
 *
 *   type (a word or a list), enum and const (of words, numbers, true, false, null), required,
 *   properties, additionalProperties (false, true or a schema), propertyNames, minProperties,
 *   maxProperties, items (one schema), minItems, maxItems, uniqueItems (beside a maxItems of at
 * most SCHEMA_UNIQUE_MAX), minLength, maxLength, pattern, minimum, maximum, allOf, anyOf, oneOf,
 * not, if/then/else, and $ref to "#/$defs/NAME" of the same schema. $schema, $id, $defs, $comment,
 *   title, description and format say nothing about a value.
 *
 * pattern is a POSIX extended regular expression that ECMA-262 reads alike: no backslash but
 * before a sign or another backslash, no class by name. Lengths are counted in code points.
 */
#ifndef EVPACK_MAP_SCHEMA_H
#define EVPACK_MAP_SCHEMA_H

#include "port/json.h"

enum { SCHEMA_DEPTH_MAX = 64, SCHEMA_UNIQUE_MAX = 1000, SCHEMA_POINTER_MAX = 4096 };

/* One fault: where in the value (JSON Pointer, RFC 6901), what it is, and what was expected. Texts
 * are borrowed for the call. false: no more are wanted. */
typedef struct {
    bool (*fault)(void *ctx, const char *pointer, const char *what);
    void *ctx;
} schema_listener;

/* Tells every fault of the value; *sound says whether there was none. The schema is one that
 * schema_check passed; on another one the answer may be wrong, but ends. A value that is nested
 * deeper than SCHEMA_DEPTH_MAX is a fault. */
evpack_status schema_validate(const json *schema, const json *value,
                              const schema_listener *listener, bool *sound,
                              evpack_err *err) EVPACK_MUST_USE;
/* Whether the schema keeps to the subset; EVPACK_E_INPUT says where it does not. */
evpack_status schema_check(const json *schema, evpack_err *err) EVPACK_MUST_USE;

#endif
