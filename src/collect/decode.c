/*
 * The decoder. Invariant: what it converts becomes well-formed UTF-8, every character of the text
 * has its place in the file, and what cannot be converted ends the text with a fault. Refuses to
 * know JSON, but for this: no JSON string holds a line's end, so none is open after one.
 */
#include "collect/decode.h"

#include <stdlib.h>
#include <string.h>

enum { SNIFFED = 256, PENDING_MAX = 32 };

struct decode {
    decode_guess guess;
    bool clean;
    places *map;
    decode_tally told;
    buf out;
    uint64_t text, raw; /* offsets of what comes next */
    uint64_t run_raw;   /* where the run that is open would go on */
    unsigned wide, raw_wide;
    unsigned char half[4]; /* a character whose other bytes are still to come */
    unsigned halves;
    unsigned skip;      /* bytes of the mark still to come */
    unsigned twin_left; /* bytes that would end a character of UTF-8 */
    bool in_string, escaped;
    char pending[PENDING_MAX]; /* ASCII that may be left out, all of the same width */
    uint64_t pending_raw[PENDING_MAX];
    unsigned pended;
};

/* RFC 8259 begins with an ASCII character, and so does what az prints otherwise. */
static bool plain(unsigned c)
{
    return (c >= 0x20 && c < 0x7f) || c == '\t' || c == '\n' || c == '\r' || c == 0x1b;
}

static unsigned unit_of(const unsigned char *p, bool little)
{
    return little ? p[0] | (unsigned)p[1] << 8 : p[1] | (unsigned)p[0] << 8;
}

/* Whether text without a mark is UTF-16: most of it ASCII, and nothing that UTF-16 cannot hold. */
static bool is_utf16(const unsigned char *p, size_t len, bool little)
{
    size_t units = (len < SNIFFED ? len : SNIFFED) / 2;
    if (units < 2 || !plain(unit_of(p, little)) || !plain(unit_of(p + 2, little))) {
        return false;
    }
    size_t ascii = 0;
    bool high = false;
    for (size_t i = 0; i < units; i++) {
        unsigned u = unit_of(p + 2 * i, little);
        bool low = u >= 0xdc00 && u <= 0xdfff;
        if (u == 0 || low != high) {
            return false;
        }
        high = u >= 0xd800 && u <= 0xdbff;
        ascii += plain(u);
    }
    return ascii * 2 >= units;
}

static bool is_utf32(const unsigned char *p, size_t len, bool little)
{
    for (size_t i = 0; i < 2; i++) {
        const unsigned char *q = p + 4 * i;
        if (len < 4 * i + 4) {
            return i > 0;
        }
        unsigned high = little ? unit_of(q + 2, true) : unit_of(q, false);
        if (high != 0 || !plain(little ? unit_of(q, true) : unit_of(q + 2, false))) {
            return false;
        }
    }
    return true;
}

decode_guess decode_sniff(const void *bytes, size_t len)
{
    const unsigned char *p = bytes;
    static const struct {
        const char *mark;
        decode_guess guess;
    } marks[] = {{"\xff\xfe\0\0", {DECODE_UTF32LE, 4}},
                 {"\0\0\xfe\xff", {DECODE_UTF32BE, 4}},
                 {"\xef\xbb\xbf", {DECODE_UTF8, 3}},
                 {"\xff\xfe", {DECODE_UTF16LE, 2}},
                 {"\xfe\xff", {DECODE_UTF16BE, 2}}};
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        if (len >= marks[i].guess.mark && memcmp(p, marks[i].mark, marks[i].guess.mark) == 0) {
            return marks[i].guess;
        }
    }
    if (len < 4) {
        return (decode_guess){DECODE_UTF8, 0};
    }
    return (decode_guess){is_utf32(p, len, true)    ? DECODE_UTF32LE
                          : is_utf32(p, len, false) ? DECODE_UTF32BE
                          : is_utf16(p, len, true)  ? DECODE_UTF16LE
                          : is_utf16(p, len, false) ? DECODE_UTF16BE
                                                    : DECODE_UTF8,
                          0};
}

