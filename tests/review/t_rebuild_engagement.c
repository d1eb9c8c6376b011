/* review/rebuild_engagement: the engagement that held holds again, after those that it replaced;
 * and what names no file below its folder is refused. */
#include "review/rebuild.h"

#include "case.h"
#include "map/map.h"
#include "package/package.h"
#include "review/packages.h"

#include <stdio.h>
#include <string.h>

static fixture_key key;

#define ENGAGEMENT(reference, more)                          \
    "{\"evpack_engagement\": 1, \"reference\": \"" reference \
    "\", \"client\": \"C\", \"auditor\": "                   \
    "\"A\", \"period\": {\"start\": \"2026-01-01\", \"end\": \"2026-12-31\"}" more "}"
#define ASSURANCE(file)                                                                      \
    ", \"assurance\": [{\"id\": \"S\", \"name\": \"S\", \"standard\": \"SOC 2\", \"file\": " \
    "\"" file "\", \"period\": {\"start\": \"2025-10-01\", \"end\": \"2026-12-31\"}}]"

static void give(store *s, const char *path)
{
    evpack_err err = {0};
    const collect_options options = {.label = "q4", .engagement = path, .now = FIXTURE_AT};
    collect_totals t;
    OK(collect_paths(s, NULL, 0, &options, &t, &err));
}

/* A case with engagements one after the other, sealed. */
static void seal(store *s, const char *out)
{
    evpack_err err = {0};
    char *const paths[] = {(char *)test_text_file("export/a.json", "[]")};
    const collect_options options = {.label = "q4", .now = FIXTURE_AT};
    collect_totals t;
    OK(collect_paths(s, paths, 1, &options, &t, &err));
    const map_options map = {.at = FIXTURE_AT};
    map_totals m;
    OK(map_run(s, &map, &m, &err));
    const package_options how = {
        .out = out, .files = {.key = key.key, .cert = key.cert}, .at = FIXTURE_AT};
    package_result result;
    OK(package_write(s, &how, &result, &err));
}

static evpack_status rebuild_keeping(store *s, const char *path, bool keep, rebuild_totals *t,
                                     evpack_err *err)
{
    EVPACK_AUTO(received) r = NULL;
    EVPACK_TRY(fixture_open(path, &r, err));
    const rebuild_options options = {
        .scratch = received_folder(r), .now = FIXTURE_AT, .keep_engagement = keep};
    EVPACK_TRY(store_begin(s, err));
    evpack_status status = rebuild_case(s, r, &options, t, err);
    if (status != EVPACK_OK) {
        store_rollback(s);
        return status;
    }
    return store_commit(s, err);
}

static evpack_status rebuild(store *s, const char *path, rebuild_totals *t, evpack_err *err)
{
    return rebuild_keeping(s, path, false, t, err);
}

/* Engagements and their files, in a line each. */
static void engaged(store *s, buf *out)
{
    evpack_err err = {0};
    EVPACK_AUTO(db_stmt) rows = NULL;
    OK(db_prepare(store_db(s),
                  "SELECT g.id || ' ' || f.role || ' ' || e.path || ' ' || e.member || ' '"
                  " || substr(lower(hex(c.sha256)), 1, 8) FROM engagement g"
                  " JOIN engagement_file f ON f.engagement_id = g.id"
                  " JOIN evidence e ON e.id = f.evidence_id JOIN content c ON c.id = e.content_id"
                  " ORDER BY g.id, f.role, e.path",
                  &rows, &err));
    for (bool row = true; row;) {
        OK(db_step(rows, &row, &err));
        if (row) {
            buf_printf(out, "%s\n", db_text_or_empty(rows, 0));
        }
    }
}

START_TEST(one_after_the_other)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_empty("c.db");
    (void)test_text_file("old/sub/report.pdf", "old report");
    (void)test_text_file("new/sub/report.pdf", "new report");
    (void)test_text_file("new/other.pdf", "other");
    give(s, test_text_file("old/engagement.json", ENGAGEMENT("OLD", ASSURANCE("sub/report.pdf"))));
    give(s, test_text_file("new/engagement.json", ENGAGEMENT("NEW", ASSURANCE("sub/report.pdf"))));
    seal(s, test_path("P.zip"));
    EVPACK_AUTO(store) again = case_empty("again.db");
    rebuild_totals t;
    OK(rebuild(again, test_path("P.zip"), &t, &err));
    ck_assert_uint_eq(t.all.engagement.files, 4);
    ck_assert_uint_eq(t.all.engagement.assurance, 1);
    EVPACK_AUTO_VALUE(buf_reset) buf want = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf got = {0};
    engaged(s, &want);
    engaged(again, &got);
    ck_assert_uint_gt(want.len, 100);
    ck_assert_str_eq(buf_str(&got), buf_str(&want));
}
END_TEST

/* The older one holds again: the newest is not the one that came last. */
START_TEST(one_that_comes_back)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_empty("c.db");
    const char *first = test_text_file("a/engagement.json", ENGAGEMENT("A", ""));
    give(s, first);
    give(s, test_text_file("b/engagement.json", ENGAGEMENT("B", "")));
    give(s, first);
    seal(s, test_path("P.zip"));
    EVPACK_AUTO(store) again = case_empty("again.db");
    rebuild_totals t;
    OK(rebuild(again, test_path("P.zip"), &t, &err));
    ck_assert_int_eq(case_value(again, "SELECT count(*) FROM engagement"), 2);
    ck_assert_int_eq(case_value(again, "SELECT r.body ->> '$.reference' = 'A' FROM engagement g"
                                       " JOIN record r ON r.evidence_id = g.evidence_id"
                                       " ORDER BY g.id DESC LIMIT 1"),
                     1);
}
END_TEST

