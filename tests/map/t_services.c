/*
 * The built-in baselines as a whole: how many, what each must say, that no resource has two of them
 * by chance, and that the faults of the published tables are resolved by rules that are written
 * down. Row by row they are compared with the published tables by whole/baselines.
 */
#include "base/embed.h"
#include "base/text.h"
#include "map/map.h"
#include "port/json.h"

#include "case.h"
#include "support.h"

#include <string.h>

enum { NOW = 1795334400, SERVICES = 118, FEATURES = 4114 };

static store *mapped(void)
{
    evpack_err err = {0};
    store *s = case_empty("c.db");
    map_options map = {.at = NOW};
    map_totals totals = {0};
    OK(map_run(s, &map, &totals, &err));
    return s;
}

/* No row may come; the first column says which. */
static void none(store *s, const char *sql, const char *what)
{
    evpack_err err = {0};
    EVPACK_AUTO(db_stmt) q = NULL;
    OK(db_prepare(store_db(s), sql, &q, &err));
    bool row = false;
    OK(db_step(q, &row, &err));
    ck_assert_msg(!row, "expected no %s, came %s", what, row ? db_text_or_empty(q, 0) : "");
}

START_TEST(every_published_baseline_is_there)
{
    EVPACK_AUTO(store) s = mapped();
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM service"), SERVICES);
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM feature"), FEATURES);
    ck_assert_int_eq(case_value(s, "SELECT count(DISTINCT name) FROM feature"), 36);
    /* 35 features each; the two AI pages have fewer, and some name controls without a feature. */
    none(s,
         "SELECT s.slug || ': ' || count(*) FROM feature f JOIN service s ON s.id = f.service_id"
         " WHERE f.name <> 'No Related Feature' GROUP BY s.id HAVING count(*) <>"
         " CASE s.slug WHEN 'azure-openai' THEN 19 WHEN 'cognitive-services' THEN 25 ELSE 35 END",
         "service with another number of features");
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM feature WHERE name ="
                                   " 'No Related Feature'"),
                     10);
    none(s,
         "SELECT slug FROM service WHERE source_date NOT GLOB '202[23]-[01][0-9]-[0-3][0-9]'"
         " OR source NOT LIKE '%ecurity baseline for%'",
         "service without source and date");
    none(s, "SELECT slug FROM service WHERE (SELECT count(*) FROM json_each(profile)) <> 4",
         "service without its profile");
}
END_TEST

START_TEST(what_a_feature_says_fits_together)
{
    EVPACK_AUTO(store) s = mapped();
    none(s,
         "SELECT s.slug || ', ' || f.name FROM feature f JOIN service s ON s.id = f.service_id"
         " JOIN responsibility r ON r.code = f.responsibility WHERE r.word IN ('customer',"
         " 'shared') AND coalesce(f.guidance, '') = ''",
         "feature of the customer without a word on what to look at");
    none(s,
         "SELECT s.slug || ', ' || f.name FROM feature f JOIN service s ON s.id = f.service_id"
         " JOIN responsibility r ON r.code = f.responsibility WHERE f.supported <> 'true'"
         " AND r.word <> 'notapplicable' AND f.name <> 'No Related Feature'",
         "unsupported feature that is somebody's");
    none(s,
         "SELECT s.slug || ', ' || f.name FROM feature f JOIN service s ON s.id = f.service_id"
         " JOIN responsibility r ON r.code = f.responsibility WHERE f.supported = 'true'"
         " AND (r.word = 'notapplicable' OR f.enabled_by_default = 'notapplicable')",
         "supported feature that is nobody's");
    none(s,
         "SELECT s.slug || ', ' || f.name FROM feature f JOIN service s ON s.id = f.service_id"
         " JOIN control c ON c.id = f.control WHERE (f.published_control_id <> c.control_id)"
         " <> (f.name = 'Azure Resource Logs')",
         "feature under another control than the published one, but for the logs");
    /* One feature, one control, in all baselines. */
    none(s,
         "SELECT name FROM feature WHERE name <> 'No Related Feature' GROUP BY name"
         " HAVING count(DISTINCT control) > 1",
         "feature that stands under two controls");
}
END_TEST

/* slug, type, and whether the service has a SELECT of its own */
#define TYPES                                                                                    \
    "WITH file AS MATERIALIZED (SELECT CAST(bytes AS TEXT) AS text FROM mapping_file WHERE path" \
    "  GLOB 'services/*.json'), says AS MATERIALIZED (SELECT json_extract(text, '$.slug') AS "   \
    "slug,"                                                                                      \
    "  t.value AS type, json_type(text, '$.subjects') IS NOT NULL AS own"                        \
    "  FROM file, json_each(text, '$.resource_types') t)"

