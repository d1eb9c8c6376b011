/*
 * What changed, for the page. Invariant: numbers are of everything, lists are cut to a bound.
 */
#include "report/island_drift.h"

#include "store/drift.h"

#include <string.h>

enum { SNAPSHOTS = 6 };

typedef struct {
    drift *d;
    buf *b;
    bool any;
} writing;

static void member(buf *b, const char *name, const char *text)
{
    buf_printf(b, "%s\"%s\":", b->data[b->len - 1] == '{' ? "" : ",", name);
    buf_json_text(b, text);
}

static void row(writing *w)
{
    buf_puts(w->b, w->any ? ",\n{" : "\n{");
    w->any = true;
}

static void list(writing *w, const char *name)
{
    buf_printf(w->b, ",\"%s\":[", name);
    w->any = false;
}

static void end_list(writing *w, const char *name, int64_t n)
{
    buf_printf(w->b, "],\"%s_count\":%lld", name, (long long)n);
}

static evpack_status told_control(void *ctx, const drift_control *one, evpack_err *err)
{
    writing *w = ctx;
    row(w);
    member(w->b, "benchmark", one->benchmark);
    member(w->b, "control_id", one->control_id);
    buf_puts(w->b, ",\"at\":[");
    for (int side = 0; side < drift_sides(w->d); side++) {
        buf_puts(w->b, side > 0 ? ",{" : "{");
        for (int i = 1; i < FINDING_STATUSES; i++) {
            buf_printf(w->b, "%s\"%s\":%lld", i > 1 ? "," : "", finding_status_word(i),
                       (long long)one->at[side][i]);
        }
        buf_putc(w->b, '}');
    }
    buf_putc(w->b, ']');
    member(w->b, "change", drift_verdict_word(drift_judge(&one->n)));
    buf_printf(
        w->b,
        ",\"better\":%lld,\"worse\":%lld,\"new_fails\":%lld,\"first_fails\":%lld,\"other\":%lld,"
        "\"fails_gone\":%lld}",
        (long long)one->n.better, (long long)one->n.worse, (long long)one->n.new_fails,
        (long long)one->n.first_fails, (long long)one->n.other, (long long)one->n.fails_gone);
    return buf_status(w->b, err);
}

static evpack_status told_change(void *ctx, const drift_change *one, evpack_err *err)
{
    writing *w = ctx;
    row(w);
    member(w->b, "benchmark", one->benchmark);
    member(w->b, "control_id", one->control_id);
    member(w->b, "service", one->service);
    member(w->b, "feature", one->title);
    member(w->b, "subject", one->subject);
    member(w->b, "from", finding_status_word(one->before));
    member(w->b, "to", finding_status_word(one->after));
    member(w->b, "before", drift_side_at(w->d, one->from)->label);
    member(w->b, "after", drift_side_at(w->d, one->to)->label);
    member(w->b, "before_id", one->before_id);
    member(w->b, "after_id", one->after_id);
    buf_putc(w->b, '}');
    return buf_status(w->b, err);
}

static evpack_status told_moved(void *ctx, const drift_moved *one, evpack_err *err)
{
    writing *w = ctx;
    row(w);
    member(w->b, "subject", one->subject);
    member(w->b, "type", one->type != NULL ? one->type : one->kind);
    member(w->b, "snapshot", drift_side_at(w->d, one->to)->label);
    buf_putc(w->b, '}');
    return buf_status(w->b, err);
}

static evpack_status told_file(void *ctx, const drift_item *one, evpack_err *err)
{
    writing *w = ctx;
    row(w);
    member(w->b, "path", one->name);
    member(w->b, "change", one->change);
    member(w->b, "snapshot", drift_side_at(w->d, one->to)->label);
    buf_putc(w->b, '}');
    return buf_status(w->b, err);
}

static void snapshots(const writing *w)
{
    buf_puts(w->b, ",\"drift\":{\"snapshots\":[");
    for (int i = 0; i < drift_sides(w->d); i++) {
        buf_puts(w->b, i > 0 ? ",{" : "{");
        member(w->b, "label", drift_side_at(w->d, i)->label);
        member(w->b, "collected_at", drift_side_at(w->d, i)->collected_at);
        buf_putc(w->b, '}');
    }
    buf_putc(w->b, ']');
}

evpack_status island_drift(const store *s, buf *out, evpack_err *err)
{
    drift_snapshots all;
    EVPACK_TRY(drift_list_snapshots(s, true, &all, err));
    if (all.total < 2) {
        return EVPACK_OK;
    }
    EVPACK_AUTO(drift) d = NULL;
    drift_totals t;
    const drift_pick pick = {.limit = ISLAND_DRIFT_ROWS};
    EVPACK_TRY(drift_of_case(s, SNAPSHOTS, &d, err));
    EVPACK_TRY(drift_count(d, &t, err));
    writing w = {.d = d, .b = out};
    snapshots(&w);
    buf_printf(out, ",\"snapshot_count\":%lld", (long long)all.total);
    list(&w, "controls");
    EVPACK_TRY(drift_each_control(d, -1, told_control, &w, err));
    buf_putc(out, ']');
    list(&w, "changes");
    EVPACK_TRY(drift_each_change(d, &pick, told_change, &w, err));
    end_list(&w, "change", t.changed);
    for (int i = 0; i < DRIFT_MOVES; i++) {
        list(&w, drift_move_word((drift_move)i));
        EVPACK_TRY(drift_each_moved(d, (drift_move)i, ISLAND_DRIFT_ROWS, told_moved, &w, err));
        end_list(&w, drift_move_word((drift_move)i), t.moved[i]);
    }
    list(&w, "evidence");
    EVPACK_TRY(drift_each_file(d, ISLAND_DRIFT_ROWS, told_file, &w, err));
    end_list(&w, "evidence", t.files);
    buf_putc(out, '}');
    return buf_status(out, err);
}
