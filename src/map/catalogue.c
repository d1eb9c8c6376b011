/*
 * Loading the mapping's tables. Invariant: every fact in the tables stands in a file of the
 * mapping; a file that says something half is refused, with its name. Runs no SQL of the mapping.
 */
#include "map/catalogue.h"

#include "base/text.h"
#include "map/headers.h"
#include "map/policies.h"
#include "port/digest.h"
#include "port/json.h"

#include <string.h>

typedef struct {
    store *s;
    db *d;
    const mapping_files *files;
    int64_t mapping;
    const char *path;     /* the file at hand, for messages */
    const json *guidance; /* guidance.json: what to look at, by feature name; NULL: none */
    db_stmt *add_service, *add_feature; /* while services are loaded: there are many */
} loader;

static evpack_status wrong(const loader *l, evpack_err *err, const char *what, const char *where)
{
    return evpack_fail(err, EVPACK_E_MAPPING, "%s: %s%s%s", l->path, what, where == NULL ? "" : " ",
                       where == NULL ? "" : where);
}

/* A required string member. */
static evpack_status need_text(const loader *l, const json *object, const char *name,
                               const char **out, evpack_err *err)
{
    *out = json_get_string(object, name);
    return *out == NULL ? wrong(l, err, "expected a string in member", name) : EVPACK_OK;
}

static bool in_folder(const mapping_file *f, const char *folder, const char *ending)
{
    size_t len = strlen(f->path);
    size_t end = strlen(ending);
    return text_starts(f->path, folder) && len > end && strcmp(f->path + len - end, ending) == 0;
}

static evpack_status parse_file(loader *l, const mapping_file *f, json_doc **doc, evpack_err *err)
{
    l->path = f->path;
    return faults_parse(f, doc, err);
}

static evpack_status add_crosswalk(const loader *l, int64_t control, const json *crosswalk,
                                   evpack_err *err)
{
    EVPACK_AUTO(db_stmt) add = NULL;
    EVPACK_TRY(db_prepare(l->d, "INSERT INTO crosswalk VALUES (?, ?, ?, ?)", &add, err));
    for (const json *f = json_first(crosswalk); f != NULL; f = json_next(f)) {
        int64_t ordinal = 0;
        for (const json *ref = json_first(f); ref != NULL; ref = json_next(ref)) {
            if (!json_is_string(ref)) {
                return wrong(l, err, "expected strings in the crosswalk", json_name(f));
            }
            EVPACK_TRY(
                db_bind(add, err, "itit", control, json_name(f), ++ordinal, json_string(ref)));
            EVPACK_TRY(db_run(add, err));
        }
    }
    return EVPACK_OK;
}

static evpack_status add_controls(const loader *l, int64_t benchmark, const json *controls,
                                  evpack_err *err)
{
    EVPACK_AUTO(db_stmt) add = NULL;
    EVPACK_TRY(db_prepare(l->d,
                          "INSERT INTO control(benchmark_id, ordinal, control_id, domain, title,"
                          " objective) VALUES (?, ?, ?, ?, ?, ?)",
                          &add, err));
    int64_t ordinal = 0;
    for (const json *c = json_first(controls); c != NULL; c = json_next(c)) {
        const char *id = NULL;
        const char *domain = NULL;
        const char *title = NULL;
        EVPACK_TRY(need_text(l, c, "id", &id, err));
        EVPACK_TRY(need_text(l, c, "domain", &domain, err));
        EVPACK_TRY(need_text(l, c, "title", &title, err));
        EVPACK_TRY(db_bind(add, err, "iitttt", benchmark, ++ordinal, id, domain, title,
                           json_get_string(c, "objective")));
        EVPACK_TRY(db_run(add, err));
        EVPACK_TRY(add_crosswalk(l, db_last_id(l->d), json_get(c, "crosswalk"), err));
    }
    return ordinal == 0 ? wrong(l, err, "has no controls", NULL) : EVPACK_OK;
}

static evpack_status load_benchmark(loader *l, const json *root, evpack_err *err)
{
    const char *slug = NULL;
    const char *title = NULL;
    const char *source = NULL;
    const char *date = NULL;
    EVPACK_TRY(need_text(l, root, "slug", &slug, err));
    EVPACK_TRY(need_text(l, root, "title", &title, err));
    EVPACK_TRY(need_text(l, root, "source", &source, err));
    EVPACK_TRY(need_text(l, root, "source_date", &date, err));
    EVPACK_AUTO(db_stmt) add = NULL;
    EVPACK_TRY(db_prepare(l->d,
                          "INSERT INTO benchmark(mapping_id, slug, title, source, source_date,"
                          " preview) VALUES (?, ?, ?, ?, ?, ?)",
                          &add, err));
    EVPACK_TRY(db_bind(add, err, "itttti", l->mapping, slug, title, source, date,
                       (int64_t)json_is_true(json_get(root, "preview"))));
    EVPACK_TRY(db_run(add, err));
    return add_controls(l, db_last_id(l->d), json_get(root, "controls"), err);
}

