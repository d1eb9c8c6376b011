/*
 * Loading mapping/policies/. Invariant: a definition is always its canonical id, and a control that
 * the benchmark does not have is kept as none, never as another. Knows no policy.
 */
#include "map/policies.h"

#include "base/text.h"
#include "map/headers.h"
#include "port/json.h"

#include <string.h>

enum { GUID = 36, ID = 112 };

typedef struct {
    db *d;
    int64_t mapping;
    const char *path; /* the file at hand, for messages */
} loader;

static evpack_status wrong(const loader *l, const char *what, evpack_err *err)
{
    return evpack_fail(err, EVPACK_E_MAPPING, "%s: %s", l->path, what);
}

/* Of the form of a GUID; one built-in definition (17k78e20-…) has a letter that no GUID has. */
static bool is_guid(const char *text)
{
    for (int i = 0; i < GUID; i++) {
        char c = text_lower(text[i]); /* a NUL is none of these, so the loop ends there */
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? c != '-' : !((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z'))) {
            return false;
        }
    }
    return true;
}

/* "/providers/microsoft.authorization/policydefinitions/GUID" */
static void definition_id(const char *guid, char out[ID])
{
    static const char head[] = "/providers/microsoft.authorization/policydefinitions/";
    memcpy(out, head, sizeof head - 1);
    memcpy(out + sizeof head - 1, guid, GUID);
    out[sizeof head - 1 + GUID] = '\0';
    text_lower_bytes(out, strlen(out));
}

static evpack_status need_guid(const loader *l, const json *object, const char *name,
                               const char **out, evpack_err *err)
{
    *out = json_get_string(object, name);
    if (*out == NULL || strlen(*out) != GUID || !is_guid(*out)) {
        return evpack_fail(err, EVPACK_E_MAPPING, "%s: expected a GUID in member %s", l->path,
                           name);
    }
    return EVPACK_OK;
}

/* An initiative: what all its policies share. */
typedef struct {
    const char *id, *version, *benchmark;
    bool preview;
    db_stmt *add;
} initiative;

static evpack_status add_policy(const loader *l, const initiative *of, const json *p,
                                evpack_err *err)
{
    const char *guid = NULL;
    EVPACK_TRY(need_guid(l, p, "definition", &guid, err));
    char definition[ID];
    definition_id(guid, definition);
    const json *controls = json_get(p, "controls");
    if (!json_is_array(controls) || json_count(controls) == 0) {
        return wrong(l, "expected an array of control ids in member controls", err);
    }
    for (const json *c = json_first(controls); c != NULL; c = json_next(c)) {
        if (!json_is_string(c)) {
            return wrong(l, "expected strings in member controls", err);
        }
        EVPACK_TRY(db_bind(of->add, err, "itttttttitt", l->mapping, definition, of->id, of->version,
                           json_get_string(p, "reference"), json_get_string(p, "title"),
                           json_get_string(p, "version"), json_get_string(p, "effect"),
                           (int64_t)of->preview, json_string(c), of->benchmark));
        EVPACK_TRY(db_run(of->add, err));
    }
    return EVPACK_OK;
}

static evpack_status add_group(const loader *l, const json *root, evpack_err *err)
{
    const char *prefix = json_get_string(root, "group_prefix");
    if (prefix == NULL) {
        return EVPACK_OK;
    }
    EVPACK_AUTO(db_stmt) add = NULL;
    EVPACK_TRY(db_prepare(l->d,
                          "INSERT OR IGNORE INTO policy_group(mapping_id, prefix, benchmark_id)"
                          " SELECT mapping_id, lower(?2), id FROM benchmark"
                          " WHERE mapping_id = ?1 AND slug = ?3",
                          &add, err));
    EVPACK_TRY(db_bind(add, err, "itt", l->mapping, prefix, json_get_string(root, "benchmark")));
    return db_run(add, err);
}

static evpack_status load_initiative(const loader *l, const json *root, evpack_err *err)
{
    initiative of = {.id = json_get_string(root, "initiative"),
                     .version = json_get_string(root, "version"),
                     .benchmark = json_get_string(root, "benchmark"),
                     .preview = json_is_true(json_get(root, "preview"))};
    if (of.version == NULL || of.benchmark == NULL || *of.id != '/') {
        return wrong(l, "expected an id and strings in members initiative, version, benchmark",
                     err);
    }
    EVPACK_TRY(add_group(l, root, err));
    EVPACK_AUTO(db_stmt) add = NULL;
    EVPACK_TRY(db_prepare(
        l->d,
        "INSERT INTO policy_claim(mapping_id, definition, initiative, version, reference, title,"
        " policy_version, effect, path, preview, control)"
        " SELECT ?1, ?2, lower(?3), ?4, ?5, ?6, ?7, ?8, '', ?9, (SELECT c.id FROM control c"
        "  JOIN benchmark b ON b.id = c.benchmark_id WHERE b.mapping_id = ?1 AND b.slug = ?11"
        "  AND c.control_id = ?10)",
        &add, err));
    of.add = add;
    for (const json *p = json_first(json_get(root, "policies")); p != NULL; p = json_next(p)) {
        EVPACK_TRY(add_policy(l, &of, p, err));
    }
    EVPACK_AUTO(db_stmt) path = NULL;
    EVPACK_TRY(db_prepare(l->d, "UPDATE policy_claim SET path = ? WHERE path = ''", &path, err));
    EVPACK_TRY(db_bind(path, err, "t", l->path));
    return db_run(path, err);
}

static evpack_status load_assessments(const loader *l, const json *root, evpack_err *err)
{
    EVPACK_AUTO(db_stmt) add = NULL;
    EVPACK_TRY(db_prepare(l->d,
                          "INSERT OR IGNORE INTO assessment_policy(mapping_id, assessment,"
                          " definition, severity, title) VALUES (?, lower(?), ?, ?, ?)",
                          &add, err));
    for (const json *a = json_first(json_get(root, "assessments")); a != NULL; a = json_next(a)) {
        const char *assessment = NULL;
        const char *guid = NULL;
        EVPACK_TRY(need_guid(l, a, "assessment", &assessment, err));
        EVPACK_TRY(need_guid(l, a, "definition", &guid, err));
        char definition[ID];
        definition_id(guid, definition);
        EVPACK_TRY(db_bind(add, err, "itttt", l->mapping, assessment, definition,
                           json_get_string(a, "severity"), json_get_string(a, "title")));
        EVPACK_TRY(db_run(add, err));
    }
    return EVPACK_OK;
}

static evpack_status load_features(const loader *l, const json *root, evpack_err *err)
{
    EVPACK_AUTO(db_stmt) add = NULL;
    EVPACK_TRY(db_prepare(
        l->d,
        "INSERT OR IGNORE INTO policy_feature(mapping_id, definition, feature_id, why)"
        " SELECT ?1, ?2, fe.id, ?3 FROM feature fe JOIN service s ON s.id = fe.service_id"
        " JOIN control c ON c.id = fe.control WHERE s.mapping_id = ?1 AND s.slug = ?4"
        " AND c.control_id = ?5 AND fe.name = ?6",
        &add, err));
    for (const json *p = json_first(json_get(root, "policies")); p != NULL; p = json_next(p)) {
        const char *guid = NULL;
        EVPACK_TRY(need_guid(l, p, "definition", &guid, err));
        char definition[ID];
        definition_id(guid, definition);
        const char *why = json_get_string(p, "why");
        if (why == NULL) {
            return wrong(l, "expected a string in member why", err);
        }
        for (const json *s = json_first(json_get(p, "services")); s != NULL; s = json_next(s)) {
            EVPACK_TRY(db_bind(add, err,
                               "itttt"
                               "t",
                               l->mapping, definition, why, json_string(s),
                               json_get_string(p, "control"), json_get_string(p, "feature")));
            EVPACK_TRY(db_run(add, err));
            if (db_changes(l->d) == 0) {
                return evpack_fail(err, EVPACK_E_MAPPING,
                                   "%s: %s tests feature '%s' of %s: no such feature there, or it"
                                   " stands twice",
                                   l->path, guid, json_get_string(p, "feature"), json_string(s));
            }
        }
    }
    return EVPACK_OK;
}

static evpack_status load_file(loader *l, const mapping_file *f, evpack_err *err)
{
    EVPACK_AUTO(json_doc) doc = NULL;
    l->path = f->path;
    EVPACK_TRY(faults_parse(f, &doc, err));
    const json *root = json_root(doc);
    evpack_status status = EVPACK_OK;
    if (json_get_string(root, "initiative") != NULL) {
        status = load_initiative(l, root, err);
    } else if (json_get(root, "assessments") != NULL) {
        status = load_assessments(l, root, err);
    } else if (json_get(root, "policies") != NULL) {
        status = load_features(l, root, err);
    } else {
        return wrong(l, "expected a member initiative, assessments or policies", err);
    }
    return status == EVPACK_OK || status == EVPACK_E_MAPPING ? status
                                                             : evpack_context(err, "%s", f->path);
}

/* The definitions that a rule's header names; none where it begins with another word. */
static evpack_status tie_rule(const loader *l, const rule *r, db_stmt *add, evpack_err *err)
{
    if (r->policy == NULL || strlen(r->policy) < GUID || !is_guid(r->policy)) {
        return EVPACK_OK;
    }
    EVPACK_AUTO_VALUE(buf_reset) buf why = {0};
    buf_printf(&why, "the header of %s", r->file->path);
    EVPACK_TRY(buf_status(&why, err));
    for (const char *p = r->policy; strlen(p) >= GUID; p++) {
        if (!is_guid(p)) {
            continue;
        }
        char definition[ID];
        definition_id(p, definition);
        EVPACK_TRY(db_bind(add, err, "ittt", l->mapping, definition, buf_str(&why), r->file->path));
        EVPACK_TRY(db_run(add, err));
        p += GUID - 1;
    }
    return EVPACK_OK;
}

static evpack_status tie_rules(const loader *l, const mapping_files *files, evpack_err *err)
{
    EVPACK_AUTO(db_stmt) add = NULL;
    EVPACK_TRY(db_prepare(l->d,
                          "INSERT OR IGNORE INTO policy_feature(mapping_id, definition, feature_id,"
                          " why) SELECT ?1, ?2, fe.id, ?3 FROM rule r"
                          " JOIN feature fe ON fe.rule_id = r.id"
                          " WHERE r.mapping_id = ?1 AND r.path = ?4",
                          &add, err));
    for (size_t i = 0; i < files->count; i++) {
        const mapping_file *f = &files->at[i];
        size_t len = strlen(f->path);
        if (text_starts(f->path, "rules/") && len > 4 && strcmp(f->path + len - 4, ".sql") == 0) {
            EVPACK_AUTO_VALUE(rule_reset) rule r = {0};
            EVPACK_AUTO_VALUE(faults_reset) map_faults faults = {0};
            EVPACK_TRY(headers_read(f, &faults, &r, err));
            EVPACK_TRY(tie_rule(l, &r, add, err));
        }
    }
    return EVPACK_OK;
}

evpack_status policies_store(store *s, const mapping_files *files, int64_t mapping, evpack_err *err)
{
    loader l = {.d = store_db(s), .mapping = mapping, .path = ""};
    for (size_t i = 0; i < files->count; i++) {
        const mapping_file *f = &files->at[i];
        size_t len = strlen(f->path);
        if (text_starts(f->path, "policies/") && len > 5 &&
            strcmp(f->path + len - 5, ".json") == 0) {
            EVPACK_TRY(load_file(&l, f, err));
        }
    }
    return tie_rules(&l, files, err);
}
