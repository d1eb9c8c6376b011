/*
 * Showing the engagement. Invariant: what is shown is what the run went by (run.engagement_id),
 * never a newer file that nobody mapped with; and every resource that was left out is listed.
 */
#include "report/engagement.h"

#include "port/json.h"
#include "report/out.h"

#include <stdio.h>
#include <string.h>

/* The engagement of the newest run. */
typedef struct {
    bool there;
    db_stmt *row;
    jptr_value body;
} held;

static void held_reset(held *h)
{
    db_finalize(h->row);
}

static const char held_sql[] =
    "SELECT r.body, e.path, lower(hex(c.sha256)), g.imported_at,"
    " (SELECT count(*) FROM engagement_file f JOIN record x ON x.evidence_id = f.evidence_id"
    "   WHERE f.engagement_id = g.id AND f.role = 'exceptions' AND x.kind = 'exception'),"
    " (SELECT count(*) FROM engagement_file f JOIN record x ON x.evidence_id = f.evidence_id"
    "   WHERE f.engagement_id = g.id AND f.role = 'attestations' AND x.kind = 'attestation')"
    " , 'data/evidence/' || sn.label || '/' || e.member"
    " FROM engagement g JOIN evidence e ON e.id = g.evidence_id"
    " JOIN content c ON c.id = e.content_id JOIN snapshot sn ON sn.id = e.snapshot_id"
    " JOIN record r ON r.evidence_id = e.id AND r.kind = 'engagement'"
    " WHERE g.id = (SELECT engagement_id FROM run ORDER BY id DESC LIMIT 1)";

static evpack_status find(const store *s, held *out, evpack_err *err)
{
    EVPACK_TRY(db_prepare(store_db(s), held_sql, &out->row, err));
    EVPACK_TRY(db_step(out->row, &out->there, err));
    if (out->there) {
        out->body.text = db_bytes(out->row, 0, &out->body.len);
    }
    return EVPACK_OK;
}

evpack_status engagement_json(const store *s, buf *out, evpack_err *err)
{
    static const char *const members[] = {"reference", "title", "client",   "auditor",
                                          "period",    "scope", "assurance"};
    EVPACK_AUTO_VALUE(held_reset) held h = {0};
    EVPACK_TRY(find(s, &h, err));
    if (!h.there) {
        buf_puts(out, "null");
        return buf_status(out, err);
    }
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        char pointer[20];
        jptr_value v = {0};
        (void)snprintf(pointer, sizeof pointer, "/%s", members[i]);
        buf_printf(out, "%s\"%s\":", i == 0 ? "{" : ",", members[i]);
        if (jptr_find(h.body, pointer, &v)) {
            buf_append(out, v.text, v.len);
        } else {
            buf_puts(out, "null");
        }
    }
    int64_t left = 0;
    EVPACK_TRY(engagement_left_count(s, false, &left, err));
    report_out_member(out, "path", db_text_or_empty(h.row, 1));
    report_out_member(out, "sha256", db_text_or_empty(h.row, 2));
    report_out_member(out, "imported_at", db_text_or_empty(h.row, 3));
    buf_printf(out, ",\"exceptions\":%lld,\"attestations\":%lld,\"scoped_out\":%lld}",
               (long long)db_int(h.row, 4), (long long)db_int(h.row, 5), (long long)left);
    return buf_status(out, err);
}

evpack_status engagement_bag(const store *s, engagement_named each, void *ctx, evpack_err *err)
{
    static const char *const members[][2] = {{"reference", "Evpack-Engagement-Reference"},
                                             {"client", "Evpack-Client"},
                                             {"auditor", "Evpack-Auditor"}};
    EVPACK_AUTO_VALUE(held_reset) held h = {0};
    EVPACK_TRY(find(s, &h, err));
    if (!h.there) {
        return EVPACK_OK;
    }
    EVPACK_AUTO(json_doc) doc = NULL;
    EVPACK_TRY(json_parse(h.body.text, h.body.len, false, &doc, err));
    const json *root = json_root(doc);
    EVPACK_TRY(each(ctx, "Evpack-Engagement", db_text_or_empty(h.row, 6), err));
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        const char *value = json_get_string(root, members[i][0]);
        if (value != NULL) {
            EVPACK_TRY(each(ctx, members[i][1], value, err));
        }
    }
    const json *period = json_get(root, "period");
    const char *start = json_get_string(period, "start");
    const char *end = json_get_string(period, "end");
    char both[100];
    (void)snprintf(both, sizeof both, "%s/%s", start == NULL ? "" : start, end == NULL ? "" : end);
    return start == NULL || end == NULL ? EVPACK_OK : each(ctx, "Evpack-Period", both, err);
}

static const char parameters_sql[] =
    "SELECT name, value, CASE chosen WHEN 1 THEN 'engagement' ELSE 'mapping' END"
    " FROM run_parameter WHERE run_id = (SELECT max(id) FROM run) ORDER BY name";

