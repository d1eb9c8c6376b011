/*
 * The OSCAL document, and what stands in it once: metadata, objectives, inventory, assets, back
 * matter. Invariant: what is referred to is defined in the same document, and no empty array is
 * written, which OSCAL forbids. An assessment plan is not made up: what stands in its place says
 * so.
 */
#include "report/oscal.h"

#include "report/engagement.h"
#include "report/files.h"
#include "report/oscal_private.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

#define OSCAL_VERSION "1.2.1"

/* Of the engagement; "" where it does not say. */
typedef struct {
    buf path, reference, client, auditor, period;
} engaged;

typedef struct {
    oscal o;
    engaged e;
    char plan[UUID_TEXT];
    char mapping_sha256[DIGEST_HEX];
    char custody_sha256[DIGEST_HEX];
    char start[TEXT_TIME]; /* when the earliest export was made, or the run */
    bool reviewed;         /* some control was */
} document;

static void document_reset(document *d)
{
    texts_free(d->o.words);
    uuid_maker_free(d->o.uuids);
    report_out_reset(&d->o.out);
    buf_reset(&d->o.name);
    buf_reset(&d->e.path);
    buf_reset(&d->e.reference);
    buf_reset(&d->e.client);
    buf_reset(&d->e.auditor);
    buf_reset(&d->e.period);
}

evpack_status oscal_uuid(oscal *o, const char *kind, const char *a, const char *b,
                         char out[UUID_TEXT], evpack_err *err)
{
    buf_clear(&o->name);
    buf_puts(&o->name, OSCAL_NS);
    buf_append(&o->name, "\0", 1);
    buf_puts(&o->name, kind);
    buf_append(&o->name, "\0", 1);
    buf_puts(&o->name, a);
    buf_append(&o->name, "\0", 1);
    buf_puts(&o->name, b);
    EVPACK_TRY(buf_status(&o->name, err));
    return uuid_make(o->uuids, o->name.data, o->name.len, out, err);
}

static evpack_status take_engaged(void *ctx, const char *label, const char *value, evpack_err *err)
{
    engaged *e = ctx;
    buf *to = text_same(label, "Evpack-Engagement")             ? &e->path
              : text_same(label, "Evpack-Engagement-Reference") ? &e->reference
              : text_same(label, "Evpack-Client")               ? &e->client
              : text_same(label, "Evpack-Auditor")              ? &e->auditor
                                                                : &e->period;
    buf_puts(to, value);
    return buf_status(to, err);
}

static const char head_sql[] =
    "SELECT r.evaluated_at, lower(hex(m.sha256)),"
    " (SELECT lower(hex(sha256)) FROM custody_sealed ORDER BY id DESC LIMIT 1),"
    " (SELECT min(collected_at) FROM snapshot WHERE role = 'tenant')"
    " FROM run r JOIN mapping m ON m.id = r.mapping_id ORDER BY r.id DESC LIMIT 1";

/* A time of the case as OSCAL wants it; what is none is the run's. */
static void put_time(const document *d, const char *text, char out[TEXT_TIME])
{
    int64_t seconds = 0;
    evpack_err ignored = {0};
    if (text != NULL && text_parse_time(text, &seconds, &ignored) == EVPACK_OK) {
        text_format_time(seconds, out);
    } else {
        (void)snprintf(out, TEXT_TIME, "%s", d->o.evaluated_at);
    }
}

static evpack_status read_head(document *d, evpack_err *err)
{
    EVPACK_AUTO(db_stmt) run = NULL;
    EVPACK_TRY(db_prepare(store_db(d->o.s), head_sql, &run, err));
    bool row = false;
    EVPACK_TRY(db_step(run, &row, err));
    text_format_time(d->o.options->at, d->o.at);
    (void)snprintf(d->o.evaluated_at, sizeof d->o.evaluated_at, "%s", d->o.at);
    put_time(d, row ? db_text(run, 0) : NULL, d->o.evaluated_at);
    put_time(d, row ? db_text(run, 3) : NULL, d->start);
    (void)snprintf(d->mapping_sha256, sizeof d->mapping_sha256, "%s",
                   row ? db_text_or_empty(run, 1) : "");
    (void)snprintf(d->custody_sha256, sizeof d->custody_sha256, "%s",
                   row ? db_text_or_empty(run, 2) : "");
    return engagement_bag(d->o.s, take_engaged, &d->e, err);
}

