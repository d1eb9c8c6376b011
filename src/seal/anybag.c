/*
 * Judging any bag. Invariant: every file below the folder is read once, through the folder's own
 * descriptors, following no link; a file counts only when a manifest lists it and its digest is
 * that of the line. Refuses to know who made the bag, and what is in its files.
 */
#include "seal/anybag.h"

#include "base/file.h"
#include "base/text.h"
#include "seal/anybag_tags.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BLOCK = 128 << 10, DEPTH_MAX = 128, MANIFESTS_MAX = 12, ALGORITHMS = 6 };

static const char *const algorithms[ALGORITHMS] = {"md5",    "sha1",   "sha224",
                                                   "sha256", "sha384", "sha512"};

/* A file of the bag, with the digests that manifests ask for. */
typedef struct {
    char *path;
    unsigned char *hashes; /* ALGORITHMS * HASH_SIZE_MAX, those that were asked for */
    uint64_t size;
} present;

typedef struct {
    char name[40];
    int algorithm;
    bool payload;
} manifest;

typedef struct {
    anybag_report *out;
    seal_report *report;
    anybag_declaration says;
    int root;
    manifest manifests[MANIFESTS_MAX];
    unsigned manifest_count, payload_manifests;
    bool wanted[2][ALGORITHMS]; /* of tag files, of the payload */
    anybag_entries payload, tags, fetch;
    present *files;
    size_t count, room;
    hash *hashers[ALGORITHMS];
    char block[BLOCK];
} bag;

static void bag_free(bag *b)
{
    if (b == NULL) {
        return;
    }
    if (b->root >= 0) {
        (void)close(b->root);
    }
    for (size_t i = 0; i < b->count; i++) {
        free(b->files[i].path);
        free(b->files[i].hashes);
    }
    free(b->files);
    for (int i = 0; i < ALGORITHMS; i++) {
        hash_free(b->hashers[i]);
    }
    anybag_entries_reset(&b->payload);
    anybag_entries_reset(&b->tags);
    anybag_entries_reset(&b->fetch);
    free(b);
}
EVPACK_DEFINE_CLEANUP(bag, bag_free)

static void EVPACK_PRINTF(2, 3) warn(bag *b, const char *fmt, ...)
{
    if (b->out->warning_count == ANYBAG_WARNINGS_MAX) {
        return;
    }
    char text[EVPACK_ERR_TEXT];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    evpack_err printable = {0};
    (void)evpack_fail(&printable, EVPACK_OK, "%s", text);
    (void)snprintf(b->out->warnings[b->out->warning_count++], sizeof b->out->warnings[0], "%.500s",
                   printable.text);
}

/* A tag file in the bag's own folder, whole. EVPACK_E_INPUT when it is not there. */
static evpack_status read_tag(bag *b, const char *name, buf *out, evpack_err *err)
{
    EVPACK_AUTO_FD fd =
        openat(b->root, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    struct stat st;
    if (fd < 0 && (errno == ENOENT || errno == ELOOP)) {
        return evpack_fail(err, EVPACK_E_INPUT, "%s is not there", name);
    }
    if (fd < 0 || fstat(fd, &st) != 0) {
        return evpack_fail(err, EVPACK_E_IO, "%s: cannot be read: %s", name, strerror(errno));
    }
    if (!S_ISREG(st.st_mode) || st.st_size > ANYBAG_TAG_MAX) {
        return evpack_fail(err, EVPACK_E_INPUT, "%s is not a file of at most %d bytes", name,
                           ANYBAG_TAG_MAX);
    }
    for (size_t got = BLOCK; got == BLOCK && out->len <= ANYBAG_TAG_MAX;) {
        EVPACK_TRY(file_read_fd(fd, b->block, BLOCK, &got, err));
        buf_append(out, b->block, got);
    }
    return buf_status(out, err);
}

/* The same, in UTF-8. */
static evpack_status read_text(bag *b, const char *name, buf *out, evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf raw = {0};
    EVPACK_TRY(read_tag(b, name, &raw, err));
    if (anybag_decode(b->says.encoding, buf_str(&raw), raw.len, out, err) != EVPACK_OK) {
        return evpack_context(err, "%s", name);
    }
    return EVPACK_OK;
}

static int find_algorithm(const char *name, size_t len)
{
    for (int i = 0; i < ALGORITHMS; i++) {
        if (strlen(algorithms[i]) == len && strncmp(algorithms[i], name, len) == 0) {
            return i;
        }
    }
    return -1;
}

/* Notes a name in the bag's folder that is a manifest's. */
static void note_manifest(bag *b, const char *name)
{
    bool tag = text_starts(name, "tagmanifest-");
    const char *algorithm = name + strlen(tag ? "tagmanifest-" : "manifest-");
    size_t len = strlen(name);
    if ((!tag && !text_starts(name, "manifest-")) || len < 5 ||
        strcmp(name + len - 4, ".txt") != 0 || algorithm > name + len - 4) {
        return;
    }
    int which = find_algorithm(algorithm, (size_t)(name + len - 4 - algorithm));
    if (which < 0 || b->manifest_count == MANIFESTS_MAX) {
        warn(b,
             "%s: its checksums are of an algorithm that is not known here; they were not"
             " looked at",
             name);
        return;
    }
    (void)snprintf(b->manifests[b->manifest_count].name, sizeof b->manifests[0].name, "%s", name);
    b->manifests[b->manifest_count].algorithm = which;
    b->manifests[b->manifest_count].payload = !tag;
    b->manifest_count++;
    b->payload_manifests += !tag;
    b->wanted[tag ? 0 : 1][which] = true;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const manifest *)a)->name, ((const manifest *)b)->name);
}

