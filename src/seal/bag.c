/*
 * Tag files. Invariant: what the reader accepts is what the writer would write for the same facts,
 * and no line is longer than its parts may be. Refuses to know where the files are.
 */
#include "seal/bag.h"

#include "base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { HASH_HEX = 2 * DIGEST_SIZE, LINE_MAX_LEN = HASH_HEX + 2 + MEMBER_PATH_MAX };

bool bag_is_payload(const char *path)
{
    return text_starts(path, "data/");
}

/* Whether a path begins so where letter case is ignored, as on Windows and macOS. */
static bool begins(const char *path, const char *prefix)
{
    while (*prefix != '\0' && text_lower(*path) == *prefix) {
        path++;
        prefix++;
    }
    return *prefix == '\0';
}

const char *bag_tag_fault(const char *path, seal_reason *why)
{
    if (begins(path, "data/")) {
        *why = SEAL_NAME_TWICE;
        return "its folder is data/ where letter case is ignored";
    }
    if (text_same(path, "fetch.txt")) {
        *why = SEAL_FETCH_FILE;
        return "a package holds its whole payload and has no fetch.txt";
    }
    if ((begins(path, "manifest-") && strcmp(path, BAG_MANIFEST) != 0) ||
        (begins(path, "tagmanifest-") && strcmp(path, BAG_TAG_MANIFEST) != 0)) {
        *why = SEAL_OTHER_MANIFEST;
        return "a package has manifests of SHA-256 only";
    }
    if (begins(path, "signatures/") && strcmp(path, BAG_SIGNATURE) != 0) {
        *why = SEAL_SIGNATURES_FOLDER;
        return "signatures/ holds the signature of the tag manifest only";
    }
    return NULL;
}

void bag_manifest_put(buf *out, const unsigned char sha256[DIGEST_SIZE], const char *path)
{
    char hex[DIGEST_HEX];
    text_hex(sha256, DIGEST_SIZE, hex);
    buf_printf(out, "%s  %s\n", hex, path);
}

void bag_reader_reset(bag_reader *r)
{
    buf_reset(&r->held);
}

static evpack_status line_fault(bag_reader *r, seal_reason why, const char *what, evpack_err *err)
{
    r->fault = why;
    return evpack_fail(err, EVPACK_E_INPUT, "line %" PRIu64 ": %s", r->count, what);
}

static const char *path_fault(const bag_reader *r, const char *path, seal_reason *why)
{
    bool payload = bag_is_payload(path);
    *why = SEAL_MANIFEST_SCOPE;
    if (r->kind == BAG_PAYLOAD_LINES) {
        return payload ? NULL : "expected a path below data/";
    }
    if (payload || strcmp(path, BAG_TAG_MANIFEST) == 0 || text_starts(path, "signatures/")) {
        return "expected a tag file outside data/ and signatures/";
    }
    return bag_tag_fault(path, why);
}

/* The complete line in r->held, without its LF. */
static evpack_status take_line(bag_reader *r, evpack_err *err)
{
    r->count++;
    const char *text = buf_str(&r->held);
    unsigned char sha256[DIGEST_SIZE];
    if (r->held.len < HASH_HEX + 3 || strlen(text) != r->held.len ||
        strspn(text, "0123456789abcdef") != HASH_HEX ||
        !text_unhex(text, HASH_HEX, sha256, sizeof sha256) ||
        memcmp(text + HASH_HEX, "  ", 2) != 0) {
        return line_fault(r, SEAL_MANIFEST,
                          "expected 64 lower-case hex digits, two spaces and a path", err);
    }
    const char *path = text + HASH_HEX + 2;
    if (member_check(path, err) != EVPACK_OK) {
        r->fault = text[r->held.len - 1] == '\r' ? SEAL_MANIFEST : SEAL_MANIFEST_PATH;
        return evpack_context(err, "line %" PRIu64, r->count);
    }
    seal_reason why = SEAL_MANIFEST;
    const char *fault = path_fault(r, path, &why);
    if (fault != NULL) {
        return line_fault(r, why, fault, err);
    }
    if (r->count > 1 && strcmp(r->before, path) >= 0) {
        return line_fault(r, SEAL_MANIFEST_ORDER, "its path does not come after the one before it",
                          err);
    }
    memcpy(r->before, path, strlen(path) + 1);
    return r->line(r->ctx, path, sha256, err);
}

