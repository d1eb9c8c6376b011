/*
 * findings.json. Invariant: strict JSON, one finding a line (store/findings_json.h has its keys).
 * Knows nothing of totals: it is the list that totals can be counted from.
 */
#include "report/json.h"

#include "base/embed.h"
#include "base/file.h"
#include "report/crosswalk.h"
#include "report/engagement.h"
#include "store/findings_json.h"

static void key(report_out *o, const char *name, const char *text)
{
    buf_printf(&o->b, ",\"%s\":", name);
    report_out_json(o, text);
}

/* A preview may change, and may be incomplete: who reads a control of it is told. */
static evpack_status write_benchmarks(const store *s, report_out *o, evpack_err *err)
{
    EVPACK_AUTO(db_stmt) rows = NULL;
    EVPACK_TRY(
        db_prepare(store_db(s),
                   "SELECT slug, title, source, source_date, preview FROM benchmark"
                   " WHERE mapping_id = (SELECT mapping_id FROM run ORDER BY id DESC LIMIT 1)"
                   " ORDER BY preview, slug",
                   &rows, err));
    buf_puts(&o->b, ",\n\"benchmarks\":[");
    const char *between = "";
    for (bool row = true; row;) {
        EVPACK_TRY(db_step(rows, &row, err));
        if (row) {
            buf_printf(&o->b, "%s{\"slug\":", between);
            report_out_json(o, db_text(rows, 0));
            key(o, "title", db_text(rows, 1));
            key(o, "source", db_text(rows, 2));
            key(o, "source_date", db_text(rows, 3));
            buf_printf(&o->b, ",\"preview\":%s}", db_int(rows, 4) != 0 ? "true" : "false");
            between = ",";
        }
    }
    buf_putc(&o->b, ']');
    return EVPACK_OK;
}

static evpack_status write_head(const store *s, report_out *o, evpack_err *err)
{
    EVPACK_AUTO(db_stmt) run = NULL;
    EVPACK_TRY(db_prepare(store_db(s),
                          "SELECT run.evaluated_at, lower(hex(m.sha256)) FROM run"
                          " JOIN mapping m ON m.id = run.mapping_id ORDER BY run.id DESC LIMIT 1",
                          &run, err));
    bool row = false;
    EVPACK_TRY(db_step(run, &row, err));
    buf_puts(&o->b,
             "{\"evpack\":{\"version\":\"" EVPACK_VERSION "\"},\n\"run\":{\"evaluated_at\":");
    report_out_json(o, row ? db_text(run, 0) : NULL);
    key(o, "mapping_sha256", row ? db_text(run, 1) : NULL);
    buf_puts(&o->b, ",\"parameters\":");
    EVPACK_TRY(engagement_parameters_json(s, &o->b, err));
    buf_puts(&o->b, ",\"engagement\":");
    EVPACK_TRY(engagement_json(s, &o->b, err));
    buf_putc(&o->b, '}');
    EVPACK_TRY(write_benchmarks(s, o, err));
    buf_puts(&o->b, ",\n\"crosswalk\":");
    EVPACK_TRY(crosswalk_of_controls(s, &o->b, err));
    buf_puts(&o->b, ",\n\"findings\":[");
    return EVPACK_OK;
}

static evpack_status write_all(findings *f, report_out *o, evpack_err *err)
{
    EVPACK_AUTO(findings_json) text = NULL;
    EVPACK_TRY(findings_json_new(&text, err));
    const char *between = "\n";
    for (const finding *one = NULL;;) {
        EVPACK_TRY(findings_next_of_all(f, &one, err));
        if (one == NULL) {
            return EVPACK_OK;
        }
        buf_puts(&o->b, between);
        between = ",\n";
        EVPACK_TRY(findings_json_put(text, one, &o->b, err));
        report_out_some(o);
    }
}

/* A tenant may be left out almost whole: row by row. */
static evpack_status write_left(const store *s, bool open, report_out *o, evpack_err *err)
{
    EVPACK_AUTO(engagement_left) l = NULL;
    EVPACK_TRY(engagement_left_open(s, open, &l, err));
    buf_puts(&o->b, open ? ",\n\"scope_open\":[" : "\n],\n\"scoped_out\":[");
    const char *between = "";
    for (const engagement_left_row *row = NULL;; between = ",\n") {
        EVPACK_TRY(engagement_left_next(l, &row, err));
        if (row == NULL) {
            buf_putc(&o->b, ']');
            return EVPACK_OK;
        }
        buf_puts(&o->b, between);
        engagement_left_put(row, &o->b);
        report_out_some(o);
    }
}

evpack_status report_json_write(const store *s, int fd, evpack_err *err)
{
    EVPACK_AUTO(findings) f = NULL;
    EVPACK_TRY(findings_open_all(s, &f, err));
    EVPACK_AUTO_VALUE(report_out_reset) report_out o = {.fd = fd};
    EVPACK_TRY(write_head(s, &o, err));
    EVPACK_TRY(write_all(f, &o, err));
    EVPACK_TRY(write_left(s, false, &o, err));
    EVPACK_TRY(write_left(s, true, &o, err));
    buf_puts(&o.b, "}\n");
    return report_out_end(&o, err);
}

evpack_status report_json_schema(int fd, evpack_err *err)
{
    static const char name[] = "reports/schema/findings.schema.json";
    const embed_file *file = embed_find(name);
    if (file == NULL) {
        return evpack_fail(err, EVPACK_E_INTERNAL, "%s is not built in", name);
    }
    return file_write_fd(fd, file->data, file->len, err);
}
