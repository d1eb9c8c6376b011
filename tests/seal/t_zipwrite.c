/* seal/zipwrite: headers are patched wherever they stand; wrong sizes are our own fault. Other
 * programs judge the files in tests/whole/zip.sh. */
#include "seal/zipwrite.h"

#include "seal/zipread.h"
#include "support.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

/* Writes noise, so that a member is larger than what is held back before writing. */
static void add(zipwrite *w, const char *name, size_t size)
{
    static unsigned char block[65536];
    static uint32_t x = 1;
    evpack_err err = {0};
    OK(zipwrite_begin(w, name, size, &err));
    while (size > 0) {
        for (size_t i = 0; i < sizeof block; i++) {
            x = x * 1664525 + 1013904223;
            block[i] = (unsigned char)(x >> 24);
        }
        size_t n = size < sizeof block ? size : sizeof block;
        OK(zipwrite_data(w, block, n, &err));
        size -= n;
    }
    OK(zipwrite_end(w, &err));
}

START_TEST(small_and_large_members)
{
    static const size_t sizes[] = {0, 10, 5000000, 10, 900000, 900000, 0, 3000000};
    evpack_err err = {0};
    EVPACK_AUTO_FD fd = open(test_path("a.zip"), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    EVPACK_AUTO(zipwrite) w = NULL;
    OK(zipwrite_open(fd, 2, &w, &err));
    for (size_t i = 0; i < 8; i++) {
        char name[16];
        (void)snprintf(name, sizeof name, "p/%zu", i);
        add(w, name, sizes[i]);
    }
    unsigned char wrote[DIGEST_SIZE];
    unsigned char read[DIGEST_SIZE];
    OK(zipwrite_packed(w, wrote, &err));
    zipwrite_plain(w);
    add(w, "p/9", 400000);
    OK(zipwrite_finish(w, &err));
    EVPACK_AUTO(zipread) r = NULL;
    OK(zipread_open(fd, (uint64_t)lseek(fd, 0, SEEK_END), &r, &err));
    for (size_t i = 0; i <= 9; i++) {
        if (i == 8) {
            OK(zipread_packed(r, read, &err));
            ck_assert_mem_eq(wrote, read, sizeof read);
        }
        const zip_member *m = NULL;
        OK(zipread_next(r, &m, &err));
        ck_assert((m == NULL) == (i == 9));
        if (m != NULL) {
            ck_assert_uint_eq(m->size, i == 8 ? 400000 : sizes[i]);
            ck_assert(i < 8 || m->packed > m->size);
            const void *data = NULL;
            size_t len = 0;
            do {
                OK(zipread_data(r, &data, &len, &err));
            } while (len > 0);
        }
    }
}
END_TEST

START_TEST(sizes_are_kept_to)
{
    evpack_err err = {0};
    EVPACK_AUTO_FD fd = open(test_path("a.zip"), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    EVPACK_AUTO(zipwrite) w = NULL;
    OK(zipwrite_open(fd, 0, &w, &err));
    FAILS(zipwrite_data(w, "x", 1, &err), EVPACK_E_INTERNAL, "longer");
    FAILS(zipwrite_end(w, &err), EVPACK_E_INTERNAL, "shorter");
    OK(zipwrite_begin(w, "p/a", 2, &err));
    FAILS(zipwrite_begin(w, "p/b", 2, &err), EVPACK_E_INTERNAL, "cannot begin");
    FAILS(zipwrite_finish(w, &err), EVPACK_E_INTERNAL, "still open");
    FAILS(zipwrite_data(w, "xyz", 3, &err), EVPACK_E_INTERNAL, "longer");
    OK(zipwrite_data(w, "x", 1, &err));
    FAILS(zipwrite_end(w, &err), EVPACK_E_INTERNAL, "shorter");
}
END_TEST

START_TEST(a_disk_that_fails)
{
    evpack_err err = {0};
    EVPACK_AUTO_FD fd = open(test_text_file("a.zip", ""), O_RDONLY | O_CLOEXEC);
    EVPACK_AUTO(zipwrite) w = NULL;
    OK(zipwrite_open(fd, 0, &w, &err));
    OK(zipwrite_begin(w, "p/a", 1, &err));
    OK(zipwrite_data(w, "x", 1, &err));
    OK(zipwrite_end(w, &err));
    FAILS(zipwrite_finish(w, &err), EVPACK_E_IO, "writing failed");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {small_and_large_members, sizes_are_kept_to, a_disk_that_fails,
                                  NULL};
    return test_main(test_suite("seal/zipwrite", tests));
}
