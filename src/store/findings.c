/*
 * The findings cursor. Invariant: every finding of the run is seen exactly once, in the order that
 * the header fixes, and no value is shown that is not in the evidence. Knows nothing of formats.
 *
 * Four narrow statements instead of the wide view finding_row: the joins that a test's findings
 * share are made once a test, and a record's body is touched only when something in it is shown.
 */
#include "store/findings_private.h"

#include "base/text.h"
#include "port/json.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char tests_sql[] =
    "SELECT t.id, b.slug, c.control_id,"
    "       CASE WHEN b.preview THEN c.title || ' (' || b.slug || ', preview)' ELSE c.title END, "
    "fe.published_control_id, s.slug, s.title,"
    "       s.source_date, fe.name, fe.guidance, re.word, coalesce(ru.rule_id, p.key),"
    "       coalesce(ru.version, p.version), coalesce(ru.title, p.title),"
    "       coalesce(ru.severity, p.severity), t.source, run.evaluated_at, p.claim,"
    "       t.control, t.service_id, t.feature_id, t.reason, coalesce(ru.observes, p.observes),"
    "       t.policy_id"
    "  FROM run"
    "  JOIN tested t ON t.run_id = run.id"
    "  LEFT JOIN feature fe ON fe.id = t.feature_id"
    "  LEFT JOIN responsibility re ON re.code = t.responsibility"
    "  LEFT JOIN control c ON c.id = t.control"
    "  LEFT JOIN benchmark b ON b.id = c.benchmark_id"
    "  LEFT JOIN service s ON s.id = t.service_id"
    "  LEFT JOIN rule ru ON ru.id = t.rule_id"
    "  LEFT JOIN policy p ON p.id = t.policy_id"
    " WHERE run.id = (SELECT max(id) FROM run)"
    " ORDER BY ";

static const char by_control[] =
    "t.control IS NULL, b.preview, b.slug, c.ordinal, c.id, s.slug IS NULL, s.slug,"
    " fe.ordinal IS NULL, fe.ordinal, fe.id, t.source, p.key, t.id";
/* A limit takes the first records, which cost no look at the others; these are put in order. */
static const char rows_sql[] =
    "SELECT f.record_id, f.status, f.reason, f.need, f.evidence, f.target_id, f.part, f.stated_at"
    "  FROM (SELECT * FROM finding"
    "         WHERE test_id = ?1 AND (?2 >> status) & 1 ORDER BY record_id LIMIT ?3) f"
    "  JOIN record r ON r.id = f.record_id"
    "  LEFT JOIN target g ON g.id = f.target_id"
    " ORDER BY coalesce(g.subject, r.subject), f.record_id";

/* The body is the last column: its pages are not read unless it is asked for. */
static const char record_sql[] =
    "SELECT evidence_id, kind, subject, id_given, type, name, pointer, start, length, normalised,"
    "       body FROM record WHERE id = ?";

static const char file_sql[] =
    "SELECT lower(hex(co.sha256)), e.path, e.member, sn.label, sn.collected_at"
    "  FROM evidence e"
    "  JOIN content co ON co.id = e.content_id"
    "  JOIN snapshot sn ON sn.id = e.snapshot_id"
    " WHERE e.id = ?";

static const char target_sql[] = "SELECT subject, type FROM target WHERE id = ?";

enum { ROW_TARGET = 5, ROW_PART, ROW_STATED_AT };

enum {
    RECORD_EVIDENCE,
    RECORD_KIND,
    RECORD_SUBJECT,
    RECORD_ID_GIVEN,
    RECORD_TYPE,
    RECORD_NAME,
    RECORD_POINTER,
    RECORD_START,
    RECORD_LENGTH,
    RECORD_NORMALISED,
    RECORD_BODY
};

const char *finding_status_word(int status)
{
    static const char *const words[FINDING_STATUSES] = {
        "", "pass", "fail", "inherited", "notapplicable", "manual", "unknown", "exempt", "error"};
    return status > 0 && status < FINDING_STATUSES ? words[status] : "";
}

const char *finding_tested(const finding_test *t)
{
    const char *azure = t->rule_title != NULL ? t->rule_title : t->rule_id;
    const char *name = t->policy != 0 ? azure : t->feature;
    return name == NULL ? "" : name;
}

