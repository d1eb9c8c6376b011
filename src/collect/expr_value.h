/*
 * The values of the template language (ARM's "template functions"): what JSON has, and "symbolic":
 * a value that only a deployment knows, or that evpack could not work out. Values are made in an
 * arena and never change, so they may share parts; what a value would weigh as a tree is bounded
 * (EXPR_WEIGHT_MAX), so that a value that shares itself cannot grow without end when it is walked.
 *
 * Numbers are doubles (port/json); a whole number is exact up to 2^53.
 */
#ifndef EVPACK_COLLECT_EXPR_VALUE_H
#define EVPACK_COLLECT_EXPR_VALUE_H

#include "base/arena.h"
#include "base/buf.h"
#include "port/json.h"

enum {
    EXPR_WEIGHT_MAX = 2 << 20, /* bytes and nodes of one value */
    EXPR_BYTES_MAX = 64 << 20, /* bytes of all values that one document makes */
    EXPR_WORK_MAX = 64 << 20,  /* steps, of about a byte each, that one document may cost */
    EXPR_DEPTH_MAX = 1000,     /* of everything that calls itself */
};

typedef enum {
    EXPR_NULL,
    EXPR_BOOL,
    EXPR_NUMBER,
    EXPR_STRING,
    EXPR_ARRAY,
    EXPR_OBJECT,
    EXPR_SYMBOLIC
} expr_type;

typedef struct expr_value expr_value;
struct expr_value {
    expr_type type;
    bool truth; /* EXPR_BOOL; EXPR_SYMBOLIC: the expression is in error */
    /* Something in it is not known: a symbolic value, or a text with a placeholder such as
     * {subscription}. */
    bool open;
    double number;
    const char *text; /* EXPR_STRING; NUL after it */
    size_t len;       /* EXPR_STRING: bytes */
    const expr_value *const *items;
    const char *const *names; /* EXPR_OBJECT: of the items */
    size_t count;
    const json *written; /* EXPR_SYMBOLIC inside an array or object: as it stands in the template */
    size_t weight;
};

/* What one document may still cost, and where its values are made. */
typedef struct {
    arena *memory; /* borrowed */
    uint64_t work, bytes;
    unsigned depth;
    unsigned through; /* variables that a text is being looked through */
    bool limited;     /* a limit was met: something stayed symbolic because of it */
    uint64_t expressions, symbolic, wrong; /* worked out; of these not known, and in error */
} expr_machine;
expr_machine expr_machine_new(arena *memory);
/* false, and limited, when there is not so much left. */
bool expr_spend(expr_machine *m, uint64_t work);
/* Memory of the machine; NULL when there is no more. */
void *expr_alloc(expr_machine *m, size_t size);

/* Values that are always there: what depends on the deployment, what is in error, null, a truth. */
const expr_value *expr_symbolic(void);
const expr_value *expr_wrong(void);
const expr_value *expr_null(void);
const expr_value *expr_bool(bool truth);

/* The others; expr_symbolic() when a limit was met. */
const expr_value *expr_written(expr_machine *m, const json *written, bool wrong);
const expr_value *expr_number(expr_machine *m, double number);
/* text is copied. */
const expr_value *expr_string(expr_machine *m, const char *text, size_t len, bool open);
/* items and names are borrowed: they live in the machine's memory, as the values do. */
const expr_value *expr_array(expr_machine *m, const expr_value *const *items, size_t count);
const expr_value *expr_object(expr_machine *m, const char *const *names,
                              const expr_value *const *items, size_t count);
/* A copy of a JSON value as it stands, with no expression in it worked out. */
const expr_value *expr_from_json(expr_machine *m, const json *value);

bool expr_is_wrong(const expr_value *v);
/* A whole number that an int of the language holds exactly here. */
bool expr_is_whole(const expr_value *v);
/* NULL when the object has no such member; names compare without ASCII case, as ARM's do. */
const expr_value *expr_member(expr_machine *m, const expr_value *object, const char *name);
/* Same type and value, strings with their case. Neither may be open. */
bool expr_same(expr_machine *m, const expr_value *a, const expr_value *b);

/* Appends as JSON. A symbolic value stands as it was written; one with no text as null. */
void expr_write(buf *out, const expr_value *v);
void expr_write_json(buf *out, const json *value);
void expr_write_number(buf *out, double number);

#endif
