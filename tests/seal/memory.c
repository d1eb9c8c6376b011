/*
 * A package in memory files.
 */
#include "memory.h"

#include "base/text.h"
#include "package/sealer.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>

static int memory_file(const char *name, char path[64])
{
    int fd = memfd_create(name, MFD_CLOEXEC);
    ck_assert_msg(fd >= 0, "expected a file in memory");
    (void)snprintf(path, 64, "/proc/self/fd/%d", fd);
    return fd;
}

static void put(int fd, const void *data, size_t len)
{
    ck_assert_int_eq(ftruncate(fd, (off_t)len), 0);
    ck_assert_int_eq(pwrite(fd, data, len, 0), (ssize_t)len);
}

void memory_open(memory_package *p, const char *path, const fixture_key *key)
{
    char signature[1024];
    *p = (memory_package){.signer = fixture_signer(key), .trust = fixture_trust(key)};
    (void)snprintf(signature, sizeof signature, "%s.p7s", path);
    test_read(path, &p->good);
    test_read(signature, &p->signature);
    p->zip = memory_file("P.zip", p->zip_path);
    p->sig = memory_file("P.zip.p7s", p->sig_path);
    put(p->zip, p->good.data, p->good.len);
    put(p->sig, p->signature.data, p->signature.len);
    seal_report r;
    ck_assert_msg(memory_verify(p, &r) == SEAL_VERIFIED, "expected a good package, came %s: %s",
                  r.reasons[0].code, r.reasons[0].text);
}

void memory_close(memory_package *p)
{
    pki_signer_free(p->signer);
    pki_trust_free(p->trust);
    buf_reset(&p->good);
    buf_reset(&p->signature);
    (void)close(p->zip);
    (void)close(p->sig);
}

void memory_seal(const char *path, const fixture_key *key, const void *data, size_t size)
{
    evpack_err err = {0};
    EVPACK_AUTO(pki_signer) signer = fixture_signer(key);
    EVPACK_AUTO(sealer) s = NULL;
    OK(sealer_open(path, "p", &s, &err));
    if (size > 0) {
        OK(sealer_add(s, "data/a", data, size, &err));
    }
    sealer_identity identity = {.signer = signer, .at = FIXTURE_AT};
    sealer_result result;
    OK(sealer_finish(s, &identity, &result, &err));
}

void memory_put(const memory_package *p, const void *data, size_t len)
{
    put(p->zip, data, len);
}

void memory_put_byte(const memory_package *p, size_t at, unsigned char c)
{
    ck_assert_int_eq(pwrite(p->zip, &c, 1, (off_t)at), 1);
}

void memory_put_signature(const memory_package *p, const void *data, size_t len)
{
    put(p->sig, data, len);
}

void memory_sign(const memory_package *p, const void *data, size_t len)
{
    EVPACK_AUTO_VALUE(buf_reset) buf der = {0};
    fixture_sign(p->signer, data, len, &der);
    put(p->sig, der.data, der.len);
}

seal_verdict memory_verify(const memory_package *p, seal_report *report)
{
    evpack_err err = {0};
    seal_options options = {.trust = p->trust, .now = text_now(), .signature = p->sig_path};
    OK(seal_verify(p->zip_path, &options, report, &err));
    return report->verdict;
}

long memory_peak(void)
{
    struct rusage usage;
    ck_assert_int_eq(getrusage(RUSAGE_SELF, &usage), 0);
    return usage.ru_maxrss;
}
