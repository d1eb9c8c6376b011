/*
 * What is missing, and the az command that would supply it: the table need of the newest run's
 * mapping, with {id}, {name}, {group} and {subscription} filled in from a subject.
 *
 * A filled command is pasted into a shell by an administrator, and names come from the evidence:
 * what is not plain is put into single quotes, which bash and PowerShell read alike. A value that
 * single quotes cannot hold in both (a quote, a typographic one that PowerShell takes for one, a
 * control character) is not filled in: the placeholder stays, as <name>.
 */
#ifndef EVPACK_STORE_NEEDS_H
#define EVPACK_STORE_NEEDS_H

#include "base/buf.h"
#include "store/store.h"

typedef struct needs needs;

/* A case without a run has none. */
evpack_status needs_load(const store *s, needs **out, evpack_err *err) EVPACK_MUST_USE;
void needs_free(needs *n);
EVPACK_DEFINE_CLEANUP(needs, needs_free)

/* In words; the kind itself when the mapping does not say. Borrowed. */
const char *needs_what(const needs *n, const char *kind);
/* Appends the command for a subject (its ARM id; NULL: placeholders stay). Nothing is appended
 * when the mapping has no command for that kind. */
void needs_command(const needs *n, const char *kind, const char *subject, buf *out);

#endif
