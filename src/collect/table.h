/*
 * The table of shapes (src/collect/shapes.json) as recognition asks it: by resource type in
 * logarithmic time, by family (the beginning of a type), and by the members that an object has.
 */
#ifndef EVPACK_COLLECT_TABLE_H
#define EVPACK_COLLECT_TABLE_H

#include "port/json.h"

/* What is known of a resource type. Texts and values are borrowed from the table. */
typedef struct {
    const char *type; /* lower case */
    const char *kind;
    const char *scope; /* the member that names what it applies to; NULL: none does */
    bool nested;       /* az leaves its "properties" where ARM has them */
    bool sub;          /* objects with an ARM id in it are resources with properties of their own */
    bool extension;    /* applies to what stands before the last /providers/ of its id */
    bool always_complete; /* has no properties to miss */
    bool flat;            /* its properties belong at the top: Resource Graph nests them */
    const json *rename;   /* what az calls otherwise: path -> ARM's name */
    const json *leaf;     /* the same wherever the member stands: name -> name */
    const json *inner;    /* arrays whose objects have properties of their own */
    const json *lift;     /* members that ARM has below "properties" although others do not */
    const json *group;    /* members that ARM has in an object of that name */
    const json *full;     /* members without which it is a projection */
} table_type;

typedef struct shapes shapes;
evpack_status shapes_load(shapes **out, evpack_err *err) EVPACK_MUST_USE;
void shapes_free(shapes *s);
EVPACK_DEFINE_CLEANUP(shapes, shapes_free)

/* Never NULL: a type that is not known has kind "arm-resource" and what its family is known for. */
const table_type *table_find_type(const shapes *s, const char *type);
/* The rule ("kind", "key", "scope", …) for an object that is known by its members; NULL: none.
 * first: only those that go before an ARM id. */
const json *table_find_object(const shapes *s, const json *value, bool first);
/* A list of the table by name ("envelope", "pascal", …). */
const json *table_list(const shapes *s, const char *name);

#endif
