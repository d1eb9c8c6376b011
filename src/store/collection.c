/*
 * Ledger lines in the case. Invariant: a file is vouched for only by a line of a ledger of its own
 * snapshot that names it, ended well, and states its very SHA-256. Knows nothing of az.
 */
#include "store/collection.h"

#include "base/buf.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

enum { BY_NAMES_MAX = 1000 };

struct collection {
    db *d;
    int64_t snapshot;
    db_stmt *next, *forget, *by_path, *by_name, *add;
    buf folder;        /* of the ledger, with its slash */
    buf elsewhere;     /* where files were found that do not lie there, with its slash */
    bool moved;        /* elsewhere holds one */
    unsigned by_names; /* how many searches by name there were: each looks at every file */
    char sha256[65];
    buf path;
};

void collection_free(collection *c)
{
    if (c == NULL) {
        return;
    }
    db_stmt *all[] = {c->next, c->forget, c->by_path, c->by_name, c->add};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        db_finalize(all[i]);
    }
    buf_reset(&c->folder);
    buf_reset(&c->elsewhere);
    buf_reset(&c->path);
    free(c);
}

static evpack_status prepare(collection *c, evpack_err *err)
{
    const struct {
        db_stmt **to;
        const char *sql;
    } all[] = {
        {&c->next, "SELECT e.id, e.path, lower(hex(t.sha256)) FROM evidence e"
                   " JOIN content t ON t.id = e.content_id"
                   " WHERE e.snapshot_id = ? AND e.kind = 'collection-ledger' AND e.id > ?"
                   " ORDER BY e.id LIMIT 1"},
        {&c->forget, "DELETE FROM collection WHERE evidence_id = ?"},
        {&c->by_path, "SELECT e.id, lower(hex(t.sha256)) FROM evidence e"
                      " JOIN content t ON t.id = e.content_id"
                      " WHERE e.snapshot_id = ?1 AND e.path = ?2"
                      " ORDER BY lower(hex(t.sha256)) = ?3 DESC, e.id DESC LIMIT 1"},
        {&c->by_name, "SELECT min(e.id), count(*), min(e.path) FROM evidence e"
                      " JOIN content t ON t.id = e.content_id"
                      " WHERE e.snapshot_id = ?1 AND t.sha256 = ?3 AND"
                      " substr('/' || e.path, -length(?2) - 1) = '/' || ?2"},
        {&c->add,
         "INSERT INTO collection(snapshot_id, evidence_id, line, plan, kind, subject, page,"
         " command, arguments, file, sha256, started, ended, exit_code, error, permission,"
         " az_version, account, tenant, subscription, note, state, output_id)"
         " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
         " CASE WHEN ? THEN ? END, ?, ?, ?, ?, ?, ?, ?, ?, nullif(?, 0))"},
    };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        EVPACK_TRY(db_prepare(c->d, all[i].sql, all[i].to, err));
    }
    return EVPACK_OK;
}

evpack_status collection_open(store *s, int64_t snapshot, collection **out, evpack_err *err)
{
    EVPACK_AUTO(collection) c = calloc(1, sizeof *c);
    if (c == NULL) {
        return evpack_oom(err);
    }
    c->d = store_db(s);
    c->snapshot = snapshot;
    EVPACK_TRY(prepare(c, err));
    *out = EVPACK_MOVE(c);
    return EVPACK_OK;
}

evpack_status collection_next(collection *c, int64_t *ledger, const char **path,
                              const char **sha256, evpack_err *err)
{
    bool row = false;
    EVPACK_TRY(db_bind(c->next, err, "ii", c->snapshot, *ledger));
    EVPACK_TRY(db_step(c->next, &row, err));
    *ledger = row ? db_int(c->next, 0) : 0;
    if (!row) {
        return EVPACK_OK;
    }
    buf_clear(&c->path);
    c->moved = false;
    c->by_names = 0;
    buf_puts(&c->path, db_text_or_empty(c->next, 1));
    (void)memcpy(c->sha256, db_text_or_empty(c->next, 2), sizeof c->sha256);
    db_reset(c->next);
    const char *slash = strrchr(buf_str(&c->path), '/');
    buf_clear(&c->folder);
    buf_append(&c->folder, buf_str(&c->path),
               slash == NULL ? 0 : (size_t)(slash + 1 - buf_str(&c->path)));
    EVPACK_TRY(buf_status(&c->path, err));
    EVPACK_TRY(buf_status(&c->folder, err));
    *path = buf_str(&c->path);
    *sha256 = c->sha256;
    EVPACK_TRY(db_bind(c->forget, err, "i", *ledger));
    return db_run(c->forget, err);
}

