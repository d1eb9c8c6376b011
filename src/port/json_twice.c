/*
 * Members that stand twice in one object. Invariant: the answer is found in time that grows with
 * the text, however deep and wide it is. Refuses to know which of the two counts.
 */
#include "port/json.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

static int by_name(const void *a, const void *b)
{
    return strcmp((*(const cJSON *const *)a)->string, (*(const cJSON *const *)b)->string);
}

/* Whether two values say the same, member by member in their order (cJSON_Compare looks at every
 * level twice, which a deep value makes endless). */
static bool same_value(const cJSON *a, const cJSON *b)
{
    if ((a->type & 0xff) != (b->type & 0xff)) {
        return false;
    }
    if (cJSON_IsString(a)) {
        return strcmp(a->valuestring, b->valuestring) == 0;
    }
    if (cJSON_IsNumber(a)) {
        return a->valuedouble >= b->valuedouble && a->valuedouble <= b->valuedouble;
    }
    const cJSON *x = a->child;
    const cJSON *y = b->child;
    for (; x != NULL && y != NULL; x = x->next, y = y->next) {
        bool named = x->string == NULL || strcmp(x->string, y->string) == 0;
        if (!named || !same_value(x, y)) {
            return false;
        }
    }
    return x == NULL && y == NULL;
}

/* Among members that are sorted by name. */
static const char *neighbours(const cJSON *const *members, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        if (strcmp(members[i - 1]->string, members[i]->string) == 0 &&
            !same_value(members[i - 1], members[i])) {
            return members[i]->string;
        }
    }
    return NULL;
}

static const char *twice_here(const cJSON *object)
{
    enum { FEW = 32 };
    const cJSON *few[FEW];
    size_t count = json_count(object);
    /* Without memory for many members the answer is the careful one. */
    const cJSON **members = count <= FEW ? few : calloc(count, sizeof(void *));
    if (members == NULL) {
        return object->child->string;
    }
    size_t n = 0;
    for (const cJSON *m = object->child; m != NULL; m = m->next) {
        members[n++] = m;
    }
    qsort(members, count, sizeof(void *), by_name);
    const char *name = neighbours(members, count);
    if (members != few) {
        free(members);
    }
    return name;
}

const char *json_twice(const json *value)
{
    const char *name = cJSON_IsObject(value) && value->child != NULL ? twice_here(value) : NULL;
    for (const json *e = json_first(value); e != NULL && name == NULL; e = json_next(e)) {
        name = json_twice(e);
    }
    return name;
}
