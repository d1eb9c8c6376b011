/*
 * The list of what templates declare. Invariant: what is not certain is never told as missing.
 */
#include "collect/template_names.h"

#include "base/arena.h"

#include <stdlib.h>

struct template_names {
    arena memory;
    template_name *all; /* owned */
    size_t count, room;
};

evpack_status template_names_new(template_names **out, evpack_err *err)
{
    template_names *names = calloc(1, sizeof *names);
    if (names == NULL) {
        return evpack_oom(err);
    }
    *out = names;
    return EVPACK_OK;
}

void template_names_free(template_names *names)
{
    if (names != NULL) {
        arena_reset(&names->memory);
        free(names->all);
        free(names);
    }
}

evpack_status template_names_add(template_names *names, const template_resource *r, evpack_err *err)
{
    if (names->count == names->room) {
        size_t room = names->room == 0 ? 64 : names->room * 2;
        template_name *grown = realloc(names->all, room * sizeof *grown);
        if (grown == NULL) {
            return evpack_oom(err);
        }
        names->all = grown;
        names->room = room;
    }
    bool certain = r->deployed == TEMPLATE_DEPLOYED && !r->existing && !r->name_symbolic &&
                   (!r->looped || r->turn >= 0) && r->type[0] != '\0' && r->name[0] != '\0';
    names->all[names->count++] = (template_name){.type = arena_text(&names->memory, r->type),
                                                 .name = arena_text(&names->memory, r->name),
                                                 .certain = certain};
    return arena_status(&names->memory, err);
}

static evpack_status on_resource(void *ctx, const template_resource *r, evpack_err *err)
{
    return template_names_add(ctx, r, err);
}

evpack_status template_names_read(template_names *names, const json *document, evpack_err *err)
{
    const template_listener listener = {on_resource, names};
    template_result result;
    return template_read(document, &listener, &result, err);
}

size_t template_names_count(const template_names *names)
{
    return names->count;
}

template_name template_names_at(const template_names *names, size_t i)
{
    return names->all[i];
}

evpack_status template_names_missing(const template_names *names, const template_names_check *check,
                                     evpack_err *err)
{
    for (size_t i = 0; i < names->count; i++) {
        const template_name *one = &names->all[i];
        if (one->certain && !check->has(check->ctx, one->type, one->name)) {
            EVPACK_TRY(check->missing(check->ctx, one, err));
        }
    }
    return EVPACK_OK;
}