static void stream_reset(stream *t)
{
    db_finalize(t->rows);
    arena_reset(&t->text);
    buf_reset(&t->id_head);
}

void findings_close(findings *f)
{
    if (f == NULL) {
        return;
    }
    for (size_t i = 0; i < f->stream_cap; i++) {
        stream_reset(&f->streams[i]);
    }
    free(f->streams);
    db_finalize(f->tests);
    db_finalize(f->record);
    db_finalize(f->other);
    db_finalize(f->file);
    db_finalize(f->target);
    uuid_maker_free(f->uuids);
    arena_reset(&f->text);
    buf_reset(&f->id_name);
    for (size_t i = 0; i < CACHED_FILES; i++) {
        arena_reset(&f->files[i].text);
    }
    free(f->places);
    free(f->values);
    free(f);
}

evpack_status findings_open_cursor(const store *s, const char *order, findings **out,
                                   evpack_err *err)
{
    EVPACK_AUTO(findings) f = calloc(1, sizeof *f);
    if (f == NULL) {
        return evpack_oom(err);
    }
    f->d = store_db(s);
    EVPACK_AUTO_VALUE(buf_reset) buf sql = {0};
    buf_puts(&sql, tests_sql);
    buf_puts(&sql, order);
    EVPACK_TRY(buf_status(&sql, err));
    EVPACK_TRY(db_prepare(f->d, buf_str(&sql), &f->tests, err));
    EVPACK_TRY(db_prepare(f->d, record_sql, &f->record, err));
    EVPACK_TRY(db_prepare(f->d, record_sql, &f->other, err));
    EVPACK_TRY(db_prepare(f->d, file_sql, &f->file, err));
    EVPACK_TRY(db_prepare(f->d, target_sql, &f->target, err));
    EVPACK_TRY(uuid_maker_new(&f->uuids, err));
    *out = EVPACK_MOVE(f);
    return EVPACK_OK;
}

evpack_status findings_stream(findings *f, size_t n, stream **out, evpack_err *err)
{
    if (n >= f->stream_cap) {
        size_t more = f->stream_cap == 0 ? 64 : f->stream_cap * 2;
        stream *grown = realloc(f->streams, more * sizeof *grown);
        if (grown == NULL) {
            return evpack_oom(err);
        }
        memset(grown + f->stream_cap, 0, (more - f->stream_cap) * sizeof *grown);
        f->streams = grown;
        f->stream_cap = more;
    }
    *out = &f->streams[n];
    return EVPACK_OK;
}

evpack_status findings_open(const store *s, unsigned statuses, int64_t limit, findings **out,
                            evpack_err *err)
{
    EVPACK_AUTO(findings) f = NULL;
    EVPACK_TRY(findings_open_cursor(s, by_control, &f, err));
    f->statuses = statuses & FINDINGS_ALL;
    f->limit = limit > 0 ? limit : -1;
    stream *only = NULL;
    EVPACK_TRY(findings_stream(f, 0, &only, err));
    EVPACK_TRY(db_prepare(f->d, rows_sql, &only->rows, err));
    *out = EVPACK_MOVE(f);
    return EVPACK_OK;
}

static void id_part(buf *b, const char *text)
{
    buf_putc(b, b->len == 0 ? '[' : ',');
    if (text == NULL) {
        buf_puts(b, "null");
    } else {
        buf_json_string(b, text, strlen(text));
    }
}

/* The rule's pointers, as C strings. */
static evpack_status read_observes(stream *t, const char *json_text, evpack_err *err)
{
    t->observe_count = 0;
    if (json_text == NULL) {
        return EVPACK_OK;
    }
    EVPACK_AUTO(json_doc) doc = NULL;
    if (json_parse(json_text, strlen(json_text), false, &doc, err) != EVPACK_OK) {
        return evpack_context(err, "the rule %s, observes", t->test.rule_id);
    }
    size_t n = json_count(json_root(doc));
    t->observes = arena_alloc(&t->text, (n + 1) * sizeof *t->observes);
    EVPACK_TRY(arena_status(&t->text, err));
    for (const json *e = json_first(json_root(doc)); e != NULL; e = json_next(e)) {
        const char *pointer = json_string(e);
        if (pointer != NULL && *pointer == '/') { /* "none" is what a rule may say instead */
            t->observes[t->observe_count++] = arena_text(&t->text, pointer);
        }
    }
    return EVPACK_OK;
}