const char *decode_word(decode_guess guess)
{
    static const char *const words[] = {
        [DECODE_UTF8] = "utf-8",       [DECODE_UTF16LE] = "utf-16le",
        [DECODE_UTF16BE] = "utf-16be", [DECODE_1252] = "windows-1252",
        [DECODE_UTF32LE] = "utf-32le", [DECODE_UTF32BE] = "utf-32be"};
    return guess.as == DECODE_UTF8 && guess.mark > 0 ? "utf-8-bom" : words[guess.as];
}

evpack_status decode_new(decode_guess guess, bool clean, places *map, decode **out, evpack_err *err)
{
    EVPACK_AUTO(decode) d = calloc(1, sizeof *d);
    if (d == NULL) {
        return evpack_oom(err);
    }
    d->guess = guess;
    d->clean = clean;
    d->map = map;
    d->skip = guess.mark;
    if (guess.as == DECODE_UTF8) {
        const place_run all = {.raw = guess.mark, .wide = 1, .raw_wide = 1};
        EVPACK_TRY(places_add(map, &all, err));
        d->run_raw = guess.mark;
        d->wide = d->raw_wide = 1;
    }
    *out = EVPACK_MOVE(d);
    return EVPACK_OK;
}

void decode_free(decode *d)
{
    if (d != NULL) {
        buf_reset(&d->out);
        free(d);
    }
}

const decode_tally *decode_told(const decode *d)
{
    return &d->told;
}

static void fault(decode *d, const char *what, uint64_t at)
{
    if (d->told.fault == NULL) {
        d->told.fault = what;
        d->told.fault_at = at;
    }
}

/* A character of the text, and where it stood. */
static evpack_status put(decode *d, const char *bytes, unsigned wide, uint64_t raw,
                         unsigned raw_wide, evpack_err *err)
{
    if (raw != d->run_raw || wide != d->wide || raw_wide != d->raw_wide) {
        const place_run run = {.text = d->text,
                               .raw = raw,
                               .wide = (unsigned char)wide,
                               .raw_wide = (unsigned char)raw_wide};
        evpack_status status = places_add(d->map, &run, err);
        if (status == EVPACK_E_LIMIT) {
            fault(d, "one value is broken by more control sequences than can be kept", raw);
            return EVPACK_OK;
        }
        EVPACK_TRY(status);
        d->wide = wide;
        d->raw_wide = raw_wide;
    }
    buf_append(&d->out, bytes, wide);
    d->text += wide;
    d->run_raw = raw + raw_wide;
    return EVPACK_OK;
}

typedef enum { MATCH_NO, MATCH_MORE, MATCH_CODE, MATCH_SPINNER } match;

/* ESC [ parameters final (ECMA-48, 5.4). */
static match match_code(const char *p, unsigned n)
{
    if (n < 3) {
        return n < 2 || p[1] == '[' ? MATCH_MORE : MATCH_NO;
    }
    char last = p[n - 1];
    if (last >= 0x30 && last < 0x40) {
        return n < PENDING_MAX ? MATCH_MORE : MATCH_NO;
    }
    return last >= 0x40 && last < 0x7f ? MATCH_CODE : MATCH_NO;
}

/* One of -\|/, a space, a word, perhaps a space, and "..". */
static match match_spinner(const char *p, unsigned n)
{
    unsigned i = 1;
    if (i < n && p[i++] != ' ') {
        return MATCH_NO;
    }
    unsigned letters = 0;
    while (i < n && ((p[i] >= 'a' && p[i] <= 'z') || (p[i] >= 'A' && p[i] <= 'Z'))) {
        letters++;
        i++;
    }
    if (i < n && (letters == 0 || letters > 20)) {
        return MATCH_NO;
    }
    i += i < n && p[i] == ' ';
    for (unsigned dots = 0; i < n; i++) {
        if (p[i] != '.') {
            return MATCH_NO;
        }
        if (++dots == 2) {
            return MATCH_SPINNER;
        }
    }
    return n < PENDING_MAX ? MATCH_MORE : MATCH_NO;
}

