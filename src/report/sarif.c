/*
 * SARIF. Invariant: every finding of the newest run is one result, in the order of findings.json,
 * and a result that is not a fail has no level. Knows nothing of the tools that read it.
 */
#include "report/sarif.h"

#include "base/text.h"
#include "report/files.h"
#include "report/oscal_text.h"
#include "report/out.h"
#include "store/findings.h"

#include <stdlib.h>
#include <string.h>

/* Where a test stands among the rules. */
typedef struct {
    int64_t test;
    size_t index;
} place;

typedef struct {
    const store *s;
    report_out out;
    place *rules; /* sorted by test once all are there */
    size_t count, room;
} sarif;

static void sarif_reset(sarif *r)
{
    report_out_reset(&r->out);
    free(r->rules);
}

static void key(buf *b, const char *name, const char *text)
{
    if (text != NULL) {
        report_out_member(b, name, text);
    }
}

/* In a message braces are placeholders unless they are doubled (3.11.5). */
static void put_message(buf *b, const char *text)
{
    EVPACK_AUTO_VALUE(buf_reset) buf doubled = {0};
    for (const char *c = text; *c != '\0'; c++) {
        buf_putc(&doubled, *c);
        if (*c == '{' || *c == '}') {
            buf_putc(&doubled, *c);
        }
    }
    buf_puts(b, "{\"text\":");
    buf_json_string(b, buf_str(&doubled), doubled.len);
    buf_putc(b, '}');
    b->failed = b->failed || doubled.failed;
}

/* BENCHMARK/CONTROL/SERVICE/RULE, without what the test has not. */
static void put_rule_id(buf *b, const finding_test *t)
{
    const char *const parts[] = {t->benchmark, t->control_id, t->service,
                                 t->rule_id != NULL   ? t->rule_id
                                 : t->feature != NULL ? t->feature
                                                      : t->source};
    EVPACK_AUTO_VALUE(buf_reset) buf id = {0};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (parts[i] != NULL) {
            buf_puts(&id, id.len > 0 ? "/" : "");
            buf_puts(&id, parts[i]);
        }
    }
    buf_json_string(b, buf_str(&id), id.len);
    b->failed = b->failed || id.failed;
}

static const char *level_of(const char *severity)
{
    if (text_same(severity, "high") || text_same(severity, "critical")) {
        return "error";
    }
    return text_same(severity, "low") || text_same(severity, "informational") ? "note" : "warning";
}

static void put_rule(buf *b, const finding_test *t, size_t index)
{
    const char *tested = finding_tested(t);
    buf_puts(b, "{\"id\":");
    put_rule_id(b, t);
    buf_puts(b, ",\"shortDescription\":");
    put_message(b, *tested == '\0' ? t->source : tested);
    if (t->rule_title != NULL) {
        buf_puts(b, ",\"fullDescription\":");
        put_message(b, t->rule_title);
    }
    if (t->guidance != NULL) {
        buf_puts(b, ",\"help\":");
        put_message(b, t->guidance);
    }
    buf_printf(b, ",\"defaultConfiguration\":{\"level\":\"%s\"},\"properties\":{",
               level_of(t->severity));
    key(b, "benchmark", t->benchmark);
    key(b, "control_id", t->control_id);
    key(b, "control_title", t->control_title);
    key(b, "published_control_id", t->published_control_id);
    key(b, "service", t->service);
    key(b, "feature", t->feature);
    key(b, "rule_version", t->rule_version);
    key(b, "responsibility", t->responsibility);
    key(b, "severity", t->severity);
    key(b, "source", t->source);
    key(b, "claim", t->claim);
    /* Rules may not be equal, and what Azure tested may be called the same twice. */
    buf_printf(b, "%s\"index\":%zu}}", b->data[b->len - 1] == '{' ? "" : ",", index);
}

static int by_test(const void *a, const void *b)
{
    const place *x = a;
    const place *y = b;
    return x->test < y->test ? -1 : x->test > y->test;
}

