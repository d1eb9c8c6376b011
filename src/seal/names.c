/*
 * Names in a package. Invariant: a path that names_check accepts is the same file on Linux, macOS
 * and Windows, and names_escape makes only such paths. Refuses to know where the names come from.
 */
#include "seal/names.h"

#include "base/text.h"
#include "port/digest.h"

#include <stdlib.h>
#include <string.h>

static bool safe(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != '\0' && strchr(" ._-+,=@()~", c) != NULL);
}

/* Whether Windows takes the part, up to its first dot, as a device. */
static bool is_device(const char *part, size_t len)
{
    static const char *const devices[] = {"con", "prn", "aux", "nul", "com", "lpt"};
    const char *dot = memchr(part, '.', len);
    size_t n = dot == NULL ? len : (size_t)(dot - part);
    while (n > 0 && part[n - 1] == ' ') {
        n--;
    }
    if (n != 3 && n != 4) {
        return false;
    }
    char lower[4];
    for (size_t i = 0; i < n; i++) {
        lower[i] = text_lower(part[i]);
    }
    for (size_t i = 0; i < sizeof devices / sizeof devices[0]; i++) {
        bool numbered = i >= 4;
        if (n == (numbered ? 4U : 3U) && memcmp(lower, devices[i], 3) == 0 &&
            (!numbered || (lower[3] >= '0' && lower[3] <= '9'))) {
            return true;
        }
    }
    return false;
}

static const char *part_fault(const char *part, size_t len)
{
    if (len == 0) {
        return "has an empty part";
    }
    for (size_t i = 0; i < len; i++) {
        if (!safe((unsigned char)part[i])) {
            return "has a character outside A-Z a-z 0-9 space . _ - + , = @ ( ) ~";
        }
    }
    if (part[0] == ' ') {
        return "has a part that begins with a space";
    }
    if (part[len - 1] == ' ' || part[len - 1] == '.') {
        return "has a part that ends with a space or a dot";
    }
    return is_device(part, len) ? "has a part that is a device name on Windows" : NULL;
}

evpack_status names_check(const char *path, evpack_err *err)
{
    if (strlen(path) > NAMES_PATH_MAX) {
        return evpack_fail(err, EVPACK_E_INPUT, "the path %.60s... is longer than %d bytes", path,
                           NAMES_PATH_MAX);
    }
    for (const char *part = path;;) {
        size_t len = strcspn(part, "/");
        const char *fault = part_fault(part, len);
        if (fault != NULL) {
            return evpack_fail(err, EVPACK_E_INPUT, "the path '%s' %s", path, fault);
        }
        if (part[len] == '\0') {
            return EVPACK_OK;
        }
        part += len + 1;
    }
}

evpack_status names_check_id(const char *id, evpack_err *err)
{
    size_t len = strlen(id);
    bool good = len > 0 && len <= NAMES_ID_MAX && strspn(id, "._-") == 0 &&
                strpbrk(id, " +,=@()~/") == NULL && part_fault(id, len) == NULL;
    return good ? EVPACK_OK
                : evpack_fail(err, EVPACK_E_INPUT,
                              "the package id '%.80s' is not 1 to 64 letters, digits, '.', '_' and "
                              "'-' that begin with a letter or digit",
                              id);
}

static void escape_byte(buf *out, unsigned char c)
{
    char text[4] = "~";
    text_hex(&c, 1, text + 1);
    buf_append(out, text, 3);
}

static void escape_part(const char *part, size_t len, buf *out)
{
    if (len == 0) {
        buf_putc(out, '~');
        return;
    }
    bool device = is_device(part, len);
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)part[i];
        bool last = i + 1 == len;
        if (!safe(c) || c == '~' || (i == 0 && (c == ' ' || device)) ||
            (last && (c == ' ' || c == '.'))) {
            escape_byte(out, c);
        } else {
            buf_putc(out, (char)c);
        }
    }
}

