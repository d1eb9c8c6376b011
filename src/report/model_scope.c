/*
 * What the evidence covers. Invariant: a list that is capped still has its true total. Knows
 * nothing of statuses.
 */
#include "report/model_scope.h"

#include "port/json.h"
#include "store/gaps.h"

#include <stdio.h>
#include <string.h>

/* Calls row for each row of a query. */
static evpack_status each_row(const store *s, const char *sql, model *m,
                              evpack_status (*row)(model *m, db_stmt *r, evpack_err *err),
                              evpack_err *err)
{
    EVPACK_AUTO(db_stmt) rows = NULL;
    EVPACK_TRY(db_prepare(store_db(s), sql, &rows, err));
    for (bool more = true; more;) {
        EVPACK_TRY(db_step(rows, &more, err));
        if (more) {
            EVPACK_TRY(row(m, rows, err));
        }
    }
    return EVPACK_OK;
}

void model_put_ledgers(const model_snapshot *snapshot, texts *words, buf *out)
{
    char n[2][TEXTS_NUMBER];
    if (snapshot->ledgers > 0) {
        texts_fill(words, out, "cover.ledgers", "n", texts_number(snapshot->ledgers, n[0]),
                   "confirmed", texts_number(snapshot->confirmed, n[1]), NULL);
    }
}

static evpack_status snapshot_row(model *m, db_stmt *r, evpack_err *err)
{
    model_snapshot *one = model_push(&m->text, &m->snapshots, &m->snapshot_count, sizeof *one);
    if (one == NULL) {
        return evpack_oom(err);
    }
    one->label = arena_text(&m->text, db_text_or_empty(r, 0));
    one->collected_at = arena_text(&m->text, db_text(r, 1));
    one->imported_at = arena_text(&m->text, db_text_or_empty(r, 2));
    one->az_version = arena_text(&m->text, db_text(r, 3));
    one->files = db_int(r, 4);
    one->records = db_int(r, 5);
    one->ledgers = db_int(r, 6);
    one->confirmed = db_int(r, 7);
    return EVPACK_OK;
}

/* All raw files, the engagement's too. */
static evpack_status files_row(model *m, db_stmt *r, evpack_err *err)
{
    (void)err;
    m->files = db_int(r, 0);
    m->bytes = db_int(r, 1);
    return EVPACK_OK;
}

static evpack_status subscription_row(model *m, db_stmt *r, evpack_err *err)
{
    m->subscription_total++;
    if (m->subscription_count >= MODEL_SUBSCRIPTIONS) {
        return EVPACK_OK;
    }
    model_subscription *one =
        model_push(&m->text, &m->subscriptions, &m->subscription_count, sizeof *one);
    if (one == NULL) {
        return evpack_oom(err);
    }
    one->id = arena_text(&m->text, db_text_or_empty(r, 0));
    one->resources = db_int(r, 1);
    return EVPACK_OK;
}

static bool is_guid(jptr_value v)
{
    for (size_t i = 0; i < v.len; i++) {
        char c = v.text[i];
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
        if (dash ? c != '-' : !hex) {
            return false;
        }
    }
    return v.len == 36;
}

static evpack_status add_tenant(model *m, jptr_value id, evpack_err *err)
{
    char lower[37];
    (void)snprintf(lower, sizeof lower, "%.36s", id.text);
    for (char *p = lower; *p != '\0'; p++) {
        *p = (char)(*p >= 'A' && *p <= 'F' ? *p + 32 : *p);
    }
    for (size_t i = 0; i < m->tenant_count; i++) {
        if (strcmp(m->tenants[i], lower) == 0) {
            return EVPACK_OK;
        }
    }
    if (m->tenant_count >= MODEL_TENANTS) {
        return EVPACK_OK;
    }
    const char **one = model_push(&m->text, &m->tenants, &m->tenant_count, sizeof *one);
    if (one == NULL) {
        return evpack_oom(err);
    }
    *one = arena_text(&m->text, lower);
    return EVPACK_OK;
}

