/* package/package: what a case must be, what the package's id follows from, one state of the case.
 */
#include "package/package.h"

#include "collect/collect.h"
#include "map/map.h"
#include "support.h"

#include "fixture.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { AT = 1795334400 };

static fixture_key rsa, p256;

static store *a_case(const char *name, bool mapped)
{
    evpack_err err = {0};
    store *s = NULL;
    OK(store_open(test_path(name), STORE_CREATE, &s, &err));
    char *const paths[] = {(char *)TEST_SOURCE_ROOT "/fixtures/contoso/export/prod"};
    const collect_options options = {.label = "q4", .now = AT};
    collect_totals t;
    OK(collect_paths(s, paths, 1, &options, &t, &err));
    if (mapped) {
        const map_options map = {.at = AT};
        map_totals m;
        OK(map_run(s, &map, &m, &err));
    }
    return s;
}

static evpack_status package(store *s, const char *out, const fixture_key *key, package_result *r,
                             evpack_err *err)
{
    const package_options options = {
        .out = out, .files = {.key = key->key, .cert = key->cert}, .at = AT};
    return package_write(s, &options, r, err);
}

START_TEST(a_case_must_be_mapped_and_up_to_date)
{
    evpack_err err = {0};
    package_result r;
    EVPACK_AUTO(store) bare = a_case("bare.db", false);
    FAILS(package(bare, test_path("a.zip"), &rsa, &r, &err), EVPACK_E_CASE,
          "run 'evpack map' first");
    EVPACK_AUTO(store) s = a_case("c.db", true);
    char *const more[] = {(char *)test_text_file("more.json", "[]")};
    const collect_options options = {.label = "q4", .now = AT};
    collect_totals t;
    OK(collect_paths(s, more, 1, &options, &t, &err));
    FAILS(package(s, test_path("b.zip"), &rsa, &r, &err), EVPACK_E_CASE, "run 'evpack map' again");
    struct stat st;
    ck_assert_msg(stat(test_path("b.zip"), &st) != 0, "expected no package of a stale case");
}
END_TEST

START_TEST(the_same_again_is_the_same_and_another_signer_is_another)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = a_case("c.db", true);
    package_result first;
    package_result again;
    package_result other;
    OK(package(s, test_path("a.zip"), &rsa, &first, &err));
    OK(package(s, test_path("b.zip"), &rsa, &again, &err));
    OK(package(s, test_path("c.zip"), &p256, &other, &err));
    ck_assert_msg(strcmp(first.sealed.sha256, again.sealed.sha256) == 0,
                  "expected the same package twice, came %s and %s", first.sealed.sha256,
                  again.sealed.sha256);
    ck_assert_str_eq(first.id, again.id);
    ck_assert_msg(strcmp(first.id, other.id) != 0, "expected another id from another signer");
    int64_t events = 0;
    OK(db_value(store_db(s), "SELECT count(*) FROM custody_event WHERE line LIKE '%\"package\"%'",
                &events, &err));
    ck_assert_int_eq(events, 3);
}
END_TEST

static evpack_status package_as(store *s, const char *out, const char *by, const char *reason,
                                const char *previous, package_result *r, evpack_err *err)
{
    const package_options options = {.out = out,
                                     .files = {.key = rsa.key, .cert = rsa.cert},
                                     .by = by,
                                     .reason = reason,
                                     .previous = previous,
                                     .at = AT};
    return package_write(s, &options, r, err);
}