/* A member that is prose, from the report's texts. */
static void put_text(document *d, const char *name, const char *key)
{
    buf_printf(&d->o.out.b, ",\"%s\":", name);
    oscal_line(&d->o.out.b, texts_get(d->o.words, key));
}

static void put_filled(document *d, const char *name, const char *key, const char *mark,
                       const char *value)
{
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    texts_fill(d->o.words, &text, key, mark, value, NULL);
    buf_printf(&d->o.out.b, ",\"%s\":", name);
    oscal_line(&d->o.out.b, buf_str(&text));
    d->o.out.b.failed = d->o.out.b.failed || text.failed;
}

/* The parties of the engagement. Their kind is not stated there; firms are what they mostly are. */
static evpack_status put_parties(document *d, evpack_err *err)
{
    const struct {
        const char *role;
        const buf *name;
    } all[] = {{"assessor", &d->e.auditor}, {"client", &d->e.client}};
    buf *b = &d->o.out.b;
    char uuid[2][UUID_TEXT];
    const char *between = ",\n\"parties\":[";
    for (size_t i = 0; i < 2; i++) {
        EVPACK_TRY(oscal_uuid(&d->o, "party", all[i].role, buf_str(all[i].name), uuid[i], err));
        if (all[i].name->len > 0) {
            buf_printf(b, "%s{\"uuid\":\"%s\",\"type\":\"organization\",\"name\":", between,
                       uuid[i]);
            oscal_string(b, buf_str(all[i].name));
            buf_putc(b, '}');
            between = ",";
        }
    }
    if (*between != ',' || between[1] != '\0') {
        return EVPACK_OK;
    }
    between = "],\n\"responsible-parties\":[";
    for (size_t i = 0; i < 2; i++) {
        if (all[i].name->len > 0) {
            buf_printf(b, "%s{\"role-id\":\"%s\",\"party-uuids\":[\"%s\"]}", between, all[i].role,
                       uuid[i]);
            between = ",";
        }
    }
    buf_putc(b, ']');
    return EVPACK_OK;
}

static evpack_status put_metadata(document *d, evpack_err *err)
{
    char uuid[UUID_TEXT];
    EVPACK_AUTO_VALUE(buf_reset) buf all = {0};
    const report_options *given = d->o.options;
    buf_printf(&all, "%s %s %s %s", d->o.at, d->o.evaluated_at, d->mapping_sha256,
               d->custody_sha256);
    EVPACK_TRY(buf_status(&all, err));
    EVPACK_TRY(oscal_uuid(&d->o, "document", buf_str(&all),
                          given->package_id == NULL ? "" : given->package_id, uuid, err));
    buf *b = &d->o.out.b;
    buf_printf(b, "{\"assessment-results\":{\"uuid\":\"%s\",\n\"metadata\":{\"title\":", uuid);
    EVPACK_AUTO_VALUE(buf_reset) buf title = {0};
    if (d->e.reference.len > 0) {
        texts_fill(d->o.words, &title, "oscal.title_of", "title", buf_str(&d->e.reference), NULL);
    } else {
        buf_puts(&title, texts_get(d->o.words, "oscal.title"));
    }
    oscal_line(b, buf_str(&title));
    buf_printf(b, ",\"last-modified\":\"%s\",\"version\":", d->o.at);
    oscal_string(b, given->package_id != NULL ? given->package_id : d->o.evaluated_at);
    buf_puts(b, ",\"oscal-version\":\"" OSCAL_VERSION "\",\n\"props\":[");
    oscal_prop(b, "evpack-version", EVPACK_VERSION);
    oscal_prop(b, "mapping-sha256", d->mapping_sha256);
    oscal_prop(b, "evaluated-at", d->o.evaluated_at);
    oscal_prop(b, "package-id", given->package_id);
    oscal_prop(b, "engagement", buf_str(&d->e.reference));
    oscal_prop(b, "period", buf_str(&d->e.period));
    buf_puts(b, "],\n\"roles\":[{\"id\":\"assessor\"");
    put_text(d, "title", "oscal.assessor");
    buf_puts(b, "},{\"id\":\"client\"");
    put_text(d, "title", "oscal.client");
    buf_puts(b, "}]");
    EVPACK_TRY(put_parties(d, err));
    EVPACK_TRY(oscal_uuid(&d->o, d->e.path.len > 0 ? "file" : "plan", buf_str(&d->e.path), "",
                          d->plan, err));
    buf_printf(b, "},\n\"import-ap\":{\"href\":\"#%s\"", d->plan);
    put_text(d, "remarks",
             d->e.path.len > 0 ? "oscal.plan_engagement_text" : "oscal.plan_none_text");
    buf_putc(b, '}');
    return EVPACK_OK;
}

