/*
 * The built-in mapping against its fixtures: each fixture is a few exported files and what the
 * engine must find in them (fixtures/README.md has the format). A fixture with folders has one
 * snapshot a folder. Every rule must have pass, fail, absent and unknown fixtures, or a reason in
 * fixtures/rules/exceptions.json; and a rule must speak of every account once. EVPACK_RULES, a list
 * of ids between commas, keeps it to the fixtures of those.
 */
#include "map/files.h"
#include "map/fixture.h"
#include "map/map.h"
#include "map/rule.h"
#include "port/json.h"
#include "support.h"

#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static fixture_list list;

/* Under the sanitizers a sample, for they are ten times slower, and rules are no C. */
#ifdef __SANITIZE_ADDRESS__
enum { EVERY = 8 };
#else
enum { EVERY = 1 };
#endif

/* A copy of the built-in mapping, with other parameters. */
static const char *mapping_with(const json *parameters)
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(mapping_files_reset) mapping_files files = {0};
    OK(mapping_files_load(NULL, &files, &err));
    for (size_t i = 0; i < files.count; i++) {
        char name[512];
        (void)snprintf(name, sizeof name, "mapping/%s", files.at[i].path);
        (void)test_file(name, files.at[i].text, files.at[i].len);
    }
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    buf_putc(&text, '{');
    for (const json *p = json_first(parameters); p != NULL; p = json_next(p)) {
        buf_printf(&text, "%s\"%s\":{\"value\":\"%s\"}", p == json_first(parameters) ? "" : ",",
                   json_name(p), json_string(p));
    }
    buf_putc(&text, '}');
    (void)test_text_file("mapping/parameters.json", buf_str(&text));
    return test_path("mapping");
}

/* A case that holds the built-in mapping already: storing it takes longer than most fixtures. */
static buf mapped;

static void map_once(void)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = NULL;
    const map_options options = {.at = FIXTURE_NOW};
    map_totals totals = {0};
    OK(store_open(test_path("mapped.db"), STORE_CREATE, &s, &err));
    OK(map_run(s, &options, &totals, &err));
    store_close(EVPACK_MOVE(s));
    test_read(test_path("mapped.db"), &mapped);
}

static int64_t count_of(store *s, const char *sql)
{
    evpack_err err = {0};
    int64_t n = -1;
    OK(db_value(store_db(s), sql, &n, &err));
    return n;
}

/* What holds of every case, whatever it expects. */
static void check_all(store *s, const char *where)
{
    ck_assert_msg(count_of(s, "SELECT count(*) FROM finding_row WHERE status = 'error'") == 0,
                  "%s: expected no finding to be an error", where);
    ck_assert_msg(count_of(s, "SELECT count(*) FROM finding_row WHERE (status = 'unknown')"
                              " <> (need IS NOT NULL)") == 0,
                  "%s: expected a need with unknown, and with nothing else", where);
    ck_assert_msg(count_of(s, "SELECT count(*) FROM finding_row WHERE need IS NOT NULL AND need"
                              " NOT IN (SELECT kind FROM need)") == 0,
                  "%s: expected each need to stand in needs.json", where);
    ck_assert_msg(count_of(s, "SELECT count(*) FROM finding_row WHERE coalesce(reason, '') = ''") ==
                      0,
                  "%s: expected each finding to say its reason", where);
    ck_assert_msg(
        count_of(s, "SELECT count(*) FROM finding f, json_each(f.evidence) e WHERE"
                    " coalesce(json_extract(f.evidence, e.fullkey || '.record'), e.value)"
                    " NOT IN (SELECT r.id FROM record r JOIN evidence o ON o.id = r.evidence_id,"
                    " record subject JOIN evidence p ON p.id = subject.evidence_id"
                    " WHERE subject.id = f.record_id AND p.snapshot_id = o.snapshot_id)") == 0,
        "%s: expected evidence to be records of the subject's own snapshot", where);
}

