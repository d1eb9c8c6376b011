/*
 * Members' paths. Invariant: a path that member_check accepts is the same file on Linux, macOS and
 * Windows, and both escapes make only such paths. Refuses to know where the names come from.
 */
#include "base/member.h"

#include "base/text.h"

#include <stdbool.h>
#include <string.h>

static bool safe(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != '\0' && strchr(" ._-+,=@()~", c) != NULL);
}

/* Whether Windows takes the part, up to its first dot, as a device. */
static bool is_device(const char *part, size_t len)
{
    static const char *const devices[] = {"con", "prn", "aux", "nul", "com", "lpt"};
    const char *dot = memchr(part, '.', len);
    size_t n = dot == NULL ? len : (size_t)(dot - part);
    while (n > 0 && part[n - 1] == ' ') {
        n--;
    }
    if (n != 3 && n != 4) {
        return false;
    }
    char lower[4];
    for (size_t i = 0; i < n; i++) {
        lower[i] = text_lower(part[i]);
    }
    for (size_t i = 0; i < sizeof devices / sizeof devices[0]; i++) {
        bool numbered = i >= 4;
        if (n == (numbered ? 4U : 3U) && memcmp(lower, devices[i], 3) == 0 &&
            (!numbered || (lower[3] >= '0' && lower[3] <= '9'))) {
            return true;
        }
    }
    return false;
}

/* Whether Windows may have given the name to another file: NAME~1.EXT, of 8 and 3 at most. */
static bool is_alias(const char *part, size_t len)
{
    const char *dot = memchr(part, '.', len);
    size_t n = dot == NULL ? len : (size_t)(dot - part);
    return n >= 2 && n <= 8 && len - n <= 4 && part[n - 2] == '~' && part[n - 1] >= '0' &&
           part[n - 1] <= '9';
}

static member_fault part_fault(const char *part, size_t len)
{
    if (len == 0) {
        return MEMBER_EMPTY;
    }
    for (size_t i = 0; i < len; i++) {
        if (!safe((unsigned char)part[i])) {
            return MEMBER_CHARACTER;
        }
    }
    if (part[0] == '.' && (len == 1 || (len == 2 && part[1] == '.'))) {
        return MEMBER_DOTS;
    }
    if (part[0] == ' ' || part[len - 1] == ' ' || part[len - 1] == '.') {
        return MEMBER_ENDS;
    }
    if (is_device(part, len)) {
        return MEMBER_DEVICE;
    }
    return is_alias(part, len) ? MEMBER_ALIAS : MEMBER_GOOD;
}

member_fault member_fault_of(const char *path)
{
    if (strlen(path) > MEMBER_PATH_MAX) {
        return MEMBER_LONG;
    }
    for (const char *part = path;;) {
        size_t len = strcspn(part, "/");
        member_fault fault = part_fault(part, len);
        if (fault != MEMBER_GOOD || part[len] == '\0') {
            return fault;
        }
        part += len + 1;
    }
}

evpack_status member_check(const char *path, evpack_err *err)
{
    static const char *const texts[] = {
        [MEMBER_EMPTY] = "has an empty part",
        [MEMBER_DOTS] = "has a part '.' or '..'",
        [MEMBER_CHARACTER] = "has a character outside A-Z a-z 0-9 space . _ - + , = @ ( ) ~",
        [MEMBER_ENDS] = "has a part that begins with a space, or ends with a space or a dot",
        [MEMBER_DEVICE] = "has a part that is a device name on Windows",
        [MEMBER_ALIAS] = "has a part that may be another file's short name on Windows",
    };
    member_fault fault = member_fault_of(path);
    if (fault == MEMBER_GOOD) {
        return EVPACK_OK;
    }
    return fault == MEMBER_LONG
               ? evpack_fail(err, EVPACK_E_INPUT, "the path %.60s... is longer than %d bytes", path,
                             MEMBER_PATH_MAX)
               : evpack_fail(err, EVPACK_E_INPUT, "the path '%s' %s", path, texts[fault]);
}

evpack_status member_check_id(const char *id, evpack_err *err)
{
    size_t len = strlen(id);
    bool good = len > 0 && len <= MEMBER_ID_MAX && strspn(id, "._-") == 0 &&
                strpbrk(id, " +,=@()~/") == NULL && part_fault(id, len) == MEMBER_GOOD;
    return good ? EVPACK_OK
                : evpack_fail(err, EVPACK_E_INPUT,
                              "the package id '%.80s' is not 1 to 64 letters, digits, '.', '_' and "
                              "'-' that begin with a letter or digit",
                              id);
}

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
    bool device = is_device(part, len);
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)part[i];
        bool last = i + 1 == len;
        if (!safe(c) || c == '~' || (i == 0 && (c == ' ' || device)) ||
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
