/*
 * The samples, for the page. Invariant: every sample, with its items as they were kept, as far as
 * the page has room; "size" says how many there are.
 */
#include "report/island_samples.h"

#include "base/text.h"
#include "store/samples.h"

#include <string.h>

typedef struct {
    const store *s;
    buf *b;
    bool any;
    int64_t items; /* of this sample */
    int64_t room;  /* for items of all samples */
} writing;

static void member(buf *b, const char *name, const char *text)
{
    buf_printf(b, "%s\"%s\":", b->data[b->len - 1] == '{' ? "" : ",", name);
    buf_json_text(b, text);
}

static evpack_status told_item(void *ctx, const sample_item *one, evpack_err *err)
{
    writing *w = ctx;
    if (w->items == ISLAND_SAMPLE_ITEMS || w->room == 0) {
        return EVPACK_OK;
    }
    buf_puts(w->b, w->items > 0 ? ",\n{" : "\n{");
    w->items++;
    w->room--;
    member(w->b, "subject", one->subject);
    member(w->b, "finding_id", one->finding_id);
    member(w->b, "status", one->status);
    member(w->b, "tested", one->tested);
    member(w->b, "stratum", one->stratum);
    buf_putc(w->b, '}');
    return buf_status(w->b, err);
}

static evpack_status told_sample(void *ctx, const sample_row *row, evpack_err *err)
{
    writing *w = ctx;
    char sha256[DIGEST_HEX];
    text_hex(row->population_sha256, DIGEST_SIZE, sha256);
    buf_puts(w->b, w->any ? ",{" : ",\"samples\":[{");
    w->any = true;
    buf_printf(w->b, "\"id\":%lld", (long long)row->id);
    member(w->b, "benchmark", row->benchmark);
    member(w->b, "control_id", row->control_id);
    buf_printf(w->b, ",\"population\":%lld,\"resources\":%lld,\"size\":%lld,\"older\":%s",
               (long long)row->population, (long long)row->resources, (long long)row->items,
               row->older ? "true" : "false");
    member(w->b, "population_sha256", sha256);
    member(w->b, "snapshot", row->label);
    member(w->b, "seed", row->seed);
    member(w->b, "method", row->method);
    member(w->b, "stratify", strcmp(row->strata, "none") == 0 ? NULL : row->strata);
    member(w->b, "drawn_at", row->drawn_at);
    member(w->b, "drawn_by", row->drawn_by);
    buf_puts(w->b, ",\"items\":[");
    w->items = 0;
    EVPACK_TRY(samples_each_item(w->s, row->id, told_item, w, err));
    buf_puts(w->b, "]}");
    return buf_status(w->b, err);
}

evpack_status island_samples(const store *s, buf *out, evpack_err *err)
{
    writing w = {.s = s, .b = out, .room = ISLAND_SAMPLES_ITEMS};
    EVPACK_TRY(samples_each(s, told_sample, &w, err));
    buf_puts(out, w.any ? "]" : "");
    return buf_status(out, err);
}