evpack_status findings_read_test(db_stmt *tests, stream *t, evpack_err *err)
{
    arena_clear(&t->text);
    finding_test *to = &t->test;
    const char **const fields[] = {
        &to->benchmark,  &to->control_id,     &to->control_title, &to->published_control_id,
        &to->service,    &to->service_title,  &to->source_date,   &to->feature,
        &to->guidance,   &to->responsibility, &to->rule_id,       &to->rule_version,
        &to->rule_title, &to->severity,       &to->source,        &to->evaluated_at,
        &to->claim};
    int column = 1;
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        *fields[i] = arena_text(&t->text, db_text(tests, column++));
    }
    to->id = db_int(tests, 0);
    to->control = db_int(tests, column);
    to->service_id = db_int(tests, column + 1);
    to->feature_id = db_int(tests, column + 2);
    to->reason = arena_text(&t->text, db_text(tests, column + 3));
    EVPACK_TRY(read_observes(t, db_text(tests, column + 4), err));
    to->policy = db_int(tests, column + 5);
    EVPACK_TRY(arena_status(&t->text, err));
    if (to->published_control_id != NULL && to->control_id != NULL &&
        strcmp(to->published_control_id, to->control_id) == 0) {
        to->published_control_id = NULL;
    }
    const char *const parts[] = {to->benchmark, to->control_id, to->service,
                                 to->feature,   to->rule_id,    to->source};
    buf_clear(&t->id_head);
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        id_part(&t->id_head, parts[i]);
    }
    return buf_status(&t->id_head, err);
}

evpack_status findings_next_test(findings *f, const finding_test **out, evpack_err *err)
{
    stream *only = &f->streams[0];
    db_reset(only->rows);
    only->row = false;
    *out = NULL;
    bool row = false;
    EVPACK_TRY(db_step(f->tests, &row, err));
    if (!row) {
        return EVPACK_OK;
    }
    EVPACK_TRY(findings_read_test(f->tests, only, err));
    EVPACK_TRY(db_bind(only->rows, err, "iii", only->test.id, (int64_t)f->statuses, f->limit));
    only->row = true;
    *out = &only->test;
    return EVPACK_OK;
}

static evpack_status load_file(findings *f, int64_t id, const file_entry **out, evpack_err *err)
{
    file_entry *e = &f->files[(uint64_t)id % CACHED_FILES];
    *out = e;
    if (e->id == id) {
        return EVPACK_OK;
    }
    e->id = 0;
    arena_clear(&e->text);
    db_reset(f->file);
    EVPACK_TRY(db_bind(f->file, err, "i", id));
    bool row = false;
    EVPACK_TRY(db_step(f->file, &row, err));
    if (!row) {
        return evpack_fail(err, EVPACK_E_CASE, "the evidence %lld of a record is not there",
                           (long long)id);
    }
    EVPACK_AUTO_VALUE(buf_reset) buf path = {0};
    buf_printf(&path, "data/evidence/%s/%s", db_text_or_empty(f->file, 3),
               db_text_or_empty(f->file, 2));
    EVPACK_TRY(buf_status(&path, err));
    e->sha256 = arena_text(&e->text, db_text_or_empty(f->file, 0));
    e->original = arena_text(&e->text, db_text_or_empty(f->file, 1));
    e->path = arena_text(&e->text, buf_str(&path));
    e->snapshot = arena_text(&e->text, db_text_or_empty(f->file, 3));
    e->collected_at = arena_text(&e->text, db_text(f->file, 4));
    EVPACK_TRY(arena_status(&e->text, err));
    e->id = id;
    return EVPACK_OK;
}

/* Makes room for one more element of an array that only grows. */
static void *room(void *array, size_t count, size_t *cap, size_t size)
{
    if (count < *cap) {
        return array;
    }
    size_t more = *cap == 0 ? 8 : *cap * 2;
    void *grown = more > SIZE_MAX / size ? NULL : realloc(array, more * size);
    if (grown != NULL) {
        *cap = more;
    }
    return grown;
}

