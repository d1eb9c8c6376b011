/*
 * Exports that disagree. Invariant: two bodies are said to agree only when every member was
 * compared; what is too large to compare disagrees. Refuses to know what the members mean.
 */
#include "store/ledger_dispute.h"

#include "base/embed.h"
#include "base/text.h"
#include "port/json.h"

#include <string.h>

/* Beyond these, comparing would not be linear any more. */
enum { OBJECT_MAX = 256, LIST_MAX = 64, WORK_MAX = 1000000 };

struct dispute_rules {
    json_doc *doc;
};

typedef struct {
    const json *volatile_names, *added_names;
    buf at; /* the pointer to what is compared */
    buf *out;
    unsigned found;
    unsigned *work; /* values compared; lists in lists would multiply without a bound */
} comparison;

void dispute_rules_free(dispute_rules *r)
{
    if (r != NULL) {
        json_free(r->doc);
        free(r);
    }
}

evpack_status dispute_rules_load(dispute_rules **out, evpack_err *err)
{
    const embed_file *file = embed_find("src/store/dispute.json");
    if (file == NULL) {
        return evpack_fail(err, EVPACK_E_INTERNAL, "dispute.json is not built in");
    }
    EVPACK_AUTO(dispute_rules) r = calloc(1, sizeof *r);
    if (r == NULL) {
        return evpack_oom(err);
    }
    EVPACK_TRY(json_parse((const char *)file->data, file->len, false, &r->doc, err));
    *out = EVPACK_MOVE(r);
    return EVPACK_OK;
}

static bool named(const json *names, const char *name)
{
    for (const json *n = json_first(names); n != NULL; n = json_next(n)) {
        if (text_same(json_string(n), name)) {
            return true;
        }
    }
    return false;
}

static bool is_nothing(const json *v)
{
    if (v == NULL || json_is_null(v)) {
        return true;
    }
    if (json_is_string(v)) {
        return json_string(v)[0] == '\0';
    }
    return (json_is_object(v) || json_is_array(v)) && json_first(v) == NULL;
}

static bool same_text(const char *a, const char *b)
{
    const char *p = a;
    const char *q = b;
    for (;;) {
        p += strspn(p, " ");
        q += strspn(q, " ");
        if (*p == '\0' || text_lower(*p) != text_lower(*q)) {
            break;
        }
        p++;
        q++;
    }
    if (*p == *q) {
        return true;
    }
    evpack_err ignored = {0};
    int64_t one = 0;
    int64_t other = 0;
    return strchr(a, 'T') != NULL && text_parse_time(a, &one, &ignored) == EVPACK_OK &&
           text_parse_time(b, &other, &ignored) == EVPACK_OK && one == other;
}

static void differ(comparison *c)
{
    if (c->found++ < DISPUTE_MEMBERS) {
        buf_puts(c->out, c->out->len == 0 ? "" : ", ");
        buf_puts(c->out, c->at.len == 0 ? "the whole" : buf_str(&c->at));
    }
}

static void compare(comparison *c, const json *a, const json *b);

/* A member's step of a JSON Pointer (RFC 6901, section 3). */
static void step_in(comparison *c, const char *name)
{
    buf_putc(&c->at, '/');
    for (; *name != '\0'; name++) {
        if (*name == '~' || *name == '/') {
            buf_puts(&c->at, *name == '~' ? "~0" : "~1");
        } else {
            buf_putc(&c->at, *name);
        }
    }
}

static void compare_member(comparison *c, const char *name, const json *a, const json *b)
{
    bool lacking = is_nothing(a) || is_nothing(b);
    if (named(c->volatile_names, name) || (lacking && named(c->added_names, name))) {
        return;
    }
    size_t len = c->at.len;
    step_in(c, name);
    compare(c, a, b);
    buf_truncate(&c->at, len);
}

static void compare_objects(comparison *c, const json *a, const json *b)
{
    if (json_count(a) > OBJECT_MAX || json_count(b) > OBJECT_MAX) {
        differ(c);
        return;
    }
    for (const json *m = json_first(a); m != NULL; m = json_next(m)) {
        compare_member(c, json_name(m), m, json_get(b, json_name(m)));
    }
    for (const json *m = json_first(b); m != NULL; m = json_next(m)) {
        if (json_get(a, json_name(m)) == NULL) {
            compare_member(c, json_name(m), NULL, m);
        }
    }
}