static evpack_status body_row(model *m, db_stmt *r, evpack_err *err)
{
    static const char *const pointers[] = {"/tenantId", "/properties/tenantId",
                                           "/identity/tenantId"};
    jptr_value body = {0};
    body.text = db_bytes(r, 0, &body.len);
    for (size_t i = 0; i < sizeof pointers / sizeof pointers[0]; i++) {
        jptr_value v = {0};
        if (jptr_find(body, pointers[i], &v) && jptr_plain_string(v, &v) && is_guid(v)) {
            EVPACK_TRY(add_tenant(m, v, err));
        }
    }
    return EVPACK_OK;
}

/* The name of a subscription, from its own record. */
static evpack_status name_row(model *m, db_stmt *r, evpack_err *err)
{
    static const char *const pointers[] = {"/displayName", "/properties/displayName", "/name"};
    const char *subject = db_text_or_empty(r, 1);
    jptr_value body = {0};
    body.text = db_bytes(r, 0, &body.len);
    jptr_value v = {0};
    size_t i = 0;
    while (i < 3 && !(jptr_find(body, pointers[i], &v) && v.len > 2 && v.text[0] == '"')) {
        i++;
    }
    EVPACK_AUTO(json_doc) doc = NULL;
    if (i == 3) {
        return EVPACK_OK;
    }
    EVPACK_TRY(json_parse(v.text, v.len, false, &doc, err));
    const char *name = json_string(json_root(doc));
    static const char prefix[] = "/subscriptions/";
    if (name == NULL || strncmp(subject, prefix, sizeof prefix - 1) != 0) {
        return EVPACK_OK;
    }
    for (size_t j = 0; j < m->subscription_count; j++) {
        if (strcmp(m->subscriptions[j].id, subject + sizeof prefix - 1) == 0) {
            m->subscriptions[j].name = arena_text(&m->text, name);
        }
    }
    return EVPACK_OK;
}

static evpack_status kind_row(model *m, db_stmt *r, evpack_err *err)
{
    m->kind_total++;
    if (m->kind_count >= MODEL_KINDS) {
        return EVPACK_OK;
    }
    model_kind *one = model_push(&m->text, &m->kinds, &m->kind_count, sizeof *one);
    if (one == NULL) {
        return evpack_oom(err);
    }
    one->kind = arena_text(&m->text, db_text_or_empty(r, 0));
    one->objects = db_int(r, 1);
    one->summaries = db_int(r, 2);
    one->assessed = db_int(r, 3);
    return EVPACK_OK;
}

static evpack_status completeness_row(model *m, db_stmt *r, evpack_err *err)
{
    model_completeness *one =
        model_push(&m->text, &m->completeness, &m->completeness_count, sizeof *one);
    if (one == NULL) {
        return evpack_oom(err);
    }
    one->word = arena_text(&m->text, db_text_or_empty(r, 0));
    one->files = db_int(r, 1);
    one->records = db_int(r, 2);
    return EVPACK_OK;
}

static evpack_status event_row(model *m, db_stmt *r, evpack_err *err)
{
    m->event_total++;
    if (m->event_count >= MODEL_CUSTODY) {
        return EVPACK_OK;
    }
    model_event *one = model_push(&m->text, &m->events, &m->event_count, sizeof *one);
    if (one == NULL) {
        return evpack_oom(err);
    }
    jptr_value line = {0};
    line.text = db_text_or_empty(r, 0);
    line.len = strlen(line.text);
    EVPACK_AUTO(json_doc) doc = NULL;
    EVPACK_TRY(json_parse(line.text, line.len, false, &doc, err));
    const json *root = json_root(doc);
    one->at = arena_text(&m->text, json_get_string(root, "at"));
    one->event = arena_text(&m->text, json_get_string(root, "event"));
    one->by = arena_text(&m->text, json_get_string(root, "by"));
    one->reason = arena_text(&m->text, json_get_string(root, "reason"));
    one->sha256 = arena_text(&m->text, db_text_or_empty(r, 1));
    jptr_value detail = {0};
    if (jptr_find(line, "/detail", &detail)) {
        one->detail = arena_copy(&m->text, detail.text, detail.len);
    }
    return EVPACK_OK;
}

static model_gap *gap_of(model *m, const gap *g)
{
    for (size_t i = 0; i < m->gap_count; i++) {
        if (strcmp(m->gaps[i].need, g->need) == 0) {
            return &m->gaps[i];
        }
    }
    model_gap *one = model_push(&m->text, &m->gaps, &m->gap_count, sizeof *one);
    if (one != NULL) {
        one->need = arena_text(&m->text, g->need);
        one->what = arena_text(&m->text, g->what);
    }
    return one;
}

