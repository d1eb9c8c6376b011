/*
 * ARM ids. Invariant: two spellings of one id have one canonical form. Knows nothing of which
 * types exist.
 */
#include "collect/arm.h"

#include "base/text.h"

#include <string.h>

bool arm_is_id(const char *text)
{
    if (text == NULL) {
        return false;
    }
    while (*text == '/') {
        text++;
    }
    static const char *const heads[] = {"subscriptions/", "providers/"};
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
        size_t len = strlen(heads[i]);
        if (strncasecmp(text, heads[i], len) == 0 && text[len] != '\0') {
            return true;
        }
    }
    return false;
}

void arm_canonical(const char *id, buf *out)
{
    size_t start = out->len;
    buf_putc(out, '/');
    for (; *id != '\0'; id++) {
        if (*id == '/' && out->data != NULL && out->data[out->len - 1] == '/') {
            continue;
        }
        buf_putc(out, text_lower(*id));
    }
    if (out->len > start + 1 && out->data[out->len - 1] == '/') {
        buf_truncate(out, out->len - 1);
    }
}

/* The last "/providers/" of a canonical id; NULL when there is none. */
static const char *last_provider(const char *canonical)
{
    const char *found = NULL;
    for (const char *p = strstr(canonical, "/providers/"); p != NULL;
         p = strstr(p + 1, "/providers/")) {
        found = p;
    }
    return found;
}

/* /subscriptions/S and /subscriptions/S/resourcegroups/G are resources; what else stands below them
 * without a provider (locations, tags) is not one of theirs. */
static const char *type_without_provider(const char *canonical)
{
    static const char head[] = "/subscriptions/";
    static const char group[] = "/resourcegroups/";
    if (!text_starts(canonical, head)) {
        return "";
    }
    const char *rest = canonical + strlen(head);
    rest += strcspn(rest, "/");
    if (*rest == '\0') {
        return "microsoft.resources/subscriptions";
    }
    bool in_group = text_starts(rest, group) && strchr(rest + strlen(group), '/') == NULL;
    return in_group ? "microsoft.resources/resourcegroups" : "";
}

void arm_type(const char *canonical, buf *out)
{
    const char *p = last_provider(canonical);
    if (p == NULL) {
        buf_puts(out, type_without_provider(canonical));
        return;
    }
    p += strlen("/providers/");
    size_t len = strcspn(p, "/");
    buf_append(out, p, len);
    p += len;
    /* Then come type and name in turn. */
    for (bool type = true; *p == '/'; type = !type) {
        len = strcspn(p + 1, "/");
        if (type) {
            buf_append(out, p, len + 1);
        }
        p += len + 1;
    }
}

void arm_parent(const char *canonical, buf *out)
{
    const char *p = last_provider(canonical);
    if (p == NULL) {
        return;
    }
    unsigned slashes = 0;
    for (const char *q = p + strlen("/providers/"); *q != '\0'; q++) {
        slashes += *q == '/';
    }
    /* namespace/type/name is a resource of its own; two more parts make a child. */
    if (slashes < 4) {
        return;
    }
    const char *end = strrchr(canonical, '/');
    while (end > canonical && *(end - 1) != '/') {
        end--;
    }
    buf_append(out, canonical, (size_t)(end - 1 - canonical));
}

void arm_scope(const char *canonical, buf *out)
{
    const char *p = last_provider(canonical);
    if (p != NULL && p != canonical) {
        buf_append(out, canonical, (size_t)(p - canonical));
    } else if (p == canonical) {
        buf_putc(out, '/');
    }
}
