/*
 * Members' paths from any others. Invariant: what comes out is a path that member_check accepts,
 * and two originals never give one result. Not part of the small verifier, which makes no names.
 */
#include "base/member.h"

#include "base/text.h"

#include <string.h>

static void escape_byte(buf *out, unsigned char c)
{
    char text[4] = "~";
    text_hex(&c, 1, text + 1);
    buf_append(out, text, 3);
}

static void escape_part(const char *part, size_t len, buf *out)
{
    if (len == 0) {
        buf_putc(out, '~');
        return;
    }
    bool device = member_is_device(part, len);
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)part[i];
        bool last = i + 1 == len;
        if (!member_is_safe(c) || c == '~' || (i == 0 && (c == ' ' || device)) ||
            (last && (c == ' ' || c == '.'))) {
            escape_byte(out, c);
        } else {
            buf_putc(out, (char)c);
        }
    }
}

/* A short plain extension, with its dot, or "". */
static const char *extension(const char *part)
{
    const char *dot = strrchr(part, '.');
    if (dot == NULL || dot == part || strlen(dot) < 2 || strlen(dot) > 10) {
        return "";
    }
    for (const char *p = dot + 1; *p != '\0'; p++) {
        unsigned char c = (unsigned char)text_lower(*p);
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))) {
            return "";
        }
    }
    return dot;
}

void member_escape(const char *original, buf *out)
{
    for (const char *part = original;;) {
        size_t len = strcspn(part, "/");
        escape_part(part, len, out);
        if (part[len] == '\0') {
            return;
        }
        buf_putc(out, '/');
        part += len + 1;
    }
}

void member_escape_hashed(const char *original, const char *hash, buf *out)
{
    enum { HEAD_MAX = 40, HASH = 32 };
    const char *slash = strrchr(original, '/');
    const char *part = slash == NULL ? original : slash + 1;
    const char *ext = extension(part);
    EVPACK_AUTO_VALUE(buf_reset) buf head = {0};
    escape_part(part, strlen(part) - strlen(ext), &head);
    buf_truncate(&head, HEAD_MAX);
    for (size_t tail = 1; tail <= 2 && tail <= head.len; tail++) { /* no half of a ~XX */
        if (head.len == HEAD_MAX && head.data[head.len - tail] == '~') {
            buf_truncate(&head, head.len - tail);
            break;
        }
    }
    out->failed = out->failed || head.failed;
    buf_printf(out, "%s~~%.*s%s", buf_str(&head), HASH, hash, ext);
}