/* Controls with at least one finding. */
static const char controls_sql[] =
    "SELECT b.slug, b.title, c.control_id, c.title, coalesce(c.objective, c.title), c.domain"
    "  FROM control c JOIN benchmark b ON b.id = c.benchmark_id"
    " WHERE c.id IN (SELECT t.control FROM tested t"
    "     WHERE t.run_id = (SELECT max(id) FROM run)"
    "       AND EXISTS (SELECT 1 FROM finding f WHERE f.test_id = t.id))"
    " ORDER BY b.slug, c.ordinal, c.id";

/* The objectives that findings are about: no catalog says them in OSCAL, so the document does. */
static evpack_status put_objectives(document *d, evpack_err *err)
{
    EVPACK_AUTO(db_stmt) rows = NULL;
    EVPACK_TRY(db_prepare(store_db(d->o.s), controls_sql, &rows, err));
    buf *b = &d->o.out.b;
    for (bool row = true;;) {
        EVPACK_TRY(db_step(rows, &row, err));
        if (!row) {
            buf_puts(b, d->reviewed ? "]" : "");
            return EVPACK_OK;
        }
        buf_puts(b, d->reviewed ? ",\n{\"control-id\":\""
                                : ",\n\"objectives-and-methods\":[\n{\"control-id\":\"");
        d->reviewed = true;
        oscal_control(b, db_text_or_empty(rows, 0), db_text_or_empty(rows, 2), false);
        buf_puts(b, "\",\"description\":");
        oscal_line(b, db_text_or_empty(rows, 3));
        buf_puts(b, ",\"props\":[");
        oscal_prop(b, "benchmark", db_text_or_empty(rows, 0));
        oscal_prop(b, "control-id", db_text_or_empty(rows, 2));
        oscal_prop(b, "domain", db_text_or_empty(rows, 5));
        buf_puts(b, "],\"parts\":[{\"id\":\"");
        oscal_control(b, db_text_or_empty(rows, 0), db_text_or_empty(rows, 2), true);
        buf_puts(b, "\",\"name\":\"assessment-objective\",\"prose\":");
        oscal_line(b, db_text_or_empty(rows, 4));
        buf_puts(b, "}]}");
        report_out_some(&d->o.out);
    }
}

static evpack_status put_reviewed(document *d, evpack_err *err)
{
    EVPACK_AUTO(db_stmt) rows = NULL;
    EVPACK_TRY(db_prepare(store_db(d->o.s), controls_sql, &rows, err));
    buf *b = &d->o.out.b;
    buf_puts(b, ",\n\"reviewed-controls\":{\"control-selections\":[");
    EVPACK_AUTO_VALUE(buf_reset) buf benchmark = {0};
    for (bool row = true;;) {
        EVPACK_TRY(db_step(rows, &row, err));
        if (!row) {
            break;
        }
        const char *slug = db_text_or_empty(rows, 0);
        if (benchmark.len == 0 || strcmp(buf_str(&benchmark), slug) != 0) {
            EVPACK_AUTO_VALUE(buf_reset) buf said = {0};
            texts_fill(d->o.words, &said, "oscal.controls", "title", db_text_or_empty(rows, 1),
                       NULL);
            buf_puts(b, benchmark.len == 0 ? "{\"description\":" : "]},{\"description\":");
            oscal_line(b, buf_str(&said));
            buf_puts(b, ",\"include-controls\":[");
            buf_clear(&benchmark);
            buf_puts(&benchmark, slug);
            EVPACK_TRY(buf_status(&benchmark, err));
        } else {
            buf_putc(b, ',');
        }
        buf_puts(b, "{\"control-id\":\"");
        oscal_control(b, slug, db_text_or_empty(rows, 2), false);
        buf_puts(b, "\"}");
    }
    if (benchmark.len == 0) { /* an empty list is not allowed: "_none" is no control */
        buf_puts(b, "{\"include-controls\":[{\"control-id\":\"_none\"}");
    }
    buf_puts(b, "]}]");
    if (benchmark.len == 0) {
        put_text(d, "remarks", "oscal.none_reviewed");
    }
    buf_putc(b, '}');
    return EVPACK_OK;
}