static evpack_status find_manifests(bag *b, evpack_err *err)
{
    int fd = openat(b->root, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    if (dir == NULL) {
        return evpack_fail(err, EVPACK_E_IO, "the folder cannot be read: %s", strerror(errno));
    }
    for (const struct dirent *e = readdir(dir); e != NULL; e = readdir(dir)) {
        note_manifest(b, e->d_name);
    }
    (void)closedir(dir);
    qsort(b->manifests, b->manifest_count, sizeof b->manifests[0], by_name);
    if (b->payload_manifests == 0) {
        return report_no(b->report, SEAL_PACKAGE_STRUCTURE,
                         "the bag has no payload manifest of a known algorithm");
    }
    buf list = {0};
    for (int i = 0; i < ALGORITHMS; i++) {
        if (b->wanted[1][i]) {
            buf_printf(&list, "%s%s", list.len == 0 ? "" : ", ", algorithms[i]);
        }
    }
    (void)snprintf(b->out->algorithms, sizeof b->out->algorithms, "%s", buf_str(&list));
    buf_reset(&list);
    return EVPACK_OK;
}

/* Reads one manifest or fetch.txt; what is wrong with it is a reason. */
static evpack_status read_lines(bag *b, const char *name, unsigned number, size_t size,
                                bool payload, anybag_entries *into, evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    evpack_status status = read_text(b, name, &text, err);
    if (status == EVPACK_OK) {
        const anybag_lines how = {.name = name,
                                  .minor = b->says.minor,
                                  .manifest = number,
                                  .hash_size = size,
                                  .payload = payload};
        status = anybag_entries_read(into, &how, buf_str(&text), text.len, err);
    }
    return report_input(b->report, status, SEAL_MANIFEST, "", err);
}

static evpack_status read_manifests(bag *b, evpack_err *err)
{
    for (unsigned i = 0; i < b->manifest_count; i++) {
        evpack_status status = read_lines(
            b, b->manifests[i].name, i, hash_size(algorithms[b->manifests[i].algorithm]),
            b->manifests[i].payload, b->manifests[i].payload ? &b->payload : &b->tags, err);
        if (status != EVPACK_OK && status != EVPACK_E_NO) {
            return status;
        }
    }
    anybag_entries_sort(&b->payload);
    anybag_entries_sort(&b->tags);
    return b->report->said_no ? EVPACK_E_NO : EVPACK_OK;
}

/* The same path in the same manifest, and paths that other systems would take for one. */
static void check_twice(bag *b, const anybag_entries *list)
{
    for (size_t i = 1; i < list->count; i++) {
        const anybag_entry *before = &list->at[i - 1];
        const anybag_entry *e = &list->at[i];
        bool same = strcmp(before->path, e->path) == 0;
        const char *name = b->manifests[e->manifest].name;
        if (!same || before->manifest != e->manifest) {
            continue;
        }
        if (memcmp(before->hash, e->hash, HASH_SIZE_MAX) != 0 || b->says.minor == 100) {
            (void)report_no(b->report, SEAL_MANIFEST, "%s lists %s twice", name, e->path);
        } else {
            warn(b, "%s lists %s twice, with the same checksum", name, e->path);
        }
    }
}

static int by_letters(const void *a, const void *b)
{
    return strcasecmp(*(char *const *)a, *(char *const *)b);
}

static evpack_status check_names(bag *b, const anybag_entries *list, evpack_err *err)
{
    const char **names = calloc(list->count + 1, sizeof *names);
    if (names == NULL) {
        return evpack_oom(err);
    }
    size_t n = 0;
    for (size_t i = 0; i < list->count; i++) {
        const anybag_entry *e = &list->at[i];
        const char *last = strrchr(e->path, '/');
        last = last == NULL ? e->path : last + 1;
        if (e->dotted) {
            warn(b, "%s begins with './' in its manifest", e->path);
        }
        if (e->starred) {
            warn(b, "%s has md5sum's '*' before it in its manifest", e->path);
        }
        if (i > 0 && strcmp(e->path, list->at[i - 1].path) == 0) {
            continue;
        }
        if (strcmp(last, ".DS_Store") == 0 || text_same(last, "Thumbs.db") ||
            text_same(last, "desktop.ini")) {
            warn(b, "%s is a file that systems make by themselves", e->path);
        }
        names[n++] = e->path;
    }
    qsort(names, n, sizeof *names, by_letters);
    for (size_t i = 1; i < n; i++) {
        if (strcasecmp(names[i - 1], names[i]) == 0) {
            warn(b, "%s and %s differ in letter case alone: some systems make one file of them",
                 names[i - 1], names[i]);
        }
    }
    free(names);
    return EVPACK_OK;
}

static evpack_status add_file(bag *b, const char *path, present **out, evpack_err *err)
{
    if (b->count == ANYBAG_ENTRIES_MAX) {
        return evpack_fail(err, EVPACK_E_LIMIT, "the bag has more than %d files",
                           ANYBAG_ENTRIES_MAX);
    }
    if (b->count == b->room) {
        size_t room = b->room == 0 ? 64 : b->room * 2;
        present *grown = realloc(b->files, room * sizeof *grown);
        if (grown == NULL) {
            return evpack_oom(err);
        }
        b->files = grown;
        b->room = room;
    }
    present *f = &b->files[b->count];
    *f = (present){.path = strdup(path), .hashes = calloc(ALGORITHMS, HASH_SIZE_MAX)};
    b->count++;
    *out = f;
    return f->path == NULL || f->hashes == NULL ? evpack_oom(err) : EVPACK_OK;
}

static evpack_status read_present(bag *b, int fd, const char *path, evpack_err *err)
{
    present *f = NULL;
    EVPACK_TRY(add_file(b, path, &f, err));
    const bool *wanted = b->wanted[text_starts(path, "data/") ? 1 : 0];
    for (size_t got = BLOCK; got == BLOCK;) {
        if (file_read_fd(fd, b->block, BLOCK, &got, err) != EVPACK_OK) {
            return evpack_context(err, "%s", path);
        }
        f->size += got;
        for (int i = 0; i < ALGORITHMS; i++) {
            if (wanted[i]) {
                hash_update(b->hashers[i], b->block, got);
            }
        }
    }
    for (int i = 0; i < ALGORITHMS; i++) {
        if (wanted[i]) {
            EVPACK_TRY(hash_final(b->hashers[i], f->hashes + (size_t)i * HASH_SIZE_MAX, err));
        }
    }
    return EVPACK_OK;
}

static evpack_status walk(bag *b, int fd, const char *path, unsigned depth, evpack_err *err);

static evpack_status visit(bag *b, int at, const char *name, const char *path, unsigned depth,
                           evpack_err *err)
{
    EVPACK_AUTO_FD fd = openat(at, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    struct stat st;
    if (fd < 0 && (errno == ELOOP || errno == ENXIO)) {
        (void)report_no(b->report, SEAL_NOT_A_FILE, "%s is not a regular file", path);
        return EVPACK_OK;
    }
    if (fd < 0 || fstat(fd, &st) != 0) {
        return evpack_fail(err, EVPACK_E_IO, "%s: cannot be read: %s", path, strerror(errno));
    }
    if (S_ISDIR(st.st_mode)) {
        int folder = fd;
        fd = -1;
        return walk(b, folder, path, depth + 1, err);
    }
    if (!S_ISREG(st.st_mode)) {
        (void)report_no(b->report, SEAL_NOT_A_FILE, "%s is not a regular file", path);
        return EVPACK_OK;
    }
    return read_present(b, fd, path, err);
}

/* Takes fd. */
static evpack_status walk(bag *b, int fd, const char *path, unsigned depth, evpack_err *err)
{
    DIR *dir = fdopendir(fd);
    if (dir == NULL) {
        int problem = errno;
        (void)close(fd);
        return evpack_fail(err, EVPACK_E_IO, "%s: %s", path, strerror(problem));
    }
    evpack_status status =
        depth > DEPTH_MAX
            ? evpack_fail(err, EVPACK_E_LIMIT, "%s: folders are more than %d deep", path, DEPTH_MAX)
            : EVPACK_OK;
    while (status == EVPACK_OK) {
        errno = 0;
        const struct dirent *e = readdir(dir);
        if (e == NULL) {
            status = errno == 0 ? EVPACK_OK
                                : evpack_fail(err, EVPACK_E_IO, "%s: %s", path, strerror(errno));
            break;
        }
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0) {
            continue;
        }
        EVPACK_AUTO_VALUE(buf_reset) buf below = {0};
        buf_printf(&below, "%s%s%s", path, path[0] == '\0' ? "" : "/", e->d_name);
        status = buf_status(&below, err);
        if (status == EVPACK_OK) {
            status = visit(b, dirfd(dir), e->d_name, buf_str(&below), depth, err);
        }
    }
    (void)closedir(dir);
    return status;
}

static int by_file(const void *a, const void *b)
{
    return strcmp(((const present *)a)->path, ((const present *)b)->path);
}

static evpack_status read_files(bag *b, evpack_err *err)
{
    for (int i = 0; i < ALGORITHMS; i++) {
        EVPACK_TRY(hash_new(algorithms[i], &b->hashers[i], err));
    }
    int fd = openat(b->root, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        return evpack_fail(err, EVPACK_E_IO, "the folder cannot be read: %s", strerror(errno));
    }
    EVPACK_TRY(walk(b, fd, "", 0, err));
    qsort(b->files, b->count, sizeof *b->files, by_file);
    return EVPACK_OK;
}

static const present *find_file(const bag *b, const char *path)
{
    present key = {.path = (char *)(uintptr_t)path};
    return b->count == 0 ? NULL : bsearch(&key, b->files, b->count, sizeof key, by_file);
}

/* Every line has its file, with its checksum. */
static void check_listed(bag *b, const anybag_entries *list)
{
    for (size_t i = 0; i < list->count; i++) {
        const anybag_entry *e = &list->at[i];
        const present *f = find_file(b, e->path);
        int algorithm = b->manifests[e->manifest].algorithm;
        if (f == NULL) {
            if (i == 0 || strcmp(list->at[i - 1].path, e->path) != 0) {
                (void)report_no(b->report, SEAL_FILE_MISSING, "%s is listed and not there",
                                e->path);
            }
        } else if (memcmp(f->hashes + (size_t)algorithm * HASH_SIZE_MAX, e->hash,
                          hash_size(algorithms[algorithm])) != 0) {
            (void)report_no(b->report, SEAL_FILE_CHANGED, "%s: its %s is not that of %s", e->path,
                            algorithms[algorithm], b->manifests[e->manifest].name);
        }
    }
}

/* In how many manifests a path stands. */
static unsigned times_listed(const anybag_entries *list, const char *path)
{
    size_t low = 0;
    size_t high = list->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(list->at[middle].path, path) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    unsigned times = 0;
    for (size_t i = low; i < list->count && strcmp(list->at[i].path, path) == 0; i++) {
        times += i == low || list->at[i].manifest != list->at[i - 1].manifest;
    }
    return times;
}

/* Every payload file is in a manifest, and in 1.0 in each of them (RFC 8493, section 3). */
static void check_unlisted(bag *b)
{
    unsigned needed = b->says.minor == 100 ? b->payload_manifests : 1;
    for (size_t i = 0; i < b->count; i++) {
        const present *f = &b->files[i];
        if (!text_starts(f->path, "data/")) {
            continue;
        }
        b->out->payload_files++;
        b->out->payload_bytes += f->size;
        if (times_listed(&b->payload, f->path) < needed) {
            (void)report_no(b->report, SEAL_FILE_UNLISTED, "%s is in %s", f->path,
                            b->payload_manifests == 1 ? "no manifest"
                            : needed == 1             ? "no payload manifest"
                                                      : "not every payload manifest");
        }
    }
}

static evpack_status check_fetch(bag *b, evpack_err *err)
{
    if (find_file(b, "fetch.txt") == NULL) {
        return EVPACK_OK;
    }
    evpack_status status = read_lines(b, "fetch.txt", 0, 0, true, &b->fetch, err);
    for (size_t i = 0; i < b->fetch.count && status == EVPACK_OK; i++) {
        if (times_listed(&b->payload, b->fetch.at[i].path) == 0) {
            (void)report_no(b->report, SEAL_MANIFEST, "fetch.txt names %s, which no manifest lists",
                            b->fetch.at[i].path);
        }
    }
    return status;
}

static evpack_status check_info(bag *b, evpack_err *err)
{
    if (find_file(b, "bag-info.txt") == NULL) {
        return EVPACK_OK;
    }
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    bool found = false;
    uint64_t bytes = 0;
    uint64_t files = 0;
    evpack_status status = read_text(b, "bag-info.txt", &text, err);
    if (status == EVPACK_OK) {
        status = anybag_oxum(buf_str(&text), text.len, &found, &bytes, &files, err);
    }
    EVPACK_TRY(report_input(b->report, status, SEAL_PACKAGE_STRUCTURE, "", err));
    if (found && (bytes != b->out->payload_bytes || files != b->out->payload_files)) {
        return report_no(b->report, SEAL_PAYLOAD_OXUM,
                         "Payload-Oxum says %" PRIu64 " bytes in %" PRIu64
                         " files; there are %" PRIu64 " in %" PRIu64,
                         bytes, files, b->out->payload_bytes, b->out->payload_files);
    }
    return EVPACK_OK;
}

static evpack_status read_declaration(bag *b, evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    evpack_status status = read_tag(b, "bagit.txt", &text, err);
    EVPACK_TRY(report_input(b->report, status, SEAL_PACKAGE_STRUCTURE, "", err));
    status = anybag_declaration_read(buf_str(&text), text.len, &b->says, err);
    EVPACK_TRY(report_input(b->report, status, SEAL_PACKAGE_STRUCTURE, "bagit.txt", err));
    (void)snprintf(b->out->version, sizeof b->out->version, "%s", b->says.version);
    if (b->says.minor < 97) {
        warn(b, "version %s came before the last draft; it was judged by the rules of 0.97",
             b->says.version);
    }
    return EVPACK_OK;
}

static evpack_status judge(const char *folder, anybag_report *out, evpack_err *err)
{
    EVPACK_AUTO(bag) b = calloc(1, sizeof *b);
    if (b == NULL) {
        return evpack_oom(err);
    }
    b->out = out;
    b->report = &out->report;
    b->root = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (b->root < 0) {
        return evpack_fail(err, EVPACK_E_IO, "%s: cannot be opened as a folder: %s", folder,
                           strerror(errno));
    }
    EVPACK_TRY(read_declaration(b, err));
    struct stat st;
    if (fstatat(b->root, "data", &st, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISDIR(st.st_mode)) {
        return report_no(b->report, SEAL_PACKAGE_STRUCTURE, "the bag has no folder data");
    }
    EVPACK_TRY(find_manifests(b, err));
    EVPACK_TRY(read_manifests(b, err));
    check_twice(b, &b->payload);
    check_twice(b, &b->tags);
    EVPACK_TRY(check_names(b, &b->payload, err));
    EVPACK_TRY(read_files(b, err));
    out->report.files = b->count;
    check_listed(b, &b->payload);
    check_listed(b, &b->tags);
    check_unlisted(b);
    evpack_status status = check_fetch(b, err);
    if (status == EVPACK_OK || status == EVPACK_E_NO) {
        status = check_info(b, err);
    }
    return status;
}

evpack_status anybag_judge(const char *folder, anybag_report *out, evpack_err *err)
{
    *out = (anybag_report){.report = {.folder = true}};
    evpack_status status = judge(folder, out, err);
    report_not_covered(&out->report, "who made the bag: a bag has no signature, and whoever changed"
                                     " a file can have changed its manifest too");
    report_decide(&out->report, status, err);
    return status == EVPACK_E_NO ? EVPACK_OK : status;
}