evpack_status bag_reader_feed(bag_reader *r, const void *data, size_t len, evpack_err *err)
{
    const char *from = data;
    while (len > 0) {
        const char *end = memchr(from, '\n', len);
        size_t n = end == NULL ? len : (size_t)(end - from);
        if (r->held.len + n > LINE_MAX_LEN) {
            r->count++;
            return line_fault(r, SEAL_MANIFEST, "it is longer than a line can be", err);
        }
        buf_append(&r->held, from, n);
        EVPACK_TRY(buf_status(&r->held, err));
        if (end == NULL) {
            return EVPACK_OK;
        }
        EVPACK_TRY(take_line(r, err));
        buf_clear(&r->held);
        from += n + 1;
        len -= n + 1;
    }
    return EVPACK_OK;
}

evpack_status bag_reader_end(bag_reader *r, evpack_err *err)
{
    if (r->held.len > 0) {
        r->fault = SEAL_MANIFEST;
        return evpack_fail(err, EVPACK_E_INPUT, "the last line does not end with LF");
    }
    return EVPACK_OK;
}

static bool plain(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f) {
            return false;
        }
    }
    return text_utf8_check(text, len) == len;
}

static bool good_label(const char *label, size_t len)
{
    return len > 0 && len <= 80 && plain(label, len) && memchr(label, ':', len) == NULL &&
           label[0] != ' ' && label[len - 1] != ' ';
}

evpack_status bag_field_put(buf *out, const bag_field *field, evpack_err *err)
{
    if (!good_label(field->label, strlen(field->label)) ||
        !plain(field->value, strlen(field->value))) {
        return evpack_fail(err, EVPACK_E_INPUT,
                           "the field '%.80s' cannot be written to bag-info.txt: expected a label "
                           "without ':' and a value, both of UTF-8 without control characters",
                           field->label);
    }
    buf_printf(out, "%s: %s\n", field->label, field->value);
    return buf_status(out, err);
}

/* Digits only, no sign, no leading zero, in 64 bits. */
static bool read_number(const char *text, size_t len, uint64_t *out)
{
    uint64_t value = 0;
    if (len == 0 || len > 19 || (text[0] == '0' && len > 1)) {
        return false;
    }
    for (size_t i = 0; i < len; i++) {
        if (text[i] < '0' || text[i] > '9') {
            return false;
        }
        value = value * 10 + (uint64_t)(text[i] - '0');
    }
    *out = value;
    return true;
}

static bool read_date(const char *text, size_t len)
{
    char time[TEXT_TIME];
    int64_t seconds = 0;
    if (len != 10) {
        return false;
    }
    (void)snprintf(time, sizeof time, "%.10sT00:00:00Z", text);
    return text_parse_time(time, &seconds, NULL) == EVPACK_OK;
}

typedef enum {
    SEEN_ID = 1,
    SEEN_OXUM = 2,
    SEEN_DATE = 4,
    SEEN_NEEDED = 7,
    SEEN_REDACTIONS = 8,
    SEEN_WITHHELD = 16,
    SEEN_ALLOWED = 32,
    SEEN_SEQUENCE = 64,
    SEEN_PREVIOUS = 128,
    SEEN_PACKED = 256
} seen_fields;

/* Readers of the fields that matter: whether the value is good, which they then keep. */
static bool take_id(const char *value, size_t len, bag_info *out)
{
    bool good = member_check_id(value, NULL) == EVPACK_OK;
    memcpy(out->id, good ? value : "", good ? len + 1 : 1);
    return good;
}

static bool take_oxum(const char *value, size_t len, bag_info *out)
{
    size_t dot = strcspn(value, ".");
    return value[dot] == '.' && read_number(value, dot, &out->bytes) &&
           read_number(value + dot + 1, len - dot - 1, &out->files);
}

static bool take_date(const char *value, size_t len, bag_info *out)
{
    (void)out;
    return read_date(value, len);
}

static bool take_redactions(const char *value, size_t len, bag_info *out)
{
    out->redacted = true;
    return read_number(value, len, &out->redactions);
}

static bool take_withheld(const char *value, size_t len, bag_info *out)
{
    return read_number(value, len, &out->withheld);
}

static bool take_allowed(const char *value, size_t len, bag_info *out)
{
    return read_number(value, len, &out->secrets_allowed);
}

static bool is_digest(const char *value, size_t len)
{
    return len == HASH_HEX && strspn(value, "0123456789abcdef") == len;
}

static bool take_packed(const char *value, size_t len, bag_info *out)
{
    out->has_packed = true;
    return is_digest(value, len) && text_unhex(value, len, out->packed, sizeof out->packed);
}

