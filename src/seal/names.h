/*
 * Names in a package.
 *
 * A member's path, below the top folder, is at most 200 bytes; its parts are joined by '/', and are
 * made of the letters A-Z a-z, the digits, space and . _ - + , = @ ( ) ~ only. ASCII alone leaves
 * no question of normal forms, text direction or code pages on the way to another system. No part
 * is empty, begins with a space, ends with a space or a dot, or is a device name of Windows (CON,
 * PRN, AUX, NUL, COM0-9, LPT0-9, with or without an extension). No two files are equal when letter
 * case is ignored, nor is one a folder of another.
 *
 * An original path (any bytes, parts joined by '/') becomes a member's path by this scheme. It is
 * one to one: from the result the original can be told, or, for the hashed form, checked.
 *   - A byte that may not stand where it stands becomes ~XX, its value in lower-case hex: every
 * byte outside the letters above, every '~', a space at the beginning of a part, a space or dot at
 *     its end, the first letter of a device name. An empty part becomes "~" alone.
 *   - When the result is too long, or equals another but for letter case, it is replaced by
 *     HEAD~~HASH.EXT: the beginning of its last part (at most 40 bytes), the first 32 hex digits of
 *     the SHA-256 of the original path, and its last part's extension when it has a short plain
 *     one. "~~" appears in no other result.
 * "reports/Q3 list.json" stays as it is; "donn\xc3\xa9es/a:b.json" becomes
 * "donn~c3~a9es/a~3ab.json".
 */
#ifndef EVPACK_SEAL_NAMES_H
#define EVPACK_SEAL_NAMES_H

#include "base/buf.h"

enum { NAMES_PATH_MAX = 200, NAMES_ID_MAX = 64, NAMES_FILES_MAX = 200000 };

/* Whether path is a member's path as above. EVPACK_E_INPUT says what is wrong. */
evpack_status names_check(const char *path, evpack_err *err) EVPACK_MUST_USE;
/* A package id, the name of the top folder: 1 to 64 letters, digits, '.', '_' and '-', beginning
 * with a letter or digit, and good as a path. */
evpack_status names_check_id(const char *id, evpack_err *err) EVPACK_MUST_USE;

/* Appends prefix (a good path that ends in '/', or "") and the member's path for original.
 * hashed: take the hashed form even when it is not needed. */
evpack_status names_escape(const char *prefix, const char *original, bool hashed, buf *out,
                           evpack_err *err) EVPACK_MUST_USE;

/* The paths of one package, to find those that would meet on another system. */
typedef struct names_set names_set;
evpack_status names_set_new(names_set **out, evpack_err *err) EVPACK_MUST_USE;
void names_set_free(names_set *s);
EVPACK_DEFINE_CLEANUP(names_set, names_set_free)
/* EVPACK_E_INPUT when the path meets one that is there; the set is then as before. EVPACK_E_LIMIT
 * when there are too many. */
evpack_status names_set_add(names_set *s, const char *path, evpack_err *err) EVPACK_MUST_USE;
/* Whether a path was added that is equal but for letter case. */
bool names_set_has(names_set *s, const char *path);
size_t names_set_count(const names_set *s);
/* names_escape for one of many: takes the plain form, or the hashed one when the plain form meets
 * another, and adds it. The result depends on the order of the calls. */
evpack_status names_set_place(names_set *s, const char *prefix, const char *original, buf *out,
                              evpack_err *err) EVPACK_MUST_USE;

#endif