static match match_pending(const decode *d)
{
    return d->pending[0] == '\x1b' ? match_code(d->pending, d->pended)
                                   : match_spinner(d->pending, d->pended);
}

static void follow(decode *d, char c)
{
    if (c == '\n' || c == '\r') {
        d->in_string = d->escaped = false;
    } else if (d->escaped) {
        d->escaped = false;
    } else if (c == '"') {
        d->in_string = !d->in_string;
    } else {
        d->escaped = d->in_string && c == '\\';
    }
}

static evpack_status flush(decode *d, unsigned raw_wide, evpack_err *err)
{
    unsigned n = d->pended;
    d->pended = 0;
    for (unsigned i = 0; i < n; i++) {
        follow(d, d->pending[i]);
        EVPACK_TRY(put(d, &d->pending[i], 1, d->pending_raw[i], raw_wide, err));
    }
    return EVPACK_OK;
}

/* put, but that what a console adds is held back, and left out once it is whole. */
static evpack_status put_clean(decode *d, const char *bytes, unsigned wide, uint64_t raw,
                               unsigned raw_wide, evpack_err *err)
{
    char c = bytes[0];
    if (d->pended > 0) {
        match m = MATCH_NO;
        if (wide == 1) {
            d->pending[d->pended] = c;
            d->pending_raw[d->pended++] = raw;
            m = match_pending(d);
            d->pended -= m == MATCH_NO;
        }
        d->told.codes += m == MATCH_CODE;
        d->told.spinners += m == MATCH_SPINNER;
        if (m != MATCH_NO) {
            d->pended = m == MATCH_MORE ? d->pended : 0;
            return EVPACK_OK;
        }
        EVPACK_TRY(flush(d, raw_wide, err));
    }
    if (wide == 1 && !d->in_string && c != '\0' && strchr("\x1b-\\|/", c) != NULL) {
        d->pending[0] = c;
        d->pending_raw[0] = raw;
        d->pended = 1;
        return EVPACK_OK;
    }
    if (wide == 1) {
        follow(d, c);
    }
    return put(d, bytes, wide, raw, raw_wide, err);
}

/* A code point (no surrogate), at most U+10FFFF. */
static evpack_status put_point(decode *d, uint32_t c, uint64_t raw, unsigned raw_wide,
                               evpack_err *err)
{
    char bytes[4];
    unsigned wide = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    static const unsigned char first[] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (unsigned i = wide; i-- > 1;) {
        bytes[i] = (char)(0x80 | (c & 0x3f));
        c >>= 6;
    }
    bytes[0] = (char)(first[wide] | c);
    return d->clean ? put_clean(d, bytes, wide, raw, raw_wide, err)
                    : put(d, bytes, wide, raw, raw_wide, err);
}

static evpack_status utf16_byte(decode *d, unsigned char byte, evpack_err *err)
{
    bool little = d->guess.as == DECODE_UTF16LE;
    d->half[d->halves++] = byte;
    uint64_t start = d->raw + 1 - d->halves;
    if (d->halves == 2) {
        unsigned u = unit_of(d->half, little);
        if (u >= 0xd800 && u <= 0xdbff) {
            return EVPACK_OK;
        }
        d->halves = 0;
        if (u >= 0xdc00 && u <= 0xdfff) {
            fault(d, "half of a surrogate pair in UTF-16", start);
            return EVPACK_OK;
        }
        return put_point(d, u, start, 2, err);
    }
    if (d->halves == 4) {
        unsigned low = unit_of(d->half + 2, little);
        d->halves = 0;
        if (low < 0xdc00 || low > 0xdfff) {
            fault(d, "half of a surrogate pair in UTF-16", start);
            return EVPACK_OK;
        }
        uint32_t high = unit_of(d->half, little) & 0x3ffU;
        return put_point(d, 0x10000 + (high << 10) + (low & 0x3ffU), start, 4, err);
    }
    return EVPACK_OK;
}