/* Whether two values agree, without a word about where they do not. */
static bool agree(const comparison *c, const json *a, const json *b)
{
    EVPACK_AUTO_VALUE(buf_reset) buf unused = {0};
    comparison quiet = {c->volatile_names, c->added_names, {0}, &unused, DISPUTE_MEMBERS, c->work};
    compare(&quiet, a, b);
    bool same = quiet.found == DISPUTE_MEMBERS && !quiet.at.failed;
    buf_reset(&quiet.at);
    return same;
}

/* Lists are compared without regard to order: each element must find its own. In long ones each has
 * its own at the same place, or they differ. */
static void compare_lists(comparison *c, const json *a, const json *b)
{
    size_t count = json_count(a);
    if (count != json_count(b)) {
        differ(c);
        return;
    }
    if (count > LIST_MAX) {
        const json *y = json_first(b);
        for (const json *x = json_first(a); x != NULL; x = json_next(x), y = json_next(y)) {
            if (!agree(c, x, y)) {
                differ(c);
                return;
            }
        }
        return;
    }
    bool taken[LIST_MAX] = {false};
    for (const json *x = json_first(a); x != NULL; x = json_next(x)) {
        bool met = false;
        size_t i = 0;
        for (const json *y = json_first(b); y != NULL && !met; y = json_next(y), i++) {
            if (!taken[i] && agree(c, x, y)) {
                taken[i] = true;
                met = true;
            }
        }
        if (!met) {
            differ(c);
            return;
        }
    }
}

static void compare(comparison *c, const json *a, const json *b)
{
    if (is_nothing(a) && is_nothing(b)) {
        return;
    }
    if (++*c->work > WORK_MAX) {
        differ(c);
    } else if (json_is_object(a) && json_is_object(b)) {
        compare_objects(c, a, b);
    } else if (json_is_array(a) && json_is_array(b)) {
        compare_lists(c, a, b);
    } else {
        bool same =
            (json_is_string(a) && json_is_string(b) && same_text(json_string(a), json_string(b))) ||
            (json_is_number(a) && json_is_number(b) && json_number(a) == json_number(b)) ||
            (json_is_bool(a) && json_is_bool(b) && json_is_true(a) == json_is_true(b));
        if (!same) {
            differ(c);
        }
    }
}

evpack_status dispute_compare(const dispute_rules *rules, dispute_body a, dispute_body b, buf *out,
                              evpack_err *err)
{
    EVPACK_AUTO(json_doc) one = NULL;
    EVPACK_AUTO(json_doc) other = NULL;
    EVPACK_TRY(json_parse(a.text, a.len, true, &one, err));
    EVPACK_TRY(json_parse(b.text, b.len, true, &other, err));
    const json *root = json_root(rules->doc);
    unsigned work = 0;
    comparison c = {json_get(root, "volatile"), json_get(root, "added"), {0}, out, 0, &work};
    compare(&c, json_root(one), json_root(other));
    if (c.found > DISPUTE_MEMBERS) {
        buf_printf(out, " and %u more", c.found - DISPUTE_MEMBERS);
    }
    bool failed = c.at.failed;
    buf_reset(&c.at);
    return failed ? evpack_oom(err) : buf_status(out, err);
}

/* When a body says that it was last changed; false when it does not. */
static bool changed_at(const char *text, int64_t *at)
{
    evpack_err ignored = {0};
    return text != NULL && text_parse_time(text, at, &ignored) == EVPACK_OK;
}

/* Columns: the speaking record, the other, their bodies, what each says of its last change, and
 * when the command that printed each ended. */
