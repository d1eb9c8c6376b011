/*
 * Making a plan. Invariant: a plan holds whatever a rule of the chosen baselines needs, or says
 * which kinds nothing supplies. Knows nothing of what az prints.
 */
#include "map/plan.h"

#include "base/embed.h"
#include "base/text.h"
#include "map/plan_check.h"
#include "map/plan_render.h"
#include "map/rule.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
    const plan_options *options;
    mapping_files files;
    json_doc *plan, *words;
    bool *chosen;
    buf needs; /* kinds, separated by commas */
} planner;

static void planner_reset(planner *p)
{
    mapping_files_reset(&p->files);
    json_free(p->plan);
    json_free(p->words);
    free(p->chosen);
    buf_reset(&p->needs);
}

static evpack_status parse(const char *name, const char *text, size_t len, json_doc **out,
                           evpack_err *err)
{
    if (json_parse(text, len, false, out, err) != EVPACK_OK) {
        err->code = EVPACK_E_MAPPING;
        return evpack_context(err, "%s", name);
    }
    return EVPACK_OK;
}

static evpack_status load(planner *p, evpack_err *err)
{
    EVPACK_TRY(mapping_files_load(p->options->folder, &p->files, err));
    const mapping_file *file = mapping_files_find(&p->files, "plan.json");
    const embed_file *words = embed_find("src/map/plan-words.json");
    if (file == NULL) {
        return evpack_fail(err, EVPACK_E_MAPPING, "the mapping has no plan.json");
    }
    if (words == NULL) {
        return evpack_fail(err, EVPACK_E_INTERNAL, "src/map/plan-words.json is not built in");
    }
    EVPACK_TRY(parse("plan.json", file->text, file->len, &p->plan, err));
    EVPACK_TRY(parse("plan-words.json", (const char *)words->data, words->len, &p->words, err));
    return plan_check(json_root(p->plan), json_root(p->words), err);
}

/* The slugs that rules name, separated by commas. */
static evpack_status ruled_services(const planner *p, buf *out, evpack_err *err)
{
    for (size_t i = 0; i < p->files.count; i++) {
        const mapping_file *file = &p->files.at[i];
        if (text_starts(file->path, "rules/")) {
            EVPACK_AUTO_VALUE(rule_reset) rule r = {0};
            EVPACK_TRY(rule_parse(file, &r, err));
            buf_printf(out, "%s%s", out->len == 0 ? "" : ", ", r.service == NULL ? "" : r.service);
        }
    }
    return buf_status(out, err);
}

/* The services of the mapping: what looking for one of them finds. */
typedef struct {
    bool found;
    buf known;   /* those that have rules, for people */
    size_t rest; /* how many have none */
} services;

static void services_reset(services *s)
{
    buf_reset(&s->known);
}

static evpack_status find_service(const planner *p, const char *slug, services *out,
                                  evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf ruled = {0};
    EVPACK_TRY(ruled_services(p, &ruled, err));
    for (size_t i = 0; i < p->files.count; i++) {
        const mapping_file *file = &p->files.at[i];
        const char *dot = strrchr(file->path, '.');
        if (!text_starts(file->path, "services/") || strcmp(dot, ".json") != 0) {
            continue;
        }
        EVPACK_AUTO(json_doc) doc = NULL;
        EVPACK_TRY(parse(file->path, file->text, file->len, &doc, err));
        const char *is = json_get_string(json_root(doc), "slug");
        out->found = out->found || (is != NULL && strcmp(is, slug) == 0);
        if (is != NULL && rule_list_has(buf_str(&ruled), is)) {
            buf_printf(&out->known, "%s%s", out->known.len == 0 ? "" : ", ", is);
        } else {
            out->rest++;
        }
    }
    return buf_status(&out->known, err);
}

static evpack_status check_baselines(const planner *p, evpack_err *err)
{
    for (size_t i = 0; i < p->options->baseline_count; i++) {
        const char *slug = p->options->baselines[i];
        EVPACK_AUTO_VALUE(services_reset) services all = {0};
        EVPACK_TRY(find_service(p, slug, &all, err));
        if (!all.found || !plan_is_name(slug)) {
            return evpack_fail(err, EVPACK_E_USAGE,
                               "there is no baseline '%.60s'; the mapping has %.300s, and %zu"
                               " others that no rule speaks of",
                               slug, buf_str(&all.known), all.rest);
        }
    }
    return EVPACK_OK;
}

static bool concerns(const planner *p, const rule *r)
{
    for (size_t i = 0; i < p->options->baseline_count; i++) {
        if (rule_list_has(r->service, p->options->baselines[i])) {
            return true;
        }
    }
    return p->options->baseline_count == 0;
}

