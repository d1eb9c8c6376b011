/*
 * Collecting reasons. Invariant: the verdict is "verified" only when every check ran to its end
 * without a reason; what could not be checked is undecided, never verified. Texts hold no control
 * characters.
 */
#include "seal/report.h"

#include <stdio.h>
#include <string.h>

const char *seal_reason_text(seal_reason reason)
{
    static const char *const texts[] = {
#define SEAL_REASON_TEXT(name, text) [name] = (text),
        SEAL_REASONS(SEAL_REASON_TEXT)
#undef SEAL_REASON_TEXT
    };
    return texts[reason];
}

const char *seal_check_text(seal_check check)
{
    static const char *const texts[] = {
#define SEAL_CHECK_TEXT(name, text) [name] = (text),
        SEAL_CHECKS(SEAL_CHECK_TEXT)
#undef SEAL_CHECK_TEXT
    };
    return texts[check];
}

const char *seal_verdict_text(seal_verdict verdict)
{
    static const char *const texts[] = {[SEAL_VERIFIED] = "verified",
                                        [SEAL_NOT_VERIFIED] = "not-verified",
                                        [SEAL_UNDECIDED] = "undecided"};
    return texts[verdict];
}

const char *seal_stamp_text(seal_stamp_state state)
{
    static const char *const texts[] = {[SEAL_STAMP_NONE] = "none",
                                        [SEAL_STAMP_NOT_CHECKED] = "not-checked",
                                        [SEAL_STAMP_TRUSTED] = "trusted",
                                        [SEAL_STAMP_REFUSED] = "refused"};
    return texts[state];
}

const char *seal_lists_text(seal_lists_state state)
{
    static const char *const texts[] = {[SEAL_LISTS_NONE] = "none",
                                        [SEAL_LISTS_GIVEN] = "given",
                                        [SEAL_LISTS_SHIPPED] = "shipped",
                                        [SEAL_LISTS_OUTDATED] = "shipped-outdated",
                                        [SEAL_LISTS_SILENT] = "shipped-silent"};
    return texts[state];
}

/* evpack_fail makes the text, and makes it printable. */
static void add(seal_report *r, const char *code, const evpack_err *text)
{
    if (r->reason_count < SEAL_REASONS_MAX) {
        r->reasons[r->reason_count].code = code;
        (void)snprintf(r->reasons[r->reason_count].text, sizeof r->reasons[0].text, "%.760s",
                       text->text);
        r->reason_count++;
    } else {
        r->reasons_more++;
    }
}

evpack_status report_no(seal_report *r, seal_reason reason, const char *fmt, ...)
{
    char text[EVPACK_ERR_TEXT];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    evpack_err err = {0};
    (void)evpack_fail(&err, EVPACK_E_NO, "%s", text);
    add(r, seal_reason_text(reason), &err);
    r->said_no = true;
    return EVPACK_E_NO;
}

evpack_status report_signature(seal_report *r, cms_fault fault, const char *what,
                               const evpack_err *err)
{
    evpack_err text = *err;
    (void)evpack_context(&text, "%s", what);
    add(r, cms_fault_text(fault), &text);
    r->said_no = r->said_no || fault != CMS_REVOCATION_UNKNOWN;
    return EVPACK_E_NO;
}

evpack_status report_timestamp(seal_report *r, tsp_fault fault, const char *what,
                               const evpack_err *err)
{
    evpack_err text = *err;
    (void)evpack_context(&text, "%s", what);
    add(r, tsp_fault_text(fault), &text);
    r->said_no = true;
    return EVPACK_E_NO;
}

evpack_status report_input(seal_report *r, evpack_status status, seal_reason reason,
                           const char *what, const evpack_err *err)
{
    if (status != EVPACK_E_INPUT && status != EVPACK_E_LIMIT) {
        return status;
    }
    return report_no(r, reason, "%s%s%s", what, what[0] == '\0' ? "" : ": ", err->text);
}

void report_held(seal_report *r, seal_check check)
{
    r->held |= 1U << check;
}

static bool reviewers_held(const seal_report *r)
{
    bool held = r->reviewer_count > 0;
    for (size_t i = 0; i < r->reviewer_count; i++) {
        held = held && r->reviewers[i].signer.trusted;
    }
    return held;
}

bool report_has_held(const seal_report *r, seal_check check)
{
    switch (check) {
    case SEAL_CHECK_CERTIFICATE:
        return r->signer.trusted;
    case SEAL_CHECK_TIMESTAMP:
        return r->stamp_state == SEAL_STAMP_TRUSTED;
    case SEAL_CHECK_REVOCATION: /* given lists must speak of the signer, else it is not trusted */
        return r->signer.trusted &&
               (r->lists == SEAL_LISTS_GIVEN || r->lists == SEAL_LISTS_SHIPPED);
    case SEAL_CHECK_FILES:
        return r->verdict == SEAL_VERIFIED;
    case SEAL_CHECK_PREVIOUS:
        return r->previous_met;
    case SEAL_CHECK_REVIEWERS:
        return reviewers_held(r);
    default:
        return (r->held & 1U << check) != 0;
    }
}

void report_not_covered(seal_report *r, const char *fmt, ...)
{
    if (r->not_covered_count < SEAL_NOT_COVERED_MAX) {
        char *text = r->not_covered[r->not_covered_count++];
        va_list args;
        va_start(args, fmt);
        (void)vsnprintf(text, sizeof r->not_covered[0], fmt, args);
        va_end(args);
    }
}

void report_decide(seal_report *r, evpack_status status, const evpack_err *err)
{
    if (status != EVPACK_OK && status != EVPACK_E_NO) {
        evpack_err text = *err;
        add(r, seal_reason_text(SEAL_COULD_NOT_CHECK), &text);
    }
    if (r->said_no) {
        r->verdict = SEAL_NOT_VERIFIED;
    } else if (status == EVPACK_OK && r->reason_count == 0) {
        r->verdict = SEAL_VERIFIED;
    } else {
        r->verdict = SEAL_UNDECIDED;
    }
}
