/*
 * The inside of the OSCAL report: oscal.c (the document and what stands once), oscal_tests.c (tests
 * as activities and tasks), oscal_results.c (observations and findings).
 */
#ifndef EVPACK_REPORT_OSCAL_PRIVATE_H
#define EVPACK_REPORT_OSCAL_PRIVATE_H

#include "port/digest.h"
#include "report/oscal_text.h"
#include "report/out.h"
#include "report/report.h"
#include "report/texts.h"
#include "store/findings.h"

typedef struct {
    const store *s;
    const report_options *options;
    texts *words;
    uuid_maker *uuids;
    report_out out;
    buf name;                        /* of the uuid that is made */
    char evaluated_at[TEXTS_NUMBER]; /* of the run */
    char at[TEXTS_NUMBER];
} oscal;

/* The version 5 UUID of what kind and the two parts name; b may be "". */
evpack_status oscal_uuid(oscal *o, const char *kind, const char *a, const char *b,
                         char out[UUID_TEXT], evpack_err *err) EVPACK_MUST_USE;
/* Who made a finding of this source: evpack, or Azure's own service. */
const char *oscal_actor(const char *source);
/* The token of a control; "_obj" is added for its objective. */
void oscal_control(buf *b, const char *benchmark, const char *control_id, bool objective);

/* The task that carried a test out, for observations to point at. */
evpack_status oscal_task(oscal *o, const finding_test *t, char out[UUID_TEXT],
                         evpack_err *err) EVPACK_MUST_USE;
/* "activities":[…] and "tasks":[…], each after a comma; nothing when there is no test. */
evpack_status oscal_activities(oscal *o, evpack_err *err) EVPACK_MUST_USE;
evpack_status oscal_tasks(oscal *o, evpack_err *err) EVPACK_MUST_USE;

/* ,"observations":[…],"findings":[…]; each only where there are some. */
evpack_status oscal_results(oscal *o, evpack_err *err) EVPACK_MUST_USE;

#endif
