/* store/evidence: bytes come back, equal bytes are stored once, nothing is taken or changed. */
#include "store/evidence.h"

#include "case.h"
#include "port/digest.h"
#include "seal/names.h"
#include "support.h"

#include <stdio.h>
#include <string.h>

enum { NOW = 1795334400, MIB = 1 << 20 };

static import *begun(store *s, const char *label)
{
    evpack_err err = {0};
    import *i = NULL;
    const import_options options = {.label = label, .now = NOW};
    OK(import_begin(s, &options, &i, &err));
    return i;
}

static import_file_result put(import *i, const char *path, const void *data, size_t len,
                              size_t step)
{
    evpack_err err = {0};
    OK(import_file_begin(i, &err));
    for (size_t at = 0; at < len; at += step) {
        OK(import_bytes(i, (const char *)data + at, len - at < step ? len - at : step, &err));
    }
    const import_file_row row = {.path = path,
                                 .kind = "other",
                                 .encoding = "utf-8",
                                 .shape = "none",
                                 .completeness = "unstated"};
    import_file_result result = {0};
    OK(import_file_end(i, &row, &result, &err));
    return result;
}

static import_file_result put_text(import *i, const char *path, const char *text)
{
    return put(i, path, text, strlen(text), 1 + strlen(text));
}

static void put_record(import *i, const char *subject, bool complete, const char *body)
{
    evpack_err err = {0};
    const import_record_row row = {.kind = "other",
                                   .subject = subject,
                                   .complete = complete,
                                   .pointer = "",
                                   .body = body,
                                   .body_len = strlen(body)};
    OK(import_record(i, &row, &err));
}

/* One file with one record. */
static import_file_result put_with_record(import *i, const char *path, const char *subject,
                                          bool complete)
{
    evpack_err err = {0};
    OK(import_file_begin(i, &err));
    OK(import_bytes(i, path, strlen(path), &err));
    put_record(i, subject, complete, "{}");
    const import_file_row row = {path, "other", "utf-8", "object", "whole", NULL, NULL};
    import_file_result result = {0};
    OK(import_file_end(i, &row, &result, &err));
    return result;
}

static evpack_status gather(void *ctx, const void *data, size_t len, evpack_err *err)
{
    ck_assert_msg(len <= MIB, "expected pieces of at most 1 MiB, came %zu bytes", len);
    buf_append(ctx, data, len);
    return buf_status(ctx, err);
}

static const size_t sizes[] = {0, 1, 4096, MIB - 1, MIB, MIB + 1, 2 * MIB, 5 * MIB + 12345};

START_TEST(bytes_come_back_identical)
{
    EVPACK_AUTO(store) s = case_empty("c.db");
    static const size_t steps[] = {1 << 18, 6 * MIB, 777, MIB};
    char *data = malloc(6 * MIB);
    ck_assert_ptr_nonnull(data);
    uint32_t x = 7;
    for (size_t n = 0; n < 6 * MIB; n++) {
        x = x * 1664525 + 1013904223;
        data[n] = (char)(x >> 24);
    }
    {
        evpack_err err = {0};
        EVPACK_AUTO(import) i = begun(s, "a");
        for (size_t n = 0; n < sizeof sizes / sizeof sizes[0]; n++) {
            char name[32];
            (void)snprintf(name, sizeof name, "%zu.bin", n);
            import_file_result r = put(i, name, data, sizes[n], steps[n % 4]);
            ck_assert_uint_eq(r.size, sizes[n]);
        }
        OK(import_commit(i, &err));
    }
    for (size_t n = 0; n < sizeof sizes / sizeof sizes[0]; n++) {
        evpack_err err = {0};
        EVPACK_AUTO_VALUE(buf_reset) buf back = {0};
        OK(evidence_read(s, (int64_t)n + 1, gather, &back, &err));
        ck_assert_msg(back.len == sizes[n] &&
                          (back.len == 0 || memcmp(back.data, data, back.len) == 0),
                      "%zu bytes: expected the same bytes, came %zu", sizes[n], back.len);
        char hex[DIGEST_HEX];
        OK(digest_bytes_hex(data, sizes[n], hex, &err));
        char sql[200];
        (void)snprintf(sql, sizeof sql,
                       "SELECT c.size FROM evidence e JOIN content c ON c.id = e.content_id WHERE"
                       " e.id = %zu AND lower(hex(c.sha256)) = '%s'",
                       n + 1, hex);
        ck_assert_int_eq(case_value(s, sql), (int64_t)sizes[n]);
    }
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM chunk WHERE length(bytes) > 1048576"), 0);
    free(data);
}
END_TEST

