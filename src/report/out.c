/*
 * The buffered writer. Invariant: bytes go out in order, and after a failure none do. Knows the
 * spelling of a JSON string and of a CSV field, and nothing of what they mean.
 */
#include "report/out.h"

#include "base/file.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>

enum { PIECE = 1 << 18 };

static void flush(report_out *o)
{
    if (!o->failed && buf_status(&o->b, &o->err) != EVPACK_OK) {
        o->failed = true;
    }
    if (!o->failed && file_write_fd(o->fd, o->b.data, o->b.len, &o->err) != EVPACK_OK) {
        o->failed = true;
    }
    buf_clear(&o->b);
}

void report_out_some(report_out *o)
{
    if (o->b.len >= PIECE || o->b.failed) {
        flush(o);
    }
}

evpack_status report_out_end(report_out *o, evpack_err *err)
{
    flush(o);
    if (!o->failed) {
        return EVPACK_OK;
    }
    return evpack_fail(err, o->err.code, "%s", o->err.text);
}

void report_out_reset(report_out *o)
{
    buf_reset(&o->b);
}

void report_out_json(report_out *o, const char *text)
{
    buf_json_text(&o->b, text);
}

void report_out_member(buf *b, const char *name, const char *text)
{
    buf_printf(b, "%s\"%s\":", b->len > 0 && b->data[b->len - 1] == '{' ? "" : ",", name);
    buf_json_text(b, text);
}

/* Excel keeps 32,767 UTF-16 units of a cell; the rest is for saying that it was cut. */
enum { CELL_MAX = 32767, CELL_CUT = 32500 };

/* How many bytes of a character hide what follows from us, but not from a spreadsheet. */
static size_t hides(const char *text)
{
    static const char *const marks[] = {"\xc2\xa0", "\xe3\x80\x80", "\xef\xbb\xbf", "\xe2\x80\x8b"};
    const unsigned char c = (unsigned char)*text;
    if (c != '\0' && (c < ' ' || strchr(" \"'", c) != NULL) && strchr("\t\r\n", c) == NULL) {
        return 1;
    }
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        if (text_starts(text, marks[i])) {
            return strlen(marks[i]);
        }
    }
    return 0;
}

/* Whether a cell that began here would be run. */
static bool is_formula(const char *text)
{
    static const char *const wide[] = {"\xef\xbc\x9d", "\xef\xbc\x8b", "\xef\xbc\x8d",
                                       "\xef\xbc\xa0"};
    for (size_t n = hides(text); n > 0; n = hides(text)) {
        text += n;
    }
    if (*text == '\0') {
        return false;
    }
    for (size_t i = 0; i < sizeof wide / sizeof wide[0]; i++) {
        if (text_starts(text, wide[i])) {
            return true;
        }
    }
    return strchr("=+-@\t\r\n", *text) != NULL;
}

/* Behind what separates cells elsewhere. A line end needs no second look: CR LF is one. */
static bool is_cell_within(const char *text)
{
    const bool after = strchr(";\t\r\n", text[-1]) != NULL;
    return after && strchr("\t\r\n", *text) == NULL && is_formula(text);
}

/* Most of a field: ASCII that stands for itself. */
static size_t plain_run(const char *text, const char *end)
{
    const char *p = text;
    while (p < end && (unsigned char)*p >= ' ' && (unsigned char)*p < 0x7f && *p != '"' &&
           *p != ';') {
        p++;
    }
    return (size_t)(p - text);
}

static void field_bytes(buf *b, const char *text, size_t len)
{
    for (size_t i = 0; i < len;) {
        if (i > 0 && is_cell_within(text + i)) {
            buf_putc(b, '\'');
        }
        size_t n = plain_run(text + i, text + len);
        if (n == 0) {
            n = text_utf8_length(text + i, len - i);
            if (n == 0) {
                buf_puts(b, "\xef\xbf\xbd");
                i++;
                continue;
            }
            if (text[i] == '"') {
                buf_putc(b, '"');
            }
        }
        buf_append(b, text + i, n);
        i += n;
    }
}

/* UTF-16 units, as Excel counts, up to `most`: the bytes that they take. */
static size_t first_units(const char *text, size_t len, size_t most, size_t *units)
{
    size_t i = 0;
    for (*units = 0; i < len;) {
        const size_t n = text_utf8_length(text + i, len - i);
        const size_t more = n == 4 ? 2 : 1;
        if (*units + more > most) {
            break;
        }
        *units += more;
        i += n == 0 ? 1 : n;
    }
    return i;
}

/* The bytes of a field that are written; *said is what stands behind them when that is not all. */
static size_t cut(const report_out *o, const char *text, size_t len, char said[160])
{
    size_t units = 0;
    said[0] = '\0';
    if (o->whole == NULL || len <= CELL_CUT ||
        first_units(text, len, CELL_MAX - 200, &units) == len) {
        return len;
    }
    const size_t kept = first_units(text, len, CELL_CUT, &units);
    (void)snprintf(said, 160, " [cut here: %zu of %zu bytes; the whole is in %s]", kept, len,
                   o->whole);
    return kept;
}

void report_out_field(report_out *o, const char *text)
{
    if (text == NULL || *text == '\0') {
        return;
    }
    char said[160];
    const size_t len = cut(o, text, strlen(text), said);
    const bool formula = is_formula(text);
    const bool quote = strpbrk(text, ",\"\r\n") != NULL;
    buf_puts(&o->b, quote && formula ? "\"'" : quote ? "\"" : formula ? "'" : "");
    field_bytes(&o->b, text, len);
    buf_puts(&o->b, said);
    if (quote) {
        buf_putc(&o->b, '"');
    }
}

void report_out_row(report_out *o, const char *const *fields, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (i > 0) {
            buf_putc(&o->b, ',');
        }
        report_out_field(o, fields[i]);
    }
    buf_puts(&o->b, "\r\n");
    report_out_some(o);
}

void report_out_head(report_out *o, const char *const *names, size_t count)
{
    buf_puts(&o->b, "\xef\xbb\xbf");
    report_out_row(o, names, count);
}
