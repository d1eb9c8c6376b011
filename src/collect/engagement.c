/*
 * Reading an engagement. Invariant: nothing is written anywhere until all of it was found right.
 * The forms are data (mapping/schema); here is what schemas cannot say. Refuses to know what the
 * decisions mean for any finding.
 */
#include "collect/engagement.h"

#include "base/file.h"
#include "base/member.h"
#include "base/text.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { POINTER = sizeof((engagement_entry *)0)->pointer };

static const struct {
    const char *word;
    const char *schema; /* NULL: any bytes */
} roles[] = {
    [ENGAGEMENT_ITSELF] = {"engagement", "engagement"},
    [ENGAGEMENT_EXCEPTIONS] = {"exceptions", "exceptions"},
    [ENGAGEMENT_ATTESTATIONS] = {"attestations", "attestations"},
    [ENGAGEMENT_ASSURANCE] = {"assurance", NULL},
    [ENGAGEMENT_ATTESTED] = {"attested", NULL},
};

const char *engagement_role_word(engagement_role role)
{
    return roles[role].word;
}

void engagement_free(engagement *g)
{
    if (g == NULL) {
        return;
    }
    for (size_t i = 0; i < g->count; i++) {
        free(g->at[i].path);
        engagement_text_reset(&g->at[i].text);
    }
    free(g->at);
    if (g->folder >= 0) {
        (void)close(g->folder);
    }
    free(g);
}

/* An id, and where it stands. */
typedef struct {
    const char *id;
    const engagement_text *text;
    char pointer[POINTER];
    size_t order;
} id_place;

typedef struct {
    id_place *at; /* owned */
    size_t count;
} id_list;

static void id_list_reset(id_list *p)
{
    free(p->at);
}

static evpack_status add_entry(engagement *g, const char *path, engagement_role role, size_t by,
                               const char *pointer, evpack_err *err)
{
    if (g->count == ENGAGEMENT_FILES_MAX) {
        return engagement_text_fail(&g->at[by].text, pointer, err,
                                    "an engagement names at most %d files",
                                    ENGAGEMENT_FILES_MAX - 1);
    }
    engagement_entry *e = &g->at[g->count];
    *e = (engagement_entry){.path = strdup(path), .role = role, .by = by};
    if (e->path == NULL) {
        return evpack_oom(err);
    }
    (void)snprintf(e->pointer, sizeof e->pointer, "%s", pointer);
    g->count++;
    return EVPACK_OK;
}

static const engagement_entry *find_entry(const engagement *g, const char *path,
                                          engagement_role role)
{
    for (size_t i = 0; i < g->count; i++) {
        if (g->at[i].role == role && strcmp(g->at[i].path, path) == 0) {
            return &g->at[i];
        }
    }
    return NULL;
}

evpack_status engagement_open(const engagement *g, const engagement_entry *e, int *fd,
                              evpack_err *err)
{
    const evpack_status status = file_open_below(g->folder, e->path, fd, err);
    if (status == EVPACK_OK) {
        return EVPACK_OK;
    }
    EVPACK_AUTO_VALUE(buf_reset) buf packed = {0};
    evpack_err ignored = {0};
    member_escape(e->path, &packed);
    const bool other = !packed.failed && strcmp(buf_str(&packed), e->path) != 0;
    return other && file_open_below(g->folder, buf_str(&packed), fd, &ignored) == EVPACK_OK
               ? EVPACK_OK
               : status;
}

/* That a file which an entry names can be opened; *fd < 0 afterwards only with an error. */
static evpack_status open_named(const engagement *g, const engagement_entry *e, int *fd,
                                evpack_err *err)
{
    evpack_err why = {0};
    if (engagement_open(g, e, fd, &why) != EVPACK_OK) {
        return engagement_text_fail(
            &g->at[e->by].text, e->pointer, err,
            "expected a file below the engagement's folder, not reached through a link: %s",
            why.text);
    }
    return EVPACK_OK;
}

/* A time or date, where it is there: text may be NULL. */
static evpack_status time_of(const engagement_text *t, const char *pointer, const char *text,
                             bool end, int64_t *out, evpack_err *err)
{
    evpack_err why = {0};
    if (text != NULL && text_parse_day(text, end, out, &why) != EVPACK_OK) {
        return engagement_text_fail(t, pointer, err,
                                    "expected a day or time that exists (RFC 3339), such as"
                                    " 2026-01-31 or 2026-01-31T08:00:00Z");
    }
    return EVPACK_OK;
}

