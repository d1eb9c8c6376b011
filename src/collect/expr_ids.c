/*
 * Ids in templates. Invariant: a marked id has '{' as the first byte of its first or second
 * segment. Knows no expression.
 */
#include "collect/expr_ids.h"

#include "base/text.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>

static const char group_type[] = "Microsoft.Resources/resourceGroups";

/* Segments of a text, without an empty one at its end. */
static size_t segments(const char *text)
{
    size_t n = *text != '\0';
    for (const char *p = text; *p != '\0'; p++) {
        n += *p == '/' && p[1] != '\0';
    }
    return n;
}

size_t expr_ids_subscription(const char *id)
{
    static const char head[] = "/subscriptions/";
    if (strncasecmp(id, head, strlen(head)) != 0) {
        return 0;
    }
    return strlen(head) + strcspn(id + strlen(head), "/");
}

static const char *append_segment(buf *out, const char *p)
{
    size_t len = strcspn(p, "/");
    buf_putc(out, '/');
    buf_append(out, p, len);
    return p[len] == '/' ? p + len + 1 : p + len;
}

bool expr_ids_join(const char *base, const char *type, const char *name, buf *out)
{
    size_t subscription = expr_ids_subscription(base);
    if (text_same(type, group_type) && subscription > 0 && segments(name) == 1) {
        buf_append(out, base, subscription);
        buf_puts(out, "/resourceGroups");
        (void)append_segment(out, name);
        return true;
    }
    buf_puts(out, base);
    buf_puts(out, "/providers");
    bool fits = segments(type) >= 2 && segments(type) == segments(name) + 1;
    if (!fits) {
        buf_printf(out, "/%s/%s", type, name);
        return false;
    }
    type = append_segment(out, type);
    while (*type != '\0') {
        type = append_segment(out, type);
        name = append_segment(out, name);
    }
    return true;
}

void expr_ids_mark(const char *id, buf *out)
{
    size_t head = expr_ids_subscription(id);
    static const size_t word = sizeof "/subscriptions/" - 1;
    bool marked = head > 0 ? id[word] == '{' : text_starts(id, "/{");
    if (marked) {
        buf_puts(out, id);
    } else if (head > 0) {
        buf_printf(out, "/subscriptions/{%.*s}%s", (int)(head - word), id + word, id + head);
    } else {
        bool slash = *id == '/' || *id == '\0';
        buf_printf(out, "%s%s%s", EXPR_IDS_TENANT, slash ? "" : "/",
                   strcmp(id, "/") == 0 ? "" : id);
    }
}

bool expr_ids_is(const char *function)
{
    static const char *const names[] = {"resourceId", "subscriptionResourceId", "tenantResourceId",
                                        "extensionResourceId"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (text_same(function, names[i])) {
            return true;
        }
    }
    return false;
}

/* The names of args from first on, with slashes between; the id of them at base. */
static bool join_args(const expr_ids_call *call, const char *base, size_t first, buf *out)
{
    EVPACK_AUTO_VALUE(buf_reset) buf type = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf name = {0};
    buf_puts(&type, call->args[first]);
    if (type.len > 0 && type.data[type.len - 1] == '/') {
        buf_truncate(&type, type.len - 1);
    }
    for (size_t i = first + 1; i < call->count; i++) {
        buf_puts(&name, i == first + 1 ? "" : "/");
        buf_puts(&name, call->args[i]);
    }
    return expr_ids_join(base, buf_str(&type), buf_str(&name), out);
}

static bool resource_id(const expr_ids_call *call, size_t most, buf *out)
{
    /* The type is the first argument with a slash in it; before it stand group and subscription. */
    size_t type = 0;
    while (type < call->count && type <= most && strchr(call->args[type], '/') == NULL) {
        type++;
    }
    if (type >= call->count || type > most) {
        return false;
    }
    EVPACK_AUTO_VALUE(buf_reset) buf base = {0};
    size_t head = expr_ids_subscription(call->base);
    bool subscription_given = type == 2 || (type == 1 && most == 1);
    if (subscription_given) {
        buf_printf(&base, "/subscriptions/%s", call->args[0]);
    } else if (type == 0 && most == 2) {
        buf_puts(&base, call->base); /* at the level of the deployment */
    } else if (head > 0) {
        buf_append(&base, call->base, head);
    } else {
        buf_puts(&base, EXPR_IDS_SUBSCRIPTION);
    }
    if (most == 2 && type > 0) {
        buf_printf(&base, "/resourceGroups/%s", call->args[type - 1]);
    }
    if (strcmp(buf_str(&base), EXPR_IDS_MANAGEMENT_GROUP) == 0 ||
        strcmp(buf_str(&base), EXPR_IDS_TENANT) == 0) {
        buf_clear(&base); /* resourceId() there is tenantResourceId() */
    }
    return join_args(call, buf_str(&base), type, out);
}

bool expr_ids_of(const expr_ids_call *call, buf *out)
{
    if (call->count < 2) {
        return false;
    }
    if (text_same(call->function, "resourceId")) {
        return resource_id(call, 2, out);
    }
    if (text_same(call->function, "subscriptionResourceId")) {
        return resource_id(call, 1, out);
    }
    bool tenant = text_same(call->function, "tenantResourceId");
    const char *scope = tenant || strcmp(call->args[0], "/") == 0 ? "" : call->args[0];
    return call->count > (tenant ? 1U : 2U) && join_args(call, scope, tenant ? 0 : 1, out);
}