START_TEST(who_why_and_which_are_in_the_id_and_in_the_log)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = a_case("c.db", true);
    package_result first;
    package_result named;
    package_result second;
    const char *one = test_path("a.zip");
    OK(package_as(s, one, NULL, NULL, NULL, &first, &err));
    OK(package_as(s, test_path("b.zip"), "Ada", "Q4", NULL, &named, &err));
    OK(package_as(s, test_path("d.zip"), NULL, NULL, one, &second, &err));
    ck_assert(first.sequence == 1 && named.sequence == 1 && second.sequence == 2);
    ck_assert_str_ne(first.id, named.id);
    ck_assert_str_ne(first.id, second.id);
    EVPACK_AUTO(db_stmt) last = NULL;
    OK(db_prepare(store_db(s), "SELECT line FROM custody_event ORDER BY id DESC LIMIT 1", &last,
                  &err));
    bool row = false;
    OK(db_step(last, &row, &err));
    EVPACK_AUTO_VALUE(buf_reset) buf want = {0};
    buf_printf(&want, "\"sequence\":2,\"previous_sha256\":\"%s\"}", first.sealed.sha256);
    ck_assert_msg(strstr(db_text(last, 0), buf_str(&want)) != NULL, "expected %s, came %s",
                  buf_str(&want), db_text(last, 0));
    int64_t said = 0;
    OK(db_value(store_db(s),
                "SELECT count(*) FROM custody_event WHERE line LIKE"
                " '%\"event\":\"package\",\"by\":\"Ada\",\"reason\":\"Q4\"%'",
                &said, &err));
    ck_assert_int_eq(said, 1);
    FAILS(package_as(s, test_path("e.zip"), NULL, "two\nlines", NULL, &first, &err), EVPACK_E_USAGE,
          "--reason");
    FAILS(package_as(s, test_path("e.zip"), NULL, NULL, rsa.key, &first, &err), EVPACK_E_INPUT,
          "is no package that another can follow");
    struct stat st;
    ck_assert_msg(stat(test_path("e.zip"), &st) != 0, "expected no package");
}
END_TEST

/* Tables of many parts: more than nine, so that the order of their names is not that of numbers. */
START_TEST(tables_of_many_files_are_sealed)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = a_case("c.db", true);
    const package_options options = {.out = test_path("parts.zip"),
                                     .files = {.key = rsa.key, .cert = rsa.cert},
                                     .rows = 20,
                                     .at = AT};
    package_result r;
    OK(package_write(s, &options, &r, &err)); /* it verifies what it wrote */
    int64_t rows = 0;
    OK(db_value(store_db(s), "SELECT count(*) FROM finding", &rows, &err));
    const int64_t parts = (rows + 18) / 19;
    ck_assert_msg(parts > 11, "expected more than 11 parts, came %lld", (long long)parts);
    EVPACK_AUTO_VALUE(buf_reset) buf bytes = {0};
    test_read(test_path("parts.zip"), &bytes);
    for (int64_t part = 1; part <= parts + 1; part++) {
        char name[64];
        (void)snprintf(name, sizeof name,
                       part == 1 ? "data/findings.csv" : "data/findings-%lld.csv", (long long)part);
        const bool there = memmem(bytes.data, bytes.len, name, strlen(name)) != NULL;
        ck_assert_msg(there == (part <= parts), "expected %s to be %s", name,
                      part <= parts ? "there" : "absent");
    }
}
END_TEST

START_TEST(a_package_that_is_there_is_kept)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = a_case("c.db", true);
    const char *path = test_text_file("P.zip", "mine");
    package_result r;
    ck_assert(package(s, path, &rsa, &r, &err) != EVPACK_OK);
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    test_read(path, &b);
    ck_assert_str_eq(buf_str(&b), "mine");
}
END_TEST

int main(void)
{
    fixture_make_key(PKI_RSA_3072, &rsa);
    fixture_make_key(PKI_P256, &p256);
    const TTest *const tests[] = {a_case_must_be_mapped_and_up_to_date,
                                  the_same_again_is_the_same_and_another_signer_is_another,
                                  who_why_and_which_are_in_the_id_and_in_the_log,
                                  a_package_that_is_there_is_kept,
                                  tables_of_many_files_are_sealed,
                                  NULL};
    return test_main(test_suite("package/package", tests));
}