START_TEST(equal_bytes_are_stored_once)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_empty("c.db");
    {
        EVPACK_AUTO(import) i = begun(s, "a");
        ck_assert(!put_text(i, "one.json", "[1]").shared);
        import_file_result r = put_text(i, "two.json", "[1]");
        ck_assert_msg(r.shared && !r.already, "expected shared bytes under a second name");
        ck_assert(!put_text(i, "three.json", "[3]").shared);
        OK(import_commit(i, &err));
    }
    {
        EVPACK_AUTO(import) i = begun(s, "b");
        import_file_result r = put_text(i, "one.json", "[1]");
        ck_assert_msg(r.shared && !r.already, "expected shared bytes in a second snapshot");
        OK(import_commit(i, &err));
    }
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM content"), 2);
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM chunk"), 2);
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM evidence"), 4);
    ck_assert_int_eq(case_value(s, "SELECT count(DISTINCT content_id) FROM evidence"), 2);
}
END_TEST

START_TEST(the_same_file_again_adds_nothing)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_empty("c.db");
    for (int round = 0; round < 2; round++) {
        EVPACK_AUTO(import) i = begun(s, "a");
        import_file_result r = put_with_record(i, "one.json", "/x", true);
        ck_assert_int_eq(r.already, round == 1);
        r = put_with_record(i, "two.json", "/y", true);
        ck_assert_int_eq(r.already, round == 1);
        OK(import_commit(i, &err));
    }
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM evidence"), 2);
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM record"), 2);
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM chunk"), 2);
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM snapshot"), 1);
    /* And what comes after fits in. */
    EVPACK_AUTO(import) i = begun(s, "a");
    ck_assert(put_with_record(i, "one.json", "/x", true).already);
    ck_assert(!put_with_record(i, "three.json", "/z", true).already);
    OK(import_commit(i, &err));
    ck_assert_int_eq(case_value(s, "SELECT max(id) FROM evidence"), 3);
    ck_assert_int_eq(case_value(s, "SELECT evidence_id FROM record WHERE subject = '/z'"), 3);
}
END_TEST

START_TEST(other_bytes_under_the_same_path_are_kept_beside)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_empty("c.db");
    EVPACK_AUTO(import) i = begun(s, "a");
    (void)put_text(i, "one.json", "[1]");
    ck_assert(!put_text(i, "one.json", "[2]").already);
    ck_assert(!put_text(i, "one.json", "[3]").already);
    OK(import_commit(i, &err));
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM evidence WHERE path = 'one.json'"), 3);
    ck_assert_int_eq(case_value(s, "SELECT count(DISTINCT member) FROM evidence"), 3);
}
END_TEST

START_TEST(what_is_not_committed_is_undone)
{
    EVPACK_AUTO(store) s = case_empty("c.db");
    {
        EVPACK_AUTO(import) i = begun(s, "a");
        (void)put_with_record(i, "one.json", "/x", true);
    }
    ck_assert_int_eq(case_value(s, "SELECT (SELECT count(*) FROM snapshot)"
                                   " + (SELECT count(*) FROM evidence)"
                                   " + (SELECT count(*) FROM record)"
                                   " + (SELECT count(*) FROM content)"
                                   " + (SELECT count(*) FROM chunk)"
                                   " + (SELECT count(*) FROM subject)"),
                     0);
}
END_TEST