static evpack_status weigh(const dispute_rules *rules, db_stmt *row, db_stmt *add, evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf members = {0};
    dispute_body a = {0};
    dispute_body b = {0};
    a.text = db_bytes(row, 2, &a.len);
    b.text = db_bytes(row, 3, &b.len);
    EVPACK_TRY(dispute_compare(rules, a, b, &members, err));
    if (members.len == 0) {
        return EVPACK_OK;
    }
    int64_t one = 0;
    int64_t other = 0;
    bool known =
        changed_at(db_text(row, 4), &one) && changed_at(db_text(row, 5), &other) && one != other;
    known = known || (changed_at(db_text(row, 6), &one) && changed_at(db_text(row, 7), &other) &&
                      one != other);
    int64_t newer = !known ? 0 : one > other ? db_int(row, 0) : db_int(row, 1);
    EVPACK_TRY(db_bind(add, err, "iiit", db_int(row, 0), db_int(row, 1), newer, buf_str(&members)));
    return db_run(add, err);
}

/* Every record of a sound file that does not speak for its subject; only index pages are read for
 * the others. */
static const char others_sql[] =
    "CREATE TEMP TABLE ledger_speaker(record_id INTEGER PRIMARY KEY);"
    "INSERT INTO ledger_speaker SELECT record_id FROM main.subject"
    " WHERE snapshot_id = (SELECT snapshot_id FROM ledger_here);"
    "INSERT INTO ledger_other SELECT r.id, r.subject, r.complete"
    " FROM main.evidence e CROSS JOIN main.record r INDEXED BY record_evidence"
    "   ON r.evidence_id = e.id"
    " WHERE e.snapshot_id = (SELECT snapshot_id FROM ledger_here)"
    "   AND e.completeness <> 'truncated'"
    "   AND NOT EXISTS (SELECT 1 FROM ledger_speaker s WHERE s.record_id = r.id);";
static const char single_sql[] =
    "SELECT (SELECT count(*) FROM main.subject WHERE snapshot_id = h.snapshot_id)"
    "     = (SELECT total(records) FROM main.evidence WHERE snapshot_id = h.snapshot_id)"
    "  FROM ledger_here h";
static const char pairs_sql[] =
    "SELECT a.id, b.id, a.body, b.body,"
    " coalesce(json_extract(a.body, '$.systemData.lastModifiedAt'),"
    "          json_extract(a.body, '$.properties.updatedOn')),"
    " coalesce(json_extract(b.body, '$.systemData.lastModifiedAt'),"
    "          json_extract(b.body, '$.properties.updatedOn')),"
    " ca.ended, cb.ended"
    " FROM ledger_other o"
    " CROSS JOIN main.subject s ON s.snapshot_id = (SELECT snapshot_id FROM ledger_here)"
    "   AND s.subject = o.subject AND s.complete = 1"
    " CROSS JOIN main.record a ON a.id = s.record_id"
    " CROSS JOIN main.record b ON b.id = o.record_id"
    " LEFT JOIN ledger_command ca ON ca.evidence_id = a.evidence_id"
    " LEFT JOIN ledger_command cb ON cb.evidence_id = b.evidence_id"
    " WHERE o.complete = 1 AND a.kind = b.kind AND a.body <> b.body ORDER BY a.id, b.id";

evpack_status ledger_disputes(store *s, evpack_err *err)
{
    db *d = store_db(s);
    int64_t single = 0;
    EVPACK_TRY(db_value(d, single_sql, &single, err));
    if (single != 0) {
        return EVPACK_OK;
    }
    EVPACK_TRY(db_exec(d, others_sql, err));
    EVPACK_AUTO(dispute_rules) rules = NULL;
    evpack_status loaded = dispute_rules_load(&rules, err);
    if (loaded != EVPACK_OK || rules == NULL) {
        return loaded;
    }
    EVPACK_AUTO(db_stmt) pairs = NULL;
    EVPACK_AUTO(db_stmt) add = NULL;
    EVPACK_TRY(db_prepare(d, pairs_sql, &pairs, err));
    EVPACK_TRY(db_prepare(d,
                          "INSERT INTO main.dispute(snapshot_id, record_id, other_id, newer_id,"
                          " members) SELECT snapshot_id, ?, ?, nullif(?, 0), ? FROM ledger_here",
                          &add, err));
    for (bool row = true; row;) {
        EVPACK_TRY(db_step(pairs, &row, err));
        if (row) {
            EVPACK_TRY(weigh(rules, pairs, add, err));
        }
    }
    return EVPACK_OK;
}
