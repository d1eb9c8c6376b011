/* store/collection: which file a ledger's line vouches for, and what that makes of it. */
#include "store/collection.h"

#include "case.h"
#include "store/evidence.h"
#include "support.h"

#include <string.h>

enum { NOW = 1795334400 };

/* SHA-256 of "[]" and of "x". */
#define EMPTY_LIST "4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945"
#define LETTER_X "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"

static void put(import *i, const char *path, const char *bytes, const char *kind, const char *shape,
                const char *completeness)
{
    evpack_err err = {0};
    import_file_result result;
    OK(import_file_begin(i, &err));
    OK(import_bytes(i, bytes, strlen(bytes), &err));
    const import_file_row row = {.path = path,
                                 .kind = kind,
                                 .encoding = "utf-8",
                                 .shape = shape,
                                 .completeness = completeness,
                                 .reason = "for a reason"};
    OK(import_file_end(i, &row, &result, &err));
}

/* Two folders, the first with a ledger; what is in b/ has another file of the ledger's. */
static import *snapshot(store *s)
{
    evpack_err err = {0};
    import *i = NULL;
    const import_options options = {.label = "a", .now = NOW};
    OK(import_begin(s, &options, &i, &err));
    put(i, "a/collection.jsonl", "ledger", "collection-ledger", "none", "unstated");
    put(i, "a/list.json", "[]", "empty", "array", "unstated");
    put(i, "a/page.json", "{\"value\":[]}", "empty", "page", "whole");
    put(i, "a/cut.json", "{\"value\":[],\"nextLink\":\"x\"}", "empty", "page", "partial");
    put(i, "b/far.json", "x", "other", "none", "unrecognised");
    put(i, "b/near.json", "[ ]", "empty", "array", "unstated");
    return i;
}

static const collection_line sound = {.line = 1,
                                      .plan = "locks",
                                      .kind = "resource-lock",
                                      .command = "az",
                                      .arguments = "[]",
                                      .file = "list.json",
                                      .sha256 = EMPTY_LIST,
                                      .started = "2026-11-22T08:00:00Z",
                                      .ended = "2026-11-22T08:00:01Z",
                                      .exited = true,
                                      .az_version = "2.45.0"};

static void add(collection *c, const collection_line *line, collection_state want)
{
    evpack_err err = {0};
    collection_match m;
    OK(collection_add(c, line, &m, &err));
    ck_assert_msg(m.state == want, "line %lld (%s): expected %s, came %s", (long long)line->line,
                  line->file, collection_state_word(want), collection_state_word(m.state));
    ck_assert_msg((m.output != 0) == (want == COLLECTION_VOUCHED), "line %lld: output %lld",
                  (long long)line->line, (long long)m.output);
}

static int64_t next(collection *c, int64_t after)
{
    evpack_err err = {0};
    const char *path = NULL;
    const char *sha = NULL;
    OK(collection_next(c, &after, &path, &sha, &err));
    return after;
}

START_TEST(a_line_vouches_for_its_file_alone)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_empty("c.db");
    EVPACK_AUTO(import) i = snapshot(s);
    EVPACK_AUTO(collection) c = NULL;
    OK(collection_open(s, import_snapshot(i), &c, &err));
    collection_line l = sound;
    l.ledger = next(c, 0);
    ck_assert_int_eq(l.ledger, 1);
    add(c, &l, COLLECTION_VOUCHED);
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM collection c JOIN evidence e"
                                   " ON e.id = c.output_id WHERE c.state = 'vouched'"
                                   " AND e.path = 'a/list.json'"),
                     1);
    l.line = 2;
    l.sha256 = LETTER_X;
    add(c, &l, COLLECTION_CHANGED);
    l.line = 3;
    l.file = "gone.json";
    add(c, &l, COLLECTION_MISSING);
    l.line = 4;
    l.file = NULL;
    l.sha256 = NULL;
    add(c, &l, COLLECTION_NONE);
    l.line = 5;
    l.exit_code = 3;
    add(c, &l, COLLECTION_FAILED);
    l.line = 6;
    l.exited = false;
    l.exit_code = 0;
    add(c, &l, COLLECTION_FAILED);
    ck_assert_int_eq(case_value(s, "SELECT exit_code IS NULL FROM collection WHERE line = 6"), 1);
    ck_assert_int_eq(next(c, l.ledger), 0);
}
END_TEST

/* A ledger that lies elsewhere: by name and bytes, then beside what was found. */
START_TEST(files_that_lie_elsewhere_are_found)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_empty("c.db");
    EVPACK_AUTO(import) i = snapshot(s);
    EVPACK_AUTO(collection) c = NULL;
    OK(collection_open(s, import_snapshot(i), &c, &err));
    collection_line l = sound;
    l.ledger = next(c, 0);
    l.file = "near.json"; /* its bytes are others than stated, and nothing led there yet */
    add(c, &l, COLLECTION_MISSING);
    l.line = 2;
    l.file = "ar.json"; /* the tail of a name is not a name */
    l.sha256 = LETTER_X;
    add(c, &l, COLLECTION_MISSING);
    l.line = 3;
    l.file = "far.json";
    add(c, &l, COLLECTION_VOUCHED);
    ck_assert_int_eq(case_value(s, "SELECT completeness = 'unrecognised' FROM evidence"
                                   " WHERE path = 'b/far.json'"),
                     1);
    l.line = 4;
    l.file = "near.json";
    add(c, &l, COLLECTION_CHANGED);
}
END_TEST

