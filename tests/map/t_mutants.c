/*
 * The mutation check: do the fixtures notice when a rule says something else? Each outcome in a
 * rule's SELECT (a status after THEN or ELSE, or before AS status) is turned into another one, one
 * at a time: pass into fail, fail into pass, and whatever else there is into pass. Some fixture of
 * the rule must then fail: an outcome that no fixture meets is not tested. `ctest -R map/mutants`
 * runs it for all rules; EVPACK_RULES, a list of ids between commas, keeps it to some.
 */
#include "base/text.h"
#include "map/files.h"
#include "map/fixture.h"
#include "map/map.h"
#include "map/rule.h"
#include "map/views.h"
#include "support.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { RULES_MAX = 256, OUTCOMES_MAX = 64, BEFORE = 24 };

static mapping_files files;
static size_t rules[RULES_MAX]; /* places in files */
static size_t rule_count;

/* One status in the SELECT of a rule. */
typedef struct {
    size_t start, len; /* with its quotes */
    const char *instead;
} outcome;

static const struct {
    const char *word, *instead;
} swaps[] = {{"'pass'", "'fail'"},
             {"'fail'", "'pass'"},
             {"'unknown'", "'pass'"},
             {"'manual'", "'pass'"},
             {"'notapplicable'", "'pass'"}};

/* Whether the word at p of text is what a rule says, and not what it compares with. */
static bool is_said(const char *text, size_t p, size_t len)
{
    size_t q = p;
    while (q > 0 && isspace((unsigned char)text[q - 1])) {
        q--;
    }
    return (q >= 4 &&
            (memcmp(text + q - 4, "THEN", 4) == 0 || memcmp(text + q - 4, "ELSE", 4) == 0)) ||
           strncmp(text + p + len, " AS status", 10) == 0;
}

static size_t find_outcomes(const char *text, outcome *out)
{
    size_t n = 0;
    for (size_t p = 0; text[p] != '\0'; p++) {
        if (text[p] == '-' && text[p + 1] == '-' && (p == 0 || text[p - 1] == '\n')) {
            p += strcspn(text + p, "\n") - 1; /* the header */
            continue;
        }
        for (size_t w = 0; text[p] == '\'' && w < sizeof swaps / sizeof swaps[0]; w++) {
            size_t len = strlen(swaps[w].word);
            if (strncmp(text + p, swaps[w].word, len) == 0 && is_said(text, p, len)) {
                ck_assert_uint_lt(n, OUTCOMES_MAX);
                out[n++] = (outcome){p, len, swaps[w].instead};
                p += len - 1;
                break;
            }
        }
    }
    return n;
}

/* The mapping with this rule alone, and the services that it names: the rest is not asked. */
static void write_mapping(const rule *r, const json *parameters)
{
    for (size_t i = 0; i < files.count; i++) {
        const mapping_file *f = &files.at[i];
        char slug[128] = "";
        if (text_starts(f->path, "services/")) {
            (void)snprintf(slug, sizeof slug, "%.*s", (int)strcspn(f->path + 9, "."), f->path + 9);
        }
        /* policies/ names features of other services */
        bool wanted = text_starts(f->path, "services/")
                          ? rule_list_has(r->service, slug)
                          : f == r->file || (!text_starts(f->path, "rules/") &&
                                             !text_starts(f->path, "policies/"));
        if (wanted) {
            char name[512];
            (void)snprintf(name, sizeof name, "mapping/%s", f->path);
            (void)test_file(name, f->text, f->len);
        }
    }
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    buf_putc(&text, '{');
    for (const json *p = json_first(parameters); p != NULL; p = json_next(p)) {
        buf_printf(&text, "%s\"%s\":{\"value\":\"%s\"}", p == json_first(parameters) ? "" : ",",
                   json_name(p), json_string(p));
    }
    buf_putc(&text, '}');
    if (parameters != NULL) {
        (void)test_text_file("mapping/parameters.json", buf_str(&text));
    }
}

