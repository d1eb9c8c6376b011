/* review/rebuild: rows come back in their order, under their names and times; an archive holds
 * nothing that the index does not list. */
#include "review/rebuild.h"

#include "case.h"
#include "review/packages.h"

#include <stdio.h>
#include <string.h>

static fixture_key key;

static evpack_status rebuild(store *s, raw_package *raw, rebuild_totals *t, evpack_err *err)
{
    EVPACK_AUTO(received) r = NULL;
    raw_write(raw, test_path("P.zip"), NULL);
    EVPACK_TRY(fixture_open(test_path("P.zip"), &r, err));
    const rebuild_options options = {.scratch = received_folder(r), .now = FIXTURE_AT};
    EVPACK_TRY(store_begin(s, err));
    evpack_status status = rebuild_case(s, r, &options, t, err);
    if (status != EVPACK_OK) {
        store_rollback(s);
        return status;
    }
    return store_commit(s, err);
}

static void rows_of(store *s, const char *sql, const char *want)
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf all = {0};
    EVPACK_AUTO(db_stmt) rows = NULL;
    OK(db_prepare(store_db(s), sql, &rows, &err));
    for (bool row = true; row;) {
        OK(db_step(rows, &row, &err));
        if (row) {
            buf_printf(&all, "%s\n", db_text_or_empty(rows, 0));
        }
    }
    ck_assert_str_eq(buf_str(&all), want);
}

START_TEST(order_names_and_times)
{
    static const fixture_row rows[] = {
        {.original = "a.json",
         .snapshot = "q3",
         .order = "3",
         .text = "[3]",
         .collected_at = "2026-09-30T06:00:00Z"},
        {.original = "b.json", .order = "1", .text = "[1]"},
        {.original = "c.json",
         .snapshot = "q3",
         .order = "2",
         .redacted = "redacted",
         .sha256 = "00000000000000000000000000000000000000000000000000000000000000aa",
         .collected_at = "2026-09-30T06:00:00Z"},
        {.original = "d.json", .snapshot = "q5", .order = "4", .redacted = "withheld"}};
    evpack_err err = {0};
    EVPACK_AUTO(pki_signer) signer = fixture_signer(&key);
    raw_package raw;
    rebuild_totals t;
    fixture_received_of(&raw, rows, 4, signer);
    EVPACK_AUTO(store) s = case_empty("c.db");
    OK(rebuild(s, &raw, &t, &err));
    rows_of(s,
            "SELECT n.label || ' ' || e.path || coalesce(' ' || substr(e.note, 1, 15), '')"
            " FROM evidence e JOIN snapshot n ON n.id = e.snapshot_id ORDER BY e.id",
            "q4 b.json\nq3 c.json a redacted copy\nq3 a.json\n");
    rows_of(s, "SELECT label || ' ' || coalesce(collected_at, '-') FROM snapshot ORDER BY id",
            "q4 -\nq3 2026-09-30T06:00:00Z\nq5 -\n");
    rows_of(s,
            "SELECT (line ->> '$.event') || ' ' || (line ->> '$.detail.snapshot') || ' '"
            " || (line ->> '$.detail.package') || ' ' || (line ->> '$.detail.files')"
            " FROM custody_event ORDER BY id",
            "collect q4 " FIXTURE_ID " 1\ncollect q3 " FIXTURE_ID " 2\ncollect q5 " FIXTURE_ID
            " 0\n");
    ck_assert_uint_eq(t.snapshots, 3);
    ck_assert_uint_eq(t.all.files, 3);
    ck_assert_uint_eq(t.all.skipped, 1);
    raw_free(&raw);
}
END_TEST

START_TEST(labels)
{
    static const fixture_row rows[] = {{.original = "a.json", .snapshot = "q 4"}};
    evpack_err err = {0};
    EVPACK_AUTO(pki_signer) signer = fixture_signer(&key);
    raw_package raw;
    rebuild_totals t;
    fixture_received_of(&raw, rows, 1, signer);
    EVPACK_AUTO(store) s = case_empty("c.db");
    FAILS(rebuild(s, &raw, &t, &err), EVPACK_E_NO, "'q 4' cannot be a snapshot's label");
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM snapshot"), 0);
    raw_free(&raw);
}
END_TEST

