/*
 * Walking the paths. Invariant: the same tree gives the same case in whatever order its paths are
 * named, and nothing outside of what was named is read. Refuses to know what is in a file.
 */
#include "collect/collect.h"

#include "base/file.h"
#include "base/text.h"
#include "base/tree.h"
#include "collect/archive.h"
#include "collect/engagement_import.h"
#include "collect/guard.h"
#include "store/custody.h"
#include "store/engagement.h"
#include "store/ledger.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

typedef struct {
    store *s;
    import *into;
    shapes *table;
    guard *guard;
    const collect_options *options;
    collect_totals *totals;
    size_t strip; /* bytes of an absolute path before the part that the case keeps */
} walker;

/* A text without secrets; without memory, no text. */
static const char *shown(const walker *w, const char *text, buf *out)
{
    evpack_err ignored = {0};
    return guard_show(w->guard, text, out, &ignored) == EVPACK_OK ? buf_str(out) : "?";
}

static void tell(walker *w, const char *path, const document_result *result, const char *skipped)
{
    w->totals->skipped += skipped != NULL;
    if (w->options->each == NULL) {
        return;
    }
    EVPACK_AUTO_VALUE(buf_reset) buf name = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf reason = {0};
    document_result clean = {0};
    if (result != NULL) {
        clean = *result;
        (void)snprintf(clean.says.reason, sizeof clean.says.reason, "%s",
                       shown(w, result->says.reason, &reason));
    }
    w->options->each(w->options->ctx, shown(w, path, &name), result == NULL ? NULL : &clean,
                     skipped);
}

/* Counts and tells one file, or one thing that was passed over. */
static void on_each(void *ctx, const char *path, const document_result *result, const char *skipped)
{
    walker *w = ctx;
    if (result != NULL) {
        w->totals->files++;
        w->totals->already += result->stored.already;
        w->totals->bytes += result->stored.size;
        w->totals->records += result->stored.already ? 0 : result->stored.records;
        w->totals->secrets += result->stored.secrets;
        w->totals->with_secrets += result->stored.secrets > 0;
        w->totals->unrecognised += strcmp(result->says.completeness, "unrecognised") == 0;
    }
    tell(w, path, result, skipped);
}

static evpack_status import_fd(walker *w, int fd, const char *name, evpack_err *err)
{
    document_result result;
    if (document_import(w->into, w->table, fd, name, &result, err) != EVPACK_OK) {
        return evpack_context(err, "%s", name);
    }
    on_each(w, name, &result, NULL);
    return EVPACK_OK;
}

static evpack_status import_file(walker *w, int fd, const char *name, evpack_err *err)
{
    bool archive = false;
    if (archive_looks_so(fd, &archive, err) != EVPACK_OK) {
        return evpack_context(err, "%s", name);
    }
    if (!archive) {
        return import_fd(w, fd, name, err);
    }
    const archive_import_into to = {w->into, w->table, on_each, w};
    collect_totals before = *w->totals;
    document_result result;
    if (archive_import(&to, fd, name, &result, err) != EVPACK_OK) {
        return evpack_context(err, "%s", name);
    }
    if (result.says.reason[0] != '\0') {
        *w->totals = before; /* its members were told, and undone */
    }
    on_each(w, name, &result, NULL);
    return EVPACK_OK;
}

/* A file that is written to while it is read gives bytes that nobody exported. */
static evpack_status import_still(walker *w, int fd, const char *name, evpack_err *err)
{
    file_stamp was;
    if (file_stamp_fd(fd, &was, err) != EVPACK_OK) {
        return evpack_context(err, "%s", name);
    }
    EVPACK_TRY(import_file(w, fd, name, err));
    return file_unchanged_fd(fd, &was, err) == EVPACK_OK ? EVPACK_OK
                                                         : evpack_context(err, "%s", name);
}

/* The case itself, and SQLite's files beside it, are not evidence. */
static bool is_case(const walker *w, const struct stat *file)
{
    static const char *const tails[] = {"", "-journal", "-wal", "-shm"};
    for (size_t i = 0; i < sizeof tails / sizeof tails[0]; i++) {
        char path[PATH_MAX];
        struct stat st;
        int len = snprintf(path, sizeof path, "%s%s", store_path(w->s), tails[i]);
        if (len > 0 && (size_t)len < sizeof path && stat(path, &st) == 0 &&
            st.st_dev == file->st_dev && st.st_ino == file->st_ino) {
            return true;
        }
    }
    return false;
}

