/*
 * What the summary says, counted once from the case by SQL: totals, scope, populations, evidence,
 * gaps, custody. Both the PDF and the HTML show this and nothing else beside the findings, so they
 * agree. Its size depends on controls, services, snapshots and kinds, never on findings; lists that
 * grow with the tenant are capped, and carry their true length.
 */
#ifndef EVPACK_REPORT_MODEL_H
#define EVPACK_REPORT_MODEL_H

#include "base/arena.h"
#include "report/coverage.h"
#include "report/decisions.h"
#include "report/texts.h"
#include "store/findings.h"

enum {
    MODEL_SUBSCRIPTIONS = 60,
    MODEL_TENANTS = 20,
    MODEL_CUSTODY = 200,
    MODEL_KINDS = 24,
    MODEL_COMMANDS = 3,
    MODEL_RESPONSIBILITIES = 5
};

/* How much a failure weighs, in the rule's or Azure's own word; Azure's "critical" counts as high,
 * and "informational" as low. */
typedef enum {
    SEVERITY_HIGH,
    SEVERITY_MEDIUM,
    SEVERITY_LOW,
    SEVERITY_NONE, /* nobody rated it */
    MODEL_SEVERITIES
} model_severity;

/* By status code; [0] is not used. attested: those of them that rest on an attestation. */
typedef struct {
    int64_t of[FINDING_STATUSES];
    int64_t attested[FINDING_STATUSES];
    int64_t total;
} model_counts;

typedef struct {
    int64_t id;
    const char *benchmark, *control_id, *title, *domain;
    bool preview;          /* of its benchmark */
    const char *published; /* other ids it is published under, with commas; NULL: none */
    const char *objective; /* NULL: the mapping states none */
    const char *crosswalk; /* ids in other frameworks; NULL: none */
    model_counts counts;
    int64_t failed[MODEL_SEVERITIES]; /* of them, those that failed */
} model_control;

typedef struct {
    int64_t id;
    const char *slug, *title, *source_date;
    int64_t features, resources;
    model_counts counts;
} model_service;

typedef struct {
    int64_t id, control, service, feature;
    int responsibility;
    bool azure;    /* Azure tested it: control, service, feature and responsibility may be 0 */
    bool baseline; /* nothing was tested: the published baseline alone speaks */
    model_severity severity;
    model_counts counts;
} model_test;

typedef struct {
    const char *label, *collected_at, *imported_at, *az_version; /* NULL: not stated */
    int64_t files, records;
    int64_t ledgers, confirmed; /* of the export, and those whose SHA-256 was confirmed */
} model_snapshot;

typedef struct {
    const char *id, *name; /* NULL: no name in the evidence */
    int64_t resources;
} model_subscription;

typedef struct {
    const char *kind;
    int64_t objects, summaries, assessed;
} model_kind;

typedef struct {
    const char *word;
    int64_t files, records;
} model_completeness;

typedef struct {
    const char *need, *what;
    const char *commands[MODEL_COMMANDS];
    size_t command_count;
    bool more_commands;
    int64_t findings, subjects;
} model_gap;

typedef struct {
    const char *at, *event, *by, *reason, *detail, *sha256;
} model_event;

typedef struct {
    arena text;
    const char *evaluated_at, *tool_version, *mapping_sha256, *mapping_origin;
    const char *benchmark, *benchmark_source, *benchmark_date;
    model_counts total;
    model_counts by_responsibility[MODEL_RESPONSIBILITIES]; /* by code; [0]: nobody says */
    int64_t resources;                                      /* of all services */
    int64_t files, bytes;
    /* With findings. The last may have id 0: findings that Azure made under no control of the
     * benchmark; so may the last service: of what no one baseline speaks of. */
    model_control *controls;
    size_t control_count;
    const char **untested; /* ids of controls without a finding */
    size_t untested_count;
    model_service *services; /* with findings */
    size_t service_count;
    int64_t idle_services; /* of the mapping, that speak of nothing in the evidence */
    decision_counts decided;
    coverage_row coverage; /* what became of all records */
    model_test *tests;
    size_t test_count;
    model_snapshot *snapshots;
    size_t snapshot_count;
    model_subscription *subscriptions; /* at most MODEL_SUBSCRIPTIONS */
    size_t subscription_count;
    int64_t subscription_total;
    const char **tenants;
    size_t tenant_count;
    model_kind *kinds; /* at most MODEL_KINDS; what has findings first */
    size_t kind_count;
    int64_t kind_total;
    model_completeness *completeness;
    size_t completeness_count;
    model_gap *gaps;
    size_t gap_count;
    model_event *events; /* at most MODEL_CUSTODY */
    size_t event_count;
    int64_t event_total;
} model;

/* "high", "medium", "low", "none". */
const char *model_severity_word(model_severity severity);
/* "customer" and so on, by the code of the table responsibility; "" for none. */
const char *model_responsibility_word(int code);

evpack_status model_load(const store *s, model **out, evpack_err *err) EVPACK_MUST_USE;
void model_free(model *m);
EVPACK_DEFINE_CLEANUP(model, model_free)

const model_test *model_find_test(const model *m, int64_t id);
/* Those of some statuses: FINDINGS_ONLY, joined. */
int64_t model_count_of(const model_counts *counts, unsigned statuses);
void model_add(model_counts *to, const model_counts *from);
/* Controls with findings: without the row of those that stand under none. */
size_t model_tested_controls(const model *m);
const model_control *model_find_control(const model *m, int64_t id);

/* Appends what the ledgers of a snapshot's export are worth; nothing when it has none. */
void model_put_ledgers(const model_snapshot *snapshot, texts *words, buf *out);

#endif
