/*
 * The findings cursor. Invariant: every finding of the run is seen exactly once, in the order that
 * the header fixes. Knows nothing of formats.
 *
 * Narrow statements instead of the wide view finding_row: the joins that a test's findings share
 * are made once a test (findings_test.c), those of a record when it is shown (findings_place.c).
 */
#include "store/findings_private.h"

#include <stdlib.h>
#include <string.h>

static const char by_control[] =
    "t.control IS NULL, b.preview, b.slug, c.ordinal, c.id, s.slug IS NULL, s.slug,"
    " fe.ordinal IS NULL, fe.ordinal, fe.id, t.source, p.key, t.id";
/* A limit takes the first records, which cost no look at the others; these are put in order. */
#define ROWS_HEAD                                                                      \
    "SELECT f.record_id, f.status, f.reason, f.need, f.evidence, f.target_id, f.part," \
    " f.stated_at, f.raw, f.decided FROM (SELECT * FROM finding WHERE test_id = ?1"
#define ROWS_TAIL                                                                      \
    ") f JOIN record r ON r.id = f.record_id LEFT JOIN target g ON g.id = f.target_id" \
    " ORDER BY coalesce(g.subject, r.subject), f.record_id"
static const char rows_sql[] =
    ROWS_HEAD " AND (?2 >> status) & 1 ORDER BY record_id LIMIT ?3" ROWS_TAIL;
/* Who a finding of ours is about is the record that speaks for its subject. */
static const char subject_sql[] =
    ROWS_HEAD " AND (?2 >> status) & 1 AND (target_id = (SELECT id FROM target WHERE subject = ?3)"
              " OR (target_id IS NULL AND record_id IN (SELECT u.record_id FROM snapshot n"
              " JOIN subject u ON u.snapshot_id = n.id AND u.subject = ?3)))" ROWS_TAIL;

enum { ROW_TARGET = 5, ROW_PART, ROW_STATED_AT, ROW_RAW, ROW_DECIDED };

const char *finding_status_word(int status)
{
    static const char *const words[FINDING_STATUSES] = {
        "", "pass", "fail", "inherited", "notapplicable", "manual", "unknown", "exempt", "error"};
    return status > 0 && status < FINDING_STATUSES ? words[status] : "";
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
    free(f->about);
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
    f->watch = store_watched(s);
    EVPACK_TRY(findings_prepare_tests(f, order, err));
    EVPACK_TRY(findings_prepare_places(f, err));
    EVPACK_TRY(uuid_maker_new(&f->uuids, err));
    *out = EVPACK_MOVE(f);
    return EVPACK_OK;
}

evpack_status findings_expect(findings *f, evpack_err *err)
{
    int64_t count = 0;
    if (f->watch != NULL && f->watch->step != NULL) {
        EVPACK_TRY(db_value(f->d,
                            "SELECT count(*) FROM test t JOIN finding f ON f.test_id = t.id"
                            " WHERE t.run_id = (SELECT max(id) FROM run)",
                            &count, err));
    }
    f->expected = (uint64_t)count;
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
    if (f->limit < 0 && f->statuses == FINDINGS_ALL) {
        EVPACK_TRY(findings_expect(f, err));
    }
    stream *only = NULL;
    EVPACK_TRY(findings_stream(f, 0, &only, err));
    EVPACK_TRY(db_prepare(f->d, rows_sql, &only->rows, err));
    *out = EVPACK_MOVE(f);
    return EVPACK_OK;
}

evpack_status findings_open_subject(const store *s, const char *subject, findings **out,
                                    evpack_err *err)
{
    EVPACK_AUTO(findings) f = NULL;
    EVPACK_TRY(findings_open_cursor(s, by_control, &f, err));
    f->statuses = FINDINGS_ALL;
    f->about = strdup(subject);
    if (f->about == NULL) {
        return evpack_oom(err);
    }
    stream *only = NULL;
    EVPACK_TRY(findings_stream(f, 0, &only, err));
    EVPACK_TRY(db_prepare(f->d, subject_sql, &only->rows, err));
    *out = EVPACK_MOVE(f);
    return EVPACK_OK;
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
    if (f->about != NULL) {
        EVPACK_TRY(db_bind(only->rows, err, "iit", only->test.id, (int64_t)f->statuses, f->about));
    } else {
        EVPACK_TRY(db_bind(only->rows, err, "iii", only->test.id, (int64_t)f->statuses, f->limit));
    }
    only->row = true;
    *out = &only->test;
    return EVPACK_OK;
}

static evpack_status name_it(findings *f, const stream *t, evpack_err *err)
{
    buf_clear(&f->id_name);
    buf_append(&f->id_name, t->id_head.data, t->id_head.len);
    findings_id_part(&f->id_name, f->now.snapshot);
    findings_id_part(&f->id_name, f->now.subject_key);
    if (f->now.part != NULL) {
        findings_id_part(&f->id_name, f->now.part);
    }
    buf_putc(&f->id_name, ']');
    EVPACK_TRY(buf_status(&f->id_name, err));
    return uuid_make(f->uuids, f->id_name.data, f->id_name.len, f->now.id, err);
}

/* What the test said. Of exempt findings of older cases it is not stored: a rule excused a fail,
 * and Azure's own exemption does not say what it excuses. */
static int raw_status(const stream *t, int status)
{
    if (!db_null(t->rows, ROW_RAW)) {
        return (int)db_int(t->rows, ROW_RAW);
    }
    const int excused = t->test.policy != 0 ? FINDING_UNKNOWN : FINDING_FAIL;
    return status == FINDING_EXEMPT ? excused : status;
}

evpack_status findings_read(findings *f, const stream *t, evpack_err *err)
{
    progress_tell(f->watch, NULL, PROGRESS_FINDINGS, ++f->told, f->expected);
    arena_clear(&f->text);
    f->now.test = &t->test;
    f->now.place_count = 0;
    f->now.value_count = 0;
    f->now.status = (int)db_int(t->rows, 1);
    f->now.raw_status = finding_status_word(raw_status(t, f->now.status));
    f->now.reason = db_null(t->rows, 2) ? t->test.reason : db_text(t->rows, 2);
    f->now.need = db_text(t->rows, 3);
    f->now.part = db_text(t->rows, ROW_PART);
    f->now.stated_at = db_text(t->rows, ROW_STATED_AT);
    EVPACK_TRY(findings_load_subject(f, db_int(t->rows, 0), db_int(t->rows, ROW_TARGET), err));
    if (f->sought[0] != '\0') {
        EVPACK_TRY(name_it(f, t, err));
        if (strncmp(f->now.id, f->sought, strlen(f->sought)) != 0) {
            return EVPACK_OK;
        }
    }
    EVPACK_TRY(findings_observe(f, t, err));
    jptr_value named = {0};
    named.text = db_text(t->rows, 4);
    (void)db_bytes(t->rows, 4, &named.len);
    EVPACK_TRY(findings_name_evidence(f, named, err));
    EVPACK_TRY(findings_load_decision(f, db_int(t->rows, ROW_DECIDED), err));
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
