/*
 * The spellings that OSCAL asks for (its metaschema's data types), as JSON. Prose is Markdown
 * there, so what stands in names and reasons is escaped: nothing in evidence becomes a link or
 * HTML. Characters that hide or reorder are shown as escapes (base/visible.h).
 */
#ifndef EVPACK_REPORT_OSCAL_TEXT_H
#define EVPACK_REPORT_OSCAL_TEXT_H

#include "base/buf.h"

/* The namespace of evpack's own properties. */
#define OSCAL_NS "urn:x-evpack:oscal"

/* Inside a JSON string that is prose (markup-line and markup-multiline): no quotes are added. */
void oscal_prose(buf *b, const char *text, size_t len);
/* A whole JSON string of it; NULL and "" become "-", since a markup line is never empty. */
void oscal_line(buf *b, const char *text);
/* A whole JSON string of the type string: no space at either end, never empty. */
void oscal_string(buf *b, const char *text);
/* Adds {"name","ns","value"} to an array; nothing for NULL or "". A comma comes before it unless
 * the array has just begun. */
void oscal_prop(buf *b, const char *name, const char *value);
/* A token, without quotes: what may not stand in one becomes '_'. */
void oscal_token(buf *b, const char *text);
/* What goes on with a token. */
void oscal_token_rest(buf *b, const char *text);
/* A path in a package, below data/, as a relative URI reference without quotes. */
void oscal_href(buf *b, const char *path);

#endif
