/*
 * pack KEY CERT OUT.zip ID AT DIR [CHAIN]: seals the files below DIR (as data/...; VERIFY.txt at
 * the top stays there) for the tests that let other programs judge, and for the bench. A
 * bag-info.txt at the top gives the further lines of the new one.
 */
#include "base/file.h"
#include "base/text.h"
#include "package/sealer.h"

#include <ftw.h>
#include <stdio.h>
#include <string.h>

static const char *root;
static char *paths[300000];
static size_t count;

static int collect(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)ftw;
    const char *below = type == FTW_F ? path + strlen(root) + 1 : "";
    if (type == FTW_F && strcmp(below, "bag-info.txt") != 0) {
        char member[4096];
        (void)snprintf(member, sizeof member, "%s%s",
                       strcmp(below, "VERIFY.txt") == 0 ? "" : "data/", below);
        paths[count++] = strdup(member);
    }
    return 0;
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static evpack_status add(sealer *s, const char *member, evpack_err *err)
{
    static char block[1 << 18];
    char path[4096];
    (void)snprintf(path, sizeof path, "%s/%s", root,
                   text_starts(member, "data/") ? member + 5 : member);
    EVPACK_AUTO_FD fd = -1;
    EVPACK_TRY(file_open(path, &fd, err));
    uint64_t size = 0;
    EVPACK_TRY(file_size_fd(fd, &size, err));
    EVPACK_TRY(sealer_begin(s, member, size, err));
    size_t got = 0;
    do {
        EVPACK_TRY(file_read_fd(fd, block, sizeof block, &got, err));
        EVPACK_TRY(sealer_write(s, block, got, err));
    } while (got == sizeof block);
    return sealer_end(s, err);
}

static evpack_status add_files(sealer *s, unsigned long long n, evpack_err *err)
{
    for (unsigned long long i = 0; i < n; i++) {
        char member[64];
        (void)snprintf(member, sizeof member, "data/%06llu.txt", i);
        EVPACK_TRY(sealer_add(s, member, member, strlen(member), err));
    }
    return EVPACK_OK;
}

static evpack_status add_zeros(sealer *s, unsigned long long n, evpack_err *err)
{
    static const char zeros[1 << 18];
    EVPACK_TRY(sealer_begin(s, "data/zeros", n, err));
    for (unsigned long long left = n; left > 0;) {
        size_t len = left < sizeof zeros ? (size_t)left : sizeof zeros;
        EVPACK_TRY(sealer_write(s, zeros, len, err));
        left -= len;
    }
    EVPACK_TRY(sealer_end(s, err));
    return sealer_add(s, "data/zeros.txt", "after", 5, err);
}

/* Lines that the sealer does not write itself; info's text is cut up. */
static size_t read_fields(buf *info, bag_field *fields, size_t room)
{
    static const char *const own[] = {"Bag-Software-Agent", "Bagging-Date", "External-Identifier",
                                      "Packed-SHA256", "Payload-Oxum"};
    size_t n = 0;
    char *rest = info->data;
    for (char *line = strsep(&rest, "\n"); line != NULL && n < room; line = strsep(&rest, "\n")) {
        char *value = strstr(line, ": ");
        bool skip = value == NULL;
        for (size_t i = 0; i < sizeof own / sizeof own[0] && !skip; i++) {
            skip = strncmp(line, own[i], strlen(own[i])) == 0;
        }
        if (!skip) {
            *value = '\0';
            fields[n++] = (bag_field){line, value + 2};
        }
    }
    return n;
}

static evpack_status run(char **argv, const char *chain, evpack_err *err)
{
    pki_files files = {.key = argv[1], .cert = argv[2], .chain = chain};
    EVPACK_AUTO(pki_signer) signer = NULL;
    EVPACK_TRY(pki_signer_load(&files, text_now(), &signer, err));
    EVPACK_AUTO(sealer) s = NULL;
    EVPACK_TRY(sealer_open(argv[3], argv[4], &s, err));
    if (text_starts(root, "files:")) {
        EVPACK_TRY(add_files(s, strtoull(root + 6, NULL, 10), err));
    } else if (text_starts(root, "zeros:")) {
        EVPACK_TRY(add_zeros(s, strtoull(root + 6, NULL, 10), err));
    }
    for (size_t i = 0; i < count; i++) {
        EVPACK_TRY(add(s, paths[i], err));
    }
    bag_field fields[64] = {{"Source-Organization", "Example"}};
    sealer_identity identity = {.signer = signer, .fields = fields, .field_count = 1};
    EVPACK_AUTO_VALUE(buf_reset) buf info = {0};
    char path[4096];
    (void)snprintf(path, sizeof path, "%s/bag-info.txt", root);
    if (access(path, R_OK) == 0) {
        EVPACK_TRY(file_read(path, 1 << 20, &info, err));
        identity.field_count = read_fields(&info, fields, 64);
    }
    EVPACK_TRY(text_parse_time(argv[5], &identity.at, err));
    sealer_result result;
    EVPACK_TRY(sealer_finish(s, &identity, &result, err));
    (void)printf("%s\n", result.sha256);
    return EVPACK_OK;
}

int main(int argc, char **argv)
{
    if (argc < 7) {
        return 2;
    }
    root = argv[6];
    if (strchr(root, ':') == NULL && nftw(root, collect, 16, FTW_PHYS) != 0) {
        return 2;
    }
    qsort(paths, count, sizeof paths[0], compare);
    evpack_err err = {0};
    evpack_status status = run(argv, argc > 7 ? argv[7] : NULL, &err);
    if (status != EVPACK_OK) {
        (void)fprintf(stderr, "pack: %s\n", err.text);
    }
    for (size_t i = 0; i < count; i++) {
        free(paths[i]);
    }
    return status == EVPACK_OK ? 0 : 1;
}