/* Whose engagement holds, and which package brought it. */
static void holds(store *s, const char *reference, bool brought)
{
    EVPACK_AUTO_VALUE(buf_reset) buf sql = {0};
    buf_printf(&sql,
               "SELECT (SELECT r.body ->> '$.reference' = '%s' FROM engagement g"
               " JOIN record r ON r.evidence_id = g.evidence_id ORDER BY g.id DESC LIMIT 1)"
               " AND (SELECT line ->> '$.detail.package' LIKE '_%%' FROM custody_event"
               "  WHERE line ->> '$.detail.engagement' IS NOT NULL ORDER BY id DESC LIMIT 1) IS %s",
               reference, brought ? "1" : "NULL");
    ck_assert_int_eq(case_value(s, buf_str(&sql)), 1);
}

/* What was given for a case holds, whatever a package brings; what a package brought does not. */
START_TEST(the_case_has_its_own)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_empty("c.db");
    give(s, test_text_file("a/engagement.json", ENGAGEMENT("THEIRS", "")));
    seal(s, test_path("P.zip"));
    give(s, test_text_file("b/engagement.json", ENGAGEMENT("THEIRS-2", "")));
    seal(s, test_path("Q.zip"));
    rebuild_totals t;
    EVPACK_AUTO(store) own = case_empty("own.db");
    give(own, test_text_file("c/engagement.json", ENGAGEMENT("MINE", "")));
    FAILS(rebuild(own, test_path("P.zip"), &t, &err), EVPACK_E_USAGE, "--keep-engagement");
    ck_assert_int_eq(case_value(own, "SELECT count(*) FROM evidence"), 1);
    OK(rebuild_keeping(own, test_path("P.zip"), true, &t, &err));
    holds(own, "MINE", false);
    ck_assert_int_eq(case_value(own, "SELECT count(*) FROM evidence"), 3);
    ck_assert_int_eq(case_value(own, "SELECT count(*) FROM evidence WHERE kind = 'attachment'"
                                     " AND note LIKE 'of a received package%'"),
                     1);

    EVPACK_AUTO(store) again = case_empty("again.db");
    OK(rebuild(again, test_path("P.zip"), &t, &err));
    holds(again, "THEIRS", true);
    OK(rebuild(again, test_path("Q.zip"), &t, &err));
    holds(again, "THEIRS-2", true);
    give(again, test_path("c/engagement.json"));
    FAILS(rebuild(again, test_path("Q.zip"), &t, &err), EVPACK_E_USAGE, "--keep-engagement");
    holds(again, "MINE", false);
}
END_TEST

START_TEST(files_that_nobody_names)
{
    static const fixture_row rows[] = {
        {.original = "engagement.json",
         .snapshot = "engagement",
         .kind = "engagement",
         .text = ENGAGEMENT("X", ASSURANCE("gone.pdf"))},
        {.original = "more.pdf", .snapshot = "engagement", .kind = "attachment", .text = "x"}};
    evpack_err err = {0};
    EVPACK_AUTO(pki_signer) signer = fixture_signer(&key);
    raw_package raw;
    rebuild_totals t;
    fixture_received_of(&raw, rows, 2, signer);
    raw_write(&raw, test_path("P.zip"), NULL);
    EVPACK_AUTO(store) s = case_empty("c.db");
    /* Nothing says that it holds, and it cannot be read: files without a meaning. */
    OK(rebuild(s, test_path("P.zip"), &t, &err));
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM engagement"), 0);
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM evidence WHERE kind = 'attachment'"
                                   " AND note LIKE 'of an engagement%'"),
                     2);
    raw_free(&raw);
}
END_TEST

START_TEST(names_that_lead_out)
{
    static const char *const out[] = {"../x", "/x", "a/./x"};
    EVPACK_AUTO(pki_signer) signer = fixture_signer(&key);
    for (size_t i = 0; i < sizeof out / sizeof out[0]; i++) {
        evpack_err err = {0};
        EVPACK_AUTO_VALUE(buf_reset) buf member = {0};
        buf_puts(&member, "data/evidence/engagement/");
        member_escape(out[i], &member);
        const fixture_row row = {.original = out[i],
                                 .member = buf_str(&member),
                                 .snapshot = "engagement",
                                 .kind = "attachment"};
        raw_package raw;
        rebuild_totals t;
        fixture_received_of(&raw, &row, 1, signer);
        raw_write(&raw, test_path("P.zip"), NULL);
        EVPACK_AUTO(store) s = case_empty("c.db");
        FAILS(rebuild(s, test_path("P.zip"), &t, &err), EVPACK_E_NO,
              "its original path does not stay below");
        store_close(EVPACK_MOVE(s));
        ck_assert_int_eq(remove(test_path("c.db")), 0);
        raw_free(&raw);
    }
}
END_TEST

int main(void)
{
    fixture_make_key(PKI_P256, &key);
    const TTest *const tests[] = {one_after_the_other,  one_that_comes_back,
                                  the_case_has_its_own, files_that_nobody_names,
                                  names_that_lead_out,  NULL};
    return test_main(test_suite("review/rebuild_engagement", tests));
}
