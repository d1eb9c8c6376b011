/*
 * Rows of engagements. Invariant: an engagement has its own file among its files, and no file of an
 * older one has a name in packages that one of the newest could have. Refuses to know what is in
 * them.
 */
#include "store/engagement.h"

#include "base/member.h"
#include "base/text.h"
#include "port/digest.h"
#include "store/evidence.h"

#include <stdio.h>
#include <string.h>

evpack_status engagement_add(store *s, int64_t evidence, int64_t now, int64_t *id, evpack_err *err)
{
    char at[TEXT_TIME];
    text_format_time(now, at);
    EVPACK_AUTO(db_stmt) add = NULL;
    EVPACK_TRY(db_prepare(
        store_db(s), "INSERT INTO engagement(imported_at, evidence_id) VALUES (?, ?)", &add, err));
    EVPACK_TRY(db_bind(add, err, "ti", at, evidence));
    EVPACK_TRY(db_run(add, err));
    *id = db_last_id(store_db(s));
    return engagement_add_file(s, *id, evidence, "engagement", err);
}

static evpack_status set_member(store *s, int64_t evidence, const char *member, evpack_err *err)
{
    EVPACK_AUTO(db_stmt) set = NULL;
    EVPACK_TRY(db_prepare(store_db(s), "UPDATE evidence SET member = ? WHERE id = ?", &set, err));
    EVPACK_TRY(db_bind(set, err, "ti", member, evidence));
    return db_run(set, err);
}

/* A file of an older engagement gets the hashed form of its name. */
static evpack_status set_aside(store *s, int64_t evidence, const char *path, const char *sha256,
                               evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf both = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf member = {0};
    buf_printf(&both, "%s\n%s\n", path, sha256);
    EVPACK_TRY(buf_status(&both, err));
    char hash[DIGEST_HEX];
    EVPACK_TRY(digest_bytes_hex(both.data, both.len, hash, err));
    member_escape_hashed(path, hash, &member);
    EVPACK_TRY(buf_status(&member, err));
    return set_member(s, evidence, buf_str(&member), err);
}

/* Who has a name that meets the one in ?2: the same, a folder of it, or a file below it, whatever
 * the letter case. */
static const char holders_sql[] =
    "SELECT e.id, e.path, lower(hex(c.sha256)), EXISTS (SELECT 1 FROM engagement_file f"
    "  WHERE f.engagement_id = ?3 AND f.evidence_id = e.id)"
    " FROM evidence o JOIN evidence e ON e.snapshot_id = o.snapshot_id AND e.id <> o.id"
    " JOIN content c ON c.id = e.content_id"
    " WHERE o.id = ?1 AND (lower(e.member) = lower(?2)"
    "  OR substr(lower(?2), 1, length(e.member) + 1) = lower(e.member) || '/'"
    "  OR substr(lower(e.member), 1, length(?2) + 1) = lower(?2) || '/') ORDER BY 4 DESC, 1";

/* A case is made again from a package by the names in it: the plain ones are those of the newest
 * engagement, as it names them. */
static evpack_status take_name(store *s, int64_t engagement, int64_t evidence, evpack_err *err)
{
    EVPACK_AUTO(db_stmt) own = NULL;
    EVPACK_TRY(db_prepare(store_db(s),
                          "SELECT path FROM evidence WHERE id = ? AND instr(member, '~~') > 0",
                          &own, err));
    EVPACK_TRY(db_bind(own, err, "i", evidence));
    bool row = false;
    EVPACK_TRY(db_step(own, &row, err));
    if (!row) {
        return EVPACK_OK; /* it has the plain one */
    }
    EVPACK_AUTO_VALUE(buf_reset) buf plain = {0};
    member_escape(db_text_or_empty(own, 0), &plain);
    EVPACK_TRY(buf_status(&plain, err));
    if (plain.len > EVIDENCE_MEMBER_MAX) {
        return EVPACK_OK;
    }
    EVPACK_AUTO(db_stmt) holders = NULL;
    EVPACK_TRY(db_prepare(store_db(s), holders_sql, &holders, err));
    for (row = true; row; db_reset(holders)) {
        EVPACK_TRY(db_bind(holders, err, "iti", evidence, buf_str(&plain), engagement));
        EVPACK_TRY(db_step(holders, &row, err));
        if (row && db_int(holders, 3) != 0) {
            return EVPACK_OK; /* one of its own files: they differ in letter case alone */
        }
        if (row) {
            EVPACK_TRY(set_aside(s, db_int(holders, 0), db_text_or_empty(holders, 1),
                                 db_text_or_empty(holders, 2), err));
        }
    }
    return set_member(s, evidence, buf_str(&plain), err);
}

evpack_status engagement_add_file(store *s, int64_t engagement, int64_t evidence, const char *role,
                                  evpack_err *err)
{
    EVPACK_AUTO(db_stmt) add = NULL;
    EVPACK_TRY(db_prepare(store_db(s),
                          "INSERT INTO engagement_file VALUES (?, ?, ?)"
                          " ON CONFLICT DO NOTHING",
                          &add, err));
    EVPACK_TRY(db_bind(add, err, "iit", engagement, evidence, role));
    EVPACK_TRY(db_run(add, err));
    return take_name(s, engagement, evidence, err);
}

evpack_status engagement_find(const store *s, engagement_held *out, evpack_err *err)
{
    *out = (engagement_held){0};
    EVPACK_AUTO(db_stmt) find = NULL;
    EVPACK_TRY(db_prepare(store_db(s),
                          "SELECT g.id, lower(hex(c.sha256)) FROM engagement g"
                          " JOIN evidence e ON e.id = g.evidence_id"
                          " JOIN content c ON c.id = e.content_id ORDER BY g.id DESC LIMIT 1",
                          &find, err));
    bool row = false;
    EVPACK_TRY(db_step(find, &row, err));
    if (row) {
        out->id = db_int(find, 0);
        (void)snprintf(out->sha256, sizeof out->sha256, "%s", db_text_or_empty(find, 1));
    }
    return EVPACK_OK;
}
