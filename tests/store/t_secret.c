/* store/secret: rows without values, commitments that can be proved, markers. */
#include "store/secret.h"

#include "case.h"
#include "port/digest.h"
#include "support.h"

#include <string.h>

static const char value[] = "blue7house";

static void add(store *s, const char *pointer, uint64_t start)
{
    evpack_err err = {0};
    const secret_row row = {.evidence_id = 1,
                            .place = "bytes",
                            .kind = "password",
                            .words = "a password",
                            .pointer = pointer,
                            .start = start,
                            .length = strlen(value),
                            .value = value};
    OK(store_begin(s, &err));
    OK(secret_add(s, &row, &err));
    OK(store_commit(s, &err));
}

static evpack_status on_secret(void *ctx, const secret *one, evpack_err *err)
{
    (void)err;
    buf_printf(ctx, "%s %s %llu+%llu %s\n", one->path, one->kind, (unsigned long long)one->start,
               (unsigned long long)one->length, one->pointer == NULL ? "-" : one->pointer);
    return EVPACK_OK;
}

START_TEST(a_row_commits_to_the_value_and_does_not_tell_it)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_basic("c.db");
    add(s, NULL, 30);
    add(s, "/a", 20);
    EVPACK_AUTO(db_stmt) q = NULL;
    OK(db_prepare(store_db(s), "SELECT salt, commitment FROM secret", &q, &err));
    unsigned char salts[2][DIGEST_SIZE];
    for (unsigned i = 0; i < 2; i++) {
        bool row = false;
        OK(db_step(q, &row, &err));
        size_t len = 0;
        memcpy(salts[i], db_bytes(q, 0, &len), DIGEST_SIZE);
        ck_assert_uint_eq(len, DIGEST_SIZE);
        unsigned char want[DIGEST_SIZE];
        OK(digest_hmac(salts[i], DIGEST_SIZE, value, strlen(value), want, &err));
        ck_assert_mem_eq(db_bytes(q, 1, &len), want, DIGEST_SIZE);
    }
    db_reset(q);
    ck_assert_msg(memcmp(salts[0], salts[1], DIGEST_SIZE) != 0,
                  "expected two salts, came one twice");
    EVPACK_AUTO_VALUE(buf_reset) buf told = {0};
    OK(secret_each(s, 0, on_secret, &told, &err));
    ck_assert_msg(strstr(buf_str(&told), " password 20+10 /a\n") <
                      strstr(buf_str(&told), "30+10 -"),
                  "expected the order of places, came %s", buf_str(&told));
    buf_clear(&told);
    OK(secret_each(s, 2, on_secret, &told, &err));
    ck_assert_uint_eq(told.len, 0);
    secret_totals t;
    OK(secret_count(s, &t, &err));
    ck_assert_int_eq(t.secrets, 2);
    ck_assert_int_eq(t.files, 1);
    ck_assert_int_gt(t.unseen, 0); /* nobody looked through the files of basic.sql */
}
END_TEST

START_TEST(what_is_known_is_never_changed)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    add(s, NULL, 30);
    static const char *const changes[] = {
        "DELETE FROM secret", "UPDATE secret SET length = 0",
        "REPLACE INTO secret SELECT id, evidence_id, place, kind, words, pointer, 0, 0, encoding,"
        " salt, commitment FROM secret"};
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        evpack_err err = {0};
        FAILS(db_exec(store_db(s), changes[i], &err), EVPACK_E_CASE, "never");
    }
}
END_TEST

START_TEST(markers_are_in_the_value_s_encoding)
{
    EVPACK_AUTO_VALUE(buf_reset) buf m = {0};
    secret_marker("jwt", SECRET_UTF8, &m);
    ck_assert_str_eq(buf_str(&m), "EVPACK-REDACTED-jwt");
    size_t plain = m.len;
    buf_clear(&m);
    secret_marker("jwt", SECRET_UTF16LE, &m);
    ck_assert(m.len == 2 * plain && memcmp(m.data, "E\0V\0", 4) == 0);
    buf_clear(&m);
    secret_marker("jwt", SECRET_UTF16BE, &m);
    ck_assert(m.len == 2 * plain && memcmp(m.data, "\0E\0V", 4) == 0);
}
END_TEST

static evpack_status mask(void *ctx, secret_record *r, bool *changed, evpack_err *err)
{
    unsigned *seen = ctx;
    (*seen)++;
    if (*seen == 1) {
        buf_clear(&r->texts[0]);
        buf_puts(&r->texts[0], "{\"masked\":1}");
        *changed = true;
    }
    return buf_status(&r->texts[0], err);
}

START_TEST(records_are_masked_under_their_ids)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_empty("c.db");
    OK(store_begin(s, &err));
    OK(db_exec(
        store_db(s),
        "INSERT INTO record(id, evidence_id, kind, subject, complete, normalised, pointer,"
        " start, length, body, document) VALUES (5, 9, 'k', 's', 1, 0, '/0', 1, 2, '{}', 3),"
        " (6, 9, 'k', 't', 0, 1, '/1', 3, 4, '{}', 3), (7, 8, 'k', 'u', 1, 0, '', 0, 1, '{}', 0)",
        &err));
    unsigned seen = 0;
    OK(secret_mask_records(s, 9, mask, &seen, &err));
    ck_assert_uint_eq(seen, 2);
    ck_assert_int_eq(case_value(s,
                                "SELECT count(*) FROM record WHERE id = 5 AND evidence_id = 9 AND"
                                " body = '{\"masked\":1}' AND subject = 's' AND complete = 1 AND"
                                " normalised = 0 AND start = 1 AND length = 2 AND document = 3"
                                " AND name IS NULL AND pointer = '/0'"),
                     1);
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM record WHERE body = '{}'"), 2);
    OK(db_exec(
        store_db(s),
        "INSERT INTO document VALUES (1, 9, 0, 1, 2, 'k', 'array', 'whole', 'r', 1, 2, 3, 'n',"
        " NULL), (2, 9, 1, 3, 4, 'k', 'array', 'whole', NULL, 1, NULL, NULL, NULL, NULL)",
        &err));
    seen = 0;
    OK(secret_mask_documents(s, 9, mask, &seen, &err));
    ck_assert_uint_eq(seen, 1);
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM document WHERE id = 1 AND ordinal = 0 AND"
                                   " reason = '{\"masked\":1}' AND next = 'n' AND context IS NULL"
                                   " AND stated = 2 AND total = 3"),
                     1);
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM document"), 2);
    store_rollback(s);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        a_row_commits_to_the_value_and_does_not_tell_it, what_is_known_is_never_changed,
        markers_are_in_the_value_s_encoding, records_are_masked_under_their_ids, NULL};
    return test_main(test_suite("store/secret", tests));
}
