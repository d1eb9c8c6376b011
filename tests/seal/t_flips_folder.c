/*
 * An unpacked package, each of its files touched in every way: bytes, length, name, kind, place.
 * Each is refused for the reason that fits the file and what became of it; what does not matter (a
 * hard link, a mode, a time) is not.
 */
#include "fixture.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#ifdef __SANITIZE_ADDRESS__
enum { STEP = 7 };
#else
enum { STEP = 1 };
#endif

static fixture_key p256;
static pki_signer *signer;
static pki_trust *trust;
static raw_package raw;

/* A file below the folder. */
static const char *in(const char *name)
{
    char path[300];
    (void)snprintf(path, sizeof path, "P/%s", name);
    return test_path(path);
}

static void make(void)
{
    signer = fixture_signer(&p256);
    trust = fixture_trust(&p256);
    raw_default(&raw, signer);
    fixture_verified(raw_unpack(&raw, "P"), trust);
}

static void done(void)
{
    fixture_verified(test_path("P"), trust); /* each change was taken back */
    raw_free(&raw);
    pki_trust_free(trust);
    pki_signer_free(signer);
}

static void write_file(const char *path, const void *data, size_t len)
{
    (void)unlink(path);
    EVPACK_AUTO_FD fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, data, len), (ssize_t)len);
}

static void put_back(size_t i)
{
    const char *path = in(raw.parts[i].path);
    (void)rmdir(path);
    write_file(path, buf_str(&raw.parts[i].data), raw.parts[i].data.len);
}

typedef enum { CHANGED, REMOVED, NOT_A_FILE } touch;

/* The reason that a file is refused for. */
static const char *code_of(const char *path, touch what)
{
    if (what == NOT_A_FILE) {
        return "not-a-regular-file";
    }
    if (what == REMOVED) {
        return strcmp(path, BAG_SIGNATURE) == 0 ? "signature-missing" : "file-missing";
    }
    if (strcmp(path, BAG_TAG_MANIFEST) == 0) {
        return "signature-mismatch";
    }
    if (strcmp(path, BAG_SIGNATURE) == 0 || strcmp(path, BAG_CUSTODY_LOG) == 0) {
        return ""; /* as the bytes are: these two are read before they can be compared */
    }
    return "file-changed";
}

static void refused(const char *path, touch what, const char *how)
{
    seal_report r;
    const char *code = code_of(path, what);
    ck_assert_msg(fixture_verify(test_path("P"), trust, &r) == SEAL_NOT_VERIFIED,
                  "%s %s: expected no, came %s", path, how, seal_verdict_text(r.verdict));
    ck_assert_msg(code[0] == '\0' || strcmp(r.reasons[0].code, code) == 0,
                  "%s %s: expected %s, came %s: %s", path, how, code, r.reasons[0].code,
                  r.reasons[0].text);
    ck_assert_msg(code[0] == '\0' || strstr(r.reasons[0].text, path) != NULL,
                  "%s %s: expected its name in: %s", path, how, r.reasons[0].text);
}

START_TEST(every_byte_of_every_file)
{
    make();
    for (size_t i = 0; i < raw.count; i++) {
        const char *path = raw.parts[i].path;
        const buf *data = &raw.parts[i].data;
        EVPACK_AUTO_FD fd = open(in(path), O_WRONLY | O_CLOEXEC);
        ck_assert_int_ge(fd, 0);
        for (size_t at = 0; at < data->len; at += STEP) {
            char c = (char)(data->data[at] ^ (1 << at % 8));
            ck_assert_int_eq(pwrite(fd, &c, 1, (off_t)at), 1);
            refused(path, CHANGED, "with a bit changed");
            ck_assert_int_eq(pwrite(fd, &data->data[at], 1, (off_t)at), 1);
        }
    }
    done();
}
END_TEST

START_TEST(every_length_of_every_file)
{
    make();
    for (size_t i = 0; i < raw.count; i++) {
        const char *path = raw.parts[i].path;
        const buf *data = &raw.parts[i].data;
        for (size_t n = data->len; n-- > 0;) {
            if (n % (5 * STEP) == 0 || n + 1 == data->len) {
                write_file(in(path), data->data, n);
                refused(path, CHANGED, "cut");
            }
        }
        EVPACK_AUTO_VALUE(buf_reset) buf more = {0};
        buf_append(&more, buf_str(data), data->len);
        buf_putc(&more, '\n');
        write_file(in(path), more.data, more.len);
        refused(path, CHANGED, "longer");
        put_back(i);
    }
    done();
}
END_TEST

START_TEST(gone_and_renamed)
{
    make();
    for (size_t i = 0; i < raw.count; i++) {
        const char *path = raw.parts[i].path;
        char other[300];
        ck_assert_int_eq(unlink(in(path)), 0);
        refused(path, REMOVED, "removed");
        put_back(i);
        (void)snprintf(other, sizeof other, "%s%s", in(path), "x");
        ck_assert_int_eq(rename(in(path), other), 0);
        refused(path, REMOVED, "renamed");
        ck_assert_int_eq(rename(other, in(path)), 0);
        (void)snprintf(other, sizeof other, "%s", in(path));
        char *last = strrchr(other, '/') + 1;
        *last = (char)(*last ^ 0x20); /* another letter case */
        ck_assert_int_eq(rename(in(path), other), 0);
        refused(path, REMOVED, "in another letter case");
        ck_assert_int_eq(rename(other, in(path)), 0);
    }
    done();
}
END_TEST

