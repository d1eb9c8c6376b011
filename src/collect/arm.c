/*
 * ARM ids. Invariant: two spellings of one id have one canonical form. Knows nothing of which
 * types exist.
 */
#include "collect/arm.h"

#include "base/text.h"

#include <string.h>

static bool is_plain(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           strchr("-._~ ()@+:,=!$&'*;", c) != NULL;
}

/* Whether every '%' of an id begins an escape. */
static bool is_escaped(const char *id)
{
    unsigned char c = 0;
    const char *p = strchr(id, '%');
    bool any = p != NULL;
    for (; p != NULL; p = strchr(p + 1, '%')) {
        if (!text_unhex(p + 1, strnlen(p + 1, 2), &c, 1)) {
            return false;
        }
    }
    return any;
}

/* Whether a '%' that begins no escape stands so near that what comes could make it one. */
static bool is_near_stray(const char *out, size_t len)
{
    return (len >= 1 && out[len - 1] == '%') || (len >= 2 && out[len - 2] == '%');
}

/* The byte at *p, with *p set after it; %XX is the character that it stands for when whole (the
 * whole id was encoded, its slashes too) or when that character can stand itself. Each is judged by
 * its own, so that the canonical form of a part is that part of the canonical form. */
static char next_byte(const char **p, bool alone, bool whole)
{
    unsigned char c = 0;
    if (alone && **p == '%' && text_unhex(*p + 1, strnlen(*p + 1, 2), &c, 1) && c != '\0' &&
        (is_plain(c) || (whole && c == '/'))) {
        *p += 3;
        return (char)c;
    }
    return *(*p)++;
}

/* Whether the slashes of an id are written %2F: a name never begins so. */
static bool is_encoded(const char *id)
{
    static const char *const heads[] = {"%2Fsubscriptions%2F", "subscriptions%2F",
                                        "%2Fproviders%2F", "providers%2F"};
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
        if (strncasecmp(id, heads[i], strlen(heads[i])) == 0) {
            return true;
        }
    }
    return false;
}

bool arm_is_id(const char *text)
{
    if (text == NULL) {
        return false;
    }
    if (is_encoded(text) && is_escaped(text)) {
        return true;
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
    const bool whole = is_encoded(id) && is_escaped(id);
    buf_putc(out, '/');
    for (const char *p = id; *p != '\0';) {
        const bool alone = out->data == NULL || !is_near_stray(out->data + start, out->len - start);
        char c = next_byte(&p, alone, whole);
        if (c == '/' && out->data != NULL && out->data[out->len - 1] == '/') {
            continue;
        }
        buf_putc(out, text_lower(c));
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

bool arm_is_extension(const char *canonical)
{
    const char *p = last_provider(canonical);
    return p != NULL && strstr(canonical, "/providers/") != p;
}
