/*
 * Reading the preparer's own files. Invariant: a text that is handed out has the form of its
 * schema, so that nobody after it asks whether a member is there or of which type it is. Refuses to
 * know what the members mean.
 */
#include "collect/engagement_text.h"

#include "base/file.h"
#include "base/jscan.h"
#include "base/text.h"
#include "collect/form.h"

#include <stdio.h>
#include <string.h>

void engagement_text_reset(engagement_text *t)
{
    free(t->shown);
    buf_reset(&t->bytes);
    json_free(t->doc);
    *t = (engagement_text){0};
}

static jptr_value text_of(const engagement_text *t)
{
    return (jptr_value){buf_str(&t->bytes) + t->mark, t->bytes.len - t->mark};
}

bool engagement_text_find(const engagement_text *t, const char *pointer, jptr_value *out)
{
    return jptr_find(text_of(t), pointer, out);
}

uint64_t engagement_text_offset(const engagement_text *t, jptr_value value)
{
    return (uint64_t)(value.text - t->bytes.data);
}

evpack_status engagement_text_fail(const engagement_text *t, const char *pointer, evpack_err *err,
                                   const char *fmt, ...)
{
    char what[600];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(what, sizeof what, fmt, args);
    va_end(args);
    what[text_utf8_check(what, strlen(what))] = '\0';
    jptr_value value = {0};
    char above[FORM_POINTER_MAX];
    (void)snprintf(above, sizeof above, "%s", pointer);
    while (!engagement_text_find(t, above, &value) && above[0] != '\0') {
        *strrchr(above, '/') = '\0';
    }
    uint64_t line = 1;
    uint64_t column = 1;
    if (value.text != NULL) {
        const jptr_value text = text_of(t);
        text_line(text.text, (size_t)(value.text - text.text), &line, &column);
    }
    return evpack_fail(err, EVPACK_E_INPUT,
                       "%s:%llu:%llu: %s%s%s; correct the file and collect it again (the case is as"
                       " it was)",
                       t->shown, (unsigned long long)line, (unsigned long long)column, pointer,
                       pointer[0] == '\0' ? "" : ": ", what);
}

static evpack_status not_json(const engagement_text *t, const jscan_fault *fault, evpack_err *err)
{
    return evpack_fail(err, EVPACK_E_INPUT,
                       "%s:%llu:%llu: expected JSON in UTF-8 (RFC 8259): %s; correct the file and"
                       " collect it again (the case is as it was)",
                       t->shown, (unsigned long long)fault->line, (unsigned long long)fault->column,
                       fault->what);
}

/* bytes and shown are there; the rest follows. */
static evpack_status take(engagement_text *t, const char *schema, evpack_err *err)
{
    static const char mark[] = "\xef\xbb\xbf";
    t->mark = t->bytes.len >= 3 && memcmp(t->bytes.data, mark, 3) == 0 ? 3 : 0;
    const jptr_value text = text_of(t);
    EVPACK_AUTO(jscan) scan = NULL;
    jscan_fault fault;
    EVPACK_TRY(jscan_new(NULL, ENGAGEMENT_TEXT_MAX, &scan, err));
    EVPACK_TRY(jscan_feed(scan, text.text, text.len, err));
    EVPACK_TRY(jscan_finish(scan, &fault, err));
    if (fault.what != NULL) {
        return not_json(t, &fault, err);
    }
    if (jscan_escaped_name(scan)) { /* json_get would find it, and pointers would not */
        return engagement_text_fail(t, "", err, "expected names of members without escapes (\\u)");
    }
    if (json_parse(text.text, text.len, true, &t->doc, err) != EVPACK_OK) {
        return evpack_context(err, "%s", t->shown);
    }
    char name[80];
    (void)snprintf(name, sizeof name, "mapping/schema/%s.schema.json", schema);
    EVPACK_AUTO(form) f = NULL;
    EVPACK_TRY(form_load(name, &f, err));
    bool good = false;
    form_fault wrong;
    EVPACK_TRY(form_check(f, json_root(t->doc), &good, &wrong, err));
    return good ? EVPACK_OK : engagement_text_fail(t, wrong.pointer, err, "%s", wrong.text);
}

static evpack_status begin(const char *shown, engagement_text *out, evpack_err *err)
{
    *out = (engagement_text){.shown = strdup(shown)};
    return out->shown == NULL ? evpack_oom(err) : EVPACK_OK;
}

evpack_status engagement_text_of(const void *bytes, size_t len, const char *shown,
                                 const char *schema, engagement_text *out, evpack_err *err)
{
    EVPACK_TRY(begin(shown, out, err));
    buf_append(&out->bytes, bytes, len);
    EVPACK_TRY(buf_status(&out->bytes, err));
    return take(out, schema, err);
}

evpack_status engagement_text_read(int fd, const char *shown, const char *schema,
                                   engagement_text *out, evpack_err *err)
{
    EVPACK_TRY(begin(shown, out, err));
    static const size_t block_size = 64 << 10;
    EVPACK_AUTO_CHARS block = malloc(block_size);
    if (block == NULL) {
        return evpack_oom(err);
    }
    file_stamp was;
    EVPACK_TRY(file_stamp_fd(fd, &was, err));
    for (size_t got = block_size; got == block_size;) {
        EVPACK_TRY(file_read_fd(fd, block, block_size, &got, err));
        buf_append(&out->bytes, block, got);
        EVPACK_TRY(buf_status(&out->bytes, err));
        if (out->bytes.len > ENGAGEMENT_TEXT_MAX) {
            return evpack_fail(err, EVPACK_E_LIMIT,
                               "%s: is larger than %d MiB: divide it into several files", shown,
                               ENGAGEMENT_TEXT_MAX >> 20);
        }
    }
    if (file_unchanged_fd(fd, &was, err) != EVPACK_OK) {
        return evpack_context(err, "%s", shown);
    }
    return take(out, schema, err);
}