/* A tar of one member, a.json, with two bytes. */
static void tar_of(buf *out)
{
    char head[512] = "a.json";
    (void)snprintf(head + 100, 8, "0000644");
    (void)snprintf(head + 108, 8, "0000000");
    (void)snprintf(head + 116, 8, "0000000");
    (void)snprintf(head + 124, 12, "00000000002");
    (void)snprintf(head + 136, 12, "00000000000");
    memset(head + 148, ' ', 8);
    head[156] = '0';
    memcpy(head + 257, "ustar\00000", 8);
    unsigned sum = 0;
    for (size_t i = 0; i < sizeof head; i++) {
        sum += (unsigned char)head[i];
    }
    (void)snprintf(head + 148, 8, "%06o", sum);
    buf_append(out, head, sizeof head);
    buf_puts(out, "[]");
    for (size_t i = 2; i < 512 + 1024; i++) {
        buf_putc(out, '\0');
    }
}

START_TEST(archives)
{
    evpack_err err = {0};
    EVPACK_AUTO(pki_signer) signer = fixture_signer(&key);
    EVPACK_AUTO_VALUE(buf_reset) buf tar = {0};
    tar_of(&tar);
    for (int listed = 0; listed < 2; listed++) {
        raw_package raw;
        rebuild_totals t;
        /* The tar comes as a member afterwards: its bytes are no text. */
        const fixture_row rows[] = {
            {.original = "x.tar", .order = listed ? "2" : "1"},
            {.original = "x.tar/a.json", .member = "data/evidence/q4/a", .order = "1"}};
        fixture_received_of(&raw, rows, 1, signer);
        buf *index = raw_data(&raw, INDEX_PATH);
        char sha256[DIGEST_HEX];
        OK(digest_bytes_hex(tar.data, tar.len, sha256, &err));
        buf_clear(index);
        fixture_header(index);
        EVPACK_AUTO_VALUE(buf_reset) buf row = {0};
        fixture_index_row(&row, &(fixture_row){.original = "x.tar", .sha256 = sha256}, 0);
        char *size = strstr(row.data, sha256) + 64;
        buf_append(index, row.data, (size_t)(size - row.data));
        buf_printf(index, ",%zu%s", tar.len, size + 2);
        if (listed) {
            /* The hashed form: x.tar cannot be a folder, too. */
            EVPACK_AUTO_VALUE(buf_reset) buf both = {0};
            EVPACK_AUTO_VALUE(buf_reset) buf form = {0};
            char hash[DIGEST_HEX];
            OK(digest_bytes_hex("[]", 2, sha256, &err));
            buf_printf(&both, "x.tar/a.json\n%s\n", sha256);
            OK(digest_bytes_hex(both.data, both.len, hash, &err));
            buf_puts(&form, "data/evidence/q4/");
            member_escape_hashed("x.tar/a.json", hash, &form);
            fixture_index_row(
                index, &(fixture_row){.original = "x.tar/a.json", .member = buf_str(&form)}, 1);
            fixture_insert(&raw, buf_str(&form), "[]");
        }
        buf *bytes = raw_data(&raw, "data/evidence/q4/x.tar");
        buf_clear(bytes);
        buf_append(bytes, tar.data, tar.len);
        raw_reseal(&raw, signer);
        EVPACK_AUTO(store) s = case_empty(listed ? "listed.db" : "hidden.db");
        if (!listed) {
            FAILS(rebuild(s, &raw, &t, &err), EVPACK_E_NO,
                  "x.tar holds x.tar/a.json, which data/evidence-index.csv does not list");
            ck_assert_int_eq(case_value(s, "SELECT count(*) FROM evidence"), 0);
        } else {
            OK(rebuild(s, &raw, &t, &err));
            ck_assert_int_eq(case_value(s, "SELECT count(*) FROM evidence"), 2);
        }
        raw_free(&raw);
    }
}
END_TEST

int main(void)
{
    fixture_make_key(PKI_P256, &key);
    const TTest *const tests[] = {order_names_and_times, labels, archives, NULL};
    return test_main(test_suite("review/rebuild", tests));
}