static void add_command(model *m, model_gap *one, const char *command)
{
    for (size_t i = 0; i < one->command_count; i++) {
        if (strcmp(one->commands[i], command) == 0) {
            return;
        }
    }
    if (*command == '\0') {
        return;
    }
    if (one->command_count == MODEL_COMMANDS) {
        one->more_commands = true;
        return;
    }
    one->commands[one->command_count++] = arena_text(&m->text, command);
}

static evpack_status load_gaps(const store *s, model *m, evpack_err *err)
{
    EVPACK_AUTO(gaps) g = NULL;
    EVPACK_TRY(gaps_open(s, &g, err));
    gap now;
    for (bool more = true; more;) {
        EVPACK_TRY(gaps_next(g, &now, &more, err));
        if (!more) {
            break;
        }
        model_gap *one = gap_of(m, &now);
        if (one == NULL) {
            return evpack_oom(err);
        }
        one->findings += now.findings;
        one->subjects++;
        add_command(m, one, now.command);
    }
    return EVPACK_OK;
}

evpack_status model_load_scope(const store *s, const char *assessed_tests, model *m,
                               evpack_err *err)
{
    EVPACK_TRY(each_row(s,
                        "SELECT sn.label, sn.collected_at, sn.imported_at, sn.az_version,"
                        " count(e.id), coalesce(sum(e.records), 0),"
                        " (SELECT count(*) FROM ledger_note l WHERE l.snapshot_id = sn.id"
                        "   AND l.code IN ('ledger-confirmed', 'ledger-unconfirmed')),"
                        " (SELECT count(*) FROM ledger_note l WHERE l.snapshot_id = sn.id"
                        "   AND l.code = 'ledger-confirmed')"
                        " FROM snapshot sn LEFT JOIN evidence e ON e.snapshot_id = sn.id"
                        " WHERE sn.role = 'tenant'"
                        " GROUP BY sn.id ORDER BY sn.id",
                        m, snapshot_row, err));
    EVPACK_TRY(each_row(s,
                        "SELECT count(*), coalesce(sum(c.size), 0) FROM evidence e"
                        " JOIN content c ON c.id = e.content_id",
                        m, files_row, err));
    EVPACK_TRY(each_row(s,
                        "SELECT substr(subject, 16, instr(substr(subject, 16) || '/', '/') - 1),"
                        " count(*) FROM subject WHERE subject LIKE '/subscriptions/_%'"
                        " GROUP BY 1 ORDER BY 1",
                        m, subscription_row, err));
    EVPACK_TRY(each_row(s, "SELECT body, subject FROM record WHERE kind = 'subscription'", m,
                        name_row, err));
    EVPACK_TRY(each_row(s, "SELECT r.body FROM subject s JOIN record r ON r.id = s.record_id", m,
                        body_row, err));
    EVPACK_AUTO_VALUE(buf_reset) buf kinds = {0};
    buf_printf(&kinds,
               "SELECT * FROM (SELECT CASE s.kind WHEN 'arm-resource' THEN coalesce(r.type, s.kind)"
               " ELSE s.kind END AS kind, count(*) AS objects, sum(1 - s.complete) AS summaries,"
               " sum(s.record_id IN (SELECT record_id FROM finding WHERE test_id IN (%s)))"
               " AS assessed FROM subject s JOIN record r ON r.id = s.record_id GROUP BY 1)"
               " ORDER BY assessed > 0 DESC, objects DESC, kind",
               assessed_tests);
    EVPACK_TRY(buf_status(&kinds, err));
    EVPACK_TRY(each_row(s, buf_str(&kinds), m, kind_row, err));
    EVPACK_TRY(each_row(s,
                        "SELECT completeness, count(*), sum(records) FROM source GROUP BY 1"
                        " ORDER BY instr('whole unstated partial summary truncated failed"
                        " unrecognised', completeness)",
                        m, completeness_row, err));
    EVPACK_TRY(each_row(s, "SELECT line, lower(hex(sha256)) FROM custody_sealed ORDER BY id", m,
                        event_row, err));
    return load_gaps(s, m, err);
}
