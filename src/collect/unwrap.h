/*
 * Answers inside a record of a request: the specification's examples ({"parameters", "responses":
 * {"200": {"body"}}}), what scripts keep ({"status_code", "body"}, {"request", "response"}), ARM's
 * batches ({"responses": [{"httpStatusCode", "content"}]}) and HAR files ({"log": {"entries"}}).
 */
#ifndef EVPACK_COLLECT_UNWRAP_H
#define EVPACK_COLLECT_UNWRAP_H

#include "port/json.h"

enum { UNWRAP_POINTER_MAX = 80 };

/* All borrowed during the call. */
typedef struct {
    const char *text; /* the body as it stands in the wrapper's text; NULL: there is none */
    size_t len;
    char pointer[UNWRAP_POINTER_MAX]; /* the body's, RFC 6901 */
    const char *string;               /* the body is a string: what it holds; else NULL */
    long status;                      /* HTTP; 0: not said */
    const char *url;                  /* of the request; NULL: not said */
} unwrap_answer;

typedef struct {
    evpack_status (*answer)(void *ctx, const unwrap_answer *answer, evpack_err *err);
    void *ctx;
} unwrap_listener;

/* Tells the answers in an object (minified text, and the same parsed); *count says how many, 0 when
 * it is no wrapper. Of the alternatives in a specification's example it tells the first good one.
 */
evpack_status unwrap_walk(const char *text, size_t len, const json *value,
                          const unwrap_listener *listener, size_t *count,
                          evpack_err *err) EVPACK_MUST_USE;

#endif