/* Each resource of a snapshot that a finding speaks of. */
static const char inventory_sql[] =
    "SELECT sn.label, coalesce(g.subject, r.subject) AS subject, max(coalesce(g.type, r.type)),"
    "       max(coalesce(CASE WHEN g.id IS NULL THEN r.id_given END, g.subject, r.subject))"
    "  FROM (SELECT DISTINCT record_id, target_id FROM finding WHERE test_id IN"
    "          (SELECT id FROM test WHERE run_id = (SELECT max(id) FROM run))) d"
    "  JOIN record r ON r.id = d.record_id"
    "  JOIN evidence e ON e.id = r.evidence_id"
    "  JOIN snapshot sn ON sn.id = e.snapshot_id"
    "  LEFT JOIN target g ON g.id = d.target_id"
    " GROUP BY 1, 2 ORDER BY 1, 2";

static evpack_status put_inventory(document *d, evpack_err *err)
{
    EVPACK_AUTO(db_stmt) rows = NULL;
    EVPACK_TRY(db_prepare(store_db(d->o.s), inventory_sql, &rows, err));
    buf *b = &d->o.out.b;
    bool any = false;
    for (bool row = true;;) {
        EVPACK_TRY(db_step(rows, &row, err));
        if (!row) {
            buf_puts(b, any ? "]," : "");
            return EVPACK_OK;
        }
        char uuid[UUID_TEXT];
        EVPACK_TRY(oscal_uuid(&d->o, "item", db_text_or_empty(rows, 0), db_text_or_empty(rows, 1),
                              uuid, err));
        buf_printf(b,
                   any ? ",\n{\"uuid\":\"%s\",\"description\":"
                       : "\n\"inventory-items\":[\n{\"uuid\":\"%s\",\"description\":",
                   uuid);
        any = true;
        oscal_line(b, db_text_or_empty(rows, 3));
        buf_puts(b, ",\"props\":[{\"name\":\"asset-id\",\"value\":");
        oscal_string(b, db_text_or_empty(rows, 3));
        buf_putc(b, '}');
        oscal_prop(b, "snapshot", db_text_or_empty(rows, 0));
        oscal_prop(b, "resource-type", db_text(rows, 2));
        buf_puts(b, "]}");
        report_out_some(&d->o.out);
    }
}

/* The actors of observations: the tool itself, and the services of Azure whose word is passed on.
 */
static evpack_status put_assets(document *d, evpack_err *err)
{
    static const char *const sources[] = {"rule", "policy-state", "defender-assessment"};
    buf *b = &d->o.out.b;
    char uuid[UUID_TEXT];
    buf_puts(b, "\n\"assessment-assets\":{\"components\":[");
    for (size_t i = 0; i < 3; i++) {
        EVPACK_TRY(oscal_uuid(&d->o, "actor", oscal_actor(sources[i]), "", uuid, err));
        buf_printf(b, "%s{\"uuid\":\"%s\",\"type\":\"%s\",\"title\":\"%s\"", i > 0 ? "," : "", uuid,
                   i == 0 ? "software" : "service", oscal_actor(sources[i]));
        put_text(d, "description", i == 0 ? "oscal.evpack" : "oscal.policy");
        if (i == 0) {
            buf_puts(b, ",\"props\":[{\"name\":\"version\",\"value\":\"" EVPACK_VERSION "\"}]");
        }
        buf_puts(b, ",\"status\":{\"state\":\"operational\"}}");
    }
    EVPACK_TRY(oscal_uuid(&d->o, "platform", "", "", uuid, err));
    buf_printf(b, "],\"assessment-platforms\":[{\"uuid\":\"%s\"", uuid);
    put_text(d, "title", "oscal.inventory");
    EVPACK_TRY(oscal_uuid(&d->o, "actor", oscal_actor("rule"), "", uuid, err));
    buf_printf(b, ",\"uses-components\":[{\"component-uuid\":\"%s\"}]}]}", uuid);
    return EVPACK_OK;
}

