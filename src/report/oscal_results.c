/*
 * Observations and findings. Invariant: every finding of the case is one observation, and one that
 * passed or failed under a control is one finding that points at it; nothing else is a finding.
 * They are two arrays, so the case is walked twice. Knows nothing of what stands once.
 */
#include "report/oscal_private.h"

#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What the observations of a test share, as text, and where its finding points. */
enum { SLOTS = 256, VALUE_MAX = 300 };
typedef struct {
    int64_t test;
    buf shared, title, target;
} slot;

typedef struct {
    oscal *o;
    slot slots[SLOTS];
    buf subject; /* whose uuid is subject_uuid */
    char subject_uuid[UUID_TEXT];
    buf collected; /* as the case has it; collected_at as OSCAL wants it */
    char collected_at[TEXT_TIME];
    bool collected_read, collected_known;
} results;

static void results_free(results *r)
{
    if (r == NULL) {
        return;
    }
    for (size_t i = 0; i < SLOTS; i++) {
        buf_reset(&r->slots[i].shared);
        buf_reset(&r->slots[i].title);
        buf_reset(&r->slots[i].target);
    }
    buf_reset(&r->subject);
    buf_reset(&r->collected);
    free(r);
}
EVPACK_DEFINE_CLEANUP(results, results_free)

static evpack_status results_new(oscal *o, results **out, evpack_err *err)
{
    EVPACK_AUTO(results) r = calloc(1, sizeof *r);
    if (r == NULL) {
        return evpack_oom(err);
    }
    r->o = o;
    *out = EVPACK_MOVE(r);
    return EVPACK_OK;
}

/* A rule, and Azure, tested something; what the baseline or a person says was read. */
static const char *method_of(const finding *f)
{
    const bool tested = text_same(f->test->source, "rule") || f->test->policy != 0;
    return tested && !text_same(f->decision, "attestation") ? "TEST" : "EXAMINE";
}

static evpack_status fill_slot(results *r, slot *at, const finding_test *t, evpack_err *err)
{
    char task[UUID_TEXT];
    char actor[UUID_TEXT];
    EVPACK_TRY(oscal_task(r->o, t, task, err));
    EVPACK_TRY(oscal_uuid(r->o, "actor", oscal_actor(t->source), "", actor, err));
    buf_clear(&at->title);
    buf_clear(&at->shared);
    buf_clear(&at->target);
    const char *tested = finding_tested(t);
    oscal_line(&at->title, *tested == '\0' ? t->source : tested);
    buf_printf(&at->shared,
               "\"],\"origins\":[{\"actors\":[{\"type\":\"tool\",\"actor-uuid\":"
               "\"%s\"}],\"related-tasks\":[{\"task-uuid\":\"%s\"}]}],\"title\":%s",
               actor, task, buf_str(&at->title));
    if (t->control_id != NULL) {
        oscal_control(&at->target, t->benchmark, t->control_id, true);
    }
    EVPACK_TRY(buf_status(&at->title, err));
    EVPACK_TRY(buf_status(&at->target, err));
    at->test = t->id;
    return buf_status(&at->shared, err);
}

static evpack_status slot_of(results *r, const finding_test *t, const slot **out, evpack_err *err)
{
    slot *at = &r->slots[(size_t)t->id % SLOTS];
    *out = at;
    return at->test == t->id ? EVPACK_OK : fill_slot(r, at, t, err);
}

static const char *says(results *r, const finding *f)
{
    const bool decides = f->status == FINDING_PASS || f->status == FINDING_FAIL;
    const char *word =
        decides && f->test->control_id == NULL ? "unclaimed" : finding_status_word(f->status);
    char key[40];
    (void)snprintf(key, sizeof key, "oscal.says.%s", word);
    return texts_get(r->o->words, key);
}

/* A firm's own words may hold anything, too. */
static void put_word(results *r, buf *b, const char *key)
{
    const char *text = texts_get(r->o->words, key);
    oscal_prose(b, text, strlen(text));
}

