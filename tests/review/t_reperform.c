/* review/reperform: what was sealed comes again, the ZIP and the folder; under another mapping or
 * at another time it differs; and nothing of a package that is not verified is run. */
#include "review/reperform.h"

#include "collect/collect.h"
#include "map/map.h"
#include "package/package.h"
#include "review/packages.h"
#include "seal/extract.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static fixture_key key, other;
static char package[512], unpacked[512];

static evpack_status make_package(evpack_err *err)
{
    EVPACK_AUTO(store) s = NULL;
    EVPACK_TRY(store_open(test_path("case.db"), STORE_CREATE, &s, err));
    char *const paths[] = {(char *)TEST_SOURCE_ROOT "/fixtures/contoso/export/prod"};
    const collect_options options = {
        .label = "q4", .collected_at = "2026-11-20T06:00:00Z", .now = FIXTURE_AT};
    collect_totals t;
    EVPACK_TRY(collect_paths(s, paths, 1, &options, &t, err));
    const map_options map = {.at = FIXTURE_AT};
    map_totals m;
    EVPACK_TRY(map_run(s, &map, &m, err));
    const package_options how = {
        .out = package, .files = {.key = key.key, .cert = key.cert}, .at = FIXTURE_AT};
    package_result result;
    EVPACK_TRY(package_write(s, &how, &result, err));
    EVPACK_AUTO(pki_trust) trust = fixture_trust(&key);
    const seal_options verify = {.trust = trust, .now = FIXTURE_AT};
    seal_report report;
    return seal_extract(package, &verify, unpacked, &report, err);
}

typedef struct {
    buf said;
    size_t differences;
} listener;

static evpack_status on_difference(void *ctx, const compare_difference *d, evpack_err *err)
{
    (void)err;
    listener *l = ctx;
    l->differences++;
    buf_printf(&l->said, "%s %s>%s;", d->feature, d->then == NULL ? "" : d->then,
               d->now == NULL ? "" : d->now);
    return EVPACK_OK;
}

static evpack_status repeat(const char *path, const fixture_key *whom, reperform_options options,
                            reperform_result *result, listener *l, evpack_err *err)
{
    static unsigned n;
    char name[32];
    EVPACK_AUTO(pki_trust) trust = fixture_trust(whom);
    const seal_options verify = {.trust = trust, .now = FIXTURE_AT};
    seal_report report;
    (void)snprintf(name, sizeof name, "scratch-%u", n++);
    options.path = path;
    options.scratch = fixture_folder(name);
    options.verify = &verify;
    options.report = &report;
    options.difference = on_difference;
    options.ctx = l;
    return reperform(&options, result, err);
}

static void it_comes_again(void)
{
    const char *const paths[] = {package, unpacked};
    for (size_t i = 0; i < 2; i++) {
        evpack_err err = {0};
        reperform_result result;
        listener l = {0};
        OK(repeat(paths[i], &key, (reperform_options){0}, &result, &l, &err));
        ck_assert(reperform_identical(&result));
        ck_assert_uint_eq(l.differences, 0);
        ck_assert_uint_gt(result.found.then, 100);
        ck_assert_uint_eq(result.found.same, result.found.then);
        ck_assert_uint_gt(result.subjects, 5);
        ck_assert_str_eq(result.head.version, EVPACK_VERSION);
        ck_assert_str_eq(result.evaluated_at, "2026-11-22T08:00:00Z");
        buf_reset(&l.said);
    }
}

static void nobody_is_believed(void)
{
    evpack_err err = {0};
    reperform_result result;
    listener l = {0};
    FAILS(repeat(package, &other, (reperform_options){0}, &result, &l, &err), EVPACK_E_NO,
          "the package is not verified");
    struct stat st;
    ck_assert_msg(stat(test_path("scratch-0/case.db"), &st) != 0, "expected no case to be made");
}

static void another_time(void)
{
    evpack_err err = {0};
    reperform_result result;
    listener l = {0};
    OK(repeat(package, &key, (reperform_options){.at_given = true, .at = FIXTURE_AT + 86400},
              &result, &l, &err));
    ck_assert_str_eq(result.evaluated_at, "2026-11-23T08:00:00Z");
    ck_assert_msg(result.found.same == result.found.then,
                  "expected a day to change nothing, came %s", buf_str(&l.said));
    buf_reset(&l.said);
}

static void another_mapping(void)
{
    evpack_err err = {0};
    reperform_result result;
    listener l = {0};
    OK(repeat(package, &key, (reperform_options){.mapping = TEST_SOURCE_ROOT "/mapping"}, &result,
              &l, &err));
    ck_assert(reperform_identical(&result));
    FAILS(repeat(package, &key, (reperform_options){.mapping = test_path("nowhere")}, &result, &l,
                 &err),
          EVPACK_E_MAPPING, "nowhere");
}

/* One test, for one package. */
START_TEST(repeated)
{
    evpack_err err = {0};
    (void)snprintf(package, sizeof package, "%s", test_path("P.zip"));
    (void)snprintf(unpacked, sizeof unpacked, "%s", test_path("P"));
    OK(make_package(&err));
    nobody_is_believed();
    it_comes_again();
    another_time();
    another_mapping();
}
END_TEST

int main(void)
{
    fixture_make_key(PKI_P256, &key);
    fixture_make_key(PKI_P256, &other);
    const TTest *const tests[] = {repeated, NULL};
    return test_main(test_suite("review/reperform", tests));
}