static evpack_status remember(sarif *r, int64_t test, evpack_err *err)
{
    if (r->count == r->room) {
        const size_t more = r->room == 0 ? 256 : r->room * 2;
        place *grown = realloc(r->rules, more * sizeof *grown);
        if (grown == NULL) {
            return evpack_oom(err);
        }
        r->rules = grown;
        r->room = more;
    }
    r->rules[r->count] = (place){test, r->count};
    r->count++;
    return EVPACK_OK;
}

static evpack_status put_rules(sarif *r, evpack_err *err)
{
    EVPACK_AUTO(findings) f = NULL;
    EVPACK_TRY(findings_open(r->s, FINDINGS_ALL, 1, &f, err));
    for (const finding_test *t = NULL;;) {
        EVPACK_TRY(findings_next_test(f, &t, err));
        if (t == NULL) {
            break;
        }
        const finding *one = NULL;
        EVPACK_TRY(findings_next(f, &one, err));
        if (one != NULL) {
            buf_puts(&r->out.b, r->count > 0 ? ",\n" : "\n");
            put_rule(&r->out.b, t, r->count);
            EVPACK_TRY(remember(r, t->id, err));
            report_out_some(&r->out);
        }
    }
    if (r->count > 0) {
        qsort(r->rules, r->count, sizeof *r->rules, by_test);
    }
    return EVPACK_OK;
}

static void put_location(buf *b, const finding_place *p)
{
    buf_puts(b, "\"physicalLocation\":{\"artifactLocation\":{\"uri\":\"");
    oscal_href(b, p->path);
    buf_printf(b, "\"},\"region\":{\"byteOffset\":%llu,\"byteLength\":%llu}},\"properties\":{",
               (unsigned long long)p->start, (unsigned long long)p->length);
    key(b, "pointer", p->pointer);
    buf_putc(b, '}');
}

/* What the statuses mean in SARIF; of what is excused, what was excused. */
static const char *kind_of(const char *status)
{
    static const struct {
        const char *status, *kind;
    } all[] = {{"pass", "pass"},
               {"fail", "fail"},
               {"unknown", "open"},
               {"error", "open"},
               {"manual", "review"},
               {"notapplicable", "notApplicable"},
               {"inherited", "notApplicable"}};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        if (text_same(status, all[i].status)) {
            return all[i].kind;
        }
    }
    return "open";
}

static void put_result(const sarif *r, const finding *f, buf *b)
{
    const place want = {f->test->id, 0};
    const place *rule = bsearch(&want, r->rules, r->count, sizeof *r->rules, by_test);
    const bool exempt = f->status == FINDING_EXEMPT;
    const char *kind = kind_of(exempt ? f->raw_status : finding_status_word(f->status));
    const char *tested = finding_tested(f->test);
    buf_printf(b, "{\"guid\":\"%s\",\"ruleId\":", f->id);
    put_rule_id(b, f->test);
    if (rule != NULL) {
        buf_printf(b, ",\"ruleIndex\":%zu", rule->index);
    }
    buf_printf(b, ",\"kind\":\"%s\",\"level\":\"%s\",\"message\":", kind,
               strcmp(kind, "fail") == 0 ? level_of(f->test->severity) : "none");
    put_message(b, f->reason != NULL && *f->reason != '\0' ? f->reason
                   : *tested != '\0'                       ? tested
                                                           : finding_status_word(f->status));
    buf_puts(b, ",\"locations\":[{");
    put_location(b, &f->places[0]);
    buf_puts(b, ",\"logicalLocations\":[{\"kind\":\"resource\"");
    key(b, "fullyQualifiedName", f->subject);
    key(b, "name", f->subject_name);
    buf_puts(b, "}]}]");
    for (size_t i = 1; i < f->place_count; i++) {
        buf_puts(b, i == 1 ? ",\"relatedLocations\":[{" : ",{");
        put_location(b, &f->places[i]);
        buf_putc(b, '}');
    }
    buf_puts(b, f->place_count > 1 ? "]" : "");
    if (exempt) {
        buf_puts(b, ",\"suppressions\":[{\"kind\":\"external\",\"status\":\"accepted\"");
        key(b, "justification", f->decided_by);
        buf_puts(b, "}]");
    }
    buf_puts(b, ",\"properties\":{");
    key(b, "status", finding_status_word(f->status));
    key(b, "raw_status", f->raw_status);
    key(b, "need", f->need);
    key(b, "decided_by", f->decided_by);
    key(b, "snapshot", f->snapshot);
    key(b, "collected_at", f->collected_at);
    key(b, "stated_at", f->stated_at);
    buf_puts(b, "}}");
}

