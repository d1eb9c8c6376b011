/*
 * report/oscal: one observation a finding of the case, under its id; findings for pass and fail
 * alone; nothing empty, nothing that refers to what is not there. tests/report/t_ajv.sh has the
 * schema.
 */
#include "report/oscal.h"

#include "case.h"
#include "port/json.h"
#include "reported.h"
#include "store/findings.h"
#include "support.h"

#include <stdio.h>
#include <string.h>

static const report_options options = {.at = REPORTED_AT};

static json_doc *parse(store *s, const report_options *o, buf *text)
{
    evpack_err err = {0};
    json_doc *doc = NULL;
    reported(s, o, REPORT_OSCAL, text);
    OK(json_parse(text->data, text->len, false, &doc, &err));
    return doc;
}

static const json *results(json_doc *doc)
{
    return json_get(json_get(json_root(doc), "assessment-results"), "results");
}

static const json *result(json_doc *doc)
{
    return json_first(results(doc));
}

static const char *prop(const json *of, const char *name)
{
    for (const json *p = json_first(json_get(of, "props")); p != NULL; p = json_next(p)) {
        if (strcmp(json_get_string(p, "name"), name) == 0) {
            return json_get_string(p, "value");
        }
    }
    return NULL;
}

static const json *with(const json *list, const char *member, const char *value)
{
    for (const json *one = json_first(list); one != NULL; one = json_next(one)) {
        const char *came = json_get_string(one, member);
        if (came != NULL && strcmp(came, value) == 0) {
            return one;
        }
    }
    return NULL;
}

static const json *resources(json_doc *doc)
{
    const json *all = json_get(json_root(doc), "assessment-results");
    return json_get(json_get(all, "back-matter"), "resources");
}

/* "#UUID" → the resource of the back matter. */
static const json *linked(json_doc *doc, const char *href)
{
    ck_assert_msg(href[0] == '#', "expected a link inside, came %s", href);
    const json *one = with(resources(doc), "uuid", href + 1);
    ck_assert_msg(one != NULL, "%s leads nowhere", href);
    return one;
}

START_TEST(every_finding_is_an_observation)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_basic("c.db");
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    EVPACK_AUTO(json_doc) doc = parse(s, &options, &text);
    ck_assert_uint_eq(json_count(results(doc)), 1);
    const json *observations = json_get(result(doc), "observations");
    const json *found = json_get(result(doc), "findings");
    const json *defined = json_get(result(doc), "local-definitions");
    EVPACK_AUTO(findings) f = NULL;
    OK(findings_open_all(s, &f, &err));
    size_t count = 0;
    size_t decided = 0;
    for (const finding *one = NULL;; count++) {
        OK(findings_next_of_all(f, &one, &err));
        if (one == NULL) {
            break;
        }
        const json *o = with(observations, "uuid", one->id);
        ck_assert_msg(o != NULL, "expected an observation %s", one->id);
        ck_assert_str_eq(prop(o, "status"), finding_status_word(one->status));
        const char *description = json_get_string(o, "description");
        const bool decides = one->status == FINDING_PASS || one->status == FINDING_FAIL;
        decided += decides ? 1 : 0;
        ck_assert_msg((strncmp(description, "No finding: ", 12) == 0) == !decides,
                      "%s is %s, and says '%s'", one->id, finding_status_word(one->status),
                      description);
        const json *subject = json_first(json_get(o, "subjects"));
        ck_assert_ptr_nonnull(with(json_get(defined, "inventory-items"), "uuid",
                                   json_get_string(subject, "subject-uuid")));
        const json *evidence = json_get(o, "relevant-evidence");
        ck_assert_uint_eq(json_count(evidence), one->place_count);
        const finding_place *place = one->places;
        for (const json *e = json_first(evidence); e != NULL; e = json_next(e), place++) {
            const json *file = linked(doc, json_get_string(e, "href"));
            const json *hash = json_first(json_get(json_first(json_get(file, "rlinks")), "hashes"));
            ck_assert_str_eq(json_get_string(hash, "value"), place->sha256);
            char range[64];
            (void)snprintf(range, sizeof range, "%llu+%llu", (unsigned long long)place->start,
                           (unsigned long long)place->length);
            ck_assert_str_eq(prop(e, "byte-range"), range);
        }
    }
    ck_assert_uint_eq(json_count(observations), count);
    ck_assert_uint_eq(json_count(found), decided);
    for (const json *one = json_first(found); one != NULL; one = json_next(one)) {
        const json *related = json_first(json_get(one, "related-observations"));
        const json *o = with(observations, "uuid", json_get_string(related, "observation-uuid"));
        ck_assert_ptr_nonnull(o);
        const json *status = json_get(json_get(one, "target"), "status");
        ck_assert_str_eq(json_get_string(status, "state"),
                         strcmp(prop(o, "status"), "pass") == 0 ? "satisfied" : "not-satisfied");
    }
}
END_TEST

START_TEST(no_list_is_empty)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    for (int i = 0; i < 2; i++) {
        EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
        EVPACK_AUTO(json_doc) doc = parse(s, &options, &text);
        ck_assert_msg(strstr(buf_str(&text), "[]") == NULL, "expected no empty list");
        if (i == 1) {
            ck_assert_ptr_null(json_get(result(doc), "observations"));
            ck_assert_ptr_null(json_get(result(doc), "findings"));
            reported_has(buf_str(&text), "The run made no statement about any control.");
        }
        case_sql(s, "DELETE FROM finding");
    }
}
END_TEST

