/*
 * A finding as JSON. Invariant: strict JSON without white space of our own, keys always in the same
 * order and always there; what Azure made has four more (policy_title, claim, stated_at, part), and
 * what an exception, exemption or attestation decided two (decision, decided_by). Refuses to know
 * which findings are written.
 */
#include "store/findings_json.h"

#include <stdlib.h>

static void key(buf *b, const char *name, const char *text)
{
    buf_putc(b, ',');
    buf_putc(b, '"');
    buf_puts(b, name);
    buf_puts(b, "\":");
    buf_json_text(b, text);
}

static void put_observed(buf *b, const finding *f)
{
    buf_putc(b, '[');
    for (size_t i = 0; i < f->value_count; i++) {
        const finding_value *v = &f->values[i];
        buf_puts(b, i > 0 ? ",{\"pointer\":" : "{\"pointer\":");
        buf_json_text(b, v->pointer);
        buf_puts(b, ",\"value\":");
        if (v->value.text == NULL) {
            buf_puts(b, "null,\"absent\":true");
        } else {
            buf_json_copy(b, v->value.text, v->value.len);
        }
        if (v->normalised) {
            buf_puts(b, ",\"normalised\":true");
        }
        if (v->place > 0) {
            buf_printf(b, ",\"evidence\":%zu", v->place);
        }
        buf_putc(b, '}');
    }
    buf_putc(b, ']');
}

static void put_evidence(buf *b, const finding *f)
{
    buf_putc(b, '[');
    for (size_t i = 0; i < f->place_count; i++) {
        const finding_place *p = &f->places[i];
        buf_puts(b, i > 0 ? ",{\"sha256\":" : "{\"sha256\":");
        buf_json_text(b, p->sha256);
        key(b, "path", p->path);
        key(b, "pointer", p->pointer);
        buf_printf(b, ",\"offset\":%llu,\"length\":%llu", (unsigned long long)p->start,
                   (unsigned long long)p->length);
        key(b, "original_path", p->original);
        buf_putc(b, '}');
    }
    buf_putc(b, ']');
}

/* What a test's findings share is the same text each time: made once a test. */
static void shared_keys(buf *b, const finding_test *t)
{
    key(b, "benchmark", t->benchmark);
    key(b, "control_id", t->control_id);
    key(b, "control_title", t->control_title);
    key(b, "published_control_id", t->published_control_id);
    key(b, "service", t->service);
    key(b, "service_title", t->service_title);
    key(b, "feature", t->feature);
    key(b, "rule_id", t->rule_id);
    key(b, "rule_version", t->rule_version);
    key(b, "responsibility", t->responsibility);
    key(b, "severity", t->severity);
    key(b, "source", t->source);
    key(b, "evaluated_at", t->evaluated_at);
    if (t->policy != 0) {
        key(b, "policy_title", t->rule_title);
        key(b, "claim", t->claim);
    }
}

static void write_finding(buf *b, const finding *f, const buf *shared)
{
    buf_puts(b, "{\"id\":\"");
    buf_puts(b, f->id);
    buf_putc(b, '"');
    buf_append(b, shared->data, shared->len);
    key(b, "subject", f->subject);
    key(b, "subject_type", f->subject_type);
    key(b, "subscription", f->subscription);
    key(b, "status", finding_status_word(f->status));
    key(b, "raw_status", f->raw_status);
    if (f->decision != NULL) {
        key(b, "decision", f->decision);
        key(b, "decided_by", f->decided_by);
    }
    key(b, "reason", f->reason);
    key(b, "need", f->need);
    buf_puts(b, ",\"observed\":");
    put_observed(b, f);
    buf_puts(b, ",\"evidence\":");
    put_evidence(b, f);
    key(b, "snapshot", f->snapshot);
    key(b, "collected_at", f->collected_at);
    if (f->test->policy != 0) {
        key(b, "stated_at", f->stated_at);
        key(b, "part", f->part);
    }
    buf_putc(b, '}');
}

/* What the findings of a test share, as text: made once while the same tests come round. */
enum { SHARED_SLOTS = 256 };
struct findings_json {
    struct {
        int64_t test;
        buf text;
    } slot[SHARED_SLOTS];
};

void findings_json_free(findings_json *j)
{
    if (j != NULL) {
        for (size_t i = 0; i < SHARED_SLOTS; i++) {
            buf_reset(&j->slot[i].text);
        }
        free(j);
    }
}

evpack_status findings_json_new(findings_json **out, evpack_err *err)
{
    findings_json *j = calloc(1, sizeof *j);
    if (j == NULL) {
        return evpack_oom(err);
    }
    *out = j;
    return EVPACK_OK;
}

static const buf *shared_text(findings_json *j, const finding_test *test)
{
    size_t at = (size_t)test->id % SHARED_SLOTS;
    buf *text = &j->slot[at].text;
    if (j->slot[at].test != test->id) {
        j->slot[at].test = test->id;
        buf_clear(text);
        shared_keys(text, test);
    }
    return text;
}

evpack_status findings_json_put(findings_json *j, const finding *f, buf *out, evpack_err *err)
{
    const buf *shared = shared_text(j, f->test);
    EVPACK_TRY(buf_status(shared, err));
    write_finding(out, f, shared);
    return buf_status(out, err);
}
