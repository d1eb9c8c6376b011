/*
 * Many words at once, by fingerprints. Invariant: no place of a word is passed over; both ways
 * through the text give the same places. Refuses to know what the words mean.
 *
 * Each word's first four bytes give it one of eight bits; four pairs of tables, by a byte's low and
 * high half, say which bits a byte agrees with at that place. Where a bit is left over after four
 * bytes, sets of words by byte say which words it may be, and those are compared.
 */
#include "collect/prefilter.h"

#include "base/text.h"

#include <stdint.h>
#include <string.h>
#if defined(__x86_64__)
#include <tmmintrin.h>
#endif

enum { DEEP = 4, STEP = 16, WORDS_MAX = 64 };

struct prefilter {
    const prefilter_word *words;
    size_t count;
    uint8_t low[DEEP][16], high[DEEP][16];
    uint64_t set[DEEP][256]; /* the words that have this byte here, or end before */
    bool shuffle;
};

static bool is_letter(char c)
{
    char lower = text_lower(c);
    return lower >= 'a' && lower <= 'z';
}

static void agree(prefilter *p, size_t place, unsigned char c, uint8_t bit, size_t word)
{
    p->low[place][c & 15] = (uint8_t)(p->low[place][c & 15] | bit);
    p->high[place][c >> 4] = (uint8_t)(p->high[place][c >> 4] | bit);
    p->set[place][c] |= (uint64_t)1 << word;
}

static void add_word(prefilter *p, size_t word, uint8_t bit)
{
    const prefilter_word *w = &p->words[word];
    size_t len = strlen(w->text);
    for (size_t i = 0; i < DEEP; i++) {
        for (unsigned c = 0; i >= len && c < 256; c++) { /* a short word: any byte behind it */
            agree(p, i, (unsigned char)c, bit, word);
        }
        if (i < len) {
            unsigned char c = (unsigned char)w->text[i];
            bool both = !w->exact && is_letter(w->text[i]);
            agree(p, i, c, bit, word);
            agree(p, i, both ? (unsigned char)(c ^ 0x20) : c, bit, word);
        }
    }
}

/* Words that begin alike share a bit: the fewer words a bit stands for, the fewer false alarms. */
static size_t first_alike(const prefilter_word *words, size_t at)
{
    size_t i = 0;
    while (i < at && strncmp(words[i].text, words[at].text, 2) != 0) {
        i++;
    }
    return i;
}

evpack_status prefilter_new(const prefilter_word *words, size_t count, prefilter **out,
                            evpack_err *err)
{
    EVPACK_AUTO(prefilter) p = calloc(1, sizeof *p);
    uint8_t *bits = calloc(count + 1, 1);
    if (p == NULL || bits == NULL || count > WORDS_MAX) {
        free(bits);
        return count > WORDS_MAX ? evpack_fail(err, EVPACK_E_INTERNAL, "more than 64 words")
                                 : evpack_oom(err);
    }
    p->words = words;
    p->count = count;
    unsigned next = 0;
    for (size_t i = 0; i < count; i++) {
        size_t alike = first_alike(words, i);
        bits[i] = (uint8_t)(alike < i ? bits[alike] : 1U << (next++ % 8));
        add_word(p, i, bits[i]);
    }
    free(bits);
#if defined(__x86_64__)
    p->shuffle = __builtin_cpu_supports("ssse3") != 0;
#endif
    *out = EVPACK_MOVE(p);
    return EVPACK_OK;
}

void prefilter_free(prefilter *p)
{
    free(p);
}

static bool stands_at(const prefilter_word *w, const char *text, size_t len)
{
    for (size_t i = 0; w->text[i] != '\0'; i++) {
        if (i >= len || (w->exact ? text[i] : text_lower(text[i])) != w->text[i]) {
            return false;
        }
    }
    return true;
}

/* The words that the next bytes leave possible. */
static uint64_t words_at(const prefilter *p, const char *text, size_t left)
{
    uint64_t set = p->set[0][(unsigned char)text[0]];
    for (size_t i = 1; i < DEEP && i < left; i++) {
        set &= p->set[i][(unsigned char)text[i]];
    }
    return set;
}

size_t prefilter_word_at(const prefilter *p, const char *text, size_t len, size_t at, size_t word)
{
    if (word >= p->count) {
        return p->count;
    }
    for (uint64_t set = words_at(p, text + at, len - at) >> word << word; set != 0;
         set &= set - 1) {
        size_t one = (size_t)__builtin_ctzll(set);
        if (stands_at(&p->words[one], text + at, len - at)) {
            return one;
        }
    }
    return p->count;
}

static bool any_at(const prefilter *p, const char *text, size_t len, size_t at)
{
    return prefilter_word_at(p, text, len, at, 0) < p->count;
}

#if defined(__x86_64__)
/* The bits that 16 bytes agree with at one place of the fingerprint. */
__attribute__((target("ssse3"))) static inline __m128i bits_of(const prefilter *p, size_t place,
                                                               const char *text)
{
    const __m128i half = _mm_set1_epi8(15);
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)text);
    __m128i low = _mm_loadu_si128((const __m128i *)(const void *)p->low[place]);
    __m128i high = _mm_loadu_si128((const __m128i *)(const void *)p->high[place]);
    return _mm_and_si128(_mm_shuffle_epi8(low, _mm_and_si128(bytes, half)),
                         _mm_shuffle_epi8(high, _mm_and_si128(_mm_srli_epi16(bytes, 4), half)));
}

/* A word's place, or from where on the text must be looked at byte by byte. */
__attribute__((target("ssse3"))) static bool by_sixteen(const prefilter *p, const char *text,
                                                        size_t len, size_t *from, size_t until)
{
    size_t at = *from;
    for (; at + STEP <= until && at + STEP + DEEP <= len; at += STEP) {
        __m128i bits =
            _mm_and_si128(_mm_and_si128(bits_of(p, 0, text + at), bits_of(p, 1, text + at + 1)),
                          bits_of(p, 2, text + at + 2));
        unsigned none = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(bits, _mm_setzero_si128()));
        for (unsigned some = ~none & 0xffffU; some != 0; some &= some - 1) {
            size_t place = at + (size_t)__builtin_ctz(some);
            if (any_at(p, text, len, place)) {
                *from = place;
                return true;
            }
        }
    }
    *from = at;
    return false;
}
#endif

size_t prefilter_next(const prefilter *p, const char *text, size_t len, size_t from, size_t until)
{
#if defined(__x86_64__)
    if (p->shuffle && by_sixteen(p, text, len, &from, until)) {
        return from;
    }
#endif
    for (; from < until; from++) {
        if (any_at(p, text, len, from)) {
            return from;
        }
    }
    return until;
}
