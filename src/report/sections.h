/*
 * In which order the sections of the PDF stand: data, that a firm may change. It may leave some
 * out, but none without which the paper would claim more than it says.
 */
#ifndef EVPACK_REPORT_SECTIONS_H
#define EVPACK_REPORT_SECTIONS_H

#include "port/json.h"

#include <stddef.h>

/* code, name, and whether it may not be left out: without those the paper would claim more than it
 * says. */
#define SECTIONS_LIST(X)                       \
    X(SECTION_COVER, "cover", true)            \
    X(SECTION_CONTENTS, "contents", false)     \
    X(SECTION_MANAGEMENT, "management", false) \
    X(SECTION_CHARTS, "charts", false)         \
    X(SECTION_ENGAGEMENT, "engagement", false) \
    X(SECTION_READ, "read", false)             \
    X(SECTION_ASSESSED, "assessed", true)      \
    X(SECTION_CONTROLS, "controls", true)      \
    X(SECTION_BREAKDOWN, "breakdown", false)   \
    X(SECTION_FAILURES, "failures", true)      \
    X(SECTION_CONTROL, "control", true)        \
    X(SECTION_RECONCILED, "reconciled", false) \
    X(SECTION_DECIDED, "decided", false)       \
    X(SECTION_DRIFT, "drift", false)           \
    X(SECTION_SAMPLES, "samples", false)       \
    X(SECTION_COMPLETE, "complete", true)      \
    X(SECTION_INDEX, "index", false)           \
    X(SECTION_REDACTED, "redacted", false)     \
    X(SECTION_CUSTODY, "custody", false)       \
    X(SECTION_METHOD, "method", true)          \
    X(SECTION_VERIFY, "verify", false)         \
    X(SECTION_SIGN, "sign", false)

typedef enum {
#define SECTION_CODE(code, name, needed) code,
    SECTIONS_LIST(SECTION_CODE)
#undef SECTION_CODE
        SECTIONS
} section_code;

typedef struct {
    const char *name;
    bool needed; /* may not be left out */
} section_name;

/* All SECTIONS of them, by their codes. */
const section_name *sections_known(void);

/*
 * list: an array of names, each at most once; the first of known comes first. *count indices into
 * known go to order, which has room for all. EVPACK_E_INPUT says what is wrong with the list, and
 * the caller where it stands.
 */
evpack_status sections_order(const json *list, const section_name *known, size_t known_count,
                             size_t *order, size_t *count, evpack_err *err) EVPACK_MUST_USE;

#endif
