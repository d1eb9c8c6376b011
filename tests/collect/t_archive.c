/* collect/archive: an archive is a folder of exports, all of it or none; its names open nothing. */
#include "collect/archive.h"

#include "case.h"
#include "collect/collect.h"
#include "support.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { NOW = 1795334400 };

typedef enum { ZIP, TAR, TAR_GZ, TAR_ZST } format;

typedef struct {
    const char *name, *text;
    const char *link; /* a symbolic link's target, or NULL */
    bool folder;
} member;

static const char *archive_of(const char *name, format f, const member *members, size_t count)
{
    const char *path = test_path(name);
    struct archive *a = archive_write_new();
    ck_assert_int_eq(f == ZIP ? archive_write_set_format_zip(a) : archive_write_set_format_pax(a),
                     0);
    if (f == TAR_GZ) {
        ck_assert_int_eq(archive_write_add_filter_gzip(a), 0);
    } else if (f == TAR_ZST) {
        ck_assert_int_eq(archive_write_add_filter_zstd(a), 0);
    }
    ck_assert_int_eq(archive_write_open_filename(a, path), 0);
    for (size_t i = 0; i < count; i++) {
        struct archive_entry *e = archive_entry_new();
        size_t len = members[i].text == NULL ? 0 : strlen(members[i].text);
        archive_entry_set_pathname(e, members[i].name);
        archive_entry_set_size(e, (la_int64_t)len);
        archive_entry_set_perm(e, 0644);
        archive_entry_set_filetype(e, members[i].folder         ? AE_IFDIR
                                      : members[i].link != NULL ? AE_IFLNK
                                                                : AE_IFREG);
        if (members[i].link != NULL) {
            archive_entry_set_symlink(e, members[i].link);
        }
        ck_assert_int_eq(archive_write_header(a, e), 0);
        ck_assert_int_eq(archive_write_data(a, members[i].text, len), (la_ssize_t)len);
        archive_entry_free(e);
    }
    ck_assert_int_eq(archive_write_close(a), 0);
    (void)archive_write_free(a);
    return path;
}

static buf told;

static void each(void *ctx, const char *path, const document_result *result, const char *skipped)
{
    (void)ctx;
    buf_printf(&told, "%s=%s;", path, skipped != NULL ? skipped : result->says.kind);
}

static store *collected(const char *path, collect_totals *totals)
{
    evpack_err err = {0};
    buf_reset(&told);
    (void)remove(test_path("c.db"));
    store *s = NULL;
    OK(store_open(test_path("c.db"), STORE_CREATE, &s, &err));
    const collect_options options = {.label = "a", .now = NOW, .each = each};
    char *const paths[] = {(char *)path};
    OK(collect_paths(s, paths, 1, &options, totals, &err));
    return s;
}

static const member exports[] = {
    {"exports/", NULL, NULL, true},
    {"exports/a.json", "[{\"x\":1}]", NULL, false},
    {"exports/sub/b.json", "{\"value\":[{\"y\":1},{\"y\":2}]}", NULL, false},
    {"empty.json", "", NULL, false},
    {"link.json", NULL, "/etc/passwd", false},
};

START_TEST(members_are_files_of_their_own)
{
    static const char *const names[] = {"x.zip", "x.tar", "x.tar.gz", "x.tar.zst"};
    for (int f = ZIP; f <= TAR_ZST; f++) {
        collect_totals t;
        EVPACK_AUTO(store) s = collected(archive_of(names[f], (format)f, exports, 5), &t);
        ck_assert_msg(t.files == 4 && t.records == 3 && t.skipped == 1,
                      "%s: expected 4 files, 3 records, 1 skipped, came %s", names[f],
                      buf_str(&told));
        char want[300];
        (void)snprintf(
            want, sizeof want,
            "%s/exports/a.json=other;%s/exports/sub/b.json=other;%s/empty.json=unrecognised;"
            "%s/link.json=not a file;%s=archive;",
            names[f], names[f], names[f], names[f], names[f]);
        ck_assert_str_eq(buf_str(&told), want);
        ck_assert_int_eq(case_value(s, "SELECT count(*) FROM evidence WHERE kind = 'archive' AND"
                                       " completeness = 'whole' AND encoding = 'binary'"),
                         1);
        /* No name is a file and a folder at once. */
        ck_assert_int_eq(case_value(s,
                                    "SELECT count(*) FROM evidence a, evidence b WHERE"
                                    " substr(b.member, 1, length(a.member) + 1) = a.member || '/'"),
                         0);
    }
}
END_TEST

