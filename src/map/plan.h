/*
 * The plan: a script that an administrator runs where evpack is not, and which exports with az what
 * the mapping needs. The commands are data (plan.json of the mapping), the script's skeletons too
 * (src/map/plan.sh, src/map/plan.ps1). Whatever mapping it comes from, a command of a plan only
 * reads, returns no secret (src/map/plan-words.json), and is one command: each of its words is
 * quoted.
 */
#ifndef EVPACK_MAP_PLAN_H
#define EVPACK_MAP_PLAN_H

#include "base/buf.h"

typedef enum { PLAN_BASH, PLAN_POWERSHELL } plan_shell;

typedef struct {
    plan_shell shell;
    const char *folder;           /* the mapping; NULL: the built-in one */
    const char *const *baselines; /* slugs of services; none: everything */
    size_t baseline_count;
} plan_options;

/*
 * Appends the script to out. With baselines it holds what the rules of these services need, and
 * what every plan has; without, everything. missing gets the kinds that rules need and no command
 * supplies, separated by commas. EVPACK_E_USAGE: a baseline that the mapping does not have, with
 * those that it has. EVPACK_E_MAPPING: the mapping has no plan, or one that is refused.
 */
evpack_status plan_script(const plan_options *options, buf *out, buf *missing,
                          evpack_err *err) EVPACK_MUST_USE;

#endif