static bool take_sequence(const char *value, size_t len, bag_info *out)
{
    return read_number(value, len, &out->sequence) && out->sequence >= 1 &&
           out->sequence <= BAG_SEQUENCE_MAX;
}

static bool take_previous(const char *value, size_t len, bag_info *out)
{
    bool good = is_digest(value, len);
    memcpy(out->previous, good ? value : "", good ? len + 1 : 1);
    return good;
}

/* Which of the fields that matter this is (0: none), after reading it; -1 when it is not good. */
static int take_field(const char *label, const char *value, bag_info *out)
{
    static const struct {
        const char *label;
        bool (*take)(const char *value, size_t len, bag_info *out);
        seen_fields seen;
        seal_reason fault;
    } rows[] = {
        {"External-Identifier", take_id, SEEN_ID, SEAL_BAG_INFO_MALFORMED},
        {"Payload-Oxum", take_oxum, SEEN_OXUM, SEAL_BAG_INFO_MALFORMED},
        {"Bagging-Date", take_date, SEEN_DATE, SEAL_BAG_INFO_MALFORMED},
        {BAG_REDACTIONS, take_redactions, SEEN_REDACTIONS, SEAL_BAG_INFO_MALFORMED},
        {BAG_WITHHELD, take_withheld, SEEN_WITHHELD, SEAL_BAG_INFO_MALFORMED},
        {BAG_SECRETS_ALLOWED, take_allowed, SEEN_ALLOWED, SEAL_BAG_INFO_MALFORMED},
        {BAG_PACKED, take_packed, SEEN_PACKED, SEAL_BAG_INFO_MALFORMED},
        {BAG_SEQUENCE, take_sequence, SEEN_SEQUENCE, SEAL_SEQUENCE},
        {BAG_PREVIOUS, take_previous, SEEN_PREVIOUS, SEAL_SEQUENCE},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (text_same(label, rows[i].label)) {
            bool good = rows[i].take(value, strlen(value), out);
            out->fault = good ? out->fault : rows[i].fault;
            return good ? (int)rows[i].seen : -1;
        }
    }
    return 0;
}

/* One line, cut at its LF, in writable memory. */
static evpack_status info_line(char *line, size_t len, int *seen, bag_info *out, evpack_err *err)
{
    char *colon = memchr(line, ':', len);
    if (colon == NULL || !good_label(line, (size_t)(colon - line)) || colon[1] != ' ' ||
        !plain(line, len)) {
        return evpack_fail(err, EVPACK_E_INPUT, "the line '%.80s' is not 'Label: value'", line);
    }
    *colon = '\0';
    int which = take_field(line, colon + 2, out);
    if (which < 0) {
        return evpack_fail(err, EVPACK_E_INPUT, "the value of %s cannot be read", line);
    }
    if ((*seen & which) != 0) {
        out->fault = SEAL_BAG_INFO_REPEATED;
        return evpack_fail(err, EVPACK_E_INPUT, "%s is there more than once", line);
    }
    *seen |= which;
    return EVPACK_OK;
}

evpack_status bag_info_read(const char *text, size_t len, bag_info *out, evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf copy = {0};
    buf_append(&copy, text, len);
    EVPACK_TRY(buf_status(&copy, err));
    int seen = 0;
    out->fault = SEAL_BAG_INFO_MALFORMED;
    if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) { /* part of a label, or not: a choice */
        return evpack_fail(err, EVPACK_E_INPUT, "it begins with a byte order mark");
    }
    for (size_t at = 0; at < copy.len;) {
        char *line = copy.data + at;
        char *end = memchr(line, '\n', copy.len - at);
        if (end == NULL) {
            return evpack_fail(err, EVPACK_E_INPUT, "the last line does not end with LF");
        }
        *end = '\0';
        EVPACK_TRY(info_line(line, (size_t)(end - line), &seen, out, err));
        at += (size_t)(end - line) + 1;
    }
    if ((seen & SEEN_NEEDED) != SEEN_NEEDED) {
        out->fault = SEAL_BAG_INFO_INCOMPLETE;
        return evpack_fail(err, EVPACK_E_INPUT,
                           "expected External-Identifier, Payload-Oxum and Bagging-Date");
    }
    /* A first package follows none; every other names the one before it. */
    if ((out->sequence > 1) != ((seen & SEEN_PREVIOUS) != 0)) {
        out->fault = SEAL_SEQUENCE;
        return evpack_fail(err, EVPACK_E_INPUT,
                           "expected " BAG_PREVIOUS " where " BAG_SEQUENCE
                           " is 2 or more, and nowhere else");
    }
    return EVPACK_OK;
}