static evpack_status add_place(findings *f, int64_t record_id, db_stmt *s, evpack_err *err)
{
    const file_entry *file = NULL;
    EVPACK_TRY(load_file(f, db_int(s, RECORD_EVIDENCE), &file, err));
    finding_place *places = room(f->places, f->now.place_count, &f->place_cap, sizeof *f->places);
    if (places == NULL) {
        return evpack_oom(err);
    }
    f->places = places;
    /* Copies: the next place may take over this one's slot among the files. */
    places[f->now.place_count++] =
        (finding_place){.record_id = record_id,
                        .sha256 = arena_text(&f->text, file->sha256),
                        .path = arena_text(&f->text, file->path),
                        .original = arena_text(&f->text, file->original),
                        .pointer = arena_text(&f->text, db_text_or_empty(s, RECORD_POINTER)),
                        .start = (uint64_t)db_int(s, RECORD_START),
                        .length = (uint64_t)db_int(s, RECORD_LENGTH)};
    return EVPACK_OK;
}

/* Where pointer, into a record's body, leads in the raw document. */
static const char *absolute(findings *f, size_t place, const char *pointer, bool normalised)
{
    const char *inner = pointer;
    const char *below = "";
    if (normalised && text_starts(pointer, "/properties/")) {
        inner += strlen("/properties");
    } else if (normalised && f->now.lifted) {
        below = "/properties"; /* a row of Resource Graph that was made flat */
    }
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    buf_puts(&b, f->places[place].pointer);
    buf_puts(&b, below);
    buf_puts(&b, inner);
    if (b.failed) {
        f->text.failed = true;
    }
    return arena_copy(&f->text, buf_str(&b), b.len);
}

static evpack_status add_value(findings *f, finding_value value, evpack_err *err)
{
    finding_value *values = room(f->values, f->now.value_count, &f->value_cap, sizeof *f->values);
    if (values == NULL) {
        return evpack_oom(err);
    }
    f->values = values;
    values[f->now.value_count++] = value;
    return EVPACK_OK;
}

static jptr_value body_of(db_stmt *s)
{
    jptr_value body = {0};
    body.text = db_bytes(s, RECORD_BODY, &body.len);
    return body;
}

/* What the rule says it looks at, in the subject's own record. */
static evpack_status observe(findings *f, const stream *t, evpack_err *err)
{
    if (t->observe_count == 0) {
        return EVPACK_OK;
    }
    bool normalised = db_int(f->record, RECORD_NORMALISED) != 0;
    jptr_value body = body_of(f->record);
    for (size_t i = 0; i < t->observe_count; i++) {
        finding_value v = {.normalised = normalised};
        (void)jptr_find(body, t->observes[i], &v.value);
        v.pointer = absolute(f, 0, t->observes[i], normalised);
        EVPACK_TRY(add_value(f, v, err));
    }
    return EVPACK_OK;
}

/* Finds or adds the place of a record that a finding names; the statement stands on its row. */
static evpack_status named_place(findings *f, int64_t record_id, size_t *place, evpack_err *err)
{
    db_reset(f->other);
    EVPACK_TRY(db_bind(f->other, err, "i", record_id));
    bool row = false;
    EVPACK_TRY(db_step(f->other, &row, err));
    if (!row) {
        return evpack_fail(err, EVPACK_E_CASE,
                           "a finding names the record %lld, which is not there",
                           (long long)record_id);
    }
    for (*place = 0; *place < f->now.place_count; (*place)++) {
        if (f->places[*place].record_id == record_id) {
            return EVPACK_OK;
        }
    }
    return add_place(f, record_id, f->other, err);
}