/* What it means that a file is vouched for is the completeness ledger's to say. */
START_TEST(the_evidence_is_not_touched)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_empty("c.db");
    EVPACK_AUTO(import) i = snapshot(s);
    EVPACK_AUTO(collection) c = NULL;
    OK(collection_open(s, import_snapshot(i), &c, &err));
    collection_line l = sound;
    l.ledger = next(c, 0);
    l.file = "page.json";
    l.sha256 = "49f2b4d7a89c4abf9a5cb0d1f68f7ecbbd0e0cd1ee2b5dad9ddf2ba4f4a4b6e8";
    add(c, &l, COLLECTION_CHANGED);
    ck_assert_int_eq(
        case_value(s, "SELECT kind = 'empty' FROM evidence WHERE path = 'a/page.json'"), 1);
    EVPACK_AUTO(db_stmt) sums = NULL;
    OK(db_prepare(
        store_db(s),
        "SELECT lower(hex(c.sha256)) FROM evidence e JOIN content c ON c.id = e.content_id"
        " WHERE e.path = ?",
        &sums, &err));
    static const char *const files[] = {"page.json", "cut.json"};
    static const char *const paths[] = {"a/page.json", "a/cut.json"};
    for (size_t n = 0; n < 2; n++) {
        bool row = false;
        OK(db_bind(sums, &err, "t", paths[n]));
        OK(db_step(sums, &row, &err));
        char sha[65];
        (void)memcpy(sha, db_text_or_empty(sums, 0), sizeof sha);
        db_reset(sums);
        l.line = (int64_t)n + 2;
        l.file = files[n];
        l.sha256 = sha;
        add(c, &l, COLLECTION_VOUCHED);
    }
    ck_assert_int_eq(case_value(s, "SELECT kind = 'empty' AND completeness = 'whole'"
                                   " FROM evidence WHERE path = 'a/page.json'"),
                     1);
    ck_assert_int_eq(case_value(s, "SELECT kind = 'empty' AND completeness = 'partial'"
                                   " FROM evidence WHERE path = 'a/cut.json'"),
                     1);
}
END_TEST

START_TEST(a_snapshot_is_dated_by_its_last_command)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_empty("c.db");
    EVPACK_AUTO(import) i = snapshot(s);
    EVPACK_AUTO(collection) c = NULL;
    OK(collection_open(s, import_snapshot(i), &c, &err));
    collection_line l = sound;
    l.ledger = next(c, 0);
    add(c, &l, COLLECTION_VOUCHED);
    l.line = 2;
    l.ended = "2026-11-22T07:00:00Z";
    l.az_version = "2.44.0";
    add(c, &l, COLLECTION_VOUCHED);
    OK(collection_date(c, &err));
    ck_assert_int_eq(case_value(s, "SELECT collected_at = '2026-11-22T08:00:01Z' AND"
                                   " az_version = '2.45.0' FROM snapshot"),
                     1);
    /* Read again: its rows are made anew, and what was stated stays. */
    ck_assert_int_eq(next(c, 0), 1);
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM collection"), 0);
    l.line = 1;
    l.ended = "2026-11-23T08:00:00Z";
    add(c, &l, COLLECTION_VOUCHED);
    OK(collection_date(c, &err));
    ck_assert_int_eq(case_value(s, "SELECT collected_at = '2026-11-22T08:00:01Z' FROM snapshot"),
                     1);
}
END_TEST

/* What else is refused once a ledger vouches for a file. */
START_TEST(the_rest_of_evidence_stays_fixed)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_empty("c.db");
    EVPACK_AUTO(import) i = snapshot(s);
    EVPACK_AUTO(collection) c = NULL;
    OK(collection_open(s, import_snapshot(i), &c, &err));
    collection_line l = sound;
    l.ledger = next(c, 0);
    add(c, &l, COLLECTION_VOUCHED);
    static const char *const refused[] = {
        "UPDATE evidence SET path = 'x' WHERE path = 'a/list.json'",
        "UPDATE evidence SET completeness = 'partial'"
        " WHERE path = 'a/list.json'",
        "UPDATE evidence SET kind = 'x' WHERE path = 'a/list.json'",
        "UPDATE evidence SET records = 1 WHERE path = 'a/list.json'",
        "UPDATE evidence SET completeness = 'whole', reason = NULL"
        " WHERE path = 'a/list.json'"};
    for (size_t n = 0; n < sizeof refused / sizeof refused[0]; n++) {
        ck_assert_msg(db_exec(store_db(s), refused[n], &err) != EVPACK_OK,
                      "expected a refusal of %s", refused[n]);
        ck_assert_ptr_nonnull(strstr(err.text, "never"));
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        a_line_vouches_for_its_file_alone, files_that_lie_elsewhere_are_found,
        the_evidence_is_not_touched,       a_snapshot_is_dated_by_its_last_command,
        the_rest_of_evidence_stays_fixed,  NULL};
    return test_main(test_suite("store/collection", tests));
}