START_TEST(files_since_a_mark_can_be_undone)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_empty("c.db");
    EVPACK_AUTO(import) i = begun(s, "a");
    (void)put_with_record(i, "one.json", "/x", true);
    OK(import_mark(i, &err));
    (void)put_with_record(i, "two.json", "/y", true);
    OK(import_file_begin(i, &err)); /* in the middle of a file */
    OK(import_bytes(i, "[", 1, &err));
    put_record(i, "/z", true, "{}");
    OK(import_settle(i, false, &err));
    OK(import_mark(i, &err));
    (void)put_with_record(i, "three.json", "/w", true);
    OK(import_settle(i, true, &err));
    OK(import_commit(i, &err));
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM evidence"), 2);
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM record"), 2);
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM chunk"), 2);
    char hex[DIGEST_HEX];
    OK(digest_bytes_hex("three.json", 10, hex, &err));
    char sql[200];
    (void)snprintf(sql, sizeof sql, "SELECT count(*) FROM content WHERE lower(hex(sha256)) = '%s'",
                   hex);
    ck_assert_int_eq(case_value(s, sql), 1);
}
END_TEST

START_TEST(records_can_be_forgotten_and_bytes_read_again)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_empty("c.db");
    EVPACK_AUTO(import) i = begun(s, "a");
    OK(import_file_begin(i, &err));
    EVPACK_AUTO_VALUE(buf_reset) buf sent = {0};
    for (int n = 0; n < 3; n++) {
        EVPACK_AUTO_VALUE(buf_reset) buf piece = {0};
        for (int k = 0; k < 600000; k++) {
            buf_putc(&piece, (char)('a' + (n + k) % 26));
        }
        OK(import_bytes(i, piece.data, piece.len, &err));
        buf_append(&sent, piece.data, piece.len);
        put_record(i, "/x", true, "{}");
    }
    EVPACK_AUTO_VALUE(buf_reset) buf back = {0};
    OK(import_reread(i, gather, &back, &err));
    ck_assert_uint_eq(back.len, sent.len);
    ck_assert_mem_eq(back.data, sent.data, sent.len);
    OK(import_forget_records(i, &err));
    put_record(i, "/y", true, "{}");
    const import_file_row row = {"big.json", "other", "utf-8", "object", "whole", NULL, NULL};
    import_file_result r;
    OK(import_file_end(i, &row, &r, &err));
    ck_assert_uint_eq(r.records, 1);
    ck_assert_uint_eq(r.size, sent.len);
    OK(import_commit(i, &err));
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM record WHERE subject = '/y'"), 1);
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM record"), 1);
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM subject"), 1);
}
END_TEST

START_TEST(full_objects_speak_before_summaries_and_later_before_earlier)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_empty("c.db");
    EVPACK_AUTO(import) i = begun(s, "a");
    (void)put_with_record(i, "1", "/x", false);
    (void)put_with_record(i, "2", "/x", true);
    (void)put_with_record(i, "3", "/x", false);
    (void)put_with_record(i, "4", "/y", true);
    (void)put_with_record(i, "5", "/y", true);
    OK(import_commit(i, &err));
    ck_assert_int_eq(case_value(s, "SELECT record_id FROM subject WHERE subject = '/x'"), 2);
    ck_assert_int_eq(case_value(s, "SELECT record_id FROM subject WHERE subject = '/y'"), 5);
    EVPACK_AUTO(import) other = begun(s, "b");
    (void)put_with_record(other, "6", "/x", false);
    OK(import_commit(other, &err));
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM subject WHERE subject = '/x'"), 2);
}
END_TEST

START_TEST(a_snapshot_has_one_time)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_empty("c.db");
    static const char *const times[] = {NULL, "2026-11-20T00:00:00Z", NULL, "2026-11-20T00:00:00Z"};
    for (size_t n = 0; n < 4; n++) {
        EVPACK_AUTO(import) i = NULL;
        const import_options options = {.label = "a", .collected_at = times[n], .now = NOW};
        OK(import_begin(s, &options, &i, &err));
        OK(import_commit(i, &err));
    }
    ck_assert_int_eq(case_value(s, "SELECT collected_at = '2026-11-20T00:00:00Z' FROM snapshot"),
                     1);
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM snapshot"), 1);
    import *none = NULL;
    const import_options other = {.label = "a", .collected_at = "2026-11-21T00:00:00Z", .now = NOW};
    FAILS(import_begin(s, &other, &none, &err), EVPACK_E_USAGE, "give it another --snapshot label");
    ck_assert_msg(!db_in_transaction(store_db(s)), "expected a refusal to end its transaction");
}
END_TEST