evpack_status engagement_parameters_json(const store *s, buf *out, evpack_err *err)
{
    EVPACK_AUTO(db_stmt) rows = NULL;
    EVPACK_TRY(db_prepare(store_db(s), parameters_sql, &rows, err));
    const char *between = "[{";
    for (bool row = true; row;) {
        EVPACK_TRY(db_step(rows, &row, err));
        if (row) {
            buf_puts(out, between);
            between = ",{";
            report_out_member(out, "name", db_text_or_empty(rows, 0));
            report_out_member(out, "value", db_text_or_empty(rows, 1));
            report_out_member(out, "chosen_by", db_text_or_empty(rows, 2));
            buf_putc(out, '}');
        }
    }
    buf_puts(out, between[0] == '[' ? "[]" : "]");
    return buf_status(out, err);
}

/* Telling facts: the label of a list stands beside its first line alone. */
typedef struct {
    texts *words;
    engagement_fact fact;
    void *ctx;
} teller;

static evpack_status tell(const teller *t, const char *label, const char *value, evpack_err *err)
{
    char key[48];
    (void)snprintf(key, sizeof key, "engagement.%s", label == NULL ? "" : label);
    return t->fact(t->ctx, label == NULL ? NULL : texts_get(t->words, key), value, err);
}

static evpack_status tell_period(const teller *t, const json *period, evpack_err *err)
{
    if (period == NULL) {
        return EVPACK_OK;
    }
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    texts_fill(t->words, &b, "engagement.from_to", "start", json_get_string(period, "start"), "end",
               json_get_string(period, "end"), NULL);
    EVPACK_TRY(buf_status(&b, err));
    return tell(t, "period", buf_str(&b), err);
}

/* include or exclude, a line each. */
static evpack_status tell_scope(const teller *t, const json *list, const char *label,
                                evpack_err *err)
{
    static const char *const kinds[] = {"subscription", "resource_group", "resource", "tag"};
    for (const json *one = json_first(list); one != NULL; one = json_next(one)) {
        EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
        for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
            const char *what = json_get_string(one, kinds[i]);
            char key[48];
            (void)snprintf(key, sizeof key, "engagement.scope_%s", kinds[i]);
            if (what != NULL) {
                const char *value = json_get_string(one, "value");
                texts_fill(t->words, &b, key, "what", what, "value", value == NULL ? "" : value,
                           NULL);
            }
        }
        const char *why = json_get_string(one, "reason");
        if (why != NULL) {
            texts_fill(t->words, &b, "engagement.scope_reason", "reason", why, NULL);
        }
        EVPACK_TRY(buf_status(&b, err));
        EVPACK_TRY(tell(t, one == json_first(list) ? label : NULL, buf_str(&b), err));
    }
    return EVPACK_OK;
}

static evpack_status tell_parameters(const store *s, const teller *t, evpack_err *err)
{
    EVPACK_AUTO(db_stmt) rows = NULL;
    EVPACK_TRY(db_prepare(store_db(s), parameters_sql, &rows, err));
    const char *label = "parameters";
    for (bool row = true; row;) {
        EVPACK_TRY(db_step(rows, &row, err));
        if (row) {
            const char *value = db_text_or_empty(rows, 1);
            EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
            char key[48];
            (void)snprintf(key, sizeof key, "engagement.by_%s", db_text_or_empty(rows, 2));
            texts_fill(t->words, &b, key, "name", db_text_or_empty(rows, 0), "value",
                       *value == '\0' ? texts_get(t->words, "engagement.empty") : value, NULL);
            EVPACK_TRY(buf_status(&b, err));
            EVPACK_TRY(tell(t, label, buf_str(&b), err));
            label = NULL;
        }
    }
    return EVPACK_OK;
}

static evpack_status tell_assurance(const teller *t, const json *list, evpack_err *err)
{
    for (const json *one = json_first(list); one != NULL; one = json_next(one)) {
        const json *period = json_get(one, "period");
        EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
        texts_fill(t->words, &b, "engagement.report", "name", json_get_string(one, "name"),
                   "standard", json_get_string(one, "standard"), "start",
                   json_get_string(period, "start"), "end", json_get_string(period, "end"), "file",
                   json_get_string(one, "file"), NULL);
        EVPACK_TRY(buf_status(&b, err));
        EVPACK_TRY(tell(t, one == json_first(list) ? "assurance" : NULL, buf_str(&b), err));
    }
    return EVPACK_OK;
}

static evpack_status tell_rest(const teller *t, const held *h, evpack_err *err)
{
    char n[2][TEXTS_NUMBER];
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    texts_fill(t->words, &b, "engagement.lists_value", "exceptions",
               texts_number(db_int(h->row, 4), n[0]), "attestations",
               texts_number(db_int(h->row, 5), n[1]), NULL);
    EVPACK_TRY(buf_status(&b, err));
    EVPACK_TRY(tell(t, "lists", buf_str(&b), err));
    buf_clear(&b);
    texts_fill(t->words, &b, "engagement.file_value", "path", db_text_or_empty(h->row, 1), "sha256",
               db_text_or_empty(h->row, 2), NULL);
    EVPACK_TRY(buf_status(&b, err));
    return tell(t, "file", buf_str(&b), err);
}