static void mutate(const rule *r, const outcome *o, buf *text)
{
    buf_clear(text);
    buf_append(text, r->sql, o->start);
    buf_puts(text, o->instead);
    buf_puts(text, r->sql + o->start + o->len);
    ck_assert(!text->failed);
}

static void exec(store *s, const char *where, const char *sql)
{
    evpack_err err = {0};
    ck_assert_msg(db_exec(store_db(s), sql, &err) == EVPACK_OK, "%s: %s", where, err.text);
}

/* What the rule, or a mutant of it, says: the temporary table. */
static void ask(store *s, const char *where, const char *table, const char *select)
{
    EVPACK_AUTO_VALUE(buf_reset) buf sql = {0};
    buf_printf(
        &sql,
        "CREATE TEMP TABLE %s(record_id INTEGER PRIMARY KEY, status, reason, need, evidence);"
        "INSERT INTO temp.%s SELECT * FROM (%s\n)",
        table, table, select);
    ck_assert(!sql.failed);
    exec(s, where, buf_str(&sql));
}

/* Tests of features that are Microsoft's: what a rule passes there is inherited, and its reason
 * goes on. */
#define MICROSOFTS                                                                          \
    "SELECT t.id FROM test t JOIN feature fe ON fe.id = t.feature_id JOIN responsibility w" \
    " ON w.code = fe.responsibility WHERE w.word = 'microsoft'"

/* Whether the expectations hold when the mutant speaks: what it says otherwise than the rule takes
 * the place of what the rule said. What was decided after the rule (by disputes) stays. */
static bool holds(store *s, const json *expect, const rule *r, const char *where,
                  const char *mutant, buf *why)
{
    exec(s, where, "SAVEPOINT mutant");
    ask(s, where, "mutant_says", mutant);
    exec(s, where,
         "UPDATE finding SET status = CASE n.status"
         "  WHEN 'pass' THEN iif(finding.test_id IN (" MICROSOFTS "), 3, 1) WHEN 'fail' THEN 2"
         "  WHEN 'notapplicable' THEN 4 WHEN 'manual' THEN 5 WHEN 'unknown' THEN 6 ELSE 8 END,"
         "  reason = n.reason, need = n.need, evidence = n.evidence"
         " FROM temp.mutant_says n JOIN temp.rule_says o ON o.record_id = n.record_id"
         " WHERE (n.status, n.reason, n.need, n.evidence) IS NOT"
         "       (o.status, o.reason, o.need, o.evidence)"
         "  AND finding.record_id = n.record_id"
         "  AND finding.test_id IN (SELECT id FROM test WHERE source = 'rule'"
         "                          AND run_id = (SELECT max(id) FROM run))"
         "  AND CASE WHEN o.status = 'pass' AND finding.test_id IN (" MICROSOFTS ")"
         "      THEN finding.status = 3 AND instr(finding.reason, o.reason) = 1"
         "      ELSE finding.status = (SELECT code FROM status WHERE word = o.status)"
         "           AND finding.reason IS o.reason END");
    buf_clear(why);
    bool right = fixture_judge(s, expect, r, why);
    exec(s, where, "ROLLBACK TO mutant; RELEASE mutant");
    return right;
}

/* Marks the outcomes that this fixture notices. The rule itself is mapped as always; its mutants
 * are then asked one after the other over the same views, which costs a hundredth of a run. */