static const char *const changes[] = {
    "UPDATE snapshot SET label = 'x'",
    "UPDATE snapshot SET imported_at = 'x'",
    "UPDATE snapshot SET id = 9",
    "UPDATE snapshot SET tool_version = 'x'",
    "UPDATE snapshot SET collected_at = 'x'",
    "DELETE FROM snapshot",
    "UPDATE content SET size = 0",
    "UPDATE content SET sha256 = zeroblob(32)",
    "UPDATE content SET id = 9",
    "DELETE FROM content",
    "UPDATE chunk SET bytes = x'00'",
    "UPDATE chunk SET start = 7",
    "UPDATE chunk SET content_id = 9",
    "DELETE FROM chunk",
    "INSERT INTO chunk(content_id, start, bytes) VALUES (1, 100, x'00')",
    "UPDATE evidence SET path = 'x'",
    "UPDATE evidence SET completeness = 'whole'",
    "UPDATE evidence SET member = 'x'",
    "UPDATE evidence SET reason = NULL",
    "DELETE FROM evidence",
    "UPDATE record SET body = '{}'",
    "UPDATE record SET subject = 'x'",
    "UPDATE record SET complete = 1",
    "DELETE FROM record",
    "UPDATE custody_event SET line = 'x'",
    "UPDATE custody_event SET sha256 = zeroblob(32)",
    "DELETE FROM custody_event",
    "DELETE FROM custody_event WHERE id = (SELECT max(id) FROM custody_event)",
    "INSERT OR REPLACE INTO snapshot SELECT * FROM snapshot",
    "REPLACE INTO content SELECT * FROM content",
    "REPLACE INTO content SELECT 999, sha256, 0 FROM content",
    "REPLACE INTO chunk SELECT id, 999, start, x'00' FROM chunk",
    "REPLACE INTO evidence SELECT * FROM evidence",
    "REPLACE INTO evidence SELECT 999, snapshot_id, content_id, path, 'x', kind, encoding, shape,"
    " completeness, records, reason, note, secrets FROM evidence",
    "REPLACE INTO evidence SELECT 999, snapshot_id, content_id, 'x', member, kind, encoding, shape,"
    " completeness, records, reason, note, secrets FROM evidence",
    "REPLACE INTO record SELECT id, evidence_id, kind, subject, id_given, type, name, scope, "
    "parent,"
    " complete, normalised, pointer, start, length, '{\"forged\":1}', document"
    " FROM record",
    "REPLACE INTO custody_event SELECT id, 'forged', sha256 FROM custody_event",
    "INSERT INTO custody_event SELECT id, 'forged', sha256 FROM custody_event WHERE true"
    " ON CONFLICT(id) DO UPDATE SET line = 'forged'",
    "UPDATE OR REPLACE evidence SET id = 2 WHERE id = 1",
};

START_TEST(what_is_in_is_never_changed)
{
    EVPACK_AUTO(store) s = case_empty("c.db");
    {
        evpack_err err = {0};
        EVPACK_AUTO(import) i = NULL;
        const import_options options = {
            .label = "a", .collected_at = "2026-11-20T00:00:00Z", .now = NOW};
        OK(import_begin(s, &options, &i, &err));
        (void)put_with_record(i, "1", "/x", true);
        (void)put_with_record(i, "2", "/y", true);
        OK(db_exec(store_db(s), "INSERT INTO custody_event VALUES (1, '{}', zeroblob(32))", &err));
        OK(import_commit(i, &err));
    }
    for (size_t n = 0; n < sizeof changes / sizeof changes[0]; n++) {
        evpack_err err = {0};
        evpack_status status = db_exec(store_db(s), changes[n], &err);
        ck_assert_msg(status == EVPACK_E_CASE && strstr(err.text, "never") != NULL,
                      "%s: expected a refusal that says never, came '%s'", changes[n],
                      status == EVPACK_OK ? "ok" : err.text);
    }
    ck_assert_int_eq(case_value(s, "SELECT (SELECT count(*) FROM record WHERE body = '{}')"
                                   " * 10 + (SELECT count(*) FROM chunk WHERE start = 0)"),
                     22);
}
END_TEST

