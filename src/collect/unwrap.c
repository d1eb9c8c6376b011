/*
 * Unwrapping. Invariant: an object that could be a resource (it has an id) is never taken for a
 * wrapper. Refuses to know what the bodies are.
 */
#include "collect/unwrap.h"

#include "collect/spans.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* An object or array in the wrapper's text, with the same parsed. */
typedef struct {
    span at;
    const json *value;
} node;

typedef struct {
    const unwrap_listener *listener;
    size_t *count;
} telling;

static node child(const node *of, const char *name)
{
    span_walk walk = span_begin(of->at.value, of->at.value_len);
    const json *value = json_get(of->value, name);
    for (span s; value != NULL && span_next(&walk, &s);) {
        if (span_key_is(&s, name)) {
            return (node){s, value};
        }
    }
    return (node){0};
}

static long status_of(const json *holder)
{
    static const char *const names[] = {"status_code", "statusCode", "httpStatusCode", "status"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const json *status = json_get(holder, names[i]);
        if (json_is_number(status) && json_number(status) >= 100 && json_number(status) < 600) {
            return (long)json_number(status);
        }
        const char *text = json_string(status);
        if (text != NULL && strlen(text) == 3 && strspn(text, "0123456789") == 3) {
            return strtol(text, NULL, 10);
        }
    }
    return 0;
}

static const char *url_of(const json *holder)
{
    static const char *const names[] = {"url", "uri", "requestUrl", "requestUri"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *url = json_get_string(holder, names[i]);
        if (url != NULL) {
            return url;
        }
    }
    return NULL;
}

/* The answer that an object holds under "body" or "content" (HAR: its "text"). */
static evpack_status tell(const telling *t, const node *holder, const char *pointer,
                          const char *url, evpack_err *err)
{
    unwrap_answer a = {.status = status_of(holder->value), .url = url};
    static const char *const names[] = {"body", "content"};
    node body = {0};
    const char *name = "";
    const char *deeper = "";
    for (size_t i = 0; i < sizeof names / sizeof names[0] && body.value == NULL; i++) {
        body = child(holder, names[i]);
        name = names[i];
    }
    if (json_is_string(json_get(body.value, "text")) && json_get(body.value, "mimeType") != NULL) {
        body = child(&body, "text");
        deeper = "/text";
    }
    bool none = body.value == NULL || json_is_null(body.value);
    if (!none) {
        a.text = body.at.value;
        a.len = body.at.value_len;
        a.string = json_string(body.value);
    }
    (void)snprintf(a.pointer, sizeof a.pointer, "%s/%s%s", pointer, none ? "" : name, deeper);
    ++*t->count;
    return t->listener->answer(t->listener->ctx, &a, err);
}

/* {"200": {"body"}, …}: alternatives, of which the first good one is the answer. */
static evpack_status tell_example(const telling *t, const node *responses, evpack_err *err)
{
    const json *chosen = NULL;
    for (const json *m = json_first(responses->value); m != NULL; m = json_next(m)) {
        const char *code = json_name(m);
        bool good = code[0] == '2' && (chosen == NULL || json_name(chosen)[0] != '2');
        if (strlen(code) == 3 && strspn(code, "0123456789") == 3 && json_get(m, "body") != NULL &&
            (chosen == NULL || good)) {
            chosen = m;
        }
    }
    if (chosen == NULL) {
        return EVPACK_OK;
    }
    node holder = child(responses, json_name(chosen));
    node body = child(&holder, "body");
    unwrap_answer a = {.text = body.at.value,
                       .len = body.at.value_len,
                       .string = json_string(body.value),
                       .status = strtol(json_name(chosen), NULL, 10)};
    (void)snprintf(a.pointer, sizeof a.pointer, "/responses/%s/body", json_name(chosen));
    ++*t->count;
    return body.value == NULL ? EVPACK_OK : t->listener->answer(t->listener->ctx, &a, err);
}

/* {"request": {"url"}, "response": {"status", "body"}}. */
static evpack_status tell_exchange(const telling *t, const node *exchange, const char *prefix,
                                   evpack_err *err)
{
    node response = child(exchange, "response");
    const json *request = json_get(exchange->value, "request");
    if (!json_is_object(response.value) || request == NULL) {
        return EVPACK_OK;
    }
    char pointer[UNWRAP_POINTER_MAX];
    (void)snprintf(pointer, sizeof pointer, "%s/response", prefix);
    const char *url = json_string(request);
    return tell(t, &response, pointer, url != NULL ? url : url_of(request), err);
}

/* The elements of a batch, or of a HAR file's entries. */
static evpack_status tell_each(const telling *t, const node *list, const char *prefix, bool batch,
                               evpack_err *err)
{
    span_walk walk = span_begin(list->at.value, list->at.value_len);
    const json *value = json_first(list->value);
    node one = {0};
    for (unsigned n = 0; value != NULL && span_next(&walk, &one.at); n++) {
        char pointer[UNWRAP_POINTER_MAX];
        (void)snprintf(pointer, sizeof pointer, "%s/%u", prefix, n);
        one.value = value;
        if (!batch) {
            EVPACK_TRY(tell_exchange(t, &one, pointer, err));
        } else if (json_is_object(value)) {
            EVPACK_TRY(tell(t, &one, pointer, url_of(value), err));
        }
        value = json_next(value);
    }
    return EVPACK_OK;
}

evpack_status unwrap_walk(const char *text, size_t len, const json *value,
                          const unwrap_listener *listener, size_t *count, evpack_err *err)
{
    *count = 0;
    if (json_get(value, "id") != NULL || json_get(value, "properties") != NULL) {
        return EVPACK_OK;
    }
    const telling t = {listener, count};
    const node root = {{.value = text, .value_len = len}, value};
    node responses = child(&root, "responses");
    if (json_is_object(responses.value) && json_is_object(json_get(value, "parameters"))) {
        return tell_example(&t, &responses, err);
    }
    if (json_is_array(responses.value) && status_of(json_first(responses.value)) != 0) {
        return tell_each(&t, &responses, "/responses", true, err);
    }
    node log = child(&root, "log");
    node entries = child(&log, "entries");
    if (json_is_array(entries.value)) {
        return tell_each(&t, &entries, "/log/entries", false, err);
    }
    if (json_get(value, "response") != NULL) {
        return tell_exchange(&t, &root, "", err);
    }
    bool body = json_get(value, "body") != NULL || json_get(value, "content") != NULL;
    return body && status_of(value) != 0 ? tell(&t, &root, "", url_of(value), err) : EVPACK_OK;
}