/* A socket in the file system: its address is short, so it is made in its own folder. */
static void make_socket(const char *path)
{
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    EVPACK_AUTO_FD fd = socket(AF_UNIX, SOCK_STREAM, 0);
    ck_assert_uint_lt(strlen(test_path("s")), sizeof name.sun_path);
    (void)snprintf(name.sun_path, sizeof name.sun_path, "%s", test_path("s"));
    ck_assert_int_eq(bind(fd, (const struct sockaddr *)&name, sizeof name), 0);
    ck_assert_int_eq(rename(test_path("s"), path), 0);
}

START_TEST(other_kinds_of_file)
{
    make();
    for (size_t i = 0; i < raw.count; i++) {
        const char *path = raw.parts[i].path;
        ck_assert_int_eq(rename(in(path), test_path("equal")), 0);
        ck_assert_int_eq(symlink(test_path("equal"), in(path)), 0);
        refused(path, NOT_A_FILE, "as a link to an equal file");
        (void)unlink(in(path));
        ck_assert_int_eq(symlink("nowhere", in(path)), 0);
        refused(path, NOT_A_FILE, "as a link to nowhere");
        (void)unlink(in(path));
        ck_assert_int_eq(mkfifo(in(path), 0600), 0);
        refused(path, NOT_A_FILE, "as a pipe");
        (void)unlink(in(path));
        ck_assert_int_eq(mkdir(in(path), 0755), 0);
        refused(path, NOT_A_FILE, "as a folder");
        (void)rmdir(in(path));
        make_socket(in(path));
        refused(path, NOT_A_FILE, "as a socket");
        (void)unlink(in(path));
        ck_assert_int_eq(link(test_path("equal"), in(path)), 0); /* a file like any other */
        fixture_verified(test_path("P"), trust);
        (void)unlink(test_path("equal"));
    }
    done();
}
END_TEST

START_TEST(every_two_files_swapped)
{
    make();
    for (size_t i = 0; i < raw.count; i++) {
        for (size_t k = i + 1; k < raw.count; k++) {
            char a[1024];
            char b[1024];
            (void)snprintf(a, sizeof a, "%s", in(raw.parts[i].path));
            (void)snprintf(b, sizeof b, "%s", in(raw.parts[k].path));
            ck_assert_int_eq(renameat2(AT_FDCWD, a, AT_FDCWD, b, RENAME_EXCHANGE), 0);
            seal_report r;
            ck_assert_msg(fixture_verify(test_path("P"), trust, &r) == SEAL_NOT_VERIFIED,
                          "%s for %s: expected no, came %s", a, b, seal_verdict_text(r.verdict));
            bool log = strcmp(raw.parts[i].path, BAG_CUSTODY_LOG) == 0 ||
                       strcmp(raw.parts[k].path, BAG_CUSTODY_LOG) == 0;
            if (!log && k + 2 < raw.count) { /* not the tag manifest and its signature */
                ck_assert_str_eq(r.reasons[0].code, "file-changed");
            }
            ck_assert_int_eq(renameat2(AT_FDCWD, a, AT_FDCWD, b, RENAME_EXCHANGE), 0);
        }
    }
    done();
}
END_TEST

START_TEST(something_added_everywhere)
{
    static const char *const names[] = {"x", ".x", "x.p7s", "X y", "\xff", "x\nfile-changed"};
    static const char *const folders[] = {
        "",        "data/", "data/evidence/", "data/evidence/base/",
        "data/n/", "n/",    "signatures/",    "data/evidence/base/n/"};
    make();
    for (size_t k = 0; k < sizeof folders / sizeof folders[0]; k++) {
        (void)mkdir(in(folders[k]), 0755); /* an empty folder is nothing */
        fixture_verified(test_path("P"), trust);
        for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
            char name[300];
            (void)snprintf(name, sizeof name, "%s%s", folders[k], names[i]);
            write_file(in(name), "", 0);
            fixture_refused(test_path("P"), trust, "file-unlisted", "is not in a manifest");
            (void)unlink(in(name));
            ck_assert_int_eq(symlink(in("data/empty"), in(name)), 0);
            fixture_refused(test_path("P"), trust, "not-a-regular-file", "");
            (void)unlink(in(name));
            ck_assert_int_eq(mkfifo(in(name), 0600), 0);
            fixture_refused(test_path("P"), trust, "not-a-regular-file", "");
            (void)unlink(in(name));
        }
    }
    done();
}
END_TEST

/* A folder of the package, replaced by a link to one that is equal. */
START_TEST(linked_folders)
{
    static const char *const folders[] = {"data", "data/evidence", "data/evidence/base",
                                          "signatures"};
    make();
    for (size_t i = 0; i < 4; i++) {
        ck_assert_int_eq(rename(in(folders[i]), test_path("equal")), 0);
        ck_assert_int_eq(symlink(test_path("equal"), in(folders[i])), 0);
        seal_report r;
        ck_assert_msg(fixture_verify(test_path("P"), trust, &r) == SEAL_NOT_VERIFIED,
                      "%s as a link: expected no, came %s", folders[i],
                      seal_verdict_text(r.verdict));
        (void)unlink(in(folders[i]));
        ck_assert_int_eq(rename(test_path("equal"), in(folders[i])), 0);
    }
    done();
}
END_TEST

int main(void)
{
    fixture_make_key(PKI_P256, &p256);
    const TTest *const tests[] = {
        every_byte_of_every_file, every_length_of_every_file, gone_and_renamed, other_kinds_of_file,
        every_two_files_swapped,  something_added_everywhere, linked_folders,   NULL};
    return test_main(test_suite("seal/flips_folder", tests));
}
