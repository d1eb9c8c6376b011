/*
 * Printing a comparison. Invariant: every list says how many rows it has, and what is not known is
 * never told as gone. Knows nothing of how it was made.
 */
#include "cli/diff_print.h"

#include "base/visible.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { SHOWN = 40 };

typedef struct {
    drift *d;
    const diff_shown *shown;
    buf b;
    int64_t rows;
} printing;

static void printing_reset(printing *p)
{
    buf_reset(&p->b);
}

/* Writes what gathered. */
static evpack_status out(printing *p, evpack_err *err)
{
    EVPACK_TRY(buf_status(&p->b, err));
    const bool written = fwrite(buf_str(&p->b), 1, p->b.len, stdout) == p->b.len;
    buf_clear(&p->b);
    return written ? EVPACK_OK : evpack_fail(err, EVPACK_E_IO, "the answer cannot be written");
}

static void put_shown(buf *b, const char *text)
{
    const char *said = text == NULL ? "-" : text;
    visible_append(b, said, strlen(said), NULL, NULL);
}

/* "5 pass, 2 fail"; "none". */
static void put_counts(buf *b, const int64_t at[FINDING_STATUSES])
{
    const size_t start = b->len;
    for (int i = 1; i < FINDING_STATUSES; i++) {
        if (at[i] > 0) {
            buf_printf(b, "%s%" PRId64 " %s", b->len > start ? ", " : "", at[i],
                       finding_status_word(i));
        }
    }
    buf_puts(b, b->len == start ? "none" : "");
}

static void put_side(printing *p, int side)
{
    const drift_side *one = drift_side_at(p->d, side);
    const diff_origin *o = &p->shown->origin[side];
    buf_printf(&p->b, "  %s  ", side == 0 ? "before" : "after ");
    put_shown(&p->b, p->shown->name[side]);
    buf_puts(&p->b, ", snapshot ");
    put_shown(&p->b, one->label);
    buf_puts(&p->b, ", exported ");
    put_shown(&p->b,
              one->collected_at == NULL ? "at a time that nothing states" : one->collected_at);
    buf_puts(&p->b, ", evaluated ");
    put_shown(&p->b, one->evaluated_at);
    buf_puts(&p->b, "\n");
    if (o->package) {
        buf_puts(&p->b, "          package ");
        put_shown(&p->b, o->package_id);
        buf_puts(&p->b, o->checked ? ", verified, signed by a trusted certificate"
                                   : ", signature not checked");
        if (o->redacted + o->withheld > 0) {
            buf_printf(&p->b, "; %" PRIu64 " files are redacted, %" PRIu64 " withheld", o->redacted,
                       o->withheld);
        }
        buf_puts(&p->b, "\n");
    }
}

static evpack_status control_text(void *ctx, const drift_control *one, evpack_err *err)
{
    printing *p = ctx;
    const drift_verdict verdict = drift_judge(&one->n);
    if (verdict == DRIFT_SAME) {
        return EVPACK_OK;
    }
    buf_puts(&p->b, p->rows++ == 0 ? "\nControls that changed\n" : "");
    const size_t start = p->b.len;
    buf_puts(&p->b, "  ");
    put_shown(&p->b, one->control_id == NULL ? "none" : one->control_id);
    while (p->b.len < start + 10) {
        buf_putc(&p->b, ' ');
    }
    buf_printf(&p->b, "%-7s", drift_verdict_word(verdict));
    const struct {
        int64_t n;
        const char *what;
    } parts[] = {{one->n.better, "fail to pass"},
                 {one->n.worse, "pass to fail"},
                 {one->n.new_fails, "new and fail"},
                 {one->n.first_fails, "fail and were not tested before"},
                 {one->n.other, "changed otherwise"},
                 {one->n.fails_gone, "failed and are not there"}};
    size_t said = 0;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (parts[i].n > 0) {
            buf_printf(&p->b, "%s%" PRId64 " %s", said++ > 0 ? ", " : "", parts[i].n,
                       parts[i].what);
        }
    }
    buf_puts(&p->b, "\n                   ");
    put_counts(&p->b, one->at[0]);
    buf_puts(&p->b, " -> ");
    put_counts(&p->b, one->at[1]);
    buf_puts(&p->b, "\n");
    return out(p, err);
}

