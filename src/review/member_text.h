/*
 * The members of a JSON object, each as the text that it has, without white space: two values are
 * the same when their texts are, so that no digit is lost in a comparison.
 */
#ifndef EVPACK_REVIEW_MEMBER_TEXT_H
#define EVPACK_REVIEW_MEMBER_TEXT_H

#include "base/buf.h"

typedef struct {
    char *name; /* owned; as written, without the quotes */
    const char *text;
    size_t len;
} member_text;

enum { MEMBER_TEXTS_MAX = 64 };
typedef struct {
    buf copy; /* of the object, without white space */
    member_text at[MEMBER_TEXTS_MAX];
    size_t count;
} member_texts;

/* out is {0}. EVPACK_E_INPUT when it is no JSON object, has too many members, or two of one name.
 */
evpack_status member_texts_read(const char *text, size_t len, member_texts *out,
                                evpack_err *err) EVPACK_MUST_USE;
void member_texts_reset(member_texts *m);
/* NULL: there is none. */
const member_text *member_texts_find(const member_texts *m, const char *name);

#endif
