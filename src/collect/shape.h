/*
 * What a JSON object is: its kind, its subject, and its body in ARM shape. The knowledge is data
 * (src/collect/shapes.json): which types there are, how az flattens and renames their properties,
 * and which objects that are no ARM resources are known by their members.
 */
#ifndef EVPACK_COLLECT_SHAPE_H
#define EVPACK_COLLECT_SHAPE_H

#include "base/buf.h"
#include "collect/table.h"

/* Filled by shape_recognise; start with {0}, release with shape_reset. kind is borrowed from the
 * table, the other pointers from the json value or from the shape itself. */
typedef struct {
    const char *kind;
    const char *id_given;
    const char *name;
    buf subject; /* canonical ARM id, "KIND:key", or empty: the caller makes "KIND:n" */
    buf type;    /* empty: none */
    buf scope;
    buf parent;
    buf body; /* empty: the text is the body already */
    bool complete;
    bool normalised;
    bool cut_short; /* ConvertTo-Json left out what lay deeper */
    bool mismatch;  /* its "type" is not the one that its id names */
    buf text;       /* what was recognised, when that is not the text given */
    json_doc *doc;  /* owned; that text parsed */
} shape;
void shape_reset(shape *s);
void shape_clear(shape *s);

typedef struct {
    const char *text; /* an object, minified, that passed the strict scanner */
    size_t len;
    const json *value;  /* the same parsed */
    bool escaped_names; /* some member's name is written with an escape */
    bool projected;     /* a row of a query: what is not in it need not be unset */
} shape_input;

evpack_status shape_recognise(const shapes *table, const shape_input *in, shape *out,
                              evpack_err *err) EVPACK_MUST_USE;

/* An error body that was saved as a result: its code and message, borrowed, NULL where it has none;
 * false for others. */
bool shape_is_error(const json *value, const char **code, const char **message);
/* An object, or a page's envelope, that tells of an error beside what it holds. */
bool shape_has_error(const json *value, const char **code, const char **message);
/* The kind that a page's envelope states for its rows ("@odata.context"); NULL when it does not. */
const char *shape_of_page(const shapes *table, const json *envelope);

#endif
