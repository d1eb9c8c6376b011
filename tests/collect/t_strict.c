/*
 * Strict JSON through a whole collect: what RFC 8259 accepts is read, what it refuses is kept and
 * marked with its place, and values that are sound but ugly neither lose a digit in the case nor
 * turn a finding into something else.
 */
#include "case.h"
#include "collect/collect.h"
#include "map/map.h"
#include "support.h"

#include <stdio.h>
#include <string.h>

enum { NOW = 1795334400 };

#define TEXTS TEST_SOURCE_ROOT "/tests/base/json"

static store *collected(const char *name, const char *folder)
{
    evpack_err err = {0};
    store *s = NULL;
    OK(store_open(test_path(name), STORE_CREATE, &s, &err));
    char path[1024];
    (void)snprintf(path, sizeof path, "%s", folder);
    char *const paths[] = {path};
    const collect_options options = {.label = "x", .now = NOW};
    collect_totals totals;
    OK(collect_paths(s, paths, 1, &options, &totals, &err));
    return s;
}

/* The byte that a reason names; -1 when it names none. */
static long long place_in(const char *reason)
{
    unsigned long long at = 0;
    const char *byte = strstr(reason, "(byte ");
    return byte != NULL && sscanf(byte, "(byte %llu)", &at) == 1 ? (long long)at : -1;
}

static long long place_listed(const char *list, const char *name)
{
    char key[128];
    (void)snprintf(key, sizeof key, "\n%s\t", name);
    const char *line = strstr(list, key);
    return line == NULL ? -1 : strtoll(line + strlen(key), NULL, 10);
}

static void check_refused(const char *name, const char *completeness, const char *reason,
                          const char *list)
{
    bool marked =
        strcmp(completeness, "unrecognised") == 0 || strcmp(completeness, "truncated") == 0;
    ck_assert_msg(marked && reason[0] != '\0', "%s: expected to be refused, came %s: %s", name,
                  completeness, reason);
    ck_assert_msg(strcmp(completeness, "truncated") != 0 || strstr(reason, "early") != NULL,
                  "%s: expected that the text ends too early, came %s", name, reason);
    long long at = place_in(reason);
    ck_assert_msg(at < 0 || at == place_listed(list, name), "%s: expected byte %lld, came %s", name,
                  place_listed(list, name), reason);
}

START_TEST(texts_of_rfc_8259)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = collected("texts.db", TEXTS);
    EVPACK_AUTO_VALUE(buf_reset) buf list = {0};
    test_read(TEXTS "/refused.tsv", &list);
    EVPACK_AUTO(db_stmt) q = NULL;
    OK(db_prepare(store_db(s),
                  "SELECT substr(path, 6), completeness, coalesce(reason, ''), records,"
                  " coalesce(note, '') FROM evidence WHERE path GLOB 'json/[yn]_*'",
                  &q, &err));
    int tried = 0;
    int placed = 0;
    int told = 0;
    for (bool row = true; row;) {
        OK(db_step(q, &row, &err));
        if (!row) {
            break;
        }
        const char *name = db_text(q, 0);
        const char *reason = db_text(q, 2);
        tried++;
        if (name[0] == 'n' && strstr(db_text(q, 4), "passed over") != NULL) {
            told++; /* words around a text that is sound are told, and not read */
        } else if (name[0] == 'n') {
            check_refused(name, db_text(q, 1), reason, buf_str(&list));
            ck_assert_msg(db_int(q, 3) == 0, "%s: expected no records", name);
            placed += place_in(reason) >= 0;
        } else {
            ck_assert_msg(place_in(reason) < 0, "%s: expected to be read, came %s", name, reason);
        }
    }
    ck_assert_msg(told <= 5, "expected words around at most 5 sound texts, came %d", told);
    ck_assert_msg(tried > 220, "expected more than 220 texts, came %d", tried);
    ck_assert_msg(placed > 100, "expected a place for more than 100 refused texts, came %d",
                  placed);
    /* Whatever they are, all are there. */
    ck_assert_int_gt(case_value(s, "SELECT count(*) FROM evidence WHERE path GLOB 'json/[ynui]_*'"),
                     250);
}
END_TEST