static evpack_status put_results(sarif *r, evpack_err *err)
{
    EVPACK_AUTO(findings) f = NULL;
    EVPACK_TRY(findings_open_all(r->s, &f, err));
    buf_puts(&r->out.b, ",\n\"results\":[");
    const char *between = "\n";
    for (const finding *one = NULL;;) {
        EVPACK_TRY(findings_next_of_all(f, &one, err));
        if (one == NULL) {
            buf_puts(&r->out.b, "\n]}]}\n");
            return EVPACK_OK;
        }
        buf_puts(&r->out.b, between);
        between = ",\n";
        put_result(r, one, &r->out.b);
        report_out_some(&r->out);
    }
}

static evpack_status put_artifacts(sarif *r, evpack_err *err)
{
    EVPACK_AUTO(report_files) files = NULL;
    EVPACK_TRY(report_files_open(r->s, &files, err));
    buf *b = &r->out.b;
    buf_puts(b, ",\n\"artifacts\":[");
    const char *between = "\n";
    for (const report_file *f = NULL;;) {
        EVPACK_TRY(report_files_next(files, &f, err));
        if (f == NULL) {
            buf_putc(b, ']');
            return EVPACK_OK;
        }
        buf_puts(b, between);
        between = ",\n";
        buf_puts(b, "{\"location\":{\"uri\":\"");
        oscal_href(b, f->path);
        buf_printf(b, "\"},\"length\":%lld,\"hashes\":{\"sha-256\":\"%s\"},\"properties\":{",
                   (long long)f->size, f->sha256);
        key(b, "original_path", f->original);
        key(b, "completeness", f->completeness);
        buf_puts(b, "}}");
        report_out_some(&r->out);
    }
}

static evpack_status put_head(sarif *r, const report_options *options, evpack_err *err)
{
    int64_t errors = 0;
    EVPACK_TRY(db_value(store_db(r->s),
                        "SELECT EXISTS (SELECT 1 FROM test t JOIN finding f ON f.test_id = t.id"
                        " WHERE t.run_id = (SELECT max(id) FROM run) AND f.status = 8)",
                        &errors, err));
    EVPACK_AUTO(db_stmt) run = NULL;
    EVPACK_TRY(db_prepare(store_db(r->s),
                          "SELECT r.evaluated_at, lower(hex(m.sha256)) FROM run r"
                          " JOIN mapping m ON m.id = r.mapping_id ORDER BY r.id DESC LIMIT 1",
                          &run, err));
    bool row = false;
    EVPACK_TRY(db_step(run, &row, err));
    buf *b = &r->out.b;
    char at[TEXT_TIME];
    text_format_time(options->at, at);
    buf_puts(b, "{\"$schema\":\"https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/"
                "sarif-schema-2.1.0.json\",\n\"version\":\"2.1.0\",\n\"runs\":[{\"properties\":{");
    key(b, "reported_at", at);
    key(b, "evaluated_at", row ? db_text(run, 0) : NULL);
    key(b, "mapping_sha256", row ? db_text(run, 1) : NULL);
    buf_printf(b, "},\n\"invocations\":[{\"executionSuccessful\":%s}],\n\"tool\":{\"driver\":{",
               errors != 0 ? "false" : "true");
    buf_puts(b, "\"name\":\"evpack\",\"version\":\"" EVPACK_VERSION "\",\"rules\":[");
    return EVPACK_OK;
}

evpack_status report_sarif_write(const store *s, const report_options *options, int fd,
                                 evpack_err *err)
{
    EVPACK_AUTO_VALUE(sarif_reset) sarif r = {.s = s, .out = {.fd = fd}};
    EVPACK_TRY(put_head(&r, options, err));
    EVPACK_TRY(put_rules(&r, err));
    buf_puts(&r.out.b, "]}}");
    EVPACK_TRY(put_artifacts(&r, err));
    EVPACK_TRY(put_results(&r, err));
    return report_out_end(&r.out, err);
}
