/*
 * The functions of a plan's script: once_commands, subscription_commands, and LOOP_commands for
 * each loop, in the words that the skeletons (plan.sh, plan.ps1) define.
 */
#ifndef EVPACK_MAP_PLAN_RENDER_H
#define EVPACK_MAP_PLAN_RENDER_H

#include "map/plan.h"
#include "port/json.h"

/* plan passed plan_check; chosen has a flag for each of its commands, in their order. */
void plan_render(const json *plan, const bool *chosen, plan_shell shell, buf *out);

#endif