static const char account[] =
    "[{\"id\":\"/subscriptions/11111111-0000-4000-8000-000000000001/resourceGroups/rg/providers/"
    "Microsoft.CognitiveServices/accounts/a\",\"kind\":\"OpenAI\",\"name\":\"a\",\"type\":"
    "\"Microsoft.CognitiveServices/accounts\",%s\"properties\":{%s\"disableLocalAuth\":true,"
    "\"publicNetworkAccess\":\"Disabled\"}}]";

/* Members that readers of JSON get wrong, and how the body has them: numbers as written, strings
 * without what SQLite's functions cannot hold (collect/plain.h). */
static const struct {
    const char *given, *kept;
} ugly[] = {
    {"\"n\":9007199254740993,", NULL},
    {"\"n\":0.1000000000000000055511151231257827021181583404541015625,", NULL},
    {"\"n\":1e999,", NULL},
    {"\"n\":-1e999,", NULL},
    {"\"n\":1e-999,", NULL},
    {"\"n\":-0,", NULL},
    {"\"n\":7777777777777777777777777777777777777777777777777777777777777777777777777777,", NULL},
    {"\"s\":\"\\ud800\",", "\"s\":\"\\ufffd\","},
    {"\"s\":\"a\\udc00b\",", "\"s\":\"a\\ufffdb\","},
    {"\"s\":\"before\\u0000after\",", "\"s\":\"before\\ufffdafter\","},
    {"\"na\\u0000me\":1,", "\"na\xef\xbf\xbdme\":1,"},
    {"\"\\u0000\":{\"\\ud800\":[]},", "\"\xef\xbf\xbd\":{\"\xef\xbf\xbd\":[]},"},
    {"\"\":\"\",", NULL},
    {"\"s\":\"\\\\u0000\",", NULL},
};

static int64_t findings(store *s, const char *status)
{
    char sql[128];
    (void)snprintf(sql, sizeof sql, "SELECT count(*) FROM finding_row WHERE status LIKE '%s'",
                   status);
    return case_value(s, sql);
}

/* How many findings of each status the account has with that text in it. */
static void map_it(const char *name, const char *outside, const char *inside, const char *kept,
                   int64_t counts[3])
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    buf_printf(&text, account, outside, inside);
    char folder[64];
    char file[80];
    (void)snprintf(folder, sizeof folder, "%s.d", name);
    (void)snprintf(file, sizeof file, "%s/a.json", folder);
    (void)test_text_file(file, buf_str(&text));
    EVPACK_AUTO(store) s = collected(name, test_path(folder));
    ck_assert_msg(case_value(s, "SELECT count(*) FROM record") == 1, "%s: expected one record",
                  buf_str(&text));
    EVPACK_AUTO(db_stmt) q = NULL;
    OK(db_prepare(store_db(s), "SELECT instr(body, ?), body FROM record", &q, &err));
    OK(db_bind(q, &err, "T", kept, strlen(kept)));
    bool row = false;
    OK(db_step(q, &row, &err));
    ck_assert_msg(db_int(q, 0) > 0, "expected '%s' in the body, came %s", kept, db_text(q, 1));
    db_reset(q);
    const map_options options = {.at = NOW};
    map_totals totals;
    OK(map_run(s, &options, &totals, &err));
    counts[0] = findings(s, "%");
    counts[1] = findings(s, "pass");
    counts[2] = findings(s, "error");
}