static void put_value(results *r, const finding_value *v, buf *b)
{
    oscal_prose(b, v->pointer, strlen(v->pointer));
    if (v->value.text == NULL) {
        buf_putc(b, ' ');
        put_word(r, b, "oscal.absent");
        return;
    }
    buf_puts(b, " = ");
    size_t len = v->value.len;
    if (len > VALUE_MAX) {
        len = VALUE_MAX;
        while (len > 0 && ((unsigned char)v->value.text[len] & 0xc0) == 0x80) {
            len--;
        }
    }
    oscal_prose(b, v->value.text, len);
    if (len < v->value.len) {
        put_word(r, b, "oscal.cut");
    }
}

/* POINTER = VALUE; POINTER is absent. A long value is cut, and says so. */
static void put_values(results *r, const finding *f, buf *b)
{
    for (size_t i = 0; i < f->value_count; i++) {
        buf_puts(b, i > 0 ? "; " : " ");
        if (i == 0) {
            put_word(r, b, "oscal.observed");
            buf_putc(b, ' ');
        }
        put_value(r, &f->values[i], b);
    }
}

static void put_description(results *r, const finding *f, buf *b)
{
    buf_puts(b, ",\"description\":\"");
    const char *head = says(r, f);
    oscal_prose(b, head, strlen(head));
    if (f->reason != NULL && *f->reason != '\0') {
        buf_putc(b, ' ');
        oscal_prose(b, f->reason, strlen(f->reason));
    }
    put_values(r, f, b);
    buf_putc(b, '"');
}

static evpack_status put_subject(results *r, const finding *f, buf *b, evpack_err *err)
{
    const size_t snapshot = strlen(f->snapshot) + 1;
    const size_t subject = strlen(f->subject_key) + 1;
    if (r->subject.len != snapshot + subject ||
        memcmp(r->subject.data, f->snapshot, snapshot) != 0 ||
        memcmp(r->subject.data + snapshot, f->subject_key, subject) != 0) {
        buf_clear(&r->subject);
        buf_append(&r->subject, f->snapshot, snapshot);
        buf_append(&r->subject, f->subject_key, subject);
        EVPACK_TRY(buf_status(&r->subject, err));
        EVPACK_TRY(oscal_uuid(r->o, "item", f->snapshot, f->subject_key, r->subject_uuid, err));
    }
    buf_puts(b, ",\"subjects\":[{\"subject-uuid\":\"");
    buf_puts(b, r->subject_uuid);
    buf_puts(b, "\",\"type\":\"inventory-item\"}]");
    return EVPACK_OK;
}

static evpack_status put_evidence(results *r, const finding *f, buf *b, evpack_err *err)
{
    char uuid[UUID_TEXT];
    buf_puts(b, ",\"relevant-evidence\":[");
    for (size_t i = 0; i < f->place_count; i++) {
        const finding_place *p = &f->places[i];
        EVPACK_TRY(oscal_uuid(r->o, "file", p->path, "", uuid, err));
        buf_puts(b, i > 0 ? ",{\"href\":\"#" : "{\"href\":\"#");
        buf_puts(b, uuid);
        buf_puts(b, "\",\"description\":\"");
        const char *place =
            *p->pointer == '\0' ? texts_get(r->o->words, "oscal.whole") : p->pointer;
        oscal_prose(b, place, strlen(place));
        buf_printf(b,
                   "\",\"props\":[{\"name\":\"byte-range\",\"ns\":\"" OSCAL_NS
                   "\",\"value\":\"%llu+%llu\"}]}",
                   (unsigned long long)p->start, (unsigned long long)p->length);
    }
    buf_putc(b, ']');
    return EVPACK_OK;
}

/* When nothing says when the export was made, the evaluation's time stands there, and it says so.
 */
static evpack_status read_collected(results *r, const finding *f, evpack_err *err)
{
    const char *given = f->collected_at == NULL ? "" : f->collected_at;
    if (r->collected_read && strcmp(buf_str(&r->collected), given) == 0) {
        return EVPACK_OK;
    }
    buf_clear(&r->collected);
    buf_puts(&r->collected, given);
    EVPACK_TRY(buf_status(&r->collected, err));
    r->collected_read = true;
    int64_t seconds = 0;
    evpack_err ignored = {0};
    r->collected_known = text_parse_time(given, &seconds, &ignored) == EVPACK_OK;
    if (r->collected_known) {
        text_format_time(seconds, r->collected_at);
    } else {
        memcpy(r->collected_at, r->o->evaluated_at, sizeof r->collected_at);
    }
    return EVPACK_OK;
}

