/*
 * Files by name, or all of a folder. Invariant: no file that fits is passed over in silence, and
 * the order is that of the names' bytes, whatever the locale and the file system. Refuses to know
 * what the files hold.
 */
#include "base/sources.h"

#include "base/file.h"
#include "base/listing.h"
#include "base/own.h"

#include <string.h>
#include <strings.h>
#include <sys/stat.h>

static bool fits(const sources_rule *rule, const char *name)
{
    size_t len = name[0] == '.' ? 0 : strlen(name);
    for (const char *const *ending = rule->endings; *ending != NULL; ending++) {
        size_t n = strlen(*ending);
        if (len > n && strcasecmp(name + len - n, *ending) == 0) {
            return true;
        }
    }
    return false;
}

/* *left: the bytes that may still be read. */
static evpack_status visit_file(const char *path, size_t *left, sources_visit visit, void *ctx,
                                evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf content = {0};
    EVPACK_TRY(file_read(path, *left, &content, err));
    *left -= content.len;
    return visit(ctx, path, &content, err);
}

evpack_status sources_each(const char *path, const sources_rule *rule, sources_visit visit,
                           void *ctx, evpack_err *err)
{
    size_t left = rule->bytes_max;
    struct stat st;
    if (stat(path, &st) != 0 || !S_ISDIR(st.st_mode)) {
        return visit_file(path, &left, visit, ctx, err);
    }
    EVPACK_AUTO_VALUE(listing_reset) listing names = {0};
    EVPACK_TRY(listing_read(path, &names, err));
    size_t count = 0;
    for (size_t i = 0; i < names.count; i++) {
        if (!fits(rule, listing_name(&names, i))) {
            continue;
        }
        if (count++ == rule->files_max) {
            return evpack_fail(err, EVPACK_E_LIMIT, "%s: more than %zu %s", path, rule->files_max,
                               rule->expected);
        }
        EVPACK_AUTO_VALUE(buf_reset) buf file = {0};
        buf_printf(&file, "%s%s%s", path, path[strlen(path) - 1] == '/' ? "" : "/",
                   listing_name(&names, i));
        EVPACK_TRY(buf_status(&file, err));
        EVPACK_TRY(visit_file(buf_str(&file), &left, visit, ctx, err));
    }
    if (count == 0) {
        return evpack_fail(err, EVPACK_E_INPUT, "%s: expected %s in the folder, found none", path,
                           rule->expected);
    }
    return EVPACK_OK;
}