/* One element of finding.evidence: a record id, or {record, pointer, value}. */
static evpack_status named_evidence(findings *f, jptr_value item, evpack_err *err)
{
    int64_t record_id = 0;
    size_t place = 0;
    if (jptr_int(item, &record_id)) {
        return named_place(f, record_id, &place, err);
    }
    jptr_value part = {0};
    if (!jptr_find(item, "/record", &part) || !jptr_int(part, &record_id)) {
        return evpack_fail(err, EVPACK_E_CASE, "a finding's evidence names no record: %.*s",
                           (int)(item.len > 200 ? 200 : item.len), item.text);
    }
    EVPACK_TRY(named_place(f, record_id, &place, err));
    if (!jptr_find(item, "/pointer", &part)) {
        return EVPACK_OK;
    }
    EVPACK_AUTO(json_doc) doc = NULL;
    EVPACK_TRY(json_parse(part.text, part.len, true, &doc, err));
    const char *pointer = json_string(json_root(doc));
    if (pointer == NULL) {
        return EVPACK_OK;
    }
    finding_value v = {.normalised = db_int(f->other, RECORD_NORMALISED) != 0, .place = place};
    if (!jptr_find(item, "/value", &v.value)) {
        (void)jptr_find(body_of(f->other), pointer, &v.value);
    }
    if (v.value.text != NULL) {
        v.value.text = arena_copy(&f->text, v.value.text, v.value.len);
    }
    v.pointer = absolute(f, place, pointer, v.normalised);
    return add_value(f, v, err);
}

static evpack_status more_evidence(findings *f, jptr_value list, evpack_err *err)
{
    if (list.text == NULL) {
        return EVPACK_OK;
    }
    EVPACK_AUTO(json_doc) checked = NULL;
    if (json_parse(list.text, list.len, false, &checked, err) != EVPACK_OK) {
        return evpack_context(err, "a finding's evidence");
    }
    jptr_value item = {0};
    for (size_t at = 0; jptr_element(list, &at, &item);) {
        EVPACK_TRY(named_evidence(f, item, err));
    }
    return EVPACK_OK;
}

/* "/subscriptions/ID" or "/subscriptions/ID/…": the ID. */
static const char *subscription_of(findings *f, const char *key)
{
    static const char prefix[] = "/subscriptions/";
    if (key == NULL || !text_starts(key, prefix)) {
        return NULL;
    }
    const char *id = key + sizeof prefix - 1;
    size_t len = strcspn(id, "/");
    return len == 0 ? NULL : arena_copy(&f->text, id, len);
}

/* The subject's record; it is read once while one finding after the other speaks of it. */
static evpack_status read_subject(findings *f, int64_t record_id, evpack_err *err)
{
    if (f->subject == record_id) {
        return EVPACK_OK;
    }
    f->subject = 0;
    db_reset(f->record);
    EVPACK_TRY(db_bind(f->record, err, "i", record_id));
    bool row = false;
    EVPACK_TRY(db_step(f->record, &row, err));
    if (!row) {
        return evpack_fail(err, EVPACK_E_CASE, "a finding's record %lld is not there",
                           (long long)record_id);
    }
    f->subject = record_id;
    return EVPACK_OK;
}

/* The target's id as the record writes it: its resourceId, or the head of its own id. */
static const char *as_given(findings *f, const char *canonical, const char *own)
{
    jptr_value given = {0};
    size_t len = strlen(canonical);
    if (jptr_find(body_of(f->record), "/resourceId", &given) && jptr_plain_string(given, &given) &&
        given.len == len && strncasecmp(given.text, canonical, len) == 0) {
        return arena_copy(&f->text, given.text, len);
    }
    return own != NULL && strncasecmp(own, canonical, len) == 0 ? arena_copy(&f->text, own, len)
                                                                : canonical;
}

/* The subject of a finding that Azure made: what its record speaks of. */
static evpack_status load_target(findings *f, int64_t target_id, evpack_err *err)
{
    db_reset(f->target);
    EVPACK_TRY(db_bind(f->target, err, "i", target_id));
    bool row = false;
    EVPACK_TRY(db_step(f->target, &row, err));
    if (!row) {
        return evpack_fail(err, EVPACK_E_CASE, "a finding's target %lld is not there",
                           (long long)target_id);
    }
    const char *canonical = arena_text(&f->text, db_text_or_empty(f->target, 0));
    f->now.subject_type = arena_text(&f->text, db_text(f->target, 1));
    EVPACK_TRY(arena_status(&f->text, err));
    f->now.lifted = f->now.subject_key[0] == '/' && strcmp(f->now.kind, "policy-state") == 0;
    f->now.subject = as_given(f, canonical, db_text(f->record, RECORD_ID_GIVEN));
    f->now.subject_key = canonical;
    const char *name = f->now.subject == NULL ? NULL : strrchr(f->now.subject, '/');
    f->now.subject_name = name == NULL || name[1] == '\0' ? NULL : name + 1;
    return arena_status(&f->text, err);
}