static evpack_status put_observation(results *r, const finding *f, evpack_err *err)
{
    const slot *shared = NULL;
    EVPACK_TRY(slot_of(r, f->test, &shared, err));
    EVPACK_TRY(read_collected(r, f, err));
    buf *b = &r->o->out.b;
    buf_puts(b, "{\"uuid\":\"");
    buf_puts(b, f->id);
    buf_puts(b, "\",\"methods\":[\"");
    buf_puts(b, method_of(f));
    buf_append(b, shared->shared.data, shared->shared.len);
    put_description(r, f, b);
    buf_puts(b, ",\"props\":[");
    oscal_prop(b, "status", finding_status_word(f->status));
    oscal_prop(b, "raw-status",
               strcmp(f->raw_status, finding_status_word(f->status)) == 0 ? NULL : f->raw_status);
    oscal_prop(b, "decision", f->decision);
    oscal_prop(b, "decided-by", f->decided_by);
    oscal_prop(b, "needs", f->need);
    oscal_prop(b, "stated-at", f->stated_at);
    oscal_prop(b, "collected", r->collected_known ? NULL : "unknown");
    buf_putc(b, ']');
    EVPACK_TRY(put_subject(r, f, b, err));
    EVPACK_TRY(put_evidence(r, f, b, err));
    buf_puts(b, ",\"collected\":\"");
    buf_puts(b, r->collected_at);
    buf_puts(b, "\"}");
    return EVPACK_OK;
}

static evpack_status put_finding(results *r, const finding *f, evpack_err *err)
{
    const slot *shared = NULL;
    EVPACK_TRY(slot_of(r, f->test, &shared, err));
    char uuid[UUID_TEXT];
    EVPACK_TRY(oscal_uuid(r->o, "finding", f->id, "", uuid, err));
    buf *b = &r->o->out.b;
    buf_puts(b, "{\"uuid\":\"");
    buf_puts(b, uuid);
    buf_puts(b, "\",\"title\":");
    buf_append(b, shared->title.data, shared->title.len);
    buf_puts(b, ",\"description\":");
    oscal_line(b, f->subject_name != NULL ? f->subject_name : f->subject);
    buf_puts(b, ",\"target\":{\"type\":\"objective-id\",\"target-id\":\"");
    buf_append(b, shared->target.data, shared->target.len);
    buf_puts(b, f->status == FINDING_PASS
                    ? "\",\"status\":{\"state\":\"satisfied\",\"reason\":\"pass\"}}"
                    : "\",\"status\":{\"state\":\"not-satisfied\",\"reason\":\"fail\"}}");
    buf_puts(b, ",\"related-observations\":[{\"observation-uuid\":\"");
    buf_puts(b, f->id);
    buf_puts(b, "\"}]}");
    return EVPACK_OK;
}

typedef evpack_status (*put_one)(results *, const finding *, evpack_err *);

static evpack_status put_array(results *r, const char *name, unsigned statuses, put_one put,
                               evpack_err *err)
{
    EVPACK_AUTO(findings) f = NULL;
    EVPACK_TRY(findings_open_subjects(r->o->s, statuses, &f, err));
    report_out *out = &r->o->out;
    bool any = false;
    for (const finding *one = NULL;;) {
        EVPACK_TRY(findings_next_of_all(f, &one, err));
        if (one == NULL) {
            buf_puts(&out->b, any ? "\n]" : "");
            return EVPACK_OK;
        }
        if (put == put_finding && one->test->control_id == NULL) {
            continue;
        }
        if (any) {
            buf_puts(&out->b, ",\n");
        } else {
            buf_printf(&out->b, ",\n\"%s\":[\n", name);
        }
        any = true;
        EVPACK_TRY(put(r, one, err));
        report_out_some(out);
    }
}

evpack_status oscal_results(oscal *o, evpack_err *err)
{
    EVPACK_AUTO(results) r = NULL;
    EVPACK_TRY(results_new(o, &r, err));
    EVPACK_TRY(put_array(r, "observations", FINDINGS_ALL, put_observation, err));
    return put_array(r, "findings", FINDINGS_ONLY(FINDING_PASS) | FINDINGS_ONLY(FINDING_FAIL),
                     put_finding, err);
}
