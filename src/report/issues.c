/*
 * Listing the resolutions. Invariant: what is listed is what the file in the case says, row by row.
 * The file may be anybody's mapping: what does not have the expected form is left out of the words,
 * never of the JSON.
 */
#include "report/issues.h"

#include "base/visible.h"
#include "port/json.h"

#include <string.h>

static const char file_name[] = "baseline-resolutions.json";

/* *doc stays NULL when the case has no such file. */
static evpack_status read_file(const store *s, buf *text, json_doc **doc, evpack_err *err)
{
    EVPACK_AUTO(db_stmt) find = NULL;
    EVPACK_TRY(db_prepare(store_db(s),
                          "SELECT bytes FROM mapping_file WHERE path = ? AND mapping_id ="
                          " (SELECT mapping_id FROM run ORDER BY id DESC LIMIT 1)",
                          &find, err));
    EVPACK_TRY(db_bind(find, err, "t", file_name));
    bool row = false;
    EVPACK_TRY(db_step(find, &row, err));
    if (!row) {
        return EVPACK_OK;
    }
    size_t len = 0;
    const char *bytes = db_bytes(find, 0, &len);
    buf_append(text, bytes, len);
    EVPACK_TRY(buf_status(text, err));
    if (json_parse(buf_str(text), text->len, false, doc, err) != EVPACK_OK) {
        return evpack_context(err, "%s of the case's mapping", file_name);
    }
    return EVPACK_OK;
}

static size_t rows_of(const json *root, const char *rule)
{
    size_t n = 0;
    for (const json *r = json_first(json_get(root, "rows")); r != NULL; r = json_next(r)) {
        const char *id = json_get_string(r, "rule");
        n += id != NULL && strcmp(id, rule) == 0;
    }
    return n;
}

evpack_status issues_summary(const store *s, buf *out, evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    EVPACK_AUTO(json_doc) doc = NULL;
    EVPACK_TRY(read_file(s, &text, &doc, err));
    const json *root = doc == NULL ? NULL : json_root(doc);
    buf_putc(out, '[');
    bool first = true;
    for (const json *r = json_first(json_get(root, "rules")); r != NULL; r = json_next(r)) {
        const char *id = json_get_string(r, "id");
        const char *words = json_get_string(r, "text");
        if (id == NULL || words == NULL) {
            continue;
        }
        buf_puts(out, first ? "{\"rule\":" : ",{\"rule\":");
        buf_json_string(out, id, strlen(id));
        buf_puts(out, ",\"text\":");
        buf_json_string(out, words, strlen(words));
        buf_printf(out, ",\"rows\":%zu}", rows_of(root, id));
        first = false;
    }
    buf_putc(out, ']');
    return buf_status(out, err);
}

static void put_visible(buf *out, const char *text)
{
    visible_append(out, text, strlen(text), NULL, NULL);
}

/* Members that are strings, with ", " between them. */
static void put_list(buf *out, const json *list, const char *between)
{
    for (const json *e = json_first(list); e != NULL; e = json_next(e)) {
        buf_puts(out, e == json_first(list) ? "" : between);
        if (json_is_string(e)) {
            put_visible(out, json_string(e));
        } else if (json_is_number(e)) {
            buf_printf(out, "%.0f", json_number(e));
        }
    }
}

static void put_row(buf *out, const json *row)
{
    const char *service = json_get_string(row, "service");
    const char *feature = json_get_string(row, "feature");
    const char *used = json_get_string(row, "used");
    buf_puts(out, "  ");
    put_visible(out, service == NULL ? "" : service);
    buf_puts(out, ", ");
    put_visible(out, feature == NULL ? "" : feature);
    if (json_count(json_get(row, "source_rows")) > 0) {
        buf_puts(out, json_count(json_get(row, "source_rows")) == 1 ? " (row " : " (rows ");
        put_list(out, json_get(row, "source_rows"), ", ");
        buf_putc(out, ')');
    }
    buf_puts(out, "\n      published: ");
    put_list(out, json_get(row, "published"), " | ");
    buf_puts(out, "\n      used:      ");
    put_visible(out, used == NULL ? "" : used);
    buf_putc(out, '\n');
}

static evpack_status flush(buf *b, FILE *out, evpack_err *err)
{
    EVPACK_TRY(buf_status(b, err));
    if (b->len > 0 && fwrite(b->data, 1, b->len, out) != b->len) {
        return evpack_fail(err, EVPACK_E_IO, "the answer cannot be written");
    }
    buf_clear(b);
    return EVPACK_OK;
}

static evpack_status put_rule(buf *b, const json *root, const json *rule, FILE *out,
                              evpack_err *err)
{
    const char *id = json_get_string(rule, "id");
    const char *words = json_get_string(rule, "text");
    if (id == NULL || words == NULL) {
        return EVPACK_OK;
    }
    put_visible(b, id);
    buf_printf(b, " (%zu): ", rows_of(root, id));
    put_visible(b, words);
    buf_putc(b, '\n');
    for (const json *r = json_first(json_get(root, "rows")); r != NULL; r = json_next(r)) {
        const char *of = json_get_string(r, "rule");
        if (of != NULL && strcmp(of, id) == 0) {
            put_row(b, r);
            EVPACK_TRY(flush(b, out, err));
        }
    }
    buf_putc(b, '\n');
    return flush(b, out, err);
}

evpack_status issues_text(const store *s, FILE *out, evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    EVPACK_AUTO(json_doc) doc = NULL;
    EVPACK_TRY(read_file(s, &text, &doc, err));
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    if (doc == NULL) {
        buf_puts(&b, "The case holds no mapping that says how faults of the published baselines"
                     " were resolved: run 'evpack map'.\n");
        return flush(&b, out, err);
    }
    const json *root = json_root(doc);
    const char *about = json_get_string(root, "about");
    if (about != NULL) {
        put_visible(&b, about);
        buf_puts(&b, "\n\n");
    }
    for (const json *r = json_first(json_get(root, "rules")); r != NULL; r = json_next(r)) {
        EVPACK_TRY(put_rule(&b, root, r, out, err));
    }
    return flush(&b, out, err);
}

evpack_status issues_json(const store *s, FILE *out, evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    EVPACK_AUTO(json_doc) doc = NULL;
    EVPACK_TRY(read_file(s, &text, &doc, err));
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    buf_puts(&b, "{\"evpack\":{\"version\":\"" EVPACK_VERSION "\"},\"baseline_issues\":");
    buf_append(&b, doc == NULL ? "null" : buf_str(&text), doc == NULL ? 4 : text.len);
    buf_puts(&b, "}\n");
    return flush(&b, out, err);
}
