/*
 * Members' paths. Invariant: a path that member_check accepts is the same file on Linux, macOS and
 * Windows, (member_escape.c makes only such paths). Refuses to know where names come from.
 */
#include "base/member.h"

#include "base/text.h"

#include <stdbool.h>
#include <string.h>

bool member_is_safe(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != '\0' && strchr(" ._-+,=@()~", c) != NULL);
}

bool member_is_device(const char *part, size_t len)
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
        if (!member_is_safe((unsigned char)part[i])) {
            return MEMBER_CHARACTER;
        }
    }
    if (part[0] == '.' && (len == 1 || (len == 2 && part[1] == '.'))) {
        return MEMBER_DOTS;
    }
    if (part[0] == ' ' || part[len - 1] == ' ' || part[len - 1] == '.') {
        return MEMBER_ENDS;
    }
    if (member_is_device(part, len)) {
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
