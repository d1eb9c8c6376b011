/* collect/guard: rows for each secret, markers in everything else, and a second look that finds all
 * of it again. */
#include "collect/guard.h"

#include "collect/collect.h"

#include "case.h"
#include "collect/made.h"
#include "support.h"

#include <stdio.h>
#include <string.h>

enum { NOW = 1795334400 };

static const char id[] = "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/rg/"
                         "providers/Microsoft.Storage/storageAccounts/s";

static collect_totals collect_one(store *s, const char *path)
{
    evpack_err err = {0};
    char *const paths[] = {(char *)path};
    const collect_options options = {.label = "a", .now = NOW};
    collect_totals t;
    OK(collect_paths(s, paths, 1, &options, &t, &err));
    return t;
}

/* All text of a column, and whether a part of it stands in it. */
static bool stands_in(store *s, const char *sql, const char *part)
{
    evpack_err err = {0};
    EVPACK_AUTO(db_stmt) q = NULL;
    OK(db_prepare(store_db(s), sql, &q, &err));
    for (bool row = true;;) {
        OK(db_step(q, &row, &err));
        if (!row) {
            return false;
        }
        if (strstr(db_text_or_empty(q, 0), part) != NULL) {
            return true;
        }
    }
}

START_TEST(records_have_markers_and_bytes_have_all)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_empty("c.db");
    const char *key = made_key(1);
    char text[1024];
    (void)snprintf(text, sizeof text,
                   "[{\"id\": \"%s\", \"name\": \"s\", \"tags\": {\"x\": \"AccountKey=%s\"}},\n"
                   " {\"id\": \"%s2\", \"name\": \"t\"}]",
                   id, key, id);
    collect_totals t = collect_one(s, test_text_file("a.json", text));
    ck_assert_uint_eq(t.secrets, 1);
    ck_assert_uint_eq(t.with_secrets, 1);
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM record"), 2);
    ck_assert(!stands_in(s, "SELECT body FROM record", key));
    ck_assert(stands_in(s, "SELECT body FROM record",
                        "\"x\":\"AccountKey=EVPACK-REDACTED-storage-key\""));
    ck_assert(stands_in(s, "SELECT pointer FROM secret", "/0/tags/x"));
    ck_assert_int_eq(case_value(s, "SELECT start FROM secret"),
                     (int64_t)(strstr(text, key) - text));
    ck_assert_int_eq(case_value(s, "SELECT length FROM secret"), 88);
    EVPACK_AUTO_VALUE(buf_reset) buf sql = {0};
    buf_printf(&sql, "SELECT count(*) FROM chunk WHERE instr(bytes, CAST('%s' AS BLOB))", key);
    ck_assert_int_eq(case_value(s, buf_str(&sql)), 1);
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM subject"), 2);
    (void)err;
}
END_TEST

/* A canonical id is in small letters, and so is the value in it; what is made from a redacted copy
 * is the same. */
START_TEST(ids_in_small_letters_have_markers_too)
{
    EVPACK_AUTO(store) s = case_empty("c.db");
    char text[1024];
    static const char form[] = "[{\"id\": \"%s?sig=%s\", \"name\": \"s\"}]";
    static const char key[] = "Zq7TnB2xWm9KcR4vLp8HsD1yGf6JtX3eAu5NbQ0o";
    (void)snprintf(text, sizeof text, form, id, key);
    ck_assert_uint_eq(collect_one(s, test_text_file("a.json", text)).secrets, 1);
    ck_assert(!stands_in(s, "SELECT lower(subject) FROM record", "zq7tnb2x"));
    ck_assert(stands_in(s, "SELECT subject FROM record", "?sig=evpack-redacted-sas-signature"));
    (void)snprintf(text, sizeof text, form, id, "EVPACK-REDACTED-sas-signature");
    ck_assert_uint_eq(collect_one(s, test_text_file("b.json", text)).secrets, 0);
    ck_assert_int_eq(case_value(s, "SELECT count(DISTINCT subject) FROM record"), 1);
}
END_TEST

