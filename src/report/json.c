/*
 * findings.json. Invariant: strict JSON, one finding a line, keys always in the same order and
 * always there; what Azure made has four more (policy_title, claim, stated_at, part), and what an
 * exception, exemption or attestation decided two (decision, decided_by). Knows nothing of totals:
 * it is the list that totals can be counted from.
 */
#include "report/json.h"

#include "report/crosswalk.h"
#include "report/engagement.h"

#include <string.h>

static void key(report_out *o, const char *name, const char *text)
{
    buf_putc(&o->b, ',');
    buf_putc(&o->b, '"');
    buf_puts(&o->b, name);
    buf_puts(&o->b, "\":");
    report_out_json(o, text);
}

void report_json_observed(report_out *o, const finding *f)
{
    buf_putc(&o->b, '[');
    for (size_t i = 0; i < f->value_count; i++) {
        const finding_value *v = &f->values[i];
        buf_puts(&o->b, i > 0 ? ",{\"pointer\":" : "{\"pointer\":");
        report_out_json(o, v->pointer);
        buf_puts(&o->b, ",\"value\":");
        if (v->value.text == NULL) {
            buf_puts(&o->b, "null,\"absent\":true");
        } else {
            buf_append(&o->b, v->value.text, v->value.len);
        }
        if (v->normalised) {
            buf_puts(&o->b, ",\"normalised\":true");
        }
        if (v->place > 0) {
            buf_printf(&o->b, ",\"evidence\":%zu", v->place);
        }
        buf_putc(&o->b, '}');
    }
    buf_putc(&o->b, ']');
}

void report_json_evidence(report_out *o, const finding *f)
{
    buf_putc(&o->b, '[');
    for (size_t i = 0; i < f->place_count; i++) {
        const finding_place *p = &f->places[i];
        buf_puts(&o->b, i > 0 ? ",{\"sha256\":" : "{\"sha256\":");
        report_out_json(o, p->sha256);
        key(o, "path", p->path);
        key(o, "pointer", p->pointer);
        buf_printf(&o->b, ",\"offset\":%llu,\"length\":%llu", (unsigned long long)p->start,
                   (unsigned long long)p->length);
        key(o, "original_path", p->original);
        buf_putc(&o->b, '}');
    }
    buf_putc(&o->b, ']');
}

/* What a test's findings share is the same text each time: made once a test. */
static void shared_keys(report_out *o, const finding_test *t)
{
    key(o, "benchmark", t->benchmark);
    key(o, "control_id", t->control_id);
    key(o, "control_title", t->control_title);
    key(o, "published_control_id", t->published_control_id);
    key(o, "service", t->service);
    key(o, "service_title", t->service_title);
    key(o, "feature", t->feature);
    key(o, "rule_id", t->rule_id);
    key(o, "rule_version", t->rule_version);
    key(o, "responsibility", t->responsibility);
    key(o, "severity", t->severity);
    key(o, "source", t->source);
    key(o, "evaluated_at", t->evaluated_at);
    if (t->policy != 0) {
        key(o, "policy_title", t->rule_title);
        key(o, "claim", t->claim);
    }
}

static void write_finding(report_out *o, const finding *f, const buf *shared)
{
    buf_puts(&o->b, "{\"id\":\"");
    buf_puts(&o->b, f->id);
    buf_putc(&o->b, '"');
    buf_append(&o->b, shared->data, shared->len);
    key(o, "subject", f->subject);
    key(o, "subject_type", f->subject_type);
    key(o, "subscription", f->subscription);
    key(o, "status", finding_status_word(f->status));
    key(o, "raw_status", f->raw_status);
    if (f->decision != NULL) {
        key(o, "decision", f->decision);
        key(o, "decided_by", f->decided_by);
    }
    key(o, "reason", f->reason);
    key(o, "need", f->need);
    buf_puts(&o->b, ",\"observed\":");
    report_json_observed(o, f);
    buf_puts(&o->b, ",\"evidence\":");
    report_json_evidence(o, f);
    key(o, "snapshot", f->snapshot);
    key(o, "collected_at", f->collected_at);
    if (f->test->policy != 0) {
        key(o, "stated_at", f->stated_at);
        key(o, "part", f->part);
    }
    buf_putc(&o->b, '}');
}

/* A preview may change, and may be incomplete: who reads a control of it is told. */
static evpack_status write_benchmarks(const store *s, report_out *o, evpack_err *err)
{
    EVPACK_AUTO(db_stmt) rows = NULL;
    EVPACK_TRY(
        db_prepare(store_db(s),
                   "SELECT slug, title, source, source_date, preview FROM benchmark"
                   " WHERE mapping_id = (SELECT mapping_id FROM run ORDER BY id DESC LIMIT 1)"
                   " ORDER BY preview, slug",
                   &rows, err));
    buf_puts(&o->b, ",\n\"benchmarks\":[");
    const char *between = "";
    for (bool row = true; row;) {
        EVPACK_TRY(db_step(rows, &row, err));
        if (row) {
            buf_printf(&o->b, "%s{\"slug\":", between);
            report_out_json(o, db_text(rows, 0));
            key(o, "title", db_text(rows, 1));
            key(o, "source", db_text(rows, 2));
            key(o, "source_date", db_text(rows, 3));
            buf_printf(&o->b, ",\"preview\":%s}", db_int(rows, 4) != 0 ? "true" : "false");
            between = ",";
        }
    }
    buf_putc(&o->b, ']');
    return EVPACK_OK;
}

