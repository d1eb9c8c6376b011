/* review/diff: a package says what the case says that it was made from; what is not verified, not
 * mapped, or lies in its findings is refused. */
#include "review/diff.h"

#include "collect/collect.h"
#include "map/map.h"
#include "package/package.h"
#include "review/packages.h"
#include "seal/extract.h"

#include <stdio.h>
#include <string.h>

static fixture_key key, other;

static evpack_status add(store *s, const char *label, const char *at, evpack_err *err)
{
    char *const paths[] = {(char *)TEST_SOURCE_ROOT "/fixtures/contoso/export/prod"};
    const collect_options options = {.label = label, .collected_at = at, .now = FIXTURE_AT};
    collect_totals t;
    return collect_paths(s, paths, 1, &options, &t, err);
}

static evpack_status make_package(evpack_err *err)
{
    EVPACK_AUTO(store) s = NULL;
    EVPACK_TRY(store_open(test_path("case.db"), STORE_CREATE, &s, err));
    EVPACK_TRY(add(s, "q4", "2026-11-20T06:00:00Z", err));
    const map_options map = {.at = FIXTURE_AT};
    map_totals m;
    EVPACK_TRY(map_run(s, &map, &m, err));
    const package_options how = {
        .out = test_path("P.zip"), .files = {.key = key.key, .cert = key.cert}, .at = FIXTURE_AT};
    package_result result;
    return package_write(s, &how, &result, err);
}

static evpack_status load(drift *d, const char *path, const fixture_key *whom, const char *snapshot,
                          diff_origin *origin, evpack_err *err)
{
    static unsigned n;
    char name[32];
    int side = 0;
    EVPACK_AUTO(pki_trust) trust = fixture_trust(&key);
    EVPACK_AUTO(pki_trust) strange = fixture_trust(&other);
    const seal_options verify = {.trust = whom == &other ? strange : trust, .now = FIXTURE_AT};
    seal_report report = {0};
    (void)snprintf(name, sizeof name, "scratch-%u", n++);
    const diff_source from = {.path = path,
                              .snapshot = snapshot,
                              .folder = fixture_folder(name),
                              .verify = whom == NULL ? NULL : &verify,
                              .report = &report};
    return diff_load(d, &from, &side, origin, err);
}

static void a_package_is_its_case(void)
{
    evpack_err err = {0};
    EVPACK_AUTO(drift) d = NULL;
    diff_origin origin;
    OK(drift_new(&d, &err));
    OK(load(d, test_path("case.db"), NULL, NULL, &origin, &err));
    ck_assert(!origin.package);
    OK(load(d, test_path("P.zip"), &key, NULL, &origin, &err));
    ck_assert(origin.package && origin.checked);
    OK(load(d, test_path("P.zip"), NULL, "q4", &origin, &err));
    ck_assert(origin.package && !origin.checked);
    ck_assert_str_eq(drift_side_at(d, 1)->evaluated_at, "2026-11-22T08:00:00Z");
    OK(drift_compare(d, 0, 1, &err));
    OK(drift_compare(d, 1, 2, &err));
    drift_totals t;
    OK(drift_count(d, &t, &err));
    ck_assert_int_eq(t.changed + t.n.only_before + t.n.only_after + t.files + t.decisions, 0);
    for (int i = 0; i < DRIFT_MOVES; i++) {
        ck_assert_int_eq(t.moved[i], 0);
    }
    ck_assert(!drift_other_mapping(d, 0, 1));
}

static void nobody_is_believed(void)
{
    evpack_err err = {0};
    EVPACK_AUTO(drift) d = NULL;
    diff_origin origin;
    OK(drift_new(&d, &err));
    FAILS(load(d, test_path("P.zip"), &other, NULL, &origin, &err), EVPACK_E_NO, "not verified");
    FAILS(load(d, test_path("P.zip"), &key, "q9", &origin, &err), EVPACK_E_USAGE, "q9");
    ck_assert_int_eq(drift_sides(d), 0);
}

/* Two snapshots of one case, the second after the run. */
static void a_case_is_mapped_first(void)
{
    evpack_err err = {0};
    EVPACK_AUTO(drift) d = NULL;
    OK(drift_new(&d, &err));
    FAILS(diff_case(d, test_path("case.db"), NULL, NULL, &err), EVPACK_E_USAGE, "one snapshot");
    EVPACK_AUTO(store) s = NULL;
    OK(store_open(test_path("case.db"), STORE_WRITE, &s, &err));
    OK(add(s, "q5", "2027-02-20T06:00:00Z", &err));
    FAILS(diff_case(d, test_path("case.db"), NULL, NULL, &err), EVPACK_E_CASE, "run 'evpack map'");
    FAILS(diff_case(d, test_path("case.db"), "q4", "q4", &err), EVPACK_E_USAGE, "two snapshots");
    const map_options map = {.at = FIXTURE_AT};
    map_totals m;
    OK(map_run(s, &map, &m, &err));
    drift_free(EVPACK_MOVE(d));
    OK(drift_new(&d, &err));
    OK(diff_case(d, test_path("case.db"), NULL, NULL, &err));
    ck_assert_str_eq(drift_side_at(d, 0)->label, "q4");
    drift_totals t;
    OK(drift_count(d, &t, &err));
    ck_assert_int_eq(t.changed + t.n.only_before + t.n.only_after + t.files, 0);
}

/* One test, for one package. */
START_TEST(compared)
{
    evpack_err err = {0};
    OK(make_package(&err));
    nobody_is_believed();
    a_package_is_its_case();
    a_case_is_mapped_first();
}
END_TEST

static void lies(const char *text, const char *words)
{
    evpack_err err = {0};
    EVPACK_AUTO(drift) d = NULL;
    diff_origin origin;
    raw_package raw = {0};
    EVPACK_AUTO(pki_signer) signer = fixture_signer(&key);
    OK(drift_new(&d, &err));
    fixture_received(&raw, signer);
    if (raw_data(&raw, "data/findings.json") == NULL) {
        fixture_insert(&raw, "data/findings.json", text);
    } else {
        raw_set(&raw, "data/findings.json", text);
    }
    raw_reseal(&raw, signer);
    raw_write(&raw, test_path("lie.zip"), signer);
    raw_free(&raw);
    FAILS(load(d, test_path("lie.zip"), NULL, "q4", &origin, &err), EVPACK_E_NO, words);
}

START_TEST(findings_that_lie_are_refused)
{
#define ONE(id, more)                                                          \
    "{\"id\":\"00000000-0000-5000-8000-00000000000" id "\",\"subject\":\"s\"," \
    "\"snapshot\":\"q4\",\"status\":\"pass\"" more "}"
    lies("{\"findings\":[" ONE("1", ",\"raw_status\":\"pass\"") "," ONE(
             "2", ",\"raw_status\":\"pass\"") "]}",
         "another finding speaks of the same");
    lies("{\"findings\":[" ONE("1", ",\"raw_status\":\"passed\"") "]}", "raw_status");
    lies("{\"findings\":[" ONE("1", "") "]}", "raw_status");
    lies("{\"findings\":[1]}", "object");
    lies("[]", "data/findings.json");
}
END_TEST

int main(void)
{
    fixture_make_key(PKI_P256, &key);
    fixture_make_key(PKI_P256, &other);
    const TTest *const tests[] = {compared, findings_that_lie_are_refused, NULL};
    return test_main(test_suite("review/diff", tests));
}