START_TEST(ugly_values_change_no_finding)
{
    int64_t plain[3];
    map_it("plain.db", "", "", "disableLocalAuth", plain);
    ck_assert_int_gt(plain[1], 0);
    ck_assert_int_eq(plain[2], 0);
    for (size_t i = 0; i < sizeof ugly / sizeof ugly[0]; i++) {
        for (int inside = 0; inside < 2; inside++) {
            int64_t now[3];
            char name[32];
            (void)snprintf(name, sizeof name, "u%zu-%d.db", i, inside);
            const char *given = ugly[i].given;
            const char *kept = ugly[i].kept == NULL ? given : ugly[i].kept;
            map_it(name, inside ? "" : given, inside ? given : "", kept, now);
            for (int k = 0; k < 3; k++) {
                ck_assert_msg(
                    now[k] == plain[k],
                    "%s: expected %lld findings, %lld passed, %lld errors, came %lld, %lld,"
                    " %lld",
                    given, (long long)plain[0], (long long)plain[1], (long long)plain[2],
                    (long long)now[0], (long long)now[1], (long long)now[2]);
            }
        }
    }
}
END_TEST

/* What a rule compares is what JSON says, not what SQLite makes of it. */
START_TEST(a_cut_string_does_not_pass)
{
    static const struct {
        const char *access, *want;
    } rows[] = {
        {"\"publicNetworkAccess\":\"Disabled\"", "pass"},
        {"\"\\u0070ublicNetworkAccess\":\"Disabled\"", "pass"},
        {"\"publicNetworkAccess\":\"Disabled\\u0000x\"", "fail"},
        {"\"publicNetworkAccess\\u0000x\":\"Disabled\"", "fail"},
        {"\"publicNetworkAccess\":\"Disabled\\ud800\"", "fail"},
    };
    evpack_err err = {0};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
        buf_printf(
            &text,
            "[{\"id\":\"/subscriptions/11111111-0000-4000-8000-000000000001/resourceGroups/rg/"
            "providers/Microsoft.CognitiveServices/accounts/a\",\"kind\":\"OpenAI\",\"name\":"
            "\"a\",\"type\":\"Microsoft.CognitiveServices/accounts\",\"properties\":{%s}}]",
            rows[i].access);
        char name[32];
        (void)snprintf(name, sizeof name, "cut%zu/a.json", i);
        (void)test_text_file(name, buf_str(&text));
        name[strlen(name) - 7] = '\0';
        char file[40];
        (void)snprintf(file, sizeof file, "%s.db", name);
        EVPACK_AUTO(store) s = collected(file, test_path(name));
        const map_options options = {.at = NOW};
        map_totals totals;
        OK(map_run(s, &options, &totals, &err));
        EVPACK_AUTO(db_stmt) q = NULL;
        OK(db_prepare(store_db(s),
                      "SELECT status FROM finding_row"
                      " WHERE feature = 'Disable Public Network Access'",
                      &q, &err));
        bool row = false;
        OK(db_step(q, &row, &err));
        ck_assert_msg(row && strcmp(db_text(q, 0), rows[i].want) == 0, "%s: expected %s, came %s",
                      rows[i].access, rows[i].want, row ? db_text(q, 0) : "nothing");
    }
}
END_TEST

START_TEST(depth_ten_thousand_is_refused_with_its_place)
{
    enum { DEPTH = 10000 };
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    for (int i = 0; i < DEPTH; i++) {
        buf_puts(&b, "[");
    }
    for (int i = 0; i < DEPTH; i++) {
        buf_puts(&b, "]");
    }
    (void)test_file("deep/deep.json", b.data, b.len);
    EVPACK_AUTO(store) s = collected("deep.db", test_path("deep"));
    ck_assert_int_eq(case_value(s,
                                "SELECT count(*) FROM evidence WHERE completeness ="
                                " 'unrecognised' AND reason LIKE '%(byte 512): nested deeper than"
                                " 512%' AND records = 0"),
                     1);
    ck_assert_int_eq(case_value(s, "SELECT size FROM content"), 2 * DEPTH);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {texts_of_rfc_8259, ugly_values_change_no_finding,
                                  a_cut_string_does_not_pass,
                                  depth_ten_thousand_is_refused_with_its_place, NULL};
    return test_main(test_suite("collect/strict", tests));
}
