/* port/unpack: which bytes are an archive, and its members one after the other. */
#include "port/unpack.h"

#include "support.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <string.h>

static const struct {
    const char *bytes;
    size_t len;
    bool archive;
} heads[] = {
    {"PK\003\004", 4, true},
    {"PK\005\006", 4, true},
    {"\037\213\010", 3, true},
    {"\x28\xb5\x2f\xfd", 4, true},
    {"PK", 2, false},
    {"PK\001\002", 4, false},
    {"", 0, false},
    {"[]", 2, false},
    {"{\"PK\":1}", 8, false},
    {"\xef\xbb\xbf[]", 5, false},
};

START_TEST(archives_are_known_by_their_first_bytes)
{
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
        ck_assert_msg(unpack_is_archive(heads[i].bytes, heads[i].len) == heads[i].archive,
                      "row %zu: expected %d", i, heads[i].archive);
    }
    char tar[512] = "name";
    memcpy(tar + 257, "ustar", 5);
    ck_assert(unpack_is_archive(tar, sizeof tar));
    ck_assert(!unpack_is_archive(tar, 261));
}
END_TEST

/* One gzip member with the text, as `gzip` makes it. */
static const char *gzipped(const char *text)
{
    const char *path = test_path("a.gz");
    struct archive *a = archive_write_new();
    ck_assert_int_eq(archive_write_set_format_raw(a), 0);
    ck_assert_int_eq(archive_write_add_filter_gzip(a), 0);
    ck_assert_int_eq(archive_write_open_filename(a, path), 0);
    struct archive_entry *e = archive_entry_new();
    archive_entry_set_pathname(e, "a");
    archive_entry_set_filetype(e, AE_IFREG);
    ck_assert_int_eq(archive_write_header(a, e), 0);
    ck_assert_int_ge(archive_write_data(a, text, strlen(text)), 0);
    archive_entry_free(e);
    ck_assert_int_eq(archive_write_close(a), 0);
    (void)archive_write_free(a);
    return path;
}

START_TEST(a_single_compressed_file_is_one_member)
{
    evpack_err err = {0};
    EVPACK_AUTO_FD fd = open(gzipped("[1,2,3]"), O_RDONLY | O_CLOEXEC);
    EVPACK_AUTO(unpack) u = NULL;
    OK(unpack_open(fd, &u, &err));
    unpack_entry entry;
    bool more = false;
    OK(unpack_next(u, &entry, &more, &err));
    ck_assert(more && entry.regular && !entry.folder && !entry.encrypted);
    char text[16];
    size_t got = 0;
    OK(unpack_read(u, text, 4, &got, &err));
    ck_assert(got == 4 && memcmp(text, "[1,2", 4) == 0);
    OK(unpack_read(u, text, sizeof text, &got, &err));
    ck_assert(got == 3 && memcmp(text, ",3]", 3) == 0);
    OK(unpack_read(u, text, sizeof text, &got, &err));
    ck_assert_uint_eq(got, 0);
    OK(unpack_next(u, &entry, &more, &err));
    ck_assert_msg(!more, "expected one member");
    unpack_free(NULL);
}
END_TEST

static const char *const no_archives[] = {"[1]", "PK\003\004 and something else",
                                          "\037\213 not gzip", "\x28\xb5\x2f\xfd neither"};

START_TEST(what_is_none_is_refused)
{
    for (size_t i = 0; i < sizeof no_archives / sizeof no_archives[0]; i++) {
        evpack_err err = {0};
        EVPACK_AUTO_FD fd = open(test_text_file("x", no_archives[i]), O_RDONLY | O_CLOEXEC);
        EVPACK_AUTO(unpack) u = NULL;
        evpack_status status = unpack_open(fd, &u, &err);
        unpack_entry entry;
        bool more = false;
        if (status == EVPACK_OK) {
            status = unpack_next(u, &entry, &more, &err);
        }
        char text[64];
        size_t got = 0;
        if (status == EVPACK_OK) {
            status = unpack_read(u, text, sizeof text, &got, &err);
        }
        ck_assert_msg(status == EVPACK_E_INPUT && err.text[0] != '\0',
                      "%s: expected a refusal with a reason, came '%s'", no_archives[i], err.text);
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {archives_are_known_by_their_first_bytes,
                                  a_single_compressed_file_is_one_member, what_is_none_is_refused,
                                  NULL};
    return test_main(test_suite("port/unpack", tests));
}