/* A rule at fault is kept, too, under its file's name if need be: its findings are errors. What is
 * wrong is told later, each time it is run (headers_judge). */
static evpack_status load_rule(loader *l, const mapping_file *file, evpack_err *err)
{
    EVPACK_AUTO_VALUE(faults_reset) map_faults faults = {0};
    EVPACK_AUTO_VALUE(rule_reset) rule r = {0};
    EVPACK_TRY(headers_read(file, &faults, &r, err));
    EVPACK_AUTO_VALUE(buf_reset) buf observes = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf id = {0};
    rule_list_json(r.observes, &observes);
    headers_id(&r, &id);
    EVPACK_TRY(buf_status(&observes, err));
    EVPACK_TRY(buf_status(&id, err));
    EVPACK_AUTO(db_stmt) add = NULL;
    EVPACK_TRY(db_prepare(l->d,
                          "INSERT INTO rule(mapping_id, rule_id, version, title, severity, tests,"
                          " absent, observes, sql, path) VALUES (?1, CASE WHEN EXISTS (SELECT 1"
                          "   FROM rule WHERE mapping_id = ?1 AND rule_id = ?2) THEN ?10 ELSE ?2"
                          " END, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
                          &add, err));
    EVPACK_TRY(db_bind(add, err,
                       "itttttttt"
                       "t",
                       l->mapping, buf_str(&id), r.version, r.title, r.severity, r.tests, r.absent,
                       buf_str(&observes), r.sql, file->path));
    if (db_run(add, err) != EVPACK_OK) {
        return evpack_context(err, "%s", file->path);
    }
    return EVPACK_OK;
}

/* The SELECT that names a service's subjects: its own file, or all resources of its types. Nothing
 * for a baseline that speaks of no ARM resource. */
static evpack_status subjects_sql(const loader *l, const json *root, buf *out, evpack_err *err)
{
    const char *name = json_get_string(root, "subjects");
    if (name != NULL) {
        EVPACK_AUTO_VALUE(buf_reset) buf path = {0};
        buf_printf(&path, "services/%s", name);
        EVPACK_TRY(buf_status(&path, err));
        const mapping_file *file = mapping_files_find(l->files, buf_str(&path));
        if (file == NULL) {
            return wrong(l, err, "names subjects that are not in the mapping:", name);
        }
        buf_append(out, file->text, file->len);
        return buf_status(out, err);
    }
    if (json_count(json_get(root, "resource_types")) == 0) {
        if (json_get_string(root, "no_resources") != NULL) {
            return EVPACK_OK; /* says why it speaks of none: an empty text */
        }
        return wrong(l, err, "expected 'subjects' or 'resource_types': whom does it speak of?",
                     NULL);
    }
    buf_puts(out, "SELECT record_id, 1 AS certain, NULL AS reason, NULL AS need FROM resource"
                  " WHERE type IN (''");
    for (const json *t = json_first(json_get(root, "resource_types")); t != NULL;
         t = json_next(t)) {
        const char *type = json_string(t);
        if (type == NULL || strpbrk(type, "'\\") != NULL) {
            return wrong(l, err, "expected plain strings in", "resource_types");
        }
        size_t start = out->len;
        buf_printf(out, ", '%s'", type);
        if (!out->failed) {
            text_lower_bytes(out->data + start, out->len - start); /* as the case has types */
        }
    }
    buf_putc(out, ')');
    return buf_status(out, err);
}

static const char *flag(const json *value)
{
    return !json_is_bool(value) ? "notapplicable" : json_is_true(value) ? "true" : "false";
}

/* A member that is true, false, or null (or "notapplicable") where the question does not arise. */
static evpack_status need_flag(const loader *l, const json *object, const char *name,
                               const char **out, evpack_err *err)
{
    const json *value = json_get(object, name);
    const char *word = json_string(value);
    if (!json_is_bool(value) && !json_is_null(value) &&
        (word == NULL || strcmp(word, "notapplicable") != 0)) {
        return wrong(l, err, "expected true, false or null in member", name);
    }
    *out = flag(value);
    return EVPACK_OK;
}