/* Counts what would be a character of UTF-8: some of the file may be in it. */
static void count_twin(decode *d, unsigned char byte)
{
    bool goes_on = byte >= 0x80 && byte <= 0xbf;
    if (d->twin_left > 0 && goes_on) {
        d->told.twins += --d->twin_left == 0;
    } else {
        d->twin_left = byte >= 0xf0 && byte <= 0xf4   ? 3
                       : byte >= 0xe0 && byte <= 0xef ? 2
                       : byte >= 0xc2 && byte <= 0xdf ? 1
                                                      : 0;
    }
}

static evpack_status cp1252_byte(decode *d, unsigned char byte, evpack_err *err)
{
    /* Unicode's mapping table CP1252.TXT, bytes 80 to 9F; 0: undefined. */
    static const uint16_t table[32] = {
        0x20ac, 0,      0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
        0x2039, 0x0152, 0,      0x017d, 0,      0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
        0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,      0x017e, 0x0178};
    uint32_t c = byte;
    if (byte >= 0x80) {
        d->told.foreign++;
        count_twin(d, byte);
        c = byte < 0xa0 ? table[byte - 0x80] : c;
        if (c == 0) {
            fault(d, "a byte that is neither UTF-8 nor Windows-1252", d->raw);
            return EVPACK_OK;
        }
    } else {
        d->twin_left = 0;
    }
    return put_point(d, c, d->raw, 1, err);
}

static evpack_status one_byte(decode *d, unsigned char byte, evpack_err *err)
{
    switch (d->guess.as) {
    case DECODE_UTF16LE:
    case DECODE_UTF16BE:
        return utf16_byte(d, byte, err);
    case DECODE_1252:
        return cp1252_byte(d, byte, err);
    case DECODE_UTF8: {
        const char c = (char)byte;
        return put_clean(d, &c, 1, d->raw, 1, err);
    }
    default:
        return EVPACK_OK;
    }
}

evpack_status decode_feed(decode *d, const void *data, size_t len, const char **text,
                          size_t *text_len, evpack_err *err)
{
    const unsigned char *p = data;
    size_t mark = d->skip < len ? d->skip : len;
    d->skip -= (unsigned)mark;
    d->raw += mark;
    p += mark;
    len -= mark;
    if (d->guess.as == DECODE_UTF8 && !d->clean) {
        d->raw += len;
        *text = (const char *)p;
        *text_len = len;
        return EVPACK_OK;
    }
    buf_clear(&d->out);
    for (size_t i = 0; i < len && d->told.fault == NULL; i++, d->raw++) {
        EVPACK_TRY(one_byte(d, p[i], err));
    }
    *text = buf_str(&d->out);
    *text_len = d->out.len;
    return buf_status(&d->out, err);
}

evpack_status decode_finish(decode *d, const char **text, size_t *text_len, evpack_err *err)
{
    buf_clear(&d->out);
    if (d->pended > 0 && d->told.fault == NULL) {
        bool wide = d->guess.as == DECODE_UTF16LE || d->guess.as == DECODE_UTF16BE;
        EVPACK_TRY(flush(d, wide ? 2 : 1, err));
    }
    if (d->halves > 0 && d->told.fault == NULL) {
        fault(d, "the bytes end within a character of UTF-16", d->raw - d->halves);
        d->told.cut = true;
    }
    *text = buf_str(&d->out);
    *text_len = d->out.len;
    return buf_status(&d->out, err);
}
