/*
 * Tests as OSCAL has them. Invariant: a test that made a finding is one activity and one task, and
 * whatever its findings share stands there once instead of in each. Knows nothing of subjects.
 */
#include "report/oscal_private.h"

#include "base/text.h"

const char *oscal_actor(const char *source)
{
    if (text_same(source, "policy-state") || text_same(source, "policy-evaluation")) {
        return "Azure Policy";
    }
    return text_same(source, "defender-assessment") || text_same(source, "regulatory-compliance")
               ? "Microsoft Defender for Cloud"
               : "evpack";
}

void oscal_control(buf *b, const char *benchmark, const char *control_id, bool objective)
{
    oscal_token(b, benchmark);
    buf_putc(b, '_');
    oscal_token_rest(b, control_id);
    buf_puts(b, objective ? "_obj" : "");
}

/* What tells tests apart, as the ids of their findings do, and the claim. */
static evpack_status test_uuid(oscal *o, const char *kind, const finding_test *t,
                               char out[UUID_TEXT], evpack_err *err)
{
    const char *const parts[] = {t->benchmark, t->control_id, t->service, t->feature,
                                 t->rule_id,   t->source,     t->claim,   t->reason};
    EVPACK_AUTO_VALUE(buf_reset) buf name = {0};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        buf_json_text(&name, parts[i]);
        buf_putc(&name, ',');
    }
    EVPACK_TRY(buf_status(&name, err));
    return oscal_uuid(o, kind, buf_str(&name), "", out, err);
}

evpack_status oscal_task(oscal *o, const finding_test *t, char out[UUID_TEXT], evpack_err *err)
{
    return test_uuid(o, "task", t, out, err);
}

static const char *title_of(const finding_test *t)
{
    const char *tested = finding_tested(t);
    return *tested == '\0' ? t->source : tested;
}

static evpack_status put_activity(oscal *o, const finding_test *t, evpack_err *err)
{
    char uuid[UUID_TEXT];
    EVPACK_TRY(test_uuid(o, "activity", t, uuid, err));
    buf *b = &o->out.b;
    buf_printf(b, "{\"uuid\":\"%s\",\"title\":", uuid);
    oscal_line(b, title_of(t));
    buf_puts(b, ",\"description\":");
    oscal_line(b, t->rule_title != NULL ? t->rule_title
                  : t->guidance != NULL ? t->guidance
                                        : title_of(t));
    buf_puts(b, ",\"props\":[");
    oscal_prop(b, "source", t->source);
    oscal_prop(b, "service", t->service);
    oscal_prop(b, "feature", t->feature);
    oscal_prop(b, "responsibility", t->responsibility);
    oscal_prop(b, "published-control-id", t->published_control_id);
    oscal_prop(b, "rule-id", t->rule_id);
    oscal_prop(b, "rule-version", t->rule_version);
    oscal_prop(b, "severity", t->severity);
    oscal_prop(b, "baseline-date", t->source_date);
    oscal_prop(b, "claim", t->claim);
    buf_putc(b, ']');
    if (t->control_id != NULL) {
        buf_puts(b, ",\"related-controls\":{\"control-selections\":[{\"include-controls\":["
                    "{\"control-id\":\"");
        oscal_control(b, t->benchmark, t->control_id, false);
        buf_puts(b, "\"}]}]}");
    }
    buf_putc(b, '}');
    return EVPACK_OK;
}

static evpack_status put_task(oscal *o, const finding_test *t, evpack_err *err)
{
    char task[UUID_TEXT];
    char activity[UUID_TEXT];
    EVPACK_TRY(test_uuid(o, "task", t, task, err));
    EVPACK_TRY(test_uuid(o, "activity", t, activity, err));
    buf *b = &o->out.b;
    buf_printf(b, "{\"uuid\":\"%s\",\"type\":\"action\",\"title\":", task);
    oscal_line(b, title_of(t));
    buf_printf(b,
               ",\"associated-activities\":[{\"activity-uuid\":\"%s\",\"subjects\":"
               "[{\"type\":\"inventory-item\",\"include-all\":{}}]}]}",
               activity);
    return EVPACK_OK;
}

/* Tests without a finding are not told of: nothing points at them. */
static evpack_status put_tests(oscal *o, const char *name,
                               evpack_status (*put)(oscal *, const finding_test *, evpack_err *),
                               evpack_err *err)
{
    EVPACK_AUTO(findings) f = NULL;
    EVPACK_TRY(findings_open(o->s, FINDINGS_ALL, 1, &f, err));
    bool any = false;
    for (const finding_test *t = NULL;;) {
        EVPACK_TRY(findings_next_test(f, &t, err));
        if (t == NULL) {
            buf_puts(&o->out.b, any ? "]" : "");
            return EVPACK_OK;
        }
        const finding *one = NULL;
        EVPACK_TRY(findings_next(f, &one, err));
        if (one == NULL) {
            continue;
        }
        buf_printf(&o->out.b, any ? ",\n" : ",\n\"%s\":[\n", name);
        any = true;
        EVPACK_TRY(put(o, t, err));
        report_out_some(&o->out);
    }
}

evpack_status oscal_activities(oscal *o, evpack_err *err)
{
    return put_tests(o, "activities", put_activity, err);
}

evpack_status oscal_tasks(oscal *o, evpack_err *err)
{
    return put_tests(o, "tasks", put_task, err);
}
