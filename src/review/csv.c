/*
 * Reading CSV. Invariant: the bytes that a row was read from are the only ones that csv's writer
 * (report/out.h) would write for its fields. Refuses to know what the columns mean.
 */
#include "review/csv.h"

#include "base/text.h"

#include <inttypes.h>
#include <string.h>

void csv_reset(csv_reader *r)
{
    for (size_t i = 0; i < CSV_FIELDS_MAX; i++) {
        buf_reset(&r->fields[i]);
    }
}

static evpack_status fault(const csv_reader *r, evpack_err *err, const char *what)
{
    return evpack_fail(err, EVPACK_E_INPUT, "row %" PRIu64 ": %s", r->row, what);
}

evpack_status csv_begin(csv_reader *r, const char *text, size_t len, size_t field_max,
                        evpack_err *err)
{
    *r = (csv_reader){.text = text, .len = len, .field_max = field_max};
    if (len < 3 || memcmp(text, "\xef\xbb\xbf", 3) != 0) {
        return evpack_fail(err, EVPACK_E_INPUT, "expected a byte order mark at its beginning");
    }
    r->at = 3;
    return EVPACK_OK;
}

/* The text between the quotes; at the byte after the opening one. */
static evpack_status quoted(csv_reader *r, buf *out, evpack_err *err)
{
    bool needed = false;
    for (;;) {
        const char *from = r->text + r->at;
        const char *end = memchr(from, '"', r->len - r->at);
        if (end == NULL) {
            return fault(r, err, "a quoted field does not end");
        }
        const size_t n = (size_t)(end - from);
        if (n > r->field_max - out->len) {
            return fault(r, err, "a field is too long");
        }
        buf_append(out, from, n);
        EVPACK_TRY(buf_status(out, err));
        r->at += n + 1;
        if (r->at == r->len || r->text[r->at] != '"') {
            needed = needed || strpbrk(buf_str(out), ",\r\n") != NULL;
            return needed ? EVPACK_OK : fault(r, err, "a field is quoted and needs no quotes");
        }
        needed = true;
        if (out->len == r->field_max) {
            return fault(r, err, "a field is too long");
        }
        buf_putc(out, '"');
        r->at++;
    }
}

static evpack_status plain(csv_reader *r, buf *out, evpack_err *err)
{
    size_t n = 0;
    while (r->at + n < r->len && strchr(",\r\n\"", r->text[r->at + n]) == NULL) {
        n++;
    }
    if (n > r->field_max) {
        return fault(r, err, "a field is too long");
    }
    buf_append(out, r->text + r->at, n);
    r->at += n;
    return buf_status(out, err);
}

static evpack_status field(csv_reader *r, evpack_err *err)
{
    if (r->count == CSV_FIELDS_MAX) {
        return fault(r, err, "it has too many fields");
    }
    buf *out = &r->fields[r->count++];
    buf_clear(out);
    const bool quotes = r->at < r->len && r->text[r->at] == '"';
    r->at += quotes;
    EVPACK_TRY(quotes ? quoted(r, out, err) : plain(r, out, err));
    if (strlen(buf_str(out)) != out->len || text_utf8_check(buf_str(out), out->len) != out->len) {
        return fault(r, err, "a field is not UTF-8, or holds a NUL");
    }
    return EVPACK_OK;
}

evpack_status csv_next(csv_reader *r, bool *more, evpack_err *err)
{
    r->count = 0;
    *more = r->at < r->len;
    if (!*more) {
        return EVPACK_OK;
    }
    r->row++;
    for (;;) {
        EVPACK_TRY(field(r, err));
        if (r->at < r->len && r->text[r->at] == ',') {
            r->at++;
            continue;
        }
        if (r->len - r->at < 2 || memcmp(r->text + r->at, "\r\n", 2) != 0) {
            return fault(r, err, "expected a comma, or CRLF at its end");
        }
        r->at += 2;
        return EVPACK_OK;
    }
}