START_TEST(fixture)
{
    const char *where = list.at[_i * EVERY];
    EVPACK_AUTO(store) s = NULL;
    evpack_err err = {0};
    OK(store_open(test_file("case.db", mapped.data, mapped.len), STORE_WRITE, &s, &err));
    fixture_collect(s, where);
    char *folder = fixture_join(FIXTURES, where);
    char *path = fixture_join(folder, "expect.json");
    EVPACK_AUTO(json_doc) doc = fixture_json(path);
    const json *root = json_root(doc);
    const json *parameters = json_get(root, "parameters");
    map_options options = {.folder = parameters == NULL ? NULL : mapping_with(parameters),
                           .at = FIXTURE_NOW};
    map_totals totals = {0};
    OK(map_run(s, &options, &totals, &err));
    EVPACK_AUTO_VALUE(buf_reset) buf why = {0};
    bool right = fixture_judge(s, root, NULL, &why);
    ck_assert_msg(right, "%s: %s", where, buf_str(&why));
    const json *count = json_get(root, "count");
    ck_assert_msg(count == NULL || (double)totals.findings == json_number(count),
                  "%s: expected %.0f findings, came %llu", where, json_number(count),
                  (unsigned long long)totals.findings);
    check_all(s, where);
    free(path);
    free(folder);
}
END_TEST

/* "rules/RULE/pass-…" must expect a pass, and so on: a name is a promise. */
START_TEST(names_keep_their_promise)
{
    ck_assert_uint_gt(list.count, 100);
    ck_assert_uint_lt(list.count, FIXTURE_CASES_MAX);
    static const char *const words[] = {"pass", "fail", "manual", "unknown", "notapplicable"};
    for (size_t i = 0; i < list.count; i++) {
        const char *name = strrchr(list.at[i], '/') + 1;
        char *folder = fixture_join(FIXTURES, list.at[i]);
        char *path = fixture_join(folder, "expect.json");
        EVPACK_AUTO(json_doc) doc = fixture_json(path);
        const json *first = json_first(json_get(json_root(doc), "findings"));
        ck_assert_msg(first != NULL, "%s: expected findings", list.at[i]);
        const char *status = json_get_string(first, "status");
        for (size_t w = 0; w < sizeof words / sizeof words[0]; w++) {
            /* Rules that are always manual keep the name unknown for evidence that is missing; what
             * a rule passes of a feature that is Microsoft's is inherited. */
            ck_assert_msg(!text_starts(name, words[w]) || strcmp(status, words[w]) == 0 ||
                              strcmp(status, "manual") == 0 ||
                              (w == 0 && strcmp(status, "inherited") == 0),
                          "%s: expected %s, says %s", list.at[i], words[w], status);
        }
        free(path);
        free(folder);
    }
}
END_TEST

static const char *const wanted[] = {"pass", "fail", "absent", "unknown"};
enum { WANTED = sizeof wanted / sizeof wanted[0] };

static void fixture_path(const char *root, const char *id, const char *name, char out[512])
{
    (void)snprintf(out, 512, "%s/rules/%s/%s/expect.json", root, id, name);
}

/* What the rules lack below root, a line each; root has an exceptions.json. How many rules there
 * are. */
static size_t lacking(const char *root, buf *out)
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(mapping_files_reset) mapping_files files = {0};
    OK(mapping_files_load(NULL, &files, &err));
    EVPACK_AUTO(json_doc) doc = fixture_json(FIXTURES "/rules/exceptions.json");
    size_t rules = 0;
    for (size_t i = 0; i < files.count; i++) {
        if (!text_starts(files.at[i].path, "rules/")) {
            continue;
        }
        EVPACK_AUTO_VALUE(rule_reset) rule r = {0};
        OK(rule_parse(&files.at[i], &r, &err));
        rules++;
        char file[256];
        (void)snprintf(file, sizeof file, "rules/%s.sql", r.id);
        ck_assert_msg(strcmp(file, files.at[i].path) == 0, "%s: expected the file to be named %s",
                      files.at[i].path, file);
        const json *excused = json_get(json_root(doc), r.id);
        for (size_t w = 0; w < WANTED; w++) {
            char path[512];
            fixture_path(root, r.id, wanted[w], path);
            bool there = access(path, R_OK) == 0;
            bool reason = json_get_string(excused, wanted[w]) != NULL;
            if (!there && !reason) {
                buf_printf(out, "%s: expected a fixture '%s', or a reason in exceptions.json\n",
                           r.id, wanted[w]);
            } else if (there && reason) {
                buf_printf(out, "%s: has a fixture '%s', and a reason for having none\n", r.id,
                           wanted[w]);
            }
        }
    }
    return rules;
}