START_TEST(reasons_and_names_have_markers_too)
{
    EVPACK_AUTO(store) s = case_empty("c.db");
    char text[1024];
    const char *jwt = made_jwt(3);
    /* The message is cut: half a token is no token, but half of this one. */
    (void)snprintf(text, sizeof text, "{\"error\": {\"code\": \"x\", \"message\": \"%s%s\"}}",
                   "it was refused, whatever was tried, over and over again, since nobody allowed "
                   "it, neither then nor now: ",
                   jwt);
    char name[256];
    (void)snprintf(name, sizeof name, "b?sig=%s%%3D", made_of("base62", 5, 43));
    collect_totals t = collect_one(s, test_text_file(name, text));
    ck_assert_uint_eq(t.secrets, 2);
    char head[24];
    (void)snprintf(head, sizeof head, "%.16s", jwt);
    ck_assert(stands_in(s, "SELECT reason FROM evidence", "the export failed"));
    ck_assert(!stands_in(s, "SELECT reason FROM evidence", head));
    ck_assert(!stands_in(s, "SELECT reason FROM document", head));
    ck_assert(stands_in(s, "SELECT path FROM evidence", "b?sig=EVPACK-REDACTED-sas-signature"));
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM secret WHERE place = 'name'"), 1);
    ck_assert_int_eq(case_value(s, "SELECT secrets FROM evidence"), 2);
}
END_TEST

START_TEST(the_same_file_again_adds_nothing)
{
    EVPACK_AUTO(store) s = case_empty("c.db");
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    buf_printf(&text, "{\"key1\": \"%s\"}", made_of("hex", 1, 32));
    const char *path = test_text_file("k.json", buf_str(&text));
    (void)collect_one(s, path);
    (void)collect_one(s, path);
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM secret"), 1);
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM secret x LEFT JOIN evidence e"
                                   " ON e.id = x.evidence_id WHERE e.id IS NULL"),
                     0);
}
END_TEST

START_TEST(a_file_without_secrets_says_that_somebody_looked)
{
    EVPACK_AUTO(store) s = case_empty("c.db");
    (void)collect_one(s, test_text_file("n.json", "{\"a\": 1}"));
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM evidence WHERE secrets = 0"), 1);
}
END_TEST

/* What is found in real exports, each looked at: none of it is anybody's secret, and none is found
 * that does not look like one. */
static const char *const in_corpus[] = {NULL};

static evpack_status on_corpus(void *ctx, const secret *one, evpack_err *err)
{
    (void)err;
    unsigned *unknown = ctx;
    for (size_t i = 0; in_corpus[i] != NULL; i++) {
        size_t len = strlen(one->path);
        size_t tail = strlen(in_corpus[i]);
        if (len >= tail && strcmp(one->path + len - tail, in_corpus[i]) == 0) {
            return EVPACK_OK;
        }
    }
    (void)printf("%s: %s at byte %llu\n", one->path, one->kind, (unsigned long long)one->start);
    (*unknown)++;
    return EVPACK_OK;
}

START_TEST(real_exports_raise_no_false_alarm)
{
    evpack_err err = {0};
    const char *root = getenv("EVPACK_CORPUS");
    if (root == NULL || root[0] == '\0') {
        (void)printf("skipped: EVPACK_CORPUS does not name a folder of real exports\n");
        return;
    }
    EVPACK_AUTO(store) s = case_empty("c.db");
    (void)collect_one(s, root);
    unsigned unknown = 0;
    OK(secret_each(s, 0, on_corpus, &unknown, &err));
    ck_assert_msg(unknown == 0, "expected no secret in %s, came %u", root, unknown);
    ck_assert_int_gt(case_value(s, "SELECT count(*) FROM evidence WHERE secrets = 0"), 100);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {records_have_markers_and_bytes_have_all,
                                  ids_in_small_letters_have_markers_too,
                                  reasons_and_names_have_markers_too,
                                  the_same_file_again_adds_nothing,
                                  a_file_without_secrets_says_that_somebody_looked,
                                  real_exports_raise_no_false_alarm,
                                  NULL};
    return test_main(test_suite("collect/guard", tests));
}