/* Appends profile as a JSON object of strings. */
static void profile_json(const json *profile, buf *out)
{
    buf_putc(out, '{');
    for (const json *p = json_first(profile); p != NULL; p = json_next(p)) {
        const char *value = json_is_string(p) ? json_string(p) : flag(p);
        if (p != json_first(profile)) {
            buf_putc(out, ',');
        }
        buf_json_string(out, json_name(p), strlen(json_name(p)));
        buf_putc(out, ':');
        buf_json_string(out, value, strlen(value));
    }
    buf_putc(out, '}');
}

/* The service whose features are at hand. */
typedef struct {
    int64_t id;
    const char *slug;
    const char *benchmark; /* slug; NULL: the mapping's first that is no preview */
} service_row;

/* What to look at: the feature's own words, or those that all features of its name share. */
static const char *guidance_of(const loader *l, const json *f, const char *name,
                               const char *responsibility)
{
    const char *own = json_get_string(f, "guidance");
    bool asks = strcmp(responsibility, "customer") == 0 || strcmp(responsibility, "shared") == 0;
    return own != NULL || !asks || l->guidance == NULL ? own : json_get_string(l->guidance, name);
}

static evpack_status add_feature(const loader *l, const service_row *service, const json *f,
                                 int64_t ordinal, evpack_err *err)
{
    const char *name = NULL;
    const char *control = NULL;
    const char *responsibility = NULL;
    EVPACK_TRY(need_text(l, f, "name", &name, err));
    EVPACK_TRY(need_text(l, f, "control", &control, err));
    EVPACK_TRY(need_text(l, f, "responsibility", &responsibility, err));
    const char *supported = NULL;
    const char *by_default = NULL;
    EVPACK_TRY(need_flag(l, f, "supported", &supported, err));
    EVPACK_TRY(need_flag(l, f, "enabled_by_default", &by_default, err));
    const char *published = json_get_string(f, "published_control");
    EVPACK_TRY(db_bind(l->add_feature, err,
                       "iitt"
                       "ttt"
                       "t"
                       "tit",
                       service->id, ordinal, name, published == NULL ? control : published,
                       supported, by_default, responsibility,
                       guidance_of(l, f, name, responsibility), control, l->mapping,
                       service->benchmark));
    evpack_status status = db_run(l->add_feature, err);
    if (status != EVPACK_OK && err != NULL && strstr(err->text, "NOT NULL") != NULL) {
        return evpack_fail(err, EVPACK_E_MAPPING,
                           "%s: feature '%s' of %s names a control or a responsibility that is not"
                           " there: %s, %s",
                           l->path, name, service->slug, control, responsibility);
    }
    return status;
}

static evpack_status add_features(const loader *l, const service_row *service, const json *features,
                                  evpack_err *err)
{
    int64_t ordinal = 0;
    for (const json *f = json_first(features); f != NULL; f = json_next(f)) {
        EVPACK_TRY(add_feature(l, service, f, ++ordinal, err));
    }
    return ordinal == 0 ? wrong(l, err, "has no features", NULL) : EVPACK_OK;
}

static evpack_status load_service(loader *l, const json *root, evpack_err *err)
{
    const char *slug = NULL;
    const char *title = NULL;
    const char *source = NULL;
    const char *date = NULL;
    EVPACK_TRY(need_text(l, root, "slug", &slug, err));
    EVPACK_TRY(need_text(l, root, "title", &title, err));
    EVPACK_TRY(need_text(l, root, "source", &source, err));
    EVPACK_TRY(need_text(l, root, "source_date", &date, err));
    EVPACK_AUTO_VALUE(buf_reset) buf profile = {0};
    profile_json(json_get(root, "profile"), &profile);
    EVPACK_TRY(buf_status(&profile, err));
    EVPACK_AUTO_VALUE(buf_reset) buf subjects = {0};
    EVPACK_TRY(subjects_sql(l, root, &subjects, err));
    EVPACK_TRY(db_bind(l->add_service, err, "itttttt", l->mapping, slug, title, source, date,
                       buf_str(&profile), buf_str(&subjects)));
    EVPACK_TRY(db_run(l->add_service, err));
    const service_row service = {db_last_id(l->d), slug, json_get_string(root, "benchmark")};
    return add_features(l, &service, json_get(root, "features"), err);
}

/* Whether the feature's control is the rule's, in the benchmark that the service is about. */
#define TIE_HEAD                                                                             \
    "UPDATE feature SET rule_id = (SELECT id FROM rule WHERE mapping_id = ?1 AND path = ?2)" \
    " WHERE rule_id IS NULL"                                                                 \
    "   AND service_id IN (SELECT id FROM service WHERE mapping_id = ?1"                     \
    "                         AND slug IN (SELECT value FROM json_each(?4)))"

