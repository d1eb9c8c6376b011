/*
 * Reading a mapping's files. Invariant: the same files give the same digest wherever they come
 * from. A folder is untrusted: its files are counted and bounded, links in it are not followed.
 */
#include "map/files.h"

#include "base/embed.h"
#include "base/file.h"
#include "base/text.h"
#include "base/tree.h"
#include "port/digest.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

void mapping_files_reset(mapping_files *m)
{
    for (size_t i = 0; i < m->count; i++) {
        free(m->at[i].path);
        free(m->at[i].text);
    }
    free(m->at);
    free(m->passed_over);
    *m = (mapping_files){0};
}

const mapping_file *mapping_files_find(const mapping_files *m, const char *path)
{
    for (size_t i = 0; i < m->count; i++) {
        if (strcmp(m->at[i].path, path) == 0) {
            return &m->at[i];
        }
    }
    return NULL;
}

static bool counts(const char *path)
{
    const char *dot = strrchr(path, '.');
    return dot != NULL && (strcmp(dot, ".json") == 0 || strcmp(dot, ".sql") == 0);
}

static evpack_status add(mapping_files *m, const char *path, const void *data, size_t len,
                         evpack_err *err)
{
    if (m->count >= MAPPING_FILES_MAX) {
        return evpack_fail(err, EVPACK_E_MAPPING, "holds more than %d files", MAPPING_FILES_MAX);
    }
    if (memchr(data, '\0', len) != NULL) {
        return evpack_fail(err, EVPACK_E_MAPPING, "%s: holds a NUL byte", path);
    }
    if ((m->count & (m->count + 1)) == 0) { /* 0, 1, 3, 7, …: room for as many again */
        mapping_file *grown = realloc(m->at, (2 * m->count + 2) * sizeof *grown);
        if (grown == NULL) {
            return evpack_oom(err);
        }
        m->at = grown;
    }
    mapping_file *f = &m->at[m->count];
    *f = (mapping_file){.path = strdup(path), .text = malloc(len + 1), .len = len};
    m->count++;
    if (f->path == NULL || f->text == NULL) {
        return evpack_oom(err);
    }
    memcpy(f->text, data, len);
    f->text[len] = '\0';
    return EVPACK_OK;
}

static evpack_status load_built_in(mapping_files *m, evpack_err *err)
{
    static const char head[] = "mapping/";
    size_t count = 0;
    const embed_file *files = embed_all(&count);
    for (size_t i = 0; i < count; i++) {
        if (text_starts(files[i].name, head) && counts(files[i].name)) {
            EVPACK_TRY(add(m, files[i].name + strlen(head), files[i].data, files[i].len, err));
        }
    }
    (void)snprintf(m->origin, sizeof m->origin, "built-in");
    return EVPACK_OK;
}

typedef struct {
    mapping_files *m;
    size_t strip; /* bytes of a path before the part that the mapping keeps */
    size_t total;
} folder_walk;

static evpack_status visit(void *ctx, const tree_entry *e, evpack_err *err)
{
    folder_walk *w = ctx;
    if (!counts(e->name) || S_ISDIR(e->st->st_mode)) {
        return EVPACK_OK;
    }
    if (!S_ISREG(e->st->st_mode)) {
        if (w->m->passed_over == NULL) {
            w->m->passed_over = strdup(e->path + w->strip);
        }
        return w->m->passed_over == NULL ? evpack_oom(err) : EVPACK_OK;
    }
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    EVPACK_TRY(file_read(e->path, MAPPING_FILE_MAX, &text, err));
    w->total += text.len;
    if (w->total > MAPPING_BYTES_MAX) {
        return evpack_fail(err, EVPACK_E_MAPPING, "holds more than %d bytes", MAPPING_BYTES_MAX);
    }
    return add(w->m, e->path + w->strip, buf_str(&text), text.len, err);
}

static evpack_status load_folder(const char *folder, mapping_files *m, evpack_err *err)
{
    EVPACK_AUTO_CHARS root = strdup(folder);
    if (root == NULL) {
        return evpack_oom(err);
    }
    size_t len = strlen(root);
    while (len > 1 && root[len - 1] == '/') {
        root[--len] = '\0';
    }
    const char *slash = strrchr(root, '/');
    (void)snprintf(m->origin, sizeof m->origin, "%s", slash == NULL ? root : slash + 1);
    struct stat st;
    if (stat(root, &st) != 0 || !S_ISDIR(st.st_mode)) {
        return evpack_fail(err, EVPACK_E_MAPPING, "there is no folder of that name");
    }
    folder_walk w = {.m = m, .strip = len + 1};
    return tree_walk(root, visit, &w, err);
}

static int by_path(const void *a, const void *b)
{
    return strcmp(((const mapping_file *)a)->path, ((const mapping_file *)b)->path);
}

static evpack_status hash(mapping_files *m, evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf lines = {0};
    for (size_t i = 0; i < m->count; i++) {
        char hex[DIGEST_HEX];
        EVPACK_TRY(digest_bytes_hex(m->at[i].text, m->at[i].len, hex, err));
        buf_printf(&lines, "%s  %s\n", hex, m->at[i].path);
    }
    EVPACK_TRY(buf_status(&lines, err));
    return digest_bytes(buf_str(&lines), lines.len, m->sha256, err);
}

evpack_status mapping_files_load(const char *folder, mapping_files *out, evpack_err *err)
{
    mapping_files m = {0};
    evpack_status status = folder == NULL ? load_built_in(&m, err) : load_folder(folder, &m, err);
    if (status == EVPACK_OK && m.at == NULL) {
        status = evpack_fail(err, EVPACK_E_MAPPING, "holds no mapping (no .json or .sql file)");
    }
    if (status == EVPACK_OK && m.at != NULL) {
        qsort(m.at, m.count, sizeof *m.at, by_path);
        status = hash(&m, err);
    }
    if (status != EVPACK_OK) {
        mapping_files_reset(&m);
        evpack_status code = folder == NULL ? status : evpack_context(err, "%s", folder);
        return code == EVPACK_E_IO ? EVPACK_E_MAPPING : code;
    }
    *out = m;
    return EVPACK_OK;
}
