/*
 * The buffered writer. Invariant: bytes go out in order, and after a failure none do. Knows the
 * spelling of a JSON string and of a CSV field, and nothing of what they mean.
 */
#include "report/out.h"

#include "base/file.h"
#include "base/text.h"

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

/* Runs of plain ASCII are most of all there is: they go as they are. */
static size_t plain_run(const char *text, size_t len)
{
    size_t n = 0;
    while (n < len && (unsigned char)text[n] < 0x80 && text[n] != '"') {
        n++;
    }
    return n;
}

static void field_bytes(buf *b, const char *text, size_t len)
{
    for (size_t i = 0; i < len;) {
        size_t n = plain_run(text + i, len - i);
        if (n == 0 && text[i] == '"') {
            buf_puts(b, "\"\"");
            i++;
            continue;
        }
        n = n > 0 ? n : text_utf8_length(text + i, len - i);
        if (n == 0) {
            buf_puts(b, "\xef\xbf\xbd");
            i++;
            continue;
        }
        buf_append(b, text + i, n);
        i += n;
    }
}

void report_out_field(report_out *o, const char *text)
{
    if (text == NULL || *text == '\0') {
        return;
    }
    bool formula = strchr("=+-@\t\r", *text) != NULL;
    bool quote = strpbrk(text, ",\"\r\n") != NULL;
    buf_puts(&o->b, quote && formula ? "\"'" : quote ? "\"" : formula ? "'" : "");
    field_bytes(&o->b, text, strlen(text));
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