static evpack_status tie_by(const loader *l, const rule *r, const char *sql, evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf services = {0};
    rule_list_json(r->service, &services);
    EVPACK_TRY(buf_status(&services, err));
    EVPACK_AUTO(db_stmt) tie = NULL;
    EVPACK_TRY(db_prepare(l->d, sql, &tie, err));
    EVPACK_TRY(db_bind(tie, err, "itttt", l->mapping, r->file->path, r->feature, buf_str(&services),
                       r->control));
    return db_run(tie, err);
}

/* Ties each rule to the features that its header names. */
static evpack_status tie_rule(loader *l, const mapping_file *file, evpack_err *err)
{
    static const char sql[] = TIE_HEAD " AND name = ?3 AND control IN"
                                       " (SELECT id FROM control WHERE control_id = ?5)";
    EVPACK_AUTO_VALUE(faults_reset) map_faults faults = {0};
    EVPACK_AUTO_VALUE(rule_reset) rule r = {0};
    EVPACK_TRY(headers_read(file, &faults, &r, err));
    return tie_by(l, &r, sql, err);
}

/*
 * A rule that answers nothing in one of its services was meant for something there: for the feature
 * of that name, else for those under the control that the customer has a part in. They are tied to
 * it, so that its fault becomes their findings, and nobody takes them for manual.
 */
static evpack_status tie_lost(loader *l, const mapping_file *file, evpack_err *err)
{
    static const char by_name[] = TIE_HEAD " AND name = ?3 AND ?5 IS NOT NULL";
    static const char by_control[] =
        TIE_HEAD " AND responsibility IN (1, 3) AND control IN (SELECT id FROM control WHERE "
                 "control_id = ?5)"
                 " AND NOT EXISTS (SELECT 1 FROM feature o WHERE o.service_id = feature.service_id"
                 "                  AND o.name = ?3)";
    EVPACK_AUTO_VALUE(faults_reset) map_faults faults = {0};
    EVPACK_AUTO_VALUE(rule_reset) rule r = {0};
    EVPACK_TRY(headers_read(file, &faults, &r, err));
    EVPACK_TRY(tie_by(l, &r, by_name, err));
    return tie_by(l, &r, by_control, err);
}

static evpack_status load_needs(loader *l, const json *root, evpack_err *err)
{
    EVPACK_AUTO(db_stmt) add = NULL;
    EVPACK_TRY(db_prepare(
        l->d, "INSERT INTO need(mapping_id, kind, what, command) VALUES (?, ?, ?, ?)", &add, err));
    for (const json *n = json_first(root); n != NULL; n = json_next(n)) {
        const char *kind = NULL;
        const char *what = NULL;
        const char *command = NULL;
        EVPACK_TRY(need_text(l, n, "kind", &kind, err));
        EVPACK_TRY(need_text(l, n, "what", &what, err));
        EVPACK_TRY(need_text(l, n, "command", &command, err));
        EVPACK_TRY(db_bind(add, err, "ittt", l->mapping, kind, what, command));
        EVPACK_TRY(db_run(add, err));
    }
    return EVPACK_OK;
}

static evpack_status load_parameters(loader *l, const json *root, evpack_err *err)
{
    EVPACK_AUTO(db_stmt) add = NULL;
    EVPACK_TRY(db_prepare(l->d, "INSERT INTO parameter_value VALUES (?, ?, ?)", &add, err));
    for (const json *p = json_first(root); p != NULL; p = json_next(p)) {
        const char *value = NULL;
        EVPACK_TRY(need_text(l, p, "value", &value, err));
        EVPACK_TRY(db_bind(add, err, "itt", l->mapping, json_name(p), value));
        EVPACK_TRY(db_run(add, err));
    }
    return EVPACK_OK;
}

typedef evpack_status (*load_json)(loader *l, const json *root, evpack_err *err);

/* Every .json file whose path begins with head, through load. */
static evpack_status load_each(loader *l, const char *head, load_json load, evpack_err *err)
{
    for (size_t i = 0; i < l->files->count; i++) {
        const mapping_file *f = &l->files->at[i];
        if (!in_folder(f, head, ".json")) {
            continue;
        }
        EVPACK_AUTO(json_doc) doc = NULL;
        EVPACK_TRY(parse_file(l, f, &doc, err));
        if (load(l, json_root(doc), err) != EVPACK_OK) {
            return err->code == EVPACK_E_MAPPING ? EVPACK_E_MAPPING
                                                 : evpack_context(err, "%s", f->path);
        }
    }
    return EVPACK_OK;
}