static evpack_status change_text(void *ctx, const drift_change *one, evpack_err *err)
{
    printing *p = ctx;
    buf_puts(&p->b, p->rows++ == 0 ? "\nFindings that changed\n" : "");
    buf_puts(&p->b, "  ");
    put_shown(&p->b, one->control_id == NULL ? "no control" : one->control_id);
    buf_printf(&p->b, "  %s", finding_status_word(one->before));
    if (one->raw_before != one->before) {
        buf_printf(&p->b, " (test: %s)", finding_status_word(one->raw_before));
    }
    buf_printf(&p->b, " -> %s", finding_status_word(one->after));
    if (one->raw_after != one->after) {
        buf_printf(&p->b, " (test: %s)", finding_status_word(one->raw_after));
    }
    buf_puts(&p->b, "  ");
    put_shown(&p->b, one->subject);
    buf_puts(&p->b, "\n        ");
    put_shown(&p->b, one->service);
    buf_puts(&p->b, ", ");
    put_shown(&p->b, one->title);
    buf_puts(&p->b, ", ");
    put_shown(&p->b, one->source);
    const char *a = one->version_before == NULL ? "" : one->version_before;
    const char *z = one->version_after == NULL ? "" : one->version_after;
    if (strcmp(a, z) != 0) {
        buf_puts(&p->b, "; the rule has another version: ");
        put_shown(&p->b, a[0] == '\0' ? "none" : a);
        buf_puts(&p->b, " -> ");
        put_shown(&p->b, z[0] == '\0' ? "none" : z);
    }
    buf_puts(&p->b, "\n");
    return out(p, err);
}

static evpack_status moved_text(void *ctx, const drift_moved *one, evpack_err *err)
{
    printing *p = ctx;
    p->rows++;
    buf_puts(&p->b, "  ");
    put_shown(&p->b, one->subject);
    buf_puts(&p->b, "  (");
    put_shown(&p->b, one->kind);
    buf_puts(&p->b, ")\n");
    return out(p, err);
}

static evpack_status item_text(void *ctx, const drift_item *one, evpack_err *err)
{
    printing *p = ctx;
    p->rows++;
    buf_printf(&p->b, "  %-9s  ", one->change);
    if (one->kind != NULL) {
        buf_printf(&p->b, "%s ", one->kind);
    }
    put_shown(&p->b, one->name);
    buf_puts(&p->b, "\n");
    return out(p, err);
}

static evpack_status heading(printing *p, const char *title, int64_t n, evpack_err *err)
{
    p->rows = 0;
    if (n > 0) {
        buf_printf(&p->b, "\n%s: %" PRId64 "\n", title, n);
    }
    return out(p, err);
}

static evpack_status rest(printing *p, int64_t n, evpack_err *err)
{
    if (n > p->rows) {
        buf_printf(&p->b, "  and %" PRId64 " more (--all or --json has them)\n", n - p->rows);
    }
    return out(p, err);
}

static evpack_status moves_text(printing *p, const drift_totals *t, int64_t limit, evpack_err *err)
{
    static const char *const titles[DRIFT_MOVES] = {
        [DRIFT_APPEARED] = "Resources that appeared",
        [DRIFT_FIRST_SEEN] = "Resources first seen (no whole list of before says that they were "
                             "not there)",
        [DRIFT_GONE] = "Resources gone",
        [DRIFT_NOT_SEEN] = "Resources not seen (no whole list of after says that they are gone)"};
    for (int i = 0; i < DRIFT_MOVES; i++) {
        EVPACK_TRY(heading(p, titles[i], t->moved[i], err));
        EVPACK_TRY(drift_each_moved(p->d, (drift_move)i, limit, moved_text, p, err));
        EVPACK_TRY(rest(p, t->moved[i], err));
    }
    return EVPACK_OK;
}

static void put_totals(printing *p, const drift_totals *t)
{
    const drift_numbers *n = &t->n;
    buf_printf(&p->b,
               "\nFindings: %" PRId64 " changed (%" PRId64 " fail to pass, %" PRId64
               " pass to fail, %" PRId64 " otherwise",
               t->changed, n->better, n->worse, n->other);
    if (n->decided > 0) {
        buf_printf(&p->b, ", %" PRId64 " of them by an exception or attestation alone", n->decided);
    }
    buf_printf(&p->b,
               "); only after: %" PRId64 " (%" PRId64 " fail); only before: %" PRId64 " (%" PRId64
               " failed)\n",
               n->only_after, n->new_fails + n->first_fails, n->only_before, n->fails_gone);
}

/* Whether the two were named in the other order than that of time. */
static bool is_backwards(const drift *d)
{
    const char *before = drift_side_at(d, 0)->collected_at;
    const char *after = drift_side_at(d, 1)->collected_at;
    return before != NULL && after != NULL && strcmp(before, after) > 0;
}