static evpack_status put_result(document *d, evpack_err *err)
{
    char uuid[UUID_TEXT];
    EVPACK_TRY(oscal_uuid(&d->o, "result", d->o.evaluated_at, d->custody_sha256, uuid, err));
    buf *b = &d->o.out.b;
    buf_printf(b, ",\n\"results\":[{\"uuid\":\"%s\"", uuid);
    char shown[TEXTS_NUMBER];
    put_filled(d, "title", "oscal.result", "at", texts_time(d->o.evaluated_at, shown));
    put_text(d, "description", "oscal.result_text");
    buf_printf(b, ",\"start\":\"%s\",\"end\":\"%s\",\n\"local-definitions\":{", d->start,
               d->o.evaluated_at);
    EVPACK_TRY(put_inventory(d, err));
    EVPACK_TRY(put_assets(d, err));
    EVPACK_TRY(oscal_tasks(&d->o, err));
    buf_putc(b, '}');
    EVPACK_TRY(put_reviewed(d, err));
    EVPACK_TRY(oscal_results(&d->o, err));
    buf_puts(b, "}]");
    return EVPACK_OK;
}

/* Its hash is that of the bytes that are in the package. */
static evpack_status put_file(document *d, const report_file *f, evpack_err *err)
{
    const report_options *given = d->o.options;
    report_redacted redacted = {0};
    const bool other =
        given->redacted != NULL && given->redacted(given->redacted_ctx, f->evidence_id, &redacted);
    const bool withheld = other && redacted.withheld;
    char uuid[UUID_TEXT];
    EVPACK_TRY(oscal_uuid(&d->o, "file", f->path, "", uuid, err));
    buf *b = &d->o.out.b;
    buf_printf(b, "{\"uuid\":\"%s\",\"title\":", uuid);
    oscal_line(b, f->path);
    put_text(d, "description",
             withheld ? "oscal.withheld"
             : other  ? "oscal.redacted"
                      : "oscal.evidence");
    buf_puts(b, ",\"props\":[");
    oscal_prop(b, "original-path", f->original);
    oscal_prop(b, "snapshot", f->snapshot);
    oscal_prop(b, "completeness", f->completeness);
    oscal_prop(b, "kind", f->kind);
    oscal_prop(b, "original-sha256", other ? f->sha256 : NULL);
    buf_putc(b, ']');
    if (!withheld) {
        buf_puts(b, ",\"rlinks\":[{\"href\":\"");
        oscal_href(b, f->path);
        buf_printf(b, "\",\"hashes\":[{\"algorithm\":\"SHA-256\",\"value\":\"%s\"}]}]",
                   other ? redacted.sha256 : f->sha256);
    }
    buf_putc(b, '}');
    return EVPACK_OK;
}

static evpack_status put_back_matter(document *d, evpack_err *err)
{
    buf *b = &d->o.out.b;
    const char *between = "\n";
    buf_puts(b, ",\n\"back-matter\":{\"resources\":[");
    if (d->e.path.len == 0) {
        buf_printf(b, "\n{\"uuid\":\"%s\"", d->plan);
        put_text(d, "title", "oscal.plan_none");
        put_text(d, "description", "oscal.plan_none_text");
        buf_putc(b, '}');
        between = ",\n";
    }
    EVPACK_AUTO(report_files) files = NULL;
    EVPACK_TRY(report_files_open(d->o.s, &files, err));
    for (const report_file *f = NULL;;) {
        EVPACK_TRY(report_files_next(files, &f, err));
        if (f == NULL) {
            buf_puts(b, "]}");
            return EVPACK_OK;
        }
        buf_puts(b, between);
        between = ",\n";
        EVPACK_TRY(put_file(d, f, err));
        report_out_some(&d->o.out);
    }
}

evpack_status report_oscal_write(const store *s, const report_options *options, int fd,
                                 evpack_err *err)
{
    EVPACK_AUTO_VALUE(document_reset)
    document d = {.o = {.s = s, .options = options, .out = {.fd = fd}}};
    EVPACK_TRY(texts_load(options->template, &d.o.words, err));
    EVPACK_TRY(uuid_maker_new(&d.o.uuids, err));
    EVPACK_TRY(read_head(&d, err));
    EVPACK_TRY(put_metadata(&d, err));
    buf *b = &d.o.out.b;
    buf_puts(b, ",\n\"local-definitions\":{\"remarks\":");
    oscal_line(b, texts_get(d.o.words, "oscal.definitions"));
    EVPACK_TRY(put_objectives(&d, err));
    EVPACK_TRY(oscal_activities(&d.o, err));
    buf_putc(b, '}');
    EVPACK_TRY(put_result(&d, err));
    EVPACK_TRY(put_back_matter(&d, err));
    buf_puts(b, "}}\n");
    EVPACK_TRY(texts_status(d.o.words, err));
    return report_out_end(&d.o.out, err);
}
