/*
 * Walking the members and the central entries side by side, to the first that differ. Invariant:
 * what is read here decides no verdict; the file was refused before. Refuses to know digests.
 */
#include "seal/zipwhy.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum { RECORD_MAX = 46 + ZIPFORM_NAME_MAX + ZIPFORM_EXTRA_MAX, TAIL_MAX = 66000 };

typedef struct {
    int fd;
    uint64_t size;
    uint64_t at;      /* of the next member */
    uint64_t central; /* of the next central entry */
    uint64_t count;
    buf wanted; /* what the next record should be */
} walk;

/* As many bytes as there are. */
static size_t read_at(const walk *w, uint64_t at, unsigned char *out, size_t len)
{
    size_t got = 0;
    while (got < len && at + got < w->size) {
        ssize_t n = pread(w->fd, out + got, len - got, (off_t)(at + got));
        if (n <= 0 && !(n < 0 && errno == EINTR)) {
            break;
        }
        got += n > 0 ? (size_t)n : 0;
    }
    return got;
}

/* Puts the central entry that the member at w->at asks for into w->wanted. */
static bool next_wanted(walk *w)
{
    unsigned char head[RECORD_MAX];
    seal_reason ignored;
    zip_member m;
    size_t name = 0;
    size_t extra = 0;
    size_t got = read_at(w, w->at, head, sizeof head);
    if (got < ZIPFORM_LOCAL) {
        return false;
    }
    zipform_local_lengths(head, &name, &extra);
    size_t len = ZIPFORM_LOCAL + name + extra;
    if (len > got || !zipform_read_local(head, len, &m, &ignored)) {
        return false;
    }
    m.offset = w->at;
    w->at += len + m.packed;
    buf_clear(&w->wanted);
    zipform_put_central(&w->wanted, &m);
    w->count++;
    return !w->wanted.failed;
}

/* A record that the members do not ask for, after the entries that they do. */
static seal_reason surplus(const walk *w, const unsigned char *found, size_t len, uint64_t members)
{
    if (len >= w->wanted.len && memcmp(found, buf_str(&w->wanted), w->wanted.len) == 0) {
        return SEAL_ZIP_DUPLICATE;
    }
    uint64_t offset = len < 46 ? members
                               : (uint64_t)found[42] | (uint64_t)found[43] << 8 |
                                     (uint64_t)found[44] << 16 | (uint64_t)found[45] << 24;
    return offset < members ? SEAL_ZIP_OVERLAP : SEAL_ZIP_ORDER;
}

static seal_reason judge_end(walk *w, uint64_t members)
{
    EVPACK_AUTO_CHARS tail = malloc(TAIL_MAX);
    if (tail == NULL) {
        return SEAL_ZIP_STRUCTURE;
    }
    const unsigned char *found = (const unsigned char *)tail;
    size_t len = read_at(w, w->central, (unsigned char *)tail, TAIL_MAX);
    if (len >= 4 && zipform_kind_of(found) == ZIPFORM_IS_CENTRAL) {
        return surplus(w, found, len, members);
    }
    buf_clear(&w->wanted);
    zipform_put_end(&w->wanted, w->count, members, w->central - members);
    return w->wanted.failed ? SEAL_ZIP_STRUCTURE : zipform_end_fault(&w->wanted, found, len);
}

seal_reason zipwhy(int fd, uint64_t size, uint64_t central)
{
    walk w = {.fd = fd, .size = size, .central = central};
    seal_reason why = SEAL_ZIP_STRUCTURE;
    bool same = true;
    while (same && w.at < central) {
        unsigned char found[RECORD_MAX];
        if (!next_wanted(&w)) {
            buf_reset(&w.wanted);
            return why;
        }
        size_t len = read_at(&w, w.central, found, sizeof found);
        same = len >= w.wanted.len && memcmp(found, buf_str(&w.wanted), w.wanted.len) == 0;
        why = same ? why : zipform_central_fault(&w.wanted, found, len);
        w.central += w.wanted.len;
    }
    why = same ? judge_end(&w, central) : why;
    buf_reset(&w.wanted);
    return why;
}
