/*
 * Names of files in a package ("members").
 *
 * A member's path, below the top folder, is at most 200 bytes; its parts are joined by '/', and are
 * made of the letters A-Z a-z, the digits, space and . _ - + , = @ ( ) ~ only. ASCII alone leaves
 * no question of normal forms, text direction or code pages on the way to another system. No part
 * is empty, begins with a space, ends with a space or a dot, or is a device name of Windows (CON,
 * PRN, AUX, NUL, COM0-9, LPT0-9, with or without an extension), or of the form of its short names,
 * which stand for other files (FINDIN~1.JSO is findings.json; ~ and one digit end the name, and
 * neither escape below does that). No two files are equal when letter
 * case is ignored, nor is one a folder of another (seal/names.h).
 *
 * An original path (any bytes, parts joined by '/') becomes a member's path by one scheme, from
 * whose result the original can be told or, for the hashed form, checked:
 *   - A byte that may not stand where it stands becomes ~XX, its value in lower-case hex: every
 *     byte outside the characters above, every '~', a space at the beginning of a part, a space or
 *     dot at its end, the first letter of a device name. An empty part becomes "~" alone.
 *   - When the result is too long, or meets another, it is HEAD~~HASH.EXT instead: the beginning of
 *     its last part (at most 40 bytes), 32 hex digits, and its last part's extension when it has a
 *     short plain one. "~~" appears in no other result. The digits are the first of the SHA-256 of
 *     "PATH\nSHA256\n": the original path, and the file's own SHA-256 in lower-case hex.
 * "reports/Q3 list.json" stays as it is; "donn\xc3\xa9es/a:b.json" becomes
 * "donn~c3~a9es/a~3ab.json".
 */
#ifndef EVPACK_BASE_MEMBER_H
#define EVPACK_BASE_MEMBER_H

#include "base/buf.h"

enum { MEMBER_PATH_MAX = 200, MEMBER_ID_MAX = 64 };

/* Why a path is none; the first fault from its beginning. */
typedef enum {
    MEMBER_GOOD,
    MEMBER_LONG,
    MEMBER_EMPTY,     /* a part: the path begins or ends with '/', or has two in a row */
    MEMBER_DOTS,      /* a part "." or ".." */
    MEMBER_CHARACTER, /* none of the safe ones */
    MEMBER_ENDS,      /* a space before a part, a space or a dot behind one */
    MEMBER_DEVICE,
    MEMBER_ALIAS /* may be another file's short name on Windows */
} member_fault;
member_fault member_fault_of(const char *path);

/* Whether path is a member's path as above. EVPACK_E_INPUT says what is wrong. */
evpack_status member_check(const char *path, evpack_err *err) EVPACK_MUST_USE;
/* A package id, the name of the top folder: 1 to 64 letters, digits, '.', '_' and '-', beginning
 * with a letter or digit, and good as a path. */
evpack_status member_check_id(const char *id, evpack_err *err) EVPACK_MUST_USE;

/* A character that may stand in a part. */
bool member_is_safe(unsigned char c);
/* Whether Windows takes the part, up to its first dot, as a device. */
bool member_is_device(const char *part, size_t len);

/* Appends the first form; its length is the caller's to judge. */
void member_escape(const char *original, buf *out);
/* Appends the hashed form; hash has at least 32 hex digits. */
void member_escape_hashed(const char *original, const char *hash, buf *out);

#endif
