/*
 * A test as the findings cursor tells it: control, service, feature, and what spoke (a rule, the
 * baseline, or Azure). Invariant: the texts live as long as the test, and the test's part of its
 * findings' ids is made once. Knows nothing of subjects.
 */
#include "store/findings_private.h"

#include "port/json.h"

#include <string.h>

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

evpack_status findings_prepare_tests(findings *f, const char *order, evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf sql = {0};
    buf_puts(&sql, tests_sql);
    buf_puts(&sql, order);
    EVPACK_TRY(buf_status(&sql, err));
    return db_prepare(f->d, buf_str(&sql), &f->tests, err);
}

const char *finding_tested(const finding_test *t)
{
    const char *azure = t->rule_title != NULL ? t->rule_title : t->rule_id;
    const char *name = t->policy != 0 ? azure : t->feature;
    return name == NULL ? "" : name;
}

void findings_id_part(buf *b, const char *text)
{
    buf_putc(b, b->len == 0 ? '[' : ',');
    buf_json_text(b, text);
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
        findings_id_part(&t->id_head, parts[i]);
    }
    return buf_status(&t->id_head, err);
}