START_TEST(every_rule_has_its_fixtures)
{
    EVPACK_AUTO_VALUE(buf_reset) buf lacks = {0};
    ck_assert_uint_ge(lacking(FIXTURES, &lacks), 16);
    ck_assert_msg(lacks.len == 0, "%s", buf_str(&lacks));
}
END_TEST

/* The test above, tested: in a copy of which one fixture is taken away, it is missed. */
START_TEST(a_fixture_that_is_taken_away_is_missed)
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(mapping_files_reset) mapping_files files = {0};
    OK(mapping_files_load(NULL, &files, &err));
    char path[512] = "";
    char taken[1024] = "";
    for (size_t i = 0; i < files.count; i++) {
        EVPACK_AUTO_VALUE(rule_reset) rule r = {0};
        if (!text_starts(files.at[i].path, "rules/")) {
            continue;
        }
        OK(rule_parse(&files.at[i], &r, &err));
        for (size_t w = 0; w < WANTED; w++) {
            fixture_path(FIXTURES, r.id, wanted[w], path);
            if (access(path, R_OK) == 0) {
                fixture_path("copy", r.id, wanted[w], path);
                (void)snprintf(taken, sizeof taken, "%s", test_text_file(path, "{}"));
            }
        }
    }
    char root[1024];
    (void)snprintf(root, sizeof root, "%s", test_path("copy"));
    EVPACK_AUTO_VALUE(buf_reset) buf lacks = {0};
    (void)lacking(root, &lacks);
    ck_assert_msg(lacks.len == 0, "the copy: %s", buf_str(&lacks));
    ck_assert_int_eq(remove(taken), 0);
    (void)lacking(root, &lacks);
    ck_assert_msg(strstr(buf_str(&lacks), ": expected a fixture '") != NULL &&
                      strchr(buf_str(&lacks), '\n') == buf_str(&lacks) + lacks.len - 1,
                  "%s: expected to be missed, came '%s'", taken, buf_str(&lacks));
}
END_TEST

/* Services of the findings that the rule's cases expect, between commas. */
static void services_tested(const rule *r, buf *out)
{
    fixture_list mine = {.count = 0};
    char folder[512];
    (void)snprintf(folder, sizeof folder, FIXTURES "/rules/%s", r->id);
    fixture_find(folder, &mine);
    for (size_t i = 0; i < mine.count; i++) {
        char path[1024];
        (void)snprintf(path, sizeof path, FIXTURES "/%s/expect.json", mine.at[i]);
        EVPACK_AUTO(json_doc) doc = fixture_json(path);
        for (const json *f = json_first(json_get(json_root(doc), "findings")); f != NULL;
             f = json_next(f)) {
            if (text_same(json_get_string(f, "feature"), r->feature)) {
                buf_printf(out, ",%s", json_get_string(f, "service"));
            }
        }
        free(mine.at[i]);
    }
}

START_TEST(every_service_of_a_rule_has_a_case)
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(mapping_files_reset) mapping_files files = {0};
    OK(mapping_files_load(NULL, &files, &err));
    for (size_t i = 0; i < files.count; i++) {
        if (!text_starts(files.at[i].path, "rules/")) {
            continue;
        }
        EVPACK_AUTO_VALUE(rule_reset) rule r = {0};
        OK(rule_parse(&files.at[i], &r, &err));
        EVPACK_AUTO_VALUE(buf_reset) buf tested = {0};
        services_tested(&r, &tested);
        EVPACK_AUTO_VALUE(buf_reset) buf named = {0};
        rule_list_json(r.service, &named);
        EVPACK_AUTO(json_doc) doc = NULL;
        OK(json_parse(buf_str(&named), named.len, false, &doc, &err));
        for (const json *s = json_first(json_root(doc)); s != NULL; s = json_next(s)) {
            ck_assert_msg(rule_list_has(buf_str(&tested), json_string(s)),
                          "%s: expected a case of service %s", r.id, json_string(s));
        }
    }
}
END_TEST

