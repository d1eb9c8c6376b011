/*
 * Making the corpus: one folder a trick.
 */
#include "hostile.h"

#include "authority.h"
#include "base/file.h"
#include "base/text.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

const hostile_trick *const hostile_lists[HOSTILE_LISTS] = {
    hostile_tricks_zip, hostile_tricks_entries, hostile_tricks_bag, hostile_tricks_cms,
    hostile_tricks_beside};

const char *hostile_path(const hostile *h, const char *name)
{
    static char paths[4][1024];
    static size_t next;
    char *path = paths[next++ % 4];
    (void)snprintf(path, sizeof paths[0], "%s/%s", h->folder, name);
    return path;
}

/* Without fsync: there are hundreds. */
void hostile_file(const hostile *h, const char *name, const buf *data)
{
    evpack_err err = {0};
    EVPACK_AUTO_FD fd = open(hostile_path(h, name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    OK(file_write_fd(fd, buf_str(data), data->len, &err));
}

void hostile_run(const hostile *h, const char *fmt, ...)
{
    EVPACK_AUTO_VALUE(buf_reset) buf command = {0};
    char text[2048];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    buf_printf(&command, "cd '%s' && { %s; } >/dev/null 2>&1", h->folder, text);
    ck_assert_msg(authority_openssl(buf_str(&command)), "%s: failed: %s", h->trick->name, text);
}

void hostile_openssl_sign(const hostile *h, const char *name, const char *options,
                          const buf *content, buf *der)
{
    hostile_file(h, "content", content);
    hostile_run(h,
                "openssl cms -sign -binary -in content -signer ../keys/%s.pem -inkey "
                "../keys/%s.key -outform DER -out signed %s",
                name, name, options);
    buf_clear(der);
    test_read(hostile_path(h, "signed"), der);
    (void)unlink(hostile_path(h, "signed"));
    (void)unlink(hostile_path(h, "content"));
}

void hostile_fit_signature(hostile *h)
{
    const buf *tags = raw_data(&h->raw, BAG_TAG_MANIFEST);
    buf *signature = raw_data(&h->raw, BAG_SIGNATURE);
    buf_clear(signature);
    fixture_sign(h->signer, buf_str(tags), tags->len, signature);
}

void hostile_fit(hostile *h)
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf tags = {0};
    const char *before = "";
    for (;;) { /* in byte order of their paths */
        size_t next = h->raw.count;
        for (size_t i = 0; i < h->raw.count; i++) {
            const char *path = h->raw.parts[i].path;
            bool tag = !bag_is_payload(path) && strcmp(path, BAG_TAG_MANIFEST) != 0 &&
                       !text_starts(path, "signatures/");
            if (tag && strcmp(path, before) > 0 &&
                (next == h->raw.count || strcmp(path, h->raw.parts[next].path) < 0)) {
                next = i;
            }
        }
        if (next == h->raw.count) {
            break;
        }
        unsigned char sha256[DIGEST_SIZE];
        const buf *data = &h->raw.parts[next].data;
        OK(digest_bytes(buf_str(data), data->len, sha256, &err));
        bag_manifest_put(&tags, sha256, h->raw.parts[next].path);
        before = h->raw.parts[next].path;
    }
    raw_set(&h->raw, BAG_TAG_MANIFEST, buf_str(&tags));
    hostile_fit_signature(h);
}

static void stage(hostile *h, void (*trick)(hostile *))
{
    if (trick != NULL) {
        trick(h);
    }
}

static void make_one(hostile *h)
{
    ck_assert_int_eq(mkdir(h->folder, 0755), 0);
    raw_default(&h->raw, h->signer);
    stage(h, h->trick->members);
    for (size_t i = 0; i < h->raw.count; i++) {
        char name[HZ_NAME];
        (void)snprintf(name, sizeof name, "%s/%s", h->raw.id, h->raw.parts[i].path);
        (void)hz_add(&h->zip, name, buf_str(&h->raw.parts[i].data), h->raw.parts[i].data.len);
    }
    stage(h, h->trick->zip);
    hz_write(&h->zip, &h->bytes);
    stage(h, h->trick->bytes);
    fixture_sign(h->signer, buf_str(&h->bytes), h->bytes.len, &h->signature);
    hostile_file(h, "P.zip", &h->bytes);
    hostile_file(h, "P.zip.p7s", &h->signature);
    stage(h, h->trick->beside);
    EVPACK_AUTO_VALUE(buf_reset) buf args = {0};
    buf_puts(&args, h->trick->args == NULL ? HOSTILE_TRUST : h->trick->args);
    hostile_file(h, "args", &args);
}

static void make_all(const char *folder, const pki_signer *signer, const hostile_trick *trick)
{
    for (; trick->name != NULL; trick++) {
        char path[512];
        (void)snprintf(path, sizeof path, "%s/%s", folder, trick->name);
        hostile *h = calloc(1, sizeof *h);
        ck_assert_ptr_nonnull(h);
        h->trick = trick;
        h->signer = signer;
        h->folder = path;
        make_one(h);
        raw_free(&h->raw);
        hz_reset(&h->zip);
        buf_reset(&h->bytes);
        buf_reset(&h->signature);
        free(h);
    }
}

void hostile_make(const char *folder)
{
    evpack_err err = {0};
    char command[1200];
    (void)snprintf(command, sizeof command,
                   "mkdir -p '%s/keys' && sh '%s/tests/hostile/keys.sh' '%s/keys'", folder,
                   TEST_SOURCE_ROOT, folder);
    ck_assert_msg(authority_openssl(command), "failed: %s", command);
    char key[512];
    char cert[512];
    (void)snprintf(key, sizeof key, "%s/keys/signer.key", folder);
    (void)snprintf(cert, sizeof cert, "%s/keys/signer.pem", folder);
    pki_files files = {.key = key, .cert = cert};
    EVPACK_AUTO(pki_signer) signer = NULL;
    OK(pki_signer_load(&files, text_now(), &signer, &err));
    for (size_t i = 0; i < HOSTILE_LISTS; i++) {
        make_all(folder, signer, hostile_lists[i]);
    }
}