evpack_status engagement_facts(const store *s, texts *words, engagement_fact fact, void *ctx,
                               evpack_err *err)
{
    static const char *const plain[][2] = {{"reference", "reference"},
                                           {"title", "title_of"},
                                           {"client", "client"},
                                           {"auditor", "auditor"}};
    const teller t = {words, fact, ctx};
    EVPACK_AUTO_VALUE(held_reset) held h = {0};
    EVPACK_TRY(find(s, &h, err));
    if (!h.there) {
        return EVPACK_OK;
    }
    EVPACK_AUTO(json_doc) doc = NULL;
    EVPACK_TRY(json_parse(h.body.text, h.body.len, false, &doc, err));
    const json *root = json_root(doc);
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++) {
        const char *value = json_get_string(root, plain[i][0]);
        if (value != NULL) {
            EVPACK_TRY(tell(&t, plain[i][1], value, err));
        }
    }
    EVPACK_TRY(tell_period(&t, json_get(root, "period"), err));
    const json *scope = json_get(root, "scope");
    EVPACK_TRY(tell_scope(&t, json_get(scope, "include"), "include", err));
    EVPACK_TRY(tell_scope(&t, json_get(scope, "exclude"), "exclude", err));
    if (scope == NULL) {
        EVPACK_TRY(tell(&t, "include", texts_get(words, "engagement.all"), err));
    }
    EVPACK_TRY(tell_parameters(s, &t, err));
    EVPACK_TRY(tell_assurance(&t, json_get(root, "assurance"), err));
    return tell_rest(&t, &h, err);
}

struct engagement_left {
    db_stmt *rows;
    engagement_left_row now;
};

void engagement_left_free(engagement_left *l)
{
    if (l != NULL) {
        db_finalize(l->rows);
        free(l);
    }
}

/* A resource that Azure's results alone speak of stands in the scope of such a result. */
static const char left_sql[] =
    "SELECT CASE r.kind WHEN 'policy-state' THEN coalesce(r.scope, r.subject)"
    "       ELSE coalesce(r.id_given, r.subject) END AS subject,"
    " CASE r.kind WHEN 'policy-state' THEN NULL ELSE r.type END, sn.label, o.why"
    " FROM %s o JOIN record r ON r.id = o.record_id JOIN evidence e ON e.id = r.evidence_id"
    " JOIN snapshot sn ON sn.id = e.snapshot_id WHERE o.run_id = (SELECT max(id) FROM run)"
    " ORDER BY sn.id, lower(subject), r.id";

evpack_status engagement_left_open(const store *s, bool open, engagement_left **out,
                                   evpack_err *err)
{
    EVPACK_AUTO(engagement_left) l = calloc(1, sizeof *l);
    if (l == NULL) {
        return evpack_oom(err);
    }
    EVPACK_AUTO_VALUE(buf_reset) buf sql = {0};
    buf_printf(&sql, left_sql, open ? "scope_open" : "scoped_out");
    EVPACK_TRY(buf_status(&sql, err));
    EVPACK_TRY(db_prepare(store_db(s), buf_str(&sql), &l->rows, err));
    *out = EVPACK_MOVE(l);
    return EVPACK_OK;
}

evpack_status engagement_left_next(engagement_left *l, const engagement_left_row **out,
                                   evpack_err *err)
{
    bool row = false;
    *out = NULL;
    EVPACK_TRY(db_step(l->rows, &row, err));
    if (row) {
        l->now = (engagement_left_row){db_text_or_empty(l->rows, 0), db_text(l->rows, 1),
                                       db_text_or_empty(l->rows, 2), db_text_or_empty(l->rows, 3)};
        *out = &l->now;
    }
    return EVPACK_OK;
}

evpack_status engagement_left_count(const store *s, bool open, int64_t *out, evpack_err *err)
{
    return db_value(store_db(s),
                    open ? "SELECT count(*) FROM scope_open WHERE run_id ="
                           " (SELECT max(id) FROM run)"
                         : "SELECT count(*) FROM scoped_out WHERE run_id ="
                           " (SELECT max(id) FROM run)",
                    out, err);
}

void engagement_left_put(const engagement_left_row *row, buf *out)
{
    buf_puts(out, "{\"subject\":");
    buf_json_string(out, row->subject, strlen(row->subject));
    report_out_member(out, "type", row->type);
    report_out_member(out, "snapshot", row->snapshot);
    report_out_member(out, "why", row->why);
    buf_putc(out, '}');
}

evpack_status engagement_left_json(const store *s, bool open, int64_t most, buf *out,
                                   evpack_err *err)
{
    EVPACK_AUTO(engagement_left) l = NULL;
    EVPACK_TRY(engagement_left_open(s, open, &l, err));
    const engagement_left_row *row = NULL;
    EVPACK_TRY(engagement_left_next(l, &row, err));
    buf_putc(out, '[');
    for (int64_t n = 0; row != NULL && (most == 0 || n < most); n++) {
        buf_puts(out, n == 0 ? "" : ",\n");
        engagement_left_put(row, out);
        EVPACK_TRY(engagement_left_next(l, &row, err));
    }
    buf_putc(out, ']');
    return buf_status(out, err);
}