/* What the work paper says a control is for: one or two sentences of our own for each, and no two
 * controls of a benchmark for the same. */
START_TEST(every_control_has_its_objective)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = NULL;
    OK(store_open(test_path("objectives.db"), STORE_CREATE, &s, &err));
    map_options options = {.at = FIXTURE_NOW};
    map_totals totals = {0};
    OK(map_run(s, &options, &totals, &err));
    ck_assert_int_eq(count_of(s, "SELECT count(*) FROM control"), 86 + 93);
    EVPACK_AUTO(db_stmt) wrong = NULL;
    OK(db_prepare(store_db(s),
                  "SELECT b.slug || ' ' || c.control_id || ': ' || coalesce(c.objective, 'none')"
                  "  FROM control c JOIN benchmark b ON b.id = c.benchmark_id"
                  " WHERE c.objective IS NULL OR length(c.objective) NOT BETWEEN 50 AND 220"
                  "    OR c.objective NOT GLOB '[A-Z]*[a-z].' OR c.objective = c.title || '.'"
                  "    OR length(c.objective) - length(replace(c.objective, '. ', ' ')) > 1"
                  "    OR EXISTS (SELECT 1 FROM control o WHERE o.benchmark_id = c.benchmark_id"
                  "               AND o.id <> c.id AND lower(o.objective) = lower(c.objective))"
                  " ORDER BY c.id LIMIT 1",
                  &wrong, &err));
    bool row = false;
    OK(db_step(wrong, &row, &err));
    ck_assert_msg(!row, "expected an objective of its own, of 50 to 220 characters, came %s",
                  db_text(wrong, 0));
}
END_TEST

/* A feature that the customer must see to and that nothing tests would only ever be manual. */
START_TEST(every_customer_feature_has_a_rule)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = NULL;
    OK(store_open(test_path("empty.db"), STORE_CREATE, &s, &err));
    map_options options = {.at = FIXTURE_NOW};
    map_totals totals = {0};
    OK(map_run(s, &options, &totals, &err));
    ck_assert_int_eq(count_of(s, "SELECT count(*) FROM control c JOIN benchmark b"
                                 " ON b.id = c.benchmark_id WHERE b.slug = 'mcsb-v1'"),
                     86);
    ck_assert_int_eq(count_of(s, "SELECT count(*) FROM feature f JOIN service s ON s.id ="
                                 " f.service_id WHERE s.slug = 'azure-openai'"),
                     19);
    ck_assert_int_eq(count_of(s, "SELECT count(*) FROM feature f JOIN service s ON s.id ="
                                 " f.service_id WHERE s.slug = 'cognitive-services'"),
                     25);
    ck_assert_int_eq(
        count_of(s, "SELECT count(*) FROM feature f JOIN responsibility r ON r.code ="
                    " f.responsibility JOIN service s ON s.id = f.service_id WHERE r.word ="
                    " 'customer' AND s.slug IN ('azure-openai', 'cognitive-services')"
                    " AND (f.rule_id IS NULL OR f.guidance IS NULL)"),
        0);
    /* A rule may answer what is Microsoft's where the customer can switch it off, and nowhere else.
     */
    ck_assert_int_eq(
        count_of(s, "SELECT count(*) FROM feature f JOIN responsibility r ON r.code ="
                    " f.responsibility WHERE r.word NOT IN ('customer', 'shared', 'microsoft')"
                    " AND f.rule_id IS NOT NULL"),
        0);
    EVPACK_AUTO_VALUE(buf_reset) buf theirs = {0};
    EVPACK_AUTO(db_stmt) list_them = NULL;
    OK(db_prepare(store_db(s),
                  "SELECT s.slug || ': ' || f.name FROM feature f JOIN responsibility r ON r.code ="
                  " f.responsibility JOIN service s ON s.id = f.service_id"
                  " WHERE r.word = 'microsoft' AND f.rule_id IS NOT NULL ORDER BY 1",
                  &list_them, &err));
    for (bool row = true; row;) {
        OK(db_step(list_them, &row, &err));
        if (row) {
            buf_printf(&theirs, "%s\n", db_text(list_them, 0));
        }
    }
    ck_assert_str_eq(buf_str(&theirs),
                     "azure-cognitive-search: Azure AD Authentication Required for Data Plane"
                     " Access\n"
                     "azure-openai: Azure AD Authentication Required for Data Plane Access\n"
                     "azure-private-link: Azure Private Link\n"
                     "machine-learning-service: Azure AD Authentication Required for Data Plane"
                     " Access\n"
                     "storage: Data in Transit Encryption\n"
                     "virtual-network: Network Security Group Support\n");
}
END_TEST