static const struct {
    const char *path, *member; /* member NULL: any that is good */
} members[] = {
    {"a.json", "a.json"},
    {"exports/2026/a-b_c.d.json", "exports/2026/a-b_c.d.json"},
    {"A.JSON", NULL},
    {"exports/2026/A-B_C.D.JSON", NULL},
    {"b c.json", NULL},
    {"b_c.json", NULL},
    {"b:c.json", NULL},
    {"donn\xc3\xa9"
     "es.json",
     NULL},
    {"\xe6\x9d\xb1\xe4\xba\xac.json", NULL},
    {"\xe5\xa4\xa7\xe9\x98\xaa.json", NULL},
    {"not utf-8 \xff\xfe.json", NULL},
    {"new\nline.json", NULL},
    {"tab\t\x1b[31m.json", NULL},
    {"~tilde~01234567.json", NULL},
    {".hidden", NULL},
    {"..", NULL},
    {"../../etc/passwd", NULL},
    {"/etc/passwd", NULL},
    {"a//b.json", NULL},
    {"folder/", NULL},
    {"end.", NULL},
    {"end./x.json", NULL},
    {" lead/ trail /x.json", NULL},
    {"-rf", "-rf"},
    {"C:\\Users\\x.json", NULL},
    {"CON", NULL},
    {"nul.json", NULL},
    {"x/aux/y.json", NULL},
    {"com1.tar.gz", NULL},
    {"console.json", "console.json"},
    {"com10.json", "com10.json"},
    {"x.zip", "x.zip"},
    {"x.zip/a.json", NULL},
    {"X.ZIP/b/c.json", NULL},
    {"y.zip/a.json", "y.zip/a.json"},
    {"y.zip", NULL},
    {"Y.ZIP", NULL},
    {"y.zip-beside", "y.zip-beside"},
};

static void check_members(store *s)
{
    evpack_err err = {0};
    EVPACK_AUTO(db_stmt) rows = NULL;
    OK(db_prepare(store_db(s), "SELECT path, member FROM evidence ORDER BY id", &rows, &err));
    for (bool row = true;;) {
        OK(db_step(rows, &row, &err));
        if (!row) {
            break;
        }
        char full[400];
        (void)snprintf(full, sizeof full, "data/evidence/%040d/%s", 1, db_text(rows, 1));
        evpack_status status = member_check(full, &err);
        ck_assert_msg(status == EVPACK_OK, "%s became %s: %s", db_text(rows, 0), db_text(rows, 1),
                      err.text);
        ck_assert_msg(strlen(db_text(rows, 1)) <= 120, "%s: expected at most 120 bytes",
                      db_text(rows, 1));
    }
    ck_assert_int_eq(case_value(s, "SELECT count(*) - count(DISTINCT lower(member)) FROM evidence"),
                     0);
    ck_assert_int_eq(
        case_value(s, "SELECT count(*) FROM evidence a, evidence b"
                      " WHERE lower(b.member) LIKE replace(lower(a.member), '_', '\\_') || '/%'"
                      " ESCAPE '\\'"),
        0);
}

START_TEST(members_are_safe_and_unique)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_empty("c.db");
    EVPACK_AUTO(import) i = begun(s, "a");
    for (size_t n = 0; n < sizeof members / sizeof members[0]; n++) {
        (void)put_text(i, members[n].path, "[]");
    }
    OK(import_commit(i, &err));
    check_members(s);
    for (size_t n = 0; n < sizeof members / sizeof members[0]; n++) {
        EVPACK_AUTO(db_stmt) row = NULL;
        OK(db_prepare(store_db(s), "SELECT member FROM evidence WHERE path = ?", &row, &err));
        OK(db_bind(row, &err, "t", members[n].path));
        bool there = false;
        OK(db_step(row, &there, &err));
        ck_assert_msg(there, "expected the path %s as it was given", members[n].path);
        ck_assert_msg(members[n].member == NULL || strcmp(db_text(row, 0), members[n].member) == 0,
                      "%s: expected %s, came %s", members[n].path, members[n].member,
                      db_text(row, 0));
    }
}
END_TEST