evpack_status diff_print_text(drift *d, const diff_shown *shown, evpack_err *err)
{
    EVPACK_AUTO_VALUE(printing_reset) printing p = {.d = d, .shown = shown};
    const int64_t limit = shown->all ? 0 : SHOWN;
    const drift_pick pick = {.control_id = shown->control, .limit = limit};
    drift_totals t;
    EVPACK_TRY(drift_count(d, &t, err));
    buf_puts(&p.b, "Drift\n");
    put_side(&p, 0);
    put_side(&p, 1);
    if (drift_other_mapping(d, 0, 1)) {
        buf_printf(&p.b,
                   "  note    evaluated with different mappings: a change may come of the mapping; "
                   "%" PRId64 " tests have a rule of another version\n",
                   t.versions);
    }
    if (is_backwards(d)) {
        buf_puts(&p.b,
                 "  note    the state 'before' was exported after the state 'after': better and "
                 "worse are the other way round in time\n");
    }
    put_totals(&p, &t);
    EVPACK_TRY(drift_each_control(d, -1, control_text, &p, err));
    p.rows = 0;
    EVPACK_TRY(drift_each_change(d, &pick, change_text, &p, err));
    if (shown->control == NULL) {
        EVPACK_TRY(rest(&p, t.changed, err));
    } else if (!shown->all && p.rows == SHOWN) {
        buf_puts(&p.b, "  there may be more (--all or --json has them)\n");
    }
    EVPACK_TRY(moves_text(&p, &t, limit, err));
    EVPACK_TRY(heading(&p, "Evidence files", t.files, err));
    EVPACK_TRY(drift_each_file(d, limit, item_text, &p, err));
    EVPACK_TRY(rest(&p, t.files, err));
    EVPACK_TRY(heading(&p, "Exceptions and attestations", t.decisions, err));
    EVPACK_TRY(drift_each_decision(d, limit, item_text, &p, err));
    return rest(&p, t.decisions, err);
}

/* JSON --------------------------------------------------------------------------------------- */

static void member(buf *b, const char *name, const char *text)
{
    buf_printf(b, "%s\"%s\":", b->len > 0 && b->data[b->len - 1] == '{' ? "" : ",", name);
    buf_json_text(b, text);
}

static void number(buf *b, const char *name, int64_t n)
{
    buf_printf(b, "%s\"%s\":%" PRId64, b->len > 0 && b->data[b->len - 1] == '{' ? "" : ",", name,
               n);
}

static void next_row(printing *p)
{
    buf_puts(&p->b, p->rows++ == 0 ? "\n{" : ",\n{");
}

static void side_json(printing *p, int side)
{
    const drift_side *one = drift_side_at(p->d, side);
    const diff_origin *o = &p->shown->origin[side];
    buf_puts(&p->b, side == 0 ? "{\"before\":{" : ",\n\"after\":{");
    member(&p->b, "path", p->shown->name[side]);
    member(&p->b, "snapshot", one->label);
    member(&p->b, "collected_at", one->collected_at);
    member(&p->b, "evaluated_at", one->evaluated_at);
    member(&p->b, "mapping_sha256", one->mapping_sha256);
    member(&p->b, "package_id", o->package ? o->package_id : NULL);
    member(&p->b, "signature", !o->package ? NULL : o->checked ? "verified" : "not checked");
    if (o->package) {
        number(&p->b, "redacted", (int64_t)o->redacted);
        number(&p->b, "withheld", (int64_t)o->withheld);
    }
    buf_putc(&p->b, '}');
}

static void numbers_json(buf *b, const drift_numbers *n)
{
    number(b, "better", n->better);
    number(b, "worse", n->worse);
    number(b, "new_fails", n->new_fails);
    number(b, "first_fails", n->first_fails);
    number(b, "other", n->other);
    number(b, "decided", n->decided);
    number(b, "fails_gone", n->fails_gone);
    number(b, "only_before", n->only_before);
    number(b, "only_after", n->only_after);
}

static void counts_json(buf *b, const char *name, const int64_t at[FINDING_STATUSES])
{
    buf_printf(b, ",\"%s\":{", name);
    for (int i = 1; i < FINDING_STATUSES; i++) {
        number(b, finding_status_word(i), at[i]);
    }
    buf_putc(b, '}');
}

