/* review/received_read: the ZIP and the folder give the same files; names that lie are refused. */
#include "review/received.h"

#include "review/packages.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static fixture_key key;

START_TEST(zip_and_folder_are_one)
{
    evpack_err err = {0};
    EVPACK_AUTO(pki_signer) signer = fixture_signer(&key);
    raw_package raw;
    fixture_received(&raw, signer);
    raw_write(&raw, test_path("P.zip"), NULL);
    char unpacked[1024];
    (void)snprintf(unpacked, sizeof unpacked, "%s/", raw_unpack(&raw, "P"));
    EVPACK_AUTO(received) zip = NULL;
    EVPACK_AUTO(received) folder = NULL;
    OK(fixture_open(test_path("P.zip"), &zip, &err));
    OK(fixture_open(unpacked, &folder, &err));
    ck_assert_str_eq(received_tag_manifest(zip), received_tag_manifest(folder));
    ck_assert_str_eq(received_id(zip), received_id(folder));
    ck_assert_uint_eq(received_files(zip), received_files(folder));
    ck_assert_str_eq(received_sha256(folder), "");
    raw_free(&raw);
}
END_TEST

START_TEST(names)
{
    static const struct {
        const char *path, *part;
    } odd[] = {{"data/../x", "the path 'data/../x'"},
               {"/etc/x", "has an empty part"},
               {"data/evidence/q4/A.json", "data/evidence/q4/"},
               {"data/evidence/q4/a.json/x", "data/evidence/q4/a.json"},
               {"data/evidence/q4/con.json", "device name"}};
    EVPACK_AUTO(pki_signer) signer = fixture_signer(&key);
    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
        evpack_err err = {0};
        raw_package raw;
        fixture_received(&raw, signer);
        raw_insert(&raw, raw.count, odd[i].path, "x");
        raw_write(&raw, test_path("P.zip"), NULL);
        EVPACK_AUTO(received) r = NULL;
        FAILS(fixture_open(test_path("P.zip"), &r, &err), EVPACK_E_NO, odd[i].part);
        raw_free(&raw);
    }
    evpack_err err = {0};
    raw_package raw;
    fixture_received(&raw, signer);
    (void)snprintf(raw.id, sizeof raw.id, "other");
    raw_write(&raw, test_path("P.zip"), NULL);
    EVPACK_AUTO(received) r = NULL;
    FAILS(fixture_open(test_path("P.zip"), &r, &err), EVPACK_E_NO,
          "the top folder is other, but bag-info.txt says");
    raw_free(&raw);
}
END_TEST

START_TEST(links_and_pipes)
{
    EVPACK_AUTO(pki_signer) signer = fixture_signer(&key);
    raw_package raw;
    fixture_received(&raw, signer);
    char unpacked[1024];
    char odd[1100];
    (void)snprintf(unpacked, sizeof unpacked, "%s", raw_unpack(&raw, "P"));
    (void)snprintf(odd, sizeof odd, "%s/data/evidence/q4/b.json", unpacked);
    for (int i = 0; i < 2; i++) {
        evpack_err err = {0};
        ck_assert_int_eq(unlink(odd), 0);
        ck_assert_int_eq(i == 0 ? symlink("a.json", odd) : mkfifo(odd, 0600), 0);
        EVPACK_AUTO(received) r = NULL;
        FAILS(fixture_open(unpacked, &r, &err), EVPACK_E_NO, "b.json is not a regular file");
    }
    raw_free(&raw);
}
END_TEST

/* Two packages behind one another are none. */
START_TEST(bytes_after_it)
{
    evpack_err err = {0};
    EVPACK_AUTO(pki_signer) signer = fixture_signer(&key);
    raw_package raw;
    fixture_received(&raw, signer);
    raw_write(&raw, test_path("P.zip"), NULL);
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    test_read(test_path("P.zip"), &b);
    buf_putc(&b, 'x');
    EVPACK_AUTO(received) r = NULL;
    FAILS(fixture_open(test_file("long.zip", b.data, b.len), &r, &err), EVPACK_E_NO, "long.zip: ");
    FAILS(fixture_open(test_file("short.zip", b.data, b.len - 2), &r, &err), EVPACK_E_NO,
          "short.zip: ");
    raw_free(&raw);
}
END_TEST

int main(void)
{
    fixture_make_key(PKI_P256, &key);
    const TTest *const tests[] = {zip_and_folder_are_one, names, links_and_pipes, bytes_after_it,
                                  NULL};
    return test_main(test_suite("review/received_read", tests));
}