static evpack_status visit(void *ctx, const tree_entry *entry, evpack_err *err)
{
    walker *w = ctx;
    const char *name = entry->path + w->strip;
    mode_t mode = entry->st->st_mode;
    if (S_ISDIR(mode)) {
        return EVPACK_OK;
    }
    if (S_ISLNK(mode)) {
        tell(w, name, NULL, "a symbolic link, which is not followed");
        return EVPACK_OK;
    }
    if (!S_ISREG(mode)) {
        tell(w, name, NULL, "not a file");
        return EVPACK_OK;
    }
    if (is_case(w, entry->st)) {
        tell(w, name, NULL, "this is the case");
        return EVPACK_OK;
    }
    EVPACK_AUTO_FD fd = -1;
    EVPACK_TRY(file_open(entry->path, &fd, err));
    return import_still(w, fd, name, err);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Length of the folder (with its slash) that holds both a[0..len) and b. */
static size_t common_folder(const char *a, size_t len, const char *b)
{
    size_t folder = 0;
    for (size_t i = 0; i < len && a[i] == b[i]; i++) {
        if (a[i] == '/') {
            folder = i + 1;
        }
    }
    return folder;
}

typedef struct {
    char **at;
    size_t count;
} path_list;

static void path_list_reset(path_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        free(list->at[i]);
    }
    free(list->at);
}

/* Absolute, sorted, without repetitions; "-" is left out. */
static evpack_status resolve(char *const *paths, size_t count, path_list *out, evpack_err *err)
{
    out->at = calloc(count + 1, sizeof *out->at);
    if (out->at == NULL) {
        return evpack_oom(err);
    }
    for (size_t i = 0; i < count; i++) {
        if (strcmp(paths[i], "-") == 0) {
            continue;
        }
        char *absolute = realpath(paths[i], NULL);
        if (absolute == NULL) {
            return evpack_fail(err, EVPACK_E_IO, "%s: cannot be read: %s", paths[i],
                               strerror(errno));
        }
        out->at[out->count++] = absolute;
    }
    qsort(out->at, out->count, sizeof *out->at, by_text);
    return EVPACK_OK;
}

static size_t strip_length(const path_list *list)
{
    if (list->count == 0) {
        return 0;
    }
    const char *first = list->at[0];
    size_t strip = (size_t)(strrchr(first, '/') - first) + 1;
    for (size_t i = 1; i < list->count; i++) {
        strip = common_folder(first, strip, list->at[i]);
    }
    return strip;
}

/* Whether a path before it in the list is the same, or a folder above it. */
static bool is_covered(const path_list *list, size_t at)
{
    for (size_t i = 0; i < at; i++) {
        size_t len = strlen(list->at[i]);
        const char *after = list->at[at] + len;
        if (strncmp(list->at[at], list->at[i], len) == 0 && (*after == '\0' || *after == '/')) {
            return true;
        }
    }
    return false;
}

static evpack_status add_size(void *ctx, const tree_entry *entry, evpack_err *err)
{
    (void)err;
    if (S_ISREG(entry->st->st_mode)) {
        *(uint64_t *)ctx += (uint64_t)entry->st->st_size;
    }
    return EVPACK_OK;
}

/* How many bytes are to come, for who watches: not known of standard input. */
static evpack_status expect(const walker *w, const path_list *list, size_t count, evpack_err *err)
{
    const progress *watch = store_watched(w->s);
    uint64_t bytes = 0;
    if (watch == NULL || watch->step == NULL || list->count < count) {
        return EVPACK_OK;
    }
    for (size_t i = 0; i < list->count; i++) {
        if (!is_covered(list, i)) {
            EVPACK_TRY(tree_walk(list->at[i], add_size, &bytes, err));
        }
    }
    import_expect(w->into, bytes);
    return EVPACK_OK;
}

static evpack_status import_all(walker *w, char *const *paths, size_t count, evpack_err *err)
{
    EVPACK_AUTO_VALUE(path_list_reset) path_list list = {0};
    EVPACK_TRY(resolve(paths, count, &list, err));
    w->strip = strip_length(&list);
    EVPACK_TRY(expect(w, &list, count, err));
    for (size_t i = 0; i < list.count; i++) {
        if (is_covered(&list, i)) {
            continue;
        }
        EVPACK_TRY(tree_walk(list.at[i], visit, w, err));
    }
    for (size_t i = 0; i < count; i++) {
        if (strcmp(paths[i], "-") == 0) {
            return import_fd(w, STDIN_FILENO, "stdin.json", err);
        }
    }
    return EVPACK_OK;
}

/* What was expected of ledgers, and was there: the completeness ledger reads it again. */
static evpack_status log_it(const walker *w, evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf detail = {0};
    buf_puts(&detail, "{\"snapshot\":");
    buf_json_string(&detail, w->options->label, strlen(w->options->label));
    buf_printf(&detail,
               ",\"files\":%llu,\"already\":%llu,\"bytes\":%llu,\"records\":%llu,"
               "\"secrets\":%llu,\"ledgers\":%llu,\"expected\":[",
               (unsigned long long)w->totals->files, (unsigned long long)w->totals->already,
               (unsigned long long)w->totals->bytes, (unsigned long long)w->totals->records,
               (unsigned long long)w->totals->secrets,
               (unsigned long long)w->totals->ledgers.ledgers);
    for (size_t i = 0; i < w->options->ledgers.expected_count; i++) {
        buf_puts(&detail, i == 0 ? "\"" : ",\"");
        for (const char *c = w->options->ledgers.expected[i]; *c != '\0'; c++) {
            buf_putc(&detail, text_lower(*c));
        }
        buf_putc(&detail, '"');
    }
    buf_puts(&detail, "]}");
    EVPACK_TRY(buf_status(&detail, err));
    custody_event event = {.event = "collect",
                           .by = w->options->by,
                           .reason = w->options->reason,
                           .detail = buf_str(&detail),
                           .at = w->options->now};
    return custody_add(w->s, &event, err);
}

