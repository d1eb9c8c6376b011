/*
 * Error bodies that were saved as results. Invariant: an object that holds anything of a resource
 * is none. Refuses to know what was asked for.
 */
#include "collect/shape.h"

#include <string.h>

/* A member by its name, or by the same name in Pascal case. */
static const json *either(const json *value, const char *lower, const char *upper)
{
    const json *found = json_get(value, lower);
    return found != NULL ? found : json_get(value, upper);
}

/* {"code": …, "message": …} without anything that a resource has. */
static bool is_bare_error(const json *value)
{
    const json *message = either(value, "message", "Message");
    return json_is_string(either(value, "code", "Code")) &&
           (json_is_string(message) || json_is_null(message)) &&
           either(value, "id", "Id") == NULL && either(value, "name", "Name") == NULL &&
           either(value, "properties", "Properties") == NULL;
}

static const json *inner_error(const json *value)
{
    static const char *const names[] = {"error", "Error", "odata.error"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const json *inner = json_get(value, names[i]);
        if (json_is_object(inner)) {
            return inner;
        }
    }
    return NULL;
}

bool shape_has_error(const json *value, const char **code, const char **message)
{
    const json *inner = inner_error(value);
    if (inner == NULL) {
        return false;
    }
    *code = json_string(either(inner, "code", "Code"));
    const json *text = either(inner, "message", "Message");
    *message = json_is_object(text) ? json_get_string(text, "value") : json_string(text);
    return true;
}

/* Whether an object holds more than an error and words about it: a template that was exported in
 * part, for one. */
static bool holds_more(const json *value)
{
    static const char *const results[] = {"id",   "name",      "properties", "template", "value",
                                          "data", "resources", "responses",  "body"};
    for (size_t i = 0; i < sizeof results / sizeof results[0]; i++) {
        if (json_get(value, results[i]) != NULL) {
            return true;
        }
    }
    return false;
}

/* A gateway's refusal: {"statusCode": 401, "message": …}, or {"Message": …} alone. */
static bool is_refusal(const json *value)
{
    const json *message = either(value, "message", "Message");
    const json *status = either(value, "statusCode", "StatusCode");
    bool bad = json_is_number(status) && json_number(status) >= 400 && json_number(status) < 600;
    return json_is_string(message) && (bad || json_count(value) == 1) && !holds_more(value);
}

bool shape_is_error(const json *value, const char **code, const char **message)
{
    if (shape_has_error(value, code, message)) {
        return !holds_more(value);
    }
    /* What Microsoft Entra answers when a sign-in fails. */
    const char *word = json_get_string(value, "error");
    const char *said = json_get_string(value, "error_description");
    bool bare = is_bare_error(value);
    if (!bare && is_refusal(value)) {
        *code = NULL;
        *message = json_string(either(value, "message", "Message"));
        return true;
    }
    if (!bare && (word == NULL || (said == NULL && json_count(value) > 1))) {
        return false;
    }
    *code = bare ? json_string(either(value, "code", "Code")) : word;
    *message = bare ? json_string(either(value, "message", "Message")) : said;
    return true;
}
