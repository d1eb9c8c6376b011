/*
 * The body of a record in letters that SQLite reads as JSON means them. Its JSON functions end a
 * string at an escaped U+0000, and find no member whose name is written with escapes; half a
 * surrogate pair is no text at all. A rule would see "Disabled" in "Disabled\u0000x", or no
 * publicNetworkAccess in "\u0070ublicNetworkAccess".
 */
#ifndef EVPACK_COLLECT_PLAIN_H
#define EVPACK_COLLECT_PLAIN_H

#include "base/buf.h"

/* text is strict JSON without white space around its tokens. Whether something had to be written
 * otherwise: then out has the whole text with it, else out is empty. Names lose the escapes that
 * they do not need; U+0000 and half pairs become U+FFFD; all else stays as written. Running out of
 * memory shows in buf_status of out. */
bool plain_text(const char *text, size_t len, buf *out);

#endif
