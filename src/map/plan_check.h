/*
 * What a plan may ask of an administrator's az. A plan.json is an object with
 *   "loops":    [{"name", "subject"?, "az": [words], "query", "values": [names]}]
 *   "commands": [{"id", "for": "once"|"subscription"|LOOP, "kind", "az": [words], "supplies"?:
 * [kinds], "note"?, "always"?: true, "pages"?: true}] Words may hold {tenant} and {graph}; for a
 * subscription {subscription} too; for a row of a loop its values, and {vault} when it has a
 * vault_uri: the first word of that host.
 */
#ifndef EVPACK_MAP_PLAN_CHECK_H
#define EVPACK_MAP_PLAN_CHECK_H

#include "port/json.h"

enum { PLAN_COMMANDS_MAX = 500, PLAN_LOOPS_MAX = 20, PLAN_WORDS_MAX = 40, PLAN_WORD_MAX = 1000 };

/* EVPACK_E_MAPPING names the command and what is wrong with it. words: plan-words.json. */
evpack_status plan_check(const json *plan, const json *words, evpack_err *err) EVPACK_MUST_USE;
/* Tells every fault, with the JSON Pointer of the loop or command. Fails as the listener does. */
evpack_status plan_check_each(const json *plan, const json *words,
                              evpack_status (*told)(void *ctx, const char *pointer,
                                                    const char *text, evpack_err *err),
                              void *ctx, evpack_err *err) EVPACK_MUST_USE;
/* Letters, digits, '-' and '_', 1 to 64 of them, not beginning with '-': safe in a script. */
bool plan_is_name(const char *text);
/* The loop of that name; NULL when there is none. */
const json *plan_loop(const json *plan, const char *name);

#endif