typedef evpack_status (*load_sql)(loader *l, const mapping_file *file, evpack_err *err);

static evpack_status each_rule(loader *l, load_sql load, evpack_err *err)
{
    for (size_t i = 0; i < l->files->count; i++) {
        if (in_folder(&l->files->at[i], "rules/", ".sql")) {
            EVPACK_TRY(load(l, &l->files->at[i], err));
        }
    }
    return EVPACK_OK;
}

static evpack_status add_files(const loader *l, evpack_err *err)
{
    EVPACK_AUTO(db_stmt) add = NULL;
    EVPACK_TRY(db_prepare(l->d, "INSERT INTO mapping_file VALUES (?, ?, ?)", &add, err));
    for (size_t i = 0; i < l->files->count; i++) {
        const mapping_file *f = &l->files->at[i];
        EVPACK_TRY(db_bind(add, err, "itb", l->mapping, f->path, f->text, f->len));
        EVPACK_TRY(db_run(add, err));
    }
    return EVPACK_OK;
}

static evpack_status load_services(loader *l, evpack_err *err)
{
    EVPACK_AUTO(json_doc) doc = NULL;
    const mapping_file *shared = mapping_files_find(l->files, "guidance.json");
    if (shared != NULL) {
        EVPACK_TRY(parse_file(l, shared, &doc, err));
    }
    EVPACK_AUTO(db_stmt) services = NULL;
    EVPACK_AUTO(db_stmt) features = NULL;
    EVPACK_TRY(db_prepare(l->d,
                          "INSERT INTO service(mapping_id, slug, title, source, source_date,"
                          " profile, subjects) VALUES (?, ?, ?, ?, ?, ?, ?)",
                          &services, err));
    EVPACK_TRY(db_prepare(
        l->d,
        "INSERT INTO feature(service_id, ordinal, name, published_control_id, supported,"
        " enabled_by_default, responsibility, guidance, control)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, (SELECT code FROM responsibility WHERE word = ?7), ?8,"
        "  (SELECT c.id FROM control c JOIN benchmark b ON b.id = c.benchmark_id"
        "    WHERE c.control_id = ?9 AND b.id = (SELECT id FROM benchmark WHERE mapping_id = ?10"
        "      AND (?11 IS NULL OR slug = ?11) ORDER BY preview, slug LIMIT 1)))",
        &features, err));
    l->guidance = shared == NULL ? NULL : json_root(doc);
    l->add_service = services;
    l->add_feature = features;
    evpack_status status = load_each(l, "services/", load_service, err);
    l->guidance = NULL;
    l->add_service = NULL;
    l->add_feature = NULL;
    return status;
}

static evpack_status load_all(loader *l, evpack_err *err)
{
    EVPACK_AUTO(db_stmt) add = NULL;
    EVPACK_TRY(db_prepare(l->d, "INSERT INTO mapping(sha256, origin) VALUES (?, ?)", &add, err));
    EVPACK_TRY(db_bind(add, err, "bt", l->files->sha256, (size_t)DIGEST_SIZE, l->files->origin));
    EVPACK_TRY(db_run(add, err));
    l->mapping = db_last_id(l->d);
    EVPACK_TRY(add_files(l, err));
    EVPACK_TRY(load_each(l, "benchmarks/", load_benchmark, err));
    EVPACK_TRY(load_services(l, err));
    EVPACK_TRY(each_rule(l, load_rule, err));
    EVPACK_TRY(each_rule(l, tie_rule, err));
    EVPACK_TRY(each_rule(l, tie_lost, err));
    EVPACK_TRY(load_each(l, "needs", load_needs, err));
    EVPACK_TRY(load_each(l, "parameters", load_parameters, err));
    return policies_store(l->s, l->files, l->mapping, err);
}

evpack_status catalogue_store(store *s, const mapping_files *files, int64_t *mapping_id,
                              evpack_err *err)
{
    loader l = {.s = s, .d = store_db(s), .files = files, .path = ""};
    EVPACK_AUTO(db_stmt) find = NULL;
    EVPACK_TRY(db_prepare(l.d, "SELECT id FROM mapping WHERE sha256 = ?", &find, err));
    EVPACK_TRY(db_bind(find, err, "b", files->sha256, (size_t)DIGEST_SIZE));
    bool row = false;
    EVPACK_TRY(db_step(find, &row, err));
    if (row) {
        *mapping_id = db_int(find, 0);
        return EVPACK_OK;
    }
    EVPACK_TRY(load_all(&l, err));
    *mapping_id = l.mapping;
    return EVPACK_OK;
}