/* As many empty lists with names in another script as a tenant has resources. */
START_TEST(many_names_that_become_alike_are_told_apart)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_empty("c.db");
    EVPACK_AUTO(import) i = begun(s, "a");
    for (int n = 0; n < 60; n++) {
        char path[32];
        (void)snprintf(path, sizeof path, "\xe6\x9d%c\xe4\xba%c.json", (char)(0x80 + n),
                       (char)(0x80 + n));
        (void)put_text(i, path, "[]");
    }
    for (int n = 0; n < 20; n++) {
        char path[400];
        memset(path, 'x', sizeof path);
        (void)snprintf(path + 300, 100, "/%d.json", n);
        (void)put_text(i, path, "[]");
        (void)put_text(i, path, "[1]");
    }
    OK(import_commit(i, &err));
    check_members(s);
}
END_TEST

/* The names of the first two records without an id in a file of this path. */
static void names_in(import *i, const char *path, const char *bytes, buf *first, buf *second)
{
    evpack_err err = {0};
    OK(import_file_begin(i, &err));
    import_file_path(i, path);
    OK(import_bytes(i, bytes, strlen(bytes), &err));
    buf_clear(first);
    buf_clear(second);
    OK(import_anonymous(i, first, &err));
    put_record(i, buf_str(first), true, "{}");
    OK(import_anonymous(i, second, &err));
    put_record(i, buf_str(second), true, "{}");
    const import_file_row row = {path, "other", "utf-8", "array", "whole", NULL, NULL};
    import_file_result result = {0};
    OK(import_file_end(i, &row, &result, &err));
}

START_TEST(records_without_an_id_are_named_by_their_place)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_empty("c.db");
    EVPACK_AUTO(import) i = begun(s, "one");
    EVPACK_AUTO_VALUE(buf_reset) buf a = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf c = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf d = {0};
    names_in(i, "a.json", "[1]", &a, &b);
    ck_assert_uint_eq(a.len, 20);
    ck_assert_str_ne(buf_str(&a), buf_str(&b));
    names_in(i, "b.json", "[1]", &c, &d);
    ck_assert_str_ne(buf_str(&a), buf_str(&c));
    names_in(i, "a.json", "[2]", &c, &d); /* a later answer under the same name */
    ck_assert_str_ne(buf_str(&a), buf_str(&c));
    OK(import_commit(i, &err));
    import_free(EVPACK_MOVE(i));
    /* What came before it, and in which snapshot, does not change a name. */
    EVPACK_AUTO(import) other = begun(s, "two");
    (void)put_with_record(other, "z.json", "/x", true);
    names_in(other, "a.json", "[1]", &c, &d);
    ck_assert_str_eq(buf_str(&a), buf_str(&c));
    ck_assert_str_eq(buf_str(&b), buf_str(&d));
    OK(import_commit(other, &err));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {records_without_an_id_are_named_by_their_place,
                                  bytes_come_back_identical,
                                  equal_bytes_are_stored_once,
                                  the_same_file_again_adds_nothing,
                                  other_bytes_under_the_same_path_are_kept_beside,
                                  what_is_not_committed_is_undone,
                                  files_since_a_mark_can_be_undone,
                                  records_can_be_forgotten_and_bytes_read_again,
                                  full_objects_speak_before_summaries_and_later_before_earlier,
                                  a_snapshot_has_one_time,
                                  what_is_in_is_never_changed,
                                  members_are_safe_and_unique,
                                  many_names_that_become_alike_are_told_apart,
                                  NULL};
    return test_main(test_suite("store/evidence", tests));
}
