/*
 * The rules behind the page's findings, each told once: ,"rules":{ID:{"version","title","tests",
 * "absent","sql","path"}}. An auditor reads what was asked of the evidence, and can ask it again.
 */
#ifndef EVPACK_REPORT_ISLAND_RULES_H
#define EVPACK_REPORT_ISLAND_RULES_H

#include "report/island_put.h"

/* Of the newest run's mapping, those with a finding. */
evpack_status island_rules(island *i, evpack_err *err) EVPACK_MUST_USE;

#endif