static evpack_status load_subject(findings *f, int64_t record_id, int64_t target_id,
                                  evpack_err *err)
{
    EVPACK_TRY(read_subject(f, record_id, err));
    f->now.kind = db_text_or_empty(f->record, RECORD_KIND);
    f->now.subject_key = db_text_or_empty(f->record, RECORD_SUBJECT);
    f->now.lifted = false;
    if (target_id != 0) {
        EVPACK_TRY(load_target(f, target_id, err));
    } else {
        const char *given = db_text(f->record, RECORD_ID_GIVEN);
        f->now.subject = given == NULL ? f->now.subject_key : given;
        f->now.subject_type = db_text(f->record, RECORD_TYPE);
        f->now.subject_name = db_text(f->record, RECORD_NAME);
    }
    f->now.subscription = subscription_of(f, f->now.subject_key);
    EVPACK_TRY(add_place(f, record_id, f->record, err));
    const file_entry *file = NULL;
    EVPACK_TRY(load_file(f, db_int(f->record, RECORD_EVIDENCE), &file, err));
    f->now.snapshot = arena_text(&f->text, file->snapshot);
    f->now.collected_at = arena_text(&f->text, file->collected_at);
    return EVPACK_OK;
}

static evpack_status name_it(findings *f, const stream *t, evpack_err *err)
{
    buf_clear(&f->id_name);
    buf_append(&f->id_name, t->id_head.data, t->id_head.len);
    id_part(&f->id_name, f->now.snapshot);
    id_part(&f->id_name, f->now.subject_key);
    if (f->now.part != NULL) {
        id_part(&f->id_name, f->now.part);
    }
    buf_putc(&f->id_name, ']');
    EVPACK_TRY(buf_status(&f->id_name, err));
    return uuid_make(f->uuids, f->id_name.data, f->id_name.len, f->now.id, err);
}

evpack_status findings_read(findings *f, const stream *t, evpack_err *err)
{
    arena_clear(&f->text);
    f->now.test = &t->test;
    f->now.place_count = 0;
    f->now.value_count = 0;
    f->now.status = (int)db_int(t->rows, 1);
    /* Azure's own exemption does not say what it excuses. */
    const int excused = t->test.policy != 0 ? FINDING_UNKNOWN : FINDING_FAIL;
    f->now.raw_status =
        finding_status_word(f->now.status == FINDING_EXEMPT ? excused : f->now.status);
    f->now.reason = db_null(t->rows, 2) ? t->test.reason : db_text(t->rows, 2);
    f->now.need = db_text(t->rows, 3);
    f->now.part = db_text(t->rows, ROW_PART);
    f->now.stated_at = db_text(t->rows, ROW_STATED_AT);
    EVPACK_TRY(load_subject(f, db_int(t->rows, 0), db_int(t->rows, ROW_TARGET), err));
    EVPACK_TRY(observe(f, t, err));
    jptr_value named = {0};
    named.text = db_text(t->rows, 4);
    (void)db_bytes(t->rows, 4, &named.len);
    EVPACK_TRY(more_evidence(f, named, err));
    EVPACK_TRY(name_it(f, t, err));
    EVPACK_TRY(arena_status(&f->text, err));
    f->now.places = f->places;
    f->now.values = f->values;
    return EVPACK_OK;
}

evpack_status findings_next(findings *f, const finding **out, evpack_err *err)
{
    *out = NULL;
    stream *only = &f->streams[0];
    if (only->row) {
        EVPACK_TRY(db_step(only->rows, &only->row, err));
    }
    if (!only->row) {
        return EVPACK_OK;
    }
    EVPACK_TRY(findings_read(f, only, err));
    *out = &f->now;
    return EVPACK_OK;
}
