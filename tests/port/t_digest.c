/* port/digest: SHA-256 and UUIDv5 against published values. */
#include "port/digest.h"

#include "base/text.h"
#include "support.h"

#include <string.h>

/* FIPS 180-4 examples, and the empty message. */
static const struct {
    const char *text, *sha256;
} known[] = {
    {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
     "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
};

START_TEST(sha256_is_fips_180_4)
{
    evpack_err err = {0};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        char hex[DIGEST_HEX];
        OK(digest_bytes_hex(known[i].text, strlen(known[i].text), hex, &err));
        ck_assert_msg(strcmp(hex, known[i].sha256) == 0, "'%s': expected %s, came %s",
                      known[i].text, known[i].sha256, hex);
    }
}
END_TEST

START_TEST(pieces_do_not_matter_and_a_digest_goes_on)
{
    evpack_err err = {0};
    EVPACK_AUTO(digest) d = NULL;
    OK(digest_new(&d, &err));
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        for (const char *p = known[i].text; *p != '\0'; p++) {
            digest_update(d, p, 1);
        }
        unsigned char raw[DIGEST_SIZE];
        OK(digest_final(d, raw, &err));
        char hex[DIGEST_HEX];
        text_hex(raw, sizeof raw, hex);
        ck_assert_msg(strcmp(hex, known[i].sha256) == 0, "'%s': expected %s, came %s",
                      known[i].text, known[i].sha256, hex);
    }
    digest_free(NULL);
}
END_TEST

/* Made with Python's uuid.uuid5 in the namespace 6d1f0c5e-2b7a-4e43-9a0d-548e31b7c290. */
static const struct {
    const char *name, *uuid;
} uuids[] = {
    {"", "cadad886-b61e-5643-a474-8c7740c42c98"},
    {"abc", "e61980d5-6c48-5fe1-a2d7-256e0a9a9bf6"},
    {"mcsb-v1\nNS-2", "25392a76-b530-5965-bb12-aa10bb9ae344"},
};

START_TEST(uuids_are_version_5_of_our_namespace)
{
    evpack_err err = {0};
    EVPACK_AUTO(uuid_maker) m = NULL;
    OK(uuid_maker_new(&m, &err));
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < sizeof uuids / sizeof uuids[0]; i++) {
            char got[UUID_TEXT];
            OK(uuid_make(m, uuids[i].name, strlen(uuids[i].name), got, &err));
            ck_assert_msg(strcmp(got, uuids[i].uuid) == 0, "'%s': expected %s, came %s",
                          uuids[i].name, uuids[i].uuid, got);
        }
    }
    uuid_maker_free(NULL);
}
END_TEST

START_TEST(hmac_and_chance)
{
    evpack_err err = {0};
    unsigned char mac[DIGEST_SIZE];
    OK(digest_hmac("Jefe", 4, "what do ya want for nothing?", 28, mac, &err)); /* RFC 4231, 4.3 */
    char hex[DIGEST_HEX];
    text_hex(mac, sizeof mac, hex);
    ck_assert_str_eq(hex, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    unsigned char a[DIGEST_SIZE] = {0};
    unsigned char b[DIGEST_SIZE] = {0};
    OK(digest_random(a, sizeof a, &err));
    OK(digest_random(b, sizeof b, &err));
    ck_assert_msg(memcmp(a, b, sizeof a) != 0, "expected two values, came one twice");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {hmac_and_chance, sha256_is_fips_180_4,
                                  pieces_do_not_matter_and_a_digest_goes_on,
                                  uuids_are_version_5_of_our_namespace, NULL};
    return test_main(test_suite("port/digest", tests));
}
