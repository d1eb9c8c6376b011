/*
 * The names of one package. Invariant: no two files of a set are one file where letter case is
 * ignored, and none is a folder of another.
 */
#include "seal/names.h"

#include "base/text.h"
#include "port/digest.h"

#include <stdlib.h>
#include <string.h>

/*
 * A table of 64-bit keys by open addressing. A key is cut from the SHA-256 of a letter for the kind
 * (a file or a folder) and the path in lower case. Two names whose keys meet by chance are refused
 * like two that are equal: the safe side.
 */
struct names_set {
    digest *hash;
    uint64_t *keys; /* 0: free */
    size_t slots;   /* a power of two */
    size_t used;
    size_t files;
    seal_reason fault;
    char folder[MEMBER_PATH_MAX + 1]; /* of the path added last, with its '/': it is a good one */
};

enum { SLOTS_MIN = 1024, KEYS_MAX = 400000 };

void names_set_free(names_set *s)
{
    if (s != NULL) {
        digest_free(s->hash);
        free(s->keys);
        free(s);
    }
}

evpack_status names_set_new(names_set **out, evpack_err *err)
{
    EVPACK_AUTO(names_set) s = calloc(1, sizeof *s);
    if (s == NULL || (s->keys = calloc(SLOTS_MIN, sizeof *s->keys)) == NULL) {
        return evpack_oom(err);
    }
    s->slots = SLOTS_MIN;
    EVPACK_TRY(digest_new(&s->hash, err));
    *out = EVPACK_MOVE(s);
    return EVPACK_OK;
}

size_t names_set_count(const names_set *s)
{
    return s->files;
}

seal_reason names_set_fault(const names_set *s)
{
    return s->fault;
}

seal_reason names_reason(member_fault fault)
{
    static const seal_reason reasons[] = {
        [MEMBER_GOOD] = SEAL_PACKAGE_STRUCTURE,   [MEMBER_LONG] = SEAL_NAME_LONG,
        [MEMBER_EMPTY] = SEAL_NAME_EMPTY,         [MEMBER_DOTS] = SEAL_NAME_DOTS,
        [MEMBER_CHARACTER] = SEAL_NAME_CHARACTER, [MEMBER_ENDS] = SEAL_NAME_ENDS,
        [MEMBER_DEVICE] = SEAL_NAME_DEVICE,       [MEMBER_ALIAS] = SEAL_NAME_ALIAS};
    return reasons[fault];
}

static evpack_status key_of(names_set *s, char kind, const char *path, size_t len, uint64_t *key,
                            evpack_err *err)
{
    char lower[MEMBER_PATH_MAX + 1];
    memcpy(lower, path, len);
    text_lower_bytes(lower, len);
    unsigned char raw[DIGEST_SIZE];
    digest_update(s->hash, &kind, 1);
    digest_update(s->hash, lower, len);
    EVPACK_TRY(digest_final(s->hash, raw, err));
    memcpy(key, raw, sizeof *key);
    *key = *key == 0 ? 1 : *key;
    return EVPACK_OK;
}

static uint64_t *find(const names_set *s, uint64_t key)
{
    size_t i = (size_t)key & (s->slots - 1);
    while (s->keys[i] != 0 && s->keys[i] != key) {
        i = (i + 1) & (s->slots - 1);
    }
    return &s->keys[i];
}

static evpack_status insert(names_set *s, uint64_t key, evpack_err *err)
{
    if (s->used >= KEYS_MAX) {
        s->fault = SEAL_ZIP_TOO_LARGE;
        return evpack_fail(err, EVPACK_E_LIMIT, "more than %d files and folders", KEYS_MAX);
    }
    if (s->used >= s->slots / 4 * 3) {
        names_set grown = {.slots = s->slots * 2};
        grown.keys = calloc(grown.slots, sizeof *grown.keys);
        if (grown.keys == NULL) {
            return evpack_oom(err);
        }
        for (size_t i = 0; i < s->slots; i++) {
            if (s->keys[i] != 0) {
                *find(&grown, s->keys[i]) = s->keys[i];
            }
        }
        free(s->keys);
        s->keys = grown.keys;
        s->slots = grown.slots;
    }
    uint64_t *slot = find(s, key);
    if (*slot == 0) {
        *slot = key;
        s->used++;
    }
    return EVPACK_OK;
}

/* Checks (adding == false) or adds the folders above path. */
static evpack_status folders(names_set *s, const char *path, bool adding, evpack_err *err)
{
    for (const char *slash = strchr(path, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        uint64_t key = 0;
        size_t len = (size_t)(slash - path);
        EVPACK_TRY(key_of(s, adding ? 'd' : 'f', path, len, &key, err));
        if (adding) {
            EVPACK_TRY(insert(s, key, err));
        } else if (*find(s, key) != 0) {
            s->fault = SEAL_NAME_FOLDER;
            return evpack_fail(err, EVPACK_E_INPUT,
                               "the path '%s' has a file where it needs a folder", path);
        }
    }
    return EVPACK_OK;
}

evpack_status names_set_add(names_set *s, const char *path, evpack_err *err)
{
    s->fault = names_reason(member_fault_of(path));
    EVPACK_TRY(member_check(path, err));
    if (s->files >= NAMES_FILES_MAX) {
        s->fault = SEAL_ZIP_TOO_LARGE;
        return evpack_fail(err, EVPACK_E_LIMIT, "more than %d files", NAMES_FILES_MAX);
    }
    uint64_t file = 0;
    uint64_t folder = 0;
    EVPACK_TRY(key_of(s, 'f', path, strlen(path), &file, err));
    EVPACK_TRY(key_of(s, 'd', path, strlen(path), &folder, err));
    if (*find(s, file) != 0) {
        s->fault = SEAL_NAME_TWICE;
        return evpack_fail(err, EVPACK_E_INPUT,
                           "the path '%s' equals another when letter case is ignored", path);
    }
    if (*find(s, folder) != 0) {
        s->fault = SEAL_NAME_FOLDER;
        return evpack_fail(err, EVPACK_E_INPUT, "the path '%s' is a folder of another file", path);
    }
    const char *slash = strrchr(path, '/');
    size_t len = slash == NULL ? 0 : (size_t)(slash - path) + 1;
    if (strncmp(s->folder, path, len) != 0 || s->folder[len] != '\0') {
        EVPACK_TRY(folders(s, path, false, err));
        EVPACK_TRY(folders(s, path, true, err));
        memcpy(s->folder, path, len);
        s->folder[len] = '\0';
    }
    EVPACK_TRY(insert(s, file, err));
    s->files++;
    return EVPACK_OK;
}

bool names_set_has(names_set *s, const char *path)
{
    uint64_t key = 0;
    return strlen(path) <= MEMBER_PATH_MAX &&
           key_of(s, 'f', path, strlen(path), &key, NULL) == EVPACK_OK && *find(s, key) != 0;
}
