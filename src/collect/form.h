/*
 * Whether a JSON value has the form that a JSON Schema (2020-12) asks for. Only the keywords that
 * our own schemas use are known: type (object, array, string), enum, required, properties,
 * additionalProperties, maxProperties, minProperties, items, minItems, maxItems, minLength,
 * maxLength, pattern, anyOf and oneOf; description says in words what is expected. Written by hand,
 * because no C library of Debian 12 checks JSON Schema and says where a value fails it.
 *
 * Patterns are POSIX extended regular expressions that mean the same in ECMA-262. Lengths count
 * characters. A member that stands twice in an object is refused, which no schema can ask for.
 */
#ifndef EVPACK_COLLECT_FORM_H
#define EVPACK_COLLECT_FORM_H

#include "port/json.h"

enum { FORM_POINTER_MAX = 400 };

/* What is wrong, and where: the value's JSON Pointer. */
typedef struct {
    char pointer[FORM_POINTER_MAX];
    char text[400];
} form_fault;

typedef struct form form;
/* name: of an embedded file, such as mapping/schema/engagement.schema.json. */
evpack_status form_load(const char *name, form **out, evpack_err *err) EVPACK_MUST_USE;
void form_free(form *f);
EVPACK_DEFINE_CLEANUP(form, form_free)

/* *good: whether value has the form; else fault says why not. Fails only for want of memory, or
 * when the schema itself is not one of those above (EVPACK_E_INTERNAL). */
evpack_status form_check(form *f, const json *value, bool *good, form_fault *fault,
                         evpack_err *err) EVPACK_MUST_USE;

#endif
