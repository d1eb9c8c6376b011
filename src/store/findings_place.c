/*
 * What one finding shows: its subject, the places of its evidence and the values there. Invariant:
 * no value is shown that is not in the evidence, and a record that is not there is an error, not a
 * gap. A record's body is touched only when something in it is shown. Knows nothing of tests.
 */
#include "store/findings_private.h"

#include "base/text.h"
#include "port/json.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

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

evpack_status findings_prepare_places(findings *f, evpack_err *err)
{
    EVPACK_TRY(db_prepare(f->d, record_sql, &f->record, err));
    EVPACK_TRY(db_prepare(f->d, record_sql, &f->other, err));
    EVPACK_TRY(db_prepare(f->d, file_sql, &f->file, err));
    return db_prepare(f->d, target_sql, &f->target, err);
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
evpack_status findings_observe(findings *f, const stream *t, evpack_err *err)
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

evpack_status findings_name_evidence(findings *f, jptr_value list, evpack_err *err)
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

evpack_status findings_load_subject(findings *f, int64_t record_id, int64_t target_id,
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
