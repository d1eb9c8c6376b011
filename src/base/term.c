/*
 * A terminal's means. Invariant: the only escapes that are written are the few in this file.
 * Refuses to know what is shown. ncurses knows more terminals; colour, a width and a bar need no
 * library.
 */
#include "base/term.h"

#include "base/text.h"

#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static bool is_utf8(void)
{
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *value = getenv(names[i]);
        if (value != NULL && value[0] != '\0') { /* the first that is set decides (POSIX, 8.2) */
            const char *set = strrchr(value, '.');
            return set != NULL && (text_same(set, ".utf-8") || text_same(set, ".utf8"));
        }
    }
    return false;
}

static unsigned width_of(int fd)
{
    const char *columns = getenv("COLUMNS");
    unsigned long n = columns == NULL ? 0 : strtoul(columns, NULL, 10);
    struct winsize size = {0};
    if (n == 0 && ioctl(fd, TIOCGWINSZ, &size) == 0) {
        n = size.ws_col;
    }
    n = n == 0 ? TERM_USUAL : n;
    return n < TERM_NARROW ? TERM_NARROW : n > TERM_WIDE ? TERM_WIDE : (unsigned)n;
}

term term_look(int fd)
{
    if (isatty(fd) != 1) {
        return (term){0};
    }
    const char *kind = getenv("TERM");
    const char *none = getenv("NO_COLOR");
    bool dumb = kind == NULL || kind[0] == '\0' || strcmp(kind, "dumb") == 0;
    return (term){.colour = !dumb && (none == NULL || none[0] == '\0'),
                  .blocks = is_utf8(),
                  .width = width_of(fd)};
}

void term_begin(const term *t, term_style style, buf *out)
{
    static const char *const codes[] = {
        [TERM_BOLD] = "1",   [TERM_DIM] = "2",     [TERM_RED] = "31",
        [TERM_GREEN] = "32", [TERM_YELLOW] = "33", [TERM_BLUE] = "34"};
    if (t->colour) {
        buf_printf(out, "\033[%sm", codes[style]);
    }
}

void term_end(const term *t, buf *out)
{
    buf_puts(out, t->colour ? "\033[0m" : "");
}

term_style term_style_of(const char *word)
{
    static const struct {
        const char *word;
        term_style style;
    } styles[] = {{"fail", TERM_RED},         {"error", TERM_RED},      {"failed", TERM_RED},
                  {"truncated", TERM_RED},    {"unknown", TERM_YELLOW}, {"manual", TERM_YELLOW},
                  {"partial", TERM_YELLOW},   {"summary", TERM_YELLOW}, {"exempt", TERM_BLUE},
                  {"unrecognised", TERM_RED}, {"pass", TERM_GREEN},     {"whole", TERM_GREEN},
                  {"unstated", TERM_YELLOW}};
    for (size_t i = 0; i < sizeof styles / sizeof styles[0]; i++) {
        if (strcmp(styles[i].word, word) == 0) {
            return styles[i].style;
        }
    }
    return TERM_DIM;
}

void term_bar(const term *t, uint64_t part, uint64_t whole, unsigned columns, buf *out)
{
    static const char *const eighths[] = {"",
                                          "\xe2\x96\x8f",
                                          "\xe2\x96\x8e",
                                          "\xe2\x96\x8d",
                                          "\xe2\x96\x8c",
                                          "\xe2\x96\x8b",
                                          "\xe2\x96\x8a",
                                          "\xe2\x96\x89"};
    unsigned fine = t->blocks ? 8 : 1;
    unsigned all = columns * fine;
    part = part < whole ? part : whole;
    unsigned full = whole == 0 ? 0 : (unsigned)((double)part / (double)whole * all);
    full = full > all ? all : full;
    full = part > 0 && full == 0 ? 1 : full;
    full = part < whole && full == all && all > 0 ? all - 1 : full;
    unsigned used = full / fine;
    for (unsigned i = 0; i < used; i++) {
        buf_puts(out, t->blocks ? "\xe2\x96\x88" : "#");
    }
    if (full % fine > 0) {
        buf_puts(out, eighths[full % fine]);
        used++;
    }
    for (; used < columns; used++) {
        buf_putc(out, t->blocks ? ' ' : '.');
    }
}

/* East Asian wide ranges and the emoji, roughly; combining marks are none. */
static size_t columns_of(uint32_t c)
{
    if ((c >= 0x300 && c <= 0x36f) || (c >= 0x20d0 && c <= 0x20ff)) {
        return 0;
    }
    bool wide = (c >= 0x1100 && c <= 0x115f) || (c >= 0x2e80 && c <= 0xa4cf) ||
                (c >= 0xac00 && c <= 0xd7a3) || (c >= 0xf900 && c <= 0xfaff) ||
                (c >= 0xfe30 && c <= 0xfe6f) || (c >= 0xff00 && c <= 0xff60) ||
                (c >= 0xffe0 && c <= 0xffe6) || (c >= 0x1f300 && c <= 0x1faff) ||
                (c >= 0x20000 && c <= 0x3fffd);
    return wide ? 2 : 1;
}

size_t term_fit(const char *text, size_t len, size_t columns)
{
    size_t used = 0;
    for (size_t i = 0; i < len;) {
        size_t n = text_utf8_length(text + i, len - i);
        size_t wide = n == 0 ? 1 : columns_of(text_utf8_decode(text + i, n));
        if (used + wide > columns) {
            return i;
        }
        used += wide;
        i += n == 0 ? 1 : n;
    }
    return len;
}

size_t term_columns(const char *text, size_t len)
{
    size_t used = 0;
    for (size_t i = 0; i < len;) {
        size_t n = text_utf8_length(text + i, len - i);
        used += n == 0 ? 1 : columns_of(text_utf8_decode(text + i, n));
        i += n == 0 ? 1 : n;
    }
    return used;
}

void term_wrap(const term *t, const char *text, size_t len, size_t at, buf *out)
{
    size_t width = t->width == 0 ? TERM_USUAL : t->width;
    size_t room = width > at + TERM_NARROW / 2 ? width - at : TERM_NARROW / 2;
    for (size_t from = 0;;) {
        size_t take = term_fit(text + from, len - from, room);
        size_t end = take;
        while (take < len - from && end > 0 && text[from + end] != ' ') {
            end--;
        }
        take = end > 0 ? end : take;
        while (end == 0 && take < len - from && text[from + take] != ' ') {
            take++; /* an id or a digest stays whole, so that it can be copied */
        }
        buf_append(out, text + from, take);
        buf_putc(out, '\n');
        from += take;
        while (from < len && text[from] == ' ') {
            from++;
        }
        if (from >= len) {
            return;
        }
        buf_printf(out, "%*s", (int)at, "");
    }
}
