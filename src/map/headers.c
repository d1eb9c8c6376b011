/* Judging the rules' headers against the catalogue. Invariant: a rule that this leaves without a
 * fault answers one feature in each service that it names. */
#include "map/headers.h"

#include "base/text.h"

#include <string.h>

bool headers_is_file(const mapping_file *file)
{
    size_t len = strlen(file->path);
    return text_starts(file->path, "rules/") && len > 4 &&
           strcmp(file->path + len - 4, ".sql") == 0;
}

typedef struct {
    const mapping_file *file;
    map_faults *faults;
} collecting;

static evpack_status add(void *ctx, unsigned line, const char *text, evpack_err *err)
{
    const collecting *c = ctx;
    return faults_add(c->faults, (fault_place){c->file->path, line == 0 ? 1 : line, 1}, text, err);
}

evpack_status headers_read(const mapping_file *file, map_faults *faults, rule *out, evpack_err *err)
{
    collecting c = {file, faults};
    const rule_listener listener = {add, &c};
    EVPACK_TRY(rule_read(file, &listener, out, err));
    char **const needed[] = {&out->id,      &out->version, &out->title, &out->service,
                             &out->control, &out->feature, &out->tests, &out->absent};
    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++) {
        *needed[i] = *needed[i] == NULL ? strdup("") : *needed[i];
        if (*needed[i] == NULL) {
            rule_reset(out);
            return evpack_oom(err);
        }
    }
    return EVPACK_OK;
}

void headers_id(const rule *r, buf *out)
{
    if (*r->id != '\0') {
        buf_puts(out, r->id);
        return;
    }
    const char *name = r->file->path + strlen("rules/");
    buf_append(out, name, strlen(name) - strlen(".sql"));
}

/* Another rule that has the id, or NULL. */
static evpack_status id_is_its_own(const store *s, const rule *r, int64_t mapping,
                                   map_faults *faults, evpack_err *err)
{
    EVPACK_AUTO(db_stmt) find = NULL;
    EVPACK_TRY(db_prepare(store_db(s), "SELECT path FROM rule WHERE mapping_id = ? AND rule_id = ?",
                          &find, err));
    EVPACK_TRY(db_bind(find, err, "it", mapping, r->id));
    bool row = false;
    EVPACK_TRY(db_step(find, &row, err));
    if (!row || strcmp(db_text_or_empty(find, 0), r->file->path) == 0) {
        return EVPACK_OK;
    }
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    buf_printf(&text, "'%s' is the id of %s, expected one of its own: name it as its file", r->id,
               db_text_or_empty(find, 0));
    EVPACK_TRY(buf_status(&text, err));
    return faults_add(faults, (fault_place){r->file->path, rule_line(r, "id"), 1}, buf_str(&text),
                      err);
}

/* For each service that the header names: whether the mapping has it, whether it has the feature
 * under the control, and whether that feature is this rule's. */
static const char ties_sql[] =
    "SELECT w.value, s.id IS NOT NULL,"
    "  (SELECT count(*) FROM feature f WHERE f.service_id = s.id AND f.name = ?3),"
    "  (SELECT group_concat(DISTINCT c.control_id) FROM feature f JOIN control c"
    "     ON c.id = f.control WHERE f.service_id = s.id AND f.name = ?3),"
    "  (SELECT count(*) FROM feature f JOIN control c ON c.id = f.control"
    "    WHERE f.service_id = s.id AND f.name = ?3 AND c.control_id = ?4),"
    "  (SELECT o.path FROM feature f JOIN control c ON c.id = f.control"
    "    JOIN rule o ON o.id = f.rule_id"
    "    WHERE f.service_id = s.id AND f.name = ?3 AND c.control_id = ?4 LIMIT 1),"
    "  EXISTS (SELECT 1 FROM json_each(?2) x WHERE x.value = w.value AND x.key < w.key)"
    "  FROM json_each(?2) w LEFT JOIN service s ON s.mapping_id = ?1 AND s.slug = w.value"
    " ORDER BY w.key";

static void say_tie(const rule *r, db_stmt *tie, const char **key, buf *text)
{
    const char *service = db_text_or_empty(tie, 0);
    const char *other = db_text(tie, 5);
    if (db_int(tie, 6) != 0) {
        *key = "service";
        buf_printf(text, "service '%s' stands twice, expected once", service);
    } else if (db_int(tie, 1) == 0) {
        *key = "service";
        buf_printf(text, "there is no service '%s', expected the slug of a baseline", service);
    } else if (db_int(tie, 2) == 0) {
        *key = "feature";
        buf_printf(text, "there is no such feature in %s: '%s', expected its published name",
                   service, r->feature);
    } else if (db_int(tie, 4) == 0) {
        *key = "control";
        buf_printf(text, "feature '%s' of %s stands under %s, not under %s", r->feature, service,
                   db_text_or_empty(tie, 3), r->control);
    } else if (other == NULL || strcmp(other, r->file->path) != 0) {
        *key = "feature";
        buf_printf(text, "feature '%s' of %s: another rule answers it, %s", r->feature, service,
                   other == NULL ? "" : other);
    }
}

static evpack_status judge_ties(const store *s, const rule *r, int64_t mapping, map_faults *faults,
                                evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf services = {0};
    rule_list_json(r->service, &services);
    EVPACK_TRY(buf_status(&services, err));
    EVPACK_AUTO(db_stmt) tie = NULL;
    EVPACK_TRY(db_prepare(store_db(s), ties_sql, &tie, err));
    EVPACK_TRY(db_bind(tie, err, "ittt", mapping, buf_str(&services), r->feature, r->control));
    for (bool row = true; row;) {
        EVPACK_TRY(db_step(tie, &row, err));
        if (!row) {
            break;
        }
        const char *key = NULL;
        EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
        say_tie(r, tie, &key, &text);
        EVPACK_TRY(buf_status(&text, err));
        if (key != NULL) {
            EVPACK_TRY(faults_add(faults, (fault_place){r->file->path, rule_line(r, key), 1},
                                  buf_str(&text), err));
        }
    }
    return EVPACK_OK;
}

evpack_status headers_judge(const store *s, const mapping_files *files, int64_t mapping,
                            map_faults *faults, evpack_err *err)
{
    for (size_t i = 0; i < files->count; i++) {
        if (!headers_is_file(&files->at[i])) {
            continue;
        }
        EVPACK_AUTO_VALUE(rule_reset) rule r = {0};
        EVPACK_TRY(headers_read(&files->at[i], faults, &r, err));
        EVPACK_TRY(id_is_its_own(s, &r, mapping, faults, err));
        if (*r.feature != '\0' && *r.control != '\0') {
            EVPACK_TRY(judge_ties(s, &r, mapping, faults, err));
        }
    }
    return EVPACK_OK;
}