/* A short plain extension, with its dot, or "". */
static const char *extension(const char *part)
{
    const char *dot = strrchr(part, '.');
    if (dot == NULL || dot == part || strlen(dot) < 2 || strlen(dot) > 10) {
        return "";
    }
    for (const char *p = dot + 1; *p != '\0'; p++) {
        unsigned char c = (unsigned char)text_lower(*p);
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))) {
            return "";
        }
    }
    return dot;
}

static evpack_status escape_hashed(const char *original, buf *out, evpack_err *err)
{
    enum { HEAD_MAX = 40, HASH = 32 };
    const char *slash = strrchr(original, '/');
    const char *part = slash == NULL ? original : slash + 1;
    const char *ext = extension(part);
    EVPACK_AUTO_VALUE(buf_reset) buf head = {0};
    escape_part(part, strlen(part) - strlen(ext), &head);
    buf_truncate(&head, HEAD_MAX);
    for (size_t tail = 1; tail <= 2 && tail <= head.len; tail++) { /* no half of a ~XX */
        if (head.len == HEAD_MAX && head.data[head.len - tail] == '~') {
            buf_truncate(&head, head.len - tail);
            break;
        }
    }
    char hash[DIGEST_HEX];
    EVPACK_TRY(digest_bytes_hex(original, strlen(original), hash, err));
    buf_printf(out, "%s~~%.*s%s", buf_str(&head), HASH, hash, ext);
    return buf_status(&head, err);
}

evpack_status names_escape(const char *prefix, const char *original, bool hashed, buf *out,
                           evpack_err *err)
{
    size_t start = out->len;
    buf_puts(out, prefix);
    if (!hashed) {
        for (const char *part = original;;) {
            size_t len = strcspn(part, "/");
            escape_part(part, len, out);
            if (part[len] == '\0') {
                break;
            }
            buf_putc(out, '/');
            part += len + 1;
        }
        EVPACK_TRY(buf_status(out, err));
        hashed = out->len - start > NAMES_PATH_MAX;
    }
    if (hashed) {
        buf_truncate(out, start + strlen(prefix));
        EVPACK_TRY(escape_hashed(original, out, err));
    }
    EVPACK_TRY(buf_status(out, err));
    return names_check(buf_str(out) + start, err);
}

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
    char folder[NAMES_PATH_MAX + 1]; /* of the path added last, with its '/': it is a good one */
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

static evpack_status key_of(names_set *s, char kind, const char *path, size_t len, uint64_t *key,
                            evpack_err *err)
{
    char lower[NAMES_PATH_MAX + 1];
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
            return evpack_fail(err, EVPACK_E_INPUT,
                               "the path '%s' has a file where it needs a folder", path);
        }
    }
    return EVPACK_OK;
}

evpack_status names_set_add(names_set *s, const char *path, evpack_err *err)
{
    EVPACK_TRY(names_check(path, err));
    if (s->files >= NAMES_FILES_MAX) {
        return evpack_fail(err, EVPACK_E_LIMIT, "more than %d files", NAMES_FILES_MAX);
    }
    uint64_t file = 0;
    uint64_t folder = 0;
    EVPACK_TRY(key_of(s, 'f', path, strlen(path), &file, err));
    EVPACK_TRY(key_of(s, 'd', path, strlen(path), &folder, err));
    if (*find(s, file) != 0) {
        return evpack_fail(err, EVPACK_E_INPUT,
                           "the path '%s' equals another when letter case is ignored", path);
    }
    if (*find(s, folder) != 0) {
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
    return strlen(path) <= NAMES_PATH_MAX &&
           key_of(s, 'f', path, strlen(path), &key, NULL) == EVPACK_OK && *find(s, key) != 0;
}

evpack_status names_set_place(names_set *s, const char *prefix, const char *original, buf *out,
                              evpack_err *err)
{
    size_t start = out->len;
    EVPACK_TRY(names_escape(prefix, original, false, out, err));
    evpack_status status = names_set_add(s, buf_str(out) + start, err);
    if (status != EVPACK_E_INPUT) {
        return status;
    }
    buf_truncate(out, start);
    EVPACK_TRY(names_escape(prefix, original, true, out, err));
    return names_set_add(s, buf_str(out) + start, err);
}