START_TEST(names_in_an_archive_are_labels)
{
    static const member bad[] = {
        {"../../../up.json", "[1]", NULL, false}, {"/abs.json", "[2]", NULL, false},
        {"a/../b.json", "[3]", NULL, false},      {"c\\d.json", "[4]", NULL, false},
        {"same.json", "[5]", NULL, false},        {"same.json", "[6]", NULL, false},
        {"SAME.json", "[7]", NULL, false},
    };
    collect_totals t;
    EVPACK_AUTO(store) s = collected(archive_of("x.tar", TAR, bad, 7), &t);
    ck_assert_uint_eq(t.files, 8);
    ck_assert_int_eq(case_value(s, "SELECT count(DISTINCT lower(member)) FROM evidence"), 8);
    ck_assert_int_eq(case_value(s,
                                "SELECT count(*) FROM evidence WHERE member LIKE '%..%' OR member"
                                " LIKE '/%' OR member LIKE '%//%' OR member LIKE '%\\%'"),
                     0);
    ck_assert_msg(access(test_path("../up.json"), F_OK) != 0, "expected nothing outside");
}
END_TEST

/* Kept whole with the reason, and no member of it. */
static void kept_alone(const char *path, const char *part)
{
    collect_totals t;
    EVPACK_AUTO(store) s = collected(path, &t);
    ck_assert_msg(t.files == 1 && t.records == 0, "%s: expected the archive alone, came %s", path,
                  buf_str(&told));
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM evidence WHERE kind = 'archive' AND"
                                   " completeness = 'unrecognised'"),
                     1);
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM record"), 0);
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM content"), 1);
    ck_assert_int_eq(
        case_value(s, "SELECT sum(length(bytes)) = (SELECT size FROM content) FROM chunk"), 1);
    evpack_err err = {0};
    EVPACK_AUTO(db_stmt) row = NULL;
    OK(db_prepare(store_db(s), "SELECT reason FROM evidence", &row, &err));
    bool there = false;
    OK(db_step(row, &there, &err));
    ck_assert_msg(strstr(db_text_or_empty(row, 0), part) != NULL, "expected '%s', came '%s'", part,
                  db_text_or_empty(row, 0));
}

START_TEST(a_damaged_archive_is_kept_without_members)
{
    static const char *const names[] = {"x.zip", "x.tar", "x.tar.gz", "x.tar.zst"};
    for (int f = ZIP; f <= TAR_ZST; f++) {
        EVPACK_AUTO_VALUE(buf_reset) buf bytes = {0};
        test_read(archive_of(names[f], (format)f, exports, 5), &bytes);
        size_t kept = f == TAR ? 2600 : bytes.len * 2 / 3;
        kept_alone(test_file("kept.bin", bytes.data, kept), "");
    }
}
END_TEST

START_TEST(a_bomb_is_kept_without_members)
{
    const size_t mib = 1 << 20;
    char *text = malloc(90 * mib + 1);
    ck_assert_ptr_nonnull(text);
    memset(text, ' ', 90 * mib);
    text[90 * mib] = '\0';
    const member bomb[] = {{"a.json", "[]", NULL, false}, {"bomb.json", text, NULL, false}};
    kept_alone(archive_of("bomb.tar.gz", TAR_GZ, bomb, 2),
               "larger than an archive of its size may hold");
    free(text);
}
END_TEST

START_TEST(what_only_begins_so_is_no_archive)
{
    collect_totals t;
    EVPACK_AUTO(store) s = collected(test_text_file("PK.json", "[\"PK\"]"), &t);
    ck_assert_str_eq(buf_str(&told), "PK.json=unrecognised;");
    store_close(EVPACK_MOVE(s));
    kept_alone(test_text_file("y.zip", "PK\003\004 and then something else"), "");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {members_are_files_of_their_own,
                                  names_in_an_archive_are_labels,
                                  a_damaged_archive_is_kept_without_members,
                                  a_bomb_is_kept_without_members,
                                  what_only_begins_so_is_no_archive,
                                  NULL};
    return test_main(test_suite("collect/archive", tests));
}
