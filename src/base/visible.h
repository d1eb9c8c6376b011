/*
 * Making text visible. Names in evidence may hold characters that hide, reorder or forge what is
 * read: controls, direction marks, zero-width and look-alike spaces. In a report each of them shows
 * as an escape, ⟨U+202E⟩, and so does a literal ⟨ or ⟩, so that an escape cannot be forged. A byte
 * that is not UTF-8 shows as ⟨0xFF⟩.
 */
#ifndef EVPACK_BASE_VISIBLE_H
#define EVPACK_BASE_VISIBLE_H

#include "base/buf.h"

/* Whether a code point shows as itself, in a font that has it. */
bool visible_is(uint32_t c);

/* What the output device can draw; NULL: everything. */
typedef bool (*visible_has)(void *ctx, uint32_t c);
void visible_append(buf *out, const char *text, size_t len, visible_has has, void *ctx);

#endif