static evpack_status write_head(const store *s, report_out *o, evpack_err *err)
{
    EVPACK_AUTO(db_stmt) run = NULL;
    EVPACK_TRY(db_prepare(store_db(s),
                          "SELECT run.evaluated_at, lower(hex(m.sha256)) FROM run"
                          " JOIN mapping m ON m.id = run.mapping_id ORDER BY run.id DESC LIMIT 1",
                          &run, err));
    bool row = false;
    EVPACK_TRY(db_step(run, &row, err));
    buf_puts(&o->b,
             "{\"evpack\":{\"version\":\"" EVPACK_VERSION "\"},\n\"run\":{\"evaluated_at\":");
    report_out_json(o, row ? db_text(run, 0) : NULL);
    key(o, "mapping_sha256", row ? db_text(run, 1) : NULL);
    buf_puts(&o->b, ",\"parameters\":");
    EVPACK_TRY(engagement_parameters_json(s, &o->b, err));
    buf_puts(&o->b, ",\"engagement\":");
    EVPACK_TRY(engagement_json(s, &o->b, err));
    buf_putc(&o->b, '}');
    EVPACK_TRY(write_benchmarks(s, o, err));
    buf_puts(&o->b, ",\n\"crosswalk\":");
    EVPACK_TRY(crosswalk_of_controls(s, &o->b, err));
    buf_puts(&o->b, ",\n\"findings\":[");
    return EVPACK_OK;
}

/* What the findings of a test share, as text: made once while the same tests come round. */
enum { SHARED_SLOTS = 256 };
typedef struct {
    struct {
        int64_t test;
        buf text;
    } slot[SHARED_SLOTS];
} shared_texts;

static void shared_reset(shared_texts *t)
{
    for (size_t i = 0; i < SHARED_SLOTS; i++) {
        buf_reset(&t->slot[i].text);
    }
}

static const buf *shared_text(shared_texts *t, const finding_test *test)
{
    size_t at = (size_t)test->id % SHARED_SLOTS;
    if (t->slot[at].test != test->id) {
        t->slot[at].test = test->id;
        EVPACK_AUTO_VALUE(report_out_reset) report_out part = {.fd = -1};
        shared_keys(&part, test);
        buf_clear(&t->slot[at].text);
        buf_append(&t->slot[at].text, part.b.data, part.b.len);
        t->slot[at].text.failed = t->slot[at].text.failed || part.b.failed;
    }
    return &t->slot[at].text;
}

static evpack_status write_all(findings *f, report_out *o, shared_texts *shared, evpack_err *err)
{
    const char *between = "\n";
    for (const finding *one = NULL;;) {
        EVPACK_TRY(findings_next_of_all(f, &one, err));
        if (one == NULL) {
            return EVPACK_OK;
        }
        const buf *text = shared_text(shared, one->test);
        EVPACK_TRY(buf_status(text, err));
        buf_puts(&o->b, between);
        between = ",\n";
        write_finding(o, one, text);
        report_out_some(o);
    }
}

/* A tenant may be left out almost whole: row by row. */
static evpack_status write_left(const store *s, bool open, report_out *o, evpack_err *err)
{
    EVPACK_AUTO(engagement_left) l = NULL;
    EVPACK_TRY(engagement_left_open(s, open, &l, err));
    buf_puts(&o->b, open ? ",\n\"scope_open\":[" : "\n],\n\"scoped_out\":[");
    const char *between = "";
    for (const engagement_left_row *row = NULL;; between = ",\n") {
        EVPACK_TRY(engagement_left_next(l, &row, err));
        if (row == NULL) {
            buf_putc(&o->b, ']');
            return EVPACK_OK;
        }
        buf_puts(&o->b, between);
        engagement_left_put(row, &o->b);
        report_out_some(o);
    }
}

evpack_status report_json_write(const store *s, int fd, evpack_err *err)
{
    EVPACK_AUTO(findings) f = NULL;
    EVPACK_TRY(findings_open_all(s, &f, err));
    EVPACK_AUTO_VALUE(report_out_reset) report_out o = {.fd = fd};
    EVPACK_AUTO_VALUE(shared_reset) shared_texts shared = {0};
    EVPACK_TRY(write_head(s, &o, err));
    EVPACK_TRY(write_all(f, &o, &shared, err));
    EVPACK_TRY(write_left(s, false, &o, err));
    EVPACK_TRY(write_left(s, true, &o, err));
    buf_puts(&o.b, "}\n");
    return report_out_end(&o, err);
}