START_TEST(nothing_decided_has_no_findings)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    case_sql(s, "DELETE FROM finding WHERE status IN (1, 2)");
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    EVPACK_AUTO(json_doc) doc = parse(s, &options, &text);
    ck_assert_ptr_null(json_get(result(doc), "findings"));
    ck_assert_uint_gt(json_count(json_get(result(doc), "observations")), 0);
}
END_TEST

static const json *plan(json_doc *doc)
{
    const json *all = json_get(json_root(doc), "assessment-results");
    return linked(doc, json_get_string(json_get(all, "import-ap"), "href"));
}

START_TEST(no_plan_is_made_up)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    EVPACK_AUTO(json_doc) bare = parse(s, &options, &text);
    ck_assert_str_eq(json_get_string(plan(bare), "title"), "No assessment plan");
    const json *metadata = json_get(json_get(json_root(bare), "assessment-results"), "metadata");
    ck_assert_ptr_null(json_get(metadata, "parties"));
    ck_assert_str_eq(json_get_string(metadata, "last-modified"), "2026-11-28T10:00:00Z");

    reported_engagement(s);
    buf_clear(&text);
    EVPACK_AUTO(json_doc) doc = parse(s, &options, &text);
    ck_assert_str_eq(json_get_string(plan(doc), "title"),
                     "data/evidence/engagement/engagement.json");
    const json *with_parties = json_get(json_get(json_root(doc), "assessment-results"), "metadata");
    ck_assert_uint_eq(json_count(json_get(with_parties, "parties")), 2);
    reported_has(buf_str(&text), "\"name\":\"Client </script>\"");
    reported_has(buf_str(&text), "\"title\":\"Assessment results: R-1\"");
}
END_TEST

static bool redact_1(void *ctx, int64_t evidence_id, report_redacted *out)
{
    const int64_t *which = ctx;
    *out = (report_redacted){evidence_id != which[0],
                             "1111111111111111111111111111111111111111111111111111111111111111", 5};
    return evidence_id == which[0] || evidence_id == which[1];
}

START_TEST(hashes_are_those_of_the_packages_files)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    int64_t which[2] = {case_value(s, "SELECT min(id) FROM evidence"),
                        case_value(s, "SELECT max(id) FROM evidence")};
    const report_options some = {
        .at = REPORTED_AT, .redacted = redact_1, .redacted_ctx = which, .package_id = "p"};
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    EVPACK_AUTO(json_doc) doc = parse(s, &some, &text);
    size_t copies = 0;
    size_t withheld = 0;
    for (const json *r = json_first(resources(doc)); r != NULL; r = json_next(r)) {
        const bool other = prop(r, "original-sha256") != NULL;
        const json *link = json_first(json_get(r, "rlinks"));
        withheld += other && link == NULL ? 1 : 0;
        if (other && link != NULL) {
            copies++;
            ck_assert_str_eq(json_get_string(json_first(json_get(link, "hashes")), "value"),
                             "1111111111111111111111111111111111111111111111111111111111111111");
        }
    }
    ck_assert_uint_eq(copies, 1);
    ck_assert_uint_eq(withheld, 1);
}
END_TEST

START_TEST(a_time_that_nobody_knows_is_not_made_up)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    case_sql(s, "DROP TRIGGER snapshot_fixed; UPDATE snapshot SET collected_at = NULL");
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    EVPACK_AUTO(json_doc) doc = parse(s, &options, &text);
    const json *o = json_first(json_get(result(doc), "observations"));
    ck_assert_str_eq(prop(o, "collected"), "unknown");
    ck_assert_str_eq(json_get_string(o, "collected"), "2026-11-22T08:00:00Z"); /* the run's */
}
END_TEST

START_TEST(long_values_are_cut_between_characters)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    case_sql(s, "DROP TRIGGER record_fixed;"
                "UPDATE record SET body = json_set(body, '$.properties.publicNetworkAccess',"
                " 'x' || replace(hex(zeroblob(400)), '00', char(233)))"
                " WHERE json_extract(body, '$.properties.publicNetworkAccess') IS NOT NULL");
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    EVPACK_AUTO(json_doc) doc = parse(s, &options, &text);
    ck_assert_ptr_nonnull(doc);
    reported_has(buf_str(&text), "\xc3\xa9 … (cut; the whole value is in findings.json)");
    ck_assert_ptr_null(strstr(buf_str(&text), "0xC3"));
}
END_TEST

START_TEST(uuids_are_unique_and_repeat)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    EVPACK_AUTO_VALUE(buf_reset) buf a = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    reported(s, &options, REPORT_OSCAL, &a);
    reported(s, &options, REPORT_OSCAL, &b);
    ck_assert_str_eq(buf_str(&a), buf_str(&b));
    static const char mark[] = "\"uuid\":\"";
    size_t count = 0;
    for (const char *at = strstr(buf_str(&a), mark); at != NULL; at = strstr(at + 1, mark)) {
        char one[sizeof mark + 40];
        (void)snprintf(one, sizeof one, "%.*s", (int)(sizeof mark - 1 + 36), at);
        ck_assert_msg(reported_count(buf_str(&a), one) == 1, "%s comes twice", one);
        ck_assert_msg(one[sizeof mark - 1 + 14] == '5', "%s is no version 5", one);
        count++;
    }
    ck_assert_uint_gt(count, 50);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {every_finding_is_an_observation,
                                  no_list_is_empty,
                                  nothing_decided_has_no_findings,
                                  no_plan_is_made_up,
                                  hashes_are_those_of_the_packages_files,
                                  a_time_that_nobody_knows_is_not_made_up,
                                  long_values_are_cut_between_characters,
                                  uuids_are_unique_and_repeat,
                                  NULL};
    return test_main(test_suite("report/oscal", tests));
}