/* How much of the next services is tested; the rest is manual, because no export decides it. */
START_TEST(next_services_have_rules)
{
    static const struct {
        const char *slug;
        int tested, asked; /* customer features with a rule, and all */
    } want[] = {{"key-vault", 10, 16},
                {"storage", 15, 18},
                {"azure-monitor", 7, 11},
                {"virtual-network", 2, 2},
                {"azure-private-link", 2, 2},
                {"azure-cognitive-search", 11, 11},
                {"machine-learning-service", 12, 17}};
    evpack_err err = {0};
    EVPACK_AUTO(store) s = NULL;
    OK(store_open(test_path("empty.db"), STORE_CREATE, &s, &err));
    map_options options = {.at = FIXTURE_NOW};
    map_totals totals = {0};
    OK(map_run(s, &options, &totals, &err));
    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
        char sql[512];
        (void)snprintf(sql, sizeof sql,
                       "SELECT 100 * count(f.rule_id) + count(*) FROM feature f"
                       " JOIN responsibility r ON r.code = f.responsibility"
                       " JOIN service s ON s.id = f.service_id"
                       " WHERE r.word = 'customer' AND s.slug = '%s'",
                       want[i].slug);
        ck_assert_msg(count_of(s, sql) == 100 * want[i].tested + want[i].asked,
                      "%s: expected %d of %d customer features with a rule, came %lld",
                      want[i].slug, want[i].tested, want[i].asked, (long long)count_of(s, sql));
    }
}
END_TEST

/* Keeps the fixtures of the rules that EVPACK_RULES names. */
static void keep_asked(void)
{
    const char *only = getenv("EVPACK_RULES");
    size_t kept = 0;
    for (size_t i = 0; only != NULL && i < list.count; i++) {
        char id[128];
        const char *name = list.at[i] + strcspn(list.at[i], "/");
        name += *name == '/';
        (void)snprintf(id, sizeof id, "%.*s", (int)strcspn(name, "/"), name);
        if (text_starts(list.at[i], "rules/") && rule_list_has(only, id)) {
            list.at[kept++] = list.at[i];
        } else {
            free(list.at[i]);
        }
    }
    list.count = only == NULL ? list.count : kept;
}

int main(void)
{
    fixture_find(FIXTURES "/rules", &list);
    fixture_find(FIXTURES "/subjects", &list);
    keep_asked();
    Suite *suite = suite_create("map/rules");
    TCase *each = tcase_create("fixtures");
    tcase_set_timeout(each, 240);
    tcase_add_unchecked_fixture(each, map_once, NULL);
    tcase_add_loop_test(each, fixture, 0, (int)list.count / EVERY);
    suite_add_tcase(suite, each);
    TCase *whole = tcase_create("whole");
    tcase_set_timeout(whole, 240);
    if (getenv("EVPACK_RULES") == NULL) {
        tcase_add_test(whole, names_keep_their_promise);
    }
    tcase_add_test(whole, every_rule_has_its_fixtures);
    tcase_add_test(whole, a_fixture_that_is_taken_away_is_missed);
    tcase_add_test(whole, every_service_of_a_rule_has_a_case);
    tcase_add_test(whole, every_control_has_its_objective);
    tcase_add_test(whole, every_customer_feature_has_a_rule);
    tcase_add_test(whole, next_services_have_rules);
    suite_add_tcase(suite, whole);
    int result = test_main(suite);
    buf_reset(&mapped);
    return result;
}
