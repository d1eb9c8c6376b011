/*
 * The layout's numbers, from reports/summary.layout.json. Only layout.c uses it.
 */
#ifndef EVPACK_REPORT_LAYOUT_CONFIG_H
#define EVPACK_REPORT_LAYOUT_CONFIG_H

#include "report/layout.h"

typedef struct {
    pdf_style face;
    double leading;
} layout_face;

typedef struct {
    json_doc *doc; /* owned by whoever has the config */
    double width, height, left, right, top, bottom, head, foot;
    double logo_width, logo_height, logo_after; /* room for a logo in the top margin, and the space below it */
    layout_face faces[LAYOUT_STYLES];
    uint32_t colours[LAYOUT_COLOURS];
    uint32_t statuses[FINDING_STATUSES];
    int order[FINDING_STATUSES];
    size_t order_count;
} layout_config;

enum {
    LAYOUT_LEAST = 200, /* points that the margins leave, at least */
    LAYOUT_MOST = 14400 /* of a side: ISO 32000-1, annex C */
};

/* Everything must be there and in its range; the error names what is not: EVPACK_E_INTERNAL of what
 * is built in, EVPACK_E_INPUT when t (which may be NULL) has a layout of its own. */
evpack_status layout_config_load(const report_template *t, layout_config *out,
                                 evpack_err *err) EVPACK_MUST_USE;

#endif