evpack_status collect_check_label(const char *label, evpack_err *err)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    size_t len = strlen(label);
    bool good = len >= 1 && len <= 40 && strspn(label, letters) >= 1 && label[len - 1] != '.';
    for (size_t i = 0; i < len && good; i++) {
        good = strchr(letters, label[i]) != NULL || strchr("._-", label[i]) != NULL;
    }
    if (!good) {
        return evpack_fail(err, EVPACK_E_USAGE,
                           "'%.60s' cannot be a snapshot's label: 1 to 40 letters, digits, '.', '_'"
                           " and '-', beginning with a letter or digit, not ending with '.'",
                           label);
    }
    if (text_same(label, ENGAGEMENT_LABEL)) {
        return evpack_fail(err, EVPACK_E_USAGE,
                           "the label '" ENGAGEMENT_LABEL "' is that of the engagement's files"
                           " (--engagement): give the snapshot another");
    }
    return EVPACK_OK;
}

static void on_engagement(void *ctx, const char *path, const document_result *result)
{
    walker *w = ctx;
    w->totals->engagement.files++;
    w->totals->secrets += result->stored.secrets;
    w->totals->with_secrets += result->stored.secrets > 0;
    tell(w, path, result, NULL);
}

static evpack_status import_snapshot_of(walker *w, char *const *paths, size_t count,
                                        evpack_err *err)
{
    const collect_options *o = w->options;
    const import_options with = {.label = o->label,
                                 .collected_at = o->collected_at,
                                 .now = o->now,
                                 .watch = guard_watch(w->guard),
                                 .within = true};
    EVPACK_AUTO(import) into = NULL;
    EVPACK_TRY(import_begin(w->s, &with, &into, err));
    w->into = into;
    EVPACK_TRY(import_all(w, paths, count, err));
    const int64_t snapshot = import_snapshot(into);
    EVPACK_TRY(collection_read(w->s, snapshot, &o->ledgers, &w->totals->ledgers, err));
    if (o->period != NULL) {
        EVPACK_TRY(ledger_set_period(w->s, snapshot, o->period, err));
    }
    EVPACK_TRY(log_it(w, err));
    return ledger_rebuild(w->s, snapshot, err);
}

/* Within the transaction. The engagement comes last, so that its files are numbered behind. */
static evpack_status import_parts(walker *w, char *const *paths, size_t count,
                                  const engagement *chosen, evpack_err *err)
{
    if (count > 0) {
        EVPACK_TRY(import_snapshot_of(w, paths, count, err));
    }
    if (chosen != NULL) {
        const engagement_options with = {.now = w->options->now,
                                         .by = w->options->by,
                                         .reason = w->options->reason,
                                         .watch = guard_watch(w->guard),
                                         .within = true,
                                         .each = on_engagement,
                                         .ctx = w};
        EVPACK_TRY(engagement_import(w->s, chosen, &with, err));
    }
    return store_commit(w->s, err);
}

evpack_status collect_paths(store *s, char *const *paths, size_t count,
                            const collect_options *options, collect_totals *totals, evpack_err *err)
{
    *totals = (collect_totals){0};
    EVPACK_TRY(collect_check_label(options->label, err));
    EVPACK_TRY(custody_check_words(options->by, options->reason, err));
    EVPACK_AUTO(engagement) chosen = NULL;
    if (options->engagement != NULL) {
        EVPACK_TRY(engagement_read(options->engagement, &chosen, err));
    }
    walker w = {.s = s, .options = options, .totals = totals};
    EVPACK_AUTO(shapes) table = NULL;
    EVPACK_TRY(shapes_load(&table, err));
    w.table = table;
    EVPACK_AUTO(guard) watching = NULL;
    const guard_listener listener = {options->secret, options->ctx};
    EVPACK_TRY(guard_new(s, &listener, &watching, err));
    w.guard = watching;
    EVPACK_TRY(store_begin(s, err));
    evpack_status status = import_parts(&w, paths, count, chosen, err);
    if (status != EVPACK_OK) {
        store_rollback(s);
    } else if (chosen != NULL) {
        totals->engagement.exceptions = chosen->exceptions;
        totals->engagement.attestations = chosen->attestations;
        totals->engagement.assurance = chosen->assurance;
    }
    return status;
}
