/*
 * All findings, subject by subject, then those about exceptions and attestations themselves, then
 * those that Azure made, test by test. Invariant: each finding of the run is told once; the records
 * are read in the order in which they lie in the case, each once for each of its services. The
 * tests of a service are walked side by side, each in the order of the records: a merge.
 */
#include "store/findings_private.h"

#include <stdio.h>
#include <string.h>

static const char by_service[] =
    "t.policy_id IS NOT NULL, s.slug IS NULL, s.slug, s.id, fe.ordinal,"
    " fe.id, t.source, p.key, t.id";

static const char merge_sql[] = "SELECT record_id, status, reason, need, evidence,"
                                " target_id, part, stated_at, raw, decided FROM finding"
                                " WHERE test_id = ?1 AND (?2 >> status) & 1 ORDER BY record_id";

evpack_status findings_open_all(const store *s, findings **out, evpack_err *err)
{
    return findings_open_subjects(s, FINDINGS_ALL, out, err);
}

evpack_status findings_open_subjects(const store *s, unsigned statuses, findings **out,
                                     evpack_err *err)
{
    EVPACK_AUTO(findings) f = NULL;
    EVPACK_TRY(findings_open_cursor(s, by_service, &f, err));
    f->statuses = statuses & FINDINGS_ALL;
    EVPACK_TRY(findings_expect(f, err));
    EVPACK_TRY(db_step(f->tests, &f->test_pending, err));
    *out = EVPACK_MOVE(f);
    return EVPACK_OK;
}

/* Opens a stream for each test of the service that `tests` stands on. */
static evpack_status open_service(findings *f, evpack_err *err)
{
    f->stream_count = 0;
    int64_t service = 0;
    while (f->test_pending) {
        stream *t = NULL;
        EVPACK_TRY(findings_stream(f, f->stream_count, &t, err));
        EVPACK_TRY(findings_read_test(f->tests, t, err));
        if (f->stream_count > 0 && (t->test.service_id != service || t->test.policy != 0)) {
            break; /* read again when its own service is opened; what Azure tested walks alone */
        }
        service = t->test.service_id;
        if (t->rows == NULL) {
            EVPACK_TRY(db_prepare(f->d, merge_sql, &t->rows, err));
        }
        db_reset(t->rows);
        EVPACK_TRY(db_bind(t->rows, err, "ii", t->test.id, (int64_t)f->statuses));
        EVPACK_TRY(db_step(t->rows, &t->row, err));
        f->stream_count++;
        EVPACK_TRY(db_step(f->tests, &f->test_pending, err));
    }
    return EVPACK_OK;
}

/* The smallest record id that a stream stands on; 0 when all are at their ends. */
static int64_t next_subject(const findings *f)
{
    int64_t least = 0;
    for (size_t i = 0; i < f->stream_count; i++) {
        if (f->streams[i].row) {
            int64_t id = db_int(f->streams[i].rows, 0);
            least = least == 0 || id < least ? id : least;
        }
    }
    return least;
}

/* The next stream that speaks of the subject; NULL when none does. */
static stream *next_stream(findings *f)
{
    for (; f->stream_now < f->stream_count; f->stream_now++) {
        stream *t = &f->streams[f->stream_now];
        if (t->row && db_int(t->rows, 0) == f->walked) {
            return t;
        }
    }
    return NULL;
}

/* Goes to the next finding; *there is false after the last one. */
static evpack_status advance(findings *f, bool *there, evpack_err *err)
{
    *there = false;
    if (f->now.test != NULL && f->stream_now < f->stream_count) {
        stream *told = &f->streams[f->stream_now++];
        EVPACK_TRY(db_step(told->rows, &told->row, err));
    }
    for (stream *t = next_stream(f); t == NULL; t = next_stream(f)) {
        f->stream_now = 0;
        f->now.test = NULL;
        f->walked = next_subject(f);
        if (f->walked == 0 && !f->test_pending) {
            f->stream_count = 0;
            return EVPACK_OK;
        }
        if (f->walked == 0) {
            EVPACK_TRY(open_service(f, err));
            f->walked = next_subject(f);
        }
    }
    f->now.test = &f->streams[f->stream_now].test;
    *there = true;
    return EVPACK_OK;
}

evpack_status findings_next_of_all(findings *f, const finding **out, evpack_err *err)
{
    const size_t len = strlen(f->sought);
    *out = NULL;
    for (bool there = true; there;) {
        EVPACK_TRY(advance(f, &there, err));
        if (there) {
            EVPACK_TRY(findings_read(f, &f->streams[f->stream_now], err));
            if (strncmp(f->now.id, f->sought, len) == 0) {
                *out = &f->now;
                return EVPACK_OK;
            }
        }
    }
    return EVPACK_OK;
}

evpack_status findings_skip_of_all(findings *f, int64_t count, evpack_err *err)
{
    for (bool there = true; count > 0 && there; count--) {
        EVPACK_TRY(advance(f, &there, err));
    }
    return EVPACK_OK;
}

evpack_status findings_open_id(const store *s, const char *prefix, findings **out, evpack_err *err)
{
    EVPACK_AUTO(findings) f = NULL;
    EVPACK_TRY(findings_open_all(s, &f, err));
    (void)snprintf(f->sought, sizeof f->sought, "%s", prefix);
    *out = EVPACK_MOVE(f);
    return EVPACK_OK;
}
