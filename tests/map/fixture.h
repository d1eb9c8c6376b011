/*
 * The cases of fixtures/ (fixtures/README.md has the format): finding them, collecting one into a
 * case, and judging what the engine found against expect.json.
 */
#ifndef EVPACK_TESTS_MAP_FIXTURE_H
#define EVPACK_TESTS_MAP_FIXTURE_H

#include "base/buf.h"
#include "map/rule.h"
#include "port/json.h"
#include "store/store.h"

#define FIXTURES TEST_SOURCE_ROOT "/fixtures"
enum { FIXTURE_CASES_MAX = 2048, FIXTURE_NOW = 1795334400 };

typedef struct {
    char *at[FIXTURE_CASES_MAX]; /* folders below fixtures/, never freed: they live as the test does
                                  */
    size_t count;
} fixture_list;

/* Appends the folders at or below folder (a full path) that hold an expect.json, sorted. Asserts
 * nothing, because it runs before any test does. */
void fixture_find(const char *folder, fixture_list *out);
/* folder/name; the caller frees. */
char *fixture_join(const char *folder, const char *name);
/* expect.json of the case, or any other JSON file; the test fails when it cannot be read. */
json_doc *fixture_json(const char *path);
/* Collects the case's files into s: one snapshot, or one for each folder in it. */
void fixture_collect(store *s, const char *where);
/*
 * Whether the findings are what the case expects; the first difference is appended to why. With a
 * rule only what is said of its feature, in the services that it names, is judged.
 */
bool fixture_judge(store *s, const json *expect, const rule *only, buf *why);

#endif
