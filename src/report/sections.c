/*
 * The order of the PDF's sections. Invariant: what was not tested, the method, totals and failures
 * are in every order that is accepted. Knows no section's content.
 */
#include "report/sections.h"

#include "base/buf.h"

#include <string.h>

static const section_name all[] = {
#define SECTION_NAME(code, name, needed) {name, needed},
    SECTIONS_LIST(SECTION_NAME)
#undef SECTION_NAME
};

const section_name *sections_known(void)
{
    return all;
}

typedef struct {
    const section_name *known;
    size_t count;
} names;

static evpack_status fault(const names *n, const char *name, const char *what, evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf list = {0};
    for (size_t i = 0; i < n->count; i++) {
        buf_printf(&list, "%s%s", i == 0 ? "" : ", ", n->known[i].name);
    }
    EVPACK_TRY(buf_status(&list, err));
    return evpack_fail(err, EVPACK_E_INPUT, "sections: '%.60s' %s; sections are %s", name, what,
                       buf_str(&list));
}

static size_t find(const names *n, const char *name)
{
    size_t i = 0;
    while (i < n->count && strcmp(name, n->known[i].name) != 0) {
        i++;
    }
    return i;
}

static bool stands(const size_t *order, size_t count, size_t which)
{
    for (size_t i = 0; i < count; i++) {
        if (order[i] == which) {
            return true;
        }
    }
    return false;
}

evpack_status sections_order(const json *list, const section_name *known, size_t known_count,
                             size_t *order, size_t *count, evpack_err *err)
{
    const names n = {known, known_count};
    *count = 0;
    for (const json *e = json_first(list); e != NULL; e = json_next(e)) {
        const char *name = json_string(e);
        if (name == NULL) {
            return fault(&n, "?", "is not a text", err);
        }
        size_t i = find(&n, name);
        if (i == known_count) {
            return fault(&n, name, "is unknown", err);
        }
        if (stands(order, *count, i)) {
            return fault(&n, name, "is there twice", err);
        }
        order[(*count)++] = i;
    }
    for (size_t i = 0; i < known_count; i++) {
        if (known[i].needed && !stands(order, *count, i)) {
            return fault(&n, known[i].name, "may not be left out", err);
        }
    }
    return *count == 0 || order[0] == 0 ? EVPACK_OK
                                        : fault(&n, known[0].name, "must be the first", err);
}