static void try_case(const rule *r, const char *where, const outcome *all, size_t n, bool *noticed)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = NULL;
    char *folder = fixture_join(FIXTURES, where);
    char *path = fixture_join(folder, "expect.json");
    EVPACK_AUTO(json_doc) doc = fixture_json(path);
    const json *root = json_root(doc);
    free(path);
    free(folder);
    OK(store_open(test_path("case.db"), STORE_CREATE, &s, &err));
    fixture_collect(s, where);
    write_mapping(r, json_get(root, "parameters"));
    const map_options options = {.folder = test_path("mapping"), .at = FIXTURE_NOW};
    map_totals totals = {0};
    evpack_status status = map_run(s, &options, &totals, &err);
    ck_assert_msg(status == EVPACK_OK, "%s: %s", where, err.text);
    EVPACK_AUTO_VALUE(buf_reset) buf why = {0};
    ck_assert_msg(fixture_judge(s, root, r, &why), "%s: as the rule is: %s", where, buf_str(&why));
    EVPACK_AUTO_VALUE(mapping_files_reset) mapping_files used = {0};
    EVPACK_AUTO_VALUE(view_names_reset) view_names views = {0};
    OK(mapping_files_load(test_path("mapping"), &used, &err));
    OK(store_begin(s, &err));
    EVPACK_AUTO_VALUE(faults_reset) map_faults faults = {0};
    map_bounds bounds = {0};
    OK(bounds_begin(s, 0, &bounds, &err));
    OK(views_install(s, &used, &bounds, &faults, &views, &err));
    ck_assert_uint_eq(faults.count, 0);
    ask(s, where, "rule_says", r->sql);
    EVPACK_AUTO_VALUE(buf_reset) buf mutant = {0};
    for (size_t i = 0; i < n; i++) {
        if (!noticed[i]) {
            mutate(r, &all[i], &mutant);
            noticed[i] = !holds(s, root, r, where, buf_str(&mutant), &why);
        }
    }
    store_rollback(s);
    store_close(EVPACK_MOVE(s));
    ck_assert_int_eq(remove(test_path("case.db")), 0);
}

START_TEST(fixtures_notice_every_outcome)
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(rule_reset) rule r = {0};
    OK(rule_parse(&files.at[rules[_i]], &r, &err));
    outcome all[OUTCOMES_MAX];
    bool noticed[OUTCOMES_MAX] = {false};
    size_t n = find_outcomes(r.sql, all);
    ck_assert_msg(n > 0, "%s: expected outcomes in the SELECT", r.id);
    fixture_list list = {.count = 0};
    char folder[512];
    (void)snprintf(folder, sizeof folder, FIXTURES "/rules/%s", r.id);
    fixture_find(folder, &list);
    ck_assert_msg(list.count > 0, "%s: expected fixtures", r.id);
    for (size_t c = 0; c < list.count && memchr(noticed, false, n) != NULL; c++) {
        try_case(&r, list.at[c], all, n, noticed);
    }
    for (size_t c = 0; c < list.count; c++) {
        free(list.at[c]);
    }
    for (size_t i = 0; i < n; i++) {
        size_t from = all[i].start > BEFORE ? all[i].start - BEFORE : 0;
        unsigned line = 1;
        for (size_t p = 0; p < all[i].start; p++) {
            line += r.sql[p] == '\n';
        }
        ck_assert_msg(noticed[i], "%s:%u: expected a fixture to notice %s in the place of '%.*s'",
                      r.file->path, line, all[i].instead, (int)(all[i].start - from + all[i].len),
                      r.sql + from);
    }
}
END_TEST

int main(void)
{
    evpack_err err = {0};
    if (mapping_files_load(NULL, &files, &err) != EVPACK_OK) {
        (void)fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    const char *only = getenv("EVPACK_RULES");
    for (size_t i = 0; i < files.count && rule_count < RULES_MAX; i++) {
        if (!text_starts(files.at[i].path, "rules/")) {
            continue;
        }
        char id[128];
        const char *name = files.at[i].path + strlen("rules/");
        (void)snprintf(id, sizeof id, "%.*s", (int)strcspn(name, "."), name);
        if (only == NULL || rule_list_has(only, id)) {
            rules[rule_count++] = i;
        }
    }
    Suite *suite = suite_create("map/mutants");
    TCase *each = tcase_create("rules");
    tcase_set_timeout(each, 600);
    tcase_add_loop_test(each, fixtures_notice_every_outcome, 0, (int)rule_count);
    suite_add_tcase(suite, each);
    int status = test_main(suite);
    mapping_files_reset(&files);
    return status;
}