static evpack_status control_json(void *ctx, const drift_control *one, evpack_err *err)
{
    printing *p = ctx;
    next_row(p);
    member(&p->b, "benchmark", one->benchmark);
    member(&p->b, "control_id", one->control_id);
    member(&p->b, "change", drift_verdict_word(drift_judge(&one->n)));
    counts_json(&p->b, "before", one->at[0]);
    counts_json(&p->b, "after", one->at[1]);
    numbers_json(&p->b, &one->n);
    buf_putc(&p->b, '}');
    return out(p, err);
}

static evpack_status change_json(void *ctx, const drift_change *one, evpack_err *err)
{
    printing *p = ctx;
    buf *b = &p->b;
    next_row(p);
    member(b, "benchmark", one->benchmark);
    member(b, "control_id", one->control_id);
    member(b, "service", one->service);
    member(b, "feature", one->feature);
    member(b, "rule_id", one->rule);
    member(b, "title", one->title);
    member(b, "source", one->source);
    member(b, "subject", one->subject);
    member(b, "subject_type", one->type);
    member(b, "before", finding_status_word(one->before));
    member(b, "after", finding_status_word(one->after));
    member(b, "raw_before", finding_status_word(one->raw_before));
    member(b, "raw_after", finding_status_word(one->raw_after));
    member(b, "before_id", one->before_id);
    member(b, "after_id", one->after_id);
    member(b, "rule_version_before", one->version_before);
    member(b, "rule_version_after", one->version_after);
    buf_putc(b, '}');
    return out(p, err);
}

static evpack_status moved_json(void *ctx, const drift_moved *one, evpack_err *err)
{
    printing *p = ctx;
    next_row(p);
    member(&p->b, "subject", one->subject);
    member(&p->b, "type", one->type);
    member(&p->b, "kind", one->kind);
    buf_putc(&p->b, '}');
    return out(p, err);
}

static evpack_status file_json(void *ctx, const drift_item *one, evpack_err *err)
{
    printing *p = ctx;
    next_row(p);
    member(&p->b, "path", one->name);
    member(&p->b, "change", one->change);
    member(&p->b, "sha256_before", one->before);
    member(&p->b, "sha256_after", one->after);
    buf_putc(&p->b, '}');
    return out(p, err);
}

static evpack_status decision_json(void *ctx, const drift_item *one, evpack_err *err)
{
    printing *p = ctx;
    next_row(p);
    member(&p->b, "kind", one->kind);
    member(&p->b, "id", one->name);
    member(&p->b, "change", one->change);
    buf_putc(&p->b, '}');
    return out(p, err);
}

static void totals_json(buf *b, const drift_totals *t)
{
    buf_puts(b, ",\n\"totals\":{");
    number(b, "changed", t->changed);
    numbers_json(b, &t->n);
    for (int i = 0; i < DRIFT_MOVES; i++) {
        number(b, drift_move_word((drift_move)i), t->moved[i]);
    }
    number(b, "files", t->files);
    number(b, "decisions", t->decisions);
    number(b, "rule_versions", t->versions);
    buf_putc(b, '}');
}

/* Ends the list before and begins the next. */
static void list_json(printing *p, const char *before, const char *name)
{
    buf_puts(&p->b, before);
    buf_printf(&p->b, "\"%s\":[", name);
    p->rows = 0;
}

evpack_status diff_print_json(drift *d, const diff_shown *shown, evpack_err *err)
{
    EVPACK_AUTO_VALUE(printing_reset) printing p = {.d = d, .shown = shown};
    const drift_pick pick = {.control_id = shown->control};
    drift_totals t;
    EVPACK_TRY(drift_count(d, &t, err));
    side_json(&p, 0);
    side_json(&p, 1);
    buf_printf(&p.b, ",\n\"mapping_differs\":%s", drift_other_mapping(d, 0, 1) ? "true" : "false");
    totals_json(&p.b, &t);
    list_json(&p, ",\n", "controls");
    EVPACK_TRY(drift_each_control(d, -1, control_json, &p, err));
    list_json(&p, "],\n", "changes");
    EVPACK_TRY(drift_each_change(d, &pick, change_json, &p, err));
    for (int i = 0; i < DRIFT_MOVES; i++) {
        list_json(&p, i == 0 ? "],\n\"resources\":{" : "],\n", drift_move_word((drift_move)i));
        EVPACK_TRY(drift_each_moved(d, (drift_move)i, 0, moved_json, &p, err));
    }
    list_json(&p, "]},\n", "evidence");
    EVPACK_TRY(drift_each_file(d, 0, file_json, &p, err));
    list_json(&p, "],\n", "engagement");
    EVPACK_TRY(drift_each_decision(d, 0, decision_json, &p, err));
    buf_puts(&p.b, "]}\n");
    return out(&p, err);
}