static evpack_status in_order(const engagement_text *t, const json *object, const char *at,
                              const char *first, const char *last, evpack_err *err)
{
    const char *const begins = json_get_string(object, first);
    const char *const ends = json_get_string(object, last);
    char pointer[POINTER + 40];
    int64_t from = 0;
    int64_t to = 0;
    (void)snprintf(pointer, sizeof pointer, "%s/%s", at, first);
    EVPACK_TRY(time_of(t, pointer, begins, false, &from, err));
    (void)snprintf(pointer, sizeof pointer, "%s/%s", at, last);
    EVPACK_TRY(time_of(t, pointer, ends, true, &to, err));
    if (begins != NULL && ends != NULL && to < from) {
        return engagement_text_fail(t, pointer, err, "expected a time not before \"%s\"", first);
    }
    return EVPACK_OK;
}

static int by_id(const void *a, const void *b)
{
    const id_place *x = a;
    const id_place *y = b;
    const int order = strcasecmp(x->id, y->id);
    return order != 0 ? order : x->order < y->order ? -1 : x->order > y->order;
}

/* No two ids are equal when letter case is ignored. */
static evpack_status unique(id_list *ids, evpack_err *err)
{
    if (ids->count > 1) {
        qsort(ids->at, ids->count, sizeof *ids->at, by_id);
    }
    for (size_t i = 1; i < ids->count; i++) {
        const id_place *first = &ids->at[i - 1];
        if (strcasecmp(first->id, ids->at[i].id) == 0) {
            return engagement_text_fail(
                ids->at[i].text, ids->at[i].pointer, err,
                "expected an id that no other has; %s of %.200s has it, too", first->pointer,
                first->text->shown);
        }
    }
    return EVPACK_OK;
}

static evpack_status note_id(id_list *ids, const engagement_text *t, const json *item,
                             const char *at, evpack_err *err)
{
    if ((ids->count & (ids->count - 1)) == 0) { /* full: it grows by doubling */
        const size_t room = ids->count == 0 ? 1 : 2 * ids->count;
        void *more = realloc(ids->at, room * sizeof *ids->at);
        if (more == NULL) {
            return evpack_oom(err);
        }
        ids->at = more;
    }
    id_place *p = &ids->at[ids->count];
    *p = (id_place){.id = json_get_string(item, "id"), .text = t, .order = ids->count++};
    (void)snprintf(p->pointer, sizeof p->pointer, "%s/id", at);
    return EVPACK_OK;
}

/* The files that a list of paths names. */
static evpack_status add_paths(engagement *g, size_t by, const json *list, const char *at,
                               engagement_role role, evpack_err *err)
{
    unsigned n = 0;
    for (const json *one = json_first(list); one != NULL; one = json_next(one), n++) {
        char pointer[POINTER];
        (void)snprintf(pointer, sizeof pointer, "%s/%u", at, n);
        if (find_entry(g, json_string(one), role) == NULL) {
            EVPACK_TRY(add_entry(g, json_string(one), role, by, pointer, err));
        } else if (roles[role].schema != NULL) {
            return engagement_text_fail(&g->at[by].text, pointer, err,
                                        "expected a file that is not named twice");
        }
    }
    return EVPACK_OK;
}

/* An exception or an attestation, and what it names. */
static evpack_status check_item(engagement *g, size_t by, const json *item, const char *at,
                                evpack_err *err)
{
    const engagement_text *t = &g->at[by].text;
    EVPACK_TRY(in_order(t, item, at, "granted", "expires", err));
    EVPACK_TRY(in_order(t, item, at, "reviewed_at", "valid_until", err));
    char pointer[POINTER];
    (void)snprintf(pointer, sizeof pointer, "%s/evidence", at);
    return add_paths(g, by, json_get(item, "evidence"), pointer, ENGAGEMENT_ATTESTED, err);
}

/* The lists of one role: each is read, and its items are checked. */
static evpack_status read_lists(engagement *g, engagement_role role, uint64_t *count,
                                evpack_err *err)
{
    EVPACK_AUTO_VALUE(id_list_reset) id_list ids = {0};
    for (size_t i = 0; i < g->count; i++) { /* what it names in turn stands behind it */
        if (g->at[i].role != role) {
            continue;
        }
        EVPACK_AUTO_FD fd = -1;
        EVPACK_TRY(open_named(g, &g->at[i], &fd, err));
        engagement_text *t = &g->at[i].text;
        char shown[PATH_MAX];
        (void)snprintf(shown, sizeof shown, "%s%s", g->prefix, g->at[i].path);
        EVPACK_TRY(engagement_text_read(fd, shown, roles[role].schema, t, err));
        const json *list = json_get(json_root(t->doc), roles[role].word);
        unsigned n = 0;
        for (const json *item = json_first(list); item != NULL; item = json_next(item), n++) {
            char at[40];
            (void)snprintf(at, sizeof at, "/%s/%u", roles[role].word, n);
            EVPACK_TRY(note_id(&ids, t, item, at, err));
            EVPACK_TRY(check_item(g, i, item, at, err));
        }
    }
    *count = ids.count;
    return unique(&ids, err);
}

