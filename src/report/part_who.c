/*
 * What the engagement says of itself, for the cover and the management summary. Invariant: what it
 * does not state stays empty; nothing is guessed.
 */
#include "report/engagement.h"
#include "report/part.h"

#include <string.h>

enum { VALUE_BYTES = 160 };

typedef struct {
    part *p;
    part_who *to;
} reading;

void part_who_reset(part_who *w)
{
    buf_reset(&w->reference);
    buf_reset(&w->client);
    buf_reset(&w->auditor);
    buf_reset(&w->period);
}

/* "START/END" in words. */
static void put_period(part *p, const char *value, buf *out)
{
    char start[VALUE_BYTES];
    const char *slash = strchr(value, '/');
    if (slash == NULL || (size_t)(slash - value) >= sizeof start) {
        part_cut(p, value, VALUE_BYTES, out);
        return;
    }
    memcpy(start, value, (size_t)(slash - value));
    start[slash - value] = '\0';
    texts_fill(p->words, out, "engagement.from_to", "start", start, "end", slash + 1, NULL);
}

static evpack_status take(void *ctx, const char *label, const char *value, evpack_err *err)
{
    const reading *r = ctx;
    const struct {
        const char *label;
        buf *to;
    } fields[] = {{"Evpack-Engagement-Reference", &r->to->reference},
                  {"Evpack-Client", &r->to->client},
                  {"Evpack-Auditor", &r->to->auditor}};
    r->to->there = true;
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        if (strcmp(label, fields[i].label) == 0) {
            part_cut(r->p, value, VALUE_BYTES, fields[i].to);
            EVPACK_TRY(buf_status(fields[i].to, err));
        }
    }
    if (strcmp(label, "Evpack-Period") == 0) {
        put_period(r->p, value, &r->to->period);
    }
    return buf_status(&r->to->period, err);
}

evpack_status part_who_read(part *p, part_who *out, evpack_err *err)
{
    reading r = {p, out};
    return engagement_bag(p->s, take, &r, err);
}
