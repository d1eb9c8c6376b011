/* port/hash: the digests that bags use, on the test vector "abc" of their standards. */
#include "port/hash.h"

#include "base/text.h"
#include "support.h"

#include <string.h>

static const struct {
    const char *name, *abc;
} vectors[] = {
    {"md5", "900150983cd24fb0d6963f7d28e17f72"},
    {"sha1", "a9993e364706816aba3e25717850c26c9cd0d89d"},
    {"sha224", "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7"},
    {"sha256", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {"sha384", "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
               "8086072ba1e7cc2358baeca134c825a7"},
    {"sha512", "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
               "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"},
};

START_TEST(each_gives_its_vector_and_can_go_on)
{
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
        evpack_err err = {0};
        EVPACK_AUTO(hash) h = NULL;
        OK(hash_new(vectors[i].name, &h, &err));
        for (int again = 0; again < 2; again++) {
            unsigned char out[HASH_SIZE_MAX];
            char hex[2 * HASH_SIZE_MAX + 1];
            hash_update(h, "a", 1);
            hash_update(h, "bc", 2);
            OK(hash_final(h, out, &err));
            text_hex(out, hash_size(vectors[i].name), hex);
            ck_assert_msg(strcmp(hex, vectors[i].abc) == 0, "%s: expected %s, came %s",
                          vectors[i].name, vectors[i].abc, hex);
        }
    }
}
END_TEST

START_TEST(other_names_are_not_known)
{
    static const char *const names[] = {"", "SHA256", "sha-256", "crc32", "sha256 "};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        evpack_err err = {0};
        EVPACK_AUTO(hash) h = NULL;
        ck_assert_msg(hash_size(names[i]) == 0, "'%s': expected size 0", names[i]);
        FAILS(hash_new(names[i], &h, &err), EVPACK_E_INTERNAL, "has no");
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {each_gives_its_vector_and_can_go_on, other_names_are_not_known,
                                  NULL};
    return test_main(test_suite("port/hash", tests));
}