static evpack_status find_by_path(collection *c, const buf *folder, const collection_line *l,
                                  collection_match *m, evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf path = {0};
    bool row = false;
    buf_append(&path, buf_str(folder), folder->len);
    buf_puts(&path, l->file);
    EVPACK_TRY(buf_status(&path, err));
    EVPACK_TRY(db_bind(c->by_path, err, "itt", c->snapshot, buf_str(&path), l->sha256));
    EVPACK_TRY(db_step(c->by_path, &row, err));
    if (row) {
        m->output = db_int(c->by_path, 0);
        (void)memcpy(m->found, db_text_or_empty(c->by_path, 1), sizeof m->found);
        db_reset(c->by_path);
    }
    return EVPACK_OK;
}

/* The one file of that name with those bytes; the next lines' files are looked for beside it. */
static evpack_status find_by_name(collection *c, const collection_line *l, collection_match *m,
                                  evpack_err *err)
{
    unsigned char sha[32];
    bool row = false;
    if (c->by_names++ >= BY_NAMES_MAX ||
        !text_unhex(l->sha256, strlen(l->sha256), sha, sizeof sha)) {
        return EVPACK_OK;
    }
    EVPACK_TRY(db_bind(c->by_name, err, "itb", c->snapshot, l->file, sha, sizeof sha));
    EVPACK_TRY(db_step(c->by_name, &row, err));
    if (row && db_int(c->by_name, 1) == 1) {
        const char *path = db_text_or_empty(c->by_name, 2);
        m->output = db_int(c->by_name, 0);
        (void)memcpy(m->found, l->sha256, sizeof m->found);
        c->moved = true;
        buf_clear(&c->elsewhere);
        buf_append(&c->elsewhere, path, strlen(path) - strlen(l->file));
    }
    db_reset(c->by_name);
    return buf_status(&c->elsewhere, err);
}

static evpack_status find(collection *c, const collection_line *l, collection_match *m,
                          evpack_err *err)
{
    EVPACK_TRY(find_by_path(c, &c->folder, l, m, err));
    if (m->output == 0 && c->moved) {
        EVPACK_TRY(find_by_path(c, &c->elsewhere, l, m, err));
    }
    return m->output != 0 ? EVPACK_OK : find_by_name(c, l, m, err);
}

static evpack_status match(collection *c, const collection_line *l, collection_match *m,
                           evpack_err *err)
{
    *m = (collection_match){.state = COLLECTION_NONE};
    bool failed = !l->exited || l->exit_code != 0;
    if (l->file != NULL) {
        EVPACK_TRY(find(c, l, m, err));
        bool same = m->output != 0 && strcmp(m->found, l->sha256) == 0;
        m->state = same             ? COLLECTION_VOUCHED
                   : m->output != 0 ? COLLECTION_CHANGED
                                    : COLLECTION_MISSING;
        m->output = same ? m->output : 0;
    }
    m->state = failed ? COLLECTION_FAILED : m->state;
    return EVPACK_OK;
}

const char *collection_state_word(collection_state state)
{
    static const char *const words[] = {"vouched", "changed", "missing", "failed", "none"};
    return words[state];
}

evpack_status collection_add(collection *c, const collection_line *l, collection_match *m,
                             evpack_err *err)
{
    EVPACK_TRY(match(c, l, m, err));
    EVPACK_TRY(db_bind(c->add, err, "iiitttittttttiitttttttti", c->snapshot, l->ledger, l->line,
                       l->plan, l->kind, l->subject, l->page, l->command, l->arguments, l->file,
                       l->sha256, l->started, l->ended, (int64_t)l->exited, l->exit_code, l->error,
                       l->permission, l->az_version, l->account, l->tenant, l->subscription,
                       l->note, collection_state_word(m->state), m->output));
    return db_run(c->add, err);
}

evpack_status collection_date(collection *c, evpack_err *err)
{
    EVPACK_AUTO(db_stmt) date = NULL;
    EVPACK_TRY(db_prepare(c->d,
                          "UPDATE snapshot SET"
                          " collected_at = coalesce(collected_at, (SELECT max(ended)"
                          "   FROM collection WHERE snapshot_id = ?1)),"
                          " az_version = coalesce(az_version, (SELECT az_version FROM collection"
                          "   WHERE snapshot_id = ?1 AND az_version IS NOT NULL"
                          "   ORDER BY ended DESC, id DESC LIMIT 1))"
                          " WHERE id = ?1",
                          &date, err));
    EVPACK_TRY(db_bind(date, err, "i", c->snapshot));
    return db_run(date, err);
}