static evpack_status read_needs(planner *p, evpack_err *err)
{
    for (size_t i = 0; i < p->files.count; i++) {
        const mapping_file *file = &p->files.at[i];
        if (!text_starts(file->path, "rules/")) {
            continue;
        }
        EVPACK_AUTO_VALUE(rule_reset) rule r = {0};
        EVPACK_TRY(rule_parse(file, &r, err));
        if (r.needs != NULL && concerns(p, &r)) {
            buf_printf(&p->needs, "%s%s", p->needs.len == 0 ? "" : ", ", r.needs);
        }
    }
    return buf_status(&p->needs, err);
}

static bool supplies_one(const planner *p, const json *command)
{
    for (const json *k = json_first(json_get(command, "supplies")); k != NULL; k = json_next(k)) {
        if (json_string(k) != NULL && rule_list_has(buf_str(&p->needs), json_string(k))) {
            return true;
        }
    }
    return false;
}

static evpack_status choose(planner *p, evpack_err *err)
{
    const json *commands = json_get(json_root(p->plan), "commands");
    p->chosen = calloc(json_count(commands), sizeof *p->chosen);
    if (p->chosen == NULL) {
        return evpack_oom(err);
    }
    size_t i = 0;
    for (const json *c = json_first(commands); c != NULL; c = json_next(c)) {
        p->chosen[i++] = p->options->baseline_count == 0 || json_is_true(json_get(c, "always")) ||
                         supplies_one(p, c);
    }
    return EVPACK_OK;
}

static bool is_supplied(const planner *p, const char *kind)
{
    const json *commands = json_get(json_root(p->plan), "commands");
    for (const json *c = json_first(commands); c != NULL; c = json_next(c)) {
        for (const json *k = json_first(json_get(c, "supplies")); k != NULL; k = json_next(k)) {
            if (json_string(k) != NULL && strcmp(json_string(k), kind) == 0) {
                return true;
            }
        }
    }
    return false;
}

static evpack_status find_missing(const planner *p, buf *missing, evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf list = {0};
    rule_list_json(buf_str(&p->needs), &list);
    EVPACK_TRY(buf_status(&list, err));
    EVPACK_AUTO(json_doc) doc = NULL;
    EVPACK_TRY(json_parse(buf_str(&list), list.len, false, &doc, err));
    for (const json *k = json_first(json_root(doc)); k != NULL; k = json_next(k)) {
        const char *kind = plan_is_name(json_string(k)) ? json_string(k) : "?";
        if (!is_supplied(p, json_string(k)) && !rule_list_has(buf_str(missing), kind)) {
            buf_printf(missing, "%s%s", missing->len == 0 ? "" : ", ", kind);
        }
    }
    return buf_status(missing, err);
}

/* The lines that say where the script comes from. */
static void put_made(const planner *p, const buf *missing, buf *out)
{
    const char *lead = p->options->shell == PLAN_BASH ? "# " : "";
    char hex[65];
    text_hex(p->files.sha256, sizeof p->files.sha256, hex);
    buf_printf(out, "%sMade by evpack " EVPACK_VERSION " from the mapping with the SHA-256\n%s%s\n",
               lead, lead, hex);
    for (size_t i = 0; i < p->options->baseline_count; i++) {
        buf_printf(out, "%sfor the baseline %s\n", lead, p->options->baselines[i]);
    }
    if (missing->len > 0) {
        buf_printf(out, "%sNothing in the plan supplies: %s\n", lead, buf_str(missing));
    }
}

/* The skeleton with its two lines, #@made and #@commands, filled in. */
static evpack_status fill(const planner *p, const buf *missing, buf *out, evpack_err *err)
{
    const char *name = p->options->shell == PLAN_BASH ? "src/map/plan.sh" : "src/map/plan.ps1";
    const embed_file *skeleton = embed_find(name);
    if (skeleton == NULL) {
        return evpack_fail(err, EVPACK_E_INTERNAL, "%s is not built in", name);
    }
    const char *line = (const char *)skeleton->data; /* a NUL follows its bytes */
    while (*line != '\0') {
        size_t len = strcspn(line, "\n");
        if (len == strlen("#@made") && strncmp(line, "#@made", len) == 0) {
            put_made(p, missing, out);
        } else if (len == strlen("#@commands") && strncmp(line, "#@commands", len) == 0) {
            plan_render(json_root(p->plan), p->chosen, p->options->shell, out);
        } else {
            buf_append(out, line, len);
            buf_putc(out, '\n');
        }
        line += len + (line[len] == '\n');
    }
    return buf_status(out, err);
}

evpack_status plan_script(const plan_options *options, buf *out, buf *missing, evpack_err *err)
{
    EVPACK_AUTO_VALUE(planner_reset) planner p = {.options = options};
    EVPACK_TRY(load(&p, err));
    EVPACK_TRY(check_baselines(&p, err));
    EVPACK_TRY(read_needs(&p, err));
    EVPACK_TRY(choose(&p, err));
    EVPACK_TRY(find_missing(&p, missing, err));
    return fill(&p, missing, out, err);
}
