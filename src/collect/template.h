/*
 * ARM templates: `az group export`, the portal's export, quickstarts, and deployments inside them
 * ("ARM template structure and syntax", Microsoft Learn). A template is a declaration, not
 * evidence of what is deployed: what is read here tells what was meant to be, is never complete,
 * and must never be judged. Expressions that the template itself can answer are worked out; what
 * only a deployment knows stays as written ("[reference(…)]"). An expression in error stays as
 * written too, and is counted: it never fails a file.
 *
 * Numbers are doubles (port/json), loops of more than TEMPLATE_COPY_MAX turns and parameters files
 * are not read. A template is one JSON element for collect: one above CUT_ELEMENT_MAX is too large
 * to be read, and collect says so.
 *
 * Knows nothing of the store.
 */
#ifndef EVPACK_COLLECT_TEMPLATE_H
#define EVPACK_COLLECT_TEMPLATE_H

#include "base/buf.h"
#include "port/json.h"

enum {
    TEMPLATE_DEPTH_MAX = 16,        /* deployments in deployments, children of children */
    TEMPLATE_EXPANDED_MAX = 8000,   /* resources of one document that come out of loops */
    TEMPLATE_OUTPUT_MAX = 32 << 20, /* bytes that expressions and loops add to all bodies */
    TEMPLATE_NAME_MAX = 4096        /* bytes of a type, a name or an id; longer is "{too long}" */
};

typedef enum {
    TEMPLATE_NONE,      /* no template */
    TEMPLATE_PLAIN,     /* the template itself */
    TEMPLATE_EXPORT,    /* {"template": …, "error": …}, the answer of exportTemplate */
    TEMPLATE_DEPLOYMENT /* {"properties": {"template": …}}: a deployment, or the request for one */
} template_form;
template_form template_is(const json *value);

typedef enum {
    TEMPLATE_NOT_DEPLOYED, /* its condition, or that of its deployment, is false; a loop of none */
    TEMPLATE_DEPENDS,      /* its condition is symbolic */
    TEMPLATE_DEPLOYED
} template_deployed;

/* One resource that is declared. Everything is borrowed during the call. */
typedef struct {
    const char *pointer; /* RFC 6901, of the declaration in the document */
    const char *key;     /* its name in a "resources" object (languageVersion 2.0); else NULL */
    /* The full type, "Microsoft.X/a/b", and the full name, "x/y", with those of the resource it
     * stands in; what is symbolic in them stands in braces. */
    const char *type;
    const char *name;
    const char *api_version; /* "" when it has none */
    /* Ids with braces in their first place, which no real id has: /subscriptions/{subscription}/…,
     * /{tenant}/…. Equal ids in one document mean the same resource. */
    const char *id;
    const char *parent; /* of a child; NULL: none */
    const char *scope;  /* what an extension resource belongs to, or where it is deployed */
    const char *const *depends_on; /* ids; or names and keys, as written there */
    size_t depends_on_count;
    template_deployed deployed;
    bool existing; /* it refers to something that is there already ("existing": true) */
    bool looped;   /* it stands in a loop; turn is its turn, -1 when the loop is not expanded */
    int turn;
    bool name_symbolic; /* something in its type or name is not known */
    bool symbolic;      /* something in its name or body is not known */
    /* In ARM shape: name (the last segment), type and the rest, without what steers the deployment
     * (apiVersion, comments, condition, copy, dependsOn, resources, scope, a deployment's template,
     * and values for secure parameters). Strict JSON. */
    const char *body;
    size_t body_len;
} template_resource;

typedef struct {
    evpack_status (*resource)(void *ctx, const template_resource *r, evpack_err *err);
    void *ctx;
} template_listener;

typedef struct {
    template_form form;
    /* An export that says that it is partial: its error, borrowed from the document; NULL: none. */
    const json *error;
    const char *error_code, *error_message; /* NULL when they are not there */
    uint64_t resources;                     /* told */
    uint64_t unexpanded;                    /* loops that were told as one resource */
    uint64_t linked;                        /* deployments whose template is elsewhere */
    uint64_t not_read; /* elements of "resources" that are no objects, or stand too deep */
    uint64_t expressions, symbolic, wrong; /* worked out; of these not known, and in error */
    bool limited; /* a limit kept an expression, a name or a loop from being worked out */
} template_result;

/* Fails only when the listener does, or memory runs out; EVPACK_E_USAGE when it is no template. */
evpack_status template_read(const json *document, const template_listener *listener,
                            template_result *result, evpack_err *err) EVPACK_MUST_USE;

#endif