static evpack_status read_assurance(engagement *g, const json *root, evpack_err *err)
{
    EVPACK_AUTO_VALUE(id_list_reset) id_list ids = {0};
    const engagement_text *t = &g->at[0].text;
    unsigned n = 0;
    for (const json *item = json_first(json_get(root, "assurance")); item != NULL;
         item = json_next(item), n++) {
        char at[40];
        char pointer[POINTER];
        (void)snprintf(at, sizeof at, "/assurance/%u", n);
        (void)snprintf(pointer, sizeof pointer, "%s/period", at);
        EVPACK_TRY(in_order(t, json_get(item, "period"), pointer, "start", "end", err));
        EVPACK_TRY(note_id(&ids, t, item, at, err));
        (void)snprintf(pointer, sizeof pointer, "%s/file", at);
        EVPACK_TRY(
            add_entry(g, json_get_string(item, "file"), ENGAGEMENT_ASSURANCE, 0, pointer, err));
    }
    g->assurance = ids.count;
    return unique(&ids, err);
}

static evpack_status read_all(engagement *g, evpack_err *err)
{
    const engagement_text *t = &g->at[0].text;
    const json *root = json_root(t->doc);
    EVPACK_TRY(in_order(t, json_get(root, "period"), "/period", "start", "end", err));
    EVPACK_TRY(
        add_paths(g, 0, json_get(root, "exceptions"), "/exceptions", ENGAGEMENT_EXCEPTIONS, err));
    EVPACK_TRY(add_paths(g, 0, json_get(root, "attestations"), "/attestations",
                         ENGAGEMENT_ATTESTATIONS, err));
    EVPACK_TRY(read_lists(g, ENGAGEMENT_EXCEPTIONS, &g->exceptions, err));
    EVPACK_TRY(read_lists(g, ENGAGEMENT_ATTESTATIONS, &g->attestations, err));
    EVPACK_TRY(read_assurance(g, root, err));
    for (size_t i = 1; i < g->count; i++) {
        EVPACK_AUTO_FD fd = -1;
        EVPACK_TRY(open_named(g, &g->at[i], &fd, err));
    }
    return EVPACK_OK;
}

static evpack_status open_folder(engagement *g, const char *path, evpack_err *err)
{
    const char *slash = strrchr(path, '/');
    EVPACK_AUTO_CHARS folder = slash == NULL   ? strdup(".")
                               : slash == path ? strdup("/")
                                               : strndup(path, (size_t)(slash - path));
    if (folder == NULL) {
        return evpack_oom(err);
    }
    const size_t prefix = slash == NULL ? 0 : (size_t)(slash - path) + 1;
    (void)snprintf(g->prefix, sizeof g->prefix, "%.*s", (int)prefix, path);
    g->folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return g->folder < 0 ? evpack_fail(err, EVPACK_E_IO, "%s: the folder cannot be opened", folder)
                         : EVPACK_OK;
}

evpack_status engagement_read(const char *path, engagement **out, evpack_err *err)
{
    EVPACK_AUTO(engagement) g = calloc(1, sizeof *g);
    if (g == NULL) {
        return evpack_oom(err);
    }
    g->folder = -1;
    g->at = calloc(ENGAGEMENT_FILES_MAX, sizeof *g->at);
    if (g->at == NULL) {
        return evpack_oom(err);
    }
    EVPACK_AUTO_FD fd = -1;
    EVPACK_TRY(file_open(path, &fd, err));
    EVPACK_TRY(open_folder(g, path, err));
    const char *slash = strrchr(path, '/');
    EVPACK_TRY(add_entry(g, slash == NULL ? path : slash + 1, ENGAGEMENT_ITSELF, 0, "", err));
    EVPACK_TRY(
        engagement_text_read(fd, path, roles[ENGAGEMENT_ITSELF].schema, &g->at[0].text, err));
    EVPACK_TRY(read_all(g, err));
    *out = EVPACK_MOVE(g);
    return EVPACK_OK;
}
