/*
 * A rule file: a header of comment lines, then one SELECT.
 *
 *   -- id: ai-disable-local-auth
 *   -- tests: the exact property; a line that begins with "--   "
 *   --   goes on
 *   SELECT record_id, status, reason, need, evidence FROM …
 *
 * Keys: id, version, title, service (slugs), control, feature, severity, needs, observes (JSON
 * Pointers into the subject's body), policy, tests, absent, source. Lists are split at commas.
 */
#ifndef EVPACK_MAP_RULE_H
#define EVPACK_MAP_RULE_H

#include "map/files.h"

typedef struct {
    const mapping_file *file; /* borrowed */
    char *id, *version, *title, *service, *control, *feature, *severity, *needs, *observes, *policy,
        *tests, *absent, *source; /* owned; NULL: not given */
    const char *sql;              /* the whole file: comments do no harm */
    unsigned lines[16];           /* of each key, for rule_line */
} rule;

/* Told of each fault of a header. line 0: something is not there. */
typedef struct {
    evpack_status (*fault)(void *ctx, unsigned line, const char *text, evpack_err *err);
    void *ctx;
} rule_listener;

/* Reads what can be read: what a faulty header does say stands in out. Fails as the listener does,
 * or for want of memory. */
evpack_status rule_read(const mapping_file *file, const rule_listener *listener, rule *out,
                        evpack_err *err) EVPACK_MUST_USE;
/* The line of a key, from 1; 0 when it is not there. */
unsigned rule_line(const rule *r, const char *key);

/* The same, but the first fault is an error that names file and line. */
evpack_status rule_parse(const mapping_file *file, rule *out, evpack_err *err) EVPACK_MUST_USE;
void rule_reset(rule *r);
/* Whether a comma-separated list holds the word. */
bool rule_list_has(const char *list, const char *word);
/* The list as a JSON array of strings. */
void rule_list_json(const char *list, buf *out);

#endif