START_TEST(no_resource_has_two_baselines_by_chance)
{
    EVPACK_AUTO(store) s = mapped();
    none(s, TYPES "SELECT type FROM says GROUP BY type HAVING count(*) > 1 AND min(own) = 0",
         "type that two services share, and one of them takes whole");
    none(s, TYPES "SELECT type FROM says GROUP BY slug, type HAVING count(*) > 1",
         "type said twice");
    none(s, TYPES "SELECT type FROM says WHERE type <> lower(type) OR type NOT GLOB '*.*/*'",
         "type in another form");
    /* A service says whom it speaks of, or why it speaks of nobody. */
    none(s,
         "SELECT path FROM (SELECT path, CAST(bytes AS TEXT) AS text FROM mapping_file WHERE path"
         "  GLOB 'services/*.json') WHERE (json_array_length(text, '$.resource_types') = 0)"
         " <> (json_type(text, '$.no_resources') IS 'text')",
         "service that says neither whom it speaks of nor why it speaks of nobody");
    /* What is told apart in the view shared_type is what the services' SELECTs ask for. */
    none(s,
         TYPES "SELECT type FROM says WHERE own AND type NOT LIKE 'microsoft.cognitiveservices/%'"
               " AND (SELECT instr(CAST(bytes AS TEXT), '''' || type || '''') FROM mapping_file"
               "       WHERE path = 'views/shared_type.sql') = 0",
         "type that shared_type leaves out");
}
END_TEST

/* The view shared_type reads by kind: a type of it that has a kind of its own in
 * collect/shapes.json must have that kind named in the view, or its resources would have no
 * baseline. */
START_TEST(shared_types_are_read_by_all_their_kinds)
{
    EVPACK_AUTO(store) s = mapped();
    evpack_err err = {0};
    size_t count = 0;
    const embed_file *files = embed_all(&count);
    const embed_file *shapes = NULL;
    for (size_t i = 0; i < count; i++) {
        shapes = strcmp(files[i].name, "src/collect/shapes.json") == 0 ? &files[i] : shapes;
    }
    ck_assert_ptr_nonnull(shapes);
    EVPACK_AUTO(json_doc) doc = NULL;
    OK(json_parse((const char *)shapes->data, shapes->len, false, &doc, &err));
    const json *types = json_get(json_root(doc), "types");
    ck_assert_uint_gt(json_count(types), 15);
    EVPACK_AUTO(db_stmt) shared = NULL;
    OK(db_prepare(store_db(s),
                  "SELECT instr(text, quote(?1)) > 0 AND instr(text, quote(?2)) = 0"
                  " FROM (SELECT CAST(bytes AS TEXT) AS text FROM mapping_file"
                  " WHERE path = 'views/shared_type.sql')",
                  &shared, &err));
    for (const json *t = json_first(types); t != NULL; t = json_next(t)) {
        const char *kind = json_get_string(t, "kind");
        const char *type = json_get_string(t, "type");
        OK(db_bind(shared, &err, "tt", type, kind));
        bool row = false;
        OK(db_step(shared, &row, &err));
        ck_assert_msg(row && db_int(shared, 0) == 0,
                      "%s: expected the kind %s in views/shared_type.sql", type, kind);
        db_reset(shared);
    }
}
END_TEST

START_TEST(every_fault_has_a_rule_in_words)
{
    EVPACK_AUTO(store) s = mapped();
#define RESOLUTIONS                                                                                \
    "WITH file AS MATERIALIZED (SELECT CAST(bytes AS TEXT) AS text FROM mapping_file WHERE path =" \
    "  'baseline-resolutions.json'), rule AS MATERIALIZED (SELECT json_extract(r.value, '$.id') "  \
    "AS id,"                                                                                       \
    "  json_extract(r.value, '$.text') AS words FROM file, json_each(text, '$.rules') r),"         \
    " res AS MATERIALIZED (SELECT json_extract(r.value, '$.rule') AS rule, json_extract(r.value, " \
    "'$.service')"                                                                                 \
    "  AS slug, json_extract(r.value, '$.feature') AS feature, r.value AS body,"                   \
    "  json_extract(r.value, '$.used') AS used FROM file, json_each(text, '$.rows') r) "
    ck_assert_int_eq(case_value(s, RESOLUTIONS "SELECT count(*) FROM res"), 546);
    none(s, RESOLUTIONS "SELECT rule FROM res WHERE rule NOT IN (SELECT id FROM rule)",
         "resolution without its rule");
    none(s,
         RESOLUTIONS "SELECT id FROM rule WHERE length(words) < 40 OR id NOT IN"
                     " (SELECT rule FROM res)",
         "rule without words or rows");
    none(s,
         RESOLUTIONS "SELECT slug || ', ' || feature FROM res WHERE json_array_length(body,"
                     " '$.published') < 1 OR used IS NULL",
         "resolution that keeps no reading");
    none(s,
         RESOLUTIONS "SELECT slug || ', ' || feature FROM res WHERE rule <> 'page-over-workbook'"
                     " AND NOT EXISTS (SELECT 1 FROM feature f JOIN service s ON s.id ="
                     " f.service_id WHERE s.slug = res.slug AND f.name = res.feature)",
         "resolution of a feature that is not there");
    /* What the rule followed is what the feature says. */
    none(s,
         RESOLUTIONS
         "SELECT res.slug || ', ' || res.feature FROM res JOIN service s ON s.slug = res.slug"
         " JOIN feature f ON f.service_id = s.id AND f.name = res.feature"
         " JOIN responsibility r ON r.code = f.responsibility"
         " WHERE rule IN ('more-for-the-customer', 'unsupported-is-nobodys', 'row-repeated',"
         "  'off-but-microsofts') AND used NOT LIKE '% / ' || r.word",
         "feature that says otherwise than its resolution");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        every_published_baseline_is_there,       what_a_feature_says_fits_together,
        no_resource_has_two_baselines_by_chance, shared_types_are_read_by_all_their_kinds,
        every_fault_has_a_rule_in_words,         NULL};
    return test_main(test_suite("map/services", tests));
}
