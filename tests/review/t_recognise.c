/* review/recognise: what looks like a package, and what is like any other file or folder. */
#include "review/recognise.h"

#include "review/packages.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static fixture_key key;

static bool looks_so(const char *path)
{
    evpack_err err = {0};
    bool yes = false;
    OK(recognise_package(path, &yes, &err));
    return yes;
}

START_TEST(files)
{
    EVPACK_AUTO(pki_signer) signer = fixture_signer(&key);
    raw_package raw;
    fixture_received(&raw, signer);
    const char *path = test_path("P.zip");
    raw_write(&raw, path, NULL);
    ck_assert_msg(looks_so(path), "expected a package that nobody signed to look like one");
    raw_remove(&raw, INDEX_PATH);
    raw_write(&raw, test_path("other.zip"), NULL);
    ck_assert_msg(!looks_so(test_path("other.zip")),
                  "expected a bag of no evpack to look like none");
    raw_write(&raw, test_path("signed.zip"), signer);
    ck_assert_msg(looks_so(test_path("signed.zip")),
                  "expected a ZIP of evpack's form with its signature to look like a package");
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    test_read(path, &b);
    ck_assert(looks_so(test_file("tail.zip", b.data, b.len)));
    b.data[b.len / 2] ^= 1; /* damaged, and a package all the same */
    ck_assert(looks_so(test_file("damaged.zip", b.data, b.len)));
    ck_assert(!looks_so(test_text_file("a.json", "[]")));
    ck_assert(!looks_so(test_text_file("empty", "")));
    ck_assert(!looks_so(test_text_file("short", "PK\3\4")));
    ck_assert(!looks_so(test_path("nothing")));
    ck_assert(!looks_so("-"));
    raw_free(&raw);
}
END_TEST

START_TEST(folders)
{
    EVPACK_AUTO(pki_signer) signer = fixture_signer(&key);
    raw_package raw;
    fixture_received(&raw, signer);
    char path[1024];
    (void)snprintf(path, sizeof path, "%s", raw_unpack(&raw, "P"));
    ck_assert(looks_so(path));
    char below[1100];
    (void)snprintf(below, sizeof below, "%s/bagit.txt", path);
    ck_assert_int_eq(unlink(below), 0);
    ck_assert_msg(!looks_so(path), "expected a folder without bagit.txt to look like none");
    ck_assert_int_eq(symlink("elsewhere", below), 0);
    ck_assert_msg(!looks_so(path), "expected a link to be no bagit.txt");
    ck_assert(!looks_so(test_dir()));
    raw_free(&raw);
}
END_TEST

int main(void)
{
    fixture_make_key(PKI_P256, &key);
    const TTest *const tests[] = {files, folders, NULL};
    return test_main(test_suite("review/recognise", tests));
}
